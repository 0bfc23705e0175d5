"""A small root with results that were made in no time, and what edits them by one byte."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from small_root import make_root, write_department_notebook
from test_baseline import comparing

from mapping import roots
from mapping.pipeline import workers
from mapping.pipeline.run import Parts, RunRequest, run

REPOSITORY = Path(__file__).parents[1]
CODE = {"cli.py": "0" * 64, "tiers.py": "1" * 64}


def parts(**changed: Any) -> Parts:
    made: Parts = comparing(**{"participating": lambda *_: ("ABC-1",), **changed})
    return made


def executed(path: Path, parameters: Mapping[str, Any], cwd: Path, *_: object) -> Any:
    """Stands in for papermill: says in one sentence what stands in the raw file."""
    raw = (cwd / "data/raw" / str(parameters["year"]) / "survey.csv").read_text(encoding="utf-8")
    unit = parameters.get("department", "all")
    html = f"<p>Of {unit}: {raw.split()[-1]} answers.</p><p>In {parameters['lang']}.</p>"
    output = nbformat.v4.new_output("display_data", {"text/html": html})
    cell = nbformat.v4.new_code_cell("show()", outputs=[output], id="cell-1")
    metadata = {"mapping": dict(nbformat.read(path, 4).metadata.get("mapping", {}))}
    return nbformat.v4.new_notebook(cells=[cell], metadata=metadata)


@contextmanager
def in_no_time() -> Iterator[pytest.MonkeyPatch]:
    """No kernel is started, and the package counts as the same while somebody edits it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "execute", executed)
        patch.setattr(roots, "code_hash", lambda: "code")
        patch.setattr(roots, "code_files", lambda: CODE)
        yield patch


def make_study(folder: Path) -> Path:
    """A root with a protocol of its own, an earlier year, and every optional file."""
    root = make_root(folder)
    write_department_notebook(root, "department")
    shutil.copytree(REPOSITORY / "data/protocol/su-2020", root / "data/protocol/su-2020")
    raw, before = root / "data/raw/2020", root / "data/raw/2019"
    for name in ("study.toml", "lineage.csv", "corrections.csv", "comments.sv.md"):
        (raw / name).write_text(f"{name} of 2020\n", encoding="utf-8")
    before.mkdir()
    for name in ("study.toml", "survey.csv"):
        (before / name).write_text(f"{name} of 2019\n", encoding="utf-8")
    return root


def make_results(folder: Path) -> Path:
    """That root after a run."""
    root = make_study(folder)
    run(RunRequest(2020, root), parts())
    return root


@contextmanager
def one_byte(path: Path) -> Iterator[None]:
    """The file with its last byte but one another."""
    whole = path.read_bytes()
    path.write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
    try:
        yield
    finally:
        path.write_bytes(whole)
