"""Every number of the follow-up's report rests on the tables, and the tables give it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from compared import FOLLOWED, PROTOCOL, measure, nothing, several, table
from lxml import html as lxml_html
from printed_numbers import agrees
from test_change_calibration import MOVES, RATES

from mapping import prose
from mapping.change_calibration import ChangeCalibration, ChangeRecord
from mapping.display import element
from mapping.facts import Count
from mapping.facts import followup as facts
from mapping.plots import alluvial, dumbbells, trend
from mapping.plots.alluvial import Between
from mapping.prose import Words, words
from mapping.references import evaluate, numbers_in, of, parse
from mapping.schemas import FOLLOW_UP
from mapping.tables import followup as tables
from mapping.vocabulary import LANGUAGES

WORDS = {lang: words(lang, PROTOCOL) for lang in LANGUAGES}
SECTIONS = (
    "in_short", "yardstick", "who", "composition", "ways", "instruments", "tiers", "moved",
    "protocols", "levels", "needs", "swot", "recommendations", "verdicts", "trend", "provenance",
)  # fmt: skip
SHOWN = (
    "yardstick", "others", "composition", "ways", "instruments", "transitions", "tier_tests",
    "moved", "protocols", "levels", "needs", "ranks", "swot", "recommendations", "met",
    "verdicts", "trust", "trend_tiers", "trend_levels", "trend_needs", "provenance",
)  # fmt: skip

FIXED = {
    "tables.followup_levels.caption": {"0", "3"},  # the ends of the scale
    "tables.followup_trend_levels.caption": {"0", "3"},
    "figures.levels": {"0", "3"},
    "followup_calibration.trust.paragraphs.2": {"95", "100"},  # at most so many in 95 of 100
    "findings.statement.frame": {"50"},  # within a statement of the summary
}
"""The numbers that stand in the texts themselves, by text."""

CALIBRATION = ChangeCalibration(
    RATES, MOVES, ChangeRecord(3, 1, "", "", "", {}), method="", sha256=""
)


def calibrated() -> Any:
    """The follow-up with one of everything, with simulated pairs of years."""
    made = several()
    made.calibration = CALIBRATION
    return made


def drawn(follow: Any, said: Words) -> Iterator[str]:
    """The titles and captions of the figures."""
    years, both = Between(follow.baseline, follow.year), of("transitions", follow.transitions)
    counted = Count(both.where(followed="both").count(), both.count())
    told = [
        alluvial.describe(follow.transitions, said, years, broken=False),
        dumbbells.describe(follow.change, said, dumbbells.LEVELS, years, counted),
        dumbbells.describe(follow.change, said, dumbbells.SHARES, years, counted),
        trend.describe(trend.shares(follow.trend), said),
    ]
    for each in told:
        yield element("p", each.title, each.key) + element("figcaption", each.caption, each.key)


def shown(follow: Any, said: Words) -> str:
    """All that the report prints, as HTML."""
    parts = [
        prose.section(said, f"followup.{name}", **getattr(facts, name)(follow)).html
        for name in SECTIONS
    ]
    trust = prose.section(said, "followup_calibration.trust", **facts.trust(follow)).html
    made = [getattr(tables, name)(follow, said).html for name in SHOWN]
    return "".join([*parts, trust, *made, *drawn(follow, said)])


def tables_of(follow: Any) -> Mapping[str, pd.DataFrame]:
    """What a reference of the follow-up can name."""
    made = {name: getattr(follow, name) for name in FOLLOW_UP}
    for name, study in {"files": follow.now, f"{follow.baseline}:files": follow.reported}.items():
        made[name] = pd.DataFrame({"name": [file.name for file in study.raw.files]})
    if follow.calibration is not None:
        made["change_calibration"] = follow.calibration.rates
        made["change_moves"] = follow.calibration.moves
    return made


def value(told: str, follow: Any) -> Any:
    """What the reference gives; a number that the yardstick holds as text as a number."""
    found = evaluate(parse(told), tables_of(follow), PROTOCOL)
    return float(found) if told.startswith("yardstick/") else found  # type: ignore[arg-type]


def numbers(follow: Any, lang: str) -> list[tuple[str, str]]:
    """The printed numbers, each with its reference."""
    root = lxml_html.fragment_fromstring(shown(follow, WORDS[lang]), create_parent=True)
    return [(each.get("data-from"), each.text_content()) for each in root.iter("data")]


@pytest.mark.parametrize("made", [calibrated, *FOLLOWED[1:]])
def test_every_number_of_the_report_is_what_its_reference_gives(made: Any) -> None:
    follow = made()
    told = [(lang, *each) for lang in LANGUAGES for each in numbers(follow, lang)]
    assert len(told) > 80
    values = {name: value(name, follow) for _, name, _ in told if not name.startswith("text(")}
    wrong = [
        (text, name, values[name])
        for lang, name, text in told
        if name in values and not agrees(text, values[name], lang)
    ]
    assert wrong == []
    fixed = {(name[5:-1], text) for _, name, text in told if name.startswith("text(")}
    assert [each for each in sorted(fixed) if each[1] not in FIXED.get(each[0], set())] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_number_of_the_report_is_outside(lang: str) -> None:
    without = re.sub(r"<data\b.*?</data>", "", shown(calibrated(), WORDS[lang]))
    blocks = re.split(r"</?(?:p|li|td|th|caption|figcaption|h2|h3)\b[^>]*>", without)
    texts = [lxml_html.fromstring(f"<p>{block}</p>").text_content() for block in blocks if block]
    assert [text for text in texts if list(numbers_in(text))] == []


def test_differences_told_in_both_languages_are_counted_once() -> None:
    """Of 7 rows: one wording in both languages, one in one, two names; one type; two rules."""
    rows = [
        ("question", "a", "wording_en"), ("question", "a", "wording_sv"),
        ("question", "b", "wording_sv"), ("question", "b", "type"),
        ("code", "a", "label_en"), ("code", "a", "label_sv"),
        ("rule", "x", "value"), ("rule", "x", "order"), ("rule", "protocol", "value"),
    ]  # fmt: skip
    follow = nothing()
    made = [{"part": part, "key": key, "what": what} for part, key, what in rows]
    follow.yardstick = table("yardstick", *made)
    found = facts.yardstick(follow)
    assert (found["differences"], found["rules"]) == (4, 2)
    for name in ("differences", "rules"):
        assert value(found[name].reference, follow) == found[name]


def test_another_base_alone_is_no_other_number_of_departments() -> None:
    """Two of 8 in the tier by the one protocol and 2 of 10 by the other: the same departments."""
    follow = nothing()
    follow.reported.protocol = replace(PROTOCOL, name="su-2019")
    shares = {"all_reported": 0.25, "of_reported": 8, "all_then": 0.2, "of_then": 10}
    rows = [measure("tier", tier, "shown") for tier in ("good", "moderate", "small")]
    follow.change = table("change", rows[0] | shares, rows[1], rows[2] | {"all_then": 0.625})
    assert facts.protocols(follow)["tiers"] == 1
