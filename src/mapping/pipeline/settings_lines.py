"""The lines for study.toml that ``mapping check`` offers, so that what is unknown is read.

A line is offered as it stands only where nothing is lost and nothing guessed that a file does not
say: a name that needs a decision has its line commented out.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from mapping.errors import Problem
from mapping.instruments import fields
from mapping.instruments.limesurvey.headings import forms
from mapping.instruments.recognised import Mapped, Recognised
from mapping.instruments.study_settings import NAME as SETTINGS
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Protocol

_SHORTENED = re.compile(r"\d+ characters|.*…", re.DOTALL)
"""A name that is not told in full, so that nobody can copy it."""

_OF_DEPARTMENT = fields.department(()).expected
_DEPARTMENT = ("department", "department_id")
_TABLES = {
    ("interviews", "code"): "interviews.codes",
    ("workshop", "theme"): "workshop.themes",
    **{
        (instrument, what): f"{instrument}.departments"
        for instrument in ("interviews", "workshop", "survey")
        for what in _DEPARTMENT
    },
}
"""The table of study.toml for names of a kind in an instrument's files, by the file's name."""

_ATTRIBUTES = {
    "department_id": "department",
    "interview_id": "interview",
    "date": "date",
    "respondent_role": "role",
}
"""What study.toml calls the attribute of a coding project that tells a column."""

_BLANK = {
    "codes": "a code of codebook.csv; blank leaves it out",
    "themes": "a theme of codebook.csv; every note needs one",
    "departments": "its department_id; blank leaves it out",
}
_INSTEAD = "in place of the line that is there"


@dataclass(frozen=True)
class Known:
    """What a year's register, protocol and study.toml know by name.

    ``departments``: the id by the folded name, ``ids``: all ids. ``items``: how the questionnaire's
    items may be headed, by our own names; ``labels``: their texts. ``columns``: the headings that
    study.toml tells for columns of the survey.
    """

    ids: frozenset[str] = frozenset()
    departments: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A line of study.toml; one that needs a decision is ``open``, and is commented out."""

    table: str
    key: str
    value: str
    remark: str = ""
    open: bool = False

    def text(self) -> str:
        """The line as TOML."""
        remark = f"  # {self.remark}" if self.remark else ""
        return f"{'# ' * self.open}{quoted(self.key)} = {quoted(self.value)}{remark}"


def known_names(
    register: pd.DataFrame | None, protocol: Protocol, settings: StudySettings | None
) -> Known:
    """What is known by name; ``register`` has the departments' ids and names as text."""
    items = {item.item: (item.item, *forms(item.limesurvey_code)) for item in protocol.items}
    labels = {item.item: (item.label.sv, item.label.en) for item in protocol.items}
    columns = dict(settings.survey.columns) if settings else {}
    if register is None:
        return Known(items=items, labels=labels, columns=columns)
    ids = register["department_id"].astype(str)
    pairs = list(zip(map(_folded, register["name"].astype(str)), ids, strict=True))
    times = Counter(name for name, _ in pairs)
    names = {name: ident for name, ident in pairs if name and times[name] == 1}
    return Known(frozenset(ids), names, items, labels, columns)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


def advised(
    found: Iterable[Recognised], problems: Iterable[Problem], known: Known
) -> tuple[Recognised, ...]:
    """What was recognised, without guesses that the names of other items forbid.

    Where study.toml tells a heading that a file lacks, while the usual one is there, a warning
    says so.
    """
    lacking = {(one.file, one.column) for one in problems if _is_missing_column(one)}
    return tuple(_advised(one, lacking, known) for one in found)


def _advised(found: Recognised, lacking: set[tuple[str, str]], known: Known) -> Recognised:
    if found.instrument != "survey":
        return found
    mapped, warnings = [], list(found.warnings)
    for one in found.mapped:
        item = "" if one.to or one.what != "column" else _item_of(one.name, known)
        mapped.append(replace(one, nearest="") if item else one)
        for key, heading in known.columns.items() if item else ():
            of = (item, heading, *known.items[item])
            if key in known.items[item] and any((found.file, name) in lacking for name in of):
                warnings.append(
                    f"{SETTINGS} names “{heading}” for {key}, which this file lacks; the usual "
                    f"{known.items[item][1]} is there: delete that line of [survey.columns]."
                )
    return replace(found, mapped=tuple(mapped), warnings=tuple(warnings))


def _item_of(heading: str, known: Known) -> str:
    """The item that a heading names by its code or by our own name; blank if it names none."""
    for item, names in known.items.items():
        for name in names:
            if re.match(rf"{re.escape(name)}(?![\w\[])", heading.strip(), re.IGNORECASE):
                return item
    return ""


def _is_missing_column(problem: Problem) -> bool:
    return problem.row == 1 and problem.expected.startswith("a column ")


def lines_for_settings(
    found: Iterable[Recognised], problems: Sequence[Problem] = (), known: Known | None = None
) -> str:
    """What to put into study.toml so that the names which are unknown are read; blank if nothing.

    It is TOML as it stands. Where nobody but the user can tell what a name stands for, its line is
    commented out; an unknown column that is near to none is not needed, and has no line.
    """
    files = list(found)
    told = known or Known()
    lines: dict[tuple[str, str], Line] = {}
    for line in (*_of_names(files, told), *_of_problems(files, problems, told)):
        lines.setdefault((line.table, line.key), line)
    tables = dict.fromkeys(table for table, _ in lines)
    blocks = (
        "\n".join([f"[{table}]", *(line.text() for line in lines.values() if line.table == table)])
        for table in tables
    )
    return "\n\n".join(blocks)


def _of_names(found: Iterable[Recognised], known: Known) -> Iterator[Line]:
    for one in found:
        for name in one.unmapped:
            if not _SHORTENED.fullmatch(name.name):
                yield from _of_name(one.instrument, name, known)


def _of_name(instrument: str, name: Mapped, known: Known) -> Iterator[Line]:
    if name.what == "column":
        if name.nearest:
            remark = _INSTEAD if instrument == "survey" and name.nearest in known.columns else ""
            yield Line(f"{instrument}.columns", name.nearest, name.name, remark, open=bool(remark))
    elif name.what == "attribute":
        if key := _ATTRIBUTES.get(name.nearest):
            remark = "if it tells one interview from another" if key == "interview" else ""
            yield Line(instrument, key, name.name, remark, open=bool(remark))
    elif name.what in _DEPARTMENT and name.name in known.ids:
        return
    elif table := _TABLES.get((instrument, name.what)):
        yield _decided(table, name, known)


def _decided(table: str, name: Mapped, known: Known) -> Line:
    """The line of a name, commented out if nothing certain is near to it."""
    kind = table.rpartition(".")[2]
    if kind == "departments" and (ident := _ident(name.name, known)):
        return Line(table, name.name, ident)
    if name.nearest and "…" not in name.nearest:
        return Line(table, name.name, name.nearest)
    choices = f"{name.nearest}: choose; or " if name.nearest else ""
    return Line(table, name.name, "", choices + _BLANK[kind], open=True)


def remedied(
    problems: Iterable[Problem], found: Sequence[Recognised], known: Known
) -> tuple[Problem, ...]:
    """The problems; one that a line of study.toml mends says so, for the raw data are right."""
    return tuple(_remedied(one, next(_of_problem(one, found, known), None)) for one in problems)


def _remedied(problem: Problem, line: Line | None) -> Problem:
    if line is None:
        return problem
    if line.open:
        remedy = f"Tell in {SETTINGS}, under [{line.table}], what it stands for, or correct it."
    else:
        remedy = f"It is {line.value} in the register: tell it in {SETTINGS}, under [{line.table}]."
    return replace(problem, remedy=remedy)


def _of_problems(
    found: Sequence[Recognised], problems: Sequence[Problem], known: Known
) -> Iterator[Line]:
    missing: dict[str, list[str]] = {}
    for one in problems:
        yield from _of_problem(one, found, known)
        if _is_missing_column(one):
            missing.setdefault(one.file, []).append(one.column)
    for file in found:
        if file.instrument == "survey":
            yield from _columns(file, missing.get(file.file, ()), known)


def _of_problem(problem: Problem, found: Sequence[Recognised], known: Known) -> Iterator[Line]:
    """The line that mends a problem of a value, if one does."""
    instrument = next((str(one.instrument) for one in found if one.file == problem.file), "")
    if problem.expected == _OF_DEPARTMENT:
        if (instrument, "department") in _TABLES:
            yield from _department(instrument, problem.value, known)
    elif instrument == "survey" and problem.row is not None and not _is_missing_column(problem):
        yield from _answer(problem, found, known)


def _ident(name: str, known: Known) -> str:
    """The department of exactly this name in the register, or with this id in another case."""
    folded = _folded(name)
    ids = [ident for ident in known.ids if _folded(ident) == folded]
    return known.departments.get(folded, "") or (ids[0] if len(ids) == 1 else "")


def _department(instrument: str, name: str, known: Known) -> Iterator[Line]:
    """A department that a file calls by its name in the register."""
    if ident := _ident(name, known):
        yield Line(f"{instrument}.departments", name, ident)


def _answer(problem: Problem, found: Iterable[Recognised], known: Known) -> Iterator[Line]:
    """An answer that no item has: what it stands for is the user's to say."""
    ours = {
        one.name: one.to
        for file in found
        if file.file == problem.file
        for one in file.mapped
        if one.what == "column" and one.to
    }
    item = ours.get(problem.column) or _item_of(problem.column, known)
    if item in known.items and problem.value and not _SHORTENED.fullmatch(problem.value):
        choices = problem.expected.removesuffix(" or blank")
        remark = f"{choices}: choose; blank: no answer"
        yield Line(f'survey.answers."{item}"', problem.value, "", remark, open=True)


def _columns(found: Recognised, missing: Iterable[str], known: Known) -> Iterator[Line]:
    """Headings that carry the text of an item whose column is missing."""
    free = [one.name for one in found.unmapped if one.what == "column" and not one.nearest]
    for column in missing:
        item = _item_of(column, known)
        texts = [_folded(label) for label in known.labels.get(item, ())]
        like = [name for name in free if any(text in _folded(name) for text in texts)]
        if len(like) == 1 and not _SHORTENED.fullmatch(like[0]):
            yield Line("survey.columns", item, like[0])


def quoted(text: str) -> str:
    """A text as TOML has it: like JSON, but that DEL must be escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
