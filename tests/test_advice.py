"""Sentences and tables on recommendations and toolbox, against small cases counted by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from builders import coded, evidence_of, levels_of
from test_toolbox import KNOWN, TEN, TOOLS, naming, protocol_with
from told import PROTOCOL

from mapping import facts, prose, tables, toolbox
from mapping.facts import Count
from mapping.needs import needs
from mapping.prose import words
from mapping.protocol import Protocol
from mapping.recommendations import recommendations
from mapping.schemas import conform

NBSP = "\u00a0"


def verdicts(**departments: str) -> pd.DataFrame:
    """Table recommendations: ``A="yyn?"`` is R1 to R4 met, met, not met, not assessable."""
    rows = [
        {"department_id": name, "recommendation": f"R{place}", "met": known}
        for name, signs in departments.items()
        for place, sign in enumerate(signs, start=1)
        for known in [{"y": True, "n": False, "?": None}[sign]]
    ]
    return conform(pd.DataFrame(rows).astype({"met": "boolean"}), "recommendations")


def said(lang: str, section: str, values: dict[str, Any]) -> str:
    return prose.section(words(lang, PROTOCOL), section, **values).plain.replace(NBSP, " ")


def test_all_and_none_are_told_where_they_are_known() -> None:
    """A all; B none; C neither, whatever is unknown; D not all, perhaps none; E unknown in both."""
    found = verdicts(A="yyyy", B="nnnn", C="yn??", D="n???", E="????")
    made = facts.recommendations(found, PROTOCOL)
    assert made["meets_all"] == Count(1, 4)
    assert made["meets_none"] == Count(1, 3)
    assert made["unknown"] == Count(3, 5)
    assert made["met"]["R1"] == Count(2, 4)
    assert made["met"]["R4"] == Count(1, 2)


def test_most_and_least_go_by_share_of_those_assessed() -> None:
    """R1 1 of 3, R2 2 of 3, R3 1 of 1 (the largest share), R4 0 of 2."""
    made = facts.recommendations(verdicts(A="yyyn", B="ny?n", C="nn??"), PROTOCOL)
    assert (made["most"], made["least"]) == (["R3"], ["R4"])


def test_equal_shares_have_neither_most_nor_least() -> None:
    made = facts.recommendations(verdicts(A="yyyy", B="nnnn"), PROTOCOL)
    assert (made["most"], made["least"]) == ([], [])


@pytest.mark.parametrize(
    ("signs", "sv", "en"),
    [
        (
            {"A": "yyyy", "B": "ynnn", "C": "nnnn"},
            "En institution uppfyller sammanfattningens alla fyra rekommendationer: "
            "1 av 3 (33 %). En institution uppfyller ingen av dem: 1 av 3 (33 %).",
            "One department meets all four recommendations of the summary: "
            "1 of 3 (33 %). One department meets none of them: 1 of 3 (33 %).",
        ),
        (
            {"A": "yyny", "B": "yynn"},
            "Oftast uppfyllda är ”Alumnansvaret delas av flera” och ”Tid och resurser är avsatta”, "
            "lika ofta: 100 % av institutionerna. "
            "Inte uppfylld någonstans är ”Samsyn finns inom institutionen”.",
            "Most often met are “The responsibility is shared by several” and “Time and resources "
            "are set aside”, equally often: 100 % of the departments. "
            "Met nowhere is “There is consensus within the department”.",
        ),
        (
            {"A": "yynn", "B": "ynyy", "C": "yyyy"},
            "Oftast uppfylld är ”Alumnansvaret delas av flera”: 3 av 3 institutioner (100 %). "
            "Mest sällan uppfyllda är ”Tid och resurser är avsatta”, ”Samsyn finns inom "
            "institutionen” och ”Ansvaret är tydligt”, lika sällan: 67 % av institutionerna.",
            "Least often met are “Time and resources are set aside”, “There is consensus within "
            "the department” and “The responsibility is clear”, equally seldom: 67 % of the",
        ),
        (
            {"A": "n?nn", "B": "nnyn"},
            "Ingen institution där det kan avgöras uppfyller sammanfattningens alla fyra "
            "rekommendationer: 0 av 2.",
            "No department for which it can be told meets all four recommendations of the "
            "summary: 0 of 2.",
        ),
        (
            {"A": "y?yy"},
            "Data avgör inte om någon institution uppfyller sammanfattningens alla fyra",
            "The data do not decide whether any department meets all four",
        ),
        (
            {"A": "????"},
            "Data avgör inte om institutionerna uppfyller sammanfattningens rekommendationer."
            "\n\nEn rekommendation räknas",
            "The data do not decide whether the departments meet the recommendations of the "
            "summary.\n\nA recommendation counts",
        ),
    ],
)
def test_recommendations_told(signs: dict[str, str], sv: str, en: str) -> None:
    values = facts.recommendations(verdicts(**signs), PROTOCOL)
    assert sv in said("sv", "advice.recommendations", values)
    assert en in said("en", "advice.recommendations", values)


def test_the_proxy_is_owned_up_to() -> None:
    values = facts.recommendations(verdicts(A="yyyy"), PROTOCOL)
    assert "mättes inte som sådant" in said("sv", "advice.recommendations", values)
    without = values | {"keys": ["R1"]}
    assert "mättes" not in said("sv", "advice.recommendations", without)


def box(evidence: pd.DataFrame, indicators: pd.DataFrame, protocol: Protocol) -> dict[str, Any]:
    made = toolbox.toolbox(evidence, indicators, protocol)
    added = toolbox.adds(evidence, protocol)
    return facts.toolbox(made, added, named(evidence, protocol), protocol)


def named(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Table needs, as it is with those that took part for a frame."""
    return needs(evidence, evidence[["department_id"]].drop_duplicates(), protocol)


def test_toolbox_facts_by_hand() -> None:
    """As in test_toolbox: two tools serve nine of ten; other is served by none."""
    found = box(TEN, KNOWN, protocol_with("9/10", **TOOLS))
    assert found == {
        "expressed": 10,
        "goal": Fraction(9, 10),
        "smallest": ["portraits", "statistics"],
        "enough": 2,
        "served": Count(9, 10),
        "best": Count(9, 10),
        "further": [],
        "further_adds": 0,
        "unserved": {"other": Count(1, 5)},
        "first": ["portraits", "statistics"],
        "first_number": 2,
        "first_count": Count(4, 5),
        "conditions_only": 1,
        "good": 2.0,
    }


def test_toolbox_facts_with_a_further_tool() -> None:
    found = box(TEN, KNOWN, protocol_with("9/10", **TOOLS, letters="other"))
    assert found["smallest"] == ["portraits", "statistics"]
    assert (found["further"], found["further_adds"]) == (["letters"], 1)
    assert found["best"] == Count(10, 10)
    assert found["unserved"] == {}


def test_toolbox_facts_without_a_set() -> None:
    found = box(TEN, KNOWN, protocol_with("1", **TOOLS))
    assert found["smallest"] == []
    assert found["served"] == Count(0, 10)
    assert (found["further"], found["further_adds"]) == (["statistics"], 5)


NOBODY = naming(A="", B="")
RECRUITING = naming(A="recruitment feedback", B="recruitment feedback", C="recruitment")


@pytest.mark.parametrize(
    ("evidence", "served", "sv", "en"),
    [
        (
            NOBODY,
            "9/10",
            "Ingen institution nämnde något internt behov som en instrumentlåda kan utgå ifrån.",
            "No department named an internal need that a toolbox could rest on.",
        ),
        (
            RECRUITING,
            "1/2",
            "Ett enda verktyg räcker för att tillgodose minst 50 % av de behov som institutionerna "
            "uttrycker: ”Alumnporträtt för marknadsföring av utbildningarna”. Det tillgodoser 3 av "
            "5 uttryckta behov (60 %).\n\nDärutöver tillför ”Mall för alumnenkäter” mest: "
            "2 uttryckta behov till.",
            "A single tool is enough to serve at least 50 % of the needs that the departments "
            "express: “Alumni portraits for marketing the education”. It serves 3 of 5 expressed "
            "needs (60 %).\n\nBeyond these, “Template for alumni surveys” adds most: 2 more "
            "expressed needs.",
        ),
        (
            RECRUITING,
            "9/10",
            "Två verktyg räcker för att tillgodose minst 90 % av de behov som institutionerna "
            "uttrycker: ”Alumnporträtt för marknadsföring av utbildningarna” och ”Mall för "
            "alumnenkäter”. Tillsammans tillgodoser de 5 av 5 uttryckta behov (100 %).\n\n"
            "Till nytta för flest",
            "Two tools are enough to serve at least 90 % of the needs that the departments "
            "express: “Alumni portraits for marketing the education” and “Template for alumni "
            "surveys”. Together they serve 5 of 5 expressed needs (100 %).\n\nThe tool",
        ),
        (
            TEN,
            "1",
            "Verktygen räcker inte för att tillgodose 100 % av de behov som institutionerna "
            "uttrycker: alla tillsammans tillgodoser de 9 av 10 uttryckta behov (90 %).\n\nMest "
            "tillgodoser ”Alumnporträtt för marknadsföring av utbildningarna”: 7 uttryckta behov. "
            "Inget verktyg tillgodoser behovet ”annat” (1).",
            "The tools are not enough to serve 100 % of the needs that the departments express: "
            "all together they serve 9 of 10 expressed needs (90 %).\n\nThe tool that serves most "
            "of them is “Alumni portraits for marketing the education”: 7 expressed needs. No tool "
            "serves the need “other” (1).",
        ),
        (
            TEN,
            "9/10",
            "De övriga verktygen tillgodoser inte fler av de uttryckta behoven. Inget verktyg",
            "The other tools serve no more of the expressed needs. No tool serves",
        ),
    ],
)
def test_toolbox_told(evidence: pd.DataFrame, served: str, sv: str, en: str) -> None:
    """With the shipped tools, whose labels are the readers'."""
    protocol = replace(protocol_with(served), tools=PROTOCOL.tools)
    values = box(evidence, KNOWN.head(0), protocol)
    assert sv in said("sv", "advice.toolbox", values)
    assert en in said("en", "advice.toolbox", values)


def test_many_tools_in_the_first_place_are_counted_not_listed() -> None:
    four = list(PROTOCOL.tool_keys[:4])
    values = {"first": four, "first_number": 4, "first_count": Count(2, 3)}
    base = box(NOBODY, KNOWN.head(0), PROTOCOL)
    text = said("sv", "advice.toolbox", base | values)
    assert "Fyra verktyg delar första platsen: vart och ett är till nytta för 2 av 3" in text
    english = said("en", "advice.toolbox", base | values)
    assert "of use to equally many departments, the largest number: each to 2 of 3" in english
    three = base | values | {"first": list(PROTOCOL.tool_keys[:3])}
    assert "Fyra" not in said("sv", "advice.toolbox", three)
    assert "The tools of use to the largest number of departments are “" in said(
        "en", "advice.toolbox", three
    )


@pytest.mark.parametrize(
    ("number", "sv", "en"),
    [
        (1, "Ett av verktygen stärker bara", "One of the tools strengthens conditions only"),
        (2, "Två av verktygen stärker bara", "Two of the tools strengthen conditions only"),
    ],
)
def test_tools_for_conditions_only(number: int, sv: str, en: str) -> None:
    values = box(NOBODY, KNOWN.head(0), PROTOCOL) | {"conditions_only": number}
    assert sv in said("sv", "advice.toolbox", values)
    assert en in said("en", "advice.toolbox", values)


def test_tables_by_hand() -> None:
    w = words("en", PROTOCOL)
    found = verdicts(A="yyyy", B="nn?n", C="?ny?")
    assert [row[1:] for row in tables.recommendations(found, w).cells()] == [
        [f"1{NBSP}of{NBSP}2{NBSP}(50{NBSP}%)", "1", "1"],
        [f"1{NBSP}of{NBSP}3{NBSP}(33{NBSP}%)", "2", "0"],
        [f"2{NBSP}of{NBSP}2{NBSP}(100{NBSP}%)", "0", "1"],
        [f"1{NBSP}of{NBSP}2{NBSP}(50{NBSP}%)", "1", "1"],
    ]
    yes, no = f"✓{NBSP}yes", f"✗{NBSP}no"
    assert tables.department_recommendations(found, w).cells() == [
        ["A", yes, yes, yes, yes],
        ["B", no, no, "–", no],
        ["C", "–", no, yes, "–"],
    ]


def test_toolbox_tables_by_hand() -> None:
    w = words("sv", PROTOCOL)
    made = toolbox.toolbox(RECRUITING, levels_of(A={"mandate": 1.0}, B={}, C={}), PROTOCOL)
    rows = tables.toolbox(made, named(RECRUITING, PROTOCOL), w).cells()
    assert rows[0] == [
        "Alumnporträtt för marknadsföring av utbildningarna",
        "Rekrytering och marknadsföring; anställningsbarhet och karriär",
        f"3{NBSP}(100{NBSP}%)",
        "1",
        "ja",
    ]
    assert [row[0] for row in rows[1:3]] == [
        "Handledning för alumner som ambassadörer",
        "Statistik om karriärvägar",
    ]
    by_name = {row[0]: row for row in rows}
    assert by_name["Mall för uppdragsbeskrivning"][1:4] == [
        "Tydligt uppdrag; bemanning",
        f"1{NBSP}(33{NBSP}%)",
        "6",
    ]
    added = tables.tool_additions(toolbox.adds(RECRUITING, PROTOCOL), w).cells()
    assert [row[1:] for row in added] == [
        ["3", f"3{NBSP}(60{NBSP}%)", "ja"],
        ["2", f"5{NBSP}(100{NBSP}%)", "ja"],
    ]


def test_recommendations_of_real_evidence_fill_the_texts() -> None:
    evidence = evidence_of(coded("A", "s", "c", "arrangement/shared"))
    found = recommendations(evidence, levels_of(A={"mandate": 3.0}), PROTOCOL)
    text = said("en", "advice.recommendations", facts.recommendations(found, PROTOCOL))
    assert "For 1 of 1 department (100 %) at least one of the recommendations" in text
