"""What a spreadsheet takes for a formula is masked when written and bare when read."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from builders import su_2020
from hypothesis import given, settings
from hypothesis import strategies as st
from small_root import SETTINGS

from mapping import open_editions
from mapping.errors import Problem, errors_csv
from mapping.instruments.sheet import clean
from mapping.masking import masked, masked_table, unmasked
from mapping.pipeline.workbook import workbook

FORMULAS = (
    "=1+1", "+1", "-5", "@SUM(A1)", " =1+1", "\t=1", "\r=1", "\n=1", "\tx", "\rx",
    "'=1+1", "''=1", "' -x", "'\tx", "＝1", "＋1", "－1", "＠x",
)  # fmt: skip
PLAIN = ("", "5", "1-1", "a=b", "'twas", "'", "''", "x\n=1", "\\=1", "ABC-1", '"=1"')


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_one_sign_and_loses_it_again(text: str) -> None:
    assert masked(text) == f"'{text}"
    assert unmasked(masked(text)) == text


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert masked(text) == text
    assert unmasked(text) == text


@given(st.text(alphabet="'=+-@ \t\r\nab1\u00a0＝", max_size=8))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_every_text_comes_back_exactly(text: str) -> None:
    assert unmasked(masked(text)) == text
    assert clean(masked(clean(text))) == clean(text)
    assert masked(text)[:1] not in {*"=+-@\t\r\n＝"}


def test_cells_are_read_without_the_sign_and_without_space_around_them() -> None:
    assert clean(" '=1+1 ") == "=1+1"
    assert clean("'-5") == "-5"
    assert clean("''=1") == "'=1"
    assert clean(" 'twas ") == "'twas"


def test_the_list_of_errors_has_no_formula() -> None:
    written = errors_csv([Problem("=a.csv", -1, "+x", "@y", "\t-z", "go")])
    [cells] = list(csv.reader(io.StringIO(written)))[1:]
    assert cells == ["'=a.csv", "'-1", "'+x", "'@y", "'\t-z", "go"]


def test_the_open_edition_masks_text_and_leaves_numbers() -> None:
    frame = pd.DataFrame(
        {
            "label": pd.array(["=1", "-5", None, "plain"], dtype="string"),
            "note": ["'=x", "a", None, "b"],
            "change": [-5.5, 1.0, -0.0, 2.0],
            "count": pd.array([-5, 1, None, 2], dtype="Int64"),
            "hidden": [True, False, True, False],
        }
    )
    rows = list(csv.reader(io.StringIO(open_editions.csv(frame).decode("utf-8"))))
    assert rows[1] == ["'=1", "''=x", "-5.5", "-5", "true"]
    assert rows[2] == ["'-5", "a", "1.0", "1", "false"]
    assert rows[3] == ["", "", "-0.0", "", "true"]


def test_the_workbook_marks_such_text_as_text_and_leaves_numbers() -> None:
    finding = {"finding": ["=1+1", "plain"], "note": ["-5", None], "value": [-5.0, 1.0]}
    table = pd.DataFrame(finding).astype({"finding": "string", "note": "string"})
    data = workbook({"findings": table}, SETTINGS, su_2020())
    cells = list(openpyxl.load_workbook(io.BytesIO(data))["findings"].iter_rows())[-2]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in cells] == [
        ("=1+1", "s", True),
        ("-5", "s", True),
        (-5, "n", False),
    ]


def test_a_table_is_masked_in_its_text_only() -> None:
    mixed = pd.DataFrame(
        {"a": ["=1", None], "b": pd.Series([-5, "-5"], dtype=object), "c": [-1, 2]}
    )
    told = masked_table(mixed)
    assert told["a"].tolist()[0] == "'=1"
    assert told["a"].isna().tolist() == [False, True]
    assert told["b"].tolist() == [-5, "'-5"]
    assert told["c"].tolist() == [-1, 2]
    assert mixed["a"].tolist()[0] == "=1"


def test_whatever_writes_csv_for_people_masks_its_text() -> None:
    source = Path(__file__).parents[1] / "src" / "mapping"
    writes = re.compile(r"csv\.writer\(|\.to_csv\(|csv\.DictWriter\(")
    without = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if writes.search(text := path.read_text(encoding="utf-8"))
        and "from mapping.masking import masked" not in text
    }
    calibrations = {f"simulation/{name}.py" for name in ("rates", "change_rates", "recovery_rates")}
    assert without == calibrations  # their only text are the program's own keys
