"""The workshop's notes as facilitators type them: a sheet for each department, with four blocks.

A block is headed by a word for its quadrant; its notes stand below, the theme of each in the cell
to the right. The blocks stand in any arrangement, with a column or a row between or not. A sheet's
name is the department's id, unless study.toml has another for it.

Votes stand after the note: ``(3)``, at most three digits, so that ``(2019)`` is a year; or dots:
bullets of any kind (•, ●, ·, ∙), directly after the note or after a space; full stops only after a
space, for directly after a word they are the sentence's, and never the one sign of an ellipsis.
What is like votes and is none (``(3).``) is told. What stands above all headings of a sheet is its
title, and told as not read; anything else outside of the blocks is an error, as is a note without a
theme.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mapping.errors import DataError, Problem
from mapping.instruments import workshop
from mapping.instruments.code_names import plain
from mapping.instruments.fields import SUGGESTIONS, shown
from mapping.instruments.recognised import Mapped, Progress, Read, Recognised, silent
from mapping.instruments.register import DEPARTMENT_ID
from mapping.instruments.renaming import never_there
from mapping.instruments.sheet import clean, sheet_of
from mapping.instruments.spreadsheet import Grid, headed, is_workbook
from mapping.instruments.spreadsheet.cells import Cell, address
from mapping.instruments.spreadsheet.grid import LAST_ROW, Area, Budget, read_grid
from mapping.instruments.spreadsheet.package import Package, open_package
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Protocol

KIND = "workshop workbook, a sheet for each department"

LOOKED_AT = 200
"""Filled rows of each sheet in which :func:`is_swot_blocks` looks for headings."""

THEME_WORDS = ("tema", "teman", "theme", "themes")
NOTE_WORDS = ("", "lapp", "lappar", "anteckning", "anteckningar", "note", "notes")
"""Words above the notes and themes of a block that are neither."""

_QUADRANTS = {
    word: quadrant for quadrant, words in workshop.QUADRANT_WORDS.items() for word in words
}
_BETWEEN = re.compile(r"\s*[/|(),;:–—-]\s*")
_BULLETS = "•●·∙⋅⚫⬤◦○◉∘⦁‧・▪■◾★☆✓✔"
_DOTS = re.compile(
    rf"\s*(?P<bullets>[{_BULLETS}](?:\s*[{_BULLETS}])*)\s*$|\s(?P<stops>\.(?:\s*\.)*)\s*$"
)
_COUNTED = re.compile(r"\s*\(\s*\+?([0-9]{1,3})\s*(?:röst|röster|vote|votes|p|st)?\s*\)\s*$", re.I)
_ALMOST = re.compile(
    rf"\([^()]*[0-9][^()]*\)[.,;:!?]?$|\s[*|+#xX/]+$|[*|]{{2,}}$|\s…$|[{_BULLETS}]+[.,;:!?]$"
    rf"|^[{_BULLETS}]{{2,}}"
)
_LONGEST = 1_000
"""Letters at the end of a note in which votes are looked for."""

UNLIKE = (
    "What stands at the end of these notes looks like votes, and is read as text: {}. "
    "Votes are written (3) or as dots."
)

Cells = Mapping[tuple[int, int], Cell]


@dataclass(frozen=True)
class _Block:
    """A quadrant's heading, and the first and last row of its notes, which are in its column."""

    quadrant: str
    row: int
    column: int
    first: int
    last: int

    def notes(self) -> Area:
        """The cells of the notes and of their themes."""
        return Area(self.first, self.column, self.last, self.column + 1)


@dataclass(frozen=True)
class _Note:
    """A note as it was found, with the cell that it stands in."""

    cell: str
    quadrant: str
    theme: str
    votes: int
    statement: str


@dataclass(frozen=True)
class _Found:
    """What one sheet holds. ``titles`` are the cells above the blocks."""

    sheet: str
    department: str = ""
    notes: tuple[_Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    titles: tuple[str, ...] = ()


def is_swot_blocks(data: bytes) -> bool:
    """Whether a visible sheet of a workbook has headings of blocks and is no table of notes."""
    if not is_workbook(data):
        return False
    try:
        package = open_package("", data)
        return any(map(_has_blocks, _grids(package, LOOKED_AT)))
    except DataError:
        return False


def read_swot_blocks(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
) -> Read:
    """The notes of one workbook in the columns of ``workshop.csv``.

    item_id is the department and the cell (``ABC-1!A7``), date that of study.toml or unknown; rows
    are those of the table. A theme is known by its key, by its label in either language, or by
    study.toml; one that is not known stays as it stands, and its cells are told as a warning.

    Raises
    ------
    DataError
        It is no sound .xlsx workbook.

    """
    ((name, data),) = files.items()
    package = open_package(name, data)
    hidden = [part.name for part in package.sheets if part.hidden or not part.cells]
    grids = list(_grids(package))
    themes = _themes(protocol, settings)
    found: list[_Found] = []
    others: list[str] = []
    dropped: list[str] = []
    for number, grid in enumerate(grids, start=1):
        one = _read_sheet(name, grid, settings)
        if one is None:
            (dropped if grid.name in settings.workshop.departments else others).append(grid.name)
        else:
            found.append(one)
        progress(name, number, len(grids))
    day = settings.workshop.date.isoformat() if settings.workshop.date else ""
    notes = [(one, ident, note) for one, ident in _idents(found) for note in one.notes]
    sheet = sheet_of(
        name,
        {
            "item_id": [f"{ident}!{note.cell}" for _, ident, note in notes],
            "department_id": [one.department for one, _, _ in notes],
            "date": [day for _ in notes],
            "quadrant": [note.quadrant for _, _, note in notes],
            "theme": [themes.get(plain(note.theme), note.theme) for _, _, note in notes],
            "votes": [str(note.votes) for _, _, note in notes],
            "statement": [note.statement for _, _, note in notes],
        },
        problems=[problem for one in found for problem in one.problems],
    )
    left = {
        "Sheets left out by study.toml": dropped,
        "Sheets without blocks, not read": others,
        "Hidden sheets, not read": hidden,
    }
    told = Recognised(
        name,
        KIND,
        "workshop",
        {
            "departments": len({one.department for one in found if one.department}),
            "notes": len(notes),
            "votes": sum(note.votes for _, _, note in notes),
        },
        (*_departments(found), *_mapped(notes, themes)),
        tuple(f"{what}: {', '.join(names)}." for what, names in left.items() if names),
        (*_warnings(found, themes), *_never_there(grids, notes, settings)),
    )
    return Read(replace(sheet, unknown=() if day else ("date",)), (told,))


def heading(text: str) -> str:
    """The quadrant that a heading names, in either language or both; blank if it is none.

    >>> heading("STYRKOR:"), heading("Hot / Threats"), heading("Styrkor och svagheter")
    ('strength', 'threat', '')
    """
    if len(text) > 60:
        return ""
    words = [word for word in _BETWEEN.split(text.strip().casefold()) if word]
    named = {_QUADRANTS.get(word, "") for word in words}
    return named.pop() if len(named) == 1 else ""


def votes(text: str) -> tuple[str, int]:
    """A note without its votes, and how many there are.

    >>> votes("Kunniga kollegor (3)"), votes("Kontakter••"), votes("Tid saknas. .."), votes("Slut.")
    (('Kunniga kollegor', 3), ('Kontakter', 2), ('Tid saknas.', 2), ('Slut.', 0))

    Raises
    ------
    ValueError
        There are dots and a number, and they differ; or votes and no note.

    """
    rest = text.strip()
    seen: list[int] = []
    while len(seen) < 2 and (found := _last_votes(rest)):
        rest, count = found
        seen.append(count)
    if len(set(seen)) > 1 or (seen and not rest):
        raise ValueError
    return rest, seen[0] if seen else 0


def _last_votes(text: str) -> tuple[str, int] | None:
    """The votes at the end of a text, and what stands before them."""
    end = max(0, len(text) - _LONGEST)
    tail = text[end:]
    if counted := _COUNTED.search(tail):
        return text[: end + counted.start()].rstrip(), int(counted.group(1))
    if dots := _DOTS.search(f" {tail}" if not end else tail):
        signs = dots.group("bullets") or dots.group("stops")
        count = sum(1 for sign in signs if not sign.isspace())
        return text[: max(0, end + dots.start() - (not end))].rstrip(), count
    return None


def _grids(package: Package, most: int | None = None) -> Iterator[Grid]:
    """The visible sheets with a filled cell, to a number of rows."""
    budget = Budget(package.file)
    for part in package.sheets:
        if part.cells and not part.hidden:
            grid = read_grid(package, part, budget, most=most or LAST_ROW)
            if len(grid.rows):
                yield grid


def _has_blocks(grid: Grid) -> bool:
    """Whether two quadrants or more head something, and no column of a table lists them."""
    if headed(grid, workshop.COLUMNS).score(workshop.COLUMNS) >= 2:
        return False
    headings = [
        (row, column, quadrant)
        for row, column, cell in grid.each()
        if cell.kind == "text" and (quadrant := heading(cell.text))
    ]
    if len({quadrant for _, _, quadrant in headings}) < 2:
        return False
    filled = Counter(row for row, _, _ in grid.each())
    crowded = sum(filled[row] > 3 for row, _, _ in headings)
    columns = {column for _, column, _ in headings}
    listed = len(columns) == 1 and (2 * crowded > len(headings) or len(headings) > 5)
    return not listed


def _read_sheet(file: str, grid: Grid, settings: StudySettings) -> _Found | None:
    """The notes of a sheet; None if it has no block and need not have any."""
    cells = {(row, column): cell for row, column, cell in grid.each()}
    blocks = _blocks(cells, grid.merged)
    named = settings.workshop.departments
    department = named.get(grid.name, grid.name).strip()
    known = grid.name in named or bool(re.fullmatch(DEPARTMENT_ID, department))
    if (grid.name in named and not department) or (not blocks and not known):
        return None
    wrong = [*_quadrant_problems(file, grid.name, blocks)]
    if blocks and not re.fullmatch(DEPARTMENT_ID, department):
        wrong.append(_no_department(file, grid.name))
    if wrong:
        ident = department if re.fullmatch(DEPARTMENT_ID, department) else ""
        return _Found(grid.name, ident, problems=tuple(wrong))
    notes, problems = _notes(file, grid.name, cells, blocks)
    merged = [area for area in grid.merged if any(_meet(area, block.notes()) for block in blocks)]
    problems += [_merged(file, grid.name, area) for area in merged]
    top = min(block.row for block in blocks)
    inside = {place for block in blocks for place in _places(cells, block)}
    outside = sorted(set(cells) - inside)
    problems += [_outside(file, grid.name, place) for place in outside if place[0] >= top]
    titles = tuple(address(*place) for place in outside if place[0] < top)
    return _Found(grid.name, department, tuple(notes), tuple(problems), titles)


def _blocks(cells: Cells, merged: Sequence[Area]) -> list[_Block]:
    """The blocks of a sheet, by row and column.

    A block ends above the next heading in its two columns, or with the sheet's last filled row.
    """
    heads = {
        place: quadrant
        for place, cell in sorted(cells.items())
        if cell.kind == "text" and (quadrant := heading(cell.text))
    }
    bottoms = {(area.top, area.left): area.bottom for area in merged}
    end = max((row for row, _ in cells), default=0)
    rows: dict[int, list[int]] = defaultdict(list)
    for row, column in heads:  # by row
        rows[column].append(row)
    found = []
    for (row, column), quadrant in heads.items():
        near = (rows.get(c, []) for c in range(column - 1, column + 2))
        below = [own[place] for own in near if (place := bisect_right(own, row)) < len(own)]
        first = bottoms.get((row, column), row) + 1
        if _is_label(cells, first, column):
            first += 1
        found.append(_Block(quadrant, row, column, first, min(below, default=end + 1) - 1))
    return found


def _is_label(cells: Cells, row: int, column: int) -> bool:
    """Whether a row of a block says what its columns are."""
    note, theme = (_text(cells, row, c).casefold() for c in (column, column + 1))
    return theme in THEME_WORDS and note in NOTE_WORDS


def _text(cells: Cells, row: int, column: int) -> str:
    cell = cells.get((row, column))
    return clean(cell.text) if cell else ""


def _places(cells: Cells, block: _Block) -> Iterator[tuple[int, int]]:
    """The cells that are read of a block, those of its heading and labels included."""
    yield block.row, block.column
    if _text(cells, block.row, block.column + 1).casefold() in THEME_WORDS:
        yield block.row, block.column + 1
    for row in range(block.row + 1, block.last + 1):
        yield row, block.column
        yield row, block.column + 1


def _notes(
    file: str, sheet: str, cells: Cells, blocks: Sequence[_Block]
) -> tuple[list[_Note], list[Problem]]:
    notes: list[_Note] = []
    problems: list[Problem] = []
    for block in blocks:
        for row in range(block.first, block.last + 1):
            places = [(row, block.column), (row, block.column + 1)]
            pair = [cells.get(place) for place in places]
            bad = [
                _unreadable(file, sheet, place, cell)
                for place, cell in zip(places, pair, strict=True)
                if cell and cell.kind in ("formula", "error")
            ]
            note, theme = (_text(cells, *place) for place in places)
            problems += bad
            if bad or not (note or theme):
                continue
            try:
                statement, count = votes(note)
            except ValueError:
                problems.append(_no_votes(file, sheet, places[0]))
                continue
            if not note or not theme:
                problems.append(_half(file, sheet, places, note=bool(note)))
                continue
            cell = address(*places[0])
            notes.append(_Note(cell, block.quadrant, theme, count, statement))
    return notes, problems


def _themes(protocol: Protocol, settings: StudySettings) -> dict[str, str]:
    """The themes by what they may be called; study.toml's words come before the codebook's."""
    known: dict[str, str] = {}
    for code in protocol.codes:
        if code.instrument == "workshop":
            known |= {plain(name): code.code for name in (code.label.sv, code.label.en, code.code)}
    return known | {plain(name): theme for name, theme in settings.workshop.themes.items()}


def _idents(found: Iterable[_Found]) -> Iterator[tuple[_Found, str]]:
    """Each sheet with what its notes' ids begin with: the department, numbered from the second."""
    seen: Counter[str] = Counter()
    for one in found:
        seen[one.department] += 1
        number = seen[one.department]
        yield one, one.department if number == 1 else f"{one.department}/{number}"


def _departments(found: Iterable[_Found]) -> Iterator[Mapped]:
    for one in found:
        yield Mapped("department", one.sheet, one.department, len(one.notes))


def _mapped(
    notes: Iterable[tuple[_Found, str, _Note]], themes: Mapping[str, str]
) -> Iterator[Mapped]:
    """What each word for a theme was read as; the nearest of the commonest unknown ones alone."""
    counts = Counter(note.theme for _, _, note in notes)
    lost = [theme for theme, _ in counts.most_common() if plain(theme) not in themes]
    beyond = set(lost[SUGGESTIONS:])
    for theme, count in sorted(counts.items()):
        key = themes.get(plain(theme), "")
        close = (
            []
            if key or theme in beyond
            else difflib.get_close_matches(plain(theme)[:100], themes, n=1)
        )
        yield Mapped("theme", shown(theme), key, count, themes[close[0]] if close else "")


def _warnings(found: Iterable[_Found], themes: Mapping[str, str]) -> Iterator[str]:
    for one in found:
        if one.titles:
            yield f"Sheet {one.sheet}: {', '.join(one.titles)} above the blocks, not read."
        unknown = [note.cell for note in one.notes if plain(note.theme) not in themes]
        if unknown:
            yield f"Sheet {one.sheet}: no known theme beside the notes {', '.join(unknown)}."
        unlike = [note.cell for note in one.notes if _ALMOST.search(note.statement[-_LONGEST:])]
        if unlike:
            yield f"Sheet {one.sheet}: {UNLIKE.format(', '.join(unlike))}"


def _never_there(
    grids: Iterable[Grid], notes: Iterable[tuple[_Found, str, _Note]], settings: StudySettings
) -> Iterator[str]:
    """The names that study.toml tells and the workbook never has."""
    told = settings.workshop
    words = {plain(note.theme) for _, _, note in notes}
    there = [theme for theme in told.themes if plain(theme) in words]
    yield from never_there("workshop.themes", told.themes, there)
    yield from never_there("workshop.departments", told.departments, [one.name for one in grids])


def _quadrant_problems(file: str, sheet: str, blocks: Sequence[_Block]) -> Iterator[Problem]:
    """What is wrong with the headings of a sheet."""
    remedy = "Write the heading above its notes; a quadrant without notes has only its heading."
    there = Counter(block.quadrant for block in blocks)
    missing = [quadrant for quadrant in workshop.QUADRANT_WORDS if quadrant not in there]
    if missing:
        found = f"no heading for {', '.join(missing)}"
        yield Problem(file, None, f"sheet {sheet}", found, "four headings", remedy)
    for quadrant in (one for one, count in there.items() if count > 1):
        cells = [address(b.row, b.column) for b in blocks if b.quadrant == quadrant]
        more = f" and {len(cells) - SUGGESTIONS:,} more" if len(cells) > SUGGESTIONS else ""
        found = f"{quadrant} in cells {', '.join(cells[:SUGGESTIONS])}{more}"
        remedy = "Leave one of the headings; a note must not be a heading's word alone."
        yield Problem(file, None, f"sheet {sheet}", found, "each heading once", remedy)
    places = {(block.row, block.column) for block in blocks}
    for row, column in sorted(places):
        if (row, column + 1) in places:
            remedy = "Insert a column between the blocks, and write the themes there."
            expected = "room for the themes to the right of the notes"
            found = "the next block's heading"
            yield Problem(file, row, _place(sheet, (row, column + 1)), found, expected, remedy)


def _no_department(file: str, sheet: str) -> Problem:
    remedy = (
        "Rename the sheet, or tell in study.toml, under [workshop.departments], "
        "the department_id of this name."
    )
    expected = "a department_id, such as ABC-1, for the sheet's name"
    return Problem(file, None, f"sheet {shown(sheet)}", "", expected, remedy)


def _place(sheet: str, place: tuple[int, int]) -> str:
    return f"sheet {sheet}, cell {address(*place)}"


def _unreadable(file: str, sheet: str, place: tuple[int, int], cell: Cell) -> Problem:
    found = "a formula" if cell.kind == "formula" else cell.text
    remedy = "Write the text itself; a text that begins with = is written with ' before it."
    return Problem(file, place[0], _place(sheet, place), found, "text", remedy)


def _no_votes(file: str, sheet: str, place: tuple[int, int]) -> Problem:
    found = "votes without a note, or two different numbers of them"
    remedy = "Write the note, and after it (3) or three dots."
    return Problem(file, place[0], _place(sheet, place), found, "a note and its votes", remedy)


def _half(file: str, sheet: str, places: Sequence[tuple[int, int]], *, note: bool) -> Problem:
    """A note without a theme, or a theme without a note."""
    place = places[1] if note else places[0]
    expected = f"a theme for the note {address(*places[0])}" if note else "a note for its theme"
    remedy = "Write it, or empty both cells; a note that fits no theme has the theme 'other'."
    return Problem(file, place[0], _place(sheet, place), "nothing", expected, remedy)


def _merged(file: str, sheet: str, area: Area) -> Problem:
    remedy = (
        "Choose 'Avbryt cellsammanfogning' (Unmerge Cells); write each note in one cell and its "
        "theme in the next."
    )
    where = f"sheet {sheet}, cells {area}"
    return Problem(file, area.top, where, "merged cells", "a theme for each note", remedy)


def _outside(file: str, sheet: str, place: tuple[int, int]) -> Problem:
    expected = "notes below a heading, and their themes to the right of them"
    remedy = "Move it into a block or above all blocks, or delete it."
    found = "text outside of the blocks"
    return Problem(file, place[0], _place(sheet, place), found, expected, remedy)


def _meet(one: Area, other: Area) -> bool:
    """Whether two rectangles have a cell in common."""
    return (
        one.top <= other.bottom
        and other.top <= one.bottom
        and one.left <= other.right
        and other.left <= one.right
    )
