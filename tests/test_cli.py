from __future__ import annotations

import contextlib
import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
import typer.testing
from raw_years import tiny
from small_root import make_root, small_parts, write_department_notebook

from mapping import cli, roots
from mapping.errors import DataError, Problem, RunError, UsageError
from mapping.pipeline import doctor, run, screen, screen_check, workers
from mapping.pipeline.confidential import crash_report, masked, printable, summary

REPOSITORY = Path(__file__).parents[1]
RAW = REPOSITORY / "data" / "raw" / "2020"


def call(*arguments: object) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(cli.app, [str(part) for part in arguments])


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small root with stand-ins for everything that takes time."""
    monkeypatch.setattr(run, "standard_parts", small_parts)
    monkeypatch.setattr(workers, "execute", lambda *_: nbformat.v4.new_notebook())
    monkeypatch.setattr(roots, "code_hash", lambda: "code")
    return make_root(tmp_path / "root")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A root with the raw files of the example."""
    shutil.copytree(RAW, tmp_path / "study" / "data" / "raw" / "2020")
    return tmp_path / "study"


# --- run -----------------------------------------------------------------------------------


def test_run_tells_what_was_made(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    done = call("run", "2020")
    assert done.exit_code == 0, done.output
    assert "reports/2020/second-2020-sv.pdf".replace("/", os.sep) in done.stdout
    assert "4 executed notebooks" in done.stdout
    assert "done in" in done.stdout
    assert done.stderr == ""


def test_run_in_part_tells_what_was_kept_and_dropped(root: Path) -> None:
    assert call("run", "2020", "--root", root).exit_code == 0
    (root / "notebooks" / "2-second.ipynb").write_text(
        (root / "notebooks" / "2-second.ipynb").read_text().replace("print(lang)", "print(year)")
    )
    done = call("run", "2020", "--root", root, "--lang", "en", "--only", "1-first")
    assert "kept from before: notebooks/1-first-sv.ipynb" in done.stdout, done.stderr
    assert (
        "dropped: notebooks/2-second-en.ipynb, notebooks/2-second-sv.ipynb, second-" in done.stdout
    )
    (why,) = [line for line in done.stdout.splitlines() if "what was dropped" in line]
    assert "other data" in why
    assert why.endswith(f": mapping run 2020 --root {root}")


def many(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    parts = small_parts(participating=lambda *_: [f"AB-{n}" for n in range(1, 45)])
    monkeypatch.setattr(run, "standard_parts", lambda: parts)
    write_department_notebook(root, "department")


def test_many_departments_are_counted_and_not_listed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(monkeypatch, root)
    (root / "data/raw/2020/departments.csv").write_text("department_id,contact\n", "utf-8")
    monkeypatch.setenv("COLUMNS", "300")  # the root's path may be long
    done = call("run", "2020", "--root", root)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    (line,) = [line for line in lines if "88 PDFs, send-list.csv" in line]
    assert line.split()[0].endswith("departments")
    assert any("92 executed notebooks" in line for line in lines)
    assert len(lines) < 15
    (line,) = [line for line in lines if "without contact" in line]
    assert line.startswith("44 departments without contact: AB-1, AB-2, ")
    done = call("run", "2020", "--root", root, "--no-departments")
    (kept,) = [line for line in done.stdout.splitlines() if line.startswith("kept from before")]
    assert kept == ("kept from before: departments/: 88 PDFs, notebooks/departments/: 88 notebooks")


def test_departments_that_no_longer_hold_are_named_or_counted(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(monkeypatch, root)
    assert call("run", "2020", "--root", root).exit_code == 0
    (root / "reports/2020/departments/AB-7-sv.pdf").write_bytes(b"edited")
    done = call("run", "2020", "--root", root, "--no-departments")
    assert "dropped: departments/AB-7-sv.pdf" in done.stdout
    assert "departments/: 87 PDFs, notebooks/departments/: 88 notebooks" in done.stdout
    write_department_notebook(root, "department * 2")
    done = call("run", "2020", "--root", root, "--no-departments")
    assert "dropped: departments/: 87 PDFs, notebooks/departments/: 88 note" in done.stdout


def test_a_quiet_run_is_quiet(root: Path) -> None:
    done = call("run", "2020", "--root", root, "--quiet")
    assert (done.exit_code, done.output) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "1999"), "no raw data for 1999"),
        (("run", "2020", "--lang", "fr"), "languages are sv, en"),
        (("run", "2020", "--only", "[bold]x[/bold]"), "no report '[bold]x[/bold]'; there are"),
        (("run", "2020", "--only", "faculty"), "no report 'faculty'; there are 1-first"),
    ],
)
def test_wrong_use_is_two(root: Path, arguments: tuple[str, ...], message: str) -> None:
    done = call(*arguments, "--root", root)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_no_root_is_wrong_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    nearest = call("run", "2020")
    assert (nearest.exit_code, "no data/raw in" in nearest.stderr) == (2, True)
    named = call("run", "2020", "--root", tmp_path / "absent")
    assert (named.exit_code, "mapping init" in named.stderr) == (2, True)
    assert call("run", "year").exit_code == 2
    assert call("fly").exit_code == 2


def raising(error: BaseException) -> Any:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_wrong_data_are_one_and_each_error_has_its_line(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Problem("a.csv", 2, "[red]x[/red]", "1\n2"), Problem("b.csv", expected="\x1b[2Jrows")]
    parts = small_parts(read_year=raising(DataError(found)))
    monkeypatch.setattr(run, "standard_parts", lambda: parts)
    done = call("run", "2020", "--root", root)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "a.csv, row 2, column [red]x[/red]: found 1 2",
        "b.csv; expected \\x1b[2Jrows",
        "2 errors in the data; the list is in data/errors-2020.csv",
    ]


def test_our_fault_is_three(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "execute", raising(RunError("2-second.ipynb, cell 3: broken")))
    done = call("run", "2020", "--root", root)
    assert (done.exit_code, done.stderr) == (3, "Error: 2-second.ipynb, cell 3: broken\n")


def test_what_nobody_foresaw_is_three_and_shows_no_value(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "run", raising(KeyError("very secret words")))
    done = call("run", "2020", "--root", root)
    assert done.exit_code == 3
    assert "KeyError: '(17 characters)'" in done.stderr
    assert "mapping/cli.py, line " in done.stderr
    assert "secret" not in done.output


def test_an_interrupted_run_says_that_nothing_changed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "execute", raising(KeyboardInterrupt()))
    done = call("run", "2020", "--root", root)
    assert done.exit_code == 130
    assert done.stderr == "Stopped. The previous results are as they were.\n"
    assert not (root / "reports" / "2020").exists()


def test_an_interrupted_exchange_says_what_holds(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = KeyboardInterrupt()
    error.add_note("The new results are in place.")
    monkeypatch.setattr(run, "run", raising(error))
    done = call("run", "2020", "--root", root)
    assert (done.exit_code, done.stderr) == (130, "Stopped. The new results are in place.\n")


# --- check and explain ---------------------------------------------------------------------


def test_check_tells_what_was_read_and_who_is_missing(study: Path) -> None:
    done = call("check", "2020", "--root", study)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    register = next(line for line in lines if line.startswith("departments.csv"))
    assert (
        str(len((RAW / "departments.csv").read_text(encoding="utf-8").splitlines()) - 1) in register
    )
    assert [line.split()[0] for line in lines if line.startswith(("interview ", "any "))]
    assert lines[-1] == f"ready: mapping run 2020 --root {study}"


def test_check_counts_the_rows_of_the_lineage(study: Path) -> None:
    text = "from_id,to_id,kind,year\nOLD-1,GLASS-46,merged,2019\n"
    (study / "data/raw/2020/lineage.csv").write_text(text, encoding="utf-8")
    lines = call("check", "2020", "--root", study).stdout.splitlines()
    (line,) = [line for line in lines if line.startswith("lineage.csv")]
    assert line.split() == ["lineage.csv", "1"]


@pytest.fixture
def two_years(tmp_path: Path) -> Path:
    """The tiny year and the same again a year later."""
    for year in ("2020", "2021"):
        folder = tmp_path / "data" / "raw" / year
        folder.mkdir(parents=True)
        for name, text in tiny().items():
            (folder / name).write_text(a_year_later(text) if year == "2021" else text, "utf-8")
    return tmp_path


def a_year_later(text: str) -> str:
    return text.replace("2020", "2021").replace("2019", "2020").replace("su-2021", "su-2020")


@pytest.mark.parametrize(
    ("year", "options", "said", "ready"),
    [
        ("2021", [], "compared with 2020: 2 departments seen in both years", ""),
        ("2021", ["--baseline", "2020"], "compared with 2020: 2", " --baseline 2020"),
        ("2021", ["--no-baseline"], "compared with no earlier year", " --no-baseline"),
        ("2020", [], "compared with no earlier year", ""),
    ],
)
def test_check_tells_what_the_year_is_compared_with(
    two_years: Path, year: str, options: list[str], said: str, ready: str
) -> None:
    done = call("check", year, "--root", two_years, *options)
    lines = done.stdout.splitlines()
    assert any(line.startswith(said) for line in lines), done.output
    assert lines[-1] == f"ready: mapping run {year} --root {two_years}{ready}"


def test_check_tells_the_errors_of_the_year_that_is_compared_with(two_years: Path) -> None:
    survey = two_years / "data/raw/2020/survey.csv"
    survey.write_text(survey.read_text("utf-8").replace("backed", "backing"), encoding="utf-8")
    done = call("check", "2021", "--root", two_years)
    assert done.exit_code == 1
    assert "2020/survey.csv" in done.stderr
    assert "finish it (mapping check 2020)" in done.stderr
    assert "2020/survey.csv" in (two_years / "data/errors-2021.csv").read_text("utf-8-sig")
    assert call("check", "2021", "--root", two_years, "--no-baseline").exit_code == 0


def test_check_tells_an_id_of_the_lineage_that_no_earlier_year_has(two_years: Path) -> None:
    text = "from_id,to_id,kind,year\nOLD-1,ABC-1,merged,2021\n"
    (two_years / "data/raw/2021/lineage.csv").write_text(text, encoding="utf-8")
    done = call("check", "2021", "--root", two_years)
    assert done.exit_code == 1
    assert "OLD-1" in done.stderr
    listed = (two_years / "data/errors-2021.csv").read_text("utf-8-sig")
    assert "a department_id of departments.csv of 2020" in listed  # a narrow screen breaks the line


def rename(folder: Path, old: str, new: str) -> None:
    """Give a department of the tiny year another id in all its files."""
    for path in folder.iterdir():
        path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")


def test_check_names_whom_only_one_of_the_registers_has(two_years: Path) -> None:
    rename(two_years / "data/raw/2021", "ABC-1", "XYZ-1")
    lines = call("check", "2021", "--root", two_years).stdout.splitlines()
    place = lines.index("compared with 2020: 1 department seen in both years")
    assert lines[place + 1] == (
        "only in 2020: ABC-1; only in 2021: XYZ-1. If any of them was merged, split or renamed, "
        "say so in lineage.csv; closed and new ones need nothing."
    )
    text = "from_id,to_id,kind,year\nABC-1,XYZ-1,renamed,2021\n"
    (two_years / "data/raw/2021/lineage.csv").write_text(text, encoding="utf-8")
    done = call("check", "2021", "--root", two_years)
    assert "compared with 2020: 2 departments" in done.stdout
    assert "only in" not in done.stdout


def test_check_tells_that_a_department_that_was_split_goes_on(two_years: Path) -> None:
    rename(two_years / "data/raw/2020", "ÅÄÖ-22", "OLD-1")
    text = "from_id,to_id,kind,year\nABC-1,ÅÄÖ-22,split,2021\n"
    (two_years / "data/raw/2021/lineage.csv").write_text(text, encoding="utf-8")
    lines = call("check", "2021", "--root", two_years).stdout.splitlines()
    assert "ABC-1 goes on beside ÅÄÖ-22" in lines
    assert any(line.startswith("only in 2020: OLD-1. If") for line in lines)


def test_check_tells_who_has_no_contact(two_years: Path) -> None:
    assert "contact" not in call("check", "2021", "--root", two_years).stdout
    register = two_years / "data/raw/2021/departments.csv"
    head, first, *others = register.read_text("utf-8").splitlines()
    rows = [f"{head},contact", f"{first},a@example.org", *(f"{row}," for row in others)]
    register.write_text("\n".join(rows), encoding="utf-8")
    done = call("check", "2021", "--root", two_years)
    assert "1 department without contact: ÅÄÖ-22" in done.stdout.splitlines()
    assert "example.org" not in done.output


@pytest.mark.parametrize("command", ["check", "run"])
def test_errors_of_the_year_and_of_the_years_before_are_told_at_once(
    two_years: Path, command: str
) -> None:
    for year in ("2020", "2021"):
        survey = two_years / "data/raw" / year / "survey.csv"
        survey.write_text(survey.read_text("utf-8").replace("backed", "backing"), encoding="utf-8")
    errors = two_years / "data/errors-2021.csv"
    assert call(command, "2021", "--root", two_years).exit_code == 1
    files = {line.split(",")[0] for line in errors.read_text("utf-8-sig").splitlines()[1:]}
    assert files == {"2020/survey.csv", "survey.csv"}
    assert call(command, "2021", "--root", two_years, "--no-baseline").exit_code == 1
    files = {line.split(",")[0] for line in errors.read_text("utf-8-sig").splitlines()[1:]}
    assert files == {"survey.csv"}


def test_while_the_settings_are_wrong_no_year_before_is_read(two_years: Path) -> None:
    for name, old in (("2021/study.toml", "synthetic = true"), ("2020/survey.csv", "backed")):
        path = two_years / "data/raw" / name
        path.write_text(path.read_text("utf-8").replace(old, "synthetic = 1"), encoding="utf-8")
    done = call("check", "2021", "--root", two_years)
    assert done.exit_code == 1
    assert "2020/" not in done.stderr


def test_errors_are_told_though_the_year_before_cannot_be_compared(two_years: Path) -> None:
    for name, old, new in (
        ("study.toml", "synthetic = true", "synthetic = false"),
        ("survey.csv", "backed", "backing"),
    ):
        path = two_years / "data/raw/2021" / name
        path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    done = call("check", "2021", "--root", two_years)
    assert done.exit_code == 1
    assert "survey.csv" in done.stderr
    assert "2020/" not in done.stderr


def test_a_folder_with_a_blank_in_its_name_can_be_copied(two_years: Path, tmp_path: Path) -> None:
    place = tmp_path / "my mapping"
    shutil.copytree(two_years / "data", place / "data")
    lines = call("check", "2020", "--root", place).stdout.splitlines()
    assert lines[-1] == f'ready: mapping run 2020 --root "{place}"'


def test_check_tells_that_a_year_cannot_be_compared(two_years: Path) -> None:
    settings = two_years / "data/raw/2021/study.toml"
    text = settings.read_text("utf-8").replace("synthetic = true", "synthetic = false")
    settings.write_text(text, encoding="utf-8")
    done = call("check", "2021", "--root", two_years)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: 2020 is synthetic and 2021 is real")
    assert done.stderr.endswith(", or correct synthetic in 2021/study.toml\n")
    assert "ready" not in done.stdout
    assert "departments.csv" in done.stdout  # what was read is told all the same


def test_check_names_the_years_that_are_left_out(two_years: Path) -> None:
    shutil.copytree(two_years / "data/raw/2020", two_years / "data/raw/2019")
    settings = two_years / "data/raw/2019/study.toml"
    text = settings.read_text("utf-8").replace("year = 2020", "year = 2019")
    settings.write_text(text.replace("synthetic = true", "synthetic = false"), encoding="utf-8")
    lines = call("check", "2021", "--root", two_years).stdout.splitlines()
    assert "2019 is left out: its data are real, those of this year invented" in lines
    assert lines[-1] == f"ready: mapping run 2021 --root {two_years}"


def test_a_baseline_and_none_exclude_each_other(two_years: Path) -> None:
    done = call("check", "2021", "--root", two_years, "--baseline", "2020", "--no-baseline")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "exclude each other" in done.stderr


def test_check_tells_how_many_corrections_were_applied(study: Path) -> None:
    folder = study / "data/raw/2020"

    def row(name: str, key: str, column: str, new: str) -> str:
        first = next(csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines()))
        return f"{name},{first[key]},{column},{first[column]},{new},wrong,2020-06-01"

    rows = [
        "file,key,column,old,new,reason,date",
        row("workshop.csv", "item_id", "votes", "77"),
        row("departments.csv", "department_id", "staff_fte", "11.5"),
    ]
    (folder / "corrections.csv").write_text("\n".join(rows), encoding="utf-8")
    lines = call("check", "2020", "--root", study).stdout.splitlines()
    assert "corrections applied: 2 (departments.csv 1, workshop.csv 1)" in lines
    (line,) = [line for line in lines if line.startswith("corrections.csv")]
    assert line.split() == ["corrections.csv", "2"]


def test_check_without_corrections_says_nothing_of_them(study: Path) -> None:
    assert "corrections" not in call("check", "2020", "--root", study).stdout.replace(
        str(study), ""
    )


def test_check_takes_comments_as_used(study: Path) -> None:
    (study / "data/raw/2020/comments.sv.md").write_text("Hej", encoding="utf-8")
    lines = call("check", "2020", "--root", study).stdout.splitlines()
    (line,) = [line for line in lines if line.startswith("comments.sv.md")]
    assert line.split() == ["comments.sv.md"]


def beside(study: Path, *names: str) -> Path:
    """The example's raw folder with these files in it too."""
    folder = study / "data/raw/2020"
    for name in names:
        (folder / name).write_text("x", encoding="utf-8")
    return folder


def told_of(study: Path, name: str) -> str:
    """What check says of a file that is not read."""
    lines = call("check", "2020", "--root", study).stdout.splitlines()
    (line,) = [line for line in lines if line.startswith(f"{name}: ")]
    return line.removeprefix(f"{name}: ")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("correction.csv", "corrections.csv"),
        ("korrektioner.csv", "corrections.csv"),
        ("corrections.ods", "corrections.csv"),
        ("corrections", "corrections.csv"),
        ("Lineage.CSV.txt", "lineage.csv"),
        ("lineage.numbers", "lineage.csv"),
        ("comments.sv.md.txt", "comments.sv.md"),
        ("comments.en.docx", "comments.en.md"),
        ("kommentar.sv.md", "comments.sv.md"),
    ],
)
def test_check_names_what_a_file_it_does_not_read_may_be_meant_as(
    study: Path, name: str, meant: str
) -> None:
    beside(study, name)
    assert told_of(study, name) == f"not read; did you mean {meant}?"


@pytest.mark.parametrize("name", ["rättelser.csv", "README.md", "enkät.csv", "[b]x.pdf"])
def test_check_does_not_guess_what_is_not_like_any(study: Path, name: str) -> None:
    beside(study, name)
    assert told_of(study, name) == "not read"


@pytest.mark.parametrize("name", ["survey.xlsx", "survey-old.csv", "survey.csv~"])
def test_check_never_proposes_a_name_that_is_taken(study: Path, name: str) -> None:
    beside(study, name)
    assert told_of(study, name) == "not read; survey.csv is read"


def test_check_hints_where_only_capitals_differ(study: Path) -> None:
    folder = beside(study, "Lineage.CSV")
    if (folder / "lineage.csv").exists():
        pytest.skip("this disk tells no capitals apart")
    assert told_of(study, "Lineage.CSV") == "not read; did you mean lineage.csv?"


def test_check_takes_capitals_as_the_disk_does(study: Path) -> None:
    """Where capitals tell no files apart, what is read may be listed with other ones."""
    folder = study / "data/raw/2020"
    with contextlib.suppress(FileExistsError):
        os.link(folder / "survey.csv", folder / "Survey.csv")
    assert "Survey.csv" not in call("check", "2020", "--root", study).output


def test_check_is_silent_on_pages_hidden_files_and_folders(study: Path) -> None:
    folder = beside(study, ".DS_Store", "~$survey.csv", "LAS-MIG.sv.txt")
    beside(study, "READ-ME.en.txt", "READ-ME.en.md", "comments.sv.md")
    (folder / "old").mkdir()
    done = call("check", "2020", "--root", study)
    assert (done.exit_code, "not read" in done.output) == (0, False)


def test_check_tells_of_misnamed_files_beside_errors_and_first(study: Path) -> None:
    folder = beside(study, "a.pdf", "surveys.csv")
    (folder / "survey.csv").unlink()
    done = call("check", "2020", "--root", study)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "",
        "surveys.csv: not read; did you mean survey.csv?",
        "a.pdf: not read",
    ]


def test_run_tells_in_one_line_of_files_that_it_does_not_read(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    assert call("run", "2020").exit_code == 0
    folder = beside(root, "a.pdf", "correction.csv")
    line = "not read in data/raw/2020: correction.csv (did you mean corrections.csv?), a.pdf"
    first = call("run", "2020", "--lang", "en").stdout.splitlines()[0]
    assert first == line.replace("/", os.sep)
    beside(root, *(f"{number}.pdf" for number in range(10, 24)))
    (told,) = [
        line for line in call("run", "2020").stdout.splitlines() if line.startswith("not read")
    ]
    assert told.endswith(", 19.pdf, 20.pdf; and 4 more")
    assert call("run", "2020", "--quiet").output == ""
    assert len(list(folder.iterdir())) == 17


def test_check_lists_every_error_as_a_table(study: Path) -> None:
    survey = study / "data/raw/2020/survey.csv"
    header, first, *rest = survey.read_text(encoding="utf-8").splitlines()
    _, *cells = first.split(",")
    broken = ",".join(["same", *cells])
    survey.write_text("\n".join([header, broken, broken, *rest]) + "\n", encoding="utf-8")
    (study / "data/raw/2020/workshop.csv").unlink()
    done = call("check", "2020", "--root", study)
    assert done.exit_code == 1
    assert "ready" not in done.output
    assert "what to do" in done.stderr
    assert "survey.csv" in done.stderr
    assert "workshop.csv" in done.stderr
    assert "the list is in data/errors-2020.csv" in done.stderr
    assert (study / "data/errors-2020.csv").exists()
    shutil.copytree(RAW, study / "data/raw/2020", dirs_exist_ok=True)
    assert call("check", "2020", "--root", study).exit_code == 0
    assert not (study / "data/errors-2020.csv").exists()


@pytest.mark.parametrize(("lang", "word"), [("sv", "Underlag"), ("en", "Evidence")])
def test_explain_takes_ten_lines_or_so(study: Path, lang: str, word: str) -> None:
    department = (RAW / "departments.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    done = call("explain", "2020", department.lower(), "--root", study, "--lang", lang)
    assert done.exit_code == 0, done.output
    assert department in done.stdout.splitlines()[0]
    assert word in done.stdout
    assert len(done.stdout.splitlines()) <= 12


def test_explain_names_the_nearest_departments(study: Path) -> None:
    department = (RAW / "departments.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    done = call("explain", "2020", f"{department[:-1]}", "--root", study)
    assert done.exit_code == 2
    assert "the nearest are" in done.stderr
    assert department in done.stderr
    assert call("explain", "2020", department, "--root", study, "--lang", "fr").exit_code == 2


# --- init and example ----------------------------------------------------------------------


def test_init_makes_an_empty_root(tmp_path: Path) -> None:
    target = tmp_path / "a" / "new root"
    done = call("init", target)
    assert done.exit_code == 0, done.output
    assert {path.name for path in target.iterdir()} == {
        ".gitignore",
        "README.md",
        "data",
        "reports",
    }
    assert roots.find_root(target / "reports") == target.resolve()
    again = call("init", target)
    assert (again.exit_code, "is not empty" in again.stderr) == (2, True)
    assert call("init", target / "README.md").exit_code == 2


def test_the_page_of_an_empty_root_tells_of_the_years_to_come(tmp_path: Path) -> None:
    assert call("init", tmp_path / "mine").exit_code == 0
    page = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    for name in ("mapping new 2025", "lineage.csv", "corrections.csv", "send-list.csv", "contact"):
        assert f"{name}`" in page, name


def test_init_copies_what_is_to_be_changed(tmp_path: Path) -> None:
    assert call("init", tmp_path / "root", "--notebooks", "--protocol").exit_code == 0
    assert roots.protocol(tmp_path / "root", "su-2020").origin == "root"
    shipped = [path.name for path in roots.report_notebooks(roots.shipped("notebooks"))]
    copied = [path.name for path in (tmp_path / "root" / "notebooks").iterdir()]
    assert sorted(copied) == sorted(shipped)
    assert roots.notebooks(tmp_path / "root").origin == ("root" if shipped else "shipped")


def test_example_in_an_empty_root(tmp_path: Path) -> None:
    call("init", tmp_path / "root")
    done = call("example", "--root", tmp_path / "root")
    assert done.exit_code == 0, done.output
    assert "study.toml" in done.stdout
    assert (tmp_path / "root/data/raw/2020/survey.csv").is_file()


def test_example_never_replaces_a_real_year(tmp_path: Path) -> None:
    call("init", tmp_path / "root")
    real = tmp_path / "root/data/raw/2020"
    real.mkdir()
    (real / "study.toml").write_text("synthetic = false", encoding="utf-8")
    done = call("example", "--root", tmp_path / "root")
    assert done.exit_code == 2
    assert (real / "study.toml").read_text(encoding="utf-8") == "synthetic = false"


# --- the screen ----------------------------------------------------------------------------


def test_help_is_there_at_once() -> None:
    """Help needs no library that takes long to import."""
    code = "import sys; import mapping.cli; print([m for m in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    for heavy in ("pandas", "numpy", "papermill", "matplotlib", "nbformat"):
        assert f"'{heavy}'" not in loaded.stdout


@pytest.mark.parametrize(
    "command",
    [(), ("run",), ("check",), ("explain",), ("trace",), ("init",), ("new",), ("example",)],
)
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    done = call(*command, "--help")
    assert done.exit_code == 0
    assert "Usage:" in done.stdout


def test_a_poor_pipe_gets_marks_for_what_it_cannot_show(study: Path) -> None:
    department = (RAW / "departments.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "mapping", "explain", "2020", department, "--root", str(study)],
        capture_output=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()


def test_a_reader_that_goes_away_is_no_error(study: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run(
        [sys.executable, "-m", "mapping", "check", "2020", "--root", str(study)],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (process.returncode, process.stderr) == (0, b"")


def test_tables_take_every_text_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    screen.table(("a", "[b]"), [("[red]x[/red]", 1), (":smile:", None)])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["a", "[b]"], ["[red]x[/red]", "1"], [":smile:"]]


def test_a_file_name_stays_in_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    screen_check.files_not_read([doctor.FileNotRead("a\n\x1b[2J.csv")])
    assert capsys.readouterr().out == "\na \\x1b[2J.csv: not read\n"


def test_the_bar_names_the_notebooks_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with screen.progress(quiet=False) as bar:
        assert isinstance(bar, screen.ProgressBar)
        bar.expects({"reports": 2, "departments": 88})
        bar.begins("reports", "1-[x]")
        bar.begins("reports", "2-y")
        assert bar.shown == "1-[x], 2-y"
        bar.ends("reports", "1-[x]")
        bar.begins("departments", "A-1 (sv)")
        assert bar.shown == "2-y, departments: 0 of 88"
        bar.ends("reports", "2-y")
        bar.begins("departments", "A-1 (en)")
        bar.ends("departments", "A-1 (sv)")
        assert bar.shown == "departments: 1 of 88"
        bar.ends("departments", "A-1 (en)")
        assert bar.shown == "finishing"


def test_no_bar_without_a_terminal() -> None:
    with screen.progress(quiet=False) as nothing:
        assert not isinstance(nothing, screen.ProgressBar)
        nothing.expects({"reports": 1})
        nothing.begins("reports", "1")
        nothing.ends("reports", "1")


# --- what may be shown ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("'known'", "'known'"),
        ("known frame: known", "known frame: known"),
        ("no 'known' key", "(2 characters) 'known' (3 characters)"),
        ("bad row: Anna Ek", "(16 characters)"),
        ("known: Anna Ek", "known: (7 characters)"),
        ("'now' 'fram' knowns", "'(18 characters)"),
        ("known 12 of 2", "known (7 characters)"),
        ("known: 🧠\n0    Anna\n1    Ek\nframe", "known: (19 characters)\nframe"),
        ("known \0\0 frame", "known (2 characters) frame"),
        ("known " * 67, "known " * 66 + "know …"),
        ("", ""),
    ],
)
def test_what_is_no_whole_word_of_the_code_is_masked(message: str, shown: str) -> None:
    assert masked(message, "2 + frame['known']") == shown


def test_of_a_crash_only_pythons_own_report_is_kept() -> None:
    report = 'Fatal Python error: Segmentation fault\n  File "/a/b.py", line 3 in work\n'
    written = f"Anna Ek\n{report}  File Anna\nFatal Python error: Anna 7\n"
    assert crash_report(written) == report


def test_control_characters_are_shown_and_not_obeyed() -> None:
    assert printable("å\u00a0–\n\x1b[2J\u202e") == "å\u00a0–\n\\x1b[2J\\x202e"


def test_a_summary_has_our_frames_only() -> None:
    try:
        roots.raw_folder(Path("absent"), 2020)
    except UsageError as error:
        told = summary(error)
    assert told.splitlines()[1].startswith("  mapping/roots.py, line ")
    assert len(told.splitlines()) == 2
