"""Two years beside each other: which can be compared, and by what evidence they are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from raw_years import tiny

import mapping
from mapping import processed
from mapping.comparison import FollowUp, follow_up, follow_up_if_any, protocol_line
from mapping.errors import DataError, UsageError
from mapping.pipeline.new_year import make_year
from mapping.schemas import FOLLOW_UP, TABLES
from mapping.study import load_year

LINEAGE = "from_id,to_id,kind,year\n"
SHIPPED = Path(__file__).parents[1] / "data" / "protocol"


def put(root: Path, year: int, *changes: tuple[str, str, str], lineage: str = "") -> Path:
    """The tiny year moved to this one, with text replaced everywhere in a file."""
    folder = root / "data" / "raw" / str(year)
    folder.mkdir(parents=True)
    for name, text in tiny().items():
        moved = text.replace('"su-2020"', "*").replace("2020", "†").replace("2019", str(year - 1))
        moved = moved.replace("†", str(year)).replace("*", '"su-2020"')
        for _, old, new in (change for change in changes if change[0] == name):
            assert old in moved, f"{old!r} is not in {name}"
            moved = moved.replace(old, new)
        (folder / name).write_text(moved, encoding="utf-8")
    if lineage:
        (folder / "lineage.csv").write_text(LINEAGE + lineage, encoding="utf-8")
    return folder


def renamed(old: str, new: str) -> list[tuple[str, str, str]]:
    """The changes that give a department another id in all files."""
    files = ["departments.csv", "interviews.csv", "workshop.csv", "survey.csv"]
    return [(name, old, new) for name in files]


def compared(root: Path, year: int = 2021, baseline: int | None = None) -> FollowUp:
    return follow_up(load_year(year, root), root, baseline=baseline)


def refused(root: Path, year: int = 2021, baseline: int | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        compared(root, year, baseline)
    return str(caught.value)


REAL = ("study.toml", "synthetic = true", "synthetic = false")
SU_2021 = ("study.toml", "su-2020", "su-2021")


# --- which years ----------------------------------------------------------------------------


@pytest.fixture
def two_years(tmp_path: Path) -> Path:
    put(tmp_path, 2020)
    put(tmp_path, 2021)
    return tmp_path


def test_the_baseline_is_the_latest_year_before_or_the_one_that_is_named(tmp_path: Path) -> None:
    for year in (2017, 2019, 2021, 2022):
        put(tmp_path, year)
    assert compared(tmp_path).baseline == 2019
    assert compared(tmp_path, baseline=2017).baseline == 2017
    assert list(compared(tmp_path, baseline=2017).years) == [2017, 2019]


def test_a_later_year_is_no_baseline(two_years: Path) -> None:
    assert refused(two_years, 2020, 2021) == (
        "the baseline 2021 is not before 2020; years before 2020 in data/raw: none. "
        "Name another year by --baseline, or run with --no-baseline"
    )
    assert refused(two_years, 2021, 2021).startswith("the baseline 2021 is not before 2021")


def test_a_year_that_is_not_there_is_no_baseline(two_years: Path) -> None:
    assert refused(two_years, 2021, 2019) == (
        "the baseline 2019 has no folder in data/raw; years before 2021 in data/raw: 2020. "
        "Name another year by --baseline, or run with --no-baseline"
    )


def test_the_first_year_is_compared_with_none(two_years: Path) -> None:
    told = "no year to compare 2020 with; years before 2020 in data/raw: none"
    assert refused(two_years, 2020) == told
    assert follow_up_if_any(load_year(2020, two_years), two_years) is None


def test_the_baseline_zero_is_none(two_years: Path) -> None:
    study = load_year(2021, two_years)
    assert follow_up_if_any(study, two_years, baseline=0) is None
    assert "no year to compare 2021 with" in refused(two_years, 2021, 0)
    found = follow_up_if_any(study, two_years)
    assert found is not None
    assert (found.baseline, found.year) == (2020, 2021)


@pytest.mark.parametrize(
    ("real", "told"),
    [(2021, "2020 is synthetic and 2021 is real"), (2020, "2020 is real and 2021 is synthetic")],
)
def test_invented_and_real_years_are_never_compared(tmp_path: Path, real: int, told: str) -> None:
    for year in (2020, 2021):
        put(tmp_path, year, *([REAL] if year == real else []))
    message = refused(tmp_path)
    assert message.startswith(f"{told}: invented and real data are never compared")
    assert message.endswith(
        "Name another year by --baseline, or run with --no-baseline, or correct synthetic in "
        "2021/study.toml"
    )


def test_two_real_years_are_compared(tmp_path: Path) -> None:
    put(tmp_path, 2020, REAL)
    put(tmp_path, 2021, REAL)
    assert compared(tmp_path).baseline == 2020


def test_a_protocol_that_the_later_one_does_not_follow(tmp_path: Path) -> None:
    put(tmp_path, 2020, SU_2021)
    put(tmp_path, 2021)
    message = refused(tmp_path)
    assert "2020 was made by the protocol su-2021, which su-2020, that of 2021, does not" in message
    assert 'follows = "su-2021"' in message


def test_other_years_that_cannot_be_compared_are_left_out_and_named(tmp_path: Path) -> None:
    put(tmp_path, 2018, REAL)
    put(tmp_path, 2019, SU_2021)
    put(tmp_path, 2020)
    put(tmp_path, 2021)
    found = compared(tmp_path)
    assert list(found.years) == [2020]
    assert found.left_out == {2018: "real", 2019: "protocol"}
    with pytest.raises(KeyError):
        found.years[2019]


# --- years that are not finished ------------------------------------------------------------


def errors_of(root: Path, year: int = 2021) -> DataError:
    with pytest.raises(DataError) as caught:
        compared(root, year).require_sound()
    return caught.value


def test_a_year_that_was_only_begun(tmp_path: Path) -> None:
    put(tmp_path, 2021)
    make_year(tmp_path, 2020)
    error = errors_of(tmp_path)
    assert {problem.file for problem in error.problems} == {"2020/study.toml"}
    assert error.__notes__ == [
        "2020 is compared with and is not finished: finish it (mapping check 2020), move its "
        "folder out of data/raw, or run with --no-baseline"
    ]


def test_a_year_without_any_data_yet(tmp_path: Path) -> None:
    folder = put(tmp_path, 2020)
    put(tmp_path, 2021)
    for name in ("interviews.csv", "workshop.csv", "survey.csv"):
        header = (folder / name).read_text("utf-8").splitlines()[0]
        (folder / name).write_text(header + "\n", encoding="utf-8")
    (problem,) = errors_of(tmp_path).problems
    assert problem.file == "2020/interviews.csv, workshop.csv, survey.csv"


def test_the_errors_of_all_years_are_told_at_once(tmp_path: Path) -> None:
    put(tmp_path, 2019, ("survey.csv", "backed", "backing"))
    (put(tmp_path, 2020) / "workshop.csv").unlink()
    put(tmp_path, 2021)
    error = errors_of(tmp_path)
    assert [problem.file for problem in error.problems] == ["2019/survey.csv", "2020/workshop.csv"]
    assert [note[:4] for note in error.__notes__] == ["2019", "2020"]


def test_a_year_is_read_when_it_is_needed(tmp_path: Path) -> None:
    """So that tables that are stored are shown without it."""
    put(tmp_path, 2020, ("survey.csv", "backed", "backing"))
    put(tmp_path, 2021)
    found = compared(tmp_path)
    with pytest.raises(DataError, match=r"2020/survey\.csv, row 2, column arrangement"):
        _ = found.transitions
    stored = pd.DataFrame({"department_id": ["stored"]})
    study = mapping.Study(found.now.raw, found.protocol, {"transitions": stored})
    assert follow_up(study, tmp_path).transitions is stored


# --- protocols ------------------------------------------------------------------------------


def test_both_years_are_compared_by_the_later_protocol(tmp_path: Path) -> None:
    put(tmp_path, 2020)
    put(tmp_path, 2021, SU_2021)
    found = compared(tmp_path)
    studies = [found.reported, found.then, found.units_then, found.pairs_then, found.pairs_now]
    names = [study.protocol.name for study in studies]
    assert names == ["su-2020", "su-2021", "su-2021", "su-2021", "su-2021"]
    assert found.then.command is None  # no command makes these results
    assert len(found.then.evidence) == len(found.reported.evidence)


def test_under_one_protocol_nothing_is_computed_twice(two_years: Path) -> None:
    found = compared(two_years)
    assert found.then is found.reported
    assert found.units_then is found.reported
    assert found.pairs_now is found.now


def own_protocol(root: Path, name: str, follows: str) -> None:
    folder = root / "data" / "protocol" / name
    shutil.copytree(SHIPPED / "su-2021", folder)
    path = folder / "protocol.toml"
    text = path.read_text("utf-8")
    assert 'follows = "su-2020"' in text
    path.write_text(text.replace('follows = "su-2020"', f'follows = "{follows}"'), "utf-8")


def test_the_line_of_a_protocol(tmp_path: Path) -> None:
    own_protocol(tmp_path, "su-2022", "su-2021")
    assert protocol_line(tmp_path, "su-2022") == ("su-2022", "su-2021", "su-2020")
    assert protocol_line(tmp_path, "su-2020") == ("su-2020",)


@pytest.mark.parametrize(
    ("follows", "expected"),
    [("su-1999", "one of a, b, su-2020, su-2021"), ("a", "a protocol that does not follow this")],
)
def test_a_wrong_line_names_the_protocol_that_is_wrong(
    tmp_path: Path, follows: str, expected: str
) -> None:
    own_protocol(tmp_path, "a", "b")
    own_protocol(tmp_path, "b", follows)
    with pytest.raises(DataError) as caught:
        protocol_line(tmp_path, "a")
    (problem,) = caught.value.problems
    assert (problem.file, problem.column, problem.value) == (
        "b/protocol.toml", "follows", repr(follows),
    )  # fmt: skip
    assert problem.expected.startswith(expected)


# --- lineage --------------------------------------------------------------------------------


ZERO = ("interviews.csv", "s3,i2,ÅÄÖ-22", "s5,i2,ÅÄÖ-22,2020-01-02,,Ann,interest/0,\ns3,i2,ÅÄÖ-22")


def test_a_merged_department_is_recomputed_from_the_evidence_of_its_parts(tmp_path: Path) -> None:
    """2020: the interviews say 2.5 of ABC-1 and 0 of ÅÄÖ-22, together 1.25; the survey says 3,
    the workshop 1.5 + 1.5 * 4/5 = 2.7. The mean of the three is 2.3167. The parts have 2.7333
    and 0, of which the average were 1.3667."""
    put(tmp_path, 2020, ZERO)
    changes = [*renamed("ABC-1", "NY-3"), *renamed("ÅÄÖ-22", "NY-3")]
    last = put(
        tmp_path, 2021, *changes, lineage="ABC-1,NY-3,merged,2021\nÅÄÖ-22,NY-3,merged,2021\n"
    )
    register = last / "departments.csv"
    register.write_text("\n".join(register.read_text("utf-8").splitlines()[:2]) + "\n", "utf-8")
    found = compared(tmp_path)
    interest = found.pairs_then.indicators.set_index(["department_id", "indicator"])["level"]
    assert interest["NY-3", "interest"] == pytest.approx((1.25 + 3 + 2.7) / 3)
    assert found.pairs_then.departments["department_id"].tolist() == ["NY-3"]
    (row,) = found.transitions.to_dict("records")
    assert (row["way"], row["ids_then"], row["followed"]) == ("merged", "ABC-1 ÅÄÖ-22", "both")
    assert sorted(found.reported.tiers["department_id"]) == ["ABC-1", "ÅÄÖ-22"]  # as reported


def test_a_split_department_is_followed_under_its_old_id(tmp_path: Path) -> None:
    """The parts of the later year, put together under the id of the year before."""
    changes = [*renamed("ABC-1", "GAM-1"), *renamed("ÅÄÖ-22", "GAM-1")]
    first = put(tmp_path, 2020, *changes)
    register = first / "departments.csv"
    register.write_text("\n".join(register.read_text("utf-8").splitlines()[:2]) + "\n", "utf-8")
    put(tmp_path, 2021, lineage="GAM-1,ABC-1,split,2021\nGAM-1,ÅÄÖ-22,split,2021\n")
    found = compared(tmp_path)
    assert found.pairs_now.indicators["department_id"].unique().tolist() == ["GAM-1"]
    assert found.transitions["ids_now"].tolist() == ["ABC-1 ÅÄÖ-22"]
    assert found.transitions["way"].tolist() == ["split"]
    then, now = (study.indicators for study in (found.pairs_then, found.pairs_now))
    pd.testing.assert_frame_equal(then, now)  # the same evidence, in one or in two parts
    assert len(found.now.departments) == 2


CHAIN = ("ABC-1,MID-1,renamed,2021\n", "MID-1,END-1,renamed,2022\n")


def chain(root: Path, *lineages: str, between: bool = True) -> FollowUp:
    """ABC-1 of 2020 is MID-1 in 2021 and END-1 in 2022."""
    put(root, 2020)
    if between:
        put(root, 2021, *renamed("ABC-1", "MID-1"), lineage=lineages[0])
    put(root, 2022, *renamed("ABC-1", "END-1"), lineage=lineages[1])
    return compared(root, 2022, 2020)


@pytest.mark.parametrize("last", [CHAIN[1], "".join(CHAIN), "".join(CHAIN[::-1])])
def test_a_chain_is_followed_over_the_years_files(tmp_path: Path, last: str) -> None:
    """Whether the last file repeats the earlier year's row or not."""
    found = chain(tmp_path, CHAIN[0], last)
    row = found.transitions.set_index("department_id").loc["END-1"]
    assert (row["ids_then"], row["ids_now"], row["way"]) == ("ABC-1", "END-1", "renamed")
    assert len(found.lineage) == 2
    if last == CHAIN[1]:
        same = found.trend[found.trend["departments"] == "same"]
        assert same.loc[same["kind"] == "participating", "n"].tolist() == [2, 2, 2]


def test_without_the_year_between_its_row_must_be_repeated(tmp_path: Path) -> None:
    found = chain(tmp_path, "", "".join(CHAIN), between=False)
    assert found.transitions["ids_then"].tolist() == ["ABC-1", "ÅÄÖ-22"]
    assert found.transitions["department_id"].tolist() == ["END-1", "ÅÄÖ-22"]


def test_an_id_that_no_earlier_year_has_is_told_with_its_row(tmp_path: Path) -> None:
    found = chain(tmp_path, "", CHAIN[1], between=False)
    with pytest.raises(DataError) as caught:
        found.require_sound()
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column, problem.value) == (
        "lineage.csv", 2, "from_id", "MID-1",
    )  # fmt: skip


def test_a_circle_over_two_files_names_both_rows(tmp_path: Path) -> None:
    put(tmp_path, 2020)
    put(tmp_path, 2021, *renamed("ABC-1", "MID-1"), lineage=CHAIN[0])
    put(tmp_path, 2022, lineage="MID-1,ABC-1,renamed,2022\n")
    error = errors_of(tmp_path, 2022)
    places = [(p.file, p.row) for p in error.problems if "circle" in p.remedy]
    assert places == [("2021/lineage.csv", 2), ("lineage.csv", 2)]


def test_the_first_years_own_lineage_is_not_asked_about(tmp_path: Path) -> None:
    put(tmp_path, 2020, lineage="OLD-1,ABC-1,renamed,2020\n")
    put(tmp_path, 2021, lineage="OLD-1,ABC-1,renamed,2020\n")
    found = compared(tmp_path)
    found.require_sound()
    assert found.lineage.empty
    assert found.transitions["way"].tolist() == ["same", "same"]


def test_a_change_told_a_year_too_early_is_told_with_its_row(tmp_path: Path) -> None:
    """2020 is the first year: nothing is compared with before, but ABC-1 is there in 2020."""
    put(tmp_path, 2020)
    put(tmp_path, 2021, *renamed("ABC-1", "XYZ-1"), lineage="ABC-1,XYZ-1,renamed,2020\n")
    (problem,) = errors_of(tmp_path, 2021).problems
    assert (problem.file, problem.row, problem.column) == ("lineage.csv", 2, "year")
    assert problem.remedy == "Write 2021."


def test_a_department_that_comes_back_is_the_same(tmp_path: Path) -> None:
    put(tmp_path, 2020)
    put(tmp_path, 2021, *renamed("ABC-1", "XYZ-1"))
    put(tmp_path, 2022)
    assert compared(tmp_path, 2022, 2020).transitions["followed"].tolist() == ["both", "both"]
    later = compared(tmp_path, 2022).transitions
    assert later["department_id"].tolist() == ["ABC-1", "XYZ-1", "ÅÄÖ-22"]
    assert later["followed"].tolist() == ["new", "left", "both"]


def test_what_a_year_asked_is_told_by_its_own_protocol_whichever_it_is_shown_by(
    tmp_path: Path,
) -> None:
    """su-2021 asks about the workload in other words; so did the year 2021, also by su-2020."""
    put(tmp_path, 2020)
    put(tmp_path, 2021, SU_2021)
    put(tmp_path, 2022, SU_2021)
    found = follow_up(load_year(2022, tmp_path, protocol="su-2020"), tmp_path, baseline=2020)
    assert "cond[workload]" in set(found.yardstick["key"])
    assert found.then is found.reported  # both are computed by su-2020
    change = found.change.set_index(["kind", "key"])
    assert change.loc[("indicator", "workload"), "status"] == "break"
    rows = found.trend[found.trend["key"] == "workload"]
    assert rows.groupby("year")["comparable"].all().to_dict() == {
        2020: True, 2021: False, 2022: True,
    }  # fmt: skip


# --- who enters a paired comparison -----------------------------------------------------------


def test_only_departments_seen_in_both_years_enter_the_pairs(tmp_path: Path) -> None:
    put(tmp_path, 2020)
    folder = put(tmp_path, 2021)
    for name in ("interviews.csv", "workshop.csv", "survey.csv"):
        lines = (folder / name).read_text("utf-8").splitlines(keepends=True)
        kept = "".join(line for line in lines if "ÅÄÖ-22" not in line)
        (folder / name).write_text(kept, encoding="utf-8")
    found = compared(tmp_path)
    assert found.transitions.set_index("department_id")["followed"].to_dict() == {
        "ABC-1": "both", "ÅÄÖ-22": "dropped",
    }  # fmt: skip
    for study in (found.pairs_then, found.pairs_now):
        assert study.evidence["department_id"].unique().tolist() == ["ABC-1"]
        assert len(study.departments) == 2  # the frame is the frame
    assert found.then.evidence["department_id"].nunique() == 2


def test_two_years_without_a_common_department(tmp_path: Path) -> None:
    put(tmp_path, 2020)
    put(tmp_path, 2021, *renamed("ABC-1", "XYZ-1"), *renamed("ÅÄÖ-22", "XYZ-2"))
    found = compared(tmp_path)
    assert set(found.transitions["followed"]) == {"left", "new"}
    assert found.pairs_then.evidence.empty
    assert found.pairs_now.tiers["tier"].unique().tolist() == ["unclassified"]
    for name in FOLLOW_UP:
        assert list(getattr(found, name).columns) == list(TABLES[name].columns), name
    assert found.movements.empty
    assert not found.change["pairs"].any()
    assert not (found.change["status"] == "tested").any()
    same = found.trend[found.trend["departments"] == "same"]
    assert same.loc[same["kind"] == "participating", "n"].tolist() == [0, 0]
    assert not same.loc[same["kind"] != "participating", "of"].any()


def test_a_year_beside_itself_has_not_moved(two_years: Path) -> None:
    found = compared(two_years)
    assert set(found.transitions["followed"]) == {"both"}
    assert set(found.transitions["move"].dropna()) <= {"same"}
    assert not found.flows["clear"].any()


def test_tables_are_written_by_name(two_years: Path, tmp_path: Path) -> None:
    found = compared(two_years)
    found.write(None, "transitions")
    (tmp_path / "out").mkdir()
    found.write(tmp_path / "out", "transitions", "flows")
    stored = load_year(2021, two_years, tables=tmp_path / "out").stored
    assert set(stored) == {"transitions", "flows"}
    pd.testing.assert_frame_equal(stored["transitions"], found.transitions)


def test_tables_of_another_baseline_are_not_shown(two_years: Path, tmp_path: Path) -> None:
    """What run.json beside them says decides; those that are still being made have none."""
    found = compared(two_years)
    out = tmp_path / "out"
    out.mkdir()
    found.write(out, "transitions")
    stored = pd.read_parquet(out / "transitions.parquet").assign(way="mixed")
    processed.write_table(stored, out, "transitions")
    for told, shown in ((None, True), ({"year": 2020}, True), ({"year": 2019}, False)):
        (out / "run.json").write_text(json.dumps({"baseline": told}), encoding="utf-8")
        study = load_year(2021, two_years, tables=out)
        ways = set(follow_up(study, two_years).transitions["way"])
        assert (ways == {"mixed"}) == shown, told
