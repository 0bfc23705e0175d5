"""The findings as they are shown: a text for everything, and cells that a reader can follow."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import html as lxml_html
from told import PROTOCOL, STUDIES
from untraced import untraced

import mapping.findings
from mapping import facts, prose, tables
from mapping.facts import Count
from mapping.prose import words
from mapping.schemas import TABLES, conform
from mapping.tables.findings import word_range
from mapping.vocabulary import LANGUAGES

TEXTS = {lang: words(lang, PROTOCOL) for lang in LANGUAGES}
SV, EN = TEXTS["sv"], TEXTS["en"]
SOURCES = sorted(Path(mapping.findings.__file__).parent.glob("*.py"))
SECTIONS = ("intro", "aims", "results", "conditions", "needs", "conclusions")

Row = dict[str, Any]


@cache
def computed(number: int) -> Any:
    return STUDIES[number]()


def part(finding: str, reason: str, verdict: str = "supported", **values: Any) -> Row:
    """One row of table finding_parts; the parts of a finding are numbered as they come."""
    blank: Row = dict.fromkeys(TABLES["finding_parts"].columns)
    row = {"finding": finding, "reason": reason, "verdict": verdict, "part": "whole", "unknown": 0}
    return blank | row | values


def frames(*rows: Row, verdict: str = "supported") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables findings and finding_parts; each finding has this verdict."""
    numbered = [row | {"number": number} for number, row in enumerate(rows)]
    keys = list(dict.fromkeys(row["finding"] for row in rows))
    blank = dict.fromkeys(TABLES["findings"].columns)
    parts = conform(pd.DataFrame(numbered), "finding_parts")
    adjusted = mapping.findings.family(parts, PROTOCOL).set_index("finding")["p_holm"]
    found = [
        blank | {"finding": key, "verdict": verdict, "p_holm": adjusted.get(key)} for key in keys
    ]
    return conform(pd.DataFrame(found), "findings"), parts


def cells(text: prose.Words, *rows: Row, verdict: str = "supported") -> list[list[str]]:
    """The rows of the table, no-break spaces made plain."""
    made = tables.findings(*frames(*rows, verdict=verdict), SECTIONS, text)
    return [[cell.replace("\u00a0", " ") for cell in row] for row in made.cells()]


SHARE = {"measure": "share", "low": 0.5, "high": 0.7, "bound_low": 0.48, "bound_high": 0.72}
NO_INTERVAL = {"measure": "share", "bound_low": 0.0, "bound_high": 1.0}
TEST = {"measure": "association"}


# --- a text for everything


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_finding_is_stated_and_no_other(lang: str) -> None:
    stated = {key for kind, key in TEXTS[lang].labels if kind == "finding"}
    assert stated == {finding.key for finding in PROTOCOL.findings}
    for key in stated:
        assert not TEXTS[lang].label("finding", key).endswith(".")


def reasons() -> set[str]:
    """Every reason that the code can give, read from its source."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    given = r'Verdict\(\w+, "(\w+)"|hindrance="(\w+)"|return "(few_\w+|small_\w+)"'
    return {key for found in re.findall(given, source) for key in found if key}


def test_every_reason_has_its_text_and_every_text_its_reason() -> None:
    assert {"inside", "nothing_dated", "few_departments", "small_group", "fails"} <= reasons()
    for text in TEXTS.values():
        there = {key.removeprefix("findings.why.") for key in text.keys("findings.why.")}
        assert there == reasons()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_section_and_verdict_has_its_text(lang: str) -> None:
    text = TEXTS[lang]
    used = {word for finding in PROTOCOL.findings for word in finding.words}
    for key in used | {criterion.word for criterion in PROTOCOL.criteria}:
        assert text.say(f"findings.word.{key}")
        assert word_range(PROTOCOL.ranges[key], text)
    for key in SECTIONS:
        assert text.say(f"findings.place.{key}")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("number", range(len(STUDIES)))
def test_every_finding_of_a_study_can_be_read(number: int, lang: str) -> None:
    """Also of studies with one department, without a workshop, with hardly anything known."""
    study = computed(number)
    made = tables.findings(study.findings, study.finding_parts, SECTIONS, TEXTS[lang])
    told = facts.finding_lines(study.findings, study.finding_parts, PROTOCOL)
    assert list(told) == [finding.key for finding in PROTOCOL.findings]
    assert len(made.cells()) == sum(map(len, told.values()))
    for row in made.cells():
        text = " | ".join(filter(None, row))
        assert not re.search(r"\b(None|nan|NaN|True|False)\b|[a-z]_[a-z]|[{}]|  ", text), text
        assert row[3].endswith(".") or (row[3] == "" and "✔" in row[4])


# --- what stands in the cells


def test_a_share_with_its_word_interval_bounds_and_what_is_unknown() -> None:
    row = part("no-incentives", "inside", word="most", n=24, of=40, unknown=4, **SHARE)
    assert cells(SV, row)[0][1:] == [
        "”de flesta” (mer än 50 %)",
        "24 av 40 (60 %); okänt för 4; intervall 50–70 %; gränser 48–72 %",
        "Inom ordets gränser.",
        "✔ stöds",
    ]
    assert cells(EN, row)[0][1:] == [
        "“most” (more than 50 %)",
        "24 of 40 (60 %); unknown for 4; interval 50–70 %; bounds 48–72 %",
        "Within the word’s range.",
        "✔ supported",
    ]


@pytest.mark.parametrize(("ends", "told"), [((0.48, 0.72), True), ((0.6, 0.6), False)])
def test_bounds_are_told_and_explained_only_where_they_leave_room(
    ends: tuple[float, float], *, told: bool
) -> None:
    """Departments that took no part leave room too, also where nothing else is unknown."""
    bounds = dict(zip(("bound_low", "bound_high"), ends, strict=True))
    row = part("no-incentives", "inside", word="most", n=24, of=40, **{**SHARE, **bounds})
    made = tables.findings(*frames(row), SECTIONS, EN)
    assert ("bounds" in made.cells()[0][2]) is told
    assert ("Bounds: the share if" in made.notes[0]) is told
    assert "interval" in made.notes[0]


def test_a_base_is_told_where_there_is_one() -> None:
    row = part("no-need-no-problem", "inside", word="generally", n=8, of=8, part="applicants")
    with_base = row | SHARE | {"base_n": 13, "base_of": 33}
    other = part("no-need-no-problem", "inside", word="generally", n=8, of=8, part="throughput")
    data = [line[2] for line in cells(EN, with_base, other | SHARE)]
    assert data[0] == "2 of 2 parts supported"
    assert data[1].endswith("others 13 of 33 (39 %)")
    assert "others" not in data[2]


@pytest.mark.parametrize(
    ("low", "high", "sure"),
    [(0.52, 0.7, True), (0.5, 0.7, True), (0.48, 0.7, False)],
)
def test_an_interval_that_leaves_the_words_range_is_said_to(
    low: float, high: float, sure: bool
) -> None:
    """The lower end of "most" is a half."""
    row = part("no-incentives", "inside", word="most", n=24, of=40, measure="share")
    said = cells(EN, row | {"low": low, "high": high})[0][3]
    assert said.endswith("but not the whole interval.") is not sure


REASONS = [
    # a share of 4 of 10 lies 10 points below "most"
    (part("no-incentives", "near", "inconclusive", word="most", n=4, of=10, **SHARE),
     "men så nära (10,0 procentenheter)", "so near (10.0 percentage points)"),
    (part("no-incentives", "beyond", "contradicted", word="most", n=1, of=8, **SHARE),
     "37,5 procentenheter utanför", "37.5 percentage points outside"),
    # "a few" reaches to a quarter: 1 of 2 lies 25 points above
    (part("few-without", "beyond", "contradicted", word="a_few", n=5, of=10, **SHARE),
     "25,0 procentenheter utanför", "25.0 percentage points outside"),
    (part("self-appointed", "none_at_all", "contradicted", word="several", n=0, of=9, **SHARE),
     "Ingen enda institution hör hit.", "Not a single department belongs here."),
    (part("self-appointed", "too_few_departments", "inconclusive", word="several", n=2, of=6,
          **SHARE),
     "men 2 institutioner är färre än de 3 som", "but 2 departments are fewer than the 3 that"),
    (part("self-appointed", "too_few_departments", "inconclusive", word="several", n=1, of=5,
          **SHARE),
     "men 1 institution är färre", "but 1 department is fewer"),
    (part("no-incentives", "small_population", "not_assessable", word="most", fewest=5, n=3, of=4,
          **SHARE),
     "Bara 4 institutioner kan räknas; minst 5 krävs.",
     "Only 4 departments can be counted; at least 5 are required."),
    (part("no-incentives", "small_population", "not_assessable", word="most", fewest=5, n=1, of=1,
          **SHARE),
     "Bara 1 institution kan räknas;", "Only 1 department can be counted;"),
    (part("no-incentives", "small_population", "not_assessable", word="most", fewest=5, n=0, of=0,
          **NO_INTERVAL),
     "Ingen institution kan räknas; minst 5 krävs.", "No department can be counted;"),
    (part("tier-good-profile", "small_population", "not_assessable", part="interest", fewest=3,
          word="generally", n=2, of=2, **SHARE),
     "minst 3 krävs.", "at least 3 are required."),
    (part("small-succeeds", "found", measure="existence", n=1, of=9),
     "En institution räcker.", "One department is enough."),
    (part("small-succeeds", "perhaps_unseen", "inconclusive", measure="existence", n=0, of=7,
          unknown=2),
     "uppgift saknas för 2 som", "for 2 that may belong here"),
    (part("small-succeeds", "not_found", "contradicted", measure="existence", n=0, of=9),
     "uppgift saknas inte för någon.", "no value is missing for any."),
    (part("small-succeeds", "no_candidates", "contradicted", measure="existence", n=0, of=0),
     "finns ingen institution av det slag", "There is no department of the kind"),
    (part("recruitment-first", "perhaps_first", "inconclusive", measure="commonest", n=4, of=9,
          p=0.31),
     "först i 31 % av lottningarna", "first in 31 % of the draws"),
    (part("recruitment-first", "not_first", "contradicted", measure="commonest", n=4, of=9,
          p=0.004),
     "först i bara < 1 % av", "first in only < 1 % of"),
    (part("four-needs", "first", measure="commonest", n=4, of=9, p=0.9),
     "Alla fyra nämns av fler", "More departments name each of the four"),
    (part("needs-shape-work", "not_significant", "inconclusive", of=20, value=0.1, p=0.3,
          p_opposite=0.7, **TEST),
     "kan bero på slumpen.", "may be due to chance."),
    (part("needs-shape-work", "few_departments", "not_assessable", of=7, **TEST),
     "Bara 7 institutioner har alla uppgifter; minst 8 krävs.", "Only 7 departments have all"),
    (part("needs-shape-work", "few_departments", "not_assessable", of=1, **TEST),
     "Bara 1 institution har alla", "Only 1 department has all"),
    (part("needs-shape-work", "few_departments", "not_assessable", of=0, **TEST),
     "Ingen institution har alla", "No department has all"),
    (part("shared-strength", "small_group", "not_assessable", n=2, of=12, **TEST),
     "för liten (2 mot 10); minst 3 krävs", "too small (2 against 10); at least 3"),
    (part("fieldwork", "holds", measure="condition", n=9, value=1.0),
     "Uppfyllt; kan inte motsägas,", "Met; cannot be contradicted,"),
    (part("fieldwork", "nothing_dated", "not_assessable", measure="condition"),
     "Ingen uppgift i underlaget är daterad.", "No datum of the evidence is dated."),
    (part("frame", "fails", "contradicted", measure="condition", n=20),
     "färre eller fler institutioner", "fewer or more departments"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "sv", "en"), REASONS)
def test_why(row: Row, sv: str, en: str) -> None:
    assert sv in cells(SV, row, verdict=row["verdict"])[0][3]
    assert en in cells(EN, row, verdict=row["verdict"])[0][3]


def test_what_could_not_be_counted_or_tested_is_missing_and_explained() -> None:
    rows = [
        part("needs-shape-work", "few_departments", "not_assessable", of=7, **TEST),
        part("fieldwork", "nothing_dated", "not_assessable", measure="condition"),
        part(
            "no-incentives", "small_population", "not_assessable", word="most", fewest=5, n=0, of=0
        ),
        part("shared-strength", "small_group", "not_assessable", n=2, of=12, **TEST),
    ]
    rows[2]["measure"] = "share"
    made = tables.findings(*frames(*rows, verdict="not_assessable"), SECTIONS, SV)
    assert [row[2] for row in made.cells()] == ["–"] * 4
    assert made.notes[-1].startswith("– betyder")


def test_conditions_with_their_limits() -> None:
    whole = part("frame", "holds", measure="condition", n=50)
    assert cells(SV, whole)[0][1:3] == ["45–55 institutioner i registret", "50 institutioner"]
    one, two = (
        part("degrees-differ", "holds", measure="condition", of=1, value=value, part=name)
        for name, value in (("activity", 1.0), ("arrangement", 4.0))
    )
    assert cells(EN, one, two)[1][2] == "1 degree at 1 department"


def test_the_count_of_the_four_needs_is_that_of_the_fourth() -> None:
    whole = part("four-needs", "first", measure="commonest", n=4, of=9, p=0.9, value=4 / 9)
    told = [cells(text, whole)[0][2] for text in (SV, EN)]
    assert told == [
        "det fjärde: 4 av 9 (44 %); alla fyra först i 90 % av lottningarna",
        "the fourth: 4 of 9 (44 %); all four first in 90 % of the draws",
    ]


def test_only_a_table_of_tier_profiles_says_how_their_tiers_are_formed() -> None:
    share = {"word": "generally", "n": 7, "of": 9} | SHARE
    profile = part("tier-small-profile", "inside", part="interest", **share)
    other = part("no-incentives", "inside", **share | {"word": "most"})
    noted = [tables.findings(*frames(row), SECTIONS, SV).notes for row in (profile, other)]
    told = ["utan den aspekt som kriteriet gäller" in " ".join(notes) for notes in noted]
    assert told == [True, False]


def test_an_association_with_raw_and_adjusted_p() -> None:
    """The two of the family: Holm doubles the smaller and keeps the larger."""
    rows = [
        part("needs-shape-work", "significant", of=41, value=0.618, p=0.0124, p_opposite=0.99,
             **TEST),
        part("shared-strength", "significant", n=8, of=34, value=2.12, p=0.0004, p_opposite=1.0,
             **TEST),
    ]  # fmt: skip
    made = cells(SV, *rows)
    assert made[0][2] == (
        "skillnad 2,1 nivåsteg; 8 mot 26 institutioner; p < 0,001; p enligt Holm < 0,001"
    )
    assert made[1][2] == "τ = 0,62; 41 institutioner; p = 0,012; p enligt Holm 0,012"
    family = tables.finding_family(*frames(*rows), SV)
    assert [row[1:4] for row in family.cells()] == [
        ["34", "<\u00a00,001", "<\u00a00,001"],
        ["41", "0,012", "0,012"],
    ]


def test_the_family_tells_the_largest_p_and_what_was_not_tested() -> None:
    rows = [
        part("factors-matter", "significant", part="mandate", of=41, value=0.6, p=0.01,
             p_opposite=0.9, **TEST),
        part("factors-matter", "few_departments", "not_assessable", part="workload", of=7, **TEST),
        part("student-link", "few_departments", "not_assessable", of=5, **TEST),
    ]  # fmt: skip
    made = tables.finding_family(*frames(*rows), EN)
    assert [row[1:4] for row in made.cells()] == [["7", "0.010", "0.010"], ["5", "–", "–"]]


def test_several_parts_say_which_of_them_decide() -> None:
    rows = [
        part("both-sides", "not_found", "contradicted", measure="existence", n=0, of=9,
             part="internal"),
        part("both-sides", "perhaps_unseen", "inconclusive", measure="existence", n=0, of=8,
             unknown=1, part="external"),
    ]  # fmt: skip
    made = cells(EN, *rows, verdict="contradicted")
    assert [row[:2] for row in made[1:]] == [
        ["", "internal needs: found at one department or more"],
        ["", "external needs: found at one department or more"],
    ]
    assert made[0][1:] == [
        "every part",
        "0 of 2 parts supported",
        "Contradicted: internal needs. Inconclusive: external needs.",
        "✘ contradicted",
    ]


def test_parts_that_are_all_supported_say_so_once() -> None:
    rows = [
        part("both-sides", "found", measure="existence", n=1, of=9, part=side)
        for side in ("internal", "external")
    ]
    assert cells(SV, *rows)[0][1:] == ["alla delar", "2 av 2 delar stöds", "", "✔ stöds"]


def test_a_supported_finding_with_a_part_that_cannot_be_assessed_names_it() -> None:
    rows = [
        part("both-sides", "found", measure="existence", n=1, of=9, part="internal"),
        part("both-sides", "small_population", "not_assessable", measure="existence", fewest=5,
             n=0, of=0, part="external"),
    ]  # fmt: skip
    made = cells(SV, *rows, verdict="inconclusive")
    assert made[0][3:] == ["Kan inte bedömas: externa behov.", "? avgörs inte"]


def test_every_tier_criterion_is_called_by_its_range() -> None:
    parts = [
        part("tier-small-profile", "inside", word="generally", n=7, of=9, part=key, **SHARE)
        for key in ("interest", "staffing")
    ]
    assert [row[1] for row in cells(SV, *parts)[1:]] == [
        "intresse under 1: ”generellt” (minst 2/3)",
        "bemanning under 1: ”generellt” (minst 2/3)",
    ]


def rows_of(html: str, section: str) -> list[list[tuple[str, ...]]]:
    """The cells of a section of the table: tag, scope, columns and rows that each spans, text."""
    page = lxml_html.fromstring(f"<div>{html}</div>")
    names = ("scope", "colspan", "rowspan")
    return [
        [(c.tag, *(c.get(name, "") for name in names), c.text_content()) for c in row]
        for row in page.xpath(f"//{section}/tr")
    ]


def test_a_statement_stands_above_its_row_with_the_verdict_beside_it() -> None:
    rows = [
        part("frame", "holds", measure="condition", n=50),
        part("both-sides", "found", measure="existence", n=1, of=9, part="internal"),
        part("both-sides", "found", measure="existence", n=2, of=9, part="external"),
    ]
    html = tables.findings(*frames(*rows), SECTIONS, EN).html.replace("\u00a0", " ")
    body = rows_of(html, "tbody")
    stated = [EN.label("finding", key) for key in ("frame", "both-sides")]
    verdict = ("td", "", "", "", "✔ supported")
    assert [body[0], body[2]] == [[("th", "row", "3", "", name), verdict] for name in stated]
    assert [cell[4] for cell in body[1]] == [
        "45–55 departments in the register", "50 departments", "Met.",
    ]  # fmt: skip
    assert [len(row) for row in body] == [2, 3, 2, 3, 4, 4]
    assert body[5][0][4].startswith("external needs: ")
    assert body[5][-1] == verdict
    assert html.count("<tbody>") == 2


def test_every_row_has_one_header_and_spans_all_columns() -> None:
    rows = [
        part("frame", "holds", measure="condition", n=50),
        part("both-sides", "found", measure="existence", n=1, of=9, part="internal"),
        part("both-sides", "found", measure="existence", n=2, of=9, part="external"),
    ]
    made = tables.findings(*frames(*rows), SECTIONS, EN)
    assert [[cell[1:] for cell in row] for row in rows_of(made.html, "thead")] == [
        [
            ("col", "", "", name)
            for name in (
                "Statement / What it requires", "What the evidence says", "Why", "Verdict",
            )
        ]
    ]  # fmt: skip
    for row in rows_of(made.html, "tbody"):
        assert [cell[:2] for cell in row if cell[0] == "th"] == [("th", "row")]
        assert sum(int(cell[2] or 1) for cell in row) == len(made.widths) == 4
    assert sum(made.widths) == 100
    assert made.html.count("<col ") == len(made.widths)


def test_findings_that_noise_supports_as_often_as_truth_are_named() -> None:
    """Beside the verdict on the finding, once, not on each of its parts."""
    rows = [
        part("both-sides", "found", measure="existence", n=1, of=9, part=side)
        for side in ("internal", "external")
    ]
    rows += [part("no-incentives", "inside", word="most", n=24, of=40, **SHARE)]
    for named in ((), ("both-sides",), ("both-sides", "no-incentives")):
        made = tables.findings(*frames(*rows), SECTIONS, EN, named)
        said = [row[0] for row in made.cells() if "Mere chance supports" in row[3]]
        assert said == [EN.label("finding", key) for key in named]


def test_a_table_has_only_its_sections_and_notes_on_what_it_shows() -> None:
    rows = [
        part("frame", "holds", measure="condition", n=50),
        part("no-incentives", "inside", word="most", n=24, of=40, **SHARE),
    ]
    first = tables.findings(*frames(*rows), ("intro", "aims"), SV)
    assert len(first.cells()) == 1
    assert first.notes == ()
    assert first.caption.endswith("Inledning; Kartläggningens mål, syfte och metod")
    assert "95" in tables.findings(*frames(*rows), ("conclusions",), SV).notes[0]


def test_signs_of_comparison_are_escaped() -> None:
    row = part(
        "needs-shape-work", "significant", of=41, value=0.6, p=0.0001, p_opposite=1.0, **TEST
    )
    made = tables.findings(*frames(row), SECTIONS, EN)
    assert "p\u00a0<\u00a00.001" in made.plain
    assert "p\u00a0&lt;\u00a00.001" in untraced(made.html)


# --- the summary of them


def test_verdicts_by_section_add_up() -> None:
    study = computed(0)
    made = tables.finding_verdicts(study.findings, EN)
    assert made.cells()[0][0] == "Introduction"
    assert len(made.cells()) == len(SECTIONS)
    for row in made.cells():
        assert int(row[1]) == sum(map(int, row[2:]))
    assert sum(int(row[1]) for row in made.cells()) == len(PROTOCOL.findings)
    assert f"n = {len(PROTOCOL.findings)}" in made.plain


def test_words_and_their_shares() -> None:
    made = tables.quantifiers(SV)
    shares = {row[0]: row[1].replace("\u00a0", " ") for row in made.cells()}
    assert shares["generellt"] == "minst 2/3"
    assert shares["flera"] == "minst 20 % och minst 3 institutioner"
    assert shares["ett fåtal"] == "minst en institution och högst 25 %"
    assert "alla" not in shares
    assert word_range(PROTOCOL.ranges["none"], EN) == "no department"


def verdicts(**counts: int) -> pd.DataFrame:
    """Table findings with so many of each verdict, the summary's first findings first."""
    given = [verdict for verdict, n in counts.items() for _ in range(n)]
    blank = dict.fromkeys(TABLES["findings"].columns)
    keys = [finding.key for finding in PROTOCOL.findings]
    rows = [blank | {"finding": key, "verdict": v} for key, v in zip(keys, given, strict=False)]
    return conform(pd.DataFrame(rows), "findings")


def test_how_the_findings_came_out() -> None:
    found = facts.findings_tested(
        verdicts(contradicted=2, supported=5, inconclusive=1, not_assessable=3), PROTOCOL
    )
    assert found["holding"] == Count(5, 8)
    assert found["contradicted"] == ["frame", "fieldwork"]
    assert (found["inconclusive"], found["not_assessable"]) == (1, 3)
    assert (found["family"], found["fewest"], found["tested"]) == (12, 5, 8)


@pytest.mark.parametrize(
    ("counts", "sv", "en"),
    [
        ({"not_assessable": 3}, "Inget av sammanfattningens påståenden kan bedömas", "None of"),
        ({"supported": 3}, "Underlaget stöder alla 3 påståenden", "supports all 3 statements"),
        (
            {"contradicted": 1, "supported": 3},
            "4 påståenden som kan bedömas stöder underlaget 3 (75 %). Ett motsägs.",
            "statements that can be assessed, the evidence supports 3 (75 %). One is contradicted.",
        ),
        (
            {"contradicted": 2, "supported": 3, "inconclusive": 2, "not_assessable": 1},
            "Två motsägs och två avgörs inte. Ett kan inte bedömas;",
            "Two are contradicted and two are left open. One cannot be assessed;",
        ),
        (
            {"inconclusive": 1, "supported": 1},
            "1 (50 %). Ett avgörs inte.",
            "1 (50 %). One is left",
        ),
        ({"supported": 1}, "det enda påstående i", "supports the only statement of"),
        ({"contradicted": 2}, "stöder underlaget inget. Två motsägs.", "supports none. Two are"),
        ({"contradicted": 1}, "motsäger detta påstående: ”Vid universitetet", "this statement:"),
        ({"contradicted": 2}, "motsäger dessa påståenden: ”Vid", "these statements: “The"),
    ],
)
def test_what_is_said_of_them(counts: dict[str, int], sv: str, en: str) -> None:
    values = facts.findings_tested(verdicts(**counts), PROTOCOL)
    for text, said in ((SV, sv), (EN, en)):
        plain = prose.section(text, "findings.tested", **values).plain.replace("\u00a0", " ")
        assert said in plain
        assert not re.search(r"  | [.,;]|\.\.", plain)
