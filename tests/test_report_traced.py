"""Every number of a year's and a department's reports is what its reference gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd
import pytest
from lxml import html as lxml_html
from printed_numbers import untold, wrong
from test_calibration import MADE
from test_department_report import SECTIONS, portrait, shown, six
from test_tables import every
from told import CORRECTIONS, FILES, PROTOCOL, sections, several, study

from mapping import facts, prose, tables
from mapping.derived import derived
from mapping.display import element
from mapping.plots import calibration, fits, grid, needs, participation, profile, swot
from mapping.plots.display import Description
from mapping.prose import Words, words
from mapping.references import DERIVED, of
from mapping.schemas import CHAIN
from mapping.vocabulary import LANGUAGES

WORDS = {lang: words(lang, PROTOCOL) for lang in LANGUAGES}

CALIBRATION, CORRECTIONS_TABLE = "text(tables.calibration)", "text(tables.corrections)"
TOLD_ELSEWHERE = {
    (CALIBRATION, "50"),
    *((CORRECTIONS_TABLE, n) for n in ("2", "5", "7", "9", "20.5")),
}
"""Numbers within a statement of the summary, and in what users wrote into raw files."""


OWN = [name for name in CHAIN if not name.startswith("finding")]
"""What a department's report is made of."""


@cache
def year() -> Any:
    """A study with every kind of evidence."""
    return several()


@cache
def own_year() -> Any:
    """The same, of which single departments are told."""
    return several()


@cache
def members() -> Any:
    """A study with five others in the tier, of whom a middle is told."""
    return study(*six(2.8), frame=tuple("ABCDEF"))


def tables_of(made: Any, names: Iterable[str] = CHAIN) -> Mapping[str, pd.DataFrame]:
    """What a reference of the year can name."""
    return {
        **{name: getattr(made, name) for name in names},
        **{name: derived(made, name) for name in DERIVED},
        "register": made.departments,
        "files": pd.DataFrame({"name": [file.name for file in FILES]}),
        "corrections": CORRECTIONS.head(len(made.departments) // 2),
        "calibration": MADE.rates,
    }


def figures(made: Any, said: Words) -> Iterator[Description]:
    frame, apart = of("register", made.departments).count(), PROTOCOL.need_rules.listed_apart
    shown = PROTOCOL.indicator_keys("conditions")
    yield swot.describe(made.swot, frame, said)
    yield grid.describe(grid.placed(made.constructs, made.tiers), frame, said)
    yield fits.describe(made.tiers, made.participation, said)
    yield needs.describe(made.needs, apart, frame, said)
    table = profile.profiles(made.indicators, made.tiers, shown)
    yield profile.describe(table, made.tiers, said)
    yield participation.describe(made.participation, said)
    yield calibration.describe(MADE.rates, said)


def report(lang: str) -> str:
    """All that the year's reports print, as HTML."""
    made, said = year(), WORDS[lang]
    parts = [prose.section(said, key, **values).html for key, values in sections(made)]
    parts.append(prose.section(said, "calibration.rates", **facts.calibrated(MADE)).html)
    parts += [table.html for table in every(0, lang)]
    parts.append(tables.calibration(MADE, said).html)
    for each in figures(made, said):
        parts += [element("p", each.title, each.key), element("figcaption", each.caption, each.key)]
    return "".join(parts)


def own_report(made: Any, department: str, lang: str) -> str:
    """All that a department's report prints of one year, as HTML."""
    own, said = portrait(made, department), WORDS[lang]
    parts = [
        prose.section(said, f"department.{name}", **told(own)).html
        for name, told in SECTIONS.items()
    ]
    return "".join([*parts, *(table.html for table in shown(own, said))])


def numbers(html: str, lang: str) -> dict[str, dict[str, Any]]:
    """The printed numbers as numbers.json has them."""
    root = lxml_html.fragment_fromstring(html, create_parent=True)
    listed = [{"from": e.get("data-from"), "text": e.text_content()} for e in root.iter("data")]
    return {
        f"report-{lang}:{number}": each
        for number, each in enumerate(listed)
        if (each["from"], each["text"]) not in TOLD_ELSEWHERE
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_a_year_is_what_its_reference_gives(lang: str) -> None:
    found = numbers(report(lang), lang)
    assert len(found) > 700
    assert untold(found, lang) == []
    assert wrong(found, tables_of(year()), PROTOCOL, lang) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_a_department_is_what_its_reference_gives(lang: str) -> None:
    for made, department in ((own_year(), "A"), (own_year(), "C"), (members(), "A")):
        found = numbers(own_report(made, department, lang), lang)
        assert untold(found, lang) == []
        assert wrong(found, tables_of(made, OWN), PROTOCOL, lang) == []


def test_a_departments_report_cites_no_other_department() -> None:
    """The tier's middle too is told without the others' names."""
    cited = [told["from"] for told in numbers(own_report(members(), "A", "en"), "en").values()]
    assert any("median(" in told for told in cited)
    values = {value for told in cited for value in re.split(r"[/=|&(), ?]+", told)}
    assert "A" in values
    assert values.isdisjoint("BCDEF")
