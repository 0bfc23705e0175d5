"""Which department's report goes to whom: the one place where contacts leave the raw data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from mapping.masking import masked
from mapping.pipeline.notebooks import GROUPS, Instance

NAME = "send-list.csv"
SENT = f"{GROUPS['department']}/{NAME}"
"""Where the list lies in the year's folder of reports."""

COLUMNS = ("department", "file", "contact")


def send_list(sent: Iterable[Instance], contacts: Mapping[str, str]) -> bytes:
    """The list's bytes, one row a department and language; the file is named as it lies beside.

    With semicolons and a byte-order mark, as Excel with Swedish settings reads it by a double
    click. What a spreadsheet would take for a formula is masked by a leading '.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in sent:
        cells = (str(one.unit), f"{one.stem}.pdf", contacts.get(str(one.unit), ""))
        writer.writerow(masked(cell) for cell in cells)
    return text.getvalue().encode("utf-8-sig")


def write_send_list(
    reports: Path, year: int, instances: Iterable[Instance], contacts: Mapping[str, str]
) -> None:
    """Write the list of the departments' reports that are in the folder; none if there are none."""
    sent = [one for one in instances if one.unit and (reports / str(one.printed(year))).is_file()]
    if sent:
        (reports / SENT).write_bytes(send_list(sent, contacts))
