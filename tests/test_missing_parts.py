"""Studies in which something is missing: every report still comes out and makes nothing up."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest
from cells import run_cells
from lxml import html as lxml_html
from test_texts import english_words

import mapping.study
from mapping.publish import pdf

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[1] / "data/raw/2020"
EVIDENCE = ("interviews", "workshop", "survey")
Raw = dict[str, pd.DataFrame]


def example() -> Raw:
    """The files of the example study, every cell as it is written."""
    return {
        name: pd.read_csv(EXAMPLE / f"{name}.csv", dtype="string", keep_default_na=False)
        for name in ("departments", *EVIDENCE)
    }


def without(raw: Raw, *names: str) -> Raw:
    """Only the header rows of these files."""
    return raw | {name: raw[name].head(0) for name in names}


def only(raw: Raw, ids: set[str]) -> Raw:
    """The register and the evidence of these departments alone."""
    keys = {name: "department" if name == "survey" else "department_id" for name in raw}
    return {name: table[table[keys[name]].isin(list(ids))] for name, table in raw.items()}


def three_departments(raw: Raw) -> Raw:
    return only(raw, {"GLASS-46", "MOLN-1", "NYF-27"})


def one_tier_empty(raw: Raw) -> Raw:
    tiers = mapping.study.load_year(2020, EXAMPLE.parents[2]).tiers
    return only(raw, set(tiers.loc[tiers["tier"] != "moderate", "department_id"]))


def nobody_needs_anything(raw: Raw) -> Raw:
    """No need or voice is named, and the need felt is none."""
    coded, notes, answers = (raw[name].copy() for name in EVIDENCE)
    coded = coded[~coded["code"].str.startswith(("need/", "external/"))]
    felt = coded["code"].str.startswith(("internal_need/", "external_need/"))
    coded.loc[felt, "code"] = coded.loc[felt, "code"].str[:-1] + "0"
    needs = ["recruitment", "employability", "feedback", "student_support"]
    notes.loc[notes["theme"].isin(needs), "theme"] = "other"
    boxes = [name for name in answers if name.startswith(("needs[", "external["))]
    answers[boxes] = ""
    for item in ("need[internal_need]", "need[external_need]"):
        answers.loc[answers[item] != "", item] = "1"
    return raw | {"interviews": coded, "workshop": notes, "survey": answers}


def one_note(raw: Raw) -> Raw:
    """Two departments, of which one wrote a note: nothing can be assessed."""
    few = without(only(raw, {"GLASS-46", "MOLN-1"}), "interviews", "survey")
    return few | {"workshop": few["workshop"].head(1)}


STUDIES: dict[str, Callable[[Raw], Raw]] = {
    "no workshop": lambda raw: without(raw, "workshop"),
    "no interviews": lambda raw: without(raw, "interviews"),
    "no survey": lambda raw: without(raw, "survey"),
    "workshop alone": lambda raw: without(raw, "interviews", "survey"),
    "three departments": three_departments,
    "one tier empty": one_tier_empty,
    "nobody needs anything": nobody_needs_anything,
    "one note": one_note,
}
REPORTS = ("2-swot", "3-tiers", "4-report")
FILES_AND_COMMANDS = re.compile(r"\w+\.csv|mapping run 2020|mapping trace 2020 [\w:-]+")
CASES = [(name, report) for name in STUDIES for report in REPORTS]


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """The root of each study; a study is loaded once for all its reports."""

    @cache
    def root(name: str) -> Path:
        place = tmp_path_factory.mktemp(name.replace(" ", "-"))
        folder = place / "data/raw/2020"
        folder.mkdir(parents=True)
        shutil.copy(EXAMPLE / "study.toml", folder)
        for file, table in STUDIES[name](example()).items():
            table.to_csv(folder / f"{file}.csv", index=False)
        return place

    load_year = cache(mapping.study.load_year)
    with pytest.MonkeyPatch.context() as patched, mpl.rc_context({"backend": "agg"}):
        patched.setattr(mapping.study, "load_year", load_year)
        yield root


@cache
def shown_report(root: Path, report: str, lang: str) -> Any:
    """The notebook with its outputs, which nobody changes."""
    return run_cells(report, root=str(root), lang=lang)


def shown(notebook: Any) -> Iterator[lxml_html.HtmlElement]:
    """Each output's HTML."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield lxml_html.fromstring(f"<div>{output.data['text/html']}</div>")


@pytest.mark.parametrize(("name", "report"), CASES)
def test_every_report_comes_out(roots: Callable[[str], Path], name: str, report: str) -> None:
    for lang in ("sv", "en"):
        made = shown_report(roots(name), report, lang)
        assert pdf(made).startswith(b"%PDF")
        outputs = list(shown(made))
        for output in outputs:
            text = output.text_content().replace("\u00a0", " ")
            assert not re.search(r"\b(None(?! of)|nan|NaN|NaT|NA|True|False)\b|<NA>", text), text
            assert not re.search(r"\b0 (of|av) 0\b|\(\)|  | [.,;:]|\.\.", text), text
            if lang == "sv":
                assert english_words(FILES_AND_COMMANDS.sub("", text)) == set(), text
        for output in outputs:
            for table in output.iter("table"):
                assert table.xpath(".//tbody/tr"), table.xpath("string(.//caption)")
            for sentence in output.xpath(".//p | .//li"):
                assert sentence.text_content().strip()


SAID = [
    ("no workshop", "2-swot", "Inga anteckningar från workshopen finns, så denna del kan inte"),
    ("no interviews", "4-report", "Inga intervjuer ingår i underlaget."),
    ("no survey", "4-report", "Ingen enkät ingår i underlaget."),
    (
        "no survey",
        "4-report",
        "Data avgör inte vilket stöd från den centrala alumnverksamheten som",
    ),
    ("no survey", "4-report", "Data avgör inte om det saknas incitament"),
    ("workshop alone", "4-report", "Data avgör inte vilka externa behov som finns"),
    ("workshop alone", "4-report", "Data avgör inte hur alumnansvaret är ordnat."),
    ("three departments", "4-report", "Om de två behoven hänger samman avgör data inte."),
    ("one tier empty", "4-report", "Ingen institution hör till gruppen måttliga."),
    ("nobody needs anything", "4-report", "Ingen institution nämnde något internt behov."),
    ("nobody needs anything", "4-report", "som en instrumentlåda kan utgå ifrån."),
    ("one note", "3-tiers", "Data avgör inte hur institutionerna kan grupperas"),
    ("one note", "4-report", "Data avgör inte om alumnansvaret axlas av eldsjälar."),
]
NOT_SAID = [
    ("no workshop", "2-swot", "institutioner (0 %)"),
    ("one tier empty", "4-report", "◐ Måttliga: ett visst intresse"),
    ("workshop alone", "4-report", "Ingen institution har en ensam alumnansvarig"),
    ("workshop alone", "4-report", "Ingen mindre institution"),
    ("one note", "4-report", "Hur alumnansvaret är ordnat (n = 0)"),
    ("one note", "4-report", "Institutioner i varje grupp (0"),
]


@cache
def whole_text(root: Path, report: str) -> str:
    outputs = shown(shown_report(root, report, "sv"))
    return " ".join(output.text_content() for output in outputs).replace("\u00a0", " ")


@pytest.mark.parametrize(("name", "report", "sentence"), SAID)
def test_what_is_missing_is_said(
    roots: Callable[[str], Path], name: str, report: str, sentence: str
) -> None:
    assert sentence in whole_text(roots(name), report)


@pytest.mark.parametrize(("name", "report", "sentence"), NOT_SAID)
def test_nothing_is_made_up(
    roots: Callable[[str], Path], name: str, report: str, sentence: str
) -> None:
    assert sentence not in whole_text(roots(name), report)
