"""The audit's report: what it says and shows of hand-made studies, and what its numbers rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import audited
import pandas as pd
import pytest
import six_departments as six
from audited import STUDIES, hardly_known, one_coder, several, survey_alone
from lxml import html as lxml_html
from printed_numbers import agrees
from test_texts import english_words

from mapping import plots, prose
from mapping.facts import Count
from mapping.facts import audit as facts
from mapping.plots import certainty, convergence, specifications
from mapping.prose import words
from mapping.references import evaluate, numbers_in, parse
from mapping.schemas import AUDIT, CHAIN
from mapping.tables import audit as tables
from mapping.tables.table import Table
from mapping.vocabulary import LANGUAGES, TIERS

WORDS = {lang: words(lang, several().protocol) for lang in LANGUAGES}
SECTIONS = (
    "in_short", "coders", "codes", "each_coder", "instruments", "alone", "voices", "needs_seen",
    "participation", "bounds", "choices", "curve", "effects", "left_out", "recovery", "noise",
    "certificate",
)  # fmt: skip
SHOWN = (
    "coders", "coded", "codes", "without", "convergence", "alone", "voices", "needs_seen",
    "missing", "bounds", "certainty", "factors", "effects", "left_out", "recovery",
)  # fmt: skip
FIGURES = (
    plots.convergence_map, plots.certainty_shares, plots.specification_curve, plots.tier_recovery,
)  # fmt: skip
FRAMEWORKS = ("rap", "oecd", "reporting")
EVERY = [(0, "sv"), (0, "en"), (1, "sv"), (2, "en")]
"""The studies and languages of which everything is read: reading takes long."""

SEVERAL, HARDLY, ONE_CODER, SURVEY = range(4)


@cache
def section(number: int, lang: str, name: str) -> Any:
    values = getattr(facts, name)(STUDIES[number]())
    return prose.section(WORDS[lang], f"audit.{name}", **values)


def said(number: int, lang: str, name: str) -> str:
    """A section as plain text, with plain spaces."""
    return str(section(number, lang, name).plain).replace("\u00a0", " ")


@cache
def shown(number: int, lang: str, name: str) -> Table:
    made: Table = getattr(tables, name)(STUDIES[number](), WORDS[lang])
    return made


@cache
def certificate(number: int, lang: str) -> tuple[Table, ...]:
    audit = STUDIES[number]()
    return tuple(tables.certificate(audit, WORDS[lang], each) for each in FRAMEWORKS)


def every_table(number: int, lang: str) -> Iterator[tuple[str, Table]]:
    yield from ((name, shown(number, lang, name)) for name in SHOWN)
    if number == SEVERAL:
        yield from (("certificate", table) for table in certificate(number, lang))


def cells(name: str, number: int = SEVERAL, lang: str = "en") -> list[list[str]]:
    """The cells of a table, as they are read, with plain spaces."""
    parsed = lxml_html.fragment_fromstring(shown(number, lang, name).html, create_parent=True)
    rows = parsed.findall(".//tbody/tr")
    return [[cell.text_content().replace("\u00a0", " ") for cell in row] for row in rows]


# --- how it reads ---------------------------------------------------------------------------


def test_every_section_of_the_texts_is_told() -> None:
    keys = WORDS["sv"].keys("audit.")
    told = {key.split(".")[1] for key in keys if key.endswith("heading")}
    assert told == set(SECTIONS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_headings_are_short_and_ask_nothing(lang: str) -> None:
    for name in SECTIONS:
        heading = said(SEVERAL, lang, name).split("\n\n")[0]
        assert len(heading.split()) <= 6, heading
        assert "?" not in heading


@pytest.mark.parametrize(("number", "lang"), EVERY)
def test_no_section_shows_what_a_reader_cannot_read(number: int, lang: str) -> None:
    for name in SECTIONS:
        text = said(number, lang, name)
        assert not re.search(r"\b(None(?! of)|nan|NaN|NA|True|False)\b", text), (name, text)
        assert not re.search(r"[a-z]_[a-z]|[{}]|Count\(|\w:\w", text), (name, text)
        assert not re.search(r"  | [.,;:]|\.\.|\(\)|,,", text), (name, text)


@pytest.mark.parametrize(("number", "lang"), EVERY)
def test_every_paragraph_is_a_sentence(number: int, lang: str) -> None:
    for name in SECTIONS:
        for paragraph in filter(None, said(number, lang, name).split("\n\n")[1:]):
            first = paragraph.removeprefix("- ")[0]
            assert first.isupper() or first.isdigit(), (name, paragraph)
            assert paragraph[-1] == ".", (name, paragraph)


@pytest.mark.parametrize("number", [SEVERAL, HARDLY])
def test_nothing_swedish_has_an_english_word(number: int) -> None:
    for name in SECTIONS:
        assert english_words(said(number, "sv", name)) == set(), name
    for name, table in every_table(number, "sv"):
        plain = re.sub(r"North|South|\S+\.(toml|csv|md|txt|py)|\bsheet\b", "", table.plain)
        plain = re.sub(r"tabellen \w+|bladet \w+|blad \w+|rapporten \(\w+\)|körningen.*", "", plain)
        assert english_words(plain) <= {"tests", "notebooks", "run", "file"}, name


@pytest.mark.parametrize(("number", "lang"), EVERY)
def test_every_row_has_a_header_and_no_cell_is_raw(number: int, lang: str) -> None:
    for name, table in every_table(number, lang):
        if not table.html:
            continue
        assert not re.search(r"\b(None|nan|NaN|True|False)\b|<NA>", table.plain), name
        assert len(table.columns) <= 8, name
        parsed = lxml_html.fragment_fromstring(table.html, create_parent=True)
        for row in parsed.findall(".//tbody/tr"):
            assert row.find("th[@scope='row']") is not None, name


# --- what its numbers rest on ----------------------------------------------------------------


@cache
def printed(number: int, lang: str) -> str:
    """All that the report prints of a study, as HTML."""
    parts = [section(number, lang, name).html for name in SECTIONS]
    parts += [table.html for _, table in every_table(number, lang)]
    drawn = [figure(STUDIES[number](), lang) for figure in FIGURES]
    return "".join([*parts, *(figure.html for figure in drawn if figure)])


@cache
def tables_of(number: int) -> Mapping[str, pd.DataFrame]:
    audit = STUDIES[number]()
    own = {name: getattr(audit, name) for name in AUDIT}
    return {name: getattr(audit.study, name) for name in CHAIN} | own


@pytest.mark.parametrize(("number", "lang"), EVERY)
def test_every_number_is_what_its_reference_gives(number: int, lang: str) -> None:
    parsed = lxml_html.fragment_fromstring(printed(number, lang), create_parent=True)
    told = [(each.get("data-from"), each.text_content()) for each in parsed.iter("data")]
    assert len(told) > 30
    known = tables_of(number)
    protocol = several().protocol
    values = {
        name: evaluate(parse(name), known, protocol)
        for name, _ in told
        if not name.startswith("text(")
    }
    wrong = [(t, n) for n, t in told if n in values and not agrees(t, values[n], lang)]
    assert wrong == []


@pytest.mark.parametrize(("number", "lang"), EVERY)
def test_what_rests_on_a_text_stands_in_that_text(number: int, lang: str) -> None:
    """A number that was computed and does not say from what would be said to."""
    parsed = lxml_html.fragment_fromstring(printed(number, lang), create_parent=True)
    fixed = {(each.get("data-from"), each.text_content()) for each in parsed.iter("data")}
    for name, text in fixed:
        if name.startswith("text("):
            sources = [WORDS[lang].templates.loader.get_source(WORDS[lang].templates, key)[0]  # type: ignore[union-attr]
                       for key in WORDS[lang].keys(name[5:-1])]  # fmt: skip
            standing = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " _ ", "\n".join(sources), flags=re.S)
            assert text in [standing[b:e] for b, e in numbers_in(standing)], (name, text)


# --- counted by hand -------------------------------------------------------------------------


def test_who_is_missing() -> None:
    told = facts.participation(several())
    assert told["took_part"] == Count(6, 7)
    assert told["absent"] == 1
    # G-7 is the fourth of the North: A-1, C-3, E-5 took part; of the South all three
    assert (told["faculties"], told["fewest"]) == (["North"], Count(3, 4))
    # midranks of 1 to 7 are 1/14, 3/14 … 13/14: two, three and two departments
    assert told["sizes"]["programmes"] == {"smallest": Count(2, 2), "largest": Count(1, 2)}
    assert told["sizes"]["staff_fte"] == {}


def test_bounds_tell_how_far_the_missing_could_matter() -> None:
    told = facts.bounds(several())
    # five of six classified are moderate, one is good, of seven
    assert told["tiers"]["moderate"] == (pytest.approx(5 / 7), pytest.approx(6 / 7))
    assert told["tiers"]["small"] == (0, pytest.approx(1 / 7))
    assert told["order"]
    assert told["largest"] == "moderate"


def test_all_choices_are_told_and_what_moves_whom() -> None:
    told = facts.choices(several())
    assert told["choices"] == 5 * 3 * 4 * 4 * 2 * 2 * 3
    assert told["single"] == Count(6, 6)
    assert told["never"] == Count(0, 6)
    assert told["clear"].of == 6
    assert len(told["doubtful"]) == 6 - told["clear"].n


def test_the_curve_begins_with_what_the_reports_do() -> None:
    told = facts.curve(several())
    assert told["grouped"] == 6
    assert {tier: sizes[0] for tier, sizes in told["sizes"].items()} == {
        "good": 1, "moderate": 5, "small": 0,
    }  # fmt: skip
    low = several().choices["same"].min()
    assert told["fewest"] == low


def test_effects_tell_the_factors_that_move_most_first() -> None:
    told = facts.effects(several())
    assert list(told["flips"].items())[:2] == [("rule", 6), ("demands", 4)]
    shares = list(told["factors"].values())
    assert shares == sorted(shares, reverse=True)


def test_what_leaving_out_an_instrument_or_a_coder_does() -> None:
    by_thing = {row[0]: row[1:] for row in cells("left_out")}
    # C-3 and D-4 are seen by interviews alone; E-5 is left with 1 by the survey
    assert by_thing["Without interview"] == ["0", "2", "–"]
    # A-1, B-2 and F-6 are seen by the survey alone; E-5 is left with 3
    assert by_thing["Without survey"] == ["1", "3", "E-5 → good"]
    # C-3 is left with coder-2's 3, D-4 with nothing, E-5 with the survey's 1
    assert by_thing["Without coder-1"] == ["1", "1", "C-3 → good"]
    told = facts.left_out(several())
    assert (told["losing"], told["lost"]) == ([("instrument", "survey")], 3)


def test_the_set_of_choices_is_printed_in_full() -> None:
    rows = cells("factors")
    assert [row[1] for row in rows] == ["5", "3", "4", "4", "2", "2", "3"]
    audit = several()
    every = [level for factor in audit.protocol.audit.factors for level in factor.levels]
    printed_levels = "; ".join(row[2] for row in rows)
    for level in every:
        assert level.key == "each" or level.label["en"] in printed_levels
    assert "one coder alone: coder-1; one coder alone: coder-2" in printed_levels
    notes = " ".join(shown(SEVERAL, "en", "factors").plain.split())
    assert "5 × 3 × 4 × 4 × 2 × 2 × 3 = 2,880 choices" in re.sub("[\ue000-\ue002]", "", notes)


def test_the_first_level_of_each_factor_is_that_of_the_reports() -> None:
    assert [row[2].partition(";")[0] for row in cells("factors")][:3] == [
        "nearest ideal type, mean deviation", "as stated", "all instruments",
    ]  # fmt: skip


def test_a_smallest_change_is_named_and_many_are_counted() -> None:
    by_department = {row[0]: row[-1] for row in cells("certainty")}
    assert by_department["D-4"] == "median → small"
    assert by_department["E-5"] == "interviews twice → good"
    assert audited.ABSENT not in by_department


def test_what_each_instrument_alone_would_say() -> None:
    told = facts.alone(several())["instruments"]
    # by interviews: C-3 2 and D-4 1 as by all, E-5 3 and so good
    assert told["interview"] == {"seen": Count(3, 7), "moved": Count(1, 3)}
    # by the survey: A-1, B-2, F-6 as by all, E-5 1 and so moderate, as by all
    assert told["survey"] == {"seen": Count(4, 7), "moved": Count(0, 4)}


def test_who_coded_how_much() -> None:
    """Of C-3, D-4 and E-5, the departments with an interview."""
    codings = several().study.evidence.query("instrument == 'interview'")
    by_coder = {row[0]: row[1:] for row in cells("coded")}
    assert sorted(by_coder) == ["Coder-1", "Coder-2"]
    # coder-1 coded all three, coder-2 C-3 alone: see tests/audited.py
    assert [by_coder[name][0] for name in sorted(by_coder)] == ["3 of 3", "1 of 3"]
    total = sum(int(row[2].partition(" ")[0]) for row in by_coder.values())
    assert total == len(codings)


def test_coders_who_differ_throughout_do_not_agree() -> None:
    """C-3's segment: coder-1 gives level 1 of everything, coder-2 level 3."""
    told = facts.coders(several())
    assert told["presence"]["raters"] == 2
    assert told["presence"]["alpha"] <= 0
    assert told["level"]["agreement"] == 0


def test_nothing_to_compare_is_told_and_not_made_up() -> None:
    short = said(HARDLY, "en", "in_short")
    assert "No department has a tier" in short
    assert "There are no interviews" in short
    for name in ("coders", "codes", "certainty"):
        assert shown(HARDLY, "en", name).html == "", name
    for figure in FIGURES[:3]:
        assert figure(hardly_known(), "en") is None
    assert "so there is no grouping" in said(HARDLY, "en", "choices")
    assert "No choice moves any tier" in said(HARDLY, "en", "effects")


def test_one_coder_has_hardly_known_to_agree_with() -> None:
    assert "No part of an interview was coded by two" in said(ONE_CODER, "en", "coders")
    assert "no interview was coded by two" in said(ONE_CODER, "en", "in_short")
    assert "takes three coders" in said(ONE_CODER, "en", "each_coder")
    assert one_coder().choices["coder"].unique().tolist() == ["all"]
    assert plots.convergence_map(one_coder(), "en") is None


def test_which_findings_rest_on_how_many_instruments() -> None:
    told = facts.voices(several())
    assert (told["one"], told["several"], told["against"]) == (
        Count(1, 2),
        Count(1, 2),
        Count(1, 2),
    )
    assert told["findings"] == ["few-without"]
    # in the order of the summary: the majority's needs before the few without
    assert [row[1:] for row in cells("voices")] == [
        ["supported", "for", "silent", "for"],
        ["supported", "for", "silent", "against"],
    ]


def test_one_instrument_cannot_disagree() -> None:
    assert "No level was seen by two instruments" in said(SURVEY, "en", "instruments")
    assert facts.alone(survey_alone())["instruments"]["survey"]["moved"] == Count(0, 2)
    assert "There are no interviews" in said(SURVEY, "en", "coders")


# --- the figures -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_says_what_it_shows(lang: str) -> None:
    for figure in FIGURES[:3]:
        made = figure(several(), lang)
        assert made is not None
        assert len(made.plain) > 40
        assert not re.search(r"\bnan\b|None|[\ue000-\ue002]", made.plain)
        assert made.html.count("<figcaption") == 1
        if lang == "sv":
            assert english_words(made.plain) == set()


def test_the_shares_of_the_choices_fill_each_bar() -> None:
    departments = certainty.sorted_by_certainty(several().certainty)
    shares = departments[[*(f"share_{tier}" for tier in TIERS), "share_unclassified"]]
    assert shares.sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert audited.ABSENT not in set(departments["department_id"])
    groups = departments["group"].tolist()
    assert groups == sorted(groups, key=[*TIERS, "none"].index)


def test_each_part_of_the_curve_has_one_level_of_each_factor() -> None:
    ordered = specifications.ranked(several().choices)
    assert ordered["same"].is_monotonic_increasing
    edges = specifications.edges(ordered)
    assert (edges[0], edges[-1]) == (0, len(ordered))
    shares = specifications.frequencies(ordered)
    for factor, keys in specifications.levels(ordered).items():
        whole = sum(shares[factor, key] for key in keys)
        assert whole == pytest.approx([1.0] * (len(edges) - 1)), factor


def test_departments_stand_by_their_worst_disagreement() -> None:
    rows = [
        ("A", "interest", "agree"), ("A", "mandate", "conflict"), ("B", "interest", "partly"),
        ("B", "mandate", "agree"), ("C", "interest", "agree"), ("D", "interest", "silent"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["department_id", "indicator", "word"])
    made = convergence.compared(frame)
    assert list(zip(made["department_id"], made["group"], strict=True)) == [
        ("A", "conflict"), ("B", "partly"), ("C", "agree"),
    ]  # fmt: skip


def test_the_report_s_own_tier_is_told_beside_the_shares() -> None:
    tiers = {row[0]: row[1] for row in cells("certainty")}
    assert tiers["F-6"] == "● good"
    assert {tiers[name] for name in six.DEPARTMENTS[:-1]} == {"◐ moderate"}
