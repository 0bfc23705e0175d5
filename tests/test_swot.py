"""SWOT aggregation by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from builders import coded, evidence_of, frame_of, note, su_2020

from mapping.statistics.tables import fisher_freeman_halton
from mapping.swot import balance, borda, common_denominators, differences, swot, together

PROTOCOL = su_2020()
EVIDENCE = evidence_of(
    note("A", "strength", "interest", 2, unit="n1"),
    note("A", "strength", "interest", 0, unit="n2"),
    note("A", "weakness", "resources", 1),
    note("A", "opportunity", "recruitment"),
    note("B", "strength", "interest"),
    note("B", "weakness", "other", 4),
    note("C", "threat", "resources"),
    coded("D", "s1", "coder-1", "interest/3"),  # not at the workshop
)
FRAME = frame_of("A", "B", "C", "D", "E", "F")


def cell(quadrant: str, theme: str) -> pd.Series:
    return swot(EVIDENCE, FRAME, PROTOCOL).set_index(["quadrant", "theme"]).loc[(quadrant, theme)]


def test_departments_notes_and_votes_are_kept_apart() -> None:
    interest = cell("strength", "interest")
    assert interest[["departments", "of", "items", "votes"]].tolist() == [2, 3, 3, 2]
    assert interest["share"] == pytest.approx(2 / 3, abs=1e-9)
    assert interest["rank"] == 1


def test_interval_is_for_all_departments_of_the_frame() -> None:
    # 2 of 3 observed of 6: M = 2..5 are possible; P(X >= 2 | M = 2) = .2, P(X <= 2 | M = 5) = .5
    assert cell("strength", "interest")["low"] == pytest.approx(2 / 6, abs=1e-9)
    assert cell("strength", "interest")["high"] == pytest.approx(5 / 6, abs=1e-9)


def test_every_theme_of_every_quadrant_is_there_and_nothing_is_lost() -> None:
    table = swot(EVIDENCE, FRAME, PROTOCOL)
    assert len(table) == 4 * 11
    assert table["items"].sum() == 7
    assert table["votes"].sum() == 7
    silent = table[table["items"] == 0]
    assert (silent["departments"] == 0).all()
    assert table.groupby("quadrant")["rank"].min().eq(1).all()


def test_equal_departments_share_the_lowest_rank() -> None:
    table = swot(EVIDENCE, FRAME, PROTOCOL)
    weak = table[table["quadrant"] == "weakness"].set_index("theme")["rank"]
    assert weak["resources"] == weak["other"] == 1
    assert weak["interest"] == 3


def test_without_a_workshop_shares_are_missing() -> None:
    evidence = evidence_of(coded("D", "s1", "coder-1", "interest/3"))
    table = swot(evidence, FRAME, PROTOCOL)
    assert len(table) == 44
    assert (table["of"] == 0).all()
    assert table[["share", "low", "high", "rank"]].isna().all(axis=None)
    assert common_denominators(table, PROTOCOL).empty
    assert together(evidence, PROTOCOL).empty
    assert balance(evidence).empty
    assert borda(evidence, PROTOCOL)["rank"].isna().all()


@pytest.mark.parametrize(("mentioned", "common"), [(1, False), (2, True), (3, True)])
def test_common_denominators_are_a_third_exactly(mentioned: int, common: bool) -> None:
    rows = [note(f"D{n}", "strength", "interest" if n < mentioned else "other") for n in range(6)]
    found = common_denominators(
        swot(evidence_of(*rows), frame_of(*[f"D{n}" for n in range(6)]), PROTOCOL), PROTOCOL
    )
    assert ("interest" in set(found["theme"])) is common


def test_themes_together() -> None:
    table = together(EVIDENCE, PROTOCOL).set_index(["theme", "other_theme"])
    assert len(table) == 55
    pair = table.loc[("interest", "resources")]
    assert (pair["departments"], pair["of"]) == (1, 3)  # A has both; B interest, C resources
    assert pair["expected"] == pytest.approx(4 / 3, abs=1e-9)
    assert table.iloc[0].name in {
        ("interest", "other"),
        ("interest", "recruitment"),
        ("resources", "recruitment"),
    }


def test_balance_over_notes_and_missing_without() -> None:
    table = balance(EVIDENCE).set_index("department_id")
    assert table.loc["A", "internal"] == pytest.approx(1 / 3, abs=1e-9)  # two S, one W
    assert table.loc["A", "external"] == 1
    assert table.loc["B", "internal"] == 0
    assert pd.isna(table.loc["B", "external"])
    assert pd.isna(table.loc["C", "internal"])
    assert table.loc["C", "external"] == -1
    assert table["items"].to_dict() == {"A": 4, "B": 2, "C": 1}


def test_borda_within_a_quadrant() -> None:
    # weaknesses: A ballots resources (weight 2), B ballots other (5); ten themes below each, and
    # on the other ballot each shares the last place with nine others: 10 + 4.5
    table = borda(EVIDENCE, PROTOCOL)
    weak = table[table["quadrant"] == "weakness"].set_index("theme")
    assert weak.loc["resources", "points"] == weak.loc["other", "points"] == 14.5
    assert weak.loc["resources", "rank"] == 1
    assert weak["rank"].notna().sum() == 2  # nobody mentions the others


def tiers_of(**tier: str) -> pd.DataFrame:
    return pd.DataFrame({"department_id": list(tier), "tier": list(tier.values())})


def test_differences_between_tiers() -> None:
    rows = [note(f"G{n}", "strength", "interest") for n in range(5)]
    rows += [note(f"S{n}", "strength", "other") for n in range(4)] + [note("S4", "threat", "other")]
    rows += [note("U1", "strength", "mandate")]
    tier = {f"G{n}": "good" for n in range(5)} | {f"S{n}": "small" for n in range(5)}
    found = differences(evidence_of(*rows), tiers_of(**tier, U1="unclassified"), PROTOCOL)
    table = found.set_index(["quadrant", "theme"])
    interest = table.loc[("strength", "interest")]
    assert interest[["good", "of_good", "small", "of_small", "of_moderate"]].tolist() == [
        5,
        5,
        0,
        5,
        0,
    ]
    assert interest["p"] == pytest.approx(2 / 252)
    assert table.loc[("strength", "other"), "p"] == pytest.approx(
        fisher_freeman_halton([[0, 4], [5, 1]])
    )
    # three cells can be tested (interest, other in S, other in T): Holm multiplies the least by 3
    assert interest["p_holm"] == pytest.approx(6 / 252)
    assert table["p"].notna().sum() == 3
    assert pd.isna(table.loc[("strength", "mandate"), "p"])  # only an unclassified one has it


def test_one_tier_alone_has_no_differences() -> None:
    found = differences(EVIDENCE, tiers_of(A="good", B="good", C="good"), PROTOCOL)
    assert found[["p", "p_holm"]].isna().all(axis=None)
