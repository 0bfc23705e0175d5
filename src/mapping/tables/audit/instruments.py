"""Tables of the instruments: agreement by indicator, each alone, findings, needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping.facts import Count
from mapping.facts.audit.instruments import alone as facts_alone
from mapping.facts.audit.rows import Row, rows_of
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import Selected, cell, of, setting
from mapping.tables import cells
from mapping.tables.audit.marks import counts, fixed
from mapping.tables.table import Builder, Cell, Column, Table
from mapping.vocabulary import CONVERGENCE, INSTRUMENTS, MOVES, TIERS

if TYPE_CHECKING:
    from mapping.auditing import Audit

VOICE_WIDTHS = (46, 18, 12, 12, 12)
"""Of the columns of the findings, in per cent."""


def convergence(audit: Audit, words: Words) -> Table:
    """At how many departments the instruments agree on each indicator, and as raters.

    One row an indicator; no rows where no two instruments saw the same thing.
    """
    table = of("convergence", audit.convergence)
    rated = of("agreement", audit.agreement).where(among="instruments", scope="indicator")
    alphas = {row["key"]: row for row in rows_of(rated)}
    rows = [
        {"indicator": key, **_alpha(alphas.get(key))}
        | {word: own.where(word=word).count() for word in CONVERGENCE}
        for key in audit.protocol.indicator_keys()
        for own in [table.where(indicator=key)]
    ]
    build = Builder(words, "audit_convergence")
    columns = [
        build.column("indicator", cells.label(words, "indicator")),
        *build.numbers(*CONVERGENCE),
        build.column("alpha", lambda alpha: words.formats.number(alpha, 2), number=True),
        build.column("judged", lambda word: words.say(f"audit.judged.{word}")),
    ]
    compared = len(table.without(word="silent").frame)
    frame = pd.DataFrame(rows, dtype="object") if compared else _nothing(columns)
    agree, conflict = (setting(words.protocol, f"audit.{key}") for key in ("agree", "conflict"))
    return build.table(frame, columns, agree=agree, conflict=conflict)


def _alpha(row: Row | None) -> dict[str, Any]:
    """Alpha of an indicator and the word for it, or why there is none."""
    if row is None:
        return {"alpha": None, "judged": None}
    word = row["word"]
    judged = str(row["reason"] if pd.isna(word) else word)
    return {"alpha": cell("agreement", row, "alpha"), "judged": judged}


def alone(audit: Audit, words: Words) -> Table:
    """What each instrument alone would say of the tiers: one row an instrument."""
    table = of("instrument_tiers", audit.instrument_tiers)
    told = facts_alone(audit)["instruments"]
    rows = [
        {"instrument": name, "classified": told[name]["seen"]}
        | {tier: own.where(tier=tier).count() for tier in TIERS}
        | {move: own.where(move=move).count() for move in MOVES}
        for name in told
        for own in [table.where(instrument=name)]
    ]
    build = Builder(words, "audit_alone")
    tiers = [Column(tier, cells.tier(words)(tier), words.formats.number, True) for tier in TIERS]
    columns = [
        build.column("instrument", cells.label(words, "instrument")),
        build.column("classified", words.formats.of_base, number=True),
        *tiers,
        *build.numbers("same", "up", "down"),
    ]
    return build.table(pd.DataFrame(rows, dtype="object") if rows else _nothing(columns), columns)


def voices(audit: Audit, words: Words) -> Table:
    """Which instruments alone speak for each finding, against it, or are silent: one row each."""
    table = audit.finding_voices
    place = {key: number for number, key in enumerate(audit.protocol.statements)}
    ordered = table.assign(place=table["finding"].map(place)).sort_values("place", kind="stable")
    build = Builder(words, "audit_voices")
    columns = [
        build.column("finding", lambda key: short(key, words)),
        build.column("verdict", lambda key: words.say(f"findings.verdict.{key}")),
        *(
            Column(name, cells.label(words, "instrument")(name), _voice(words))
            for name in INSTRUMENTS
        ),
    ]
    return replace(build.table(ordered, columns), widths=VOICE_WIDTHS)


def short(finding: str, words: Words) -> str:
    """The finding in a few words; what it states if it has none."""
    text = f"calibration.short.{finding}"
    own = text if words.has(text) else f"findings.statement.{finding}"
    return capital(fixed(words, own))


def _voice(words: Words) -> Cell:
    return lambda voice: words.say(f"audit.voice.{voice}")


def needs_seen(audit: Audit, words: Words) -> Table:
    """How many departments name each need, by how many instruments saw them: one row a need."""
    table = of("needs_seen", audit.needs_seen)
    numbers = range(1, len(INSTRUMENTS) + 1)
    by_number = {number: _named(table.where(instruments=number)) for number in numbers}
    shown = [number for number in numbers if any(by_number[number].values())]
    keys = [(need.side, need.key) for need in audit.protocol.needs]
    rows = [
        {"need": key} | {f"seen_{number}": by_number[number].get(key) for number in shown}
        for key in keys
    ]
    build = Builder(words, "audit_needs_seen")
    columns = [
        build.column("need", lambda key: _need(key, words)),
        *(build.column(f"seen_{number}", words.formats.count, number=True) for number in shown),
    ]
    return build.table(pd.DataFrame(rows, dtype="object"), columns)


def _need(need: tuple[str, str], words: Words) -> str:
    side, key = need
    kind = "need" if side == "internal" else "voice"
    return words.say(f"audit.headline.{kind}", name=words.label(kind, key))


def _named(rows: Selected) -> dict[tuple[str, str], Count | None]:
    frame = rows.frame
    made = counts(frame, "needs_seen", "departments", "of")
    return dict(zip(zip(frame["side"], frame["need"], strict=True), made, strict=True))


def _nothing(columns: list[Column]) -> pd.DataFrame:
    return pd.DataFrame(columns=[column.field for column in columns])
