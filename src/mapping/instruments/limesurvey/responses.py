"""Responses as LimeSurvey exports them, in the columns of ``survey.csv``.

Every format gives its table in LimeSurvey's own headings and answers; here they become ours.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mapping.errors import DataError, Problem
from mapping.instruments import tabular
from mapping.instruments.fields import shown
from mapping.instruments.limesurvey.answers import MISSING, NO, Answers, answers_of, folded
from mapping.instruments.limesurvey.headings import (
    Headings,
    code_part,
    codes_of,
    columns_in,
    first_cells,
    is_export,
    is_text,
    joint_of,
    read_headings,
    wanted_codes,
)
from mapping.instruments.limesurvey.questionnaire import (
    Question,
    Questionnaire,
    differences,
    is_questionnaire,
    questionnaire_of,
    read_questionnaire,
)
from mapping.instruments.recognised import Mapped, Progress, Read, Recognised, silent
from mapping.instruments.renaming import unknown_columns
from mapping.instruments.sheet import Sheet, Texts, numbered
from mapping.instruments.spreadsheet import headings as workbook_headings
from mapping.instruments.spreadsheet import is_workbook
from mapping.instruments.study_settings import StudySettings, SurveySettings
from mapping.instruments.survey import UNDATED
from mapping.protocol import Item, Protocol

UNREADABLE = (
    "In LimeSurvey choose 'Export responses' (Exportera svar), and under 'Headings' > "
    "'Export questions as': 'Question code' (Frågekoder) or 'Question code & question text'."
)

AS_CODES = "or export again with 'Export responses as: Answer codes' (Svarskoder)"

_DEPARTMENT = re.compile(
    r"""([A-ZÅÄÖ]{2,8}-[0-9]{1,4})
    (?:(?::[ ]?|[ ][–—-][ ]|[ ])  # what a name comes after: a colon, a dash, a space
    (?!.*[^\W\d_][ ]?-[ ]?[0-9])  # a second id: which one is meant?
    [(]?[^\W\d_].*)?""",
    re.VERBOSE,
)
_FOR_OTHERS = re.compile(r"_(R|SPSS|STATA)_data_file", re.IGNORECASE)
OTHER = "other"
"""The subcode of the free text that LimeSurvey adds to a multiple choice."""

MOST_NAMED = 12
"""Answers without a known meaning that a problem names."""

FEW = 3
"""Dates that are told one by one; where more have another form, the first stands for all."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Export:
    """A table in LimeSurvey's headings, the format it came in, and what was asked, if known.

    ``told`` is what was found in files beside it, ``notes`` on how it was read.
    """

    table: Sheet
    kind: str
    lss: Questionnaire | None = None
    told: tuple[Recognised, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One of our columns: the file's own name of it, its texts, and how they are read.

    The texts of one that is ``free`` are respondents' own words: none of them is told.
    """

    name: str
    heading: str
    texts: Texts
    read: Callable[[str], str | None]
    answers: Answers = field(default_factory=Answers)
    free: bool = False


def is_limesurvey(data: bytes) -> bool:
    """Whether the bytes are a CSV or workbook of responses as LimeSurvey exports it.

    Any style of headings counts, also those that cannot be read. Our own ``survey.csv`` is none.
    """
    return any(map(is_export, _headers(data)))


def _headers(data: bytes) -> Iterator[Sequence[str]]:
    """The header row of a workbook, or of delimited text by each separator."""
    if is_workbook(data):
        yield workbook_headings(data)
    else:
        yield from first_cells(data)


def read_csv(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
) -> Read:
    """The responses of a CSV or workbook, read by the questionnaire (.lss) if ``files`` has it too.

    Raises
    ------
    DataError
        There is none or more than one of them; its headings tell no codes, or the
        questionnaire cannot be read.

    """
    lss, told = questionnaire_among(files, protocol, settings.survey.columns)
    name, data = one_table(files, is_questionnaire)
    if _FOR_OTHERS.search(name):
        raise DataError([_for_others(name)])
    table = _table(name, data, wanted_codes(protocol, settings.survey.columns), progress)
    return as_survey(Export(table, "LimeSurvey export", lss, told), protocol, settings)


def one_table(files: Mapping[str, bytes], beside: Callable[[bytes], bool]) -> tuple[str, bytes]:
    """The one file that is not ``beside`` it, with its name.

    Raises
    ------
    DataError
        There is none, or there are several.

    """
    tables = {name: data for name, data in files.items() if not beside(data)}
    if len(tables) != 1:
        raise DataError([_one_of(tables or files, "file with responses", len(tables))])
    ((name, data),) = tables.items()
    return name, data


def questionnaire_among(
    files: Mapping[str, bytes], protocol: Protocol, columns: Mapping[str, str]
) -> tuple[Questionnaire | None, tuple[Recognised, ...]]:
    """The questionnaire among the files, if there is one, and how it differs from ours.

    ``columns`` are those of study.toml: theirs by ours.

    Raises
    ------
    DataError
        There are several, or it cannot be read.

    """
    asked = {name: data for name, data in files.items() if is_questionnaire(data)}
    if len(asked) > 1:
        raise DataError([_one_of(asked, "LimeSurvey questionnaire (.lss)", len(asked))])
    for name, data in asked.items():
        lss = read_questionnaire(name, data)
        return lss, (told_of(name, lss, protocol, columns),)
    return None, ()


def told_of(
    name: str, lss: Questionnaire, protocol: Protocol, columns: Mapping[str, str]
) -> Recognised:
    """What a questionnaire has, and how it differs from the protocol's."""
    counts = {
        "questions": len(lss.questions),
        "subquestions": sum(len(question.parts) for question in lss.questions),
        "languages": len(lss.languages),
    }
    found = differences(lss, protocol, wanted_codes(protocol, columns))
    same = () if found else ("It has the questions and answers of the protocol's questionnaire.",)
    return Recognised(
        name, "LimeSurvey questionnaire", "survey", counts, notes=same, warnings=found
    )


def as_survey(export: Export, protocol: Protocol, settings: StudySettings) -> Read:
    """The table in the columns of ``survey.csv``, with our own headings and answers.

    Raises
    ------
    DataError
        The headings tell no codes.

    """
    table = export.table
    if not table.header:
        return Read(table, export.told)
    headings = read_headings(table.header, wanted_codes(protocol, settings.survey.columns))
    if not headings.columns or headings.style == "texts":
        raise DataError([_without_codes(table)])
    columns = list(_columns(export, headings, protocol, settings.survey))
    undated = _undated(table, columns)
    if undated:
        columns = list(map(_merely_completed, columns))
    made = [_made(table, column) for column in columns]
    sheet = Sheet(
        table.name,
        tuple(column.name for column in columns),
        tuple(texts for texts, _, _ in made),
        table.rows,
        table.decimal_comma,
        (
            *table.problems,
            *undated,
            *_of_nothing(protocol, settings.survey),
            *(problem for _, found, _ in made for problem in found),
        ),
        table.files,
        table.unknown,
        {name: code for name, code in headings.codes.items() if name != code},
    )
    told = _told(export, headings, columns, [read for _, _, read in made])
    return Read(sheet, (told, *export.told))


def _of_nothing(protocol: Protocol, settings: SurveySettings) -> list[Problem]:
    """What study.toml names and no survey can have: columns and items by our names or codes."""
    known = [*codes_of(protocol), *codes_of(protocol).values()]
    items = unknown_columns("survey", dict.fromkeys(settings.answers, ""), known, "answers")
    return [*unknown_columns("survey", settings.columns, known), *items]


def _table(name: str, data: bytes, codes: Mapping[str, str], progress: Progress) -> Sheet:
    """The file's table; of the columns that are not ours no cell is kept."""
    kept = max((_ours(header, codes) for header in _headers(data)), key=len, default=frozenset())
    dates = [heading for heading in kept if code_part(heading, joint_of([*kept])) == "submitdate"]
    table = tabular.read(
        name, data, sorted(kept), dates, progress=progress, passed_over=lambda one: one not in kept
    )
    if _ours(table.header, codes) <= kept:
        return table
    return tabular.read(name, data, sorted(codes.values()), ("submitdate",), progress=progress)


def _ours(header: Sequence[str], codes: Mapping[str, str]) -> frozenset[str]:
    return frozenset(header[place] for _, _, place in columns_in(header, codes))


def _columns(
    export: Export, headings: Headings, protocol: Protocol, settings: SurveySettings
) -> Iterator[Column]:
    """Our columns in our order, each as often as the file has it."""
    items = {item.item: item for item in protocol.items}
    questionnaires = (questionnaire_of(protocol), export.lss or Questionnaire())
    order = list(headings.codes)
    for name, place in sorted(headings.columns, key=lambda pair: order.index(pair[0])):
        heading, texts = headings.codes[name], export.table.columns[place]
        if name in items:
            said = _said(items[name], heading, settings)
            if _is_free(items[name], heading, questionnaires[1]):
                yield Column(name, heading, texts, _tick(said), free=True)
                continue
            answers = _answers(items[name], heading, texts, questionnaires, said)
            yield Column(name, heading, texts, answers.of, answers)
        elif name == "department":
            asked = questionnaires[1].question(heading)
            yield Column(name, heading, texts, _departments(asked, settings.departments))
        elif name == "submitdate":
            yield Column(name, heading, texts, lambda text: "" if text == "NULL" else text)
        else:
            yield Column(name, heading, texts, lambda text: text)


def _said(item: Item, heading: str, settings: SurveySettings) -> dict[str, str]:
    """The answers of study.toml for an item, under its name, its code or the file's heading."""
    names = (heading, item.limesurvey_code, item.item)
    return {text: to for name in names for text, to in settings.answers.get(name, {}).items()}


def _answers(
    item: Item,
    heading: str,
    texts: Texts,
    questionnaires: tuple[Questionnaire, Questionnaire],
    said: Mapping[str, str],
) -> Answers:
    own, lss = questionnaires
    code = item.limesurvey_code
    asked = lss.question(heading) or lss.question(code)
    return answers_of(item, texts.categories, own.question(code), asked, said)


def _is_free(item: Item, heading: str, lss: Questionnaire) -> bool:
    """Whether a box is the 'other' of a multiple choice, which LimeSurvey gives as free text."""
    asked = lss.question(heading) or lss.question(item.limesurvey_code)
    if item.type != "multiple" or asked is None or not asked.other:
        return False
    named = any(part.code == OTHER for part in asked.parts)
    return not named and item.limesurvey_code.endswith(f"[{OTHER}]")


def _tick(said: Mapping[str, str]) -> Callable[[str], str]:
    """A box that is ticked by any words but those for no, or as study.toml says."""
    given = {folded(text): answer for text, answer in said.items()}
    blank = {*MISSING, *NO}
    return lambda text: given.get(folded(text), "" if folded(text) in blank else "Y")


def _departments(asked: Question | None, names: Mapping[str, str]) -> Callable[[str], str | None]:
    """The department_id: as study.toml names it, or as a list's answer begins with it."""
    known = {folded(name): ident for name, ident in names.items()}
    texts: dict[str, list[str]] = {}
    for answer in asked.answers if asked else ():
        texts.setdefault(folded(answer.code), list(answer.texts.values()))

    def read(text: str) -> str | None:
        for name in (text, *texts.get(folded(text), ())):
            if folded(name) in known:
                return known[folded(name)]
            if found := _DEPARTMENT.fullmatch(" ".join(name.upper().split())):
                return found.group(1)
        return None

    return read


def _made(table: Sheet, column: Column) -> tuple[Texts, list[Problem], Counter[tuple[str, str]]]:
    """The column in our answers, the texts that are in doubt, and what was read as what."""
    texts = list(column.texts.categories)
    counts = np.bincount(column.texts.codes[column.texts.codes >= 0], minlength=len(texts))
    values, read = [], Counter[tuple[str, str]]()
    unsure: dict[int, tuple[str, ...]] = {}
    unknown: dict[int, str] = {}
    for number, text in enumerate(texts):
        doubts, label = column.answers.doubts(text), column.answers.label(text)
        value = column.read(text)
        if counts[number] and doubts:
            unsure[number] = doubts
        elif counts[number] and label is not None:
            unknown[number] = label
        elif value is not None and value != text and not column.free:
            read[text, value] += int(counts[number])
        doubtful = number in unsure or number in unknown
        values.append("" if doubtful else text if value is None else value)
    codes, distinct = pd.factorize(np.array(values, dtype=object))
    problems = [_unsure(table, column, number, doubts) for number, doubts in unsure.items()]
    problems += [_unknown(table, column, unknown)] if unknown else []
    return numbered(codes.astype(np.int32)[column.texts.codes], list(distinct)), problems, read


def _unsure(table: Sheet, column: Column, number: int, doubts: Sequence[str]) -> Problem:
    return Problem(
        table.name,
        _first_row(table, column, [number]),
        column.heading,
        shown(column.texts.categories[number]),
        "a text that stands for one answer, not for " + " and for ".join(doubts),
        f'Say which one in study.toml: [survey.answers."{column.name}"], {AS_CODES}.',
    )


def _unknown(table: Sheet, column: Column, labels: Mapping[int, str]) -> Problem:
    """One problem for all answers of a column whose meaning in the file we do not know."""
    named = [
        _labelled(column.texts.categories[number], label)
        for number, label in list(labels.items())[:MOST_NAMED]
    ]
    more = len(labels) - len(named)
    return Problem(
        table.name,
        _first_row(table, column, list(labels)),
        column.heading,
        ", ".join(named) + (f" and {more} more" if more else ""),
        "answers whose meaning the file tells in the questionnaire's own words",
        f'Say what each is in study.toml under [survey.answers."{column.name}"].',
    )


def _labelled(text: str, label: str) -> str:
    """An answer as the file has it, with what the file calls it."""
    if folded(text) == folded(label):
        return shown(text)
    return f"{shown(text)} ({shown(label) or 'no label'})"


def _first_row(table: Sheet, column: Column, numbers: Sequence[int]) -> int:
    return int(table.rows[np.flatnonzero(np.isin(column.texts.codes, numbers))[0]])


def _without_codes(table: Sheet) -> Problem:
    found = "texts of questions" if is_text(table.header) else "no code of the questionnaire"
    return Problem(
        table.name, 1, "", found, "headings that begin with the questions' codes", UNREADABLE
    )


def _for_others(name: str) -> Problem:
    """Data for R or SPSS have numbers of their own for yes and no, which they do not tell."""
    return Problem(
        name,
        expected="the responses together with the syntax file, which tells what its numbers are",
        remedy="Put the syntax file for R beside it, or export the responses as CSV. If it is a "
        "plain CSV export, call it survey.csv.",
    )


def _undated(table: Sheet, columns: Sequence[Column]) -> list[Problem]:
    """The problems of dates of which none is in the form that we read; one for all if many."""
    dates = [column for column in columns if column.name == "submitdate"]
    given = [text for column in dates for text in column.texts.categories if column.read(text)]
    if not given or any(_DAY.match(text) for text in given):
        return []
    first = dates[0]
    filled = np.array([bool(first.read(text)) for text in first.texts.categories], dtype=bool)
    places = np.flatnonzero(filled[first.texts.codes])
    return [
        _no_date(table, first, int(place))
        for place in (places if len(places) <= FEW else places[:1])
    ]


def _no_date(table: Sheet, column: Column, place: int) -> Problem:
    return Problem(
        table.name,
        int(table.rows[place]),
        column.heading,
        shown(str(column.texts[place])),
        "dates as LimeSurvey exports them (YYYY-MM-DD HH:MM:SS)",
        "Export the responses anew and do not open them in a spreadsheet first; "
        "or write the dates as YYYY-MM-DD HH:MM:SS.",
    )


def _merely_completed(column: Column) -> Column:
    """The column; of dates that are told as wrong already, that the response was completed."""
    if column.name != "submitdate":
        return column
    return dataclasses.replace(column, read=lambda text: UNDATED if column.read(text) else "")


def _one_of(files: Mapping[str, bytes], what: str, count: int) -> Problem:
    return Problem(
        ", ".join(sorted(files)),
        value=f"{count} of them",
        expected=f"one {what}",
        remedy="Keep one, and take the others out of the folder.",
    )


def _told(
    export: Export,
    headings: Headings,
    columns: Sequence[Column],
    read: Sequence[Counter[tuple[str, str]]],
) -> Recognised:
    same: Counter[tuple[str, str]] = Counter()
    for column, counted in zip(columns, read, strict=True):
        if column.name not in ("id", "submitdate", "role"):
            same.update(counted)
    by_number = [
        column.heading
        for column, counted in zip(columns, read, strict=True)
        if any(folded(text) in column.answers.converted for text, _ in counted)
    ]
    answers = (
        Mapped("answer", shown(text), value or "no answer", count)
        for (text, value), count in same.items()
        if text
    )
    return Recognised(
        export.table.name,
        f"{export.kind}, {headings.style}",
        "survey",
        _counts(export.table, columns),
        (*_sure(headings, export.table), *answers),
        (*export.notes, *export.table.notes, *_numbers_note(by_number)),
        export.table.warnings,
    )


def _sure(headings: Headings, table: Sheet) -> Iterator[Mapped]:
    """The headings; but where no row fits the header, cells may stand in it: none is repeated."""
    return (one for one in headings.mapped if one.to or one.wanted or len(table.rows))


def _counts(table: Sheet, columns: Sequence[Column]) -> dict[str, int]:
    dates = next((column for column in columns if column.name == "submitdate"), None)
    counts = {"responses": len(table.rows)}
    if dates:
        dated = np.array([bool(dates.read(text)) for text in dates.texts.categories], dtype=bool)
        counts["completed"] = int(dated[dates.texts.codes].sum()) if len(dated) else 0
    return counts


def _numbers_note(headings: Sequence[str]) -> tuple[str, ...]:
    if not headings:
        return ()
    return (
        "In these columns 1 was read as yes, 2 and 0 as no, as LimeSurvey converts Y and N: "
        f"{', '.join(headings)}. If your export used other numbers, say so in study.toml under "
        "[survey.answers].",
    )
