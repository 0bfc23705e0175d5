"""Following cells back, rule by rule, until nothing but raw rows and rules is left."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mapping.instruments import RawYear, corrections
from mapping.schemas import FOLLOW_UP
from mapping.trace import audited, chain, compared, findings
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
    **dict.fromkeys(audited.LOOKED_AT, audited.sources),
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

    def block(self, table: str) -> list[Block]:
        """The blocks of one table, of whatever stage."""
        return [block for block in self.blocks if block.table == table]


def step_back(stages: Stages, stage: Stage, table: str, column: str, rows: Rows) -> list[Source]:
    """What these cells are computed from, one step back."""
    return list(RULES[table](At(stages, stage, table, column, rows)))


def provenance(stages: Stages, cells: Iterable[Source]) -> Provenance:
    """Everything that the cells rest on, followed back until only raw rows and rules are left.

    Every cell is followed once, so that this ends whatever the rules say.
    """
    waiting, seen = deque[Source](cells), _Seen()
    while waiting:
        source = waiting.popleft()
        if isinstance(source, Cells):
            for column in source.columns:
                new = seen.new(source, column)
                if len(new):
                    waiting.extend(step_back(stages, source.stage, source.table, column, new))
        else:
            seen.end(source)
    return Provenance(tuple(seen.blocks()), _with_corrections(stages, seen.raw()), seen.rules())


class _Seen:
    """What has been reached so far."""

    def __init__(self) -> None:
        self._stages: dict[str, Stage] = {}
        self._cells: dict[tuple[str, str], dict[str, set[int]]] = {}
        self._raw: dict[tuple[int, str], set[int]] = {}
        self._rules: dict[str, dict[str, None]] = {}

    def new(self, cells: Cells, column: str) -> Rows:
        """Those of the rows whose cell in the column has not been reached before."""
        self._stages[cells.stage.name] = cells.stage
        table = self._cells.setdefault((cells.stage.name, cells.table), {})
        known = table.setdefault(column, set())
        rows = [row for row in cells.rows.tolist() if row not in known]
        known.update(rows)
        return np.array(rows, dtype=np.int64)

    def end(self, source: RawRows | Rules) -> None:
        """Note what nothing lies behind."""
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
        if file in corrections.KEYS:
            changed = _corrections(stages.raw(year), file, rows)
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
