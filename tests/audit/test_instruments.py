"""Instruments beside each other and each alone: small cases worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders import answered, coded, evidence_of, frame_of, note, su_2020

from mapping import constructs, criteria, indicators, tiers
from mapping.audit.instruments import (
    Alone,
    _voices,
    agreement,
    alone,
    convergence,
    finding_voices,
    instrument_tiers,
    needs_seen,
)
from mapping.findings import findings
from mapping.protocol import Protocol
from mapping.schemas import TABLES, conform

PROTOCOL = su_2020()


def levels(**rows: tuple[float | None, float | None, float | None]) -> pd.DataFrame:
    """An indicators table of one indicator, resources, by department: what each saw."""
    blank = dict.fromkeys(TABLES["indicators"].columns)
    made = []
    for department, seen in rows.items():
        known = [level for level in seen if level is not None]
        told = dict(zip(("interview", "workshop", "survey"), seen, strict=True))
        own = {"level": np.mean(known) if known else None, "instruments": len(known)}
        spread = round(max(known) - min(known), 9) if len(known) > 1 else None
        keys = {"department_id": department, "indicator": "resources", "convergence": spread}
        made.append(blank | told | own | keys)
    return conform(pd.DataFrame(made), "indicators")


def converged(table: pd.DataFrame, *rows: dict[str, object]) -> pd.DataFrame:
    return convergence(evidence_of(*rows), table, PROTOCOL).set_index("department_id")


@pytest.mark.parametrize(
    ("seen", "word"),
    [
        ((1.0, 1.0, 1.0), "agree"),
        ((1.0, None, 1.75), "agree"),  # at the limit
        ((1.0, None, 1.750000001), "partly"),
        ((1.0, 2.0, 2.499999999), "partly"),
        ((1.0, 2.0, 2.5), "conflict"),  # at the limit
        ((None, 2.0, None), "silent"),
        ((None, None, None), "silent"),
    ],
)
def test_words_for_the_spread(seen: tuple[Any, Any, Any], word: str) -> None:
    assert converged(levels(A=seen))["word"].tolist() == [word]


def test_the_level_if_those_who_did_not_see_it_had() -> None:
    table = converged(levels(A=(1.0, None, 2.0), B=(None, None, None), C=(1.0, 2.0, 0.0)))
    assert table[["level_low", "level_high"]].to_numpy().tolist() == [[1, 2], [0, 3], [1, 1]]


def test_an_instrument_that_cannot_see_it_is_not_missing() -> None:
    rows = levels(A=(1.0, None, 2.0)).assign(indicator="importance")  # not seen by the workshop
    table = converged(conform(rows, "indicators"))
    assert table[["level_low", "level_high"]].to_numpy().tolist() == [[1.5, 1.5]]


def test_a_known_arrangement_can_only_be_outvoted_by_what_is_missing() -> None:
    rows = [coded("A", "s", "c", "arrangement/alone"), coded("B", "t", "c", "arrangement/alone")]
    rows += [coded("B", "t", "c", "staffing/1"), answered("B", "r", "indicator", "staffing", 3.0)]
    rows += [coded("C", "u", "c", "staffing/1")]
    evidence = evidence_of(*rows)
    table = convergence(evidence, indicators.indicators(evidence, PROTOCOL), PROTOCOL)
    staffing = table[table["indicator"] == "staffing"].set_index("department_id")
    ends = staffing[["level", "level_low", "level_high"]]
    assert ends.loc["A"].tolist() == [2, 0, 3]
    assert ends.loc["B"].tolist() == [2, 2, 2]  # both instruments are there
    assert ends.loc["C"].tolist() == [1, 0.5, 2]  # measured, no arrangement


def test_the_agreement_of_instruments_as_raters() -> None:
    few = replace(PROTOCOL, audit=replace(PROTOCOL.audit, draws=20, fewest_units=3))
    seen = levels(A=(0.0, None, 0.75), B=(2.0, None, 2.0), C=(None, None, 1.0), D=(3.0, 1.0, 3.0))
    table = agreement(seen, few).set_index(["scope", "key"])
    row = table.loc[("all", "all")]
    assert (row["departments"], row["units"], row["pairs"], row["raters"]) == (3, 3, 5, 3)
    assert row["agreement"] == round((1 + 1 + 1 / 3) / 3, 9)
    values = np.array([0, 0.75, 2, 2, 3, 1, 3])
    expected = 2 * (7 * (values**2).sum() - values.sum() ** 2) / 6
    observed = 2 * 0.75**2 + 2 * (4 + 4) / 2
    assert row["alpha"] == round(1 - observed / expected, 9)
    assert np.isnan(row["ac1"])
    assert table.loc[("indicator", "resources"), "alpha"] == row["alpha"]
    assert table.loc[("indicator", "interest"), "reason"] == "no_pairs"
    left = table.loc[("without", "workshop")]
    assert left["with_others"] == 0  # two levels apart from both, at D
    assert left["gain"] == round(left["alpha"] - row["alpha"], 9) > 0
    assert table.loc[("without", "survey"), "reason"] == "too_few"


def test_nobody_seen_is_no_agreement_and_no_error() -> None:
    nothing = levels(A=(None, None, None)).iloc[:0]
    assert agreement(nothing, PROTOCOL).empty
    assert convergence(evidence_of(), nothing, PROTOCOL).empty
    assert alone(study(evidence_of())) == {}
    assert instrument_tiers({}, study(evidence_of()).tiers).empty


@dataclass(frozen=True)
class Tables:
    """A study of evidence made by hand."""

    evidence: pd.DataFrame
    protocol: Protocol
    departments: pd.DataFrame
    settings = SimpleNamespace(
        fieldwork=SimpleNamespace(start=date(2019, 12, 1), end=date(2020, 4, 30))
    )

    @cached_property
    def respondents(self) -> pd.DataFrame:
        blank = dict.fromkeys(TABLES["respondents"].columns)
        return conform(pd.DataFrame([], columns=list(blank)), "respondents")

    @cached_property
    def indicators(self) -> pd.DataFrame:
        return indicators.indicators(self.evidence, self.protocol)

    @cached_property
    def constructs(self) -> pd.DataFrame:
        return constructs.constructs(self.indicators, self.protocol)

    @cached_property
    def tiers(self) -> pd.DataFrame:
        return tiers.tiers(self.indicators, self.departments, self.protocol)

    @cached_property
    def criteria(self) -> pd.DataFrame:
        return criteria.criteria(self.indicators, self.protocol)


REGISTER = [
    "name", "students_programme", "students_course", "advanced_share", "programmes",
    "research_share", "staff_turnover", "applicants_per_place", "throughput",
]  # fmt: skip


def study(evidence: pd.DataFrame, *, protocol: Protocol = PROTOCOL, frame: int = 7) -> Tables:
    register = frame_of(*(chr(ord("A") + n) for n in range(frame)))
    return Tables(evidence, protocol, register.reindex(columns=["department_id", *REGISTER]))


ASPECTS = ("interest", "management_support", "colleague_support", "resources", "mandate")


def test_what_each_instrument_alone_says_of_a_department() -> None:
    rows = [answered("A", "r", "indicator", key, 3.0) for key in ASPECTS]
    rows += [coded("A", "s", "c", f"{key}/0") for key in ASPECTS]
    rows += [answered("B", "q", "indicator", "interest", 3.0)]  # too little
    made = study(evidence_of(*rows))
    table = instrument_tiers(alone(made), made.tiers).set_index(["department_id", "instrument"])
    assert set(table.index.get_level_values("instrument")) == {"interview", "survey"}
    assert len(table) == 2 * 7
    assert made.tiers.set_index("department_id").loc["A", "tier"] == "moderate"
    assert table.loc[("A", "survey"), ["tier", "move"]].tolist() == ["good", "up"]
    assert table.loc[("A", "interview"), ["tier", "move"]].tolist() == ["small", "down"]
    assert table.loc[("B", "survey"), "tier"] == "unclassified"
    assert pd.isna(table.loc[("B", "survey"), ["margin", "borderline", "move"]]).all()
    assert pd.isna(table.loc[("B", "interview"), "tier"])  # not seen
    assert table.loc[("B", "interview"), "tier_by_all"] == "unclassified"
    assert not table.loc[("A", "survey"), "borderline"]


def spoken(*keys: str) -> Protocol:
    """The protocol with these findings alone."""
    chosen = tuple(finding for finding in PROTOCOL.findings if finding.key in keys)
    rules = replace(PROTOCOL.finding_rules, family=())
    return replace(PROTOCOL, findings=chosen, finding_rules=rules)


def voices(rows: list[dict[str, object]], *keys: str) -> pd.DataFrame:
    made = study(evidence_of(*rows), protocol=spoken(*keys))
    return finding_voices(alone(made), findings(made)).set_index("finding")


def test_which_instruments_speak_for_a_finding() -> None:
    many = "ABCDE"
    rows = [answered(d, f"r{d}", "need", "feedback", 1.0) for d in many]
    rows += [coded(d, f"s{d}", "c", "need/recruitment") for d in many]
    rows += [note(d, "weakness", "feedback") for d in "ABCD"]  # too few for a share
    table = voices(rows, "feedback-many", "instruments", "frame")
    heard = table.loc["feedback-many"]
    assert heard["verdict"] == "supported"
    assert heard[["interview", "workshop", "survey"]].tolist() == ["against", "silent", "for"]
    counts = ["supporting", "contradicting", "undecided", "silent"]
    assert heard[counts].tolist() == [1, 1, 0, 1]
    for own in ("instruments", "frame"):  # of the study itself
        assert pd.isna(table.loc[own, ["interview", "workshop", "survey"]]).all()
        assert table.loc[own, counts].tolist() == [0, 0, 0, 0]


def test_near_its_word_an_instrument_is_undecided() -> None:
    rows = [answered(d, f"r{d}", "need", "feedback", 1.0) for d in "A"]
    rows += [answered(d, f"r{d}", "need", "recruitment", 1.0) for d in "BCDE"]
    table = voices(rows, "feedback-many")  # one of five where two are needed: within a department
    assert table.loc["feedback-many", "survey"] == "undecided"
    assert table.loc["feedback-many", "interview"] == "silent"  # it has no evidence at all
    assert table.loc["feedback-many", "silent"] == 2


def test_who_knows_of_no_department_is_silent_on_what_exists() -> None:
    rows = [coded("A", "s", "c", "arrangement/backed"), coded("A", "s", "c", "interest/3")]
    rows += [coded("A", "s", "c", "management_support/3"), coded("A", "s", "c", "need/feedback")]
    rows += [note("A", "strength", "interest"), answered("B", "r", "arrangement", "x", "nobody")]
    rows[-1]["key"] = "arrangement"
    table = voices(rows, "one-with-backing")
    assert table.loc["one-with-backing", "interview"] == "for"
    assert table.loc["one-with-backing", "workshop"] == "silent"  # it tells no arrangement
    assert table.loc["one-with-backing", "survey"] == "against"  # nobody is backed, and it knows


def test_the_worst_part_speaks_and_a_silent_part_caps_it() -> None:
    rows = [answered("A", "r", "need", "feedback", 1.0), note("A", "weakness", "feedback")]
    rows += [answered("A", "r", "external_need", "students", 1.0)]
    table = voices(rows, "both-sides")
    assert table.loc["both-sides", "survey"] == "for"
    assert table.loc["both-sides", "workshop"] == "undecided"  # internal seen, external unknown


def test_an_instrument_alone_rests_on_its_own_evidence() -> None:
    rows = [answered("A", "r", "indicator", "interest", 3.0), coded("A", "s", "c", "interest/1")]
    made = study(evidence_of(*rows))
    told = alone(made)["survey"]
    assert set(told.evidence["instrument"]) == {"survey"}
    interest = told.indicators.set_index("indicator").loc["interest"]
    assert (interest["level"], interest["instruments"]) == (3, 1)
    assert told.protocol is PROTOCOL
    assert len(told.departments) == 7
    assert isinstance(told, Alone)
    assert _voices(replace(told, study=replace(made, protocol=spoken("frame")))).tolist() == [
        "against"
    ]


def test_needs_by_how_many_instruments_saw_a_department() -> None:
    rows = [
        coded("A", "s", "c", "need/feedback"),
        answered("A", "r", "need", "recruitment", 1.0),
        coded("B", "t", "c", "need/feedback"),
        coded("C", "u", "c", "interest/1"),
    ]
    table = needs_seen(evidence_of(*rows), PROTOCOL).set_index(["side", "instruments", "need"])
    assert len(table) == 3 * (5 + 3)
    one = table.loc[("internal", 1, "feedback")]
    assert (one["departments"], one["of"], one["share"], one["mean_needs"]) == (1, 2, 0.5, 0.5)
    two = table.loc[("internal", 2, "recruitment")]
    assert (two["departments"], two["of"], two["share"], two["mean_needs"]) == (1, 1, 1, 2)
    none = table.loc[("internal", 3, "feedback")]
    assert (none["departments"], none["of"]) == (0, 0)
    assert pd.isna(none[["share", "mean_needs"]]).all()
    assert table.loc[("external", 2, "students"), "mean_needs"] == 0
