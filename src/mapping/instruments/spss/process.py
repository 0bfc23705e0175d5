"""The content of an SPSS file, read in a process of its own that may crash, hang or be greedy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mapping.errors import DataError, Problem
from mapping.instruments.spss import worker

MEMORY = 1_800_000_000
"""Bytes of memory that reading may take, where the system can bound it."""

SECONDS = 6
"""Seconds of processor time that reading any file may take, where the system can bound it."""

BYTES_A_SECOND = 2_000_000
"""Bytes for which a larger file gets a further second."""

PATIENCE = 24
"""Seconds that reading may take beyond that by the clock, for a busy machine."""

ANEW = "Open it in SPSS (or the free PSPP) and save it anew as .sav, or export it anew."

UNICODE = (
    "Open it in SPSS with the language that it was written in, and save it as Unicode "
    "(Edit > Options > Language > Character Encoding: Unicode)."
)

Codes = np.ndarray[Any, np.dtype[np.int32]]
Value = str | float | None


@dataclass(frozen=True)
class Variable:
    """A variable: its name, label and format (``F8.2``, ``DATETIME20``).

    ``distinct`` and ``codes`` are its values, each once, and which of them each case has, of a
    variable that was asked for; None is SPSS's own missing value. ``labels`` are what its values
    are called, ``missing`` its user-missing values: from the lower to the higher, both included.
    """

    name: str
    label: str
    format: str
    distinct: tuple[Value, ...] = field(default=(), repr=False)
    codes: Codes | None = field(default=None, repr=False)
    labels: tuple[tuple[Value, str], ...] = ()
    missing: tuple[tuple[Any, Any], ...] = ()


@dataclass(frozen=True)
class Content:
    """What an SPSS file holds: the number of cases, its encoding, its variables in their order."""

    cases: int
    encoding: str
    variables: tuple[Variable, ...]


def read_content(name: str, data: bytes, wanted: Collection[str]) -> Content:
    """The variables of the SPSS file ``name``, with the values of those ``wanted`` by name.

    ``wanted`` are names in lower case; of other variables no value leaves the process.

    Raises
    ------
    DataError
        The file is damaged, too large, or in another encoding than it says.

    """
    seconds = SECONDS + len(data) // BYTES_A_SECOND
    request = {"wanted": sorted(wanted), "memory": MEMORY, "seconds": seconds}
    try:
        with tempfile.TemporaryDirectory(prefix="mapping-spss-") as made:  # nobody else's to read
            folder = Path(made)
            (folder / worker.SOURCE).write_bytes(data)
            (folder / worker.REQUEST).write_text(json.dumps(request), encoding="utf-8")
            _run(name, folder, seconds + PATIENCE)
            return _content(name, folder)
    except OSError as error:
        found = error.strerror or type(error).__name__
        remedy = "Make room on the disk of the folder for temporary files."
        raise DataError([Problem(name, None, "", found, "to read it", remedy)]) from None


def _run(name: str, folder: Path, seconds: int) -> None:
    command = [sys.executable, "-P", str(Path(worker.__file__)), str(folder)]
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own script, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **one_thread},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DataError([_damaged(name, f"no end to it in {seconds} seconds")]) from None
    if done.returncode or not (folder / worker.ANSWER).is_file():
        raise DataError([_damaged(name, "content on which SPSS's reader fails")])


def _content(name: str, folder: Path) -> Content:
    """What the process has left; it is not trusted, for a damaged file may have confused it."""
    try:
        answer = json.loads((folder / worker.ANSWER).read_text(encoding="utf-8"))
        if "error" in answer:
            raise DataError([_refused(name, answer["error"], answer["message"])])
        if answer["rows"] > worker.MOST_ROWS:
            raise DataError([_damaged(name, f"more than {worker.MOST_ROWS:,} cases")])
        return Content(answer["rows"], answer["encoding"], tuple(_variables(answer, folder)))
    except (ValueError, KeyError, TypeError, IndexError, EOFError):
        raise DataError([_damaged(name, "content that contradicts itself")]) from None


def _variables(answer: Mapping[str, Any], folder: Path) -> Sequence[Variable]:
    place = {name: number for number, name in enumerate(answer["chosen"])}
    made = []
    for name, label, form in zip(answer["names"], answer["labels"], answer["formats"], strict=True):
        if name not in place:
            made.append(Variable(name, label or "", form))
            continue
        values = tuple(answer["values"][place[name]])
        codes = np.load(folder / f"{place[name]}.npy", allow_pickle=False).astype(np.int32)
        if len(codes) != answer["rows"] or (len(codes) and int(codes.max()) >= len(values)):
            raise ValueError(name)
        labels = tuple((value, text) for value, text in answer["value_labels"].get(name, ()))
        missing = tuple((one["lo"], one["hi"]) for one in answer["missing"].get(name, ()))
        made.append(Variable(name, label or "", form, values, codes, labels, missing))
    return made


def _refused(name: str, kind: str, message: str) -> Problem:
    if kind.startswith("Unicode") or "convert" in message or "character set" in message:
        found = "text in another encoding than the file says"
        return Problem(name, None, "", found, "text in the file's own encoding", UNICODE)
    if kind == "MemoryError":
        return _damaged(name, "a size that takes more memory than a survey can")
    if kind == "ReadstatError" and message:
        return _damaged(name, f"the error: {message.rstrip('.')}")
    return _damaged(name, "content that contradicts itself")


def _damaged(name: str, found: str) -> Problem:
    return Problem(name, None, "", found, "an SPSS file that is whole", ANEW)
