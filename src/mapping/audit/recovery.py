"""Does the method find what is there? Tiers given in planted studies, beside the true ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mapping.schemas import TABLES, conform
from mapping.statistics.classification import adjusted_rand, expected_agreement, kappa
from mapping.vocabulary import DECIMALS, GIVEN, TIERS

_ENDS = (TIERS[0], TIERS[-1])


def recovery(studies: pd.DataFrame | None) -> pd.DataFrame:
    """How often the true tier was given, under each noise and with each gap.

    ``studies``: see :func:`mapping.recovery_calibration.read`; None gives no rows. One row is a
    gap and a noise (table ``recovery``), over all its ``studies``: departments ``participating``,
    ``classified`` and ``unclassified``; of the classified those given the ``right`` tier with
    their ``share``, between ``low`` and ``high`` in single studies; the share ``by_chance`` that
    equally many departments of each tier would give if tiers were dealt out blindly; Cohen's
    ``kappa``, and the mean over studies of the adjusted ``rand`` index; those ``off_by_two``,
    good for small or small for good; the ``wrong`` ones, and of these the ``borderline``. For
    each tier how many truly have it (``true_…``), how many of them were given it (``found_…``),
    and how many departments in all were (``given_…``).
    """
    if studies is None or studies.empty:
        empty = pd.DataFrame(columns=list(TABLES["recovery"].columns))
        return conform(empty, "recovery")
    cells = studies.groupby(["gaps", "noise"], sort=False)
    rows = [{"gaps": gaps, "noise": noise, **_cell(rows)} for (gaps, noise), rows in cells]
    return conform(pd.DataFrame(rows), "recovery")


def _cell(studies: pd.DataFrame) -> dict[str, float]:
    """One row of the table, from the studies of one gap and noise."""
    each = np.array([_crossed(row) for _, row in studies.iterrows()])
    table = each.sum(axis=0)
    classified, right = int(table.sum()), int(np.trace(table))
    shares = [float(np.trace(one) / one.sum()) for one in each if one.sum()]
    divided = [value for one in each if not np.isnan(value := adjusted_rand(one))]
    participating = int(studies["participating"].sum())
    counts = {
        "studies": len(studies),
        "participating": participating,
        "classified": classified,
        "unclassified": participating - classified,
        "right": right,
        "wrong": classified - right,
        "off_by_two": sum(int(studies[GIVEN[ends]].sum()) for ends in (_ENDS, _ENDS[::-1])),
        "borderline": int(studies["wrong_borderline"].sum()),
    }
    measures = {
        "share": right / classified if classified else np.nan,
        "low": min(shares, default=np.nan),
        "high": max(shares, default=np.nan),
        "by_chance": expected_agreement(table),
        "kappa": kappa(table),
        "rand": float(np.mean(divided)) if divided else np.nan,
    }
    return counts | {name: round(value, DECIMALS) for name, value in measures.items()} | _of(table)


def _crossed(study: pd.Series) -> list[list[int]]:
    """Departments by true tier (rows) and given tier (columns)."""
    return [[int(study[GIVEN[true, given]]) for given in TIERS] for true in TIERS]


def _of(table: np.ndarray[tuple[int, ...], np.dtype[np.int_]]) -> dict[str, int]:
    """For each tier who has it, who of them was given it, and who was given it."""
    sums = {"true": table.sum(axis=1), "found": np.diag(table), "given": table.sum(axis=0)}
    return {
        f"{name}_{tier}": int(count)
        for name, counts in sums.items()
        for tier, count in zip(TIERS, counts, strict=True)
    }
