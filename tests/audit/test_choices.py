"""The grouping under every defensible choice, against what is worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import six_departments as six
from builders import answered, coded, evidence_of, frame_of, note, su_2020

from mapping.audit.certainty import certainty, choice_effects
from mapping.audit.choices import Outcomes, choices, factor_levels, outcomes
from mapping.audit.left_out import left_out, without_department
from mapping.audit.readings import averaged
from mapping.audit.rules import decided
from mapping.indicators import indicators
from mapping.tiers import tiers
from mapping.vocabulary import FACTORS, TIERS, UNCLASSIFIED

LEVELS = {"rule": 5, "demands": 3, "evidence": 4, "weights": 4, "average": 2, "tie": 2, "coder": 3}
COUNTED = (*TIERS, UNCLASSIFIED)


@cache
def tried() -> Outcomes:
    return outcomes(six.evidence(), six.frame(), su_2020())


def the_tiers(made: Outcomes, changes: str) -> tuple[str, ...]:
    """The tiers of every department by one choice, such as ``rule=index tie=higher``."""
    changed = dict(change.split("=") for change in changes.split())
    place = tuple(keys.index(changed.get(factor, keys[0])) for factor, keys in made.levels.items())
    return tuple((*TIERS[::-1], UNCLASSIFIED)[code] for code in made.tiers[place])


# --- the six departments ------------------------------------------------------------


def test_the_full_factorial_is_tried() -> None:
    table = choices(tried())
    assert {factor: len(keys) for factor, keys in tried().levels.items()} == LEVELS
    assert tuple(tried().levels) == FACTORS
    assert len(table) == np.prod(list(LEVELS.values())) == 2880
    assert not table.duplicated(list(FACTORS)).any()


@pytest.mark.parametrize("changes", ["", *six.ALONE, *six.TOGETHER])
def test_what_a_choice_does(changes: str) -> None:
    expected = {"": six.REPORTED, **six.ALONE, **six.TOGETHER}[changes]
    assert the_tiers(tried(), changes) == expected


def test_the_table_of_choices_counts_them() -> None:
    table = choices(tried()).set_index(list(FACTORS))
    own = ("city_block", "stated", "all", "stated", "mean", "lower", "all")
    assert table.loc[own].tolist() == [1, 1, 5, 0, 0, 6]
    fuzzy = table.loc[("fuzzy", *own[1:])]
    assert fuzzy[list(COUNTED)].tolist() == [4, 0, 1, 1]
    assert fuzzy["same"] == 0


def test_every_factor_moves_a_department() -> None:
    table = choice_effects(tried()).set_index("factor")
    assert table["flips"].dropna().to_dict() == six.FLIPS
    assert table["loses"].dropna().to_dict() == six.LOSES
    assert table["levels"].dropna().to_dict() == LEVELS


def test_the_smallest_change_and_all_changes_of_one_factor() -> None:
    table = certainty(tried(), su_2020()).set_index("department_id")
    assert table["flip_factors"].tolist() == [1] * 6
    # the first in the order of the choices, in which the last factor changes fastest
    assert table["flip"].to_dict() == {
        "A-1": "tie=higher",
        "B-2": "demands=lower",
        "C-3": "coder=coder-2",
        "D-4": "average=median",
        "E-5": "weights=interview_twice",
        "F-6": "rule=euclid",
    }
    for column, department in enumerate(six.DEPARTMENTS):
        moving = [
            change
            for change, given in six.ALONE.items()
            if given[column] not in (six.REPORTED[column], UNCLASSIFIED)
        ]
        row = table.loc[department]
        assert sorted(row["alone"].split()) == sorted(moving)
        assert row["flip_ways"] == len(moving)
        assert row["flip_tier"] == six.ALONE[row["flip"]][column]


def test_a_smallest_change_of_two_factors() -> None:
    """All 1.5 is moderate by every rule; only without all that is stated could it be another."""
    level = evidence_of(*(answered("A", "r", "indicator", key, 1.5) for key in six._KEYS))
    made = outcomes(level, frame_of("A"), su_2020())
    row = certainty(made, su_2020()).iloc[0]
    changed = dict(change.split("=") for change in row["flip"].split())
    assert row["flip_factors"] == len(changed) >= 2
    assert pd.isna(row["alone"])
    assert the_tiers(made, row["flip"]) == (row["flip_tier"],)
    for factor in changed:  # with one factor fewer it is as reported
        rest = " ".join(f"{key}={value}" for key, value in changed.items() if key != factor)
        assert the_tiers(made, rest) in (("moderate",), ("unclassified",))


# --- properties ---------------------------------------------------------------------


def random_evidence(seed: int) -> pd.DataFrame:
    """Departments that some instruments saw some of, by one to three coders."""
    rng = np.random.default_rng(seed)
    rows = list[dict[str, object]]()
    for department in ("A", "B", "C", "D", "E"):
        for key in rng.permutation(six._KEYS)[: rng.integers(2, 9)]:
            for coder in range(1, 1 + rng.integers(1, 4)):
                segment = f"{department}-{rng.integers(3)}"
                rows.append(
                    coded(department, segment, f"coder-{coder}", f"{key}/{rng.integers(4)}")
                )
        if rng.random() < 0.7:
            rows += [answered(department, f"r{department}{n}", "indicator", key,
                              rng.integers(5) * 0.75)
                     for key in six._KEYS for n in range(2) if rng.random() < 0.6]  # fmt: skip
        if rng.random() < 0.5:
            rows += [note(department, quadrant, key, int(rng.integers(4)))
                     for key in ("interest", "resources", "mandate")
                     for quadrant in ("strength", "weakness") if rng.random() < 0.6]  # fmt: skip
        if rng.random() < 0.5:
            rows.append(coded(department, f"{department}-s", "coder-1", "arrangement/shared"))
    return evidence_of(*rows)


@pytest.mark.parametrize("seed", range(8))
def test_the_first_choice_is_what_the_reports_do(seed: int) -> None:
    evidence, departments = random_evidence(seed), frame_of("A", "B", "C", "D", "E", "SILENT")
    reported = tiers(indicators(evidence, su_2020()), departments, su_2020())
    made = outcomes(evidence, departments, su_2020())
    assert dict(zip(made.departments, the_tiers(made, ""), strict=True)) == dict(
        zip(reported["department_id"], reported["tier"], strict=True)
    )
    for name in ("interview", "workshop", "survey"):
        left = evidence[evidence["instrument"] != name]
        expected = tiers(indicators(left, su_2020()), departments, su_2020())["tier"]
        assert the_tiers(made, f"evidence=no_{name}") == tuple(expected)
    table = choices(made)
    assert (table[list(COUNTED)].sum(axis=1) == len(departments)).all()
    sure = certainty(made, su_2020())
    assert np.allclose(sure[[f"share_{tier}" for tier in COUNTED]].sum(axis=1), 1)
    effects = choice_effects(made)
    assert effects["share"].sum() == pytest.approx(1)
    main = effects.dropna(subset=["total"])
    assert (main["total"] >= main["share"] - 1e-9).all()


@pytest.mark.parametrize("tie", ["lower", "higher"])
@pytest.mark.parametrize("moved", [-0.25, 0.0, 0.25])
def test_raising_an_aspect_never_lowers_the_tier_by_a_rule_of_distance(
    tie: str, moved: float
) -> None:
    """What holds of the reports' rule holds of the others that are ordered."""
    rng = np.random.default_rng(1)
    levels = rng.integers(0, 13, (400, 7)) / 4
    raised = levels + (rng.random((400, 7)) < 0.2) * rng.integers(0, 5, (400, 7)) / 4
    rules = ["city_block", "euclid", "index"]
    before = decided(levels, su_2020(), rules, [moved], [tie])
    after = decided(np.minimum(raised, 3), su_2020(), rules, [moved], [tie])
    assert (after >= before).all()


def test_equal_profiles_are_decided_once_and_alike() -> None:
    levels = np.array([[2.0] * 7, [np.nan] * 7, [2.0] * 7, [0.0] * 7, [np.nan] * 7])
    found = decided(levels, su_2020(), ["city_block", "fuzzy"], [0.0], ["lower", "higher"])
    alone = [decided(row[None], su_2020(), ["city_block", "fuzzy"], [0.0], ["lower", "higher"])
             for row in levels]  # fmt: skip
    assert (found == np.concatenate(alone)).all()
    assert found[:, 0, 0, 0].tolist() == [1, -1, 1, 0, -1]


# --- rules at their edges -----------------------------------------------------------


def one(rule: str, levels: list[float], moved: float = 0.0, tie: str = "lower") -> str:
    code = decided(np.array([levels]), su_2020(), [rule], [moved], [tie])[0, 0, 0, 0]
    return str((*TIERS[::-1], UNCLASSIFIED)[code])


NO = np.nan


@pytest.mark.parametrize(
    ("levels", "tier"),
    [([2.0] * 4 + [NO] * 3, "moderate"), ([2.0] * 3 + [NO] * 4, UNCLASSIFIED)],
)
@pytest.mark.parametrize("rule", ["city_block", "euclid"])
def test_four_known_aspects_are_needed(rule: str, levels: list[float], tier: str) -> None:
    assert one(rule, levels) == tier


@pytest.mark.parametrize(
    ("mean", "moved", "lower", "higher"),
    [
        (2.0, 0.0, "moderate", "good"),
        (2.1, 0.0, "good", "good"),
        (1.9, 0.0, "moderate", "moderate"),
        (1.0, 0.0, "small", "moderate"),
        (2.25, 0.25, "moderate", "good"),
        (1.25, 0.25, "small", "moderate"),
        (1.75, -0.25, "moderate", "good"),
        (0.75, -0.25, "small", "moderate"),
        (3.0, 2.0, "small", "good"),  # cut-offs are not moved out of the scale: both are 3
    ],
)
def test_the_index_and_its_cut_offs(mean: float, moved: float, lower: str, higher: str) -> None:
    assert one("index", [mean] * 7, moved, "lower") == lower
    assert one("index", [mean] * 7, moved, "higher") == higher


def test_criteria_that_are_unknown_do_not_count() -> None:
    # support, resources, importance, mandate: no criterion of small is known; of good 3 of 3 are
    # met, of moderate none of 3
    assert one("criteria", [NO, 2, 2, NO, 2, NO, 3]) == "good"
    # resources or importance below 2: unknown, for neither is known to be. Of moderate interest
    # is met, need, mandate and support are not: 1 of 4; of good 2 of 3, of small 1 of 2
    assert one("criteria", [2, 2, NO, 0, NO, NO, 2]) == "good"
    # interest and need below 1, staffing 0: small 3 of 3; all of good unmet
    assert one("criteria", [0, NO, NO, 0, 0, 0, NO]) == "small"


@pytest.mark.parametrize(
    ("levels", "lower", "higher"),
    [
        # the interest leaves 0 to good and moderate, the support to small and moderate
        ([0, 3, 3, 3, 3, 2.5, 2.5], UNCLASSIFIED, UNCLASSIFIED),
        ([3, 3, 3, 3, 3, 3, 3], "good", "good"),
        ([0, 0, 0, 0, 0, 0, 0], "small", "small"),
        ([1.5, 1, 1, 2, 1.5, 1.5, 1], "moderate", "moderate"),
        # half way: good and small 1/2 by each aspect, moderate 3/4 by the internal need
        ([1.5, NO, NO, 1.5, 1.5, 1.25, NO], "moderate", "moderate"),
    ],
)
def test_fuzzy_membership(levels: list[float], lower: str, higher: str) -> None:
    assert one("fuzzy", levels) == lower
    assert one("fuzzy", levels, tie="higher") == higher


def test_ideals_that_fall_together_are_steps() -> None:
    aspects = tuple(
        replace(aspect, ideal=replace(aspect.ideal, good=2, moderate=2, small=0))
        for aspect in su_2020().aspects
    )
    protocol = replace(su_2020(), aspects=aspects)
    found = [
        decided(np.full((1, 7), level), protocol, ["fuzzy"], [0.0], ["lower", "higher"])[0, 0, 0]
        for level in (0.0, 0.9, 1.1, 2.0, 2.1)
    ]
    assert [codes.tolist() for codes in found] == [[0, 0], [0, 0], [1, 2], [1, 2], [2, 2]]


# --- averages -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "weights", "mean", "median"),
    [
        ([1, 2, 6], [1, 1, 1], 3.0, 2.0),
        ([1, NO, 3], [1, 1, 1], 2.0, 2.0),
        ([NO, NO, 3], [1, 1, 1], 3.0, 3.0),
        ([3, 1, 2], [1, 1, 2], 2.0, 2.0),
        ([1, 3, NO], [1, 2, 1], 2.333333333, 3.0),
        ([1, 2, 3], [2, 1, 1], 1.75, 1.5),  # 1 1 2 3
        ([1, 2, 3], [3, 1, 1], 1.6, 1.0),  # 1 1 1 2 3
        ([1, 2, 3], [0.1, 0.2, 0.3], 2.333333333, 2.5),  # half of the weight is at 2
    ],
)
def test_averages(values: list[float], weights: list[float], mean: float, median: float) -> None:
    given = np.array([values], dtype=float), np.array(weights, dtype=float)
    assert averaged(*given, "mean").tolist() == [mean]
    assert averaged(*given, "median").tolist() == [median]


def test_nothing_known_has_no_average() -> None:
    for average in ("mean", "median"):
        assert np.isnan(averaged(np.full((1, 3), NO), np.ones(3), average)).all()  # type: ignore[arg-type]


def test_the_median_within_an_instrument_is_over_codes_coders_segments_and_responses() -> None:
    rows = [coded("A", "s1", "coder-1", f"interest/{level}") for level in (0, 0, 3)]
    rows += [coded("A", "s1", coder, "interest/1") for coder in ("coder-2", "coder-3")]
    rows += [coded("A", "s2", "coder-1", "interest/3")]
    evidence = evidence_of(
        *rows, *(answered("A", "r1", "indicator", "interest", v) for v in (0, 0, 3))
    )
    from mapping.audit.readings import measured  # noqa: PLC0415

    place = su_2020().indicator_keys().index("interest")
    for average, interview, survey in (("mean", 2.0, 1.0), ("median", 2.0, 0.0)):
        made = measured(evidence, ["A"], su_2020(), average)  # type: ignore[arg-type]
        assert made.levels[0, place, [0, 2]].tolist() == [interview, survey]


# --- what the evidence gives --------------------------------------------------------


def coded_by(*names: str) -> pd.DataFrame:
    return evidence_of(
        *(coded("A", "s", name, f"{key}/2") for name in names for key in six._KEYS),
        *(answered("B", "r", "indicator", key, 2) for key in six._KEYS),
    )


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), ("all",)),
        (("coder-1",), ("all",)),
        (("coder-1", "coder-2"), ("all", "coder-1", "coder-2")),
    ],
)
def test_a_coder_is_a_level_only_beside_another(names: Any, expected: Any) -> None:
    evidence = coded_by(*names)
    assert factor_levels(evidence, su_2020())["coder"] == expected
    made = outcomes(evidence, frame_of("A", "B"), su_2020())
    factors = set(choice_effects(made)["factor"])
    assert ("coder" in factors) == (len(expected) > 1)
    left = left_out(evidence, frame_of("A", "B"), su_2020())
    assert left.loc[left["what"] == "coder", "key"].nunique() == len(names)


def test_no_evidence_at_all() -> None:
    made = outcomes(evidence_of(), frame_of("A"), su_2020())
    assert choices(made)[["unclassified", "same"]].drop_duplicates().to_numpy().tolist() == [[1, 0]]
    row = certainty(made, su_2020()).iloc[0]
    assert (row["tier"], row["share_unclassified"]) == (UNCLASSIFIED, 1)
    assert (
        row[["clear_tier", "flip", "flip_tier", "flip_factors", "flip_ways", "alone"]].isna().all()
    )
    effects = choice_effects(made)
    assert effects["share"].isna().all()
    assert (effects["sum_of_squares"] == 0).all()
    assert (left_out(evidence_of(), frame_of("A"), su_2020())["tier_without"] == UNCLASSIFIED).all()
    none = tiers(indicators(evidence_of(), su_2020()), frame_of("A"), su_2020())
    assert without_department(none, evidence_of(), su_2020()).empty


def test_departments_that_no_choice_moves() -> None:
    """All 3, by every instrument that can: good by every choice, so that no factor has effects."""
    rows = [
        coded("A", "s", coder, f"{key}/3") for key in six._KEYS for coder in ("coder-1", "coder-2")
    ]
    rows += [answered("A", "r", "indicator", key, 3) for key in six._KEYS]
    made = outcomes(evidence_of(*rows), frame_of("A"), su_2020())
    row = certainty(made, su_2020()).iloc[0]
    assert (row["share_good"], row["clear_tier"]) == (1, "good")
    assert pd.isna(row["flip"])
    effects = choice_effects(made)
    assert effects["share"].isna().all()
    assert effects["flips"].dropna().eq(0).all()


def limited(share: str) -> Any:
    from mapping.protocol import _fraction  # noqa: PLC0415

    protocol = su_2020()
    return replace(protocol, audit=replace(protocol.audit, clear_tier=_fraction(share)))


def made_of(codes: list[int]) -> Outcomes:
    """One department with these tiers by as many choices of the rule."""
    own: dict[str, tuple[str, ...]] = dict.fromkeys(FACTORS, ("a",))
    rules = tuple(f"r{number}" for number in range(len(codes)))
    shape = (len(codes), *[1] * (len(FACTORS) - 1), 1)
    return Outcomes(own | {"rule": rules}, ("A",), np.array(codes, dtype=np.int8).reshape(shape))


@pytest.mark.parametrize(
    ("codes", "clear"),
    [
        ([2, 2, 2, 2, 1], "good"),  # four fifths: the edge
        ([2, 2, 2, 1], None),
        ([2, 2, 2, 2, 2, 1], "good"),
        ([1, 0, 0, 0, 0], "small"),  # not the reports' tier, and clear all the same
        ([1, 1, 1, 1, 0, -1, -1, -1], "moderate"),  # what gives no tier says nothing of which
        ([-1, -1], None),
    ],
)
def test_a_clear_tier_has_four_fifths_of_the_choices_that_give_any(codes: Any, clear: Any) -> None:
    found = certainty(made_of(codes), limited("4/5")).loc[0, "clear_tier"]
    assert (None if pd.isna(found) else found) == clear


def test_to_lose_the_tier_is_no_other_tier() -> None:
    row = certainty(made_of([1, -1, -1]), su_2020()).iloc[0]
    assert pd.isna(row["flip"])
    assert row["share_unclassified"] == round(2 / 3, 9)
    effects = choice_effects(made_of([1, -1, 1])).set_index("factor")
    assert (effects.loc["rule", "flips"], effects.loc["rule", "loses"]) == (0, 1)
    assert effects["sum_of_squares"].eq(0).all()


def test_choices_without_a_tier_count_as_the_mean_of_the_others() -> None:
    effects = choice_effects(made_of([2, 0, -1, -1])).set_index("factor")
    assert effects.loc["rule", "sum_of_squares"] == 2  # 1 + 1 + 0 + 0 around 1
    assert effects["share"].to_dict() == {"rule": 1, "interactions": 0}


# --- left out -----------------------------------------------------------------------


def test_what_the_six_are_without_a_coder_an_instrument_an_indicator() -> None:
    table = left_out(six.evidence(), six.frame(), su_2020())
    rows = {key: tuple(part["tier_without"]) for key, part in table.groupby("key")}
    assert set(table["what"]) == {"coder", "indicator", "instrument"}
    assert tuple(table[table["key"] == "interest"]["tier"]) == six.REPORTED
    assert rows["survey"] == six.ALONE["evidence=no_survey"]
    # without coder-1, D-4 has no codes left, and E-5 only its survey: 1
    assert rows["coder-1"] == (six.M, six.M, six.G, six.U, six.M, six.G)
    assert rows["coder-2"] == (*six.REPORTED[:5], six.G)
    # without interest A-1 is all 2: moderate. F-6: good 9, moderate 11, small 9: to the lower
    assert rows["interest"] == (*six.REPORTED[:5], six.S)
    # the support rests on its other indicator
    assert rows["management_support"] == six.REPORTED


def test_staffing_is_left_out_with_its_arrangement() -> None:
    """Good by the staffing of the arrangement alone: 2.5 against 2.25 without."""
    keys = ("interest", "resources", "internal_need", "importance")
    rows = [
        answered("A", "r", "indicator", key, 2.25 if key != "internal_need" else 2.5)
        for key in keys
    ]
    evidence = evidence_of(*rows, answered("A", "r", "arrangement", "arrangement", "shared"))
    table = left_out(evidence, frame_of("A"), su_2020()).set_index("key")
    # good 0.75 x 3 + 0.5 + 0.5 = 3.25; moderate .75 + 1.25 + .5 + .75 + 1.5 = 4.75
    assert table.loc["importance", "tier"] == "good"
    stripped = evidence[evidence["kind"] == "indicator"]
    expected = tiers(indicators(stripped, su_2020()), frame_of("A"), su_2020())["tier"].iloc[0]
    assert table.loc["staffing", "tier_without"] == expected


def test_a_department_left_out_changes_no_other_tier_but_shares_words_and_first_needs() -> None:
    evidence = evidence_of(
        *(answered(d, f"r{d}", "indicator", key, level)
          for d, level in (("A", 3), ("B", 3), ("C", 1), ("D", 0)) for key in six._KEYS),
        coded("A", "a", "coder-1", "need/feedback"),
        coded("B", "b", "coder-1", "need/feedback"),
        coded("C", "c", "coder-1", "need/recruitment"),
        coded("A", "a", "coder-1", "external/students"),
    )  # fmt: skip
    frame = frame_of("A", "B", "C", "D", "SILENT")
    given = tiers(indicators(evidence, su_2020()), frame, su_2020())
    table = without_department(given, evidence, su_2020()).set_index("department_id")
    assert list(table.index) == ["A", "B", "C", "D"]
    third = round(1 / 3, 9)
    assert table.loc["A", ["share_good", "share_moderate", "share_small"]].tolist() == [third] * 3
    assert table.loc["D", ["share_good", "share_moderate", "share_small"]].tolist() == [
        round(2 / 3, 9), third, 0,
    ]  # fmt: skip
    # of four, one is "some" (several needs three); with A gone one of three is too
    assert table.loc["D", "words"] == "good small"  # half: many; two thirds: most; none
    assert table["first_need"].to_dict() == {
        "A": "recruitment feedback",
        "B": "recruitment feedback",
        "C": "feedback",
        "D": "feedback",
    }
    assert pd.isna(table.loc["A", "first_voice"])
    assert table.loc["B", "first_voice"] == "students"
    for department in table.index:
        left = evidence[evidence["department_id"] != department]
        others = tiers(indicators(left, su_2020()), frame, su_2020()).set_index("department_id")
        kept = given.set_index("department_id").drop(index=department)
        assert others.drop(index=department)["tier"].equals(kept["tier"])


def test_a_protocol_that_states_one_choice_alone() -> None:
    """A set without any choice is allowed: everything is as reported, and nothing has effects."""
    audit = su_2020().audit
    single = tuple(replace(factor, levels=factor.levels[:1]) for factor in audit.factors)
    protocol = replace(su_2020(), audit=replace(audit, factors=single))
    made = outcomes(six.evidence(), six.frame(), protocol)
    assert choices(made)["same"].tolist() == [6]
    assert certainty(made, protocol)["flip"].isna().all()
    assert certainty(made, protocol)["clear_tier"].tolist() == list(six.REPORTED)
    effects = choice_effects(made)
    assert effects["factor"].tolist() == ["interactions"]
    assert effects["share"].isna().all()
