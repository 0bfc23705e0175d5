"""The figures of a follow-up: what is drawn is what is in the tables, and reads without colour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from lxml import html
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.transforms import Affine2D
from plotted import PROTOCOL, made_up
from seen import assert_readable, contrast, grey, wrapped_words, written
from untraced import untraced

from mapping import plots
from mapping.display import visible
from mapping.facts import Count
from mapping.followup.transitions import flows
from mapping.plots import alluvial, dumbbells, style, trend
from mapping.plots.alluvial import Between
from mapping.plots.dumbbells import LEVELS, SHARES
from mapping.prose import words
from mapping.schemas import TABLES, conform
from mapping.vocabulary import TIERS, UNCLASSIFIED

EN, SV = words("en", PROTOCOL), words("sv", PROTOCOL)
YEARS = Between(2020, 2021)
NAN = float("nan")
NBSP = "\u00a0"

Went = Mapping[tuple[str, str, str], int]
"""Departments by their tier then, their tier now, and how they went."""


# --- made-up tables ------------------------------------------------------------


def transitions_of(went: Went, others: int = 0) -> pd.DataFrame:
    """Table ``transitions`` of departments that went so, and others that dropped out."""
    rows = [_moved(*key) for key, number in went.items() for _ in range(number)]
    rows += [_moved("good", "small", "clear") | {"followed": "dropped"} for _ in range(others)]
    named = [row | {"department_id": f"D-{place}"} for place, row in enumerate(rows)]
    table = pd.DataFrame(named, columns=list(TABLES["transitions"].columns))
    fixed = {"way": "same", "ids_then": "D", "ids_now": "D", "seen_then": True, "seen_now": True}
    table = table.assign(**fixed).astype({"seen_then": bool, "seen_now": bool})
    dropped = table["followed"] == "dropped"
    gone = dict.fromkeys(("tier_now", "move", "clear"))
    table = table.assign(**{name: table[name].mask(dropped, None) for name in gone})
    return conform(table, "transitions")


def _moved(then: str, now: str, how: str) -> dict[str, object]:
    rank = TIERS.index(now) - TIERS.index(then) if UNCLASSIFIED not in (then, now) else None
    move = None if rank is None else "up" if rank < 0 else "down" if rank else "same"
    clear = {"clear": True, "uncertain": False}.get(how)
    return {"followed": "both", "tier_then": then, "tier_now": now, "move": move, "clear": clear}


def change_of(*rows: tuple[str, str, str, float, float, int, float]) -> pd.DataFrame:
    """Table ``change``: rows of kind, key, status, then, now, pairs, p_holm."""
    columns = ["kind", "key", "status", "then", "now", "pairs", "p_holm"]
    schema = TABLES["change"].columns
    table = pd.DataFrame(list(rows), columns=columns).reindex(columns=list(schema))
    counts = [name for name in schema if not (name in columns or schema[name].nullable)]
    return conform(table.assign(**dict.fromkeys(counts, 0)), "change")


def indicators_of(**levels: tuple[float, float]) -> pd.DataFrame:
    return change_of(
        *(("indicator", key, "tested", *ends, 40, 1.0) for key, ends in levels.items())
    )


def every_measure(status: str = "tested") -> pd.DataFrame:
    """All indicators, needs and voices of the protocol, each with another change."""
    draw = np.random.default_rng(5)
    rows = [("indicator", key, 3) for key in PROTOCOL.indicator_keys()]
    rows += [("need", key, 1) for key in PROTOCOL.need_keys("internal")]
    rows += [("voice", key, 1) for key in PROTOCOL.need_keys("external")]
    return change_of(
        *(
            (kind, key, status, *draw.uniform(0, top, 2).round(2), 200, draw.random() / 8)
            for kind, key, top in rows
        )
    )


Shares = Mapping[str, Mapping[int, tuple[int, int]]]
"""By set of departments and year: those in the tiers good and small, of 40."""


def trend_of(counts: Shares, breaks: tuple[int, ...] = (), of: int = 40) -> pd.DataFrame:
    rows = [
        {
            "year": year, "departments": departments, "kind": "tier", "key": tier, "n": n,
            "value": n / of if of else NAN, "of": of, "comparable": year not in breaks,
        }
        for departments, years in counts.items()
        for year, (good, small) in years.items()
        for tier, n in zip(TIERS, (good, of - good - small, small), strict=True)
    ]  # fmt: skip
    return conform(pd.DataFrame(rows), "trend")


def followed(
    transitions: pd.DataFrame | None = None,
    change: pd.DataFrame | None = None,
    trends: pd.DataFrame | None = None,
    breaks: str = "",
) -> SimpleNamespace:
    """The attributes of two years compared that figures read."""
    return SimpleNamespace(
        now=made_up(2, 2), protocol=PROTOCOL, baseline=2020, year=2021,
        transitions=transitions, change=change, trend=trends,
        yardstick=pd.DataFrame({"breaks": pd.Series([breaks], dtype="string")}),
    )  # fmt: skip


NOBODY = transitions_of({}, others=3)
ONE = {("good", "good", "stayed"): 1}
SOME = {
    ("good", "good", "stayed"): 12,
    ("good", "moderate", "clear"): 1,
    ("moderate", "good", "clear"): 2,
    ("moderate", "good", "uncertain"): 1,
    ("moderate", "moderate", "stayed"): 14,
    ("small", "small", "stayed"): 7,
    (UNCLASSIFIED, "moderate", "without"): 1,
}
EVERY_WAY = {
    (then, now, how): number
    for then, now in product((*TIERS, UNCLASSIFIED), repeat=2)
    for how, number in (
        [("without", 4)]
        if UNCLASSIFIED in (then, now)
        else [("stayed", 36)]
        if then == now
        else [("clear", 2), ("uncertain", 8)]
    )
}
FLOWS = {
    "some": SOME,
    "one department": ONE,
    "two departments": {("good", "good", "stayed"): 1, ("small", "moderate", "uncertain"): 1},
    "one tier": {("moderate", "moderate", "stayed"): 40},
    "200 departments, every way": EVERY_WAY,
    "one of 200 moved": {("good", "good", "stayed"): 199, ("good", "small", "clear"): 1},
    "nobody classified": {(UNCLASSIFIED, UNCLASSIFIED, "without"): 5},
    "all moved far": {("good", "small", "clear"): 20, ("small", "good", "uncertain"): 20},
}


def flow_chart(went: Went) -> Figure:
    return alluvial.chart(alluvial.gone(transitions_of(went)), EN, YEARS)


def ribbons_of(figure: Figure) -> list[PathPatch]:
    """The ribbons, bars and swatches of the key left out."""
    return [patch for patch in figure.axes[1].patches if isinstance(patch, PathPatch)]


def thickness(ribbon: PathPatch) -> tuple[float, float]:
    """Of the ribbon at its left and its right end, in cm."""
    points = ribbon.get_path().vertices
    return points[7, 1] - points[0, 1], points[4, 1] - points[3, 1]


# --- the flow ------------------------------------------------------------------


def test_departments_are_counted_by_tiers_and_by_how_they_went() -> None:
    table = alluvial.gone(transitions_of(SOME, others=5))
    assert {tuple(row[:3]): row[3] for row in table.itertuples(index=False)} == SOME
    assert table["tier_then"].to_list() == [*["good"] * 2, *["moderate"] * 3, "small", UNCLASSIFIED]


@pytest.mark.parametrize("case", FLOWS)
def test_the_flow_counts_as_the_table_of_flows_does(case: str) -> None:
    made = transitions_of(FLOWS[case])
    counted = alluvial.gone(made)
    for row in flows(made, len(made), PROTOCOL).to_dict("records"):
        here = counted[
            (counted["tier_then"] == row["tier_then"]) & (counted["tier_now"] == row["tier_now"])
        ]
        assert here["departments"].sum() == row["departments"]
        assert here.loc[here["how"] == "clear", "departments"].sum() == row["clear"]


@pytest.mark.parametrize("case", FLOWS)
def test_ribbons_and_bars_are_as_thick_as_their_departments(case: str) -> None:
    went = FLOWS[case]
    figure = flow_chart(went)
    table = alluvial.gone(transitions_of(went))
    ends = [thickness(ribbon) for ribbon in ribbons_of(figure)]
    scale = ends[0][0] / table["departments"][0]
    assert scale > 0
    assert ends == [pytest.approx((n * scale, n * scale)) for n in table["departments"]]
    bars = [bar for bar in figure.axes[1].patches if isinstance(bar, Rectangle)]
    shown = TIERS if UNCLASSIFIED not in {*table["tier_then"], *table["tier_now"]} else None
    tiers = shown or (*TIERS, UNCLASSIFIED)
    expected = [
        table.loc[table[f"tier_{side}"] == tier, "departments"].sum() * scale
        for side in ("then", "now")
        for tier in tiers
    ]
    assert [bar.get_height() for bar in bars] == pytest.approx(expected)


@pytest.mark.parametrize("case", FLOWS)
def test_every_ribbon_lies_within_the_bars_at_its_ends(case: str) -> None:
    figure = flow_chart(FLOWS[case])
    table = alluvial.gone(transitions_of(FLOWS[case]))
    bars = [bar for bar in figure.axes[1].patches if isinstance(bar, Rectangle)]
    half = len(bars) // 2
    places = dict(zip((*TIERS, UNCLASSIFIED), range(half), strict=False))
    for end, (column, offset) in enumerate((("tier_then", 0), ("tier_now", half))):
        used: dict[str, list[tuple[float, float]]] = {}
        for ribbon, tier in zip(ribbons_of(figure), table[column], strict=True):
            top = ribbon.get_path().vertices[3 * end, 1]
            used.setdefault(tier, []).append((top, top + thickness(ribbon)[end]))
        for tier, spans in used.items():
            bar = bars[offset + places[tier]]
            ends = [bar.get_y(), *(y for span in sorted(spans) for y in span)]
            ends.append(bar.get_y() + bar.get_height())
            assert ends[::2] == pytest.approx(ends[1::2])  # no gap, and none upon another


@pytest.mark.parametrize("case", FLOWS)
def test_every_ribbon_bears_its_number(case: str) -> None:
    texts = [text.get_text() for text in flow_chart(FLOWS[case]).axes[1].texts]
    numbers = sorted(int(text) for text in texts if text.isdigit() and len(text) < 4)
    assert numbers == sorted(FLOWS[case].values())
    assert {"2020", "2021"} <= set(texts)


def test_a_number_stands_on_its_ribbon() -> None:
    figure = flow_chart(EVERY_WAY)
    ax = figure.axes[1]
    table = alluvial.gone(transitions_of(EVERY_WAY))
    placed = [t.get_position() for t in ax.texts if t.get_text().isdigit()][: len(EVERY_WAY)]
    fine = Affine2D().scale(1000)
    by_size = np.argsort(table["departments"], kind="stable")
    ribbons = [ribbons_of(figure)[place] for place in by_size]
    for ribbon, point in zip(ribbons, placed, strict=True):
        # Curves are flattened to a unit's precision: a hundredth of a millimetre here.
        assert ribbon.get_path().transformed(fine).contains_point(fine.transform(point))


def test_clear_and_uncertain_moves_and_those_that_stayed_differ_without_colour() -> None:
    looks = {ribbon.get_zorder(): ribbon for ribbon in ribbons_of(flow_chart(EVERY_WAY))}
    without, stayed, uncertain, clear = (looks[order] for order in (1.1, 1.0, 2.0, 2.1))
    tone = {
        name: grey(to_hex(patch.get_facecolor()))
        for name, patch in (("without", without), ("stayed", stayed), ("uncertain", uncertain),
                            ("clear", clear))
    }  # fmt: skip
    assert contrast(tone["clear"], "#FFFFFF") > 4.5
    assert contrast(tone["stayed"], "#FFFFFF") < 1.8
    assert contrast(tone["clear"], tone["stayed"]) > 3
    assert uncertain.get_hatch()
    assert not any(patch.get_hatch() for patch in (without, stayed, clear))
    assert to_hex(uncertain.get_edgecolor()).upper() == style.INK


def test_the_key_tells_how_many_went_in_each_way_that_is_there() -> None:
    key = [text.get_text() for text in flow_chart(SOME).axes[0].texts]
    assert key == [
        "same tier: 33", "moved clearly: 3", "moved within the uncertainty: 1",
        "no tier in one year: 1",
    ]  # fmt: skip
    assert [text.get_text() for text in flow_chart(ONE).axes[0].texts] == ["same tier: 1"]


def test_bars_have_signs_words_and_counts_and_none_without_a_tier_unless_any() -> None:
    texts = written(flow_chart(ONE))
    assert texts.count("Good") == texts.count("Small") == 2
    assert "Unclassified" not in texts
    assert texts.count(f"1{NBSP}of{NBSP}1{NBSP}(100{NBSP}%)") == 2
    assert written(flow_chart(SOME)).count("Unclassified") == 2
    signs = [line.get_fillstyle() for line in flow_chart(ONE).axes[1].get_lines()]
    assert signs == [style.tier_mark(tier)["fillstyle"] for tier in TIERS] * 2


@pytest.mark.parametrize(
    ("went", "title"),
    [
        (
            SOME,
            "3 of 37 departments have clearly changed tier since 2020: "
            "2 to a higher and 1 to a lower one",
        ),
        (
            {("small", "good", "clear"): 1},
            "1 of 1 department has clearly changed tier since 2020: "
            "1 to a higher and 0 to a lower one",
        ),
        (
            {("good", "small", "uncertain"): 2, ("good", "good", "stayed"): 8},
            "No department has clearly changed tier since 2020; "
            "2 of 10 have changed within the uncertainty",
        ),
        (
            {("good", "good", "stayed"): 8, (UNCLASSIFIED, "good", "without"): 1},
            "All 8 departments that can be compared have the same tier as in 2020",
        ),
        (ONE, "The only department that can be compared has the same tier as in 2020"),
        ({(UNCLASSIFIED, "good", "without"): 1}, "No department has a tier in both years"),
    ],
)
def test_the_title_of_the_flow_tells_of_clear_changes(went: Went, title: str) -> None:
    said = alluvial.describe(transitions_of(went), EN, YEARS, broken=False)
    assert visible(said.title).replace(NBSP, " ") == title


def test_the_title_of_the_flow_claims_no_change_where_the_tiers_cannot_be_compared() -> None:
    said = alluvial.describe(transitions_of(SOME), EN, YEARS, broken=True)
    assert visible(said.title) == (
        "The tiers of 2020 and 2021 are not comparable: the yardstick changed between the years"
    )
    nobody = transitions_of({(UNCLASSIFIED, "good", "without"): 1})
    assert visible(alluvial.describe(nobody, EN, YEARS, broken=True).title) == (
        "No department has a tier in both years"
    )


def test_the_flow_in_words() -> None:
    said = alluvial.describe(transitions_of(SOME, others=2), EN, YEARS, broken=False)
    assert visible(said.title) in visible(said.alt)
    assert visible(said.alt).endswith(
        "In 2020: good 13, moderate 17, small 7, unclassified 1. "
        "In 2021: good 15, moderate 16, small 7, unclassified 0. "
        "From tier to tier: stayed in good 12; good to moderate 1, clearly; "
        "moderate to good 2, clearly; moderate to good 1, within the uncertainty; "
        "stayed in moderate 14; stayed in small 7; unclassified to moderate 1."
    )
    assert (
        visible(said.caption)
        .replace(NBSP, " ")
        .endswith(
            "n = 38 of 40 departments of either year, those that took part in both; "
            "1 of them has no tier in one of the years."
        )
    )
    nobody = alluvial.describe(
        transitions_of({(UNCLASSIFIED, UNCLASSIFIED, "without"): 2}), EN, YEARS, broken=False
    )
    assert visible(nobody.alt).endswith("From tier to tier: unclassified in both years 2.")


@pytest.mark.parametrize(
    ("breaks", "told"), [("", False), ("indicator:workload", False), ("aspect:x tier:tier", True)]
)
def test_a_break_of_the_tiers_is_told_below_the_flow(breaks: str, told: bool) -> None:
    shown = plots.flow(followed(transitions_of(SOME), breaks=breaks), "en")
    assert shown is not None
    assert ("The yardstick of the tiers changed" in shown.html) == told


# --- change of indicators and needs ----------------------------------------------


def measures(change: pd.DataFrame, scale: dumbbells.Scale) -> list[dumbbells.Measure]:
    return [m for part in dumbbells.parts(change, scale, 0.05).values() for m in part]


def drawn(ax: Axes) -> dict[str, tuple[float, float]]:
    """What each row's hollow and filled mark stand at, by its label."""
    marks: dict[float, dict[bool, float]] = {}
    for line in ax.get_lines():
        hollow = line.get_markerfacecolor() == "white"
        marks.setdefault(line.get_ydata()[0], {})[hollow] = line.get_xdata()[0]
    labels = zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)
    return {
        text.get_text(): (marks[row][True], marks[row][False])
        for row, text in labels
        if row in marks
    }


def joins(ax: Axes) -> list[tuple[float, float, float]]:
    """Row and ends of every line that joins two marks."""
    return [
        (segment[0][1], segment[0][0], segment[1][0])
        for lines in ax.collections
        if isinstance(lines, LineCollection)
        for segment in lines.get_segments()
    ]


MIXED = change_of(
    ("indicator", "interest", "tested", 1.0, 1.5, 40, 0.2),
    ("indicator", "resources", "tested", 2.0, 1.0, 38, 0.01),
    ("indicator", "mandate", "tested", 1.0, 2.0, 37, 0.04),
    ("indicator", "workload", "break", 0.5, 2.5, 36, NAN),
    ("indicator", "activity", "too_few", 1.0, 1.25, 5, NAN),
    ("indicator", "staffing", "too_few", NAN, NAN, 0, NAN),
)


def levels_ax(change: pd.DataFrame) -> Axes:
    return dumbbells.chart(dumbbells.parts(change, LEVELS, 0.05), EN, LEVELS, YEARS).axes[1]


def test_indicators_are_drawn_hollow_then_and_filled_now_by_their_change() -> None:
    ax = levels_ax(MIXED)
    assert drawn(ax) == {
        "Clear mandate": (1.0, 2.0),
        "Interest": (1.0, 1.5),
        "Activity": (1.0, 1.25),
        "Resources": (2.0, 1.0),
        "Manageable share of duties": (0.5, 2.5),
    }
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert labels[-2:] == ["Staffing", "Manageable share of duties"]  # unknown; a break
    assert ax.get_xlim() == (0, 3)


def test_a_break_is_marked_and_joined_by_nothing() -> None:
    ax = levels_ax(MIXED)
    rows = {text.get_text(): row for row, text in zip(ax.get_yticks(), ax.get_yticklabels(),
                                                      strict=True)}  # fmt: skip
    broken = rows["Manageable share of duties"]
    assert sorted(joins(ax)) == [
        (rows["Clear mandate"], 1.0, 2.0), (rows["Interest"], 1.0, 1.5),
        (rows["Activity"], 1.0, 1.25), (rows["Resources"], 1.0, 2.0),
    ]  # fmt: skip
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("‖ measured otherwise") == texts.count("Cannot be compared") == 1
    assert broken == max(rows.values())
    unbroken = MIXED[MIXED["status"] != "break"]
    assert "Cannot be compared" not in [text.get_text() for text in levels_ax(unbroken).texts]


def test_rows_bear_values_departments_and_what_is_known_of_the_change() -> None:
    texts = [text.get_text() for text in levels_ax(MIXED).texts]
    for text in ("1.00 → 2.00", "2.00 → 1.00", "37", "–", "0", "0.50 → 2.50"):
        assert texts.count(text) == 1, text
    assert texts.count("* significant") == 2
    assert texts.count("too few to test") == 2


@pytest.mark.parametrize(
    ("status", "p", "state"),
    [
        ("tested", 0.049999, "significant"), ("tested", 0.05, "tested"),
        ("tested", 0.050001, "tested"), ("break", NAN, "break"), ("too_few", NAN, "too_few"),
    ],
)  # fmt: skip
def test_a_change_is_significant_below_the_protocols_limit(
    status: str, p: float, state: str
) -> None:
    table = change_of(("indicator", "interest", status, 1.0, 2.0, 40, p))
    assert [measure.state for measure in measures(table, LEVELS)] == [state]


def test_significant_changes_are_told_by_sign_word_and_a_thicker_line() -> None:
    split = dumbbells.parts(MIXED, LEVELS, 0.05)
    thick = {m.key for part in split.values() for m in part if m.state == "significant"}
    ax = levels_ax(MIXED)
    widths = [float(lines.get_linewidth()[0]) for lines in ax.collections]
    assert thick == {"mandate", "resources"}
    assert sorted(widths) == [1.2, 1.2, 2.6, 2.6]


def test_needs_and_voices_stand_apart_and_are_told_in_departments() -> None:
    change = change_of(
        ("need", "recruitment", "tested", 0.7, 0.45, 40, 0.044),
        ("need", "employability", "tested", 0.525, 0.775, 40, 0.016),
        ("voice", "society", "tested", 0.175, 0.2, 40, 1.0),
        ("indicator", "interest", "tested", 1.0, 2.0, 40, 0.01),
    )
    split = dumbbells.parts(change, SHARES, 0.05)
    assert {name: [m.key for m in part] for name, part in split.items()} == {
        "need": ["employability", "recruitment"], "voice": ["society"],
    }  # fmt: skip
    ax = dumbbells.chart(split, EN, SHARES, YEARS).axes[1]
    assert ax.get_xlim() == (0, 1)
    assert drawn(ax)["Employability and careers"] == (0.525, 0.775)
    texts = [text.get_text() for text in ax.texts]
    assert [text for text in texts if "→" in text] == ["21 → 31", "28 → 18", "7 → 8"]
    assert "External needs, voiced by" in texts
    said = dumbbells.describe(change, EN, SHARES, YEARS, Count(40, 49))
    assert visible(said.title) == (
        "Significant change since 2020: employability and careers (more) "
        "and recruitment and marketing (fewer)"
    )
    assert visible(said.alt).endswith(
        f"employability and careers 21 to 31 (n{NBSP}={NBSP}40), significant; "
        f"recruitment and marketing 28 to 18 (n{NBSP}={NBSP}40), significant; "
        f"society 7 to 8 (n{NBSP}={NBSP}40)."
    )


def test_a_voice_that_changed_is_told_as_a_voice() -> None:
    change = change_of(("voice", "society", "tested", 0.2, 0.6, 40, 0.001))
    said = dumbbells.describe(change, SV, SHARES, YEARS, Count(40, 49))
    assert (
        visible(said.title) == "Säkerställd ändring sedan 2020: behov uttryckta av samhället (fler)"
    )


FOUR = ("interest", "resources", "mandate", "activity")


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (MIXED, "Significant change since 2020: clear mandate (higher) and resources (lower)"),
        (
            change_of(*(("indicator", key, "tested", 1.0, 2.0, 9, 0.01) for key in FOUR)),
            "4 of 4 indicators have changed significantly since 2020",
        ),
        (
            indicators_of(interest=(1.0, 1.2), mandate=(2.0, 2.0)),
            "No indicator has changed significantly since 2020",
        ),
        (
            indicators_of(interest=(1.0, 1.0), mandate=(2.0, 2.0)),
            "No indicator has another mean level than in 2020",
        ),
        (
            change_of(("indicator", "interest", "too_few", 1.0, 2.0, 2, NAN)),
            "Too few departments took part in both years to test whether the indicators have "
            "changed since 2020",
        ),
        (
            change_of(("indicator", "interest", "break", 1.0, 2.0, 40, NAN)),
            "No indicator can be compared with 2020",
        ),
    ],
)
def test_the_title_of_the_change_says_what_holds(change: pd.DataFrame, title: str) -> None:
    said = dumbbells.describe(change, EN, LEVELS, YEARS, Count(40, 49))
    assert visible(said.title).replace(NBSP, " ") == title


def test_the_change_in_words() -> None:
    said = dumbbells.describe(MIXED, EN, LEVELS, YEARS, Count(40, 49))
    alt = visible(said.alt).replace(NBSP, " ")
    assert alt.endswith(
        "clear mandate 1.00 to 2.00 (n = 37), significant; interest 1.00 to 1.50 (n = 40); "
        "activity 1.00 to 1.25 (n = 5), too few to test; "
        "resources 2.00 to 1.00 (n = 38), significant; staffing unknown. "
        "Measured otherwise in one of the years, cannot be compared: manageable share of duties."
    )
    assert "fewer than 6 departments" in visible(said.caption)
    assert "‖ measured otherwise" in visible(said.caption)
    alone = indicators_of(interest=(1.0, 1.2))
    plain = dumbbells.describe(alone, EN, LEVELS, YEARS, Count(40, 49))
    assert "Too few" not in visible(plain.caption)
    assert "‖" not in visible(plain.caption)


# --- the trend -------------------------------------------------------------------

THREE: Shares = {
    "all": {2020: (14, 9), 2021: (16, 9), 2022: (15, 7)},
    "same": {2020: (12, 6), 2021: (13, 6), 2022: (13, 7)},
}
TEN: Shares = {
    "all": {year: (year % 7 * 3, year % 5 * 4) for year in range(2013, 2023)},
    "same": {year: (year % 5 * 4, year % 7 * 3) for year in range(2013, 2023)},
}


def panels(table: pd.DataFrame) -> dict[str, Axes]:
    figure = trend.chart(trend.shares(table), EN)
    return dict(zip(TIERS, figure.axes[1::2], strict=True))


def lines_of(ax: Axes, *, filled: bool) -> list[tuple[list[float], list[float]]]:
    return [
        (list(line.get_xdata()), list(line.get_ydata()))
        for line in ax.get_lines()
        if line.get_marker() == "o" and (line.get_markerfacecolor() != "white") == filled
    ]


def test_the_trend_draws_the_same_departments_filled_and_all_hollow() -> None:
    for tier, ax in panels(trend_of(THREE)).items():
        place = {"good": 0, "small": 1}.get(tier)
        for filled, name in ((True, "same"), (False, "all")):
            counts = [
                pair[place] if place is not None else 40 - sum(pair)
                for pair in THREE[name].values()
            ]
            expected = ([2020, 2021, 2022], [n / 40 for n in counts])
            assert lines_of(ax, filled=filled) == [expected]
        assert ax.get_ylim()[0] == 0
        styles = {line.get_linestyle() for line in ax.get_lines()}
        assert styles == {"-", "--"}


@pytest.mark.parametrize(("small", "top"), [(0, 0.75), (1, 0.5), (20, 0.5), (21, 0.75)])
def test_all_panels_have_one_scale_from_0_to_a_quarter_above_the_largest(
    small: int, top: float
) -> None:
    """19 of 40 are in the tier good, and 21 less those in the tier small in the middle one."""
    counts = dict.fromkeys(range(2020, 2023), (19, small))
    table = trend_of(dict.fromkeys(trend.SETS, counts))
    assert {ax.get_ylim() for ax in panels(table).values()} == {(0, top)}


def test_lines_are_named_with_what_they_are_in_the_last_year() -> None:
    texts = [text.get_text() for text in panels(trend_of(THREE))["good"].texts]
    assert texts == [f"all 38{NBSP}%", f"same 33{NBSP}%"]


def test_a_break_is_a_gap_with_a_mark() -> None:
    ax = panels(trend_of(THREE, breaks=(2021,)))["good"]
    assert lines_of(ax, filled=True) == [([2020], [0.3]), ([2021, 2022], [0.325, 0.325])]
    assert [text.get_text() for text in ax.texts].count("‖") == 1
    marks = [line.get_xdata()[0] for line in ax.get_lines() if line.get_marker() != "o"]
    assert marks == [2020.5]
    said = trend.describe(trend.shares(trend_of(THREE, breaks=(2021,))), EN)
    assert visible(said.title) == (
        "The yardstick of the tiers changed in 2021: the shares cannot be compared across the break"
    )
    assert "‖ break" in visible(said.caption)
    assert visible(said.alt).endswith("The yardstick changed in 2021.")


def test_what_is_unknown_in_a_year_joins_nothing() -> None:
    table = trend_of(THREE)
    gap = (table["year"] == 2021) & (table["departments"] == "all")
    ax = panels(table.assign(value=table["value"].mask(gap)))["good"]
    known = [part for part in lines_of(ax, filled=False) if not np.isnan(part[1]).any()]
    assert known == [([2020], [0.35]), ([2022], [0.375])]


def test_nobody_in_every_year_leaves_all_participants() -> None:
    table = pd.concat([
        trend_of({"all": THREE["all"]}),
        trend_of({"same": dict.fromkeys(THREE["same"], (0, 0))}, of=0),
    ])  # fmt: skip
    ax = panels(table)["good"]
    assert [text.get_text() for text in ax.texts] == [f"all 38{NBSP}%"]
    said = trend.describe(trend.shares(table), EN)
    assert (
        visible(said.title)
        == "No department with a known tier took part in every year from 2020 to 2022"
    )
    assert "The same departments, " not in visible(said.alt)
    assert visible(said.caption).replace(NBSP, " ").endswith("The same departments: n = 0.")


def test_the_trend_in_words() -> None:
    said = trend.describe(trend.shares(trend_of(THREE)), EN)
    assert visible(said.title).replace(NBSP, " ") == (
        "The tier good among those that took part every year: 12 of 40 in 2020, 13 of 40 in 2022"
    )
    alt = visible(said.alt).replace(NBSP, " ")
    assert "good from 12 of 40 to 13 of 40; moderate from 22 of 40 to" in alt
    assert "All participants, 2020 and 2022: good from 14 of 40 to 15 of 40;" in alt
    assert sum(letter.isalpha() for letter in alt) > len(alt) / 2  # else it is heard as figures
    assert "yardstick" not in alt


@pytest.mark.parametrize(
    ("heights", "expected"),
    [
        ([1.0], [1.0]), ([1.0, 2.0], [1.0, 2.0]), ([1.0, 1.0], [0.83, 1.17]),
        ([1.1, 1.0], [1.22, 0.88]), ([0.0, 0.0], [0.0, 0.34]), ([1.0, 1.34], [1.0, 1.34]),
    ],
)  # fmt: skip
def test_names_of_lines_are_moved_apart(heights: list[float], expected: list[float]) -> None:
    assert trend._parted(heights) == pytest.approx(expected)


# --- as the notebook shows them ----------------------------------------------------


USUAL = followed(transitions_of(SOME), MIXED, trend_of(THREE))
CALLS = {
    "flow": plots.flow,
    "change_rows": plots.change_rows,
    "trend_lines": plots.trend_lines,
}


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("name", CALLS)
def test_two_years_give_described_figures(name: str, lang: str) -> None:
    shown, again = (CALLS[name](USUAL, lang) for _ in range(2))
    assert shown is not None
    assert again is not None
    assert shown.html == again.html  # to the byte
    figure = html.fromstring(shown.html)
    assert [child.tag for child in figure] == ["p", "img", "figcaption"]
    assert figure.findtext("p") in figure.find("img").get("alt") == shown.plain
    assert "nan" not in shown.plain.split()


def test_needs_are_drawn_from_the_same_table() -> None:
    shown = plots.need_change(followed(transitions_of(SOME), every_measure()), "sv")
    assert shown is not None
    assert "38 av 38" in html.fromstring(untraced(shown.html)).findtext("figcaption").replace(
        NBSP, " "
    )


def test_nobody_in_both_years_gives_no_figure() -> None:
    empty = followed(NOBODY, change_of(), trend_of(THREE))
    assert plots.flow(empty, "sv") is None
    assert plots.change_rows(empty, "sv") is None
    assert plots.need_change(empty, "sv") is None


@pytest.mark.parametrize(("years", "drawn"), [((2020, 2021), False), ((2020, 2021, 2022), True)])
def test_a_trend_has_more_than_two_years(years: tuple[int, ...], drawn: bool) -> None:
    counts = {name: {year: counts[year] for year in years} for name, counts in THREE.items()}
    assert (plots.trend_lines(followed(trends=trend_of(counts)), "sv") is not None) == drawn


# --- how they read -------------------------------------------------------------------


def change_chart(change: pd.DataFrame, scale: dumbbells.Scale) -> Callable[..., Figure]:
    split = dumbbells.parts(change, scale, 0.05)
    return lambda said: dumbbells.chart(split, said, scale, YEARS)


def flow_in(went: Went) -> Callable[..., Figure]:
    return lambda said: alluvial.chart(alluvial.gone(transitions_of(went)), said, YEARS)


def trend_in(table: pd.DataFrame) -> Callable[..., Figure]:
    return lambda said: trend.chart(trend.shares(table), said)


CHARTS: dict[str, Callable[..., Figure]] = {
    **{f"flow: {case}": flow_in(went) for case, went in FLOWS.items()},
    "levels": change_chart(MIXED, LEVELS),
    "levels, all": change_chart(every_measure(), LEVELS),
    "levels, all breaks": change_chart(every_measure("break"), LEVELS),
    "shares, all": change_chart(every_measure(), SHARES),
    "shares, too few": change_chart(every_measure("too_few"), SHARES),
    "trend": trend_in(trend_of(THREE)),
    "trend of ten years": trend_in(trend_of(TEN, breaks=(2014, 2015, 2021))),
    "trend, nobody good": trend_in(trend_of({k: dict.fromkeys(v, (0, 0)) for k, v in TEN.items()})),
}


WIDEST = ("flow: 200 departments, every way", "levels, all breaks", "shares, all", "trend")


@pytest.mark.parametrize(
    ("name", "lang"), [*((name, "sv") for name in CHARTS), *((name, "en") for name in WIDEST)]
)
def test_text_is_large_enough_inside_and_apart(name: str, lang: str) -> None:
    assert_readable(CHARTS[name](words(lang, PROTOCOL)))


@pytest.mark.parametrize("name", ["flow: some", "levels", "shares, all", "trend"])
def test_every_word_in_a_figure_comes_from_the_texts(name: str) -> None:
    for text in written(CHARTS[name](wrapped_words())):
        phrase = text.startswith("⟦") and text.endswith(("⟧", "…"))
        assert phrase or not any(char.isalpha() for char in text), text
