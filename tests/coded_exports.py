"""A study's interviews as coding programs export them: tables of coded segments.

The interviews are a frame in the columns of ``interviews.csv``, all text. Each interview is a
document; no program's table has an id of a segment, so that what is said in it tells it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import pandas as pd
import xlsxwriter


def document_of(interview: str) -> str:
    """The name of an interview's document."""
    return f"Intervju {interview}.docx"


def said(row: pd.Series) -> str:
    """What is said in a segment, told apart from all others."""
    return f"{row['excerpt']} ({row['segment_id']})"


def csv_bytes(
    rows: Iterable[Sequence[object]], *, quote_all: bool = False, mark: str = ""
) -> bytes:
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(text, quoting=quoting).writerows(rows)
    return (mark + text.getvalue()).encode()


def xlsx_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Sheet1")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return data.getvalue()


def documents_rows(interviews: pd.DataFrame) -> list[list[str]]:
    once = interviews.drop_duplicates("interview_id")
    rows = [
        [document_of(i), department, i, day, role]
        for i, department, day, role in zip(
            once["interview_id"],
            once["department_id"],
            once["date"],
            once["respondent_role"],
            strict=True,
        )
    ]
    return [["document", "department_id", "interview_id", "date", "role"], *rows]


def documents_csv(interviews: pd.DataFrame) -> bytes:
    return csv_bytes(documents_rows(interviews))


def taguette(interviews: pd.DataFrame) -> dict[str, bytes]:
    """The highlights of each coder's project: a row per highlight and tag."""
    return {
        f"interviews-{coder}.csv": csv_bytes(taguette_rows(coded))
        for coder, coded in interviews.groupby("coder")
    }


def taguette_rows(coded: pd.DataFrame) -> list[list[object]]:
    highlights = {segment: n for n, segment in enumerate(coded["segment_id"].unique(), start=31)}
    rows = [
        [highlights[row["segment_id"]], document_of(row["interview_id"]), row["code"], said(row)]
        for _, row in coded.iterrows()
    ]
    return [["id", "document", "tag", "content"], *rows]


def qualcoder(interviews: pd.DataFrame, first: str = "File") -> bytes:
    """The report of codings of a project with all coders; ``first`` is File or Case."""
    header = [first, "Coder", "Coded", "Id", "Codename", "Coded_Memo"]
    rows = [
        [document_of(row["interview_id"]), row["coder"], said(row), number, row["code"], ""]
        for number, (_, row) in enumerate(interviews.iterrows(), start=1)
    ]
    return csv_bytes([header, *rows], quote_all=True, mark="\ufeff")


def maxqda(interviews: pd.DataFrame) -> bytes:
    """The coded segments of a project with all coders, codes with those above them."""
    header = ["Color", "Document group", "Document name", "Code", "Segment", "Beginning", "End"]
    rows = [
        [
            "●",
            "Intervjuer",
            document_of(row["interview_id"]).removesuffix(".docx"),
            row["code"].replace("/", " > "),
            said(row),
            int(row["segment_id"].strip("s")),
            int(row["segment_id"].strip("s")),
            50,
            row["coder"],
            "2021-05-01 12:00:00",
        ]
        for _, row in interviews.iterrows()
    ]
    return xlsx_bytes([[*header, "Weight score", "Created by", "Created"], *rows])
