"""Damaged files: a few hundred of them here, always the same; ``make fuzz`` draws many more."""

from __future__ import annotations

import dataclasses
from functools import cache

import pandas as pd
import pytest
from treacherous import treacherous

from fuzz import oracle
from fuzz.campaign import Campaign, input_of
from fuzz.door import SETTINGS, YEAR, Outcome, protocol, put_through
from fuzz.pool import Done, Input, Limits, put_all_through
from fuzz.seeds import Seed, every_seed
from mapping.errors import DataError, Problem, UsageError
from mapping.instruments import RawYear, parse_settings, parse_year

CAMPAIGN = 2020
INPUTS = 120


@cache
def seeds() -> tuple[Seed, ...]:
    return every_seed()


@pytest.mark.parametrize("number", range(len(every_seed())), ids=lambda n: f"{seeds()[n].format}")
def test_a_seed_is_read(number):
    assert put_through(seeds()[number].files) == Outcome("read")


@pytest.mark.parametrize("part", range(4))
def test_a_damaged_file_is_read_right_or_refused(part):
    quick = [seed for seed in seeds() if seed.weight >= 0.3]
    for number in range(part, INPUTS, 4):
        given = input_of(number, quick, CAMPAIGN)
        assert put_through(given.files).findings == (), given.name


def test_an_input_is_the_same_by_its_number():
    assert input_of(3, seeds(), 1) == input_of(3, seeds(), 1)
    inputs = [input_of(number, seeds(), 1) for number in range(100)]
    assert len({str(sorted(given.files.items())) for given in inputs}) > 90
    assert len({given.format for given in inputs}) > 10


# --- what the oracle sees ---------------------------------------------------------------------


@cache
def year() -> RawYear:
    files = seeds()[0].files
    return parse_year(files, protocol(), parse_settings(files[SETTINGS], YEAR))


def seen(**frames: pd.DataFrame) -> list[str]:
    raw = dataclasses.replace(year(), **frames)
    return oracle.wrong_year(raw, protocol(), raw.settings)


WRONG = {
    "department-twice": ("departments", "department_id", "ABC-1", "a department twice"),
    "department-called": ("departments", "department_id", "abc", "a department called"),
    "share": ("departments", "advanced_share", 1.5, "advanced_share is 1.5"),
    "name": ("departments", "name", " ", "a blank name"),
    "unknown-department": ("interviews", "department_id", "ZZ-1", "interviews: department"),
    "code": ("interviews", "code", "interest/4", "interviews: code"),
    "interview": ("interviews", "interview_id", "i9", "with two interview_id"),
    "coder": ("interviews", "coder", None, "a blank coder"),
    "day": ("interviews", "date", pd.Timestamp("2019-12-01"), "outside the fieldwork"),
    "quadrant": ("workshop", "quadrant", "styrka", "workshop: quadrant"),
    "theme": ("workshop", "theme", "interest/2", "workshop: theme"),
    "votes": ("workshop", "votes", -1, "-1 votes"),
    "note": ("workshop", "item_id", "n1", "a note twice"),
    "answer": ("survey", "cond[interest]", 2.5, "cond[interest] is '2.5'"),
    "choice": ("survey", "arrangement", "A1", "arrangement is"),
    "left-out": ("respondents", "left_out", "lost", "left out"),
    "used": ("respondents", "left_out", "blank", "not those used"),
    "response": ("respondents", "response", "9", "a response twice"),
}


@pytest.mark.parametrize(("frame", "column", "value", "told"), WRONG.values(), ids=WRONG.keys())
def test_the_oracle_sees_what_breaks_the_contract(frame, column, value, told):
    assert seen() == []
    changed = getattr(year(), frame).copy()
    row = 0 if frame in ("survey", "respondents") else len(changed) - 1
    row = 1 if frame == "interviews" else row
    changed.loc[row, column] = value
    assert any(told in sentence for sentence in seen(**{frame: changed}))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UsageError("no"), "tells no file"),
        (DataError([]), "without a problem"),
        (DataError([Problem("b.csv", 1, "x", "", "y", "z")]), "no known file"),
        (DataError([Problem("a.csv", 1, "x", "", "", "z")]), "tells not what to do"),
        (DataError([Problem("a.csv", 0, "x", "", "y", "z")]), "row 0"),
        (DataError([Problem("a.csv", 1, "x", "\x1b[2J", "y", "z")]), "a screen would obey"),
        (DataError([Problem("a.csv", 1, "x", "v" * 3000, "y", "z")]), "a sentence of"),
    ],
)
def test_the_oracle_sees_what_a_refusal_lacks(error, told):
    (found,) = oracle.wrong_refusal(error, {"a.csv"})
    assert told in found
    good = DataError([Problem("a.csv", None, "", "", "y", "z")])
    assert oracle.wrong_refusal(good, {"a.csv"}) == []


# --- what becomes of processes ------------------------------------------------------------------


def test_a_process_that_dies_hangs_or_eats_is_told_and_the_others_go_on():
    pytest.importorskip("resource")
    deeds = ("sit", "die", "hang", "eat", "work", "sit")
    inputs = [Input("deed", f"{at}-{deed}", {"do": deed.encode()}) for at, deed in enumerate(deeds)]
    found = {
        done.input.name: done
        for done in put_all_through(inputs, treacherous, 2, Limits(seconds=0.2, patience=3))
    }
    told = {name: done.outcome for name, done in found.items()}
    assert [told[f"{at}-sit"].findings for at in (0, 5)] == [(), ()]
    assert told["1-die"].findings == ("the process died (3)",)
    assert told["2-hang"].findings == ("no end to it",)
    assert told["3-eat"].findings == ("MemoryError: more memory than a file may take",)
    assert "processor time" in told["4-work"].findings[0]


def test_findings_are_counted_and_their_inputs_kept(tmp_path, capsys):
    campaign = Campaign(tmp_path)
    for number in range(5):
        given = Input("f", f"f-{number}", {"a.csv": b"x"})
        campaign.add(Done(given, Outcome("failed", ("KeyError at b.py:1 in c: 'd'",)), 1))
    campaign.add(Done(Input("f", "good", {}), Outcome("read"), 1))
    assert campaign.failed == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f-0", "f-1", "f-2"]
    assert (tmp_path / "f-0" / "a.csv").read_bytes() == b"x"
    campaign.tell()
    assert "5 x f: KeyError at b.py:1 in c" in capsys.readouterr().out
