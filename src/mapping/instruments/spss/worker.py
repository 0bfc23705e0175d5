"""Reads an SPSS file in a process of its own: run as a script by :mod:`.process`, never imported.

The C library beneath pyreadstat can crash on a damaged file, or take all memory. Here it takes
nothing with it but this process. What was read is left as files that can hold no code: JSON, and
numbers. Imports nothing of the program, so that it starts at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

SOURCE, REQUEST, ANSWER = "file.sav", "request.json", "answer.json"

MOST_ROWS = 5_000_000
"""Cases that a file may have."""

CELLS = 8_000_000
"""Cells that are read at a time: each takes some 40 bytes until its column is numbered."""


def main(folder: Path) -> None:
    """Reads ``SOURCE`` in the folder as ``REQUEST`` says, and leaves ``ANSWER`` there."""
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    _confine(int(request["memory"]), int(request["seconds"]))
    try:
        answer = _read(folder, frozenset(request["wanted"]))
    except Exception as error:  # whatever it is, the caller tells the user
        answer = {"error": type(error).__name__, "message": str(error)[:200]}
    (folder / ANSWER).write_text(json.dumps(answer), encoding="utf-8")


def _confine(memory: int, seconds: int) -> None:
    """Bounds to memory and processor time where the system has them; no dump, no dialogue."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415

        ctypes.windll.kernel32.SetErrorMode(0x8007)
        return
    import resource  # noqa: PLC0415

    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
    }
    for kind, most in limits.items():
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):  # macOS does not bound memory in this way
            continue


def _read(folder: Path, wanted: frozenset[str]) -> dict[str, Any]:
    """What is told of all variables, and the number of each value of those wanted."""
    import pyreadstat  # noqa: PLC0415

    source = str(folder / SOURCE)
    _, told = pyreadstat.read_sav(source, metadataonly=True, output_format="dict")
    names = list(told.column_names)
    chosen = [name for name in names if name.casefold() in wanted]
    rows = MOST_ROWS if told.number_rows is None else told.number_rows
    values: dict[str, list[Any]] = {}
    count = max(rows, 0)
    ranges: dict[str, Any] = {}
    for group in _groups(chosen or names[:1], max(1, CELLS // max(count, 1))):
        cells, meta = pyreadstat.read_sav(
            source,
            usecols=group,
            user_missing=True,
            disable_datetime_conversion=True,
            output_format="dict",
            row_limit=MOST_ROWS + 1,
        )
        ranges |= meta.missing_ranges
        for name in group:
            count = len(cells[name])
            if name in chosen:
                place = folder / f"{chosen.index(name)}.npy"
                values[name] = _number(cells.pop(name), place)
    return {
        "rows": count,
        "names": names,
        "labels": told.column_labels,
        "formats": [told.original_variable_types.get(name) or "" for name in names],
        "encoding": told.file_encoding or "",
        "values": [values[name] for name in chosen],
        "chosen": chosen,
        "value_labels": {
            name: [[value, label] for value, label in told.variable_value_labels[name].items()]
            for name in chosen
            if name in told.variable_value_labels
        },
        "missing": {name: found for name, found in ranges.items() if name in chosen},
    }


def _groups(names: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(names), size):
        yield list(names[start : start + size])


def _number(cells: Sequence[Any], place: Path) -> list[Any]:
    """The distinct cells of a column; which one each case has is left in ``place``."""
    import numpy as np  # noqa: PLC0415

    known: dict[Any, int] = {}
    numbers = np.fromiter(
        (known.setdefault(cell, len(known)) for cell in cells), dtype=np.int32, count=len(cells)
    )
    np.save(place, numbers, allow_pickle=False)
    return [cell if cell is None or isinstance(cell, str) else float(cell) for cell in known]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
