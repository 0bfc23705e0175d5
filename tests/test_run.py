from __future__ import annotations

import errno
import io
import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pikepdf
import pytest
from made_notebooks import pages, squeezed
from made_notebooks import text as pdf_text
from small_root import SETTINGS, contents, make_root, read_year, small_parts, write_notebook

from mapping import prose, roots
from mapping.errors import DataError, Problem, RunError, UsageError
from mapping.pipeline import provenance, store, workers
from mapping.pipeline.notebooks import Instance, Notebook
from mapping.pipeline.progress import Progress
from mapping.pipeline.run import RunRequest, run
from mapping.pipeline.store import Store
from mapping.processed import read_table
from mapping.protocol import load_protocol
from mapping.publish import pdf

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(autouse=True, scope="module")
def _same_code() -> Iterator[None]:
    """The package counts as the same, also while somebody edits it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(roots, "code_hash", lambda: "code")
        yield


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root after its first run."""
    root = make_root(tmp_path_factory.mktemp("root"))
    run(RunRequest(2020, root), small_parts())
    return root


@pytest.fixture
def root(made_once: Path, tmp_path: Path) -> Path:
    """A copy of that root, to be changed."""
    return Path(shutil.copytree(made_once, tmp_path / "copy"))


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notebooks are empty: for what a run does with them, whatever they show."""
    monkeypatch.setattr(workers, "execute", lambda *_: nbformat.v4.new_notebook())


def manifest(root: Path) -> dict[str, Any]:
    return json.loads((root / "reports/2020/manifest.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def run_json(root: Path) -> dict[str, Any]:
    return json.loads((root / "data/processed/2020/run.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_a_run_leaves_reports_tables_and_their_provenance(made_once: Path) -> None:
    assert sorted(contents(made_once / "reports" / "2020")) == [
        "manifest.json",
        "notebooks/1-first-en.ipynb",
        "notebooks/1-first-sv.ipynb",
        "notebooks/2-second-en.ipynb",
        "notebooks/2-second-sv.ipynb",
        "numbers.json",
        "second-2020-en.pdf",
        "second-2020-sv.pdf",
        "tables-2020.xlsx",
    ]
    assert sorted(contents(made_once / "data/processed/2020")) == [
        "respondents.parquet",
        "run.json",
    ]
    assert not list((made_once / "data").glob("errors-*"))


def test_the_manifest_has_the_hash_of_every_other_file(made_once: Path) -> None:
    reports = made_once / "reports" / "2020"
    listed = manifest(made_once)["files"]
    assert set(listed) == set(contents(reports)) - {"manifest.json"}
    assert all(entry["sha256"] == store.sha256(reports / name) for name, entry in listed.items())
    assert manifest(made_once)["run"] == run_json(made_once)["run"]


def test_run_json_tells_what_the_results_depend_on(made_once: Path) -> None:
    told = run_json(made_once)
    assert told["command"] == "mapping run 2020 --lang sv --lang en"
    assert told["parameters"] == {
        "year": 2020,
        "languages": ["sv", "en"],
        "only": [],
        "departments": True,
        "edition": "internal",
    }
    assert told["protocol"]["name"] == "su-2020"
    assert told["protocol"]["from"] == "shipped"
    own = {name: file["from"] for name, file in told["notebooks"].items()}
    shipped = dict.fromkeys(["department.ipynb", "open.ipynb"], "shipped")
    assert own == {"1-first.ipynb": "root", "2-second.ipynb": "root", **shipped}
    raw = made_once / "data/raw/2020/survey.csv"
    assert told["inputs"] == {
        "survey.csv": {"sha256": store.sha256(raw), "rows": 1, "extra_columns": ["note"]}
    }
    assert told["left_out"] == {"survey": {"blank": 1}}
    assert {"python", "mapping", "pandas", "matplotlib", "typst"} <= set(told["versions"])
    assert set(told["times"]["notebooks"]) == {
        f"{name} ({lang})" for name in ("1-first", "2-second") for lang in ("sv", "en")
    }
    assert str(made_once) not in json.dumps(told)


def test_no_time_and_no_place_is_in_the_reports(made_once: Path) -> None:
    for name, data in contents(made_once / "reports" / "2020").items():
        assert str(made_once).encode() not in data, name
        assert b"papermill" not in data, name


def test_each_language_has_its_own_and_the_later_ones_read_the_tables(root: Path) -> None:
    write_notebook(root / "notebooks", "1-first", "print(lang, tables, out, root)")
    run(RunRequest(2020, root, only=("1-first",)), small_parts())
    printed = {
        lang: nbformat.read(root / f"reports/2020/notebooks/1-first-{lang}.ipynb", 4)
        .cells[2]
        .outputs[0]
        .text.strip()
        for lang in ("sv", "en")
    }
    assert printed == {
        "sv": "sv None data/processed/2020.new .",
        "en": "en data/processed/2020.new None .",
    }


def test_the_notebooks_own_tables_are_not_computed_again(root: Path) -> None:
    """A table that a notebook wrote stands; what none wrote is computed from the raw data."""
    asked = []

    class Study:
        def write(self, _: Path, *names: str) -> None:
            asked.append(names)

    code = """\
from pathlib import Path
if out: (Path(out) / "tiers.parquet").write_bytes(b"tiers")"""
    write_notebook(root / "notebooks", "1-first", code)
    parts = small_parts(load_year=lambda *_: Study())
    with pytest.raises(RunError, match=r"tiers\.parquet is not a Parquet table"):
        run(RunRequest(2020, root, ("sv",)), parts)
    assert "tiers" not in asked[0]
    assert "swot" in asked[0]


# --- notebooks of one's own ----------------------------------------------------------------


def own_pdf(root: Path, *cells: str, lang: str = "sv", **parts: Any) -> bytes:
    """What a notebook of one's own with these cells becomes, through the real PDF."""
    write_notebook(root / "notebooks", "5-mine", *cells, report="mine")
    request = RunRequest(2020, root, (lang,), ("mine",))
    run(request, small_parts(pdf=pdf, **parts))
    return (root / f"reports/2020/mine-2020-{lang}.pdf").read_bytes()


def said(html: str, **document: object) -> str:
    """A cell that shows this HTML; ``document`` is its metadata of the document."""
    metadata = {"mapping": {"document": document}} if document else {}
    data = {"text/html": html}
    return f"from IPython.display import display\ndisplay({data}, raw=True, metadata={metadata})"


@pytest.mark.parametrize(
    ("lang", "edition", "mark", "foot"),
    [
        ("sv", "intern: inte för publicering", "Syntetiska exempeldata", "sida 1 av 1"),
        ("en", "internal: not for publication", "Synthetic example data", "page 1 of 1"),
    ],
)
def test_a_notebook_without_a_title_of_ours_bears_the_marks_of_the_study(
    root: Path, lang: str, edition: str, mark: str, foot: str
) -> None:
    made = own_pdf(root, said("<h2>Min fråga</h2><p>Svar.</p>"), lang=lang)
    (page,) = pages(made)
    shown = squeezed(page)
    assert squeezed(f"Min fråga · 2020 · {edition}") in shown
    assert shown.count(squeezed(mark)) >= 2  # at the top, and at the foot of each page
    assert squeezed(foot) in shown
    assert squeezed(SETTINGS.title[lang]) in shown
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert str(opened.Root.Lang) == lang
        assert "20200430" in str(opened.docinfo["/CreationDate"])
    assert own_pdf(root, said("<h2>Min fråga</h2><p>Svar.</p>"), lang=lang) == made


def test_a_notebook_without_any_heading_is_called_as_its_report(root: Path) -> None:
    assert squeezed("mine · 2020 · intern") in pdf_text(own_pdf(root, "year"))


def test_no_such_mark_on_real_data(root: Path) -> None:
    real = replace(SETTINGS, synthetic=False)
    made = pdf_text(own_pdf(root, said("<h2>Min fråga</h2>"), read_settings=lambda _: real))
    assert squeezed("intern: inte för publicering") in made
    assert "yntet" not in made


def test_a_document_of_ones_own_lacks_no_mark(root: Path) -> None:
    """Its own words stand; what it leaves out is the study's."""
    made = pdf_text(
        own_pdf(root, said("<h1>Egen</h1>", title="Egen", edition="utkast till styrelsen"))
    )
    assert squeezed("Egen · 2020 · utkast till styrelsen") in made
    assert squeezed("Syntetiska exempeldata") in made


def test_marks_of_another_run_give_way(root: Path) -> None:
    """Somebody copies an executed notebook of an example year into a root with real data."""
    path = write_notebook(root / "notebooks", "5-mine", "year", report="mine")
    copied = nbformat.read(path, 4)
    stale = {"title": "Min fråga", "synthetic": "Synthetic example data", "lang": "en", "year": 1}
    copied.metadata.mapping["document"] = stale
    nbformat.write(copied, path)
    real = replace(SETTINGS, synthetic=False)
    run(RunRequest(2020, root, ("sv",), ("mine",)), small_parts(read_settings=lambda _: real))
    stored = nbformat.read(root / "reports/2020/notebooks/5-mine-sv.ipynb", 4)
    told = stored.metadata.mapping.document
    assert (told.title, told.synthetic, told.lang, told.year) == ("Min fråga", None, "sv", 2020)


def test_a_notebook_with_a_title_of_ours_is_stored_as_it_is(root: Path) -> None:
    words = prose.words("sv", load_protocol(roots.shipped("protocol") / "su-2020"))
    cell = said("<h1>T</h1>", title="T", **prose.marks(words, SETTINGS))
    own_pdf(root, cell)
    stored = nbformat.read(root / "reports/2020/notebooks/5-mine-sv.ipynb", 4)
    assert stored.metadata.mapping == {"report": "mine"}


# --- errors leave everything as it was -----------------------------------------------------


def snapshot(root: Path) -> dict[str, bytes]:
    return contents(root / "reports" / "2020") | contents(root / "data" / "processed" / "2020")


def assert_untouched(root: Path, before: dict[str, bytes]) -> None:
    assert snapshot(root) == before
    assert not list(root.glob("data/processed/*.new"))
    assert not list(root.glob("reports/*.new"))


@pytest.mark.usefixtures("no_kernel")
def test_wrong_data_are_listed_until_the_next_good_run(root: Path) -> None:
    before = snapshot(root)

    def refuse(*_: object) -> None:
        raise DataError([Problem("survey.csv", 2, "id", "x")])

    with pytest.raises(DataError):
        run(RunRequest(2020, root), small_parts(read_year=refuse))
    assert_untouched(root, before)
    errors = root / "data" / "errors-2020.csv"
    assert "survey.csv,2,id,x" in errors.read_text(encoding="utf-8-sig")
    run(RunRequest(2020, root, only=("second",)), small_parts())
    assert not errors.exists()


def test_a_failing_notebook_is_kept_and_nothing_else(root: Path) -> None:
    before = snapshot(root)
    write_notebook(root / "notebooks", "2-second", "1 / 0")
    with pytest.raises(RunError) as caught:
        run(RunRequest(2020, root), small_parts())
    assert_untouched(root, before)
    kept = str(caught.value).rpartition("The failed notebook is kept: ")[2]
    assert kept.endswith("/2-second-sv.ipynb")
    cells = nbformat.read(root / kept, 4).cells
    assert cells[2].outputs[0].ename == "ZeroDivisionError"
    log = (root / kept).with_name("log.txt").read_text(encoding="utf-8")
    assert "2-second (sv) failed: 2-second.ipynb, cell 2" in log


PLANTED = ("Hemlig", "Påhittsdotter", "dekan@example", "7741")
LEAKS = {
    "lines": "import pandas as pd; raise ValueError(f'bad {pd.Series(text.split())}')",
    "group": "raise ExceptionGroup(text, [KeyError(text)])",
    "cause": "try:\n    int(text)\nexcept ValueError as e:\n    raise TypeError(text) from e",
    "system": "import os; os.write(2, text.encode()); os.write(1, text.encode()); 1 / 0",
    "dies": "import os; os.write(2, text.encode()); os._exit(3)",
}


LEAKING = """
import sys
sys.path.insert(0, sys.argv[1])
from small_root import small_parts
from mapping import cli
from mapping.pipeline import run
run.standard_parts = small_parts
for root in sys.argv[2:]:
    try:
        cli.app(["run", "2020", "--lang", "sv", "--root", root])
    except SystemExit as ended:
        print(f"ended {root} {ended.code}")
"""


@pytest.fixture(scope="module")
def leaking(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Path], str, str]:
    """The root of each failed run by its kind, and what all of them wrote to the terminal."""
    folder = tmp_path_factory.mktemp("leaks")
    roots_of = {kind: make_root(folder / kind) for kind in LEAKS}
    for kind, root in roots_of.items():
        (root / "data" / "words").write_text(" ".join(PLANTED), encoding="utf-8")
        (root / "notebooks" / "2-second.ipynb").unlink()
        read = f"""\
import sys, warnings
text = open("data/words", encoding="utf-8").read()
warnings.warn(text)
print(text, file=sys.stderr)
{LEAKS[kind]}"""
        write_notebook(root / "notebooks", "1-first", read)
    command = [sys.executable, "-c", LEAKING, Path(__file__).parent, *roots_of.values()]
    done = subprocess.run(
        [str(part) for part in command], check=False, capture_output=True, text=True
    )
    return roots_of, done.stdout, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("kind", LEAKS)
def test_a_failed_run_leaves_no_value_of_the_data_anywhere(
    leaking: tuple[dict[str, Path], str, str], kind: str
) -> None:
    root, stdout, stderr = leaking[0][kind], *leaking[1:]
    assert f"ended {root} 3\n" in stdout, stderr
    left = contents(root / "reports")
    assert any(name.endswith("1-first-sv.ipynb") for name in left)
    shown = {"stdout": stdout, "stderr": stderr}
    shown |= {name: data.decode() for name, data in left.items()}
    for name, text in shown.items():
        assert not [word for word in PLANTED if word in text], (name, text)


@pytest.mark.usefixtures("no_kernel")
def test_a_pdf_that_fails_leaves_everything(root: Path) -> None:
    before = snapshot(root)

    def fail(_: object) -> bytes:
        raise RunError("no alt text in cell 3")

    with pytest.raises(RunError, match=r"^2-second\.ipynb, 2-second \(sv\), as PDF: no alt"):
        run(RunRequest(2020, root), small_parts(pdf=fail))
    assert_untouched(root, before)


@pytest.mark.usefixtures("no_kernel")
def test_raw_data_that_change_during_the_run_are_noticed(root: Path) -> None:
    before = snapshot(root)

    def change(*_: object) -> bytes:
        (root / "data/raw/2020/survey.csv").write_text("id\n2\n", encoding="utf-8")
        return b""

    with pytest.raises(UsageError, match=r"changed while .* under way: survey\.csv; run again"):
        run(RunRequest(2020, root), small_parts(workbook=change))
    assert_untouched(root, before)


@pytest.mark.usefixtures("no_kernel")
def test_an_optional_raw_file_that_comes_in_during_the_run_is_noticed(root: Path) -> None:
    def add(*_: object) -> bytes:
        (root / "data/raw/2020/lineage.csv").write_text("id\n", encoding="utf-8")
        return b""

    with pytest.raises(UsageError, match=r"under way: lineage\.csv; run again"):
        run(RunRequest(2020, root), small_parts(workbook=add))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("data/protocol/su-2020/protocol.toml", "\n", "\n# other\n"), r"protocol su-2020;"),
        (("notebooks/2-second.ipynb", "print", "repr"), r"2-second\.ipynb;"),
        (("data/protocol/su-2020/protocol.toml", "=", "=="), "what it reads;"),
    ],
)
@pytest.mark.usefixtures("no_kernel")
def test_a_method_that_changes_during_the_run_is_noticed(
    root: Path, change: tuple[str, str, str], named: str
) -> None:
    """Else run.json would name a method that was not the one used."""
    shutil.copytree(REPOSITORY / "data/protocol/su-2020", root / "data/protocol/su-2020")
    before = snapshot(root)

    def changing(*_: object) -> bytes:
        edit(root / change[0], *change[1:])
        return b""

    with pytest.raises(UsageError, match=f"changed while the run was under way: {named} run"):
        run(RunRequest(2020, root), small_parts(workbook=changing))
    assert_untouched(root, before)


@pytest.mark.usefixtures("no_kernel")
def test_a_program_that_changes_during_the_run_is_noticed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(*_: object) -> bytes:
        monkeypatch.setattr(roots, "code_hash", lambda: "other")
        return b""

    with pytest.raises(UsageError, match="under way: the program; run"):
        run(RunRequest(2020, root), small_parts(workbook=change))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"year": 1999}, "no raw data for 1999 in data/raw; years there: 2020"),
        ({"languages": ("fr",)}, "languages are sv, en, each once; got fr"),
        ({"languages": ("sv", "sv")}, "each once; got sv, sv"),
        ({"languages": ()}, "each once; got none"),
        ({"only": ("swot",)}, "no report 'swot'; there are 1-first, department, second"),
    ],
)
def test_wrong_use(made_once: Path, changes: dict[str, Any], message: str) -> None:
    request = replace(RunRequest(2020, made_once), **changes)
    with pytest.raises(UsageError, match=message):
        run(request, small_parts())


def test_a_second_run_is_told_to_wait(root: Path) -> None:
    with store.locked(Store(root, 2020)), pytest.raises(UsageError, match="run already"):
        run(RunRequest(2020, root), small_parts())


@pytest.mark.usefixtures("no_kernel")
def test_only_the_last_five_runs_are_kept(root: Path) -> None:
    runs = root / "reports" / ".runs"
    for day in range(1, 8):
        (runs / f"2020010{day}T000000-2020-1").mkdir()
    run(RunRequest(2020, root), small_parts())
    kept = sorted(path.name for path in runs.iterdir())
    assert len(kept) == 5
    assert "20200103T000000-2020-1" not in kept
    assert "20200107T000000-2020-1" in kept


# --- an exchange that is stopped -----------------------------------------------------------


class Stopping:
    """Stops at the n-th rename of a folder of results, before or after it is done.

    From then on every further rename gets ``then``, as when a scanner holds the files.
    """

    def __init__(
        self, step: int, error: BaseException, then: BaseException | None, *, after: bool
    ) -> None:
        self._left, self._error, self._then, self._after = step, error, then, after
        self._replace = os.replace

    def __call__(self, source: Any, target: Any) -> None:
        if Path(source).suffix == ".part":  # a file, not a folder
            self._replace(source, target)
            return
        self._left -= 1
        if self._left < 0 and self._then:
            raise self._then
        if self._left or self._after:
            self._replace(source, target)
        if not self._left:
            raise self._error


def stop(kind: str) -> BaseException | None:
    held = PermissionError(errno.EACCES, "Access is denied", "x")
    return {"key": KeyboardInterrupt(), "held": held, "": None}[kind]


def run_stopped(root: Path, stopping: Stopping) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "execute", lambda *_: nbformat.v4.new_notebook())
        patch.setattr(os, "replace", stopping)
        run(RunRequest(2020, root), small_parts())


@pytest.mark.parametrize("then", ["", "held", "key"])
@pytest.mark.parametrize("kind", ["key", "held"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_results_survive_an_exchange_that_is_stopped(
    root: Path, step: int, after: Any, kind: str, then: str
) -> None:
    place, before = Store(root, 2020), snapshot(root)
    error = stop(kind)
    assert error is not None
    stopping = Stopping(step, error, stop(then), after=after)
    with pytest.raises((UsageError, KeyboardInterrupt)) as caught:
        run_stopped(root, stopping)
    told = " ".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    undone = "The previous results are as they were." in told
    assert undone != ("The new results are complete: the next run puts them in place." in told)
    assert undone == (not place.journal.exists())
    if undone:
        assert_untouched(root, before)
    with store.locked(place):
        store.recover(place)
    assert (snapshot(root) == before) == undone
    listed = {name: entry["sha256"] for name, entry in manifest(root)["files"].items()}
    assert {name: store.sha256(root / "reports/2020" / name) for name in listed} == listed
    assert {path.name for path in place.reports.parent.iterdir()} == {"2020", ".runs"}
    assert {path.name for path in place.processed.parent.iterdir()} == {"2020", ".2020.lock"}


@pytest.mark.parametrize("step", [1, 2])
def test_first_results_that_are_stopped_are_all_there_or_none(tmp_path: Path, step: int) -> None:
    root = make_root(tmp_path)
    stopping = Stopping(step, KeyboardInterrupt(), None, after=False)
    with pytest.raises(KeyboardInterrupt) as caught:
        run_stopped(root, stopping)
    place = Store(root, 2020)
    with store.locked(place):
        store.recover(place)
    there = [folder.exists() for folder in place.folders]
    none = "The previous results are as they were." in caught.value.__notes__
    assert there == [not none] * 2


# --- partial runs --------------------------------------------------------------------------


def test_a_partial_run_carries_over_what_still_holds(root: Path) -> None:
    before = contents(root / "reports" / "2020")
    made = run(RunRequest(2020, root, ("en",), ("second",)), small_parts())
    assert made.carried == (
        "notebooks/1-first-en.ipynb",
        "notebooks/1-first-sv.ipynb",
        "notebooks/2-second-sv.ipynb",
        "second-2020-sv.pdf",
    )
    assert made.dropped == ()
    assert set(made.made) == {
        "notebooks/2-second-en.ipynb",
        "second-2020-en.pdf",
        "tables-2020.xlsx",
        "numbers.json",
        "manifest.json",
    }
    after = contents(root / "reports" / "2020")
    assert {name: data for name, data in after.items() if name != "manifest.json"} == {
        name: data for name, data in before.items() if name != "manifest.json"
    }
    assert run_json(root)["parameters"]["only"] == ["second"]
    again = run(RunRequest(2020, root, ("sv",), ("1-first",)), small_parts())
    assert again.dropped == ()


@pytest.mark.usefixtures("no_kernel")
def test_other_raw_data_drop_every_other_file(root: Path) -> None:
    (root / "data/raw/2020/survey.csv").write_text("id\n3\n", encoding="utf-8")
    made = run(RunRequest(2020, root, ("sv",), ("second",)), small_parts())
    assert made.carried == ()
    assert made.dropped == (
        "notebooks/1-first-en.ipynb",
        "notebooks/1-first-sv.ipynb",
        "notebooks/2-second-en.ipynb",
        "second-2020-en.pdf",
    )
    assert sorted(contents(root / "reports/2020")) == sorted(made.made)
    table = read_table(root / "data/processed/2020", "respondents")
    assert "id\n3" in list(table["respondent"])  # recomputed, not carried over


@pytest.mark.usefixtures("no_kernel")
def test_a_changed_notebook_drops_its_own_files_only(root: Path) -> None:
    write_notebook(root / "notebooks", "1-first", "year + 2")
    made = run(RunRequest(2020, root, ("sv",), ("second",)), small_parts())
    assert made.dropped == ("notebooks/1-first-en.ipynb", "notebooks/1-first-sv.ipynb")
    assert made.carried == ("notebooks/2-second-en.ipynb", "second-2020-en.pdf")


@pytest.mark.usefixtures("no_kernel")
def test_a_file_that_was_touched_by_hand_is_dropped(root: Path) -> None:
    (root / "reports/2020/second-2020-en.pdf").write_bytes(b"edited")
    (root / "reports/2020/notebooks/1-first-en.ipynb").unlink()
    made = run(RunRequest(2020, root, ("sv",), ("1-first",)), small_parts())
    assert made.dropped == ("notebooks/1-first-en.ipynb", "second-2020-en.pdf")


@pytest.mark.usefixtures("no_kernel")
def test_files_of_a_notebook_that_is_gone_are_dropped(root: Path) -> None:
    (root / "notebooks/2-second.ipynb").unlink()
    made = run(RunRequest(2020, root), small_parts())
    assert "second-2020-sv.pdf" in made.dropped
    assert made.carried == ()


# --- numbers -------------------------------------------------------------------------------


def number_cell(values: str) -> str:
    return f"""\
from IPython.display import display
display({{"text/plain": ""}}, raw=True, metadata={{"mapping": {{"numbers": {values}}}}})"""


def printing_cell(value: str, told: str = "count(tiers)") -> str:
    html = f'<p data-key="a.b"><data value="{value}" data-from="{told}">{value}</data> and 7</p>'
    return f"from IPython.display import HTML\nHTML({html!r})"


def test_every_printed_number_has_an_id_and_what_it_is_from(root: Path) -> None:
    write_notebook(root / "notebooks", "1-first", printing_cell("5"), report="first")
    run(RunRequest(2020, root, only=("first",)), small_parts())
    numbers = json.loads((root / "reports/2020/numbers.json").read_text(encoding="utf-8"))
    of_first = {name: one for name, one in numbers["numbers"].items() if name < "second"}
    entry = {"text": "5", "value": 5, "from": "count(tiers)", "key": "a.b"}
    own = {"text": "7", "value": None, "key": None}
    assert of_first == {
        name: one
        for lang in ("en", "sv")
        for name, one in {
            f"first-{lang}:1.1": entry,
            f"first-{lang}:1.2": own | {"from": f"cell(first-{lang}, 3)"},
        }.items()
    }


def test_one_reference_has_one_value(root: Path) -> None:
    write_notebook(root / "notebooks", "1-first", printing_cell("5"))
    write_notebook(root / "notebooks", "2-second", printing_cell("6"))
    before = snapshot(root)
    with pytest.raises(RunError, match=r"second-sv:1\.1 is 6, but .*1\.1 is 5: both are count"):
        run(RunRequest(2020, root, ("sv",)), small_parts())
    assert_untouched(root, before)


def test_numbers_that_differ_between_languages_are_our_fault(root: Path) -> None:
    write_notebook(
        root / "notebooks", "1-first", number_cell('{"a": {"n": len(lang) + (lang == "sv")}}')
    )
    before = snapshot(root)
    with pytest.raises(RunError, match=r"1-first-en: number a\.n is 2, but 3 in another"):
        run(RunRequest(2020, root, only=("1-first",)), small_parts())
    assert_untouched(root, before)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_missing_number_is_none(tmp_path: Path, value: float) -> None:
    def write(number: float | None) -> None:
        metadata = {"mapping": {"numbers": {"a": {"n": number}}}}
        output = nbformat.v4.new_output("display_data", metadata=metadata)
        cell = nbformat.v4.new_code_cell("", outputs=[output])
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        nbformat.write(
            nbformat.v4.new_notebook(cells=[cell]), tmp_path / "notebooks" / "1-first-sv.ipynb"
        )

    one = Instance(Notebook(Path("1-first.ipynb"), None, None, "", "root"), "sv")
    write(value)
    with pytest.raises(RunError, match=r"number a\.n is (nan|inf); a missing number is None"):
        provenance.write_numbers(tmp_path, [one])
    write(None)
    provenance.write_numbers(tmp_path, [one])
    assert json.loads((tmp_path / "numbers.json").read_text()) == {"numbers": {}}


def test_numbers_stand_in_the_order_of_the_report(tmp_path: Path) -> None:
    """Mark 2 before mark 10, its second number before its tenth, and department 9 before 11."""
    many = " and ".join(str(number) for number in range(100, 111))
    html = "".join(f"<p>{text}</p>" for text in ("1", many, *"34567890", "11"))
    output = nbformat.v4.new_output("display_data", {"text/html": html})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output])])
    (tmp_path / "notebooks").mkdir()
    own = Notebook(Path("own.ipynb"), None, None, "", "root")
    units = [Instance(own, "sv", unit) for unit in ("ALFA-11", "ALFA-9")]
    for one in units:
        path = tmp_path / one.executed
        path.parent.mkdir(exist_ok=True, parents=True)
        nbformat.write(notebook, path)
    provenance.write_numbers(tmp_path, units)
    told = list(json.loads((tmp_path / "numbers.json").read_text())["numbers"])
    places = ["1.1", *(f"2.{n}" for n in range(1, 12)), *(f"{n}.1" for n in range(3, 12))]
    assert told == [f"{unit}-sv:{place}" for unit in ("ALFA-9", "ALFA-11") for place in places]


# --- the same everywhere -------------------------------------------------------------------


@pytest.mark.usefixtures("no_kernel")
def test_progress_is_told(root: Path) -> None:
    told: list[object] = []

    class Listener(Progress):
        def expects(self, totals: Mapping[str, int]) -> None:
            told.append(dict(totals))

        def begins(self, group: str, name: str) -> None:
            told.append(("begins", group, name))

        def ends(self, group: str, name: str) -> None:
            told.append(("ends", group, name))

    run(RunRequest(2020, root, ("sv",), ("second",)), small_parts(), Listener())
    assert told == [
        {"reports": 1},
        ("begins", "reports", "2-second (sv)"),
        ("ends", "reports", "2-second (sv)"),
    ]


def test_the_same_inputs_give_the_same_bytes_elsewhere(made_once: Path, tmp_path: Path) -> None:
    other = make_root(tmp_path / "anöther place")
    script = f"""
    import os, sys
    from pathlib import Path
    sys.path.insert(0, {str(Path(__file__).parent)!r})
    from small_root import small_parts
    from mapping import prose, roots
    from mapping.pipeline.run import RunRequest, run
    roots.code_hash = lambda: "code"
    run(RunRequest(2020, Path(sys.argv[1])), small_parts())
    """
    environment = os.environ | {"TZ": "Pacific/Apia", "LC_ALL": "C", "PYTHONHASHSEED": "5"}
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(other)],
        check=True,
        env=environment,
        cwd=tmp_path,
    )
    assert contents(other / "reports/2020") == contents(made_once / "reports/2020")
    assert run_json(other)["run"] == run_json(made_once)["run"]
    tables = "data/processed/2020/respondents.parquet"
    assert (other / tables).read_bytes() == (made_once / tables).read_bytes()


@pytest.mark.usefixtures("no_kernel")
def test_the_run_id_follows_inputs_and_parameters(root: Path) -> None:
    first = run_json(root)["run"]
    assert run(RunRequest(2020, root), small_parts()).run == first
    assert run(RunRequest(2020, root, ("sv",)), small_parts()).run != first
    changed = replace(SETTINGS, synthetic=False)
    same = small_parts(read_settings=lambda _: changed, read_year=read_year)
    assert run(RunRequest(2020, root), same).run == first  # settings count as the file they are
