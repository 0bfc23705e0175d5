"""Who is missing, and how far those who are missing could turn what is said of all departments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol as Shape

import numpy as np
import pandas as pd

from mapping.indicators import arrangements
from mapping.needs import named, with_need
from mapping.participation import participating
from mapping.protocol import Protocol
from mapping.schemas import conform
from mapping.statistics.proportions import hard_bounds
from mapping.swot import common_denominators, mentions
from mapping.vocabulary import (
    CONDITIONS_LEVELS,
    DECIMALS,
    NEEDS_LEVELS,
    SIDES,
    THIRDS,
    TIERS,
    UNCLASSIFIED,
    UNKNOWN,
)

SIZES = ("programmes", "staff_fte")
"""The register's two numbers of how large a department is."""


class Tables(Shape):
    """What the bounds need of a study; :class:`mapping.study.Study` has it, and more."""

    @property
    def protocol(self) -> Protocol:
        """The method."""

    @property
    def departments(self) -> pd.DataFrame:
        """The register: one row is a department of the frame."""

    @property
    def evidence(self) -> pd.DataFrame:
        """Table ``evidence``."""

    @property
    def indicators(self) -> pd.DataFrame:
        """Table ``indicators``."""

    @property
    def constructs(self) -> pd.DataFrame:
        """Table ``constructs``."""

    @property
    def tiers(self) -> pd.DataFrame:
        """Table ``tiers``."""

    @property
    def swot(self) -> pd.DataFrame:
        """Table ``swot``."""

    @property
    def recommendations(self) -> pd.DataFrame:
        """Table ``recommendations``."""


# --- who is missing -----------------------------------------------------------------------------


def missing(departments: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """How many departments of each faculty and size took part (table ``missing``).

    One row is a group of the register's departments: all of them, those of a faculty, or a third
    by the number of programmes or of staff, those of unknown faculty or size apart. ``lowest``
    and ``highest`` are the numbers at the ends of a third. ``share`` is participating of
    ``departments``; missing, as the ends are, where there is no such department.
    """
    seen = departments["department_id"].isin(participating(evidence))
    tables = [
        _groups(seen, "all", pd.Series("all", departments.index)),
        _groups(seen, "faculty", departments["faculty"].fillna(UNKNOWN)),
        *(_sizes(seen, departments[size].astype("float64")) for size in SIZES),
    ]
    return conform(pd.concat(tables, ignore_index=True), "missing")


def _groups(seen: pd.Series, by: str, group: pd.Series) -> pd.DataFrame:
    grouped = seen.groupby(group.astype(object))
    counts = pd.DataFrame({"departments": grouped.size(), "participating": grouped.sum()})
    share = (counts["participating"] / counts["departments"]).round(DECIMALS)
    table = counts.assign(by=by, share=share, lowest=np.nan, highest=np.nan)
    table.index.name = "group"
    return table.reset_index()


def _sizes(seen: pd.Series, size: pd.Series) -> pd.DataFrame:
    """The thirds, also one that ties have left empty; and the unknown, if there are any."""
    group = thirds(size)
    table = _groups(seen, str(size.name), group).set_index("group")
    ends = size.groupby(group).agg(lowest="min", highest="max")
    every = [*THIRDS, UNKNOWN] if (group == UNKNOWN).any() else list(THIRDS)
    table = table.assign(lowest=ends["lowest"], highest=ends["highest"]).reindex(every)
    counts = table[["departments", "participating"]].fillna(0)
    return table.assign(**counts, by=str(size.name)).rename_axis("group").reset_index()


def thirds(size: pd.Series) -> pd.Series:
    """The third of each department: smallest, middle, largest, or unknown.

    By the middle of its place among those with a size (its midrank), so that departments of
    equal size are always in one third, however many they are.
    """
    place = ((size.rank() - 0.5) / size.count()).round(DECIMALS)
    smallest, middle, largest = THIRDS
    group = pd.Series(UNKNOWN, size.index, dtype=object)
    group = group.mask(place.notna(), largest).mask(place < round(2 / 3, DECIMALS), middle)
    return group.mask(place < round(1 / 3, DECIMALS), smallest)


# --- bounds -------------------------------------------------------------------------------------


def bounds(study: Tables) -> pd.DataFrame:
    """What each headline share is of all departments, in the worst case either way.

    One row is a kind and a key (table ``bounds``): a tier, a word of conditions or of needs, with
    a need of one's own or from outside, a need, a voice, an arrangement, a recommendation met, or
    a theme in a quadrant that is a common denominator. ``departments`` of the ``known`` have it;
    of the other ``unknown`` departments of the register (``of``), whether absent or too little
    known, nothing can be said. ``low`` and ``high`` are the share of the register if none of
    them had it, or all; nothing is assumed of who is missing.
    """
    rows = [
        {"kind": kind, "key": key, **_bounded(truth, len(study.departments))}
        for kind, key, truth in _headlines(study)
    ]
    return conform(pd.DataFrame(rows), "bounds")


def _bounded(truth: pd.Series, frame: int) -> dict[str, float]:
    """Of a truth per participant, missing where it is not known."""
    n, known = int(truth.sum()), int(truth.count())
    low, high = hard_bounds(n, known, frame)
    share = round(n / known, DECIMALS) if known else np.nan
    counts = {"departments": n, "known": known, "unknown": frame - known, "of": frame}
    return counts | {"share": share, "low": low, "high": high}


def _headlines(study: Tables) -> Iterator[tuple[str, str, pd.Series]]:
    """Each headline share: its kind, its key, and for whom it is true, is not, or is not known."""
    needs = with_need(study.evidence, study.indicators, study.protocol)
    ways = arrangements(study.evidence, study.protocol)["arrangement"]
    tier = study.tiers["tier"].mask(study.tiers["tier"] == UNCLASSIFIED)
    words = study.constructs
    yield from _each("tier", tier, TIERS)
    yield from _each("conditions", words["conditions_level"], CONDITIONS_LEVELS)
    yield from _each("needs", words["needs_level"], NEEDS_LEVELS)
    yield from (("with_need", side, needs[side]) for side in SIDES)
    for kind, side in (("need", "internal"), ("voice", "external")):
        present = named(study.evidence, study.protocol, side)
        yield from ((kind, str(key), present[key]) for key in present)
    yield from _each("arrangement", ways, [one.key for one in study.protocol.arrangements])
    for key, rows in study.recommendations.groupby("recommendation"):
        yield "recommendation", str(key), rows["met"]
    noted = mentions(study.evidence, study.protocol)
    common = common_denominators(study.swot, study.protocol)
    for quadrant, theme in zip(common["quadrant"], common["theme"], strict=True):
        yield "swot", f"{quadrant}.{theme}", noted[(quadrant, theme)]


def _each(kind: str, word: pd.Series, keys: Sequence[str]) -> Iterator[tuple[str, str, pd.Series]]:
    """Whether each department has each of the words, of which it has one or none is known."""
    for key in keys:
        yield kind, key, (word == key).astype("boolean").mask(word.isna())
