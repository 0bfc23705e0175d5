"""How far a change between two years can be trusted: what simulated pairs of years gave.

``change.csv`` tells of every measure how often a change of it was found, in pairs of years in
which nothing has changed and in pairs in which changes are planted; ``moves.csv`` tells of every
pair how many departments were said to have moved between tiers, and how many truly had.
``change.toml`` tells of what code and what method. They lie beside a protocol, are made by
:mod:`mapping.simulation` and only read here.
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

TABLE, MOVES, RECORD = "change.csv", "moves.csv", "change.toml"

WORLDS = ("stable", "changed")
"""The simulated pairs of years: nothing has changed, or several measures have."""

PLANTED = ("none", "rose", "fell", "follows")
"""What is planted of a measure; one that follows from others is neither right nor wrong."""

FAMILY, ALL = "family", "all"
"""The kind of the rows that tell of a family of tests together, and the key of all families."""

_COUNTS = ("tested", "found", "rose", "fell")
_TRUE = ("true_then", "true_now", "low", "high")
COLUMNS = ("world", "kind", "key", "planted", *_COUNTS, *_TRUE)
"""Columns of the table of measures; see :func:`read`."""

_MOVED = (
    "compared", "moved", "clear", "clear_right", "uncertain", "uncertain_right", "other",
    "other_clear",
)  # fmt: skip
MOVES_COLUMNS = ("world", "pair", *_MOVED)
"""Columns of the table of moves; see :func:`read`."""

CHANGE_DECIDING = (
    *(name for name in DECIDING if name not in {
        "findings", "statistics/association.py", "simulation/worlds.py", "simulation/studies.py",
    }),
    "schemas/followup.py",
    "swot.py",
    "recommendations.py",
    "comparison.py",
    *(
        f"followup/{name}.py"
        for name in (
            "change", "lineage", "measures", "pooling", "rests_on", "transitions", "years",
            "yardstick",
        )
    ),
    "statistics/paired.py",
    "simulation/changes.py",
    "simulation/truths.py",
    "simulation/pairs.py",
)  # fmt: skip
"""The code that decides what is found in a simulated pair of years, from the package's folder.

A test holds it against what simulated pairs import.
"""

_ELSEWHERE = {
    "toolbox", "tools", "follows", "disclosure", "audit", "words", "findings", "finding_rules",
    "criteria",
}  # fmt: skip


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class ChangeRecord:
    """Of what it was made: ``pairs`` of years of each world, by hashes of code and method.

    ``table`` is the hash of both tables beside it, by which files that were not made together
    are told.
    """

    pairs: Annotated[int, Field(ge=1)]
    seed: int
    code: str
    method: str
    table: str
    versions: dict[str, str]


@dataclasses.dataclass(frozen=True)
class ChangeCalibration:
    """What was found in simulated pairs of years, of what it was made, and the method as it is now.

    ``rates`` and ``moves``: see :func:`read`. ``sha256`` is of the three files, line ends made
    alike.
    """

    rates: pd.DataFrame
    moves: pd.DataFrame
    record: ChangeRecord
    method: str
    sha256: str

    @cached_property
    def stale(self) -> bool:
        """Whether the code or the method have changed since it was made."""
        return (self.record.code, self.record.method) != (change_code_hash(), self.method)


def change_code_hash(package: Path = PACKAGE) -> str:
    """SHA-256 over the code that decides what is found of a change."""
    return code_hash(package, CHANGE_DECIDING)


def change_method_hash(protocol: Protocol) -> str:
    """SHA-256 over what of the protocol decides what is found of a change."""
    return method_hash(protocol, _ELSEWHERE)


def read(folder: Path, protocol: Protocol) -> ChangeCalibration | None:
    """What simulated pairs of years gave, in the folder of a protocol; None if none were made.

    One row of ``rates`` is a world and a measure (``kind`` and ``key`` as in table ``change``):
    what was ``planted`` of it, in how many pairs of years it was ``tested``, in how many of them
    a change was ``found`` after Holm's correction, ``rose`` or ``fell`` of these, its mean in
    truth in both years (``true_then``, ``true_now``; missing where the truth is not told apart
    from what is seen), and ``low`` and ``high``, the exact 95 % interval of the share of the
    tests that found what was planted, or anything where nothing was. Of the kind ``family`` is
    a row for each family of tests (its kinds with spaces between), and for ``all``: in how many
    pairs anything false was found in it.

    One row of ``moves`` is a world and a pair of years: of the departments ``compared`` (with a
    tier in both years), how many have ``moved`` in truth; are said to have moved, ``clear`` or
    ``uncertain``, and how many of these truly did, and the same way (``clear_right``,
    ``uncertain_right``); were seen by ``other`` instruments in the second year, and
    ``other_clear`` of them are said to have moved clearly.

    Raises
    ------
    DataError
        The files are damaged, were not written together, or not all of them are there.

    """
    table, moves, record = (folder / name for name in (TABLE, MOVES, RECORD))
    if not any(path.is_file() for path in (table, moves, record)):
        return None
    rates, pairs, made = _rates(table), _moves(moves), record_of(record, ChangeRecord)
    if made.table != content_hash(table.read_bytes(), moves.read_bytes()):
        raise DataError([damaged(table)])
    hashed = content_hash(*(path.read_bytes() for path in (table, moves, record)))
    return ChangeCalibration(rates, pairs, made, change_method_hash(protocol), hashed)


def _rates(path: Path) -> pd.DataFrame:
    types = dict.fromkeys(_COUNTS, "int64") | dict.fromkeys(_TRUE, "float64")
    rates = frame_of(path, COLUMNS, types)
    sound = rates["world"].isin(WORLDS) & rates["planted"].isin(PLANTED)
    if not sound.all() or rates.duplicated(["world", "kind", "key"]).any():
        raise DataError([damaged(path)])
    return rates


def _moves(path: Path) -> pd.DataFrame:
    moves = frame_of(path, MOVES_COLUMNS, dict.fromkeys(("pair", *_MOVED), "int64"))
    if not moves["world"].isin(WORLDS).all() or moves.duplicated(["world", "pair"]).any():
        raise DataError([damaged(path)])
    return moves
