"""What an open edition has shown is known for good: no run forgets it or is undone by it."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from made_results import executed, in_no_time, make_study, parts
from small_root import contents, notebook

from mapping import processed, schemas
from mapping.errors import UsageError
from mapping.open_editions import listed, printed, taken
from mapping.pipeline import workers
from mapping.pipeline.freeze import freeze
from mapping.pipeline.results import find
from mapping.pipeline.run import RunRequest, RunResult
from mapping.pipeline.run import run as execute_run
from mapping.pipeline.verify import _put_editions, verify

PUBLISHED = "reports/published"


def opened(path: Path, parameters: Mapping[str, Any], cwd: Path, *others: object) -> Any:
    """Stands in for papermill: the open edition's one count is the answers of the survey."""
    if path.stem == "open" and parameters["out"]:
        raw = (cwd / "data/raw" / str(parameters["year"]) / "survey.csv").read_text("utf-8")
        count = int(raw.split()[-1])
        row = {"table": "tiers", "row": "good", "column": "departments", "count": count}
        frames = {name: pd.DataFrame(columns=list(schemas.TABLES[name].columns))
                  for name in schemas.OPEN}  # fmt: skip
        frames["open_cells"] = pd.DataFrame([{**row, "of": None, "hidden": False}])
        for name, frame in frames.items():
            processed.write_table(schemas.conform(frame, name), cwd / parameters["out"], name)
    return executed(path, parameters, cwd, *others)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A root after an internal run and one of the open edition, of one answer."""
    with in_no_time() as patch:
        patch.setattr(workers, "execute", opened)
        root = make_study(tmp_path_factory.mktemp("root"))
        written = notebook("show()", report="open")
        written.metadata["mapping"]["edition"] = "open"
        nbformat.write(written, root / "notebooks/open.ipynb")
        run(root)
        run(root, edition="open")
        yield root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def run(root: Path, **asked: Any) -> RunResult:
    return execute_run(RunRequest(2020, root, ("sv",), **asked), parts())


def answers(root: Path, count: int) -> None:
    (root / "data/raw/2020/survey.csv").write_text(f"id\n{count}\n", encoding="utf-8")


def shown(root: Path, year: int = 2020) -> list[tuple[int, int]]:
    """The year of each edition that counts, and what it shows."""
    editions = printed(root, year, synthetic=True)
    return [(one.year, int(one.cells["count"].iloc[0])) for one in editions]


def published(root: Path) -> list[str]:
    return sorted(path.name for path in (root / PUBLISHED).iterdir())


def edition(root: Path, name: str, count: int, known: list[str] | None = None) -> None:
    """Put an open edition there by hand, such as one of another year: ``2021-1``."""
    folder = root / PUBLISHED / name
    shutil.copytree(root / "reports/2020/open", folder)
    table = folder / "tables/open_cells.csv"
    text = table.read_text(encoding="utf-8").replace(",7,", f",{count},")
    table.write_text(text.replace(",1,", f",{count},"), encoding="utf-8")
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    told |= {"year": int(name[:4]), "editions": known or []}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")


def test_what_was_shown_is_kept_when_the_edition_no_longer_holds(root: Path) -> None:
    """Two editions of a year that differ by one department tell of that department."""
    edition_1 = contents(root / "reports/2020/open")
    answers(root, 7)
    assert any(name.startswith("open/") for name in run(root).dropped)
    assert not (root / "reports/2020/open").exists()
    assert shown(root) == [(2020, 1)]
    run(root, edition="open")
    assert shown(root) == [(2020, 1), (2020, 7)]
    kept = contents(root / PUBLISHED / "2020-1")
    assert kept == {name: edition_1[name] for name in kept}
    assert {"manifest.json", "tables/open_cells.csv", "tables/open_findings.csv"} == set(kept)


def test_an_edition_that_takes_the_place_of_another_holds_like_any(root: Path) -> None:
    answers(root, 7)
    run(root, edition="open")
    assert published(root) == ["2020-1", "2020-2"]
    told = json.loads((root / "reports/2020/open/manifest.json").read_text(encoding="utf-8"))
    first, second = listed(root, synthetic=True)
    assert (told["editions"], set(second.known)) == ([first.sha256], {first.sha256})
    assert not run(root).dropped
    assert not run(root, only=("second",)).dropped
    assert verify(find(root, "2020"), root, parts()).verdict == "repeated to the byte"


def test_the_same_edition_is_kept_once(root: Path) -> None:
    before = contents(root / PUBLISHED)
    run(root, edition="open")
    run(root)
    assert contents(root / PUBLISHED) == before
    assert published(root) == ["2020-1"]


def test_what_lies_in_its_place_is_kept_though_it_was_not_yet(root: Path) -> None:
    """Brought from another machine, or made by a run that was killed at its very end."""
    shutil.rmtree(root / PUBLISHED)
    answers(root, 7)
    run(root, edition="open")
    assert shown(root) == [(2020, 1), (2020, 7)]


def test_half_a_copy_is_made_whole(root: Path) -> None:
    shutil.rmtree(root / PUBLISHED)
    (root / PUBLISHED / "2020-1.new").mkdir(parents=True)
    run(root)
    assert published(root) == ["2020-1"]
    assert shown(root) == [(2020, 1)]


def test_the_years_before_and_after_count(root: Path) -> None:
    for name, count in (("2018-1", 18), ("2019-1", 19), ("2021-1", 21), ("2022-1", 22)):
        edition(root, name, count)
    assert shown(root) == [(2019, 19), (2020, 1), (2021, 21)]
    assert shown(root, 2019) == [(2018, 18), (2019, 19), (2020, 1)]


def test_a_later_edition_that_knows_of_this_one_does_not_outdate_it(root: Path) -> None:
    (own,) = listed(root, synthetic=True)
    edition(root, "2021-1", 21, known=[own.sha256])
    assert not run(root).dropped
    assert verify(find(root, "2020"), root, parts()).verdict == "repeated to the byte"
    edition(root, "2021-2", 22)
    assert [*taken(listed(root, synthetic=True), 2020, own.sha256)] == [f"{PUBLISHED}/2021-2"]
    assert any(name.startswith("open/") for name in run(root).dropped)


def test_a_frozen_copy_of_an_edition_is_that_edition(root: Path) -> None:
    freeze(root, 2020)
    assert not run(root, only=("second",)).dropped
    assert shown(root) == [(2020, 1)]
    shutil.rmtree(root / PUBLISHED)
    assert shown(root) == [(2020, 1)]


def test_verify_can_replace_what_it_has_copied_from_a_frozen_copy(
    root: Path, tmp_path: Path
) -> None:
    """Frozen files are read-only, which stops everybody but an administrator."""
    freeze(root, 2020)
    _put_editions(find(root, "2020-1"), root, tmp_path / "again")
    files = [path for path in (tmp_path / "again").rglob("*") if path.is_file()]
    assert files
    assert all(path.stat().st_mode & stat.S_IWRITE for path in files)
    assert verify(find(root, "2020-1"), root, parts()).verdict == "repeated to the byte"


BROKEN = {
    "no JSON": b"{",
    "no UTF-8": b"\xff",
    "no object": b"[]",
    "no year": b'{"synthetic": true}',
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize(
    "folder", ["reports/2020/open", "reports/2019/open", "reports/final/2019-1/open",
               f"{PUBLISHED}/2020-1"]
)  # fmt: skip
def test_one_that_cannot_be_read_is_named(root: Path, folder: str, kind: str) -> None:
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / "manifest.json").write_bytes(BROKEN[kind])
    before = contents(root / "reports/2020")
    with pytest.raises(UsageError, match=f"^{folder}/manifest.json cannot be read: put it back"):
        run(root)
    assert contents(root / "reports/2020") == before


def test_tables_that_cannot_be_read_are_named(root: Path) -> None:
    table = root / PUBLISHED / "2020-1/tables/open_cells.csv"
    for data in (b"\xff\xff", b"", b"a,b\n1,2\n", table.read_bytes().replace(b",1,", b",x,")):
        table.write_bytes(data)
        with pytest.raises(UsageError, match=r"2020-1/tables/open_cells\.csv cannot be read"):
            shown(root)
    table.unlink()
    with pytest.raises(UsageError, match=r"2020-1 lacks tables/open_cells\.csv"):
        shown(root)
