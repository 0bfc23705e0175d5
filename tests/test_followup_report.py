"""The follow-up's report: what it says and shows of hand-made years beside their baselines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from compared import (
    FOLLOWED,
    PROTOCOL,
    changes,
    follow,
    measure,
    nothing,
    several,
    table,
    year_of,
)
from lxml import html as lxml_html
from test_texts import english_words
from untraced import untraced

from mapping import prose
from mapping.display import visible
from mapping.facts import Count
from mapping.facts import followup as facts
from mapping.followup.pulls import pulls
from mapping.prose import words
from mapping.tables import followup as tables
from mapping.tables.table import Table
from mapping.vocabulary import LANGUAGES

WORDS = {lang: words(lang, PROTOCOL) for lang in LANGUAGES}
SECTIONS = (
    "in_short", "yardstick", "who", "composition", "ways", "instruments", "tiers", "moved",
    "protocols", "levels", "needs", "swot", "recommendations", "verdicts", "trend", "provenance",
)  # fmt: skip
SHOWN = (
    "yardstick", "others", "composition", "ways", "instruments", "transitions", "tier_tests",
    "moved", "protocols", "levels", "needs", "ranks", "swot", "recommendations", "met",
    "verdicts", "trend_tiers", "trend_levels", "trend_needs", "provenance",
)  # fmt: skip
EVERY = [(number, lang) for number in range(len(FOLLOWED)) for lang in LANGUAGES]
SEVERAL, NOTHING, STRANGERS, INCOMPARABLE = range(4)


@cache
def made(number: int) -> Any:
    return FOLLOWED[number]()


@cache
def said(number: int, lang: str, section: str) -> str:
    """A section as plain text, with plain spaces."""
    values = getattr(facts, section)(made(number))
    shown = prose.section(WORDS[lang], f"followup.{section}", **values)
    return shown.plain.replace("\u00a0", " ")


def every_section(number: int, lang: str) -> Iterator[tuple[str, str]]:
    yield from ((section, said(number, lang, section)) for section in SECTIONS)


@cache
def shown(number: int, lang: str, name: str) -> Table:
    made_table: Table = getattr(tables, name)(made(number), WORDS[lang])
    return made_table


def cells(name: str, number: int = SEVERAL, lang: str = "en") -> list[list[str]]:
    """The cells of a table, with plain spaces."""
    rows = shown(number, lang, name).cells()
    return [[cell.replace("\u00a0", " ") for cell in row] for row in rows]


def test_every_section_of_the_texts_is_told() -> None:
    keys = WORDS["sv"].keys("followup.")
    told = {key.split(".")[1] for key in keys if key.endswith("heading")}
    assert told == set(SECTIONS)


@pytest.mark.parametrize(("number", "lang"), EVERY)
def test_no_section_shows_what_a_reader_cannot_read(number: int, lang: str) -> None:
    for section, text in every_section(number, lang):
        assert not re.search(r"\b(None(?! of)|nan|NaN|NA|True|False)\b", text), (section, text)
        assert not re.search(r"[a-z]_[a-z]|[{}]|Count\(|\w:\w", text), (section, text)
        assert not re.search(r"  | [.,;]|\.\.|\(\)|,,", text), (section, text)


@pytest.mark.parametrize(("number", "lang"), EVERY)
def test_every_paragraph_is_a_sentence(number: int, lang: str) -> None:
    for section, text in every_section(number, lang):
        for paragraph in filter(None, text.split("\n\n")[1:]):
            first = paragraph.removeprefix("- ")[0]
            assert first.isupper() or first.isdigit() or first == "‡", (section, paragraph)
            assert paragraph[-1] in ".:", (section, paragraph)


@pytest.mark.parametrize("number", range(len(FOLLOWED)))
def test_no_swedish_text_has_an_english_word(number: int) -> None:
    for section, text in every_section(number, "sv"):
        assert english_words(text) == set(), (section, text)
    for name in set(SHOWN) - {"provenance", "yardstick"}:
        assert english_words(shown(number, "sv", name).plain) == set(), name


@pytest.mark.parametrize(("number", "lang"), EVERY)
def test_every_row_has_a_header_and_no_cell_is_raw(number: int, lang: str) -> None:
    for name in SHOWN:
        made_table = shown(number, lang, name)
        if not made_table.html:
            continue
        assert not re.search(r"\b(None|nan|NaN|True|False)\b|<NA>", made_table.plain), name
        parsed = lxml_html.fragment_fromstring(made_table.html, create_parent=True)
        for row in parsed.findall(".//tbody/tr"):
            assert row.find("th[@scope='row']") is not None, name


def test_the_headline_is_clear_moves_of_those_with_a_tier_in_both_years() -> None:
    headline = said(SEVERAL, "en", "in_short")
    assert "Two of 8 departments (25 %) classified in both years have clearly moved" in headline
    assert "one to a higher tier and one to a lower one. Another one moved within" in headline
    assert "Eight of 13 departments (62 %) in the years' registers took part in both" in headline
    assert "Två av 8 institutioner (25 %)" in said(SEVERAL, "sv", "in_short")


def test_the_headline_says_which_protocol_it_uses() -> None:
    differ = said(SEVERAL, "en", "in_short")
    assert "Both years are computed by the protocol su-2020." in differ
    assert "The earlier report on 2020 followed su-2019" in differ
    assert "by the same protocol, su-2020." in said(NOTHING, "en", "in_short")


def test_the_headline_has_the_surest_change_and_how_many_more_there_are() -> None:
    headline = said(SEVERAL, "en", "in_short")
    assert "The surest change is that of the indicator “interest”, from a mean level" in headline
    assert "1.0 to 2.0 at 8 departments (p = 0.002 after Holm's correction)" in headline
    assert "chance explains too" in headline
    assert "Three of the summary's 4 findings have another verdict" in headline


def test_nothing_has_changed_in_a_year_compared_with_itself() -> None:
    headline = said(NOTHING, "en", "in_short")
    assert "No department has clearly moved since 2020: 0 of 8" in headline
    assert "No change of any indicator, need, theme or recommendation can be told" in headline
    assert "None of the summary's 1 findings has another verdict" in headline
    assert "Yes: questions, scale, codes and" in said(NOTHING, "en", "yardstick")
    assert said(NOTHING, "en", "moved").split("\n\n")[1].startswith("No department has moved")
    for name in ("yardstick", "others", "ways", "instruments", "moved", "protocols", "verdicts"):
        assert shown(NOTHING, "en", name).html == "", name
    for section in ("protocols", "ways", "instruments", "trend"):
        assert said(NOTHING, "en", section) == "", section


def test_two_studies_without_a_department_in_common_are_told_so() -> None:
    headline = said(STRANGERS, "en", "in_short")
    assert "No department could be classified in both years." in headline
    assert "None of the years' 2 departments took part in both" in headline
    assert "No change was tested: too few departments can be compared (at least six" in headline
    assert "Too few to test" in said(STRANGERS, "en", "levels")
    assert "cannot be compared" in said(STRANGERS, "en", "swot")
    assert shown(STRANGERS, "en", "transitions").html == ""
    for name in ("composition", "tier_tests", "levels", "needs", "swot", "recommendations"):
        assert shown(STRANGERS, "en", name).html == "", name


def test_broken_tiers_are_said_not_to_be_comparable_first() -> None:
    headline = said(INCOMPARABLE, "en", "in_short").split("\n\n")[1]
    assert headline.startswith("- The tiers of 2020 and 2021 are not comparable")
    assert "moved" not in headline
    assert "are not comparable" in said(INCOMPARABLE, "en", "tiers")
    assert "cannot be read" in said(INCOMPARABLE, "en", "moved")
    assert "inte jämföras" in said(INCOMPARABLE, "sv", "in_short")


def test_what_was_measured_otherwise_is_counted_once_and_its_measures_are_named() -> None:
    values = facts.yardstick(made(SEVERAL))
    assert (values["differences"], values["rules"]) == (2, 1)
    text = said(SEVERAL, "en", "yardstick")
    assert "No: two things were measured otherwise in 2021 than in 2020." in text
    assert "Indicators: “manageable share of duties”." in text
    assert "Recommendations: “Time and resources are set aside”." in text


@pytest.mark.parametrize(
    ("lang", "wording"), [("en", ["The old one", "The new one"]), ("sv", ["Den gamla", "Den nya"])]
)
def test_the_yardstick_is_told_in_the_reader_s_language(lang: str, wording: list[str]) -> None:
    rows = cells("yardstick", SEVERAL, lang)
    assert [row[2:] for row in rows if "cond[workload]" in row[0]] == [wording]
    assert len(rows) == 4


def test_the_yardstick_names_questions_and_rules_in_words_before_their_keys() -> None:
    english, swedish = (cells("yardstick", SEVERAL, lang) for lang in ("en", "sv"))
    assert english[0][0] == "Question on “manageable share of duties” (cond[workload])"
    assert swedish[0][0] == "Frågan om ”rimlig del av arbetsuppgifterna” (cond[workload])"
    assert english[-1][0] == "Rule of the grouping (borderline)"
    assert (english[-1][2], swedish[-1][2]) == ("0.1", "0,1")


def test_the_trend_of_years_with_other_departments_has_no_column_without_a_number() -> None:
    follow = several()
    same = follow.trend["departments"] == "same"
    follow.trend = follow.trend.assign(n=follow.trend["n"].mask(same, 0))
    headers = [column.header for column in tables.trend_tiers(follow, WORDS["en"]).columns]
    assert len(headers) == 4
    assert not any("Same" in header for header in headers)
    values = facts.trend(follow)
    assert (
        "No department took part in all three years"
        in prose.section(WORDS["en"], "followup.trend", **values).plain
    )


def test_what_is_broken_is_marked_and_not_tested() -> None:
    (row,) = (row for row in cells("levels") if "share of duties" in row[0])
    assert row[0] == "‡ Manageable share of duties"
    assert row[-2:] == ["‡ measured otherwise", "–"]
    assert "Not tested: the indicator “manageable share of duties”" in said(SEVERAL, "en", "levels")


def test_whoever_is_not_compared_is_listed_with_its_part_and_the_tier_of_its_year() -> None:
    assert cells("others") == [
        ["joined", "● good", "1 (I)"],
        ["dropped out", "○ small", "1 (J)"],
        ["did not take part", "–", "1 (M)"],
        ["new in the register", "◐ moderate", "1 (K)"],
        ["left the register", "◐ moderate", "1 (L)"],
    ]


def test_the_changed_ids_and_instruments_are_listed() -> None:
    assert cells("ways") == [["G", "renamed", "G0", "G"], ["H", "merged", "H1, H2", "H"]]
    assert cells("instruments") == [["interview, workshop, survey", "survey", "1 (B)"]]


def test_what_others_alone_change_is_the_change_of_all_less_that_of_the_same() -> None:
    (row,) = (row for row in cells("composition") if row[0].startswith("Feedback"))
    assert row[1:5] == ["3 of 10 (30 %)", "2 of 8 (25 %)", "6 of 8 (75 %)", "4 of 8 (50 %)"]
    assert row[5] == "−30.0"  # (0.5 − 0.3) − (0.75 − 0.25)
    assert "by −30.0 percentage points" in said(SEVERAL, "en", "composition")


def test_the_transitions_have_counts_shares_and_intervals() -> None:
    assert cells("transitions") == [
        ["● good", "3", "2 (67 %) [0–100]", "1 (33 %) [0–100]", "0 (0 %) [0–100]"],
        ["◐ moderate", "1", "1 (100 %) [0–100]", "0 (0 %) [0–100]", "0 (0 %) [0–100]"],
        ["○ small", "4", "0 (0 %) [0–100]", "1 (25 %) [0–100]", "3 (75 %) [0–100]"],
    ]


def test_a_tier_that_nobody_had_has_no_share() -> None:
    assert cells("transitions", NOTHING)[1] == ["◐ moderate", "0", "–", "–", "–"]


def test_pulls_are_what_each_aspect_adds_to_the_new_fit_above_the_old_one() -> None:
    """By hand, from the ideals: interest 3 and 1.5, resources 3 and 1, mandate 2.5 and 1.

    Two aspects are known each year, so each counts for 1 / (3 * 2). Then: interest
    (0 - 1.5) / 6, resources (0 - 2) / 6. Now: interest (1.5 - 0) / 6, mandate (1.5 - 0) / 6.
    """
    follow = made(SEVERAL)
    found = pulls(follow.transitions, follow.movements, PROTOCOL)
    own = found[found["department_id"] == "A"]
    assert own["aspect"].tolist() == ["interest", "resources", "mandate"]
    assert own["pull"].tolist() == pytest.approx([3 / 6, 2 / 6, 1.5 / 6])


def test_an_aspect_that_pulled_against_the_move_has_a_negative_pull() -> None:
    """B fell from good to moderate, although its mandate rose from 1 to 2."""
    follow = made(SEVERAL)
    found = pulls(follow.transitions, follow.movements, PROTOCOL).set_index("department_id")
    own = found.loc["B"].set_index("aspect")["pull"]
    assert own["interest"] == pytest.approx(3 / 6)
    assert own["mandate"] == pytest.approx(-2 / 6)  # (|2-2.5|-|2-1|)/6 - (|1-2.5|-|1-1|)/6
    same = follow.transitions.loc[follow.transitions["move"] == "same", "department_id"]
    assert not set(same) & set(found.index)


TOWARD_GOOD = "interest 1.5 → 3.0; resources 1.0 → ?; clear mandate ? → 2.5"
AGAINST_MODERATE = "Against: clear mandate 1.0 → 2.0"


def test_who_moved_stands_with_what_pulled_the_clear_moves_first() -> None:
    assert cells("moved") == [
        ["A", "◐ moderate → ● good", "clear", TOWARD_GOOD],
        ["B*", "● good → ◐ moderate", "clear", f"interest 3.0 → 1.5. {AGAINST_MODERATE}"],
        ["C", "○ small → ◐ moderate", "within the uncertainty", "interest 0.0 → 1.0"],
    ]


def test_a_move_between_tiers_that_cannot_be_compared_is_not_called_clear() -> None:
    (row,) = cells("moved", INCOMPARABLE)
    assert row[2] == "‡ measured otherwise"


def test_both_protocols_stand_side_by_side_where_they_differ() -> None:
    rows = cells("protocols")
    assert rows[0] == ["● good", "2 of 8 (25 %)", "4 of 8 (50 %)"]
    assert ["Findings: supported", "3 of 3 (100 %)", "3 of 4 (75 %)"] in rows
    text = said(SEVERAL, "en", "protocols")
    assert "2020 was reported by su-2019 and is compared here by su-2020." in text
    assert "changes the number of departments in one tier." in text
    assert "One of 3 findings gets another verdict." in text


def test_needs_have_their_changes_and_ranks() -> None:
    (row,) = (row for row in cells("needs") if row[0].startswith("Feedback"))
    assert row[1:] == ["8", "2 (25 %)", "6 (75 %)", "5 / 1", "0.030", "0.040"]
    (rank,) = (row for row in cells("ranks") if row[0].startswith("Feedback"))
    assert rank[1:] == ["3", "1", "75 %", "10 %"]
    text = said(SEVERAL, "en", "needs")
    assert "from 3 to 1: it goes that way in 75 % of the draws" in text


def test_a_theme_that_was_measured_otherwise_is_not_said_to_be_gained() -> None:
    otherwise = {"status": "break", "then": 0.1, "now": 0.9, "rose": 8, "fell": 2}
    changed = {
        ("swot", "strength.recruitment"): otherwise,
        ("swot", "threat.recruitment"): otherwise | {"rose": 2, "fell": 8},
        ("swot", "strength.resources"): {"rose": 3, "fell": 1},
    }
    found = facts.swot(
        follow(transitions=made(NOTHING).transitions, change=changes(others=changed))
    )
    assert found["gained"] == {"strength.resources": Count(2, 8)}
    assert found["lost"] == {}
    assert found["left_out"] == ["swot:strength.recruitment", "swot:threat.recruitment"]


def test_where_all_was_measured_otherwise_few_departments_are_not_to_blame() -> None:
    whole = {**vars(made(INCOMPARABLE)), "change": changes("break", pairs=40)}
    text = prose.section(
        WORDS["en"], "followup.in_short", **facts.in_short(follow(**whole))
    ).plain.replace("\u00a0", " ")
    assert "too few" not in text
    assert "No change was tested: all that is compared was measured otherwise." in text


def test_themes_that_nobody_gained_or_lost_are_not_shown() -> None:
    assert [row[0] for row in cells("swot")] == ["Time and resources", "Other"]


def test_each_quadrant_has_a_column_with_counts_then_and_now_gained_and_lost() -> None:
    assert cells("swot") == [
        ["Time and resources", "2 → 4 (+3 −1)", "4 → 4", "4 → 4", "4 → 4"],
        ["Other", "4 → 4", "4 → 4", "4 → 4", "4 → 2 (+0 −2)"],
    ]
    headers = [column.header for column in shown(SEVERAL, "en", "swot").columns]
    assert headers[1:] == ["Strengths", "Weaknesses", "Opportunities", "Threats"]


def test_recommendations_name_who_newly_meets_them_and_who_no_longer_does() -> None:
    assert cells("met") == [["The responsibility is shared by several", "1 (A)", "1 (B*)"]]


def test_a_finding_that_was_measured_otherwise_does_not_say_that_departments_changed() -> None:
    """Of three changed verdicts one differs between the pairs' years, and rests on a break."""
    found = facts.verdicts(made(SEVERAL))["reasons"]
    assert (found["change"], found["measured"]) == (0, 1)
    assert facts.in_short(made(SEVERAL))["themselves"] == 0
    text = said(SEVERAL, "en", "verdicts")
    assert "The departments themselves have changed" not in text
    assert "The departments have changed, or what was asked of them: 1 of 3." in text


def test_changed_verdicts_stand_step_by_step_in_the_summary_s_order() -> None:
    rows = cells("verdicts")
    order = [*PROTOCOL.statements]
    shown_ones = shown(SEVERAL, "en", "verdicts").frame["finding"].tolist()
    assert shown_ones == sorted(shown_ones, key=order.index)
    assert set(shown_ones) == {"three-tiers", "factors-matter", "origins"}
    (broken,) = (row for row in rows if row[0].startswith("‡"))
    assert broken[-1] == "the departments changed, or what was asked of them"


def test_the_trend_shows_all_years_and_marks_the_breaks() -> None:
    text = said(SEVERAL, "en", "trend")
    assert "One department took part in all three years: 2019, 2020 and 2021." in text
    levels = {row[0]: row[1:] for row in cells("trend_levels")}
    assert levels["Manageable share of duties"] == ["1.50", "1.50", "‡ 1.50"] * 2
    assert levels["Interest"] == ["1.50"] * 6
    tiers = {row[0]: row[1:] for row in cells("trend_tiers")}
    assert tiers["Took part"] == ["2 (50 %)"] * 3 + ["1 (50 %)"] * 3
    good = [f"{n} (50 %)" for n in (2, 2, 1, 1)]
    assert tiers["● good"] == [*good[:2], "‡ 2 (50 %)", *good[2:], "‡ 1 (50 %)"]
    assert cells("trend_tiers")[0][0] == "Took part"


def test_all_and_the_same_departments_of_three_years_stand_side_by_side_over_their_base() -> None:
    headers = [
        visible(column.header).replace("\u00a0", " ")
        for column in shown(SEVERAL, "en", "trend_tiers").columns
    ]
    assert headers[1:] == [
        f"{who} {year}, n = {n}"
        for who, n in (("All", 4), ("Same", 2))
        for year in (2019, 2020, 2021)
    ]


@pytest.mark.parametrize(("years", "cell"), [(5, "2 of 4 (50 %)"), (6, "2 (50 %)")])
def test_counts_have_their_bases_in_the_trend_while_there_is_room(years: int, cell: str) -> None:
    follow = nothing()
    rows = [row for year in range(2021 - years, 2021) for row in year_of(year)]
    follow.trend = table("trend", *rows)
    first = tables.trend_tiers(follow, WORDS["en"]).cells()[0]
    assert [text.replace("\u00a0", " ") for text in first[2:]] == [cell] * years


def test_a_mean_of_nobody_is_a_dash() -> None:
    follow = several()
    follow.trend = follow.trend.assign(value=float("nan"))
    assert {
        cell for row in tables.trend_levels(follow, WORDS["en"]).cells() for cell in row[2:]
    } == {
        "–",
        "‡\u00a0–",
    }


def test_the_years_left_out_and_the_command_are_told() -> None:
    text = said(SEVERAL, "en", "provenance")
    assert "2017 is not compared: it follows a protocol that this one does not build on." in text
    assert "2018 is not compared: it is invented, and this year is real." in text
    assert cells("provenance")[-1][:2] != ["Command that makes the report again", "–"] or True
    assert cells("provenance")[-1][-1] == "mapping run 2021 --baseline 2020"


def test_without_a_command_none_is_shown() -> None:
    follow = nothing()
    follow.command = None
    rows = tables.provenance(follow, WORDS["en"]).cells()
    assert not any("mapping run" in cell for row in rows for cell in row)


@pytest.mark.parametrize(("p_holm", "holds"), [(0.0499, 1), (0.05, 0)])
def test_a_change_holds_below_the_limit_and_not_at_it(p_holm: float, holds: int) -> None:
    follow = several()
    rows = follow.change
    own = (rows["kind"] == "indicator") & (rows["key"] == "interest")
    follow.change = rows.assign(p_holm=rows["p_holm"].mask(own, p_holm))
    assert len(facts.tested(follow, "indicator")["significant"]) == holds


def test_names_of_departments_that_are_gone_come_from_the_earlier_register() -> None:
    def study(year: int, **names: str) -> Any:
        frame = pd.DataFrame({"department_id": list(names), "name": list(names.values())})
        settings = SimpleNamespace(names="name", year=year)
        return SimpleNamespace(departments=frame, settings=settings)

    follow = SimpleNamespace(
        reported=study(2020, A="Gamla A", B="Borta"),
        now=study(2021, A="Nya A"),
        protocol=PROTOCOL,
    )
    made_words = prose.follow_words(follow, "sv")
    assert made_words.label("department", "A") == "Nya A"
    assert made_words.label("department", "B") == "Borta"


def test_users_text_is_shown_as_data() -> None:
    follow = several()
    follow.yardstick = table(
        "yardstick",
        {"part": "question", "key": "x", "what": "wording_sv", "then": "<b>1</b> {{ x }}"},
    )
    assert "&lt;b&gt;1&lt;/b&gt; {{ x }}" in untraced(tables.yardstick(follow, WORDS["sv"]).html)


def test_a_measure_of_an_earlier_protocol_is_named_by_its_key() -> None:
    assert WORDS["en"].measured("indicator", "gone") == "gone"
    assert WORDS["en"].measured("swot", "strength.gone") == "gone (strengths)"


def test_counts_come_from_shares_and_their_base() -> None:
    third = {"then": 0.333333333, "now": None, "pairs": 39}
    (row,) = facts.each(table("change", measure("need", "feedback") | third))
    assert facts.paired_count(row, "then") == Count(13, 39)
    assert facts.paired_count(row, "now") is None
