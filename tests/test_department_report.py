"""A department's own report: what it tells, of nobody else, on two pages."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import nbformat.v4 as nbf
import page
import pandas as pd
import pikepdf
import pytest
from builders import answered, coded, evidence_of, note, su_2020
from test_texts import english_words
from told import FILES, STUDIES, levels, study

import mapping.study
from mapping import prose
from mapping.errors import UsageError
from mapping.facts import Count
from mapping.facts import department as facts
from mapping.prose import words
from mapping.publish import pdf
from mapping.publish.document import document as publish_document
from mapping.tables import department as tables
from mapping.tables import table
from mapping.vocabulary import INSTRUMENTS, LANGUAGES, QUADRANTS

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "department.ipynb"
PROTOCOL = su_2020()
SV, EN = words("sv", PROTOCOL), words("en", PROTOCOL)
SECTIONS = {
    "in_short": facts.in_short,
    "tier": facts.tier,
    "criteria": facts.criteria,
    "analysis": facts.analysis,
    "needs": facts.own_needs,
    "recommendations": facts.recommendations,
    "tools": facts.tools,
    "evidence": facts.evidence,
}


def own(*rows: dict[str, Any], frame: tuple[str, ...] = ("A",), left_out: int = 0) -> Any:
    """The portrait of A in a study with this evidence."""
    return portrait(study(*rows, frame=frame, left_out=left_out), "A")


def portrait(made: Any, department: str | None) -> facts.Portrait:
    made.settings = SimpleNamespace(year=2020)
    made.raw = SimpleNamespace(files=FILES)
    made.command = "mapping run 2020"
    return facts.portrait(made, department)


def said(section: str, portrait: facts.Portrait, say: prose.Words = EN) -> str:
    return prose.section(say, f"department.{section}", **SECTIONS[section](portrait)).plain


def shown(made: facts.Portrait, say: prose.Words) -> Iterator[table.Table]:
    yield tables.levels(made, say)
    yield from filter(None, [tables.analysis(made, say), tables.tools(made, say, 3)])


def column(made: table.Table | None, field: str) -> list[str]:
    assert made is not None
    place = [c.field for c in made.columns].index(field)
    return [row[place] for row in made.cells()]


# --- who


def test_the_first_that_took_part_if_none_is_named() -> None:
    made = study(*levels("B", 3), *levels("C", 3), frame=("A", "B", "C"))
    assert portrait(made, None).department == "B"
    assert portrait(made, " c ").department == "C"


@pytest.mark.parametrize(
    ("department", "message"),
    [("HIST-2", "nearest are HIST-1"), ("ABC-1", "did not take part"), ("9", r"'9' in 2020$")],
)
def test_a_department_without_a_report(department: str, message: str) -> None:
    made = study(*levels("HIST-1", 3), frame=("HIST-1", "ABC-1"))
    with pytest.raises(UsageError, match=message):
        portrait(made, department)


def test_nobody_took_part() -> None:
    made = SimpleNamespace(evidence=evidence_of())
    with pytest.raises(UsageError, match="no department took part"):
        portrait(made, None)


# --- the tier


def test_how_clearly_it_is_in_its_tier() -> None:
    """Six aspects at 3: to the good ideal .5 / 6, to the moderate (1.5 + 4 + 1 + 1.5 + 2) / 6."""
    made = own(*levels("A", 3))
    told = facts.in_short(made)
    assert (told["tier"], told["second"]) == ("good", "moderate")
    margin = ((1.5 + 2 + 2 + 1 + 1.5 + 2) - 0.5) / 6 / 3
    assert told["apart"] == pytest.approx(margin * 3 * 6 / 2)
    # Moved so far, over aspects between the two ideals, the fits are equal.
    assert told["apart"] == pytest.approx(9.5 / 2)
    assert "clear: at least 4.8 levels" in said("in_short", made)


def level_on(department: str, level: float, *keys: str) -> list[dict[str, Any]]:
    return [answered(department, f"r-{department}", "indicator", key, level) for key in keys]


FOUR = ("interest", "resources", "importance", "mandate")


@pytest.mark.parametrize(
    ("interest", "expected"),
    [
        (2.29, r"uncertain: you fit the tier moderate practically as well"),
        (2.54, r"uncertain: 0\.3 of a level in all"),
        (2.55, r"clear: at least 0\.3 levels in all"),
    ],
)
def test_how_clearly_in_words(interest: float, expected: str) -> None:
    """All but interest are half-way between the two ideals; it decides, from 2.25."""
    rows = level_on("A", interest, "interest") + level_on("A", 2, "resources")
    rows += level_on("A", 2.25, "importance") + level_on("A", 1.75, "mandate")
    made = own(*rows)
    assert made.tier == "good"
    assert facts.in_short(made)["apart"] == pytest.approx(interest - 2.25)
    assert made.margin == pytest.approx((interest - 2.25) * 2 / 4 / 3)
    assert re.search(expected, said("in_short", made))


def test_the_smallest_change_is_told_as_it_is_computed() -> None:
    made = own(*levels("A", 1))
    change = facts.tier(made)["change"]
    assert change
    expected = made.raised[["aspect", "level", "to_next_tier"]].to_numpy().tolist()
    assert [[step["aspect"], step["from"], step["to"]] for step in change] == expected
    first = change[0]
    text = said("tier", made)
    assert f"from {first['from']:.2f} to {first['to']:.2f}" in text
    assert "border of the tier ●\u00a0good" in text
    assert len(column(tables.levels(made, EN), "to_next_tier")) == 12
    filled = [cell for cell in column(tables.levels(made, EN), "to_next_tier") if cell]
    assert filled == [f"{step['to']:.2f}" for step in change]


def test_the_highest_tier_has_no_change() -> None:
    made = own(*levels("A", 3))
    assert "no higher tier" in said("tier", made)
    assert "to_next_tier" not in [c.field for c in tables.levels(made, EN).columns]


def test_equal_fits_name_what_decides() -> None:
    rows = level_on("A", 2.25, "interest", "importance") + level_on("A", 2, "resources")
    made = own(*rows, *level_on("A", 1.75, "mandate"))
    assert made.tier == "moderate"
    assert set(facts.tier(made)["decides"]) == set(FOUR)
    assert "as well already: the least rise" in said("tier", made)


def test_without_a_tier() -> None:
    made = own(*level_on("A", 2, "interest", "mandate"))
    assert facts.in_short(made)["known"] == Count(2, 7)
    assert "2\u00a0of\u00a07 aspects are known, and at least four are needed" in said("tier", made)
    assert said("criteria", made) == ""
    assert "middle" not in [c.field for c in tables.levels(made, EN).columns]
    assert "contribute more evidence" in said("in_short", made)


def test_criteria_are_those_of_its_own_tier() -> None:
    made = own(*levels("A", 3))  # staffing is unknown
    told = facts.criteria(made)
    assert told["met"] == [
        f"good.{key}" for key in ("interest", "support", "resources", "internal_need", "importance")
    ]
    assert told["not_known"] == ["good.staffing"]
    assert told["count"] == Count(5, 5)


# --- the middle of its tier


def six(level: float) -> list[dict[str, Any]]:
    return [row for key in "ABCDEF" for row in levels(key, 3 if key == "A" else level)]


def test_the_middle_stands_beside_its_own_level() -> None:
    made = own(*six(2.8), frame=tuple("ABCDEF"))
    assert column(tables.levels(made, EN), "level")[0] == "3.00"
    assert column(tables.levels(made, EN), "middle")[0] == "3.0"
    assert column(tables.levels(made, EN), "middle")[5] == "too few"  # staffing
    assert column(tables.levels(made, SV), "middle")[7:] == ["för få"] * 5


def test_too_few_others() -> None:
    rows = [row for key in "ABCDE" for row in levels(key, 3)]
    made = own(*rows, frame=tuple("ABCDE"))
    assert column(tables.levels(made, EN), "middle") == ["too few"] * 12


# --- what to do


def test_a_first_step_is_a_condition_never_a_need() -> None:
    """The smallest change raises the need alone; no one can decide to have a need."""
    rows = level_on("A", 3, "interest", "importance", "management_support", "resources")
    made = own(*rows, *level_on("A", 0, "internal_need", "mandate"))
    made = replace(made, aspects=made.aspects.assign(to_next_tier=float("nan")))
    change = {"internal_need": 3.0, "mandate": 1.2, "support": 3.0}
    raised = replace(
        made, aspects=made.aspects.assign(to_next_tier=made.aspects["aspect"].map(change))
    )
    told = facts.in_short(raised)
    assert (told["raise_first"], told["recommended"]) == ("mandate", "")
    assert told["help"] == ["task_description"]


def test_else_a_recommendation_that_is_not_met() -> None:
    made = own(*levels("A", 3), coded("A", "s", "c", "arrangement/alone"))
    told = facts.in_short(made)
    assert (told["raise_first"], told["recommended"]) == ("", "R1")
    assert told["lacking"] == ["R1"]


def test_no_first_step_where_nothing_asks_for_one() -> None:
    made = own(*levels("A", 3), coded("A", "s", "c", "arrangement/shared"))
    told = facts.in_short(made)
    assert (told["raise_first"], told["recommended"], told["help"]) == ("", "", [])
    assert "first step" not in said("in_short", made)


def test_recommendations_met_not_met_and_not_assessable() -> None:
    rows = (
        level_on("A", 3, "resources") + level_on("A", 1, "workload") + level_on("A", 2, "mandate")
    )
    made = own(*rows)
    told = facts.recommendations(made)
    assert (told["met"], told["not_met"], told["not_known"]) == (["R4"], ["R2"], ["R1", "R3"])
    assert told["count"] == Count(1, 2)
    assert "Not met: R2\u00a0Time and resources are set aside." in said("recommendations", made)
    assert "R4 is measured by a proxy" in said("recommendations", made)


def test_tools_by_what_they_serve() -> None:
    rows = [coded("A", "s", "c", f"need/{need}") for need in ("recruitment", "employability")]
    made = own(*rows, *level_on("A", 1, "mandate"))
    shown = tables.tools(made, EN, 2)
    assert shown is not None
    assert column(shown, "tool") == [
        "Alumni portraits for marketing the education",
        "Statistics on career paths",
    ]
    assert column(shown, "serves")[0] == (
        "Needs: recruitment and marketing; employability and careers"
    )
    assert facts.tools(made)["tools"] == 6
    assert shown.notes[0].startswith("Also: Guide to alumni as ambassadors; ")
    assert shown.notes[0].count(";") == 3


def test_a_tool_for_a_need_and_a_weak_condition() -> None:
    rows = level_on("A", 1, "mandate") + level_on("A", 0, "staffing")
    assert column(tables.tools(own(*rows), EN, 1), "serves") == ["Weak: clear mandate; staffing"]


# --- SWOT and needs


def test_analysis_in_quadrants() -> None:
    rows = [note("A", "weakness", "mandate", 2, "n1"), note("A", "weakness", "mandate", 1, "n2")]
    rows += [
        note("A", "weakness", "resources", 9, "n3"),
        note("A", "strength", "interest", 0, "n4"),
    ]
    rows += [note("B", "threat", "other", 5, "n5")]
    made = own(*rows, frame=("A", "B"))
    table_ = tables.analysis(made, EN)
    assert column(table_, "themes") == [
        "interest (1 / 0)",
        "task and mandate (2 / 3); time and resources (1 / 9)",
        "none",
        "none",
    ]
    assert column(table_, "items") == ["1", "3", "0", "0"]
    assert column(table_, "votes") == ["0", "12", "0", "0"]
    text = said("analysis", made)
    assert "Most notes are on weaknesses: 3 of 4." in text
    assert "weaknesses prevail (3 against 1)" in text
    assert "Outside" not in text


def test_no_analysis() -> None:
    made = own(*levels("A", 2))
    assert tables.analysis(made, EN) is None
    assert "no SWOT analysis from you" in said("analysis", made)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([coded("A", "s", "c", "need/feedback")], "one of the four internal needs: feedback"),
        ([coded("A", "s", "c", "need/other")], "an internal need other than the four"),
        (level_on("A", 1.5, "internal_need"), "your answers suggest that there is one"),
        (level_on("A", 1.4, "internal_need"), "You have no internal need"),
        (level_on("A", 1, "interest"), "does not say whether you have an internal need"),
        ([coded("A", "s", "c", "external/alumni")], "From outside, needs are voiced by alumni."),
        (level_on("A", 2, "external_need"), "You also meet an external need"),
        (level_on("A", 1.9, "external_need"), "You meet no external need"),
    ],
)
def test_needs(rows: list[dict[str, Any]], expected: str) -> None:
    assert expected in said("needs", own(*rows))


# --- the evidence


@pytest.mark.parametrize(("other", "agree"), [(2.0, Count(1, 1)), (1.9, Count(0, 1))])
def test_instruments_agree_to_within_a_level(other: float, agree: Count) -> None:
    rows = [coded("A", "s", "c", "interest/3"), answered("A", "r", "indicator", "interest", other)]
    told = facts.evidence(own(*rows))
    assert told["agree"] == agree
    assert told["apart"] == ([] if agree.n else ["interest"])


def test_what_it_rests_on() -> None:
    text = said("evidence", own(*levels("A", 2), left_out=1))
    assert "rests on 1 survey response. 1 response could not be used." in text
    assert "No indicator was seen by more than one instrument" in text
    assert "Inputs: interviews.csv\u00a0aaaaaaaaaaaa, survey.csv\u00a0bbbbbbbbbbbb. " in text
    assert "Command: mapping run 2020." in text


# --- the texts, whatever the data are


@cache
def everybody() -> tuple[facts.Portrait, ...]:
    made = [builder() for builder in STUDIES]
    return tuple(
        portrait(one, department)
        for one in made
        for department in sorted(one.evidence["department_id"].unique())
    )


def without_files(text: str) -> str:
    """The text without the names of the raw files and the command, which have one language."""
    return re.sub(r"\w+\.csv|mapping run", "x", text)


@pytest.mark.parametrize("say", [SV, EN], ids=LANGUAGES)
def test_nothing_that_a_reader_cannot_read(say: prose.Words) -> None:
    assert {made.tier for made in everybody()} == {"good", "moderate", "small", "unclassified"}
    for made in everybody():
        for section in SECTIONS:
            text = said(section, made, say)
            assert not re.search(r"\b(None|nan|NaN|NA|True|False)\b", text), text
            assert not re.search(r"[a-z]_[a-z]|[{}]|Count\(", text), text
            text = without_files(text)
            assert not re.search(r"  | [.,;:]|\.\.|\(\)|,,|[.:]\w{3}|\(\d+ \w+ 1 \w+s\)", text), (
                text
            )
            assert say.lang == "en" or english_words(without_files(text)) == set(), text


@pytest.mark.parametrize("say", [SV, EN], ids=LANGUAGES)
def test_tables_are_readable(say: prose.Words) -> None:
    for made in everybody():
        for one in shown(made, say):
            cells = [cell for row in one.cells() for cell in row]
            assert not {"None", "nan", "<NA>", "True", "False", "too_few", "nothing"} & set(cells)
            own_text = f"tables.{one.key}.missing"
            explained = say.has(own_text) and say.say(own_text) in one.notes
            assert explained == ("–" in cells), one.key
            assert not any(re.search(r"[a-z]_[a-z]", cell) for cell in cells)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_begins_with_its_message(section: str) -> None:
    for made in everybody():
        lines = said(section, made).split("\n\n")
        assert len(lines) == 1 or not lines[1].startswith("-") or section == "in_short"


# --- nobody else


def test_all_but_the_middle_is_its_own() -> None:
    """The portrait among others and that of the same department alone differ in the middle only."""
    for builder in STUDIES[:1]:
        made = builder()
        for department in sorted(made.evidence["department_id"].unique()):
            evidence = made.evidence[made.evidence["department_id"] == department]
            rows = evidence.to_dict("records")
            alone = portrait(study(*rows, frame=(department,)), department)
            among = portrait(made, department)
            for section, told in SECTIONS.items():
                if section != "evidence":  # counts the responses left out, which are not in rows
                    assert told(alone) == told(among), department
            hidden = alone.aspects.drop(columns="middle")
            pd.testing.assert_frame_equal(hidden, among.aspects.drop(columns="middle"))


# --- the pages


@cache
def example() -> Any:
    return mapping.study.load_year(2020, ROOT)


def executed(made: Any, department: str, lang: str, monkeypatch: Any) -> nbformat.NotebookNode:
    """The notebook with its outputs, run here and not in a kernel of its own: there are many."""
    monkeypatch.setattr(mapping.study, "load_year", lambda *_, **__: made)
    names: dict[str, Any] = {}
    cells = []
    for cell in nbformat.read(NOTEBOOK, 4).cells:
        if cell.cell_type != "code":
            continue
        output = _run(cell.source, names)
        if "parameters" in cell.metadata.get("tags", []):
            names |= {"department": department, "lang": lang}
        cells.append(nbf.new_code_cell(cell.source, outputs=output, execution_count=1))
    return nbf.new_notebook(cells=cells)


def _run(source: str, names: dict[str, Any]) -> list[Any]:
    """Run a cell; what its last line gives is its output."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102  (our own notebook)
    if last is None:
        return []
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
    if value is None:
        return []
    data, metadata = value._repr_mimebundle_()
    return [nbf.new_output("execute_result", data, metadata=metadata, execution_count=1)]


def html(notebook: nbformat.NotebookNode) -> str:
    return "".join(o.data["text/html"] for cell in notebook.cells for o in cell.outputs)


def pages(made: bytes) -> int:
    with pikepdf.open(io.BytesIO(made)) as opened:
        return len(opened.pages)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_pages_for_every_department_of_the_example(lang: str, monkeypatch: Any) -> None:
    for department in sorted(example().evidence["department_id"].unique()):
        made = pdf(executed(example(), department, lang, monkeypatch))
        assert pages(made) == 2, department


def crowded(made: Any, department: str) -> Any:
    """The study with as many themes, needs and voices at the department as there can be."""
    rows = [
        note(department, quadrant, theme, 12, f"x-{quadrant}-{theme}")
        for quadrant in QUADRANTS
        for theme in made.protocol.themes
    ]
    rows += [coded(department, "x", "c", f"need/{k}") for k in made.protocol.need_keys("internal")]
    rows += [
        coded(department, "x", "c", f"external/{k}") for k in made.protocol.need_keys("external")
    ]
    more = evidence_of(*rows)
    more["evidence_id"] = "x" + more["evidence_id"]
    evidence = pd.concat([made.evidence, more], ignore_index=True)
    named = made.raw.departments.assign(
        name="Institutionen för " + "mycket långa namn och " * 4 + "historia"
    )
    settings = replace(made.raw.settings, names="name")
    raw = replace(made.raw, departments=named, settings=settings)
    return replace(made, raw=raw, stored={"evidence": evidence})


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("department", ["DRÖM-23", "ALDRIG-28", "RÖVAR-33"])
def test_two_pages_at_the_worst(department: str, lang: str, monkeypatch: Any) -> None:
    made = executed(crowded(example(), department), department, lang, monkeypatch)
    assert pages(pdf(made)) == 2


KINDS = {
    "good": "ÖGON-25",
    "moderate": "DRÖM-23",
    "small": "RÖVAR-33",
    "workshop only, unclassified": "SKUGG-38",
    "survey only": "JÄTTE-17",
    "interviews only": "VIND-8",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_machine_checks_of_accessibility(kind: str, lang: str, monkeypatch: Any) -> None:
    made = pdf(executed(example(), KINDS[kind], lang, monkeypatch))
    for profile in ("ua1", "2a"):
        found = page.validate_pdf_bytes(made, profile=profile)
        assert found.is_compliant, [(f.rule_id, f.message) for f in found.failures]


def test_the_kinds_are_what_they_are_called() -> None:
    tiers = example().tiers.set_index("department_id")["tier"]
    assert [tiers[KINDS[tier]] for tier in ("good", "moderate", "small")] == [
        "good",
        "moderate",
        "small",
    ]
    assert tiers["SKUGG-38"] == "unclassified"
    by = example().evidence.groupby("department_id")["instrument"].agg(set)
    assert [by[KINDS[f"{kind} only"]] for kind in ("survey", "interviews")] == [
        {"survey"},
        {"interview"},
    ]
    assert by["SKUGG-38"] == {"workshop"}
    assert set(INSTRUMENTS) == {"survey", "interview", "workshop"}


def confidential() -> set[str]:
    """What people said and who they are, in the example's raw files."""
    found = set()
    for name, columns in (
        ("interviews.csv", ("excerpt", "coder", "segment_id", "interview_id", "respondent_role")),
        ("workshop.csv", ("statement", "item_id")),
        ("survey.csv", ("role",)),
    ):
        with (ROOT / "data/raw/2020" / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                found |= {row[column] for column in columns if row.get(column)}
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_other_department_and_no_persons_words(kind: str, lang: str, monkeypatch: Any) -> None:
    made = example()
    department = KINDS[kind]
    text = html(executed(made, department, lang, monkeypatch))
    register = made.departments[made.departments["department_id"] != department]
    assert department in text
    assert [key for key in register["department_id"] if key in text] == []
    assert [name for name in register["name"] if name in text] == []
    words_said = {said for said in confidential() if len(said) > 3}
    assert len(words_said) > 100
    assert [said for said in words_said if re.search(rf"\b{re.escape(said)}\b", text)] == []


def test_the_page_says_that_it_is_internal(monkeypatch: Any) -> None:
    notebook = executed(example(), KINDS["good"], "sv", monkeypatch)
    document = next(
        o.metadata["mapping"]["document"]
        for cell in notebook.cells
        for o in cell.outputs
        if "document" in o.metadata.get("mapping", {})
    )
    assert document["edition"] == "intern: inte för publicering"
    assert document["compact"] is True
    assert not publish_document(notebook).has_contents
    assert KINDS["good"] in document["title"]
