"""What the report says of the summary's statements: from the measured parts to sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from builders import answered, evidence_of, levels_of
from test_texts import english_words
from told import PROTOCOL

from mapping import facts, prose
from mapping.facts import Count
from mapping.prose import words
from mapping.vocabulary import LANGUAGES, NOT_ASSESSABLE, VERDICTS

TEXTS = {lang: words(lang, PROTOCOL) for lang in LANGUAGES}
COLUMNS = [
    "finding",
    "number",
    "part",
    "measure",
    "verdict",
    "value",
    "n",
    "of",
    "base_n",
    "base_of",
]
FACTORS = ("management_support", "colleague_support", "resources", "workload", "mandate")
ORIGINS = ("organic", "decided", "individual")
COUNTED = (
    *(("origins", origin, "share") for origin in ORIGINS),
    ("expectation-unclear", "whole", "share"),
    ("shared-exists", "whole", "share"),
    ("one-with-backing", "whole", "existence"),
    ("relatively-alone", "whole", "share"),
    ("large-unsustainable", "whole", "share"),
    ("small-succeeds", "whole", "existence"),
    ("no-job-description", "whole", "share"),
    ("self-appointed", "whole", "share"),
    ("unclear-hurts", "whole", "share"),
    ("both-sides", "external", "existence"),
    ("counsellor-officers", "whole", "share"),
    ("without-opt-out-or-external", "opted_out", "existence"),
    ("without-opt-out-or-external", "external", "existence"),
    ("enthusiasts", "whole", "share"),
    ("programme-without-interest", "whole", "existence"),
    ("course-will", "whole", "share"),
    ("course-will-recruitment", "whole", "share"),
    ("no-incentives", "whole", "share"),
    ("no-need-no-problem", "applicants", "share"),
    ("no-need-no-problem", "throughput", "share"),
    ("opt-out-factors", "share", "share"),
)
"""Every part of which the report states a count."""
LINKED = (
    *(("factors-matter", factor) for factor in FACTORS),
    ("shared-strength", "whole"),
    ("consensus-buffers", "whole"),
    ("needs-shape-work", "whole"),
    ("employability-advanced", "whole"),
    ("employability-recruitment-link", "whole"),
    ("enthusiasts-vulnerable", "whole"),
    ("student-link", "whole"),
    ("programme-condition", "whole"),
    ("programme-and-interest", "programme_only"),
    ("programme-and-interest", "neither"),
    ("opt-out-poor-contact", "whole"),
)
"""Every association that the report states."""


def measured(n: int, of: int, verdict: str, value: float = 0.4) -> pd.DataFrame:
    """Table finding_parts in which every count and every association is the same."""
    share = n / of if of else None
    rows = [
        (finding, 0, part, measure, verdict, share, n if of else None, of, 1, 3)
        for finding, part, measure in COUNTED
    ]
    rows += [
        (finding, number, part, "association", verdict, value, None, of, None, None)
        for number, (finding, part) in enumerate(LINKED)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype(dict.fromkeys(("n", "of", "base_n", "base_of"), "Int64"))


def sections(parts: pd.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    """The sections that rest on the parts alone."""
    yield "conditions.sizes", facts.sizes(parts, PROTOCOL)
    yield "conditions.assignment", facts.assignment(parts)
    yield "conclusions.conditions", facts.enthusiasts(parts)
    yield "conclusions.student_relations", facts.student_relations(parts)
    yield "conclusions.needs", facts.need_conclusions(parts)
    one = {"first": ["alone"], "first_count": Count(2, 3)}
    yield "conditions.arrangements", one | facts.responsibility(parts)
    origin = {"first": ["organic"], "first_count": Count(2, 3)}
    yield "conditions.origins", origin | facts.active_origins(parts)
    need = {"count": Count(4, 9), "rank": 2, "shared_rank": False, "low": 0.2, "high": 0.6}
    careers = facts.careers(parts) | {"both": Count(2, 4)}
    yield "needs.employability", need | careers
    having = {"with_need": Count(5, 9), "unknown": 1}
    yield "needs.overview", having | facts.both_sides(parts)
    slight = {"without": Count(3, 9), "external": Count(1, 3), "unknown": 0}
    yield "needs.slight", slight | facts.in_spite(parts)


def said(lang: str, key: str, parts: pd.DataFrame) -> str:
    values = dict(sections(parts))[key]
    return prose.section(TEXTS[lang], key, **values).plain.replace("\u00a0", " ")


CASES = [(0, 0), (0, 5), (1, 1), (1, 5), (3, 5), (28, 44), (44, 44)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("verdict", [*VERDICTS, NOT_ASSESSABLE])
@pytest.mark.parametrize(("n", "of"), CASES)
def test_every_sentence_can_be_read_whatever_is_found(
    n: int, of: int, verdict: str, lang: str
) -> None:
    for key, values in sections(measured(n, of, verdict)):
        text = prose.section(TEXTS[lang], key, **values).plain
        assert not re.search(r"\b(None|nan|NaN|NA|True|False)\b|[a-z]_[a-z]|[{}]", text), text
        assert not re.search(r"  | [.,;:]|\.\.|\(\)|,,|[.:]\w{3}|\b0.(of|av).0\b", text), text
        for paragraph in text.split("\n\n")[1:]:
            assert paragraph[0].isupper() or paragraph[0].isdigit(), paragraph
            assert paragraph.endswith("."), paragraph
        if lang == "sv":
            assert english_words(text) == set(), text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_section_is_a_heading_over_nothing(lang: str) -> None:
    for key, values in sections(measured(0, 0, NOT_ASSESSABLE)):
        assert len(prose.section(TEXTS[lang], key, **values).plain.split("\n\n")) > 1, key


@pytest.mark.parametrize(
    ("key", "count", "verdict", "sv", "en"),
    [
        (
            "conditions.assignment", Count(28, 44), "supported",
            "De flesta institutioner med någon som arbetar med frågan saknar en tydlig "
            "arbetsbeskrivning: 28 av 44 (64 %).",
            "Most departments with somebody who works with alumni lack a clear description of the "
            "task: 28 of 44 (64 %).",
        ),
        (
            "conditions.assignment", Count(1, 5), "supported",
            "En institution med någon som arbetar med frågan saknar en tydlig arbetsbeskrivning",
            "One department with somebody who works with alumni lacks a clear description",
        ),
        (
            "conditions.arrangements", Count(3, 9), "supported",
            "Flera institutioner har fördelat ansvaret på flera personer: 3 av 9 (33 %). Arbetet "
            "är där mindre sårbart: hållbarheten är i medeltal 0,4 nivåsteg högre",
            "Several departments share the responsibility among several persons: 3 of 9 (33 %). "
            "The work is less vulnerable there: sustainability is on average 0.4 levels higher",
        ),
        (
            "conditions.arrangements", Count(3, 9), "contradicted",
            "Arbetet är där mer sårbart", "The work is more vulnerable there",
        ),
        (
            "conditions.arrangements", Count(3, 9), "inconclusive",
            "Om arbetet är mindre sårbart där avgör data inte.",
            "Whether the work is less vulnerable there, the data do not decide.",
        ),
        (
            "conditions.arrangements", Count(0, 9), "contradicted",
            "Ingen institution har fördelat ansvaret på flera personer: 0 av 9 (0 %).",
            "No department shares the responsibility among several persons: 0 of 9 (0 %).",
        ),
        (
            "conditions.arrangements", Count(1, 9), "supported",
            "utsedd alumnansvarig med stöd når en också minst nivå 2 för stöd från ledning",
            "officer with backing, one also reaches level 2 or more in support from management",
        ),
        (
            "conditions.arrangements", Count(5, 9), "supported",
            "utsedd alumnansvarig med stöd når fem också minst nivå 2",
            "officer with backing, five also reach level 2 or more",
        ),
        (
            "conditions.arrangements", Count(0, 9), "contradicted",
            "Ingen institution som har en utsedd alumnansvarig med stöd når också nivå 2",
            "No department with one appointed officer with backing also reaches level 2",
        ),
        (
            "conclusions.student_relations", Count(1, 9), "supported",
            "Alumnarbetet är mer aktivt där det finns både programstudenter och intresse för "
            "studenterna än där intresset eller båda saknas. En av 9 institutioner har svag "
            "kontakt med sina studenter (under nivå 2)",
            "Alumni work is more active where there are both programme students and an interest in "
            "the students than where the interest or both are lacking. One of 9 departments has "
            "weak contact with its students (below level 2)",
        ),
        (
            "conclusions.student_relations", Count(0, 9), "contradicted",
            "Alumnarbetet är mindre aktivt där", "Alumni work is less active where",
        ),
        (
            "conclusions.needs", Count(1, 1), "supported",
            "Minst ett av storlek, forskningsandel och personalomsättning ligger över medianen "
            "vid 1 av 1 institution som har valt bort alumnverksamhet, mot 1 av 3 av de övriga.",
            "above the median at 1 of 1 department that opted out, against 1 of 3 of the others.",
        ),
        (
            "needs.overview", Count(0, 9), "contradicted",
            "Ingen utanför institutionerna har nämnts som uttryckt behov, och nivån för externt "
            "behov är låg eller måttlig: 0 av 9 möter externa behov.",
            "Nobody outside the departments has been named as voicing a need, and the level of "
            "external need is low or moderate: 0 of 9 meet external needs.",
        ),
        (
            "conditions.sizes", Count(0, 0), NOT_ASSESSABLE,
            "Data avgör inte om det är hållbart att en person har ansvaret",
            "The data do not decide whether it is sustainable that one person",
        ),
        (
            "conditions.sizes", Count(1, 9), "supported",
            "En mindre institution, med högst två utbildningar eller ämnen, arbetar aktivt",
            "One small department, with at most two programmes or subjects, works actively",
        ),
        (
            "needs.employability", Count(3, 9), "supported",
            "Där behovet nämns läser fler studenter på avancerad nivå: andelen är i medeltal 40 "
            "procentenheter högre än vid övriga.",
            "Where the need is named, more students are at advanced level: on average 40 "
            "percentage points more than elsewhere.",
        ),
        (
            "conclusions.needs", Count(2, 2), "supported",
            "Av de institutioner som saknar internt behov har 2 av 2 minst lika många sökande per "
            "plats som medianen i registret. Bland dem som har behov är det 1 av 3. I "
            "genomströmning når 2 av 2 medianen, mot 1 av 3 av dem som har behov.",
            "In throughput, 2 of 2 reach the median, against 1 of 3 of those with a need.",
        ),
    ],
)  # fmt: skip
def test_what_is_said(key: str, count: Count, verdict: str, sv: str, en: str) -> None:
    parts = measured(*count, verdict)
    assert sv in said("sv", key, parts)
    assert en in said("en", key, parts)


def test_none_seen_is_not_none_there_while_a_value_is_missing() -> None:
    """0 of 9 seen: only the verdict tells whether the others are known not to have it."""
    sentence = "Ingen mindre institution"
    assert sentence in said("sv", "conditions.sizes", measured(0, 9, "contradicted"))
    assert sentence not in said("sv", "conditions.sizes", measured(0, 9, "inconclusive"))


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("conditions.sizes", "Ingen mindre institution"),
        ("conditions.arrangements", "Ingen institution som har en utsedd alumnansvarig med stöd"),
    ],
)
def test_nothing_is_said_of_a_group_that_is_empty(key: str, group: str) -> None:
    """Nobody could be it: that none is, is contradicted, but there is nobody to tell of."""
    assert group in said("sv", key, measured(0, 1, "contradicted"))
    assert group not in said("sv", key, measured(0, 0, "contradicted"))


def test_nothing_is_said_of_those_who_share_if_nobody_does() -> None:
    assert "sårbart" not in said("sv", "conditions.arrangements", measured(0, 9, "supported"))
    assert "Av dem har" not in said(
        "sv", "conclusions.student_relations", measured(0, 9, "supported")
    )


def test_a_count_is_of_the_part_asked_for() -> None:
    parts = measured(2, 7, "supported")
    assert facts.stated(parts, "origins", "decided") == Count(2, 7)
    assert facts.compared(parts, "no-need-no-problem", "applicants") == Count(1, 3)
    assert facts.stated(parts, "origins", "nowhere") == Count(0, 0)
    assert facts.stated(parts.iloc[:0], "origins", "decided") == Count(0, 0)


def test_a_link_of_several_associations_is_the_worst_and_the_smallest() -> None:
    parts = measured(3, 9, "supported")
    here = parts["finding"] == "programme-and-interest"
    parts.loc[here, "verdict"] = ["supported", "inconclusive"]
    parts.loc[here, "value"] = [0.2, -0.9]
    assert facts.link(parts, "programme-and-interest") == {
        "verdict": "inconclusive",
        "difference": 0.2,
    }
    assert facts.link(parts.iloc[:0], "student-link") == {"verdict": NOT_ASSESSABLE}


def compared_with(lang: str, *others: str) -> str:
    """What is said of programme students and interest if these cells alone were compared."""
    parts = measured(0, 9, "supported")
    kept = ~parts["finding"].eq("programme-and-interest") | parts["part"].isin(others)
    return said(lang, "conclusions.student_relations", parts[kept])


def test_only_the_cells_that_were_compared_are_named() -> None:
    assert "än där intresset saknas." in compared_with("sv", "programme_only")
    assert "than where the interest is lacking." in compared_with("en", "programme_only")
    assert "than where both are lacking." in compared_with("en", "neither")
    assert "Alumnarbetet är mer" not in compared_with("sv")


def test_less_active_only_than_the_cells_that_say_so() -> None:
    parts = measured(0, 9, "supported")
    parts.loc[parts["part"] == "neither", "verdict"] = "contradicted"
    text = said("sv", "conclusions.student_relations", parts)
    assert "Alumnarbetet är mindre aktivt där" in text
    assert "än där båda saknas." in text


@pytest.mark.parametrize(
    ("difference", "sv", "en"),
    [
        (0.0149, "i medeltal 1 procentenhet lägre", "average 1 percentage point less"),
        (0.015, "i medeltal 2 procentenheter lägre", "average 2 percentage points less"),
    ],
)
def test_one_percentage_point_and_several(difference: float, sv: str, en: str) -> None:
    parts = measured(3, 9, "contradicted", difference)
    assert sv in said("sv", "needs.employability", parts)
    assert en in said("en", "needs.employability", parts)


def without_need(lang: str, without: Count, external: Count) -> str:
    values = {"without": without, "external": external, "unknown": 0}
    values |= {"opted_out": Count(0, 0), "acting": Count(0, 0)}
    return prose.section(TEXTS[lang], "needs.slight", **values).plain.replace("\u00a0", " ")


def test_what_it_is_to_be_without_need_is_told_where_somebody_is() -> None:
    text = without_need("sv", Count(3, 9), Count(0, 2))
    assert "Ingen av dem möter något externt behov." in text
    assert "Utan externt behov: ingen utanför institutionen har nämnts" in text
    assert "externt" not in without_need("sv", Count(3, 9), Count(0, 0))
    assert "Utan internt behov:" in without_need("sv", Count(3, 9), Count(0, 0))
    assert "Utan internt behov:" not in without_need("sv", Count(0, 9), Count(0, 0))
    assert "None of them meets an external need." in without_need("en", Count(3, 9), Count(0, 2))


def test_factors_count_the_tested_ones_that_rise() -> None:
    parts = measured(3, 9, "inconclusive")
    here = parts["finding"] == "factors-matter"
    parts.loc[here, "value"] = [0.3, 0.0, -0.1, 0.2, 0.5]
    parts.loc[parts["part"] == "mandate", "verdict"] = NOT_ASSESSABLE
    found = facts.factors(parts)
    assert found["rising"] == Count(2, 4)
    assert found["tested"] == list(FACTORS[:-1])
    assert found["verdict"] == "inconclusive"


def test_active_from_the_level_that_is_good() -> None:
    """2 is active, 1.9 is not, and who is not known is not counted."""
    levels = levels_of(A={"activity": 2.0}, B={"activity": 1.9}, C={"interest": 3.0})
    found = facts.work(measured(1, 5, "supported"), levels, PROTOCOL)
    assert found["active"] == Count(1, 2)
    assert found["unclear"] == Count(1, 5)


def test_work_differs_only_if_both_parts_are_supported() -> None:
    levels = levels_of(A={"activity": 2.0})
    rows = [("degrees-differ", 0, "activity", "condition", "supported")]
    rows += [("degrees-differ", 1, "arrangement", "condition", "contradicted")]
    parts = pd.DataFrame(rows, columns=COLUMNS[:5]).reindex(columns=COLUMNS)
    assert not facts.work(parts, levels, PROTOCOL)["differs"]
    assert facts.work(parts.assign(verdict="supported"), levels, PROTOCOL)["differs"]
    assert not facts.work(parts.iloc[:0], levels, PROTOCOL)["differs"]


def test_wishes_of_those_that_ticked_any_box() -> None:
    """A wishes twice for tools, B for tools and data, C for nothing; D left all blank."""
    ticks = [("A", "r1", "tools"), ("A", "r2", "tools"), ("B", "r3", "tools"), ("B", "r3", "data")]
    ticks += [("C", "r4", "none")]
    rows = [answered(key, response, "wish", wish, 1.0) for key, response, wish in ticks]
    rows += [answered("D", "r5", "indicator", "interest", 3.0)]
    assert facts.wishes(evidence_of(*rows)) == {
        "first": ["tools"],
        "first_count": Count(2, 3),
        "rest": {"data": Count(1, 3)},
        "without": Count(1, 3),
    }


def test_wishes_of_nobody_asked_and_of_nobody_wishing() -> None:
    silent = facts.wishes(evidence_of(answered("D", "r5", "indicator", "interest", 3.0)))
    assert silent["first_count"] == Count(0, 0)
    content = facts.wishes(evidence_of(answered("C", "r4", "wish", "none", 1.0)))
    assert (content["first"], content["first_count"]) == ([], Count(0, 1))
    told = [prose.section(TEXTS["sv"], "report.wishes", **w).plain for w in (silent, content)]
    assert "Data avgör inte vilket stöd" in told[0]
    assert "Ingen institution önskar stöd" in told[1]


def test_holding_of_the_assessable() -> None:
    verdicts = ["supported", "supported", "contradicted", "inconclusive", NOT_ASSESSABLE]
    found = facts.holding(pd.DataFrame({"verdict": verdicts}))
    assert found == {"holding": Count(2, 4), "findings": 5}
