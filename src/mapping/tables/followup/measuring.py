"""Tables of how the two years were measured, and how the report was made."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping.display import traceable, visible
from mapping.facts.followup.measures import each
from mapping.followup.yardstick import in_language
from mapping.prose import Words
from mapping.references import Reference, cell_of, traced
from mapping.tables import cells
from mapping.tables.evidence import HASH_LENGTH
from mapping.tables.followup.marks import instruments, words_of, years
from mapping.tables.table import Builder, Table
from mapping.vocabulary import INSTRUMENTS, YARDSTICK

if TYPE_CHECKING:
    from mapping.comparison import FollowUp
    from mapping.study import Study


def yardstick(follow: FollowUp, words: Words) -> Table:
    """What was measured otherwise: one row a difference, what it was then and is now.

    What breaks something comes first, rules last.
    """
    rows = in_language(follow.yardstick, words.lang)
    place = {part: number for number, part in enumerate(YARDSTICK)}
    ordered = rows.sort_values("part", key=lambda parts: parts.map(place), kind="stable")
    told = each(ordered)
    shown = ordered.assign(
        thing=[_thing(row, words) for row in told],
        then=cells.objects([_value(row, "then", words) for row in told], ordered),
        now=cells.objects([_value(row, "now", words) for row in told], ordered),
    )
    build = Builder(words, "followup_yardstick")
    columns = [
        build.column("thing"),
        build.column("what", words_of(words, "what")),
        *years(follow, str),
    ]
    return build.table(shown, columns, 2)


def _thing(row: Any, words: Words) -> str:
    """What of the yardstick it is, in words where there are any."""
    part, key = str(row.part), str(row.key)
    text = f"followup.part.{'protocol' if key == 'protocol' else part}"
    name = {"instrument": _seen, "question": _asked, "rule": _ruled}.get(part)
    named = name(key, words) if name else key
    return words.say(text, **({"name": named} if words.variables(text) else {}))


def _seen(key: str, words: Words) -> str:
    return words.measured("instrument" if key in INSTRUMENTS else "indicator", key)


_KINDS = {"indicator": "indicator", "need": "need", "external_need": "voice"}
"""Kinds of questions that are about a measure, and its kind."""


def _asked(key: str, words: Words) -> str:
    """What a question of the protocol is about, with its item; of any other, the item alone."""
    for item in words.protocol.items:
        if item.item == key and item.kind in _KINDS:
            about = words.formats.quoted(words.measured(_KINDS[item.kind], item.key))
            return f"{about} ({key})"
    return key


def _ruled(key: str, words: Words) -> str:
    """What part of the protocol a rule is of, with the rest of its path."""
    part, _, rest = key.partition(".")
    text = f"followup.rule.{part}"
    named = words.say(text) if words.has(text) else part
    return f"{named} ({rest})" if rest else named


def _value(row: Any, year: str, words: Words) -> str | None:
    """A value as it is shown: yes and no, instruments, and decimals, as the language has them."""
    value = getattr(row, year)
    if pd.isna(value):
        return None
    text = str(value)
    if re.fullmatch(r"-?\d+(\.\d+)?", text) and row.key != "protocol":
        return _number(text, cell_of("yardstick", row._asdict(), year), words)
    if row.what == "reversed":
        return words.say(f"tables.marks.{text}")
    return instruments(words)(text) if row.what == "seen_by" else visible(text)


def _number(text: str, told: Reference, words: Words) -> str:
    """A number that the table holds as text."""
    decimals = len(text.partition(".")[2])
    if not decimals:
        return traceable(text, traced(int(text), told))
    return words.formats.number(traced(float(text), told), decimals)


def provenance(follow: FollowUp, words: Words) -> Table:
    """What the report depends on, of each year: protocol, inputs, command; hashes shortened."""
    both = {year: _depends(study, words) for year, study in _both(follow)}
    names = dict.fromkeys(name for values in both.values() for name in values)
    rows: list[dict[str, object]] = [
        {"what": name, **{year: values.get(name) for year, values in both.items()}}
        for name in names
    ]
    rows += _made(follow, words)
    build = Builder(words, "followup_provenance")
    columns = [build.column("what"), *years(follow, str)]
    return build.table(pd.DataFrame(rows, columns=["what", "then", "now"]), columns)


def _both(follow: FollowUp) -> tuple[tuple[str, Study], tuple[str, Study]]:
    return ("then", follow.reported), ("now", follow.now)


def _depends(study: Study, words: Words) -> dict[str, str]:
    protocol = study.protocol
    return {
        words.say("tables.provenance.protocol"): f"{protocol.name} {protocol.version}",
        words.say("tables.provenance.protocol_hash"): protocol.sha256[:HASH_LENGTH],
        **{file.name: file.sha256[:HASH_LENGTH] for file in study.raw.files},
    }


def _made(follow: FollowUp, words: Words) -> list[dict[str, object]]:
    """By what program and command; none repeats a report under another protocol."""
    rows: dict[str, str | None] = {
        words.say("tables.provenance.program"): f"mapping {version('mapping')}",
        words.say("tables.provenance.command"): follow.command,
    }
    return [{"what": what, "then": None, "now": told} for what, told in rows.items() if told]
