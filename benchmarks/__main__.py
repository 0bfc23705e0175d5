"""``make bench``: this program beside what its user would pick instead, as ratios.

Nothing is asserted: times differ between machines. Quote the ratios.
"""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.console import Console
from rich.table import Table
from scipy.stats import kendalltau

from benchmarks import coded, covers
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
            *all_findings(work),
            *smallest_set(),
            *coder_agreement(),
            *every_choice(),
            *audited_choices(work),
            *ten_years(),
            *main_reports(work),
            *department_reports(work),
            *one_pdf(work),
            *follow_up_report(work),
            *audit_report(work),
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
    from mapping.schemas import CHAIN  # noqa: PLC0415

    def compute() -> list[pd.DataFrame]:
        study = load_year(YEAR, work)
        return [getattr(study, name) for name in CHAIN]

    def read() -> list[pd.DataFrame]:
        return [pd.read_csv(path) for path in (work / "data" / "raw" / str(YEAR)).glob("*.csv")]

    imports = command([sys.executable, "-c", "import mapping.study"])
    return [
        _row("raw files to all tables", call(compute), "1", "pandas.read_csv alone", call(read)),
        _row("  (imports, apart)", imports, ""),
    ]


def all_findings(work: Path) -> list[Row]:
    """All findings with their tests, beside its rank correlations alone in a Python loop.

    The loop calls ``scipy.stats.kendalltau`` for each permutation. It is run for a few
    permutations of one test and its time multiplied by the permutations and tests there are.
    """
    from mapping import load_year  # noqa: PLC0415
    from mapping.findings import findings  # noqa: PLC0415

    study = load_year(YEAR, work)
    mine = call(lambda: findings(study))
    parts = study.finding_parts
    tests = int((parts["p_opposite"].notna() & parts["n"].isna()).sum())
    levels = study.indicators.pivot(index="department_id", columns="indicator", values="level")
    pair = levels[["mandate", "activity"]].dropna().to_numpy(dtype=float)
    few, many = 50, study.protocol.finding_rules.permutations
    loop = call(lambda: _loop(pair, few), runs=3).times(tests * many / few)
    beside = f"kendalltau in a loop, {tests} tests only (from {few} of {many} permutations)"
    return [_row("all findings of one study", mine, "2", beside, loop)]


def _loop(pair: npt.NDArray[np.float64], permutations: int) -> float:
    """P-value of tau-b as a user of scipy would write it."""
    rng = np.random.default_rng(1)
    driver, outcome = pair.T
    observed = kendalltau(driver, outcome).statistic
    drawn = [kendalltau(driver, rng.permutation(outcome)).statistic for _ in range(permutations)]
    return (1 + sum(tau >= observed for tau in drawn)) / (1 + permutations)


def smallest_set() -> list[Row]:
    """The smallest set of tools, beside counting out every choice of at most so many.

    The counting is run for a few choices and its time multiplied by the choices there are.
    """
    from mapping.statistics.covering import smallest_cover  # noqa: PLC0415

    problem = covers.instance()
    chosen = smallest_cover(problem.covers, problem.weights, problem.least) or ()
    mine = call(lambda: smallest_cover(problem.covers, problem.weights, problem.least))
    few, every = 5_000, covers.choices(len(chosen))
    counted = call(lambda: covers.count_out(problem, len(chosen), few), runs=3).times(every / few)
    what = f"smallest set: {covers.TOOLS} tools x {covers.DEPARTMENTS} x {covers.NEEDS}"
    greedy = len(covers.greedy(problem))
    beside = f"every choice (from {few} of {every}); greedy takes {greedy} tools, not {len(chosen)}"
    return [_row(what, mine, "1", beside, counted)]


def coder_agreement() -> list[Row]:
    """Alpha of every code with its bootstrap interval, beside a loop over the library's alpha.

    The loop is run for a few draws and its time multiplied by the draws there are.
    """
    ratings = coded.ratings()
    few = 20
    mine = call(lambda: coded.intervals(ratings))
    loop = call(lambda: coded.loop(ratings, few), runs=5).times(coded.DRAWS / few)
    what = f"alpha of {coded.CODES} codes, {coded.DRAWS} draws"
    beside = f"krippendorff in a loop (from {few} of {coded.DRAWS} draws)"
    return [_row(what, mine, "0.02", beside, loop)]


def every_choice() -> list[Row]:
    """The tiers by 10,560 choices, beside a loop of pandas over them.

    Both get the levels of the aspects by every reading of the evidence. The loop is run for
    some of the readings and its time multiplied by the readings there are.
    """
    from benchmarks import choices  # noqa: PLC0415
    from mapping.protocol import load_protocol  # noqa: PLC0415

    protocol = load_protocol(ROOT / "data" / "protocol" / "su-2020")
    rows = []
    for departments, target in ((50, "0.02"), (2_000, "1")):
        read = choices.readings(departments, protocol)
        mine = call(partial(choices.at_once, read, protocol))
        few, count = read[:: len(read) // 8], choices.at_once(read, protocol).size // departments
        loop = call(partial(choices.one_by_one, few, protocol)).times(len(read) / len(few))
        what = f"{count:,} choices x {departments:,} departments"
        rows.append(
            _row(what, mine, target, f"pandas loop (from one reading in {len(read) // 8})", loop)
        )
    return rows


def audited_choices(work: Path) -> list[Row]:
    """All that the audit's choices and leaving out give of a study, from its evidence."""
    from mapping import load_year  # noqa: PLC0415
    from mapping.auditing import Audit  # noqa: PLC0415

    study = load_year(YEAR, work)
    names = ("choices", "certainty", "choice_effects", "left_out", "without_department")
    known = (study.evidence, study.tiers)
    mine = call(lambda: [getattr(Audit(study), name) for name in names])
    return [_row(f"choices and left out, {len(known[1])} departments", mine, "1")]


def ten_years() -> list[Row]:
    """All tables of the follow-up of ten years, beside only testing the change of two."""
    from benchmarks import years  # noqa: PLC0415
    from mapping.protocol import load_protocol  # noqa: PLC0415

    folder = ROOT / "data" / "protocol"
    gathered = years.gathered(load_protocol(folder / "su-2020"), load_protocol(folder / "su-2021"))
    mine = call(lambda: years.every_table(gathered))
    compared = years.follow_up(gathered)
    by_hand = call(lambda: years.tested_by_hand(compared), runs=3)
    what = f"follow-up of {years.YEARS} years of 50 departments"
    return [_row(what, mine, "3", "statsmodels and scipy, tests of change alone", by_hand)]


def main_reports(work: Path) -> list[Row]:
    """The year's reports in both languages, beside papermill and nbconvert by hand."""
    run = [MAPPING, "run", str(YEAR), "--root", str(work), "--quiet", "--no-departments"]
    mine = command(run, runs=2)
    by_hand = command(_by_hand(work), runs=1, cwd=work)
    return [_row("main reports, sv and en", mine, "40", "papermill, nbconvert to HTML", by_hand)]


def department_reports(work: Path) -> list[Row]:
    """The report of every department in both languages, beside those of one by papermill."""
    run = [MAPPING, "run", str(YEAR), "--root", str(work), "--quiet", "--only", "department"]
    mine = command(run, runs=1)
    count = len(list((work / "reports" / str(YEAR) / "departments").glob("*.pdf")))
    notebook = work / "notebooks" / "department.ipynb"
    words = f"-k python3 --cwd {work} -p year {YEAR} -p root . {notebook} {work}/one.ipynb"
    other = command([str(BIN / "papermill"), *words.split()], runs=1, cwd=work)
    return [_row(f"{count} department PDFs", mine, "150", "one of them by papermill alone", other)]


def _by_hand(work: Path) -> list[str]:
    """A shell loop over the same notebooks, as a user of papermill would write it."""
    notebooks = sorted((work / "notebooks").glob("[0-9]-*.ipynb"))
    return ["sh", "-c", " && ".join(_steps(work, YEAR, notebooks))]


def _steps(work: Path, year: int, notebooks: list[Path]) -> list[str]:
    """The commands that make the pages of these notebooks in both languages."""
    made = work / "by-hand"
    made.mkdir(exist_ok=True)
    return [
        f"{BIN}/papermill -k python3 --cwd {work} -p year {year} -p lang {lang} -p root . "
        f"{notebook} {made}/{notebook.stem}-{lang}.ipynb && "
        f"{BIN}/jupyter-nbconvert --no-input --to html {made}/{notebook.stem}-{lang}.ipynb"
        for lang in ("sv", "en")
        for notebook in notebooks
    ]


def one_pdf(work: Path) -> list[Row]:
    """One executed report as PDF, warm, beside nbconvert's HTML of the same notebook."""
    from nbconvert import HTMLExporter  # noqa: PLC0415

    from mapping.publish import pdf  # noqa: PLC0415

    path = work / "reports" / str(YEAR) / "notebooks" / "4-report-sv.ipynb"
    notebook = nbformat.read(path, as_version=4)
    html = call(lambda: HTMLExporter(exclude_input=True).from_notebook_node(notebook))
    return [_row("a PDF, warm", call(lambda: pdf(notebook)), "0.3", "nbconvert to HTML only", html)]


def follow_up_report(work: Path) -> list[Row]:
    """The follow-up in both languages, beside papermill and nbconvert by hand."""
    year, notebook = YEAR + 1, work / "notebooks" / "follow-up.ipynb"
    run = [MAPPING, "run", str(year), "--root", str(work), "--quiet", "--only", "follow-up"]
    mine = command(run)
    by_hand = command(["sh", "-c", " && ".join(_steps(work, year, [notebook]))], cwd=work)
    return [_row("follow-up PDFs, sv and en", mine, "15", "papermill, nbconvert to HTML", by_hand)]


def audit_report(work: Path) -> list[Row]:
    """The audit in both languages with plain kernels, beside papermill and nbconvert by hand."""
    notebook = work / "notebooks" / "audit.ipynb"
    run = [MAPPING, "run", str(YEAR), "--root", str(work), "--quiet", "--only", "audit"]
    mine = command(run)
    by_hand = command(["sh", "-c", " && ".join(_steps(work, YEAR, [notebook]))], cwd=work)
    return [_row("audit PDFs, sv and en", mine, "20", "papermill, nbconvert to HTML", by_hand)]


if __name__ == "__main__":
    main()
