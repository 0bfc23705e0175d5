"""The layers of ARCHITECTURE.md, held against the imports."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "mapping"


def layers() -> dict[str, tuple[set[str], str]]:
    """Layer -> its modules, and the column that says what it imports from."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = text.split("## Layers")[1].split("## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return {
        name.strip(): (set(re.findall(r"`(\w+)`", modules)), below.strip())
        for name, modules, _, below in rows[1:]
    }


LAYERS = layers()
LAYER_OF = {module: layer for layer, (modules, _) in LAYERS.items() for module in modules}


def allowed(layer: str) -> set[str]:
    below = LAYERS[layer][1]
    named = set(LAYERS) if below == "all" else {name.strip() for name in below.split(",")}
    return (named & set(LAYERS)) | {layer}


def imported(path: Path) -> set[str]:
    """The top-level modules of mapping that a file imports when it runs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    only_for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in only_for_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module == "mapping":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mapping."):
            found.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("mapping.")}
    return found


def modules() -> list[str]:
    files = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    return sorted(files | {path.parent.name for path in PACKAGE.glob("*/__init__.py")})


def test_every_module_stands_in_one_layer() -> None:
    assert sorted(LAYER_OF) == modules()


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix()
)
def test_imports_go_down(path: Path) -> None:
    relative = path.relative_to(PACKAGE)
    own = relative.parts[0].removesuffix(".py")
    if own == "__init__":
        return  # the package's front doors are loaded on first use, by name
    for module in imported(path):
        assert LAYER_OF[module] in allowed(LAYER_OF[own]), f"{own} imports {module}"
