"""References: what they write, what they give on tables made by hand, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from mapping.errors import UsageError
from mapping.protocol import load_protocol
from mapping.references import (
    Cell,
    Column,
    Computed,
    Condition,
    Row,
    Rows,
    encoded,
    evaluate,
    of,
    parse,
    reference_of,
    rows,
    written,
)

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    tiers = pd.DataFrame(
        {
            "department_id": ["A-1", "B-2", "C-3", "D-4"],
            "tier": ["good", "good", "small", "unclassified"],
            "margin": [0.3, 0.1, 0.2, None],
            "borderline": [False, True, False, False],
        }
    )
    indicators = pd.DataFrame(
        {
            "department_id": ["A-1", "A-1", "B-2", "B-2", "C-3"],
            "indicator": ["interest", "activity", "interest", "activity", "interest"],
            "level": [3.0, 2.0, 1.5, None, 0.0],
            "instruments": pd.array([3, 2, 1, 0, 1], dtype="Int64"),
        }
    )
    needs = pd.DataFrame(
        {
            "side": ["internal", "external"],
            "need": ["a/b, c|d", "recruitment"],
            "departments": pd.array([3, 1], dtype="Int64"),
            "of": pd.array([7, 0], dtype="Int64"),
        }
    )
    criteria = pd.DataFrame(
        {
            "department_id": ["A-1", "B-2", "C-3"],
            "tier": ["good", "good", "small"],
            "criterion": ["x", "x", "x"],
            "met": pd.array([True, False, None], dtype="boolean"),
        }
    )
    register = pd.DataFrame(
        {"department_id": ["A-1", "B-2"], "faculty": ["Law", "Arts"], "students_course": [10, 20]}
    )
    return {
        "tiers": tiers,
        "indicators": indicators,
        "needs": needs,
        "criteria": criteria,
        "register": register,
        "corrections": pd.DataFrame({"date": pd.to_datetime(["2020-01-01"])}),
        "2019:tiers": tiers.head(1),
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("count(tiers)", 4),
        ("count(tiers?tier=good)", 2),
        ("count(tiers?tier=good&borderline=true)", 1),
        ("count(tiers?tier!=unclassified)", 3),
        ("count(tiers?tier=good|small)", 3),
        ("count(tiers?margin=)", 1),
        ("count(tiers?margin!=)", 3),
        ("count(tiers?margin>=0.2)", 2),
        ("count(tiers?margin>0.2)", 1),
        ("count(tiers?margin<0.2)", 1),
        ("count(tiers?margin<=0.2)", 2),
        ("count(criteria?met=true)", 1),
        ("count(criteria?met!=true)", 2),
        ("count(criteria?met=true|)", 2),
        ("count(2019:tiers)", 1),
        ("count(criteria?tier=(criterion))", 0),
        ("count(criteria?tier!=(criterion))", 3),
        ("count(indicators?department_id=(tiers/department_id?tier=good))", 4),
        ("count(indicators?department_id!=(tiers/department_id?tier=good))", 1),
        ("distinct(indicators/department_id?indicator=interest)", 3),
        ("mean(indicators/level?indicator=interest)", 1.5),
        ("median(indicators/level)", 1.75),
        ("sum(indicators/instruments)", 7),
        ("smallest(indicators/level)", 0.0),
        ("largest(tiers/margin?tier=good)", 0.3),
        ("mean(indicators/level?indicator=none)", None),
        ("sum(indicators/level?indicator=none)", 0),
        ("needs/internal/a%2Fb%2C c%7Cd/departments", 3),
        ("tiers/D-4/margin", None),
        ("rounded(product(0.333333333, 39))", 13),
        ("rounded(1.6)", 2),
        ("rounded(2.5)", 3),
        ("quantile(indicators/level?indicator=none, 0.5)", None),
        ("tiers/A-1/tier", "good"),
        ("tiers/B-2/borderline", True),
        ("criteria/A-1/good/x/met", True),
        ("register/B-2/students_course", 20),
        ("percent(tiers/A-1/margin)", 30),
        ("percent(needs/internal/a%2Fb%2C c%7Cd/departments, count(tiers))", 75),
        ("percent(count(tiers), needs/external/recruitment/of)", None),
        ("quotient(1, 3)", 0.333333333),
        ("product(2, quotient(1, 3))", 0.666666666),
        ("difference(1, tiers/A-1/margin)", 0.7),
        ("absolute(difference(1, 3))", 2),
        ("sum(count(tiers), 1, 2.5)", 7.5),
        ("median(1, 2)", 1.5),
        ("mean(1, 2, 6)", 3),
        ("smallest(3, 2)", 2),
        ("largest(3, 2)", 3),
        ("sum(tiers/D-4/margin, 1)", None),
    ],
)
def test_a_number_is_computed_and_written_back(
    tables: dict[str, pd.DataFrame], text: str, value: object
) -> None:
    reference = parse(text)
    assert str(reference) == text
    found = evaluate(reference, tables)
    assert found == value
    assert type(found) in (type(value), int, float)


def test_a_reference_is_made_of_plain_values() -> None:
    good = Rows("tiers", (Condition("tier", "=", ("good",)),))
    assert parse("percent(count(tiers?tier=good), tiers/A-1/margin)") == Computed(
        "percent", (Computed("count", (good,)), Cell(Row("tiers", ("A-1",)), "margin"))
    )
    assert parse("tiers/margin?tier=good") == Column(good, "margin")
    assert parse("needs/internal/recruitment") == Row("needs", ("internal", "recruitment"))


def test_a_row_and_rows_give_frames(tables: dict[str, pd.DataFrame]) -> None:
    row = evaluate(parse("tiers/B-2"), tables)
    assert isinstance(row, pd.DataFrame)
    assert row["tier"].tolist() == ["good"]
    good = evaluate(parse("tiers?tier=good"), tables)
    assert isinstance(good, pd.DataFrame)
    assert good["department_id"].tolist() == ["A-1", "B-2"]


def test_all_rows_that_a_number_rests_on(tables: dict[str, pd.DataFrame]) -> None:
    found = rows(
        parse(
            "percent(tiers/B-2/margin, "
            "count(indicators?level!=&department_id=(tiers/department_id?tier=good)))"
        ),
        tables,
    )
    assert found["tiers"]["department_id"].tolist() == ["A-1", "B-2"]
    assert found["indicators"]["indicator"].tolist() == ["interest", "activity", "interest"]
    assert rows(parse("text(a.b)"), tables) == {}


def test_a_setting_of_the_protocol() -> None:
    su2020 = load_protocol(REPOSITORY / "data/protocol/su-2020")

    def at(path: str) -> object:
        return evaluate(parse(path), {}, su2020)

    assert at("protocol(tier_rules.borderline)") == su2020.tier_rules.borderline
    assert at("protocol(swot.common_denominator)") == Fraction(1, 3)
    assert at("protocol(aspects.interest.ideal.good)") == 3
    assert at("count(protocol(aspects))") == len(su2020.aspects)
    for path in ("tier_rules.border", "aspects.intrest", "_x", "aspects", "word"):
        with pytest.raises(UsageError, match=path.split(".")[-1]):
            at(f"protocol({path})")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tier/A-1", "no table tier; did you mean tiers"),
        ("count(tiers?teir=good)", "no column teir; did you mean tier"),
        ("tiers/A-1/x", "no column x; it has department_id"),
        ("needs/internal/a/departments/more", "write needs/SIDE/NEED or"),
        ("meen(tiers/margin)", "no operation meen; did you mean mean"),
        ("count(tiers", "expected ) at the end"),
        ("count(tiers) x", "expected the end before  x"),
        ("count(tiers?tier)", "expected one of = !="),
        ("count(tiers/A-1/margin)", "count takes rows"),
        ("mean(tiers)", "mean takes a column"),
        ("percent(tiers?tier=good)", "percent takes numbers"),
        ("difference(1)", "difference takes numbers"),
        ("distinct(1, 2)", "distinct takes"),
        ("tiers?margin>1|2", "one number to compare with"),
        ("tiers?tier>(tiers/tier)", "needs a column of a table and ="),
        ("rounded(1, 2)", "rounded takes numbers"),
        ("quantile(tiers/margin)", "quantile takes a column and a share"),
        ("tiers?tier=(tear)", "no column tear; did you mean tier"),
        ("cell(own)", "write cell(NOTEBOOK, NUMBER)".replace("(", r"\(").replace(")", r"\)")),
        ("", "expected a table"),
        ("sum(" * 2000, "too deep"),
        ("count(tiers?tier=(" * 2000, "too deep"),
        ("quantile(tiers/margin, 5)", "quantile takes a column and a share"),
        ("quantile(tiers/margin, -0.1)", "quantile takes a column and a share"),
        ("quantile(tiers/margin, 1.01)", "quantile takes a column and a share"),
        ("1e16", "1e16 is too large"),
        ("-1e400", "-1e400 is too large"),
        ("99999999:tiers/A/b", "no table 99999999:tiers"),
        ("cell(own, ²)", r"write cell\(NOTEBOOK, NUMBER\)"),
        ("x" * 5000, "^there is no table x{60}…$"),
        ("count(" + "?" * 5000, r"^count\(\?{54}… is no reference: .* before \?{60}…$"),
    ],
)
def test_what_is_no_reference(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said if "\\" in said else said.replace(")", r"\)")):
        parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tiers/A-11/margin", "no row tiers/A-11; did you mean tiers/A-1"),
        ("count(tiers?margin>high)", "margin is a number or a date, not high"),
        ("count(tiers?borderline=yes)", "borderline is true or false, not yes"),
        ("mean(tiers/tier)", "mean needs numbers, and tier holds none"),
        ("sum(tiers/A-1/tier, 1)", "sum needs numbers, not good"),
        ("count(evidence)", "no table evidence among"),
        ("register/A-1/x", "register has no column x"),
        ("text(a.b)", "stands in a text"),
        ("protocol(levels.good)", "needs the protocol"),
        ("product(1e15, 10)", "product gives a number that is too large"),
        ("quotient(1e15, 1e-9)", "quotient gives a number that is too large"),
        ("quantile(tiers/tier, 0.5)", "quantile needs numbers, and tier holds none"),
        ("count(tiers?margin<(tier))", "margin and tier cannot be compared"),
        ("count(tiers?tier>=(borderline))", "tier and borderline cannot be compared"),
        ("count(corrections?date=-1)", "date is a number or a date, not -1"),
    ],
)
def test_what_these_tables_do_not_have(
    tables: dict[str, pd.DataFrame], text: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        evaluate(parse(text), tables)


@pytest.mark.parametrize("value", ["a/b?c&d(e)f,g%h|i=j!k<l>m", " a ", "å ö", "\n", "\ue000"])
def test_every_value_comes_back(value: str) -> None:
    for reference in (
        Cell(Row("tiers", (value,)), "tier"),
        Computed("count", (Rows("tiers", (Condition("tier", "=", (value, "x")),)),)),
    ):
        assert parse(str(reference)) == reference
        assert "\ue000" not in str(reference)


def test_how_values_are_written() -> None:
    values = [2.0, 0.25, 3, True, None, pd.NA, float("nan"), pd.NaT, pd.Timestamp("2020-04-30")]
    assert [written(v) for v in values] == ["2", "0.25", "3", "true", "", "", "", "", "2020-04-30"]
    assert encoded("Law, Arts") == "Law%2C Arts"


def test_a_column_is_compared_with_another_of_the_same_row() -> None:
    frame = pd.DataFrame(
        {
            "department_id": list("ABCDE"),
            "then": [1.0, 2.0, 0.5, None, None],
            "now": [2.0, 2.0, 0.25, 1.0, None],
        }
    )
    found = {
        operator: evaluate(parse(f"count(register?now{operator}(then))"), {"register": frame})
        for operator in ("=", "!=", "<", "<=", ">", ">=")
    }
    assert found == {"=": 2, "!=": 3, "<": 1, "<=": 2, ">": 1, ">=": 2}
    rose = of("register", frame).beside("now", ">", "then")
    assert rose.frame["department_id"].tolist() == ["A"]
    assert reference_of(rose.count()) == "count(register?now>(then))"


@pytest.mark.parametrize(("share", "value"), [(0.75, 3), (0.76, 9), (1.0, 9), (0.0, 1)])
def test_the_smallest_value_that_a_share_does_not_exceed(share: float, value: int) -> None:
    rows = pd.DataFrame({"world": "stable", "pair": range(5), "clear": [9, 1, 3, 2, None]})
    told = of("change_moves", rows).quantile("clear", share)
    assert told == value
    assert evaluate(parse(str(reference_of(told))), {"change_moves": rows}) == value
