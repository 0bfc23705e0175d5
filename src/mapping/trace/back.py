"""Following cells back, rule by rule, until nothing but raw rows and rules is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mapping.instruments import RawYear, corrections
from mapping.references import DERIVED
from mapping.schemas import FOLLOW_UP
from mapping.trace import audited, chain, compared, findings, shown
from mapping.trace.cells import At, Cells, RawRows, Rules, Source
from mapping.trace.stages import REGISTER, Rows, Stage, Stages

RULES: Mapping[str, Callable[[At], Iterator[Source]]] = {
    **dict.fromkeys(
        (
            REGISTER, "evidence", "respondents", "participation", "indicators", "constructs",
            "aspects", "tiers", "criteria", "recommendations", "needs", "swot", "toolbox",
        ),
        chain.sources,
    ),
    **dict.fromkeys(("findings", "finding_parts"), findings.sources),
    **dict.fromkeys(FOLLOW_UP, compared.sources),
    **dict.fromkeys(DERIVED, shown.sources),
    **dict.fromkeys(audited.TRACED, audited.sources),
}  # fmt: skip
"""The rule of every table: what its cells are computed from, one step back."""


@dataclass(frozen=True)
class Block:
    """Rows of one table of a stage that a value rests on, and the columns that it rests on."""

    stage: Stage
    table: str
    columns: tuple[str, ...]
    rows: Rows

    @property
    def frame(self) -> pd.DataFrame:
        """The rows themselves, every column."""
        return self.stage.frame(self.table).iloc[self.rows]


@dataclass(frozen=True)
class Provenance:
    """All that some cells rest on.

    ``blocks`` begin with the cells themselves and go towards the evidence; ``raw`` holds the
    rows by year and file, ``rules`` the keys by stage.
    """

    blocks: tuple[Block, ...]
    raw: Mapping[tuple[int, str], tuple[int, ...]]
    rules: Mapping[str, tuple[str, ...]]


def step_back(stages: Stages, stage: Stage, table: str, column: str, rows: Rows) -> list[Source]:
    """What these cells are computed from, one step back."""
    return list(RULES[table](At(stages, stage, table, column, rows)))


def provenance(stages: Stages, cells: Iterable[Source]) -> Provenance:
    """Everything that the cells rest on, followed back until only raw rows and rules are left.

    Every cell is followed once, so that this ends whatever the rules say.
    """
    reached = _Reached()
    reached.add(cells)
    while asked := reached.next():
        reached.add(step_back(stages, *asked))
    raw = _with_corrections(stages, reached.raw())
    return Provenance(tuple(reached.blocks()), raw, reached.rules())


class _Reached:
    """What has been reached so far, and which cells of it have not been followed yet."""

    def __init__(self) -> None:
        self._stages: dict[str, Stage] = {}
        self._cells: dict[tuple[str, str], dict[str, set[int]]] = {}
        self._waiting: dict[tuple[str, str, str], list[int]] = {}
        self._raw: dict[tuple[int, str], set[int]] = {}
        self._rules: dict[str, dict[str, None]] = {}

    def add(self, sources: Iterable[Source]) -> None:
        """Note what has been reached; cells that are new wait to be followed."""
        for source in sources:
            if isinstance(source, Cells):
                self._stages[source.stage.name] = source.stage
                for column in source.columns:
                    self._wait(source, column)
            else:
                self._end(source)

    def next(self) -> tuple[Stage, str, str, Rows] | None:
        """All waiting cells of one column, the one that was reached first; None if none wait."""
        if not self._waiting:
            return None
        stage, table, column = first = next(iter(self._waiting))
        rows = np.array(self._waiting.pop(first), dtype=np.int64)
        return self._stages[stage], table, column, np.sort(rows)

    def _wait(self, cells: Cells, column: str) -> None:
        table = self._cells.setdefault((cells.stage.name, cells.table), {})
        known = table.setdefault(column, set())
        if new := [row for row in cells.rows.tolist() if row not in known]:
            known.update(new)
            place = cells.stage.name, cells.table, column
            self._waiting.setdefault(place, []).extend(new)

    def _end(self, source: RawRows | Rules) -> None:
        if isinstance(source, RawRows):
            self._raw.setdefault((source.year, source.file), set()).update(source.rows)
        else:
            self._stages[source.stage.name] = source.stage
            self._rules.setdefault(source.stage.name, {}).update(dict.fromkeys(source.keys))

    def blocks(self) -> Iterator[Block]:
        for (stage, table), columns in self._cells.items():
            rows = sorted(set[int]().union(*columns.values()))
            if rows:
                yield Block(self._stages[stage], table, tuple(columns), np.array(rows))

    def raw(self) -> dict[tuple[int, str], tuple[int, ...]]:
        return {place: tuple(sorted(rows)) for place, rows in sorted(self._raw.items())}

    def rules(self) -> dict[str, tuple[str, ...]]:
        return {stage: tuple(sorted(keys)) for stage, keys in self._rules.items()}


def _with_corrections(
    stages: Stages, raw: dict[tuple[int, str], tuple[int, ...]]
) -> dict[tuple[int, str], tuple[int, ...]]:
    """The raw rows, and those of corrections.csv that changed any of them."""
    found = dict(raw)
    for (year, file), rows in raw.items():
        table = stages.raw(year).tables.get(file)
        if table in corrections.KEYS:
            changed = _corrections(stages.raw(year), table, rows)
            known = found.get((year, corrections.NAME), ())
            if changed:
                found[year, corrections.NAME] = tuple(sorted({*known, *changed}))
    return dict(sorted(found.items()))


_KEYS = {
    "departments.csv": ("departments", "department_id"),
    "interviews.csv": ("interviews", "segment_id"),
    "workshop.csv": ("workshop", "item_id"),
    "survey.csv": ("respondents", "response"),
}
"""What was read of each file that can be corrected, and the key of its rows there."""


def _corrections(raw: RawYear, file: str, rows: Iterable[int]) -> list[int]:
    told = raw.corrections
    name, key = _KEYS[file]
    frame: pd.DataFrame = getattr(raw, name)
    keys = frame.loc[frame["row"].isin(list(rows)), key]
    hit = told[(told["file"] == file) & told["key"].isin(keys)]
    return [int(row) for row in hit["row"]]
