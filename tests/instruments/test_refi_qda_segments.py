"""Which spans are one segment: at the edge by hand, and any by comparing all pairs."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

import pandas as pd
import pytest

from mapping.instruments.refi_qda import segments as module
from mapping.instruments.refi_qda.segments import TooManyOverlapsError, segments

Mark = tuple[int, int, int, str]
"""Start, end, coder, thing."""


def marks(*found: Mark, source: int = 0, text: int = 0) -> pd.DataFrame:
    frame = pd.DataFrame(found, columns=["start", "end", "coder", "thing"])
    return frame.assign(source=source, text=text)


def grouped(frame: pd.DataFrame) -> set[frozenset[int]]:
    numbers = segments(frame)["segment"]
    return {frozenset(members) for members in numbers.groupby(numbers).groups.values()}


def apart(frame: pd.DataFrame) -> set[int]:
    kept = segments(frame)["apart"]
    return set(kept.index[kept])


def sets(*members: set[int]) -> set[frozenset[int]]:
    return {frozenset(one) for one in members}


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


def test_a_long_span_makes_no_passages_of_another_coder_one() -> None:
    long = spans((0, 50, 0), (50, 110, 0), (120, 130, 0), (0, 130, 1))
    assert grouped(long) == sets({0}, {1, 3}, {2})  # the one that it agrees with most
    assert apart(long) == {0, 2}
    again = spans((0, 50, 0), (50, 110, 0), (0, 130, 1), (0, 130, 2))
    assert grouped(again) == sets({0}, {1, 2, 3})
    assert apart(again) == {0}


def test_of_equal_agreements_the_earliest_place_is_taken() -> None:
    assert grouped(spans((50, 100, 0), (0, 50, 0), (0, 100, 1))) == sets({0}, {1, 2})
    assert grouped(spans((50, 100, 1), (0, 50, 1), (0, 100, 0))) == sets({0}, {1, 2})


def test_the_larger_agreement_goes_before_the_earlier_place() -> None:
    found = spans((0, 10, 0), (4, 14, 1), (5, 15, 0))
    assert grouped(found) == sets({0}, {1, 2})  # 9 of 11 before 6 of 14
    assert apart(found) == {0, 1}  # as long as each other


def test_one_place_is_one_segment_whoever_marked_it() -> None:
    frame = marks((0, 10, 0, "a"), (0, 10, 0, "b"), (0, 10, 1, "c"), (0, 10, 2, "d"))
    assert len(grouped(frame)) == 1
    assert apart(frame) == set()


def test_a_passage_in_a_passage_of_the_same_coder_is_apart_though_another_marked_it_too() -> None:
    frame = marks((0, 10, 0, "a"), (0, 10, 1, "c"), (5, 9, 0, "d"))
    assert grouped(frame) == sets({0, 1}, {2})
    assert apart(frame) == {2}


def test_spans_of_one_coder_alone_are_not_kept_apart_from_another_s() -> None:
    assert apart(spans((0, 100, 0), (10, 90, 0), (200, 210, 1))) == set()


def test_a_chain_of_three_coders_is_one_segment() -> None:
    chain = spans((0, 10, 0), (5, 15, 1), (10, 20, 2), (40, 50, 0))
    assert grouped(chain) == sets({0, 1, 2}, {3})
    assert apart(chain) == set()


def test_a_chain_ends_where_a_coder_comes_again() -> None:
    chain = spans((0, 10, 0), (5, 15, 1), (10, 20, 0), (15, 25, 1))
    assert grouped(chain) == sets({0, 1}, {2, 3})
    assert apart(chain) == {1, 2}


def test_one_selection_goes_before_a_larger_overlap() -> None:
    moved = marks((0, 10, 0, "a"), (50, 60, 1, "a"), (50, 61, 0, "b"))
    assert grouped(moved) == sets({0, 1}, {2})


def test_two_places_of_one_coder_s_selection_are_one_span() -> None:
    twice = marks((0, 10, 0, "a"), (50, 60, 0, "a"), (50, 60, 0, "b"), (0, 10, 1, "c"))
    assert grouped(twice) == sets({0, 1, 2, 3})


def test_what_overlaps_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    nested = spans(*((n, 100 - n, n % 2) for n in range(10)))
    alone = nested.assign(coder=0)
    monkeypatch.setattr(module, "OVERLAPS", 90)  # each of ten with each other
    assert len(grouped(nested)) == 5
    monkeypatch.setattr(module, "OVERLAPS", 89)
    with pytest.raises(TooManyOverlapsError):
        segments(nested)
    assert len(grouped(alone)) == 10


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


Places = set[tuple[int, int, int]]


def by_pairs(frame: pd.DataFrame) -> tuple[set[frozenset[int]], Places]:
    """The same, by the words of the definition: all pairs, from the largest agreement.

    And the places (source, start, end) that are shorter than another coder's which they overlap by
    half, or as long, but not one with it.
    """
    segment = {number: {number} for number in frame.index}
    pairs = []
    for one, other in combinations(sorted(frame.index, key=lambda n: place(frame, n)), 2):
        (first, last, coder), (start, end, by) = place(frame, one), place(frame, other)
        overlap = min(last, end) - max(first, start)
        if frame.loc[one, "source"] != frame.loc[other, "source"]:
            continue
        if coder == by and (first, last) == (start, end):
            segment |= dict.fromkeys((both := segment[one] | segment[other]), both)
        elif coder != by and 2 * overlap >= min(last - first, end - start):
            agreement = Fraction(overlap, max(last, end) - min(first, start))
            pairs.append((-agreement, place(frame, one), place(frame, other), one, other))
    for *_, one, other in sorted(pairs):
        places: dict[int, set[tuple[int, int, int]]] = {}
        for number in segment[one] | segment[other]:
            places.setdefault(place(frame, number)[2], set()).add(place(frame, number))
        if all(len(held) == 1 for held in places.values()):
            segment |= dict.fromkeys((both := segment[one] | segment[other]), both)
    kept: Places = set()
    for *_, one, other in pairs:
        if other not in segment[one]:
            lengths = {n: place(frame, n)[1] - place(frame, n)[0] for n in (one, other)}
            kept |= {at(frame, n) for n in lengths if lengths[n] == min(lengths.values())}
    return {frozenset(members) for members in segment.values()}, kept


def at(frame: pd.DataFrame, number: int) -> tuple[int, int, int]:
    return int(frame.loc[number, "source"]), *place(frame, number)[:2]


def place(frame: pd.DataFrame, number: int) -> tuple[int, int, int]:
    start, end, coder = (int(frame.loc[number, name]) for name in ("start", "end", "coder"))
    return start, end, coder


def random_spans(seed: int) -> pd.DataFrame:
    draw = random.Random(seed)  # noqa: S311 - for a test
    places = []
    for _ in range(draw.randrange(2, 14)):
        start = draw.randrange(40)
        places.append((start, start + draw.randrange(1, 25), draw.randrange(4)))
    frame = spans(*places)
    frame["source"] = [draw.randrange(2) for _ in places]
    return frame


@pytest.mark.parametrize("seed", range(60))
def test_any_spans_are_one_segment_as_their_pairs_are_in_any_order(seed: int) -> None:
    frame = random_spans(seed)
    expected, kept = by_pairs(frame)
    assert grouped(frame) == expected
    assert {at(frame, number) for number in apart(frame)} == kept
    shuffled = frame.sample(frac=1, random_state=seed)
    assert grouped(shuffled) == expected
    assert apart(shuffled) == apart(frame)
    named = frame.assign(coder=3 - frame["coder"])
    assert grouped(named) == expected  # nobody comes first


@pytest.mark.parametrize("seed", range(30))
def test_no_segment_has_two_passages_of_one_coder_whatever_the_selections_are(seed: int) -> None:
    frame = random_spans(seed)
    draw = random.Random(seed)  # noqa: S311 - for a test
    frame["thing"] = [f"t{draw.randrange(8)}" for _ in frame.index]
    found = frame.assign(segment=segments(frame)["segment"])
    for _, own in found.groupby(["segment", "coder"]):
        together = [{("at", r.start, r.end), ("thing", r.thing)} for r in own.itertuples()]
        while len(together) > 1 and (near := [o for o in together[1:] if o & together[0]]):
            together = [together[0].union(*near), *(o for o in together[1:] if o not in near)]
        assert len(together) == 1
    assert grouped(frame.sample(frac=1, random_state=seed)) == grouped(frame)
