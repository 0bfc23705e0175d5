"""Indicators against hand-computed levels."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from builders import PROTOCOL_FOLDER, answered, coded, evidence_of, note, su_2020

from mapping.indicators import arrangements, indicators
from mapping.protocol import load_protocol

PROTOCOL = su_2020()


def row(*evidence: dict[str, object], indicator: str = "interest") -> pd.Series:
    table = indicators(evidence_of(*evidence), PROTOCOL)
    return table[table["indicator"] == indicator].iloc[0]


def test_interview_averages_coders_within_a_segment_before_segments() -> None:
    # segment s1: coder-1 says 3, coder-2 says 2 -> 2.5; s2: 0 -> (2.5 + 0) / 2; the mean of the
    # three rows would be 5/3
    found = row(
        coded("AB-1", "s1", "coder-1", "interest/3"),
        coded("AB-1", "s1", "coder-2", "interest/2"),
        coded("AB-1", "s2", "coder-1", "interest/0"),
    )
    assert found["interview"] == found["level"] == 1.25


def test_a_coder_with_two_levels_in_a_segment_counts_once() -> None:
    found = row(
        coded("AB-1", "s1", "coder-1", "interest/3"),
        coded("AB-1", "s1", "coder-1", "interest/2"),
        coded("AB-1", "s1", "coder-2", "interest/0"),
    )
    assert found["interview"] == 1.25


def test_survey_averages_items_within_a_response_before_responses() -> None:
    found = row(
        answered("AB-1", "1", "indicator", "interest", 3.0),
        answered("AB-1", "1", "indicator", "interest", 1.5),
        answered("AB-1", "2", "indicator", "interest", 0.0),
    )
    assert found["survey"] == 1.125


@pytest.mark.parametrize(
    ("strengths", "weaknesses", "level"),
    [
        ([0], [], 1.5 + 1.5 * 1 / 2),
        ([], [0], 1.5 - 1.5 * 1 / 2),
        ([2], [0], 1.5 + 1.5 * (3 - 1) / 5),
        ([1, 1], [], 1.5 + 1.5 * 4 / 5),
        ([0], [0], 1.5),
    ],
)
def test_workshop_balances_notes_weighed_by_votes_plus_one(
    strengths: list[int], weaknesses: list[int], level: float
) -> None:
    evidence = [
        note("AB-1", quadrant, "interest", votes, unit=f"{quadrant}{n}")
        for quadrant, all_votes in (("strength", strengths), ("weakness", weaknesses))
        for n, votes in enumerate(all_votes)
    ]
    assert row(*evidence)["workshop"] == pytest.approx(level, abs=1e-9)


def test_opportunities_and_threats_say_nothing_of_a_level() -> None:
    found = row(note("AB-1", "opportunity", "interest"), note("AB-1", "threat", "interest"))
    assert pd.isna(found["workshop"])
    assert pd.isna(found["level"])
    assert found["instruments"] == 0


def test_instruments_are_averaged_and_their_spread_is_the_convergence() -> None:
    found = row(
        coded("AB-1", "s1", "coder-1", "interest/3"),
        note("AB-1", "weakness", "interest"),
        answered("AB-1", "1", "indicator", "interest", 1.5),
    )
    assert found[["interview", "workshop", "survey"]].tolist() == [3.0, 0.75, 1.5]
    assert found["level"] == 1.75
    assert found["convergence"] == 2.25
    assert found["instruments"] == 3


def test_convergence_is_missing_with_one_instrument() -> None:
    found = row(coded("AB-1", "s1", "coder-1", "interest/3"))
    assert pd.isna(found["convergence"])
    assert found["instruments"] == 1


def test_weights_of_the_protocol_count(tmp_path: Path) -> None:
    for path in PROTOCOL_FOLDER.iterdir():
        text = path.read_text(encoding="utf-8")
        text = text.replace('key = "interview"\nweight = 1', 'key = "interview"\nweight = 3')
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    evidence = evidence_of(
        coded("AB-1", "s1", "coder-1", "interest/2"),
        answered("AB-1", "1", "indicator", "interest", 0.0),
    )
    table = indicators(evidence, load_protocol(tmp_path)).set_index("indicator")
    assert table.loc["interest", "level"] == 1.5


def test_every_participant_has_every_indicator_and_levels_have_nine_decimals() -> None:
    evidence = evidence_of(
        coded("AB-1", "s1", "coder-1", "interest/1"),
        coded("AB-1", "s2", "coder-1", "interest/1"),
        coded("AB-1", "s3", "coder-1", "interest/0"),
        answered("CD-2", "1", "wish", "tools", 1.0),
    )
    table = indicators(evidence, PROTOCOL)
    assert len(table) == 2 * 13
    level = table.set_index(["department_id", "indicator"])["level"]
    assert level["AB-1", "interest"] == 0.666666667
    assert level["CD-2"].isna().all()


STAFFING = {"shared": 3, "backed": 2, "alone": 2, "self_appointed": 1, "nobody": 0}


@pytest.mark.parametrize(("arrangement", "level"), list(STAFFING.items()))
def test_staffing_is_the_arrangement_where_it_is_known(arrangement: str, level: int) -> None:
    found = row(
        coded("AB-1", "s1", "coder-1", f"arrangement/{arrangement}"),
        coded("AB-1", "s1", "coder-1", "staffing/1"),
        answered("AB-1", "1", "indicator", "staffing", 3.0),
        indicator="staffing",
    )
    assert found["level"] == level
    assert found["interview"] == 1
    assert found["survey"] == 3
    assert found["convergence"] == 2


def test_staffing_without_an_arrangement_is_a_mean() -> None:
    found = row(
        coded("AB-1", "s1", "coder-1", "staffing/1"),
        answered("AB-1", "1", "indicator", "staffing", 2.0),
        indicator="staffing",
    )
    assert found["level"] == 1.5


def arrangement_of(*evidence: dict[str, object]) -> str:
    return arrangements(evidence_of(*evidence), PROTOCOL).loc[0, "arrangement"]


def test_a_segment_has_one_vote_however_many_code_it() -> None:
    # three rows say alone, but they are one segment; two responses say backed
    assert (
        arrangement_of(
            coded("AB-1", "s1", "coder-1", "arrangement/alone"),
            coded("AB-1", "s1", "coder-2", "arrangement/alone"),
            coded("AB-1", "s1", "coder-3", "arrangement/alone"),
            answered("AB-1", "1", "arrangement", "arrangement", "nobody"),
            answered("AB-1", "2", "arrangement", "arrangement", "nobody"),
        )
        == "nobody"
    )


def test_ties_within_and_between_go_to_the_listed_order() -> None:
    assert (
        arrangement_of(
            coded("AB-1", "s1", "coder-1", "arrangement/nobody"),
            coded("AB-1", "s1", "coder-2", "arrangement/alone"),
        )
        == "alone"
    )
    assert (
        arrangement_of(
            answered("AB-1", "1", "arrangement", "arrangement", "self_appointed"),
            answered("AB-1", "2", "arrangement", "arrangement", "backed"),
        )
        == "backed"
    )


def test_origin_is_missing_where_nobody_said() -> None:
    table = arrangements(
        evidence_of(
            coded("AB-1", "s1", "coder-1", "origin/decided"),
            coded("CD-2", "s2", "coder-1", "interest/1"),
        ),
        PROTOCOL,
    )
    assert table["origin"].tolist() == ["decided", pd.NA]
    assert table["arrangement"].isna().all()


def test_levels_are_rounded_once() -> None:
    """7/6 and 13/8 have the mean 67/48 = 1.3958333...; of rounded ones it would end in 4."""
    found = row(
        coded("A", "s1", "c", "workload/1"),
        coded("A", "s2", "c", "workload/1"),
        coded("A", "s3", "c", "workload/1"),
        coded("A", "s3", "c", "workload/2"),
        answered("A", "r1", "indicator", "workload", 1.5),
        answered("A", "r2", "indicator", "workload", 1.75),
        indicator="workload",
    )
    assert found["level"] == 1.395833333
    assert found["interview"] == 1.166666667
