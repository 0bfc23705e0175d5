"""Tiers given in planted studies: what is counted, by hand, and what is written and read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from math import isnan
from pathlib import Path

import pandas as pd
import pytest
from builders import su_2020
from test_calibration import imported, of_other_programs

from mapping import recovery_calibration
from mapping.audit.recovery import recovery
from mapping.calibration import PACKAGE
from mapping.errors import DataError
from mapping.example import World, example_files, plant
from mapping.example.instruments import Fieldwork, interviews, workshop
from mapping.recovery_calibration import RECOVERY_DECIDING, Recovery
from mapping.simulation import recovered, recovery_record, write_recovery
from mapping.simulation.__main__ import main
from mapping.simulation.recovery import WORLDS
from mapping.simulation.truths import true_tiers
from mapping.statistics.classification import adjusted_rand, expected_agreement, kappa

PROTOCOL = su_2020()
ROOT = Path(__file__).parents[2]

# --- agreement of two classifications -----------------------------------------------------------

SEXUAL_FUN = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
"""Agresti 1990; kappa as sklearn, statsmodels and R vcd::Kappa give it."""


def test_kappa_of_a_published_table() -> None:
    assert kappa(SEXUAL_FUN) == pytest.approx(0.1293302540416, abs=1e-12)


def test_kappa_by_hand() -> None:
    """8 of 10 agree; by chance (5 * 5 + 5 * 5) / 100 = one half."""
    assert expected_agreement([[4, 1], [1, 4]]) == 0.5
    assert kappa([[4, 1], [1, 4]]) == pytest.approx(0.6)
    assert kappa([[0, 5], [5, 0]]) == -1


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[3, 0], [0, 0]]])
def test_nothing_that_could_disagree_has_no_kappa(table: list[list[int]]) -> None:
    assert isnan(kappa(table))
    assert isnan(adjusted_rand(table))


def test_adjusted_rand_of_a_published_table_does_not_depend_on_names() -> None:
    table = [[50, 0, 0], [0, 48, 2], [0, 14, 36]]
    assert adjusted_rand(table) == pytest.approx(0.730238, abs=1e-6)
    assert adjusted_rand(table[::-1]) == pytest.approx(0.730238, abs=1e-6)
    assert adjusted_rand([[0, 3], [4, 0]]) == 1


# --- the table of the audit ---------------------------------------------------------------------


def planted(study: int, *counts: int, gaps: str = "none", noise: float = 0.0) -> pd.DataFrame:
    """A study of 12 departments, 10 of them participating, by true and given tier."""
    names = recovery_calibration.COLUMNS[2:]
    row = dict(zip(names, (study, 12, 10, *counts), strict=True))
    return pd.DataFrame([{"gaps": gaps, "noise": noise, **row}])


#                     good->       moderate->   small->    wrong and borderline
FIRST = planted(1, *(3, 1, 0), *(0, 2, 1), *(0, 0, 2), 1)
SECOND = planted(2, *(2, 0, 1), *(0, 4, 0), *(0, 1, 2), 0)
NOTHING = planted(1, *(0,) * 9, 0, gaps="most", noise=1.0)
STUDIES = pd.concat([FIRST, SECOND, NOTHING], ignore_index=True)


def cell(gaps: str, noise: float) -> pd.Series:
    return recovery(STUDIES).set_index(["gaps", "noise"]).loc[(gaps, noise)]


def test_counts_are_summed_over_studies() -> None:
    row = cell("none", 0.0)
    named = ["studies", "participating", "classified", "unclassified", "right", "wrong"]
    assert row[named].tolist() == [2, 20, 19, 1, 15, 4]
    assert row[["off_by_two", "borderline"]].tolist() == [1, 1]
    assert row[["true_good", "true_moderate", "true_small"]].tolist() == [7, 7, 5]
    assert row[["found_good", "found_moderate", "found_small"]].tolist() == [5, 6, 4]
    assert row[["given_good", "given_moderate", "given_small"]].tolist() == [5, 8, 6]


def test_shares_and_agreement() -> None:
    """7 of 9 and 8 of 10 are right; by chance (7 * 5 + 7 * 8 + 5 * 6) / 19^2 = 121 / 361."""
    row = cell("none", 0.0)
    assert row["share"] == round(15 / 19, 9)
    assert (row["low"], row["high"]) == (round(7 / 9, 9), 0.8)
    assert row["by_chance"] == round(121 / 361, 9)
    assert row["kappa"] == pytest.approx((15 / 19 - 121 / 361) / (1 - 121 / 361))
    first = adjusted_rand([[3, 1, 0], [0, 2, 1], [0, 0, 2]])
    second = adjusted_rand([[2, 0, 1], [0, 4, 0], [0, 1, 2]])
    assert row["rand"] == pytest.approx((first + second) / 2)


def test_studies_in_which_nobody_has_a_tier() -> None:
    row = cell("most", 1.0)
    assert row[["classified", "unclassified"]].tolist() == [0, 10]
    assert row[["share", "low", "high", "by_chance", "kappa", "rand"]].isna().all()


def test_without_planted_studies_there_are_no_rows() -> None:
    assert recovery(None).empty


# --- the simulation -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def one() -> pd.DataFrame:
    """One university under no and pure noise, with no and with most gaps."""
    kept = {key: WORLDS[key] for key in (("none", 0.0), ("none", 1.0), ("most", 0.0))}
    return recovered(1, PROTOCOL, kept)


def test_each_university_is_the_same_under_every_noise_and_gap(one: pd.DataFrame) -> None:
    """All are given a tier where nothing is missing, so that the true tiers are seen."""
    full = one[one["gaps"] == "none"]
    true = true_tiers(plant(World(), 1), PROTOCOL).value_counts()
    for tier, count in true.items():
        given = [column for column in one if str(column).startswith(f"{tier}_")]
        assert (full[given].sum(axis=1) == count).all()
    assert full["participating"].tolist() == [50, 50]
    assert one.query("gaps == 'most'")["participating"].item() == 23


def test_truth_is_found_without_noise_and_lost_in_pure_noise(one: pd.DataFrame) -> None:
    table = recovery(one).set_index(["gaps", "noise"])
    assert table.loc[("none", 0.0), "share"] > 0.85
    assert abs(table.loc[("none", 1.0), "kappa"]) < 0.25
    assert table.loc[("none", 0.0), "kappa"] > 0.8


def test_gaps_take_segments_and_notes_away() -> None:
    files = {key: example_files(2020, World(unsaid=key), 1) for key in (0.0, 0.5)}
    for name in ("interviews.csv", "workshop.csv"):
        rows = {key: len(texts[name].splitlines()) for key, texts in files.items()}
        assert 0.4 * rows[0.0] < rows[0.5] < 0.6 * rows[0.0]
    assert files[0.0] == example_files(2020, World(), 1)


def test_nothing_said_leaves_no_segment_and_no_note() -> None:
    truth, silent = plant(World(), 1), World(unsaid=1.0)
    days = pd.Timestamp("2020-01-15").date()
    fieldwork = Fieldwork(2020, days, days, (days,), 1)
    assert interviews(truth, silent, fieldwork).empty
    assert workshop(truth, silent, fieldwork).empty


# --- files and staleness ------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_recovery(tmp_path, [SECOND, NOTHING, FIRST], recovery_record(PROTOCOL, 2))
    return tmp_path


def read(folder: Path) -> Recovery:
    made = recovery_calibration.read(folder, PROTOCOL)
    assert made is not None
    return made


def test_what_is_written_is_read_back_in_order(folder: Path) -> None:
    made = read(folder)
    pd.testing.assert_frame_equal(made.studies, STUDIES, check_dtype=False)
    assert (made.record.studies, made.record.seed, made.stale) == (2, 1, False)
    assert sorted(path.name for path in folder.iterdir()) == ["recovery.csv", "recovery.toml"]


def test_line_ends_do_not_matter(folder: Path) -> None:
    hashed = read(folder).sha256
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read(folder).sha256 == hashed


def test_none_was_made(tmp_path: Path) -> None:
    assert recovery_calibration.read(tmp_path, PROTOCOL) is None


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("recovery.csv", "none,", "some,"),
        ("recovery.csv", "none,0.0,2", "none,0.0,1"),
        ("recovery.csv", "none,0.0", "none,2.0"),
        ("recovery.csv", ",12,", ",many,"),
        ("recovery.csv", ",12,", ",13,"),
        ("recovery.toml", "studies = 2", "studies = 0"),
        ("recovery.toml", None, None),
        ("recovery.csv", None, None),
    ],
)
def test_damaged_files_are_named_with_the_remedy(
    folder: Path, name: str, old: str | None, new: str
) -> None:
    path = folder / name
    if old is None:
        path.unlink()
    else:
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=rf"{name}.*simulation {folder.name}"):
        read(folder)


def test_the_method_is_what_decides_the_tiers() -> None:
    def hashed(**values: object) -> str:
        changed = replace(PROTOCOL, **values)  # type: ignore[arg-type]
        return recovery_calibration.recovery_method_hash(changed)

    first = hashed()
    assert hashed(name="other", findings=(), words=(), criteria=(), recommendations=()) == first
    assert hashed(tier_rules=replace(PROTOCOL.tier_rules, borderline=0.1)) != first
    assert hashed(codes=PROTOCOL.codes[1:]) != first


def test_the_deciding_code_is_what_the_tiers_need() -> None:
    """All that a planted study imports, and what that imports; it is on no disk, and correct."""
    decide_nothing = {
        PACKAGE / name
        for name in (
            "errors.py", "instruments/corrections.py", "instruments/lineage.py",
            "schemas/followup.py", "schemas/audit.py", "schemas/edition.py",
        )
    }  # fmt: skip
    found: set[Path] = set()
    waiting = {PACKAGE / "simulation" / "recovery.py"}
    while waiting:
        found |= waiting
        needed = {f for path in waiting for f in imported(path) if not of_other_programs(f)}
        waiting = needed - found - decide_nothing

    def files() -> Iterator[Path]:
        for name in RECOVERY_DECIDING:
            yield from [PACKAGE / name] if name.endswith(".py") else (PACKAGE / name).glob("*.py")

    assert found - {PACKAGE / "simulation" / "__init__.py"} == set(files())


def test_what_decides_makes_it_stale(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "package"
    for name in RECOVERY_DECIDING:
        source, target = PACKAGE / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    made = read(folder)
    assert recovery_calibration.recovery_code_hash(copy) == made.record.code
    path = copy / "tiers.py"
    path.write_text(path.read_text(encoding="utf-8") + "\nx = 1\n", encoding="utf-8")
    assert recovery_calibration.recovery_code_hash(copy) != made.record.code
    assert replace(made, method="0").stale


@pytest.mark.parametrize("name", ["su-2020", "su-2021"])
def test_the_shipped_protocols_have_one_of_every_noise_and_gap(name: str) -> None:
    folder = ROOT / "data" / "protocol" / name
    made = recovery_calibration.read(folder, PROTOCOL)
    assert made is not None
    cells = made.studies.groupby(["gaps", "noise"]).size()
    assert set(cells.index) == set(WORLDS)
    assert (cells == made.record.studies).all()


def test_the_command_writes_what_it_simulates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    target = tmp_path / "data" / "protocol" / "own"
    target.mkdir(parents=True)
    for file in ("protocol.toml", "codebook.csv", "questionnaire.csv", "toolbox.csv"):
        source = ROOT / "data" / "protocol" / "su-2020" / file
        (target / file).write_bytes(source.read_bytes())
    monkeypatch.chdir(tmp_path)
    kept = {key: WORLDS[key] for key in (("example", 0.0), ("most", 1.0))}
    monkeypatch.setattr("mapping.simulation.recovery.WORLDS", kept)
    assert main(["own", "--only", "recovery", "--planted", "1", "--workers", "1"]) == 0
    assert not (target / "calibration.csv").exists()
    made = read(target)
    pd.testing.assert_frame_equal(made.studies, recovered(1, PROTOCOL))
