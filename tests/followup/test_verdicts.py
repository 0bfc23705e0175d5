"""Tests of what is told of a verdict that differs between two years."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from mapping.followup.verdicts import verdict_changes
from mapping.followup.years import Stages

STAGES = ("reported", "then", "pairs_then", "pairs_now", "now")
WORDS = {
    "s": "supported",
    "i": "inconclusive",
    "c": "contradicted",
    "n": "not_assessable",
}


def breaks(*measures: str) -> pd.DataFrame:
    """A yardstick with one difference, which touches these measures."""
    return pd.DataFrame({"breaks": pd.array([" ".join(measures) or None], dtype="string")})


def year_of(**verdicts: str) -> SimpleNamespace:
    """A year with these verdicts on findings; a finding with the letter ``-`` is none of its."""
    told = {finding: WORDS[letter] for finding, letter in verdicts.items() if letter != "-"}
    findings = pd.DataFrame({"finding": list(told), "verdict": list(told.values())})
    return SimpleNamespace(findings=findings.astype("string"))


def stages_of(**findings: str) -> Stages:
    """Stages at which each finding has the verdict of its letter there."""
    return Stages(
        *(year_of(**{f: letters[n] for f, letters in findings.items()}) for n in range(5))
    )


def why(letters: str) -> str:
    table = verdict_changes(stages_of(finding=letters), breaks())
    assert table.loc[0, list(STAGES)].fillna("-").tolist() == [
        WORDS.get(letter, "-") for letter in letters
    ]
    return str(table.loc[0, "why"])


@pytest.mark.parametrize(
    ("letters", "steps"),
    [
        ("sssss", ""),
        ("nnnnn", ""),
        ("cssss", "protocol"),
        ("iisss", "followed"),
        ("sssii", "change"),
        ("ssssn", "new"),
        ("sicsi", "protocol followed change new"),
        ("sciis", "protocol followed new"),
        ("ssiss", "followed change"),  # it is again what it was: both steps are told all the same
        ("nsssn", "protocol new"),
    ],
)
def test_the_steps_at_which_a_verdict_differs(letters: str, steps: str) -> None:
    assert why(letters) == steps


def test_a_finding_that_the_earlier_protocol_does_not_have_was_not_changed_by_the_protocol() -> (
    None
):
    assert why("-ssss") == ""
    assert why("-ssic") == "change new"


def test_a_finding_that_the_later_protocol_does_not_have_is_not_told() -> None:
    table = verdict_changes(stages_of(kept="sssss", gone="s----"), breaks())
    assert table["finding"].tolist() == ["kept"]


def test_each_finding_has_its_own_steps_in_the_order_of_the_keys() -> None:
    table = verdict_changes(stages_of(second="ccccc", first="sssic"), breaks())
    assert table["finding"].tolist() == ["first", "second"]
    assert table["why"].tolist() == ["change new", ""]
    assert table["now"].tolist() == ["contradicted", "contradicted"]


def test_a_finding_is_not_comparable_if_what_it_rests_on_was_measured_otherwise() -> None:
    stages = stages_of(**{"first": "ssscc", "second": "ssscc"})
    table = verdict_changes(stages, breaks("finding:second", "indicator:first"))
    assert table["comparable"].tolist() == [True, False]
    assert table["why"].tolist() == ["change", "change"]


def test_a_year_against_itself_differs_at_no_step() -> None:
    year = year_of(first="s", second="n", third="c")
    table = verdict_changes(Stages(year, year, year, year, year), breaks())
    assert (table["why"] == "").all()
    assert table["comparable"].all()
