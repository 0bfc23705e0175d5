"""What moved between two results: tiers and sentences, with the changed inputs they rest on.

That something rests on what has changed does not say that it moved because of it; only a run
with everything else unchanged would show that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

import pandas as pd

from mapping.errors import MappingError
from mapping.pipeline import made_from, table_changes
from mapping.pipeline.baseline import CHANGE_FILES
from mapping.pipeline.evidence_changes import EvidenceChange, evidence_changes
from mapping.pipeline.results import TABLES, Difference, Results, damage
from mapping.pipeline.sentences import Sentence, sentences
from mapping.pipeline.table_changes import ADDED, CHANGED, REMOVED, RowChange, TableChange
from mapping.references import parse, rows
from mapping.schemas import FOLLOW_UP

Frames = dict[str, pd.DataFrame]
T = TypeVar("T")

OF_TIER = ("tier", "borderline")
INSTRUMENTS = ("interviews", "workshop", "survey")
"""How the names of files begin whose changes are told row by row."""

_EDITED = "a notebook edited since its run"
"""What alone can be said of a sentence in such a notebook: somebody may have written it."""

_OF_NO_RESULT = ("calibration.", "recovery.")


@dataclass(frozen=True)
class TierMove:
    """A department whose row of the tiers differs: its cells, aspects, and differing evidence.

    ``rests_on`` is what else has changed that a tier rests on: the method, not the data.
    """

    department: str
    cells: tuple[tuple[str, object, object], ...]
    how: str
    aspects: tuple[RowChange, ...]
    evidence: tuple[EvidenceChange, ...]
    rests_on: tuple[str, ...]

    @property
    def moved(self) -> bool:
        """Whether the tier itself differs, or whether it is on the border."""
        return self.how != CHANGED or any(column in OF_TIER for column, *_ in self.cells)


@dataclass(frozen=True)
class SentenceChange:
    """A sentence that differs, blank where there is none; and what has changed under it.

    ``tables`` are those that its numbers are from, ``numbers`` the values that differ of those
    that it was made with, where it does not say from where; ``rests_on`` the changed rows and
    files that these rest on.
    """

    notebook: str
    before: str
    now: str
    tables: tuple[str, ...]
    numbers: tuple[str, ...]
    rests_on: tuple[str, ...]


@dataclass(frozen=True)
class Diff:
    """Two results beside each other. Of two years only what they are made from is compared.

    ``edited`` are the files that are not as their run left them, each with its results' name.
    """

    before: Results
    now: Results
    made_from: tuple[Difference, ...]
    edited: tuple[tuple[str, Difference], ...]
    evidence: tuple[EvidenceChange, ...] = ()
    tiers: tuple[TierMove, ...] = ()
    sentences: tuple[SentenceChange, ...] = ()
    tables: tuple[TableChange, ...] = ()
    alone: tuple[tuple[str, str], ...] = ()

    @property
    def of_one_year(self) -> bool:
        """Whether both are of the same year."""
        return self.before.year == self.now.year


def diff(before: Results, now: Results, languages: Collection[str]) -> Diff:
    """Everything that differs between two results, sentences in these languages."""
    sources = made_from.differing(made_from.recorded(before), made_from.recorded(now))
    damaged = [(one, file) for one in (before, now) for file in damage(one)]
    edited = tuple((one.name, file) for one, file in damaged)
    if before.year != now.year:
        return Diff(before, now, tuple(one for one in sources if one.kind != "inputs"), edited)
    then, made = _frames(before), _frames(now)
    data = _evidence(then, made)
    touched = frozenset(one.reports / file.name for one, file in damaged)
    under = _Under(sources, data, then, made, touched)
    return Diff(
        before,
        now,
        sources,
        edited,
        data,
        tuple(_tiers(under)),
        tuple(_sentences(before, now, languages, under)),
        tuple(_tables(under)),
        tuple(_alone(before, now, languages)),
    )


def _frames(results: Results) -> Frames:
    read = {
        name: table_changes.read(results.processed / f"{name}.parquet")
        for name in results.run[TABLES]
    }
    return {name: frame for name, frame in read.items() if frame is not None}


def _evidence(then: Frames, made: Frames) -> tuple[EvidenceChange, ...]:
    both = "evidence" in then and "evidence" in made
    return evidence_changes(then["evidence"], made["evidence"]) if both else ()


@dataclass(frozen=True)
class _Under:
    """What lies under the tiers and sentences: what has changed, the data, and all tables.

    ``edited`` are the files of the reports that are not as their run left them.
    """

    sources: tuple[Difference, ...]
    data: tuple[EvidenceChange, ...]
    then: Frames
    made: Frames
    edited: frozenset[Path] = frozenset()

    @cached_property
    def method(self) -> tuple[str, ...]:
        """What has changed that any number may rest on: protocol, program, libraries."""
        return tuple(
            f"{one.kind}: {one.name}"
            for one in self.sources
            if one.kind in ("code", "environment")
            or (one.kind == "protocol" and not _beside(one.name))
        )

    @cached_property
    def same_departments(self) -> bool:
        """Whether the same departments take part, of which the shares are."""
        parts = [set(one["evidence"]["department_id"]) for one in (self.then, self.made)]
        return parts[0] == parts[1]

    def files(self, *, compared: bool) -> tuple[str, ...]:
        """Changed inputs that are not told row by row; earlier years' only where compared with."""
        return tuple(
            one.name
            for one in self.sources
            if one.kind == "inputs"
            and not one.name.startswith(INSTRUMENTS)
            and (compared or "/" not in one.name)
        )


def _beside(name: str) -> bool:
    """Whether a file of a protocol tells of it and decides no result."""
    file = name.rpartition("/")[2]
    return file.startswith(_OF_NO_RESULT) or file in CHANGE_FILES


def _tiers(under: _Under) -> Iterator[TierMove]:
    """Every department whose tier differs, or how well it fits; those that moved come first."""
    then, made = under.then, under.made
    if "tiers" not in then or "tiers" not in made:
        return
    found = table_changes.changes("tiers", then["tiers"], made["tiers"])
    aspects = _by(_changed("aspects", then, made), lambda row: str(row.key[0]))
    data = _by(under.data, lambda datum: datum.department)
    moves = [
        TierMove(name, row.cells, row.how, aspects[name], data[name], under.method)
        for name, row in ((str(row.key[0]), row) for row in found.rows)
    ]
    yield from sorted(moves, key=lambda move: not move.moved)


def _by(every: Iterable[T], department: Callable[[T], str]) -> defaultdict[str, tuple[T, ...]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for one in every:
        found[department(one)].append(one)
    return defaultdict(tuple, {name: tuple(own) for name, own in found.items()})


def _changed(name: str, then: Frames, made: Frames) -> tuple[RowChange, ...]:
    if name not in then or name not in made:
        return ()
    return table_changes.changes(name, then[name], made[name]).rows


def _tables(under: _Under) -> Iterator[TableChange]:
    """Every table that differs. Evidence that only moved to another row of its file does not."""
    for name in sorted(under.then.keys() & under.made.keys()):
        if name == "evidence":
            every = [RowChange((one.place, one.key), one.cells, one.how) for one in under.data]
            found = TableChange(name, tuple(every))
        else:
            found = table_changes.changes(name, under.then[name], under.made[name])
        if found.rows or found.columns:
            yield found


def notebooks(results: Results, languages: Collection[str]) -> dict[str, Path]:
    """The executed notebooks in these languages, by name: ``tiers-sv``, ``ABC-1-en``."""
    names = [name for name in results.manifest["files"] if name.endswith(".ipynb")]
    chosen = [name for name in names if name[: -len(".ipynb")].rpartition("-")[2] in languages]
    return {name.rpartition("/")[2][: -len(".ipynb")]: results.reports / name for name in chosen}


def _alone(before: Results, now: Results, languages: Collection[str]) -> Iterator[tuple[str, str]]:
    """The notebooks that only one of the two has, each with how."""
    then, made = notebooks(before, languages), notebooks(now, languages)
    yield from ((name, REMOVED) for name in then if name not in made)
    yield from ((name, ADDED) for name in made if name not in then)


def _sentences(
    before: Results, now: Results, languages: Collection[str], under: _Under
) -> Iterator[SentenceChange]:
    then, made = notebooks(before, languages), notebooks(now, languages)
    for name in [name for name in then if name in made]:
        for old, new in differing(_prose(then[name]), _prose(made[name])):
            found = _sentence(name, old, new, under)
            edited = not under.edited.isdisjoint((then[name], made[name]))
            yield replace(found, rests_on=(_EDITED,)) if edited else found


def _prose(notebook: Path) -> list[Sentence]:
    return [sentence for sentence in sentences(notebook) if not sentence.row]


def differing(
    before: Sequence[Sentence], now: Sequence[Sentence]
) -> Iterator[tuple[Sentence | None, Sentence | None]]:
    """Sentences that differ, the old and the new side by side; None where there is none."""
    then, made = ([sentence.text for sentence in one] for one in (before, now))
    for how, a, b, c, d in SequenceMatcher(None, then, made, autojunk=False).get_opcodes():
        if how != "equal":
            yield from zip_longest(before[a:b], now[c:d])


def _sentence(
    notebook: str, old: Sentence | None, new: Sentence | None, under: _Under
) -> SentenceChange:
    both = [sentence for sentence in (old, new) if sentence]
    references = tuple(dict.fromkeys(of for sentence in both for of in sentence.references))
    selected = [*_selected(references, under.then), *_selected(references, under.made)]
    known = selected if references else [("", pd.DataFrame())]
    return SentenceChange(
        notebook,
        old.text if old else "",
        new.text if new else "",
        tuple(dict.fromkeys(table for table, _ in selected)),
        () if references else tuple(_numbers(old, new)),
        tuple(_rests_on(known, under)),
    )


def _numbers(old: Sentence | None, new: Sentence | None) -> Iterator[str]:
    """The values that differ of those that both sentences' texts were given."""
    then, made = (_flat(sentence) for sentence in (old, new))
    for name in [name for name in {**then, **made} if then.get(name) != made.get(name)]:
        yield f"{name} {then.get(name, 'none')}, now {made.get(name, 'none')}"


def _flat(sentence: Sentence | None) -> dict[str, object]:
    given = (sentence.numbers if sentence else None) or {}
    return {f"{key}.{name}": value for key, of in given.items() for name, value in of.items()}


def _selected(references: Iterable[str], tables: Frames) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows that the references name, by table.

    One that names what is not among these tables, such as an earlier year's, stands for itself.
    """
    for reference in references:
        try:
            found = rows(parse(reference), tables)
        except (MappingError, LookupError, ValueError):
            yield reference, pd.DataFrame()
        else:
            yield from found.items()


def _rests_on(selected: Sequence[tuple[str, pd.DataFrame]], under: _Under) -> Iterator[str]:
    """The changed data and files that these rows can rest on, and what has changed of the method.

    It is told wider rather than too narrow: of rows of departments their data, of a need those
    that name it, of any other those of all. Numbers of the protocol alone rest on no data.
    """
    asked = [_of(table, found, under) for table, found in selected]
    data = [one for one in under.data if any(holds(one) for holds in asked)]
    yield from dict.fromkeys(one.place for one in data)
    if selected:
        yield from under.files(compared=any(_compared(table) for table, _ in selected))
    yield from under.method


def _compared(table: str) -> bool:
    """Whether it may look at earlier years."""
    return not table or table in FOLLOW_UP or ":" in table


def _of(table: str, found: pd.DataFrame, under: _Under) -> Callable[[EvidenceChange], bool]:
    """What holds of a datum that can be under these rows of a table."""
    if table == "swot":
        return lambda datum: datum.instrument == "workshop"
    if table == "needs" and "need" in found and under.same_departments:
        needs = set(found["need"])
        return lambda datum: datum.key in needs
    if "department_id" in found:
        departments = set(found["department_id"])
        return lambda datum: datum.department in departments
    return lambda _: True
