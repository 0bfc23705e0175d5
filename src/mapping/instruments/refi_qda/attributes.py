"""What a project tells of its sources: department, interview, date and role of the respondent.

NVivo has them as attributes of cases; MAXQDA and Quirkos as variables of cases without name, one
for each source; ATLAS.ti as sets called ``name: value``. A case of a selection says more than one
of its source, and that more than a set; the list of documents says most, for somebody wrote it for
this.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mapping.errors import Problem
from mapping.instruments.documents import Document, Documents
from mapping.instruments.fields import SHOWN, SUGGESTIONS, shown
from mapping.instruments.recognised import Mapped
from mapping.instruments.refi_qda.opened import Opened
from mapping.instruments.refi_qda.project import Project
from mapping.instruments.refi_qda.sources import OneSource, Sources
from mapping.instruments.sheet import composed
from mapping.instruments.study_settings import InterviewSettings

FACTS = ("department_id", "interview_id", "date", "role")
"""What is told of a source, as the list of documents calls it."""

_CALLED = {
    "department_id": ("department_id", "department", "institution"),
    "interview_id": ("interview_id", "interview", "intervju"),
    "date": ("date", "datum"),
    "role": ("respondent_role", "role", "roll", "respondent"),
}
"""What the contract calls each fact, and other words by which an attribute may mean it."""

_WORDS = re.compile(r"[\W_]+")
_CLOSE = 0.75
"""How alike two names are that may mean the same; short words are soon alike by chance."""

ONE_ONLY = FACTS[:3]
"""Facts of which a source has one; respondents of several roles may speak in one interview."""

_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ].+")
_HERE = "Europe/Stockholm"
"""Where the interviews were held: the clock by which their days are told."""

Needed = Mapping[int, Collection[str]]
"""The sources whose facts are needed, by number, and the GUIDs of the selections in them."""

Values = defaultdict[str, set[str]]
"""The different values of one fact, by GUID."""


@dataclass
class Told:
    """What all projects tell of one fact: by selection, by source, and by source through sets."""

    selections: Values = field(default_factory=lambda: defaultdict(set))
    sources: Values = field(default_factory=lambda: defaultdict(set))
    sets: Values = field(default_factory=lambda: defaultdict(set))

    def of_source(self, guids: Collection[str]) -> set[str]:
        """The values of a source that has these GUIDs; sets count where no case tells."""
        for values in (self.sources, self.sets):
            found = {value for guid in guids for value in values.get(guid, ())}
            if found:
                return found
        return set()


@dataclass(frozen=True)
class Facts:
    """What is told of sources (by number) and of single selections (by GUID), by fact.

    ``listed`` is what the list of documents tells, of which ``used`` are the rows.
    """

    listed: Mapping[int, Mapping[str, str]] = field(repr=False)
    selections: Mapping[str, Mapping[str, str]] = field(repr=False)
    sources: Mapping[int, Mapping[str, str]] = field(repr=False)
    used: frozenset[Document] = field(repr=False)
    problems: tuple[Problem, ...] = ()

    def get(self, source: int, selection: str, fact: str) -> str:
        """A fact of a selection in a source; blank if nobody tells it."""
        for told in (
            self.listed.get(source),
            self.selections.get(selection),
            self.sources.get(source),
        ):
            if told and told.get(fact):
                return told[fact]
        return ""


def facts_of(
    opened: Sequence[Opened],
    sources: Sources,
    needed: Needed,
    settings: InterviewSettings,
    documents: Documents,
) -> Facts:
    """What is told of the sources that are needed; two values for one of them are a problem."""
    told = _told(opened, settings)
    rows = {number: _row(opened, sources.all[number], documents) for number in needed}
    listed = {
        number: {fact: str(getattr(row, fact)) for fact in FACTS}
        for number, row in rows.items()
        if row is not None
    }
    selections = {
        guid: {fact: _one(told[fact].selections.get(guid, ())) for fact in FACTS}
        for guids in needed.values()
        for guid in guids
        if any(guid in told[fact].selections for fact in FACTS)
    }
    values = {
        number: {fact: told[fact].of_source(_guids(opened, sources.all[number])) for fact in FACTS}
        for number in needed
    }
    return Facts(
        listed,
        selections,
        {number: {fact: _one(found[fact]) for fact in FACTS} for number, found in values.items()},
        frozenset(row for row in rows.values() if row is not None),
        tuple(_doubts(opened, sources, needed, (told, listed, values), settings)),
    )


def mapped_attributes(project: Project, settings: InterviewSettings) -> list[Mapped]:
    """The attributes of a project's cases and sources, and what each was read as.

    Its ``nearest`` is the contract's column. One that is read as nothing is worth a look if it
    comes close to the name of a fact that no other attribute tells. The names of sets, which may
    be of anything, are not told.
    """
    facts = {_key(name): fact for fact, (name, _) in _names(settings).items()}
    seen = _seen(project)
    of_sets = {_key(group.name.partition(":")[0]) for group in project.sets if group.sources}
    told = {facts[name] for name in {*map(_key, seen), *of_sets} if name in facts}
    untold = {
        key: _CALLED[fact][0]
        for fact, (name, _) in _names(settings).items()
        if fact not in told
        for key in {_key(name), *(_key(word) for word in _CALLED[fact])}
    }
    found = []
    for place, (name, count) in enumerate(seen.most_common()):
        fact = _CALLED.get(facts.get(_key(name), ""), ("",))[0]
        near = _near(name, untold) if not fact and place < SUGGESTIONS else ""
        wanted = not (fact or near)
        found.append(Mapped("attribute", shown(name), fact, count, near, wanted=wanted))
    return sorted(found, key=lambda one: one.name)


def _seen(project: Project) -> Counter[str]:
    """The attributes that have values in cases or sources, and how many."""
    groups = (*(case.values for case in project.cases), *(one.values for one in project.sources))
    names = (project.variables.get(guid, "") for values in groups for guid, text in values if text)
    return Counter(name for name in names if name)


def _near(name: str, known: Mapping[str, str]) -> str:
    """The column whose name comes close to a name, or to one of its words, if any.

    The last part of a compound tells what it is: Intervjudatum is a date. So is one that names an
    interview beside: what is of an interview need not be its id.
    """
    if len(name) > SHOWN:
        return ""
    words = [word for word in _WORDS.split(_key(name)) if word]
    ends = [known[key] for word in words for key in known if len(key) > 3 and word.endswith(key)]
    if ends:
        return min(ends, key="interview_id".__eq__)
    for one in ("_".join(words), *words):
        close = difflib.get_close_matches(one, known, n=1, cutoff=_CLOSE)
        if close:
            return known[close[0]]
    return ""


def place_of(opened: Sequence[Opened], one: OneSource) -> tuple[str, str]:
    """File and place of a source as a problem tells it."""
    file, place = one.places[0]
    return opened[file].project.file, f"source {place + 1}"


def called(opened: Sequence[Opened], one: OneSource) -> str:
    """What a source is called in the coding program, where it is looked for, and its GUID.

    Its name may be a respondent's: it is told to whoever mends the project, and to nobody else.
    """
    file, place = one.places[0]
    name = opened[file].project.sources[place].name
    return f"{shown(name)} ({one.guid})" if name else one.guid


def _doubts(
    opened: Sequence[Opened],
    sources: Sources,
    needed: Needed,
    facts: tuple[
        Mapping[str, Told], Mapping[int, Mapping[str, str]], Mapping[int, dict[str, set[str]]]
    ],
    settings: InterviewSettings,
) -> Iterator[Problem]:
    """Sources and selections of which two values of a fact are told; once for source and fact."""
    told, listed, values = facts
    for number, guids in needed.items():
        for fact in ONE_ONLY:
            if listed.get(number, {}).get(fact):
                continue
            own = [told[fact].selections.get(guid, set()) for guid in guids]
            torn = any(len(found) > 1 for found in own)
            left = any(not found for found in own) and len(values[number][fact]) > 1
            if torn or left:
                yield _two(opened, sources.all[number], fact, settings)


def one_expected(fact: str) -> str:
    """What is expected of a source of which two values of a fact are told."""
    return f"one {fact} for each source"


def _two(
    opened: Sequence[Opened], one: OneSource, fact: str, settings: InterviewSettings
) -> Problem:
    file, place = place_of(opened, one)
    name = _names(settings)[fact][0]
    return Problem(
        file,
        None,
        place,
        f"{called(opened, one)} with two different values of '{name}'",
        one_expected(fact),
        f"Correct the attribute '{name}' in the coding program, or list the document in "
        "documents.csv.",
    )


def _row(opened: Sequence[Opened], one: OneSource, documents: Documents) -> Document | None:
    names = (opened[file].project.sources[place].name for file, place in one.places)
    return next((row for row in map(documents.find, names) if row is not None), None)


def _guids(opened: Sequence[Opened], one: OneSource) -> set[str]:
    return {opened[file].project.sources[place].guid for file, place in one.places}


def _one(values: Collection[str]) -> str:
    return next(iter(values)) if len(values) == 1 else ""


def _names(settings: InterviewSettings) -> dict[str, tuple[str, Callable[[str], str]]]:
    """What each fact is called in the projects, and how its values are read."""
    departments = {name.casefold(): ident for name, ident in settings.departments.items()}
    return {
        "department_id": (settings.department, lambda text: departments.get(text.casefold(), text)),
        "interview_id": (settings.interview, str),
        "date": (settings.date, _day),
        "role": (settings.role, str),
    }


def _day(text: str) -> str:
    """The day of a date with a time or a time zone; any other text as it is.

    A day without time, or at midnight as it is written, is that day. Another time of a time zone
    tells the day that it was in Stockholm then: a program that knows no dates without time may
    write midnight there as 22:00 or 23:00 UTC of the day before.
    """
    if match := _DAY.fullmatch(text):
        return match.group(1)
    if not _TIME.fullmatch(text):
        return text
    try:
        written = datetime.fromisoformat(text)
        if written.tzinfo and written.time() != time(0):
            written = written.astimezone(ZoneInfo(_HERE))
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        return text
    return written.date().isoformat()


def _told(opened: Sequence[Opened], settings: InterviewSettings) -> dict[str, Told]:
    names = _names(settings)
    told = {fact: Told() for fact in FACTS}
    facts = {_key(name): (told[fact], read) for fact, (name, read) in names.items()}
    for one in opened:
        _add(one.project, facts)
    return told


def _add(project: Project, facts: Mapping[str, tuple[Told, Callable[[str], str]]]) -> None:
    for case in project.cases:
        for fact, value in _values(project, case.values, facts):
            _put(fact.sources, case.sources, value)
            _put(fact.selections, case.selections, value)
    for source in project.sources:
        for fact, value in _values(project, source.values, facts):
            fact.sources[source.guid].add(value)
    for group in project.sets:
        name, colon, value = group.name.partition(":")
        if colon and value.strip() and _key(name) in facts:
            fact, read = facts[_key(name)]
            _put(fact.sets, group.sources, read(value.strip()))


def _values(
    project: Project,
    values: Sequence[tuple[str, str]],
    facts: Mapping[str, tuple[Told, Callable[[str], str]]],
) -> Iterator[tuple[Told, str]]:
    for variable, value in values:
        name = _key(project.variables.get(variable, ""))
        if value and name in facts:
            fact, read = facts[name]
            yield fact, read(value)


def _put(values: Values, guids: Sequence[str], value: str) -> None:
    for guid in guids:
        values[guid].add(value)


def _key(name: str) -> str:
    return " ".join(composed(name).casefold().split())
