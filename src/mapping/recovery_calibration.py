"""How far the tiers can be trusted: what planted studies gave, kept beside a protocol.

``recovery.csv`` tells of every simulated study how many departments of each true tier were given
which tier, under growing noise and with growing parts missing; ``recovery.toml`` tells of what
code and what method. They are made by :mod:`mapping.simulation` and only read here.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked

from mapping.calibration import (
    DECIDING,
    PACKAGE,
    code_hash,
    content_hash,
    damaged,
    frame_of,
    method_hash,
    record_of,
)
from mapping.errors import DataError
from mapping.protocol import Protocol
from mapping.vocabulary import GAPS, GIVEN

TABLE, RECORD = "recovery.csv", "recovery.toml"

_COUNTS = ("study", "frame", "participating", *GIVEN.values(), "wrong_borderline")
COLUMNS = ("gaps", "noise", *_COUNTS)
"""Columns of the table; see :func:`read`."""

RECOVERY_DECIDING = (
    "vocabulary.py",
    "protocol.py",
    *(name for name in DECIDING if name.startswith("instruments/")),
    "evidence.py",
    "indicators.py",
    "tiers.py",
    "participation.py",
    *(f"schemas/{name}.py" for name in ("__init__", "chain", "columns")),
    "example",
    "simulation/recovery.py",
    "simulation/truths.py",
)
"""The code that decides the tiers of a simulated study, from the package's folder.

A test holds it against what a simulated study of the tiers imports.
"""

_ELSEWHERE = {
    "toolbox", "tools", "follows", "disclosure", "audit", "words", "findings", "finding_rules",
    "criteria", "swot", "recommendations", "follow_up", "constructs", "need_rules",
}  # fmt: skip


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class RecoveryRecord:
    """Of what it was made: ``studies`` of each noise and gaps, by hashes of code and method.

    ``table`` is the hash of the table beside it, by which files that were not made together
    are told.
    """

    studies: Annotated[int, Field(ge=1)]
    seed: int
    code: str
    method: str
    table: str
    versions: dict[str, str]


@dataclasses.dataclass(frozen=True)
class Recovery:
    """The tiers given in planted studies, of what they were made, and the method as it is now.

    ``studies``: see :func:`read`. ``sha256`` is of the two files, line ends made alike.
    """

    studies: pd.DataFrame
    record: RecoveryRecord
    method: str
    sha256: str

    @cached_property
    def stale(self) -> bool:
        """Whether the code or the method have changed since it was made."""
        return (self.record.code, self.record.method) != (recovery_code_hash(), self.method)


def recovery_code_hash(package: Path = PACKAGE) -> str:
    """SHA-256 over the code that decides the tiers of a simulated study."""
    return code_hash(package, RECOVERY_DECIDING)


def recovery_method_hash(protocol: Protocol) -> str:
    """SHA-256 over what of the protocol decides the tiers."""
    return method_hash(protocol, _ELSEWHERE)


def read(folder: Path, protocol: Protocol) -> Recovery | None:
    """What planted studies gave, in the folder of a protocol; None if none were made.

    One row of ``studies`` is a simulated study, by ``gaps`` (how much is missing: nothing, as
    much as in the example, more, most), ``noise`` (the share of what is said, noted and answered
    that is drawn at random; with 1 all is chance) and its number. Of the departments of its
    ``frame``, how many are ``participating``; how many of each true tier were given which, as
    ``good_moderate`` (true good, given moderate), the others being unclassified; and how many
    of those given a wrong tier are borderline. The true tier is the one that the true levels
    give by the protocol.

    Raises
    ------
    DataError
        The files are damaged, were not written together, or only one of them is there.

    """
    table, record = folder / TABLE, folder / RECORD
    if not table.is_file() and not record.is_file():
        return None
    studies, made = _studies(table), record_of(record, RecoveryRecord)
    if made.table != content_hash(table.read_bytes()):
        raise DataError([damaged(table)])
    both = content_hash(table.read_bytes(), record.read_bytes())
    return Recovery(studies, made, recovery_method_hash(protocol), both)


def _studies(path: Path) -> pd.DataFrame:
    studies = frame_of(path, COLUMNS, {"noise": "float64"} | dict.fromkeys(_COUNTS, "int64"))
    sound = studies["gaps"].isin(GAPS) & studies["noise"].between(0, 1)
    if not sound.all() or studies.duplicated(["gaps", "noise", "study"]).any():
        raise DataError([damaged(path)])
    return studies
