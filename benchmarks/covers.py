"""A toolbox as large as one may become, and the ways to choose from it without a solver."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

import numpy as np
import numpy.typing as npt

TOOLS, DEPARTMENTS, NEEDS = 200, 50, 10
SERVED = 0.9


@dataclass(frozen=True)
class Instance:
    """Which tool serves which need, how many departments name each, and how much is enough."""

    covers: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.int64]
    least: int

    def enough(self, chosen: list[int]) -> bool:
        """Whether these tools serve enough of the expressed needs."""
        return bool(self.weights[self.covers[chosen].any(axis=0)].sum() >= self.least)


def instance(seed: int = 2) -> Instance:
    """Tools that serve one need each on average, departments that name one need in three."""
    random = np.random.default_rng(seed)
    covers = random.random((TOOLS, NEEDS)) < 1 / NEEDS
    weights = (random.random((DEPARTMENTS, NEEDS)) < 1 / 3).sum(axis=0)
    return Instance(covers, weights, int(np.ceil(SERVED * weights.sum())))


def greedy(problem: Instance) -> list[int]:
    """The tool that adds most, again and again, until it is enough."""
    left, chosen = problem.weights.copy(), list[int]()
    while not problem.enough(chosen):
        chosen.append(int((problem.covers @ left).argmax()))
        left[problem.covers[chosen[-1]]] = 0
    return chosen


def choices(size: int) -> int:
    """How many choices of at most so many tools there are."""
    return sum(comb(TOOLS, tools) for tools in range(size + 1))


def count_out(problem: Instance, size: int, few: int) -> int:
    """How many of the first few choices of so many tools are enough, one after the other."""
    first = islice(combinations(range(TOOLS), size), few)
    return sum(problem.enough(list(chosen)) for chosen in first)
