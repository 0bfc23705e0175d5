"""Values of the tables traced to raw rows, and computed again from these rows and nothing else.

The second computation (``recomputed.py``) imports nothing of mapping. Numbers of the printed
reports go through the same in ``test_reports.py``, where the reports are made.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from recomputed import KEYS
from retraced import NO_ROWS, Check, alike, cells, kind, spread

from mapping.references import keys
from mapping.study import load_year

ROOT = Path(__file__).parents[1]
FORMULAS = (
    "count(tiers?tier=good)",
    "count(tiers?tier!=unclassified&borderline=true)",
    "percent(count(tiers?tier=small), count(tiers?tier!=unclassified))",
    "mean(indicators/level?indicator=interest)",
    "median(register/programmes)",
    "largest(indicators/convergence?indicator=resources)",
    "sum(participation/responses)",
    "count(participation?workshop_notes>0)",
    "distinct(evidence/department_id?kind=need)",
    "count(evidence?instrument=workshop&quadrant=threat)",
    "count(criteria?criterion=good.interest&met=true)",
    "count(aspects?aspect=support&level>=2&department_id=(tiers/department_id?tier=good))",
    "count(constructs?conditions_level=good&needs_level=clear)",
    "count(indicators?indicator=mandate&level<2)",
    "count(respondents?left_out=incomplete|blank)",
    "count(recommendations?recommendation=R2&met=false)",
    "difference(needs/internal/recruitment/share, needs/internal/feedback/share)",
    "count(swot?quadrant=weakness&rank<=3)",
)


@pytest.fixture(scope="module")
def check() -> Check:
    study = load_year(2020, ROOT)
    return Check(study, ROOT / "data/raw/2020", ROOT / "data/protocol/su-2020")


def test_the_second_computation_imports_nothing_of_mapping() -> None:
    source = (Path(__file__).with_name("recomputed.py")).read_text(encoding="utf-8")
    assert "import mapping" not in source
    assert "from mapping" not in source


def test_the_tables_keys_are_those_of_the_references() -> None:
    assert {table: list(keys(table)) for table in KEYS} == KEYS


@pytest.mark.parametrize("table", list(KEYS))
def test_random_cells_of_every_table(check: Check, table: str) -> None:
    before = check.recomputed
    frame = check.stages.home(table).frame(table)
    for text in cells(table, frame, KEYS[table], Random(20200430)):  # noqa: S311
        check.reference(text)
    assert check.differing == []
    assert check.recomputed > before


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_over_several_rows(check: Check, text: str) -> None:
    before = check.recomputed
    check.reference(text)
    assert check.differing == []
    assert check.recomputed == before + 1


def test_a_row_that_a_trace_lacks_shows(check: Check) -> None:
    """With any one row less than the trace lists, that number comes out otherwise."""
    text = "sum(swot/items?quadrant=weakness)"
    rows = check.rows(text)["workshop.csv"]
    assert check.second(text, {"workshop.csv": rows}) == len(rows)
    assert check.second(text, {"workshop.csv": rows[1:]}) == len(rows) - 1


def test_what_is_left_out_is_told(check: Check) -> None:
    check.reference("needs/internal/recruitment/p_first")
    assert check.left_out["not computed a second time: needs.p_first"]
    check.reference("count(evidence?kind=need&key=nonsense)")
    assert check.left_out[NO_ROWS]


def test_numbers_are_spread_over_reports_and_formulas() -> None:
    numbers = {f"a-sv:1.{n}": {"from": f"tiers/X-{n}/margin"} for n in range(1, 9)}
    numbers |= {
        "b-sv:1.1": {"from": "count(tiers?tier=good)"},
        "a-sv:2.1": {"from": "count(needs)"},
    }
    first = spread(numbers, Random(1))[:3]  # noqa: S311
    assert {kind(text) for text in first} == {"tiers", "count tiers", "count needs"}


def test_values_are_alike_to_the_last_decimal_but_one() -> None:
    assert alike(1 / 3, 0.333333333)
    assert not alike(0.33333333, 1 / 3)
    assert not alike("good", "small")
    assert not alike(3, "0 rows")
