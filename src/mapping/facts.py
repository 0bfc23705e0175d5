"""What the sentences state: counts from result frames, each together with its base."""

from __future__ import annotations

from typing import NamedTuple


class Count(NamedTuple):
    """So many departments (or other units) of so many."""

    n: int
    of: int
