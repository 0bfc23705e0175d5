"""REFI-QDA projects of one coder or several, as the interviews table of the data contract."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mapping.errors import DataError, Problem
from mapping.instruments import interviews
from mapping.instruments.code_names import CodeNames, code_names
from mapping.instruments.documents import NO_DOCUMENTS, Documents
from mapping.instruments.fields import SUGGESTIONS, shown
from mapping.instruments.recognised import Mapped, Progress, Read, Recognised, silent
from mapping.instruments.refi_qda.attributes import (
    Facts,
    called,
    facts_of,
    mapped_attributes,
    one_expected,
    place_of,
)
from mapping.instruments.refi_qda.coders import Coders, coders_of, user_of
from mapping.instruments.refi_qda.offsets import FIT
from mapping.instruments.refi_qda.opened import Opened, open_all
from mapping.instruments.refi_qda.project import Selection
from mapping.instruments.refi_qda.segments import CODERS, TooManyOverlapsError, segments
from mapping.instruments.refi_qda.sources import Sources, unite
from mapping.instruments.sheet import Sheet, sheet_of
from mapping.instruments.study_settings import InterviewSettings, StudySettings
from mapping.protocol import Protocol

KIND = "REFI-QDA project"

EXCERPT = 10_000
"""Characters of an excerpt that are quoted at most."""

QUOTED = 100_000_000
"""Characters of all excerpts together that are quoted at most."""

_GONE = "code that the project's codebook lacks"


def read_refi_qda(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
    documents: Documents = NO_DOCUMENTS,
) -> Read:
    """The interviews in REFI-QDA projects: one of all coders, or one of each.

    The table has a row for each segment, coder and code. A segment goes by the smallest GUID of
    its selections, and an interview by the attribute that study.toml names, else by its source's
    GUID. The list of documents tells what the projects do not, and is believed where both do.

    Raises
    ------
    DataError
        A file cannot be read at all.

    """
    opened = open_all(files, progress)
    names = code_names(protocol, settings.interviews.codes)
    sources = unite(opened)
    codings = _codings(opened, sources, names)
    known = codings[codings["code"] != ""].reset_index(drop=True)
    needed = _needed(known)
    facts = facts_of(opened, sources, needed, settings.interviews, documents)
    coders = _coders(opened, known, settings.interviews)
    told = _with_facts(known, sources, facts).assign(coder=_labels(opened, known, coders))
    placed = _with_segments(opened, told[told["department_id"] != ""].reset_index(drop=True))
    rows = _rows(placed, sources)
    excerpts, unquoted = _excerpts(opened, rows)
    rows["excerpt"] = excerpts
    problems = (
        *names.problems,
        *sources.problems,
        *facts.problems,
        *coders.problems,
        *_missing(opened, sources, told, facts, settings.interviews),
    )
    counted = _Counted(codings, told, placed, rows, unquoted)
    found = [
        _found(opened, number, names, counted, settings.interviews) for number in range(len(opened))
    ]
    if documents.rows:
        found.append(documents.found(facts.used))
    return Read(_sheet(opened, rows, problems), tuple(found))


@dataclass(frozen=True, eq=False)
class _Counted:
    """Codings at each step, to count what was left out: all, of codes, placed, and as rows."""

    all: pd.DataFrame
    told: pd.DataFrame
    placed: pd.DataFrame
    rows: pd.DataFrame
    unquoted: Mapping[int, Counter[str]]


def _codings(opened: Sequence[Opened], sources: Sources, names: CodeNames) -> pd.DataFrame:
    """All codings, one a row.

    Columns: ``file`` (number), ``place`` (the selection's number in it), ``source`` (number over
    all files), ``text``, ``start``, ``end`` and ``thing`` as :func:`segments` has them, ``user``
    (GUID), ``path`` (the code's name), ``code`` (of the protocol; blank: none).
    """
    frames = [_of_file(number, one, sources) for number, one in enumerate(opened)]
    frame = pd.concat(frames, ignore_index=True)
    codes = {path: names.find(path) or "" for path in frame["path"].unique()}
    return frame.assign(code=frame["path"].map(codes).astype(object))


def _of_file(number: int, one: Opened, sources: Sources) -> pd.DataFrame:
    project = one.project
    of_selection = [coding.selection for coding in project.codings]
    place = np.array(of_selection, dtype=np.int64)
    selections = _selections(number, one, sources)
    users = [
        user_of(project, coding.user, project.selections[coding.selection].user)
        for coding in project.codings
    ]
    paths = [project.codes.get(coding.code, _GONE) for coding in project.codings]
    frame = selections.iloc[place].reset_index(drop=True)
    return frame.assign(
        file=number,
        place=place,
        user=pd.Series(users, dtype=object),
        path=pd.Series(paths, dtype=object),
    )


def _selections(number: int, one: Opened, sources: Sources) -> pd.DataFrame:
    """Where each selection is; a span of a whole text is a coding of the whole source."""
    chosen = one.project.selections
    spans = one.ends > one.starts
    whole = np.array(
        [_is_whole(one, place, selection) for place, selection in enumerate(chosen)], dtype=bool
    )
    source = [sources.which[number, selection.source] for selection in chosen]
    text = [_text_number(number, one, selection) for selection in chosen]
    guids = [
        sources.all[which].guid if everything else selection.guid
        for selection, which, everything in zip(chosen, source, whole, strict=True)
    ]
    return pd.DataFrame(
        {
            "source": np.array(source, dtype=np.int64),
            "text": np.array(text, dtype=np.int64),
            "start": np.where(spans & ~whole, one.starts, -1),
            "end": np.where(spans & ~whole, one.ends, -1),
            "thing": pd.Series(guids, dtype=object),
        }
    )


def _is_whole(one: Opened, place: int, selection: Selection) -> bool:
    if selection.document not in one.texts:
        return selection.whole
    if not one.project.documents[selection.document].main:
        return False
    first, last = one.texts[selection.document].filled
    return bool(one.starts[place] <= first < last <= one.ends[place])


def _text_number(number: int, one: Opened, selection: Selection) -> int:
    """0 for the text of a source as a whole, in any file; others are texts of their own."""
    if selection.document < 0 or one.project.documents[selection.document].main:
        return 0
    return 1 + (number << 32) + selection.document


def _needed(known: pd.DataFrame) -> dict[int, set[str]]:
    """The sources with codes of the protocol, and their selections that have them."""
    needed: dict[int, set[str]] = {}
    for number, thing in zip(known["source"].tolist(), known["thing"], strict=True):
        needed.setdefault(number, set()).add(thing)
    return needed


def _coders(opened: Sequence[Opened], known: pd.DataFrame, settings: InterviewSettings) -> Coders:
    used = known[["file", "user"]].drop_duplicates().itertuples(index=False)
    projects = [one.project for one in opened]
    coders = coders_of(projects, [(projects[file].file, user) for file, user in used], settings)
    if len(set(coders.labels.values())) > CODERS:
        expected = f"at most {CODERS} coders"
        remedy = "Look at the users of the projects; map those of one person to one name."
        found = f"{len(set(coders.labels.values()))} users who coded"
        raise DataError([Problem(projects[0].file, None, "Users", found, expected, remedy)])
    return coders


def _labels(opened: Sequence[Opened], known: pd.DataFrame, coders: Coders) -> list[str]:
    names = [one.project.file for one in opened]
    pairs = zip(known["file"], known["user"], strict=True)
    return [coders.labels[names[file], user] for file, user in pairs]


def _with_facts(known: pd.DataFrame, sources: Sources, facts: Facts) -> pd.DataFrame:
    """The codings with what is told of them. One source at two departments is two interviews."""
    keys = known[["source", "thing"]].drop_duplicates()
    pairs = list(zip(keys["source"], keys["thing"], strict=True))
    told = keys.assign(
        department_id=[facts.get(source, thing, "department_id") for source, thing in pairs],
        interview_id=[facts.get(source, thing, "interview_id") for source, thing in pairs],
        date=[facts.get(source, thing, "date") for source, thing in pairs],
        respondent_role=[facts.get(source, thing, "role") for source, thing in pairs],
    )
    departments: dict[int, set[str]] = {}
    for source, department in zip(told["source"], told["department_id"], strict=True):
        departments.setdefault(source, set()).update({department} - {""})
    told["interview_id"] = [
        ident or sources.all[source].guid + (f"/{own}" if len(departments[source]) > 1 else "")
        for source, ident, own in zip(
            told["source"], told["interview_id"], told["department_id"], strict=True
        )
    ]
    return known.merge(told, on=["source", "thing"], how="left")


def _with_segments(opened: Sequence[Opened], placed: pd.DataFrame) -> pd.DataFrame:
    """The codings with their segment, which goes by the smallest GUID of its selections.

    A source at two departments is two interviews: no segment is in both of them.
    """
    interviews_in = placed.groupby(["source", "interview_id"], sort=False).ngroup()
    marks = placed[["text", "start", "end", "thing"]].assign(
        source=interviews_in, coder=pd.factorize(placed["coder"], sort=True)[0]
    )
    try:
        found = segments(marks)
    except TooManyOverlapsError:
        raise DataError([_too_many_overlaps(opened)]) from None
    ids = placed.assign(segment=found["segment"], apart=found["apart"], part=interviews_in)
    smallest = ids.sort_values("thing").drop_duplicates("segment").set_index("segment")["thing"]
    twice = set(smallest[smallest.duplicated(keep=False)])
    names = {
        segment: f"{name}/{segment}" if name in twice else name
        for segment, name in smallest.items()
    }
    return ids.assign(segment_id=ids["segment"].map(names).astype(object))


def _too_many_overlaps(opened: Sequence[Opened]) -> Problem:
    return Problem(
        opened[0].project.file,
        None,
        "PlainTextSelection",
        "millions of selections that overlap each other",
        "passages of interviews, few of which overlap",
        "Look for a coder, or a query saved as codings, that marked the same texts over and over.",
    )


def _rows(placed: pd.DataFrame, sources: Sources) -> pd.DataFrame:
    """A row for each segment, coder and code, in the order of sources and places in them.

    Of several selections the first one that has words is quoted.
    """
    beginning = placed.groupby("segment_id")["start"].transform("min")
    guids = [sources.all[number].guid for number in placed["source"]]
    first = ["guid", "beginning", "segment_id", "coder", "code"]
    then = ["wordless", "start", "end", "file", "place"]
    ordered = placed.assign(
        beginning=beginning, guid=pd.Series(guids, dtype=object), wordless=placed["start"] < 0
    ).sort_values([*first, *then], kind="stable")
    return ordered.drop_duplicates(["segment_id", "coder", "code"]).reset_index(drop=True)


def _excerpts(
    opened: Sequence[Opened], rows: pd.DataFrame
) -> tuple[list[str], dict[int, Counter[str]]]:
    """The words of each row's selection, and by file why rows have none."""
    excerpts: list[str] = []
    why: dict[int, Counter[str]] = {number: Counter() for number in range(len(opened))}
    left = QUOTED
    known: dict[tuple[int, int], str] = {}
    for file, place in zip(rows["file"], rows["place"], strict=True):
        one, key = opened[file], (file, place)
        selection = one.project.selections[place]
        if selection.document < 0:
            excerpts.append("")
            why[file]["no offsets"] += 1
        elif one.beyond[place] or one.empty[place]:
            excerpts.append("")
            why[file]["no words"] += 1
        elif selection.document not in one.texts:
            excerpts.append("")
            why[file]["no text"] += 1
        elif not one.quotable[place]:
            excerpts.append("")
            why[file]["doubtful offsets"] += 1
        else:
            if key not in known:
                text = one.texts[selection.document].text
                quoted = _quoted(text, int(one.starts[place]), int(one.ends[place]))
                left -= len(quoted)
                known[key] = quoted if left >= 0 else ""
            excerpts.append(known[key])
            why[file]["too much text"] += not known[key]
    return excerpts, why


def _quoted(text: str, start: int, end: int) -> str:
    """The words from start to end, or the first of very many."""
    return text[start:end] if end - start <= EXCERPT else f"{text[start : start + EXCERPT]}…"


def _missing(
    opened: Sequence[Opened],
    sources: Sources,
    told: pd.DataFrame,
    facts: Facts,
    settings: InterviewSettings,
) -> Iterator[Problem]:
    """Sources without department, and without date where others have one; once for each."""
    doubtful = {(one.file, one.column, one.expected) for one in facts.problems}
    dates = {number for number, date in zip(told["source"], told["date"], strict=True) if date}
    homeless = set(told["source"][told["department_id"] == ""])
    undated = set(told["source"][told["date"] == ""]) if dates else set()
    for numbers, fact, name in (
        (homeless, "department_id", settings.department),
        (undated, "date", settings.date),
    ):
        for number in sorted(numbers):
            place = place_of(opened, sources.all[number])
            in_doubt = (*place, one_expected(fact)) in doubtful
            if in_doubt or (number in facts.listed and fact == "department_id"):
                continue
            yield _untold(place, called(opened, sources.all[number]), fact, name)


def _untold(place: tuple[str, str], source: str, fact: str, name: str) -> Problem:
    file, column = place
    return Problem(
        file,
        None,
        column,
        f"{source} without '{name}'",
        f"the {fact} of each source with codes of the protocol",
        f"Give the source, or its case, the attribute '{name}' in the coding program (study.toml "
        "tells its name), or list the document in documents.csv.",
    )


def _sheet(opened: Sequence[Opened], rows: pd.DataFrame, problems: Iterable[Problem]) -> Sheet:
    names = [one.project.file for one in opened]
    files = None if len(names) == 1 else [names[number] for number in rows["file"]]
    name = names[0] if len(names) == 1 else interviews.NAME
    columns = {column: rows[column].tolist() for column in interviews.COLUMNS}
    sheet = sheet_of(name, columns, files=files, problems=problems)
    facts = ("date", "respondent_role")
    unknown = tuple(fact for fact in facts if not (rows[fact] != "").any())
    return dataclasses.replace(sheet, unknown=unknown)


def _found(
    opened: Sequence[Opened],
    number: int,
    names: CodeNames,
    counted: _Counted,
    settings: InterviewSettings,
) -> Recognised:
    one = opened[number]
    project = one.project
    own, told, placed, rows = (
        frame[frame["file"] == number]
        for frame in (counted.all, counted.told, counted.placed, counted.rows)
    )
    kept_apart = _kept_apart(placed)
    left_out = own["path"].map({path: names.find(path) == "" for path in own["path"].unique()})
    untold = (own["code"] == "") & ~left_out.astype(bool)
    counts = {
        "sources": len(project.sources),
        "users": len(project.users),
        "codes": len(project.codes),
        "selections": sum(not selection.whole for selection in project.selections),
        "selections beyond their text": int(one.beyond.sum()),
        "selections that are empty": int(one.empty.sum()),
        "selections without usable offsets": project.positions,
        "codings": len(own),
        "codings of codes that the protocol lacks": int(untold.sum()),
        "codings left out by study.toml": int(left_out.sum()),
        "codings of memos": project.coded_notes,
        "codings without department": len(told) - len(placed),
        "codings given twice": len(placed) - len(rows),
        "segments": rows["segment_id"].nunique(),
        "passages kept apart": kept_apart,
        "rows": len(rows),
        "interviews": rows["interview_id"].nunique(),
        "departments": rows["department_id"].nunique(),
    }
    mapped = [
        *_mapped_codes(Counter(own["path"]), names),
        *mapped_attributes(project, settings),
        *_mapped_coders(counted.rows, rows),
    ]
    notes, warnings = _notes(one, counted.unquoted[number])
    if kept_apart:
        warnings = (*warnings, _apart_words(kept_apart))
    return Recognised(
        project.file,
        f"{KIND} of {project.program}" if project.program else KIND,
        "interviews",
        counts,
        tuple(mapped),
        notes,
        warnings,
    )


def _mapped_codes(paths: Counter[str], names: CodeNames) -> list[Mapped]:
    """Each code; for the commonest of those without meaning the nearest name is looked up."""
    lost = [path for path, _ in paths.most_common() if names.find(path) is None]
    beyond = set(lost[SUGGESTIONS:])
    return [
        Mapped("code", shown(path), "", count) if path in beyond else names.mapped(path, count)
        for path, count in sorted(paths.items())
    ]


def _kept_apart(placed: pd.DataFrame) -> int:
    """Passages that another coder's overlaps, but that are not one with it (see segments.py)."""
    passages = placed[placed["apart"]]
    return len(passages.drop_duplicates(["part", "text", "start", "end", "coder"]))


def _apart_words(number: int) -> str:
    passages = "1 passage that" if number == 1 else f"{number:,} passages that"
    verbs = ("overlaps", "is") if number == 1 else ("overlap", "are")
    return (
        f"{passages} {verbs[0]} by half or more with another coder's {verbs[1]} kept apart from "
        "it, for one segment never holds two passages of one coder."
    )


def _mapped_coders(everybody: pd.DataFrame, own: pd.DataFrame) -> list[Mapped]:
    """The coders by number, as results have them: their names are theirs."""
    numbers = {name: n for n, name in enumerate(sorted(everybody["coder"].unique()), start=1)}
    return [
        Mapped("coder", f"coder-{numbers[name]}", f"coder-{numbers[name]}", count)
        for name, count in sorted(Counter(own["coder"]).items())
    ]


def _notes(one: Opened, why: Counter[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How the offsets were read, and what is not quoted and why."""
    fit, notes, warnings = one.fit, [], []
    if fit.n:
        notes.append(
            f"Offsets count {fit.convention.words()}: {fit.starts:.0%} of the starts and "
            f"{fit.ends:.0%} of the ends of {fit.n} selections fall between words."
        )
    if fit.n and not fit.quotable:
        warnings.append(
            f"No excerpt is quoted: fewer than {FIT:.0%} of the starts or ends fall between words "
            "by any convention. The texts may have been edited after they were coded."
        )
    elif why["doubtful offsets"]:
        warnings.append(
            f"{why['doubtful offsets']} excerpts are not quoted: their offsets cut a character, "
            "or mean other words by a convention that fits as well."
        )
    if one.beyond.any():
        warnings.append(
            f"{one.beyond.sum()} selections reach beyond their text, which may have been edited "
            "after it was coded: none is quoted, and each that begins beyond it is its own segment."
        )
    if one.empty.any():
        warnings.append(
            f"{one.empty.sum()} selections are empty: none is quoted, and each is its own segment."
        )
    if one.missing:
        warnings.append(
            f"{one.missing} texts of coded sources are not in the file, too long, or not in UTF-8: "
            f"{why['no text']} excerpts are not quoted, and segments go by the offsets as they are."
        )
    if one.project.positions:
        warnings.append(
            f"{one.project.positions} selections have no usable offsets, or end before they begin: "
            "none is quoted, and each is its own segment."
        )
    if why["too much text"]:
        warnings.append(
            f"{why['too much text']} excerpts are not quoted: all together are too long."
        )
    return tuple(notes), tuple(warnings)
