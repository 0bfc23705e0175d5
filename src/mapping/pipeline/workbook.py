"""The tables that the reports show, as one spreadsheet that explains itself.

The first sheet tells what every sheet, column and key is, in Swedish and English. All text is
written as text: a spreadsheet never takes it for a formula or a link, not even when somebody opens
the cell and closes it again. The same tables give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mapping.instruments import StudySettings
from mapping.masking import is_formula
from mapping.prose import Words, words
from mapping.protocol import Protocol
from mapping.schemas import AUDIT, FOLLOW_UP
from mapping.vocabulary import LANGUAGES

SHEETS = (
    "participation",
    "indicators",
    "constructs",
    "tiers",
    "aspects",
    "criteria",
    "needs",
    "swot",
    "findings",
    "finding_parts",
    "recommendations",
    "toolbox",
    *AUDIT,
    *FOLLOW_UP,
)
_SHARES = (
    "share", "low", "high", "p_first", "bound_low", "bound_high", "rank_rose", "rank_fell", "noise",
    "by_chance", "total", "share_good", "share_moderate", "share_small", "share_unclassified",
)  # fmt: skip
_CHANCES = ("p", "p_holm", "p_opposite")
_ABOUT_WIDTHS = (16, 22, 62, 62)
_NARROWEST, _WIDEST = 10, 32
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class _Formats:
    """How the cells of a workbook look."""

    title: Format
    note: Format
    head: Format
    text: Format
    sign: Format
    level: Format
    share: Format
    chance: Format
    count: Format

    def of(self, column: str, values: pd.Series) -> Format:
        """The format of a column's numbers: shares in percent, levels with two decimals."""
        if column in _SHARES:
            return self.share
        if column in _CHANCES:
            return self.chance
        return self.count if pd.api.types.is_integer_dtype(values.dtype) else self.level


def workbook(
    tables: Mapping[str, pd.DataFrame], settings: StudySettings, protocol: Protocol
) -> bytes:
    """The workbook's bytes: a sheet that explains, then one sheet a table.

    ``tables`` are the processed tables by name; those that no report shows are left out.
    Missing values are blank cells. With synthetic data every sheet says so.
    """
    texts = [words(language, protocol) for language in LANGUAGES]
    synthetic = _both(texts, "workbook.synthetic") if settings.synthetic else ""
    shown = {name: tables[name] for name in SHEETS if name in tables}
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties(_properties(settings, synthetic))
        formats = _formats(book)
        heading = [f"{_titles(settings)} ({settings.year})", synthetic]
        _write_about(book.add_worksheet("about"), shown, texts, heading, formats)
        for name, table in shown.items():
            heading = [_both(texts, f"workbook.sheets.{name}"), synthetic]
            _write_table(book.add_worksheet(name), table, heading, formats)
    return _same_bytes(buffer.getvalue())


def _both(texts: Sequence[Words], key: str) -> str:
    """The text in every language."""
    return " / ".join(language.say(key) for language in texts)


def _titles(settings: StudySettings) -> str:
    return " / ".join(settings.title[language] for language in LANGUAGES)


def _properties(settings: StudySettings, synthetic: str) -> dict[str, object]:
    """Dated by the fieldwork's end, so that nothing tells when the file was made."""
    created = datetime.combine(settings.fieldwork.end, time(), UTC).replace(tzinfo=None)
    return {"title": _titles(settings), "comments": synthetic, "created": created}


def _formats(book: xlsxwriter.Workbook) -> _Formats:
    wrapped = {"text_wrap": True, "valign": "top"}
    return _Formats(
        title=book.add_format({"bold": True}),
        note=book.add_format({"bold": True, "font_color": "#9C0006"}),
        head=book.add_format({"bold": True, "bottom": 1}),
        text=book.add_format(wrapped),
        sign=book.add_format({"quote_prefix": True}),
        level=book.add_format({"num_format": "0.00"}),
        share=book.add_format({"num_format": "0.0%"}),
        chance=book.add_format({"num_format": "0.0000"}),
        count=book.add_format({"num_format": "0"}),
    )


def _write_heading(sheet: Worksheet, heading: Iterable[str], formats: _Formats) -> int:
    """What the sheet is and, in red, that its data are synthetic; the next free row."""
    title, synthetic = heading
    sheet.write_string(0, 0, title, formats.title)
    if not synthetic:
        return 2
    sheet.write_string(1, 0, synthetic, formats.note)
    sheet.set_header(f"&C{synthetic.replace('&', '&&')}")
    return 3


def _write_about(
    sheet: Worksheet,
    tables: Mapping[str, pd.DataFrame],
    texts: Sequence[Words],
    heading: Iterable[str],
    formats: _Formats,
) -> None:
    row = _write_heading(sheet, heading, formats)
    columns = ["workbook.heads.sheet", "workbook.heads.column"]
    row = _write_rows(sheet, row, _head(texts, columns), _columns(tables, texts), formats)
    kinds = ["workbook.heads.kind", "workbook.heads.key"]
    _write_rows(sheet, row + 1, _head(texts, kinds), _keys(texts), formats)
    for column, width in enumerate(_ABOUT_WIDTHS):
        sheet.set_column(column, column, width)


def _head(texts: Sequence[Words], keys: Sequence[str]) -> list[str]:
    return [*(_both(texts, key) for key in keys), "svenska", "English"]


def _write_rows(
    sheet: Worksheet,
    row: int,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    formats: _Formats,
) -> int:
    """Rows of text under a head; the next free row."""
    _write_texts(sheet, row, head, formats.head)
    for cells in rows:
        row += 1
        _write_texts(sheet, row, cells, formats.text)
    return row + 1


def _write_texts(sheet: Worksheet, row: int, cells: Sequence[str], form: Format) -> None:
    for column, cell in enumerate(cells):
        sheet.write_string(row, column, cell, form)


def _columns(
    tables: Mapping[str, pd.DataFrame], texts: Sequence[Words]
) -> Iterator[tuple[str, ...]]:
    """For every sheet what a row is, then what each of its columns is."""
    for name, table in tables.items():
        yield (name, "", *(language.say(f"workbook.sheets.{name}") for language in texts))
        for column in table.columns:
            yield (name, str(column), *(_column(language, name, str(column)) for language in texts))


def _column(language: Words, table: str, column: str) -> str:
    """What the column is: in this table, else in every table that has it."""
    own = f"workbook.columns.{table}.{column}"
    return language.say(own if language.has(own) else f"workbook.columns.{column}")


def _keys(texts: Sequence[Words]) -> Iterator[tuple[str, ...]]:
    """The label of every key that the tables use."""
    kinds = [key.rpartition(".")[2] for key in texts[0].keys("workbook.kinds.")]
    for kind in kinds:
        for labelled, key in texts[0].labels:
            if labelled == kind:
                labels = [language.label(kind, key) for language in texts]
                yield (_both(texts, f"workbook.kinds.{kind}"), key, *labels)


def _write_table(
    sheet: Worksheet, table: pd.DataFrame, heading: Iterable[str], formats: _Formats
) -> None:
    head = _write_heading(sheet, heading, formats)
    _write_texts(sheet, head, [str(column) for column in table.columns], formats.head)
    for number, column in enumerate(table.columns):
        values = table[column]
        form = formats.of(str(column), values)
        for row, value in enumerate(values, start=head + 1):
            _write_value(sheet, row, number, value, formats.sign if _signed(value) else form)
        longest = max([len(str(column)), *(len(text) for text in values.astype("string").dropna())])
        is_text = pd.api.types.is_string_dtype(values.dtype)
        width = min(max(longest + 2 if is_text else len(str(column)) + 2, _NARROWEST), _WIDEST)
        sheet.set_column(number, number, width)
    sheet.freeze_panes(head + 1, 1)
    sheet.autofilter(head, 0, head + len(table), len(table.columns) - 1)


def _signed(value: object) -> bool:
    """Whether it is a text that would become a formula when the cell is edited."""
    return isinstance(value, str) and is_formula(value)


def _write_value(sheet: Worksheet, row: int, column: int, value: object, form: Format) -> None:
    """A cell by the value's own type; nothing for a missing value."""
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124  (NaN)
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value, form if is_formula(value) else None)
    elif isinstance(value, bool | np.bool_):
        sheet.write_boolean(row, column, bool(value))
    else:
        sheet.write_number(row, column, value, form)


def _same_bytes(data: bytes) -> bytes:
    """The archive without compression, dates and system: they differ between machines."""
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(plain, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return plain.getvalue()
