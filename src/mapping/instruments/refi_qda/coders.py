"""Who coded: the users of several projects, as the coders that they are.

A user is told by a GUID and has a name. Programs make a new GUID for each installation or each
export, and give different people one name ("User"): so neither two GUIDs with one name nor one
GUID with two names says by itself whether there is one person or two. Then somebody has to tell,
in study.toml; only users with the same id as well (as initials) are taken for one. Letter case and
the way letters and accents are encoded make no other name, and no other coder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mapping.errors import Problem
from mapping.instruments.refi_qda.project import Project, guid_of
from mapping.instruments.sheet import composed
from mapping.instruments.study_settings import InterviewSettings

NOBODY = ""
"""The user of a coding that names none."""


@dataclass(frozen=True)
class Coders:
    """The coder that each user of each project is, by file and GUID."""

    labels: Mapping[tuple[str, str], str] = field(repr=False)
    problems: tuple[Problem, ...] = ()


def user_of(project: Project, coding_user: str, selection_user: str) -> str:
    """Who gave a code: whom the coding names, or the selection, or the project's only user."""
    if coding_user or selection_user:
        return coding_user or selection_user
    return next(iter(project.users)) if len(project.users) == 1 else NOBODY


def coders_of(
    projects: Sequence[Project], used: Iterable[tuple[str, str]], settings: InterviewSettings
) -> Coders:
    """The coders among the users that gave codes, as pairs of file and GUID.

    A project without users is one coder's, told by the name of its file. A coder whose name is
    spelled in several ways has the spelling that comes first, by file and by order in it.
    """
    by_file = {project.file: project for project in projects}
    told = {guid_of(name): label for name, label in settings.coders.items()}
    told |= {_plain(name): label for name, label in settings.coders.items()}
    spelled: dict[str, str] = {}
    labels: dict[tuple[str, str], str] = {}
    untold: dict[tuple[str, str], tuple[str, str]] = {}
    problems = []
    order = {
        (project.file, guid): place
        for project in projects
        for place, guid in enumerate(project.users)
    }
    for file, guid in sorted(used, key=lambda user: (user[0], order.get(user, len(order)), user)):
        project = by_file[file]
        if guid == NOBODY and project.users:
            problems.append(_nobody(file))
        name, ident = project.users.get(guid, ("", "")) if guid else (_of_file(file), "")
        name = name or ident or guid
        label = told.get(guid) if guid else None
        label = label or told.get(_plain(name))
        labels[file, guid] = spelled.setdefault(_plain(label or name), label or name)
        if not label and guid:
            untold[file, guid] = (name, ident)
    return Coders(labels, (*problems, *_doubtful(untold)))


def _plain(name: str) -> str:
    """A name without what differs between spellings of it."""
    return composed(composed(name).casefold())


def _of_file(file: str) -> str:
    """The coder that a file is named for."""
    return composed(Path(file).stem).removeprefix("interviews-")


def _doubtful(users: Mapping[tuple[str, str], tuple[str, str]]) -> list[Problem]:
    """Users of whom it is not known whether they are one coder, each name and GUID once."""
    guids: dict[str, set[str]] = defaultdict(set)
    names: dict[str, set[str]] = defaultdict(set)
    idents: dict[str, set[str]] = defaultdict(set)
    files: dict[str, str] = {}
    for (file, guid), (name, ident) in users.items():
        guids[_plain(name)].add(guid)
        names[guid].add(_plain(name))
        idents[_plain(name)].add(ident)
        files[guid] = file
    return [
        *(
            _two_guids(files[max(found)], sorted(found))
            for name, found in guids.items()
            if len(found) > 1 and (len(idents[name]) > 1 or idents[name] == {""})
        ),
        *(_two_names(files[guid], guid) for guid, found in names.items() if len(found) > 1),
    ]


def _two_guids(file: str, guids: Sequence[str]) -> Problem:
    keys = ", ".join(f'"{guid}" = "…"' for guid in guids)
    return Problem(
        file,
        None,
        "Users",
        f"{len(guids)} users of one name: {', '.join(guids)}",
        "one user for each name",
        f"Write in study.toml under [interviews.coders] {keys}: the same name if they are one "
        "person, different names if not.",
    )


def _two_names(file: str, guid: str) -> Problem:
    return Problem(
        file,
        None,
        "Users",
        f"{guid} with different names",
        "one name for each user, in all files",
        "Write in study.toml under [interviews.coders] who goes by each of the names.",
    )


def _nobody(file: str) -> Problem:
    return Problem(
        file,
        None,
        "Coding",
        "codings that name no user, in a project of several",
        "who gave each code",
        "Export the project again with its users, or one project for each coder.",
    )
