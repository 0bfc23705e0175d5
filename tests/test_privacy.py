"""What git would take up: never the raw data or the results of a real year."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from mapping.example import example_files
from mapping.example.world import WORLDS
from mapping.pipeline.skeleton import make_root

ROOT = Path(__file__).parents[1]
GIT = shutil.which("git")
pytestmark = pytest.mark.skipif(GIT is None, reason="git is not installed")

PRIVATE = [
    "data/raw/2024/survey.csv",
    "data/raw/2020/interviews.xlsx",
    "data/raw/2020/comments.sv.md",
    "data/raw/2020/corrections.csv",
    "data/raw/2021/interviews.qdpx",
    "data/processed/2020/evidence.parquet",
    "data/processed/2020.new/evidence.parquet",
    "data/processed/2020.old/evidence.parquet",
    "data/processed/.2020.lock",
    "data/errors-2020.csv",
    "data/check-2020.html",
    "reports/2020/mapping-2020-sv.pdf",
    "reports/2020/departments/ABC-1-sv.pdf",
    "reports/2020/departments/send-list.csv",
    "reports/2020/notebooks/departments/ABC-1-sv.ipynb",
    "reports/2020.new/x.pdf",
    "reports/2020.old/departments/send-list.csv",
    "reports/.runs/x/log.txt",
    "notebooks/mine.pdf",
    "notebooks/mine.ipynb",
    "notebooks/departments/ABC-1-sv.ipynb",
    "send-list.csv",
]


def ignored(folder: Path, *names: str) -> set[str]:
    done = subprocess.run(
        ["git", "-C", str(folder), "check-ignore", "--no-index", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    return set(done.stdout.splitlines())


def a_repository(folder: Path, *names: str) -> Path:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_nothing_private_is_taken_up_here(tmp_path: Path) -> None:
    a_repository(tmp_path, *PRIVATE)
    shutil.copy(ROOT / ".gitignore", tmp_path)
    assert ignored(tmp_path, *PRIVATE) == set(PRIVATE)


def test_the_example_is_taken_up_and_nothing_else_of_its_years(tmp_path: Path) -> None:
    names = {
        f"data/raw/{y}/{name}" for y, world in WORLDS.items() for name in example_files(y, world)
    }
    a_repository(tmp_path, *names)
    shutil.copy(ROOT / ".gitignore", tmp_path)
    assert ignored(tmp_path, *names) == set()
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[2:] for line in lines if line.startswith("!/data/raw/2") and line[-1] != "/"}
    assert allowed == names


def test_every_year_that_is_here_for_all_is_synthetic() -> None:
    for path in (ROOT / "data/raw").glob("*/study.toml"):
        if not ignored(ROOT, path.relative_to(ROOT).as_posix()):
            assert tomllib.loads(path.read_text(encoding="utf-8"))["synthetic"] is True


def test_a_root_of_ones_own_keeps_its_data_out_of_git(tmp_path: Path) -> None:
    private = [name for name in PRIVATE if not name.startswith("notebooks")]
    own = tmp_path / "checkout" / "my-mapping"
    a_repository(tmp_path / "checkout")
    make_root(own)
    assert ignored(own, *private) == set(private)
