"""A year whose files are workbooks is the same year."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from raw_years import changed, problems, read, tiny, write
from workbooks import as_excel_has_it, one_below_another, workbook_of

FRAMES = ("departments", "interviews", "workshop", "survey", "lineage", "corrections")
MORE = {
    "lineage.csv": "from_id,to_id,kind,year\nGAM-1,ABC-1,renamed,2019\n",
    "corrections.csv": "file,key,column,old,new,reason,date\n"
    "workshop.csv,n1,votes,3,4,räknat om,2020-05-02\n",
}
"""The tables that a year may have beside the four."""


@pytest.mark.parametrize("several", [True, False])
def test_every_table_may_be_a_workbook(tmp_path: Path, several: bool) -> None:
    texts = tiny() | MORE
    tables = [name for name in texts if name.endswith(".csv")]
    turns = [tables] if several else [[name] for name in tables]
    expected = read(write(tmp_path / "csv", dict(texts)))
    for turn in turns:
        files: dict[str, str | bytes] = {k: v for k, v in texts.items() if k not in turn}
        files |= {f"{Path(n).stem}.xlsx": as_excel_has_it(texts[n]) for n in turn}
        found = read(write(tmp_path / turn[0] / str(several), files))
        for name in FRAMES:
            one, other = getattr(found, name), getattr(expected, name)
            place = [column for column in ("file",) if column in one]
            pd.testing.assert_frame_equal(one.drop(columns=place), other.drop(columns=place))


def test_a_workbook_s_error_names_its_file_and_row(tmp_path: Path) -> None:
    files = changed("workshop.csv", ("threat", "thread"))
    text = str(files.pop("workshop.csv"))
    [problem] = problems(tmp_path, files | {"workshop.xlsx": as_excel_has_it(text)})
    assert (problem.file, problem.row, problem.column) == ("workshop.xlsx", 3, "quadrant")


def test_the_workshop_may_be_a_sheet_for_each_department(tmp_path: Path) -> None:
    blocks = {"Styrkor": [], "Svagheter": [], "Möjligheter": [], "Hot": []}
    sheets = {
        "ABC-1": one_below_another(
            blocks | {"Styrkor": [("hemligt (3)", "interest")], "Hot": [("hemligt", "other")]}
        ),
        "ÅÄÖ-22": one_below_another(blocks | {"Svagheter": [("hemligt", "recruitment")]}),
    }
    files: dict[str, str | bytes] = {**tiny(), "workshop 2020.xlsx": workbook_of(sheets)}
    expected = read(write(tmp_path / "csv", dict(tiny()))).workshop
    del files["workshop.csv"]
    found = read(write(tmp_path / "xlsx", files)).workshop
    columns = ["department_id", "quadrant", "theme", "votes"]
    pd.testing.assert_frame_equal(found[columns], expected[columns])
    assert found["item_id"].tolist() == ["ABC-1!A2", "ABC-1!A9", "ÅÄÖ-22!A4"]
