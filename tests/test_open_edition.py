"""The open edition's folder: what it holds, what it never holds, and how it lives with others."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from full_runs import files, pdf_text, readable, root_with, run, squeezed
from small_root import make_root, notebook, small_parts
from test_secrets import SECRETS, planted

from mapping.pipeline import workers
from mapping.pipeline.provenance import carry_over
from mapping.pipeline.run import RunRequest
from mapping.pipeline.run import run as execute_run
from mapping.pipeline.store import Store, sha256
from mapping.schemas import OPEN

WRITES = """\
from pathlib import Path
import pandas as pd
from mapping import processed, schemas
frames = {name: pd.DataFrame(columns=list(schemas.TABLES[name].columns)) for name in schemas.OPEN}
if out:
    for name, frame in frames.items():
        processed.write_table(schemas.conform(frame, name), Path(out), name)"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root whose raw data hold secrets and hostile names, and its open edition."""
    root = root_with(tmp_path_factory.mktemp("open"))
    planted(root)
    done = run(root, "2020", "--edition", "open", "--no-baseline")
    assert done.returncode == 0, done.stderr
    return root


def register(root: Path) -> list[dict[str, str]]:
    with (root / "data/raw/2020/departments.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_the_folder_is_complete_in_itself_and_lists_its_files(made: Path) -> None:
    folder = files(made / "reports/2020/open")
    tables = {f"tables/{name}.csv" for name in OPEN}
    reports = {"open-2020-sv.pdf", "open-2020-en.pdf", "tables-open-2020.xlsx"}
    listed = {*reports, *tables, "README.txt", "numbers.json"}
    assert set(folder) == {*listed, "manifest.json"}
    manifest = json.loads(folder["manifest.json"])
    assert (manifest["edition"], manifest["year"], manifest["synthetic"]) == ("open", 2020, True)
    assert {name: entry["sha256"] for name, entry in manifest["files"].items()} == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in folder.items()
        if name != "manifest.json"
    }


@pytest.mark.slow
def test_no_department_and_no_secret_is_in_any_byte_of_it(made: Path) -> None:
    rows = register(made)
    told = [row["department_id"] for row in rows] + [row["name"] for row in rows]
    raw = squeezed((made / "data/raw/2020/departments.csv").read_text(encoding="utf-8"))
    assert all(squeezed(name).replace('"', '""') in raw or squeezed(name) in raw for name in told)
    assert len(set(told)) == 100
    for name, data in files(made / "reports/2020/open").items():
        text = squeezed(readable(name, data))
        for secret in [*told, *SECRETS.values()]:
            assert squeezed(secret) not in text, (name, secret)


@pytest.mark.slow
def test_every_page_says_which_edition_it_is(made: Path) -> None:
    for lang, edition in {"sv": "öppen", "en": "open"}.items():
        text = pdf_text((made / f"reports/2020/open/open-2020-{lang}.pdf").read_bytes())
        pages = len(re.findall(r"sida \d+ av \d+|page \d+ of \d+", text))
        assert len(re.findall(f"2020 · {edition}", text)) == pages > 5
        assert {"sv": "intern:", "en": "internal:"}[lang] not in text


@pytest.mark.slow
def test_no_small_count_is_in_its_tables(made: Path) -> None:
    path = made / "reports/2020/open/tables/open_cells.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 100
    for row in rows:
        assert (row["count"] == "") == (row["hidden"] == "true"), row
        assert all(int(row[name]) >= 5 for name in ("count", "of") if row[name]), row


@pytest.mark.slow
def test_every_number_in_its_text_is_one_of_its_tables(made: Path) -> None:
    """No sentence was given a number of the internal tables."""
    numbers = json.loads((made / "reports/2020/open/numbers.json").read_text(encoding="utf-8"))
    told = {entry["from"] for entry in numbers["numbers"].values()}
    assert len(told) > 50
    tables = {table for one in told for table in re.findall(r"(?:^|\(|, )([a-z_]+)[/?]", one)}
    assert tables <= {*OPEN}


def small_root(folder: Path) -> Path:
    root = make_root(folder)
    made = notebook(WRITES, report="open")
    made.metadata["mapping"]["edition"] = "open"
    nbformat.write(made, root / "notebooks/open.ipynb")
    return root


def asked(root: Path, **changed: object) -> RunRequest:
    return RunRequest(2020, root, ("sv",), **changed)  # type: ignore[arg-type]


@pytest.mark.slow
def test_it_lives_beside_the_internal_results_until_it_is_outdated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = workers.execute

    def execute(path: Path, *others: Any) -> Any:
        """The others' notebooks stay empty."""
        return real(path, *others) if path.stem == "open" else nbformat.v4.new_notebook()

    monkeypatch.setattr(workers, "execute", execute)
    root = small_root(tmp_path)
    reports = root / "reports/2020"
    first = execute_run(asked(root), small_parts())
    assert not any(name.startswith("open/") for name in first.made)
    opened = execute_run(asked(root, edition="open"), small_parts())
    assert {name for name in opened.made if name.startswith("open/")} == {
        "open/open-2020-sv.pdf", "open/tables-open-2020.xlsx", "open/README.txt",
        "open/numbers.json", "open/manifest.json", *(f"open/tables/{name}.csv" for name in OPEN),
    }  # fmt: skip
    assert "second-2020-sv.pdf" in opened.carried
    assert not opened.dropped
    edition = files(reports / "open")
    again = execute_run(asked(root), small_parts())
    assert files(reports / "open") == edition
    assert not again.dropped
    (root / "data/raw/2020/survey.csv").write_text("id\n2\n", encoding="utf-8")
    outdated = execute_run(asked(root), small_parts())
    assert {f"open/{name}" for name in edition} <= set(outdated.dropped)
    assert not (reports / "open").exists()


def test_it_is_carried_over_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    """One file that somebody has edited: the others hold, but are no edition without it."""
    place = Store(tmp_path, 2020)
    texts = {"open/README.txt": "note", "open/open-2020-sv.pdf": "report", "swot.pdf": "swot"}
    for name, text in texts.items():
        path = place.reports / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    listed = {n: {"sha256": sha256(place.reports / n), "from": "x"} for n in texts}
    sources = dict.fromkeys(texts, "x")
    (place.reports / "open/README.txt").write_text("edited", encoding="utf-8")
    kept, dropped = carry_over(place, {"files": listed}, sources, "internal")
    assert (kept, dropped) == (("swot.pdf",), ("open/README.txt", "open/open-2020-sv.pdf"))
    assert not (tmp_path / "reports/2020.new/open").exists()
