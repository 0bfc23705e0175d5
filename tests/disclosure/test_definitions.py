"""Every relation between printed counts that their definitions imply is in the system.

Departments are drawn at random, as evidence, and counted by the product. A count that contains
another one among so many, or never meets it, does so by definition: the system must say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders import answered, coded, evidence_of, note, su_2020
from scipy.optimize import linprog

from mapping import constructs, indicators, recommendations, tiers
from mapping.disclosure.book import Book
from mapping.disclosure.counts import counted
from mapping.disclosure.system import System, matrix
from mapping.vocabulary import QUADRANTS

PROTOCOL = su_2020()
MANY = 1000

LEVELLED = [*PROTOCOL.indicator_keys("conditions"), *PROTOCOL.indicator_keys("needs")]
NEEDS = PROTOCOL.need_keys("internal")
WAYS = [a.key for a in PROTOCOL.arrangements]
ORIGINS = [o.key for o in PROTOCOL.origins]


Random = np.random.Generator
Row = dict[str, object]


def drawn(name: str, random: Random) -> Iterator[Row]:
    """The evidence on one department: by any of the instruments, much or little of it."""
    used = random.choice(["i", "w", "s", "iw", "is", "ws", "iws"])
    much, level = random.choice([0.2, 0.6, 1.0, 1.0]), random.choice([0, 1, 2, 3, 3, None, None])
    for kind in used:
        if kind == "w":
            yield from notes(name, much, random)
        else:
            yield from told(name, kind, much, level, random)


def notes(name: str, much: float, random: Random) -> list[Row]:
    needs = random.choice([True, False])
    themes = [t for t in PROTOCOL.themes if needs or t == "other" or t not in NEEDS]
    every = [(q, t) for q in QUADRANTS for t in themes if random.random() < much / 3]
    every = every or [(random.choice(QUADRANTS), random.choice(themes))]
    return [note(name, quadrant, theme) for quadrant, theme in every]


def told(name: str, kind: str, much: float, level: int | None, random: Random) -> Iterator[Row]:
    """What an interview (i) or a response (s) says; something it always does."""
    yield said(name, kind, "activity", 1)
    for key in LEVELLED:
        if random.random() < much:
            yield said(name, kind, key, random.integers(4) if level is None else level)
    for key, values in {"arrangement": WAYS, "origin": ORIGINS}.items():
        if random.random() < much:
            yield said(name, kind, key, random.choice(values))
    for side, key in {"internal": "need", "external": "external"}.items():
        for need in PROTOCOL.need_keys(side):
            if random.random() < much / 4:
                yield said(name, kind, key, need)


def said(name: str, kind: str, key: str, value: Any) -> Row:
    if kind == "i":
        return coded(name, f"{name}-1", "coder-1", f"{key}/{value}")
    unit = f"{name}-2"
    if key in ("need", "external"):
        return answered(name, unit, "need" if key == "need" else "external_need", value, 1.0)
    if key in ("arrangement", "origin"):
        return answered(name, unit, key, key, value)
    return answered(name, unit, "indicator", key, float(value))


def study(seed: int, count: int) -> Any:
    """A year of random departments, those of its tables that the open edition counts."""
    random = np.random.default_rng(seed)
    evidence = evidence_of(*(row for n in range(count) for row in drawn(f"AB-{n}", random)))
    ids = sorted(evidence["department_id"].unique())
    register = pd.DataFrame({"department_id": ids, "faculty": "Norra"}, dtype="string")
    level = indicators.indicators(evidence, PROTOCOL)
    per = evidence.groupby(["department_id", "instrument"])["unit"].nunique().unstack()
    per = per.reindex(index=ids, columns=["interview", "workshop", "survey"]).fillna(0).astype(int)
    took_part = per.set_axis(["interviews", "workshop_notes", "responses"], axis=1).reset_index()
    return SimpleNamespace(
        protocol=PROTOCOL,
        departments=register,
        participation=took_part,
        evidence=evidence,
        indicators=level,
        constructs=constructs.constructs(level, PROTOCOL),
        tiers=tiers.tiers(level, register, PROTOCOL),
        recommendations=recommendations.recommendations(evidence, level, PROTOCOL),
    )


def broken(system: System) -> list[object]:
    """The relations that the counts of the system do not keep."""
    counts = {name: cell.count for name, cell in system.cells.items()}
    said = [(sum(f * counts[n] for n, f in r.factors.items()), r) for r in system.relations]
    return [r for value, r in said if (value < -1e-9 if r.at_least else abs(value) > 1e-9)]


@pytest.mark.parametrize(("seed", "count"), [(2, 1), (3, 9), (4, 200)])
def test_what_the_system_says_holds_for_any_departments(seed: int, count: int) -> None:
    system = counted(study(seed, count)).system
    assert not broken(system)
    assert min(cell.count for cell in system.cells.values()) >= 0


class Attacker:
    """What follows from the system's relations alone, one department in all being 1."""

    def __init__(self, system: System) -> None:
        self.matrix = matrix(system)
        self.at = {name: place for place, name in enumerate(self.matrix.names)}
        self.bounds = [(0, None)] * self.matrix.sums.shape[1]
        self.bounds[self.at["participating"]] = (1, 1)

    def most(self, factors: dict[str, float]) -> float:
        goal = np.zeros(len(self.bounds))
        for name, factor in factors.items():
            goal[self.at[name]] = -factor
        sums = self.matrix.sums
        found = linprog(goal, A_eq=sums, b_eq=np.zeros(sums.shape[0]), bounds=self.bounds)
        assert found.status == 0, found.message
        return float(-found.fun)


@cache
def population() -> tuple[Book, dict[str, pd.Series]]:
    """Many departments counted, and which of them each cell counts."""
    members: dict[str, pd.Series] = {}
    group = Book.group

    def noted(self: Book, name: str, those: pd.Series, *others: Any, **more: Any) -> str:
        members[name] = those.astype(bool)
        return group(self, name, those, *others, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Book, "group", noted)
        book = counted(study(1, MANY))
    shown = {entry.cell for entry in book.entries}
    return book, {name: those for name, those in members.items() if name in shown}


FROM_LEVELS = ("tier", "grid")
"""Tiers and words of constructs rest on levels: what they say of conditions, and of each other,
is not in the system, and the report says so. The needs by tier are cells of tiers, too."""

CHANCE = 8.0
"""So many departments would tell two counts apart if they had nothing to do with each other."""


def family(name: str) -> str:
    first, *others = name.split("|")
    return "tier" if first == "need" and len(others) > 1 else first


def in_question(one: str, other: str) -> bool:
    """Whether the system must know how the two counts belong together."""
    kinds = {family(one), family(other)}
    resting = kinds & set(FROM_LEVELS)
    return one != other and (not resting or len(kinds) == 1 or "need" in kinds)


def related(pattern: np.ndarray, by_chance: np.ndarray, names: list[str]) -> list[tuple[str, str]]:
    """The pairs of which no department is in the pattern, though by chance many would be."""
    found = zip(*np.nonzero((pattern == 0) & (by_chance >= CHANCE)), strict=True)
    pairs = [(names[a], names[b]) for a, b in found]
    return [pair for pair in pairs if in_question(*pair)]


def test_no_count_contains_another_one_without_the_system_saying_so() -> None:
    book, members = population()
    names = sorted(members)
    inside = np.array([members[name].to_numpy() for name in names], dtype=int)
    sizes = inside.sum(axis=1)
    by_chance = np.outer(sizes, MANY - sizes) / MANY
    pairs = related(inside @ (1 - inside).T, by_chance, names)
    assert ("arrangement|shared", "good|staffing") in pairs
    assert ("swot|threat|feedback", "need|feedback") in pairs
    attacker = Attacker(book.system)
    assert not [(a, b) for a, b in pairs if attacker.most({a: 1.0, b: -1.0}) > 1e-6]


def test_no_counts_exclude_each_other_without_the_system_saying_so() -> None:
    book, members = population()
    names = sorted(members)
    inside = np.array([members[name].to_numpy() for name in names], dtype=int)
    sizes = inside.sum(axis=1)
    pairs = related(inside @ inside.T, np.outer(sizes, sizes) / MANY, names)
    assert ("arrangement|self_appointed", "good|staffing") in pairs
    attacker = Attacker(book.system)
    assert not [(a, b) for a, b in pairs if a < b and attacker.most({a: 1.0, b: 1.0}) > 1 + 1e-6]
