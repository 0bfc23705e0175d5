"""Files as large as they may become, and what reading them takes: ``python -m benchmarks.sizes``.

200,000 coded segments and 1,000,000 responses, made in a folder that goes away again; each is read
in a process of its own, beside the library that a user would pick instead. The readers check every
cell, the libraries none.
"""

from __future__ import annotations

import argparse
import csv
import platform
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
import pandas as pd
import pyreadstat
import xlsxwriter
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Measurement, command
from mapping.protocol import Item, Protocol, load_protocol

ROOT = Path(__file__).parents[1]
SEGMENTS, RESPONSES = 200_000, 1_000_000
DEPARTMENTS = tuple(f"ABC-{number}" for number in range(1, 51))
SOURCES = 200
CODERS = ("Ann", "Zoe")
TEXT = "Det finns ett visst intresse för alumner, men inget uppdrag är beskrivet. "

STUDY = """\
year = 2020
protocol = "su-2020"
synthetic = true
contact = "a@example.org"
names = "code"
[title]
sv = "T"
en = "T"
[fieldwork]
start = 2019-12-02
end = 2020-04-30
"""

OURS = (
    "import sys; from pathlib import Path; from mapping.protocol import load_protocol; "
    "from mapping.instruments import read_settings, read_year; folder = Path(sys.argv[1]); "
    "read_year(folder, load_protocol(Path(sys.argv[2])), read_settings(folder))"
)
XML = (
    "import sys, zipfile; from lxml import etree; "
    "file = zipfile.ZipFile(sys.argv[1]).open('project.qde'); "
    "[element.clear() for _, element in etree.iterparse(file)]"
)
OTHERS = {
    "qdpx": ("lxml.iterparse", XML),
    "interviews.csv": ("pandas.read_csv", "import sys, pandas; pandas.read_csv(sys.argv[1])"),
    "segments.xlsx": (
        "pandas.read_excel (openpyxl)",
        "import sys, pandas; pandas.read_excel(sys.argv[1])",
    ),
    "codes": ("pandas.read_csv", "import sys, pandas; pandas.read_csv(sys.argv[1])"),
    "long answers": ("pandas.read_csv", "import sys, pandas; pandas.read_csv(sys.argv[1])"),
    "sav": ("pyreadstat.read_sav", "import sys, pyreadstat; pyreadstat.read_sav(sys.argv[1])"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Make each file, read it in both ways, and print one table."""
    asked = _arguments().parse_args(arguments)
    protocol_folder = ROOT / "data" / "protocol" / "su-2020"
    protocol = load_protocol(protocol_folder)
    table = Table(title=f"reading; {platform.machine()}, Python {platform.python_version()}")
    heads = ("file", "MB", "seconds", "rows a second", "peak MB", "beside", "seconds", "peak MB",
             "ratio")  # fmt: skip
    for head in heads:
        table.add_column(head, justify="left" if head in ("file", "beside") else "right")
    for name, made in _makers(protocol, asked.share).items():
        if asked.only and name not in asked.only:
            continue
        with tempfile.TemporaryDirectory() as place:
            table.add_row(*_row(name, made, Path(place) / "2020", protocol_folder))
    Console(width=140).print(table)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sizes", description=__doc__)
    parser.add_argument("--share", type=float, default=1, help="of the rows; 0.1 for a first look")
    parser.add_argument("--only", action="append", choices=OTHERS)
    return parser


def _row(name: str, made: tuple[Maker, int], folder: Path, protocol: Path) -> tuple[str, ...]:
    make, rows = made
    items = [item.item for item in load_protocol(protocol).items]
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    _register(folder)
    path = make(folder)
    empty = _EMPTY | {"survey.csv": ("id", "submitdate", "department", "role", *items)}
    for table, columns in empty.items():
        if not (folder / table).exists() and not path.name.startswith(_INSTEAD.get(table, "-")):
            (folder / table).write_text(",".join(columns) + "\n", encoding="utf-8")
    beside, code = OTHERS[name]
    mine = command([sys.executable, "-c", OURS, str(folder), str(protocol)], runs=1)
    other = command([sys.executable, "-c", code, str(path)], runs=1)
    size = f"{path.stat().st_size / 1e6:.0f}"
    speed = f"{rows / mine.median:,.0f}"
    ratio = f"{mine.median / other.median:.1f} x"
    return (f"{name}, {rows:,} rows", size, _seconds(mine), speed, _peak(mine), beside,
            _seconds(other), _peak(other), ratio)  # fmt: skip


def _seconds(found: Measurement) -> str:
    return f"{found.median:.1f}"


def _peak(found: Measurement) -> str:
    return "" if found.memory is None else f"{found.memory:.0f}"


_INSTEAD = {"interviews.csv": "segments", "survey.csv": "results"}
_EMPTY: dict[str, tuple[str, ...]] = {
    "interviews.csv": ("segment_id", "interview_id", "department_id", "date", "respondent_role",
                       "coder", "code", "excerpt"),
    "workshop.csv": ("item_id", "department_id", "date", "quadrant", "theme", "votes", "statement"),
}  # fmt: skip


Maker = Callable[[Path], Path]


def _makers(protocol: Protocol, share: float) -> dict[str, tuple[Maker, int]]:
    segments, responses = int(SEGMENTS * share), int(RESPONSES * share)
    codes = [code.code for code in protocol.codes if code.instrument == "interview"]
    return {
        "qdpx": (lambda folder: _qdpx(folder, codes, segments), segments),
        "interviews.csv": (lambda folder: _interviews(folder, codes, segments), segments),
        "segments.xlsx": (lambda folder: _maxqda(folder, codes, segments), segments),
        "codes": (lambda folder: _export(folder, protocol, responses), responses),
        "long answers": (lambda folder: _export(folder, protocol, responses, long=True), responses),
        "sav": (lambda folder: _sav(folder, protocol, responses), responses),
    }


def _register(folder: Path) -> None:
    columns = (
        "department_id,name,faculty,students_programme,students_course,advanced_share,programmes,"
        "staff_fte,research_share,staff_turnover,applicants_per_place,throughput"
    )
    rows = (f"{ident},Institution {ident},,,,,,,,,," for ident in DEPARTMENTS)
    (folder / "departments.csv").write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")


# --- interviews -----------------------------------------------------------------------------


def _segments(codes: Sequence[str], many: int) -> Iterator[tuple[int, int, str, str]]:
    """Number of the segment, its source, coder and code: two coders at each segment."""
    for number in range(many):
        segment = number // 2
        yield segment, segment % SOURCES, CODERS[number % 2], codes[segment % len(codes)]


def _interviews(folder: Path, codes: Sequence[str], many: int) -> Path:
    path = folder / "interviews.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_EMPTY["interviews.csv"])
        for segment, source, coder, code in _segments(codes, many):
            department = DEPARTMENTS[source % len(DEPARTMENTS)]
            writer.writerow([f"s{segment}", f"i{source}", department, "2020-01-15", "head", coder,
                             code, f"{TEXT}{segment}"])  # fmt: skip
    return path


def _maxqda(folder: Path, codes: Sequence[str], many: int) -> Path:
    path = folder / "segments.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        heads = ("Document name", "Code", "Beginning", "End", "Segment", "Created by")
        sheet.write_row(0, 0, heads)
        for row, (segment, source, coder, code) in enumerate(_segments(codes, many), start=1):
            place = str(segment // SOURCES + 1)
            cells = (f"doc{source}", code, place, place, f"{TEXT}{segment}", coder)
            sheet.write_row(row, 0, cells)
    with (folder / "documents.csv").open("w", encoding="utf-8") as file:
        file.write("document,department_id,interview_id,date,role\n")
        for source in range(SOURCES):
            department = DEPARTMENTS[source % len(DEPARTMENTS)]
            file.write(f"doc{source},{department},i{source},2020-01-15,\n")
    return path


def _guid(kind: int, number: int) -> str:
    return str(UUID(int=(kind << 64) + number))


def _qdpx(folder: Path, codes: Sequence[str], many: int) -> Path:
    path = folder / "segments.qdpx"
    text = TEXT * (many // 2 // SOURCES + 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", "".join(_project(codes, many)))
        for source in range(SOURCES):
            archive.writestr(f"sources/{_guid(9, source)}.txt", text)
    return path


def _project(codes: Sequence[str], many: int) -> Iterator[str]:
    """The project's XML: two codings of each segment, one of each coder."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield '<Project xmlns="urn:QDA-XML:project:1.0" name="large"><Users>'
    yield from (f'<User guid="{_guid(1, n)}" name="{name}"/>' for n, name in enumerate(CODERS))
    yield "</Users><CodeBook><Codes>"
    for number, code in enumerate(codes):
        yield f'<Code guid="{_guid(2, number)}" name="{code}" isCodable="true"/>'
    yield f'</Codes></CodeBook><Variables><Variable guid="{_guid(3, 0)}" name="department" '
    yield 'typeOfVariable="Text"/></Variables><Cases>'
    for source in range(SOURCES):
        yield f'<Case guid="{_guid(4, source)}"><VariableValue><VariableRef targetGUID="'
        yield f'{_guid(3, 0)}"/><TextValue>{DEPARTMENTS[source % len(DEPARTMENTS)]}</TextValue>'
        yield f'</VariableValue><SourceRef targetGUID="{_guid(5, source)}"/></Case>'
    yield "</Cases><Sources>"
    for source in range(SOURCES):
        yield f'<TextSource guid="{_guid(5, source)}" name="{source}" '
        yield f'plainTextPath="internal://{_guid(9, source)}.txt">'
        for place in range(many // 2 // SOURCES):
            start = place * len(TEXT)
            ident = source * SEGMENTS + place
            code = codes[(source + place) % len(codes)]
            yield f'<PlainTextSelection guid="{_guid(6, ident)}" startPosition="{start}" '
            yield f'endPosition="{start + len(TEXT) - 2}">'
            for user in range(len(CODERS)):
                yield f'<Coding guid="{_guid(7 + user, ident)}" creatingUser="{_guid(1, user)}">'
                yield f'<CodeRef targetGUID="{_guid(2, codes.index(code))}"/></Coding>'
            yield "</PlainTextSelection>"
        yield "</TextSource>"
    yield "</Sources></Project>"


# --- survey ---------------------------------------------------------------------------------


def _answers(item: Item) -> list[str]:
    fixed = {"likert5": [*"12345", ""], "multiple": ["Y", ""], "yes_no": ["Y", "N", ""]}
    return fixed.get(item.type, [code for code, _ in item.answers])


def _responses(protocol: Protocol, many: int) -> pd.DataFrame:
    """Responses with LimeSurvey's leading columns, codes as headings and as answers."""
    random = np.random.default_rng(1)
    frame = {
        "id": np.arange(1, many + 1).astype(str),
        "submitdate": np.full(many, "2020-03-01 12:00:00", dtype=object),
        "lastpage": np.full(many, "3", dtype=object),
        "startlanguage": np.full(many, "sv", dtype=object),
        "seed": random.integers(10**8, 10**9, many).astype(str),
        "department": random.choice(np.array(DEPARTMENTS, dtype=object), many),
        "role": random.choice(np.array(["head", "officer", ""], dtype=object), many),
    }
    for item in protocol.items:
        choices = np.array(_answers(item), dtype=object)
        frame[item.limesurvey_code] = random.choice(choices, many)
    return pd.DataFrame(frame)


def _export(folder: Path, protocol: Protocol, many: int, *, long: bool = False) -> Path:
    path = folder / "results-survey1.csv"
    frame = _responses(protocol, many)
    if long:
        from mapping.instruments.limesurvey import questionnaire_of  # noqa: PLC0415

        for question in questionnaire_of(protocol).questions:
            texts = {answer.code: answer.texts["sv"] for answer in question.answers}
            for column in frame:
                if column.partition("[")[0] == question.code and texts:
                    frame[column] = frame[column].map(lambda cell, t=texts: t.get(cell, cell))
    frame.to_csv(path, index=False, quoting=csv.QUOTE_ALL, encoding="utf-8-sig")
    return path


def _sav(folder: Path, protocol: Protocol, many: int) -> Path:
    path = folder / "results.sav"
    frame = _responses(protocol, many)
    frame.columns = [name.replace("[", "_").rstrip("]") for name in frame]
    for item in protocol.items:
        name = item.limesurvey_code.replace("[", "_").rstrip("]")
        if item.type == "likert5":
            frame[name] = pd.to_numeric(frame[name])
    pyreadstat.write_sav(frame, path, compress=True)
    return path


if __name__ == "__main__":
    main()
