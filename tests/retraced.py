"""Traced values against the second computation, which has nothing but the raw rows of the trace."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain, zip_longest
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
from recomputed import Method, UnableError, Year, evaluate

from mapping.pipeline.tracing import traced
from mapping.prose import Words, words
from mapping.references import parse
from mapping.study import Study
from mapping.trace.stages import Stages

NO_ROWS = "rests on no row, and is nothing"


@dataclass
class Check:
    """A study and its second computation; ``left_out`` counts by rule what that does not have."""

    study: Study
    raw: Path
    protocol: Path
    differing: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    recomputed: int = 0

    def __post_init__(self) -> None:
        self.stages, self.method = Stages(self.study), Method(self.protocol)
        self.words: Words = words("en", self.study.protocol)
        rows = self.study.finding_parts[["finding", "part", "number"]]
        names = rows.itertuples(index=False, name=None)
        self.parts = {(str(finding), str(part)): int(number) for finding, part, number in names}

    def trace(self, text: str) -> dict[str, Any]:
        """The trace of a reference, as ``mapping trace --json`` has it."""
        told: dict[str, Any] = json.loads(
            json.dumps(asdict(traced(self.stages, parse(text), self.words)))
        )
        return told

    def rows(self, text: str) -> dict[str, list[int]]:
        """The rows of the year's raw files that the reference's trace lists."""
        found: dict[str, list[int]] = self.trace(text)["raw"][str(self.study.settings.year)]
        return found

    def second(self, text: str, rows: dict[str, list[int]]) -> Any:
        """The value once more, from these raw rows alone."""
        return evaluate(text, Year(self.raw, rows, self.method, self.parts))

    def reference(self, text: str) -> None:
        """Trace a reference and compute its value again from the raw rows of its trace alone."""
        told = self.trace(text)
        rows = told["raw"].get(str(self.study.settings.year), {})
        try:
            second = self.second(text, rows)
        except UnableError as unable:
            self.left_out[f"not computed a second time: {unable}"] += 1
            return
        if not rows and not told["value"]:
            self.left_out[NO_ROWS] += 1
            return
        self.recomputed += 1
        if not alike(told["value"], second):
            self.differing.append(f"{text}: {told['value']}, recomputed {second}")


def alike(value: Any, second: Any) -> bool:
    """Whether two values are the same, numbers but for the last of nine decimals."""
    if isinstance(value, int | float) and isinstance(second, int | float):
        return math.isclose(value, second, abs_tol=2e-9)
    return bool(value == second)


def cells(table: str, frame: pd.DataFrame, keys: list[str], draw: Random) -> Iterator[str]:
    """One known cell of every column that is no key, by its reference.

    A table of keys alone has none: how many rows have a key is asked instead.
    """
    others = [name for name in frame.columns if name not in keys]
    if not others:
        row = frame.iloc[draw.randrange(len(frame))]
        yield from (f"count({table}?{key}={row[key]})" for key in keys)
    for column in others:
        known = frame[frame[column].notna()]
        if len(known):
            row = known.iloc[draw.randrange(len(known))]
            yield "/".join([table, *(str(row[key]) for key in keys), column])


def spread(numbers: dict[str, dict[str, Any]], draw: Random) -> list[str]:
    """The references of the numbers, mixed by chance but so that reports and formulas take turns.

    Those of one report and one kind of formula follow each other only when all others are gone.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for ident, number in sorted(numbers.items()):
        reference = number["from"]
        report = ident.partition(":")[0]
        groups.setdefault((report, kind(reference)), []).append(reference)
    mixed = list(groups.values())
    for group in mixed:
        draw.shuffle(group)
    draw.shuffle(mixed)
    turns: Iterable[str | None] = chain.from_iterable(zip_longest(*mixed))
    return list(dict.fromkeys(text for text in turns if text is not None))


def kind(reference: str) -> str:
    """The operations of a reference and the tables that it names."""
    return " ".join(re.findall(r"[a-z_]+(?=\()|(?:(?<=[(, ])|^)[a-z_]+(?=[/?),]|$)", reference))


def fifty(check: Check, numbers: dict[str, dict[str, Any]], draw: Random) -> None:
    """Recompute fifty of the printed numbers, each of another reference."""
    for text in spread(numbers, draw):
        if check.recomputed == 50:
            return
        if rule := not_of_rows(text):
            check.left_out[rule] += 1
        else:
            check.reference(text)


def not_of_rows(reference: str) -> str | None:
    """Why a number rests on no row of the data, if it does not."""
    for name, why in (("text", "fixed in a text"), ("cell", "of a notebook's own cell")):
        if reference.startswith(f"{name}("):
            return why
    if reference.startswith(("protocol(", "count(protocol(")):
        return "a number of the protocol"
    return "counts what is missing" if re.search(r"\w=(?=[&)]|$)", reference) else None
