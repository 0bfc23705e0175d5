"""Six departments in which what each choice does is worked out by hand.

The ideals of su-2020, in the order interest, support, resources, internal need, importance,
staffing, mandate: good 3 3 3 3 3 2.5 2.5, moderate 1.5 1 1 2 1.5 1.5 1, small all 0. Sums of
absolute deviations (of seven aspects):

  all levels 1   good 13    moderate 2.5  small 7    -> moderate
  all levels 2   good 6     moderate 4.5  small 14   -> moderate
  all levels 3   good 1     moderate 11.5 small 21   -> good

What each department is made for, and how it is seen:

  A-1  the survey: all 2, but interest 2.75. Deviations good 5.25, moderate 5.25: a tie
  B-2  the survey: all 2
  C-3  an interview, coded 1 throughout by coder-1 and 3 by coder-2: 2 on average
  D-4  an interview of three segments, all by coder-1: 0, 0, 3. Mean 1, median 0
  E-5  an interview by coder-1, all 3, and a survey response, all 1: 2 on average
  F-6  the survey: 3 3 3 0 0 0 3. Deviations good 9, moderate 12.5, small 12

Why a choice alone moves them:

  euclid           A-1: squares good 4.5625, moderate 5.0625. All 2: good 5.5, moderate 3.75.
                   All 1: moderate 1.75, small 7. F-6: good 24.5, moderate 22.75, small 36
  fuzzy            All 2: good 2/3 (small .2, moderate 1/3 by the mandate). A-1 as good. All 1:
                   good 1/3, moderate .5 (internal need), small .6 (staffing). F-6: 0 in all
  criteria         All 2, A-1: 6 of 6 of good (and 2 or 3 of moderate). All 1: 6 of 6 of moderate.
                   F-6: good 3 of 6, moderate 2 of 6, small 2 of 3
  index            All 2 and all 1 lie on a cut-off: to the lower tier. A-1: 14.75/7 > 2.
                   F-6: 12/7
  demands lower    good 2.75 (2.25), moderate .25 less, small 0. All 2: good 4.25, moderate 6.25.
                   A-1: 3.5, 7. All 1: moderate 2.25, small 7. F-6: good 9.25, small 12
  demands higher   good 3 (2.75), moderate .25 more, small .25. All 2: good 6.5, moderate 3.25.
                   A-1: 5.75, 4. All 1: moderate 4.25, small 5.25. F-6: good 9, small 11.75
  no interview     C-3 and D-4 are seen by nothing else; E-5 is left with 1
  no survey        A-1, B-2, F-6 likewise; E-5 is left with 3
  interview twice  E-5: (2 x 3 + 1)/3 = 7/3: good 11/3, moderate 41/6
  survey twice     E-5: (3 + 2 x 1)/3 = 5/3: good 25/3, moderate 17/6
  median           D-4: 0
  ties higher      A-1
  coder-1 alone    C-3 is 1
  coder-2 alone    C-3 is 3; D-4 and E-5, which coder-2 has not coded, keep their codes
"""

from __future__ import annotations

import pandas as pd
from builders import answered, coded, evidence_of, frame_of, su_2020

DEPARTMENTS = ("A-1", "B-2", "C-3", "D-4", "E-5", "F-6")
G, M, S, U = "good", "moderate", "small", "unclassified"

REPORTED = (M, M, M, M, M, G)

ALONE: dict[str, tuple[str, ...]] = {
    "rule=euclid": (G, M, M, M, M, M),
    "rule=fuzzy": (G, G, G, S, G, U),
    "rule=criteria": (G, G, G, M, G, S),
    "rule=index": (G, M, M, S, M, M),
    "demands=lower": (G, G, G, M, G, G),
    "demands=higher": (M, M, M, M, M, G),
    "evidence=no_interview": (M, M, U, U, M, G),
    "evidence=no_workshop": (M, M, M, M, M, G),
    "evidence=no_survey": (U, U, M, M, G, U),
    "weights=interview_twice": (M, M, M, M, G, G),
    "weights=workshop_twice": (M, M, M, M, M, G),
    "weights=survey_twice": (M, M, M, M, M, G),
    "average=median": (M, M, M, S, M, G),
    "tie=higher": (G, M, M, M, M, G),
    "coder=coder-1": (M, M, M, M, M, G),
    "coder=coder-2": (M, M, G, M, M, G),
}
"""The tiers of the six by each choice in which one factor differs from the reports."""

TOGETHER: dict[str, tuple[str, ...]] = {
    # on a cut-off of the index everything goes up: all 2 to good, all 1 to moderate
    "rule=index tie=higher": (G, G, G, M, G, M),
    # D-4 is 0 by the median; moved up, the cut-offs are 2.25 and 1.25
    "rule=index demands=higher average=median": (M, M, M, S, M, M),
    # E-5: of 1 (weight 1) and 3 (weight 2) the weighted median is 3
    "weights=interview_twice average=median": (M, M, M, S, G, G),
    # without the interview nothing is left for a coder to change
    "evidence=no_interview coder=coder-2": (M, M, U, U, M, G),
}
"""The tiers by some choices in which several factors differ."""

FLIPS = {"rule": 6, "demands": 4, "evidence": 1, "weights": 1, "average": 1, "tie": 1, "coder": 1}
LOSES = {"rule": 1, "demands": 0, "evidence": 5, "weights": 0, "average": 0, "tie": 0, "coder": 0}
"""How many of the six each factor alone gives another tier, or none."""

_KEYS = tuple(key for aspect in su_2020().aspects for key in aspect.rests_on)


def _response(department: str, level: float, **other: float) -> list[dict[str, object]]:
    return [
        answered(department, f"r-{department}", "indicator", key, other.get(key, level))
        for key in _KEYS
    ]


def _segment(department: str, segment: str, coder: str, level: int) -> list[dict[str, object]]:
    return [coded(department, segment, coder, f"{key}/{level}") for key in _KEYS]


def evidence() -> pd.DataFrame:
    return evidence_of(
        *_response("A-1", 2, interest=2.75),
        *_response("B-2", 2),
        *_segment("C-3", "c", "coder-1", 1),
        *_segment("C-3", "c", "coder-2", 3),
        *_segment("D-4", "d1", "coder-1", 0),
        *_segment("D-4", "d2", "coder-1", 0),
        *_segment("D-4", "d3", "coder-1", 3),
        *_segment("E-5", "e", "coder-1", 3),
        *_response("E-5", 1),
        *_response("F-6", 3, internal_need=0, importance=0, staffing=0),
    )


def frame() -> pd.DataFrame:
    return frame_of(*DEPARTMENTS)
