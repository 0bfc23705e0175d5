"""Where a value comes from, on a year of a few rows that can be followed by eye."""

from __future__ import annotations

import json
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import typer.testing
from builders import su_2020
from program_years import foreign
from program_years import put as put_files
from raw_years import ITEMS, tiny
from test_comparison import put, renamed

from mapping import cli
from mapping.comparison import follow_up
from mapping.errors import UsageError
from mapping.followup.rests_on import FINDINGS
from mapping.formulas import formula, how, said
from mapping.pipeline.screen_trace import ranges
from mapping.pipeline.tracing import traced
from mapping.prose import words
from mapping.references import DERIVED, Cell, Operation, Row, keys, parse, written
from mapping.schemas import AUDIT, CHAIN, FOLLOW_UP, TABLES
from mapping.study import load_year
from mapping.trace import findings
from mapping.trace.asked import sources
from mapping.trace.back import RULES, provenance, step_back
from mapping.trace.cells import Cells
from mapping.trace.stages import REGISTER, Stages
from mapping.vocabulary import LANGUAGES

WORDS = {lang: words(lang, su_2020()) for lang in LANGUAGES}
MERGED = "ABC-1,NEW-3,merged,2021\nÅÄÖ-22,NEW-3,merged,2021\n"
IN_THE_DATA = [name for name in (*CHAIN, *FOLLOW_UP, *AUDIT) if name != "certificate"]
"""The items of the certificate are the program's own, and look at its repository too."""
SECRETS = ("hemligt", "studievägledare", "prefekt", "Zoe", "Ann")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of the same few rows, in the first of which two departments are still apart."""
    root = tmp_path_factory.mktemp("root")
    put(root, 2020)
    changes = [*renamed("ABC-1", "NEW-3"), *renamed("ÅÄÖ-22", "NEW-3")]
    register = put(root, 2021, *changes, lineage=MERGED) / "departments.csv"
    head, first, _ = register.read_text(encoding="utf-8").splitlines()
    register.write_text(f"{head}\n{first}\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def stages(root: Path) -> Stages:
    return Stages(load_year(2020, root))


@pytest.fixture(scope="module")
def compared(root: Path) -> Stages:
    study = load_year(2021, root)
    return Stages(study, follow_up(study, root))


def raw(stages: Stages, text: str) -> dict[Any, tuple[int, ...]]:
    """The raw rows of what a reference names; by file, of an earlier year with it."""
    found = provenance(stages, sources(stages, parse(text))).raw
    year = stages.study.settings.year
    return {file if own == year else (own, file): rows for (own, file), rows in found.items()}


# --- rules and formulas for everything ---------------------------------------------------------


def test_every_table_has_a_rule() -> None:
    assert set(RULES) == {*TABLES, REGISTER, *DERIVED}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_column_has_its_formula(lang: str) -> None:
    for table, schema in TABLES.items():
        for column in schema.columns:
            assert formula(WORDS[lang], table, column), (table, column)
            if table in (*CHAIN, *FOLLOW_UP, *AUDIT, *DERIVED):
                names = (f"trace.{table}.{column}", f"trace.any.{column}")
                assert any(WORDS[lang].has(name) for name in names), (table, column)


def test_a_formula_has_the_protocols_numbers() -> None:
    assert "below 0.05" in formula(WORDS["en"], "tiers", "borderline")
    assert "(weights: interview 1, workshop 1, survey 1)" in formula(
        WORDS["en"], "indicators", "level"
    )
    assert "95 % interval" in formula(WORDS["en"], "needs", "low")
    assert "under 0,05" in formula(WORDS["sv"], "tiers", "borderline")
    assert "at least 0.667" in formula(WORDS["en"], "agreement", "word")
    assert "middle 95 % of alpha in 1,000 draws" in formula(WORDS["en"], "agreement", "alpha_low")
    assert "agree if it is at most 0.75, conflict if at least 1.50" in formula(
        WORDS["en"], "convergence", "word"
    )
    assert "minst 80" in formula(WORDS["sv"], "certainty", "clear_tier")
    assert "lower −0.25, higher 0.25" in formula(WORDS["en"], "choices", "demands")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_finding_says_how_it_is_counted(lang: str) -> None:
    for finding in FINDINGS:
        assert how(WORDS[lang], finding), finding


def test_what_a_part_rests_on_is_among_what_its_finding_rests_on() -> None:
    for (finding, part), names in findings.OF_PART.items():
        assert set(names) <= set(FINDINGS[finding]), part


def test_no_column_rests_on_itself(compared: Stages) -> None:
    """Also by way of others: the columns of all tables can be put in an order."""
    graph = TopologicalSorter[tuple[str, str, str]]()
    for table in IN_THE_DATA:
        stage = compared.home(table)
        places = np.arange(len(stage.frame(table)))
        for column in TABLES[table].columns:
            found = step_back(compared, stage, table, column, places)
            before = {
                (one.stage.name, one.table, name)
                for one in found
                if isinstance(one, Cells)
                for name in one.columns
            }
            graph.add((stage.name, table, column), *before)
    assert list(graph.static_order())


@pytest.mark.parametrize("table", IN_THE_DATA)
def test_every_known_cell_rests_on_something(compared: Stages, table: str) -> None:
    """On a raw row or a rule; what rests on neither is a count of nothing."""
    stage = compared.home(table)
    frame = stage.frame(table)
    for column in frame.columns:
        known = np.flatnonzero(frame[column].notna()).tolist()
        for place in sorted({*known[:1], *known[-1:]}):
            cell = Cells(stage, table, (str(column),), np.array([place]))
            found = provenance(compared, [cell])
            value = frame[column].iloc[place]
            assert found.raw or found.rules or value == 0, (table, column, place)


# --- by eye ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("indicators/ABC-1/interest/interview", {"interviews.csv": (2, 3)}),
        ("indicators/ABC-1/interest/workshop", {"workshop.csv": (2,)}),
        (
            "indicators/ABC-1/interest/level",
            {"interviews.csv": (2, 3), "survey.csv": (2,), "workshop.csv": (2,)},
        ),
        ("indicators/ABC-1/staffing/level", {"survey.csv": (2,)}),
        ("indicators/ÅÄÖ-22/staffing/level", {"interviews.csv": (5,)}),
        ("needs/internal/feedback/departments", {"interviews.csv": (4,), "survey.csv": (2,)}),
        ("needs/internal/recruitment/departments", {"workshop.csv": (4,)}),
        ("needs/external/students/departments", {"interviews.csv": (6,)}),
        ("needs/internal/other/departments", {}),
        ("swot/strength/interest/votes", {"workshop.csv": (2,)}),
        ("swot/strength/interest/of", {"workshop.csv": (2, 3, 4)}),
        ("participation/ÅÄÖ-22/left_out", {"survey.csv": (3, 4)}),
        ("recommendations/ABC-1/R1/met", {"survey.csv": (2,)}),
        ("tiers/ÅÄÖ-22/department_id", {"departments.csv": (3,)}),
        ("finding_parts/frame/0/n", {"departments.csv": (2, 3)}),
        ("finding_parts/no-incentives/0/n", {"survey.csv": (2,)}),
        ("respondents/ABC-1/interview/i1/date", {"interviews.csv": (2, 3, 4)}),
        ("count(register?faculty=Norra)", {"departments.csv": (2,)}),
        ("evidence/interviews-2/rater", {"interviews.csv": (2, 3, 4, 5, 6)}),
        ("files/workshop.csv/rows", {"workshop.csv": (2, 3, 4)}),
        ("protocol(tier_rules.borderline)", {}),
        ("text(tiers.method.paragraphs.0)", {}),
        ("missing/faculty/Norra/departments", {"departments.csv": (2,)}),
        ("missing/faculty/unknown/departments", {"departments.csv": (3,)}),
        ("missing/programmes/smallest/departments", {"departments.csv": (2, 3)}),
        ("bounds/arrangement/alone/departments", {"interviews.csv": (5,), "survey.csv": (2,)}),
        ("bounds/tier/good/of", {"departments.csv": (2, 3)}),
        ("recovery/none/0.0/kappa", {}),
        (
            "convergence/ABC-1/interest/spread",
            {"interviews.csv": (2, 3), "survey.csv": (2,), "workshop.csv": (2,)},
        ),
        ("convergence/ABC-1/mandate/level_low", {"survey.csv": (2,)}),
        ("convergence/ÅÄÖ-22/staffing/level_high", {"interviews.csv": (5,)}),
        ("instrument_tiers/ABC-1/interview/tier", {"interviews.csv": (2, 3, 4)}),
        (
            "instrument_tiers/ABC-1/interview/move",
            {
                "departments.csv": (2,),
                "interviews.csv": (2, 3, 4),
                "survey.csv": (2,),
                "workshop.csv": (2,),
            },
        ),
        ("finding_voices/no-incentives/survey", {"survey.csv": (2,)}),
        ("finding_voices/self-appointed/interview", {"interviews.csv": (5,)}),
        ("finding_voices/self-appointed/workshop", {}),
        (
            "finding_voices/small-succeeds/workshop",
            {
                "departments.csv": (2, 3),
                "workshop.csv": (2,),
            },
        ),
        (
            "needs_seen/internal/3/feedback/departments",
            {"interviews.csv": (2, 3, 4), "survey.csv": (2,), "workshop.csv": (2, 3)},
        ),
        (
            "needs_seen/internal/2/recruitment/of",
            {"interviews.csv": (5, 6), "workshop.csv": (4,)},
        ),
        ("choices/1/coder", {"interviews.csv": (2, 3)}),
        (
            "certainty/ABC-1/share_small",
            {
                "departments.csv": (2,),
                "interviews.csv": (2, 3),
                "survey.csv": (2,),
                "workshop.csv": (2,),
            },
        ),
        (
            "left_out/coder/coder-1/ABC-1/tier_without",
            {
                "departments.csv": (2,),
                "interviews.csv": (2,),
                "survey.csv": (2,),
                "workshop.csv": (2,),
            },
        ),
        ("without_department/ABC-1/first_voice", {"interviews.csv": (6,)}),
        ("certificate/30/n", {"interviews.csv": (2, 3, 4, 5, 6)}),
    ],
)
def test_the_raw_rows_of_a_value(stages: Stages, text: str, rows: dict[str, Any]) -> None:
    assert raw(stages, text) == rows


def rows_of(stages: Stages, text: str, table: str) -> list[str]:
    """The rows of one table that a value rests on, by what they are told apart by."""
    found = provenance(stages, sources(stages, parse(text))).blocks
    return [
        "/".join(map(str, row))
        for block in found
        if block.table == table
        for row in block.frame[list(keys(table))].itertuples(index=False)
    ]


def test_the_agreement_on_a_code_rests_on_its_rows_and_on_who_was_heard(stages: Stages) -> None:
    """A coder who saw an interview says of each segment that the code is there, or is not."""
    code = "agreement/coders/code/interest%2F2/nominal/alpha"
    assert rows_of(stages, code, "evidence") == ["interviews-2"]
    heard = ["ABC-1/interview/i1", "ÅÄÖ-22/interview/i2"]
    assert rows_of(stages, code, "respondents") == heard
    assert raw(stages, code) == {"interviews.csv": (2, 3, 4, 5, 6)}
    level = "agreement/coders/indicator/interest/ordinal/ac1"
    assert rows_of(stages, level, "evidence") == ["interviews-2", "interviews-3"]
    way = "agreement/coders/code/arrangement%2Falone/nominal/given"
    assert rows_of(stages, way, "evidence") == ["interviews-5"]
    seen = "agreement/instruments/indicator/interest/interval/alpha"
    assert rows_of(stages, seen, "indicators") == ["ABC-1/interest", "ÅÄÖ-22/interest"]


def test_a_choice_without_an_instrument_rests_on_none_of_its_rows(stages: Stages) -> None:
    frame = stages.home("choices").frame("choices")
    number = frame.loc[frame["evidence"] == "no_survey", "number"].iloc[0]
    assert "survey.csv" in raw(stages, "choices/1/small")
    assert "survey.csv" not in raw(stages, f"choices/{number}/small")
    assert "survey.csv" in raw(stages, f"choices/{number}/same")


def test_a_count_of_a_share_rests_on_the_rows_of_both(stages: Stages) -> None:
    text = "percent(count(tiers?tier=unclassified), count(register))"
    assert raw(stages, text)["departments.csv"] == (2, 3)


def test_rows_that_a_condition_looks_up_count_too(stages: Stages) -> None:
    text = (
        "count(indicators?indicator=mandate&department_id=(evidence/department_id?quadrant=threat))"
    )
    assert 3 in raw(stages, text)["workshop.csv"]


def test_rows_that_are_not_among_others_rest_on_why_they_are_not(stages: Stages) -> None:
    """Who took part with more than nothing: the interviews, notes and responses that say so."""
    nobody = "participation/department_id?interviews=0&workshop_notes=0&responses=0"
    found = raw(stages, f"count(participation?department_id!=({nobody}))")
    assert found["interviews.csv"] == (2, 3, 4, 5, 6)
    assert found["workshop.csv"] == (2, 3, 4)
    assert found["survey.csv"] == (2,)


def test_a_correction_of_a_row_is_among_its_raw_rows(tmp_path: Path) -> None:
    folder = put(tmp_path, 2020)
    row = "survey.csv,7,cond[interest],5,4,the head's letter,2020-06-01\n"
    heads = "file,key,column,old,new,reason,date\n"
    (folder / "corrections.csv").write_text(heads + row, encoding="utf-8")
    corrected = Stages(load_year(2020, tmp_path))
    assert raw(corrected, "indicators/ABC-1/interest/survey") == {
        "corrections.csv": (2,),
        "survey.csv": (2,),
    }
    assert raw(corrected, "indicators/ABC-1/interest/workshop") == {"workshop.csv": (2,)}


def test_a_merged_department_rests_on_its_parts_and_on_the_lineage(compared: Stages) -> None:
    found = raw(compared, "movements/NEW-3/indicator/interest/then")
    assert found == {
        "lineage.csv": (2, 3),
        (2020, "interviews.csv"): (2, 3),
        (2020, "survey.csv"): (2,),
        (2020, "workshop.csv"): (2,),
    }
    ids = raw(compared, "transitions/NEW-3/ids_then")
    assert ids[2020, "departments.csv"] == (2, 3)


def test_a_verdict_then_rests_on_the_earlier_year_alone(compared: Stages) -> None:
    found = raw(compared, "verdict_changes/frame/reported")
    assert found[2020, "departments.csv"] == (2, 3)
    assert {year for year, _ in found} == {2020}


def test_a_year_of_the_trend_rests_on_that_year(compared: Stages) -> None:
    found = raw(compared, "trend/2020/all/need/recruitment/n")
    assert {year for year, _ in found} == {2020}


def test_an_earlier_year_is_named_by_its_year(compared: Stages) -> None:
    assert raw(compared, "2020:needs/internal/recruitment/departments") == {
        (2020, "workshop.csv"): (4,)
    }
    with pytest.raises(UsageError, match="2019"):
        raw(compared, "2019:tiers/ABC-1/tier")


# --- in words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("count(tiers?tier=good)", "number of rows of tiers with tier = good"),
        ("tiers/ABC-1/tier", "tier in the row ABC-1 of tiers"),
        (
            "mean(indicators/level?indicator=interest&level>=2)",
            "mean of level in the rows of indicators with indicator = interest and level >= 2",
        ),
        ("percent(2, 4)", "100 × (2) / (4)"),
        ("percent(0.5)", "100 × (0.50)"),
        ("protocol(tier_rules.borderline)", "the protocol’s tier_rules.borderline"),
        ("count(indicators?level=)", "number of rows of indicators with level = missing"),
        ("text(a.b)", "a fixed number of the text a.b"),
        (
            "cell(own, 3)",
            "a number that cell 3 of the notebook own prints; what it rests on is told there",
        ),
    ],
)
def test_a_reference_in_words(text: str, told: str) -> None:
    assert said(WORDS["en"], parse(text)) == told


def test_every_operation_has_its_words() -> None:
    for lang in LANGUAGES:
        for name in get_args(Operation):
            assert WORDS[lang].has(f"trace.operation.{name}"), name


def test_rows_as_ranges() -> None:
    assert ranges([31, 12, 13, 14]) == "12-14, 31"
    assert ranges([2]) == "2"


def test_no_role_is_told(stages: Stages) -> None:
    """Also where it is what the value rests on."""
    for text in ("respondents/ABC-1/interview/i1/role", "evidence/interviews-2"):
        told = json.dumps(repr(traced(stages, parse(text), WORDS["en"])))
        assert not any(secret in told for secret in SECRETS), text


def test_a_row_of_the_certificate_says_what_is_checked(stages: Stages) -> None:
    told = traced(stages, parse("certificate/30/n"), WORDS["en"]).formula
    assert told.endswith("At least two coders, and a measured agreement between them.")


# --- the command -------------------------------------------------------------------------------


def call(*arguments: object) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(cli.app, [str(part) for part in arguments])


def trace(root: Path, asked: str, *more: str, lang: str = "en") -> str:
    done = call("trace", 2020, asked, "--root", root, "--lang", lang, *more)
    assert done.exit_code == 0, done.output
    assert not any(secret in done.stdout for secret in SECRETS)
    return done.stdout


def test_a_cell_on_screen(root: Path) -> None:
    lines = trace(root, "indicators/ABC-1/interest/level").splitlines()
    assert lines[0] == "indicators/ABC-1/interest/level"
    assert lines[1].startswith("Value: 2.")
    assert lines[2].startswith("Formula: level in the row ABC-1/interest of indicators: weighted")
    assert lines[3] == "Computed from the raw files: there are no stored results of 2020."
    assert "  2020/interviews.csv: rows 2-3" in lines
    assert "  2020/survey.csv: row 2" in lines
    assert any("evidence/survey-2-cond[interest]" in line for line in lines)
    assert lines[-1] == "Synthetic example data: no real department."


def test_a_file_is_told_by_its_own_name_too(tmp_path: Path) -> None:
    """An empty survey.csv may lie beside the export that results call so."""
    folder = put_files(tmp_path, foreign())
    headings = ",".join(["id", "submitdate", "department", "role", *ITEMS])
    (folder / "survey.csv").write_text(f"{headings}\n", encoding="utf-8")
    lines = trace(tmp_path, "indicators/ABC-1/interest/level").splitlines()
    assert [line.partition(": ")[0] for line in lines if line.startswith("  2020/")] == [
        "  2020/interviews.qdpx (projekt.qdpx)",
        "  2020/survey.csv (results-survey202001.csv)",
        "  2020/workshop.xlsx (blad.xlsx)",
    ]
    told = trace(tmp_path, "indicators/ABC-1/interest/level", "--json")
    assert "projekt.qdpx" not in told


def test_the_same_in_swedish(root: Path) -> None:
    lines = trace(root, "indicators/ABC-1/interest/level", lang="sv").splitlines()
    assert lines[1].startswith("Värde: 2,")
    assert "  2020/interviews.csv: raderna 2-3" in lines


def test_a_department_is_asked_for_its_tier_and_a_finding_for_its_row(root: Path) -> None:
    assert trace(root, "abc-1").splitlines()[0] == "tiers/ABC-1/tier"
    lines = trace(root, "frame").splitlines()
    assert lines[0] == "findings/frame"
    assert "the number of departments in the register" in lines[2]


def test_what_rests_on_no_row_says_so(root: Path) -> None:
    assert "stands in the text itself" in trace(root, "text(document.tiers.title)")
    assert "nothing is counted" in trace(root, "needs/internal/other/departments")
    assert "tier_rules.borderline = 0.05" in trace(root, "protocol(tier_rules.borderline)")


def test_the_first_ten_rows_or_all(root: Path) -> None:
    text = "count(indicators?department_id=ABC-1)"
    short, whole = trace(root, text), trace(root, text, "--all")
    assert "more (--all)" in short
    assert "more (--all)" not in whole
    assert len(whole) > len(short)


def test_everything_for_a_program(root: Path) -> None:
    told = json.loads(trace(root, "needs/internal/feedback/departments", "--json"))
    assert told["value"] == 1
    assert told["raw"] == {"2020": {"interviews.csv": [4], "survey.csv": [2]}}
    (step,) = [step for step in told["steps"] if step["table"] == "evidence"]
    assert step["rows"] == ["evidence/interviews-4", "evidence/survey-2-needs[feedback]"]


def test_a_table_of_two_years(root: Path) -> None:
    done = call("trace", 2021, "flows/good/good/departments", "--root", root, "--lang", "en")
    assert done.exit_code == 0, done.output
    done = call("trace", 2020, "flows/good/good/departments", "--root", root)
    assert done.exit_code == 2
    assert "no year to compare 2020 with" in done.stderr


NUMBERS = {
    "tiers-sv:2.1": {"text": "1", "value": 1, "from": "count(tiers?tier=good)", "key": "a"},
    "tiers-sv:2.2": {"text": "2", "value": 2, "from": "count(register)", "key": "a"},
    "tiers-sv:12.1": {"text": "0", "value": 0, "from": "count(swot?items=9)", "key": "a"},
}


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    """A root with one year, whose reports print some numbers."""
    put(tmp_path, 2020)
    reports = tmp_path / "reports" / "2020"
    reports.mkdir(parents=True)
    (reports / "numbers.json").write_text(json.dumps({"numbers": NUMBERS}), encoding="utf-8")
    return tmp_path


def test_a_printed_number_and_a_mark(printed: Path) -> None:
    lines = trace(printed, "tiers-sv:2.2").splitlines()
    assert lines[:3] == ["Number tiers-sv:2.2: 2", "count(register)", "Value: 2"]
    lines = trace(printed, "tiers-sv:2").splitlines()
    assert lines[0] == "tiers-sv:2.1  1  count(tiers?tier=good)"
    assert lines[-1].endswith("mapping trace 2020 tiers-sv:2.1")
    assert json.loads(trace(printed, "tiers-sv:2", "--json"))["numbers"][1]["text"] == "2"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("tiers-sv:2.3", "no tiers-sv:2.3 in the reports of 2020; the nearest are tiers-sv:2"),
        ("tiers-sv:13", "no tiers-sv:13 in the reports of 2020; the nearest are tiers-sv:12"),
        ("ABC-2", "the nearest are ABC-1"),
        ("fram", "the nearest are frame"),
        ("tiers/ABC-2/tier", "did you mean tiers/ABC-1"),
        ("tiers/ABC-1/tire", "did you mean tier"),
        ("cont(tiers)", "did you mean count"),
    ],
)
def test_wrong_use_names_what_is_near(printed: Path, asked: str, told: str) -> None:
    done = call("trace", 2020, asked, "--root", printed)
    assert done.exit_code == 2
    assert told in done.stderr


def test_without_reports_there_are_no_numbers(root: Path) -> None:
    done = call("trace", 2020, "tiers-sv:2.2", "--root", root)
    assert done.exit_code == 2
    assert "mapping run 2020" in done.stderr


def test_stored_results_that_are_no_longer_of_the_raw_files_say_so(tmp_path: Path) -> None:
    folder = put(tmp_path, 2020)
    study = load_year(2020, tmp_path)
    stored = tmp_path / "data" / "processed" / "2020"
    stored.mkdir(parents=True)
    study.write(stored, *CHAIN)
    inputs = {file.name: {"sha256": file.sha256} for file in study.raw.files}
    told = {"inputs": inputs, "protocol": {"sha256": study.protocol.sha256}}
    (stored / "run.json").write_text(json.dumps(told), encoding="utf-8")
    asked = "needs/internal/feedback/departments"
    assert "any more" not in trace(tmp_path, asked)
    workshop = folder / "workshop.csv"
    text = workshop.read_text(encoding="utf-8").replace("threat,other", "threat,feedback")
    workshop.write_text(text, encoding="utf-8")
    lines = trace(tmp_path, asked).splitlines()
    assert lines[1] == "Value: 1"
    assert any(line.startswith("Not of these raw files any more: workshop.csv") for line in lines)


def test_a_reference_is_written_as_it_is_read(stages: Stages) -> None:
    frame = stages.home("criteria").frame("criteria")
    row = frame.iloc[0]
    cell = Cell(Row("criteria", tuple(written(row[key]) for key in keys("criteria"))), "met")
    assert parse(str(cell)) == cell


def test_the_tiny_year_has_secrets_to_keep() -> None:
    assert all(any(secret in text for text in tiny().values()) for secret in SECRETS)
