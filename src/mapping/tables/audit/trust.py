"""Tables of how far tiers can be trusted: planted studies, and the certificate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mapping.prose import Words
from mapping.prose.formats import NBSP, capital
from mapping.references import cell
from mapping.tables import cells
from mapping.tables.audit.instruments import short
from mapping.tables.audit.marks import counts, ends, fixed, told, traced
from mapping.tables.calibration import calibration as rates
from mapping.tables.table import Builder, Cell, Table
from mapping.vocabulary import GAPS

if TYPE_CHECKING:
    from mapping.auditing import Audit

CERTIFICATE_WIDTHS = (25, 13, 43, 19)
CALIBRATION_WIDTHS = (41, 13, 13, 11, 22)
"""Of the columns, in per cent."""

_SIGNS = {"pass": "✓", "fail": "✗", "person": "?"}


def recovery(audit: Audit, words: Words) -> Table:
    """How many departments of planted studies are given which tier: a row is a gap and a noise."""
    table = audit.recovery
    place = {gaps: number for number, gaps in enumerate(GAPS)}
    ordered = table.assign(place=table["gaps"].map(place)).sort_values(["place", "noise"])
    shown = traced(ordered, "recovery", "noise", "kappa").assign(
        classified=counts(ordered, "recovery", "classified", "participating"),
        right=counts(ordered, "recovery", "right", "classified"),
        ends=ends(ordered, "recovery", "low", "high"),
        borderline=counts(ordered, "recovery", "borderline", "wrong"),
    )
    build = Builder(words, "audit_recovery")
    columns = [
        build.column("gaps", lambda gaps: words.say(f"figures.recovery.gaps.{gaps}")),
        build.column("noise", words.formats.chance, number=True),
        build.column("classified", words.formats.count, number=True),
        build.column("right", words.formats.count, number=True),
        build.column("ends", cells.interval(words), number=True),
        build.column("kappa", lambda kappa: words.formats.number(kappa, 2), number=True),
        build.column("borderline", words.formats.of_base, number=True),
    ]
    return build.table(shown, columns, 2)


def calibration(audit: Audit, words: Words) -> Table:
    """How many simulated studies support each finding, told in a few words: one row each."""
    made = rates(audit.study.calibration, words)
    finding, *others = made.columns
    named = replace(finding, write=lambda key: short(key, words))
    return replace(made, columns=(named, *others), widths=CALIBRATION_WIDTHS)


def certificate(audit: Audit, words: Words, framework: str) -> Table:
    """The items of one framework, each with its verdict, what was checked and where to look."""
    table = audit.certificate
    rows = table[table["framework"] == framework]
    items = rows.to_dict("records")
    shown = rows.assign(
        item=cells.objects([_item(row, words) for row in items], rows),
        checked=cells.objects([_checked(row, words) for row in items], rows),
        where=cells.objects([_where(row, words) for row in items], rows),
    )
    build = Builder(words, "audit_certificate")
    columns = [
        build.column("item", told),
        build.column("verdict", _verdict(words)),
        build.column("checked", told),
        build.column("where", told),
    ]
    name = words.say(f"certificate.frameworks.{framework}")
    source = words.say(f"certificate.sources.{framework}")
    made = build.table(shown, columns, framework=name, source=source)
    return replace(made, widths=CERTIFICATE_WIDTHS)


def _item(row: dict[Any, Any], words: Words) -> str:
    label = fixed(words, f"certificate.{row['framework']}.{row['item']}.label")
    level = fixed(words, f"certificate.levels.{row['level']}")
    return f"{capital(level)}: {label}"


def _checked(row: dict[Any, Any], words: Words) -> str:
    """What was checked or does the protocol do, and what was not done."""
    key = f"certificate.{row['framework']}.{row['item']}"
    checked = fixed(words, f"{key}.checked")
    if not words.has(f"{key}.not_done"):
        return checked
    return f"{checked} {words.say('audit.not_done', what=fixed(words, f'{key}.not_done'))}"


def _where(row: dict[Any, Any], words: Words) -> str:
    """The place to look at, and how many of how many met it."""
    kind, _, name = str(row["evidence"]).partition(":")
    place = words.say(f"certificate.evidence.{kind}", name=name)
    n, of = (cell("certificate", row, column) for column in ("n", "of"))
    if n is None:
        return place
    number = words.formats.number
    counted = number(n) if of is None else words.say("audit.of", n=number(n), of=number(of))
    return f"{place}: {counted}"


def _verdict(words: Words) -> Cell:
    return lambda key: f"{_SIGNS[key]}{NBSP}{words.say(f'certificate.verdicts.{key}')}"
