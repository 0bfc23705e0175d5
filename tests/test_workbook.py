from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from typing import Any

import openpyxl
import pandas as pd
import pytest
from builders import frame_of, levels_of, su_2020
from small_root import SETTINGS

from mapping.constructs import constructs
from mapping.criteria import criteria
from mapping.pipeline.workbook import SHEETS, workbook
from mapping.prose import words
from mapping.schemas import TABLES, conform
from mapping.tiers import aspects, tiers

SYNTHETIC = ("Syntetiska exempeldata", "Synthetic example data")


def tables() -> dict[str, pd.DataFrame]:
    levels = levels_of(
        **{
            "A-1": dict.fromkeys(su_2020().indicator_keys(), 2.0),
            "B-2": {"interest": 1.0},
        }
    )
    made = {"indicators": levels, "constructs": constructs(levels, su_2020())}
    made["tiers"] = tiers(levels, frame_of("A-1", "B-2", "C-3"), su_2020())
    made["aspects"] = aspects(levels, made["tiers"], su_2020())
    made["criteria"] = criteria(levels, su_2020())
    row = {"quadrant": "threat", "theme": "workload", "departments": 1, "of": 2, "share": 0.5}
    row |= {"low": 0.25, "high": 0.75, "items": 3, "votes": 0, "rank": None}
    made["swot"] = conform(pd.DataFrame([row]), "swot")
    finding = {"finding": "most-have-needs", "verdict": "supported", "value": 0.75, "low": 0.5}
    finding |= {"high": 0.9, "n": 3, "of": 4, "p": 0.00012, "p_holm": None, "note": "all: inside"}
    made["findings"] = conform(pd.DataFrame([finding]), "findings")
    part = {"department_id": "A-1", "recommendation": "R1", "met": None}
    made["recommendations"] = conform(pd.DataFrame([part]), "recommendations")
    return made


def opened(**changed: Any) -> Any:
    data = workbook(tables() | changed, SETTINGS, su_2020())
    return openpyxl.load_workbook(io.BytesIO(data))


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_a_sheet_for_every_table_after_one_that_explains() -> None:
    assert opened().sheetnames == [
        "about", "indicators", "constructs", "tiers", "aspects", "criteria", "swot",
        "findings", "recommendations",
    ]  # fmt: skip


def test_tables_that_no_report_shows_are_left_out() -> None:
    assert "evidence" not in opened(evidence=pd.DataFrame({"a": [1]})).sheetnames


def test_every_sheet_says_that_the_data_are_synthetic() -> None:
    for sheet in opened():
        assert all(text in sheet["A2"].value for text in SYNTHETIC)
        assert all(text in sheet.oddHeader.center.text for text in SYNTHETIC)


def test_real_data_are_not_called_synthetic() -> None:
    data = workbook(tables(), replace(SETTINGS, synthetic=False), su_2020())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "ynteti" not in text
    assert "ynthetic" not in text


def test_the_follow_up_s_tables_come_last_where_there_are_any() -> None:
    row = {"part": "rule", "key": "tier_rules.margin", "what": "value", "then": "0.05"}
    row |= {"now": "0.1", "breaks": None}
    yardstick = conform(pd.DataFrame([row]), "yardstick")
    measure = {"kind": "need", "key": "feedback", "status": "tested", "pairs": 7, "then": 0.5}
    measure |= {"now": 1.0, "rose": 4, "fell": 0, "test": "mcnemar", "statistic": 4.0, "p": 0.125}
    measure |= {
        "p_holm": 0.25,
        "all_reported": 0.5,
        "of_reported": 8,
        "all_then": 0.5,
        "of_then": 8,
        "all_now": 1.0,
        "of_now": 9,
    }
    measure |= {"rank_then": 2, "rank_now": 1, "rank_rose": 0.875, "rank_fell": 0.0}
    change = conform(pd.DataFrame([measure]), "change")
    book = opened(yardstick=yardstick, change=change)
    assert book.sheetnames[-3:] == ["recommendations", "change", "yardstick"]
    assert rows(book["yardstick"])[-1] == (
        "rule", "tier_rules.margin", "value", "0.05", "0.1", None,
    )  # fmt: skip
    shown = dict(zip(change.columns, book["change"][5], strict=True))
    assert [shown[name].value for name in ("then", "p_holm", "rank_rose")] == [0.5, 0.25, 0.875]
    formats = [shown[name].number_format for name in ("then", "p_holm", "rank_rose", "pairs")]
    assert formats == ["0.00", "0.0000", "0.0%", "0"]
    told = {row[:2]: row[2:4] for row in rows(book["about"])}
    assert told["yardstick", "breaks"][1].startswith("the measures that cannot be compared")


def test_values_stand_as_they_are_and_missing_ones_are_blank() -> None:
    book = opened()
    assert rows(book["swot"])[3:] == [
        (
            "quadrant",
            "theme",
            "departments",
            "of",
            "share",
            "low",
            "high",
            "items",
            "votes",
            "rank",
        ),
        ("threat", "workload", 1, 2, 0.5, 0.25, 0.75, 3, 0, None),
    ]
    assert rows(book["tiers"])[-1] == ("C-3", "unclassified", None, None, None, None, False)
    met = {row[2]: row[3] for row in rows(book["criteria"])[4:] if row[0] == "B-2"}
    assert (met["moderate.interest"], met["good.interest"]) == (True, False)
    assert met["good.mandate" if "good.mandate" in met else "good.staffing"] is None
    assert book["swot"]["E5"].number_format == "0.0%"
    assert rows(book["recommendations"])[-1] == ("A-1", "R1", None)
    finding = [cell for cell in book["findings"][5] if cell.value is not None]
    assert [cell.value for cell in finding[1:8]] == ["supported", 0.75, 0.5, 0.9, 3, 4, 0.00012]
    assert [cell.number_format for cell in finding[3:8]] == ["0.0%", "0.0%", "0", "0", "0.0000"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "http://a.b", "007", "{=1}"])
def test_text_stays_text(text: str) -> None:
    swot = tables()["swot"].assign(theme=pd.array([text], dtype="string"))
    cell = opened(swot=swot)["swot"]["B5"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_the_first_sheet_explains_every_sheet_and_column_in_both_languages() -> None:
    told = {row[:2]: row[2:4] for row in rows(opened()["about"])}
    for name, table in tables().items():
        assert all(told[name, ""])
        for column in table.columns:
            swedish, english = told[name, column]
            assert swedish
            assert english
            assert swedish != english


def test_the_first_sheet_gives_every_key_its_name() -> None:
    told = {row[1]: row[2:4] for row in rows(opened()["about"])}
    assert told["recruitment"][0].startswith("rekrytering")
    assert told["unclassified"][1] == "unclassified"
    tool = su_2020().tools[0]
    assert told[tool.tool] == (tool.label["sv"], tool.label["en"])
    recommendation = su_2020().recommendations[0]
    assert told[recommendation.key] == (recommendation.label["sv"], recommendation.label["en"])


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_there_is_a_text_for_every_sheet_and_column(lang: str) -> None:
    texts = words(lang, su_2020())
    for name in SHEETS:
        assert texts.say(f"workbook.sheets.{name}")
        for column in TABLES[name].columns:
            own, common = f"workbook.columns.{name}.{column}", f"workbook.columns.{column}"
            assert texts.has(own) or texts.has(common), own


def test_the_languages_have_the_same_texts() -> None:
    keys = [words(lang, su_2020()).keys("workbook.") for lang in ("sv", "en")]
    assert keys[0] == keys[1]


def test_the_same_tables_give_the_same_bytes_and_no_moment_is_told() -> None:
    first, second = (workbook(tables(), SETTINGS, su_2020()) for _ in range(2))
    assert first == second
    book = openpyxl.load_workbook(io.BytesIO(first))
    assert book.properties.created == datetime(2020, 4, 30)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.create_system for entry in archive.infolist()} == {0}
