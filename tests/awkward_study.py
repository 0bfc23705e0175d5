"""A small study in contract form that has every awkward thing, always the same.

Several coders on one segment, several codes of each, spans that overlap, passages over line ends
and with characters beyond 16 bits, roles, departments' names in any letters, notes with votes or
none, boxes not ticked, responses without date, department or any answer.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from builders import su_2020
from raw_years import STUDY

from mapping.instruments import corrections, interviews, lineage, register, survey, workshop
from mapping.protocol import Item, Protocol

SETTINGS = "study.toml"
YEAR = "2020"
WORKSHOP_DAY = "2020-02-01"
CODERS = ("Zoë Müller", "Åsa Öberg", "bo ek")
"""By name as text is sorted: these are coder-1, coder-2 and coder-3."""

PERSONS = ("Anna Karlsson", "Per Åberg", "Ines O’Neill")
"""Respondents, whose names documents bear."""

EMAIL = "anna.karlsson@example.org"

Row = dict[str, str]


@dataclass(frozen=True)
class Place:
    """Where a coder marked a text: from ``start`` to before ``end``."""

    start: int
    end: int


@dataclass(frozen=True)
class AwkwardStudy:
    """The tables of the contract, and where in which text each row of the interviews was marked.

    ``texts`` and ``documents`` (a document's name, which is a person's) are by interview_id;
    ``places`` has one for each row of the interviews.
    """

    departments: tuple[Row, ...]
    interviews: tuple[Row, ...]
    workshop: tuple[Row, ...]
    survey: tuple[Row, ...]
    corrections: tuple[Row, ...]
    lineage: tuple[Row, ...]
    texts: Mapping[str, str]
    documents: Mapping[str, str]
    places: tuple[Place, ...]

    def passages(self) -> dict[str, str]:
        """The words of each segment, which all that was marked of it lies in, by segment_id."""
        whole = {}
        for segment, marked in self._marked().items():
            text = self.texts[marked[0][0]["interview_id"]]
            whole[segment] = text[min(p.start for _, p in marked) : max(p.end for _, p in marked)]
        return whole

    def _marked(self) -> dict[str, list[tuple[Row, Place]]]:
        found: dict[str, list[tuple[Row, Place]]] = {}
        for row, place in zip(self.interviews, self.places, strict=True):
            found.setdefault(row["segment_id"], []).append((row, place))
        return found


COLUMNS = {
    register.NAME: register.COLUMNS,
    interviews.NAME: interviews.COLUMNS,
    workshop.NAME: workshop.COLUMNS,
    survey.NAME: (*survey.COLUMNS, *(item.item for item in su_2020().items)),
    corrections.NAME: corrections.COLUMNS,
    lineage.NAME: lineage.COLUMNS,
}


def rows_of(study: AwkwardStudy, table: str) -> tuple[Row, ...]:
    """The rows of a table, by its file's name in the contract."""
    found: tuple[Row, ...] = getattr(study, table.removesuffix(".csv"))
    return found


def contract(study: AwkwardStudy) -> dict[str, bytes]:
    """The files of the year by the contract."""
    tables = {name: csv_of(COLUMNS[name], rows_of(study, name)) for name in COLUMNS}
    return {SETTINGS: STUDY.encode(), **tables}


def csv_of(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@cache
def protocol() -> Protocol:
    """The protocol, with an item of each kind reversed, and few draws of a need's place."""
    turned = ("cond[workload]", "rolefact[no_incentive]", "optout")
    return dataclasses.replace(
        su_2020(),
        need_rules=dataclasses.replace(su_2020().need_rules, draws=50),
        items=tuple(
            dataclasses.replace(item, reversed=item.item in turned) for item in su_2020().items
        ),
    )


@cache
def awkward_study(seed: int = 2020) -> AwkwardStudy:
    """The study drawn with ``seed``."""
    drawn = Random(seed)  # noqa: S311  (a study, no secret)
    departments = tuple(_department(drawn, ident, number) for number, ident in enumerate(IDENTS))
    strength = {ident: drawn.uniform(0, 3) for ident in IDENTS}
    coded = [one for ident in HEARD for one in _interviews(drawn, ident, strength[ident])]
    rows = [(row, place) for one in coded for row, place in one.rows]
    responses = tuple(_responses(drawn, strength))
    return AwkwardStudy(
        departments,
        tuple(row for row, _ in rows),
        tuple(_notes(drawn)),
        responses,
        tuple(_corrections(departments, responses)),
        ({"from_id": "OLD-1", "to_id": "ÅÄÖ-22", "kind": "renamed", "year": "2020"},),
        {one.ident: one.text for one in coded},
        {one.ident: f"{number:02} {one.person}.docx" for number, one in enumerate(coded)},
        tuple(place for _, place in rows),
    )


def decomposed(study: AwkwardStudy) -> AwkwardStudy:
    """The study with letters and their accents apart, as macOS may write them."""
    texts = {row["interview_id"]: study.texts[row["interview_id"]] for row in study.interviews}
    marked = [
        (texts[row["interview_id"]], place)
        for row, place in zip(study.interviews, study.places, strict=True)
    ]
    tables = {table: _apart(rows_of(study, table)) for table in COLUMNS}
    return dataclasses.replace(
        study,
        **{table.removesuffix(".csv"): rows for table, rows in tables.items()},
        texts={_nfd(ident): _nfd(text) for ident, text in study.texts.items()},
        documents={_nfd(ident): _nfd(name) for ident, name in study.documents.items()},
        places=tuple(
            Place(len(_nfd(text[: place.start])), len(_nfd(text[: place.end])))
            for text, place in marked
        ),
    )


def _apart(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple({column: _nfd(text) for column, text in row.items()} for row in rows)


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


# --- departments ------------------------------------------------------------------------------

IDENTS = (
    *("ABC-1", "ÅÄÖ-22", "BE-30", "CD-4", "DIDID-555", "EF-6"),
    *("FÄ-7", "GH-8", "HÖGSK-9", "IJ-10", "KL-11", "ZZ-1200"),
)
HEARD, INVITED, ASKED = IDENTS[:9], IDENTS[2:11], IDENTS[:11]
"""Departments with interviews, with notes of the workshop, with responses; the last has nothing."""

NAMES = ('Ёлка; "Norra"', "Åå, Ää & Öö", "日本語", "<b>Beta</b>", "=Gamma", "Ελληνικά 🏛")


def _department(drawn: Random, ident: str, number: int) -> Row:
    known = {
        "faculty": drawn.choice(("", "Norra", "Södra fakulteten")),
        "students_programme": str(drawn.randrange(2000)),
        "students_course": str(drawn.randrange(2000)),
        "programmes": str(drawn.randrange(9)),
        "staff_fte": f"{drawn.uniform(5, 90):.1f}",
        "applicants_per_place": f"{drawn.uniform(0, 9):.2f}",
    }
    shares = {name: f"{drawn.random():.3f}" for name in register.SHARES}
    blank = dict.fromkeys(register.COLUMNS, "")
    name = NAMES[number] if number < len(NAMES) else f"Institution {number}"
    named = {"department_id": ident, "name": name}
    return blank | (named if number % 5 == 4 else known | shares | named)


# --- interviews -------------------------------------------------------------------------------

WORDS = (
    *("alumner", "vi", "har", "inte", "tid", "för", "uppdraget", "är", "otydligt", "åtta", "🎓"),
    *("kontakt", "café", "studenter", "öppet", "hus", "”ja”", "prefekten", "stöder", "det", "𝔸𝔹"),
    *("nätverk", "<b>&", "prioriterat", "någon", "gång", "ibland", "👩‍🏫", "pengar", "i", "år"),
)
GAPS = (" ", " ", " ", " ", ", ", "\n", "\n\n")
ROLES = ("", "prefekt", "studievägledare", "studierektor; GU")
SHAPES = ((0, 12), (0, 9), (3, 12), (4, 8))
"""Words of a passage of twelve that a coder marks: any two share half of the shorter or more."""


@dataclass(frozen=True)
class _Interview:
    ident: str
    person: str
    text: str
    rows: tuple[tuple[Row, Place], ...]


def _interviews(drawn: Random, department: str, strength: float) -> Iterator[_Interview]:
    for number in range(drawn.choice((1, 1, 2))):
        ident = f"i-{department}-{number}"
        about = {
            "interview_id": ident,
            "department_id": department,
            "date": f"2020-0{drawn.randint(1, 3)}-{drawn.randint(10, 28)}",
            "respondent_role": drawn.choice(ROLES),
        }
        coders = drawn.sample(CODERS, drawn.randint(1, 3))
        text, places = _text(drawn, drawn.randint(4, 8))
        segments = [_segment(drawn, place, coders, strength) for place in places]
        if len(coders) == 1:  # a coder's own passages are never one, however they overlap
            inner = Place(places[0][2].start, places[0][8].end)
            segments.append([(coders[0], inner, "need/feedback")])
        rows = [
            (
                about
                | {"segment_id": f"s-{ident}-{segment}", "coder": coder, "code": code}
                | {"excerpt": text[place.start : place.end]},
                place,
            )
            for segment, marked in enumerate(segments)
            for coder, place, code in marked
        ]
        person = drawn.choice(PERSONS)
        yield _Interview(ident, person, text, tuple(rows))


def _text(drawn: Random, passages: int) -> tuple[str, list[list[Place]]]:
    """A text, and the words of each of its passages."""
    text, places = "Intervju 🎤.\n", []
    for number in range(passages):
        text += f"Fråga {number}: hur går det?\n"
        words = []
        for word in (*drawn.sample(WORDS, 11), f"slut{number}"):
            words.append(Place(len(text), len(text) + len(word)))
            text += word + drawn.choice(GAPS)
        places.append(words)
        text = text.rstrip(" ,\n") + ".\n"
    return text, places


def _segment(
    drawn: Random, words: Sequence[Place], coders: Sequence[str], strength: float
) -> list[tuple[str, Place, str]]:
    """Who marked what, and the code: a coder may give a passage several."""
    marked = []
    for coder in drawn.sample(coders, drawn.randint(1, len(coders))):
        first, after = drawn.choice(SHAPES)
        place = Place(words[first].start, words[after - 1].end)
        codes = dict.fromkeys(_code(drawn, strength) for _ in range(drawn.randint(1, 3)))
        marked += [(coder, place, code) for code in codes]
    return marked


def _code(drawn: Random, strength: float) -> str:
    codes = [code for code in su_2020().codes if code.instrument == "interview"]
    if drawn.random() < 0.7:
        level = min(3, max(0, round(drawn.gauss(strength, 0.7))))
        codes = [code for code in codes if code.level == level]
    else:
        codes = [code for code in codes if code.level is None]
    return drawn.choice(codes).code


# --- workshop ---------------------------------------------------------------------------------

STATEMENTS = (
    *("Kunniga kollegor", "Ont om tid (2019)", "=2+3", "Brev\nsom “ingen” läser 🙈", "Slut."),
    *("a; b, c", "Samma lapp", "Samma lapp", "@alla", "Vet inte…", "-", "<i>Webb & tryck</i>"),
)


def _notes(drawn: Random) -> Iterator[Row]:
    """Notes of all quadrants; the departments in between have none in some of them."""
    themes = [code.code for code in su_2020().codes if code.instrument == "workshop"]
    for number in range(60):
        yield {
            "item_id": f"n{number}",
            "department_id": drawn.choice(INVITED),
            "date": WORKSHOP_DAY,
            "quadrant": drawn.choice(("strength", "weakness", "opportunity", "threat")),
            "theme": drawn.choice(themes),
            "votes": drawn.choice(("", "0", "1", "2", "3", "12")),
            "statement": drawn.choice(STATEMENTS),
        }


# --- survey -----------------------------------------------------------------------------------

UNDATED = "1980-01-01 00:00:00"


def _responses(drawn: Random, strength: Mapping[str, float]) -> Iterator[Row]:
    """Completed responses, and all kinds of others: the first six are made to be."""
    items = su_2020().items
    for number in range(48):
        department = drawn.choice(ASKED)
        given = {item.item: _answer(drawn, item, strength[department]) for item in items}
        about = {
            "id": str(number + 11),
            "submitdate": f"2020-04-{drawn.randint(10, 30)} {drawn.randint(10, 23)}:05:59",
            "department": department,
            "role": drawn.choice(ROLES),
        }
        blank = dict.fromkeys(given, "")
        yield about | given | (
            {0: {"submitdate": ""}, 1: {"submitdate": "", "department": ""} | blank,
             2: blank, 3: {"submitdate": UNDATED}, 4: {"submitdate": UNDATED} | blank,
             5: {"cond[interest]": "5"}}.get(number, {})
        )  # fmt: skip


def _answer(drawn: Random, item: Item, strength: float) -> str:
    level = min(3, max(0, round(drawn.gauss(strength, 0.7))))
    if item.type == "multiple":
        return drawn.choice(("Y", "", ""))
    if drawn.random() < 0.15:
        return ""
    if item.type == "likert5":
        return str(level + drawn.randint(1, 2))
    if item.type == "yes_no":
        return drawn.choice("YN")
    return str(level) if item.type == "level" else drawn.choice(item.answers)[1]


def _corrections(departments: Sequence[Row], responses: Sequence[Row]) -> Iterator[Row]:
    """Of a department and of a response: keys that every format keeps."""
    told = {"reason": "misread", "date": "2020-06-01"}
    first = departments[0]
    yield {
        "file": register.NAME,
        "key": first["department_id"],
        "column": "staff_fte",
        "old": first["staff_fte"],
        "new": "99.5",
    } | told
    response = responses[5]
    yield {
        "file": survey.NAME,
        "key": response["id"],
        "column": "cond[interest]",
        "old": response["cond[interest]"],
        "new": "1",
    } | told
