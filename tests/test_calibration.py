"""What a calibration is, when it is out of date, and what reports tell of it."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from builders import su_2020

from mapping import calibration, facts, plots, prose, tables
from mapping.calibration import OUTCOMES, Calibration, Record
from mapping.display import visible
from mapping.errors import DataError, UsageError
from mapping.facts import Count
from mapping.plots import calibration as rates_figure
from mapping.plots.lettering import width
from mapping.prose import words
from mapping.protocol import Protocol
from mapping.simulation import rates, record, write
from mapping.simulation.__main__ import main
from mapping.simulation.worlds import (
    DISTANT,
    NO_NOISE,
    NO_OPPOSITE,
    NOISE,
    PLANTED,
    PUBLISHED,
)
from mapping.study import load_year

ROOT = Path(__file__).parents[1]
PROTOCOL = su_2020()
SV, EN = words("sv", PROTOCOL), words("en", PROTOCOL)
KEYS = [finding.key for finding in PROTOCOL.findings]
PACKAGE = calibration.PACKAGE


def judged(**supported: int) -> pd.DataFrame:
    """Verdicts in 20 studies: these findings supported in so many, all others in none."""
    named = {key.replace("_", "-"): n for key, n in supported.items()}
    return pd.DataFrame(
        {
            key: ["supported"] * named.get(key, 0) + ["contradicted"] * (20 - named.get(key, 0))
            for key in KEYS
        }
    )


TABLE = rates(
    [
        (PUBLISHED, judged(**{key.replace("-", "_"): 20 for key in KEYS} | {"student_link": 12})),
        (NOISE, judged(both_sides=20, no_incentives=13, four_needs=14, student_link=5)),
        (DISTANT, judged(unclear_hurts=3)),
    ],
    PROTOCOL,
)
RECORD = Record(20, 20000, 1, calibration.code_hash(), calibration.method_hash(PROTOCOL), "", {})
MADE = Calibration(TABLE, RECORD, calibration.method_hash(PROTOCOL), "0" * 64)


def row(finding: str, world: str) -> pd.Series:
    return TABLE[(TABLE["finding"] == finding) & (TABLE["world"] == world)].iloc[0]


# --- what is planted, and what is counted -------------------------------------------------------


def test_every_opposite_is_planted_once_or_said_to_be_impossible() -> None:
    planted = [finding for world in PLANTED for finding in world.turns]
    assert sorted([*planted, *NO_OPPOSITE]) == sorted(KEYS)


def test_a_finding_is_told_of_in_the_worlds_that_plant_something_of_it() -> None:
    told = TABLE.groupby("finding", sort=False)["world"].agg(list)
    assert list(told.index) == KEYS
    assert told["fieldwork"] == ["true"]
    assert told["student-link"] == ["true", "opposite", "noise"]
    assert told["no-incentives"] == ["true", "noise"]
    assert all(("noise" in worlds) == (key not in NO_NOISE) for key, worlds in told.items())


def test_verdicts_are_counted_with_the_interval_of_clopper_and_pearson() -> None:
    """0 of 20: 0 to 1 - .025 ** (1/20), the exact interval by hand; statistics.md has .168433."""
    none = row("student-link", "opposite")
    assert [none[outcome] for outcome in OUTCOMES] == [0, 0, 20, 0]
    assert (none["low"], round(none["high"], 6)) == (0, 0.168433)
    assert row("student-link", "true")["studies"] == 20
    assert row("frame", "true")["low"] == pytest.approx(0.025 ** (1 / 20))


# --- files and staleness ------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, PROTOCOL, TABLE, record(PROTOCOL, 20))
    return tmp_path


def test_what_is_written_is_read_back(folder: Path) -> None:
    made = calibration.read(folder, PROTOCOL)
    assert made is not None
    pd.testing.assert_frame_equal(made.rates, TABLE, check_dtype=False)
    assert (made.record.studies, made.record.permutations) == (20, 20000)
    assert set(made.record.versions) == {"python", "numpy", "pandas", "scipy"}
    assert not made.stale
    assert (folder / "calibration.svg").read_bytes().startswith(b"<?xml")


def test_its_hash_is_the_same_with_other_line_ends(folder: Path) -> None:
    before = calibration.read(folder, PROTOCOL)
    for name in ("calibration.csv", "calibration.toml"):
        path = folder / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    after = calibration.read(folder, PROTOCOL)
    assert before is not None
    assert after is not None
    assert before.sha256 == after.sha256
    write(folder, PROTOCOL, TABLE.assign(supported=1), before.record)
    changed = calibration.read(folder, PROTOCOL)
    assert changed is not None
    assert changed.sha256 != before.sha256


def test_a_table_of_another_calibration_is_damage(folder: Path) -> None:
    path = folder / "calibration.csv"
    other = TABLE.assign(low=0.0, high=1.0)
    path.write_bytes(other.to_csv(index=False, lineterminator="\n").encode())
    with pytest.raises(DataError, match=rf"calibration\.csv.*simulation {folder.name}"):
        calibration.read(folder, PROTOCOL)


def test_work_cut_short_leaves_no_half_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_bytes = Path.write_bytes

    def fail(path: Path, content: bytes) -> int:
        write_bytes(path, content[: len(content) // 2])
        raise OSError("no room")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="no room"):
        write(folder, PROTOCOL, TABLE.assign(supported=1), record(PROTOCOL, 20))
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_the_record_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    put = Path.replace

    def tell(path: Path, target: Path) -> Path:
        order.append(target.name)
        return put(path, target)

    monkeypatch.setattr(Path, "replace", tell)
    write(tmp_path, PROTOCOL, TABLE, record(PROTOCOL, 20))
    assert order[-1] == "calibration.toml"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(order)


@pytest.mark.parametrize("studies", ["0", "-1", "1.5", "many"])
def test_fewer_than_one_study_is_a_usage_error(
    studies: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["su-2020", f"--studies={studies}"])
    assert stopped.value.code == 2
    assert "no whole number from 1 up" in capsys.readouterr().err


def test_none_was_made(tmp_path: Path) -> None:
    assert calibration.read(tmp_path, PROTOCOL) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("calibration.csv", None),
        ("calibration.toml", None),
        ("calibration.csv", "finding,world\nframe,true\n"),
        ("calibration.csv", '"'),
        ("calibration.toml", "studies = 20\n"),
        ("calibration.toml", "studies ="),
    ],
)
def test_damaged_files_are_named_with_the_remedy(folder: Path, name: str, text: str | None) -> None:
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=f"{name}.*simulation {folder.name}"):
        calibration.read(folder, PROTOCOL)


@pytest.mark.parametrize(
    ("old", "new"), [(",true,", ",maybe,"), (",noise,", ",true,"), (",20,", ",many,")]
)
def test_rows_that_cannot_be_are_damage(folder: Path, old: str, new: str) -> None:
    path = folder / "calibration.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=r"calibration\.csv"):
        calibration.read(folder, PROTOCOL)


def changed_rules(**values: object) -> Protocol:
    return replace(PROTOCOL, finding_rules=replace(PROTOCOL.finding_rules, **values))  # type: ignore[arg-type]


def test_the_method_is_what_decides_verdicts_not_how_it_is_worded() -> None:
    renamed = replace(PROTOCOL, name="other", sha256="", version="9", source="")
    relabelled = replace(
        renamed, needs=tuple(replace(n, label=replace(n.label, en="x")) for n in PROTOCOL.needs)
    )
    elsewhere = replace(relabelled, recommendations=(), tools=())
    first = calibration.method_hash(PROTOCOL)
    assert calibration.method_hash(elsewhere) == first
    assert calibration.method_hash(changed_rules(members=4)) != first
    assert calibration.method_hash(replace(PROTOCOL, findings=PROTOCOL.findings[1:])) != first


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the code that decides."""
    for name in calibration.DECIDING:
        source, target = PACKAGE / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return tmp_path


def imported(path: Path) -> Iterator[Path]:
    """The files of the package that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mapping"):
            for name in (node.module or "", *(f"{node.module}.{a.name}" for a in node.names)):
                place = PACKAGE.joinpath(*name.split(".")[1:])
                files = (place.with_suffix(".py"), place / "__init__.py")
                yield from (f for f in files if f.is_file() and f != PACKAGE / "__init__.py")


def of_other_programs(path: Path) -> bool:
    """Whether a file is about what a simulated study never has: its data are contract tables.

    No other program's formats, no names that study.toml tells, no disk.
    """
    names = ("archive", "code_names", "documents", "folder", "formats", "recognised", "renaming",
             "swot_blocks", "xml_input")  # fmt: skip
    alone = {*(PACKAGE / "instruments" / f"{name}.py" for name in names), PACKAGE / "masking.py"}
    place = path.relative_to(PACKAGE).parts
    return path in alone or (place[0] == "instruments" and len(place) > 2) or place[0] == "pipeline"


def test_the_deciding_code_is_what_the_findings_need() -> None:
    """All that a simulated study imports, and what that imports, and so on.

    What decides nothing is not followed: a simulated study has no corrections and no lineage, is
    on no disk, and no finding rests on the tables named.
    """
    names = ("errors.py", "instruments/corrections.py", "instruments/lineage.py", "calibration.py",
             "processed.py", "recovery_calibration.py", "roots.py", "swot.py",
             "recommendations.py", "toolbox.py", "schemas/followup.py", "schemas/audit.py",
             "schemas/edition.py")  # fmt: skip
    decide_nothing = {PACKAGE / name for name in names}
    found: set[Path] = set()
    waiting = {PACKAGE / "simulation" / "studies.py"}
    while waiting:
        found |= waiting
        needed = {f for path in waiting for f in imported(path) if not of_other_programs(f)}
        waiting = needed - found - decide_nothing
    listed = {
        file
        for name in calibration.DECIDING
        for file in ([PACKAGE / name] if name.endswith(".py") else (PACKAGE / name).glob("*.py"))
    }
    assert found == listed


def test_only_meaning_makes_a_calibration_stale(package: Path) -> None:
    assert calibration.code_hash(package) == RECORD.code
    path = package / "findings" / "verdicts.py"
    source = path.read_text(encoding="utf-8")
    doc = '"""The verdict on a part of a finding, and why, as a key."""'
    assert doc in source
    reworded = source.replace(doc, '"""Another wording."""') + "\n\n# A remark.\n"
    path.write_bytes(reworded.replace("\n", "\r\n").encode())
    assert calibration.code_hash(package) == RECORD.code
    path.write_text(source.replace("if part.holds", "if not part.holds", 1), encoding="utf-8")
    assert calibration.code_hash(package) != RECORD.code


@pytest.mark.parametrize("name", ["example/banks/departments.csv", "simulation/worlds.py"])
def test_data_and_worlds_are_part_of_the_code(package: Path, name: str) -> None:
    path = package / name
    path.write_bytes(path.read_bytes() + b"\nx = 1\n")
    assert calibration.code_hash(package) != RECORD.code


def test_a_calibration_is_stale_by_code_or_by_method() -> None:
    assert not MADE.stale
    assert replace(MADE, record=replace(RECORD, code="0")).stale
    assert replace(MADE, method="0").stale


# --- what is told -------------------------------------------------------------------------------


def test_unspecific_findings_are_those_whose_intervals_meet() -> None:
    """20 of 20 is from .8316; 13 of 20 is to .8461 and meets it, as do 14; 5 to .4910, of 12
    from .3605 (Clopper and Pearson)."""
    assert facts.unspecific(MADE) == ("four-needs", "both-sides", "student-link", "no-incentives")
    fewer = TABLE.assign(high=TABLE["high"].mask(TABLE["finding"] == "no-incentives", 0.83))
    named = facts.unspecific(replace(MADE, rates=fewer))
    assert named == ("four-needs", "both-sides", "student-link")
    assert facts.unspecific(None) == ()


def test_noise_rates() -> None:
    found = facts.noise_rates(MADE)
    assert found["both-sides"] == Count(20, 20)
    assert found["tier-good-profile"] == Count(0, 20)
    assert "frame" not in found
    assert facts.noise_rates(None) == {}


def test_facts() -> None:
    told = facts.calibrated(MADE)
    assert (told["weakest"], told["least"]) == (["student-link"], Count(12, 20))
    assert (told["misleading"], told["most"]) == (["unclear-hurts"], Count(3, 20))
    assert told["unspecific"] == Count(4, 46)
    assert "fieldwork" in told["unopposed"]


def told(lang: str, made: Calibration | None) -> str:
    section = prose.section(
        {"sv": SV, "en": EN}[lang], "calibration.rates", **facts.calibrated(made)
    )
    return section.plain.replace("\u00a0", " ")


def test_the_section_says_how_often_verdicts_mislead() -> None:
    assert "in at least 12 of 20 studies (60 %), least often “The attitude" in told("en", MADE)
    assert "i högst 3 av 20 studier (15 %)" in told("sv", MADE)
    assert "4 of 46 statements as often as truth" in told("en", MADE)
    assert "out of date" not in told("en", MADE)


def test_the_section_says_that_it_is_stale_or_missing() -> None:
    stale = replace(MADE, method="0")
    assert "The calibration is out of date" in told("en", stale)
    assert "inaktuell" in told("sv", stale)
    for lang, said in (("en", "never been calibrated"), ("sv", "aldrig kalibrerats")):
        assert said in told(lang, None).replace("\n", " ")
        assert len(told(lang, None).split("\n\n")) == 2


def test_the_section_when_nothing_misleads() -> None:
    right = TABLE[TABLE["world"] != "noise"].assign(
        supported=TABLE["supported"]
        .where(TABLE["world"] == "true", 0)
        .mask(TABLE["world"] == "true", 20)
    )
    said = told("en", replace(MADE, rates=right))
    assert "in at least 20 of 20 studies (100 %)." in said
    assert "No statement was supported in any study where its opposite is true." in said


def test_the_table_has_every_finding() -> None:
    made = tables.calibration(MADE, EN)
    cells = {cells[0]: cells[1:] for cells in made.cells()}
    assert list(cells) == [EN.label("finding", key) for key in KEYS]
    assert cells[EN.label("finding", "student-link")] == [
        "12\u00a0of\u00a020", "0\u00a0of\u00a020", "5\u00a0of\u00a020", "no: chance as often",
    ]  # fmt: skip
    assert cells[EN.label("finding", "fieldwork")] == ["20\u00a0of\u00a020", "–", "–", ""]
    assert len(made.notes) == 1


def test_without_a_calibration_there_is_no_table() -> None:
    assert tables.calibration(None, SV).html == ""


# --- the figure ---------------------------------------------------------------------------------


def test_the_figure_places_each_share_in_its_row() -> None:
    fig = rates_figure.chart(TABLE, EN)
    axes = fig.axes[-1]
    rows = {
        text.get_text(): row
        for row, text in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
    }
    drawn = [dict(zip(line.get_ydata(), line.get_xdata(), strict=True)) for line in axes.lines]
    row = rows["Student relations go with the work"]
    assert [points[row] for points in drawn] == [25, 0, 60]
    assert len(rows) == len(KEYS)
    assert fig.get_size_inches()[1] * 2.54 <= 23


@pytest.mark.parametrize("text", [SV, EN], ids=["sv", "en"])
def test_every_label_of_the_figure_fits(text: prose.Words) -> None:
    for key in KEYS:
        assert width(rates_figure.short(key, text), 8) < 7, key


def test_who_does_not_see_it_is_told_every_share() -> None:
    said = rates_figure.describe(TABLE, SV)
    assert "studentrelationer följer arbetet: sant 60 %, motsatsen 0 %, slump 25 %" in (
        said.alt.replace("\u00a0", " ")
    )
    assert "20 simulerade studier" in visible(said.caption)


def test_a_finding_without_a_short_name_goes_by_its_key() -> None:
    assert rates_figure.short("new-one", EN) == "new-one"


def test_the_figure_of_a_study() -> None:
    study = load_year(2020, ROOT)
    assert "<figure>" in plots.verdict_rates(replace(study, calibration=MADE), "sv").html
    with pytest.raises(UsageError, match=r"mapping\.simulation su-2020"):
        plots.verdict_rates(replace(study, calibration=None), "sv")
