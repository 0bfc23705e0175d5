"""Ten years of the study, and how a user of statsmodels and scipy would compare two of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import PermutationMethod, wilcoxon
from statsmodels.stats.contingency_tables import SquareTable, mcnemar
from statsmodels.stats.multitest import multipletests

from mapping.comparison import FollowUp
from mapping.protocol import Protocol
from mapping.schemas import FOLLOW_UP
from mapping.simulation.studies import simulated_study
from mapping.simulation.worlds import PUBLISHED
from mapping.study import Study

FIRST, YEARS = 2020, 10
REVISED = 2025
"""The first year by the later protocol."""

LEVELS = ("indicator", "construct")
DRAWS = 20_000


def gathered(protocol: Protocol, revised: Protocol) -> dict[int, Study]:
    """Simulated studies of ten years with their evidence, the later half by another protocol."""
    years = range(FIRST, FIRST + YEARS)
    return {year: _year(year, revised if year >= REVISED else protocol) for year in years}


def _year(year: int, protocol: Protocol) -> Study:
    study = simulated_study(PUBLISHED.world, year, protocol)
    settings = replace(study.settings, year=year)
    stored = {"evidence": study.evidence, "respondents": study.respondents}
    return Study(replace(study.raw, settings=settings), protocol, stored)


def follow_up(gathered: dict[int, Study]) -> FollowUp:
    """The last year beside the one before it, of which nothing but the evidence is known yet."""
    years = {year: replace(study) for year, study in gathered.items()}
    now = years.pop(max(years))
    return FollowUp(now, max(years), years)


def every_table(gathered: dict[int, Study]) -> list[pd.DataFrame]:
    """All tables of the follow-up, from the evidence of the years."""
    made = follow_up(gathered)
    return [getattr(made, name) for name in FOLLOW_UP]


def tested_by_hand(compared: FollowUp) -> float:
    """The smallest p after Holm, by a loop over the measures with a test of a library for each.

    The tests of table ``change`` alone, from levels and answers that are paired already. Signed
    ranks are permuted, for with zeros and ties scipy's exact ones are wrong.
    """
    pairs = compared.movements.dropna(subset=["then", "now"])
    kinds = pairs[pairs["kind"] != "aspect"].groupby(["kind", "key"])
    found = [_test(kind, rows) for (kind, _), rows in kinds]
    tiers = compared.transitions.dropna(subset=["move"])
    table = pd.crosstab(tiers["tier_then"], tiers["tier_now"])
    square = SquareTable(table.to_numpy(), shift_zeros=False)
    found += [square.symmetry().pvalue, square.homogeneity().pvalue]
    return float(multipletests(found, method="holm")[1].min())


def _test(kind: str, rows: pd.DataFrame) -> float:
    if kind in LEVELS:
        difference = (rows["now"] - rows["then"]).round(9)
        method = PermutationMethod(DRAWS, rng=np.random.default_rng(1))
        return float(wilcoxon(difference, zero_method="pratt", method=method).pvalue)
    both = [0.0, 1.0]
    table = pd.crosstab(rows["then"], rows["now"]).reindex(index=both, columns=both, fill_value=0)
    return float(mcnemar(table, exact=True).pvalue)
