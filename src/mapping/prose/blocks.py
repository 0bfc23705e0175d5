"""Blocks of a report: the title page's words, and sections of sentences with their numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from numbers import Real
from typing import TYPE_CHECKING, NamedTuple

from mapping.display import Display, element, visible, wrapped
from mapping.errors import RunError
from mapping.facts import Count
from mapping.prose.formats import capital
from mapping.prose.words import Words, words

if TYPE_CHECKING:
    import pandas as pd

    from mapping.comparison import FollowUp
    from mapping.instruments import StudySettings
    from mapping.study import Study


class Told(NamedTuple):
    """A finished text, and the key of the template that tells it."""

    key: str
    text: str


@dataclass(frozen=True)
class Section:
    """A section's finished texts; parts without a text are empty."""

    heading: Told
    level: int
    paragraphs: tuple[Told, ...]
    points: tuple[Told, ...]
    notes: tuple[Told, ...]


def department_names(departments: pd.DataFrame, names: str) -> dict[str, str]:
    """The shown name of each department of the register: its code, or its name.

    ``names`` is the study's setting: "code" or "name".
    """
    shown = departments["department_id" if names == "code" else "name"]
    return dict(zip(departments["department_id"], shown, strict=True))


def study_words(study: Study, lang: str) -> Words:
    """The texts for a study, its departments shown by code or name as the study says."""
    names = department_names(study.departments, study.settings.names)
    return words(lang, study.protocol, names)


def follow_words(follow: FollowUp, lang: str) -> Words:
    """The texts for a year beside its baseline, also with the names of departments that are gone.

    A department of both registers bears its name of the later year.
    """
    then, now = follow.reported, follow.now
    setting = now.settings.names
    names = [department_names(study.departments, setting) for study in (then, now)]
    return words(lang, follow.protocol, names[0] | names[1])


def title(
    study: Study,
    report: str,
    lang: str,
    *,
    compact: bool = False,
    edition: str = "edition",
    **values: object,
) -> Display:
    """The report's title, edition and notice, for the reader and as the PDF's metadata.

    ``report`` is a table of the texts' ``document.toml``: evidence, swot, tiers, mapping, followup
    or department; ``values`` fill its title. One without a title there, such as a notebook of your
    own, bears the study's. A compact report is set closer, without contents. ``edition`` is the
    text of ``document.toml`` that says for whom it is: "edition" (internal) or "edition_open".
    """
    text = study_words(study, lang)
    stamped = marks(text, study.settings, edition)
    called = _called(text, study.settings, report, values)
    document = {**stamped, **called, "compact": compact}
    shown = (document["subtitle"], capital(str(stamped["edition"])), stamped["synthetic"])
    lines = [str(line) for line in shown if line]
    html = element("h1", called["title"]) + "".join(element("p", line) for line in lines)
    return Display(html, "\n".join([called["title"], *lines]), {"document": document})


def marks(text: Words, settings: StudySettings, edition: str = "edition") -> dict[str, object]:
    """What stands on a document of the study, whatever it is called, as the PDF's metadata."""
    return {
        "subtitle": settings.title[text.lang],
        "lang": text.lang,
        "year": settings.year,
        "edition": text.say(f"document.{edition}"),
        "synthetic": text.say("document.synthetic") if settings.synthetic else None,
        "date": settings.fieldwork.end.isoformat(),
        "labels": _labels(text),
    }


def _called(
    text: Words, settings: StudySettings, report: str, values: Mapping[str, object]
) -> dict[str, str]:
    """The report's title, and the short one for the foot of each page."""
    key = f"document.{report}"
    if not values and not text.has(f"{key}.title"):
        return {"title": settings.title[text.lang], "subtitle": "", "short_title": ""}
    called = {
        "title": text.say(f"{key}.title", **values),
        "short_title": text.say(f"{key}.short_title", year=str(settings.year), **values),
    }
    return {name: visible(each) for name, each in called.items()}


def _labels(text: Words) -> dict[str, str]:
    prefix = "document.labels."
    return {key.removeprefix(prefix): text.say(key) for key in text.keys(prefix)}


def section(text: Words, key: str, **values: object) -> Display:
    """The section's heading, paragraphs, points and notes with the values in them.

    A part whose text comes out empty is left out, which is how a text says nothing about an
    empty group. The numbers among the values go along as metadata.

    Raises
    ------
    RunError
        No such section, a value is missing, or one is used nowhere in the section.

    """
    made = _fill(text, key, values)
    # The four quadrants are told by one text, so their numbers need a key each.
    name = f"{key}.{values['quadrant']}" if "quadrant" in values else key
    return Display(_html(made), _plain(made), {"numbers": {name: dict(_numbers(values))}})


def margin(study: Study, report: str, lang: str) -> Display:
    """What the marks in the margin are; ``report`` is what the numbers' ids begin with.

    That is the report's name, or the department that it is made for.
    """
    text = study_words(study, lang)
    year = str(study.settings.year)
    return section(text, "evidence.marks", year=year, report=f"{report}-{lang}")


def in_short(text: Words, key: str, **values: object) -> Display:
    """As :func:`section`, marked as the report's "in short"."""
    made = section(text, key, **values)
    return Display(wrapped("section", made.html, class_="in-short"), made.plain, made.metadata)


def comment(text: Words, key: str, comments: Mapping[str, str]) -> Display | None:
    """The alumni office's own words under a heading, set apart; None if it wrote nothing.

    ``comments`` holds the text of each language. It is plain text: a blank line begins a new
    paragraph, every other line end is kept, and signs of any markup are printed as they are.
    """
    if not comments.get(text.lang, "").strip():
        return None
    made = section(text, key)
    paragraphs = _paragraphs(comments[text.lang])
    lines = ["<br>".join(escape(line) for line in paragraph) for paragraph in paragraphs]
    quoted = wrapped("blockquote", "".join(wrapped("p", line) for line in lines))
    plain = "\n\n".join([made.plain, *("\n".join(paragraph) for paragraph in paragraphs)])
    return Display(made.html + quoted, plain)


def _paragraphs(text: str) -> list[list[str]]:
    """The lines of each paragraph; blank lines part them."""
    lines = (line.strip() for line in text.splitlines())
    return [list(group) for blank, group in groupby(lines, lambda line: not line) if not blank]


def _fill(text: Words, key: str, values: Mapping[str, object]) -> Section:
    parts = text.keys(f"{key}.")
    if not parts:
        raise RunError(f"no {text.lang} section {key}")
    used = {name for part in parts for name in text.variables(part)}
    if unused := sorted(values.keys() - used):
        raise RunError(f"section {key} ({text.lang}) does not use {', '.join(unused)}")

    def said(part: str) -> tuple[Told, ...]:
        names = [name for name in parts if name.startswith(f"{key}.{part}.")]
        told = (Told(name, _one(text, name, values)) for name in names)
        return tuple(each for each in told if each.text)

    form = "heading" if text.has(f"{key}.heading") else "subheading"
    name = f"{key}.{form}"
    heading = Told(name, _one(text, name, values) if text.has(name) else "")
    level = 2 if form == "heading" else 3
    return Section(heading, level, said("paragraphs"), said("points"), said("notes"))


def _one(text: Words, key: str, values: Mapping[str, object]) -> str:
    """One text with those of the values that it uses, on one line."""
    needed = {name: values[name] for name in text.variables(key) & values.keys()}
    # Python's split() would take the no-break spaces within numbers as well.
    return re.sub(r"[ \n]+", " ", text.say(key, **needed)).strip(" ")


def _html(made: Section) -> str:
    parts = [_element(f"h{made.level}", made.heading)] if made.heading.text else []
    parts += [_element("p", paragraph) for paragraph in made.paragraphs]
    if made.points:
        parts.append(wrapped("ul", "".join(_element("li", point) for point in made.points)))
    parts += [_element("p", note, class_="note") for note in made.notes]
    return "".join(parts)


def _element(tag: str, told: Told, **attributes: str) -> str:
    return element(tag, told.text, told.key, **attributes)


def _plain(made: Section) -> str:
    points = [f"- {point.text}" for point in made.points]
    others = [[told.text for told in part] for part in (made.paragraphs, made.notes)]
    lines = [made.heading.text, *others[0], *points, *others[1]]
    return visible("\n\n".join(line for line in lines if line))


def _numbers(values: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """The numbers among the values, nested ones under joined names; a count with its base.

    A missing number is left out: JSON has none.
    """
    for name, value in values.items():
        path = f"{prefix}{name}"
        if isinstance(value, Count):
            yield path, int(value.n)
            yield f"{path}_of", int(value.of)
        elif isinstance(value, Mapping):
            yield from _numbers(value, f"{path}_")
        elif isinstance(value, Sequence) and not isinstance(value, str):
            items = {str(place): item for place, item in enumerate(value, start=1)}
            yield from _numbers(items, f"{path}_")
        elif isinstance(value, Real) and not isinstance(value, bool):
            number = float(value)
            if not math.isfinite(number):
                continue
            yield path, int(number) if number.is_integer() else number
