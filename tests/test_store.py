from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import filelock
import pandas as pd
import pytest
from builders import coded, evidence_of
from small_root import contents

from mapping import processed
from mapping.errors import DataError, Problem, RunError, UsageError
from mapping.pipeline import store
from mapping.pipeline.store import Store, beside


@pytest.fixture
def place(tmp_path: Path) -> Store:
    return Store(tmp_path, 2020)


def fill(place: Store, run: str, *, staged: bool) -> None:
    """Both folders of a run, each with two files that bear its name."""
    for folder, name in zip(place.folders, (store.RUN, store.MANIFEST), strict=True):
        target = beside(folder, "new") if staged else folder
        (target / "deep").mkdir(parents=True)
        (target / name).write_text(json.dumps({"run": run}))
        (target / "deep" / "file").write_text(run)


def runs(place: Store) -> list[str]:
    """The run that each file of the present results is of."""
    return [
        *(json.loads((place.processed / store.RUN).read_text())["run"],),
        *(json.loads((place.reports / store.MANIFEST).read_text())["run"],),
        *((folder / "deep" / "file").read_text() for folder in place.folders),
    ]


def left_over(place: Store) -> list[str]:
    known = {"2020", ".2020.lock", ".runs"}
    return [
        entry.name
        for folder in place.folders
        for entry in folder.parent.iterdir()
        if entry.name not in known
    ]


# --- tables --------------------------------------------------------------------------------


def test_a_table_comes_back_as_it_was_and_in_the_same_bytes(tmp_path: Path) -> None:
    table = evidence_of(
        coded("ÅSK-2", "s2", "a", "interest/2"), coded("ABC-1", "s1", "b", "need/feedback")
    ).assign(date=pd.array(["2020-01-31", None], dtype="datetime64[ns]"))
    path = processed.write_table(table, tmp_path, "evidence")
    first = path.read_bytes()
    pd.testing.assert_frame_equal(processed.read_table(tmp_path, "evidence"), table)
    processed.write_table(table.iloc[::-1], tmp_path, "evidence")
    assert path.read_bytes() == first
    assert [entry.name for entry in tmp_path.iterdir()] == ["evidence.parquet"]


def test_a_wrong_table_is_neither_written_nor_read(tmp_path: Path) -> None:
    wrong = pd.DataFrame({"department_id": ["A-1"]})
    with pytest.raises(RunError, match="table constructs lacks conditions, needs"):
        processed.write_table(wrong, tmp_path, "constructs")
    assert not list(tmp_path.iterdir())
    wrong.to_parquet(tmp_path / "constructs.parquet")
    with pytest.raises(RunError, match="table constructs lacks"):
        processed.read_table(tmp_path, "constructs")
    (tmp_path / "tiers.parquet").write_text("no table")
    with pytest.raises(RunError, match=r"tiers\.parquet is not a Parquet table"):
        processed.read_table(tmp_path, "tiers")
    with pytest.raises(UsageError, match="no table swot in"):
        processed.read_table(tmp_path, "swot")


# --- plain values --------------------------------------------------------------------------


def test_json_has_one_form(tmp_path: Path) -> None:
    store.write_json(tmp_path / "a", {"å": [1], "b": None})
    assert (tmp_path / "a").read_bytes() == '{\n "b": null,\n "å": [\n  1\n ]\n}\n'.encode()
    assert store.read_json(tmp_path / "a") == {"å": [1], "b": None}


@pytest.mark.parametrize("text", ["", "{", "[1]", "\udcff"])
def test_unreadable_json_is_absent(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").write_bytes(text.encode(errors="surrogateescape"))
    assert store.read_json(tmp_path / "a") == {}
    assert store.read_json(tmp_path / "absent") == {}


def test_a_fingerprint_depends_on_values_and_not_on_their_order() -> None:
    assert store.fingerprint({"a": 1, "b": 2}) == store.fingerprint({"b": 2, "a": 1})
    assert store.fingerprint({"a": 1}) != store.fingerprint({"a": "1"})


# --- the exchange --------------------------------------------------------------------------


def test_the_first_results_are_put_in_place(place: Store) -> None:
    fill(place, "new", staged=True)
    place.journal.parent.mkdir(parents=True, exist_ok=True)
    store.swap(place, "new")
    assert runs(place) == ["new"] * 4
    assert left_over(place) == []


def test_results_are_replaced_as_a_whole(place: Store) -> None:
    fill(place, "old", staged=False)
    (place.reports / "only-old.pdf").touch()
    fill(place, "new", staged=True)
    store.swap(place, "new")
    assert runs(place) == ["new"] * 4
    assert not (place.reports / "only-old.pdf").exists()
    assert left_over(place) == []


def refuse(monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[bool]:
    """As on Windows: a folder with an open file cannot be renamed, until the list is emptied."""
    replace = os.replace
    held = [True]

    def replacing(source: Any, target: Any) -> None:
        if held and Path(source) == folder and Path(target).name.endswith(".old"):
            raise PermissionError(errno.EACCES, "Access is denied", str(source))
        replace(source, target)

    monkeypatch.setattr(os, "replace", replacing)
    return held


def test_a_file_that_is_open_in_a_reader_is_named_and_nothing_is_changed(
    place: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(place, "old", staged=False)
    fill(place, "new", staged=True)
    refuse(monkeypatch, place.reports)
    opened = place.reports / "deep" / "file"
    open_ = Path.open

    def opening(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if path == opened and mode == "r+b":
            raise PermissionError(errno.EACCES, "Access is denied", str(path))
        return open_(path, mode, *rest, **named)

    monkeypatch.setattr(Path, "open", opening)
    with pytest.raises(UsageError) as caught:
        store.swap(place, "new")
    assert str(caught.value).startswith("reports/2020/deep/file cannot be replaced (Access is")
    assert str(caught.value).endswith("The previous results are as they were.")
    monkeypatch.undo()
    assert runs(place) == ["old"] * 4
    assert left_over(place) == []


def test_without_a_file_to_blame_the_folder_is_named(
    place: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(place, "old", staged=False)
    fill(place, "new", staged=True)
    refuse(monkeypatch, place.processed)
    with pytest.raises(UsageError, match=r"^2020 cannot be replaced \(Access is denied\)"):
        store.swap(place, "new")
    assert runs(place) == ["old"] * 4


def test_an_exchange_that_cannot_be_finished_is_finished_later(
    place: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(place, "old", staged=False)
    fill(place, "new", staged=True)
    store.write_json(place.journal, {"run": "new"})
    held = refuse(monkeypatch, place.reports)
    with pytest.raises(UsageError, match="cannot be replaced"):
        store.recover(place)
    held.clear()
    store.recover(place)
    assert runs(place) == ["new"] * 4
    assert left_over(place) == []


def test_what_a_broken_run_left_is_cleared(place: Store) -> None:
    fill(place, "old", staged=False)
    fill(place, "half", staged=True)
    store.recover(place)
    assert runs(place) == ["old"] * 4
    assert left_over(place) == []


def test_old_results_without_a_journal_come_back(place: Store) -> None:
    fill(place, "old", staged=False)
    for folder in place.folders:
        os.replace(folder, beside(folder, "old"))
    store.recover(place)
    assert runs(place) == ["old"] * 4


def test_an_exchange_whose_new_folder_was_lost_goes_back(place: Store) -> None:
    """As a run left it that removed what the journal promised."""
    for moved in ([], [0], [0, 1]):
        fill(place, "old", staged=False)
        for number in moved:
            os.replace(place.folders[number], beside(place.folders[number], "old"))
        store.write_json(place.journal, {"run": "new"})
        store.recover(place)
        assert runs(place) == ["old"] * 4
        assert left_over(place) == []
        for folder in place.folders:
            shutil.rmtree(folder)


def test_a_journal_that_is_held_does_not_fail_a_finished_exchange(
    place: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(place, "old", staged=False)
    fill(place, "new", staged=True)
    unlink = Path.unlink

    def refusing(path: Path, **named: Any) -> None:
        if path == place.journal:
            raise PermissionError(errno.EACCES, "Access is denied", str(path))
        unlink(path, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refusing)
        store.swap(place, "new")
        assert runs(place) == ["new"] * 4
        with pytest.raises(UsageError, match=r"journal\.json cannot be replaced"):
            store.recover(place)
    store.recover(place)
    assert runs(place) == ["new"] * 4
    assert left_over(place) == []


# --- reading -------------------------------------------------------------------------------


def test_results_of_different_runs_are_not_carried_over(place: Store) -> None:
    fill(place, "one", staged=False)
    assert store.previous(place) == store.Results({"run": "one"}, {"run": "one"})
    store.write_json(place.reports / store.MANIFEST, {"run": "two"})
    assert store.previous(place) == store.Results({}, {})


def test_half_of_the_results_is_none(place: Store) -> None:
    assert store.previous(place) == store.Results({}, {})
    fill(place, "one", staged=False)
    (place.processed / store.RUN).unlink()
    assert store.previous(place) == store.Results({}, {})
    store.write_json(place.reports / store.MANIFEST, {"files": {}})
    assert store.previous(place) == store.Results({}, {})


# --- the lock ------------------------------------------------------------------------------


def test_one_at_a_time_and_the_other_is_told_who_and_since_when(place: Store) -> None:
    with store.locked(place):
        with pytest.raises(UsageError) as caught, store.locked(place):
            pytest.fail("two at once")
        assert f"2020 is being run already (process {os.getpid()} on " in str(caught.value)
        assert " UTC): wait until it is done, or end it" in str(caught.value)
        with store.locked(Store(place.root, 2021)):
            pass
    with store.locked(place):
        pass
    assert not place.holder_file.exists()


def test_a_holder_that_left_no_name(place: Store) -> None:
    place.lock_file.parent.mkdir(parents=True)
    told = pytest.raises(UsageError, match=r"^2020 is being run already: wait")
    with filelock.FileLock(place.lock_file), told, store.locked(place):
        pytest.fail("two at once")


DESCRIPTORS = Path("/proc/self/fd")


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="no /proc to see the open descriptors in")
def test_a_child_does_not_inherit_the_lock(place: Store) -> None:
    with store.locked(place):
        held = [fd for fd in DESCRIPTORS.iterdir() if fd.resolve() == place.lock_file.resolve()]
        assert held
        assert not any(os.get_inheritable(int(fd.name)) for fd in held)


# --- the list of errors --------------------------------------------------------------------


def test_errors_are_listed_until_a_good_end(place: Store) -> None:
    place.errors.parent.mkdir()
    found = [Problem("survey.csv", 2, "ålder", "=1+1", "a number", "")]
    with pytest.raises(DataError) as caught, store.listing_errors(place):
        raise DataError(found)
    assert caught.value.__notes__ == ["the list is in data/errors-2020.csv"]
    text = place.errors.read_text(encoding="utf-8-sig")
    assert text.splitlines()[1] == "survey.csv,2,ålder,'=1+1,a number,"
    assert place.errors.read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(UsageError), store.listing_errors(place):
        raise UsageError
    assert place.errors.exists()
    with store.listing_errors(place):
        pass
    assert not place.errors.exists()


def test_errors_that_cannot_be_listed_are_still_the_errors(
    place: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """As on Windows, where a list that is open in Excel can be neither written nor removed."""
    (place.errors / "in the way").mkdir(parents=True)
    with pytest.raises(DataError) as caught, store.listing_errors(place):
        raise DataError([Problem("survey.csv", 2)])
    assert [problem.file for problem in caught.value.problems] == ["survey.csv"]
    (note,) = caught.value.__notes__
    assert note.startswith("the list data/errors-2020.csv could not be written: ")
    with store.listing_errors(place):
        pass
    assert caplog.messages == [
        "data/errors-2020.csv no longer holds and could not be removed: remove it"
    ]


def test_contents_are_what_the_tests_think(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text("c")
    assert contents(tmp_path) == {"a/b": b"c"}
