"""Tests that what is taken over from a table that is there is what would be computed anew."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from builders import su_2020

from mapping.comparison import ALONE, FollowUp, only, pooled
from mapping.participation import participating
from mapping.simulation.studies import simulated_study
from mapping.simulation.worlds import PUBLISHED
from mapping.study import Study

PROTOCOL = su_2020()


@pytest.fixture(scope="module")
def study() -> Study:
    return simulated_study(PUBLISHED.world, 1, PROTOCOL)


def test_tables_of_some_departments_are_those_of_their_evidence_alone(study: Study) -> None:
    some = only(study, participating(study.evidence)[::2])
    anew = Study(study.raw, PROTOCOL, {"evidence": some.evidence, "respondents": some.respondents})
    for name in (*ALONE, "tiers", "participation"):
        pd.testing.assert_frame_equal(getattr(some, name), getattr(anew, name), check_exact=True)


def test_nothing_is_made_of_a_year_of_which_everything_is_taken(study: Study) -> None:
    everybody = participating(study.evidence)
    assert only(study, everybody) is study
    assert pooled(study, {name: name for name in study.departments["department_id"]}) is study


@pytest.fixture(scope="module")
def again(study: Study) -> FollowUp:
    """The same raw data a year later."""
    settings = replace(study.settings, year=study.settings.year + 1)
    later = replace(study, raw=replace(study.raw, settings=settings))
    return FollowUp(later, study.settings.year, {study.settings.year: study})


def test_what_nothing_was_changed_in_is_one_study_at_several_stages(again: FollowUp) -> None:
    assert again.then is again.units_then is again.pairs_then is again.reported
    assert again.pairs_now is again.units_now is again.now


def test_the_same_data_again_change_no_verdict_and_no_value(again: FollowUp) -> None:
    assert (again.verdict_changes["why"] == "").all()
    assert again.verdict_changes["comparable"].all()
    before, after = (rows.drop(columns="year") for _, rows in again.trend.groupby("year"))
    pd.testing.assert_frame_equal(before.reset_index(drop=True), after.reset_index(drop=True))
    assert again.trend["comparable"].all()
