"""How often a change was found in simulated pairs of years, written beside the protocol."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
from scipy.stats import binomtest

from mapping.calibration import content_hash
from mapping.change_calibration import (
    ALL,
    COLUMNS,
    FAMILY,
    MOVES,
    MOVES_COLUMNS,
    RECORD,
    TABLE,
    WORLDS,
    ChangeRecord,
    change_code_hash,
    change_method_hash,
)
from mapping.protocol import Protocol
from mapping.simulation.changes import PLANTED_CHANGES, PlantedChange
from mapping.simulation.pairs import FIRST_SEED, Judged
from mapping.simulation.rates import CONFIDENCE, put, record_text, versions
from mapping.vocabulary import COMPARED, DECIMALS

MEASURE = ["world", "kind", "key"]

_WAYS = {"rose": 1, "fell": -1}


def change_rates(
    changes: pd.DataFrame,
    protocol: Protocol,
    worlds: Sequence[PlantedChange] = PLANTED_CHANGES,
) -> pd.DataFrame:
    """How often each measure was found to have changed, see ``change_calibration.read``.

    ``changes``: see :class:`mapping.simulation.pairs.Judged`. Measures that were never tested
    have no row. The interval is Clopper and Pearson's (Biometrika 26, 1934), by scipy.
    """
    known = changes.assign(planted=_planted(changes, worlds))
    wrong = known["found"] & (known["planted"] != "follows")
    false = known.assign(false=wrong & (known["way"] != known["planted"].map(_WAYS)))
    measures = [_measure(rows) for _, rows in known.groupby(MEASURE, sort=False)]
    families = [
        _family(str(world), key, rows[rows["kind"].isin(kinds)])
        for world, rows in false.groupby("world", sort=False)
        for key, kinds in _families(protocol).items()
    ]
    table = pd.DataFrame([*measures, *families], columns=list(COLUMNS))
    ranks = {key: rank for rank, key in enumerate((*WORLDS, *COMPARED, FAMILY))}
    by = ["world", "kind"]
    ordered = table[table["tested"] > 0].sort_values(
        by, key=lambda column: column.map(ranks), kind="stable", ignore_index=True
    )
    return ordered.round(DECIMALS)


def _planted(changes: pd.DataFrame, worlds: Sequence[PlantedChange]) -> list[str]:
    named = {world.name: world for world in worlds}
    measures = zip(changes["world"], changes["kind"], changes["key"], strict=True)
    return [named[world].planted(kind, key) for world, kind, key in measures]


def _families(protocol: Protocol) -> dict[str, Collection[str]]:
    families = {" ".join(kinds): kinds for kinds in protocol.follow_up.families}
    return {**families, ALL: COMPARED}


def _measure(rows: pd.DataFrame) -> dict[str, Any]:
    """One row of the table, from the pairs in which a measure was tested."""
    named = {name: str(rows[name].iloc[0]) for name in (*MEASURE, "planted")}
    counts = {"found": int(rows["found"].sum())}
    counts |= {name: int((rows["way"] == way).sum()) for name, way in _WAYS.items()}
    true = {name: rows[name].mean() for name in ("true_then", "true_now")}
    interval = _interval(counts.get(named["planted"], counts["found"]), len(rows))
    return {**named, "tested": len(rows), **counts, **true, **interval}


def _family(world: str, key: str, rows: pd.DataFrame) -> dict[str, Any]:
    """One row of the table, from the measures of a family: pairs in which anything was false."""

    def pairs(some: pd.DataFrame) -> int:
        return int(some["pair"].nunique())

    false, tested = rows[rows["false"]], pairs(rows)
    counts = {"found": pairs(false)}
    counts |= {name: pairs(false[false["way"] == way]) for name, way in _WAYS.items()}
    named = {"world": world, "kind": FAMILY, "key": key, "planted": "none", "tested": tested}
    return {**named, **counts, **_interval(counts["found"], tested)}


def _interval(found: int, tested: int) -> dict[str, float]:
    if not tested:
        return {}
    low, high = binomtest(found, tested).proportion_ci(CONFIDENCE, "exact")
    return {"low": float(low), "high": float(high)}


def change_record(protocol: Protocol, pairs: int) -> ChangeRecord:
    """Of what is made that is computed now; of no table yet."""
    code, method = change_code_hash(), change_method_hash(protocol)
    return ChangeRecord(pairs, FIRST_SEED, code, method, "", versions())


def write_change(folder: Path, found: Judged, protocol: Protocol, made: ChangeRecord) -> None:
    """Put what was found in simulated pairs beside the protocol: the same bytes on any machine."""
    rates = _csv(change_rates(found.changes, protocol))
    moves = _csv(found.moves[list(MOVES_COLUMNS)])
    told = asdict(replace(made, table=content_hash(rates, moves)))
    put(folder, {TABLE: rates, MOVES: moves, RECORD: record_text(told, TABLE).encode()})


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()
