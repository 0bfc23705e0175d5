"""Which spans are one segment: at the edge by hand, and any by comparing all pairs."""

from __future__ import annotations

import random
from itertools import combinations

import pandas as pd
import pytest

from mapping.instruments.refi_qda.segments import segments

Mark = tuple[int, int, int, str]
"""Start, end, coder, thing."""


def marks(*found: Mark, source: int = 0, text: int = 0) -> pd.DataFrame:
    frame = pd.DataFrame(found, columns=["start", "end", "coder", "thing"])
    return frame.assign(source=source, text=text)


def grouped(frame: pd.DataFrame) -> set[frozenset[int]]:
    numbers = segments(frame)
    return {frozenset(members) for members in numbers.groupby(numbers).groups.values()}


def spans(*places: tuple[int, int, int]) -> pd.DataFrame:
    """Spans of start, end and coder, each a thing of its own."""
    return marks(*((start, end, coder, f"t{n}") for n, (start, end, coder) in enumerate(places)))


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ((0, 100), (50, 150), True),  # exactly half of both
        ((0, 100), (51, 151), False),
        ((0, 100), (90, 110), True),  # exactly half of the shorter one
        ((0, 100), (91, 111), False),
        ((0, 100), (40, 42), True),  # the shorter one lies in the longer
        ((0, 3), (1, 3), True),
        ((0, 3), (2, 5), False),  # one of three
        ((0, 2), (1, 3), True),
        ((0, 100), (100, 200), False),  # they touch
        ((0, 1), (0, 1), True),
    ],
)
def test_half_of_the_shorter_span_is_the_edge(
    one: tuple[int, int], other: tuple[int, int], together: bool
) -> None:
    for first, second in ((one, other), (other, one)):
        found = grouped(spans((*first, 0), (*second, 1)))
        assert found == ({frozenset({0, 1})} if together else {frozenset({0}), frozenset({1})})


def test_spans_of_one_coder_are_not_one_segment() -> None:
    assert len(grouped(spans((0, 100, 0), (10, 90, 0)))) == 2


def test_another_coder_who_holds_both_makes_them_one() -> None:
    assert len(grouped(spans((0, 50, 0), (50, 100, 0), (0, 100, 1)))) == 1


def test_one_place_is_one_segment_whoever_marked_it() -> None:
    frame = marks((0, 10, 0, "a"), (0, 10, 0, "b"), (0, 10, 1, "c"), (5, 9, 0, "d"))
    assert len(grouped(frame)) == 1  # d is of the first coder, and half of it is in the other's


def test_a_chain_is_one_segment() -> None:
    chain = spans((0, 10, 0), (5, 15, 1), (10, 20, 0), (15, 25, 1), (40, 50, 0))
    assert grouped(chain) == {frozenset({0, 1, 2, 3}), frozenset({4})}


def test_one_thing_is_one_segment_wherever_it_is() -> None:
    assert len(grouped(marks((0, 10, 0, "a"), (50, 60, 1, "a"), (-1, -1, 0, "a")))) == 1


def test_what_has_no_offsets_goes_by_what_it_is() -> None:
    assert len(grouped(marks((-1, -1, 0, "a"), (-1, -1, 1, "b"), (-1, -1, 1, "a")))) == 2


@pytest.mark.parametrize(("source", "text"), [(1, 0), (0, 1)])
def test_other_sources_and_texts_are_apart(source: int, text: int) -> None:
    one, other = marks((0, 10, 0, "a")), marks((0, 10, 1, "b"), source=source, text=text)
    assert len(grouped(pd.concat([one, other], ignore_index=True))) == 2


def test_no_marks_have_no_segments() -> None:
    assert segments(marks().astype({"start": int, "end": int, "coder": int})).empty


def by_pairs(frame: pd.DataFrame) -> set[frozenset[int]]:
    """The same, by the words of the definition: all pairs, and then what hangs together."""
    groups = {number: {number} for number in frame.index}
    for one, other in combinations(frame.index, 2):
        a, b = frame.loc[one], frame.loc[other]
        overlap = min(a["end"], b["end"]) - max(a["start"], b["start"])
        shorter = min(a["end"] - a["start"], b["end"] - b["start"])
        same = (a["start"], a["end"]) == (b["start"], b["end"])
        half = a["coder"] != b["coder"] and 2 * overlap >= shorter
        if (a["source"], a["text"]) == (b["source"], b["text"]) and (same or half):
            joined = groups[one] | groups[other]
            groups |= dict.fromkeys(joined, joined)
    return {frozenset(members) for members in groups.values()}


@pytest.mark.parametrize("seed", range(30))
def test_any_spans_are_one_segment_as_their_pairs_are_in_any_order(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - for a test
    places = []
    for _ in range(draw.randrange(2, 14)):
        start = draw.randrange(60)
        places.append((start, start + draw.randrange(1, 25), draw.randrange(3)))
    frame = spans(*places)
    frame["source"] = [draw.randrange(2) for _ in places]
    expected = by_pairs(frame)
    assert grouped(frame) == expected
    assert grouped(frame.sample(frac=1, random_state=seed)) == expected
