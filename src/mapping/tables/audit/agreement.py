"""Tables of agreement: how alike the coders code, and what it is without each rater."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping.facts.audit.coders import coded as compared
from mapping.facts.audit.rows import counted
from mapping.facts.counting import Count
from mapping.prose import Words
from mapping.prose.formats import EN_DASH, MINUS, capital
from mapping.references import of, setting
from mapping.tables.audit.marks import ends, traced
from mapping.tables.table import Builder, Cell, Column, Table

if TYPE_CHECKING:
    from mapping.auditing import Audit

_SCOPES = ("all", "kind", "indicator", "code")
_METRICS = ("nominal", "ordinal")


def coders(audit: Audit, words: Words) -> Table:
    """How alike the coders code: all of it, and by kind of code; one row a part."""
    rows = compared(audit).where(scope=("all", "kind"))
    build = Builder(words, "audit_coders")
    return build.table(_shown(rows.frame), _columns(build, words, "pairs"), **_limits(words))


def coded(audit: Audit, words: Words) -> Table:
    """How much each coder has coded: one row a coder."""
    every = of("evidence", audit.study.evidence).where(instrument="interview").known("rater")
    own = {key: every.where(rater=key) for key in sorted(set(every.frame["rater"]))}
    rows = [
        {
            "coder": key,
            "departments": Count(codings.distinct(), every.distinct()),
            "units": codings.distinct("unit"),
            "codings": counted(codings, every),
        }
        for key, codings in own.items()
    ]
    build = Builder(words, "audit_coded")
    columns = [
        build.column("coder", lambda key: capital(rater("coders", key, words))),
        build.column("departments", words.formats.of_base, number=True),
        *build.numbers("units"),
        build.column("codings", words.formats.count, number=True),
    ]
    frame = pd.DataFrame(rows, columns=[column.field for column in columns], dtype="object")
    return build.table(frame, columns, codings=every.count(), departments=every.distinct())


def codes(audit: Audit, words: Words) -> Table:
    """The codes, and the levels of indicators, of which agreement is judged, the worst first."""
    every = compared(audit).known("word")
    parts = [every.where(scope="code"), every.where(scope="indicator", metric="ordinal")]
    rows = pd.concat([part.frame for part in parts])
    shown = _shown(rows).sort_values(["alpha", "key"], kind="stable", ignore_index=True)
    build = Builder(words, "audit_codes")
    return build.table(shown, _columns(build, words, "given"), **_limits(words))


def without(audit: Audit, words: Words) -> Table:
    """What agreement is without each coder and each instrument; one row a rater and a metric."""
    rows = of("agreement", audit.agreement).where(scope="without").known("alpha")
    build = Builder(words, "audit_without")
    decimal = _decimal(words)
    columns = [
        build.column("part", _part(words)),
        build.column("with_others", _share(words), number=True),
        build.column("alpha", decimal, number=True),
        build.column("gain", decimal, number=True),
        build.column("gain_ends", _interval(words), number=True),
        build.column("look", _look(words)),
    ]
    return build.table(_shown(rows.frame), columns)


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of table ``agreement`` in the order in which they are told, their numbers traced."""
    place = {name: number for number, name in enumerate((*_SCOPES, *_METRICS))}
    order = frame.assign(at=frame["scope"].map(place), by=frame["metric"].map(place))
    ordered = order.sort_values(["among", "at", "by", "key"], kind="stable")
    parts = list(ordered[["among", "scope", "metric", "key"]].itertuples(index=False, name=None))
    numbers = ("alpha", "ac1", "agreement", "with_others", "gain", "pairs", "given", "units")
    return traced(ordered, "agreement", *numbers).assign(
        part=pd.Series(parts, ordered.index, dtype="object"),
        ends=ends(ordered, "agreement", "alpha_low", "alpha_high"),
        gain_ends=ends(ordered, "agreement", "gain_low", "gain_high"),
        judged=ordered["word"].fillna(ordered["reason"]),
    )


def _columns(build: Builder, words: Words, counted: str) -> list[Column]:
    decimal = _decimal(words)
    return [
        build.column("part", _part(words)),
        *build.numbers(counted),
        build.column("alpha", decimal, number=True),
        build.column("ends", _interval(words), number=True),
        build.column("ac1", decimal, number=True),
        build.column("agreement", _share(words), number=True),
        build.column("judged", lambda word: words.say(f"audit.judged.{word}")),
    ]


def _limits(words: Words) -> dict[str, Any]:
    """The protocol's limits that the notes tell of."""
    names = {"reliable", "tentative", "agree"}
    limits = {name: setting(words.protocol, f"audit.{name}") for name in names}
    return limits | {"fewest": setting(words.protocol, "audit.fewest_units")}


def _part(words: Words) -> Cell:
    """What is agreed on, in words."""

    def write(part: tuple[str, str, str, str]) -> str:
        among, scope, metric, key = part
        if scope == "without":
            return words.say(f"audit.part.without.{metric}", name=rater(among, key, words))
        if scope == "all":
            return words.say(f"audit.part.all.{metric}")
        if scope == "kind":
            return words.say(f"audit.part.kind.{key}")
        name = capital(words.measured(scope, key))
        return words.say(f"audit.part.{scope}.{metric}", name=name)

    return write


def rater(among: str, key: str, words: Words) -> str:
    """A coder by number, an instrument by its name."""
    if among == "instruments":
        return words.label("instrument", key)
    return words.say("audit.coder", number=key.rpartition("-")[2])


def _decimal(words: Words) -> Cell:
    return lambda value: words.formats.number(value, 2)


def _share(words: Words) -> Cell:
    return words.formats.chance


def _interval(words: Words) -> Cell:
    """Two numbers with a dash between them; with a word where one is negative."""

    def write(pair: tuple[float, float]) -> str:
        low, high = (words.formats.number(end, 2) for end in pair)
        if MINUS in low + high:
            return words.say("audit.to", low=low, high=high)
        return f"{low}{EN_DASH}{high}"

    return write


def _look(words: Words) -> Cell:
    return lambda look: words.say(f"tables.marks.{'yes' if look else 'no'}")
