"""How often each verdict came in the simulated studies, written beside the protocol."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from scipy.stats import binomtest

from mapping.calibration import (
    COLUMNS,
    OUTCOMES,
    RECORD,
    TABLE,
    WORLDS,
    Record,
    code_hash,
    content_hash,
    method_hash,
)
from mapping.plots.calibration import chart
from mapping.plots.display import svg
from mapping.prose import words
from mapping.protocol import Protocol
from mapping.simulation.studies import FIRST_SEED
from mapping.simulation.worlds import Planted, told_of
from mapping.vocabulary import DECIMALS, VERDICTS

FIGURE = "calibration.svg"
CONFIDENCE = 0.95
LIBRARIES = ("numpy", "pandas", "scipy")
SUPPORTED = VERDICTS[-1]


def rates(simulated: Iterable[tuple[Planted, pd.DataFrame]], protocol: Protocol) -> pd.DataFrame:
    """The table of a calibration from the verdicts in the studies of each world.

    One row is a finding and a world, see :func:`mapping.calibration.read`; findings in the
    protocol's order. The interval is Clopper and Pearson's (Biometrika 26, 1934), by scipy.
    """
    order = tuple(finding.key for finding in protocol.findings)
    rows = [
        {"finding": finding, "world": world, "planted": planted.name, **rate(verdicts[finding])}
        for planted, verdicts in simulated
        for finding, world in told_of(planted, order)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    ranks = {key: rank for rank, key in enumerate((*order, *WORLDS))}
    return table.sort_values(
        ["finding", "world"], key=lambda column: column.map(ranks), ignore_index=True
    )


def rate(verdicts: pd.Series) -> dict[str, float]:
    """How often each verdict came on one finding, with the interval for support."""
    counts = {outcome: int((verdicts == outcome).sum()) for outcome in OUTCOMES}
    interval = binomtest(counts[SUPPORTED], len(verdicts)).proportion_ci(CONFIDENCE, "exact")
    low, high = (round(float(end), DECIMALS) for end in interval)
    return {"studies": len(verdicts), **counts, "low": low, "high": high}


def record(protocol: Protocol, studies: int) -> Record:
    """Of what a calibration is made that is computed now; of no table yet."""
    return Record(
        studies,
        protocol.finding_rules.permutations,
        FIRST_SEED,
        code_hash(),
        method_hash(protocol),
        "",
        versions(),
    )


def versions() -> dict[str, str]:
    """The versions of Python and of the libraries that decide bytes."""
    return {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


def write(folder: Path, protocol: Protocol, table: pd.DataFrame, made: Record) -> None:
    """Put a calibration and its figure beside the protocol: the same bytes on any machine."""
    rows = table.to_csv(index=False, lineterminator="\n").encode()
    told = asdict(replace(made, table=content_hash(rows)))
    contents = {
        FIGURE: svg(chart(table, words("en", protocol))),
        TABLE: rows,
        RECORD: record_text(told, TABLE).encode(),
    }
    put(folder, contents)


def put(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write the files of a calibration: each takes its place whole.

    The record comes last, and with the hash of the tables: whenever the work is cut short, what
    is then read is one calibration or is known to be damaged.
    """
    for name, content in contents.items():
        pending = folder / f"{name}.{os.getpid()}.part"
        pending.write_bytes(content)
        pending.replace(folder / name)


def record_text(record: Mapping[str, Any], of: str) -> str:
    """A record as TOML; its values are numbers, hashes and version numbers, nothing to escape."""
    values = dict(record)
    told = values.pop("versions")
    lines = [f"# Of what {of} was made; made anew by: make calibrate", ""]
    lines += [f"{key} = {_value(value)}" for key, value in values.items()]
    lines += ["", "[versions]", *(f"{key} = {_value(text)}" for key, text in told.items())]
    return "\n".join(lines) + "\n"


def _value(value: int | str) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
