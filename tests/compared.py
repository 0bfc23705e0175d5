"""Hand-made years beside their baselines: every table of a follow-up, written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
from builders import su_2020
from told import FILES

from mapping.facts.followup.measures import order
from mapping.schemas import TABLES, conform
from mapping.vocabulary import TIERS

PROTOCOL = su_2020()
OLDER = replace(PROTOCOL, name="su-2019", version="0.9", sha256="e" * 64)
ALL = "interview workshop survey"

Row = dict[str, Any]


def table(name: str, *rows: Row) -> pd.DataFrame:
    """A table of these rows; what a row does not give is missing."""
    blank = dict.fromkeys(TABLES[name].columns)
    return conform(pd.DataFrame([blank | row for row in rows], columns=list(blank)), name)


def pair(department: str, then: str, now: str, near: bool = False, **other: Any) -> Row:
    """A department seen in both years; ``near`` a border in the later one."""
    rank = dict(zip(TIERS, (3, 2, 1), strict=True))
    rise = rank[now] - rank[then]
    move = "up" if rise > 0 else "down" if rise < 0 else "same"
    row: Row = {"department_id": department, "way": "same", "followed": "both"}
    row |= {"ids_then": department, "ids_now": department, "seen_then": True, "seen_now": True}
    row |= {"instruments_then": ALL, "instruments_now": ALL, "tier_then": then, "tier_now": now}
    row |= {"margin_then": 0.2, "margin_now": 0.01 if near else 0.2}
    row |= {"borderline_then": False, "borderline_now": near, "move": move}
    return row | {"clear": None if move == "same" else not near} | other


def single(department: str, followed: str, tier: str | None = None) -> Row:
    """A department that is not compared; seen, if it has a tier, in the year of its part."""
    then = tier if followed in ("dropped", "left") else None
    now = tier if followed in ("joined", "new") else None
    row: Row = {"department_id": department, "way": "same", "followed": followed}
    row |= {"ids_then": "" if followed == "new" else department}
    row |= {"ids_now": "" if followed == "left" else department}
    row |= {"seen_then": bool(then), "seen_now": bool(now), "tier_then": then, "tier_now": now}
    row |= {"instruments_then": "survey" if then else ""}
    return row | {"instruments_now": "survey" if now else ""}


def flows(transitions: pd.DataFrame) -> pd.DataFrame:
    """The flows between the tiers, counted; each interval as wide as can be."""
    known = transitions.dropna(subset=["move"])
    rows = []
    for then in TIERS:
        was = known[known["tier_then"] == then]
        for now in TIERS:
            made = was[was["tier_now"] == now]
            row = {"tier_then": then, "tier_now": now, "departments": len(made), "of": len(was)}
            row |= {"clear": int(made["clear"].fillna(value=False).sum())}
            row |= {"share": len(made) / len(was), "low": 0.0, "high": 1.0} if len(was) else {}
            rows.append(row)
    return table("flows", *rows)


def measure(kind: str, key: str, status: str = "tested", **other: Any) -> Row:
    """A measure of eight pairs that has not changed."""
    row: Row = {"kind": kind, "key": key, "status": status, "pairs": 8, "rose": 0, "fell": 0}
    row |= {"then": 0.5, "now": 0.5, "all_then": 0.5, "of_then": 8, "all_now": 0.5, "of_now": 8}
    row |= {"all_reported": 0.5, "of_reported": 8}
    row |= {"test": "mcnemar", "p": 1.0, "p_holm": 1.0} if status == "tested" else {}
    ranked = {"rank_then": 1, "rank_now": 1, "rank_rose": 0.0, "rank_fell": 0.0}
    row |= ranked if kind in ("need", "voice") and status == "tested" else {}
    return row | other


def changes(
    status: str = "tested",
    others: Mapping[tuple[str, str], Row] | None = None,
    **every: Any,
) -> pd.DataFrame:
    """Every measure without change, but for these others."""
    told = others or {}
    rows = [
        measure(kind, key, "shown" if key in TIERS and kind == "tier" else status, **every)
        | told.get((kind, key), {})
        for kind, key in order(PROTOCOL)
    ]
    return table("change", *rows)


def moving(department: str, kind: str, key: str, then: object, now: object, **other: Any) -> Row:
    row = {"department_id": department, "kind": kind, "key": key, "then": then, "now": now}
    return row | {"comparable": True} | other


def verdict(finding: str, *steps: str | None, why: str = "", comparable: bool = True) -> Row:
    names = ("reported", "then", "pairs_then", "pairs_now", "now")
    row: Row = dict(zip(names, steps, strict=True))
    return row | {"finding": finding, "why": why, "comparable": comparable}


def year_of(year: int, *, broken: tuple[str, ...] = (), share: float = 0.5) -> list[Row]:
    """Everything of one year of the trend, of four participants and of two of them."""
    sets = {"all": 4, "same": 2}
    kept = {"indicator", "construct", "need", "voice"}
    names = [name for name in order(PROTOCOL) if name[0] in kept or name[1] in TIERS]
    rows = []
    for departments, of in sets.items():
        for kind, key in [("participating", "participating"), *names]:
            level = kind in ("indicator", "construct")
            row: Row = {"year": year, "departments": departments, "kind": kind, "key": key}
            row |= {"value": 1.5 if level else share, "n": None if level else round(of * share)}
            name = "tier:tier" if kind == "tier" else f"{kind}:{key}"
            rows.append(row | {"of": of, "comparable": name not in broken})
    return rows


def follow(**frames: Any) -> Any:
    """A year beside its baseline with these tables, and settings where none are given."""
    made = SimpleNamespace(
        baseline=2020,
        year=2021,
        protocol=PROTOCOL,
        left_out={},
        calibration=None,
        command="mapping run 2021",
        reported=study(PROTOCOL),
        now=study(PROTOCOL),
    )
    made.__dict__.update(frames)
    if "flows" not in frames:
        made.flows = flows(made.transitions)
    return made


def study(protocol: Any) -> Any:
    return SimpleNamespace(protocol=protocol, raw=SimpleNamespace(files=FILES))


def several() -> Any:
    """One of everything: moves of each kind, a break, changes that hold, verdicts, three years."""
    transitions = table(
        "transitions",
        pair("A", "moderate", "good"),
        pair("B", "good", "moderate", instruments_now="survey"),
        pair("C", "small", "moderate", near=True),
        *(pair(key, "small", "small") for key in "DEF"),
        pair("G", "good", "good", way="renamed", ids_then="G0"),
        pair("H", "good", "good", way="merged", ids_then="H1 H2"),
        single("I", "joined", "good"),
        single("J", "dropped", "small"),
        single("K", "new", "moderate"),
        single("L", "left", "moderate"),
        single("M", "unseen"),
    )
    otherwise = {"status": "break", "test": None, "p": None, "p_holm": None}
    rose = {"then": 1.0, "now": 2.0, "rose": 7, "fell": 1, "p": 0.0002, "p_holm": 0.002}
    changed = {
        ("indicator", "interest"): rose,
        ("indicator", "workload"): otherwise,
        ("recommendation", "R2"): otherwise,
        ("need", "feedback"): {"then": 0.25, "now": 0.75, "rose": 5, "fell": 1, "all_then": 0.3}
        | {"of_then": 10, "p": 0.03, "p_holm": 0.04, "rank_then": 3, "rank_now": 1}
        | {"rank_rose": 0.75, "rank_fell": 0.1},
        ("swot", "strength.resources"): {"then": 0.25, "now": 0.5, "rose": 3, "fell": 1},
        ("swot", "threat.other"): {"then": 0.5, "now": 0.25, "rose": 0, "fell": 2},
        ("recommendation", "R1"): {"then": 0.25, "now": 0.5, "rose": 3, "fell": 1},
        ("tier", "good"): {"all_reported": 0.25, "of_reported": 8},
    }
    breaks = "finding:factors-matter indicator:workload recommendation:R2"
    question = {"part": "question", "key": "cond[workload]", "breaks": breaks}
    return follow(
        transitions=transitions,
        change=changes(others=changed),
        movements=table(
            "movements",
            moving("A", "aspect", "interest", 1.5, 3.0),
            moving("A", "aspect", "resources", 1.0, None),
            moving("A", "aspect", "mandate", None, 2.5),
            moving("B", "aspect", "interest", 3.0, 1.5),
            moving("B", "aspect", "mandate", 1.0, 2.0),
            moving("C", "aspect", "interest", 0.0, 1.0),
            moving("A", "recommendation", "R1", 0.0, 1.0),
            moving("B", "recommendation", "R1", 1.0, 0.0),
            moving("A", "recommendation", "R2", 0.0, 1.0, comparable=False),
        ),
        yardstick=table(
            "yardstick",
            question | {"what": "wording_en", "then": "The old one", "now": "The new one"},
            question | {"what": "wording_sv", "then": "Den gamla", "now": "Den nya"},
            {"part": "instrument", "key": "interest", "what": "seen_by", "then": "survey"}
            | {"now": "interview survey"},
            {"part": "rule", "key": "protocol", "what": "value", "then": "a", "now": "b"},
            {"part": "rule", "key": "tier_rules.borderline", "what": "value", "then": "0.1"}
            | {"now": "0.05"},
        ),
        verdict_changes=table(
            "verdict_changes",
            verdict("frame", *["supported"] * 5),
            verdict("three-tiers", "supported", *["inconclusive"] * 4, why="protocol"),
            verdict(
                "factors-matter",
                *["supported"] * 3,
                *["contradicted"] * 2,
                why="change",
                comparable=False,
            ),
            verdict("origins", None, *["supported"] * 4),
        ),
        trend=table(
            "trend",
            *year_of(2019),
            *year_of(2020),
            *year_of(2021, broken=("indicator:workload", "tier:tier")),
        ),
        reported=study(OLDER),
        left_out={2017: "protocol", 2018: "synthetic"},
        command="mapping run 2021 --baseline 2020",
    )


def nothing() -> Any:
    """A year compared with itself: nothing has changed."""
    return follow(
        transitions=table("transitions", *(pair(key, "good", "good") for key in "ABCDEFGH")),
        change=changes(),
        movements=table("movements", moving("A", "aspect", "interest", 1.0, 1.0)),
        yardstick=table("yardstick"),
        verdict_changes=table("verdict_changes", verdict("frame", *["supported"] * 5)),
        trend=table("trend", *year_of(2020), *year_of(2021)),
    )


NOBODY = {"pairs": 0, "then": None, "now": None, "rose": 0, "fell": 0}


def strangers() -> Any:
    """No department in common, and nothing known of anybody."""
    unknown = {"all_then": None, "of_then": 0, "all_now": None, "of_now": 0}
    return follow(
        transitions=table("transitions", single("A", "left", "good"), single("B", "new", "small")),
        change=changes("too_few", **NOBODY, **unknown, all_reported=None, of_reported=0),
        movements=table("movements"),
        yardstick=table("yardstick"),
        verdict_changes=table("verdict_changes", verdict("frame", *["not_assessable"] * 5)),
        trend=table("trend", *year_of(2020), *year_of(2021)),
        reported=study(OLDER),
    )


def incomparable() -> Any:
    """What all that is measured rests on was measured otherwise; one pair, moved clearly."""
    names = [f"{kind}:{key}" for kind, key in order(PROTOCOL) if kind != "tier"]
    breaks = " ".join(sorted(["tier:tier", "aspect:interest", "finding:frame", *names]))
    scale = {"part": "scale", "key": "levels.highest", "what": "value", "then": "4", "now": "3"}
    return follow(
        transitions=table("transitions", pair("A", "small", "good")),
        change=changes("break", pairs=1),
        movements=table("movements", moving("A", "aspect", "interest", 0.0, 3.0, comparable=False)),
        yardstick=table("yardstick", scale | {"breaks": breaks}),
        verdict_changes=table(
            "verdict_changes",
            verdict("frame", "supported", *["contradicted"] * 4, comparable=False),
        ),
        trend=table("trend", *year_of(2020), *year_of(2021)),
    )


FOLLOWED = (several, nothing, strangers, incomparable)
