"""How sure each department's tier is over the stated choices, and what makes it another.

Shares are over the stated choices, never probabilities: the set is a convention of the
protocol, and no choice is more likely than another.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from mapping.audit.choices import TIER_NAMES, Outcomes
from mapping.audit.rules import NO_TIER
from mapping.protocol import Protocol
from mapping.schemas import conform
from mapping.statistics import variance
from mapping.tiers import LOWEST_FIRST
from mapping.vocabulary import DECIMALS, UNCLASSIFIED

INTERACTIONS = "interactions"
"""The row of table ``choice_effects`` with what the factors do only together."""


def certainty(outcomes: Outcomes, protocol: Protocol) -> pd.DataFrame:
    """Each department's share of the choices in each tier, and what flips it.

    One row is a department of the frame (table ``certainty``). ``clear_tier`` is the tier with
    at least the protocol's share of the choices by which the department has any tier (without
    the only instrument that saw it, it has none, which says nothing of which tier it should
    be); missing if no tier has. ``flip`` is the change of
    fewest factors (``flip_factors``) that gives another tier than the reports, ``flip_tier``;
    of several the first in the order of the choices, and ``flip_ways`` is how many there are.
    Missing where no choice gives another tier. ``alone`` are all changes of one factor that
    do. To lose its tier is no other tier.
    """
    counts = _counts(outcomes)
    shares = (counts / len(outcomes.by_choice)).round(DECIMALS).add_prefix("share_")
    table = shares.assign(
        department_id=outcomes.departments,
        tier=TIER_NAMES[outcomes.reported],
        clear_tier=_clear(counts[list(LOWEST_FIRST)], protocol),
    )
    return conform(table.join(_flips(outcomes)), "certainty")


def _counts(outcomes: Outcomes) -> pd.DataFrame:
    """Number of choices by tier, and unclassified: one row a department."""
    codes = {tier: code for code, tier in enumerate(LOWEST_FIRST)} | {UNCLASSIFIED: NO_TIER}
    return pd.DataFrame(
        {tier: (outcomes.by_choice == code).sum(axis=0) for tier, code in codes.items()}
    )


def _clear(counts: pd.DataFrame, protocol: Protocol) -> pd.Series:
    """The tier with enough of the choices that give the department one; else missing."""
    given = counts.sum(axis=1)
    share = counts.div(given.where(given > 0), axis=0).round(DECIMALS)
    limit = round(float(protocol.audit.clear_tier), DECIMALS)
    return counts.idxmax(axis=1).where(share.max(axis=1) >= limit)


def _flips(outcomes: Outcomes) -> pd.DataFrame:
    """The smallest change of each department's tier, and all changes of one factor."""
    moved, changed, names = outcomes.moved, outcomes.changed(), _names(outcomes)
    never = len(outcomes.levels) + 1
    cost = np.where(moved, changed[:, None], never)
    fewest, first = cost.min(axis=0), cost.argmin(axis=0)
    table = pd.DataFrame({"flip_factors": fewest}, dtype="Int64")
    table["flip"] = names[first]
    table["flip_tier"] = TIER_NAMES[np.take_along_axis(outcomes.by_choice, first[None], 0)[0]]
    table["flip_ways"] = pd.array((cost == fewest).sum(axis=0), dtype="Int64")
    singly = names[changed == 1]
    ways = [" ".join(singly[column]) for column in moved[changed == 1].T]
    table["alone"] = [way or None for way in ways]
    return table.where(pd.Series(fewest < never), None)


def _names(outcomes: Outcomes) -> npt.NDArray[np.object_]:
    """What of each choice is not as in the reports: ``rule=euclid tie=higher``."""
    own = {factor: levels[0] for factor, levels in outcomes.levels.items()}
    columns = [
        np.where(column == own[str(factor)], "", f"{factor}=" + column)
        for factor, column in outcomes.keys().items()
    ]
    rows = [" ".join(filter(None, row)) for row in zip(*columns, strict=True)]
    return np.array(rows, dtype=object)


def choice_effects(outcomes: Outcomes) -> pd.DataFrame:
    """What share of the variance of the tiers each factor accounts for.

    One row is a factor with several levels, or ``interactions`` (table ``choice_effects``).
    Tiers count as 0, 1, 2 from the lowest. Each department has an analysis of variance of its
    own over the full design; sums of squares are added over the departments. A choice that
    leaves a department without a tier counts as the mean of its other choices: it adds
    nothing; a department without a tier by every choice is left out. ``share`` is the factor's
    main effect (first-order Sobol index), ``total`` that and all interactions that it is in
    (total-order); the shares add up to 1 with the interactions. Shares are missing if no tier
    ever changes. ``flips`` are the departments that changing the factor alone, to one of its
    levels, gives another tier; ``loses`` those that it leaves without one.
    """
    factors = [factor for factor, levels in outcomes.levels.items() if len(levels) > 1]
    values = _numeric(outcomes)
    whole = variance.total(values, len(factors))
    first = variance.first_order(values, len(factors))
    table = pd.DataFrame({"factor": factors, "levels": values.shape[: len(factors)]})
    table["sum_of_squares"] = first
    table["total"] = variance.total_order(values, len(factors)) / whole if whole else np.nan
    table["flips"], table["loses"] = _alone(outcomes, factors)
    rest = {"factor": INTERACTIONS, "sum_of_squares": whole - first.sum()}
    table = pd.concat([table, pd.DataFrame([rest])], ignore_index=True)
    table["sum_of_squares"] = table["sum_of_squares"].round(DECIMALS)
    table["share"] = table["sum_of_squares"] / whole if whole else np.nan
    return conform(table.round({"share": DECIMALS, "total": DECIMALS}), "choice_effects")


def _numeric(outcomes: Outcomes) -> variance.Numbers:
    """Tiers as numbers, one axis a factor that has several levels, then the departments."""
    codes = outcomes.by_choice
    known = codes != NO_TIER
    counted = known.any(axis=0)
    codes, known = codes[:, counted], known[:, counted]
    means = np.where(known, codes, 0).sum(axis=0) / known.sum(axis=0)
    sizes = [len(levels) for levels in outcomes.levels.values() if len(levels) > 1]
    return np.where(known, codes, means).reshape(*sizes, codes.shape[1])


def _alone(outcomes: Outcomes, factors: list[str]) -> tuple[list[int | None], list[int | None]]:
    """Departments that each factor alone gives another tier, and those that it leaves none."""
    changed, keys = outcomes.changed(), outcomes.keys()
    lost = (outcomes.by_choice == NO_TIER) & (outcomes.reported != NO_TIER)
    flips, loses = list[int | None](), list[int | None]()
    for factor in factors:
        own = (keys[factor] != outcomes.levels[factor][0]).to_numpy() & (changed == 1)
        flips.append(int(outcomes.moved[own].any(axis=0).sum()))
        loses.append(int(lost[own].any(axis=0).sum()))
    return flips, loses
