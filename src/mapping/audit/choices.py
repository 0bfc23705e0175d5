"""The grouping under every defensible choice: the full factorial of the protocol's factors.

The factors and their levels are data of the protocol (``[audit]``); that of the coder has one
level more for every coder in the evidence, if there are several. A choice is one level of each
factor. Every combination is tried, so that the design is balanced; the first level of every
factor together is what the reports do, choice 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from mapping.audit import readings, rules
from mapping.audit.rules import NO_TIER
from mapping.indicators import Average
from mapping.protocol import Choice, Protocol
from mapping.schemas import conform
from mapping.tiers import LOWEST_FIRST
from mapping.vocabulary import FACTORS, UNCLASSIFIED

TIER_NAMES = np.array([*LOWEST_FIRST, UNCLASSIFIED], dtype=object)
"""The tiers by their codes; that of unclassified, -1, is the last."""


@dataclass(frozen=True)
class Outcomes:
    """The tier of every department of the frame by every choice.

    ``levels`` names each factor's levels, in the order of FACTORS; ``tiers`` has one axis a
    factor and the departments as its last: a tier's place in LOWEST_FIRST, or NO_TIER.
    """

    levels: dict[str, tuple[str, ...]]
    departments: tuple[str, ...]
    tiers: rules.Codes

    @property
    def by_choice(self) -> rules.Codes:
        """Choice x department, the reports' own choice first."""
        return self.tiers.reshape(self.choices, len(self.departments))

    @property
    def choices(self) -> int:
        """How many there are."""
        return prod(self.tiers.shape[:-1])

    @property
    def reported(self) -> rules.Codes:
        """The tier of every department as the reports have it."""
        own: rules.Codes = self.by_choice[0]
        return own

    @property
    def moved(self) -> npt.NDArray[np.bool_]:
        """Choice x department: whether it has a tier, and not that of the reports."""
        moved: npt.NDArray[np.bool_] = self.by_choice != self.reported
        return moved & np.not_equal(self.by_choice, NO_TIER)

    def keys(self) -> pd.DataFrame:
        """One row is a choice; one column a factor, with the key of its level."""
        return pd.DataFrame(list(product(*self.levels.values())), columns=list(self.levels))

    def changed(self) -> npt.NDArray[np.intp]:
        """How many factors of each choice are not as in the reports."""
        places = np.indices(self.tiers.shape[:-1]).reshape(len(self.levels), -1)
        return np.asarray(np.count_nonzero(places, axis=0))


def factor_levels(evidence: pd.DataFrame, protocol: Protocol) -> dict[str, tuple[str, ...]]:
    """The levels of every factor that this evidence gives; that of the reports is the first.

    The level ``each`` of the factor coder stands for one level a coder, named by the coder;
    with fewer than two coders there is none.
    """
    found = readings.coders(evidence)
    each = {"each": found if len(found) > 1 else []}
    return {
        factor: tuple(
            key
            for level in protocol.audit.factor(factor).levels
            for key in (each.get(level.key, [level.key]) if factor == "coder" else [level.key])
        )
        for factor in FACTORS
    }


def outcomes(evidence: pd.DataFrame, departments: pd.DataFrame, protocol: Protocol) -> Outcomes:
    """The tiers of the departments of the frame by every choice."""
    frame = tuple(departments["department_id"].sort_values())
    levels = factor_levels(evidence, protocol)
    read = _readings(evidence, frame, levels, protocol)
    coded = rules.decided(
        read.reshape(-1, read.shape[-1]),
        protocol,
        levels["rule"],
        [level.moved for level in protocol.audit.factor("demands").levels],
        levels["tie"],
    )
    # evidence, weights, average, coder, department | rule, demands, tie
    shaped = coded.reshape(*read.shape[:-1], *coded.shape[1:])
    ordered = shaped.transpose(5, 6, 0, 1, 2, 7, 3, 4)
    return Outcomes(levels, frame, np.ascontiguousarray(ordered))


def _readings(
    evidence: pd.DataFrame,
    departments: Sequence[str],
    levels: dict[str, tuple[str, ...]],
    protocol: Protocol,
) -> readings.Numbers:
    """Level of each aspect: evidence x weights x average x coder x department x aspect."""
    coded = {coder: readings.codes_of(evidence, coder) for coder in levels["coder"]}
    audit = protocol.audit
    table = [
        [
            readings.aspect_levels(
                seen, protocol, average, without=left.without, weights=_weighed(weights, protocol)
            )
            for left in audit.factor("evidence").levels
            for weights in audit.factor("weights").levels
        ]
        for average in cast(tuple[Average, ...], levels["average"])
        for seen in (
            readings.measured(rows, departments, protocol, average) for rows in coded.values()
        )
    ]
    sizes = [len(levels[key]) for key in ("average", "coder", "evidence", "weights")]
    shape = (*sizes, len(departments), len(protocol.aspects))
    return np.array(table).reshape(shape).transpose(2, 3, 0, 1, 4, 5)


def _weighed(level: Choice, protocol: Protocol) -> dict[str, float]:
    """The weight of each instrument at this level of the factor weights."""
    return {rule.key: rule.weight * level.times.get(rule.key, 1.0) for rule in protocol.instruments}


def choices(outcomes: Outcomes) -> pd.DataFrame:
    """How many departments each choice puts in each tier.

    One row is a choice (table ``choices``): its number, the level of each factor, the
    departments in each tier and without one, and ``same``, those whose tier is that of the
    reports (without counting those that have none there).
    """
    table = outcomes.keys()
    for code, tier in enumerate(TIER_NAMES):
        here = outcomes.by_choice == (NO_TIER if tier == UNCLASSIFIED else code)
        table[tier] = here.sum(axis=1)
    alike = (outcomes.by_choice == outcomes.reported) & (outcomes.reported != NO_TIER)
    table["same"] = alike.sum(axis=1)
    table.insert(0, "number", np.arange(1, len(table) + 1))
    return conform(table, "choices")
