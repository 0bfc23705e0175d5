"""Display tables: what stands in the cells, and that a reader of any kind can read them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache

import pandas as pd
import pytest
from lxml import html as lxml_html
from told import CORRECTIONS, FILES, PROTOCOL, STUDIES, no_workshop, several

from mapping import facts, tables, toolbox
from mapping.facts import Count
from mapping.prose import words
from mapping.prose.formats import capital
from mapping.tables import Table, cells
from mapping.vocabulary import LANGUAGES, QUADRANTS

S = several()
SV = words("sv", PROTOCOL)
EN = words("en", PROTOCOL)
NBSP = "\u00a0"


@cache
def every(number: int, lang: str) -> tuple[Table, ...]:
    return tuple(_every(number, lang))


def _every(number: int, lang: str) -> Iterator[Table]:
    s, w = STUDIES[number](), words(lang, PROTOCOL)
    yield tables.register(s.departments, w)
    yield tables.participation(s.participation, w)
    yield tables.participation_patterns(s.participation, w)
    yield tables.department_participation(s.participation, w)
    yield tables.files(s.evidence, w)
    yield tables.coverage(s.indicators, w)
    yield tables.corrections(CORRECTIONS, w)
    yield tables.provenance(FILES, "mapping run 2020", w)
    yield from (tables.quadrant(s.swot, quadrant, w) for quadrant in QUADRANTS)
    yield tables.common_denominators(s.common, w)
    yield tables.differences(s.differences, w)
    yield tables.together(s.together, w)
    yield tables.borda(s.borda, w)
    yield tables.balance(s.balance, s.tiers, w)
    yield tables.ideals(w)
    yield tables.tier_counts(s.tiers, w)
    yield tables.grid(s.constructs, w)
    yield tables.departments(s.tiers, w)
    yield from tables.aspects(s.aspects, s.tiers, w)
    yield tables.criteria(s.criteria, s.tiers, w)
    yield tables.department_criteria(s.criteria, s.tiers, w)
    yield tables.lift(s.aspects, s.tiers, w)
    yield from (tables.needs(s.needs, side, w) for side in ("internal", "external"))
    yield tables.conditions(s.indicators, s.tiers, w)
    yield tables.arrangements(s.arrangements, w)
    yield tables.origins(s.arrangements, w)
    yield tables.finding_verdicts(s.findings, w)
    yield tables.findings(s.findings, s.finding_parts, ("needs", "conclusions"), w)
    yield tables.finding_family(s.findings, s.finding_parts, w)
    yield tables.quantifiers(w)
    yield tables.calibration(None, w)
    yield tables.recommendations(s.recommendations, w)
    yield tables.department_recommendations(s.recommendations, w)
    yield tables.toolbox(s.toolbox, s.needs, w)
    yield tables.tool_additions(toolbox.adds(s.evidence, PROTOCOL), w)


EVERY = [(number, lang) for number in range(len(STUDIES)) for lang in LANGUAGES]


def test_every_table_is_among_them() -> None:
    public = {getattr(tables, name) for name in tables.__all__ if name[0].islower()}
    made = {name for name, _ in inspect.getmembers(tables, inspect.isfunction)}
    assert len(public) == len(made)
    assert len({table.key for table in every(0, "sv")}) == len(public) + 2  # aspects, needs: two


@pytest.mark.parametrize(("number", "lang"), EVERY)
def test_structure(number: int, lang: str) -> None:
    """A caption, scoped headers, real row headers, at most seven columns, a cell for each."""
    for table in every(number, lang):
        if table.frame.empty:
            continue
        page = lxml_html.fromstring(f"<div>{table.html}</div>")
        assert page.xpath("string(//caption)"), table.key
        assert len(table.columns) <= 7, table.key
        head = page.xpath("//thead/tr/th")
        shown = len(table.columns) - table.headed  # a statement stands above what it requires
        assert [cell.get("scope") for cell in head] == ["col"] * shown
        groups = page.xpath("//tbody")
        assert len(groups) == 1 or table.headed, table.key
        for row in page.xpath("//tbody/tr"):
            headers = [cell for cell in row if cell.tag == "th"]
            assert len(headers) == table.row_headers
            assert all(cell.get("scope") == "row" and cell.text_content() for cell in headers)
            assert table.headed or len(row) == len(table.columns)


def test_a_table_without_rows_shows_nothing() -> None:
    """A header over nothing would be a table of nothing, and its notes would explain it."""
    table = tables.together(no_workshop().together, SV)
    assert table.frame.empty
    assert (table.html, table.plain) == ("", "")


@pytest.mark.parametrize(("number", "lang"), EVERY)
def test_nothing_unreadable_and_every_dash_is_explained(number: int, lang: str) -> None:
    for table in every(number, lang):
        written = [cell for row in table.cells() for cell in row]
        assert not {"None", "nan", "NaN", "<NA>", "True", "False"} & set(written), table.key
        said = words(lang, PROTOCOL)
        own = f"tables.{table.key}.missing"
        explained = said.say(own if said.has(own) else "tables.missing") in table.notes
        assert explained == ("–" in written), table.key


def test_the_same_frame_gives_the_same_bytes() -> None:
    assert tables.grid(S.constructs, SV).html == tables.grid(S.constructs, SV).html


def test_frames_are_not_changed() -> None:
    before = S.tiers.copy()
    tables.departments(S.tiers, SV)
    pd.testing.assert_frame_equal(S.tiers, before)


def test_hostile_names_are_text() -> None:
    hostile = "</td><script>alert(1)</script>{{ 7 * 7 }}&\"'"
    named = words("en", PROTOCOL, {"A": hostile})
    made = tables.departments(S.tiers, named).html
    assert "<script" not in made
    assert "49" not in made
    page = lxml_html.fromstring(f"<div>{made}</div>")
    assert hostile in [cell.text_content() for cell in page.xpath("//tbody//th")]


def test_jupyter_gets_html_text_and_metadata() -> None:
    table = tables.ideals(EN)
    data, metadata = table._repr_mimebundle_()
    assert data == {"text/html": table.html, "text/plain": table.plain}
    assert metadata == {"mapping": {"table": "ideals"}}
    assert repr(table) == table.plain
    assert table.plain.splitlines()[1] == "Aspect | ● Good | ◐ Moderate | ○ Small"


def test_ideals_are_the_protocols() -> None:
    assert tables.ideals(SV).cells()[0] == ["Intresse", "3,0", "1,5", "0,0"]
    assert tables.ideals(EN).cells()[5] == ["Staffing", "2.5", "1.5", "0.0"]


def test_numbers_are_marked_as_such() -> None:
    page = lxml_html.fromstring(tables.ideals(EN).html)
    assert [cell.get("class") for cell in page.xpath("//tbody/tr[1]/*")] == [None] + ["number"] * 3


def test_participation() -> None:
    """A B C E F were interviewed, in 3 + 4 segments; five have a response, five have notes."""
    rows = {row[0]: row[1:] for row in tables.participation(S.participation, EN).cells()}
    assert rows["Workshop"] == [f"5{NBSP}of{NBSP}7{NBSP}(71{NBSP}%)", "9"]
    assert rows["Survey"][0] == f"5{NBSP}of{NBSP}7{NBSP}(71{NBSP}%)"


def test_patterns_say_yes_and_no() -> None:
    first, *_, last = tables.participation_patterns(S.participation, EN).cells()
    assert first == ["yes", "yes", "yes", "4", f"67{NBSP}%"]
    assert set(last[:3]) == {"yes", "no"}


def test_needs_by_rank_with_other_apart() -> None:
    made = tables.needs(S.needs, "internal", SV)
    assert made.cells()[0][0] == "Rekrytering och marknadsföring"
    assert made.cells()[-1][0] == "Annat"
    assert made.cells()[0][1:3] == ["3", f"50{NBSP}%"]
    assert "n = 6" in made.caption
    assert "95" in made.notes[0]
    assert len(tables.needs(S.needs, "external", SV).cells()) == 3
    assert made.columns[-1].header == "Kommer först"
    assert all(row[-1].endswith(f"{NBSP}%") for row in made.cells())


def test_a_quadrant_without_the_silent_themes() -> None:
    made = tables.quadrant(S.swot, "strength", EN)
    assert made.caption == "Strengths: themes by number of departments (n = 5)"
    first, second = made.cells()
    assert (first[0], first[1], first[2], first[4:]) == (
        "Interest",
        "3",
        f"60{NBSP}%",
        ["3", "6", "1"],
    )
    assert (second[0], second[-1]) == ("Time and resources", "2")


def test_differences_only_of_what_was_tested() -> None:
    made = tables.differences(S.differences, EN)
    assert len(made.cells()) == S.differences["p"].notna().sum()
    assert [column.header for column in made.columns[2:5]] == ["● Good", "◐ Moderate", "○ Small"]
    assert made.cells()[0][2].endswith(f"{NBSP}%)")


@pytest.mark.parametrize(
    ("p", "written"),
    [(0.0009, f"<{NBSP}0,001"), (0.001, "0,001"), (0.0494, "0,049"), (1.0, "1,000")],
)
def test_p_values(p: float, written: str) -> None:
    assert cells.p_value(SV)(p) == written


def test_shares_and_intervals() -> None:
    assert cells.share(SV)(Count(5, 12)) == f"5{NBSP}(42{NBSP}%)"
    assert cells.share(SV)(Count(0, 0)) == "0"
    assert cells.interval(SV)((0.5, 0.746)) == f"50–75{NBSP}%"
    frame = pd.DataFrame({"departments": [3, 0], "of": [4, 0], "low": [0.1, None], "high": 0.9})
    assert cells.counts(frame).tolist() == [Count(3, 4), None]
    assert cells.ends(frame).tolist() == [(0.1, 0.9), None]


def test_at_most_ten_pairs_of_themes_and_none_below_chance() -> None:
    themes = [("interest", "mandate", 9, 1.0)] * 12 + [("interest", "other", 9, 1.0)]
    rows = [*themes, ("interest", "workload", 1, 1.0)]
    pairs = pd.DataFrame(rows, columns=["theme", "other_theme", "departments", "expected"])
    made = tables.together(pairs.assign(of=10), EN)
    assert [row[1] for row in made.cells()] == ["Task and mandate"] * 10
    assert len(tables.together(pairs.assign(of=10).iloc[11:], EN).cells()) == 1


def test_tiers_by_tier_and_falling_margin() -> None:
    made = tables.departments(S.tiers, EN)
    margins = S.tiers.set_index("department_id")["margin"]
    shown = [row[0] for row in made.cells()]
    assert set(shown[:2]) == {"A", "B"}
    assert set(shown[2:4]) == {"C", "D"}
    assert shown[4] == "E"
    assert margins[shown[0]] >= margins[shown[1]]
    assert made.cells()[0][1] == f"●{NBSP}good"
    assert "F" not in shown


def test_borderline_is_marked() -> None:
    near = S.tiers.assign(borderline=S.tiers["department_id"] == "C")
    marks = {row[0]: row[-1] for row in tables.departments(near, SV).cells()}
    assert marks["C"] == "osäker"
    assert marks["A"] == ""


def test_tier_counts() -> None:
    made = tables.tier_counts(S.tiers, EN)
    assert [row[1] for row in made.cells()] == ["2", "2", "1"]
    assert f"5{NBSP}of{NBSP}7" in made.caption


def test_the_grid_shows_who_stands_where() -> None:
    made = tables.grid(S.constructs, EN)
    assert [column.header for column in made.columns[1:]] == [
        "Slight needs",
        "Some needs",
        "Clear needs",
    ]
    rows = {row[0]: row[1:] for row in made.cells()}
    assert list(rows) == ["Good", "Moderate", "Small"]
    assert rows["Good"] == ["0", "0", "2 (A, B)"]
    assert rows["Small"][0] == "1 (E)"


def test_aspects_in_two_tables() -> None:
    conditions, needs = tables.aspects(S.aspects, S.tiers, EN)
    assert [column.header for column in needs.columns[2:]] == ["Internal need", "Importance"]
    headers = [column.header for column in conditions.columns[2:]]
    assert headers == ["Interest", "Support", "Resources", "Staffing", "Clear mandate"]
    assert len(conditions.cells()) == len(needs.cells()) == 5


def test_criteria_are_counted_within_the_tier_they_describe() -> None:
    """Both good departments have levels of 3 and staffing 3 or 2; D's staffing is unknown."""
    rows = {tuple(row[:2]): row[2:] for row in tables.criteria(S.criteria, S.tiers, EN).cells()}
    assert rows[f"●{NBSP}good", "Interest at least 2"] == [f"2{NBSP}(100{NBSP}%)", "0", "0"]
    assert rows[f"◐{NBSP}moderate", "Staffing 1–2"] == [f"1{NBSP}(100{NBSP}%)", "0", "1"]


def test_criteria_only_of_departments_with_one_unmet_or_unknown() -> None:
    """A and B meet all six, as E all four; the staffing of C and D is 1 or unknown."""
    made = tables.department_criteria(S.criteria, S.tiers, EN)
    rows = {row[0]: row[2:] for row in made.cells()}
    assert not {"A", "B"} & set(rows)
    assert rows["D"][2] == "staffing 1–2"
    assert all(row[1] or row[2] for row in rows.values())
    every = 5 - len(rows)
    assert f"{every}{NBSP}of{NBSP}5 departments" in made.notes[0]
    only = S.tiers[S.tiers["department_id"] == "D"]
    assert tables.department_criteria(S.criteria, only, EN).notes == ()


def test_lift_names_the_steps_in_the_protocols_order() -> None:
    rows = {row[0]: row[1:] for row in tables.lift(S.aspects, S.tiers, EN).cells()}
    assert set(rows) == {"C", "D", "E"}
    assert rows["E"][:2] == [f"○{NBSP}small", f"◐{NBSP}moderate"]
    raised = S.aspects.dropna(subset=["to_next_tier"])
    order = [label.rsplit(" ", 3)[0] for label in rows["C"][2].split("; ")]
    labels = [EN.label("aspect", key) for key in PROTOCOL.aspect_keys]
    assert order == sorted(order, key=labels.index)
    assert len(order) == (raised["department_id"] == "C").sum()


def test_a_small_step_of_lift_is_seen() -> None:
    """From 0.3 to 0.34, which one decimal would make 0.3 to 0.3."""
    steps = pd.DataFrame(
        {"department_id": ["E"], "aspect": "interest", "level": 0.3, "to_next_tier": 0.34}
    )
    assert tables.lift(steps, S.tiers, SV).cells()[0][-1] == "intresse 0,30 → 0,34"


def test_a_theme_that_nobody_mentions_has_no_rank() -> None:
    """Strengths: interest by three departments, resources by two, and nothing else."""
    made = tables.borda(S.borda, EN)
    ranks = {row[0]: row[1] for row in made.cells()}
    assert (ranks.pop("Interest"), ranks.pop("Time and resources")) == ("1", "2")
    assert set(ranks.values()) == {"–"}
    assert made.notes == ("– means that nobody mentions the theme in the quadrant.",)


def test_balance_by_tier_and_falling() -> None:
    balance = pd.DataFrame(
        {
            "department_id": ["F", "E", "C", "D", "A"],
            "internal": [1.0, 1.0, -0.25, 0.25, -1.0],
            "external": [None, 0.0, 1.0, 0.0, 1.0],
            "items": [1, 2, 8, 8, 4],
        }
    )
    rows = tables.balance(balance, S.tiers, EN).cells()
    assert [row[0] for row in rows] == ["A", "D", "C", "E", "F"]
    assert rows[1] == ["D", f"◐{NBSP}moderate", "0.3", "0.0", "8"]
    assert rows[-1][1:4] == ["unclassified", "1.0", "–"]


def test_conditions_by_tier() -> None:
    rows = {row[0]: row[1:] for row in tables.conditions(S.indicators, S.tiers, SV).cells()}
    assert rows["Stöd från ledningen"] == ["3,0", "1,0", "0,0"]
    assert rows["Stöd från kollegor"] == ["–", "–", "–"]


def test_conditions_in_the_order_of_the_figure() -> None:
    """Interest 3 2 (mean 2.5), resources 1 1 (mean 1); of mandate the unclassified knows 3."""
    rows = [("A", "resources", 1.0), ("B", "resources", 1.0), ("A", "interest", 3.0)]
    rows += [("B", "interest", 2.0), ("F", "mandate", 3.0)]
    levels = pd.DataFrame(rows, columns=["department_id", "indicator", "level"])
    shown = [row[0] for row in tables.conditions(levels, S.tiers, EN).cells()]
    keys = facts.by_level(levels, S.tiers, PROTOCOL.indicator_keys("conditions"))
    assert shown[:2] == ["Interest", "Resources"]
    assert shown == [capital(EN.label("indicator", key)) for key in keys]
    assert len(shown) == len(PROTOCOL.indicator_keys("conditions"))


def test_arrangements_and_the_unknown() -> None:
    made = tables.arrangements(S.arrangements, SV)
    assert made.cells()[0][1:] == ["2", f"67{NBSP}%"]
    assert made.cells()[1] == ["Delat på flera", "1", f"33{NBSP}%"]
    assert [row[1] for row in made.cells()[2:]] == ["0"] * 3
    rounded = "Andelarna är avrundade."
    assert made.notes == (f"{rounded} För 3 deltagande institutioner är det inte känt.",)
    known = S.arrangements.dropna(subset=["arrangement"])
    assert tables.arrangements(known, SV).notes == (rounded,)


def test_register_adds_only_what_is_known() -> None:
    rows = {row[0]: row[1:] for row in tables.register(S.departments, EN).cells()}
    assert rows["F"] == ["2", "200", "1,000", "4", "21"]
    unknown = S.departments.assign(students_course=pd.array([None] * 7, dtype="Int64"))
    assert tables.register(unknown, EN).cells()[0][3] == "–"


def test_provenance_names_no_command_where_none_repeats_the_results() -> None:
    rows = dict(tables.provenance(FILES, None, EN).cells())
    assert "Command" not in " ".join(rows)


def test_provenance_with_short_hashes() -> None:
    rows = dict(tables.provenance(FILES, "mapping run 2020", EN).cells())
    assert rows["interviews.csv"] == "a" * 12
    assert rows["Command that repeats the report"] == "mapping run 2020"
    assert rows["Protocol"] == "su-2020, version 1.0"
