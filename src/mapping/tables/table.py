"""A display table: written cells, headers, caption and notes, shown as HTML or as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapping.display import Display, element, html, traceable, visible, wrapped
from mapping.prose import Words
from mapping.prose.formats import EN_DASH
from mapping.references import cell, keys, setting
from mapping.schemas import TABLES

_LEFT = "text-align:left"

Cell = Callable[[Any], str]
"""How the cells of a column are written; it never meets a missing value."""


def as_text(value: object) -> str:
    """The value as it is; what a user wrote can hold no reference."""
    return traceable(visible(str(value)), value)


@dataclass(frozen=True)
class Column:
    """A column of a table: its field of the frame, its header, and how its cells are written."""

    field: str
    header: str
    write: Cell
    number: bool = False


@dataclass(frozen=True)
class Table:
    """A display table: shown by Jupyter as HTML, taken up by the PDF.

    ``frame`` holds the values as they are, one column for each of ``columns``; the first
    ``row_headers`` columns name the row. In a ``headed`` table the first column is none of its
    own: what it says stands above the row and names it and the rows below that say nothing
    there; beside it stands the last cell. ``widths`` are the other columns' parts of the width
    in per cent; with them the text is small. ``heading`` and ``remarks`` are caption and notes
    with what their numbers rest on.
    """

    key: str
    heading: str
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    remarks: tuple[str, ...]
    row_headers: int = 1
    headed: bool = False
    widths: tuple[int, ...] = ()

    @property
    def caption(self) -> str:
        """What the table shows, as it is read."""
        return visible(self.heading)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said below the table, as it is read."""
        return tuple(map(visible, self.remarks))

    def cells(self) -> list[list[str]]:
        """The written cells, row by row; a missing value is an en dash."""
        return [[visible(cell) for cell in row] for row in self._traceable()]

    def _traceable(self) -> list[list[str]]:
        """The cells with what their numbers rest on."""
        written = [_written(self.frame[column.field], column.write) for column in self.columns]
        return [list(row) for row in zip(*written, strict=True)]

    @property
    def html(self) -> str:
        """The table and its notes as HTML, everything written escaped; nothing without rows."""
        if self.frame.empty:
            return ""
        caption = element("caption", self.heading, f"tables.{self.key}.caption")
        widths = "".join(f'<col style="width:{width}%">' for width in self.widths)
        columns = wrapped("colgroup", widths) if widths else ""
        body = self._headed() if self.headed else self._body()
        keyed = f"tables.{self.key}.notes"
        notes = "".join(element("p", note, keyed, class_="note") for note in self.remarks)
        size = "small" if self.widths else ""
        return wrapped("table", caption + columns + body, class_=size, data_key=self._name) + notes

    def _body(self) -> str:
        headers = [self._cell("th", c.header, scope="col", class_=_class(c)) for c in self.columns]
        head = wrapped("thead", wrapped("tr", "".join(headers)))
        rows = [self._row(cells, self.columns) for cells in self._traceable()]
        return head + wrapped("tbody", "".join(rows))

    def _row(self, cells: Sequence[str], columns: Sequence[Column]) -> str:
        made = [
            self._cell("th", cell, scope="row", class_=_class(column))
            if place < self.row_headers
            else self._cell("td", cell, class_=_class(column))
            for place, (cell, column) in enumerate(zip(cells, columns, strict=True))
        ]
        return wrapped("tr", "".join(made))

    def _cell(self, tag: str, text: str, **attributes: str) -> str:
        return wrapped(tag, html(text, self._name), **attributes)

    @property
    def _name(self) -> str:
        return f"tables.{self.key}"

    def _headed(self) -> str:
        """Head and body: one group of rows for each cell of the first column that says something.

        A group begins with its name across the table and the last cell beside it; in the row
        below, the last of the others takes that cell's place. No cell spans rows, and every row
        has a header of its own: what a screen reader can follow.
        """
        first, *inner, last = self.columns
        heads = [f"{first.header} / {inner[0].header}", *(c.header for c in (*inner[1:], last))]
        head = "".join(self._cell("th", header, scope="col") for header in heads)
        groups: list[list[str]] = []
        for name, *cells, end in self._traceable():
            if name:
                title = self._cell("th", name, scope="row", colspan=str(len(inner)), style=_LEFT)
                groups.append([_beside(title, self._cell("td", end))])
                *others, widest = cells
                made = [
                    self._cell("th", others[0], scope="row"),
                    *(self._cell("td", c) for c in others[1:]),
                ]
                groups[-1].append(_beside(*made, self._cell("td", widest, colspan="2")))
            else:
                groups[-1].append(self._row([*cells, end], [*inner, last]))
        body = "".join(wrapped("tbody", "".join(group)) for group in groups)
        return wrapped("thead", wrapped("tr", head)) + body

    @property
    def plain(self) -> str:
        """The table as text, a line a row; nothing without rows."""
        if self.frame.empty:
            return ""
        rows = [[column.header for column in self.columns], *self.cells()]
        lines = [self.caption, *(visible(" | ".join(row)) for row in rows), *self.notes]
        return "\n".join(lines)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, object]]:
        shown = Display(self.html, self.plain, {"table": self.key})
        return shown._repr_mimebundle_(include, exclude)

    def __repr__(self) -> str:
        return self.plain


@dataclass(frozen=True)
class Builder:
    """Makes the table of one key: headers, caption and notes come from ``tables.toml``."""

    words: Words
    key: str

    def column(self, field: str, write: Cell = as_text, *, number: bool = False) -> Column:
        """A column under its text's header."""
        return Column(field, self.words.say(f"tables.{self.key}.columns.{field}"), write, number)

    def numbers(self, *fields: str, decimals: int = 0) -> list[Column]:
        """Columns of numbers with so many decimals."""

        def write(value: float) -> str:
            return self.words.formats.number(value, decimals)

        return [self.column(field, write, number=True) for field in fields]

    def table(
        self,
        frame: pd.DataFrame,
        columns: Iterable[Column],
        row_headers: int = 1,
        rows_of: str = "",
        **values: object,
    ) -> Table:
        """The table of the frame's rows, in their order; ``values`` fill caption and notes.

        If the rows are those of a processed table ``rows_of``, its numbers among the columns carry
        the reference of their cell there; the frame has that table's key columns. Other numbers
        carry one if the frame holds them traced.

        The confidence of the protocol's intervals is among the values of every table. A missing
        value is explained by the table's own text for it, or else by the common one.
        """
        confidence = self.words.formats.percentage(setting(self.words.protocol, "swot.confidence"))
        values = {"confidence": confidence} | values
        shown = tuple(columns)
        kept = _traced(frame, rows_of)[[column.field for column in shown]].reset_index(drop=True)
        notes = [self._say(key, values) for key in self.words.keys(f"tables.{self.key}.notes.")]
        if any(missing(value) for name in kept for value in kept[name]):
            own = f"tables.{self.key}.missing"
            notes.append(self.words.say(own if self.words.has(own) else "tables.missing"))
        caption = self._say(f"tables.{self.key}.caption", values)
        return Table(self.key, caption, shown, kept, tuple(filter(None, notes)), row_headers)

    def _say(self, key: str, values: Mapping[str, object]) -> str:
        needed = self.words.variables(key)
        return self.words.say(key, **{name: values[name] for name in needed & values.keys()})


def _traced(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The frame with the numbers of the table's own columns traced to their cells there."""
    if not table or frame.empty:
        return frame
    rows = frame.to_dict("records")
    own = [name for name in map(str, frame) if _is_number(frame[name], table)]
    return frame.assign(**{name: _cells_of(frame, rows, table, name) for name in own})


def _cells_of(
    frame: pd.DataFrame, rows: Sequence[Mapping[Any, Any]], table: str, column: str
) -> pd.Series:
    """A column of a table's rows with the reference of each cell; missing is None."""
    made: list[Any] = [cell(table, row, column) for row in rows]
    return pd.Series(made, index=frame.index, dtype="object")


def _is_number(values: pd.Series, table: str) -> bool:
    own = table not in TABLES or values.name in TABLES[table].columns
    kinds = pd.api.types
    number = kinds.is_numeric_dtype(values) and not kinds.is_bool_dtype(values)
    return own and number and values.name not in keys(table)


def missing(value: Any) -> bool:
    """Whether the value of a cell is missing; lists and counts never are."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _beside(*cells: str) -> str:
    return wrapped("tr", "".join(cells))


def _class(column: Column) -> str:
    return "number" if column.number else ""


def _written(values: pd.Series, write: Cell) -> list[str]:
    return [EN_DASH if missing(value) else write(value) for value in values]
