"""Tables of the tiers then and now, of the departments that moved, and of both protocols."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping.display import visible
from mapping.facts import Count
from mapping.facts import followup as facts
from mapping.facts.followup.findings import by_verdict
from mapping.facts.followup.measures import TESTED, TIER_TESTS, each, number
from mapping.facts.followup.measuring import by_protocol
from mapping.followup.pulls import pulls
from mapping.prose import Words
from mapping.prose.formats import EN_DASH, NBSP
from mapping.references import cell, of, whole
from mapping.tables import cells
from mapping.tables.followup.marks import department, words_of
from mapping.tables.table import Builder, Cell, Column, Table
from mapping.vocabulary import TIERS

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

WIDTHS = (12, 21, 13, 54)
"""Of the columns of the departments that moved, in per cent."""

Share = tuple[Count, float, float]
"""Departments of those with a tier then, and the interval of their share."""


def transitions(follow: FollowUp, words: Words) -> Table:
    """From each tier then to each tier now: departments, share of the row, interval.

    One row a tier then; no rows if nobody has a tier in both years.
    """
    flows = follow.flows
    found = of("flows", flows).sum("departments")
    rows = [_row(flows[flows["tier_then"] == tier], tier) for tier in TIERS] if found else []
    build = Builder(words, "followup_transitions")
    headers = {tier: f"{cells.tier(words)(tier)} {follow.year}" for tier in TIERS}
    columns = [
        Column("tier", _tier_header(follow, words), cells.tier(words)),
        *build.numbers("of"),
        *(Column(tier, headers[tier], _share(words), True) for tier in TIERS),
    ]
    frame = pd.DataFrame(rows, columns=["tier", "of", *TIERS], dtype="object")
    return build.table(frame, columns, n=found, **facts.years(follow))


def _tier_header(follow: FollowUp, words: Words) -> str:
    return words.say("tables.followup_transitions.tier", year=str(follow.baseline))


def _row(flows: pd.DataFrame, tier: str) -> dict[str, object]:
    rows = {row["tier_now"]: row for row in flows.to_dict("records")}
    base = whole("flows", rows[tier], "of")
    return {"tier": tier, "of": base} | {now: _cell(rows[now]) for now in TIERS}


def _cell(row: Mapping[Hashable, Any]) -> Share | None:
    low, high = (cell("flows", row, end) for end in ("low", "high"))
    if low is None or high is None:
        return None
    return Count(whole("flows", row, "departments"), whole("flows", row, "of")), low, high


def _share(words: Words) -> Cell:
    def write(share: Share) -> str:
        count, low, high = share
        ends = f"{words.formats.percentage(low)}{EN_DASH}{words.formats.percentage(high)}"
        return f"{cells.share(words)(count)} [{ends}]"

    return write


def tier_tests(follow: FollowUp, words: Words) -> Table:
    """The exact tests of the tiers: one row a test; no rows if none was made."""
    rows = facts.measured(follow, "tier")
    rows = rows[rows["key"].isin(TIER_TESTS) & (rows["status"] == TESTED)]
    build = Builder(words, "followup_tier_tests")
    columns = [
        build.column("key", words_of(words, "tier_test")),
        *build.numbers("pairs"),
        *p_columns(build, words),
    ]
    return build.table(with_status(rows), columns, rows_of="change")


def p_columns(build: Builder, words: Words) -> list[Column]:
    """The columns p and Holm's p; where nothing was tested, the reason stands for p."""

    def write(value: object) -> str:
        if isinstance(value, str):
            return words.say(f"followup.status.{value}")
        return cells.p_value(words)(value)

    return [
        build.column("p", write, number=True),
        build.column("p_holm", cells.p_value(words), number=True),
    ]


def with_status(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of table ``change`` with the status for p where nothing was tested."""
    shown = [number(row, "p") if row.status == TESTED else row.status for row in each(rows)]
    return rows.assign(p=cells.objects(shown, rows))


Pull = tuple[str, float | None, float | None]
"""An aspect that pulled, its level then and now (None if unknown)."""


def moved(follow: FollowUp, words: Words) -> Table:
    """Who moved, how surely, and the aspects that moved them, the strongest pull first.

    One row a department; the clear moves first, up before down. No move is called clear between
    tiers that were measured otherwise.
    """
    table = follow.transitions
    rows = table[table["move"].isin(["up", "down"])]
    rows = rows.sort_values(["clear", "move", "department_id"], ascending=[False, False, True])
    found = pulls(table, follow.movements, follow.protocol)
    toward = _steps(found[found["pull"] > 0])
    against = _steps(found[found["pull"] < 0].iloc[::-1])
    shown = rows.assign(
        tiers=cells.objects(list(zip(rows["tier_then"], rows["tier_now"], strict=True)), rows),
        aspects=cells.objects(
            [(toward.get(key, []), against.get(key, [])) for key in rows["department_id"]], rows
        ),
    )
    build = Builder(words, "followup_moved")
    columns = [
        build.column("department_id", department(follow, words)),
        build.column("tiers", _tiers(words)),
        build.column("clear", _sure(words, comparable=facts.comparable(follow))),
        build.column("aspects", _pulls(words)),
    ]
    return replace(build.table(shown, columns, **facts.years(follow)), widths=WIDTHS)


def _steps(pulls: pd.DataFrame) -> dict[str, list[Pull]]:
    steps: dict[str, list[Pull]] = {}
    for row in pulls.assign(kind="aspect", key=pulls["aspect"]).to_dict("records"):
        levels = [cell("movements", row, year) for year in ("then", "now")]
        steps.setdefault(row["department_id"], []).append((row["aspect"], levels[0], levels[1]))
    return steps


def _tiers(words: Words) -> Cell:
    write = cells.tier(words)
    return lambda pair: f"{write(pair[0])} →{NBSP}{write(pair[1])}"


def _sure(words: Words, *, comparable: bool) -> Cell:
    if not comparable:
        return lambda _: words.say("followup.status.break")
    return lambda clear: words.say(f"followup.move.{'clear' if clear else 'uncertain'}")


def _pulls(words: Words) -> Cell:
    def level(value: float | None) -> str:
        return "?" if value is None else words.formats.number(value, 1)

    def step(aspect: str, then: float | None, now: float | None) -> str:
        return NBSP.join([*words.label("aspect", aspect).split(), level(then), "→", level(now)])

    def steps(pulls: Sequence[Pull]) -> str:
        seen = [pull for pull in pulls if visible(level(pull[1])) != visible(level(pull[2]))]
        return "; ".join(step(*pull) for pull in seen)

    def write(both: tuple[Sequence[Pull], Sequence[Pull]]) -> str:
        toward, against = (steps(pulls) for pulls in both)
        other = words.say("tables.followup_moved.against", aspects=against) if against else ""
        return ". ".join(filter(None, [toward, other]))

    return write


def protocols(follow: FollowUp, words: Words) -> Table:
    """The baseline by both protocols: tiers and verdicts; no rows if it is the same one."""
    same = follow.reported.protocol == follow.protocol
    build = Builder(words, "followup_protocols")
    tier = cells.tier(words)
    rows = [
        {"what": tier(key), "own": own, "used": used}
        for key, (own, used) in by_protocol(follow).items()
    ]
    rows += [
        {"what": words.say("tables.followup_protocols.verdict", verdict=_verdict(key, words))}
        | dict(zip(("own", "used"), counts, strict=True))
        for key, counts in by_verdict(follow.verdict_changes).items()
    ]
    names = {"own": follow.reported.protocol.name, "used": follow.protocol.name}
    columns = [
        build.column("what"),
        *(Column(field, name, words.formats.count, True) for field, name in names.items()),
    ]
    frame = pd.DataFrame([] if same else rows, columns=["what", "own", "used"])
    return build.table(frame, columns, year=str(follow.baseline))


def _verdict(key: str, words: Words) -> str:
    return words.say(f"findings.verdict.{key}")
