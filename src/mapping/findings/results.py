"""The results in short."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from mapping.findings.known import TEXT, Known
from mapping.findings.measures import Part, condition, share
from mapping.protocol import Criterion, Finding
from mapping.tiers import fits, nearest_tier
from mapping.vocabulary import DECIMALS, TIERS


def expectation_unclear(case: Known, finding: Finding) -> Part:
    """Whether to work locally is unclear: the survey's fact of that holds."""
    return case.share(finding, case.fact("unclear_expectation"))


def degrees_differ(case: Known, _: Finding) -> tuple[Part, ...]:
    """In different ways and degrees: values of activity (rounded half up), kinds of arrangement.

    ``value`` is how many values or kinds have enough departments each.
    """
    degree = np.floor(case["activity"] + 0.5)
    fewest, kinds = case.rules.each_departments, case.rules.kinds
    return (
        _differ(degree, "activity", kinds, fewest),
        _differ(case["arrangement"], "arrangement", kinds, fewest),
    )


def conditions_and_needs_differ(case: Known, _: Finding) -> tuple[Part, ...]:
    """Conditions and needs differ: the words of their levels.

    ``value`` is how many words have enough departments each, as a number and as a share.
    """
    return tuple(
        _differ(case[f"{part}_level"], part, rules.words, rules.each_departments, rules.named_share)
        for rules in [case.rules]
        for part in ("conditions", "needs")
    )


def _differ(
    values: pd.Series, part: str, least: int, fewest: int, smallest: Fraction = Fraction(0)
) -> Part:
    """Whether at least ``least`` values are each had by enough departments."""
    of = int(values.notna().sum())
    counts = [int(n) for n in values.value_counts()]
    enough = sum(n >= fewest and Fraction(n, of) >= smallest for n in counts)
    unknown = len(values) - of
    return condition(holds=enough >= least, of=of, value=enough, part=part, unknown=unknown)


def support_wishes_differ(case: Known, _: Finding) -> tuple[Part, ...]:
    """Wishes for support differ: enough of them are named, and none by nearly all.

    ``value`` of the part ``named`` is how many wishes have a large enough share of the
    departments; the part ``commonest`` has the wish that most of them name.
    """
    answered, rules = case.wishes.notna().any(axis=1), case.rules
    of, unknown = int(answered.sum()), int((~answered).sum())
    counts = [int(case.wishes[wish].sum()) for wish in case.wishes]
    most, named = max(counts, default=0), sum(n >= rules.named_share * of for n in counts)
    return (
        condition(holds=named >= rules.wishes, of=of, value=named, part="named", unknown=unknown),
        _counted(most, of, holds=most < rules.wish_most * of, part="commonest", unknown=unknown),
    )


def _counted(n: int, of: int, *, holds: bool, part: str, unknown: int = 0) -> Part:
    value = round(n / of, DECIMALS) if of else None
    return condition(holds=holds, n=n, of=of, value=value, part=part, unknown=unknown)


def three_tiers(case: Known, _: Finding) -> tuple[Part, ...]:
    """Departments fall into three groups: each tier is large enough, and most fits are clear.

    A part for each tier, and ``sure``: those that are not borderline. All of the classified.
    """
    tier, rules = case["tier"].dropna(), case.rules
    of, unknown = len(tier), len(case["tier"]) - len(tier)
    members = {name: int((tier == name).sum()) for name in TIERS}
    sure = int((~case["borderline"].dropna()).sum())
    return (
        *(
            _counted(
                n,
                of,
                holds=n >= rules.each_departments and n >= rules.tier_share * of,
                part=name,
                unknown=unknown,
            )
            for name, n in members.items()
        ),
        _counted(sure, of, holds=sure >= rules.sure_share * of, part="sure", unknown=unknown),
    )


def tier_good_profile(case: Known, _: Finding) -> tuple[Part, ...]:
    """Good conditions: interest, support, resources; clear, important needs; staffed."""
    return _profile(case, "good")


def tier_moderate_profile(case: Known, _: Finding) -> tuple[Part, ...]:
    """Moderate: some interest and needs; resources or priority lack; one person, unclear task."""
    return _profile(case, "moderate")


def tier_small_profile(case: Known, _: Finding) -> tuple[Part, ...]:
    """Small: weak or no interest, no internal need, nobody responsible."""
    return _profile(case, "small")


def _profile(case: Known, tier: str) -> tuple[Part, ...]:
    """Each criterion of the tier among its departments; the base is the other classified ones."""
    return tuple(_criterion(case, one) for one in case.protocol.criteria if one.tier == tier)


def _criterion(case: Known, criterion: Criterion) -> Part:
    """The criterion in the tier as it is without the criterion's own aspects.

    With them it would hold by definition: the tier would test itself.
    """
    tier = _tier_without(case, {condition.aspect for condition in criterion.any})
    member, met = tier == criterion.tier, case.criteria[criterion.name]
    others = met[(~member).fillna(value=False)]
    return share(
        met,
        case.frame,
        criterion.word,
        member,
        criterion.key,
        base=others,
        fewest=case.rules.members,
    )


def _tier_without(case: Known, aspects: set[str]) -> pd.Series:
    """The tier by all other aspects; missing where too few of them are known."""
    others = case.aspects.astype("float64").assign(**dict.fromkeys(aspects, np.nan))
    return nearest_tier(fits(others, case.protocol)).astype(TEXT)
