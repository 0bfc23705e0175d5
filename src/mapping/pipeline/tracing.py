"""``mapping trace``: from what somebody asks about to its value, formula, rows and raw rows.

It works on the stored results of the year, and says so if they are no longer of the raw files;
without results it computes from the raw files. Nothing confidential is told.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from mapping import processed, roots
from mapping.comparison import FollowUp, follow_up
from mapping.errors import DataError, UsageError
from mapping.explanation import shown_names
from mapping.formulas import checked, formula, how, said
from mapping.instruments.tables import raw_paths
from mapping.pipeline.askable import CONFIDENTIAL, require_askable
from mapping.pipeline.store import RUN, Store, read_json
from mapping.prose import Words, words
from mapping.references import (
    DERIVED,
    Cell,
    Column,
    Computed,
    Fixed,
    Own,
    Reference,
    Row,
    Rows,
    Setting,
    evaluate,
    keys,
    parse,
    written,
)
from mapping.references.reading import shortened
from mapping.schemas import FOLLOW_UP, TABLES
from mapping.study import Study, load_year
from mapping.trace.asked import sources, value
from mapping.trace.back import Block, Provenance, provenance
from mapping.trace.stages import REGISTER, Stages

_NAMED_BY = {"evidence": ("department_id", "kind", "key"), "respondents": ("instrument",)}
"""What is told of the rows of some tables beside the columns that count: of what they are."""

_NUMBER = re.compile(r"(?P<mark>.+-(?:sv|en):\d+)(?:\.(?P<place>\d+))?")


@dataclass(frozen=True)
class Number:
    """A printed number: its id, as it is printed, and what it rests on."""

    ident: str
    text: str
    reference: str


@dataclass(frozen=True)
class Mark:
    """A mark in a report's margin, and the numbers that it stands for."""

    ident: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Step:
    """Rows of one table that the value rests on: its columns that count, and how they are made.

    ``rows`` are by their references; ``values`` hold the columns' values, None if missing.
    ``stage`` is blank for the year as it is.
    """

    year: int
    stage: str
    table: str
    formulas: Mapping[str, str]
    rows: tuple[str, ...]
    values: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Trace:
    """All that is told of one value.

    ``raw`` are the rows of the raw files by year and file, ``rules`` the protocol's keys with
    their values (None for more than one), by protocol. ``changed`` names the inputs that have
    changed since the results were made; ``stored`` says whether there were any.
    """

    reference: str
    value: Any
    formula: str
    number: Number | None = None
    steps: tuple[Step, ...] = ()
    raw: Mapping[str, Mapping[str, tuple[int, ...]]] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    stored: bool = True
    synthetic: bool = False
    fixed: bool = False


def trace(place: Store, asked: str, lang: str) -> tuple[Trace | Mark, Words]:
    """Where something comes from: a number, a mark, a reference, a department or a finding.

    With it the words to tell it by.

    Raises
    ------
    UsageError
        There is nothing of that name; the message names what is near, and what to do.

    """
    numbers = read_numbers(place.reports / "numbers.json")
    found = _NUMBER.fullmatch(asked.strip())
    study, stored = _study(place)
    say = words(lang, study.protocol, shown_names(study))
    if found and not found["place"]:
        return _mark(found["mark"], numbers, place), say
    number = _number(asked.strip(), numbers, place) if found else None
    if number:
        reference = parse(number.reference)
    else:
        reference = _reference(study, asked.strip(), numbers)
        require_askable(reference, place, say, {one.reference for one in numbers.values()})
    follow = _follow(place, study) if _compares(reference) else None
    stages = Stages(study, follow, place.root)
    changed = _changed(place, stages) if stored else ()
    made = traced(stages, reference, say)
    return replace(made, number=number, changed=changed, stored=stored), say


def file_names(found: Trace, root: Path) -> dict[str, dict[str, str]]:
    """The raw files that a value rests on as they are called in their folders.

    By year, and by what results call them; without those that are no longer there.
    """
    return {year: _file_names(roots.raw_folder(root, int(year))) for year in found.raw}


def _file_names(folder: Path) -> dict[str, str]:
    try:
        return {called: path.name for called, path in raw_paths(folder).items()}
    except (DataError, OSError):
        return {}


# --- what is asked ---------------------------------------------------------------------------


def read_numbers(path: Path) -> dict[str, Number]:
    """The printed numbers of a year's reports by their ids; empty if there is no list of them.

    Raises
    ------
    UsageError
        The list is not as a run leaves it.

    """
    if not path.is_file():
        return {}
    try:
        told = read_json(path)["numbers"]
        entries = told.items() if isinstance(told, dict) else [(one["id"], one) for one in told]
        return {ident: Number(ident, one["text"], one["from"]) for ident, one in entries}
    except (KeyError, TypeError):
        again = f"make the reports anew: mapping run {path.parent.name}"
        raise UsageError(f"{path.name} is not as a run left it; {again}") from None


def _mark(mark: str, numbers: Mapping[str, Number], place: Store) -> Mark:
    own = [number for ident, number in numbers.items() if ident.rpartition(".")[0] == mark]
    if not own:
        raise _no_number(mark, {ident.rpartition(".")[0] for ident in numbers}, place)
    return Mark(mark, tuple(sorted(own, key=lambda number: _order(number.ident))))


def _number(ident: str, numbers: Mapping[str, Number], place: Store) -> Number:
    if ident not in numbers:
        raise _no_number(ident, numbers, place)
    return numbers[ident]


def _order(ident: str) -> int:
    return int(ident.rpartition(".")[2])


def _no_number(ident: str, known: Iterable[str], place: Store) -> UsageError:
    names = list(known)
    if not names:
        again = f"make the reports first: mapping run {place.year}"
        return UsageError(f"no numbers of reports of {place.year} are stored; {again}")
    return UsageError(f"no {shortened(ident)} in the reports of {place.year}{_near(ident, names)}")


def _near(word: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(names), n=3, cutoff=0.4)
    return f"; the nearest are {', '.join(near)}" if near else ""


def _reference(study: Study, asked: str, numbers: Iterable[str]) -> Reference:
    """A department is asked for its tier, a finding for its row; else it is a reference."""
    departments = list(study.departments["department_id"])
    if asked.upper() in departments:
        return Cell(Row("tiers", (asked.upper(),)), "tier")
    if asked in study.protocol.statements:
        return Row("findings", (asked,))
    try:
        return parse(asked)
    except UsageError as error:
        if any(sign in asked for sign in "/(?"):
            raise
        names = [*departments, *study.protocol.statements, *numbers]
        raise UsageError(
            f"{shortened(asked)}: no number, department or finding of {study.settings.year}, "
            f"and {error}{_near(asked, names) or _near(asked.upper(), names)}. "
            "Write a number's id as tiers-sv:12.3, or a cell as tiers/DEPARTMENT/tier"
        ) from None


# --- the results -----------------------------------------------------------------------------


def _study(place: Store) -> tuple[Study, bool]:
    """The year's study with its stored tables, and whether there are any."""
    stored = any(place.processed.glob("*.parquet"))
    tables = place.processed if stored else None
    return load_year(place.year, place.root, tables=tables), stored


def _compares(reference: Reference) -> bool:
    """Whether it names a table that is made of several years."""
    match reference:
        case Row(table) | Rows(table):
            own = table in (*FOLLOW_UP, "change_calibration", "change_moves") or ":" in table
            looked = () if isinstance(reference, Row) else reference.conditions
            return own or any(
                isinstance(one.wanted, Column) and _compares(one.wanted) for one in looked
            )
        case Cell(row):
            return _compares(row)
        case Column(rows):
            return _compares(rows)
        case Computed(_, arguments):
            return any(_compares(argument) for argument in arguments)
        case _:
            return False


def _follow(place: Store, study: Study) -> FollowUp:
    """The year beside the baseline that the stored results were made with."""
    stored = study.stored
    baseline = stored.baseline if isinstance(stored, processed.StoredTables) else None
    return follow_up(study, place.root, baseline=baseline)


def _changed(place: Store, stages: Stages) -> tuple[str, ...]:
    """The inputs whose bytes are not those that the stored results were made of."""
    told = read_json(place.processed / RUN)
    own = {name: file.get("sha256") for name, file in told.get("inputs", {}).items()}
    found = list(_differing(stages.study, own))
    if told and told.get("protocol", {}).get("sha256") != stages.study.protocol.sha256:
        found.append(stages.study.protocol.name)
    years = (told.get("baseline") or {}).get("years", {})
    earlier = stages.follow.years if stages.follow else {}
    for year, study in earlier.items():
        known = years.get(str(year), {}).get("inputs", {})
        found += [f"{year}/{name}" for name in _differing(study, known)]
    return tuple(found)


def _differing(study: Study, known: Mapping[str, str]) -> Iterator[str]:
    now = {file.name: file.sha256 for file in study.raw.files}
    yield from sorted(name for name in {*now, *known} if now.get(name) != known.get(name))


# --- what is told ----------------------------------------------------------------------------


def traced(stages: Stages, reference: Reference, say: Words) -> Trace:
    """The value of a reference on these tables, and all that it rests on."""
    found = provenance(stages, sources(stages, reference))
    fixed = isinstance(reference, Fixed | Own)
    return Trace(
        reference=str(reference),
        value=None if fixed else _value(stages, reference),
        formula=_formula(stages, say, reference),
        steps=tuple(_step(block, say) for block in found.blocks),
        raw=_raw(found),
        rules=_rules(stages, found),
        synthetic=stages.study.settings.synthetic,
        fixed=fixed,
    )


def _value(stages: Stages, reference: Reference) -> Any:
    """The value; of rows and columns how many rows they are."""
    found = value(stages, reference)
    if not isinstance(found, pd.DataFrame):
        confidential = isinstance(reference, Cell) and reference.column in CONFIDENTIAL
        return None if confidential else _plain(found)
    if isinstance(reference, Row):
        told = found.iloc[0].drop([name for name in CONFIDENTIAL if name in found])
        return {str(name): _plain(one) for name, one in told.items()}
    return len(found)


def _plain(found: Any) -> Any:
    """A value as JSON has it."""
    if found is None or isinstance(found, str):
        return found
    if pd.isna(found):
        return None
    if isinstance(found, pd.Timestamp):
        return written(found)
    return found.item() if hasattr(found, "item") else _number_of(found)


def _number_of(found: Any) -> Any:
    return found if isinstance(found, bool | int | float) else float(found)


def _formula(stages: Stages, say: Words, reference: Reference) -> str:
    """The reference in words; of one cell how its column is computed, of some rows what they are.

    Those of findings say how these are counted, those of the certificate what is checked.
    """
    told = said(say, reference)
    if isinstance(reference, Cell):
        table = _table(reference.row)
        computed = table in TABLES or table in (*DERIVED, REGISTER)
        told = f"{told}: {formula(say, table, reference.column)}" if computed else told
    row = reference.row if isinstance(reference, Cell) else reference
    if isinstance(row, Row) and row.table in ("findings", "finding_parts"):
        told = ". ".join(part for part in (told, how(say, row.key[0])) if part)
    if isinstance(row, Row) and row.table == "certificate":
        item = _value(stages, row)
        told = f"{told}. {checked(say, item['framework'], item['item'])}"
    return told


def _table(row: Row) -> str:
    return row.table.rpartition(":")[2]


def _step(block: Block, say: Words) -> Step:
    named = dict.fromkeys([*_NAMED_BY.get(block.table, ()), *block.columns])
    shown = [name for name in named if name not in CONFIDENTIAL]
    formulas = {name: formula(say, block.table, name) for name in block.columns}
    frame = block.frame
    idents = [
        str(Row(block.table, tuple(written(one) for one in row)))
        for row in frame[list(keys(block.table))].itertuples(index=False, name=None)
    ]
    values = [
        {name: _plain(one) for name, one in zip(shown, row, strict=True)}
        for row in frame[shown].itertuples(index=False, name=None)
    ]
    stage = block.stage.name
    told = stage if say.has(f"trace.stage.{stage.partition('-')[0]}") else ""
    return Step(block.stage.year, told, block.table, formulas, tuple(idents), tuple(values))


def _raw(found: Provenance) -> dict[str, dict[str, tuple[int, ...]]]:
    told: dict[str, dict[str, tuple[int, ...]]] = {}
    for (year, file), rows in found.raw.items():
        told.setdefault(str(year), {})[file] = rows
    return told


def _rules(stages: Stages, found: Provenance) -> dict[str, dict[str, Any]]:
    """Each key with its value, by protocol."""
    told: dict[str, dict[str, Any]] = {}
    for stage, paths in found.rules.items():
        protocol = stages[stage].own.protocol
        values = {path: _setting(path, protocol) for path in paths}
        told.setdefault(protocol.name, {}).update(values)
    return {name: dict(sorted(values.items())) for name, values in told.items()}


def _setting(path: str, protocol: Any) -> Any:
    """The value of a key that has one; None of a list, or of what stands in another file."""
    try:
        found = evaluate(Setting(path), {}, protocol)
    except UsageError:
        return None
    return found if isinstance(found, str | int | float | None) else str(found)
