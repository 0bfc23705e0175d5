"""What moved between two results: a pair of which exactly one row of an interview differs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import typer.testing
from made_results import CODE
from raw_years import tiny
from small_root import notebook, small_parts

import mapping
from mapping import cli, roots
from mapping.instruments import read_settings, read_year
from mapping.participation import participating
from mapping.pipeline import diff as diffing
from mapping.pipeline import workers
from mapping.pipeline.diff import Diff, diff
from mapping.pipeline.evidence_changes import EvidenceChange, evidence_changes
from mapping.pipeline.freeze import freeze
from mapping.pipeline.results import Difference, find
from mapping.pipeline.run import Parts, RunRequest, run
from mapping.pipeline.sentences import sentences
from mapping.pipeline.table_changes import changes, told_cell

LEVELS = {
    "interest": 3, "management_support": 2, "colleague_support": 2, "resources": 1, "workload": 1,
    "staffing": 1, "mandate": 2, "internal_need": 2, "external_need": 2, "importance": 2,
    "activity": 2, "sustainability": 2, "student_relations": 2,
}  # fmt: skip


def raw_files() -> dict[str, str]:
    """Two departments, of which each has every indicator by one coder of one interview."""
    head = "segment_id,interview_id,department_id,date,respondent_role,coder,code,excerpt"
    rows = [
        f"{unit}{number},i{unit},{unit},2020-01-15,prefekt,Ann,{key}/{level},hemligt"
        for unit in ("ABC-1", "ÅÄÖ-22")
        for number, (key, level) in enumerate(LEVELS.items())
    ]
    return {**tiny(), "interviews.csv": "\n".join([head, *rows, ""])}


@lru_cache
def computed(root: Path, interviews: str, code: str) -> Any:
    del interviews, code  # only to tell the studies apart
    return mapping.load_year(2020, root)


def study(root: Path) -> Any:
    text = (root / "data/raw/2020/interviews.csv").read_text(encoding="utf-8")
    return computed(root, text, roots.code_hash())


def executed(path: Path, _: object, cwd: Path, *__: object) -> Any:
    """Stands in for papermill: sentences with the references of their numbers, and without."""
    made = study(cwd)
    good = made.tiers.set_index("department_id")["tier"]
    level = made.indicators.set_index(["department_id", "indicator"])["level"]
    named = made.needs.set_index(["side", "need"])["departments"]["internal", "feedback"]
    other = level["ÅÄÖ-22", "interest"]
    html = f"""<h2>Tiers</h2>
<p>There are <data data-from="count(tiers?tier=moderate)">{(good == "moderate").sum()}</data> in
the middle. The other one's interest is
<data data-from="indicators/ÅÄÖ-22/interest/level">{other}</data>.</p>
<ul><li>Feedback: <data data-from="needs/internal/feedback/departments">{named}</data>.</li></ul>
<table><tr><td>ABC-1</td><td>{good["ABC-1"]}</td></tr></table>"""
    numbers = {"mapping": {"numbers": {"tiers.mean": {"n": float(level.mean().round(4))}}}}
    outputs = [
        nbformat.v4.new_output("display_data", {"text/html": html}),
        nbformat.v4.new_output(
            "display_data", {"text/html": f"<p>Mean {level.mean():.4f}.</p>"}, metadata=numbers
        ),
    ]
    cell = nbformat.v4.new_code_cell("show()", outputs=outputs, id="cell-1")
    metadata = {"mapping": dict(nbformat.read(path, 4).metadata.get("mapping", {}))}
    return nbformat.v4.new_notebook(cells=[cell], metadata=metadata)


def parts() -> Parts:
    return small_parts(
        read_settings=read_settings,
        read_year=read_year,
        participating=lambda raw, protocol: participating(mapping.evidence.gather(raw, protocol)),
        load_year=lambda _, root: study(root),
    )


def call(*arguments: object) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(cli.app, [str(part) for part in arguments])


def write(root: Path, files: Mapping[str, str]) -> None:
    folder = root / "data/raw/2020"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


OLD = "ABC-13,iABC-1,ABC-1,2020-01-15,prefekt,Ann,resources/1"
NEW = "ABC-13,iABC-1,ABC-1,2020-01-15,prefekt,Ann,resources/3"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A root whose first results are frozen, and made again after one row was changed."""
    folder = tmp_path_factory.mktemp("root")
    (folder / "notebooks").mkdir()
    made = notebook("show()", report="tiers", audit=True)
    nbformat.write(made, folder / "notebooks/1-tiers.ipynb")
    files = raw_files()
    write(folder, files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "execute", executed)
        patch.setattr(roots, "code_hash", lambda: "code")
        patch.setattr(roots, "code_files", lambda: CODE)
        request = RunRequest(2020, folder, departments=False)
        run(request, parts())
        freeze(folder, 2020)
        assert files["interviews.csv"].count(OLD) == 1
        write(folder, {"interviews.csv": files["interviews.csv"].replace(OLD, NEW)})
        run(request, parts())
        yield folder


@pytest.fixture(scope="module")
def found(root: Path) -> Diff:
    return diff(find(root, "2020-1"), find(root, "2020"), ("sv",))


ROW = "interviews.csv row 5"  # the header is row 1, as a spreadsheet shows it


def test_the_changed_file_is_the_only_thing_named(found: Diff) -> None:
    assert found.made_from == (Difference("inputs", "interviews.csv"),)


def test_the_row_is_named_with_what_it_was_and_is(found: Diff) -> None:
    (datum,) = found.evidence
    assert (datum.department, datum.place) == ("ABC-1", ROW)
    assert datum.told == f"{ROW}: indicator resources: value 1, now 3"


def test_the_department_that_moved_is_named_with_its_row_and_aspect(found: Diff) -> None:
    (move,) = found.tiers
    assert (move.department, move.moved) == ("ABC-1", True)
    tiers = {column: (old, new) for column, old, new in move.cells}
    assert tiers["tier"] == ("moderate", "good")
    assert tiers["borderline"] == (False, True)
    assert [datum.place for datum in move.evidence] == [ROW]
    assert {aspect.key for aspect in move.aspects} >= {("ABC-1", "resources")}
    assert move.rests_on == ()  # nothing of the method has changed


def test_the_sentences_that_differ_stand_beside_each_other(found: Diff) -> None:
    told = {one.before: one for one in found.sentences}
    assert [one.notebook for one in found.sentences] == ["1-tiers-sv"] * len(told)
    counted = told["There are 2 in the middle."]
    assert counted.now == "There are 1 in the middle."
    assert (counted.tables, counted.rests_on) == (("tiers",), (ROW,))
    (mean,) = [one for one in found.sentences if one.before.startswith("Mean")]
    assert (mean.tables, mean.rests_on) == ((), (ROW,))  # where it is from is not told
    assert mean.numbers[0].startswith("tiers.mean.n 1.8")
    assert len(told) == 2  # neither that on the other department, nor the row of the table


def test_only_the_language_that_is_asked_for(root: Path) -> None:
    both = diff(find(root, "2020-1"), find(root, "2020"), ("sv", "en"))
    assert [one.notebook for one in both.sentences].count("1-tiers-en") == 2


def test_tables_are_counted(found: Diff) -> None:
    counts = {one.name: one.count("changed") for one in found.tables}
    assert counts["evidence"] == counts["tiers"] == counts["indicators"] == 1
    assert "needs" not in counts
    assert "swot" not in counts


def test_the_command_shows_it_and_nothing_confidential(root: Path) -> None:
    done = call("diff", "2020-1", "2020", "--root", root, "--lang", "sv")
    assert done.exit_code == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == "2020-1, and now 2020"
    assert "inputs interviews.csv changed" in lines
    assert "tiers: 1 moved" in lines
    assert f"{ROW}: indicator resources: value 1, now 3" in lines
    assert f"There are 2 in the middle. There are 1 in the middle. {ROW}; from tiers" in lines
    assert not [word for word in ("hemligt", "prefekt") if word in done.stdout]


def test_the_same_results_do_not_differ(root: Path) -> None:
    done = call("diff", "2020", "2020", "--root", root)
    assert "made from the same inputs, by the same method" in done.stdout
    assert "tiers: 0 moved" in done.stdout
    assert "sentences: 0 differ" in done.stdout
    assert "every table has the same rows" in done.stdout


def test_wrong_use(root: Path) -> None:
    assert call("diff", "2020", "2020-7", "--root", root).exit_code == 2
    unknown = call("diff", "2020", "2020", "--root", root, "--lang", "fr")
    assert (unknown.exit_code, "languages are sv, en" in unknown.stderr) == (2, True)


def test_a_method_that_changed_is_under_everything(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No data differ, so that what moved is not laid to them."""
    copy = Path(shutil.copytree(root, tmp_path / "copy"))
    monkeypatch.setattr(roots, "code_hash", lambda: "other")
    monkeypatch.setattr(roots, "code_files", lambda: {"cli.py": "0" * 64, "tiers.py": "2" * 64})
    shutil.copytree(roots.shipped("protocol") / "su-2020", copy / "data/protocol/su-2020")
    path = copy / "data/protocol/su-2020/protocol.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("borderline = ", "borderline = 0.9 # ", 1), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    run(RunRequest(2020, copy, ("sv",), departments=False), parts())
    found = diff(find(root, "2020"), find(copy, str(copy / "reports/2020")), ("sv", "en"))
    names = ("protocol: place of su-2020", "protocol: su-2020/protocol.toml", "code: tiers.py")
    assert found.evidence == ()
    assert {move.rests_on for move in found.tiers} == {names}
    assert found.alone == (("1-tiers-en", "removed"),)
    shown = call("diff", "2020", copy / "reports/2020", "--root", root).stdout
    assert "none of its data differ" in shown
    assert f"and of the method: {', '.join(names)}" in shown
    assert "1-tiers-en: removed as a whole" in shown


def test_two_years_are_compared_by_their_method_alone(root: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(root, tmp_path / "copy"))
    shutil.copytree(copy / "data/raw/2020", copy / "data/raw/2021")
    study = copy / "data/raw/2021/study.toml"
    text = study.read_text(encoding="utf-8").replace("2020", "2021").replace("su-2021", "su-2020")
    study.write_text(text.replace("2019-", "2020-"), encoding="utf-8")
    for name in ("interviews.csv", "workshop.csv", "survey.csv"):
        path = copy / "data/raw/2021" / name
        text = path.read_text(encoding="utf-8").replace("2020-", "2021-")
        path.write_text(text, encoding="utf-8")
    run(RunRequest(2021, copy, ("sv",), departments=False, baseline=0), parts_of(2021))
    done = call("diff", "2020", "2021", "--root", copy)
    assert done.exit_code == 0, done.stderr
    assert "interviews.csv" not in done.stdout
    assert "mapping run 2021 --baseline 2020 --only followup" in done.stdout


def parts_of(year: int) -> Parts:
    return small_parts(
        read_settings=read_settings,
        read_year=read_year,
        participating=lambda *_: (),
        load_year=lambda _, root: mapping.load_year(year, root),
    )


# --- the evidence and the tables -----------------------------------------------------------


def evidence(*rows: tuple[object, ...]) -> pd.DataFrame:
    columns = ["department_id", "unit", "rater", "key", "value", "row"]
    frame = pd.DataFrame(list(rows), columns=columns)
    same = {"instrument": "interview", "kind": "indicator", "file": "interviews.csv"}
    blank = dict.fromkeys(("side", "quadrant", "category", "date", "role"))
    ids = "interviews-" + frame["row"].astype(str)
    return frame.assign(**same, **blank, weight=1.0, evidence_id=ids)


def test_data_that_only_moved_to_another_row_do_not_differ() -> None:
    before = evidence(("A-1", "s1", "coder-1", "mandate", 1.0, 2))
    now = evidence(
        ("B-1", "s0", "coder-1", "mandate", 3.0, 2), ("A-1", "s1", "coder-2", "mandate", 1.0, 3)
    )
    (added,) = evidence_changes(before, now)
    assert added.told == "interviews.csv row 2: indicator mandate: added"
    (removed,) = evidence_changes(now, before)
    assert (removed.place, removed.how) == ("interviews.csv row 2 before", "removed")


def test_the_coders_of_one_segment_are_told_apart() -> None:
    before = evidence(
        ("A-1", "s1", "coder-1", "mandate", 1.0, 2), ("A-1", "s1", "coder-2", "mandate", 2.0, 3)
    )
    now = before.assign(value=[1.0, 0.0])
    (datum,) = evidence_changes(before, now)
    assert datum.told == "interviews.csv row 3: indicator mandate: value 2, now 0"


def test_what_tells_of_a_person_is_never_told() -> None:
    assert told_cell("role", "prefekt", "dekan") == "role differs"
    before = evidence(("A-1", "s1", "coder-1", "mandate", 1.0, 2))
    (datum,) = evidence_changes(before.assign(role="prefekt"), before.assign(role="dekan"))
    assert datum.told.endswith("mandate: role differs")


def test_numbers_that_differ_far_behind_the_point_are_told_in_full() -> None:
    assert told_cell("share", 0.25, 0.5) == "share 0.25, now 0.5"
    assert told_cell("share", 0.30001, 0.30002) == "share 0.30001, now 0.30002"


def test_rows_are_told_by_the_key_of_their_table() -> None:
    before = pd.DataFrame({"department_id": ["A", "B"], "met": [True, None], "x": [0.1, None]})
    now = pd.DataFrame({"department_id": ["B", "C"], "met": [None, True], "x": [0.25, 1.0]})
    found = changes("mine", before, now)
    assert [(row.key, row.how) for row in found.rows] == [
        (("A",), "removed"), (("B",), "changed"), (("C",), "added"),
    ]  # fmt: skip
    assert found.told == "A: removed; 3 rows in all"
    assert told_cell(*found.rows[1].cells[0]) == "x blank, now 0.25"
    other = changes("mine", before, now.drop(columns="x"))
    assert other.told == "columns of one of the two alone: x"


def test_sentences_carry_the_references_of_their_own_numbers(tmp_path: Path) -> None:
    html = (
        '<p>One <data data-from="a/1">1</data>, <b>two</b> <data data-from="a/2">2</data>. '
        'Then <data data-from="a/3">3</data>.</p><table><tr><th>x</th><td>4</td></tr></table>'
    )
    outputs = [
        nbformat.v4.new_output("display_data", {"text/html": html}),
        nbformat.v4.new_output("stream", text="printed\n"),
    ]
    cell = nbformat.v4.new_code_cell("", outputs=outputs)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "a.ipynb")
    told = [(one.text, one.references, one.row) for one in sentences(tmp_path / "a.ipynb")]
    assert told == [
        ("One 1, two 2.", ("a/1", "a/2"), False),
        ("Then 3.", ("a/3",), False),
        ("x | 4", (), True),
        ("printed", (), False),
    ]
    assert sentences(tmp_path / "absent.ipynb") == ()


class _Asked(dict[str, pd.DataFrame]):
    """Tables that count how often they are asked for."""

    times = 0

    def __getitem__(self, name: str) -> pd.DataFrame:
        self.times += 1
        return super().__getitem__(name)


def test_the_whole_evidence_is_not_read_for_each_datum() -> None:
    many = tuple(
        EvidenceChange(f"A-{n}", "f.csv", n, "survey", "need", "x", "changed") for n in range(9)
    )
    frames = [_Asked(evidence=pd.DataFrame({"department_id": ["A-1", "A-2"]})) for _ in range(2)]
    under = diffing._Under((), many, *frames)
    needs = pd.DataFrame({"need": ["x"]})
    assert len(list(diffing._rests_on([("needs", needs), ("needs", needs)], under))) == 9
    assert [frame.times for frame in frames] == [1, 1]


def test_what_was_edited_since_is_said_and_not_put_down_to_the_data(
    root: Path, tmp_path: Path
) -> None:
    shutil.copytree(root, tmp_path / "root")
    edited = tmp_path / "root/reports/2020/notebooks/1-tiers-sv.ipynb"
    text = edited.read_text(encoding="utf-8")
    edited.write_text(text.replace(">1</data> in", ">99</data> in"), encoding="utf-8")
    assert edited.read_text(encoding="utf-8") != text
    found = diff(find(tmp_path / "root", "2020-1"), find(tmp_path / "root", "2020"), ("sv",))
    assert found.edited == (("2020", Difference("reports", "notebooks/1-tiers-sv.ipynb")),)
    assert any("99" in one.now for one in found.sentences)
    assert {one.rests_on for one in found.sentences} == {("a notebook edited since its run",)}
    shown = call("diff", "2020-1", "2020", "--lang", "sv", "--root", tmp_path / "root")
    assert "not as its run left it" in shown.output
    assert "notebooks/1-tiers-sv.ipynb" in shown.output
