"""``lineage.csv``: what is read, and what each kind of contradiction is answered with."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from raw_years import changed, read, write
from raw_years import problems as problems_of_year

from mapping.errors import Problem
from mapping.instruments.delimited import read_sheet
from mapping.instruments.fields import Parsed
from mapping.instruments.lineage import COLUMNS, NAME, contradictions, misfits, read_lineage

HEADER = ",".join(COLUMNS)


def parsed(*rows: str, year: int = 2022, known: tuple[str, ...] | None = None) -> Parsed:
    """What is read of these rows; the first of them is row 2."""
    text = "\n".join([HEADER, *rows]) + "\n"
    return read_lineage(read_sheet(NAME, text.encode(), COLUMNS), year, known)


def found(*rows: str, year: int = 2022, known: tuple[str, ...] | None = None) -> list[str]:
    """Row and column of each problem."""
    return [told(problem) for problem in parsed(*rows, year=year, known=known).problems]


def told(problem: Problem) -> str:
    return f"{problem.row} {problem.column}"


def rows_of(*rows: str) -> pd.DataFrame:
    made = parsed(*rows)
    assert not [p for p in made.problems if p.column not in ("kind", "year", "to_id")]
    return made.frame


def test_rows_are_read_with_their_place() -> None:
    frame = parsed("RIM-35,RIMV-51,merged,2021", "KUGG-4,HJUL-5,renamed,2022").frame
    assert list(frame.columns) == [*COLUMNS, "file", "row"]
    assert frame["year"].tolist() == [2021, 2022]
    assert frame["year"].dtype == "Int64"
    assert frame["row"].tolist() == [2, 3]


def test_a_year_without_the_file_has_no_rows(tmp_path: Path) -> None:
    raw = read(write(tmp_path, changed("survey.csv")))
    assert list(raw.lineage.columns) == [*COLUMNS, "file", "row"]
    assert raw.lineage.empty


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("a-1,BC-1,merged,2022", "from_id"),
        ("AB-1,,merged,2022", "to_id"),
        ("AB-1,BC-1,joined,2022", "kind"),
        ("AB-1,BC-1,merged,2022.0", "year"),
        ("AB-1,BC-1,merged,", "year"),
        ("AB-1,BC-1,merged,2023", "year"),  # a later change than the folder's year
    ],
)
def test_a_wrong_cell_is_told_once(row: str, column: str) -> None:
    assert found("XY-1,XY-2,renamed,2022", row) == [f"3 {column}"]


def test_the_year_of_the_folder_is_the_last_that_may_stand_there() -> None:
    assert found("AB-1,BC-1,renamed,2022") == []


def test_missing_columns_are_told_and_nothing_else(tmp_path: Path) -> None:
    files = changed("survey.csv") | {NAME: "from_id,to_id\nAB-1,AB-1\n"}
    assert [told(p) for p in problems_of_year(tmp_path, files)] == ["1 kind", "1 year"]


def test_a_row_that_stands_there_twice() -> None:
    (problem,) = parsed("AB-1,CD-1,merged,2022", "AB-1,CD-1,merged,2022").problems
    assert told(problem) == "3 to_id"
    assert problem.expected.endswith("also in row 2")


# --- contradictions -------------------------------------------------------------------------


def test_a_department_does_not_become_itself() -> None:
    (problem,) = parsed("AB-1,AB-1,split,2022", "AB-1,CD-1,split,2022").problems
    assert told(problem) == "2 to_id"
    assert "goes on under its id needs none" in problem.remedy


def test_a_circle_names_each_of_its_rows_and_no_other() -> None:
    rows = (
        "AB-1,CD-1,renamed,2020",
        "CD-1,EF-1,renamed,2021",
        "EF-1,AB-1,renamed,2022",
        "GH-1,AB-1,merged,2022",
        "CD-1,IJ-1,split,2022",
    )
    circle = [place for place in found(*rows) if place.endswith("to_id")]
    assert circle == ["2 to_id", "3 to_id", "4 to_id"]


def test_a_merger_that_is_undone_needs_new_ids() -> None:
    merged = ("AB-1,EF-1,merged,2020", "CD-1,EF-1,merged,2020")
    undone = parsed(*merged, "EF-1,AB-1,split,2022", "EF-1,XY-1,split,2022").problems
    assert [told(problem) for problem in undone] == ["2 to_id", "4 to_id"]
    assert "takes a new id" in undone[0].remedy
    assert found(*merged, "EF-1,AB-2,split,2022", "EF-1,CD-2,split,2022") == []


@pytest.mark.parametrize("kind", ["merged", "renamed"])
def test_one_that_becomes_several_is_split(kind: str) -> None:
    rows = ("AB-1,CD-1,split,2022", f"AB-1,EF-1,{kind},2022")
    assert found(*rows) == ["3 kind"]


def test_several_that_become_one_are_merged() -> None:
    assert found("AB-1,EF-1,merged,2022", "CD-1,EF-1,renamed,2022") == ["3 kind"]


def test_of_a_split_department_a_part_may_join_a_merger() -> None:
    rows = ("AB-1,EF-1,split,2022", "AB-1,GH-1,split,2022", "CD-1,EF-1,merged,2022")
    assert found(*rows) == []


def test_several_renamed_in_different_years_are_no_merger() -> None:
    assert found("AB-1,CD-1,renamed,2020", "CD-1,EF-1,renamed,2021") == []
    assert found("AB-1,CD-1,renamed,2021", "CD-1,EF-1,renamed,2021") == []  # both in one year


@pytest.mark.parametrize(
    ("maker", "later"),
    [
        ("AB-1,CD-1,renamed,2021", "CD-1,EF-1,renamed,2020"),
        ("AB-1,CD-1,merged,2021", "CD-1,EF-1,merged,2020"),
        ("AB-1,CD-1,split,2021", "CD-1,EF-1,renamed,2020"),
        ("AB-1,CD-1,renamed,2021", "CD-1,EF-1,split,2020"),
    ],
)
def test_a_department_that_ends_before_it_comes(maker: str, later: str) -> None:
    (problem,) = parsed(maker, later).problems
    assert told(problem) == "3 year"
    assert problem.expected.startswith("2021 or later: CD-1 comes then (lineage.csv, row 2)")


@pytest.mark.parametrize("kind", ["merged", "split"])
def test_one_that_goes_on_after_a_split_may_take_in_another(kind: str) -> None:
    """CD-1 was there before both, and is there after both."""
    assert found("CD-1,EF-1,split,2020", f"AB-1,CD-1,{kind},2021") == []


@pytest.mark.parametrize("kind", ["merged", "renamed"])
@pytest.mark.parametrize("again", ["merged", "renamed", "split"])
def test_a_department_that_has_ended_does_not_change_any_more(kind: str, again: str) -> None:
    (problem,) = parsed(f"AB-1,CD-1,{kind},2020", f"AB-1,EF-1,{again},2021").problems
    assert told(problem) == "3 year"
    assert problem.expected == "2020 at the latest: AB-1 ended then (lineage.csv, row 2)"


def test_one_that_was_split_may_change_again() -> None:
    assert found("AB-1,CD-1,split,2020", "AB-1,EF-1,renamed,2021") == []


def test_rows_of_several_files_are_held_against_each_other() -> None:
    """What each file alone cannot tell; the place of the other row has its file."""
    earlier = rows_of("AB-1,CD-1,renamed,2021").assign(file="2021/lineage.csv")
    later = rows_of("AB-1,EF-1,renamed,2022")
    (problem,) = contradictions(pd.concat([later, earlier], ignore_index=True))
    assert (problem.file, told(problem)) == ("lineage.csv", "2 year")
    assert problem.expected.endswith("(2021/lineage.csv, row 2)")


# --- against the frames ---------------------------------------------------------------------


KNOWN = ("ABC-1", "DEF-2")


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("OLD-1,ABC-1,merged,2022", None),
        ("OLD-1,XY-1,renamed,2022", "2 to_id"),
        ("DEF-2,ABC-1,merged,2022", "2 from_id"),  # it ended, and is in the frame all the same
        ("DEF-2,ABC-1,split,2022", None),  # it was split, and goes on
        ("DEF-2,ABC-1,merged,2021", None),  # of an earlier year, which is asked when compared
        ("OLD-1,XY-1,renamed,2021", None),
    ],
)
def test_rows_of_the_year_fit_its_frame(row: str, place: str | None) -> None:
    assert found(row, known=KNOWN) == ([place] if place else [])


def test_no_frame_is_asked_while_it_is_in_doubt() -> None:
    assert found("OLD-1,XY-1,renamed,2022", known=None) == []


def test_one_that_changes_twice_in_a_year_need_not_be_in_the_frame() -> None:
    assert found("OLD-1,MID-1,renamed,2022", "MID-1,ABC-1,merged,2022", known=KNOWN) == []


FRAMES = {2020: ["AB-1", "CD-1"], 2021: ["AB-1", "EF-1"], 2022: ["AB-1", "GH-1"]}


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (["CD-1,EF-1,renamed,2021", "EF-1,GH-1,renamed,2022"], []),
        (["XY-1,EF-1,renamed,2021"], ["2 from_id"]),  # never there
        (["EF-1,GH-1,renamed,2021"], ["2 year"]),  # there in 2021, not before
        (["GH-1,EF-1,renamed,2021"], ["2 from_id"]),  # there in 2022 alone
        (["CD-1,XY-1,renamed,2021"], ["2 to_id"]),
        (["CD-1,EF-1,renamed,2022"], ["2 to_id"]),  # gone in 2022, there in 2021
        (["CD-1,GH-1,renamed,2021"], []),  # not asked in 2021, there later
        (["CD-1,AB-1,renamed,2021"], ["2 to_id"]),  # it was there already
        (["CD-1,AB-1,merged,2021"], []),
        (["AB-1,EF-1,merged,2021"], ["2 from_id"]),  # still there
        (["AB-1,EF-1,split,2021"], []),
        (["CD-1,MID-1,renamed,2021", "MID-1,EF-1,renamed,2021"], []),
    ],
)
def test_rows_fit_the_frames_of_all_years(rows: list[str], places: list[str]) -> None:
    assert [told(problem) for problem in misfits(rows_of(*rows), FRAMES)] == places


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (["CD-1,EF-1,renamed,2020"], ["2 year"]),  # there in the first year, gone in the next
        (["CD-1,GH-1,merged,2019", "EF-1,GH-1,merged,2022"], ["2 year"]),
        (["CD-1,EF-1,split,2020", "CD-1,GH-1,split,2020"], ["2 year", "3 year"]),
        (["AB-1,EF-1,split,2020"], ["2 year"]),  # it goes on, but EF-1 comes in 2021
        (["AB-1,EF-1,split,2021"], []),
        (["AB-1,CD-1,merged,2020"], ["2 from_id"]),  # never gone: no year is right
        (["OLD-1,CD-1,renamed,2020", "OLD-2,AB-1,merged,2015"], []),
        (["OLD-1,OLD-2,renamed,2015"], []),  # OLD-2 may have been closed since
        (["OLD-1,OLD-2,split,2015"], []),
        (["OLD-1,OLD-2,renamed,2020"], ["2 to_id"]),
    ],
)
def test_rows_of_the_first_year_and_before_fit_the_frames_too(
    rows: list[str], places: list[str]
) -> None:
    assert [told(problem) for problem in misfits(rows_of(*rows), FRAMES)] == places


def test_a_year_too_early_is_told_with_the_right_one() -> None:
    row = rows_of("CD-1,EF-1,renamed,2020")
    (early,) = misfits(row, FRAMES)
    assert early.sentence() == (
        "lineage.csv, row 2, column year: found 2020; expected a later year: CD-1 is in "
        "departments.csv of 2020. Write 2021."
    )
    (elsewhere,) = misfits(row.assign(file="2020/lineage.csv"), FRAMES)
    assert elsewhere.remedy == "Move the row to 2021/lineage.csv, and write 2021."
    (there,) = misfits(row.assign(file="2021/lineage.csv"), FRAMES)
    assert there.remedy == "Write 2021."


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (["CD-1,EF-1,merged,2021"], ["2 kind"]),  # with whom?
        (["CD-1,AB-1,merged,2021"], []),  # AB-1 took it in, and goes on
        (["CD-1,EF-1,split,2021"], ["2 kind"]),  # CD-1 is gone, into EF-1 and what else?
        (["AB-1,EF-1,split,2021"], []),  # AB-1 goes on
        (["CD-1,EF-1,split,2021", "CD-1,GH-1,split,2021"], []),
        (["CD-1,MID-1,split,2021", "CD-1,EF-1,split,2021", "MID-1,AB-1,merged,2021"], []),
        (["CD-1,EF-1,split,2021", "CD-1,GH-1,renamed,2022"], []),  # it went on until 2022
        (["CD-1,GH-1,merged,2021", "EF-1,GH-1,merged,2022"], ["2 kind"]),
    ],
)
def test_a_merger_or_a_split_of_which_a_part_is_forgotten(
    rows: list[str], places: list[str]
) -> None:
    assert [told(problem) for problem in misfits(rows_of(*rows), FRAMES)] == places


def test_what_to_do_with_a_single_part() -> None:
    (merged,) = misfits(rows_of("CD-1,EF-1,merged,2021"), FRAMES)
    assert merged.remedy == (
        "A merger has two parts at least: add the other one's row, or write renamed."
    )
    assert merged.expected == "several departments that become EF-1, which was not there before"
    (split,) = parsed("OLD-1,ABC-1,split,2022", known=KNOWN).problems  # told without another year
    assert split.remedy == (
        "A split has two parts at least: add the other one's row, or write renamed."
    )


def test_an_unknown_id_is_told_with_the_nearest_one() -> None:
    frames = {2020: ["RIM-34", "RIM-35", "AB-1"], 2021: ["RIM-34", "AB-1", "NY-1", "RIMV-51"]}
    rows = rows_of("RIMM-35,NY-1,renamed,2021")
    (unknown,) = misfits(rows, frames)
    assert unknown.expected == "a department_id of departments.csv of 2020"
    assert unknown.remedy.startswith("Did you mean 'RIM-35'? Correct the id here")
    (new,) = misfits(rows_of("RIM-35,RIMV-15,renamed,2021"), frames)
    assert new.remedy.startswith("Did you mean 'RIMV-51'? ")
    (likely,) = misfits(rows_of("RIM-4,NY-1,renamed,2021"), frames)  # RIM-34 is not gone
    assert "'RIM-35'" in likely.remedy


def test_a_row_of_a_later_year_is_sent_to_its_folder() -> None:
    (problem,) = parsed("AB-1,BC-1,renamed,2021", year=2020).problems
    assert problem.remedy == "Move the row to 2021/lineage.csv, or correct the year."
    (other,) = parsed("AB-1,BC-1,renamed,soon", year=2020).problems
    assert other.remedy == "Write the first year in which to_id is there instead."


def test_what_does_not_fit_is_told_with_the_year() -> None:
    (still,) = misfits(rows_of("AB-1,EF-1,merged,2021"), FRAMES)
    assert still.expected == (
        "a department that departments.csv of 2021 no longer has: it was merged in 2021"
    )
    (before,) = misfits(rows_of("CD-1,AB-1,renamed,2021"), FRAMES)
    assert before.expected == "a new id: AB-1 is in departments.csv of 2020"
    (unknown,) = misfits(rows_of("CD-1,XY-1,renamed,2021"), FRAMES)
    assert unknown.expected == "a department_id of departments.csv of 2021 or 2022"
