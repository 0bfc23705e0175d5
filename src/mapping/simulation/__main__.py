"""``python -m mapping.simulation su-2020``: calibrate protocols of this folder's root anew."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from time import perf_counter

import pandas as pd

from mapping import roots
from mapping.calibration import method_hash
from mapping.errors import MappingError, UsageError
from mapping.protocol import Protocol, load_protocol
from mapping.simulation.rates import rates, record, write
from mapping.simulation.studies import simulate
from mapping.simulation.worlds import PLANTED, Planted


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate the protocols named; the exit code is that of ``mapping``."""
    asked = _parser().parse_args(arguments)
    try:
        calibrate(roots.find_root(), asked.protocol, asked.studies, asked.workers)
    except MappingError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mapping.simulation",
        description="How often each verdict comes in simulated studies: writes calibration.csv, "
        "calibration.toml and calibration.svg beside the protocol.",
    )
    parser.add_argument("protocol", nargs="+", help="a folder under data/protocol")
    parser.add_argument("--studies", type=_several, default=200, help="studies of each world")
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
    folders = [_own(root, name) for name in dict.fromkeys(names)]
    loaded = [(folder, load_protocol(folder)) for folder in folders]
    by_method = sorted(loaded, key=lambda pair: method_hash(pair[1]))
    for _, group in groupby(by_method, key=lambda pair: method_hash(pair[1])):
        alike = list(group)
        # The code is told as it was at the start: what changes meanwhile makes it stale.
        made = record(alike[0][1], studies)
        table = rates(_told(alike[0][1], studies, workers), alike[0][1])
        for folder, protocol in alike:
            write(folder, protocol, table, made)
            print(f"{protocol.name}: calibrated by {studies} studies of each world")


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


if __name__ == "__main__":
    sys.exit(main())
