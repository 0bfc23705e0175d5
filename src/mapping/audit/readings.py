"""What the same evidence says of each aspect when it is read otherwise.

A reading is one combination of the choices that are made before a tier is decided: which
instruments count, with what weights, averaged how, and whose codes of the interviews.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mapping.indicators import Average, interview_levels, survey_levels, votes, workshop_levels
from mapping.protocol import Protocol
from mapping.vocabulary import DECIMALS, INSTRUMENTS

Numbers = npt.NDArray[np.float64]

ALL = "all"
"""The level of the factor coder that is the codes of all of them."""

_TINY = 1e-9
"""Weights that add up to half of all but for rounding are half of them."""


@dataclass(frozen=True)
class Measured:
    """What the instruments measured, by one average and the codes of some coders.

    ``levels``: department x indicator x instrument, not rounded, missing where nothing was
    seen. ``votes``: department x instrument x arrangement, how many segments or responses
    voted for it.
    """

    levels: Numbers
    votes: Numbers


def coders(evidence: pd.DataFrame) -> list[str]:
    """The coders of the interviews, sorted."""
    return sorted(evidence["rater"].dropna().unique())


def codes_of(evidence: pd.DataFrame, coder: str) -> pd.DataFrame:
    """The evidence as if one coder alone had coded the interviews.

    At the departments where the coder has coded anything, only the coder's codes are left of
    the interviews; the others keep all theirs, so that nothing but the coder changes. All of
    it for the coder ``"all"``.
    """
    if coder == ALL:
        return evidence
    own = evidence["rater"] == coder
    here = evidence["department_id"].isin(evidence.loc[own, "department_id"])
    return evidence[own | ~here | (evidence["instrument"] != "interview")]


def measured(
    evidence: pd.DataFrame, departments: Sequence[str], protocol: Protocol, average: Average
) -> Measured:
    """What each instrument measured at each of these departments, in their order."""
    seen = evidence[evidence["kind"] == "indicator"]
    by_instrument = dict(list(seen.groupby("instrument")))
    nothing = seen.iloc[:0]
    columns = {
        "interview": interview_levels(by_instrument.get("interview", nothing), average),
        "workshop": workshop_levels(by_instrument.get("workshop", nothing), protocol),
        "survey": survey_levels(by_instrument.get("survey", nothing), average),
    }
    keys = protocol.indicator_keys()
    rows = pd.MultiIndex.from_product([departments, keys], names=["department_id", "key"])
    levels = [columns[name].reindex(rows).to_numpy(dtype=float) for name in INSTRUMENTS]
    shape = (len(departments), len(keys), len(INSTRUMENTS))
    return Measured(
        np.stack(levels, axis=-1).reshape(shape), _votes(evidence, departments, protocol)
    )


def _votes(evidence: pd.DataFrame, departments: Sequence[str], protocol: Protocol) -> Numbers:
    kinds = [arrangement.key for arrangement in protocol.arrangements]
    cast = votes(evidence, "arrangement", kinds)
    rows = pd.MultiIndex.from_product([departments, INSTRUMENTS, kinds])
    counts = cast.groupby(["department_id", "instrument", "category"]).size().reindex(rows)
    shape = (len(departments), len(INSTRUMENTS), len(kinds))
    return np.asarray(counts.fillna(0), dtype=float).reshape(shape)


def aspect_levels(
    measured: Measured,
    protocol: Protocol,
    average: Average = "mean",
    *,
    without: Collection[str] = (),
    weights: Mapping[str, float] | None = None,
) -> Numbers:
    """Level of each aspect by one reading: department x aspect, 0 to 3 or missing.

    The levels of the instruments that are not left out are averaged across them by their
    weights (the protocol's, if no others are given) and rounded; staffing is the level of the
    arrangement with most votes by the same instruments, where there is any. An aspect is the
    average of the known indicators that it rests on, rounded.
    """
    counts = np.array([name not in without for name in INSTRUMENTS])
    weight = np.array([(weights or protocol.weights)[name] for name in INSTRUMENTS])
    across = averaged(np.where(counts, measured.levels, np.nan), weight, average)
    keys = protocol.indicator_keys()
    if "staffing" in keys:
        place = keys.index("staffing")
        arranged = _arranged(measured.votes[:, counts], protocol)
        across[:, place] = np.where(np.isnan(arranged), across[:, place], arranged)
    members = [[keys.index(key) for key in aspect.rests_on] for aspect in protocol.aspects]
    levels = [averaged(across[:, own], np.ones(len(own)), average) for own in members]
    return np.stack(levels, axis=-1)


def _arranged(cast: Numbers, protocol: Protocol) -> Numbers:
    """Staffing level of the arrangement with most votes, ties to the first; missing without."""
    staffing = np.array([arrangement.staffing for arrangement in protocol.arrangements])
    together = cast.sum(axis=1)
    elected = staffing[together.argmax(axis=1)]
    return np.where(together.any(axis=1), elected, np.nan)


def averaged(values: Numbers, weights: Numbers, average: Average) -> Numbers:
    """Weighted mean or median over the last axis, of what is known, rounded.

    The median of weighted values is the value at which their weights, added up from the
    smallest value, pass half of the whole; where they make exactly half, it is the mean of
    that value and the next. With equal weights it is the ordinary median, with whole ones that
    of each value repeated so many times.
    """
    known = ~np.isnan(values)
    weight = known * weights
    whole = weight.sum(axis=-1)
    if average == "mean":
        middle = np.where(known, values * weights, 0.0).sum(axis=-1) / np.where(whole, whole, 1.0)
    else:
        middle = _median(values, weight, whole)
    return np.where(whole > 0, np.round(middle, DECIMALS), np.nan)


def _median(values: Numbers, weight: Numbers, whole: Numbers) -> Numbers:
    order = np.argsort(values, axis=-1)  # what is missing comes last, and weighs nothing
    ranked = np.take_along_axis(values, order, axis=-1)
    below = np.take_along_axis(weight, order, axis=-1).cumsum(axis=-1)
    half = whole[..., None] / 2
    ends = ((below >= half - _TINY).argmax(axis=-1), (below > half + _TINY).argmax(axis=-1))
    low, high = (np.take_along_axis(ranked, end[..., None], axis=-1) for end in ends)
    return np.asarray((low + high)[..., 0] / 2)
