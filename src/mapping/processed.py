"""Processed tables on disk: Parquet, checked against their contract when written and when read."""

from __future__ import annotations

import os
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


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Every processed table that is in the folder, by name, in the order of the chain."""
    return {
        name: read_table(folder, name) for name in TABLES if (folder / f"{name}.parquet").is_file()
    }
