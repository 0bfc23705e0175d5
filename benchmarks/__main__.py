"""``make bench``: this program beside what its user would pick instead, as ratios.

Nothing is asserted: times differ between machines. Quote the ratios.
"""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Measurement, call, command

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
YEAR = 2020
MAPPING = str(BIN / "mapping")


def main() -> None:
    """Measure everything and print one table."""
    table = Table(title=f"mapping {YEAR}; {platform.machine()}, Python {platform.python_version()}")
    for header in ("what", "seconds (median)", "target", "peak MB", "beside", "ratio"):
        table.add_column(header, justify="left" if header in ("what", "beside") else "right")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        _fresh_root(work)
        for row in (
            *start_up(),
            *raw_to_tables(work),
            *main_reports(work),
            *one_pdf(work),
        ):
            table.add_row(*row)
    Console(width=120).print(table)


Row = tuple[str, str, str, str, str, str]


def _row(
    what: str, mine: Measurement, target: str, beside: str = "", other: Measurement | None = None
) -> Row:
    memory = "" if mine.memory is None else f"{mine.memory:.0f}"
    ratio = "" if other is None else f"{other.median / mine.median:.2f} x as long"
    shown = beside if other is None else f"{beside}: {other.median:.2f} s"
    return what, f"{mine.median:.3f}", target, memory, shown, ratio


def _fresh_root(work: Path) -> None:
    shutil.copytree(ROOT / "data" / "raw", work / "data" / "raw")
    shutil.copytree(ROOT / "data" / "protocol", work / "data" / "protocol")
    shutil.copytree(ROOT / "notebooks", work / "notebooks")


def start_up() -> list[Row]:
    """``mapping --help``, beside the help of the tool that a user would otherwise call."""
    mine = command([MAPPING, "--help"])
    papermill = command([str(BIN / "papermill"), "--help"])
    return [_row("mapping --help", mine, "0.3", "papermill --help", papermill)]


def raw_to_tables(work: Path) -> list[Row]:
    """Raw files to all processed tables in memory, beside only reading the files with pandas."""
    from mapping import load_year  # noqa: PLC0415  (its import is measured too)
    from mapping.schemas import TABLES  # noqa: PLC0415

    def compute() -> list[pd.DataFrame]:
        study = load_year(YEAR, work)
        return [getattr(study, name) for name in TABLES]

    def read() -> list[pd.DataFrame]:
        return [pd.read_csv(path) for path in (work / "data" / "raw" / str(YEAR)).glob("*.csv")]

    imports = command([sys.executable, "-c", "import mapping.study"])
    return [
        _row("raw files to all tables", call(compute), "1", "pandas.read_csv alone", call(read)),
        _row("  (imports, apart)", imports, ""),
    ]


def main_reports(work: Path) -> list[Row]:
    """The year's reports in both languages, beside papermill and nbconvert by hand."""
    mine = command([MAPPING, "run", str(YEAR), "--root", str(work), "--quiet"], runs=2)
    by_hand = command(_by_hand(work), runs=1, cwd=work)
    return [_row("main reports, sv and en", mine, "40", "papermill, nbconvert to HTML", by_hand)]


def _by_hand(work: Path) -> list[str]:
    """A shell loop over the same notebooks, as a user of papermill would write it."""
    made = work / "by-hand"
    made.mkdir()
    steps = [
        f"{BIN}/papermill -k python3 --cwd {work} -p year {YEAR} -p lang {lang} -p root . "
        f"{notebook} {made}/{notebook.stem}-{lang}.ipynb && "
        f"{BIN}/jupyter-nbconvert --no-input --to html {made}/{notebook.stem}-{lang}.ipynb"
        for lang in ("sv", "en")
        for notebook in sorted((work / "notebooks").glob("[0-9]-*.ipynb"))
    ]
    return ["sh", "-c", " && ".join(steps)]


def one_pdf(work: Path) -> list[Row]:
    """One executed report as PDF, warm, beside nbconvert's HTML of the same notebook."""
    from nbconvert import HTMLExporter  # noqa: PLC0415

    from mapping.publish import pdf  # noqa: PLC0415

    path = work / "reports" / str(YEAR) / "notebooks" / "4-report-sv.ipynb"
    notebook = nbformat.read(path, as_version=4)
    html = call(lambda: HTMLExporter(exclude_input=True).from_notebook_node(notebook))
    return [_row("a PDF, warm", call(lambda: pdf(notebook)), "0.3", "nbconvert to HTML only", html)]


if __name__ == "__main__":
    main()
