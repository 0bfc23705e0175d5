"""Simulated pairs of years: raw data of both in memory, to the tables of the follow-up.

Both years have the frame of the first and the same protocol, so that nothing is broken and no
department is another: in a frame of fewer the example's shares would choose other departments,
and what is true of those that are left would not stay.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from multiprocessing import get_context

import pandas as pd

from mapping.comparison import FollowUp
from mapping.example import Truth, World, files_of, plant
from mapping.example.chance import Chance, departments_of
from mapping.example.truth import participation
from mapping.instruments import parse_settings, parse_year
from mapping.instruments.study_settings import NAME
from mapping.protocol import Protocol
from mapping.simulation.changes import PLANTED_CHANGES, PlantedChange
from mapping.simulation.truths import true_levels, true_tiers
from mapping.study import Study
from mapping.vocabulary import TIERS

FIRST, SECOND = 2020, 2021
"""The example years whose fieldwork the two years have."""

FIRST_SEED = 1
"""Pair number n has this seed + n in every world: the first year is the same in all of them."""

RENEWED = 0.25
"""How far the second year's participation is another than the first's: as in the example."""

_CHUNK = 5
"""Pairs that a process takes at a time: few enough that none is idle at the end."""

_LOWEST_FIRST = TIERS[::-1]


@dataclass(frozen=True)
class Pair:
    """Two years of one university: what is true in each, and what the follow-up makes of them."""

    then: Truth
    now: Truth
    follow: FollowUp

    @cached_property
    def known(self) -> pd.DataFrame:
        """Table ``transitions`` of the departments with a tier in both years, by their id."""
        table = self.follow.transitions.dropna(subset=["move"])
        return table.set_index("department_id")


def simulated_pair(planted: PlantedChange, seed: int, protocol: Protocol) -> Pair:
    """Two years of which the second is the planted world's; nothing touches the disk."""
    return next(_pairs([planted], seed, protocol))


def _pairs(worlds: Sequence[PlantedChange], seed: int, protocol: Protocol) -> Iterator[Pair]:
    """A pair of each world; all have the first year in common."""
    then = plant(World(), seed, FIRST)
    first = _study(then, FIRST, World(), seed, protocol)
    asked = participation(World(), Chance(departments_of(FIRST), seed, SECOND, RENEWED))
    for one in worlds:
        true = plant(one.world, seed, FIRST)
        now = replace(true, latent=true.latent.assign(instruments=asked))
        second = _study(now, SECOND, one.world, seed, protocol)
        yield Pair(then, now, FollowUp(second, FIRST, {FIRST: first}))


def _study(truth: Truth, year: int, world: World, seed: int, protocol: Protocol) -> Study:
    """A year of this truth, under the protocol that is calibrated whatever its name."""
    files = files_of(truth, year, world, seed)
    contents = {name: text.encode() for name, text in files.items()}
    settings = replace(parse_settings(contents[NAME], str(year)), protocol=protocol.name)
    return Study(parse_year(contents, protocol, settings), protocol)


# --- what is true -------------------------------------------------------------------------------


def true_measures(truth: Truth, protocol: Protocol) -> pd.DataFrame:
    """What is true of each department (the index): one column is a kind and a key.

    Levels of the indicators and constructs; 1 and 0 of the needs and voices. Of other measures
    the generator holds nothing that it says itself.
    """
    levels = true_levels(truth, protocol)
    sides = {"need": protocol.need_keys("internal"), "voice": protocol.need_keys("external")}
    constructs = {
        key: levels[list(protocol.indicator_keys(key))].mean(axis=1)
        for key in ("conditions", "needs")
    }
    tables = {"indicator": levels, "construct": pd.DataFrame(constructs)} | {
        kind: truth.latent.reindex(columns=[f"{kind}_{key}" for key in keys])
        .set_axis(list(keys), axis=1)
        .astype("float64")
        for kind, keys in sides.items()
    }
    return pd.concat(tables, axis=1, names=["kind", "key"])


# --- what is found ------------------------------------------------------------------------------


def found_changes(pair: Pair) -> pd.DataFrame:
    """Which of the measures that were tested the follow-up calls changed.

    One row is a measure: kind, key, ``way`` (1 if it is said to have risen, -1 to have fallen, 0
    if nothing can be told from chance or it was a change both ways), ``found``, and what is
    ``true_then`` and ``true_now``: the means over the departments seen in both years.
    """
    protocol = pair.follow.protocol
    table = pair.follow.change
    tested = table[table["status"] == "tested"].set_index(["kind", "key"])
    found = tested["p_holm"] < protocol.follow_up.significance
    moved = tested["rose"].astype("float64") - tested["fell"].astype("float64")
    way = _sign((tested["now"] - tested["then"]).fillna(moved)).where(found, 0)
    seen = pair.follow.transitions.query("followed == 'both'")["department_id"]
    means = {
        name: true_measures(truth, protocol).loc[seen].mean().reindex(tested.index)
        for name, truth in (("true_then", pair.then), ("true_now", pair.now))
    }
    rows = pd.DataFrame({"found": found.astype(bool), "way": way, **means})
    return rows.reset_index()


def found_moves(pair: Pair) -> dict[str, int]:
    """The departments with a tier in both years: what moved in truth, and what is said to have.

    ``compared`` are all of them, ``moved`` those whose true tier is another. ``clear`` and
    ``uncertain`` are said to have moved, clearly and within the uncertainty; of these have
    ``clear_right`` and ``uncertain_right`` truly moved the same way. ``other`` were seen by other
    instruments than in the first year, ``other_clear`` of them are said to have moved clearly.
    """
    known, protocol = pair.known, pair.follow.protocol
    true = _true_way(pair, protocol).reindex(known.index)
    said = known["move"].map({"up": 1, "down": -1, "same": 0}).astype("int64")
    clear = known["clear"].fillna(value=False).astype(bool)
    other = known["instruments_then"] != known["instruments_now"]
    uncertain, right = (said != 0) & ~clear, said == true
    counted = {
        "compared": said.notna(),
        "moved": true != 0,
        "clear": clear,
        "clear_right": clear & right,
        "uncertain": uncertain,
        "uncertain_right": uncertain & right,
        "other": other,
        "other_clear": other & clear,
    }
    return {name: int(rows.sum()) for name, rows in counted.items()}


def _true_way(pair: Pair, protocol: Protocol) -> pd.Series:
    """1 for a department whose true tier is higher in the second year, -1 for lower, else 0."""
    ranks = {tier: place for place, tier in enumerate(_LOWEST_FIRST)}
    then, now = (true_tiers(truth, protocol).map(ranks) for truth in (pair.then, pair.now))
    return _sign(now - then)


def _sign(difference: pd.Series) -> pd.Series:
    return (difference > 0).astype("int64") - (difference < 0).astype("int64")


@dataclass(frozen=True)
class Judged:
    """What was found in the pairs of one or more seeds.

    ``changes``: one row is a world, a pair and a measure, see :func:`found_changes`. ``moves``:
    one row is a world and a pair, see :func:`found_moves`.
    """

    changes: pd.DataFrame
    moves: pd.DataFrame


def judged(seed: int, protocol: Protocol, worlds: Sequence[PlantedChange]) -> Judged:
    """What the follow-up finds in one pair of each world."""
    changes, moves = [], []
    for one, pair in zip(worlds, _pairs(worlds, seed, protocol), strict=True):
        changes.append(found_changes(pair).assign(world=one.name, pair=seed))
        moves.append({"world": one.name, "pair": seed, **found_moves(pair)})
    return Judged(pd.concat(changes, ignore_index=True), pd.DataFrame(moves))


def simulate_pairs(
    protocol: Protocol,
    pairs: int,
    worlds: Sequence[PlantedChange] = PLANTED_CHANGES,
    workers: int | None = None,
) -> Iterator[Judged]:
    """What is found in so many pairs of each world, seed by seed, as they are done.

    The same whatever the number of ``workers``, the processes that share the work (as many as
    there are processors if None; none are started for 1).
    """
    one = partial(judged, protocol=protocol, worlds=worlds)
    seeds = range(FIRST_SEED, FIRST_SEED + pairs)
    if (workers or os.cpu_count()) == 1:
        yield from map(one, seeds)
        return
    # The same way of starting on every system, and no copy of a process that has threads.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(one, seeds, chunksize=_CHUNK)


def together(parts: Sequence[Judged]) -> Judged:
    """All pairs in one, by world and pair."""
    changes = pd.concat([part.changes for part in parts], ignore_index=True)
    moves = pd.concat([part.moves for part in parts], ignore_index=True)
    return Judged(changes, moves.sort_values(["world", "pair"], ignore_index=True))
