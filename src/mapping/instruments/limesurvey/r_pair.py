"""The two files that LimeSurvey exports for R: the data, and a program that names and labels them.

The program is never run: the few statements that LimeSurvey writes are read off its signs.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mapping.errors import DataError, Problem
from mapping.instruments.delimited import decode, read_sheet
from mapping.instruments.limesurvey.answers import VALUE_LABELS
from mapping.instruments.limesurvey.fields import is_field
from mapping.instruments.limesurvey.headings import code_part, forms, joint_of, wanted_codes
from mapping.instruments.limesurvey.questionnaire import (
    Answer,
    Question,
    Questionnaire,
    ValueLabels,
    is_questionnaire,
)
from mapping.instruments.limesurvey.responses import (
    Export,
    as_survey,
    one_table,
    questionnaire_among,
)
from mapping.instruments.recognised import Progress, Read, silent
from mapping.instruments.sheet import Sheet, as_texts, numbered
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Protocol

_SIGNS = re.compile(
    r"""(?P<blank>\s+|\#[^\n]*)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<number>-?[0-9]+(?:\.[0-9]+)?)
    |(?P<word>[A-Za-z.][A-Za-z0-9._]*)
    |(?P<sign><-|.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MARK = re.compile(rb"attributes\(data\)\$variable\.labels\[|names\(data\)\[")
_BOXED = ("multiple", "yes_no")


@dataclass(frozen=True)
class Sign:
    """One sign of the program: its kind (text, number, word, sign) and what it says."""

    kind: str
    text: str


@dataclass(frozen=True)
class Labels:
    """What the program says of the columns, by their number from 1: names, and levels' labels."""

    names: Mapping[int, str] = field(default_factory=dict)
    levels: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


def is_r_syntax(data: bytes) -> bool:
    """Whether the bytes are the program that LimeSurvey exports for R."""
    return b"\0" not in data[:4096] and bool(_MARK.search(data[: 1 << 16]))


def read_r_pair(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
) -> Read:
    """The responses of both files together; with the questionnaire (.lss) if it is there too.

    Numbers of yes and no differ between versions of LimeSurvey: their labels say what they are.

    Raises
    ------
    DataError
        One of the files is missing or comes twice, the program is not as LimeSurvey writes it,
        or it names other columns than the data have.

    """
    lss, told = questionnaire_among(files, protocol, settings.survey.columns)
    program, _ = one_table({n: d for n, d in files.items() if is_r_syntax(d)}, is_questionnaire)
    name, data = one_table({n: d for n, d in files.items() if n != program}, is_questionnaire)
    labels = read_labels(program, files[program])
    codes = [form for code in wanted_codes(protocol, {}).values() for form in forms(code)]
    table = read_sheet(name, data, codes, progress=progress)
    if table.header and not _belong(table.header, labels.names):
        raise DataError([_another(program, name)])
    labelled = _labelled(table, labels, protocol)
    notes = (f"Names and labels are those of {program}.",)
    asked = _value_labels(labelled, labels, lss)
    export = Export(labelled, "LimeSurvey's files for R", asked, told, notes)
    return as_survey(export, protocol, settings)


def read_labels(name: str, data: bytes) -> Labels:
    """Names and levels of the columns in the program ``name``.

    Raises
    ------
    DataError
        It is not text in UTF-8, a text in it has no end, or it names no column.

    """
    text, problems = decode(name, data)
    if problems:
        raise DataError(problems)
    names: dict[int, str] = {}
    levels: dict[int, Mapping[str, str]] = {}
    for words in _statements(list(_signs(name, text))):
        _learn(words, names, levels)
    if not names:
        raise DataError([_not_ours(name, "no names of columns")])
    return Labels(names, levels)


def _signs(name: str, text: str) -> Iterator[Sign]:
    for match in _SIGNS.finditer(text):
        kind = match.lastgroup or ""
        if kind == "sign" and match[0] in "\"'":
            raise DataError([_not_ours(name, "a text without its end", text, match.start())])
        if kind == "text":
            yield Sign(kind, _ESCAPED.sub(r"\1", match[0][1:-1]))
        elif kind != "blank":
            yield Sign(kind, match[0])


def _statements(signs: list[Sign]) -> Iterator[list[Sign]]:
    """The signs from each ``names(data)[`` or ``data[`` on, up to the next."""
    starts = [
        place
        for place, sign in enumerate(signs)
        if sign == Sign("word", "names") or _begins_factor(signs, place)
    ]
    for start, end in pairwise([*starts, len(signs)]):
        yield signs[start:end]


def _begins_factor(signs: list[Sign], place: int) -> bool:
    """Whether ``data[, 1] <- factor`` begins here."""
    if signs[place] != Sign("word", "data"):
        return False
    said = [sign.text for sign in signs[place : place + 7]]
    return said[1:3] == ["[", ","] and said[4:] == ["]", "<-", "factor"]


def _learn(words: list[Sign], names: dict[int, str], levels: dict[int, Mapping[str, str]]) -> None:
    """What a statement says: ``names(data)[1] <- "id"``, or the levels and labels of a factor."""
    said = [word.text for word in words]
    if said[:5] == ["names", "(", "data", ")", "["] and said[6:8] == ["]", "<-"]:
        if words[5].kind == "number" and len(words) > 8 and words[8].kind == "text":
            names[int(float(said[5]))] = said[8]
    elif said[:3] == ["data", "[", ","] and words[3].kind == "number":
        codes, texts = (_listed(words, part) for part in ("levels", "labels"))
        if codes and len(codes) == len(texts):
            levels[int(float(said[3]))] = dict(zip(codes, texts, strict=True))


def _listed(words: list[Sign], part: str) -> list[str]:
    """The texts and numbers in ``part=c(…)``."""
    said = [word.text for word in words]
    for place, word in enumerate(words):
        if word == Sign("word", part) and said[place + 1 : place + 4] == ["=", "c", "("]:
            inside = words[place + 4 :]
            end = next((n for n, one in enumerate(inside) if one == Sign("sign", ")")), 0)
            return [one.text for one in inside[:end] if one.kind in ("text", "number")]
    return []


def _belong(header: Sequence[str], names: Mapping[int, str]) -> bool:
    """Whether the program's names are those of this file's columns, in their order.

    Where the file has none of these names (R calls columns V1, V2 …), or LimeSurvey's database
    names them, their number tells.
    """
    joint = joint_of(header)
    codes = [_as_name(code_part(heading, joint)) for heading in header]
    given = {number: _as_name(name) for number, name in names.items()}
    own = {code for code, heading in zip(codes, header, strict=True) if not is_field(heading)}
    if own.isdisjoint(given.values()):
        return len(codes) == max(given)
    if any(map(is_field, header)):
        named = all(
            is_field(header[n - 1]) or codes[n - 1] == name
            for n, name in given.items()
            if 0 < n <= len(codes)
        )
        return named and len(codes) == max(given)
    return max(given) <= len(codes) and all(codes[n - 1] == name for n, name in given.items() if n)


def _as_name(code: str) -> str:
    """The code of a question as the program writes it: ``Q_SQ``."""
    return re.sub(r"\W+", "_", code).strip("_")


def _another(program: str, name: str) -> Problem:
    remedy = f"Export both files anew together. If {name} is no export for R, take this one out."
    expected = f"the program for R that was exported with {name}"
    return Problem(program, None, "", "names of other columns", expected, remedy)


def _labelled(table: Sheet, labels: Labels, protocol: Protocol) -> Sheet:
    """The table headed by the program's names, with labels for the codes of yes and no."""
    boxed = {
        form
        for item in protocol.items
        if item.type in _BOXED
        for form in forms(item.limesurvey_code)
    }
    header = tuple(
        labels.names.get(number, name) for number, name in enumerate(table.header, start=1)
    )
    columns = list(table.columns)
    for place, name in enumerate(header):
        said = labels.levels.get(place + 1)
        if name in boxed and said:
            texts = as_texts(said.get(text, text) for text in columns[place].categories)
            columns[place] = numbered(texts.codes[columns[place].codes], list(texts.categories))
    return dataclasses.replace(table, header=header, columns=tuple(columns))


def _value_labels(table: Sheet, labels: Labels, lss: Questionnaire | None) -> ValueLabels:
    """The labels of the factors, and the questionnaire for columns that are none."""
    factors = (
        Question(
            str(number),
            "",
            table.header[number - 1],
            VALUE_LABELS,
            answers=tuple(Answer(level, {"": label}) for level, label in levels.items()),
        )
        for number, levels in labels.levels.items()
        if 0 < number <= len(table.header)
    )
    return ValueLabels((), tuple(factors), lss)


def _not_ours(name: str, found: str, text: str = "", start: int = 0) -> Problem:
    row = text.count("\n", 0, start) + 1 if text else None
    remedy = "Export both files for R anew, and do not edit them."
    return Problem(name, row, "", found, "the program that LimeSurvey exports for R", remedy)
