"""Which column of an export is which: the headings that LimeSurvey writes, in every style.

LimeSurvey heads a column by the question's code (``Q[SQ]``; ``Q_SQ`` as ExpressionScript code and
in VV files), by code and text together (``Q[SQ]. Text``, the joint chosen by the user), or by the
full or the abbreviated text, which cannot be read.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mapping.instruments.fields import SUGGESTIONS
from mapping.instruments.recognised import Mapped
from mapping.instruments.sheet import clean, composed
from mapping.protocol import Protocol

TECHNICAL = ("lastpage", "startlanguage", "seed")
"""Columns that LimeSurvey writes first, besides id and submitdate; of no use to the study."""

PERSONAL = (
    "token",
    "startdate",
    "datestamp",
    "ipaddr",
    "refurl",
    "email",
    "emailstatus",
    "firstname",
    "lastname",
    "participant_id",
    "blacklisted",
    "sent",
    "remindersent",
    "remindercount",
    "completed",
    "usesleft",
    "validfrom",
    "validuntil",
    "tid",
    "mpid",
    "language",
)
"""Columns about the person or the visit: never kept."""

_ATTRIBUTE = re.compile(r"attribute_[0-9]+|interviewtime|grouptime[0-9]+")
"""What is known of a participant, and how long the answering took."""

TEXTS = {
    "id": ("response id", "svars-id", "svar-id"),
    "submitdate": ("date submitted", "datum inskickad", "datum inskickat", "inskickat datum"),
    "lastpage": ("last page", "sista sidan", "senaste sidan"),
    "startlanguage": ("start language", "startspråk"),
    "seed": ("seed", "frö"),
}
"""What LimeSurvey calls its first columns where it heads them by text, English or Swedish."""

_JOINT = re.compile(r"id([\W_]+)\w")

_PART_CODE = re.compile(
    r"[^\W_]{1,40}(?:\[[^\W_]{1,40}\]|_[^\W_]{1,40})(?:([^\w\s\[\]]{0,4}\s[^\w\[\]]{0,4})\w)?"
)
"""A code with a subcode, and the joint before a text: with a space, as no code has one."""

OPENING = 1 << 20
"""Bytes that the header row is looked for in."""

SHOWN = 60
"""Letters of an unknown heading that are shown."""


@dataclass(frozen=True)
class Headings:
    """Which column each of the contract's columns is; ``style`` is what the headings are like.

    ``columns`` are the places in the file by the contract's column; a column may stand twice.
    ``codes`` are the file's own names of columns, also of those that are missing, ``mapped`` all
    headings for the doctor.
    """

    style: str
    columns: tuple[tuple[str, int], ...]
    codes: Mapping[str, str]
    mapped: tuple[Mapped, ...]


def codes_of(protocol: Protocol) -> dict[str, str]:
    """LimeSurvey's code of each column of ``survey.csv``, by the column's name there."""
    fixed = {name: name for name in ("id", "submitdate", "department", "role")}
    return fixed | {item.item: item.limesurvey_code for item in protocol.items}


def wanted_codes(protocol: Protocol, columns: Mapping[str, str]) -> dict[str, str]:
    """:func:`codes_of`, where ``columns`` of study.toml (our column or code: theirs) go before."""
    codes = codes_of(protocol)
    own = {code: column for column, code in codes.items()} | {column: column for column in codes}
    return codes | {own[name]: theirs for name, theirs in columns.items() if name in own}


FORMS = ("{}[{}]", "{}_{}", "{}.{}.", "{}.{}")
"""Code and subcode in exports, as ExpressionScript code, and as R makes a name of them."""


def forms(code: str) -> tuple[str, ...]:
    """How the code of a question or subquestion may be written in a heading."""
    stem, _, part = code.partition("[")
    if not part:
        return (code,)
    part = part.removesuffix("]")
    return tuple(dict.fromkeys((code, *(form.format(stem, part) for form in FORMS))))


def first_cells(data: bytes) -> Iterator[list[str]]:
    """The header row, once for each separator that it can be read with."""
    text = data[:OPENING].decode("utf-8-sig", "replace").lstrip("\r\n \t")
    for separator in ",;":
        try:
            found = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
            yield [clean(composed(cell)) for cell in found]
        except csv.Error:
            continue


def is_export(header: Sequence[str]) -> bool:
    """Whether LimeSurvey wrote this header row, in a style that can be read or not.

    The contract's own ``survey.csv`` has id and submitdate too, but none of LimeSurvey's other
    first columns, and no text after its headings.
    """
    codes = {code_part(heading, joint_of(header)) for heading in header[:40]}
    if {"id", "submitdate"} <= codes and (joint_of(header) or codes & set(TECHNICAL)):
        return True
    return is_text(header)


def is_text(header: Sequence[str]) -> bool:
    """Whether LimeSurvey headed the columns by text only, which tells no code."""
    said = {" ".join(heading.replace("_", " ").casefold().split()) for heading in header[:40]}
    return len([name for name, texts in TEXTS.items() if said & set(texts)]) >= 3


def is_coded(header: Sequence[str], protocol: Protocol) -> bool:
    """Whether more of these headings are LimeSurvey's codes of items than our own names of them."""
    own = {item.item for item in protocol.items}
    coded = {form for item in protocol.items for form in forms(item.limesurvey_code)}
    joint = joint_of(header)
    return len(coded & {code_part(one, joint) for one in header}) > len(own & {*header})


def joint_of(header: Sequence[str]) -> str:
    """What stands between code and text; blank if nothing.

    The heading of ``id`` shows it, or most of those that begin with a code and a subcode.
    """
    by_id = (_JOINT.match(heading) for heading in header[:40])
    if found := next((match.group(1) for match in by_id if match), ""):
        return found
    coded = [match for heading in header if (match := _PART_CODE.match(heading))]
    joints = Counter(match.group(1) for match in coded if match.group(1))
    joint, count = next(iter(joints.most_common(1)), ("", 0))
    return joint if 2 * count > len(coded) else ""


def code_part(heading: str, joint: str) -> str:
    """The heading up to the joint of code and text."""
    return heading.partition(joint)[0] if joint else heading


def columns_in(header: Sequence[str], codes: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """Of each heading that is a column of ours: the column, its code in the heading, the place."""
    joint = joint_of(header)
    known = {form: column for column, code in codes.items() for form in forms(code)}
    folded = _folded(known)
    found = []
    for place, heading in enumerate(header):
        name = heading if heading in known else code_part(heading, joint)
        column = known.get(name) or folded.get(name.casefold())
        if column:
            found.append((column, name, place))
    return found


def read_headings(header: Sequence[str], codes: Mapping[str, str]) -> Headings:
    """Which of the contract's columns each heading is, by the ``codes`` of these columns.

    The nearest code is looked up for the first headings alone of those that are none.
    """
    joint = joint_of(header)
    found = columns_in(header, codes)
    names: dict[str, str] = {}
    for column, name, _ in found:
        names.setdefault(column, name)
    ours = {place: column for column, _, place in found}
    lost = [n for n, heading in enumerate(header) if n not in ours and heading.strip()]
    left = _left_out([(header[n], code_part(header[n], joint)) for n in lost], codes)
    told = dict(zip(lost, left, strict=True)) | {
        place: Mapped("column", _cut(header[place]), column, 1) for place, column in ours.items()
    }
    style = _style(header, joint, names)
    missing = {c: _as(style, code) for c, code in codes.items() if c not in names}
    return Headings(
        style,
        tuple((column, place) for column, _, place in found),
        names | missing,
        tuple(told[place] for place in sorted(told)),
    )


def _style(header: Sequence[str], joint: str, names: Mapping[str, str]) -> str:
    if joint:
        return "codes and texts"
    if any("_" in name for name in names.values()):
        return "ExpressionScript codes"
    return "codes" if names or not is_text(header) else "texts"


def _as(style: str, code: str) -> str:
    return forms(code)[1] if style.startswith("Expression") and "[" in code else code


def _folded(known: Mapping[str, str]) -> dict[str, str]:
    """The columns by their forms whatever the case, but for those that differ in case only."""
    folded: dict[str, set[str]] = {}
    for form, column in known.items():
        folded.setdefault(form.casefold(), set()).add(column)
    return {form: columns.pop() for form, columns in folded.items() if len(columns) == 1}


def _left_out(headings: Sequence[tuple[str, str]], codes: Mapping[str, str]) -> list[Mapped]:
    """Columns that are none of the questionnaire's, by heading and code in it.

    A text of respondents is not among them.
    """
    stems = {code.partition("[")[0].casefold() for code in codes.values()}
    told, unknown = [], 0
    for heading, name in headings:
        if _is_known(name.casefold(), stems):
            told.append(Mapped("column", _cut(name), count=1, wanted=True))
            continue
        unknown += 1
        choices = list(codes.values()) if unknown <= SUGGESTIONS else []
        close = difflib.get_close_matches(name[:SHOWN], choices, n=1)
        told.append(Mapped("column", _cut(heading), count=1, nearest=close[0] if close else ""))
    return told


def _is_known(name: str, stems: Collection[str]) -> bool:
    """Whether LimeSurvey itself adds such a column: about the visit, or a question's timing."""
    timed = name.endswith("time") and name.removesuffix("time") in stems
    return name in (*TECHNICAL, *PERSONAL) or bool(_ATTRIBUTE.fullmatch(name)) or timed


def _cut(heading: str) -> str:
    return heading if len(heading) <= SHOWN else heading[: SHOWN - 1] + "…"
