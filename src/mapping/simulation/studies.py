"""Simulated studies: raw data of a planted world, in memory, to the verdicts on the findings."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import pandas as pd

from mapping.example import World, example_files
from mapping.instruments import parse_settings, parse_year
from mapping.instruments.study_settings import NAME
from mapping.protocol import Protocol
from mapping.simulation.worlds import PLANTED, Planted
from mapping.study import Study

YEAR = 2020
"""The example year whose frame and fieldwork every simulated study has."""

FIRST_SEED = 1
"""Study number n of every world has this seed + n: worlds differ in what is planted only."""

_CHUNK = 5
"""Studies that a process takes at a time: few enough that none is idle at the end."""


def simulated_study(world: World, seed: int, protocol: Protocol) -> Study:
    """A study of the planted world, from the text of its raw files; nothing touches the disk."""
    contents = {name: text.encode() for name, text in example_files(YEAR, world, seed).items()}
    settings = parse_settings(contents[NAME], str(YEAR))
    return Study(parse_year(contents, protocol, settings), protocol)


def verdicts(world: World, seed: int, protocol: Protocol) -> pd.Series:
    """The verdict on each finding in one simulated study, by the finding's key."""
    findings = simulated_study(world, seed, protocol).findings
    return findings.set_index("finding")["verdict"]


def simulate(
    protocol: Protocol,
    studies: int,
    planted: Sequence[Planted] | None = None,
    workers: int | None = None,
) -> Iterator[tuple[Planted, pd.DataFrame]]:
    """The verdicts in so many studies of each world (all if None), as the worlds are done.

    One row of a frame is a study, one column a finding. The same whatever the number of
    ``workers``, the processes that share the work (as many as there are processors if None;
    none are started for 1).
    """
    worlds = PLANTED if planted is None else planted
    seeds = range(FIRST_SEED, FIRST_SEED + studies)
    if (workers or os.cpu_count()) == 1:
        for one in worlds:
            yield one, pd.DataFrame([verdicts(one.world, seed, protocol) for seed in seeds])
        return
    # The same way of starting on every system, and no copy of a process that has threads.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for one in worlds:
            judged = partial(verdicts, one.world, protocol=protocol)
            yield one, pd.DataFrame(list(pool.map(judged, seeds, chunksize=_CHUNK)))
