"""Processed tables on disk: Parquet, checked against their contract when written and when read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mapping.errors import RunError, UsageError
from mapping.schemas import TABLES, conform


def write_table(frame: pd.DataFrame, folder: Path, name: str) -> Path:
    """Write a table as Parquet, checked against its schema; the same rows give the same bytes.

    Raises
    ------
    RunError
        The frame is not a valid table of that name.

    """
    table = pa.Table.from_pandas(conform(frame, name), preserve_index=False)
    target = folder / f"{name}.parquet"
    pending = target.with_name(f"{target.name}.{os.getpid()}.part")
    pq.write_table(table, pending, compression="zstd")
    pending.replace(target)
    return target


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """A processed table, in its set types and order, checked against its schema.

    Raises
    ------
    UsageError
        There is no such table in the folder.
    RunError
        What is there is not a valid table of that name.

    """
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise UsageError(f"no table {name} in {folder.name}: run the mapping of that year first")
    try:
        return conform(pq.read_table(path, partitioning=None).to_pandas(), name)
    except pa.ArrowException as error:
        raise RunError(f"{path.name} is not a Parquet table: {error}") from None


class StoredTables(Mapping[str, pd.DataFrame]):
    """The processed tables of a folder, each read and checked when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = [name for name in TABLES if (folder / f"{name}.parquet").is_file()]
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = read_table(self._folder, name)
        return self._read[name]

    @property
    def baseline(self) -> int | None:
        """The year that these results were compared with, as their run.json says, if it does."""
        try:
            told = json.loads((self._folder / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None  # results that are still being made have none
        return (told.get("baseline") or {}).get("year")

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def read_tables(folder: Path) -> StoredTables:
    """Every processed table that is in the folder, by name, in the order of the chain."""
    return StoredTables(folder)
