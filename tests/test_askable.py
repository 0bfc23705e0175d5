"""What can be asked of ``mapping trace``, and what is refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer.testing
from builders import su_2020
from test_comparison import put

from mapping import cli
from mapping.errors import UsageError
from mapping.pipeline.askable import require_askable
from mapping.pipeline.store import Store
from mapping.prose import words
from mapping.references import parse

SAY = words("en", su_2020())


@pytest.fixture
def place(tmp_path: Path) -> Store:
    for year in (2019, 2020, 2021):
        (tmp_path / "data/raw" / str(year)).mkdir(parents=True)
    return Store(tmp_path, 2020)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("evidence?department_id=A-1&role=prefekt", "role is confidential"),
        ("count(evidence?role!=)", "role is confidential"),
        ("evidence?key=(role)", "role is confidential"),
        ("distinct(evidence/role)", "role is confidential"),
        ("difference(1, distinct(respondents/role?instrument=survey))", "role is confidential"),
        ("count(tiers?department_id=(evidence/department_id?role=x))", "role is confidential"),
        ("count(tiers?department_id=(evidence/role))", "role is confidential"),
        ("count(tiers?tier='good')", "tier is never 'good'; did you mean good"),
        ("count(tiers?tier=good|best)", "tier is never best; it can be good, moderate"),
        ("count(2019:tiers?tier=goood)", "did you mean good"),
        ("text(../../x)", "there is no text ../../x"),
        ("text(document.tiers.titel)", "did you mean document.tiers.title"),
        ("cell(x, 1)", r"no number in the reports is from cell\(x, 1\)"),
        ("2018:tiers/A-1/tier", "no raw data for 2018 in data/raw; years there: 2019"),
        ("count(2018:tiers)", "no raw data for 2018"),
        ("count(2020:tiers)", "leave 2020: out"),
        ("count(2021:tiers)", "ask mapping trace 2021"),
    ],
)
def test_what_is_refused(place: Store, asked: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        require_askable(parse(asked), place, SAY, ())


@pytest.mark.parametrize(
    "asked",
    [
        "evidence/interviews-2/role",
        "count(tiers?tier=good|&borderline=true)",
        "count(2019:tiers?tier=good)",
        "count(indicators?level>=2)",
        "count(register?faculty=Law)",
        "percent(1, protocol(levels.good))",
        "text(document.tiers.title)",
        "text(document.tiers)",
        "cell(own, 7)",
    ],
)
def test_what_is_not(place: Store, asked: str) -> None:
    require_askable(parse(asked), place, SAY, {"cell(own, 7)"})


BROKEN = ['{"numbers": [{"id": "tiers-sv:1.1"}]}', '{"numbers": 7}', "{", '{"numbers": ["x"]}']


def call(root: Path, asked: str) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(cli.app, ["trace", "2020", asked, "--root", str(root)])


def test_the_command_refuses(tmp_path: Path) -> None:
    put(tmp_path, 2020)
    reports = tmp_path / "reports/2020"
    reports.mkdir(parents=True)
    for asked, told in (
        ("distinct(evidence/role)", "confidential"),
        ("2019:tiers", "no raw data for 2019"),
    ):
        done = call(tmp_path, asked)
        assert (done.exit_code, told in done.stderr) == (2, True)
    for text in BROKEN:
        (reports / "numbers.json").write_text(text, encoding="utf-8")
        done = call(tmp_path, "ABC-1")
        assert (done.exit_code, "numbers.json" in done.stderr) == (2, True), text
    (reports / "numbers.json").write_text(json.dumps({"numbers": []}), encoding="utf-8")
    assert call(tmp_path, "ABC-1").exit_code == 0
    done = call(tmp_path, "x" * 5000)
    assert (done.exit_code, len(done.stderr) < 2000) == (2, True)
    assert call(tmp_path, "files/survey.csv/sha256").exit_code == 0
