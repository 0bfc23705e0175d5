"""A department's own report: what it tells, of nobody else, on two pages."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import nbformat.v4 as nbf
import page
import pandas as pd
import pikepdf
import pytest
from builders import answered, coded, evidence_of, note, su_2020
from test_texts import english_words
from told import FILES, STUDIES, levels, study

import mapping.study
from mapping import prose
from mapping.display import visible
from mapping.errors import UsageError
from mapping.facts import Count
from mapping.facts import department as facts
from mapping.prose import words
from mapping.publish import pdf
from mapping.publish.document import document as publish_document
from mapping.tables import department as tables
from mapping.tables import table
from mapping.vocabulary import INSTRUMENTS, LANGUAGES, QUADRANTS

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "department.ipynb"
PROTOCOL = su_2020()
SV, EN = words("sv", PROTOCOL), words("en", PROTOCOL)
SECTIONS = {
    "in_short": facts.in_short,
    "tier": facts.tier,
    "criteria": facts.criteria,
    "analysis": facts.analysis,
    "needs": facts.own_needs,
    "recommendations": facts.recommendations,
    "tools": facts.tools,
    "evidence": partial(facts.evidence, command="mapping run 2020"),
}


def own(*rows: dict[str, Any], frame: tuple[str, ...] = ("A",), left_out: int = 0) -> Any:
    """The portrait of A in a study with this evidence."""
    return portrait(study(*rows, frame=frame, left_out=left_out), "A")


def portrait(made: Any, department: str | None) -> facts.Portrait:
    made.settings = SimpleNamespace(year=2020)
    made.raw = SimpleNamespace(files=FILES)
    return facts.portrait(made, department)


def said(section: str, portrait: facts.Portrait, say: prose.Words = EN) -> str:
    return prose.section(say, f"department.{section}", **SECTIONS[section](portrait)).plain


def spaced(text: str) -> str:
    """With plain spaces for those that do not break."""
    return text.replace("\u00a0", " ")


def shown(made: facts.Portrait, say: prose.Words) -> Iterator[table.Table]:
    yield tables.levels(made, say)
    yield from filter(None, [tables.analysis(made, say, 3), tables.tools(made, say, 3)])


def column(made: table.Table | None, field: str) -> list[str]:
    assert made is not None
    place = [c.field for c in made.columns].index(field)
    return [row[place] for row in made.cells()]


# --- who


def test_the_first_that_took_part_if_none_is_named() -> None:
    made = study(*levels("B", 3), *levels("C", 3), frame=("A", "B", "C"))
    assert portrait(made, None).department == "B"
    assert portrait(made, " c ").department == "C"


@pytest.mark.parametrize(
    ("department", "message"),
    [("HIST-2", "nearest are HIST-1"), ("ABC-1", "did not take part"), ("9", r"'9' in 2020$")],
)
def test_a_department_without_a_report(department: str, message: str) -> None:
    made = study(*levels("HIST-1", 3), frame=("HIST-1", "ABC-1"))
    with pytest.raises(UsageError, match=message):
        portrait(made, department)


def test_nobody_took_part() -> None:
    made = SimpleNamespace(evidence=evidence_of())
    with pytest.raises(UsageError, match="no department took part"):
        portrait(made, None)


# --- the tier


def test_how_clearly_it_is_in_its_tier() -> None:
    """Six aspects at 3: to the good ideal .5 / 6, to the moderate (1.5 + 4 + 1 + 1.5 + 2) / 6."""
    made = own(*levels("A", 3))
    told = facts.in_short(made)
    assert (told["tier"], told["second"]) == ("good", "moderate")
    margin = ((1.5 + 2 + 2 + 1 + 1.5 + 2) - 0.5) / 6 / 3
    assert told["apart"] == pytest.approx(margin * 3 * 6 / 2)
    # Moved so far, over aspects between the two ideals, the fits are equal.
    assert told["apart"] == pytest.approx(9.5 / 2)
    assert "clear: at least 4.8 levels" in said("in_short", made)


def level_on(department: str, level: float, *keys: str) -> list[dict[str, Any]]:
    return [answered(department, f"r-{department}", "indicator", key, level) for key in keys]


FOUR = ("interest", "resources", "importance", "mandate")


@pytest.mark.parametrize(
    ("interest", "expected"),
    [
        (2.29, r"uncertain: you fit the tier moderate practically as well"),
        (2.54, r"uncertain: 0\.3 of a level in all"),
        (2.55, r"clear: at least 0\.3 levels in all"),
    ],
)
def test_how_clearly_in_words(interest: float, expected: str) -> None:
    """All but interest are half-way between the two ideals; it decides, from 2.25."""
    rows = level_on("A", interest, "interest") + level_on("A", 2, "resources")
    rows += level_on("A", 2.25, "importance") + level_on("A", 1.75, "mandate")
    made = own(*rows)
    assert made.tier == "good"
    assert facts.in_short(made)["apart"] == pytest.approx(interest - 2.25)
    assert made.margin == pytest.approx((interest - 2.25) * 2 / 4 / 3)
    assert re.search(expected, said("in_short", made))


def test_the_smallest_change_is_told_as_it_is_computed() -> None:
    made = own(*levels("A", 1))
    change = facts.tier(made)["change"]
    assert change
    expected = made.raised[["aspect", "level", "to_next_tier"]].to_numpy().tolist()
    assert [[step["aspect"], step["from"], step["to"]] for step in change] == expected
    first = change[0]
    text = said("tier", made)
    assert f"from {first['from']:.2f} to {first['to']:.2f}" in text
    assert "border of the tier ●\u00a0good" in text
    assert len(column(tables.levels(made, EN), "to_next_tier")) == 12
    filled = [cell for cell in column(tables.levels(made, EN), "to_next_tier") if cell]
    assert filled == [f"{step['to']:.2f}" for step in change]


def test_the_highest_tier_has_no_change() -> None:
    made = own(*levels("A", 3))
    assert "no higher tier" in said("tier", made)
    assert "to_next_tier" not in [c.field for c in tables.levels(made, EN).columns]


def test_equal_fits_name_what_decides() -> None:
    rows = level_on("A", 2.25, "interest", "importance") + level_on("A", 2, "resources")
    made = own(*rows, *level_on("A", 1.75, "mandate"))
    assert made.tier == "moderate"
    assert set(facts.tier(made)["decides"]) == set(FOUR)
    assert "as well already: the least rise" in said("tier", made)


def test_without_a_tier() -> None:
    made = own(*level_on("A", 2, "interest", "mandate"))
    assert facts.in_short(made)["known"] == Count(2, 7)
    assert "2\u00a0of\u00a07 aspects are known, and at least four are needed" in said("tier", made)
    assert said("criteria", made) == ""
    assert "middle" not in [c.field for c in tables.levels(made, EN).columns]
    assert "first step: give an interview or take part in the workshop, so" in said(
        "in_short", made
    )


def test_criteria_are_those_of_its_own_tier() -> None:
    made = own(*levels("A", 3))  # staffing is unknown
    told = facts.criteria(made)
    assert told["met"] == [
        f"good.{key}" for key in ("interest", "support", "resources", "internal_need", "importance")
    ]
    assert told["not_known"] == ["good.staffing"]
    assert told["count"] == Count(5, 5)


# --- the middle of its tier


def six(level: float) -> list[dict[str, Any]]:
    return [row for key in "ABCDEF" for row in levels(key, 3 if key == "A" else level)]


def test_the_middle_stands_beside_its_own_level() -> None:
    made = own(*six(2.8), frame=tuple("ABCDEF"))
    assert column(tables.levels(made, EN), "level")[0] == "3.00"
    assert column(tables.levels(made, EN), "middle")[0] == "3.0"
    assert column(tables.levels(made, EN), "middle")[5] == "too few"  # staffing
    assert column(tables.levels(made, SV), "middle")[7:] == ["för få"] * 5


def test_too_few_others() -> None:
    rows = [row for key in "ABCDE" for row in levels(key, 3)]
    made = own(*rows, frame=tuple("ABCDE"))
    assert column(tables.levels(made, EN), "middle") == ["too few"] * 12


# --- what to do


def test_a_first_step_is_a_condition_never_a_need() -> None:
    """The smallest change raises the need alone; no one can decide to have a need."""
    rows = level_on("A", 3, "interest", "importance", "management_support", "resources")
    made = own(*rows, *level_on("A", 0, "internal_need", "mandate"))
    made = replace(made, recommendations=made.recommendations.mask(made.recommendations.notna()))
    made = replace(made, aspects=made.aspects.assign(to_next_tier=float("nan")))
    change = {"internal_need": 3.0, "mandate": 1.2, "support": 3.0}
    raised = replace(
        made, aspects=made.aspects.assign(to_next_tier=made.aspects["aspect"].map(change))
    )
    told = facts.in_short(raised)
    assert (told["raise_first"], told["recommended"]) == ("mandate", "")
    assert told["help"] == ["task_description"]
    assert (
        "A first step, if you want to strengthen the alumni work: work on “clear mandate”. "
        "A tool that may be of use is “Template for a task description”."
    ) in said("in_short", raised)
    assert "arbeta med ”tydligt uppdrag”. Ett verktyg som kan vara till nytta är ”" in said(
        "in_short", raised, SV
    )


def test_a_recommendation_that_is_not_met_comes_before_what_the_change_raises() -> None:
    made = own(*levels("A", 1), coded("A", "s", "c", "arrangement/alone"))
    assert len(made.raised) > 0
    told = facts.in_short(made)
    assert (told["raise_first"], told["recommended"]) == ("", "R1")
    assert "dela alumnansvaret på flera." in said("in_short", made, SV)
    assert "share the responsibility among several people." in said("in_short", made)


def test_a_recommendation_that_is_not_met() -> None:
    made = own(*levels("A", 3), coded("A", "s", "c", "arrangement/alone"))
    told = facts.in_short(made)
    assert (told["raise_first"], told["recommended"]) == ("", "R1")
    assert told["lacking"] == ["R1"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_recommendation_without_a_first_step_of_its_own_is_quoted(lang: str) -> None:
    """Another protocol may recommend something else."""
    made = own(*levels("A", 3), coded("A", "s", "c", "arrangement/alone"))
    rules = (replace(PROTOCOL.recommendations[0], key="R9"), *PROTOCOL.recommendations[1:])
    protocol = replace(PROTOCOL, recommendations=rules)
    met = made.recommendations.rename(index={"R1": "R9"})
    made = replace(made, protocol=protocol, recommendations=met)
    expected = {
        "sv": "alumnarbetet: ”Alumnansvaret delas av flera”.",
        "en": "the alumni work: “The responsibility is shared by several”.",
    }
    assert expected[lang] in said("in_short", made, words(lang, protocol))


@pytest.mark.parametrize("key", [rule.key for rule in PROTOCOL.recommendations])
@pytest.mark.parametrize("say", [SV, EN], ids=LANGUAGES)
def test_each_recommendation_has_a_first_step_of_its_own(key: str, say: prose.Words) -> None:
    assert say.label("recommendation", key) not in say.label("first_step", key)


def test_no_first_step_where_nothing_asks_for_one() -> None:
    made = own(*levels("A", 3), coded("A", "s", "c", "arrangement/shared"))
    told = facts.in_short(made)
    assert (told["raise_first"], told["recommended"], told["help"]) == ("", "", [])
    assert "first step" not in said("in_short", made)


def with_met(*met: bool | None) -> facts.Portrait:
    """A department of which this is known of R1 to R4."""
    made = own(*levels("A", 3))
    return replace(
        made, recommendations=pd.Series(met, made.recommendations.index, dtype="boolean")
    )


@pytest.mark.parametrize(
    ("met", "sv", "en"),
    [
        (
            (False, False, False, False),
            "Ingen av de fyra rekommendationerna är uppfylld ännu.",
            "None of the four recommendations is met yet.",
        ),
        (
            (False, False, None, None),
            "Ingen av de två rekommendationer som går att bedöma är uppfylld ännu.",
            "None of the two recommendations that can be assessed is met yet.",
        ),
        (
            (None, None, None, False),
            "Den enda rekommendation som går att bedöma är inte uppfylld ännu.",
            "The only recommendation that can be assessed is not met yet.",
        ),
        (
            (None, None, None, True),
            "Ni uppfyller den enda rekommendation som går att bedöma.",
            "You meet the only recommendation that can be assessed.",
        ),
        (
            (True, False, False, False),
            "Ni uppfyller en av de fyra rekommendationerna.",
            "You meet one of the four recommendations.",
        ),
        (
            (True, True, False, None),
            "Ni uppfyller två av de tre rekommendationer som går att bedöma.",
            "You meet two of the three recommendations that can be assessed.",
        ),
        (
            (True, True, True, None),
            "Ni uppfyller de tre rekommendationer som går att bedöma.",
            "You meet the three recommendations that can be assessed.",
        ),
        (
            (True, True, True, True),
            "Ni uppfyller alla fyra rekommendationerna.",
            "You meet all four recommendations.",
        ),
    ],
)
def test_how_many_recommendations_are_met(met: tuple[bool | None, ...], sv: str, en: str) -> None:
    made = with_met(*met)
    for section in ("in_short", "recommendations"):
        assert sv in said(section, made, SV)
        assert en in said(section, made)
    assert ("Kvar står" in said("in_short", made, SV)) == (True in met and False in met)


def test_no_recommendation_can_be_assessed() -> None:
    made = with_met(None, None, None, None)
    assert "Ingen av sammanfattningens fyra rekommendationer" in said("recommendations", made, SV)
    assert "recommendation" not in said("in_short", made)


def test_recommendations_met_not_met_and_not_assessable() -> None:
    rows = (
        level_on("A", 3, "resources") + level_on("A", 1, "workload") + level_on("A", 2, "mandate")
    )
    made = own(*rows)
    told = facts.recommendations(made)
    assert (told["met"], told["not_met"], told["not_known"]) == (["R4"], ["R2"], ["R1", "R3"])
    assert told["count"] == Count(1, 2)
    assert "Not met: R2\u00a0Time and resources are set aside." in said("recommendations", made)
    assert "R4 is measured by a proxy" in said("recommendations", made)


def test_tools_by_what_they_serve() -> None:
    rows = [coded("A", "s", "c", f"need/{need}") for need in ("recruitment", "employability")]
    made = own(*rows, *level_on("A", 1, "mandate"))
    shown = tables.tools(made, EN, 2)
    assert shown is not None
    assert column(shown, "tool") == [
        "Alumni portraits for marketing the education",
        "Statistics on career paths",
    ]
    assert column(shown, "serves")[0] == (
        "Needs: recruitment and marketing; employability and careers"
    )
    assert facts.tools(made)["tools"] == 6
    assert shown.notes[0].startswith("Also: Guide to alumni as ambassadors; ")
    assert shown.notes[0].count(";") == 3  # all four further ones


def test_a_tool_for_a_need_and_a_weak_condition() -> None:
    rows = level_on("A", 1, "mandate") + level_on("A", 0, "staffing")
    made = own(*rows)
    assert column(tables.tools(made, EN, 1), "serves") == ["Strengthens: clear mandate; staffing"]
    assert column(tables.tools(made, SV, 1), "serves") == ["Stärker: tydligt uppdrag; bemanning"]


def test_a_need_and_a_weak_condition_are_two_sentences() -> None:
    """A tool of another protocol may serve both."""
    made = own(*level_on("A", 1, "mandate"), coded("A", "s", "c", "need/feedback"))
    made = replace(made, tools=made.tools.assign(tool="alumni_survey"))
    assert column(tables.tools(made, SV, 1), "serves") == [
        "Behov: återkoppling på studier och utbildning; återkoppling på studier och utbildning. "
        "Stärker: tydligt uppdrag"
    ]
    assert ". Strengthens: clear mandate" in column(tables.tools(made, EN, 1), "serves")[0]


@pytest.mark.parametrize(("shown", "further"), [(2, 4), (1, 5)])
def test_a_single_further_tool_is_printed_out(shown: int, further: int) -> None:
    rows = [coded("A", "s", "c", f"need/{need}") for need in ("recruitment", "employability")]
    made = own(*rows, *level_on("A", 1, "mandate"))
    made_table = tables.tools(made, SV, shown)
    assert made_table is not None
    assert made_table.notes[0].count(";") == 3
    assert visible(made_table.notes[0]).endswith("2 till.") == (further == 5)


@pytest.mark.parametrize(
    ("rows", "sv", "en"),
    [
        (
            level_on("A", 3, "mandate"),
            "Inget verktyg i instrumentlådan svarar mot",
            "No tool of the toolbox answers to",
        ),
        (
            level_on("A", 1, "mandate"),
            "Ett verktyg i instrumentlådan svarar mot era behov eller mot svaga förutsättningar. "
            "Vad de kan bidra till är ett antagande; kartläggningen har inte prövat dem.",
            "One tool of the toolbox answers to your needs or to conditions that are weak. "
            "What they can contribute is an assumption; the mapping has not tried them.",
        ),
        (level_on("A", 1, "resources"), "Två verktyg i", "Two tools of the toolbox answer to"),
    ],
)
def test_tools_in_words(rows: list[dict[str, Any]], sv: str, en: str) -> None:
    assert sv in said("tools", own(*rows), SV)
    assert en in said("tools", own(*rows))
    assert "assumption" not in said("tools", own(*level_on("A", 3, "mandate")))


# --- SWOT and needs


def test_analysis_in_quadrants() -> None:
    rows = [note("A", "weakness", "mandate", 2, "n1"), note("A", "weakness", "mandate", 1, "n2")]
    rows += [
        note("A", "weakness", "resources", 9, "n3"),
        note("A", "strength", "interest", 0, "n4"),
    ]
    rows += [note("B", "threat", "other", 5, "n5")]
    made = own(*rows, frame=("A", "B"))
    table_ = tables.analysis(made, EN, 3)
    assert column(table_, "themes") == [
        "interest (1\u00a0/\u00a00)",
        "task and mandate (2\u00a0/\u00a03); time and resources (1\u00a0/\u00a09)",
        "none",
        "none",
    ]
    assert [spaced(cell) for cell in column(table_, "quadrant")] == [
        "Strengths (1 / 0)", "Weaknesses (3 / 12)", "Opportunities (0 / 0)", "Threats (0 / 0)",
    ]  # fmt: skip
    text = said("analysis", made)
    assert "Weaknesses have the most notes: 3 of 4." in text
    assert "Internally, weaknesses outnumber strengths (3 to 1)." in text
    assert "Externally" not in text


def noted(**quadrants: int) -> facts.Portrait:
    """A department with so many notes in the quadrants."""
    rows = [
        note("A", quadrant, "interest", 0, f"{quadrant}-{number}")
        for quadrant, count in quadrants.items()
        for number in range(count)
    ]
    return own(*rows)


@pytest.mark.parametrize(
    ("quadrants", "sv", "en"),
    [
        ({"threat": 1}, "Er enda anteckning gäller hot.", "Your only note is on threats."),
        (
            {"strength": 2},
            "Båda era 2 anteckningar gäller styrkor.",
            "Both of your notes are on strengths.",
        ),
        (
            {"strength": 5},
            "Alla era 5 anteckningar gäller styrkor.",
            "All 5 of your notes are on strengths.",
        ),
        (
            dict.fromkeys(QUADRANTS, 2),
            "De fyra fälten har lika många anteckningar: 2 vardera.",
            "The four quadrants have equally many notes: 2 each.",
        ),
        (
            {"weakness": 6, "opportunity": 3, "threat": 3},
            "Flest anteckningar gäller svagheter: 6 av 12. Internt överväger svagheterna "
            "(6 mot 0). Externt väger möjligheter och hot lika (3 mot 3).",
            "Weaknesses have the most notes: 6 of 12. Internally, weaknesses outnumber strengths "
            "(6 to 0). Externally, opportunities and threats are equal (3 each).",
        ),
        (
            {"strength": 3, "weakness": 3, "opportunity": 2, "threat": 1},
            "Flest anteckningar gäller styrkor och svagheter: 3 vardera av 9. Internt väger "
            "styrkor och svagheter lika (3 mot 3). Externt överväger möjligheterna (2 mot 1).",
            "Strengths and weaknesses have the most notes: 3 each of 9. Internally, strengths "
            "and weaknesses are equal (3 each). Externally, opportunities outnumber threats "
            "(2 to 1).",
        ),
        (
            {"strength": 2, "threat": 2},
            "styrkor och hot: 2 vardera av 4. Internt överväger styrkorna (2 mot 0). "
            "Externt överväger hoten (2 mot 0).",
            "Strengths and threats have the most notes: 2 each of 4. Internally, strengths "
            "outnumber weaknesses (2 to 0). Externally, threats outnumber opportunities (2 to 0).",
        ),
    ],
)
def test_analysis_in_words(quadrants: dict[str, int], sv: str, en: str) -> None:
    assert spaced(said("analysis", noted(**quadrants), SV)).endswith(sv)
    assert spaced(said("analysis", noted(**quadrants))).endswith(en)


def test_no_analysis() -> None:
    made = own(*levels("A", 2))
    assert tables.analysis(made, EN, 3) is None
    assert "no SWOT analysis from you" in said("analysis", made)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([coded("A", "s", "c", "need/feedback")], "one of the four internal needs: “feedback"),
        ([coded("A", "s", "c", "need/other")], "an internal need other than the four"),
        (level_on("A", 1.5, "internal_need"), "the evidence suggests that there is one"),
        (level_on("A", 1.4, "internal_need"), "You have no internal need"),
        (level_on("A", 1, "interest"), "does not say whether you have an internal need"),
        ([coded("A", "s", "c", "external/alumni")], "External needs are voiced by alumni."),
        (level_on("A", 2, "external_need"), "There are signs of an external need"),
        (
            level_on("A", 1.9, "external_need"),
            "Nobody outside has been named as voicing a need, and the level of external need is "
            "low or moderate (1.90 of 3).",
        ),
    ],
)
def test_needs(rows: list[dict[str, Any]], expected: str) -> None:
    assert expected in said("needs", own(*rows))


@pytest.mark.parametrize("say", [SV, EN], ids=LANGUAGES)
@pytest.mark.parametrize(
    "rows",
    [
        [coded("A", "s", "c", "need/other")],
        level_on("A", 1.5, "internal_need"),
        level_on("A", 1.4, "internal_need"),
        level_on("A", 1, "interest"),  # nothing is known of the need
    ],
)
def test_without_a_named_need_the_box_says_the_same(
    rows: list[dict[str, Any]], say: prose.Words
) -> None:
    made = own(*rows)
    paragraph = said("needs", made, say).split("\n\n")[1]
    sentence = paragraph.split(". ")[0].removesuffix(".") + "."
    assert f"\n\n- {sentence}" in said("in_short", made, say)


def test_one_need_is_quoted_as_two_are() -> None:
    one, two = (
        own(*(coded("A", "s", "c", f"need/{key}") for key in FOUR_NEEDS[:n])) for n in (1, 2)
    )
    for section in ("needs", "in_short"):
        assert "“recruitment and marketing”" in said(section, one)
        assert "“recruitment and marketing”" in said(section, two)


FOUR_NEEDS = ("recruitment", "employability", "feedback", "student_support")


@pytest.mark.parametrize(
    ("count", "sv", "en"),
    [
        (1, "ett av de fyra interna behoven:", "one of the four internal needs:"),
        (2, "två av de fyra interna behoven:", "two of the four internal needs:"),
        (4, "uttryckt alla fyra interna behoven:", "expressed all four internal needs:"),
    ],
)
def test_how_many_needs_are_expressed(count: int, sv: str, en: str) -> None:
    made = own(*(coded("A", "s", "c", f"need/{key}") for key in FOUR_NEEDS[:count]))
    assert sv in said("needs", made, SV)
    assert en in said("needs", made)
    assert ("uttryckt alla fyra interna behoven." in said("in_short", made, SV)) == (count == 4)
    assert ("expressed all four internal needs." in said("in_short", made)) == (count == 4)


def test_who_voices_external_needs() -> None:
    made = own(*(coded("A", "s", "c", f"external/{key}") for key in ("students", "society")))
    assert "Studenter och samhället uttrycker externa behov." in said("needs", made, SV)
    assert "External needs are voiced by students and society." in said("needs", made)


def test_nobody_outside_is_not_the_same_as_no_need() -> None:
    text = said("needs", own(*level_on("A", 1.58, "external_need")), SV)
    assert "Ingen utanför institutionen har nämnts" in text
    assert "låg eller måttlig (1,58 av 3)." in text


@pytest.mark.parametrize(("level", "low"), [(0.25, True), (1.49, True), (1.5, False)])
@pytest.mark.parametrize("need", ["recruitment", "other"])
def test_needs_are_named_though_the_level_is_low(level: float, low: bool, need: str) -> None:
    made = own(*level_on("A", level, "internal_need"), coded("A", "s", "c", f"need/{need}"))
    text = said("needs", made)
    assert ("But the level of your internal need is low" in text) == low
    shown_ = SV.formats.number(level, 2)
    expected = f"Ni nämner alltså behov, men nivån för det interna behovet är låg ({shown_} av 3)."
    assert (expected in said("needs", made, SV)) == low


@pytest.mark.parametrize("say", [SV, EN], ids=LANGUAGES)
def test_a_low_level_is_no_surprise_where_no_need_is_named_or_it_is_unknown(
    say: prose.Words,
) -> None:
    for rows in (level_on("A", 0, "internal_need"), [coded("A", "s", "c", "need/feedback")]):
        assert facts.own_needs(own(*rows))["low"] is False
        assert not re.search("alltså|So you", said("needs", own(*rows), say))


# --- levels in words


def test_the_highest_and_the_lowest_aspect() -> None:
    made = own(*level_on("A", 0.75, "interest", "resources"), *level_on("A", 0, "mandate"))
    assert "Högst nivå har intresse och resurser (0,75 av 3), lägst tydligt uppdrag (0,00)." in (
        said("in_short", made, SV)
    )
    assert "Highest are interest and resources (0.75 of 3), lowest clear mandate (0.00)." in (
        said("in_short", made)
    )


def test_all_aspects_are_equal_or_only_one_is_known() -> None:
    equal = own(*level_on("A", 0.75, "interest", "resources"))
    assert "Alla kända aspekter har samma nivå (0,75 av 3)." in said("in_short", equal, SV)
    assert "All known aspects have the same level (0.75 of 3)." in said("in_short", equal)
    for one in (own(*level_on("A", 1, "interest")), own(coded("A", "s", "c", "need/other"))):
        assert not re.search("Highest|same level", said("in_short", one))


def test_unknown_levels_in_words() -> None:
    all_but_one = [*levels("A", 3)]
    assert "Okänd är nivån för bemanning." in said("tier", own(*all_but_one), SV)
    assert "The level of staffing is unknown." in said("tier", own(*all_but_one))
    made = own(*level_on("A", 3, "interest", "resources", "importance", "mandate", "staffing"))
    assert "Okända är nivåerna för stöd och internt behov." in said("tier", made, SV)
    assert "The levels of support and internal need are unknown." in said("tier", made)


def test_the_match_and_the_tier_above() -> None:
    made = own(*levels("A", 1))
    assert re.search(
        r"Likheten är 0,\d\d \(1 = helt lik\); närmast", spaced(said("tier", made, SV))
    )
    assert "Ligger ni högre än så hör ni till gruppen ●\u00a0goda." in said("tier", made, SV)
    assert re.search(r"The match is 0\.\d\d \(1 = identical\); next", spaced(said("tier", made)))
    assert "Above that you would be in the tier ●\u00a0good." in said("tier", made)


def test_the_scale_is_explained_below_the_levels() -> None:
    made = own(*levels("A", 1))
    assert "0 ingen, 1 svag, 2 viss, 3 stark." in spaced(tables.levels(made, SV).notes[0])
    assert "0 none, 1 weak, 2 some, 3 strong." in spaced(tables.levels(made, EN).notes[0])
    assert PROTOCOL.levels.highest == 3


@pytest.mark.parametrize(
    ("keys", "sv", "en"),
    [
        (
            (),
            "Nej: 0 av 2 punkter i beskrivningen stämmer",
            "No: 0 of 2 points of the description fit.",
        ),
        (
            ("interest",),
            "Delvis: 1 av 2 punkter",
            "In part: 1 of 2 points of the description fits.",
        ),
        (
            ("interest", "resources"),
            "Ja: 2 av 2 punkter",
            "Yes: 2 of 2 points of the description fit.",
        ),
    ],
)
def test_how_many_points_of_the_description_fit(keys: tuple[str, ...], sv: str, en: str) -> None:
    made = own(*levels("A", 3))
    known = made.criteria["criterion"].isin(["good.interest", "good.resources"])
    met = made.criteria["criterion"].isin([f"good.{key}" for key in keys]).astype("boolean")
    made = replace(made, criteria=made.criteria.assign(met=met.where(known)))
    swedish, english = (spaced(said("criteria", made, say)) for say in (SV, EN))
    assert sv in swedish
    assert en in english
    assert ("- Stämmer: intresse minst 2" in swedish) == bool(keys)
    assert ("- Stämmer inte: " in swedish) == (len(keys) < 2)
    assert ("- Fits: interest at least 2" in english) == bool(keys)
    assert ("- Does not fit: " in english) == (len(keys) < 2)


# --- little evidence


@pytest.mark.parametrize(
    ("rows", "single", "sv", "en"),
    [
        (
            levels("A", 3),
            "responses",
            "(ett enkätsvar): läs resultatet som en persons bild. Enligt detta svar är "
            "grupperingen tydlig: ",
            "(one survey response): read the result as one person’s view. By this response the "
            "grouping is clear: ",
        ),
        (
            [coded("A", "s", "c", f"{key}/3") for key in FOUR],
            "interviews",
            "(en intervju): läs resultatet som en persons bild. Enligt denna intervju är "
            "grupperingen tydlig: ",
            "(one interview): read the result as one person’s view. By this interview the "
            "grouping is clear: ",
        ),
        (
            [*levels("A", 3), note("A", "threat", "other")],
            "",
            "Grupperingen är tydlig: ",
            "The grouping is clear: ",
        ),
        (
            [*levels("A", 3), answered("A", "r2", "indicator", "interest", 3)],
            "",
            "Grupperingen är tydlig: ",
            "The grouping is clear: ",
        ),
    ],
)
def test_a_single_respondent(rows: list[dict[str, Any]], single: str, sv: str, en: str) -> None:
    made = own(*rows)
    assert facts.in_short(made)["single"] == facts.evidence(made, None)["single"] == single
    assert sv in said("in_short", made, SV)
    assert en in said("in_short", made)
    assert ("Underlaget är litet: läs" in said("evidence", made, SV)) == bool(single)
    assert ("The evidence is thin: read" in said("evidence", made)) == bool(single)


def test_a_single_respondent_without_a_tier() -> None:
    text = said("in_short", own(*level_on("A", 2, "interest")), SV)
    assert "minst fyra. Underlaget är litet (ett enkätsvar): läs" in text
    assert "Enligt" not in text


@pytest.mark.parametrize(
    ("rows", "sv", "en"),
    [
        (
            [note("A", "weakness", "resources")],
            "besvara enkäten eller låt er intervjuas, så",
            "answer the survey or give an interview, so",
        ),
        (
            [note("A", "weakness", "resources"), coded("A", "s", "c", "interest/2")],
            "besvara enkäten, så",
            "answer the survey, so",
        ),
        (
            [note("A", "weakness", "resources"), *level_on("A", 2, "interest")],
            "låt er intervjuas, så",
            "give an interview, so",
        ),
        (
            [
                note("A", "weakness", "resources"),
                *level_on("A", 2, "interest"),
                coded("A", "s", "c", "interest/2"),
            ],
            "låt fler besvara enkäten eller intervjuas, så",
            "let more people answer the survey or give an interview, so",
        ),
    ],
)
def test_the_first_step_without_a_tier(rows: list[dict[str, Any]], sv: str, en: str) -> None:
    made = own(*rows)
    assert not made.classified
    assert f"Ett första steg: {sv} att fler aspekter blir kända." in said("in_short", made, SV)
    assert f"A first step: {en} that more aspects become known." in said("in_short", made)


# --- the evidence


@pytest.mark.parametrize(("other", "agree"), [(2.0, Count(1, 1)), (1.9, Count(0, 1))])
def test_instruments_agree_to_within_a_level(other: float, agree: Count) -> None:
    rows = [coded("A", "s", "c", "interest/3"), answered("A", "r", "indicator", "interest", other)]
    told = facts.evidence(own(*rows), None)
    assert told["agree"] == agree
    assert told["apart"] == ([] if agree.n else ["interest"])
    assert told["compared"] == ["interview", "survey"]


INTERVIEW = {"interest": 3, "resources": 3, "mandate": 3}


@pytest.mark.parametrize(
    ("answers", "sv", "en"),
    [
        (
            {"interest": 3.0},
            "Intervju och enkät ger ungefär samma bild (högst ett nivåstegs skillnad) av den enda "
            "indikator som har mätts på mer än ett sätt.",
            "Interview and survey give much the same picture (within one level) of the only "
            "indicator that was measured in more than one way.",
        ),
        (
            {"interest": 1.0},
            "Intervju och enkät ger olika bild (mer än ett nivåstegs skillnad) av den enda "
            "indikator som har mätts på mer än ett sätt, intresse (2,0 nivåsteg).",
            "Interview and survey give different pictures (more than one level apart) of the only "
            "indicator that was measured in more than one way, interest (2.0 levels).",
        ),
        (
            {"interest": 3.0, "resources": 2.5},
            "ungefär samma bild (högst ett nivåstegs skillnad) av 2 av 2 indikatorer.",
            "much the same picture (within one level) of 2 of 2 indicators.",
        ),
        (
            {"interest": 3.0, "resources": 1.0, "mandate": 0.0},
            "av 1 av 3 indikatorer; störst är skillnaden för tydligt uppdrag (3,0 nivåsteg).",
            "of 1 of 3 indicators; the largest difference is in clear mandate (3.0 levels).",
        ),
        (
            {"interest": 1.0, "resources": 0.0},
            "olika bild (mer än ett nivåstegs skillnad) av de två indikatorer som har mätts på mer "
            "än ett sätt; störst är skillnaden för resurser (3,0 nivåsteg).",
            "different pictures (more than one level apart) of the two indicators that were "
            "measured in more than one way; the largest difference is in resources (3.0 levels).",
        ),
        (
            {"importance": 3.0},
            "Ingen indikator har mätts på mer än ett sätt",
            "No indicator was measured in more than one way",
        ),
    ],
)
def test_agreement_in_words(answers: dict[str, float], sv: str, en: str) -> None:
    rows = [coded("A", "s", "c", f"{key}/{level}") for key, level in INTERVIEW.items()]
    rows += [answered("A", "r", "indicator", key, level) for key, level in answers.items()]
    made = own(*rows, note("A", "threat", "other"))  # a note that measures nothing
    assert sv in spaced(said("evidence", made, SV))
    assert en in spaced(said("evidence", made))


def test_what_it_rests_on() -> None:
    text = said("evidence", own(*levels("A", 2), left_out=1))
    assert "rests on 1 survey response. The evidence is thin" in text
    assert "One response could not be used. No indicator was measured" in text
    two = own(*levels("A", 2), left_out=2)
    assert "Two responses could not be used." in said("evidence", two)
    assert "Två enkätsvar kunde inte användas." in said("evidence", two, SV)
    assert "Inputs: interviews.csv\u00a0aaaaaaaaaaaa, survey.csv\u00a0bbbbbbbbbbbb. " in text
    assert "Command: mapping run 2020." in text


# --- the texts, whatever the data are


@cache
def everybody() -> tuple[facts.Portrait, ...]:
    made = [builder() for builder in STUDIES]
    return tuple(
        portrait(one, department)
        for one in made
        for department in sorted(one.evidence["department_id"].unique())
    )


def without_files(text: str) -> str:
    """The text without the names of the raw files and the command, which have one language."""
    return re.sub(r"\w+\.csv|mapping run", "x", text)


@pytest.mark.parametrize("say", [SV, EN], ids=LANGUAGES)
def test_nothing_that_a_reader_cannot_read(say: prose.Words) -> None:
    assert {made.tier for made in everybody()} == {"good", "moderate", "small", "unclassified"}
    for made in everybody():
        for section in SECTIONS:
            text = said(section, made, say)
            assert not re.search(r"\b(None(?! of the)|nan|NaN|NA|True|False)\b", text), text
            assert not re.search(r"[a-z]_[a-z]|[{}]|Count\(", text), text
            text = without_files(text)
            assert not re.search(r"  | [.,;:]|\.\.|\(\)|,,|[.:]\w{3}|\(\d+ \w+ 1 \w+s\)", text), (
                text
            )
            assert say.lang == "en" or english_words(without_files(text)) == set(), text


@pytest.mark.parametrize("say", [SV, EN], ids=LANGUAGES)
def test_tables_are_readable(say: prose.Words) -> None:
    for made in everybody():
        for one in shown(made, say):
            cells = [cell for row in one.cells() for cell in row]
            assert not {"None", "nan", "<NA>", "True", "False", "too_few", "nothing"} & set(cells)
            own_text = f"tables.{one.key}.missing"
            explained = say.has(own_text) and say.say(own_text) in one.notes
            assert explained == ("–" in cells), one.key
            assert not any(re.search(r"[a-z]_[a-z]", cell) for cell in cells)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_begins_with_its_message(section: str) -> None:
    for made in everybody():
        lines = said(section, made).split("\n\n")
        assert len(lines) == 1 or not lines[1].startswith("-") or section == "in_short"


# --- nobody else


@pytest.mark.parametrize("builder", STUDIES)
def test_all_but_the_middle_is_its_own(builder: Any) -> None:
    """Alone in a study, a department is told all that it is told among others but the middle."""
    made = builder()
    for department in sorted(made.evidence["department_id"].unique()):
        evidence = made.evidence[made.evidence["department_id"] == department]
        alone = portrait(study(*evidence.to_dict("records"), frame=(department,)), department)
        among = portrait(made, department)
        unread = {"left_out": among.participation["left_out"]}  # responses that are no evidence
        for section, told in SECTIONS.items():
            extra = unread if section == "evidence" else {}
            assert told(alone) | extra == told(among), (department, section)
        alone = replace(
            alone,
            aspects=alone.aspects.assign(middle=among.aspects["middle"]),
            indicators=alone.indicators.assign(middle=among.indicators["middle"]),
        )
        pd.testing.assert_frame_equal(alone.aspects, among.aspects)
        pd.testing.assert_frame_equal(alone.indicators, among.indicators)
        tables_of = [[str(one) for one in shown(made, EN)] for made in (alone, among)]
        assert tables_of[0] == tables_of[1], department


# --- the pages


@cache
def example() -> Any:
    return mapping.study.load_year(2020, ROOT)


def executed(made: Any, department: str, lang: str, monkeypatch: Any) -> nbformat.NotebookNode:
    """The notebook with its outputs, run here and not in a kernel of its own: there are many."""
    monkeypatch.setattr(mapping.study, "load_year", lambda *_, **__: made)
    names: dict[str, Any] = {}
    cells = []
    for cell in nbformat.read(NOTEBOOK, 4).cells:
        if cell.cell_type != "code":
            continue
        output = _run(cell.source, names)
        if "parameters" in cell.metadata.get("tags", []):
            names |= {"department": department, "lang": lang}
        cells.append(nbf.new_code_cell(cell.source, outputs=output, execution_count=1))
    return nbf.new_notebook(cells=cells)


def _run(source: str, names: dict[str, Any]) -> list[Any]:
    """Run a cell; what its last line gives is its output."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102  (our own notebook)
    if last is None:
        return []
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
    if value is None:
        return []
    data, metadata = value._repr_mimebundle_()
    return [nbf.new_output("execute_result", data, metadata=metadata, execution_count=1)]


@cache
def of_example(department: str, lang: str) -> nbformat.NotebookNode:
    """A department's notebook of the example with its outputs, which nobody changes."""
    with pytest.MonkeyPatch.context() as patch:
        return executed(example(), department, lang, patch)


@cache
def pdf_of_example(department: str, lang: str) -> bytes:
    return pdf(of_example(department, lang))


def html(notebook: nbformat.NotebookNode) -> str:
    return "".join(o.data["text/html"] for cell in notebook.cells for o in cell.outputs)


def pages(made: bytes) -> int:
    with pikepdf.open(io.BytesIO(made)) as opened:
        return len(opened.pages)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_pages_for_every_department_of_the_example(lang: str) -> None:
    for department in sorted(example().evidence["department_id"].unique()):
        assert pages(pdf_of_example(department, lang)) == 2, department


def crowded(made: Any, department: str) -> Any:
    """The study with as many themes, needs and voices at the department as there can be."""
    rows = [
        note(department, quadrant, theme, 12, f"x-{quadrant}-{theme}")
        for quadrant in QUADRANTS
        for theme in made.protocol.themes
    ]
    rows += [coded(department, "x", "c", f"need/{k}") for k in made.protocol.need_keys("internal")]
    rows += [
        coded(department, "x", "c", f"external/{k}") for k in made.protocol.need_keys("external")
    ]
    more = evidence_of(*rows)
    more["evidence_id"] = "x" + more["evidence_id"]
    evidence = pd.concat([made.evidence, more], ignore_index=True)
    named = made.raw.departments.assign(
        name="Institutionen för " + "mycket långa namn och " * 4 + "historia"
    )
    settings = replace(made.raw.settings, names="name")
    raw = replace(made.raw, departments=named, settings=settings)
    return replace(made, raw=raw, stored={"evidence": evidence})


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("department", ["DRÖM-23", "ALDRIG-28", "RÖVAR-33"])
def test_two_pages_at_the_worst(department: str, lang: str, monkeypatch: Any) -> None:
    made = executed(crowded(example(), department), department, lang, monkeypatch)
    assert pages(pdf(made)) == 2


KINDS = {
    "good": "ÖGON-25",
    "moderate": "DRÖM-23",
    "small": "RÖVAR-33",
    "workshop only, unclassified": "SKUGG-38",
    "survey only": "JÄTTE-17",
    "interviews only": "VIND-8",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_machine_checks_of_accessibility(kind: str, lang: str) -> None:
    made = pdf_of_example(KINDS[kind], lang)
    for profile in ("ua1", "2a"):
        found = page.validate_pdf_bytes(made, profile=profile)
        assert found.is_compliant, [(f.rule_id, f.message) for f in found.failures]


def test_the_kinds_are_what_they_are_called() -> None:
    tiers = example().tiers.set_index("department_id")["tier"]
    assert [tiers[KINDS[tier]] for tier in ("good", "moderate", "small")] == [
        "good",
        "moderate",
        "small",
    ]
    assert tiers["SKUGG-38"] == "unclassified"
    by = example().evidence.groupby("department_id")["instrument"].agg(set)
    assert [by[KINDS[f"{kind} only"]] for kind in ("survey", "interviews")] == [
        {"survey"},
        {"interview"},
    ]
    assert by["SKUGG-38"] == {"workshop"}
    assert set(INSTRUMENTS) == {"survey", "interview", "workshop"}


@cache
def confidential() -> frozenset[str]:
    """What people said and who they are, in the example's raw files."""
    found = set()
    for name, columns in (
        ("interviews.csv", ("excerpt", "coder", "segment_id", "interview_id", "respondent_role")),
        ("workshop.csv", ("statement", "item_id")),
        ("survey.csv", ("role",)),
    ):
        with (ROOT / "data/raw/2020" / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                found |= {row[column] for column in columns if row.get(column)}
    return frozenset(found)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_other_department_and_no_persons_words(kind: str, lang: str) -> None:
    made = example()
    department = KINDS[kind]
    text = html(of_example(department, lang))
    register = made.departments[made.departments["department_id"] != department]
    assert department in text
    assert [key for key in register["department_id"] if key in text] == []
    assert [name for name in register["name"] if name in text] == []
    words_said = {said for said in confidential() if len(said) > 3}
    assert len(words_said) > 100
    assert [said for said in words_said if re.search(rf"\b{re.escape(said)}\b", text)] == []


def test_the_page_says_that_it_is_internal() -> None:
    notebook = of_example(KINDS["good"], "sv")
    document = next(
        o.metadata["mapping"]["document"]
        for cell in notebook.cells
        for o in cell.outputs
        if "document" in o.metadata.get("mapping", {})
    )
    assert document["edition"] == "intern: inte för publicering"
    assert document["compact"] is True
    assert not publish_document(notebook).has_contents
    assert KINDS["good"] in document["title"]
