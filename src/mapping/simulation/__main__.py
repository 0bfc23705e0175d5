"""``python -m mapping.simulation su-2020``: calibrate protocols of this folder's root anew."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from time import perf_counter

import pandas as pd

from mapping import roots
from mapping.calibration import method_hash
from mapping.change_calibration import change_method_hash
from mapping.errors import MappingError, UsageError
from mapping.protocol import Protocol, load_protocol
from mapping.recovery_calibration import recovery_method_hash
from mapping.simulation.change_rates import change_record, write_change
from mapping.simulation.pairs import Judged, simulate_pairs, together
from mapping.simulation.rates import rates, record, write
from mapping.simulation.recovery import simulate_recovery
from mapping.simulation.recovery_rates import recovery_record, write_recovery
from mapping.simulation.studies import simulate
from mapping.simulation.worlds import PLANTED, Planted

_TOLD = 50
"""So many pairs of years are told on the screen at a time."""

PARTS = ("verdicts", "change", "recovery")
"""What can be calibrated: the verdicts on findings, change between two years, and the tiers."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate the protocols named; the exit code is that of ``mapping``."""
    asked = _parser().parse_args(arguments)
    try:
        root = roots.find_root()
        parts = PARTS if asked.only is None else (asked.only,)
        if "verdicts" in parts:
            calibrate(root, asked.protocol, asked.studies, asked.workers)
        if "change" in parts:
            calibrate_change(root, asked.protocol, asked.pairs, asked.workers)
        if "recovery" in parts:
            calibrate_recovery(root, asked.protocol, asked.planted, asked.workers)
    except MappingError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mapping.simulation",
        description="How often each verdict comes in simulated studies, how often a change is "
        "found between simulated years, and how often the true tier is: writes calibration.csv, "
        "calibration.toml, calibration.svg, change.csv, moves.csv, change.toml, recovery.csv and "
        "recovery.toml beside the protocol.",
    )
    parser.add_argument("protocol", nargs="+", help="a folder under data/protocol")
    parser.add_argument("--studies", type=_several, default=200, help="studies of each world")
    parser.add_argument("--pairs", type=_several, default=200, help="pairs of years of each world")
    parser.add_argument(
        "--planted", type=_several, default=15, help="studies of each noise and gap, for the tiers"
    )
    parser.add_argument("--only", choices=PARTS, help="one part; all if not given")
    parser.add_argument("--workers", type=int, help="processes; as many as processors if not given")
    return parser


def _several(text: str) -> int:
    """A whole number from 1 up, or a usage error."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 up")


def calibrate(root: Path, names: Sequence[str], studies: int, workers: int | None) -> None:
    """Simulate and write the calibration of each protocol; those of one method in one go.

    Raises
    ------
    DataError
        There is no such protocol, or it is wrong, or the example does not fit it.
    UsageError
        The protocol is the shipped one, which is not to be written to.

    """
    for alike in _by_method(root, names, method_hash):
        _, protocol = alike[0]
        # The code is told as it was at the start: what changes meanwhile makes it stale.
        made = record(protocol, studies)
        table = rates(_told(protocol, studies, workers), protocol)
        for folder, own in alike:
            write(folder, own, table, made)
            print(f"{own.name}: calibrated by {studies} studies of each world")


def calibrate_change(root: Path, names: Sequence[str], pairs: int, workers: int | None) -> None:
    """As :func:`calibrate`, for what is found of changes between two years."""
    for alike in _by_method(root, names, change_method_hash):
        _, protocol = alike[0]
        made = change_record(protocol, pairs)
        found = together(list(_told_pairs(protocol, pairs, workers)))
        for folder, own in alike:
            write_change(folder, found, own, made)
            print(f"{own.name}: change calibrated by {pairs} pairs of years of each world")


def calibrate_recovery(root: Path, names: Sequence[str], studies: int, workers: int | None) -> None:
    """As :func:`calibrate`, for the tiers that departments of known truth are given."""
    for alike in _by_method(root, names, recovery_method_hash):
        _, protocol = alike[0]
        made = recovery_record(protocol, studies)
        found = list(simulate_recovery(protocol, studies, workers=workers))
        for folder, own in alike:
            write_recovery(folder, found, made)
            print(f"{own.name}: tiers calibrated by {studies} studies of each noise and gap")


def _by_method(
    root: Path, names: Sequence[str], hashed: Callable[[Protocol], str]
) -> list[list[tuple[Path, Protocol]]]:
    """The protocols and their folders, those of one method together."""
    folders = [_own(root, name) for name in dict.fromkeys(names)]
    loaded = [(folder, load_protocol(folder)) for folder in folders]
    by_method = sorted(loaded, key=lambda pair: hashed(pair[1]))
    return [list(group) for _, group in groupby(by_method, key=lambda pair: hashed(pair[1]))]


def _own(root: Path, name: str) -> Path:
    used = roots.protocol(root, name)
    if used.origin == "root":
        return used.folder
    raise UsageError(f"{name} comes with the program: put a copy into data/protocol to calibrate")


def _told(
    protocol: Protocol, studies: int, workers: int | None
) -> Iterator[tuple[Planted, pd.DataFrame]]:
    """The simulation, told on the screen world by world."""
    start = perf_counter()
    for number, (planted, verdicts) in enumerate(
        simulate(protocol, studies, workers=workers), start=1
    ):
        minutes = (perf_counter() - start) / 60
        done = f"{number} of {len(PLANTED)} worlds ({planted.name}), {minutes:.1f} minutes"
        print(f"{protocol.name}: {done}", flush=True)
        yield planted, verdicts


def _told_pairs(protocol: Protocol, pairs: int, workers: int | None) -> Iterator[Judged]:
    """The simulated pairs, told on the screen now and then."""
    start = perf_counter()
    for number, found in enumerate(simulate_pairs(protocol, pairs, workers=workers), start=1):
        if number % _TOLD == 0 or number == pairs:
            minutes = (perf_counter() - start) / 60
            print(f"{protocol.name}: {number} of {pairs} pairs, {minutes:.1f} minutes", flush=True)
        yield found


if __name__ == "__main__":
    sys.exit(main())
