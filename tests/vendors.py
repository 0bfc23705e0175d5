"""Coding projects as programs write them: one small description of a study, each one's habits.

The habits are those of formats that were looked at; what is written is held against the schema.
Offsets are counted here by encoding what stands before them, not as the reader does it.
"""

from __future__ import annotations

import dataclasses
import io
import uuid
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import quoteattr

SCHEMA = Path(__file__).parents[1].parent / "shared" / "samples" / "refi-qda" / "Project.xsd"
NAMESPACE = "urn:QDA-XML:project:1.0"
OLD_NAMESPACE = "urn:QDA-XML:project:0:10"


@dataclass(frozen=True)
class Interview:
    """A source; its lines end with a line feed."""

    name: str
    text: str
    department: str = ""
    date: str = ""
    role: str = ""


@dataclass(frozen=True)
class Given:
    """A code that a coder gave to the characters from ``start`` to before ``end`` of a source."""

    source: int
    start: int
    end: int
    coder: str
    code: str


@dataclass(frozen=True)
class Coded:
    """A study's interviews and the codes given to them."""

    interviews: tuple[Interview, ...]
    given: tuple[Given, ...]

    def of(self, *coders: str) -> Coded:
        """What these coders did, as each would export it for herself."""
        return dataclasses.replace(self, given=tuple(g for g in self.given if g.coder in coders))


@dataclass(frozen=True)
class Habit:
    """How a program writes a project."""

    origin: str
    utf16: bool = False
    breaks: int = 1
    mark_counts: bool = False
    inclusive: bool = False
    newline: str = "\n"
    marked: bool = False
    facts: Literal["case", "nameless", "set", "none"] = "case"
    braces: bool = False
    upper: bool = True
    times: bool = True
    path: str = "internal://{name}"
    folder: str = "sources"
    entry: str = "project.qde"
    user_on: Literal["coding", "selection", "project"] = "coding"
    selection_each: bool = False
    content_in_xml: bool = False
    namespace: str = NAMESPACE


NVIVO = Habit(
    "NVivo 14", utf16=True, breaks=2, newline="\r\n", marked=True, upper=False, folder="Sources"
)
MAXQDA = Habit("MAXQDA 2022", facts="nameless", braces=True, selection_each=True, marked=True)
ATLAS_TI = Habit(
    "ATLAS.ti 8.4.0", newline="\r\n", marked=True, facts="set", entry="ATLAS.ti project.xml"
)
QUALCODER = Habit("QualCoder 3.4", upper=False, times=False, path="{name}")
TAGUETTE = Habit(
    "Taguette 1.4",
    facts="none",
    times=False,
    content_in_xml=True,
    user_on="selection",
    namespace=OLD_NAMESPACE,
)
QUIRKOS = Habit("Quirkos 2.5", facts="nameless", path="absolute://C:\\Quirkos\\{name}")

HABITS = {
    "nvivo": NVIVO,
    "maxqda": MAXQDA,
    "atlas_ti": ATLAS_TI,
    "qualcoder": QUALCODER,
    "taguette": TAGUETTE,
    "quirkos": QUIRKOS,
}

ATTRIBUTES = {"department": "department", "date": "date", "respondent_role": "role"}
"""The attribute that a project has, by default, and the interview's own."""


def guid(habit: Habit, *name: object) -> str:
    """A GUID that is the same for the same thing, in the program's spelling."""
    found = str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, name))))
    found = found.upper() if habit.upper else found
    return f"{{{found}}}" if habit.braces else found


def offset(text: str, place: int, habit: Habit) -> int:
    """The place before a character, as the program counts."""
    before = text[:place]
    if habit.newline == "\r\n" and habit.breaks == 2:
        before = before.replace("\n", "\r\n")
    counted = len(before.encode("utf-16-le")) // 2 if habit.utf16 else len(before)
    return counted + (habit.mark_counts and habit.marked)


def last(text: str, end: int, habit: Habit) -> int:
    """The end of a selection as the program counts; an inclusive one is of the last character."""
    return offset(text, end - 1, habit) if habit.inclusive else offset(text, end, habit)


def qde(study: Coded, habit: Habit) -> str:
    """The project's XML."""
    coders = sorted({given.coder for given in study.given})
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<Project xmlns="{habit.namespace}" name="study" origin={quoteattr(habit.origin)}>',
            "<Users>",
            *(f'<User guid="{guid(habit, coder)}" name={quoteattr(coder)}/>' for coder in coders),
            "</Users>",
            *_codebook(sorted({given.code for given in study.given}), habit),
            *_variables(habit),
            *_cases(study, habit),
            "<Sources>",
            *(_source(study, number, habit) for number in range(len(study.interviews))),
            "</Sources>",
            *_sets(study, habit),
            "</Project>",
        ]
    )


def qdpx(study: Coded, habit: Habit) -> bytes:
    """The project as a file, with its texts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(habit.entry, qde(study, habit).encode("utf-8-sig"))
        if not habit.content_in_xml:
            for number, interview in enumerate(study.interviews):
                text = interview.text.replace("\n", habit.newline)
                data = text.encode("utf-8-sig" if habit.marked else "utf-8")
                archive.writestr(f"{habit.folder}/{_file_name(number, habit)}", data)
    return packed.getvalue()


def documents_csv(study: Coded) -> str:
    """The list of documents, for programs that tell nothing of them."""
    rows = [f"{one.name},{one.department},,{one.date},{one.role}\n" for one in study.interviews]
    return "document,department_id,interview_id,date,role\n" + "".join(rows)


def _file_name(number: int, habit: Habit) -> str:
    return guid(habit, "text", number).strip("{}") + ".txt"


def _codebook(codes: Sequence[str], habit: Habit) -> Iterable[str]:
    """Codes as a tree: ``a/b`` stands in ``a``."""
    yield "<CodeBook><Codes>"
    tops = list(dict.fromkeys(code.split("/")[0] for code in codes))
    for top in tops:
        given = "true" if top in codes else "false"
        yield f'<Code guid="{guid(habit, "code", top)}" name="{top}" isCodable="{given}">'
        for code in codes:
            if code.startswith(f"{top}/"):
                name = code.split("/", 1)[1]
                yield f'<Code guid="{guid(habit, "code", code)}" name="{name}" isCodable="true"/>'
        yield "</Code>"
    yield "</Codes></CodeBook>"


def _variables(habit: Habit) -> Iterable[str]:
    if habit.facts not in ("case", "nameless"):
        return
    yield "<Variables>"
    for name in ATTRIBUTES:
        kind = "DateTime" if name == "date" else "Text"
        ident = guid(habit, "variable", name)
        yield f'<Variable guid="{ident}" name="{name}" typeOfVariable="{kind}"/>'
    yield "</Variables>"


def _cases(study: Coded, habit: Habit) -> Iterable[str]:
    if habit.facts not in ("case", "nameless"):
        return
    yield "<Cases>"
    for number, interview in enumerate(study.interviews):
        name = f" name={quoteattr('Case ' + interview.name)}" if habit.facts == "case" else ""
        yield f'<Case guid="{guid(habit, "case", number)}"{name}>'
        for attribute, own in ATTRIBUTES.items():
            value = getattr(interview, own)
            if value:
                yield _value(guid(habit, "variable", attribute), attribute, value)
        yield f'<SourceRef targetGUID="{guid(habit, "source", number)}"/></Case>'
    yield "</Cases>"


def _value(variable: str, attribute: str, value: str) -> str:
    tag, text = "TextValue", value
    if attribute == "date":
        tag, text = "DateTimeValue", f"{value}T00:00:00Z"
    ref = f'<VariableRef targetGUID="{variable}"/>'
    return f"<VariableValue>{ref}<{tag}>{text}</{tag}></VariableValue>"


def _sets(study: Coded, habit: Habit) -> Iterable[str]:
    if habit.facts != "set":
        return
    yield "<Sets>"
    yield f'<Set guid="{guid(habit, "set", "all")}" name="Text files"/>'
    for attribute, own in ATTRIBUTES.items():
        for value in sorted({getattr(one, own) for one in study.interviews} - {""}):
            name = quoteattr(f"{attribute}: {value}")
            yield f'<Set guid="{guid(habit, "set", attribute, value)}" name={name}>'
            for number, interview in enumerate(study.interviews):
                if getattr(interview, own) == value:
                    yield f'<MemberSource targetGUID="{guid(habit, "source", number)}"/>'
            yield "</Set>"
    yield "</Sets>"


def _source(study: Coded, number: int, habit: Habit) -> str:
    interview = study.interviews[number]
    path = habit.path.format(name=_file_name(number, habit))
    place = "" if habit.content_in_xml else f" plainTextPath={quoteattr(path)}"
    content = interview.text.replace("&", "&amp;").replace("<", "&lt;")
    inside = f"<PlainTextContent>{content}</PlainTextContent>" if habit.content_in_xml else ""
    given = [one for one in study.given if one.source == number]
    return "\n".join(
        [
            f'<TextSource guid="{guid(habit, "source", number)}" name={quoteattr(interview.name)}'
            f"{place}>{inside}",
            *_selections(interview.text, given, habit),
            "</TextSource>",
        ]
    )


def _selections(text: str, given: Sequence[Given], habit: Habit) -> Iterable[str]:
    """One for each place and coder, or one for each code."""
    places: dict[tuple[object, ...], list[Given]] = {}
    for one in given:
        each = one.code if habit.selection_each else ""
        places.setdefault((one.source, one.start, one.end, one.coder, each), []).append(one)
    for key, codes in places.items():
        one = codes[0]
        users = f' creatingUser="{guid(habit, one.coder)}"' if habit.user_on == "selection" else ""
        times = ' creationDateTime="2020-01-15T10:00:00Z"' if habit.times else ""
        yield (
            f'<PlainTextSelection guid="{guid(habit, "selection", *key)}" name="…"{users}{times}'
            f' startPosition="{offset(text, one.start, habit)}"'
            f' endPosition="{last(text, one.end, habit)}">'
        )
        yield from (_coding(code, key, habit, times) for code in codes)
        yield "</PlainTextSelection>"


def _coding(given: Given, key: tuple[object, ...], habit: Habit, times: str) -> str:
    user = f' creatingUser="{guid(habit, given.coder)}"' if habit.user_on == "coding" else ""
    return (
        f'<Coding guid="{guid(habit, "coding", *key, given.code)}"{user}{times}>'
        f'<CodeRef targetGUID="{guid(habit, "code", given.code)}"/></Coding>'
    )
