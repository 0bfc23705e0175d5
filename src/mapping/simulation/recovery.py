"""Planted studies to the tiers: what is given of what is there, under noise and with gaps.

The truth of a study is the same under every noise and with every gap: only what is seen of it
differs. Noise is the share of what interviews, notes and answers say that is drawn at random;
with 1 nothing is left of the truth. Gaps are departments, instruments, segments, notes and answers
that are not there, whoever they are: absence is at random here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import Any

import pandas as pd

from mapping.evidence import gather
from mapping.example import Truth, World, files_of, plant
from mapping.example.chance import Chance, departments_of
from mapping.example.truth import participation
from mapping.indicators import indicators
from mapping.instruments import parse_settings, parse_year
from mapping.instruments.study_settings import NAME
from mapping.participation import participating
from mapping.protocol import Protocol
from mapping.simulation.truths import true_tiers
from mapping.tiers import tiers
from mapping.vocabulary import GAPS, GIVEN, TIERS

YEAR = 2020
"""The example year whose frame and fieldwork every simulated study has."""

FIRST_SEED = 1
"""Study number n has this seed + n under every noise and with every gap."""

NOISE = (0.0, 0.1, 0.25, 0.5, 1.0)

_CHUNK = 2
"""Seeds that a process takes at a time: few enough that none is idle at the end."""

_EVERY = ("interview", "workshop", "survey")

_MISSING: Mapping[str, Mapping[str, Any]] = {
    "none": {
        "instruments": ((_EVERY, 50),),
        "answer_missing": 0.0,
    },
    "example": {},
    "more": {
        "instruments": (
            (_EVERY, 10),
            (("workshop", "survey"), 8),
            (("interview", "survey"), 6),
            (("survey",), 5),
            (("interview",), 3),
            (("workshop",), 3),
        ),
        "answer_missing": 0.2,
        "unsaid": 0.2,
    },
    "most": {
        "instruments": (
            (_EVERY, 3),
            (("workshop", "survey"), 3),
            (("interview", "survey"), 3),
            (("survey",), 6),
            (("interview",), 4),
            (("workshop",), 4),
        ),
        "answer_missing": 0.5,
        "unsaid": 0.5,
    },
}
"""The parameters of each gap: who takes part in what, and what of it is not there."""

WORLDS = {
    (gaps, noise): replace(World(), guessing=noise, **_MISSING[gaps])
    for gaps in GAPS
    for noise in NOISE
}
"""The world of each gap and noise; the one of ``example`` without noise is the published one."""


def recovered(
    seed: int, protocol: Protocol, worlds: Mapping[tuple[str, float], World] | None = None
) -> pd.DataFrame:
    """What tiers one university is given under each noise and with each gap, or some of them.

    One row is a gap and a noise, see :func:`mapping.recovery_calibration.read`.
    """
    truth = plant(World(), seed, YEAR)
    chance = Chance(departments_of(YEAR), seed, YEAR, World.drift)
    true = true_tiers(truth, protocol)
    rows = []
    for (gaps, noise), world in (worlds or WORLDS).items():
        asked = truth.latent.assign(instruments=participation(world, chance))
        seen = replace(truth, latent=asked)
        found = _counts(true, *_given(seen, world, seed, protocol))
        rows.append({"gaps": gaps, "noise": noise, "study": seed, **found})
    return pd.DataFrame(rows)


def _given(
    truth: Truth, world: World, seed: int, protocol: Protocol
) -> tuple[pd.DataFrame, list[str]]:
    """Table ``tiers`` by the department's id, and who took part; nothing touches the disk."""
    files = files_of(truth, YEAR, world, seed)
    contents = {name: text.encode() for name, text in files.items()}
    settings = replace(parse_settings(contents[NAME], str(YEAR)), protocol=protocol.name)
    raw = parse_year(contents, protocol, settings)
    evidence = gather(raw, protocol)
    table = tiers(indicators(evidence, protocol), raw.departments, protocol)
    return table.set_index("department_id"), participating(evidence)


def _counts(true: pd.Series, given: pd.DataFrame, seen: list[str]) -> dict[str, int]:
    """Departments by true and given tier, and those that are wrong and borderline."""
    of_true = {tier: given["tier"].reindex(true.index[true == tier]) for tier in TIERS}
    pairs = {column: int((of_true[one] == other).sum()) for (one, other), column in GIVEN.items()}
    wrong = given["tier"].isin(TIERS) & (given["tier"] != true.reindex(given.index))
    borderline = int((wrong & given["borderline"]).sum())
    counts = {"frame": len(given), "participating": len(seen)}
    return counts | pairs | {"wrong_borderline": borderline}


def simulate_recovery(
    protocol: Protocol, studies: int, workers: int | None = None
) -> Iterator[pd.DataFrame]:
    """What so many universities are given, one by one as they are done.

    The same whatever the number of ``workers``, the processes that share the work (as many as
    there are processors if None; none are started for 1).
    """
    one = partial(recovered, protocol=protocol)
    seeds = range(FIRST_SEED, FIRST_SEED + studies)
    if (workers or os.cpu_count()) == 1:
        yield from map(one, seeds)
        return
    # The same way of starting on every system, and no copy of a process that has threads.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(one, seeds, chunksize=_CHUNK)
