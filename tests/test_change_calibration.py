"""Simulated pairs of years: what is planted, what is counted of it, and when it is out of date."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from builders import su_2020
from compared import changes, follow, table, verdict
from compared import pair as pair_of
from test_calibration import imported, of_other_programs
from test_texts import english_words

from mapping import calibration, change_calibration, prose
from mapping.change_calibration import CHANGE_DECIDING, ChangeCalibration
from mapping.errors import DataError
from mapping.example import World, example_files, files_of, plant
from mapping.facts import followup as facts
from mapping.instruments import read_settings
from mapping.pipeline.baseline import find_baseline
from mapping.prose import words
from mapping.simulation import CHANGED, STABLE, change_rates, change_record, write_change
from mapping.simulation.__main__ import main
from mapping.simulation.pairs import (
    FIRST,
    SECOND,
    Judged,
    Pair,
    found_changes,
    found_moves,
    simulated_pair,
    together,
    true_measures,
    true_tiers,
)
from mapping.tables import followup as show

ROOT = Path(__file__).parents[1]
PROTOCOL = su_2020()
WORDS = {lang: words(lang, PROTOCOL) for lang in ("sv", "en")}
PACKAGE = calibration.PACKAGE


@cache
def pair(world: str) -> Pair:
    """The first pair of years of a world, with fewer draws."""
    rules = replace(PROTOCOL.follow_up, draws=50)
    planted = {"stable": STABLE, "changed": CHANGED}[world]
    return simulated_pair(planted, 1, replace(PROTOCOL, follow_up=rules))


# --- what is planted ----------------------------------------------------------------------------


def test_where_nothing_is_planted_every_department_stays_as_it_was() -> None:
    """Only who takes part and by what is another; answers to the same questions differ."""
    then, now = pair("stable").then, pair("stable").now
    pd.testing.assert_frame_equal(then.register, now.register)
    rest = [name for name in then.latent.columns if name != "instruments"]
    pd.testing.assert_frame_equal(then.latent[rest], now.latent[rest])
    assert not then.latent["instruments"].equals(now.latent["instruments"])
    follow = pair("stable").follow
    assert (follow.yardstick.empty, follow.baseline, follow.year) == (True, FIRST, SECOND)
    assert set(follow.transitions["way"]) == {"same"}
    assert not follow.reported.raw.survey.equals(follow.now.raw.survey)


def test_the_example_of_the_next_year_would_not_stay() -> None:
    """Why both years have one frame: in one of fewer, the shares choose other departments."""
    first, second = (plant(World(), 1, year).latent for year in (FIRST, SECOND))
    both = first.index.intersection(second.index)
    assert (first.loc[both, "tier"] != second.loc[both, "tier"]).any()


def test_what_is_planted_is_what_changes_in_truth() -> None:
    """Every measure that the generator holds: planted ones move that way, others stay."""
    years = (pair("changed").then, pair("changed").now)
    then, now = (true_measures(truth, PROTOCOL) for truth in years)
    for kind, key in then.columns:
        before, after = then[kind, key], now[kind, key]
        planted = CHANGED.planted(kind, key)
        if planted == "none":
            assert before.equals(after), (kind, key)
        elif planted in ("rose", "fell"):
            assert (after.mean() > before.mean()) == (planted == "rose"), (kind, key)
            assert abs(after.mean() - before.mean()) > 0.25, (kind, key)
        else:
            assert not before.equals(after), (kind, key)


def test_more_departments_truly_move_up_than_down_between_the_tiers() -> None:
    ranks = {"small": 0, "moderate": 1, "good": 2}
    then, now = (
        true_tiers(one, PROTOCOL).map(ranks) for one in (pair("changed").then, pair("changed").now)
    )
    assert (now > then).sum() > 3 * (now < then).sum()
    assert (now > then).sum() >= 5


def test_a_true_tier_is_the_nearest_ideal_of_the_true_levels() -> None:
    """All at the top is good, all at the bottom small, by the summary's ideals."""
    truth = pair("stable").then
    levels = list(PROTOCOL.indicator_keys())
    latent = truth.latent.head(2).copy()
    latent[levels] = [[3.0] * len(levels), [0.0] * len(levels)]
    assert true_tiers(replace(truth, latent=latent), PROTOCOL).tolist() == ["good", "small"]


def test_every_planted_measure_is_one_that_is_compared() -> None:
    table = pair("stable").follow.change
    known = {f"{kind}:{key}" for kind, key in zip(table["kind"], table["key"], strict=True)}
    named = {name for move in CHANGED.moves for name in (*move.rise, *move.fall)}
    assert named | set(CHANGED.follows) <= known
    assert not named & set(CHANGED.follows)


def test_files_of_a_truth_are_those_of_the_example_but_for_the_lineage() -> None:
    files = example_files(SECOND, World(), 3)
    assert files_of(plant(World(), 3, SECOND), SECOND, World(), 3) == {
        name: text for name, text in files.items() if name != "lineage.csv"
    }


# --- what is found ------------------------------------------------------------------------------


def test_planted_changes_are_found_and_planted_stability_is_not_called_change() -> None:
    changed = found_changes(pair("changed")).set_index(["kind", "key"])
    for key in ("mandate", "colleague_support", "staffing"):
        assert changed.loc["indicator", key]["way"] == 1, key
    assert changed.loc["indicator", "workload"]["way"] == -1
    assert changed.loc["indicator", "mandate"]["true_now"] > 1.7
    assert found_changes(pair("stable"))["found"].sum() <= 1
    planted = [CHANGED.planted(*name) for name in changed.index]
    assert changed.loc[[word == "none" for word in planted], "found"].sum() <= 1


def test_moves_are_counted_by_what_is_true() -> None:
    moves = found_moves(pair("stable"))
    assert (moves["moved"], moves["clear_right"], moves["uncertain_right"]) == (0, 0, 0)
    assert 35 <= moves["compared"] <= 44
    assert 0 < moves["other"] < moves["compared"]
    assert moves["clear"] <= 3
    changed = found_moves(pair("changed"))
    assert changed["moved"] >= 4
    assert changed["clear_right"] + changed["uncertain_right"] > 0
    assert changed["clear_right"] <= changed["clear"]


def test_the_first_year_is_the_same_in_all_worlds() -> None:
    first, second = (pair(world).follow.reported.raw for world in ("stable", "changed"))
    assert first.files == second.files


# --- what is counted ----------------------------------------------------------------------------


def rows(world: str, pair: int, **ways: int | None) -> list[dict[str, object]]:
    """What was found of some measures in one pair; None: changed, but no way more than other."""
    names = {
        "mandate": ("indicator", "mandate"),
        "interest": ("indicator", "interest"),
        "feedback": ("need", "feedback"),
        "society": ("voice", "society"),
        "r2": ("recommendation", "R2"),
    }
    return [
        {
            "world": world, "pair": pair, "kind": names[name][0], "key": names[name][1],
            "way": way or 0, "found": way != 0, "true_then": float(pair), "true_now": 2.0,
        }
        for name, way in ways.items()
    ]  # fmt: skip


CHANGES = pd.DataFrame(
    [
        *rows("stable", 1, mandate=0, interest=0, feedback=1, society=-1),
        *rows("stable", 2, mandate=0, interest=-1, feedback=0, society=0),
        *rows("stable", 3, mandate=0, interest=0),
        *rows("changed", 1, mandate=1, interest=0, r2=-1),
        *rows("changed", 2, mandate=-1, interest=1, r2=-1),
        *rows("changed", 3, mandate=0, interest=None, r2=0),
    ]
)
RATES = change_rates(CHANGES, PROTOCOL)
MOVES = pd.DataFrame(
    [
        ("changed", 1, 40, 6, 3, 2, 4, 2, 10, 1),
        ("changed", 2, 40, 4, 3, 1, 2, 2, 10, 1),
        ("stable", 1, 40, 0, 1, 0, 2, 0, 10, 1),
        ("stable", 2, 40, 0, 0, 0, 1, 0, 10, 0),
        ("stable", 3, 39, 0, 4, 0, 3, 0, 9, 1),
    ],
    columns=list(change_calibration.MOVES_COLUMNS),
)
FOUND = Judged(CHANGES, MOVES)


def rate(world: str, kind: str, key: str) -> pd.Series:
    named = RATES.set_index(["world", "kind", "key"])
    return named.loc[(world, kind, key)]


def counts(world: str, kind: str, key: str) -> list[int]:
    return [int(rate(world, kind, key)[name]) for name in ("tested", "found", "rose", "fell")]


def test_what_was_found_is_counted_over_the_pairs_in_which_it_was_tested() -> None:
    assert counts("stable", "indicator", "interest") == [3, 1, 0, 1]
    assert counts("stable", "need", "feedback") == [2, 1, 1, 0]
    assert counts("changed", "indicator", "mandate") == [3, 2, 1, 1]
    assert counts("changed", "indicator", "interest") == [3, 2, 1, 0]
    assert rate("changed", "indicator", "mandate")["true_then"] == 2.0


def test_the_interval_is_of_what_was_planted() -> None:
    """One rise of 3 where a rise is planted: Clopper and Pearson's 1 - .975 ** (1/3) from below."""
    assert rate("changed", "indicator", "mandate")["planted"] == "rose"
    low = pytest.approx(1 - 0.975 ** (1 / 3))
    assert rate("changed", "indicator", "mandate")["low"] == low
    assert rate("stable", "indicator", "mandate")["planted"] == "none"
    assert rate("stable", "indicator", "mandate")["high"] == pytest.approx(1 - 0.025 ** (1 / 3))
    assert rate("changed", "recommendation", "R2")["planted"] == "follows"


def test_a_family_tells_in_how_many_pairs_anything_was_false() -> None:
    """A wrong way is false too; what follows from others is neither right nor wrong."""
    assert counts("stable", "family", "need voice") == [2, 1, 1, 1]
    assert counts("stable", "family", "indicator") == [3, 1, 0, 1]
    assert counts("stable", "family", "all") == [3, 2, 1, 2]
    assert counts("changed", "family", "indicator") == [3, 2, 1, 1]
    assert counts("changed", "family", "recommendation") == [3, 0, 0, 0]
    assert "swot" not in set(RATES["key"])


def test_rows_stand_by_world_and_kind_families_last() -> None:
    kinds = RATES[RATES["world"] == "stable"]["kind"].drop_duplicates()
    assert RATES["world"].drop_duplicates().tolist() == ["stable", "changed"]
    assert kinds.tolist() == ["indicator", "need", "voice", "family"]


def test_parts_are_put_together_by_world_and_pair() -> None:
    half = [
        Judged(CHANGES.head(0), MOVES.iloc[[4, 1]]),
        Judged(CHANGES, MOVES.iloc[[0, 2, 3]]),
    ]
    pd.testing.assert_frame_equal(together(half).moves, MOVES)
    assert len(together(half).changes) == len(CHANGES)


# --- files and staleness ------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_change(tmp_path, FOUND, PROTOCOL, change_record(PROTOCOL, 3))
    return tmp_path


def read(folder: Path) -> ChangeCalibration:
    made = change_calibration.read(folder, PROTOCOL)
    assert made is not None
    return made


def test_what_is_written_is_read_back(folder: Path) -> None:
    made = read(folder)
    pd.testing.assert_frame_equal(made.rates, RATES, check_dtype=False)
    pd.testing.assert_frame_equal(made.moves, MOVES, check_dtype=False)
    assert (made.record.pairs, made.record.seed, made.stale) == (3, 1, False)
    assert sorted(path.name for path in folder.iterdir()) == [
        "change.csv",
        "change.toml",
        "moves.csv",
    ]
    assert "change.csv" in (folder / "change.toml").read_text(encoding="utf-8").splitlines()[0]


def test_the_same_is_written_as_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_change(tmp_path, FOUND, PROTOCOL, change_record(PROTOCOL, 3))
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    hashed = read(folder).sha256
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read(folder).sha256 == hashed


def test_none_was_made(tmp_path: Path) -> None:
    assert change_calibration.read(tmp_path, PROTOCOL) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((name, None) for name in ("change.csv", "moves.csv", "change.toml")),
        ("change.csv", "world,kind\nstable,need\n"),
        ("moves.csv", '"'),
        ("change.toml", "pairs = 20\n"),
        ("change.toml", "pairs ="),
    ],
)
def test_damaged_files_are_named_with_the_remedy(folder: Path, name: str, text: str | None) -> None:
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=rf"{name}.*simulation {folder.name}"):
        change_calibration.read(folder, PROTOCOL)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("change.csv", ",none,", ",maybe,"),
        ("change.csv", "stable,indicator,mandate", "stable,indicator,interest"),
        ("moves.csv", "stable,2,", "stable,1,"),
        ("moves.csv", "stable", "quiet"),
        ("moves.csv", ",40,", ",many,"),
        ("moves.csv", ",40,", ",41,"),
    ],
)
def test_rows_that_cannot_be_are_damage(folder: Path, name: str, old: str, new: str) -> None:
    """The last one could be, but was not made with the other files."""
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=r"(change|moves)\.csv"):
        change_calibration.read(folder, PROTOCOL)


def test_the_method_is_what_decides_what_is_found() -> None:
    def hashed(**values: object) -> str:
        return change_calibration.change_method_hash(replace(PROTOCOL, **values))  # type: ignore[arg-type]

    first = hashed()
    assert hashed(name="other", sha256="", findings=(), words=(), tools=(), follows="x") == first
    assert hashed(follow_up=replace(PROTOCOL.follow_up, significance=0.01)) != first
    assert hashed(recommendations=PROTOCOL.recommendations[1:]) != first
    assert hashed(tier_rules=replace(PROTOCOL.tier_rules, borderline=0.1)) != first


DECIDE_NOTHING = {
    PACKAGE / name
    for name in (
        "errors.py", "calibration.py", "change_calibration.py", "recovery_calibration.py",
        "processed.py", "roots.py",
        "toolbox.py", "instruments/corrections.py", "instruments/lineage.py",
        "followup/__init__.py", "followup/trend.py", "followup/verdicts.py",
        "simulation/worlds.py", "statistics/association.py", "schemas/audit.py",
        "schemas/edition.py",
    )
}  # fmt: skip
"""A simulated pair has no corrections and no lineage, is on no disk, and rests on no finding."""


def test_the_deciding_code_is_what_the_comparison_needs() -> None:
    """All that a simulated pair imports, and what that imports, and so on."""

    def decides(path: Path) -> bool:
        nothing = path in DECIDE_NOTHING or of_other_programs(path)
        return not nothing and "findings" not in path.parts

    def followed(paths: set[Path]) -> Iterator[Path]:
        yield from (file for path in paths for file in imported(path) if decides(file))

    found: set[Path] = set()
    waiting = {PACKAGE / "simulation" / "pairs.py"}
    while waiting:
        found |= waiting
        waiting = set(followed(waiting)) - found
    listed = {
        file
        for name in CHANGE_DECIDING
        for file in ([PACKAGE / name] if name.endswith(".py") else (PACKAGE / name).glob("*.py"))
    }
    assert found == listed


def test_what_decides_makes_it_stale(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "package"
    for name in CHANGE_DECIDING:
        source, target = PACKAGE / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    made = read(folder)
    assert change_calibration.change_code_hash(copy) == made.record.code
    path = copy / "followup" / "change.py"
    path.write_text(path.read_text(encoding="utf-8") + "\nx = 1\n", encoding="utf-8")
    assert change_calibration.change_code_hash(copy) != made.record.code
    assert replace(made, method="0").stale


# --- what is told -------------------------------------------------------------------------------


def compared(made: ChangeCalibration | None) -> Any:
    """Two departments that have moved and six that have not, beside what was simulated."""
    rows = [pair_of(key, "good", "good") for key in "ABCDEF"]
    moved = [pair_of("G", "good", "small"), pair_of("H", "small", "moderate", near=True)]
    transitions = table("transitions", *rows, *moved)
    frames = {"change": changes(), "yardstick": table("yardstick"), "movements": table("movements")}
    told = table("verdict_changes", verdict("frame", *["supported"] * 5))
    return follow(transitions=transitions, calibration=made, verdict_changes=told, **frames)


def said(section: str, values: dict[str, Any], lang: str = "en") -> str:
    shown = prose.section(WORDS[lang], f"followup_calibration.{section}", **values)
    return shown.plain.replace("\u00a0", " ")


def test_the_section_tells_what_is_called_change_where_there_is_none(folder: Path) -> None:
    """5 of 119 clear, 6 within; at most 4 in 95 of 100 pairs; 2 of 29 by other instruments."""
    text = said("trust", facts.trust(compared(read(folder))))
    assert "invented years, 3 pairs of two kinds" in text
    assert "5 of 119 compared departments (4.2 %) are nevertheless said to have clearly" in text
    assert "6 of 119 (5.0 %) within the uncertainty" in text
    assert "there are at most 4 clear moves" in text
    assert "than in the earlier year 7 % moved clearly, of the others 3 %" in text
    assert "3 of 10 tests told a change from chance" in text
    assert "At least one did in 2 of 3 pairs of years (67 %)" in text


def test_the_section_tells_which_planted_changes_are_found(folder: Path) -> None:
    """Mandate rose once in 3 pairs; 3 of 10 that moved are found, 4 half, 3 of 6 moves right."""
    text = said("trust", facts.trust(compared(read(folder))))
    assert "recommendations, 1 of 3 (33 %) were found" in text
    assert "are easily missed: the indicator “clear mandate”." in text
    assert "moved up than down" not in text
    assert "30 % were said to have moved clearly and 40 % within" in text
    assert "3 of 6 (50 %) were right" in text


def test_the_direction_of_moves_is_told_apart(folder: Path) -> None:
    made = read(folder)
    row = rate("changed", "indicator", "mandate").to_dict() | {
        "world": "changed", "kind": "tier", "key": "direction", "rose": 2,
    }  # fmt: skip
    rates = pd.concat([made.rates, pd.DataFrame([row])], ignore_index=True)
    told = compared(replace(made, rates=rates))
    text = said("trust", facts.trust(told))
    assert "moved up than down between the tiers was found in 2 of 3 pairs of years" in text
    assert "recommendations, 1 of 3 (33 %) were found" in text
    assert "Fler uppåt än nedåt (McNemar)" in show.trust(told, WORDS["sv"]).plain


def test_the_section_says_that_it_is_stale_or_missing(folder: Path) -> None:
    stale, current = replace(read(folder), method="0"), read(folder)
    assert "out of date" in said("trust", facts.trust(compared(stale)))
    assert "out of date" not in said("trust", facts.trust(compared(current)))
    assert "inaktuellt" in said("trust", facts.trust(compared(stale)), "sv")
    for lang, text in (("en", "never been tried"), ("sv", "aldrig prövats")):
        alone = said("trust", facts.trust(compared(None)), lang)
        assert text in alone.replace("\n", " ")
        assert len(alone.split("\n\n")) == 2


def test_the_headline_says_what_to_expect_if_nothing_has_changed(folder: Path) -> None:
    """Of 8 departments 8 * 5 / 119 = 0.3 clear moves, and 8 * 6 / 119 = 0.4 others."""

    def headline(made: ChangeCalibration | None, lang: str = "en") -> str:
        values = facts.in_short(compared(made))
        return prose.in_short(WORDS[lang], "followup.in_short", **values).plain

    made = read(folder)
    expected = "Where nothing changes, about 0.3 clear moves and 0.4 within the uncertainty"
    assert expected in headline(made).replace("\u00a0", " ")
    assert "Där inget ändras är omkring 0,3 tydliga byten" in headline(made, "sv")
    assert "Where nothing changes" not in headline(None)
    assert "Where nothing changes" not in headline(replace(made, method="0"))


def test_no_swedish_text_has_an_english_word(folder: Path) -> None:
    told = compared(read(folder))
    text = said("trust", facts.trust(told), "sv") + show.trust(told, WORDS["sv"]).plain
    assert english_words(text) == set()


def test_the_table_has_every_planted_measure(folder: Path) -> None:
    rates = read(folder).rates
    need = rates[rates["key"] == "feedback"].assign(
        world="changed", planted="fell", fell=2, true_then=0.75, true_now=0.5
    )
    theme = need.assign(kind="swot", key="weakness.mandate", true_then=None, true_now=None)
    made = replace(read(folder), rates=pd.concat([rates, need, theme], ignore_index=True))
    written = [
        [cell.replace("\u00a0", " ") for cell in row]
        for row in show.trust(compared(made), WORDS["en"]).cells()
    ]
    assert written == [
        ["Clear mandate", "rises: 2.00 → 2.00", "1 (33 %)"],
        ["Feedback on studies and education", "falls: 75 % → 50 %", "2 (100 %)"],
        ["Task and mandate (weaknesses)", "falls", "2 (100 %)"],
    ]
    assert show.trust(compared(None), WORDS["sv"]).html == ""


def test_results_that_compare_years_depend_on_it(folder: Path) -> None:
    made = read(folder)
    for given, hashed in ((made, made.sha256), (None, None)):
        follow_up = SimpleNamespace(baseline=2020, years={}, left_out={}, calibration=given)
        found = find_baseline(follow_up, None, folder, read_settings)
        assert found.told == {"year": 2020, "years": {}, "calibration": hashed}
        assert found.parts == {"calibration of change": hashed or ""}


# --- the command --------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_writes_what_any_number_of_workers_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    target = tmp_path / "data" / "protocol" / "own"
    target.mkdir(parents=True)
    for file in ("protocol.toml", "codebook.csv", "questionnaire.csv", "toolbox.csv"):
        source = ROOT / "data" / "protocol" / "su-2020" / file
        (target / file).write_bytes(source.read_bytes())
    path = target / "protocol.toml"
    draws, text = r"draws = \d+(?= +# bootstrap draws for changes of rank)", path.read_text("utf-8")
    text, fewer = re.subn(draws, "draws = 50", text)
    assert fewer == 1  # as in pair(): of the ranks nothing is counted
    path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["own", "--only", "change", "--pairs", "1", "--workers", "2"]) == 0
    assert "own: 1 of 1 pairs" in capsys.readouterr().out
    assert not (target / "calibration.csv").exists()
    made = read(target)
    worlds = ("changed", "stable")
    alone = [{"world": world, "pair": 1, **found_moves(pair(world))} for world in worlds]
    pd.testing.assert_frame_equal(made.moves, pd.DataFrame(alone), check_dtype=False)
    own = [found_changes(pair(world)).assign(world=world, pair=1) for world in worlds]
    expected = change_rates(pd.concat(own, ignore_index=True), PROTOCOL)
    pd.testing.assert_frame_equal(made.rates, expected, check_dtype=False)
