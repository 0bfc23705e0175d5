"""Numbers carry what they rest on through facts, formats, texts and tables into the HTML."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from html import unescape

import pandas as pd
import pytest
from builders import su_2020
from untraced import untraced

from mapping.display import element, html, traceable, visible
from mapping.errors import RunError
from mapping.facts import Count
from mapping.prose import words
from mapping.prose.formats import capital
from mapping.references import (
    TracedFraction,
    cell,
    computed,
    entries,
    evaluate,
    exact_setting,
    numbers_in,
    of,
    parse,
    reference_of,
    setting,
    traced,
)
from mapping.tables.table import Builder

PROTOCOL = su_2020()
SV, EN = words("sv", PROTOCOL), words("en", PROTOCOL)

TIERS = pd.DataFrame(
    {
        "department_id": ["A-1", "B-2", "C-3"],
        "tier": ["good", "good", "small"],
        "margin": [0.25, 0.5, None],
        "borderline": [False, True, False],
    }
)
ALL = of("tiers", TIERS)


def data(value: object, told: str, written: str) -> str:
    return f'<data value="{value}" data-from="{told}">{written}</data>'


def test_a_traced_number_is_the_number() -> None:
    for plain in (3, 0.5):
        number = traced(plain, "count(tiers)")
        assert number == plain
        assert hash(number) == hash(plain)
        assert json.dumps([number]) == json.dumps([plain])
        assert f"{number:.1f}" == f"{plain:.1f}"
        assert reference_of(copy.deepcopy(number)) == "count(tiers)"
        assert reference_of(number + 1) is None
    assert Count(traced(1, "count(tiers)"), 3) == Count(1, 3)


def test_what_is_counted_and_what_it_is_said_to_rest_on_are_the_same() -> None:
    good = ALL.where(tier="good")
    made = {
        "count(tiers?tier=good)": good.count(),
        "count(tiers?tier=good|small)": ALL.where(tier=("good", "small")).count(),
        "count(tiers?tier!=good)": ALL.without(tier="good").count(),
        "count(tiers?borderline=true)": ALL.where(borderline=True).count(),
        "count(tiers?margin!=)": ALL.known("margin").count(),
        "count(tiers?margin=)": ALL.unknown("margin").count(),
        "count(tiers?margin>=0.5)": ALL.compared("margin", ">=", 0.5).count(),
        "distinct(tiers/tier)": ALL.distinct("tier"),
        "sum(tiers/margin)": ALL.sum("margin"),
        "mean(tiers/margin?tier=good)": good.mean("margin"),
        "median(tiers/margin)": ALL.median("margin"),
        "smallest(tiers/margin)": ALL.smallest("margin"),
        "largest(tiers/margin)": ALL.largest("margin"),
    }
    for told, number in made.items():
        assert reference_of(number) == told
        assert number == evaluate(parse(told), {"tiers": TIERS})
    assert [int(number) for number in list(made.values())[:8]] == [2, 3, 1, 1, 2, 1, 1, 2]


def test_rows_are_chosen_by_those_of_another_table() -> None:
    criteria = pd.DataFrame({"department_id": ["A-1", "C-3"], "tier": "good", "criterion": "x"})
    rows = of("criteria", criteria)
    good = ALL.where(tier="good")
    inside, outside = rows.among(good).count(), rows.not_among(good).count()
    assert (inside, outside) == (1, 1)
    told = "count(criteria?department_id=(tiers/department_id?tier=good))"
    assert reference_of(inside) == told
    assert evaluate(parse(told), {"tiers": TIERS, "criteria": criteria}) == 1
    assert reference_of(outside) == told.replace("=(", "!=(")


def test_numbers_are_computed_of_traced_ones() -> None:
    share = computed("percent", ALL.where(tier="good").count(), ALL.count())
    assert share == pytest.approx(66.666666667)
    assert reference_of(share) == "percent(count(tiers?tier=good), count(tiers))"
    assert reference_of(computed("difference", 1, ALL.count())) == "difference(1, count(tiers))"
    with pytest.raises(RunError, match="percent"):
        computed("percent", ALL.count(), 0)


def test_settings_are_traced() -> None:
    assert setting(PROTOCOL, "tier_rules.borderline") == PROTOCOL.tier_rules.borderline
    assert entries(PROTOCOL, "aspects") == len(PROTOCOL.aspects)
    limit = exact_setting(PROTOCOL, "swot.common_denominator")
    assert limit == Fraction(1, 3)
    assert reference_of(limit) == "protocol(swot.common_denominator)"
    with pytest.raises(RunError, match="no number"):
        setting(PROTOCOL, "name")


def test_a_cell_of_a_table() -> None:
    rows = TIERS.to_dict("records")
    assert reference_of(cell("tiers", rows[1], "margin")) == "tiers/B-2/margin"
    assert cell("tiers", rows[2], "margin") is None


N, OF = ALL.where(tier="good").count(), ALL.count()
TOLD, ALL_TOLD = "count(tiers?tier=good)", "count(tiers)"


def test_every_format_keeps_what_its_number_rests_on() -> None:
    n, of_ = data(2, TOLD, "2"), data(3, ALL_TOLD, "3")
    percent = data("66.666666667", f"percent({TOLD}, {ALL_TOLD})", "67")
    half = traced(0.5, "tiers/B-2/margin")
    f = EN.formats
    shown = {
        f.number(half, 1): data(0.5, "tiers/B-2/margin", "0.5"),
        f.percent(Count(N, OF)): f"{percent}\u00a0%",
        f.count(Count(N, OF)): f"{n}\u00a0of\u00a0{of_}\u00a0({percent}\u00a0%)",
        f.in_words(N): data(2, TOLD, "two"),
        capital(f.in_words(N)): data(2, TOLD, "Two"),
        f.percentage(half): data(50, "percent(tiers/B-2/margin)", "50"),
        f.interval(half, half): data(50, "percent(tiers/B-2/margin)", "50") + "\u00a0%",
        f.signed(N): data(2, TOLD, "+2"),
        f.p(traced(0.0002, "change/need/a/p")): "p\u00a0"
        + data(0.0002, "change/need/a/p", "&lt;\u00a00.001"),
        f.chance(traced(0.001, "needs/internal/a/p_first")): data(
            0.1, "percent(needs/internal/a/p_first)", "&lt;\u00a01"
        )
        + "\u00a0%",
        f.portion(TracedFraction(Fraction(2, 5), "protocol(a)")): data(
            40, "percent(protocol(a))", "40"
        )
        + "\u00a0%",
        f.portion(TracedFraction(Fraction(2, 3), "protocol(a)")): data("2/3", "protocol(a)", "2/3"),
    }  # fmt: skip
    for written, expected in shown.items():
        assert html(written) == expected
        assert visible(written) == unescape(untraced(expected))


def test_the_opening_of_a_sentence_keeps_it_too() -> None:
    written = EN.formats.count_departments(Count(N, OF), opening=True)
    assert visible(written) == "Two\u00a0of\u00a03 departments\u00a0(67\u00a0%)"
    assert html(written).startswith(data(2, TOLD, "Two"))


def test_numbers_without_a_reference_rest_on_their_text() -> None:
    made = element("p", f"{EN.formats.number(N)} of 44, April 2020", "a.b")
    assert made == (
        f'<p data-key="a.b">{data(2, TOLD, "2")} of {data(44, "text(a.b)", "44")}, April 2020</p>'
    )
    assert element("p", "in April 2020", "a.b") == "<p>in April 2020</p>"
    assert element("p", "44 of 50") == "<p>44 of 50</p>"


def test_no_text_of_a_user_forges_a_reference() -> None:
    forged = traceable("7", traced(7, "count(tiers)"))
    named = words("en", PROTOCOL, {"A-1": forged})
    assert named.label("department", "A-1") == "7"
    frame = pd.DataFrame({"file": [forged], "units": [1]})
    build = Builder(EN, "files")
    shown = build.table(frame, [build.column("file")], **{})
    assert "count(tiers)" not in shown.html
    assert not set("\ue000\ue001\ue002") & set(html("\ue000a\ue002"))


def test_a_column_of_a_processed_table_has_its_cells_references() -> None:
    build = Builder(EN, "tier_departments")
    columns = [build.column("department_id"), *build.numbers("margin", decimals=2)]
    made = build.table(TIERS, columns, rows_of="tiers", n=3)
    assert data(0.25, "tiers/A-1/margin", "0.25") in made.html
    assert made.cells()[1:] == [["B-2", "0.50"], ["C-3", "–"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("28 of 44 (64 %)", ["28", "44", "64"]),
        ("−0,5 och +3", ["−0,5", "+3"]),
        ("1\u00a0200, 1,200.5", ["1\u00a0200", "1,200.5"]),
        ("2/3 or 50–75 %", ["2/3", "50", "75"]),
        ("p < 0.001", ["0.001"]),
        ("2019–2020, in 2021.", []),
        ("2000\u00a0%, 2020,5", ["2000", "2020,5"]),
        ("30 April 2020, 3 maj, 12–14 juni, 2020-04-30", []),
        ("4 of them may", ["4"]),
        ("version 1.0, 2.1.3", []),
        ("su-2021 1.1, DRAK-11 1.1", ["1.1"]),
        ("ALFA-12, ÅÄÖ-1, R1, su-2020, #12, tiers-sv:12.3, 3f9a, SHA-256", []),
        ("https://example.org/12/3", []),
        ("mapping run 2020", []),
        ("two, tre", []),
    ],
)  # fmt: skip
def test_what_is_a_number_and_what_is_none(text: str, found: list[str]) -> None:
    assert [text[begin:end] for begin, end in numbers_in(text)] == found
