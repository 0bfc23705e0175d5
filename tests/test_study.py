"""One call gives a year: from its raw files, under another protocol, or as a run left it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from full_runs import root_with
from raw_years import tiny, write

import mapping
from mapping.errors import UsageError
from mapping.schemas import TABLES


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "data" / "raw", tiny())
    return tmp_path


def test_every_table_is_computed_in_its_form(root: Path) -> None:
    study = mapping.load_year(2020, root)
    for name, schema in TABLES.items():
        assert list(getattr(study, name).columns) == list(schema.columns), name
    assert set(study.tiers["department_id"]) == {"ABC-1", "ÅÄÖ-22"}


def test_what_a_run_has_written_is_shown_and_not_computed_again(root: Path) -> None:
    first = mapping.load_year(2020, root)
    out = root / "tables"
    out.mkdir()
    first.write(out, "tiers", "needs")
    marked = first.tiers.assign(tier="good")
    mapping.load_year(2020, root).write(None, "swot")
    assert sorted(path.name for path in out.iterdir()) == ["needs.parquet", "tiers.parquet"]
    marked.to_parquet(out / "tiers.parquet")
    again = mapping.load_year(2020, root, tables=out)
    assert set(again.tiers["tier"]) == {"good"}
    pd.testing.assert_frame_equal(again.needs, first.needs)


def test_another_protocol_goes_by_its_folder_and_no_command_repeats_it(root: Path) -> None:
    shipped = Path(__file__).parents[1] / "data/protocol/su-2020"
    mine = root / "data/protocol/mine"
    shutil.copytree(shipped, mine)
    study = mapping.load_year(2020, root, protocol="mine")
    assert study.protocol.name == "mine"
    assert study.command is None
    assert mapping.load_year(2020, root).command == "mapping run 2020"


def test_a_root_that_is_none_is_refused_even_below_one_that_is(root: Path) -> None:
    (root / "typo").mkdir()
    with pytest.raises(UsageError, match="no data/raw in"):
        mapping.load_year(2020, root / "typo")


def test_the_example_takes_part_as_it_says(tmp_path: Path) -> None:
    study = mapping.load_year(2020, root_with(tmp_path))
    counts = (study.participation.set_index("department_id") > 0).sum()
    assert counts[["interviews", "workshop_notes", "responses"]].tolist() == [30, 33, 41]
    assert study.evidence["department_id"].nunique() == 44


def test_an_unknown_name_of_the_package_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        mapping.nothing  # noqa: B018
