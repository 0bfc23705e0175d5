"""Tiers: fits by hand, ties, borders, the smallest change by brute force, monotony."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from builders import frame_of, levels_of, su_2020
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.tiers import aspect_levels, aspects, deciding, pulls, tiers

PROTOCOL = su_2020()
ORDER = ["small", "moderate", "good"]
# The table of study.md, typed again: aspect -> good, moderate, small.
IDEALS = {
    "interest": (3, 1.5, 0),
    "support": (3, 1, 0),
    "resources": (3, 1, 0),
    "internal_need": (3, 2, 0),
    "importance": (3, 1.5, 0),
    "staffing": (2.5, 1.5, 0),
    "mandate": (2.5, 1, 0),
}
INDICATORS_OF = {key: [key] for key in IDEALS} | {
    "support": ["management_support", "colleague_support"]
}


def from_aspects(**levels: float) -> dict[str, float]:
    return {key: level for aspect, level in levels.items() for key in INDICATORS_OF[aspect]}


def one(levels: dict[str, float]) -> pd.Series:
    return tiers(levels_of(A=levels), frame_of("A"), PROTOCOL).iloc[0]


@pytest.mark.parametrize(("place", "tier"), list(enumerate(["good", "moderate", "small"])))
def test_an_ideal_profile_fits_its_own_tier_perfectly(place: int, tier: str) -> None:
    found = one(from_aspects(**{aspect: ideal[place] for aspect, ideal in IDEALS.items()}))
    assert found["tier"] == tier
    assert found[f"fit_{tier}"] == 1
    assert found["borderline"] == np.False_


def test_fits_and_margin_by_hand() -> None:
    # interest 2, resources 1, internal_need 2, staffing 2 (four known aspects)
    # good: (1 + 2 + 1 + .5) / 4 = 1.125 -> 1 - .375; moderate: (.5 + 0 + 0 + .5) / 4 = .25
    # small: (2 + 1 + 2 + 2) / 4 = 1.75
    found = one(from_aspects(interest=2, resources=1, internal_need=2, staffing=2))
    assert found["fit_good"] == 0.625
    assert found["fit_moderate"] == pytest.approx(1 - 0.25 / 3, abs=1e-9)
    assert found["fit_small"] == pytest.approx(1 - 1.75 / 3, abs=1e-9)
    assert found["tier"] == "moderate"
    assert found["margin"] == pytest.approx(0.875 / 3, abs=1e-9)


def test_support_is_the_mean_of_the_one_or_two_known() -> None:
    table = aspect_levels(
        levels_of(
            A={"management_support": 3, "colleague_support": 0}, B={"colleague_support": 2}, C={}
        ),
        PROTOCOL,
    )
    assert table["support"].tolist()[:2] == [1.5, 2.0]
    assert pd.isna(table.loc["C", "support"])


@pytest.mark.parametrize(("known", "tier"), [(3, "unclassified"), (4, "good")])
def test_four_aspects_must_be_known(known: int, tier: str) -> None:
    found = one(from_aspects(**dict.fromkeys(list(IDEALS)[:known], 3.0)))
    assert found["tier"] == tier
    assert bool(pd.isna(found["margin"])) == (tier == "unclassified")
    assert found["borderline"] == np.False_


def test_departments_without_evidence_are_in_the_table_unclassified() -> None:
    levels = levels_of(B=from_aspects(**dict.fromkeys(IDEALS, 3.0)))
    table = tiers(levels, frame_of("A", "B", "C"), PROTOCOL).set_index("department_id")
    assert table["tier"].to_dict() == {"A": "unclassified", "B": "good", "C": "unclassified"}
    assert table.loc["A", ["fit_good", "fit_moderate", "fit_small", "margin"]].isna().all()


def test_a_tie_goes_to_the_lower_tier() -> None:
    # half way between the moderate and the good ideal on every aspect
    middle = {aspect: (good + moderate) / 2 for aspect, (good, moderate, _) in IDEALS.items()}
    found = one(from_aspects(**middle))
    assert found["fit_good"] == found["fit_moderate"]
    assert found["tier"] == "moderate"
    assert found["margin"] == 0
    assert found["borderline"] == np.True_


@pytest.mark.parametrize(("shift", "borderline"), [(0.07, True), (0.075, False), (0.08, False)])
def test_borderline_is_a_margin_below_a_twentieth(shift: float, borderline: bool) -> None:
    # four aspects a shift above the middle of moderate and good: the fits differ by 2 * shift / 3
    middle = {k: (IDEALS[k][0] + IDEALS[k][1]) / 2 for k in list(IDEALS)[:4]}
    found = one(from_aspects(**{aspect: level + shift for aspect, level in middle.items()}))
    assert found["tier"] == "good"
    assert found["margin"] == pytest.approx(2 * shift / 3, abs=1e-9)
    assert found["borderline"] == borderline


def test_nearest_ideal_of_an_aspect_and_its_tie() -> None:
    levels = levels_of(A=from_aspects(interest=2.25, support=0.5, resources=2.1, mandate=1.7))
    table = aspects(levels, tiers(levels, frame_of("A"), PROTOCOL), PROTOCOL)
    nearest = table.set_index("aspect")["nearest"]
    assert nearest["interest"] == "moderate"  # 2.25 is as far from 1.5 as from 3
    assert nearest["support"] == "small"  # .5 is as far from 0 as from 1
    assert nearest["resources"] == "good"
    assert nearest["mandate"] == "moderate"
    assert pd.isna(nearest["importance"])


def changed(levels: dict[str, float]) -> tuple[str, dict[str, float]]:
    indicators = levels_of(A=levels)
    found = tiers(indicators, frame_of("A"), PROTOCOL)
    table = aspects(indicators, found, PROTOCOL).set_index("aspect")["to_next_tier"]
    return found.loc[0, "tier"], table.dropna().to_dict()


IDEAL_BUT_FOR_TWO = {
    "interest": 2.25,
    "support": 1,
    "resources": 2,
    "internal_need": 2,
    "importance": 1.5,
    "staffing": 1.5,
    "mandate": 1,
}


def test_smallest_change_by_hand() -> None:
    # Moderate ideal but for interest 2.25, resources 2 and importance 1.6. Against good: interest
    # and resources balance at 0, importance at 1.4 - .1, the others at their full distance:
    # support 2, internal_need 1, staffing 1, mandate 1.5 -> deficit 6.8. The greatest gains are
    # support 4, mandate 3, importance 2.8: support with mandate is more than enough.
    tier, change = changed(from_aspects(**IDEAL_BUT_FOR_TWO | {"importance": 1.6}))
    assert tier == "moderate"
    assert change == {"support": 3.0, "mandate": 2.4}


def test_raising_all_the_way_to_the_next_ideal_must_be_more_than_enough() -> None:
    # With importance at 1.5 the deficit is 7, and no two aspects can give more than 4 + 3. They
    # would make the fits equal, but at the ideals nothing above decides. Three it is; the first in
    # the order are interest (gain 1.5), support (4) and resources (the 1.5 that is left of its 2).
    tier, change = changed(from_aspects(**IDEAL_BUT_FOR_TWO))
    assert tier == "moderate"
    assert change == {"interest": 3.0, "support": 3.0, "resources": 2.75}


def test_an_aspect_that_only_just_makes_it_up_is_passed_over() -> None:
    # small, deficit 2: internal_need from 1 to its ideal 2 gains exactly 2 and decides nothing
    tier, change = changed(from_aspects(support=3, internal_need=1, importance=0, staffing=0))
    assert tier == "small"
    assert change == {"importance": 1.0}


def test_dead_ground_is_avoided_among_equally_few() -> None:
    # Moderate, deficit 1.5 + 1 - 1 + 0. Interest comes first and could give 3, but only after
    # rising 1 to the moderate ideal, which brings both ideals nearer; support gives at once.
    tier, change = changed(
        from_aspects(interest=0.5, support=1.5, resources=2.5, internal_need=2.5)
    )
    assert (tier, change) == ("moderate", {"support": 2.25})


def test_good_and_unclassified_have_no_next_tier() -> None:
    assert changed(from_aspects(**dict.fromkeys(IDEALS, 3.0)))[1] == {}
    assert changed({"interest": 1.0}) == ("unclassified", {})


def test_a_tie_needs_no_change() -> None:
    middle = {aspect: (good + moderate) / 2 for aspect, (good, moderate, _) in IDEALS.items()}
    assert changed(from_aspects(**middle)) == ("moderate", {})


QUARTERS = st.integers(0, 12).map(lambda n: n / 4)
PROFILES = st.dictionaries(st.sampled_from(list(IDEALS)), QUARTERS, min_size=4)


def gap(levels: dict[str, float], lower: str, upper: str) -> float:
    """How much nearer the profile is to the lower ideal than to the upper; our own sum."""
    place = {"good": 0, "moderate": 1, "small": 2}
    return sum(
        abs(level - IDEALS[aspect][place[upper]]) - abs(level - IDEALS[aspect][place[lower]])
        for aspect, level in levels.items()
    )


def ideals_of(aspect: str, *names: str) -> list[float]:
    place = {"good": 0, "moderate": 1, "small": 2}
    return [IDEALS[aspect][place[name]] for name in names]


def least_rise(levels: dict[str, float], lower: str, upper: str) -> tuple[int, float]:
    """Brute force over a grid of raises: fewest aspects, then least total rise, to equal fits
    from where anything above decides, that is with a raised aspect between the two ideals.
    """
    step = 0.125
    needed = gap(levels, lower, upper)
    for size in range(1, len(levels) + 1):
        best = np.inf
        for chosen in itertools.combinations(levels, size):
            # total gain (the gap falls by it) and whether any raised aspect decides -> least cost
            reach: dict[tuple[float, bool], float] = {(0.0, False): 0.0}
            for aspect in chosen:
                start, (low, high) = levels[aspect], ideals_of(aspect, lower, upper)
                following: dict[tuple[float, bool], float] = {}
                for level in np.arange(start, 3 + step / 2, step):
                    gain = gap({aspect: start}, lower, upper) - gap({aspect: level}, lower, upper)
                    decides = low <= level < high
                    for (had, decided), cost in reach.items():
                        key = round(had + gain, 6), decided or bool(decides)
                        following[key] = min(following.get(key, np.inf), cost + level - start)
                reach = following
            enough = [
                c for (gain, decides), c in reach.items() if decides and gain >= needed - 1e-9
            ]
            best = min([best, *enough])
        if best < np.inf:
            return size, best
    raise AssertionError("the next tier must be reachable")


@given(PROFILES)
@settings(max_examples=60, deadline=None)
def test_smallest_change_is_smallest_and_anything_above_it_decides(
    profile: dict[str, float],
) -> None:
    tier, change = changed(from_aspects(**profile))
    if tier == "good":
        assert change == {}
        return
    above = ORDER[ORDER.index(tier) + 1]
    assert gap(profile | change, tier, above) == pytest.approx(0, abs=1e-6)
    assert all(level >= profile[aspect] for aspect, level in change.items())
    if change:
        size, rise = least_rise(profile, tier, above)
        total = sum(level - profile[aspect] for aspect, level in change.items())
        assert (len(change), total) == (size, pytest.approx(rise, abs=1e-6))
        higher = {
            aspect: level + 0.001 if level < ideals_of(aspect, above)[0] else level
            for aspect, level in change.items()
        }
        found = one(from_aspects(**profile | higher))["tier"]
        assert ORDER.index(found) > ORDER.index(tier)


@given(PROFILES)
@settings(max_examples=60, deadline=None)
def test_at_a_tie_exactly_the_deciding_aspects_decide(profile: dict[str, float]) -> None:
    found = one(from_aspects(**profile))
    if found["margin"] > 0 or found["tier"] == "good":
        return
    above = ORDER[ORDER.index(found["tier"]) + 1]
    if found[f"fit_{above}"] < found[f"fit_{found['tier']}"]:
        return
    named = deciding(pd.Series(profile), found["tier"], PROTOCOL)
    for aspect, level in profile.items():
        raised = one(from_aspects(**profile | {aspect: min(level + 0.001, 3.0)}))["tier"]
        assert (ORDER.index(raised) > ORDER.index(found["tier"])) == (aspect in named)


@given(
    st.dictionaries(
        st.sampled_from(PROTOCOL.indicator_keys()), st.floats(0, 3, width=32), min_size=1
    ),
    st.data(),
)
@settings(max_examples=40, deadline=None)
def test_raising_any_indicator_never_lowers_the_tier(levels: dict[str, float], data) -> None:
    key = data.draw(st.sampled_from(sorted(levels)))
    raised = levels | {key: data.draw(st.floats(levels[key], 3))}
    before, after = one(levels)["tier"], one(raised)["tier"]
    if before == "unclassified":
        assert after == "unclassified"
    else:
        assert ORDER.index(after) >= ORDER.index(before)


def test_raising_an_indicator_lowers_no_tier_of_many_profiles() -> None:
    """The same on a grid of quarters, where ties are common: thousands in one frame."""
    chance = np.random.default_rng(1994)
    keys, count = PROTOCOL.indicator_keys(), 4000
    levels = pd.DataFrame(chance.integers(0, 13, (count, len(keys))) / 4, columns=list(keys))
    levels = levels.mask(chance.random(levels.shape) < 0.2)
    which = chance.integers(0, len(keys), count)
    rise = np.zeros(levels.shape)
    rise[np.arange(count), which] = chance.integers(1, 13, count) / 4
    before, after = (tiers_of(frame) for frame in (levels, (levels + rise).clip(upper=3)))
    rank = {tier: place for place, tier in enumerate(ORDER)}
    assert ((before == "unclassified") == (after == "unclassified")).all()
    assert (before.value_counts() > 50).all()
    assert (after.map(rank) >= before.map(rank))[before != "unclassified"].all()
    assert (after != before).any()


def tiers_of(levels: pd.DataFrame) -> pd.Series:
    """The tier of each row's profile."""
    ids = [f"D-{number:04}" for number in range(len(levels))]
    known = dict(zip(ids, levels.to_dict("records"), strict=True))
    return tiers(levels_of(**known), frame_of(*ids), PROTOCOL).set_index("department_id")["tier"]


@given(PROFILES)
@settings(max_examples=30, deadline=None)
def test_pulls_add_up_to_the_margin(profile: dict[str, float]) -> None:
    indicators = levels_of(A=from_aspects(**profile))
    found = tiers(indicators, frame_of("A"), PROTOCOL)
    table = pulls(aspects(indicators, found, PROTOCOL), found, PROTOCOL)
    assert len(table) == len(profile)
    assert table["pull"].sum() == pytest.approx(found.loc[0, "margin"], abs=1e-8)


def test_unclassified_departments_have_no_pulls() -> None:
    indicators = levels_of(A={"interest": 1.0})
    found = tiers(indicators, frame_of("A"), PROTOCOL)
    assert pulls(aspects(indicators, found, PROTOCOL), found, PROTOCOL).empty
