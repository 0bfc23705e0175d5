"""The report of each department: executed, stored, carried over and listed like the others."""

from __future__ import annotations

import ast
import csv
import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from time import perf_counter, sleep
from typing import Any

import nbformat
import pytest
from small_root import (
    DEPARTMENTS,
    contents,
    make_root,
    small_parts,
    write_department_notebook,
    write_notebook,
)

from mapping import roots
from mapping.errors import RunError, UsageError
from mapping.pipeline import workers
from mapping.pipeline.notebooks import Instance, Notebook, in_use, read_notebook
from mapping.pipeline.progress import Progress
from mapping.pipeline.run import RunRequest, RunResult, run
from mapping.pipeline.send_list import send_list

LANGUAGES = ("sv", "en")
PDFS = [f"departments/{unit}-{lang}.pdf" for unit in DEPARTMENTS for lang in LANGUAGES]
EXECUTED = [
    f"notebooks/departments/{unit}-{lang}.ipynb" for unit in DEPARTMENTS for lang in LANGUAGES
]
LIST = "departments/send-list.csv"


class Executor:
    """Stands in for papermill: notes what it was given and makes a notebook with a number."""

    def __init__(self) -> None:
        self.given: list[dict[str, object]] = []
        self.failing: str | None = None

    def __call__(self, path: Path, parameters: Mapping[str, object], *_: object) -> Any:
        self.given.append({"notebook": path.stem, **parameters})
        unit = parameters.get("department")
        if unit and unit == self.failing:
            raise RunError(f"{path.name}, cell 2: broken")
        told = f"count(tiers?department_id={unit})" if unit else "count(tiers)"
        number = len(str(unit)) if unit else 1
        html = f'<p><data value="{number}" data-from="{told}">{number}</data></p>'
        output = nbformat.v4.new_output("display_data", data={"text/html": html})
        cell = nbformat.v4.new_code_cell(f"department = {unit!r}", outputs=[output], id="cell-1")
        return nbformat.v4.new_notebook(cells=[cell])


@pytest.fixture
def executor(monkeypatch: pytest.MonkeyPatch) -> Executor:
    made = Executor()
    monkeypatch.setattr(workers, "execute", made)
    monkeypatch.setattr(roots, "code_hash", lambda: "code")
    return made


@pytest.fixture
def root(tmp_path: Path, executor: Executor) -> Path:
    """A root after its first run, with what the executor was given in it forgotten."""
    made = make_root(tmp_path)
    write_department_notebook(made, "department")
    run(RunRequest(2020, made), small_parts())
    executor.given.clear()
    return made


def again(root: Path, *only: str, languages: Any = LANGUAGES, departments: Any = True) -> RunResult:
    return run(RunRequest(2020, root, languages, only, departments), small_parts())


def reports(root: Path) -> dict[str, bytes]:
    return contents(root / "reports/2020")


def listed(root: Path) -> list[dict[str, str]]:
    text = (root / "reports/2020" / LIST).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


# --- what is made --------------------------------------------------------------------------


def test_every_department_gets_a_pdf_in_each_language_and_the_list_names_them(root: Path) -> None:
    assert {name for name in reports(root) if "departments/" in name} == {*PDFS, *EXECUTED, LIST}
    files = json.loads(reports(root)["manifest.json"])["files"]
    assert len({files[name]["from"] for name in (*PDFS, *EXECUTED)}) == 1
    assert set(files) == set(reports(root)) - {"manifest.json"}


def test_the_departments_come_last_and_read_the_tables(
    root: Path, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "ThreadPoolExecutor", one_worker)
    again(root)
    made = [(given["notebook"], given["lang"], given.get("department")) for given in executor.given]
    assert made == [
        ("1-first", "sv", None),
        ("2-second", "sv", None),
        ("1-first", "en", None),
        ("2-second", "en", None),
        *(("department", lang, unit) for unit in DEPARTMENTS for lang in LANGUAGES),
    ]
    staged = "data/processed/2020.new"
    assert [given["out"] for given in executor.given] == [staged] * 2 + [None] * 8
    assert [given["tables"] for given in executor.given] == [None] * 2 + [staged] * 8
    assert all("department" not in given for given in executor.given[:4])


def one_worker(_: int) -> Any:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    return ThreadPoolExecutor(1)


def test_a_department_s_notebook_is_really_executed_with_its_id(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    write_department_notebook(root, "print(department, lang, tables)", "open(tables + '/x', 'a')")
    parts = small_parts(participating=lambda *_: ("ÅÄÖ-30",))
    made = run(RunRequest(2020, root, ("sv",), ("department",)), parts)
    assert "departments/ÅÄÖ-30-sv.pdf" in made.made
    stored = nbformat.read(root / "reports/2020/notebooks/departments/ÅÄÖ-30-sv.ipynb", 4)
    assert stored.cells[2].outputs[0].text == "ÅÄÖ-30 sv data/processed/2020.new\n"
    given = {line.targets[0].id: line.value for line in ast.parse(stored.cells[1].source).body}  # type: ignore[attr-defined]
    assert ast.literal_eval(given["department"]) == "ÅÄÖ-30"
    told = stored.metadata["mapping"]
    assert (told["report"], told["each"]) == ("department", "department")
    assert (root / "data/processed/2020/respondents.parquet").is_file()


def test_progress_counts_the_departments(root: Path) -> None:
    told = []

    class Listener(Progress):
        def expects(self, totals: Mapping[str, int]) -> None:
            told.append(dict(totals))

    run(RunRequest(2020, root), small_parts(), Listener())
    assert told == [{"reports": 4, "departments": 6}]


def test_each_department_has_numbers_of_its_own(root: Path) -> None:
    numbers = json.loads(reports(root)["numbers.json"])["numbers"]
    own = {name: one["value"] for name, one in numbers.items() if "-" in one["from"]}
    assert own == {
        f"{unit}-{lang}:1.1": number
        for unit, number in {"ABC-1": 5, "DEF-2": 5, "ÅÄÖ-30": 6}.items()
        for lang in ("en", "sv")
    }


def test_one_department_that_fails_fails_the_run_and_is_named(
    root: Path, executor: Executor
) -> None:
    before = reports(root)
    executor.failing = "DEF-2"
    with pytest.raises(RunError, match=r"department\.ipynb, cell 2: broken"):
        again(root)
    assert reports(root) == before
    log = max((root / "reports/.runs").rglob("log.txt"))
    assert "DEF-2 (sv) stopped" in log.read_text(encoding="utf-8")


def test_a_failed_department_is_kept_under_its_own_name(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    write_department_notebook(root, "1 / (department != 'DEF-2')")
    with pytest.raises(RunError) as caught:
        run(RunRequest(2020, root, ("sv",), ("department",)), small_parts())
    assert "The failed notebook is kept: reports/.runs/" in str(caught.value)
    assert str(caught.value).endswith("/DEF-2-sv.ipynb")


def test_a_pdf_that_fails_names_the_department(root: Path) -> None:
    def fail(executed: Any) -> bytes:
        if "DEF-2" in executed.cells[0].source:
            raise RunError("no alt text")
        return b"%PDF"

    with pytest.raises(RunError, match=r"department\.ipynb, DEF-2 \(sv\), as PDF: no alt text"):
        run(RunRequest(2020, root, only=("department",)), small_parts(pdf=fail))


def test_a_failure_is_heard_at_once_whatever_else_is_under_way(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first notebook would go on for long; the second fails meanwhile, and ends it."""
    ended = []

    def execute(path: Path, *given: Any) -> Any:
        if path.stem == "2-second":
            raise RunError("2-second.ipynb, cell 1: broken")
        kernels, until = given[-1], perf_counter() + 5
        while not kernels.ended and perf_counter() < until:
            sleep(0.01)
        ended.append(kernels.ended)
        raise RunError("stopped")

    monkeypatch.setattr(workers, "execute", execute)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with pytest.raises(RunError, match="cell 1: broken"):
        again(root, languages=("sv",), departments=False)
    assert ended == [True]


def test_the_log_is_on_disk_while_the_notebooks_run(
    root: Path, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it tells how far a run came that was killed."""

    def execute(path: Path, parameters: Mapping[str, object], *_: object) -> Any:
        log = max((root / "reports/.runs").rglob("log.txt"))
        told.append("2-second (sv) begins" in log.read_text(encoding="utf-8"))
        return executor(path, parameters)

    told: list[bool] = []
    monkeypatch.setattr(workers, "execute", execute)
    again(root, "second", languages=("sv",))
    assert told == [True]


def test_results_are_stored_in_order_whichever_is_done_first(
    root: Path, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    last_done = Event()

    def execute(path: Path, parameters: Mapping[str, object], *_: object) -> Any:
        if parameters["department"] == DEPARTMENTS[0]:
            assert last_done.wait(5)
        elif parameters["department"] == DEPARTMENTS[-1]:
            last_done.set()
        return executor(path, parameters)

    def pdf(executed: Any) -> bytes:
        stored.append(executed.cells[0].source)
        return b"%PDF"

    stored: list[str] = []
    monkeypatch.setattr(workers, "execute", execute)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    run(RunRequest(2020, root, ("sv",), ("department",)), small_parts(pdf=pdf))
    assert stored == [f"department = {unit!r}" for unit in DEPARTMENTS]


# --- partial runs --------------------------------------------------------------------------


def test_without_departments_the_present_ones_are_carried_over(
    root: Path, executor: Executor
) -> None:
    before = reports(root)
    made = again(root, departments=False)
    assert {given["notebook"] for given in executor.given} == {"1-first", "2-second"}
    assert set(made.carried) == {*PDFS, *EXECUTED}
    assert made.dropped == ()
    after = reports(root)
    assert {name: after[name] for name in (*PDFS, *EXECUTED, LIST, "numbers.json")} == {
        name: before[name] for name in (*PDFS, *EXECUTED, LIST, "numbers.json")
    }


def test_those_that_do_not_hold_are_dropped_by_name_and_leave_the_list(root: Path) -> None:
    (root / "reports/2020" / PDFS[0]).write_bytes(b"edited")
    made = again(root, departments=False)
    assert made.dropped == (PDFS[0],)
    assert [row["file"] for row in listed(root)] == [
        name.rpartition("/")[2] for name in PDFS if name != PDFS[0]
    ]


def test_other_data_drop_all_departments_and_the_list(root: Path) -> None:
    (root / "data/raw/2020/survey.csv").write_text("id\n3\n", encoding="utf-8")
    made = again(root, departments=False)
    assert set(made.dropped) == {*PDFS, *EXECUTED}
    assert not any("departments/" in name for name in reports(root))


def test_only_the_departments(root: Path, executor: Executor) -> None:
    made = again(root, "department")
    assert {given["notebook"] for given in executor.given} == {"department"}
    assert set(made.made) == {
        *PDFS,
        *EXECUTED,
        LIST,
        "tables-2020.xlsx",
        "numbers.json",
        "manifest.json",
    }
    assert "second-2020-sv.pdf" in made.carried


def test_another_report_alone_carries_the_departments_over(root: Path) -> None:
    made = again(root, "second")
    assert set(PDFS) <= set(made.carried)
    assert LIST in made.made


def test_one_language_makes_its_own_and_carries_the_other_over(
    root: Path, executor: Executor
) -> None:
    made = again(root, "department", languages=("en",))
    assert {given["lang"] for given in executor.given} == {"en"}
    assert {name for name in made.carried if name in PDFS} == {n for n in PDFS if "-sv" in n}
    assert len(listed(root)) == 6


def test_a_changed_notebook_drops_the_departments_only(root: Path) -> None:
    write_department_notebook(root, "department * 2")
    made = again(root, "second")
    assert set(made.dropped) == {*PDFS, *EXECUTED}


def test_only_departments_without_departments_is_wrong_use(root: Path) -> None:
    with pytest.raises(UsageError, match="--only department and --no-departments leave nothing"):
        again(root, "department", departments=False)
    made = again(root, "department", "second", departments=False)
    assert "second-2020-sv.pdf" in made.made


def test_the_command_that_is_noted_asks_for_the_same(root: Path) -> None:
    request = RunRequest(2020, root, ("sv",), ("second",), departments=False)
    assert request.command == "mapping run 2020 --lang sv --only second --no-departments"
    assert request.parameters["departments"] is False


# --- notebooks and their names -------------------------------------------------------------


def test_a_notebook_can_be_made_only_for_each_of_what_there_is(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "5-faculties", "1")
    stored = nbformat.read(path, 4)
    stored.metadata["mapping"] = {"report": "faculty", "each": "faculty"}
    nbformat.write(stored, path)
    with pytest.raises(UsageError, match=r"5-faculties\.ipynb: cannot be made for each 'faculty'"):
        read_notebook(path, "root")


def test_names_are_valid_on_windows_whatever_the_department_is_called() -> None:
    notebook = Notebook(Path("department.ipynb"), "department", "department", "", "root")
    reserved = {"CON", "PRN", "AUX", "NUL"}
    for unit in ("CON-1", "NUL-12", "AUX-3", "PRN-4"):
        for name in Instance(notebook, "sv", unit).files(2020):
            assert Path(name).name.partition(".")[0] not in reserved


def test_no_two_reports_have_one_name() -> None:
    """Also where a department is called as a report or an other's id begins with its own."""
    one = Notebook(Path("2-swot.ipynb"), "swot", None, "", "root")
    each = Notebook(Path("department.ipynb"), "department", "department", "", "root")
    units = {"department": ("SWOT-2020", "AB-1", "AB-12")}
    files = [
        file.lower()
        for notebook in (one, each)
        for instance in notebook.instances(LANGUAGES, units)
        for file in instance.files(2020)
    ]
    assert len(set(files)) == len(files) == 16


@pytest.mark.parametrize("report", ["second", "Second"])
def test_two_notebooks_with_one_report_are_named_before_anything_runs(
    root: Path, executor: Executor, report: str
) -> None:
    write_notebook(root / "notebooks", "5-mine", "print(lang)", report=report)
    before = reports(root)
    with pytest.raises(UsageError) as caught:
        again(root)
    assert str(caught.value) == (
        f"2-second.ipynb and 5-mine.ipynb would both make {report}-2020-sv.pdf: give one of them "
        "another name under mapping, report in its metadata, or a file name that does not begin "
        "with a digit, which no run executes"
    )
    assert executor.given == []
    assert reports(root) == before
    write_notebook(root / "notebooks", "5-mine", "print(lang)", report="mine")
    assert "mine-2020-en.pdf" in again(root).made


def test_two_notebooks_for_each_department_are_named(root: Path) -> None:
    copy = root / "notebooks" / "5-department-more.ipynb"
    shutil.copyfile(root / "notebooks" / "department.ipynb", copy)
    with pytest.raises(UsageError) as caught:
        again(root, "second")
    assert str(caught.value) == (
        "5-department-more.ipynb and department.ipynb would both make "
        "notebooks/departments/ABC-1-sv.ipynb: only one can be made for each department; give the "
        "other a file name that does not begin with a digit, which no run executes"
    )
    copy.rename(root / "notebooks" / "department-more.ipynb")
    assert len(again(root).made) == 22


# --- whose notebook ------------------------------------------------------------------------


def origins(root: Path) -> dict[str, str]:
    """Where each notebook is from, but for that of the open edition, which every root can make."""
    told = json.loads((root / "data/processed/2020/run.json").read_text(encoding="utf-8"))
    used = {name: file["from"] for name, file in told["notebooks"].items()}
    return {name: origin for name, origin in used.items() if name != "open.ipynb"}


def test_a_root_without_a_notebook_for_departments_uses_the_shipped_one(root: Path) -> None:
    assert set(origins(root).values()) == {"root"}
    (root / "notebooks" / "department.ipynb").unlink()
    made = run(RunRequest(2020, root), small_parts(participating=lambda *_: DEPARTMENTS))
    assert set(PDFS) <= set(made.made)
    shipped = roots.shipped("notebooks") / "department.ipynb"
    assert {n.path for n in in_use(root) if n.origin == "shipped" and n.each} == {shipped}
    assert origins(root) == {
        "1-first.ipynb": "root",
        "2-second.ipynb": "root",
        "department.ipynb": "shipped",
    }


def test_a_root_s_own_notebook_for_departments_may_have_another_name(root: Path) -> None:
    own = root / "notebooks"
    (own / "department.ipynb").rename(own / "5-departments.ipynb")
    made = run(RunRequest(2020, root), small_parts(participating=lambda *_: DEPARTMENTS))
    assert set(PDFS) <= set(made.made)
    assert origins(root) == dict.fromkeys(
        ("1-first.ipynb", "2-second.ipynb", "5-departments.ipynb"), "root"
    )


# --- the list of whom to send them to ------------------------------------------------------


def test_the_list_has_a_row_for_each_file_and_its_contact(root: Path) -> None:
    assert listed(root)[:3] == [
        {"department": "ABC-1", "file": "ABC-1-sv.pdf", "contact": "one@example.org"},
        {"department": "ABC-1", "file": "ABC-1-en.pdf", "contact": "one@example.org"},
        {"department": "DEF-2", "file": "DEF-2-sv.pdf", "contact": "'=1+1"},
    ]
    assert [row["contact"] for row in listed(root)[4:]] == ["", ""]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_the_list_holds_no_formula(sign: str) -> None:
    notebook = Notebook(Path("department.ipynb"), "department", "department", "", "root")
    made = send_list([Instance(notebook, "sv", "AB-1")], {"AB-1": f'{sign}cmd;"x"'})
    (row,) = csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline=""), delimiter=";")
    assert row["contact"] == f'\'{sign}cmd;"x"'


def test_the_list_opens_in_swedish_excel(root: Path) -> None:
    data = (root / "reports/2020" / LIST).read_bytes()
    assert data.startswith(b"\xef\xbb\xbfdepartment;file;contact\r\n")
