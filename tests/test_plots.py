"""The figures: what is drawn is what was counted, it can be read, and it repeats to the byte."""

from __future__ import annotations

import base64
import colorsys
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from lxml import html
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from plotted import PROTOCOL, made_up
from seen import assert_readable, contrast, grey, luminance, wrapped_words, written

import mapping
from mapping import plots
from mapping.display import visible
from mapping.errors import UsageError
from mapping.plots import fits, grid, lettering, needs, participation, profile, rows, style, swot
from mapping.prose import Words, study_words, words
from mapping.vocabulary import QUADRANTS, TIERS

LANGUAGES = ("sv", "en")
APART = PROTOCOL.need_rules.listed_apart
FIGURES = {
    "swot": plots.swot_matrix,
    "grid": plots.needs_grid,
    "fits": plots.fit_rows,
    "needs": plots.needs_ranking,
    "profile": plots.tier_profiles,
    "participation": plots.participation_map,
}


def profiles_of(study: SimpleNamespace) -> pd.DataFrame:
    shown = study.protocol.indicator_keys("conditions")
    return profile.profiles(study.indicators, study.tiers, shown)


CHARTS: dict[str, Callable[[SimpleNamespace, Words], Figure]] = {
    "swot": lambda study, said: swot.matrix(study.swot, said),
    "grid": lambda study, said: grid.chart(grid.placed(study.constructs, study.tiers), said),
    "fits": lambda study, said: fits.chart(study.tiers, said),
    "needs": lambda study, said: needs.chart(study.needs, APART, said),
    "profile": lambda study, said: profile.chart(profiles_of(study), said),
    "participation": lambda study, said: participation.chart(study.participation, said),
}
STUDIES = {
    "usual": made_up(),
    "by name": made_up(names="name"),
    "one department": made_up(1, 1),
    "sixty": made_up(60, 60, names="name", seed=3),
    "no workshop": made_up(workshop=False),
    "empty quadrant": made_up(without_quadrant="opportunity"),
    "empty tier": made_up(without_tier="small"),
    "one tier": made_up(30, 5, without_tier="small", seed=9),
    "all unclassified": made_up(classified=False),
    "nobody took part": made_up(12, 0, workshop=False),
}
HOSTILE = (
    "$x^2$ \\frac{1}{0} $\\unknown{$",
    "<b>&amp;</b><script>alert(1)</script>",
    "🎓 alumni 🎉",
    "tab\tline\nbell\x07",
    "x" * 300,
    "word " * 60,
    "\u202eright to left\u202c",
    "漢字",
    "العربية",
    "{{ 7 * 7 }} {% raw %}",
)
EN = words("en", PROTOCOL)


def hostile() -> SimpleNamespace:
    study = made_up(10, 10, names="name")
    study.departments["name"] = HOSTILE
    return study


# --- what is said ------------------------------------------------------------


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("case", ["usual", "no workshop", "all unclassified"])
def test_every_word_in_a_figure_comes_from_the_texts(name: str, case: str) -> None:
    study = STUDIES[case]
    said = wrapped_words()
    codes = re.compile("|".join(sorted(study.departments["department_id"], key=len)[::-1]))
    texts = written(CHARTS[name](study, said))
    for text in texts:
        phrase = text.startswith("⟦") and text.endswith(("⟧", "…"))
        assert phrase or not re.search("[^\\W\\d_]", codes.sub("", text)), text
    assert any(text.startswith("⟦") for text in texts)


@pytest.mark.parametrize("case", STUDIES)
@pytest.mark.parametrize("name", FIGURES)
def test_any_study_gives_a_described_figure(name: str, case: str) -> None:
    shown = FIGURES[name](STUDIES[case], LANGUAGES[len(case) % 2])
    figure = html.fromstring(shown.html)
    image = figure.find("img")
    assert [child.tag for child in figure] == ["p", "img", "figcaption"]
    assert image.get("src").startswith("data:image/svg+xml;base64,")
    title, caption = (figure.find(tag).text_content() for tag in ("p", "figcaption"))
    assert title in image.get("alt") == shown.plain
    assert "n\u00a0=\u00a0" in caption
    assert "None" not in shown.html.split("base64")[0]
    assert "nan" not in shown.plain.split()
    assert plt.get_fignums() == []


def table_of_needs(**departments: int) -> pd.DataFrame:
    study = made_up(50, 44)
    table = study.needs.copy()
    for key, count in departments.items():
        table.loc[table["need"] == key, "departments"] = count
    return table


NO_NEEDS = {"recruitment": 0, "employability": 0, "feedback": 0, "student_support": 0, "other": 0}


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ({"recruitment": 9}, "Recruitment and marketing is the commonest need"),
        ({"recruitment": 9, "other": 8}, "Recruitment and marketing is the commonest need"),
        (
            {"recruitment": 9, "other": 9},
            "Recruitment and marketing is the commonest of the named needs",
        ),
        (
            {"recruitment": 9, "employability": 9},
            "Employability and careers and recruitment and marketing are equally common needs",
        ),
        (dict.fromkeys(NO_NEEDS, 5), "No need is more common than the others"),
        ({"other": 3}, "No internal need was named"),
    ],
)
def test_the_title_of_the_needs_says_what_holds(counts: dict[str, int], title: str) -> None:
    table = table_of_needs(**(NO_NEEDS | counts))
    assert visible(needs.describe(table, APART, 50, EN).title) == title


def table_of_swot(*rows: tuple[str, str, int]) -> pd.DataFrame:
    table = made_up().swot.copy()
    table["departments"] = 0
    for quadrant, theme, count in rows:
        at = (table["quadrant"] == quadrant) & (table["theme"] == theme)
        table.loc[at, "departments"] = count
    return table


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "There are no notes from the workshop"),
        ([("threat", "interest", 1)], "Commonest in the workshop: interest as a threat"),
        (
            [("threat", "interest", 3), ("strength", "feedback", 3), ("weakness", "other", 2)],
            "Commonest in the workshop: feedback as a strength and interest as a threat",
        ),
        (
            [("threat", t, 3) for t in ("interest", "other", "mandate")],
            "Nothing stands out in the workshop: three themes share the first place",
        ),
    ],
)
def test_the_title_of_the_swot_says_what_holds(
    rows: list[tuple[str, str, int]], title: str
) -> None:
    assert visible(swot.describe(table_of_swot(*rows), 50, EN).title) == title


@pytest.mark.parametrize(
    ("both", "title"),
    [
        (0, "No department has both good conditions and clear needs"),
        (1, "1\u00a0of\u00a03 departments has both good conditions and clear needs"),
        (2, "2\u00a0of\u00a03 departments have both good conditions and clear needs"),
    ],
)
def test_the_title_of_the_grid_counts_the_best_cell(both: int, title: str) -> None:
    placed = pd.DataFrame(
        {
            "department_id": ["A-1", "B-1", "C-1"],
            "conditions_level": ["good"] * both + ["small"] * (3 - both),
            "needs_level": "clear",
            "tier": "good",
        }
    )
    assert visible(grid.describe(placed, 50, EN).title) == title
    none = grid.describe(placed.head(0), 50, EN)
    assert visible(none.title) == "No department’s conditions and needs are both known"
    assert "n\u00a0=\u00a00\u00a0of\u00a050" in visible(none.caption)


@pytest.mark.parametrize(
    ("near", "title"),
    [
        (0, "No department lies near the border of another tier"),
        (1, "1\u00a0of\u00a044 departments lies near the border of another tier"),
        (2, "2\u00a0of\u00a044 departments lie near the border of another tier"),
    ],
)
def test_the_title_of_the_fits_counts_borderline_departments(near: int, title: str) -> None:
    tiers = made_up().tiers.assign(borderline=False)
    first = tiers.index[tiers["tier"] != "unclassified"][:near]
    tiers.loc[first, "borderline"] = True
    description = fits.describe(tiers, made_up().participation, EN)
    assert visible(description.title) == title
    assert visible(description.caption).endswith("; left out: 6 that did not take part.")
    assert ("Borderline, with margin: " in visible(description.alt)) == (near > 0)


def test_the_fits_tell_who_is_left_out_and_who_is_near_a_border() -> None:
    """C took part and has no tier, D and E did not take part; B lies near a border."""
    fit = {"fit_good": 0.5, "fit_moderate": 0.4, "fit_small": 0.3}
    tiers = pd.DataFrame(
        {
            "department_id": list("ABCDE"),
            "tier": ["good", "good"] + ["unclassified"] * 3,
            "margin": [0.1, 0.04, NAN, NAN, NAN],
            "borderline": [False, True, False, False, False],
        }
    ).assign(**fit)
    took_part = pd.DataFrame(
        {"department_id": list("ABCDE"), "interviews": [1, 0, 1, 0, 0], "workshop_notes": 0}
    ).assign(responses=[0, 2, 0, 0, 0])
    said = fits.describe(tiers, took_part, EN)
    assert visible(said.caption).endswith(
        "; left out: 2 that did not take part and 1 that could not be classified."
    )
    assert visible(said.alt).endswith(
        "Departments per tier: good 2. Borderline, with margin: B (0.04)."
    )
    nobody = fits.describe(tiers.head(2), took_part.head(2), EN)
    assert visible(nobody.caption).endswith("n\u00a0=\u00a02\u00a0of\u00a02 departments.")


def levels_of(**means: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"indicator": key, "tier": tier, "level": level, "n": int(not np.isnan(level))}
            for key, levels in means.items()
            for tier, level in zip(TIERS, levels, strict=True)
        ]
    )


ALL_TIERS = pd.DataFrame({"tier": ["good", "moderate", "small", "unclassified"]})
NAN = float("nan")


@pytest.mark.parametrize(
    ("table", "tiers", "title"),
    [
        (
            levels_of(interest=(3, 2, 1), resources=(3, 1, 0.5)),
            ALL_TIERS,
            "Resources sets the tiers apart the most",
        ),
        (
            levels_of(interest=(3, 2, 1), resources=(2.5, 1, 0.5)),
            ALL_TIERS,
            "Interest and resources set the tiers apart the most",
        ),
        (
            levels_of(
                interest=(3, 2, 1), resources=(2, 1, 0), mandate=(2, 1, 0), staffing=(2, 0, 0)
            ),
            ALL_TIERS,
            "Several conditions set the tiers equally far apart",
        ),
        (levels_of(interest=(2, 2, 2)), ALL_TIERS, "No condition sets the tiers apart"),
        (levels_of(interest=(NAN, NAN, NAN)), ALL_TIERS, "No condition sets the tiers apart"),
        (
            levels_of(interest=(3, NAN, NAN)),
            ALL_TIERS.head(1),
            "All classified departments are in the tier good",
        ),
        (
            levels_of(interest=(NAN, NAN, NAN)),
            ALL_TIERS.tail(1),
            "No department could be classified",
        ),
    ],
)
def test_the_title_of_the_profiles_says_what_holds(
    table: pd.DataFrame, tiers: pd.DataFrame, title: str
) -> None:
    assert visible(profile.describe(table, tiers, EN).title) == title


def test_alt_texts_give_the_key_values() -> None:
    table = table_of_swot(("strength", "interest", 12), ("threat", "mandate", 3))
    assert visible(swot.describe(table, 50, EN).alt) == (
        "SWOT matrix. Commonest in the workshop: interest as a strength. Commonest themes: "
        "Strengths: interest 12\u00a0of\u00a033. Weaknesses: no notes. Opportunities: no notes. "
        "Threats: task and mandate 3\u00a0of\u00a033."
    )
    means = levels_of(interest=(3, NAN, 0.25))
    assert "Means: interest: good 3.0, small 0.3." in profile.describe(means, ALL_TIERS, EN).alt
    taken = pd.DataFrame(
        {
            "department_id": ["A-1", "B-1"],
            "interviews": [2, 0],
            "workshop_notes": [1, 0],
            "responses": [1, 0],
        }
    )
    assert visible(participation.describe(taken, EN).alt) == (
        "Departments by instruments. 1\u00a0of\u00a02 departments took part, 1 with all three "
        "instruments. Departments per instrument: interview 1\u00a0of\u00a02, "
        "workshop 1\u00a0of\u00a02, survey 1\u00a0of\u00a02. "
        "All three instruments: 1. Did not take part: 1."
    )


# --- what is drawn -----------------------------------------------------------


def test_the_swot_draws_every_count_sorted_on_one_scale_from_zero() -> None:
    table = made_up().swot
    figure = swot.matrix(table, EN)
    drawn = [ax for ax in figure.axes if ax.containers]
    assert len(drawn) == 4
    assert {ax.get_xlim() for ax in drawn} == {(0, table["departments"].max())}
    for ax, quadrant in zip(drawn, QUADRANTS, strict=True):
        lengths = [bar.get_width() for bar in ax.containers[0]]
        counts = table.loc[table["quadrant"] == quadrant, "departments"]
        assert lengths == sorted((int(n) for n in counts if n), reverse=True)
        numbers = [text.get_text() for text in ax.texts]
        assert numbers == [f"{lengths[0]:.0f}\u00a0of\u00a033", *(f"{n:.0f}" for n in lengths[1:])]
        assert all(bar.get_x() == 0 for bar in ax.containers[0])


def test_internal_quadrants_stand_above_external_ones() -> None:
    figure = swot.matrix(made_up().swot, EN)
    bottoms = [ax.get_position().y0 for ax in figure.axes if ax.containers]
    assert min(bottoms[:2]) > max(ax.get_position().y1 for ax in figure.axes if ax.containers and
                                  ax.get_position().y0 in bottoms[2:])  # fmt: skip


def test_an_empty_quadrant_says_so() -> None:
    texts = written(swot.matrix(STUDIES["empty quadrant"].swot, EN))
    assert texts.count("No notes") == 1
    assert written(swot.matrix(STUDIES["no workshop"].swot, EN)).count("No notes") == 4


def placed_by_hand() -> pd.DataFrame:
    constructs = pd.DataFrame(
        {
            "department_id": ["A-1", "B-1", "C-1", "D-1", "E-1"],
            "conditions_level": ["good", "good", "small", None, "good"],
            "needs_level": ["clear", "clear", "slight", "some", None],
        }
    )
    tiers = pd.DataFrame(
        {
            "department_id": ["A-1", "B-1", "C-1", "D-1", "E-1"],
            "tier": ["moderate", "good", "small", "good", "good"],
        }
    )
    return grid.placed(constructs, tiers)


def test_the_grid_counts_and_names_its_departments_by_tier() -> None:
    placed = placed_by_hand()
    assert placed["department_id"].to_list() == ["B-1", "A-1", "C-1"]  # D and E are unknown
    figure = grid.chart(placed, EN)
    texts = written(figure)
    assert [text for text in texts if text.endswith("-1")] == ["B-1", "A-1", "C-1"]
    signs = [(row, at, form) for row, at, form, size in dots_of(figure.axes[0]) if size < 6]
    assert [form for _, _, form in signs] == [form_of(t) for t in ("good", "moderate", "small")]
    assert signs[0][0] == signs[1][0]  # on one line,
    assert signs[0][1] < signs[1][1]  # by tier
    assert [text for text in texts if text.isdigit()] == list("002000100")
    without = written(grid.chart(placed, EN, named=False))
    assert not any("-1" in text for text in without)
    assert [text for text in without if text.isdigit()] == list("002000100")


def test_the_diagonal_of_the_grid_bears_the_tiers() -> None:
    figure = grid.chart(placed_by_hand(), EN)
    ax = figure.axes[0]
    cells = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    ground = [to_hex(cell.get_facecolor()).upper() for cell in cells]
    tints = style.TIER_TINTS
    assert [ground[i] for i in (2, 4, 6)] == [tints[tier] for tier in TIERS]
    assert {ground[i] for i in (0, 1, 3, 5, 7, 8)} == {"#FFFFFF"}
    assert [text for text in written(figure) if text in TIERS] == [*TIERS]
    signs = [form for _, _, form, size in dots_of(ax) if size > 6]
    assert signs == [form_of(tier) for tier in TIERS]


def test_a_department_without_a_tier_has_a_dash_in_the_grid() -> None:
    placed = placed_by_hand().assign(tier="unclassified")
    figure = grid.chart(placed, EN)
    assert written(figure).count("–") == 3
    assert {size for *_, size in dots_of(figure.axes[0])} == {7.0}  # of the diagonal alone


def test_the_grid_tells_its_empty_cells_too() -> None:
    alt = grid.describe(placed_by_hand(), 5, EN).alt
    assert alt.split("each cell: ")[1].count(" conditions and ") == 9
    assert "good conditions and clear needs 2; good conditions and some needs 0;" in alt
    assert "each cell" not in grid.describe(placed_by_hand().head(0), 5, EN).alt


def test_cells_of_the_grid_that_need_little_are_low() -> None:
    placed = pd.DataFrame(
        {
            "department_id": [f"ABCD-{n:02}" for n in range(12)],
            "conditions_level": "good",
            "needs_level": "clear",
            "tier": "good",
        }
    )
    ax = grid.chart(placed, EN).axes[0]
    heights = [patch.get_height() for patch in ax.patches if isinstance(patch, Rectangle)]
    assert heights[0] > heights[3] == pytest.approx(heights[6])
    rows = [row for row, *_, size in dots_of(ax) if size < 6]
    assert [rows.count(row) for row in sorted(set(rows))] == [3, 3, 3, 3]


def form_of(tier: str) -> tuple[str, str]:
    mark = style.tier_mark(tier)
    return mark["fillstyle"], mark["color"]


def dots_of(ax: Axes) -> list[tuple[float, float, tuple[str, str], float]]:
    """Row, value, form and size of every dot."""
    return [
        (row, value, (line.get_fillstyle(), line.get_color()), line.get_markersize())
        for line in ax.get_lines()
        if line.get_marker() == "o"
        for value, row in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


def test_the_fits_draw_three_dots_a_department_by_tier_and_margin() -> None:
    tiers = made_up().tiers
    ordered = fits.classified(tiers)
    assert len(ordered) == 44
    assert ordered["tier"].map(TIERS.index).is_monotonic_increasing
    for _, part in ordered.groupby("tier"):
        assert part["margin"].is_monotonic_decreasing
    ax = fits.chart(tiers, EN).axes[1]
    drawn = {(row, fit, form) for row, fit, form, _ in dots_of(ax)}
    expected = {
        (row, fit, form_of(tier))
        for tier in TIERS
        for row, fit in zip(ax.get_yticks(), ordered[f"fit_{tier}"], strict=True)
    }
    assert drawn == expected
    assert ax.get_xlim() == (0, 1)
    assert [t.get_text() for t in ax.get_yticklabels()] == ordered["department_id"].to_list()
    notes = [text.get_text() for text in ax.texts]
    assert notes.count("borderline") == ordered["borderline"].sum() > 0


def test_the_departments_own_tier_has_the_larger_sign() -> None:
    tiers = made_up().tiers
    ordered = fits.classified(tiers)
    ax = fits.chart(tiers, EN).axes[1]
    dots = dots_of(ax)
    largest = {row: form for row, _, form, size in dots if size == max(dot[3] for dot in dots)}
    assert [largest[row] for row in ax.get_yticks()] == [form_of(t) for t in ordered["tier"]]
    assert len(largest) == len(ordered)


def test_no_sign_of_the_fits_hides_another() -> None:
    """Where signs meet: the larger are drawn first, and of equal ones ○ last."""
    drawn = [(form, size) for *_, form, size in dots_of(fits.chart(made_up().tiers, EN).axes[1])]
    order = list(dict.fromkeys(drawn))
    assert order == [(form_of(tier), size) for size in (7.0, 5.0) for tier in TIERS]


def test_groups_of_rows_stand_apart() -> None:
    listed = rows.lines([("first", [0, 1]), ("second", [2]), ("third", [3])])
    assert rows.places(listed) == [0, 1, 2, 3.5, 4.5, 6, 7]
    assert rows.length(listed) == 8
    assert rows.length([]) == 0
    assert rows.drawn_rows(listed) == ([1, 2, 4.5, 7], [0, 1, 2, 3])


def test_many_departments_are_set_in_columns_within_a_page() -> None:
    for departments, columns in ((60, 1), (61, 2), (125, 3)):
        figure = fits.chart(made_up(departments, departments, seed=4).tiers, EN)
        assert figure.get_figheight() * 2.54 <= style.TALLEST
        assert len(figure.axes) == 1 + columns  # the key, and the columns


def test_the_needs_draw_shares_and_intervals_by_value_and_voices_apart() -> None:
    table = made_up().needs
    ax = needs.chart(table, APART, EN).axes[0]
    internal = table[(table["side"] == "internal") & (table["need"] != APART)]
    other = table[table["need"] == APART]
    external = table[table["side"] == "external"]
    expected = [
        *sorted(internal["share"], reverse=True), *other["share"],
        *sorted(external["share"], reverse=True),
    ]  # fmt: skip
    dots = [line for line in ax.get_lines() if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in dots] == pytest.approx(expected)
    assert ax.get_xlim() == (0, 1)
    spans = [
        tuple(segment[:, 0])
        for lines in ax.collections
        if isinstance(lines, LineCollection)
        for segment in lines.get_segments()
    ]
    assert sorted(spans) == sorted(zip(table["low"], table["high"], strict=True))
    headings = ["Internal needs", "Listed apart", "External needs, voiced by"]
    assert [t.get_text() for t in ax.texts if t.get_text() in headings] == headings


def test_a_part_of_the_needs_without_rows_is_left_out() -> None:
    table = made_up().needs
    texts = written(needs.chart(table[table["side"] == "internal"], APART, EN))
    assert "Internal needs" in texts
    assert "External needs, voiced by" not in texts


def test_profiles_are_means_of_known_levels_by_hand() -> None:
    indicators = pd.DataFrame(
        [
            ("A-1", "interest", 3.0), ("B-1", "interest", 2.0), ("C-1", "interest", np.nan),
            ("D-1", "interest", 1.0), ("E-1", "interest", 3.0),
            ("A-1", "resources", 3.0), ("B-1", "resources", np.nan), ("D-1", "resources", 2.0),
            ("A-1", "activity", 0.0),
        ],
        columns=["department_id", "indicator", "level"],
    )  # fmt: skip
    tiers = pd.DataFrame(
        {
            "department_id": ["A-1", "B-1", "C-1", "D-1", "E-1"],
            "tier": ["good", "good", "good", "small", "unclassified"],
        }
    )
    table = profile.profiles(indicators, tiers, ("mandate", "interest", "resources"))
    assert table["indicator"].to_list() == ["resources"] * 3 + ["interest"] * 3 + ["mandate"] * 3
    assert table["tier"].to_list() == [*TIERS] * 3
    assert table["n"].to_list() == [1, 0, 1, 2, 0, 1, 0, 0, 0]
    assert table["level"].dropna().to_list() == [3.0, 2.0, 2.5, 1.0]
    ax = profile.chart(table, EN).axes[-1]
    dots = {(line.get_ydata()[0], line.get_xdata()[0]) for line in ax.get_lines()}
    assert dots == {(0, 3.0), (0, 2.0), (1, 2.5), (1, 1.0)}
    assert ax.get_xlim() == (0, 3)


def test_participation_draws_who_took_part_with_what() -> None:
    table = made_up().participation
    taken = participation.taken_part(table)
    assert taken["instruments"].is_monotonic_decreasing
    figure = participation.chart(table, EN)
    dots = []
    for ax in figure.axes:
        at = dict(zip(ax.get_yticks(), [t.get_text() for t in ax.get_yticklabels()], strict=True))
        dots += [(at[row], place) for row, place, _, _ in dots_of(ax)]
    columns = ("interviews", "workshop_notes", "responses")
    expected = {
        (key, place)
        for place, column in enumerate(columns)
        for key in table.loc[table[column] > 0, "department_id"]
    }
    assert set(dots) == expected
    assert len(dots) == len(expected)
    labels = [t.get_text() for ax in figure.axes for t in ax.get_yticklabels()]
    assert labels == taken["department_id"].to_list()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_columns_keep_every_line_and_repeat_headings(number: int) -> None:
    listed = rows.lines([("first", [0, 1, 2]), ("empty", []), ("second", [3, 4, 5, 6])])
    assert [line.heading for line in listed if line.heading] == ["first", "second"]
    parts = rows.columns(listed, number, lambda heading: f"{heading} again")
    assert len(parts) == number
    assert [line.position for part in parts for line in part if line.position is not None] == list(
        range(7)
    )
    assert all(part[0].heading and part[-1].position is not None for part in parts)
    if number == 3:  # 9 lines: first 0 1 | 2 second 3 | 4 5 6
        assert [part[0].heading for part in parts] == ["first", "first again", "second again"]


# --- how it reads ------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "lang"),
    [
        ("usual", "sv"),
        ("usual", "en"),
        ("one department", "en"),
        ("sixty", "sv"),
        ("hostile", "en"),
    ],
)
@pytest.mark.parametrize("name", CHARTS)
def test_text_is_large_enough_inside_and_apart(name: str, case: str, lang: str) -> None:
    study = hostile() if case == "hostile" else STUDIES[case]
    figure = CHARTS[name](study, study_words(study, lang))
    assert_readable(figure)


GROUNDS = ["#FFFFFF", *style.TIER_TINTS.values(), *style.QUADRANT_TINTS.values()]
TEXTS = [(ink, ground) for ink in (style.INK, style.MUTED) for ground in GROUNDS] + [
    ("#FFFFFF", colour) for colour in style.QUADRANT_COLOURS.values()
]
MARKS = [
    *((style.QUADRANT_COLOURS[q], style.QUADRANT_TINTS[q]) for q in QUADRANTS),
    *((colour, "#FFFFFF") for colour in (*style.TIER_COLOURS.values(), style.DOT, style.LINE)),
]


@pytest.mark.parametrize("as_printed", [str, grey])
def test_contrast_holds_in_colour_and_in_grey(as_printed: Callable[[str], str]) -> None:
    for ink, ground in TEXTS:
        assert contrast(as_printed(ink), as_printed(ground)) >= 4.5, (ink, ground)
    for mark, ground in MARKS:
        assert contrast(as_printed(mark), as_printed(ground)) >= 3, (mark, ground)


def test_tiers_run_from_dark_to_light_and_no_red_meets_green() -> None:
    lightness = [luminance(grey(style.TIER_COLOURS[tier])) for tier in TIERS]
    assert lightness == sorted(lightness)
    hues = [colorsys.rgb_to_hls(*to_rgb(c))[0] * 360 for c in style.QUADRANT_COLOURS.values()]
    assert not [hue for hue in hues if 70 < hue < 170], "a green"


def test_signs_differ_in_form_and_not_in_colour_alone() -> None:
    forms = {
        (style.tier_mark(t)["fillstyle"], style.tier_mark(t)["markerfacecolor"] == "white")
        for t in TIERS
    }
    assert len(forms) == 3


# --- hostile names -----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$x^2$", "$x^2$"),
        ("tab\tbell\x07", "tab[U+0009]bell[U+0007]"),
        ("🎓", "[U+1F393]"),
        ("a\u202eb", "a[U+202E]b"),
        ("e\u0301", "é"),
        ("● Å – “x”", "● Å – “x”"),
    ],
)
def test_what_cannot_be_shown_is_visible(text: str, expected: str) -> None:
    assert lettering.visible(text) == expected


def test_shortened_text_fits_and_says_so() -> None:
    assert lettering.shorten("short", 3, 8) == "short"
    cut = lettering.shorten("word " * 60, 3, 8)
    assert cut.endswith("…")
    assert 2.6 < lettering.width(cut, 8) <= 3
    assert lettering.shorten("x" * 300, 0.1, 8) == "x…"


def test_wrapped_text_breaks_between_words_and_keeps_the_number_of_lines() -> None:
    assert lettering.wrap("one two", 10, 8) == "one two"
    broken = lettering.wrap("recruitment and marketing of education", 3, 8)
    assert broken.split("\n")[0] == "recruitment and"
    assert broken.count("\n") == 1
    assert lettering.wrap("recruitment", 0.8, 8).endswith("…")


def test_names_too_long_are_told_apart_by_their_code() -> None:
    study = made_up(3, 3, names="name")
    study.departments["name"] = ["Department of " + "long names " * 9] * 2 + ["Short"]
    labels = [
        rows.department_label(key, study_words(study, "en"), 4)
        for key in study.departments["department_id"]
    ]
    assert labels[2] == "Short"
    assert [label.rsplit(maxsplit=1)[-1] for label in labels[:2]] == ["HIST-1", "FYS-2"]
    assert all(lettering.width(label, 8) <= 4.01 for label in labels)


@pytest.mark.parametrize("name", FIGURES)
def test_hostile_names_are_data(name: str) -> None:
    shown = FIGURES[name](hostile(), "en")
    assert "<script" not in shown.html
    if name in ("grid", "fits"):
        texts = " ".join(written(CHARTS[name](hostile(), study_words(hostile(), "en"))))
        for kept in ("$x^2$", "<b>&amp;</b><scr", "[U+1F393] alumni", "العربية", "{{ 7 * 7 }}"):
            assert kept in texts


# --- the same bytes, and your own figures --------------------------------------

DIGEST = """
import hashlib
from plotted import made_up
from mapping import plots
study = made_up(20, 18)
shown = [getattr(plots, name)(study, "sv").html for name in (
    "swot_matrix", "needs_grid", "fit_rows", "needs_ranking", "tier_profiles", "participation_map")]
print(hashlib.sha256("".join(shown).encode()).hexdigest())
"""


def digest(**variables: str) -> str:
    environment = {**os.environ, **variables, "PYTHONPATH": os.path.dirname(__file__)}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", DIGEST],
        env=environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


@pytest.mark.slow
def test_the_same_bytes_in_any_time_zone_and_locale() -> None:
    one = digest(TZ="Europe/Stockholm", LC_ALL="C", PYTHONHASHSEED="1")
    other = digest(TZ="Asia/Tokyo", LC_ALL="sv_SE.UTF-8", PYTHONHASHSEED="2")
    assert one == other
    assert len(one.strip()) == 64


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_bytes_twice_whatever_the_users_style(name: str) -> None:
    study = STUDIES["usual"]
    first = FIGURES[name](study, "sv").html
    with plt.style.context(["dark_background", {"font.size": 20, "text.parse_math": True}]):
        second = FIGURES[name](study, "sv").html
        assert plt.rcParams["font.size"] == 20
    assert hashlib.sha256(first.encode()).digest() == hashlib.sha256(second.encode()).digest()


def image_of(html_text: str) -> bytes:
    return base64.b64decode(html.fromstring(html_text).find("img").get("src").split(",", 1)[1])


def test_text_is_drawn_as_outlines_without_a_date() -> None:
    image = image_of(plots.swot_matrix(STUDIES["usual"], "sv").html)
    assert b"<text" not in image
    assert b"dc:date" not in image


def test_a_researchers_figure_is_taken_in_and_closed() -> None:
    fig, ax = plt.subplots()
    ax.plot([1, 2])
    shown = mapping.figure(fig, alt='Rises from 1 to 2 "steadily".', title="a < b", caption="n = 2")
    assert plt.get_fignums() == []
    read = html.fromstring(shown.html)
    assert read.find("img").get("alt") == 'Rises from 1 to 2 "steadily".'
    assert read.findtext("p") == "a < b"
    assert read.find("p").get("class") == "figure-title"
    assert read.findtext("figcaption") == "n = 2"
    assert image_of(shown.html).startswith(b"<?xml")
    bundle, _ = shown._repr_mimebundle_()
    assert bundle == {"text/html": shown.html, "text/plain": 'Rises from 1 to 2 "steadily".'}


def test_a_figure_without_title_and_caption_has_neither_element() -> None:
    fig, _ = plt.subplots()
    read = html.fromstring(mapping.figure(fig, alt="Empty axes.").html)
    assert [child.tag for child in read] == ["img"]


@pytest.mark.parametrize("alt", ["", " \n"])
def test_a_figure_without_alt_text_is_refused(alt: str) -> None:
    fig, _ = plt.subplots()
    with pytest.raises(UsageError, match="alt="):
        mapping.figure(fig, alt=alt)
    plt.close(fig)


def test_axes_functions_draw_on_axes_of_any_figure() -> None:
    study = STUDIES["usual"]
    fig, axes = plt.subplots(1, 6, figsize=(36, 12))
    drawn = [
        swot.quadrant_bars(swot.mentioned(study.swot, "threat"), axes[0], EN, 33),
        grid.grid(grid.placed(study.constructs, study.tiers), axes[1], EN),
        fits.fit_dots(fits.classified(study.tiers), axes[2], EN),
        needs.need_dots(needs.parts(study.needs, APART), axes[3], EN),
        participation.participation_dots(
            participation.taken_part(study.participation), axes[4], EN
        ),
        profile.profile_dots(profiles_of(study), axes[5], EN),
    ]
    assert drawn == list(axes)
    plt.close(fig)
