"""``mapping new``: the folder of a new year, whole or not at all, and nothing invented in it."""

from __future__ import annotations

import csv
import os
import tomllib
from pathlib import Path

import pytest
import typer.testing
from raw_years import DEPARTMENTS, tiny

import mapping
from mapping import cli
from mapping.errors import DataError, UsageError
from mapping.instruments import register
from mapping.instruments.delimited import read_sheet
from mapping.pipeline.new_year import make_year

PAGES = {"LAS-MIG.sv.txt", "READ-ME.en.txt"}
TABLES = {"departments.csv", "interviews.csv", "workshop.csv", "survey.csv", "lineage.csv"}
FILES = {"study.toml"} | TABLES | PAGES

MARK = b"\xef\xbb\xbf"
INTERVIEWS = b"segment_id;interview_id;department_id;date;respondent_role;coder;code;excerpt\n"
WORKSHOP = b"item_id;department_id;date;quadrant;theme;votes;statement\n"
REGISTER = (
    b"department_id;name;faculty;students_programme;students_course;advanced_share;programmes;"
    b"staff_fte;research_share;staff_turnover;applicants_per_place;throughput;contact\n"
)


def call(*arguments: object) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(cli.app, [str(part) for part in arguments])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path


def put(root: Path, year: int, *changes: tuple[str, str]) -> Path:
    """The tiny year as this year, its study.toml changed."""
    files = tiny()
    for old, new in (("year = 2020", f"year = {year}"), *changes):
        assert old in files["study.toml"]
        files["study.toml"] = files["study.toml"].replace(old, new)
    folder = root / "data" / "raw" / str(year)
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    return folder


REAL = ("synthetic = true", "synthetic = false")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def raw(root: Path) -> set[str]:
    return {path.name for path in (root / "data" / "raw").iterdir()}


def settings(folder: Path) -> dict[str, object]:
    return tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))


# --- what is made --------------------------------------------------------------------------


def test_the_first_year_has_header_rows_alone(root: Path) -> None:
    made = make_year(root, 2024)
    assert (made.folder, made.follows) == (root / "data" / "raw" / "2024", None)
    files = contents(made.folder)
    assert set(files) == FILES
    assert files["departments.csv"] == MARK + REGISTER
    assert files["interviews.csv"] == MARK + INTERVIEWS
    assert files["workshop.csv"] == MARK + WORKSHOP
    assert files["lineage.csv"] == MARK + b"from_id;to_id;kind;year\n"
    survey = files["survey.csv"].removeprefix(MARK).decode()
    assert survey.startswith(
        "id;submitdate;department;role;cond[interest];cond[management_support]"
    )
    assert survey.endswith(";rolefact[no_incentive];optout\n")
    assert survey.count("\n") == 1
    assert raw(root) == {"2024"}


def test_the_first_years_settings_leave_blank_what_nobody_knows(root: Path) -> None:
    assert settings(make_year(root, 2024).folder) == {
        "year": 2024,
        "protocol": "su-2020",
        "synthetic": False,
        "contact": "",
        "names": "code",
        "title": {
            "sv": "Kartläggning av alumnrelationer 2024",
            "en": "Mapping of alumni relations 2024",
        },
        "fieldwork": {"start": "", "end": ""},
    }


def test_after_a_real_year_its_frame_and_choices_are_carried_over(root: Path) -> None:
    contact = 'Åsa "Alumn" \\ kansliet'
    put(
        root,
        2021,
        REAL,
        ('"su-2020"', '"su-2021"'),
        ('"code"', '"name"\nnames_decided_by = "Rektor"\nnames_decided_on = 2021-03-01'),
        ('"alumni@example.org"', "'" + contact + "'"),
    )
    frame = MARK + DEPARTMENTS.replace(",", ";").replace(".", ",").encode()
    (root / "data/raw/2021/departments.csv").write_bytes(frame)
    before = contents(root / "data/raw/2021")
    made = make_year(root, 2023)
    assert made.follows is not None
    assert made.follows.year == 2021
    assert (made.folder / "departments.csv").read_bytes() == frame
    found = settings(made.folder)
    assert (found["protocol"], found["names"]) == ("su-2021", "name")
    assert (found["names_decided_by"], found["names_decided_on"]) == ("", "")
    assert (found["contact"], found["synthetic"]) == (contact, False)
    assert found["fieldwork"] == {"start": "", "end": ""}
    assert contents(root / "data/raw/2021") == before


def test_the_frame_is_carried_over_as_excel_in_sweden_shows_columns(root: Path) -> None:
    """Semicolons, and the decimal comma that is read with them; text stays as it is."""
    head, first, *_ = DEPARTMENTS.splitlines()
    heads, cells = f"{head},contact,note".split(","), f"{first},a.b@example.org,v. 1.5".split(",")
    row = dict(zip(heads, cells, strict=True)) | {
        "name": '"Alfa, Beta; B.B."', "advanced_share": "0.25", "staff_fte": "12.5",
    }  # fmt: skip
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    folder = put(root, 2021, REAL)
    (folder / "departments.csv").write_text(text, encoding="utf-8")
    made = make_year(root, 2022).folder / "departments.csv"
    lines = made.read_bytes().removeprefix(MARK).decode().splitlines()
    assert made.read_bytes().startswith(MARK)
    assert lines[0] == ";".join(heads)
    told = dict(zip(heads, next(csv.reader(lines[1:], delimiter=";")), strict=True))
    numeric = {
        name
        for name, cell in row.items()
        if "." in cell and name not in ("name", "contact", "note")
    }
    assert numeric >= {"advanced_share", "staff_fte"}
    for name in row:
        point = row[name].strip('"')
        assert told[name] == (point.replace(".", ",") if name in numeric else point), name
    now = register.read_departments(read_sheet("departments.csv", made.read_bytes(), heads))
    then = register.read_departments(read_sheet("departments.csv", text.encode(), heads))
    assert now.problems == ()
    assert now.frame.equals(then.frame)


def test_after_an_invented_year_the_user_says_whether_it_is_real(root: Path) -> None:
    put(root, 2020)
    found = settings(make_year(root, 2021).folder)
    assert (found["synthetic"], found["contact"]) == ("", "")


def test_the_last_year_before_is_followed_and_no_later_one(root: Path) -> None:
    for year in (2019, 2021, 2024):
        put(root, year, REAL)
    (root / "data/raw/2022").mkdir()
    (root / "data/raw/2022/notes.txt").write_text("no year of a study", encoding="utf-8")
    for year, before in ((2023, 2021), (2020, 2019)):
        made = make_year(root, year)
        assert made.follows is not None
        assert made.follows.year == before
    assert make_year(root, 2018).follows is None


def test_the_questions_are_those_of_the_roots_own_protocol(root: Path) -> None:
    assert call("init", root / "own", "--protocol").exit_code == 0
    questions = root / "own/data/protocol/su-2020/questionnaire.csv"
    text = questions.read_text(encoding="utf-8")
    questions.write_text(text.replace("\noptout,", "\nopt;out,"), encoding="utf-8")
    survey = (make_year(root / "own", 2024).folder / "survey.csv").read_text(encoding="utf-8")
    assert survey.endswith(';"opt;out"\n')


def test_the_pages_name_every_file_and_the_commands(root: Path) -> None:
    folder = make_year(root, 2024).folder
    for page in PAGES:
        data = (folder / page).read_bytes()
        assert b"\r" not in data
        text = data.decode("utf-8")
        assert max(map(len, text.splitlines())) <= 100
        optional = {"comments.sv.md", "comments.en.md", "corrections.csv"}
        for name in (FILES - PAGES) | optional | {"mapping check 2024", "mapping run 2024"}:
            assert name in text, (page, name)
        steps = [line for line in text.splitlines() if line.startswith("  3. ")]
        third = text[text.index(steps[0]) : text.index("  4. ")]
        assert "lineage.csv" in third
        assert "{" not in text
        assert "su-2020" in text


# --- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize("year", [224, 1899, 2101, 20240, -2024])
def test_a_year_that_is_none_is_refused(root: Path, year: int) -> None:
    with pytest.raises(UsageError, match="from 1900 to 2100"):
        make_year(root, year)
    assert raw(root) == set()


@pytest.mark.parametrize("year", [1900, 2100])
def test_the_first_and_last_year_that_are_taken(root: Path, year: int) -> None:
    assert set(contents(make_year(root, year).folder)) == FILES


def test_an_empty_folder_is_taken(root: Path) -> None:
    (root / "data/raw/2024").mkdir()
    assert set(contents(make_year(root, 2024).folder)) == FILES
    assert raw(root) == {"2024"}


def test_a_folder_that_holds_anything_is_left_as_it_is(root: Path) -> None:
    folder = root / "data/raw/2024"
    folder.mkdir()
    (folder / "survey.csv").write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"already with survey\.csv; nothing was changed"):
        make_year(root, 2024)
    assert contents(folder) == {"survey.csv": b"mine"}
    for number in range(6):
        (folder / f"a{number}").touch()
    with pytest.raises(UsageError, match=r"with a0, a1, a2, a3, a4 and 2 more; .*mapping check"):
        make_year(root, 2024)
    assert raw(root) == {"2024"}


def test_a_file_in_the_folders_place_is_left_as_it_is(root: Path) -> None:
    (root / "data/raw/2024").write_bytes(b"mine")
    with pytest.raises(UsageError, match="is there already; nothing"):
        make_year(root, 2024)
    assert (root / "data/raw/2024").read_bytes() == b"mine"


def test_a_year_before_that_cannot_be_read_is_told_of_at_once(root: Path) -> None:
    folder = put(root, 2023, REAL, ("start = 2019-12-02", 'start = ""'))
    text = DEPARTMENTS.replace("ABC-1", "abc").replace("faculty", "school")
    (folder / "departments.csv").write_bytes(text.encode())
    with pytest.raises(DataError) as caught:
        make_year(root, 2024)
    found = [(problem.file, problem.row, problem.column) for problem in caught.value.problems]
    assert found == [
        ("2023/departments.csv", 1, "faculty"),
        ("2023/departments.csv", 2, "department_id"),
        ("2023/study.toml", None, "fieldwork.start"),
    ]
    assert raw(root) == {"2023"}


@pytest.mark.parametrize("name", ["departments.csv", "study.toml"])
def test_a_year_before_that_lacks_a_file_is_told_of(root: Path, name: str) -> None:
    (put(root, 2023, REAL) / name).unlink()
    with pytest.raises(DataError) as caught:
        make_year(root, 2024)
    (problem,) = caught.value.problems
    assert (problem.file, problem.value) == (f"2023/{name}", "no such file")


def test_a_year_before_with_a_protocol_that_is_gone_is_told_of(root: Path) -> None:
    put(root, 2023, REAL, ('"su-2020"', '"gone"'))
    with pytest.raises(DataError) as caught:
        make_year(root, 2024)
    assert [(p.file, p.column) for p in caught.value.problems] == [("2023/study.toml", "protocol")]


@pytest.mark.parametrize("stop", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_interruption_leaves_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        written = write(path, data[:20])
        if path.name == "workshop.csv":
            raise stop
        return written

    put(root, 2023, REAL)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises((UsageError, KeyboardInterrupt)) as caught:
        make_year(root, 2024)
    if isinstance(stop, OSError):
        assert "No space left on device; nothing was changed" in str(caught.value)
    assert raw(root) == {"2023"}


@pytest.mark.parametrize("moment", ["write_bytes", "rename"])
def test_a_folder_that_another_fills_meanwhile_is_left_as_it_is(
    root: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """While the files are written, and after the last look at the folder."""
    folder = root / "data/raw/2024"
    done = getattr(Path, moment)

    def late(path: Path, argument: object) -> object:
        folder.mkdir(exist_ok=True)
        (folder / "survey.csv").write_text("theirs", encoding="utf-8")
        return done(path, argument)

    monkeypatch.setattr(Path, moment, late)
    with pytest.raises(UsageError, match="could not be made"):
        make_year(root, 2024)
    assert contents(folder) == {"survey.csv": b"theirs"}
    assert raw(root) == {"2024"}


# --- from the command line, and on to a study ----------------------------------------------


def test_the_command_says_what_was_made_and_what_is_next(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    done = call("new", "2024")
    assert done.exit_code == 0, done.output
    made, following = done.stdout.splitlines()
    path = "data/raw/2024".replace("/", os.sep)
    assert made == f"made {path}: see its LAS-MIG.sv.txt or READ-ME.en.txt"
    assert following.startswith("next: fill in study.toml")
    assert following.endswith("mapping check 2024")
    again = call("new", "2024")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "nothing was changed" in again.stderr


def test_the_command_says_where_the_departments_are_from(root: Path) -> None:
    put(root, 2020)
    lines = call("new", "2021", "--root", root).stdout.splitlines()
    assert lines[-1].endswith(f"mapping check 2021 --root {root}")
    assert lines[1].endswith("are those of 2020, an invented example")
    put(root, 2022, REAL)
    lines = call("new", "2023", "--root", root).stdout.splitlines()
    assert lines[1].endswith("are those of 2022")


def test_the_command_refuses_a_year_after_one_with_errors(root: Path) -> None:
    (put(root, 2023, REAL) / "departments.csv").write_bytes(b"department_id\n")
    done = call("new", "2024", "--root", root)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "2023/departments.csv" in done.stderr
    assert "nothing was made" in done.stderr.splitlines()[-1]


def test_an_unfilled_template_is_told_by_its_blanks_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")  # no sentence is broken
    put(root, 2020)
    make_year(root, 2021)
    with pytest.raises(DataError) as caught:
        mapping.load_year(2021, root)
    assert [problem.sentence() for problem in caught.value.problems] == [
        "study.toml, column fieldwork.end: found nothing; expected a date (YYYY-MM-DD). "
        "Fill in fieldwork.end.",
        "study.toml, column fieldwork.start: found nothing; expected a date (YYYY-MM-DD). "
        "Fill in fieldwork.start.",
        "study.toml, column synthetic: found nothing; expected true or false, "
        "without quotation marks. Fill in synthetic.",
    ]
    done = call("check", "2021", "--root", root)
    assert done.exit_code == 1
    assert "Fill in fieldwork.start." in done.stderr
    assert "3 errors in the data" in done.stderr


def filled_in(folder: Path) -> None:
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('start = ""', 'start = "2019-12-02"').replace(
        'end = ""', "end = 2020-04-30"
    )
    path.write_text(text, encoding="utf-8")


def test_after_the_settings_the_missing_data_are_told(root: Path) -> None:
    folder = make_year(root, 2024).folder
    filled_in(folder)
    with pytest.raises(DataError) as caught:
        mapping.load_year(2024, root)
    (problem,) = caught.value.problems
    assert (problem.file, problem.value) == ("departments.csv", "no rows")
    with (folder / "departments.csv").open("ab") as frame:
        frame.write(b"ABC-1;Alfa;;;;0,25;;;;;;;\n")
    with pytest.raises(DataError, match="no rows that can be used"):
        mapping.load_year(2024, root)


def test_a_filled_template_is_read(root: Path) -> None:
    """Rows below the templates' own headers, and two instruments left without data."""
    folder = make_year(root, 2024).folder
    filled_in(folder)
    with (folder / "departments.csv").open("ab") as frame:
        frame.write("ÅÄÖ-22;Beta;;;;0,25;;;;;;;b@example.org\r\n".encode())
    with (folder / "workshop.csv").open("ab") as notes:
        notes.write("n1;ÅÄÖ-22;2020-02-01;styrka;interest;3;hemligt\r\n".encode())
    study = mapping.load_year(2024, root)
    assert study.departments["advanced_share"].tolist() == [0.25]
    assert study.raw.contacts == {"ÅÄÖ-22": "b@example.org"}
    assert study.evidence["instrument"].unique().tolist() == ["workshop"]
    assert len(study.raw.interviews) == len(study.raw.survey) == 0
    assert {file.name for file in study.raw.files} == FILES - PAGES
    assert not any(file.extra_columns for file in study.raw.files)
    done = call("check", "2024", "--root", root)
    assert done.stdout.splitlines()[-1] == f"ready: mapping run 2024 --root {root}"


def test_copied_data_replace_the_templates(root: Path) -> None:
    put(root, 2020, REAL)
    folder = make_year(root, 2021).folder
    filled_in(folder)
    for name in ("interviews.csv", "workshop.csv", "survey.csv"):
        (folder / name).write_bytes(tiny()[name].encode())
    then, now = mapping.load_year(2020, root), mapping.load_year(2021, root)
    assert now.settings.year == 2021
    assert now.tiers.equals(then.tiers)
    assert len(now.evidence) == len(then.evidence) > 0
