"""One call gives a year: from its raw files, under another protocol, or as a run left it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from full_runs import root_with
from raw_years import tiny, write

import mapping
from mapping.errors import RunError, UsageError
from mapping.schemas import CHAIN, TABLES


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "data" / "raw", tiny())
    return tmp_path


def test_every_table_is_computed_in_its_form(root: Path) -> None:
    study = mapping.load_year(2020, root)
    for name in CHAIN:
        assert list(getattr(study, name).columns) == list(TABLES[name].columns), name
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


def test_of_the_tables_of_a_run_only_those_are_read_that_are_asked_for(root: Path) -> None:
    """Each department's report is a notebook of its own, and shows few of the tables."""
    mapping.load_year(2020, root).write(root, "needs", "tiers")
    (root / "tiers.parquet").write_bytes(b"broken")
    study = mapping.load_year(2020, root, tables=root)
    assert sorted(study.stored) == ["needs", "tiers"]
    assert len(study.stored) == 2
    assert len(study.needs) == len(study.stored["needs"]) > 0
    with pytest.raises(RunError, match=r"tiers\.parquet is not a Parquet table"):
        study.tiers  # noqa: B018
    with pytest.raises(KeyError):
        study.stored["swot"]


def test_a_study_loads_only_what_it_needs_of_scipy() -> None:
    """A third of the start of every notebook would be spent on tests that it does not make."""
    code = "import sys, mapping.study; print([m for m in sys.modules if m.startswith('scipy.')])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    for heavy in ("scipy.stats", "scipy.optimize"):
        assert f"'{heavy}'" not in loaded.stdout


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


def test_the_front_doors_are_listed_before_they_are_used() -> None:
    """Tab in JupyterLab completes from dir()."""
    code = "import mapping, sys; print(*dir(mapping)); print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, heavy = done.stdout.splitlines()
    assert {"load_year", "figure", "Study", "__doc__"} <= set(names.split())
    assert heavy == "False"
