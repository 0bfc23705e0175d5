"""The follow-up of the example, made as a user makes it: what is left, and how it reads."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import outloud
import page
import pandas as pd
import pytest
from full_runs import REPOSITORY, files, pdf_text, root_with, run, squeezed
from printed_numbers import label, listed, unaccounted, untold, without_marks, wrong
from test_texts import english_words

import mapping
from mapping.pipeline.results import find
from mapping.pipeline.run import standard_parts
from mapping.pipeline.store import sha256
from mapping.pipeline.verify import verify
from mapping.schemas import FOLLOW_UP, check
from mapping.trace.asked import Results
from mapping.trace.stages import Stages

pytestmark = pytest.mark.slow

LANGUAGES = ("sv", "en")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2022 beside 2020, with 2021 between: another protocol, a merger, a new name, a trend."""
    root = root_with(tmp_path_factory.mktemp("years"), 2022)
    for year in ("2020", "2021"):
        shutil.copytree(REPOSITORY / "data/raw" / year, root / "data/raw" / year)
    done = run(root, "2022", "--only", "followup", "--baseline", "2020")
    assert done.returncode == 0, done.stderr
    assert "compared with 2020" in done.stdout.splitlines()
    for lang in LANGUAGES:
        assert f"followup-2022-{lang}.pdf" in done.stdout
    return root


def pdf(root: Path, lang: str) -> Path:
    return root / f"reports/2022/followup-2022-{lang}.pdf"


def told(root: Path, name: str) -> Any:
    return json.loads((root / name).read_text(encoding="utf-8"))


def test_every_table_is_there_and_holds_its_contract(made: Path) -> None:
    for name in FOLLOW_UP:
        table = pd.read_parquet(made / f"data/processed/2022/{name}.parquet")
        assert len(check(table, name)), name
    years = pd.read_parquet(made / "data/processed/2022/trend.parquet")["year"]
    assert sorted(set(years)) == [2020, 2021, 2022]


def test_the_tables_are_what_a_researcher_computes(made: Path) -> None:
    compared = mapping.follow_up(mapping.load_year(2022, made), made, baseline=2020)
    for name in ("transitions", "yardstick"):
        stored = pd.read_parquet(made / f"data/processed/2022/{name}.parquet")
        pd.testing.assert_frame_equal(stored, getattr(compared, name), check_dtype=False)


def test_the_workbook_has_them_as_sheets(made: Path) -> None:
    book = openpyxl.load_workbook(made / "reports/2022/tables-2022.xlsx", read_only=True)
    assert book.sheetnames[-len(FOLLOW_UP) :] == list(FOLLOW_UP)


def test_its_numbers_are_with_the_others(made: Path) -> None:
    numbers = told(made, "reports/2022/numbers.json")["numbers"]
    assert {name.partition(":")[0] for name in numbers} == {"followup-sv", "followup-en"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_its_numbers_have_ids_and_are_what_they_rest_on(made: Path, lang: str) -> None:
    numbers = told(made, "reports/2022/numbers.json")["numbers"]
    tables = made / "data/processed/2022"
    study = mapping.load_year(2022, made, tables=tables)
    follow = mapping.follow_up(study, made, baseline=2020)
    path = pdf(made, lang)
    problems = [
        *untold(numbers, lang),
        *wrong(numbers, Results(Stages(study, follow)), study.protocol, lang),
        *unaccounted(path.read_bytes(), numbers, label(path.name)),
    ]
    assert not problems, listed(problems)


def test_the_earlier_years_are_named_with_their_hashes(made: Path) -> None:
    baseline = told(made, "data/processed/2022/run.json")["baseline"]
    assert baseline["year"] == 2020
    assert {year: of["protocol"]["name"] for year, of in baseline["years"].items()} == {
        "2020": "su-2020",
        "2021": "su-2021",
    }
    for year, of in baseline["years"].items():
        folder = made / "data/raw" / year
        assert of["inputs"] == {path.name: sha256(path) for path in folder.iterdir()}


def test_they_are_made_again_to_the_byte(made: Path) -> None:
    before = files(made)
    found = verify(find(made, "2022"), made, standard_parts())
    assert found.verdict == "repeated to the byte"
    assert files(made) == before


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages_pass_the_machine_checks(made: Path, lang: str) -> None:
    data = pdf(made, lang).read_bytes()
    for profile in ("ua1", "2a"):
        found = page.validate_pdf_bytes(data, profile=profile)
        assert found.is_compliant, [(f.rule_id, f.message) for f in found.failures]
    heard = [f for f in outloud.check(str(pdf(made, lang))).findings if f.rule != "TBL-010"]
    assert [str(finding) for finding in heard] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages_read_as_a_person_wrote_them(made: Path, lang: str) -> None:
    text = pdf_text(pdf(made, lang).read_bytes())
    assert ("syntetiska exempeldata" if lang == "sv" else "synthetic example data") in text.lower()
    assert squeezed("mapping run 2022 --baseline 2020") in squeezed(text)
    words = re.sub(r"\bNone of\b|\S+\.(csv|toml)\b|\w+\[\w+\]", "", text)
    assert not re.search(r"\b(nan|None|NaN|NaT|<NA>|True|False)\b", words)
    if lang == "sv":
        words = without_marks(words).replace("mapping run", "").replace("baseline", "")
        assert english_words(words) == set()
