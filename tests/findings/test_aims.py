"""What the summary says of the study itself."""

from __future__ import annotations

import pytest
from builders import answered, coded, evidence_of, note
from made_departments import known_of, outcome, told


@pytest.mark.parametrize(
    ("frame", "verdict"),
    [(44, "contradicted"), (45, "supported"), (55, "supported"), (56, "contradicted")],
)
def test_frame(frame: int, verdict: str) -> None:
    assert told("frame", (3, {}), frame=frame) == f"{verdict} {frame}"


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2019-12-01", "2020-04-30"], "supported 2"),  # the first and the last day
        (["2020-01-15", None], "supported 1"),
        (["2019-11-30", "2020-01-15"], "contradicted 1"),
        (["2020-01-15", "2020-05-01"], "contradicted 1"),
        ([None, None], "not_assessable nothing_dated"),
    ],
)
def test_fieldwork(dates: list[str | None], expected: str) -> None:
    rows = [coded("A", f"s{n}", "c", "interest/2") | {"date": date} for n, date in enumerate(dates)]
    assert outcome("fieldwork", known_of((1, {}), evidence=evidence_of(*rows))) == expected


def test_fieldwork_counts_the_whole_of_the_last_day() -> None:
    row = coded("A", "s", "c", "interest/2") | {"date": "2020-04-30 17:00:00"}
    assert outcome("fieldwork", known_of((1, {}), evidence=evidence_of(row))) == "supported 1"


INTERVIEW = coded("A", "s", "c", "interest/2")
NOTE = note("A", "strength", "interest")
ANSWER = answered("A", "r", "indicator", "interest", 2.0)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([INTERVIEW, NOTE, ANSWER], "supported 3"),
        ([INTERVIEW, NOTE], "contradicted 2"),
        ([INTERVIEW, ANSWER], "contradicted 2"),
        ([NOTE, ANSWER], "contradicted 2"),
        ([ANSWER], "contradicted 1"),
    ],
)
def test_instruments(rows: list[dict[str, object]], expected: str) -> None:
    assert outcome("instruments", known_of((1, {}), evidence=evidence_of(*rows))) == expected
