"""The notebooks' own rules: thin, parameterised, stored without outputs."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MAIN = ["1-evidence", "2-swot", "3-tiers", "4-report"]
COMMON = ["root", "year", "lang", "protocol", "tables", "out"]
OWN = {"department": ["baseline", "department"], "follow-up": ["baseline"]}
"""The parameters that a notebook has besides the common ones."""


def load(path: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in load(path).cells if cell.cell_type == "code"]


def tagged(path: Path, tag: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in load(path).cells if tag in cell.metadata.get("tags", [])]


def test_the_chain_is_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == [*MAIN, "audit", "department", "follow-up", "open"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_is_stored_that_a_run_makes(path: Path) -> None:
    for cell in code_cells(path):
        assert cell.outputs == []
        assert cell.execution_count is None
        assert "papermill" not in cell.metadata
    assert load(path).metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_one_parameters_cell_of_plain_commented_literals(path: Path) -> None:
    (cell,) = tagged(path, "parameters")
    tree = ast.parse(cell.source)
    names = []
    for line in tree.body:
        assert isinstance(line, ast.Assign)
        (target,) = line.targets
        assert isinstance(target, ast.Name)
        ast.literal_eval(line.value)
        names.append(target.id)
    assert names == [*COMMON, *OWN.get(path.stem, [])]
    tokens = tokenize.generate_tokens(io.StringIO(cell.source).readline)
    comments = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    assert comments == {line.lineno for line in tree.body}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_default_writes_nothing(path: Path) -> None:
    values: dict[str, object] = {}
    exec(tagged(path, "parameters")[0].source, values)  # noqa: S102  (our own literals)
    assert values["out"] is None
    assert values["tables"] is None


FORBIDDEN = (
    ast.FunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.BinOp,
    ast.For,
    ast.While,
    ast.ListComp,
    ast.DictComp,
    ast.If,
    ast.IfExp,
    ast.Try,
    ast.With,
)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_are_calls_and_nothing_else(path: Path) -> None:
    for cell in code_cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, FORBIDDEN), cell.source
        assert len(cell.source.splitlines()) <= 12, cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_markdown_cell_is_a_guide_so_that_reports_have_one_language(path: Path) -> None:
    for cell in load(path).cells:
        if cell.cell_type == "markdown":
            assert "guide" in cell.metadata.get("tags", []), cell.source


def test_every_report_has_one_notebook() -> None:
    reports = [load(path).metadata.mapping.get("report") for path in NOTEBOOKS]
    assert reports == [None, "swot", "tiers", "mapping", "audit", "department", "followup", "open"]


def test_one_report_is_made_for_each_department() -> None:
    made_for = {path.stem: load(path).metadata.mapping.get("each") for path in NOTEBOOKS}
    others = [*MAIN, "audit", "follow-up", "open"]
    assert made_for == dict.fromkeys(others) | {"department": "department"}


def test_one_report_needs_a_year_to_compare_with() -> None:
    needing = [path.stem for path in NOTEBOOKS if load(path).metadata.mapping.get("baseline")]
    assert needing == ["follow-up"]


def test_one_report_is_the_open_edition() -> None:
    """And its notebook asks for nothing but the edition's own tables."""
    marked = [path for path in NOTEBOOKS if load(path).metadata.mapping.get("edition")]
    assert [path.stem for path in marked] == ["open"]
    code = "\n".join(cell.source for cell in code_cells(marked[0]))
    assert set(re.findall(r"study\.(\w+)", code)) == {"protocol", "settings"}
    assert "study_words" not in code


def test_one_report_is_the_audit() -> None:
    marked = [path.stem for path in NOTEBOOKS if load(path).metadata.mapping.get("audit")]
    assert marked == ["audit"]
