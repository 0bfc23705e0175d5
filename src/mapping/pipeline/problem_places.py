"""Where an error really is, in files whose rows are those of the table that convert writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mapping.errors import DataError, Problem
from mapping.instruments.folder import Source, read_folder
from mapping.instruments.limesurvey import read_lsa
from mapping.instruments.recognised import Read
from mapping.instruments.refi_qda import read_refi_qda
from mapping.instruments.study_settings import StudySettings
from mapping.instruments.swot_blocks import read_swot_blocks
from mapping.instruments.tables import find_tables
from mapping.protocol import Protocol

_WITHOUT_ROWS = (read_refi_qda, read_lsa)
"""Readers of files that have no rows of their own."""


def located(
    error: DataError, folder: Path, protocol: Protocol, settings: StudySettings
) -> DataError:
    """The error with the sheets and cells of a workshop's workbook in place of a table's rows.

    Of other files without rows of their own a note says once which rows are meant.
    """
    try:
        sources = find_tables(read_folder(folder)).sources.values()
    except DataError:
        return error
    problems = error.problems
    for source in sources:
        if source.format and source.format.read is read_swot_blocks:
            problems = _in_cells(problems, source, protocol, settings)
    told = DataError(problems)
    for note in (*getattr(error, "__notes__", ()), *_note(problems, sources)):
        told.add_note(note)
    return told


def _note(problems: Iterable[Problem], sources: Iterable[Source]) -> list[str]:
    """One line on the files whose rows nobody finds in them."""
    without = {name for one in sources if _has_no_rows(one) for name in one.files}
    named = sorted({one.file for one in problems if one.row is not None} & without)
    if not named:
        return []
    return [f"rows of {', '.join(named)} are those of the table that mapping convert makes of them"]


def _has_no_rows(source: Source) -> bool:
    form = source.format
    return form is not None and (form.read in _WITHOUT_ROWS or len(source.files) > 1)


def _in_cells(
    problems: Sequence[Problem], source: Source, protocol: Protocol, settings: StudySettings
) -> tuple[Problem, ...]:
    """The problems of the workbook, each with its sheet, and the cell and row of its note."""
    try:
        read = read_swot_blocks(source.files, protocol, settings)
    except DataError:
        return tuple(problems)
    (name,) = source.files
    header = read.sheet.header
    ids = dict(zip(map(int, read.sheet.rows), read.sheet.column("item_id"), strict=True))
    sheets = _sheets(read)
    return tuple(
        _in_cell(one, str(ids[one.row]), sheets)
        if one.file == name and one.row in ids and one.column in header
        else one
        for one in problems
    )


def _sheets(read: Read) -> Mapping[str, str]:
    """The sheet that the ids of notes begin with, as :func:`read_swot_blocks` makes them."""
    seen: Counter[str] = Counter()
    sheets = {}
    for one in read.found[0].mapped:
        if one.what == "department":
            seen[one.to] += 1
            number = seen[one.to]
            sheets[one.to if number == 1 else f"{one.to}/{number}"] = one.name
    return sheets


def _in_cell(problem: Problem, ident: str, sheets: Mapping[str, str]) -> Problem:
    start, _, cell = ident.rpartition("!")
    place = f"sheet {sheets.get(start, start)}, note in {cell}: {problem.column}"
    return replace(problem, row=int(re.sub(r"[A-Z]", "", cell)), column=place)
