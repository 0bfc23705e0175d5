"""Facts of the open edition: from its own tables alone, in which what is hidden is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from mapping import references
from mapping.facts.counting import Count, Facts, first, largest
from mapping.findings.known import Fieldwork
from mapping.protocol import Protocol
from mapping.vocabulary import INSTRUMENTS, NOT_ASSESSABLE, TIERS, UNCLASSIFIED, VERDICTS

CELLS, FINDINGS, MEASURES = "open_cells", "open_findings", "open_measures"
_SUPPORTED = VERDICTS[-1]


def count_in(row: Mapping[Any, Any]) -> Count | None:
    """The count of a row of ``open_cells`` with its base; of base 0 if that is not shown."""
    if row["hidden"]:
        return None
    of = 0 if pd.isna(row["of"]) else references.whole(CELLS, row, "of")
    return Count(references.whole(CELLS, row, "count"), of)


def shown(cells: pd.DataFrame, table: str, by: str = "row", **where: str) -> dict[str, Count]:
    """The counts of a table that are shown, by their row (or column), the largest first."""
    rows = _rows(cells, table, where)
    told = {row[by]: count_in(row) for row in rows}
    counts = {key: count for key, count in told.items() if count is not None}
    return dict(sorted(counts.items(), key=lambda item: (-item[1].n, item[0])))


def hidden(cells: pd.DataFrame, table: str, by: str = "row", **where: str) -> list[str]:
    """The rows (or columns) of a table whose count is hidden."""
    return [str(row[by]) for row in _rows(cells, table, where) if row["hidden"]]


def _rows(cells: pd.DataFrame, table: str, where: Mapping[str, str]) -> list[Mapping[Any, Any]]:
    rows = cells[cells["table"] == table]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return list(rows.to_dict("records"))


def open_tiers(cells: pd.DataFrame) -> Facts:
    """The tiers whose count is shown, and those whose count is hidden, in their order."""
    counts, away = shown(cells, "tiers"), hidden(cells, "tiers")
    return {
        "tiers": {tier: counts[tier] for tier in TIERS if tier in counts},
        "hidden_tiers": [tier for tier in TIERS if tier in away],
        "unclassified": counts.get(UNCLASSIFIED, Count(0, 0)),
        "some_unclassified": UNCLASSIFIED in away,
    }


def _took_part(cells: pd.DataFrame) -> Count:
    """Participating departments of those of the register; 0 of 0 if that is hidden."""
    return shown(cells, "participation").get("all", Count(0, 0))


def open_in_short(
    cells: pd.DataFrame, findings: pd.DataFrame, measures: pd.DataFrame, protocol: Protocol
) -> Facts:
    """Four to six numbers that matter."""
    apart = protocol.need_rules.listed_apart
    named = {k: c for k, c in shown(cells, "needs_internal").items() if k != apart}
    return {
        "participating": _took_part(cells),
        **open_tiers(cells),
        "first": first(named),
        "first_count": largest(named),
        "clear": shown(cells, "certainty").get("clear_tier", Count(0, 0)),
        **open_verdicts(findings),
        **open_hidden(measures),
    }


def open_aims(cells: pd.DataFrame, fieldwork: Fieldwork) -> Facts:
    """How the study was made: when, and with which instruments, as far as that is shown."""
    by = {
        column: shown(cells, "instruments", column=column) for column in ("departments", "persons")
    }
    instruments = {
        key: {
            "departments": by["departments"].get(key, Count(0, 0)),
            "persons": by["persons"].get(key, Count(0, 0)).n,
        }
        for key in INSTRUMENTS
    }
    return {
        "participating": _took_part(cells),
        "start": fieldwork.start,
        "end": fieldwork.end,
        "instruments": instruments,
    }


def open_ranked(cells: pd.DataFrame, table: str) -> Facts:
    """The counts of a table that are shown, the largest first, and how many are hidden."""
    return {"counts": shown(cells, table), "away": len(hidden(cells, table))}


def open_needs(cells: pd.DataFrame, protocol: Protocol) -> Facts:
    """Needs and voices by how many departments name them; the need listed apart is left out."""
    apart = protocol.need_rules.listed_apart
    named = {k: c for k, c in shown(cells, "needs_internal").items() if k != apart}
    return {
        "with_need": shown(cells, "with_need").get("internal", Count(0, 0)),
        "needs": named,
        "voices": shown(cells, "needs_external"),
    }


def open_swot(cells: pd.DataFrame) -> Facts:
    """In each quadrant the theme that most departments mention, of those that are shown."""
    quadrants = ("strength", "weakness", "opportunity", "threat")
    counts = {key: shown(cells, "swot", "column", row=key) for key in quadrants}
    return {
        "leading": {key: first(found) for key, found in counts.items() if found},
        "most": {key: largest(found) for key, found in counts.items() if found},
    }


def open_verdicts(findings: pd.DataFrame) -> Facts:
    """How many of the findings whose verdict is shown and can be given are supported."""
    rows = references.of(FINDINGS, findings).known("verdict")
    given = rows.without(verdict=NOT_ASSESSABLE)
    return {
        "supported": Count(given.where(verdict=_SUPPORTED).count(), given.count()),
        "verdicts_away": references.of(FINDINGS, findings).where(hidden=True).count(),
    }


def open_hidden(measures: pd.DataFrame) -> Facts:
    """How many counts there are, and how many are hidden."""
    rows = {row["key"]: row for row in _measured(measures, "hidden")}
    return {
        "hidden_cells": Count(_whole(rows["cells"], "value"), _whole(rows["cells"], "of")),
    }


def open_change(change: pd.DataFrame) -> Facts:
    """Whether an open edition of an earlier year can be compared with, and which year's."""
    return {"compared": len(change) > 0, "year": str(change["year"].max()) if len(change) else ""}


def open_agreement(cells: pd.DataFrame, measures: pd.DataFrame) -> Facts:
    """How well the coders agree overall, and of how many departments the tier is clear."""
    found: Sequence[tuple[str, dict[str, object]]] = [
        (
            row["key"],
            {name: references.cell(MEASURES, row, name) for name in ("value", "low", "high")},
        )
        for row in _measured(measures, "agreement")
    ]
    return {
        "agreement": {key: values for key, values in found if values["low"] is not None},
        "clear": shown(cells, "certainty").get("clear_tier", Count(0, 0)),
    }


def _measured(measures: pd.DataFrame, measure: str) -> list[Mapping[Any, Any]]:
    return list(measures[measures["measure"] == measure].to_dict("records"))


def _whole(row: Mapping[Any, Any], column: str) -> int:
    return references.whole(MEASURES, row, column)


def open_limits(protocol: Protocol, measures: pd.DataFrame) -> Facts:
    """What the protocol lets be shown, and how much is hidden by it."""
    path = "disclosure.minimum"
    return {
        **open_hidden(measures),
        "fewest": references.setting(protocol, f"{path}_cell"),
        "persons": references.setting(protocol, f"{path}_persons"),
        "width": references.setting(protocol, f"{path}_width"),
    }


def open_method(protocol: Protocol, year: int) -> Facts:
    """The protocol and its hash, shortened, and the year of the command."""
    return {
        "protocol": protocol.name,
        "version": protocol.version,
        "hash": protocol.sha256[:12],
        "command": f"mapping run {year} --edition open",
    }
