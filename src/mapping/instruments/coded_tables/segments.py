"""Which interview a coded segment is of, and which rows are of one segment."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from mapping.instruments.documents import Document, Documents, document_key
from mapping.instruments.sheet import composed
from mapping.instruments.study_settings import StudySettings

TOLD = {
    "interview_id": "interview_id",
    "department_id": "department_id",
    "date": "date",
    "respondent_role": "role",
}
"""What the list of documents tells of a segment, by the contract's column."""


def placed(
    coded: pd.DataFrame, documents: Documents, settings: StudySettings, places: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows with segment, interview, department, date and role, and what is at no department.

    ``coded``: a row per coding, with all columns of the contract and ``document``, ``group``,
    ``highlight``, ``coding``, ``begin``, ``end``, ``file``, ``row``. ``places``: whether begin and
    end tell segments of the same words apart. The second frame has a row per document without a
    department (its first row, with the number of rows and whether several groups have it); a
    document whose department is wrong in the list itself is in neither.
    """
    found = _with_documents(coded, documents, settings)
    homeless = found["department_id"] == ""
    untold = homeless & ~found["listed"]
    known = found[~homeless]
    return _with_segments(_with_interviews(known), places), _first(found[untold])


def used(rows: pd.DataFrame, documents: Documents) -> frozenset[Document]:
    """The rows of the list of documents that are of a document in these rows."""
    names = rows[["group", "document"]].drop_duplicates()
    found = (
        (group and documents.find(f"{group}/{name}")) or documents.find(name)
        for group, name in zip(names["group"], names["document"], strict=True)
    )
    return frozenset(one for one in found if one)


def _with_documents(
    coded: pd.DataFrame, documents: Documents, settings: StudySettings
) -> pd.DataFrame:
    """The rows with what the list tells where their own columns tell nothing."""
    names = coded[["group", "document"]].drop_duplicates()
    several = names["document"].duplicated(keep=False) & (names["document"] != "")
    rows: dict[tuple[str, str], Document | None] = {}
    unclear: dict[tuple[str, str], bool] = {}
    for group, name, shared in zip(names["group"], names["document"], several, strict=True):
        own = documents.find(f"{group}/{name}") if group else None
        listed = documents.find(name)
        unclear[group, name] = bool(own is None and shared and listed)
        rows[group, name] = own or (None if shared else listed)
    keys = list(zip(cells(coded["group"]), cells(coded["document"]), strict=True))
    found = coded.assign(
        key=[_key(key, rows[key]) for key in keys],
        groups=[unclear[key] for key in keys],
        listed=[rows[key] is not None for key in keys],
    )
    named = settings.interviews.departments
    found["department_id"] = [named.get(text, text) for text in cells(found["department_id"])]
    for column, attribute in TOLD.items():
        told = {key: "" if row is None else getattr(row, attribute) for key, row in rows.items()}
        found[column] = [
            own or told[key] for own, key in zip(cells(found[column]), keys, strict=True)
        ]
    return found


def _key(named: tuple[str, str], row: Document | None) -> str:
    """What a document is known by: its row in the list, or its group and name."""
    group, name = named
    return f"row {row.row:09}" if row else f"{document_key(group)}\0{document_key(name)}"


def _with_interviews(known: pd.DataFrame) -> pd.DataFrame:
    """The rows with an interview each: one that has no id is numbered, by order of documents."""
    given = set(known["interview_id"])
    without = sorted(known.loc[known["interview_id"] == "", "key"].unique())
    numbers: dict[str, str] = {}
    number = 0
    for key in without:
        number += 1
        while f"document-{number}" in given:
            number += 1
        numbers[key] = f"document-{number}"
    interviews = [
        own or numbers[key]
        for own, key in zip(cells(known["interview_id"]), cells(known["key"]), strict=True)
    ]
    return known.assign(interview_id=interviews)


def _with_segments(known: pd.DataFrame, places: bool) -> pd.DataFrame:
    """The rows with a segment each, numbered within its interview by document and words."""
    words = {text: plain(text) for text in known["excerpt"].unique()}
    parts = pd.DataFrame(
        {
            "interview_id": known["interview_id"],
            "key": known["key"],
            "words": known["excerpt"].map(words),
            "begin": known["begin"] if places else "",
            "end": known["end"] if places else "",
            "alone": "",
        },
        index=known.index,
    ).astype(object)
    wordless = parts["words"] == ""  # an image or a sound: nothing tells that two are the same
    parts.loc[wordless, "alone"] = [
        f"{file}\0{highlight or row}"
        for file, highlight, row in known.loc[wordless, ["file", "highlight", "row"]].itertuples(
            index=False
        )
    ]
    parts["turn"] = _turns(parts, known)
    parts = _as_first_highlight(parts, known)
    segments = parts.drop_duplicates().sort_values(list(parts.columns))
    numbers = segments.groupby("interview_id", sort=False).cumcount() + 1
    ids = segments.assign(number=numbers)
    numbered = parts.merge(ids, on=list(parts.columns), how="left")["number"]
    made = [
        own or f"{interview}-{number}"
        for own, interview, number in zip(
            cells(known["segment_id"]), cells(known["interview_id"]), numbered.tolist(), strict=True
        )
    ]
    return known.assign(segment_id=made)


def _turns(parts: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Which time a coder has marked these words in a document: words may stand there twice.

    Another highlight of the same words is another time; so is another coding of them by the same
    code, where the program tells codings and no highlights. What tells neither is marked once.
    """
    highlighted = known["highlight"] != ""
    marked = parts.assign(
        file=known["file"],
        coder=known["coder"],
        code=known["code"].mask(highlighted, ""),
        mark=known["highlight"].where(highlighted, known["coding"]),
    )
    firsts = marked.drop_duplicates()
    same = list(marked.columns.drop("mark"))
    turns = firsts.assign(turn=firsts.groupby(same, sort=False).cumcount())
    found = marked.merge(turns, on=list(marked.columns), how="left")["turn"]
    return found.set_axis(parts.index)


def _as_first_highlight(parts: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The parts of each row, those of a highlight being the parts of its first row."""
    highlighted = known["highlight"] != ""
    if not highlighted.any():
        return parts
    keys = [known.loc[highlighted, column] for column in ("file", "highlight")]
    made = parts.copy()
    for column in parts.columns:
        made.loc[highlighted, column] = (
            parts.loc[highlighted, column].groupby(keys).transform("first")
        )
    return made


def _first(untold: pd.DataFrame) -> pd.DataFrame:
    """The first row of each document, and how many it has."""
    counts = Counter(cells(untold["key"]))
    first = untold.drop_duplicates("key")
    return first.assign(segments=first["key"].map(counts))[
        ["file", "row", "document", "segments", "groups"]
    ]


def cells(column: pd.Series) -> list[str]:
    """The texts of a column, as quickly as they can be gone through."""
    return list(column.to_numpy(dtype=object))


def plain(text: str) -> str:
    r"""An excerpt as excerpts are compared: white space as one space, one form of letters.

    >>> plain(" ett\u00a0 citat\r\n")
    'ett citat'
    """
    return " ".join(composed(text, "NFKC").split())
