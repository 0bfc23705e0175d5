"""Who took part: counts per department of the frame, by hand."""

from __future__ import annotations

import pytest
from builders import answered, coded, evidence_of, frame_of, note
from raw_years import PROTOCOL, read, tiny, write

from mapping.evidence import gather, respondents
from mapping.participation import participating, participation


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    return read(write(tmp_path_factory.mktemp("raw"), tiny()))


def test_each_department_of_the_frame_has_its_counts(raw):
    frame = raw.departments.iloc[[1, 0]]
    found = participation(gather(raw, PROTOCOL), respondents(raw), frame)
    assert found.to_numpy().tolist() == [["ABC-1", 1, 2, 1, 0], ["ÅÄÖ-22", 1, 1, 0, 2]]


def test_a_department_that_nobody_answered_for_has_zeros(raw):
    found = participation(gather(raw, PROTOCOL), respondents(raw), frame_of("ABC-1", "ZZ-9"))
    assert found.to_numpy().tolist() == [["ABC-1", 1, 2, 1, 0], ["ZZ-9", 0, 0, 0, 0]]


@pytest.mark.parametrize(
    "row",
    [
        coded("B-1", "s", "c", "interest/0"),
        note("B-1", "threat", "other"),
        answered("B-1", "r", "fact", "optout", 0.0),
    ],
)
def test_evidence_of_any_instrument_makes_a_department_participating(row):
    rows = evidence_of(row, coded("A-1", "t", "c", "interest/1"), row | {"unit": "u"})
    assert participating(rows) == ["A-1", "B-1"]


def test_nobody_participates_without_evidence():
    assert participating(evidence_of()) == []
