"""``mapping check``: what it tells of a year whose files programs wrote, and the page of it."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
import tomllib
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import lxml.html
import nbformat
import pandas as pd
import pytest
import typer.testing
import workbooks
from limesurvey_exports import HIDDEN
from program_years import CODINGS, PERSON, foreign, given, project, put
from raw_years import PROTOCOL
from small_root import make_root, read_year, small_parts

from mapping import cli, roots
from mapping.errors import Problem
from mapping.instruments.code_names import code_names
from mapping.instruments.recognised import Mapped, Recognised
from mapping.instruments.study_settings import parse_names, parse_settings
from mapping.pipeline import (
    check_page,
    check_words,
    checking,
    disk,
    doctor,
    examination,
    run,
    screen,
    screen_check,
    settings_lines,
    workers,
)
from mapping.pipeline.checking import Check
from mapping.pipeline.examination import Coder, Days
from mapping.pipeline.settings_lines import Known
from mapping.pipeline.store import Store


def call(*arguments: object) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(cli.app, [str(part) for part in arguments])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("foreign")
    put(place, foreign() | {"anteckningar.docx": b"x"})
    return place


@pytest.fixture(scope="module")
def found(root: Path) -> Check:
    return checking.check(Store(root, 2020), None)


@pytest.fixture(scope="module")
def screenful(root: Path) -> list[str]:
    done = call("check", "2020", "--root", root)
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


# --- what is told --------------------------------------------------------------------------


def test_each_file_is_told_with_its_kind_and_what_results_call_it(screenful: list[str]) -> None:
    kinds = [line for line in screenful if ", read as " in line]
    assert [line.partition(":")[0] for line in kinds] == [
        "projekt.qdpx",
        "blad.xlsx",
        "results-survey202001.csv",
    ]
    assert "REFI-QDA project" in kinds[0]
    assert kinds[0].endswith(", read as interviews; called interviews.qdpx in results")
    assert kinds[2].endswith(", read as survey; called survey.csv in results")


def test_what_maps_to_nothing_has_its_count_and_the_nearest_name(screenful: list[str]) -> None:
    assert "    “Intrest/2”, 2 times: did you mean interest/2?" in screenful
    assert "    “Annat”" in screenful
    (codes,) = [line for line in screenful if line.startswith("  codes: ")]
    assert codes == "  codes: 4 read; 2 unknown, and left out"


def test_a_long_list_is_cut_and_the_number_told(screenful: list[str], found: Check) -> None:
    """All 39 columns of the export are read, most under other names; of these 12 are told."""
    (columns,) = [line for line in screenful if line.startswith("  columns: 39 read: ")]
    told = re.findall(r"“[^”]+” as ", columns)
    assert len(told) == 12
    (survey,) = [file for file in found.files if file.found.file.startswith("results")]
    (names,) = [names for names in survey.names if names.what == "column"]
    assert f"and {len(names.renamed) - 12} more; " in columns


def test_the_lines_for_study_toml_make_everything_read(root: Path, found: Check) -> None:
    assert found.lines == (
        '[interviews.codes]\n# "Annat" = ""  # a code of codebook.csv; blank leaves it out\n'
        '"Intrest/2" = "interest/2"'
    )
    toml = (root / "data/raw/2020/study.toml").read_text(encoding="utf-8")
    told = parse_settings(f"{toml}\n{found.lines}\n".encode(), "2020")
    assert dict(told.interviews.codes) == {"Intrest/2": "interest/2"}


def test_with_the_lines_nothing_is_unknown_but_what_needs_a_decision(
    tmp_path: Path, found: Check
) -> None:
    files = foreign()
    files["study.toml"] += f"\n{found.lines}\n".encode()
    put(tmp_path, files)
    again = checking.check(Store(tmp_path, 2020), None)
    assert tomllib.loads(again.lines) == {"interviews": {"codes": {}}}
    left_out = examination.codings_left_out(file.found for file in again.files)
    assert (dict(left_out.unknown), dict(left_out.on_purpose)) == ({"Annat": 1}, {})


def test_days_and_coders_are_counted(found: Check) -> None:
    assert found.sound is not None
    assert found.sound.days == (
        Days("interview", "interviews", 2, date(2020, 1, 15), date(2020, 1, 20), 0),
        Days("workshop", "notes", 4, date(2020, 2, 1), date(2020, 2, 1), 0),
        Days("survey", "responses", 1, date(2020, 4, 30), date(2020, 4, 30), 0),
    )
    assert found.sound.coders == (Coder("coder-1", 3, 3, 2), Coder("coder-2", 1, 1, 1))


def test_what_has_no_date_is_counted(tmp_path: Path) -> None:
    files = foreign()
    files["study.toml"] = files["study.toml"].replace(b'date = "2020-02-01"', b"")
    put(tmp_path, files)
    sound = checking.check(Store(tmp_path, 2020), None).sound
    assert sound is not None
    assert sound.days[1] == Days("workshop", "notes", 4, None, None, 4)


def test_files_that_were_recognised_are_not_told_as_not_read(screenful: list[str]) -> None:
    assert [line for line in screenful if "not read" in line] == ["anteckningar.docx: not read"]


def test_a_run_too_knows_files_by_their_content(root: Path) -> None:
    folder = root / "data/raw/2020"
    named = [one.name for one in doctor.files_not_read(folder, doctor.recognised(folder))]
    assert named == ["anteckningar.docx"]


def test_nothing_of_persons_is_told(root: Path, screenful: list[str]) -> None:
    page = (root / "data/check-2020.html").read_text(encoding="utf-8")
    for told in (page, "\n".join(screenful)):
        for secret in (PERSON, "Kalle", "Ann-Britt", "Bosse", "samarbete", "Roligt", HIDDEN):
            assert secret not in told


def test_errors_come_after_what_was_recognised_all_the_same(tmp_path: Path) -> None:
    put(tmp_path, foreign() | {"projekt.qdpx": project(department="XYZ-9")})
    done = call("check", "2020", "--root", tmp_path)
    assert done.exit_code == 1
    assert "projekt.qdpx: REFI-QDA project" in done.stdout
    assert "[interviews.codes]" in done.stdout
    assert "XYZ-9" in done.stderr
    assert "data/errors-2020.csv" in done.stderr
    assert "data/check-2020.html" in done.stderr
    assert "ready:" not in done.output
    quiet = call("check", "2020", "--root", tmp_path, "--quiet")
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (1, "", done.stderr)


def test_a_file_that_cannot_be_read_at_all_hides_no_other(tmp_path: Path) -> None:
    put(tmp_path, foreign() | {"projekt.qdpx": project()[:200]})
    found = checking.check(Store(tmp_path, 2020), None)
    assert found.sound is None
    assert {file.found.file for file in found.files} >= {"blad.xlsx", "results-survey202001.csv"}
    (project_,) = [file.found for file in found.files if file.found.file == "projekt.qdpx"]
    assert (project_.kind, project_.notes) == (
        "REFI-QDA project",
        ("It was not read: the errors tell why.",),
    )


@pytest.mark.parametrize("fieldwork", ['""', "2020-13-01"])
def test_files_are_recognised_before_the_settings_are_filled_in(
    tmp_path: Path, fieldwork: str
) -> None:
    """As after mapping new: blanks can be told apart from text that is no TOML."""
    files = foreign()
    files["study.toml"] = files["study.toml"].replace(b"2019-12-02", fieldwork.encode())
    put(tmp_path, files)
    found = checking.check(Store(tmp_path, 2020), None)
    assert {problem.file for problem in found.problems} == {"study.toml"}
    kinds = {file.found.file: file.found.kind for file in found.files}
    assert kinds["results-survey202001.csv"].startswith("LimeSurvey export")
    assert kinds["projekt.qdpx"].startswith("REFI-QDA project")
    assert ('"Intrest/2" = "interest/2"' in found.lines) == (fieldwork == '""')
    assert not found.not_read


def test_quiet_says_ready_alone(root: Path) -> None:
    done = call("check", "2020", "--root", root, "--quiet")
    assert done.stdout == f"ready: mapping run 2020 --root {root}\n"


def test_of_many_unknown_names_the_first_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    names = [Mapped("theme", f"tema\n{n}") for n in range(15)]
    warned = dataclasses.replace(recognised("workshop", *names), warnings=("odd",))
    screen_check.files_found(examination.files_found([warned], {"f": "workshop.xlsx"}))
    told = capsys.readouterr().out.splitlines()
    assert told[1:4] == [
        "f: k, read as workshop; called workshop.xlsx in results",
        "  themes: 0 read; 15 unknown, and left out",
        "    “tema 0”",
    ]
    assert told[-3:] == ["    “tema 11”", "    and 3 more", "  warning: odd"]


@pytest.mark.parametrize(
    ("what", "said"),
    [("code", "left out on purpose"), ("document", "not used"), ("column", "not needed")],
)
def test_what_needs_no_look_is_told_by_what_it_is(
    capsys: pytest.CaptureFixture[str], what: str, said: str
) -> None:
    found = examination.files_found([recognised("interviews", Mapped(what, "x", wanted=True))])
    screen_check.files_found(found)
    assert capsys.readouterr().out.splitlines()[-1] == f"  {what}s: 0 read; 1 {said}"
    assert f"<td>{said}</td>" in page_of(Check(2020, found, ()))


def test_an_error_in_a_workbook_is_told_by_its_cell(tmp_path: Path) -> None:
    """The second note of the sheet that study.toml calls otherwise; rows are the sheet's."""
    notes = {
        "Styrkor": [("Roligt", "interest"), ("Svårt", "nonsens")],
        "Svagheter": [("Tiden", "resources")],
        "Möjligheter": [],
        "Hot": [],
    }
    data = workbooks.workbook_of({"Alfa": workbooks.one_below_another(notes)})
    files = foreign() | {"blad.xlsx": data, "projekt.qdpx": project(department="XYZ-9")}
    files["study.toml"] += b'[workshop.departments]\n"Alfa" = "ABC-1"\n'
    put(tmp_path, files)
    found = checking.check(Store(tmp_path, 2020), None)
    (theme,) = [one for one in found.problems if one.file == "blad.xlsx"]
    assert (theme.row, theme.column, theme.value) == (
        3,
        "sheet Alfa, note in A3: theme",
        "nonsens",
    )
    note = "rows of projekt.qdpx are those of the table that mapping convert makes of them"
    assert note in found.notes
    listed = (tmp_path / "data/errors-2020.csv").read_text(encoding="utf-8")
    assert '"sheet Alfa, note in A3: theme",nonsens' in listed


# --- lines for study.toml ------------------------------------------------------------------


def recognised(instrument: Any, *mapped: Mapped) -> Recognised:
    return Recognised("f", "k", instrument, {}, mapped)


def test_each_kind_of_name_has_its_table() -> None:
    lines = settings_lines.lines_for_settings(
        [
            recognised(
                "survey",
                Mapped("column", "Q1[SQ2]", nearest="cond[interest]"),
                Mapped("column", "my own question"),
                Mapped("column", "token", wanted=True),
                Mapped("answer", "kanske"),
            ),
            recognised("workshop", Mapped("theme", 'Lön & "tid"', nearest="workload")),
            recognised("workshop", Mapped("department", "Historia")),
            recognised("interviews", Mapped("code", "57 characters"), Mapped("code", "a", "b")),
        ]
    )
    assert lines == (
        '[survey.columns]\n"cond[interest]" = "Q1[SQ2]"\n\n'
        '[workshop.themes]\n"Lön & \\"tid\\"" = "workload"\n\n'
        '[workshop.departments]\n# "Historia" = ""  # its department_id; blank leaves it out'
    )


def test_an_attribute_of_a_coding_project_is_told_by_what_study_toml_calls_it() -> None:
    attributes = (
        Mapped("attribute", "Roll", nearest="respondent_role"),
        Mapped("attribute", "enhet", nearest="department_id"),
        Mapped("attribute", "gender", wanted=True),
        Mapped("attribute", "Intervjuare", nearest="interview_id"),
    )
    lines = settings_lines.lines_for_settings([recognised("interviews", *attributes)])
    assert tomllib.loads(lines) == {"interviews": {"role": "Roll", "department": "enhet"}}
    assert '# "interview" = "Intervjuare"  # if it tells one interview from another' in lines


def test_one_key_comes_once() -> None:
    """Two files with one unknown code, and two columns that may be the same."""
    code = Mapped("code", "Annat", count=2, nearest="other")
    columns = [Mapped("column", name, nearest="role") for name in ("Roll", "Rolle")]
    found = [recognised("interviews", code), recognised("interviews", code, *columns)]
    assert settings_lines.lines_for_settings(found) == (
        '[interviews.codes]\n"Annat" = "other"\n\n[interviews.columns]\n"role" = "Roll"'
    )
    assert dict(examination.codings_left_out(found).unknown) == {"Annat": 4}


def test_a_line_that_would_lose_data_is_commented_out() -> None:
    """An id of the register has none: something else is wrong with its sheet."""
    known = Known(frozenset({"HIST-1"}), {"historiska institutionen": "HIST-1"})
    sheets = [
        Mapped("department", name)
        for name in ("HIST-1", "Historiska  INSTITUTIONEN", "hist-1", "X")
    ]
    code = Mapped("code", "Intresset", nearest="interest/0 … interest/3")
    found = [recognised("workshop", *sheets), recognised("interviews", code, Mapped("code", "ö"))]
    lines = settings_lines.lines_for_settings(found, (), known)
    assert tomllib.loads(lines) == {
        "workshop": {"departments": {"Historiska  INSTITUTIONEN": "HIST-1", "hist-1": "HIST-1"}},
        "interviews": {"codes": {}},
    }
    assert lines.splitlines()[3:] == [
        '# "X" = ""  # its department_id; blank leaves it out',
        "",
        "[interviews.codes]",
        '# "Intresset" = ""  # interest/0 … interest/3: choose; or a code of codebook.csv; '
        "blank leaves it out",
        '# "ö" = ""  # a code of codebook.csv; blank leaves it out',
    ]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Intresset", "interest/0 … interest/3"),
        ("Intrest/2", "interest/2"),
        ("Intrest/7", "interest/0 … interest/3"),
        ("workload/tung arbetsbörda", "workload/1"),
        ("No interest", "interest/0"),
        ("Lust > starkt intresse", "interest/3"),
        ("Annat", ""),
    ],
)
def test_no_level_is_guessed_and_labels_are_known(name: str, near: str) -> None:
    assert code_names(PROTOCOL, {}).mapped(name, 1).nearest == near


def item_lines(*mapped: Mapped, value: str = "", column: str = "", **told: str) -> tuple[str, Any]:
    """The lines and warnings of a survey with these columns, one problem, and a study.toml."""
    settings = parse_names(
        "".join(["[survey.columns]\n", *(f'{k} = "{v}"\n' for k, v in told.items())]).encode()
    )
    known = settings_lines.known_names(None, PROTOCOL, settings)
    known = dataclasses.replace(known, departments={"historia": "HIST-1"})
    lacks = Problem("f", 1, column, "", f"a column {column}", "Add it.")
    wrong = Problem("f", 3, column, value, "1, 2, 3, 4, 5 or blank", "Correct it.")
    problems = (wrong,) if value else (lacks,)
    found = settings_lines.advised([recognised("survey", *mapped)], problems, known)
    return settings_lines.lines_for_settings(found, problems, known), found[0].warnings


def test_an_items_usual_column_is_not_offered_for_another() -> None:
    other = Mapped("column", "cond[inter]", count=1, nearest="need[inter]")
    lines, warnings = item_lines(other, column="Q1[SQ001]", **{'"cond[interest]"': "Q1[SQ001]"})
    assert lines == ""
    assert warnings == (
        "study.toml names “Q1[SQ001]” for cond[interest], which this file lacks; the usual "
        "cond[inter] is there: delete that line of [survey.columns].",
    )


def test_a_heading_with_the_items_own_text_is_offered() -> None:
    heading = f"Q1[SQ001]. {PROTOCOL.items[0].label.sv}"
    lines, _ = item_lines(Mapped("column", heading), column="cond[inter]")
    assert tomllib.loads(lines) == {"survey": {"columns": {"cond[interest]": heading}}}


def test_an_answer_in_other_words_is_the_users_to_tell() -> None:
    column = Mapped("column", "Q1[SQ001]", "cond[interest]")
    lines, _ = item_lines(column, value="Stämmer bra", column="Q1[SQ001]")
    assert lines == (
        '[survey.answers."cond[interest]"]\n'
        '# "Stämmer bra" = ""  # 1, 2, 3, 4, 5: choose; blank: no answer'
    )
    known = settings_lines.known_names(None, PROTOCOL, None)
    wrong = Problem("f", 3, "Q1[SQ001]", "Stämmer bra", "1 or blank", "Correct it.")
    told = settings_lines.remedied([wrong], [recognised("survey", column)], known)
    assert told[0].remedy == (
        'Tell in study.toml, under [survey.answers."cond[interest]"], what it stands for, '
        "or correct it."
    )


@pytest.mark.parametrize("instrument", ["interviews", "workshop", "survey"])
def test_a_department_by_the_registers_name_has_one_line_with_its_id(instrument: Any) -> None:
    known = Known(frozenset({"HIST-1"}), {"historia": "HIST-1"})
    expected = "a department_id of departments.csv"
    wrong = [
        Problem("f", row, "Enhet", name, expected, "Correct it.")
        for row, name in enumerate(["Historia", "Historia", "Fysik"], start=2)
    ]
    lines = settings_lines.lines_for_settings([recognised(instrument)], wrong, known)
    assert tomllib.loads(lines) == {instrument: {"departments": {"Historia": "HIST-1"}}}


def test_names_of_the_register_are_known_in_any_case_unless_two_have_one() -> None:
    register = pd.DataFrame(
        {"department_id": ["A-1", "B-1", "C-1"], "name": ["Åland", "Fysik", "FYSIK"]}
    )
    known = settings_lines.known_names(register, PROTOCOL, None)
    assert known == dataclasses.replace(
        known, departments={"åland": "A-1"}, ids=frozenset({"A-1", "B-1", "C-1"})
    )


def test_the_lines_make_a_department_by_name_read(tmp_path: Path) -> None:
    files = foreign() | {"projekt.qdpx": project(department="ALFA")}
    put(tmp_path / "first", files)
    found = checking.check(Store(tmp_path / "first", 2020), None)
    assert {problem.remedy for problem in found.problems} == {
        "It is ABC-1 in the register: tell it in study.toml, under [interviews.departments]."
    }
    assert '[interviews.departments]\n"ALFA" = "ABC-1"' in found.lines
    put(tmp_path / "then", files | {"study.toml": files["study.toml"] + found.lines.encode()})
    assert checking.check(Store(tmp_path / "then", 2020), None).sound is not None


# --- the page ------------------------------------------------------------------------------


def problems(number: int) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            f"{'ab'[n % 2]}<i>.csv",
            n + 2 if n else None,
            "cond[interest]",
            "<script>alert(1)</script>\x07",
            "1, 2, 3, 4, 5 or blank",
            "Correct it & check again.",
        )
        for n in range(number)
    )


def page_of(check: Check) -> str:
    return check_page.page(check, datetime(2026, 11, 24, 12, 0))


def sound_page(found: Check) -> str:
    return page_of(found)


def broken_page(found: Check) -> str:
    files = tuple(
        dataclasses.replace(file, found=dataclasses.replace(file.found, file="a<i>.csv"))
        for file in found.files[:1]
    )
    told = Check(2020, files, (), 'a = "<b>"', problems(3), ("the list is elsewhere",))
    return page_of(told)


@pytest.mark.parametrize("make", [sound_page, broken_page])
def test_the_page_is_valid_and_has_what_accessibility_needs(found: Check, make: Any) -> None:
    text = make(found)
    html5lib = pytest.importorskip("bleach._vendor.html5lib")  # nbconvert brings it
    html5lib.HTMLParser(strict=True).parse(text)
    tree = lxml.html.fromstring(text)
    assert tree.get("lang") == "en"
    assert tree.findtext(".//title") == tree.findtext(".//h1") != ""
    levels = [int(heading.tag[1]) for heading in tree.iter("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    for table in tree.iter("table"):
        assert table.find("caption").text
        assert {head.get("scope") for head in table.iterfind("thead//th")} == {"col"}
        rows = table.findall("tbody/tr")
        assert all(row[0].tag == "th" and row[0].get("scope") == "row" for row in rows)
        assert {len(row) for row in rows} <= {len(table.findall("thead//th"))}
    idents = [element.get("id") for element in tree.iterfind(".//*[@id]")]
    assert len(set(idents)) == len(idents)
    links = [link.get("href") for link in tree.iter("a")]
    assert links
    assert {link[1:] for link in links} <= set(idents)
    for named in tree.iterfind(".//*[@aria-labelledby]"):
        assert named.get("aria-labelledby") in idents
    assert not list(tree.iter("script", "link", "img", "iframe", "object"))
    assert "url(" not in text
    assert "http" not in text


def test_the_page_says_truly_what_it_holds() -> None:
    """A coder's name may be a file's, and an answer in words a value that cannot be read."""
    wrong = Problem("interviews-Anna.csv", 2, "cond[inter]", "Stämmer inte alls", "1", "Mend it.")
    text = page_of(Check(2020, (), (), "", (wrong,)))
    assert "interviews-Anna.csv" in text
    assert "Stämmer inte alls" in text
    (told,) = [p.text for p in lxml.html.fromstring(text).iter("p") if "Made by" in (p.text or "")]
    assert "values that could not be read" in told
    assert "names of files, which may name a coder" in told
    assert "Give it only to those who may see the raw files." in told


def test_errors_come_first_with_counts_and_links(found: Check) -> None:
    tree = lxml.html.fromstring(broken_page(found))
    assert tree.find_class("verdict")[0].text == "Not ready: 3 errors in 2 files."
    assert tree.find(".//h2").text == "What must be mended"
    first, *others = tree.findall(".//section[@id='errors']//table")
    rows = [[cell.text_content() for cell in row] for row in first.findall("tbody/tr")]
    assert rows == [["a<i>.csv", "2", "what was recognised in it"], ["b<i>.csv", "1", ""]]
    links = [link.get("href") for link in first.iter("a")]
    assert links == ["#errors-1", "#file-1", "#errors-2"]
    assert tree.get_element_by_id("file-1").text == "a<i>.csv"
    heads = [head.text for head in others[0].iterfind("thead//th")]
    assert heads == ["row", "column", "found", "expected", "what to do"]
    cells = [cell.text_content() for cell in others[1].find("tbody/tr")]
    assert cells == [
        "3",
        "cond[interest]",
        "<script>alert(1)</script>\\x07",
        "1, 2, 3, 4, 5 or blank",
        "Correct it & check again.",
    ]


@pytest.mark.parametrize("number", [1, 2000])
def test_the_page_has_every_error(number: int) -> None:
    """Told once with all rows where they differ in the row alone."""
    tree = lxml.html.fromstring(page_of(Check(2020, (), (), "", problems(number))))
    told = [th.text for th in tree.iterfind(".//tbody/tr/th") if th.find("a") is None]
    if number == 1:
        assert told == ["–"]
    else:
        odd = ", ".join(str(row) for row in range(3, 2002, 2))
        even = ", ".join(str(row) for row in range(4, 2001, 2))
        assert told == [f"–, {even} (1,000 errors)", f"{odd} (1,000 errors)"]


def test_errors_that_differ_are_told_apart() -> None:
    wrong = [
        Problem("f", row, column, value, "1", "Mend it.")
        for row, column, value in [(2, "a", "x"), (3, "a", "x"), (4, "a", "y"), (5, "b", "x")]
    ]
    tree = lxml.html.fromstring(page_of(Check(2020, (), (), "", tuple(wrong))))
    rows = tree.findall(".//table[@class='wide']/tbody/tr")
    assert [[cell.text for cell in row][:3] for row in rows] == [
        ["2-3 (2 errors)", "a", "x"],
        ["4", "a", "y"],
        ["5", "b", "x"],
    ]
    tree = lxml.html.fromstring(page_of(Check(2020, (), (), "", (Problem("f", value="x"),))))
    assert tree.find(".//table[@class='wide']/tbody/tr/th").text == "whole file"


def test_unknown_and_renamed_names_come_first() -> None:
    names = (Mapped("code", "a", "a"), Mapped("code", "b", "c"), Mapped("code", "d"))
    found = examination.files_found([recognised("interviews", *names)])
    tree = lxml.html.fromstring(page_of(Check(2020, found, ())))
    told = [th.text for th in tree.iterfind(".//section[@id='files']//tbody/tr/th")]
    assert told == ["d", "b", "a"]


def test_a_long_name_is_cut_in_the_middle() -> None:
    same = "Hur väl stämmer påståendena? (1 = inte alls, 5 = helt) " * 3
    names = [check_words.unknown(Mapped("column", f"{same}[{end}]")) for end in ("Tid", "Pengar")]
    assert names[0] != names[1]
    assert names[0].endswith("[Tid]”")
    assert max(map(len, names)) <= check_words.LONGEST + 5
    short = "x" * check_words.LONGEST
    assert check_words.unknown(Mapped("code", short)) == f"“{short}”"


def test_the_screen_has_the_first_errors_of_each_file(capsys: pytest.CaptureFixture[str]) -> None:
    screen.problems(problems(200), ["see the page"])
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1 + 2 * 30 + 1
    assert told[-1] == "200 errors in the data, 140 of them not shown; see the page"


def test_the_page_is_replaced_whole_or_stays(
    root: Path, found: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Store(root, 2020)
    said = check_page.write(place, found)
    assert said.endswith(": data/check-2020.html")
    before = place.check.read_bytes()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(disk.os, "replace", refuse)
    said = check_page.write(place, dataclasses.replace(found, year=1999))
    assert "could not be written: Permission denied: close it" in said
    assert place.check.read_bytes() == before
    assert not list(place.check.parent.glob("*.part"))


def test_a_page_of_a_year_that_cannot_be_compared_says_so(found: Check) -> None:
    assert found.sound is not None
    compared = dataclasses.replace(found.sound.compared, refused="no <year>")
    told = dataclasses.replace(found, sound=dataclasses.replace(found.sound, compared=compared))
    assert "Not ready: no &lt;year&gt;" in page_of(told)


# --- a run ---------------------------------------------------------------------------------


def test_a_run_tells_of_codings_that_it_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacks = (Mapped("code", "Annat", count=8), Mapped("code", "x", count=4, nearest="y"))
    meant = Mapped("code", "minne", count=3, wanted=True)
    name = Mapped("coder", "Ann-Britt", "Ann-Britt", 5)

    def with_found(folder: Path, *_: object) -> SimpleNamespace:
        told = recognised("interviews", *lacks, meant, name)
        return SimpleNamespace(**{**vars(read_year(folder)), "found": (told,)})

    monkeypatch.setattr(run, "standard_parts", lambda: small_parts(read_year=with_found))
    monkeypatch.setattr(workers, "execute", lambda *_: nbformat.v4.new_notebook())
    monkeypatch.setattr(roots, "code_hash", lambda: "code")
    root = make_root(tmp_path / "root")
    done = call("run", "2020", "--root", root)
    assert done.exit_code == 0, done.output
    line = "12 codings of 2 codes that the protocol does not have are left out"
    assert f"{line}: see mapping check 2020" in done.stdout.splitlines()
    told = (root / "data/processed/2020/run.json").read_text(encoding="utf-8")
    assert json.loads(told)["codings_left_out"] == {
        "codes left out by study.toml": {"codes": 1, "codings": 3},
        "codes that the protocol does not have": {"codes": 2, "codings": 12},
    }
    # A code may be a respondent's own words.
    assert not any(name in told for name in ("Annat", "minne", "Ann-Britt"))


# --- progress ------------------------------------------------------------------------------


class Bars:
    """Stands in for rich's bars."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def add_task(self, description: str, **_: object) -> int:
        self.told.append((description,))
        return len(self.told)

    def update(self, task: int, **state: object) -> None:
        self.told.append((task, state))


def test_a_bar_comes_for_a_file_that_takes_long() -> None:
    bars, now = Bars(), iter([0.0, 0.0, 0.4, 0.4, 0.6, 0.6, 0.7])
    shown = screen.ReadingBars(bars, lambda: next(now))  # type: ignore[arg-type]
    for done in (1, 2):
        shown("a\x1b.csv", done, 4)
    assert bars.told == []
    shown("a\x1b.csv", 3, 4)
    shown("a\x1b.csv", 4, 4)
    assert bars.told == [
        ("reading a\\x1b.csv",),
        (1, {"completed": 3, "total": 4}),
        (1, {"completed": 4, "total": 4}),
    ]


def test_bars_are_for_terminals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with screen.reading(quiet=False) as told:
        assert not isinstance(told, screen.ReadingBars)
    monkeypatch.setattr(screen.sys.stderr, "isatty", lambda: True, raising=False)
    with screen.reading(quiet=True) as told:
        assert not isinstance(told, screen.ReadingBars)
    with screen.reading(quiet=False) as told:
        assert isinstance(told, screen.ReadingBars)


def test_a_run_tells_how_far_a_file_is_read() -> None:
    bars = Bars()
    shown = screen.ProgressBar(bars)  # type: ignore[arg-type]
    shown.reads("a.qdpx", 1, 4)
    shown.reads("a.qdpx", 1, 0)
    assert [told[1]["description"] for told in bars.told[1:]] == [  # type: ignore[index]
        "reading a.qdpx, 25%",
        "reading a.qdpx",
    ]


def test_the_readers_tell_how_far_they_have_come(root: Path) -> None:
    told: list[tuple[str, int, int]] = []
    checking.check(Store(root, 2020), None, lambda *step: told.append(step))
    assert "projekt.qdpx" in {name for name, _, _ in told}


def test_codings_are_made_for_these_tests() -> None:
    assert len({given(n, "x").start for n in (0, 3, 6, 9, 12)}) == 5
    assert len(CODINGS) == 7
