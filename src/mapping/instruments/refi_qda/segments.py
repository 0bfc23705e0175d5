"""Segments: what is one passage, though several coders have marked it, each a little differently.

Two spans of different coders in one source are one segment if they overlap by half or more of the
shorter one. A coder often marks the sentence where another marks the paragraph around it: then the
sentence lies in the paragraph, and both speak of the same passage. Spans that are so connected
through others are one segment as well, so that the result depends on no order. Spans of one coder
are never connected with each other, for who marks two passages means two; only another coder's
span that holds half of both makes them one, or that they are the very same place or selection.

A span of the whole text is a coding of the whole source, and would swallow every other one: like
whole sources, and like selections without offsets (of a picture, say), it is one segment by what it
is, not by what it overlaps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Numbers = np.ndarray[Any, np.dtype[np.int64]]

CODERS = 50
"""Coders of one study, at most: all pairs of them are compared."""


def segments(marks: pd.DataFrame) -> pd.Series:
    """The segment of each mark, as a number.

    A mark is a place that a coder has marked. Columns: ``source`` (a number), ``text`` (a number:
    which text of the source), ``start`` and ``end`` (exclusive; -1 each if it is no span of a
    text), ``thing`` (text: marks of the same thing in a source are one segment), ``coder`` (a
    number).
    """
    same_thing = marks.groupby(["source", "thing"], sort=False).ngroup().to_numpy()
    spans = marks[marks["end"] > marks["start"]]
    same_place = spans.groupby(["source", "text", "start", "end"], sort=False).ngroup()
    first = same_place.drop_duplicates()
    places = same_place.map(dict(zip(first, first.index, strict=True)))
    edges = [
        (spans.index.to_numpy(), places.to_numpy()),
        _first_of_each(same_thing.astype(np.int64), marks.index.to_numpy()),
        _overlapping(spans.drop_duplicates(["source", "text", "start", "end", "coder"])),
    ]
    left = np.concatenate([edge[0] for edge in edges])
    right = np.concatenate([edge[1] for edge in edges])
    position = pd.Series(np.arange(len(marks)), index=marks.index)
    pairs = (position.loc[left].to_numpy(), position.loc[right].to_numpy())
    graph = coo_array((np.ones(len(left), dtype=bool), pairs), shape=(len(marks), len(marks)))
    return pd.Series(connected_components(graph, directed=False)[1], index=marks.index)


def _first_of_each(groups: Numbers, index: Numbers) -> tuple[Numbers, Numbers]:
    """Each member of a group with the group's first."""
    firsts, inverse = np.unique(groups, return_index=True, return_inverse=True)[1:]
    return index, index[firsts[inverse]]


def _overlapping(spans: pd.DataFrame) -> tuple[Numbers, Numbers]:
    """Pairs of spans that connect all that overlap by half or more of the shorter one.

    That holds of two spans exactly if the middle of one of them lies in the other, its ends
    included: the shorter one loses its middle as soon as less than half of it is shared. So each
    span is one with all middles of other coders in it, a run in the order of the middles. Numbers
    are doubled, so that middles are whole; texts stand one behind the other on one line.
    """
    texts = spans.groupby(["source", "text"], sort=False).ngroup().to_numpy()
    stride = 2 * int(spans["end"].max()) + 2 if len(spans) else 0
    base = texts * stride
    low = base + 2 * spans["start"].to_numpy()
    high = base + 2 * spans["end"].to_numpy()
    middle, index, coders = (low + high) // 2, spans.index.to_numpy(), spans["coder"].to_numpy()
    edges = [(np.array([], dtype=np.int64),) * 2]
    for coder in np.unique(coders):
        own = coders == coder
        order = np.argsort(middle[own], kind="stable")
        points, members = middle[own][order], index[own][order]
        first = np.searchsorted(points, low[~own], side="left")
        after = np.searchsorted(points, high[~own], side="right")
        held = after > first
        edges.append((index[~own][held], members[first[held]]))
        edges.append(_runs(members, first[held], after[held]))
    left, right = zip(*edges, strict=True)
    return np.concatenate(left), np.concatenate(right)


def _runs(members: Numbers, first: Numbers, after: Numbers) -> tuple[Numbers, Numbers]:
    """Neighbours that stand together in one of the runs of members."""
    opened = np.zeros(len(members) + 1, dtype=np.int64)
    np.add.at(opened, first, 1)
    np.add.at(opened, after - 1, -1)
    joined = np.flatnonzero(np.cumsum(opened)[: len(members) - 1] > 0)
    return members[joined], members[joined + 1]
