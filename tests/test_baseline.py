"""A run that compares its year with an earlier one: what it executes, depends on and leaves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import typer.testing
from small_root import (
    DEPARTMENTS,
    PARAMETERS,
    SETTINGS,
    contents,
    make_root,
    notebook,
    small_parts,
)

from mapping import cli, roots
from mapping.errors import DataError, Problem, UsageError
from mapping.pipeline import notebooks, store, workers
from mapping.pipeline import run as pipeline
from mapping.pipeline.notebooks import in_use, read_notebook
from mapping.pipeline.run import RunRequest, RunResult, run, standard_parts
from mapping.processed import read_tables, write_table
from mapping.schemas import CHAIN, FOLLOW_UP

REPOSITORY = Path(__file__).parents[1]
COMPARES = f"{PARAMETERS}\nbaseline = None  # the year to compare with"
EARLIER = (2018, 2019)
FOLLOW_UP_FILES = [
    f"{name}-{lang}.{end}"
    for name, end in (("followup-2020", "pdf"), ("notebooks/follow-up", "ipynb"))
    for lang in ("sv", "en")
]
OF_DEPARTMENTS = [
    f"{folder}/{unit}-{lang}.{end}"
    for folder, end in (("departments", "pdf"), ("notebooks/departments", "ipynb"))
    for unit in DEPARTMENTS
    for lang in ("sv", "en")
]
OF_THE_YEAR_ALONE = [
    "notebooks/1-first-en.ipynb",
    "notebooks/1-first-sv.ipynb",
    "notebooks/2-second-en.ipynb",
    "notebooks/2-second-sv.ipynb",
    "second-2020-en.pdf",
    "second-2020-sv.pdf",
]


ONE_YEAR = pd.DataFrame(
    {
        "year": [2019, 2019, 2020, 2020, 2020],
        "department_id": ["AB-1", "OLD-1", "AB-1", "NEW-1", "NEW-2"],
        "followed": ["AB-1", "OLD-1", "AB-1", "NEW-1", "NEW-2"],
    }
)


@dataclass
class Compared:
    """Stands in for the two years beside each other; writes one of their tables."""

    baseline: int
    years: tuple[int, ...]
    left_out: Mapping[int, str] = field(default_factory=dict)
    wrong: tuple[Problem, ...] = ()
    calibration: Any = None
    followed: pd.DataFrame = field(default_factory=lambda: ONE_YEAR)
    lineage: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["from_id", "to_id"], dtype="string")
    )

    def require_sound(self) -> None:
        if self.wrong:
            error = DataError(self.wrong)
            error.add_note("2019 is not finished")
            raise error

    def write(self, out: Path, *names: str) -> None:
        if "yardstick" in names:
            write_table(yardstick(f"computed with {self.baseline}"), out, "yardstick")


def yardstick(what: str) -> pd.DataFrame:
    row = {"part": "rule", "key": "a", "what": what, "then": "1", "now": "2", "breaks": None}
    return pd.DataFrame([row])


def comparing(wrong: tuple[Problem, ...] = (), **changed: Any) -> Any:
    """Parts that compare as the real ones do with the years on disk; 2018 by nothing but name."""

    def follow_up(_: object, root: Path, baseline: int | None) -> Compared | None:
        years = [int(year) for year in roots.raw_years(root) if int(year) < 2020]
        chosen = max(years, default=0) if baseline is None else baseline
        left_out = {2018: "protocol"} if 2018 in years and chosen != 2018 else {}
        kept = tuple(year for year in years if year not in left_out)
        return Compared(chosen, kept, left_out, wrong) if chosen else None

    return small_parts(follow_up=follow_up, **changed)


class Executor:
    """Stands in for papermill: notes what it was given."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []

    def __call__(self, path: Path, parameters: Mapping[str, object], *_: object) -> Any:
        self.given.append({"notebook": path.stem, **parameters})
        source = str(parameters.get("baseline"))
        cell = nbformat.v4.new_code_cell(source, id="cell-1", execution_count=1)
        return nbformat.v4.new_notebook(cells=[cell])

    def baselines(self) -> dict[str, set[object]]:
        """The baselines that each notebook was given; "not told" if it has no such parameter."""
        told: dict[str, set[object]] = {}
        for given in self.given:
            told.setdefault(given["notebook"], set()).add(given.get("baseline", "not told"))
        return told


@pytest.fixture
def executor(monkeypatch: pytest.MonkeyPatch) -> Executor:
    made = Executor()
    monkeypatch.setattr(workers, "execute", made)
    monkeypatch.setattr(roots, "code_hash", lambda: "code")
    return made


def add_year(root: Path, year: int) -> Path:
    folder = root / "data" / "raw" / str(year)
    folder.mkdir()
    (folder / "study.toml").write_text(f"year = {year}\n", encoding="utf-8")
    (folder / "survey.csv").write_text("id\n1\n", encoding="utf-8")
    return folder


def write_follow_up(root: Path, name: str = "follow-up", parameters: str = COMPARES) -> Path:
    path = root / "notebooks" / f"{name}.ipynb"
    made = notebook("baseline", report="followup", baseline=True, parameters=parameters)
    nbformat.write(made, path)
    return path


@pytest.fixture
def first_year(tmp_path: Path, executor: Executor) -> Path:  # noqa: ARG001
    """A root with one year, and notebooks that compare it with an earlier one."""
    made = make_root(tmp_path / "root")
    write_follow_up(made)
    parameters = f"{COMPARES}\ndepartment = None  # its id"
    each = notebook("1", report="department", each="department", parameters=parameters)
    nbformat.write(each, made / "notebooks" / "department.ipynb")
    return made


@pytest.fixture
def root(first_year: Path, executor: Executor) -> Path:
    """The same with two earlier years, after a run that compared with the last of them."""
    for year in EARLIER:
        add_year(first_year, year)
    run(RunRequest(2020, first_year), comparing())
    executor.given.clear()
    return first_year


def again(root: Path, *only: str, baseline: int | None = None) -> RunResult:
    return run(RunRequest(2020, root, only=only, baseline=baseline), comparing())


def run_json(root: Path) -> dict[str, Any]:
    return json.loads((root / "data/processed/2020/run.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def snapshot(root: Path) -> dict[str, bytes]:
    return contents(root / "reports" / "2020") | contents(root / "data" / "processed" / "2020")


# --- what is executed ----------------------------------------------------------------------


def test_the_year_before_on_disk_is_the_baseline(root: Path, executor: Executor) -> None:
    made = again(root)
    assert executor.baselines() == {
        "1-first": {"not told"},
        "2-second": {"not told"},
        "follow-up": {2019},
        "department": {2019},
    }
    assert set(FOLLOW_UP_FILES) <= set(made.made)
    assert made.baseline == 2019


def test_another_year_can_be_named(root: Path, executor: Executor) -> None:
    assert again(root, baseline=2018).baseline == 2018
    assert executor.baselines()["follow-up"] == executor.baselines()["department"] == {2018}


def test_the_follow_up_writes_its_tables_and_its_second_language_shows_them(
    root: Path, executor: Executor
) -> None:
    again(root, "followup")
    staged = "data/processed/2020.new"
    told = {one["lang"]: (one["out"], one["tables"]) for one in executor.given}
    assert told == {"sv": (staged, None), "en": (None, staged)}


def test_departments_are_made_when_the_tables_of_the_follow_up_are_there(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the notebook that writes them is not among those that are asked for."""
    there = []

    def execute(path: Path, parameters: Mapping[str, object], *_: object) -> Any:
        there.append((path.stem, (root / str(parameters["tables"]) / "yardstick.parquet").exists()))
        return nbformat.v4.new_notebook()

    monkeypatch.setattr(workers, "execute", execute)
    again(root, "department")
    assert set(there) == {("department", True)}


def test_without_an_earlier_year_there_is_no_follow_up(
    first_year: Path, executor: Executor
) -> None:
    made = again(first_year)
    assert executor.baselines() == {
        "1-first": {"not told"},
        "2-second": {"not told"},
        "department": {None},
    }
    assert made.baseline is None
    assert not set(FOLLOW_UP_FILES) & set(made.made)
    assert run_json(first_year)["baseline"] is None
    assert "follow-up.ipynb" not in run_json(first_year)["notebooks"]


def test_no_baseline_compares_with_none(root: Path, executor: Executor) -> None:
    made = again(root, baseline=0)
    assert executor.baselines()["department"] == {0}
    assert "follow-up" not in executor.baselines()
    assert set(made.dropped) == set(FOLLOW_UP_FILES)
    assert not (root / "data/processed/2020/yardstick.parquet").exists()
    assert run_json(root)["baseline"] is None


@pytest.mark.parametrize("name", ["followup", "follow-up"])
def test_a_follow_up_that_cannot_be_is_wrong_use(
    first_year: Path, executor: Executor, name: str
) -> None:
    message = f"no report '{name}': there is no year before 2020 in data/raw to compare it with"
    with pytest.raises(UsageError, match=message):
        again(first_year, name)
    add_year(first_year, 2019)
    with pytest.raises(UsageError, match=f"no report '{name}': it needs a baseline, and --no-bas"):
        again(first_year, "second", name, baseline=0)
    assert executor.given == []


def test_its_name_is_known_only_where_it_can_be(first_year: Path) -> None:
    with pytest.raises(UsageError, match=r"there are 1-first, department, second$"):
        again(first_year, "up")
    add_year(first_year, 2019)
    with pytest.raises(UsageError, match=r"there are 1-first, department, followup, second$"):
        again(first_year, "up")


# --- whose notebook ------------------------------------------------------------------------


def test_a_notebook_that_needs_a_baseline_can_be_told_of_it(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    path = write_follow_up(tmp_path, parameters=PARAMETERS)
    with pytest.raises(UsageError, match=r"^follow-up\.ipynb: .* needs a line: baseline = None$"):
        read_notebook(path, "root")


def test_a_root_s_own_follow_up_may_have_another_name(root: Path) -> None:
    own = root / "notebooks"
    assert {one.path.parent for one in in_use(root) if one.stem != "open"} == {own}
    (own / "follow-up.ipynb").rename(own / "5-since-last-year.ipynb")
    assert {one.path.parent for one in in_use(root) if one.stem != "open"} == {own}


def test_a_root_without_a_follow_up_of_its_own_uses_the_shipped_one(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.move(root / "notebooks" / "follow-up.ipynb", tmp_path / "follow-up.ipynb")
    monkeypatch.setattr(notebooks, "shipped", lambda _: tmp_path)
    shipped = {one.path for one in in_use(root) if one.origin == "shipped"}
    assert shipped == {tmp_path / "follow-up.ipynb"}
    assert set(FOLLOW_UP_FILES) <= set(again(root).made)
    assert run_json(root)["notebooks"]["follow-up.ipynb"]["from"] == "shipped"


def test_a_notebook_whose_parameters_are_wrong_harms_no_other(root: Path) -> None:
    path = root / "notebooks" / "5-mine.ipynb"
    nbformat.write(notebook("1", report="mine", parameters="baseline = f()"), path)
    assert "second-2020-sv.pdf" in again(root, "second").made


# --- what results depend on ----------------------------------------------------------------


def test_run_json_tells_of_every_earlier_year(root: Path) -> None:
    told = run_json(root)["baseline"]
    raw = root / "data" / "raw"
    hashes = {
        year: {path.name: store.sha256(path) for path in (raw / str(year)).iterdir()}
        for year in EARLIER
    }
    own = run_json(root)["protocol"]
    assert told == {
        "year": 2019,
        "years": {
            "2018": {
                "left_out": "protocol",
                "inputs": {"study.toml": hashes[2018]["study.toml"]},
            },
            "2019": {"protocol": own | {"recovery": None}, "inputs": hashes[2019]},
        },
        "calibration": None,
    }
    assert own["name"] == "su-2020"


def test_the_command_that_is_noted_names_the_baseline_that_was_asked_for(root: Path) -> None:
    assert run_json(root)["command"] == "mapping run 2020 --lang sv --lang en"
    again(root, baseline=2018)
    assert run_json(root)["command"] == "mapping run 2020 --lang sv --lang en --baseline 2018"
    again(root, "second", baseline=0)
    asked = "mapping run 2020 --lang sv --lang en --only second --no-baseline"
    assert run_json(root)["command"] == asked


def test_the_run_id_follows_the_baseline_and_not_how_it_was_asked_for(root: Path) -> None:
    first = run_json(root)["run"]
    assert again(root, baseline=2019).run == first
    assert again(root, baseline=2018).run != first
    assert again(root, baseline=0).run != first
    (root / "data/raw/2019/survey.csv").write_text("id\n2\n", encoding="utf-8")
    assert again(root).run != first


def test_what_still_holds_is_carried_over(root: Path) -> None:
    made = again(root, "second", baseline=2019)
    assert made.dropped == ()
    assert {*FOLLOW_UP_FILES, *OF_DEPARTMENTS} <= set(made.carried)


def change_file(root: Path) -> None:
    (root / "data/raw/2019/survey.csv").write_text("id\n2\n", encoding="utf-8")


def add_file(root: Path) -> None:
    (root / "data/raw/2019/lineage.csv").write_text("from_id\n", encoding="utf-8")


def change_left_out(root: Path) -> None:
    (root / "data/raw/2018/study.toml").write_text("year = 2018 # other\n", encoding="utf-8")


def add_earlier_year(root: Path) -> None:
    add_year(root, 2017)


@pytest.mark.parametrize("change", [change_file, add_file, change_left_out, add_earlier_year])
def test_other_earlier_data_drop_what_was_compared_and_nothing_else(
    root: Path, change: Any
) -> None:
    change(root)
    made = again(root, "1-first")
    assert set(made.dropped) == {*FOLLOW_UP_FILES, *OF_DEPARTMENTS}
    assert set(made.carried) == set(OF_THE_YEAR_ALONE) - {
        f"notebooks/1-first-{lang}.ipynb" for lang in ("sv", "en")
    }


@pytest.mark.parametrize("baseline", [2018, 0])
def test_another_baseline_drops_what_was_compared_and_nothing_else(
    root: Path, baseline: int
) -> None:
    made = again(root, "1-first", baseline=baseline)
    assert set(made.dropped) == {*FOLLOW_UP_FILES, *OF_DEPARTMENTS}
    assert "second-2020-sv.pdf" in made.carried


def test_a_file_of_an_earlier_year_that_is_not_read_drops_nothing(root: Path) -> None:
    (root / "data/raw/2019/notes.txt").write_text("x", encoding="utf-8")
    (root / "data/raw/2018/survey.csv").write_text("x", encoding="utf-8")
    assert again(root, "1-first").dropped == ()


def test_the_protocol_of_an_earlier_year_counts(root: Path) -> None:
    shutil.copytree(REPOSITORY / "data/protocol/su-2020", root / "data/protocol/own")
    earlier = SETTINGS.__class__(**(vars(SETTINGS) | {"protocol": "own"}))

    def settings(folder: Path) -> Any:
        return earlier if folder.name == "2019" else SETTINGS

    def with_own(*only: str) -> RunResult:
        return run(RunRequest(2020, root, only=only), comparing(read_settings=settings))

    with_own()
    assert run_json(root)["baseline"]["years"]["2019"]["protocol"]["name"] == "own"
    assert with_own("1-first").dropped == ()
    changed = root / "data/protocol/own/protocol.toml"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n# other\n", encoding="utf-8")
    assert set(with_own("1-first").dropped) == {*FOLLOW_UP_FILES, *OF_DEPARTMENTS}
    with_own()
    for name in ("calibration.csv", "calibration.toml"):
        (root / "data/protocol/own" / name).unlink()
    assert set(with_own("1-first").dropped) == {*FOLLOW_UP_FILES, *OF_DEPARTMENTS}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (change_file, r"2019/survey\.csv"),
        (add_file, r"2019/lineage\.csv"),
        (change_left_out, r"2018/study\.toml"),
        (add_earlier_year, r"2017/study\.toml, 2017/survey\.csv"),
    ],
)
def test_an_earlier_year_that_changes_during_the_run_is_noticed(
    root: Path, change: Any, named: str
) -> None:
    before = snapshot(root)

    def workbook(*_: object) -> bytes:
        change(root)
        return b""

    with pytest.raises(UsageError, match=f"changed while .* under way: {named}; run again"):
        run(RunRequest(2020, root), comparing(workbook=workbook))
    assert snapshot(root) == before


# --- tables --------------------------------------------------------------------------------


def test_tables_that_no_notebook_wrote_are_computed(root: Path) -> None:
    again(root, "second", baseline=2018)
    made = read_tables(root / "data/processed/2020")
    assert made["yardstick"]["what"].tolist() == ["computed with 2018"]
    assert "yardstick" in run_json(root)["tables"]


def test_tables_that_the_notebook_wrote_are_not_computed_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def execute(_: Path, parameters: Mapping[str, object], *__: object) -> Any:
        if parameters["out"]:
            write_table(yardstick("by the notebook"), root / str(parameters["out"]), "yardstick")
        return nbformat.v4.new_notebook()

    monkeypatch.setattr(workers, "execute", execute)
    again(root, "followup")
    made = read_tables(root / "data/processed/2020")
    assert made["yardstick"]["what"].tolist() == ["by the notebook"]


def test_a_table_is_asked_of_the_year_or_of_the_comparison(root: Path) -> None:
    asked: list[str] = []

    class Study:
        def write(self, _: Path, *names: str) -> None:
            asked.extend(names)

    run(RunRequest(2020, root, ("sv",), ("1-first",)), comparing(load_year=lambda *_: Study()))
    assert set(asked) == set(CHAIN)
    assert not set(asked) & set(FOLLOW_UP)


# --- errors --------------------------------------------------------------------------------


def call(root: Path, *arguments: str) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(
        cli.app, ["run", "2020", *arguments, "--root", str(root)]
    )


def test_wrong_earlier_data_are_listed_before_anything_is_executed(
    root: Path, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(root)
    wrong = (Problem("2019/survey.csv", 2, "id", "x"), Problem("lineage.csv", 3, "to_id", "AB-1"))
    monkeypatch.setattr(pipeline, "standard_parts", lambda: comparing(wrong))
    done = call(root)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "2019/survey.csv, row 2, column id: found x",
        "lineage.csv, row 3, column to_id: found AB-1",
        "2 errors in the data; 2019 is not finished; the list is in data/errors-2020.csv",
    ]
    assert executor.given == []
    assert snapshot(root) == before
    listed = (root / "data" / "errors-2020.csv").read_text(encoding="utf-8-sig")
    assert "2019/survey.csv,2,id,x" in listed
    assert "lineage.csv,3,to_id,AB-1" in listed
    assert call(root, "--no-baseline").exit_code == 0
    assert not (root / "data" / "errors-2020.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--baseline", "2019", "--no-baseline"), "exclude each other: give one of them"),
        (("--baseline", "0"), "--baseline"),
        (("--baseline", "2020"), "the baseline 2020 is not before 2020"),
        (("--baseline", "2031"), "the baseline 2031 is not before 2020"),
        (("--baseline", "2017"), "the baseline 2017 has no folder in data/raw"),
        (("--only", "followup", "--no-baseline"), "no report 'followup': it needs a baseline"),
    ],
)
def test_a_baseline_that_cannot_be_is_two(
    root: Path,
    executor: Executor,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    before = snapshot(root)
    parts = small_parts(follow_up=standard_parts().follow_up)
    monkeypatch.setattr(pipeline, "standard_parts", lambda: parts)
    done = call(root, *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr
    assert executor.given == []
    assert snapshot(root) == before


def test_the_screen_tells_what_was_compared_with(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "standard_parts", comparing)
    monkeypatch.setenv("COLUMNS", "300")
    lines = call(root).stdout.splitlines()
    place = lines.index("compared with 2019")
    assert lines[place + 1].startswith("only in 2019: OLD-1; only in 2020: NEW-1, NEW-2. If any")
    assert any("followup-2020-sv.pdf" in line for line in lines)
    assert "compared" not in call(root, "--no-baseline").stdout
