"""Who was seen in both years, and which of them have moved between the tiers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mapping.followup.years import Year
from mapping.protocol import Protocol
from mapping.schemas import conform
from mapping.statistics.paired import transition_interval
from mapping.vocabulary import INSTRUMENTS, TIERS


def transitions(followed: pd.DataFrame, then: Year, now: Year) -> pd.DataFrame:
    """Every department of either year: how it is followed, who saw it, its tiers, its move.

    ``followed`` has two years, see :func:`mapping.followup.lineage.follow`; ``then`` and ``now``
    are these years by one protocol, under the ids by which departments are followed.

    One row is a department (table ``transitions``). ``ids_then`` and ``ids_now`` are its ids in
    the two registers, with spaces between; ``way`` is how it is found again; ``followed`` its
    part in the two years. The instruments are those by which it was seen. ``move`` is missing
    unless the department has a tier in both years. ``clear`` is missing unless it has moved up
    or down; then it is true if the department is borderline in neither year, else the move is
    within the uncertainty of the grouping.
    """
    ids = _ids(followed)
    seen = {"then": _seen(then, ids.index), "now": _seen(now, ids.index)}
    table = ids.assign(
        way=_way(ids["ids_then"], ids["ids_now"]),
        **{f"seen_{year}": instruments != "" for year, instruments in seen.items()},
        **{f"instruments_{year}": instruments for year, instruments in seen.items()},
    )
    table = table.join(_tiers(then, table["seen_then"]).add_suffix("_then"))
    table = table.join(_tiers(now, table["seen_now"]).add_suffix("_now"))
    moves = table.assign(followed=_followed(table), move=_move(table))
    clear = ~(moves["borderline_then"] | moves["borderline_now"])
    moved = moves["move"].isin(["up", "down"]).fillna(value=False).astype(bool)
    named = moves.rename_axis("department_id").reset_index()
    return conform(named.assign(clear=clear.where(moved).to_numpy()), "transitions")


def paired(transitions: pd.DataFrame) -> list[str]:
    """The departments seen in both years: those that enter a paired comparison."""
    return transitions.loc[transitions["followed"] == "both", "department_id"].tolist()


def _ids(followed: pd.DataFrame) -> pd.DataFrame:
    """The ids of each department (the index) in the two registers, blank if it is not there."""
    first, last = followed["year"].min(), followed["year"].max()
    joined = followed.groupby(["followed", "year"])["department_id"].agg(" ".join).unstack()
    table = joined.reindex(columns=[first, last]).fillna("").astype("string")
    return table.set_axis(["ids_then", "ids_now"], axis=1)


def _way(then: pd.Series, now: pd.Series) -> pd.Series:
    """How each department is found again, also where only one of the registers has it."""
    before, after = then.str.contains(" "), now.str.contains(" ")
    gone = (then == "") | (now == "")
    kept = then.index.to_series().astype("string") == then  # a new name is followed by the new id
    ways = [before & after, before, after, gone | (then == now), kept]
    names = ["mixed", "merged", "split", "same", "split"]
    return pd.Series(np.select(ways, names, "renamed"), index=then.index, dtype="string")


def _seen(year: Year, index: pd.Index) -> pd.Series:
    """The instruments of each department's evidence, with spaces between; blank if none."""
    pairs = set(zip(year.evidence["department_id"], year.evidence["instrument"], strict=True))
    names = [" ".join(one for one in INSTRUMENTS if (ident, one) in pairs) for ident in index]
    return pd.Series(names, index=index, dtype="string")


def _tiers(year: Year, seen: pd.Series) -> pd.DataFrame:
    """Tier, margin and borderline of the departments that were seen; missing of the others."""
    table = year.tiers.set_index("department_id")[["tier", "margin", "borderline"]]
    known = table.reindex(seen.index).astype({"borderline": "boolean"})
    return known.where(seen, axis=0)


def _followed(table: pd.DataFrame) -> pd.Series:
    then, now = table["seen_then"], table["seen_now"]
    parts = [table["ids_then"] == "", table["ids_now"] == "", then & now, now, then]
    names = ["new", "left", "both", "joined", "dropped"]
    return pd.Series(np.select(parts, names, "unseen"), index=table.index, dtype="string")


def _move(table: pd.DataFrame) -> pd.Series:
    """Whether the tier is a higher one now, a lower one, or the same."""
    rank = {tier: place for place, tier in enumerate(TIERS[::-1])}
    rise = (table["tier_now"].map(rank) - table["tier_then"].map(rank)).astype("Float64")
    word = rise.map({1.0: "up", 2.0: "up", -1.0: "down", -2.0: "down", 0.0: "same"})
    return word.astype("string")


def flows(transitions: pd.DataFrame, frame: int, protocol: Protocol) -> pd.DataFrame:
    """How many departments went from each tier to each, and how sure their share is.

    From table ``transitions``; ``frame`` is the number of departments, as they are followed, of
    the earlier year's register. One row is a tier then and a tier now (table ``flows``), all
    nine: ``departments`` of ``of``, those with the tier then that have a tier now; ``clear`` of
    them have moved clearly. ``low`` and ``high`` are an interval for the share of all
    departments of the frame that had the tier then: see
    :func:`mapping.statistics.paired.transition_interval`. Share and interval are missing if
    nobody with the tier then has a tier now.
    """
    known = transitions["tier_then"].isin(TIERS)
    rows = []
    for then in TIERS:
        was = transitions["tier_then"] == then
        least = int(was.sum())
        bounds = (least, least + frame - int(known.sum()))
        seen = transitions[was].dropna(subset=["move"])
        rows += [_flow(seen, then, now, bounds, protocol) for now in TIERS]
    return conform(pd.DataFrame(rows), "flows")


def _flow(
    was: pd.DataFrame, then: str, now: str, bounds: tuple[int, int], protocol: Protocol
) -> dict[str, object]:
    """One row; ``was`` are those seen with the tier then, ``bounds`` how many may have had it."""
    made = was[was["tier_now"] == now]
    low, high = transition_interval(len(made), len(was), *bounds, protocol.swot.confidence)
    return {
        "tier_then": then,
        "tier_now": now,
        "departments": len(made),
        "clear": int(made["clear"].fillna(value=False).sum()),
        "of": len(was),
        "share": len(made) / len(was) if len(was) else np.nan,
        "low": low,
        "high": high,
    }
