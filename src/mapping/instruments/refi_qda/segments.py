"""Segments: what is one passage, though several coders have marked it, each a little differently.

Two spans of different coders in one source are one segment if they overlap by half or more of the
shorter one: a coder often marks the sentence where another marks the paragraph around it, and both
speak of the same passage. Spans of one coder are one only if they are the very same place or
selection; else who marks two passages means two, and whatever another coder marks does not make
them one. So the pairs of spans that overlap so are taken from the largest agreement (what is
shared of what both cover; the same selection before all) to the smallest, of equal ones the
earliest places first, and joined with all that they are joined with already, unless the segment
would then hold two different spans of one coder. A long span is thus one with the passage that it
agrees with most, and the others in it stay as they are. The order of files, and of what is in
them, makes no difference.

A span of the whole text is a coding of the whole source, and would be the agreement of many: like
whole sources, and like selections without offsets (of a picture, say), it is one segment by what it
is, not by what it overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Shares = np.ndarray[Any, np.dtype[np.float64]]

CODERS = 50
"""Coders of one study, at most: those of a segment are the bits of one number."""

OVERLAPS = 10_000_000
"""Pairs of overlapping places that are looked at, at most."""

PLACE = ("source", "text", "start", "end")
"""What tells a place from another."""

_SAME_SELECTION = 2.0
_SAME_PLACE = 1.0
_AT_ONCE = 1 << 16


class TooManyOverlapsError(ValueError):
    """There are more pairs of overlapping places than any study has."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Marks, by their number, that are one segment if nothing forbids it, and how they agree."""

    left: Numbers
    right: Numbers
    agreement: Shares


def segments(marks: pd.DataFrame) -> pd.DataFrame:
    """The ``segment`` of each mark, as a number, and whether it was kept ``apart``.

    A mark is a place that a coder has marked. Columns: ``source`` (a number), ``text`` (a number:
    which text of the source), ``start`` and ``end`` (exclusive; -1 each if it is no span of a
    text), ``thing`` (text: what was marked, a selection's GUID), ``coder`` (a number below
    :data:`CODERS`). A span is apart if it overlaps by half or more with another coder's, which is
    not shorter, and is in another segment for that has another span of one of the coders.

    Raises
    ------
    TooManyOverlapsError
        More than :data:`OVERLAPS` pairs of places overlap.

    """
    ordered = marks.assign(index=marks.index).sort_values(
        ["start", "end", "thing", "coder", "source", "text"], ignore_index=True
    )
    selections = _groups(ordered, "source", "thing")
    places = _places(ordered)
    coders = _numbers(ordered["coder"])
    own = _together(len(ordered), [_neighbours(selections, coders), _neighbours(places, coders)])
    overlapping = _overlapping(ordered, places)
    pairs = _sorted(
        [
            _alike(selections, _SAME_SELECTION),
            _alike(places, _SAME_PLACE),
            overlapping,
        ]
    )
    segment = _joined(own, coders, pairs)
    apart = _not_longer(ordered, overlapping, segment)
    kept = np.isin(places, places[apart]) & (places >= 0)
    found = pd.DataFrame({"segment": segment, "apart": kept}, index=ordered["index"].to_numpy())
    return found.loc[marks.index]


def _places(marks: pd.DataFrame) -> Numbers:
    """Which place each mark is at; -1 for those that are no span of a text."""
    return np.where(marks["end"] > marks["start"], _groups(marks, *PLACE), np.int64(-1))


def _groups(marks: pd.DataFrame, *keys: str) -> Numbers:
    return _numbers(marks.groupby(list(keys), sort=False).ngroup())


def _numbers(column: pd.Series) -> Numbers:
    return np.asarray(column, dtype=np.int64)


def _neighbours(*keys: Numbers) -> tuple[Numbers, Numbers]:
    """Marks that follow each other among those with the same keys, the first of which is told."""
    order = np.lexsort(keys)
    left, right = order[:-1], order[1:]
    same = keys[0][left] >= 0
    for key in keys:
        same &= key[left] == key[right]
    return left[same], right[same]


def _alike(groups: Numbers, agreement: float) -> Pairs:
    """Marks in the same group, whoever made them."""
    left, right = _neighbours(groups)
    return Pairs(left, right, np.full(len(left), agreement))


def _not_longer(marks: pd.DataFrame, pairs: Pairs, segment: Numbers) -> Numbers:
    """Of the pairs that are not one segment the shorter mark, or both if they are as long."""
    length = _numbers(marks["end"] - marks["start"])
    torn = segment[pairs.left] != segment[pairs.right]
    left, right = pairs.left[torn], pairs.right[torn]
    return np.concatenate([left, right[length[left] == length[right]]])


def _together(number: int, edges: list[tuple[Numbers, Numbers]]) -> Numbers:
    """What hangs together, as a number for each mark."""
    left = np.concatenate([edge[0] for edge in edges])
    right = np.concatenate([edge[1] for edge in edges])
    graph = coo_array((np.ones(len(left), dtype=bool), (left, right)), shape=(number, number))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _overlapping(marks: pd.DataFrame, places: Numbers) -> Pairs:
    """Places that overlap by half or more of the shorter one, by the first mark at each.

    The shorter one is left; pairs that only one coder has marked are left out. Two spans overlap so
    exactly if the middle of the shorter one lies in the other, its ends included: it loses its
    middle as soon as less than half of it is shared. So each place goes with a run of all places in
    the order of their middles. Numbers are doubled, so that middles are whole; texts stand one
    behind the other on one line.
    """
    spans = np.flatnonzero(places >= 0)
    first = spans[np.unique(places[spans], return_index=True)[1]]
    several = _of_several(marks, first, places)
    first, coders = first[several], _coders_at(marks, places)[places[first[several]]]
    start, end = _numbers(marks["start"])[first], _numbers(marks["end"])[first]
    text = _groups(marks, "source", "text")[first]
    base = text * (2 * int(end.max(initial=0)) + 2)
    order = np.argsort(2 * base + start + end, kind="stable")
    middles = (2 * base + start + end)[order]
    low = np.searchsorted(middles, 2 * (base + start), side="left")
    high = np.searchsorted(middles, 2 * (base + end), side="right")
    if int((high - low).sum()) > OVERLAPS + len(first):
        raise TooManyOverlapsError
    longer = np.repeat(np.arange(len(first)), high - low)
    runs = np.repeat(high - np.cumsum(high - low), high - low)
    shorter = order[np.arange(len(longer)) + runs]
    length = end - start
    wanted = (length[shorter] < length[longer]) | (
        (length[shorter] == length[longer]) & (first[longer] < first[shorter])
    )
    either = coders[shorter] | coders[longer]
    wanted &= (either & (either - 1)) != 0
    one, other = shorter[wanted], longer[wanted]
    both = np.minimum(end[one], end[other]) - np.maximum(start[one], start[other])
    agreement = both / (length[one] + length[other] - both)
    return Pairs(first[one], first[other], agreement)


def _coders_at(marks: pd.DataFrame, places: Numbers) -> Numbers:
    """The coders of each place, as bits."""
    bits = np.zeros(len(places) + 1, dtype=np.int64)
    np.bitwise_or.at(bits, places, np.int64(1) << _numbers(marks["coder"]))
    return bits


def _of_several(marks: pd.DataFrame, first: Numbers, places: Numbers) -> Flags:
    """Which places are in texts that several coders have marked."""
    spans = marks[places >= 0]
    coders = spans.groupby(["source", "text"], sort=False)["coder"].transform("nunique")
    return np.asarray(coders.reindex(first) > 1, dtype=np.bool_)


def _sorted(pairs: list[Pairs]) -> Pairs:
    """All pairs, the largest agreement first, of equal ones the first marks."""
    left = np.concatenate([np.minimum(one.left, one.right) for one in pairs])
    right = np.concatenate([np.maximum(one.left, one.right) for one in pairs])
    agreement = np.concatenate([one.agreement for one in pairs])
    order = np.lexsort((right, left, -agreement))
    return Pairs(left[order], right[order], agreement[order])


def _joined(own: Numbers, coders: Numbers, pairs: Pairs) -> Numbers:
    """The segment of each mark, from what is one span of a coder and the pairs in their order.

    Pairs that can no longer be joined are dropped many at once: what two segments hold only grows.
    """
    held = np.zeros(int(own.max(initial=-1)) + 1, dtype=np.int64)
    held[own] = np.int64(1) << coders
    root = np.arange(len(held))
    for at in range(0, len(pairs.left), _AT_ONCE):
        left = root[own[pairs.left[at : at + _AT_ONCE]]]
        right = root[own[pairs.right[at : at + _AT_ONCE]]]
        open_still = (held[left] & held[right]) == 0
        _join(root, held, left[open_still].tolist(), right[open_still].tolist())
        root = _flat(root)
    return root[own]


def _join(root: Numbers, held: Numbers, left: list[int], right: list[int]) -> None:
    """Join pairs of segments in their order, where no coder has a span in both."""
    above: dict[int, int] = {}
    bits = {number: int(held[number]) for number in {*left, *right}}
    for one, other in zip(left, right, strict=True):
        while one in above:
            one = above[one]  # noqa: PLW2901 - upwards to what it was joined to
        while other in above:
            other = above[other]  # noqa: PLW2901
        if one != other and not bits[one] & bits[other]:
            above[other] = one
            bits[one] |= bits[other]
    for number, joined in above.items():
        root[number] = joined
    held[list(bits)] = list(bits.values())


def _flat(root: Numbers) -> Numbers:
    """Each segment with what it was joined to in the end."""
    while (root != root[root]).any():
        root = root[root]
    return root
