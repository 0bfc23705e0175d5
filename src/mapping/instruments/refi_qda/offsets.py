"""What a project's offsets count, found from how well its selections fall on the text's words.

Programs count code points or UTF-16 units, the two characters of a Windows line end as one or two,
the byte-order mark or not, and the end as the first character after a selection or the last one in
it. A project does not say which. People select whole words: so every convention is tried on all
selections of a project, and the one by which most of them begin and end between words is taken.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mapping.instruments.refi_qda.texts import Flags, Numbers, Text

FIT = 0.8
"""Share of starts, and of ends, that must fall on word boundaries for excerpts to be quoted.

By a wrong convention about a quarter to two fifths do, as many as there are places between words.
"""

MARGIN = 0.02
"""Where another convention gives other places, it must fit worse there by this, or is a rival."""

Shares = np.ndarray[Any, np.dtype[np.float64]]

_AFTER_SPACE = 0.5
"""Worth of an end after a space: no word is cut, but few people select so."""


@dataclass(frozen=True)
class Convention:
    """What offsets count; as the specification has it unless told."""

    utf16: bool = False
    breaks: int = 1
    mark: bool = False
    inclusive: bool = False

    def words(self) -> str:
        """The convention as a user reads it."""
        unit = "UTF-16 units" if self.utf16 else "code points"
        breaks = "two" if self.breaks == 2 else "one"
        mark = "counted" if self.mark else "not counted"
        end = "the last character" if self.inclusive else "the character after the last"
        return f"{unit}, a line end as {breaks}, the byte-order mark {mark}, the end is {end}"


CONVENTIONS = tuple(
    Convention(utf16, breaks, mark, inclusive)
    for inclusive, mark, breaks, utf16 in itertools.product(
        (False, True), (False, True), (1, 2), (False, True)
    )
)
"""All conventions; of those that give the same places, the first one is named."""


@dataclass(frozen=True, eq=False)
class Spans:
    """Selections with offsets in one text, as the file has them."""

    text: Text
    starts: Numbers
    ends: Numbers


@dataclass(frozen=True)
class Fit:
    """The convention of a project, and how well it fits.

    ``starts`` and ``ends`` are the shares of ``n`` distinct selections that fall on word
    boundaries. ``rivals`` are conventions that give some of them other places, and fit as well
    there; those that give all the same places are none.
    """

    convention: Convention = Convention()
    starts: float = 0.0
    ends: float = 0.0
    n: int = 0
    rivals: tuple[Convention, ...] = ()

    @property
    def quotable(self) -> bool:
        """Whether the text of selections may be quoted."""
        return self.n > 0 and min(self.starts, self.ends) >= FIT


def infer(spans: Sequence[Spans]) -> Fit:
    """The convention by which the selections in all texts of a project fit best."""
    distinct = [_distinct(one) for one in spans]
    distinct = [one for one in distinct if len(one.starts)]
    if not distinct:
        return Fit()
    readings = [_reading(distinct, convention) for convention in CONVENTIONS]
    best = max(range(len(readings)), key=lambda number: (round(readings[number].mean, 9), -number))
    chosen = readings[best]
    rivals = [
        convention
        for convention, reading in zip(CONVENTIONS, readings, strict=True)
        if _rivals(chosen, reading)
    ]
    shares = (float(chosen.starts.mean()), float((chosen.ends > 0).mean()))
    return Fit(CONVENTIONS[best], *shares, len(chosen.starts), tuple(rivals))


def _rivals(chosen: _Reading, other: _Reading) -> bool:
    differs = (chosen.places != other.places).any(axis=0)
    if not differs.any():
        return False
    return bool(other.worth[differs].mean() > chosen.worth[differs].mean() - MARGIN)


def uncontested(spans: Spans, fit: Fit) -> Flags:
    """Which selections have the same place by every rival of the convention."""
    starts, ends, _ = places(spans, fit.convention)
    same = np.ones(len(starts), dtype=bool)
    for rival in fit.rivals:
        other_starts, other_ends, _ = places(spans, rival)
        same &= (starts == other_starts) & (ends == other_ends)
    return same


def places(spans: Spans, convention: Convention) -> tuple[Numbers, Numbers, Flags]:
    """Starts and ends (exclusive) in the text, and whether each selection lies in it.

    One that begins or ends inside of a character does not, and neither does one beyond the text.
    """
    offsets = _offsets(spans.text, convention)
    starts, starts_lie = _looked_up(offsets, spans.starts)
    ends, ends_lie = _looked_up(offsets, spans.ends)
    if convention.inclusive:
        ends_lie &= ends < len(spans.text.text)
        ends = np.minimum(ends + 1, len(spans.text.text))
    return starts, ends, starts_lie & ends_lie


def beyond(spans: Spans, convention: Convention) -> Flags:
    """Which selections reach beyond their text: it is not, or no longer, the one they are of."""
    end = int(_offsets(spans.text, convention)[-1]) - convention.inclusive
    found: Flags = np.maximum(spans.starts, spans.ends) > end
    return found


@dataclass(frozen=True, eq=False)
class _Reading:
    starts: Flags
    ends: Shares
    places: Numbers

    @property
    def worth(self) -> Shares:
        return self.starts + self.ends

    @property
    def mean(self) -> float:
        return float(self.worth.mean())


def _distinct(spans: Spans) -> Spans:
    """Each pair of offsets once; empty selections tell nothing."""
    pairs = np.unique(np.column_stack([spans.starts, spans.ends]), axis=0)
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    return Spans(spans.text, pairs[:, 0], pairs[:, 1])


def _reading(spans: Sequence[Spans], convention: Convention) -> _Reading:
    """How each selection falls, by a convention."""
    found = [places(one, convention) for one in spans]
    starts = [
        _starts_well(one.text, start) & lies
        for one, (start, _, lies) in zip(spans, found, strict=True)
    ]
    ends = [
        _ends_well(one.text, end) * lies for one, (_, end, lies) in zip(spans, found, strict=True)
    ]
    both = np.concatenate([np.stack([start, end]) for start, end, _ in found], axis=1)
    return _Reading(np.concatenate(starts), np.concatenate(ends), both)


def _offsets(text: Text, convention: Convention) -> Numbers:
    """The offset before each character of the text, and that after the last."""
    widths = np.ones(len(text.text), dtype=np.int64)
    if convention.utf16:
        widths += text.wide
    if convention.breaks == 2:
        widths[text.doubled] += 1
    first = int(convention.mark and text.marked)
    return first + np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(widths)])


def _looked_up(offsets: Numbers, wanted: Numbers) -> tuple[Numbers, Flags]:
    """The place of each offset; what lies before the text (its mark) is its beginning."""
    wanted = np.maximum(wanted, offsets[0])
    found = np.minimum(np.searchsorted(offsets, wanted), len(offsets) - 1)
    return found, offsets[found] == wanted


def _starts_well(text: Text, starts: Numbers) -> Flags:
    """Whether no word is cut and the first character is no space."""
    return ~text.word[starts] & ~text.space[starts + 1]


def _ends_well(text: Text, ends: Numbers) -> Shares:
    """What each end is worth: nothing if it cuts a word, half if it is after a space."""
    last, after = ends, ends + 1
    worth = np.zeros(len(ends))
    worth[text.space[last] & ~text.space[after]] = _AFTER_SPACE
    worth[~text.space[last] & ~text.word[after]] = 1
    return worth
