"""pyproject.toml, requirements/ and environment.yml name the same packages."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {
    "typst-py": "typst",
    "jupyter_client": "jupyter-client",
    "jupyter_core": "jupyter-core",
}
GIVEN = {"jupyterlab", "pandas", "matplotlib", "seaborn", "scipy", "nbconvert", "papermill"}


def name(requirement: str) -> str:
    return re.split(r"[\[<>=!;\s]", requirement.strip())[0].lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {name(requirement) for requirement in project["dependencies"]}


def extra() -> set[str]:
    """The packages of ``mapping[cluster]``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {name(requirement) for requirement in project["optional-dependencies"]["cluster"]}


def pinned(file: str) -> dict[str, list[str]]:
    """Package -> lines of a requirements file: the pin and its hashes."""
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for block in re.findall(r"^[a-zA-Z](?:[^\n]*\\\n)*[^\n]*", text, re.MULTILINE):
        found.setdefault(name(block), []).append(block)
    return found


def inputs(file: str) -> set[str]:
    lines = (ROOT / "requirements" / file).read_text(encoding="utf-8").splitlines()
    return {name(line) for line in lines if line and line[0] not in "#-"}


def test_everything_declared_is_pinned() -> None:
    assert declared() | inputs("build.in") <= set(pinned("run.txt"))
    assert extra() == inputs("cluster.in") <= set(pinned("cluster.txt"))
    assert inputs("dev.in") <= set(pinned("dev.txt"))
    assert declared() >= GIVEN


def test_a_package_of_several_lists_has_one_version() -> None:
    known: dict[str, set[str]] = {}
    for file in ("run.txt", "cluster.txt", "dev.txt"):
        for package, blocks in pinned(file).items():
            here = {re.split(r"[\s;]", block)[0] for block in blocks}
            assert here == known.setdefault(package, here)


@pytest.mark.parametrize("file", ["run.txt", "cluster.txt", "dev.txt"])
def test_every_pin_is_exact_and_hashed(file: str) -> None:
    for package, blocks in pinned(file).items():
        for block in blocks:
            assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==\S+", block), package
            assert "--hash=sha256:" in block, package


@pytest.mark.parametrize(
    "file", ["run.txt", "cluster.txt", "dev.txt", "build.in", "cluster.in", "dev.in"]
)
def test_no_address_of_any_index(file: str) -> None:
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|-i\s", text)


DISTRIBUTION_OF = {
    "PIL": "pillow",
    "fontTools": "fonttools",
    "page": "page-validation",
    "xdist": "pytest-xdist",
}


def imports(folder: str) -> set[str]:
    """The packages from elsewhere that the Python files of a folder import."""
    own = {"mapping", "benchmarks", "fuzz", *(path.stem for path in (ROOT / "tests").glob("*.py"))}
    trees = [ast.parse(p.read_text(encoding="utf-8")) for p in (ROOT / folder).rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {a.name.split(".")[0] for n in nodes if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module.split(".")[0] for n in nodes if isinstance(n, ast.ImportFrom) and n.module}
    outside = names - own - set(sys.stdlib_module_names)
    return {DISTRIBUTION_OF.get(name, name.replace("_", "-")) for name in outside}


def test_every_import_is_declared() -> None:
    assert imports("src") <= declared() | extra()
    beside = imports("tests") | imports("benchmarks") | imports("fuzz")
    assert beside <= declared() | extra() | inputs("dev.in")


def test_conda_lists_the_same_packages() -> None:
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    listed = [line.split("- ", 1)[1].split(" #")[0] for line in lines if re.match(r"\s+- ", line)]
    names = {CONDA_NAMES.get(name(item), name(item)) for item in listed}
    others = {"conda-forge", "python", "pip", "pip:", "-e"}
    assert names - others == declared() | extra() | inputs("build.in") | inputs("dev.in")
