"""Simulated studies: planted truths and opposites turn the verdicts, and chance is chance."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from builders import su_2020

from mapping import calibration
from mapping.example import World, example_files
from mapping.instruments import parse_settings, parse_year, read_settings, read_year
from mapping.simulation.__main__ import main
from mapping.simulation.studies import simulate, simulated_study
from mapping.simulation.worlds import ALIKE, NOISE, PLANTED, PUBLISHED, Planted

ROOT = Path(__file__).parents[1]
PROTOCOL = su_2020()
STUDIES = 3


@cache
def verdicts(world: str, studies: int = STUDIES) -> pd.DataFrame:
    """The verdicts in the first studies of a world, with fewer permutations."""
    rules = replace(PROTOCOL.finding_rules, permutations=2000)
    chosen = [planted for planted in PLANTED if planted.name == world]
    fast = replace(PROTOCOL, finding_rules=rules)
    return next(found for _, found in simulate(fast, studies, chosen, workers=1))


@pytest.mark.slow
def test_what_is_true_is_supported() -> None:
    found = verdicts("published")
    assert list(found.columns) == sorted(finding.key for finding in PROTOCOL.findings)
    assert not (found == "contradicted").any(axis=None)
    supported = (found == "supported").sum()
    assert (supported >= 2).mean() > 0.95
    assert (supported == STUDIES).mean() > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("planted", [p for p in PLANTED if p.turns], ids=lambda p: p.name)
def test_planted_opposites_turn_the_verdicts(planted: Planted) -> None:
    found = verdicts(planted.name)[list(planted.turns)]
    assert not (found == "supported").any(axis=None)
    assert (found == "contradicted").any().all()
    assert (found == "contradicted").mean(axis=None) > 0.8


@pytest.mark.slow
def test_chance_shows_no_association() -> None:
    found = verdicts("noise")[list(PROTOCOL.finding_rules.family)]
    assert set(found.to_numpy().flat) <= {"inconclusive", "not_assessable"}


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing() -> None:
    """Two processes of their own, however they are started, against none.

    With few permutations every p-value that a draw decides would differ with another seed.
    """
    fast = replace(PROTOCOL, finding_rules=replace(PROTOCOL.finding_rules, permutations=200))
    alone, shared = (
        next(found for _, found in simulate(fast, 2, [PUBLISHED], workers=workers))
        for workers in (1, 2)
    )
    pd.testing.assert_frame_equal(alone, shared)


# --- in memory ----------------------------------------------------------------------------------


def test_a_year_in_memory_is_the_year_on_disk() -> None:
    folder = ROOT / "data" / "raw" / "2020"
    settings = read_settings(folder)
    read = read_year(folder, PROTOCOL, settings)
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert parse_settings(contents["study.toml"], "2020") == settings
    parsed = parse_year(contents | {"notes.txt": b"\xff"}, PROTOCOL, settings)
    assert parsed.files == read.files
    pd.testing.assert_frame_equal(parsed.survey, read.survey)
    pd.testing.assert_frame_equal(parsed.interviews, read.interviews)


def test_a_simulated_study_is_of_its_world_and_seed() -> None:
    study = simulated_study(ALIKE.world, 7, PROTOCOL)
    assert len(study.departments) == 30
    assert len(study.raw.workshop) == 0
    other = simulated_study(ALIKE.world, 8, PROTOCOL)
    assert not study.raw.survey.equals(other.raw.survey)


# --- chance -------------------------------------------------------------------------------------


def answers(seeds: range) -> pd.DataFrame:
    """All answers of pure noise in some studies, as text."""
    files = [example_files(2020, NOISE.world, seed)["survey.csv"] for seed in seeds]
    return pd.concat(pd.read_csv(StringIO(text), dtype=str) for text in files)


def test_every_answer_is_as_likely_as_the_others() -> None:
    """About 150 answers to each item: 5 standard errors about the equal share."""
    survey = answers(range(1, 4)).dropna(subset="submitdate")
    for item, kinds in (
        ("cond[interest]", "12345"),
        ("rolefact[no_incentive]", "12345"),
        ("cond[staffing]", "0123"),
        ("optout", "YN"),
        ("origin", ("decided", "organic", "individual")),
        ("arrangement", ("shared", "backed", "alone", "self_appointed", "nobody")),
    ):
        shares = survey[item].value_counts(normalize=True)
        assert set(shares.index) == set(kinds), item
        assert (shares - 1 / len(kinds)).abs().max() < 5 * (0.25 / len(survey)) ** 0.5, item
    ticked = survey["needs[recruitment]"].notna().mean()
    counsellors = survey["role"].str.contains("tudieväg").mean()
    assert 0.3 < ticked < 0.7
    assert 0.3 < counsellors < 0.7


def test_every_code_and_note_can_come() -> None:
    files = [example_files(2020, NOISE.world, seed) for seed in range(1, 4)]
    codes = Counter(
        code
        for texts in files
        for code in pd.read_csv(StringIO(texts["interviews.csv"]), dtype=str)["code"]
    )
    assert len(codes) == 68
    assert max(codes.values()) < 5 * sum(codes.values()) / len(codes)
    notes = pd.concat(pd.read_csv(StringIO(texts["workshop.csv"])) for texts in files)
    assert len(notes.groupby(["quadrant", "theme"])) == 32


def test_without_guessing_nothing_is_drawn_for_it() -> None:
    """The example years stay the same bytes: a share of 0 asks for no random number."""
    half = example_files(2020, replace(World(), guessing=0.5))
    none = example_files(2020, replace(World(), guessing=0.0))
    assert none == example_files(2020, World())
    assert half["survey.csv"] != none["survey.csv"]
    assert half["departments.csv"] == none["departments.csv"]


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with two protocols of one method, two worlds, and no study."""
    (tmp_path / "data" / "raw").mkdir(parents=True)
    for name in ("first", "second"):
        target = tmp_path / "data" / "protocol" / name
        target.mkdir(parents=True)
        for file in ("protocol.toml", "codebook.csv", "questionnaire.csv", "toolbox.csv"):
            source = ROOT / "data" / "protocol" / "su-2020" / file
            (target / file).write_bytes(source.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mapping.simulation.studies.PLANTED", (PUBLISHED, ALIKE))
    monkeypatch.setattr("mapping.simulation.__main__.PLANTED", (PUBLISHED, ALIKE))
    return tmp_path


def test_protocols_of_one_method_are_simulated_once(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["first", "second", "--only=verdicts", "--studies=1", "--workers=1"]) == 0
    told = capsys.readouterr().out
    assert told.count("of 2 worlds") == 2
    tables = [root / "data" / "protocol" / name / "calibration.csv" for name in ("first", "second")]
    assert tables[0].read_bytes() == tables[1].read_bytes()
    made = calibration.read(tables[0].parent, PROTOCOL)
    assert made is not None
    assert not made.stale
    assert made.record.studies == 1


@pytest.mark.usefixtures("root")
def test_a_protocol_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["third"]) == 1
    assert "first" in capsys.readouterr().err


@pytest.mark.usefixtures("root")
def test_a_protocol_that_comes_with_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["su-2020"]) == 2
    assert "put a copy into data/protocol" in capsys.readouterr().err
