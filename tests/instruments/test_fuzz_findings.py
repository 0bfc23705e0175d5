"""What damaged files have brought to light, each as small as it can be."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import pytest
from raw_years import problems, read, tiny, write

from fuzz.door import put_through
from fuzz.seeds import every_seed
from mapping.instruments.lineage import MOST_ROWS

LINEAGE = "from_id,to_id,kind,year\n"


def lineage(*rows: str) -> dict[str, str]:
    return tiny() | {"lineage.csv": LINEAGE + "\n".join(rows) + "\n"}


def test_a_lineage_of_more_rows_than_there_are_departments_is_refused_at_once(tmp_path):
    rows = [f"OLD-{row // 2},ABC-1,merged,2020" for row in range(MOST_ROWS + 1)]
    (problem,) = problems(tmp_path, lineage(*rows))
    assert (problem.file, problem.value) == ("lineage.csv", f"{MOST_ROWS + 1} rows")


def test_the_longest_lineage_is_read_in_good_time(tmp_path):
    rows = [f"OLD-{row},ABC-1,merged,2020" for row in range(MOST_ROWS)]
    began = time.process_time()
    assert len(read(write(tmp_path, lineage(*rows))).lineage) == MOST_ROWS
    assert time.process_time() - began < 10


def test_a_row_of_the_lineage_that_comes_again_is_one_problem(tmp_path):
    row = "OLD-1,ZZ-1,renamed,2020"
    found = problems(tmp_path, lineage(row, row))
    assert [(p.row, p.column) for p in found] == [(2, "to_id"), (3, "to_id")]
    assert "once a year" in found[1].expected


def rezipped(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(made, "w") as packed:
        for name in archive.namelist():
            packed.writestr(name, change(name, archive.read(name)))
    return made.getvalue()


@pytest.mark.parametrize("place", ["<CodeBook>", "<Users>", "</Sources>"])
def test_a_selection_outside_the_sources_of_a_project_is_of_none(place):
    seed = next(one for one in every_seed() if one.format == "REFI-QDA")
    astray = (
        b'<PlainTextSelection startPosition="0" endPosition="3"><Coding>'
        b'<CodeRef targetGUID="00000000-0000-4000-8000-000000000011"/>'
        b"</Coding></PlainTextSelection>"
    )
    at = place.encode()

    def meddled(name: str, data: bytes) -> bytes:
        return data.replace(at, at + astray) if name.endswith(".qde") else data

    files = {name: rezipped(data, meddled) if name.endswith(".qdpx") else data
             for name, data in seed.files.items()}  # fmt: skip
    assert put_through(files).findings == ()
