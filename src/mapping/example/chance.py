"""Chance that is the same everywhere, and the ways in which a share of departments is chosen.

Only ``random.Random.random`` seeded with text, elementwise sums and products, and sorting are
used: all of them give the same bits on every machine and Python version.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files
from random import Random

import pandas as pd

from mapping.example.world import Pairs

LASTING = 0.2
"""Pace of what changes slowly: size, programmes, kinds of students."""


def bank(name: str) -> str:
    """The text of one of the package's data files."""
    return (files("mapping.example") / "banks" / name).read_text(encoding="utf-8")


def random_of(*names: object) -> Random:
    """The random numbers of whatever the names name; text is hashed alike everywhere."""
    return Random("/".join(map(str, names)))  # noqa: S311 - invented data, not a secret


def departments_of(year: int) -> pd.DataFrame:
    """The departments that exist in a year, by id: name, faculty, and the unit that lives on."""
    rows = [
        row
        for row in csv.DictReader(bank("departments.csv").splitlines())
        if int(row["first"]) <= year <= int(row["last"])
    ]
    return pd.DataFrame(rows).set_index("department_id").sort_index()


@dataclass(frozen=True)
class Chance:
    """Chance per department: a department keeps its luck over the years, but for the drift."""

    departments: pd.DataFrame
    seed: int
    year: int
    drift: float

    def of(self, name: str, pace: float = 1.0) -> pd.Series:
        """A number from -1 to 1 for each department; what lasts drifts at a slower pace."""
        units = self.departments["unit"]
        kept = [random_of(self.seed, name, unit).random() for unit in units]
        new = [random_of(self.seed, name, unit, self.year).random() for unit in units]
        drift = self.drift * pace
        mixed = [2 * (k + drift * (n - k)) - 1 for k, n in zip(kept, new, strict=True)]
        return pd.Series(mixed, index=self.departments.index)


def place(scores: pd.Series) -> pd.Series:
    """Each department's place among all, from just above 0 (lowest) to just below 1."""
    return (scores.rank(method="first") - 0.5) / len(scores)


def highest(scores: pd.Series, rate: float) -> pd.Series:
    """True for so large a share of the departments, those with the highest scores."""
    return scores.rank(method="first", ascending=False) <= int(rate * len(scores) + 0.5)


def allot(scores: pd.Series, shares: Pairs) -> pd.Series:
    """Words by their shares, the first for the highest scores, the last for all the rest."""
    words = pd.Series(shares[-1][0], index=scores.index, dtype="object")
    reached = 0.0
    taken = pd.Series(False, index=scores.index)
    for word, share in shares[:-1]:
        reached += share
        chosen = highest(scores, reached)
        words = words.mask(chosen & ~taken, word)
        taken = chosen
    return words
