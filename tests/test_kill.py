"""Killed anywhere, the results are the old ones or the new ones, whole; the next run is clean."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_root import (
    contents,
    make_root,
    small_parts,
    write_department_notebook,
    write_notebook,
)

from mapping.errors import UsageError
from mapping.pipeline import store
from mapping.pipeline.run import RunRequest, run
from mapping.pipeline.store import Store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")

HERE = str(Path(__file__).parent)


def start(code: str, *arguments: object, told: bool = False) -> subprocess.Popen[str]:
    """A Python of its own, leading a process group of its own."""
    head = f"import sys; sys.path.insert(0, {HERE!r})\n"
    return subprocess.Popen(
        [sys.executable, "-c", head + textwrap.dedent(code), *map(str, arguments)],
        start_new_session=True,
        stdin=subprocess.PIPE if told else None,
        stdout=subprocess.PIPE if told else None,
        text=True,
    )


def kill_all(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


EXCHANGES = """
import json, os, signal
from pathlib import Path
from mapping.pipeline import store

def fill(place, run, staged):
    for folder, name in zip(place.folders, (store.RUN, store.MANIFEST)):
        target = store.beside(folder, "new") if staged else folder
        target.mkdir(parents=True)
        (target / name).write_text(json.dumps({"run": run}))
        (target / "file").write_text(run)

def killing(step, after):
    count = 0
    for name in ("replace", "fsync", "unlink"):
        original = getattr(os, name)
        def killed(*args, original=original, **named):
            nonlocal count
            count += 1
            if count == step and not after:
                os.killpg(0, signal.SIGKILL)
            try:
                original(*args, **named)
            finally:  # also after the removal of what is not there
                if count == step and after:
                    os.killpg(0, signal.SIGKILL)
        setattr(os, name, killed)

base, finished = Path(sys.argv[1]), 0
for step in range(1, 60):
    for after in (False, True):
        place = store.Store(base / f"{step:02}-{int(after)}", 2020)
        fill(place, "old", False)
        fill(place, "new", True)
        child = os.fork()
        if child == 0:
            os.setsid()
            killing(step, after)
            with store.locked(place):
                store.swap(place, "new")
            os._exit(0)
        finished += os.waitpid(child, 0)[1] == 0
    if finished:
        break
"""


@pytest.fixture(scope="module")
def killed_exchanges(tmp_path_factory: pytest.TempPathFactory) -> list[Store]:
    """Exchanges that were killed before and after each rename, flush and removal in turn."""
    base = tmp_path_factory.mktemp("exchanges")
    process = start(EXCHANGES, base)
    process.communicate(timeout=120)
    assert process.returncode == 0
    return [Store(root, 2020) for root in sorted(base.iterdir())]


def files(place: Store) -> set[str]:
    """The runs that the present files are of."""
    names = (place.processed / store.RUN, place.reports / store.MANIFEST)
    found = {json.loads(name.read_text())["run"] for name in names}
    return found | {(folder / "file").read_text() for folder in place.folders}


def next_finds(place: Store) -> store.Results:
    """What the next run finds to carry over from."""
    with store.locked(place):
        store.recover(place)
        return store.previous(place)


def test_an_exchange_killed_at_any_step_is_whole_for_the_next_run(
    killed_exchanges: list[Store],
) -> None:
    seen = set()
    for place in killed_exchanges:
        pending = place.journal.exists()
        run_id = next_finds(place).run["run"]
        assert files(place) == {run_id}, place.root.name
        if pending:
            assert run_id == "new", "what the journal promised is there"
        seen.add((pending, run_id))
    assert seen == {(False, "old"), (True, "new"), (False, "new")}


def test_the_next_run_after_a_killed_exchange_leaves_nothing_behind(
    killed_exchanges: list[Store],
) -> None:
    for place in killed_exchanges:
        with store.locked(place):
            store.recover(place)
        left = [
            entry.name
            for folder in place.folders
            for entry in folder.parent.iterdir()
            if not entry.name.startswith(".") and entry.name != "2020"
        ]
        assert left == [], place.root.name
        assert not place.journal.exists()


HOLDER = """
import os, subprocess, time
from pathlib import Path
from mapping.pipeline import store
with store.locked(store.Store(Path(sys.argv[1]), 2020)):
    child = subprocess.Popen(["sleep", "60"], close_fds=False)
    print(child.pid, flush=True)
    time.sleep(60)
"""


def test_the_lock_of_a_killed_run_is_free_while_its_child_lives(tmp_path: Path) -> None:
    holder = start(HOLDER, tmp_path, told=True)
    try:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())
        refused = pytest.raises(UsageError, match=f"process {holder.pid} on ")
        with refused, store.locked(Store(tmp_path, 2020)):
            pytest.fail("held by the other")
        holder.kill()
        holder.wait()
        os.kill(child, 0)  # it lives
        with store.locked(Store(tmp_path, 2020)):
            pass
    finally:
        kill_all(holder)


ONE = """
from pathlib import Path
from small_root import small_parts
from mapping.pipeline.run import RunRequest, run
run(RunRequest(2020, Path(sys.argv[1])), small_parts())
"""


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(path: Path) -> str:
    for _ in range(600):
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.05)
    raise TimeoutError(path)


def test_a_kernel_of_a_killed_run_neither_holds_the_year_nor_stays(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    mark = "import os, time\nopen('kernel', 'w').write(str(os.getpid()))\ntime.sleep(60)"
    write_notebook(root / "notebooks", "1-first", mark)
    process = start(ONE, root)
    try:
        kernel = int(wait_for(root / "kernel"))
        process.kill()
        process.wait()
        write_notebook(root / "notebooks", "1-first", "1")
        made = run(RunRequest(2020, root, ("sv",)), small_parts())
        assert "notebooks/1-first-sv.ipynb" in made.made
        for _ in range(100):
            if not alive(kernel):
                break
            time.sleep(0.1)
        assert not alive(kernel)
    finally:
        kill_all(process)


STOPPED = """
import os, signal, threading, time
from pathlib import Path
from small_root import small_parts
from mapping.pipeline.run import RunRequest, run

def stop():
    while not list(Path(sys.argv[1]).glob("kernel*")):
        time.sleep(0.05)
    print(time.perf_counter(), flush=True)
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=stop, daemon=True).start()
try:
    run(RunRequest(2020, Path(sys.argv[1]), ("sv",)), small_parts())
except KeyboardInterrupt:
    print(time.perf_counter(), flush=True)
"""


@pytest.mark.parametrize("at", ["reports", "departments"])
def test_a_stopped_run_ends_its_notebooks_at_once(tmp_path: Path, at: str) -> None:
    root = make_root(tmp_path)
    mark = "import os, time\nopen(f'kernel-{os.getpid()}', 'w').close()\ntime.sleep(60)"
    if at == "reports":
        for name in ("1-first", "2-second"):
            write_notebook(root / "notebooks", name, mark)
    else:
        write_department_notebook(root, mark)
    process = start(STOPPED, root, told=True)
    try:
        assert process.stdout is not None
        asked, ended = float(process.stdout.readline()), float(process.stdout.readline())
        assert process.wait(timeout=30) == 0
    finally:
        kill_all(process)
    assert ended - asked < 10  # the notebooks take a minute
    kernels = [int(path.name.partition("-")[2]) for path in root.glob("kernel-*")]
    assert kernels
    assert not any(alive(kernel) for kernel in kernels)
    kept = [path.name for path in (root / "reports/.runs").rglob("*") if path.is_file()]
    assert kept == ["log.txt"]


RUNS = """
import os, signal, time
from pathlib import Path
import nbformat
from small_root import small_parts
from mapping import roots
from mapping.pipeline import run, workers

def execute(path, parameters, *_):
    time.sleep(0.05)
    return nbformat.from_dict({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

roots.code_hash = lambda: "code"
workers.execute = execute
for line in sys.stdin:
    root, delay = line.rstrip().rsplit(" ", 1)
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.setsid()
        run.run(run.RunRequest(2020, Path(root)), small_parts())
        os._exit(0)
    if float(delay):
        time.sleep(float(delay))
        os.killpg(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    print(status, time.perf_counter() - started, flush=True)
"""


class Runner:
    """Runs in a process of their own each, killed after a while."""

    def __init__(self) -> None:
        self._process = start(RUNS, told=True)

    def run(self, root: Path, delay: float = 0.0) -> tuple[int, float]:
        """The exit status and the seconds of a run that was killed after ``delay`` (0: never)."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{root} {delay}\n")
        self._process.stdin.flush()
        status, seconds = self._process.stdout.readline().split()
        return int(status), float(seconds)

    def close(self) -> None:
        kill_all(self._process)


@pytest.fixture
def runner() -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


def present(root: Path) -> dict[str, bytes]:
    return {**contents(root / "reports/2020"), **contents(root / "data/processed/2020")}


@pytest.mark.slow
def test_a_run_killed_at_random_leaves_old_or_new_results_whole(
    tmp_path: Path, runner: Runner
) -> None:
    root = make_root(tmp_path / "root")
    write_department_notebook(root, "department")
    raw = root / "data/raw/2020/survey.csv"
    assert runner.run(root)[0] == 0
    status, length = runner.run(root)
    assert status == 0
    draw = random.Random(20)  # noqa: S311  (moments, not secrets)
    for number in range(12):
        before = present(root)
        raw.write_text(f"id\n{number}\n", encoding="utf-8")
        runner.run(root, draw.uniform(0.01, length * 1.1))
        place = Store(root, 2020)
        read = next_finds(place)
        listed = {name: entry["sha256"] for name, entry in read.manifest["files"].items()}
        assert {name: store.sha256(place.reports / name) for name in listed} == listed
        assert len([name for name in listed if name.startswith("departments/")]) == 7
        new = read.run["inputs"]["survey.csv"]["sha256"] == store.sha256(raw)
        assert new or present(root) == before
    assert runner.run(root)[0] == 0
    clean = make_root(tmp_path / "clean")
    write_department_notebook(clean, "department")
    shutil.copy(raw, clean / "data/raw/2020/survey.csv")
    assert runner.run(clean)[0] == 0
    assert contents(clean / "reports/2020") == contents(root / "reports/2020")
    left = {
        path.name for folder in ("data/processed", "reports") for path in (root / folder).iterdir()
    }
    assert left == {"2020", ".2020.lock", ".runs"}
