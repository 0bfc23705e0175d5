"""Frozen copies: complete, checkable, never replaced, never half."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.testing
from full_disks import no_room
from made_results import in_no_time, make_results, one_byte, parts
from small_root import contents

from mapping import cli
from mapping.errors import UsageError
from mapping.pipeline.freeze import Frozen, freeze
from mapping.pipeline.results import ADDED, MISSING, Difference, damage, find
from mapping.pipeline.run import RunRequest, run
from mapping.pipeline.verify import verify

HERE = str(Path(__file__).parent)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_no_time():
        yield make_results(tmp_path_factory.mktemp("root"))


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


@pytest.fixture
def frozen(root: Path) -> Frozen:
    return freeze(root, 2020)


def other_data(root: Path, answers: int) -> None:
    (root / "data/raw/2020/survey.csv").write_text(f"id\n{answers}\n", encoding="utf-8")
    run(RunRequest(2020, root), parts())


def test_a_frozen_copy_is_complete(root: Path, frozen: Frozen) -> None:
    copy = contents(root / "reports/final/2020-1")
    reports, processed = contents(root / "reports/2020"), contents(root / "data/processed/2020")
    method = contents(root / "data/protocol/su-2020")
    assert copy.pop("SHA256SUMS")
    assert copy == {
        **reports,
        **{f"processed/{name}": data for name, data in processed.items()},
        **{f"protocol/su-2020/{name}": data for name, data in method.items()},
    }
    assert frozen.folder == root / "reports/final/2020-1"
    assert {*frozen.files} == {*copy, "SHA256SUMS"}
    assert (frozen.not_made, frozen.since) == ((), ())


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="needs sha256sum")
def test_anybody_can_check_it_without_this_program(frozen: Frozen) -> None:
    def check() -> int:
        command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
        return subprocess.run(command, cwd=frozen.folder, check=False).returncode

    assert check() == 0
    path = frozen.folder / "protocol/su-2020/codebook.csv"
    path.chmod(0o644)
    with one_byte(path):
        assert check() == 1


def test_it_is_read_only(frozen: Frozen) -> None:
    files = [path for path in frozen.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if path.stat().st_mode & stat.S_IWRITE]


def test_it_can_be_verified_like_the_results_of_a_year(root: Path, frozen: Frozen) -> None:
    found = find(root, "2020-1")
    assert verify(found, root, parts()).verdict == "repeated to the byte"
    elsewhere = Path(shutil.copytree(frozen.folder, root / "an archive"))
    assert damage(find(root, str(elsewhere))) == ()


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("second-2020-sv.pdf", "reports", "second-2020-sv.pdf"),
        ("manifest.json", "reports", "manifest.json"),
        ("processed/respondents.parquet", "tables", "respondents.parquet"),
        ("protocol/su-2020/protocol.toml", "reports", "protocol/su-2020/protocol.toml"),
        ("SHA256SUMS", "reports", "SHA256SUMS"),
    ],
)
def test_one_byte_of_any_file_of_it_is_named(
    root: Path, frozen: Frozen, name: str, kind: str, told: str
) -> None:
    path = frozen.folder / name
    found = find(root, "2020-1")
    path.chmod(0o644)
    with one_byte(path):
        assert damage(found) == (Difference(kind, told),)  # type: ignore[arg-type]


def test_the_times_of_a_frozen_run_cannot_be_changed_either(root: Path, frozen: Frozen) -> None:
    path = frozen.folder / "processed/run.json"
    path.chmod(0o644)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"started": "2', '"started": "1'), encoding="utf-8")
    assert damage(find(root, "2020-1")) == (Difference("tables", "run.json"),)


def test_what_came_in_or_went_is_named(root: Path, frozen: Frozen) -> None:
    (frozen.folder / "protocol/su-2020/notes.txt").write_text("mine", encoding="utf-8")
    (frozen.folder / "notes.txt").write_text("mine", encoding="utf-8")
    (frozen.folder / "protocol/su-2020/moves.csv").chmod(0o644)
    (frozen.folder / "protocol/su-2020/moves.csv").unlink()
    (frozen.folder / "SHA256SUMS").chmod(0o644)
    found = [
        Difference("reports", "notes.txt", ADDED),
        Difference("reports", "protocol/su-2020/moves.csv", MISSING),
        Difference("reports", "protocol/su-2020/notes.txt", ADDED),
    ]
    assert list(damage(find(root, "2020-1"))) == found
    (frozen.folder / "SHA256SUMS").unlink()
    assert Difference("reports", "SHA256SUMS", MISSING) in damage(find(root, "2020-1"))


@pytest.mark.usefixtures("frozen")
def test_no_run_touches_it(root: Path) -> None:
    before = contents(root / "reports/final")
    other_data(root, 5)
    run(RunRequest(2020, root, ("sv",), ("second",)), parts())
    call("check", "2020", "--root", root)
    verify(find(root, "2020"), root, parts())
    assert contents(root / "reports/final") == before
    differs = verify(find(root, "2020-1"), root).verdict
    assert differs == "differs: inputs (survey.csv) (hashes only; not made again)"


def test_the_same_results_are_frozen_once_and_others_beside_them(
    root: Path, frozen: Frozen
) -> None:
    first = contents(frozen.folder)
    with pytest.raises(UsageError, match="frozen already, as reports/final/2020-1"):
        freeze(root, 2020)
    run(RunRequest(2020, root), parts())  # the same again, at another time
    with pytest.raises(UsageError, match="frozen already"):
        freeze(root, 2020)
    other_data(root, 5)
    assert freeze(root, 2020).folder.name == "2020-2"
    with pytest.raises(UsageError, match="frozen already, as reports/final/2020-2"):
        freeze(root, 2020)
    assert contents(frozen.folder) == first
    (root / "reports/final/2020-10").mkdir()  # not one of ours, but its place is taken
    other_data(root, 6)
    assert freeze(root, 2020).folder.name == "2020-11"


def test_a_report_or_table_that_was_edited_is_refused_by_name(root: Path) -> None:
    for path, name in (
        ("reports/2020/second-2020-sv.pdf", "second-2020-sv.pdf"),
        ("data/processed/2020/respondents.parquet", "respondents.parquet"),
    ):
        with (
            one_byte(root / path),
            pytest.raises(UsageError, match=f"not as the run made it: {name}. Only"),
        ):
            freeze(root, 2020)
    (root / "reports/2020/departments/ABC-1-sv.pdf").unlink()
    with pytest.raises(UsageError, match=r"departments/ABC-1-sv\.pdf \(missing\)"):
        freeze(root, 2020)
    assert not (root / "reports/final").exists()


def test_what_no_run_made_stays_out_and_what_has_changed_since_is_told(root: Path) -> None:
    (root / "reports/2020/minutes.docx").write_text("mine", encoding="utf-8")
    with one_byte(root / "data/protocol/su-2020/toolbox.csv"):
        done = call("freeze", "2020", "--root", root)
    assert done.exit_code == 0, done.stderr
    assert "not in it, for no run made them: minutes.docx" in done.stdout
    assert "it was made before these changed: protocol su-2020/toolbox.csv" in done.stdout
    assert "a protocol that has changed since is not in it" in done.stdout
    assert done.stdout.splitlines()[-1] == "to check it at any time: mapping verify 2020-1"
    copy = contents(root / "reports/final/2020-1")
    assert "minutes.docx" not in copy
    assert not [name for name in copy if name.startswith("protocol/")]


def call(*arguments: object) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(cli.app, [str(part) for part in arguments])


def test_nothing_to_freeze(root: Path) -> None:
    done = call("freeze", "1999", "--root", root)
    assert (done.exit_code, "no results 1999" in done.stderr) == (2, True)


KILLED = """
import os, shutil
from pathlib import Path
from mapping import roots
from mapping.pipeline import store
from mapping.pipeline.freeze import freeze
roots.code_hash, roots.code_files = lambda: "code", dict
root, left = Path(sys.argv[1]), []
for step in range(1, 200):
    child = os.fork()
    if child == 0:
        count = 0
        for module, name in (
            (shutil, "copyfile"), (os, "replace"), (os, "mkdir"), (store, "flush"),
        ):
            def killing(*args, original=getattr(module, name), **named):
                global count
                count += 1
                if count == step:
                    os._exit(9)
                return original(*args, **named)
            setattr(module, name, killing)
        freeze(root, 2020)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    final = root / "reports/final"
    whole = [path.name for path in final.glob("*") if path.suffix != ".new"]
    print(step, status, *whole, flush=True)
    if whole or not status:
        break
"""


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_freeze_that_is_killed_leaves_nothing_half(root: Path) -> None:
    """Killed before every copy, flush, rename and mark in turn, until it comes to its end."""
    head = f"import sys; sys.path.insert(0, {HERE!r})\n"
    done = subprocess.run(
        [sys.executable, "-c", head + textwrap.dedent(KILLED), str(root)],
        capture_output=True,
        text=True,
        check=True,
    )
    steps = [line.split() for line in done.stdout.splitlines()]
    assert len(steps) > 40
    assert all(len(step) == 2 for step in steps[:-1])  # nothing stands there
    assert steps[-1][2:] == ["2020-1"]
    assert damage(find(root, "2020-1")) == ()
    assert os.listdir(root / "reports/final") == ["2020-1"]


@pytest.mark.parametrize("size", [0, 100, 3_000])
def test_a_full_disk_leaves_no_half_copy(root: Path, size: int) -> None:
    before = contents(root)
    with (
        no_room(size),
        pytest.raises(UsageError, match="the frozen copy could not be made") as told,
    ):
        freeze(root, 2020)
    assert "make room" in str(told.value)
    assert contents(root) == before
    assert not list((root / "reports/final").glob("2020-*"))
    assert freeze(root, 2020).folder.name == "2020-1"
