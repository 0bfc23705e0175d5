"""What verify names when anything of the results, or of what they were made from, has changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer.testing
from made_results import in_no_time, make_results, one_byte, parts
from small_root import contents

from mapping import cli, roots
from mapping.errors import DataError, Problem, UsageError
from mapping.pipeline import run as pipeline
from mapping.pipeline import versions
from mapping.pipeline.results import ADDED, CHANGED, MISSING, Difference, find
from mapping.pipeline.run import RunRequest, run
from mapping.pipeline.verify import FileDifference, Verification, request, verify

CODE_HASH, CODE_FILES = roots.code_hash, roots.code_files


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_no_time():
        yield make_results(tmp_path_factory.mktemp("root"))


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(root, tmp_path / "copy"))


def quick(root: Path) -> Verification:
    return verify(find(root, "2020"), root)


def whole(root: Path, **changed: Any) -> Verification:
    return verify(find(root, "2020"), root, parts(**changed))


def named(found: Verification) -> list[Difference]:
    return [*found.made_from, *found.stored]


def test_results_that_hold_are_repeated_to_the_byte(root: Path) -> None:
    before = contents(root)
    found = whole(root)
    assert (found.verdict, found.repeated) == ("repeated to the byte", True)
    assert found.rerun is not None
    assert found.rerun.files == len(contents(root / "reports/2020")) + len(
        contents(root / "data/processed/2020")
    )
    assert contents(root) == before  # nothing was written into the root


def test_hashes_alone_promise_no_more_than_they_can(root: Path) -> None:
    found = quick(root)
    assert found.repeated
    assert found.verdict == "nothing has changed since (hashes only; not made again)"


EDITED = {
    "data/raw/2020/survey.csv": Difference("inputs", "survey.csv"),
    "data/raw/2020/study.toml": Difference("inputs", "study.toml"),
    "data/raw/2020/comments.sv.md": Difference("inputs", "comments.sv.md"),
    "data/raw/2020/lineage.csv": Difference("inputs", "lineage.csv"),
    "data/raw/2020/corrections.csv": Difference("inputs", "corrections.csv"),
    "data/raw/2019/survey.csv": Difference("inputs", "2019/survey.csv"),
    "data/raw/2019/study.toml": Difference("inputs", "2019/study.toml"),
    "data/protocol/su-2020/protocol.toml": Difference("protocol", "su-2020/protocol.toml"),
    "data/protocol/su-2020/codebook.csv": Difference("protocol", "su-2020/codebook.csv"),
    "data/protocol/su-2020/questionnaire.csv": Difference("protocol", "su-2020/questionnaire.csv"),
    "data/protocol/su-2020/toolbox.csv": Difference("protocol", "su-2020/toolbox.csv"),
    "data/protocol/su-2020/calibration.csv": Difference("protocol", "su-2020/calibration.csv"),
    "data/protocol/su-2020/calibration.toml": Difference("protocol", "su-2020/calibration.toml"),
    "data/protocol/su-2020/change.csv": Difference("protocol", "su-2020/change.csv"),
    "data/protocol/su-2020/moves.csv": Difference("protocol", "su-2020/moves.csv"),
    "data/protocol/su-2020/change.toml": Difference("protocol", "su-2020/change.toml"),
    "notebooks/1-first.ipynb": Difference("notebooks", "1-first.ipynb"),
    "notebooks/department.ipynb": Difference("notebooks", "department.ipynb"),
    "reports/2020/second-2020-sv.pdf": Difference("reports", "second-2020-sv.pdf"),
    "reports/2020/departments/ABC-1-en.pdf": Difference("reports", "departments/ABC-1-en.pdf"),
    "reports/2020/departments/send-list.csv": Difference("reports", "departments/send-list.csv"),
    "reports/2020/notebooks/1-first-sv.ipynb": Difference("reports", "notebooks/1-first-sv.ipynb"),
    "reports/2020/numbers.json": Difference("reports", "numbers.json"),
    "reports/2020/tables-2020.xlsx": Difference("reports", "tables-2020.xlsx"),
    "data/processed/2020/respondents.parquet": Difference("tables", "respondents.parquet"),
}


@pytest.mark.parametrize("path", EDITED)
def test_one_byte_of_any_file_is_named_and_nothing_else(root: Path, path: str) -> None:
    with one_byte(root / path):
        found = quick(root)
    assert named(found) == [EDITED[path]]
    assert EDITED[path].name in found.verdict
    assert found.verdict.startswith("differs: ")


def test_every_kind_of_file_that_results_are_made_of_is_tried(root: Path) -> None:
    """Whatever the run has noted is in the list above, or its like is."""
    tried = {Path(path).suffix for path in EDITED}
    made = [*contents(root / "reports/2020"), *contents(root / "data/processed/2020")]
    assert {Path(name).suffix for name in made} <= tried
    told = find(root, "2020").run
    assert set(told["inputs"]) <= {one.name for one in EDITED.values()}
    method = {one.name for one in EDITED.values() if one.kind == "protocol"}
    assert {name for name in told["protocol_files"] if "/recovery." not in name} == method


@pytest.mark.parametrize(
    ("path", "old", "new", "kind"),
    [
        ("reports/2020/manifest.json", '"synthetic": true', '"synthetic": false', "reports"),
        ("data/processed/2020/run.json", '"synthetic": true', '"synthetic": false', "tables"),
        ("data/processed/2020/run.json", '"pandas": "', '"pandas": "0.', "tables"),
    ],
)
def test_what_the_results_tell_of_themselves_is_not_taken_on_trust(
    copy: Path, path: str, old: str, new: str, kind: str
) -> None:
    text = (copy / path).read_text(encoding="utf-8")
    assert old in text
    (copy / path).write_text(text.replace(old, new), encoding="utf-8")
    assert Difference(kind, Path(path).name) in quick(copy).stored  # type: ignore[arg-type]


def test_the_times_of_a_run_are_compared_with_nothing(copy: Path) -> None:
    path = copy / "data/processed/2020/run.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"started": "2', '"started": "1'), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    assert quick(copy).repeated
    assert whole(copy).repeated


def test_files_that_came_in_or_went_are_named(copy: Path) -> None:
    (copy / "data/raw/2020/comments.en.md").write_text("words", encoding="utf-8")
    (copy / "data/raw/2020/lineage.csv").unlink()
    (copy / "data/raw/2017").mkdir()
    (copy / "data/raw/2017/study.toml").write_text("", encoding="utf-8")
    (copy / "reports/2020/second-2020-en.pdf").unlink()
    (copy / "reports/2020/minutes.docx").write_text("mine", encoding="utf-8")
    (copy / "reports/2020/.DS_Store").write_text("of the desktop", encoding="utf-8")
    (copy / "data/processed/2020/respondents.parquet").unlink()
    assert named(quick(copy)) == [
        Difference("inputs", "2017/study.toml", ADDED),
        Difference("inputs", "comments.en.md", ADDED),
        Difference("inputs", "lineage.csv", MISSING),
        Difference("reports", "minutes.docx", ADDED),
        Difference("reports", "second-2020-en.pdf", MISSING),
        Difference("tables", "respondents.parquet", MISSING),
    ]


def test_a_protocol_that_is_gone_or_comes_from_elsewhere(copy: Path) -> None:
    shutil.rmtree(copy / "data/protocol/su-2020")
    (found,) = named(quick(copy))
    assert found.name == "place of su-2020"
    assert found.how == "the folder's own, now the shipped one"


def test_a_notebook_of_ones_own_that_comes_in_beside_the_others(copy: Path) -> None:
    shutil.copy(copy / "notebooks/1-first.ipynb", copy / "notebooks/7-mine.ipynb")
    assert [one.name for one in named(quick(copy)) if one.how == ADDED] == [
        "7-mine.ipynb",
        "place of 7-mine.ipynb",
    ]


def test_another_program_is_told_by_its_files(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roots, "code_hash", lambda: "other")
    assert named(quick(root)) == [Difference("code", "the program")]
    changed = {"cli.py": "0" * 64, "tiers.py": "2" * 64, "new.py": "3" * 64}
    monkeypatch.setattr(roots, "code_files", lambda: changed)
    assert named(quick(root)) == [
        Difference("code", "new.py", ADDED),
        Difference("code", "tiers.py", CHANGED),
    ]


def test_the_package_is_hashed_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a/__pycache__").mkdir(parents=True)
    (tmp_path / "a/b.py").write_bytes(b"one\r\n")
    (tmp_path / "a/__pycache__/b.pyc").write_bytes(b"compiled")
    monkeypatch.setattr(roots, "PACKAGE", tmp_path)
    assert CODE_FILES() == {"a/b.py": hashlib.sha256(b"one\n").hexdigest()}
    before = CODE_HASH()
    (tmp_path / "a/b.py").write_bytes(b"two\n")
    assert CODE_FILES() == {"a/b.py": hashlib.sha256(b"two\n").hexdigest()}
    assert CODE_HASH() != before


def test_another_version_of_a_library_is_named_with_both(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = versions.versions()
    monkeypatch.setattr(
        "mapping.pipeline.made_from.versions",
        lambda: known | {"pandas": "9.9", "python": "3.99.1"},
    )
    found = quick(root)
    assert named(found) == [
        Difference("environment", "pandas", f"{known['pandas']}, now 9.9"),
        Difference("environment", "python", f"{known['python']}, now 3.99.1"),
    ]
    assert f"environment (pandas ({known['pandas']}, now 9.9)" in found.verdict


# --- the second run ------------------------------------------------------------------------


def test_other_raw_data_make_other_files_each_of_them_named(root: Path) -> None:
    raw = root / "data/raw/2020/survey.csv"
    before = raw.read_bytes()
    raw.write_text("id\n7\n", encoding="utf-8")
    try:
        found = whole(root)
    finally:
        raw.write_bytes(before)
    assert found.verdict == "differs because of: inputs (survey.csv)"
    assert found.rerun is not None
    told = {one.name: one.what for one in found.rerun.different}
    assert told["notebooks/1-first-sv.ipynb"] == "“Of all: 1 answers.”, now “Of all: 7 answers.”"
    assert told["second-2020-sv.pdf"] == told["notebooks/1-first-sv.ipynb"]
    assert told["departments/ABC-1-en.pdf"].startswith("“Of ABC-1: 1 answers.”, now “Of ABC-1: 7")
    assert told["processed/respondents.parquet"].startswith("ABC-1/survey/id\n1: removed; 2 rows")
    assert "processed/run.json" in told
    assert "tables-2020.xlsx" not in told


def test_an_edited_report_is_told_from_one_that_was_made_otherwise(copy: Path) -> None:
    path = copy / "reports/2020/numbers.json"
    path.write_text('{"a": {"n": 1}}\n', encoding="utf-8")
    (copy / "reports/2020/second-2020-en.pdf").unlink()
    found = whole(copy)
    assert found.verdict == (
        "differs because of: reports or tables edited (numbers.json, second-2020-en.pdf (missing))"
    )
    assert found.rerun is not None
    numbers, second = found.rerun.different
    assert (numbers.name, numbers.edited) == ("numbers.json", True)
    assert numbers.what.startswith("a.n: 1, now none")
    assert second == FileDifference("second-2020-en.pdf", MISSING, "taken away", edited=True)


def test_what_differs_though_nothing_has_changed_is_unexplained(root: Path) -> None:
    found = whole(root, workbook=lambda *_: b"made of the moment")
    assert (
        found.verdict
        == "differs because of: unexplained (manifest.json, processed/run.json, "
        + ("tables-2020.xlsx)")
    )
    assert not found.repeated


def test_another_library_that_makes_the_same_pages_is_told_as_such(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = versions.versions()
    for module in ("provenance", "made_from"):
        monkeypatch.setattr(
            f"mapping.pipeline.{module}.versions", lambda: known | {"pandas": "9.9"}
        )
    found = whole(root)
    assert found.verdict == (
        "every report and table is repeated to the byte, although there differ: "
        f"environment (pandas ({known['pandas']}, now 9.9))"
    )


def test_data_that_have_become_wrong_are_named_all_the_same(root: Path) -> None:
    def wrong(*_: object) -> None:
        raise DataError([Problem("survey.csv", 2, "id", "x")])

    with one_byte(root / "data/raw/2020/survey.csv"):
        found = whole(root, participating=wrong)
    assert found.rerun is not None
    assert found.rerun.failed.startswith("1 error in the data: survey.csv, row 2, column id")
    assert found.verdict == "could not be made again; differs: inputs (survey.csv)"


def again(root: Path, one: RunRequest) -> RunRequest:
    run(replace(one, root=root), parts())
    return request(find(root, "2020"), root)


@pytest.mark.parametrize(
    "one",
    [
        RunRequest(2020, Path(), ("en",), ("second",)),
        RunRequest(2020, Path(), ("sv",), ("second",), baseline=2018),
    ],
)
def test_results_of_runs_in_part_are_made_again_as_they_were(copy: Path, one: RunRequest) -> None:
    """What a run took over from the one before is made again too."""
    (copy / "data/raw/2018").mkdir()
    (copy / "data/raw/2018/study.toml").write_text("2018", encoding="utf-8")
    assert again(copy, one) == replace(one, root=copy)
    assert whole(copy).verdict == "repeated to the byte"


def test_what_was_asked_for_is_read_back_from_the_results(copy: Path) -> None:
    one = RunRequest(2020, copy, ("en", "sv"), departments=False, baseline=0)
    assert again(copy, one) == one
    (copy / "data/raw/2017").mkdir()
    (copy / "data/raw/2017/study.toml").write_text("", encoding="utf-8")
    assert quick(copy).repeated  # compared with no earlier year, whichever there are


def test_part_of_what_a_run_could_make_is_compared_and_no_more(copy: Path) -> None:
    """A department's report that somebody edited is dropped by the next run in part."""
    (copy / "reports/2020/departments/ABC-1-sv.pdf").write_bytes(b"edited")
    made = run(RunRequest(2020, copy, ("sv",), ("second",)), parts())
    assert made.dropped == ("departments/ABC-1-sv.pdf",)
    assert whole(copy).verdict == "repeated to the byte"


# --- what there is to verify ---------------------------------------------------------------


def test_results_that_are_not_there_or_not_whole(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match="no results 1999; run the mapping first: mapping run 1999"
    ):
        find(copy, "1999")
    with pytest.raises(UsageError, match="no results 2020-3; frozen copies there: none"):
        find(copy, "2020-3")
    with pytest.raises(UsageError, match="name a year, a frozen copy such as 2020-1, or a folder"):
        find(copy, str(tmp_path))
    assert find(copy, str(copy / "reports/2020")).run == find(copy, "2020").run
    journal = copy / "data/processed/.2020.journal.json"
    journal.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="a run of 2020 was interrupted"):
        find(copy, "2020")
    journal.unlink()
    manifest = copy / "reports/2020/manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('"run": "', '"run": "0'), encoding="utf-8")
    with pytest.raises(UsageError, match="reports and tables are of two runs"):
        find(copy, "2020")
    manifest.write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match=r"not whole: manifest\.json cannot be read"):
        find(copy, "2020")
    manifest.write_text(text, encoding="utf-8")
    told = copy / "data/processed/2020/run.json"
    told.write_text('{"run": "a", "year": 2020}', encoding="utf-8")
    with pytest.raises(UsageError, match="an earlier version of this program"):
        find(copy, "2020")


def keys(told: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of a JSON object that the program itself has named, however deep."""
    free = ("versions", "code_files", "protocol_files", "tables", "left_out", "times", "editions")
    if isinstance(told, dict):
        for key, value in told.items():
            yield (*path, key)
            yield from keys(value, (*path, key)) if key not in free else ()


@pytest.mark.parametrize("path", ["data/processed/2020/run.json", "reports/2020/manifest.json"])
def test_one_byte_of_a_key_of_both_summaries_is_named(root: Path, path: str) -> None:
    """Names of files and years are keys too: what they then lack is named elsewhere."""
    summary = root / path
    whole = summary.read_bytes()
    told = json.loads(whole)
    try:
        for way in keys(told):
            changed = json.loads(whole)
            inner = changed
            for key in way[:-1]:
                inner = inner[key]
            inner[f"{way[-1][:-1]}~"] = inner.pop(way[-1])
            summary.write_text(json.dumps(changed), encoding="utf-8")
            try:
                named = [one.name for one in quick(root).stored]
            except UsageError as error:
                named = [word for word in str(error).split() if word.endswith(".json")]
            assert {Path(name).name for name in named} & {summary.name}, way
    finally:
        summary.write_bytes(whole)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("data/processed/2020/run.json", '"year": 2020', '"year": "2020"'),
        ("data/processed/2020/run.json", '"from": "root"', '"from": "roof"'),
        ("data/processed/2020/run.json", '"edition": "internal"', '"edition": "inter"'),
        ("data/processed/2020/run.json", '"baseline": {', '"baseline": 2019, "x": {'),
        ("reports/2020/manifest.json", '"run": "', '"ran": "'),
        ("data/processed/2020/run.json", "{", "["),
        ("reports/2020/manifest.json", "{", "["),
    ],
)
def test_a_summary_that_is_none_is_named(copy: Path, file: str, old: str, new: str) -> None:
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UsageError, match=f"not whole: .*{Path(file).name}"):
        find(copy, "2020")


def test_results_that_are_replaced_meanwhile(copy: Path) -> None:
    results = find(copy, "2020")
    (copy / "data/raw/2020/survey.csv").write_text("id\n9\n", encoding="utf-8")
    run(RunRequest(2020, copy), parts())
    with pytest.raises(UsageError, match="replaced meanwhile: verify again"):
        verify(results, copy)


def call(*arguments: object) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(cli.app, [str(part) for part in arguments])


def test_the_command_tells_what_differs_and_ends_with_the_verdict(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "standard_parts", parts)
    done = call("verify", "2020", "--root", root)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "2020: repeated to the byte"
    with one_byte(root / "data/raw/2020/survey.csv"):
        done = call("verify", "2020", "--root", root, "--quick")
        silent = call("verify", "2020", "--root", root, "--quick", "--quiet")
    assert done.exit_code == silent.exit_code == 4
    assert done.stdout.splitlines()[1].split() == ["inputs", "survey.csv", "changed"]
    verdict = "differs: inputs (survey.csv) (hashes only; not made again)"
    assert done.stdout.splitlines()[-1] == f"2020: {verdict}"
    assert silent.stdout.strip() == verdict
