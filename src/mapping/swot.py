"""SWOT: the departments' own analyses of their alumni work, added up.

The unit of count is the department that mentions a theme in a quadrant; notes and votes stand
beside it, never in its place, since one talkative department must not outweigh the others.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from mapping.protocol import Protocol
from mapping.schemas import conform
from mapping.statistics.proportions import share_interval
from mapping.statistics.ranking import borda as borda_points
from mapping.statistics.tables import fisher_freeman_halton, holm
from mapping.vocabulary import DECIMALS, QUADRANTS, TIERS

_CELL = ["quadrant", "theme"]


def notes(evidence: pd.DataFrame) -> pd.DataFrame:
    """The workshop's notes: department_id, unit, quadrant, theme, votes; one row is a note."""
    rows = evidence[evidence["instrument"] == "workshop"]
    table = rows[["department_id", "unit", "quadrant"]].assign(
        theme=rows["key"], votes=rows["weight"] - 1
    )
    return table.reset_index(drop=True)


def swot(evidence: pd.DataFrame, departments: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Departments, notes and votes of every theme in every quadrant.

    One row is a quadrant and a theme (table ``swot``), themes that nobody mentions included.
    ``of`` is the number of departments with a workshop note; ``low`` and ``high`` are the
    exact hypergeometric interval for the share of all departments of the frame. ``rank`` is
    within the quadrant by departments, equal ones having the lowest number. Shares and ranks
    are missing if no department has a note.
    """
    return counted(cells(evidence, protocol), len(departments), protocol)


def cells(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """What the notes of every quadrant and theme (the index) count: departments, items, votes, of.

    ``of`` is the same in every row: the departments with a note. All four add up over the
    evidence of different departments.
    """
    workshop = notes(evidence)
    every = pd.MultiIndex.from_product([QUADRANTS, protocol.themes], names=_CELL)
    counts = workshop.groupby(_CELL).agg(
        departments=("department_id", "nunique"), items=("unit", "size"), votes=("votes", "sum")
    )
    present = counts.reindex(every, fill_value=0).astype(int)
    return present.assign(of=workshop["department_id"].nunique())


def counted(cells: pd.DataFrame, frame: int, protocol: Protocol) -> pd.DataFrame:
    """Table ``swot`` of these :func:`cells`; ``frame`` departments are in the register."""
    table, of = cells.copy(), int(cells["of"].max())
    confidence = protocol.swot.confidence
    bounds = [share_interval(int(n), of, frame, confidence) for n in table["departments"]]
    table["share"] = (table["departments"] / of).round(DECIMALS) if of else np.nan
    table["low"] = [low for low, _ in bounds]
    table["high"] = [high for _, high in bounds]
    rank = table.groupby("quadrant")["departments"].rank(method="min", ascending=False)
    table["rank"] = rank if of else np.nan
    return conform(table.reset_index(), "swot")


def common_denominators(swot: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """The rows of ``swot`` that at least a third (the protocol's share) of departments mention.

    Sorted by departments; the comparison is exact.
    """
    limit = protocol.swot.common_denominator
    common = (swot["of"] > 0) & (
        swot["departments"] * limit.denominator >= swot["of"] * limit.numerator
    )
    order = ["departments", *_CELL]
    return swot[common].sort_values(order, ascending=[False, True, True], ignore_index=True)


def mentions(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Whether each department with a note mentions each theme in each quadrant.

    One row is a department (the index), one column a quadrant and a theme; true or false.
    """
    workshop = notes(evidence)
    cells = pd.MultiIndex.from_product([QUADRANTS, protocol.themes], names=_CELL)
    table = pd.crosstab(workshop["department_id"], [workshop["quadrant"], workshop["theme"]])
    return table.reindex(columns=cells, fill_value=0) > 0


def differences(evidence: pd.DataFrame, tiers: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Whether the tiers mention a theme to different degrees.

    One row is a quadrant and a theme: quadrant, theme; for each tier the departments that
    mention it and, as ``of_<tier>``, those with a note; p (exact, Fisher-Freeman-Halton) and
    p_holm over all rows that can be tested. p is missing where all departments or none mention
    the theme, or where fewer than two tiers have a department with a note.
    """
    present = mentions(evidence, protocol)
    tier = tiers.set_index("department_id")["tier"].reindex(present.index)
    groups = {name: present[tier == name] for name in TIERS}
    table = pd.DataFrame(index=present.columns)
    for name, members in groups.items():
        table[name] = members.sum().astype(int)
        table[f"of_{name}"] = len(members)
    table["p"] = [_difference(row) for _, row in table.iterrows()]
    table["p_holm"] = holm(table["p"])
    return table.reset_index().sort_values(["p", *_CELL], ignore_index=True)


def _difference(row: pd.Series) -> float:
    with_theme = np.array([row[tier] for tier in TIERS])
    without = np.array([row[f"of_{tier}"] for tier in TIERS]) - with_theme
    testable = with_theme.any() and without.any() and ((with_theme + without) > 0).sum() > 1
    return fisher_freeman_halton([with_theme, without]) if testable else np.nan


def together(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Themes that the same departments mention, in whatever quadrant.

    One row is a pair of themes: theme, other_theme, departments (mention both), of,
    expected (departments that would mention both if the two were independent). Sorted by
    how far departments exceed what was expected.
    """
    present = mentions(evidence, protocol).T.groupby("theme").any().T
    of = len(present)
    rows = [
        {
            "theme": one,
            "other_theme": other,
            "departments": int((present[one] & present[other]).sum()),
            "of": of,
            "expected": round(present[one].sum() * present[other].sum() / of, DECIMALS),
        }
        for one, other in combinations([t for t in protocol.themes if of], 2)
    ]
    table = pd.DataFrame(rows, columns=["theme", "other_theme", "departments", "of", "expected"])
    excess = table["departments"] - table["expected"]
    order = table.assign(excess=excess).sort_values(
        ["excess", "theme", "other_theme"], ascending=[False, True, True]
    )
    return order.drop(columns="excess").reset_index(drop=True)


def borda(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Borda ranking of the themes within each quadrant.

    One row is a quadrant and a theme: quadrant, theme, points, rank (missing for a theme that
    nobody mentions there). Each department with a note in the quadrant is a ballot, which orders
    the themes by their weight there (votes plus one, over its notes); themes that it does not
    mention share the last place.
    """
    workshop = notes(evidence)
    tables = [_borda(workshop[workshop["quadrant"] == q], q, protocol) for q in QUADRANTS]
    return pd.concat(tables, ignore_index=True)


def _borda(workshop: pd.DataFrame, quadrant: str, protocol: Protocol) -> pd.DataFrame:
    ballots = workshop.assign(weight=workshop["votes"] + 1).pivot_table(
        index="department_id", columns="theme", values="weight", aggfunc="sum", fill_value=0
    )
    ballots = ballots.reindex(columns=list(protocol.themes), fill_value=0)
    points = borda_points(ballots.to_numpy())
    table = pd.DataFrame({"quadrant": quadrant, "theme": ballots.columns, "points": points})
    rank = table["points"].rank(method="min", ascending=False).astype("Int64")
    table["rank"] = rank.where((ballots > 0).any().to_numpy())
    return table.sort_values(["rank", "theme"], ignore_index=True)


def balance(evidence: pd.DataFrame) -> pd.DataFrame:
    """Each department's internal and external balance over its notes.

    One row is a department with a note: department_id, internal = (S-W)/(S+W), external =
    (O-T)/(O+T), items. From -1 (only weaknesses, or threats) to 1; missing with no such note.
    """
    workshop = notes(evidence)
    counts = pd.crosstab(workshop["department_id"], workshop["quadrant"])
    counts = counts.reindex(columns=list(QUADRANTS), fill_value=0)
    table = pd.DataFrame(index=counts.index)
    table["internal"] = _balance(counts["strength"], counts["weakness"])
    table["external"] = _balance(counts["opportunity"], counts["threat"])
    return table.assign(items=counts.sum(axis=1)).rename_axis("department_id").reset_index()


def _balance(good: pd.Series, bad: pd.Series) -> pd.Series:
    total = (good + bad).astype("float64")
    return ((good - bad) / total.where(total > 0)).round(DECIMALS)
