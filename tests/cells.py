"""The notebooks' cells, run here in one namespace: what they show, without a kernel."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def run_cells(name: str, **parameters: object) -> Any:
    """The notebook with its parameters changed and the output of every cell in it."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    namespace: dict[str, Any] = {}
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        shown = _run(cell.source, namespace)
        if "parameters" in cell.metadata.get("tags", []):
            unknown = parameters.keys() - namespace.keys()
            assert not unknown, unknown
            namespace |= parameters
        cell.execution_count = 1
        cell.outputs = [] if shown is None else [_output(shown)]
    return notebook


def _run(source: str, namespace: dict[str, Any]) -> object:
    """Run a cell as Jupyter does: the value of a last expression is what it shows."""
    lines = ast.parse(source).body
    last = lines.pop() if isinstance(lines[-1], ast.Expr) else None
    exec(compile(ast.Module(lines, []), "cell", "exec"), namespace)  # noqa: S102  (our notebooks)
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)  # noqa: S307


def _output(shown: Any) -> Any:
    data, metadata = shown._repr_mimebundle_()
    return nbformat.v4.new_output(
        "execute_result", data, metadata=dict(metadata), execution_count=1
    )


def plain(notebook: Any) -> Iterator[str]:
    """The text of each output."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield output.data["text/plain"]
