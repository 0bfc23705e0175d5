from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_root import write_notebook

from mapping import roots
from mapping.errors import DataError, UsageError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path


def test_the_root_is_found_from_any_folder_in_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = root / "reports" / "2020" / "notebooks"
    deep.mkdir(parents=True)
    assert roots.find_root(deep) == root.resolve()
    monkeypatch.chdir(deep)
    assert roots.find_root() == root.resolve()
    assert roots.chosen_root(None) == root.resolve()


def test_no_root(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mapping init DIR"):
        roots.find_root(tmp_path)


def test_a_root_that_is_named_is_not_looked_for_above_it(root: Path) -> None:
    (root / "inner").mkdir()
    assert roots.chosen_root(root) == root.resolve()
    with pytest.raises(UsageError, match=r"no data/raw in .*inner"):
        roots.chosen_root(root / "inner")


def test_an_unknown_year_is_answered_with_those_there_are(root: Path) -> None:
    with pytest.raises(UsageError, match="years there: none"):
        roots.raw_folder(root, 2020)
    for name in ("2021", "2019", "notes"):
        (root / "data" / "raw" / name).mkdir()
    with pytest.raises(UsageError, match="no raw data for 2020 in data/raw; years there: 2019, "):
        roots.raw_folder(root, 2020)
    assert roots.raw_folder(root, 2021) == root / "data" / "raw" / "2021"


def test_the_roots_own_notebooks_win(root: Path) -> None:
    write_notebook(root / "notebooks", "play")
    assert roots.notebooks(root) == roots.Resource(roots.shipped("notebooks"), "shipped")
    write_notebook(root / "notebooks", "1-own")
    assert roots.notebooks(root) == roots.Resource(root / "notebooks", "root")


def test_report_notebooks_stand_in_the_order_of_a_run(root: Path) -> None:
    for name in ("department", "play", "9-last", "open", "follow-up", "audit", "1-first"):
        write_notebook(root / "notebooks", name)
    names = [path.stem for path in roots.report_notebooks(root / "notebooks")]
    assert names == ["1-first", "9-last", "audit", "open", "follow-up", "department"]
    shipped = [path.stem for path in roots.report_notebooks(roots.shipped("notebooks"))]
    assert shipped[-4:] == ["audit", "open", "follow-up", "department"]


def test_the_roots_own_protocol_wins_by_name(root: Path) -> None:
    assert roots.protocol(root, "su-2020").origin == "shipped"
    own = root / "data" / "protocol"
    shutil.copytree(roots.shipped("protocol") / "su-2020", own / "mine")
    assert roots.protocol(root, "mine") == roots.Resource(own / "mine", "root")
    assert roots.protocol(root, "su-2020").origin == "shipped"
    shutil.copytree(roots.shipped("protocol") / "su-2020", own / "su-2020")
    assert roots.protocol(root, "su-2020") == roots.Resource(own / "su-2020", "root")


@pytest.mark.parametrize("name", ["other", "", ".", "..", "../raw"])
def test_an_unknown_protocol_is_wrong_data(root: Path, name: str) -> None:
    with pytest.raises(DataError) as caught:
        roots.protocol(root, name)
    (problem,) = caught.value.problems
    assert (problem.file, problem.column) == ("study.toml", "protocol")
    assert "su-2020" in problem.expected


def test_an_installed_package_brings_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roots, "PACKAGE", tmp_path)
    assert roots.shipped("notebooks") != tmp_path / "shipped" / "notebooks"
    (tmp_path / "shipped" / "notebooks").mkdir(parents=True)
    assert roots.shipped("notebooks") == tmp_path / "shipped" / "notebooks"


def test_the_code_hash_sees_code_and_texts_but_not_line_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roots, "PACKAGE", tmp_path)
    (tmp_path / "a.py").write_bytes(b"one\ntwo\n")
    first = roots.code_hash()
    (tmp_path / "a.py").write_bytes(b"one\r\ntwo\r\n")
    for folder in ("__pycache__", "shipped"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x").write_text("x")
    assert roots.code_hash() == first
    (tmp_path / "t.toml").write_bytes(b"")
    second = roots.code_hash()
    assert second != first
    (tmp_path / "t.toml").rename(tmp_path / "u.toml")
    assert roots.code_hash() != second
