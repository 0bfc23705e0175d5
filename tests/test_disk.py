"""A disk that is full or refuses: each command says so, and leaves nothing half-written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
import typer.testing
from full_disks import no_room
from raw_years import STUDY, changed, tiny, write
from small_root import contents, make_root, small_parts

from mapping import cli, roots
from mapping.errors import DataError, UsageError
from mapping.example import write as example
from mapping.instruments import folder, parse_settings
from mapping.instruments.folder import read_folder, read_raw
from mapping.pipeline import disk, package, run, workers


def call(*arguments: object) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(cli.app, [str(part) for part in arguments])


def everything(folder: Path) -> dict[str, bytes]:
    """All files, but for the lock, which stays."""
    return {name: data for name, data in contents(folder).items() if not name.endswith(".lock")}


@pytest.fixture
def small_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each year of the example has a small file and a larger one."""
    files = {"study.toml": "synthetic = true\n", "survey.csv": "x" * 2_000}
    monkeypatch.setattr(example, "example_files", lambda *_: files)


@pytest.mark.usefixtures("small_example")
@pytest.mark.parametrize("size", [0, 100])
def test_example_leaves_no_half_study(tmp_path, size):
    (tmp_path / "data/raw").mkdir(parents=True)
    with no_room(size):
        done = call("example", "--root", tmp_path)
    assert done.exit_code == 2
    assert "the example could not be made: File too large" in done.stderr
    assert list((tmp_path / "data/raw").iterdir()) == []


@pytest.mark.usefixtures("small_example")
def test_an_example_that_is_there_stays_whole(tmp_path):
    (tmp_path / "data/raw").mkdir(parents=True)
    assert call("example", "--root", tmp_path).exit_code == 0
    study = tmp_path / "data/raw/2021/study.toml"
    study.write_text("synthetic = true # mine\n", encoding="utf-8")
    before = contents(tmp_path)
    with no_room(1_000):  # enough for the smaller files
        assert call("example", "--root", tmp_path).exit_code == 2
    assert contents(tmp_path) == before


@pytest.mark.parametrize("size", [0, 500])
@pytest.mark.parametrize("there", [False, True])
def test_init_leaves_nothing(tmp_path, size, there):
    folder = tmp_path / "new"
    if there:
        folder.mkdir()
    with no_room(size):
        done = call("init", folder, "--protocol", "--notebooks")
    assert done.exit_code == 2
    assert "could not be made: File too large" in done.stderr
    assert folder.exists() == there
    assert not there or list(folder.iterdir()) == []


def test_new_leaves_nothing(tmp_path):
    (tmp_path / "data/raw").mkdir(parents=True)
    with no_room(100):
        done = call("new", "2031", "--root", tmp_path)
    assert done.exit_code == 2
    assert "could not be made: File too large" in done.stderr
    assert list((tmp_path / "data/raw").iterdir()) == []


def test_check_says_that_the_list_of_errors_could_not_be_written(tmp_path):
    write(tmp_path / "data/raw", changed("workshop.csv", ("threat", "x")))
    listed = tmp_path / "data/errors-2020.csv"
    with no_room(10):
        done = call("check", "2020", "--root", tmp_path)
    assert done.exit_code == 1
    assert "errors-2020.csv could not be written: File too large" in done.stderr
    assert sorted(path.name for path in listed.parent.iterdir()) == ["raw"]
    assert call("check", "2020", "--root", tmp_path).exit_code == 1
    whole = listed.read_bytes()
    with no_room(10):
        call("check", "2020", "--root", tmp_path)
    assert listed.read_bytes() == whole


@pytest.mark.parametrize("size", [0, 50, 400])
def test_a_run_leaves_the_results_as_they_were(tmp_path, monkeypatch, size):
    monkeypatch.setattr(run, "standard_parts", small_parts)
    monkeypatch.setattr(workers, "execute", lambda *_: nbformat.v4.new_notebook())
    monkeypatch.setattr(roots, "code_hash", lambda: "code")
    root = make_root(tmp_path / "root")
    assert call("run", "2020", "--root", root).exit_code == 0
    before = everything(root)
    with no_room(size):
        done = call("run", "2020", "--root", root)
    assert done.exit_code == 2
    assert "File too large" in done.stderr
    assert "this should not happen" not in done.stderr
    after = everything(root)
    assert {name: after[name] for name in before} == before
    assert not any(".new" in name or ".part" in name for name in after)


def test_package_leaves_nothing(monkeypatch, tmp_path):
    def full(*_: object) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device", "x/mapping-2020.zip")

    monkeypatch.setattr(package.crate, "zipped", full)
    with pytest.raises(UsageError) as caught, disk.making("the package a.zip"):
        package._put(tmp_path, tmp_path / "a.zip", parse_settings(STUDY.encode(), "2020"))
    assert "the package a.zip could not be made: No space left on device" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


# --- what the disk says -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "No space left on device (a.csv): make room"),
        (errno.EROFS, "Read-only file system (a.csv): close it"),
        (errno.EACCES, "Permission denied (a.csv): close it"),
        (errno.EIO, "Input/output error (a.csv)"),
    ],
)
def test_what_the_disk_refuses_is_no_fault_of_the_program(number, told, monkeypatch, tmp_path):
    error = OSError(number, os.strerror(number), str(tmp_path / "a.csv"))

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(roots, "chosen_root", refuse)
    done = call("check", "2020")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"Error: {told}")


def test_a_file_that_the_program_misses_is_its_fault(monkeypatch):
    def miss(*_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", "a")

    monkeypatch.setattr(roots, "chosen_root", miss)
    assert call("check", "2020").exit_code == 3


def test_files_are_written_together_or_not_at_all(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"before")
    with no_room(10), pytest.raises(OSError, match="File too large"):
        disk.write_together({one: b"after", other: b"x" * 11})
    assert contents(tmp_path) == {"one": b"before"}
    disk.write_together({one: b"after", other: b"x"})
    assert contents(tmp_path) == {"one": b"after", "other": b"x"}


# --- raw files that cannot be read --------------------------------------------------------------

STRANGE: dict[str, Callable[[Path], object]] = {
    "folder": Path.mkdir,
    "fifo": getattr(os, "mkfifo", Path.mkdir),  # Windows has none
    "loop": lambda path: path.symlink_to(path),
    "lost": lambda path: path.symlink_to(path.with_name("nowhere")),
    "device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("make", STRANGE.values(), ids=STRANGE.keys())
def test_what_is_no_file_is_never_waited_for(make, tmp_path):
    year = write(tmp_path, {"study.toml": b""})
    make(year / "survey.csv")
    assert list(read_folder(year)) == ["study.toml"]
    done = call("check", "2020", "--root", tmp_path)
    assert done.exit_code in (1, 2)
    assert "this should not happen" not in done.stderr


def meddled(monkeypatch: pytest.MonkeyPatch, meddle: Callable[[], object]) -> None:
    """Something happens to the file after it has been opened and looked at."""
    look, looked = os.fstat, list[int]()

    def looking(descriptor: int) -> os.stat_result:
        looked.append(descriptor)
        found = look(descriptor)
        if len(looked) == 1:
            meddle()
        return found

    monkeypatch.setattr(folder.os, "fstat", looking)


MEDDLING: dict[str, Callable[[Path], object]] = {
    "grows": lambda path: path.write_bytes(b"id\n1\n2\n"),
    "shrinks": lambda path: path.write_bytes(b"i"),
    "touched": lambda path: os.utime(path, (1, 1)),
    "replaced": lambda path: os.replace(path.with_name("new.part"), path),
    "vanishes": Path.unlink,
}


@pytest.mark.parametrize("how", MEDDLING.values(), ids=MEDDLING.keys())
def test_a_file_that_changes_while_it_is_read_is_refused(how, tmp_path, monkeypatch):
    path = tmp_path / "survey.csv"
    path.write_bytes(b"id\n1\n")
    (tmp_path / "new.part").write_bytes(b"id\n1\n")
    meddled(monkeypatch, lambda: how(path))
    with pytest.raises(DataError) as caught:
        read_raw(path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row) == ("survey.csv", None)
    assert problem.value in ("changed while read", "No such file or directory")
    assert problem.remedy


def test_a_file_that_nobody_may_read_is_a_problem_of_its_own(tmp_path, monkeypatch):
    year = write(tmp_path, changed("workshop.csv", ("threat", "x")))
    plain = Path.open

    def refuse(path: Path, *arguments: Any, **named: Any) -> Any:
        if path.name == "survey.csv":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return plain(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError) as caught:
        read_folder(year)
    assert [(p.file, p.value) for p in caught.value.problems] == [
        ("survey.csv", "Permission denied")
    ]


def test_a_folder_that_nobody_may_read_is_told(tmp_path, monkeypatch):
    write(tmp_path / "data/raw", {"study.toml": STUDY})

    def refuse(path: Path) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    done = call("check", "2020", "--root", tmp_path)
    assert done.exit_code in (1, 2)
    assert "Permission denied" in done.stderr
    assert "this should not happen" not in done.stderr


def test_a_file_larger_than_any_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "LARGEST", 10)
    (tmp_path / "survey.csv").write_bytes(b"x" * 10)
    assert read_raw(tmp_path / "survey.csv") == b"x" * 10
    (tmp_path / "survey.csv").write_bytes(b"x" * 11)
    with pytest.raises(DataError, match="at most 10 bytes"):
        read_raw(tmp_path / "survey.csv")


@pytest.mark.parametrize("size", [0, 60])
def test_convert_leaves_nothing(tmp_path, size):
    year = write(tmp_path / "data/raw", dict(tiny()))
    out = tmp_path / "converted"
    with no_room(size):
        done = call("convert", year, "--out", out, "--root", tmp_path)
    assert done.exit_code == 2, done.output
    assert "File too large" in done.stderr
    assert not out.exists() or list(out.iterdir()) == []
    assert call("convert", year, "--out", out, "--root", tmp_path).exit_code == 0
