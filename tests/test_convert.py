"""``mapping convert``: the contract's tables of any files, exactly as they were read."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from pathlib import Path

import coded_exports
import pandas as pd
import pytest
import typer.testing
import workbooks
from program_years import SETTINGS, foreign, project, put
from raw_years import DEPARTMENTS, INTERVIEWS, PROTOCOL, STUDY, WORKSHOP, tiny
from small_root import contents

from mapping import cli
from mapping.errors import DataError, UsageError
from mapping.instruments import RawYear, folder, parse_settings, parse_year
from mapping.pipeline import convert
from mapping.pipeline.convert import Conversion
from mapping.pipeline.skeleton import make_root


def call(*arguments: object) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(cli.app, [str(part) for part in arguments])


def files_in(place: Path, files: dict[str, bytes | str]) -> list[Path]:
    """The files, written; study.toml lies beside them and is not named."""
    place.mkdir()
    for name, data in files.items():
        (place / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return [place / name for name in files if name != "study.toml"]


def made(tmp_path: Path, files: dict[str, bytes | str]) -> Conversion:
    return convert.convert(files_in(tmp_path / "in", files), tmp_path / "out")


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def read(files: dict[str, bytes]) -> RawYear:
    own = dict(files)
    return parse_year(own, PROTOCOL, parse_settings(own.pop("study.toml"), "2020"))


# --- what is written is what was read ------------------------------------------------------


def taguette_year() -> dict[str, bytes]:
    interviews = pd.read_csv(io.StringIO(INTERVIEWS), dtype=str, keep_default_na=False)
    return {
        **{name: text.encode() for name, text in tiny().items() if name != "interviews.csv"},
        **coded_exports.taguette(interviews),
        "documents.csv": coded_exports.documents_csv(interviews),
    }


def workbook_year() -> dict[str, bytes]:
    names = ("departments", "interviews", "workshop", "survey")
    files = {f"{name}.xlsx": workbooks.as_excel_has_it(tiny()[f"{name}.csv"]) for name in names}
    return {"study.toml": STUDY.encode(), **files}


@pytest.mark.parametrize("year", [foreign, taguette_year, workbook_year])
def test_what_is_converted_is_read_as_the_same_year(tmp_path: Path, year: object) -> None:
    files = year()  # type: ignore[operator]
    before = read(files)
    convert.convert(files_in(tmp_path / "in", files), tmp_path / "out")
    after = read({"study.toml": STUDY.encode(), **contents(tmp_path / "out")})
    for name in ("departments", "interviews", "workshop", "survey", "respondents"):
        was, now = getattr(before, name), getattr(after, name)
        places = [column for column in ("file", "row") if column in was]
        pd.testing.assert_frame_equal(was.drop(columns=places), now.drop(columns=places))


def test_rows_of_a_format_without_rows_are_those_of_the_table(tmp_path: Path) -> None:
    """The row that the evidence of a coding project names is the row of the converted table."""
    before = read(foreign()).interviews
    (one,) = made(tmp_path, {"study.toml": SETTINGS, "a.qdpx": project()}).tables
    rows = table(one.path)
    assert len(before) == 4
    for _, own in before.iterrows():
        record = dict(zip(rows[0], rows[int(own["row"]) - 1], strict=True))
        found = (record["segment_id"], record["coder"], record["code"])
        assert found == (own["segment_id"], own["coder"], own["code"])
    assert one.rows == "errors and evidence name its rows as they are in interviews.csv"


def test_rows_of_a_table_are_told(tmp_path: Path) -> None:
    """Blank rows of a file are not written; what its rows are called stays that of the file."""
    lines = WORKSHOP.splitlines()
    text = "\n".join([lines[0], lines[1], "", lines[2], "", lines[3]]) + "\n"
    (one,) = made(tmp_path, {"workshop.csv": text}).tables
    assert len(table(one.path)) == 4
    assert one.rows == (
        "errors and evidence name the rows of workshop.csv: row 3 of workshop.csv is row 4 there, "
        "the last one (4) row 6"
    )


def test_cells_are_as_they_were_read(tmp_path: Path) -> None:
    """Any order, extra columns, decimal commas; text that looks like a formula is masked."""
    heads = DEPARTMENTS.splitlines()[0].split(",")
    cells = ["ABC-1", '=1+1; "och" så', "-x", "100", "50", "0,25", "3", "20,5", "0,4", "", "2", ""]
    extra = [*reversed(heads), "contact", "övrigt"]
    values = [*reversed(cells), "a@b.se", "z"]
    quoted = ['"' + value.replace('"', '""') + '"' for value in values]
    text = ";".join(extra) + "\r\n" + ";".join(quoted) + "\r\n"
    (one,) = made(tmp_path, {"departments.csv": text}).tables
    assert table(one.path) == [
        [*heads, "contact"],
        ["ABC-1", "'=1+1; \"och\" så", "'-x", "100", "50", "0.25", "3", "20.5", "0.4", "", "2", "",
         "a@b.se"],
    ]  # fmt: skip
    assert one.extra == ("övrigt",)
    raw = one.path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw


def test_line_ends_and_quotes_in_a_cell_come_back(tmp_path: Path) -> None:
    said = 'a\r\nb\rc\nd;e "f", \'g'
    text = INTERVIEWS.splitlines()[0] + "\n"
    cells = ["s1", "i1", "ABC-1", "2020-01-15", "", "Ann", "interest/2", said]
    text += ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"
    (one,) = made(tmp_path, {"interviews.csv": text}).tables
    written = one.path.read_bytes().decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(written, newline="")))["excerpt"] == said


def test_names_are_taken_from_a_study_that_is_not_filled_in(tmp_path: Path) -> None:
    toml = 'title = ""\n[fieldwork]\nstart = ""\n[interviews.codes]\n"Intrest/2" = "interest/2"\n'
    (one,) = made(tmp_path, {"study.toml": toml, "a.qdpx": project()}).tables
    assert one.count == 6
    (found,) = one.found
    assert [name.name for name in found.unmapped] == ["Annat"]


def test_rows_without_a_date_are_counted(tmp_path: Path) -> None:
    (one,) = made(tmp_path, {"blad.xlsx": foreign()["blad.xlsx"]}).tables
    assert (one.count, one.undated) == (4, 4)


def test_corrections_and_lineage_are_written_too(tmp_path: Path) -> None:
    lineage = "from_id,to_id,kind,year\nA-1,AB-2,renamed,2020\n"
    corrections = "file,key,column,old,new,reason,date\nsurvey.csv,7,optout,N,Y,-x,2020-06-01\n"
    files = {"lineage.csv": lineage, "corrections.csv": corrections}
    conversion = made(tmp_path, files)
    assert {one.path.name for one in conversion.tables} == set(files)
    assert table(tmp_path / "out/corrections.csv")[1][5] == "'-x"
    assert [one.undated for one in conversion.tables] == [0, 0]


def test_large_tables_are_written_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "CHUNK", 2)
    made(tmp_path, {"interviews.csv": INTERVIEWS})
    assert table(tmp_path / "out/interviews.csv") == list(csv.reader(io.StringIO(INTERVIEWS)))


# --- what is told --------------------------------------------------------------------------


def test_a_whole_folder_is_converted_by_its_study(tmp_path: Path) -> None:
    place = put(tmp_path, foreign() | {"READ-ME.en.txt": b"read me", "old notes.txt": b"x"})
    done = call("convert", place, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    (line,) = [line for line in lines if "interviews.csv: " in line]
    assert line.endswith("interviews.csv: 4 rows, from projekt.qdpx (REFI-QDA project of NVivo)")
    assert "  3 codings of 2 codes that the protocol does not have are left out" in lines
    assert "old notes.txt: not read" in lines
    assert "READ-ME" not in done.stdout
    assert '"Intrest/2" = "interest/2"' in lines
    assert sorted(contents(tmp_path / "out")) == [
        "departments.csv",
        "interviews.csv",
        "survey.csv",
        "workshop.csv",
    ]


def test_the_study_of_a_year_can_be_named(tmp_path: Path) -> None:
    toml = SETTINGS.encode() + b'[interviews.codes]\n"Annat" = "interest/0"\n'
    put(tmp_path, {"study.toml": toml})
    (file,) = files_in(tmp_path / "in", {"a.qdpx": project()})
    options = ["--year", "2020", "--root", tmp_path, "--out", tmp_path / "out"]
    done = call("convert", file, *options)
    assert done.exit_code == 0, done.output
    assert "2 codings of 1 code that" in done.stdout
    both = call("convert", file, *options, "--study", "x")
    assert (both.exit_code, "exclude each other" in both.stderr) == (2, True)
    quiet = call("convert", file, "--out", tmp_path / "again", "--quiet")
    assert (quiet.exit_code, quiet.output) == (0, "")


def test_dates_that_are_missing_are_told(tmp_path: Path) -> None:
    (file,) = files_in(tmp_path / "in", {"blad.xlsx": foreign()["blad.xlsx"]})
    done = call("convert", file, "--out", tmp_path / "out")
    assert (
        "4 rows without a date: fill in the column date before workshop.csv can itself be a raw "
        "file" in done.stdout
    )


# --- what is refused -----------------------------------------------------------------------


def test_every_error_of_form_is_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    files = {
        "a.qdpx": project()[:300],
        "workshop.csv": WORKSHOP.replace("quadrant", "kvadrant"),
        "minnen.csv": "vad,hur\n1,2\n",
    }
    paths = files_in(tmp_path / "in", files)
    done = call("convert", *paths, "--out", tmp_path / "out")
    assert done.exit_code == 1
    told = done.stderr.splitlines()
    assert {re.split("[,;:]", line)[0] for line in told[:-1]} == set(files)
    (line,) = [line for line in told if line.startswith("minnen.csv")]
    assert "interviews.csv" in line
    assert "LimeSurvey export" in line
    assert not (tmp_path / "out").exists()


def test_a_wrong_value_is_no_error_of_form(tmp_path: Path) -> None:
    """Values are checked when the table is read as a year's; here they are shown as they are."""
    text = INTERVIEWS.replace("interest/2", "interest/9")
    made(tmp_path, {"interviews.csv": text})
    assert table(tmp_path / "out/interviews.csv")[1][6] == "interest/9"


def test_no_file_is_ever_replaced(tmp_path: Path) -> None:
    paths = files_in(tmp_path / "in", {"interviews.csv": INTERVIEWS, "workshop.csv": WORKSHOP})
    (tmp_path / "out").mkdir()
    (tmp_path / "out/workshop.csv").write_text("mine", encoding="utf-8")
    done = call("convert", *paths, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "workshop.csv is in" in done.stderr
    assert contents(tmp_path / "out") == {"workshop.csv": b"mine"}


@pytest.mark.parametrize("place", ["data/raw", "data/raw/2020/out", "Data/RAW/x"])
def test_raw_data_are_never_written(tmp_path: Path, place: str) -> None:
    paths = files_in(tmp_path / "in", {"interviews.csv": INTERVIEWS})
    with pytest.raises(UsageError, match="nothing is ever written"):
        convert.convert(paths, tmp_path / place)


@pytest.mark.parametrize("place", ["data/processed", "data/processed/2020", "reports/2020"])
def test_results_are_never_mixed_with_what_was_read(tmp_path: Path, place: str) -> None:
    paths = files_in(tmp_path / "in", {"interviews.csv": INTERVIEWS})
    (tmp_path / "data/raw").mkdir(parents=True)
    with pytest.raises(UsageError, match=f"lies in {place.removesuffix('/2020')}, which"):
        convert.convert(paths, tmp_path / place)
    assert not (tmp_path / place).exists()


def test_reports_of_something_else_may_be_written_into(tmp_path: Path) -> None:
    paths = files_in(tmp_path / "in", {"interviews.csv": INTERVIEWS})
    convert.convert(paths, tmp_path / "reports")
    assert set(contents(tmp_path / "reports")) == {"interviews.csv"}


def test_tables_go_to_the_root_s_own_place_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = files_in(tmp_path / "in", {"interviews.csv": INTERVIEWS})
    root = tmp_path / "root"
    make_root(root)
    inside = root / "data/raw/2020"
    inside.mkdir()
    monkeypatch.chdir(inside)
    assert call("convert", *paths).exit_code == 0
    assert set(contents(root / "data/converted")) == {"interviews.csv"}
    assert "/data/converted/" in (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    monkeypatch.chdir(tmp_path / "in")
    assert call("convert", *paths).exit_code == 0
    assert set(contents(tmp_path / "in/data/converted")) == {"interviews.csv"}
    assert call("convert", *paths, "--root", root).exit_code == 2  # it is there already
    assert call("convert", *paths, "--root", tmp_path).exit_code == 2


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = files_in(tmp_path / "in", {"interviews.csv": INTERVIEWS, "workshop.csv": WORKSHOP})
    real, calls = os.fsync, []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(convert.os, "fsync", full)
    with pytest.raises(UsageError, match="could not be written: No space left on device"):
        convert.convert(paths, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_table_that_comes_meanwhile_stays_and_takes_the_others_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both tables are written, or none; somebody else's file is nobody's to remove."""
    paths = files_in(tmp_path / "in", {"interviews.csv": INTERVIEWS, "workshop.csv": WORKSHOP})
    real = os.replace

    def meanwhile(place: Path, target: Path) -> None:
        real(place, target)
        (tmp_path / "out/workshop.csv").write_text("mine", encoding="utf-8")

    monkeypatch.setattr(convert.os, "replace", meanwhile)
    with pytest.raises(UsageError, match="could not be written"):
        convert.convert(paths, tmp_path / "out")
    assert contents(tmp_path / "out") == {"workshop.csv": b"mine"}


def test_every_file_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = files_in(tmp_path / "in", {"interviews.csv": INTERVIEWS, "workshop.csv": WORKSHOP})
    monkeypatch.setattr(folder, "LARGEST", 10)
    with pytest.raises(DataError) as caught:
        convert.convert(paths, tmp_path / "out")
    assert [problem.file for problem in caught.value.problems] == ["interviews.csv", "workshop.csv"]


def test_a_protocol_that_the_study_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="su-1477"):
        made(tmp_path, {"study.toml": 'protocol = "su-1477"', "interviews.csv": INTERVIEWS})


def test_numbers_that_are_none_are_masked_as_text(tmp_path: Path) -> None:
    made(tmp_path, {"workshop.csv": WORKSHOP.replace("interest,3,", "interest,=3,")})
    assert table(tmp_path / "out/workshop.csv")[1][5] == "'=3"


def test_wrong_use_is_told(tmp_path: Path) -> None:
    (file,) = files_in(tmp_path / "in", {"interviews.csv": INTERVIEWS})
    shutil.copytree(tmp_path / "in", tmp_path / "other")
    out = tmp_path / "out"
    for wrong, message in (
        ([tmp_path / "none.csv"], "is not there"),
        ([file, tmp_path / "other/interviews.csv"], "two files are called interviews.csv"),
    ):
        with pytest.raises(UsageError, match=message):
            convert.convert(wrong, out)
    with pytest.raises(UsageError, match="is not there"):
        convert.convert([file], out, tmp_path / "study.toml")
    with pytest.raises(UsageError, match="no protocol su-1477: one of su-2020"):
        convert.convert([file], out, protocol="su-1477")
    other = tmp_path / "other/interviews.csv"
    other = other.rename(other.with_name("workshop.csv"))
    for path in (file, other):
        path.with_name("study.toml").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"several study\.toml"):
        convert.convert([file, other], out)


def test_files_without_a_table_are_an_error(tmp_path: Path) -> None:
    paths = files_in(tmp_path / "in", {"documents.csv": "document,department_id\na,ABC-1\n"})
    with pytest.raises(DataError, match="no table"):
        convert.convert(paths, tmp_path / "out")
