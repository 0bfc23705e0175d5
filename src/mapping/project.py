"""What is known of the project's own repository: its readme, tests, changelog and the rest.

An installed package has no repository beside it, and a clone has. So that both say the same, the
repository is examined where it is (``make certificate``), and what was found travels in the package
as ``project.toml``. A test of the repository holds the one against the other.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

PACKAGE = Path(__file__).parent
RECORD = PACKAGE / "project.toml"
_CHECKOUT = PACKAGE.parents[1]
_PAGES = ("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md")
_FOLDERS = ("src", "tests", "notebooks", "data/raw", "data/protocol", "docs")
_SERVICES = (".github/workflows/*.yml", ".gitlab-ci.yml")


def known_project() -> Mapping[str, str]:
    """What was found: by the key of each fact the file or folder that shows it, blank if none."""
    return tomllib.loads(RECORD.read_text(encoding="utf-8"))


def examine(checkout: Path) -> dict[str, str]:
    """The facts of a repository, see :func:`known_project`; each is looked for now."""
    return {key: look(checkout) for key, look in _FACTS.items()}


def _file(name: str, *patterns: str) -> Callable[[Path], str]:
    """Whether a file has all these patterns."""

    def look(checkout: Path) -> str:
        return name if _holds(checkout / name, *patterns) else ""

    return look


def _holds(path: Path, *patterns: str) -> bool:
    if not path.is_file():
        return False
    text = path.read_text(encoding="utf-8")
    return all(re.search(pattern, text, re.MULTILINE) for pattern in patterns)


def _steps(checkout: Path) -> str:
    """A readme that names a command which there is."""
    there = _holds(checkout / "Makefile", r"^report:")
    return "README.md" if there and _holds(checkout / "README.md", r"make report") else ""


def _documented(checkout: Path) -> str:
    """Pages for users and developers, and a docstring for all that is public."""
    pages = all((checkout / page).is_file() for page in _PAGES)
    return "ARCHITECTURE.md" if pages and not undocumented(checkout / "src") else ""


def undocumented(folder: Path) -> list[str]:
    """The public modules, classes and functions without a docstring, by file and name."""
    return [
        f"{path.relative_to(folder).as_posix()}:{name}"
        for path in sorted(folder.rglob("*.py"))
        for name, node in _public(ast.parse(path.read_text(encoding="utf-8")))
        if ast.get_docstring(node) is None
    ]


_Told = ast.Module | ast.ClassDef | ast.FunctionDef


def _public(tree: ast.Module) -> Iterator[tuple[str, _Told]]:
    yield "", tree
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, node


def _layout(checkout: Path) -> str:
    return "src" if all((checkout / name).is_dir() for name in _FOLDERS) else ""


def _reused(checkout: Path) -> str:
    """Notebooks that define nothing themselves: what they do is a function of the package."""
    paths = sorted((checkout / "notebooks").glob("*.ipynb"))
    return "notebooks" if paths and not any(_defines(path) for path in paths) else ""


def _defines(notebook: Path) -> bool:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return any(re.search(r"^\s*(def|class|async def) ", source, re.MULTILINE) for source in code)


def _standards(checkout: Path) -> str:
    """Rules of style and types, and a step that holds the code against them."""
    rules = _holds(checkout / "pyproject.toml", r"^\[tool\.ruff", r"^\[tool\.mypy\]")
    return "pyproject.toml" if rules and _holds(checkout / ".ci" / "run", r"make lint") else ""


def _tests(checkout: Path) -> str:
    rules = _holds(checkout / "pyproject.toml", r"^\[tool\.pytest")
    return "tests" if rules and any((checkout / "tests").rglob("test_*.py")) else ""


def _service(*patterns: str) -> Callable[[Path], str]:
    """A workflow that a service runs by itself, with all these patterns."""

    def look(checkout: Path) -> str:
        paths = sorted(path for name in _SERVICES for path in checkout.glob(name))
        found = [path for path in paths if _holds(path, *patterns)]
        return found[0].relative_to(checkout).as_posix() if found else ""

    return look


def _version_control(checkout: Path) -> str:
    return ".git" if (checkout / ".git").exists() else ""


_FACTS: dict[str, Callable[[Path], str]] = {
    "language": _file("pyproject.toml", r"^requires-python"),
    "version_control": _version_control,
    "steps": _steps,
    "licence": _file("LICENSE"),
    "one_command": _file("Makefile", r"^report:"),
    "documented": _documented,
    "layout": _layout,
    "reused": _reused,
    "standards": _standards,
    "tests": _tests,
    "dependencies": _file("requirements/run.txt", r"==", r"--hash=sha256:"),
    "log": _file("src/mapping/pipeline/run.py", r"\bwrite_run\(", r"\bwrite_manifest\("),
    "packaged": _file("pyproject.toml", r"^\[build-system\]", r"^\[project\.scripts\]"),
    "tests_script": _file(".ci/run", r"make test"),
    "tests_service": _service(r"make test|\.ci/run|pytest"),
    "schedule": _service(r"^\s*(-\s*)?(schedule|cron)\b"),
    "changelog": _file("CHANGELOG.md", r"semantic versioning", r"^## "),
}
"""What is looked for, by the key of each fact."""


def main(checkout: Path = _CHECKOUT, record: Path = RECORD) -> None:
    """Examine the repository and write what was found."""
    lines = [f'{key} = "{place}"' for key, place in examine(checkout).items()]
    head = "# What was found in the project's repository; made anew by: make certificate\n\n"
    record.write_text(head + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
