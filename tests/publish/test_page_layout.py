"""Column widths: no word divided where there is room, nothing wider than the page."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.errors import UsageError
from mapping.publish import fonts, page_layout
from mapping.publish.blocks import Cell, Run, Style, Table, text_of
from mapping.publish.page_layout import (
    LANDSCAPE,
    PORTRAIT,
    breakable,
    heights,
    layout,
    with_breaks,
)

ZWSP = page_layout.ZERO_WIDTH_SPACE


def table(*rows: list[str]) -> Table:
    body = tuple(tuple(Cell((Run(text),)) for text in row) for row in rows)
    return Table(len(rows[0]), (), body)


def test_a_narrow_table_is_as_wide_as_its_words() -> None:
    made = layout(table(["a", "some words"]))
    assert (made.size, made.landscape) == (9.0, False)
    assert made.widths[0] < made.widths[1] < 100
    assert made.widths[1] >= fonts.width("some words") * 9 + 2 * made.inset


def test_long_text_wraps_within_16_cm() -> None:
    made = layout(table(["short", "long text " * 60]))
    assert sum(made.widths) == pytest.approx(PORTRAIT, abs=0.1)
    assert made.widths[0] >= fonts.width("short") * 9


@pytest.mark.parametrize("shares", [(1.0, 3.0), (3.0, 1.0)])
def test_columns_whose_lines_are_broken_get_the_shares_that_the_table_tells(
    shares: tuple[float, float],
) -> None:
    made = layout(replace(table(["long text " * 60] * 2), shares=shares))
    room = PORTRAIT - 4 * made.inset
    widths = [width - 2 * made.inset for width in made.widths]
    assert [width / room * 4 for width in widths] == pytest.approx(shares, abs=0.05)


def test_a_share_divides_no_word() -> None:
    made = layout(replace(table(["institutioner", "long text " * 60]), shares=(1.0, 99.0)))
    assert made.widths[0] >= fonts.width("institutioner") * made.size + 2 * made.inset
    assert sum(made.widths) == pytest.approx(PORTRAIT, abs=0.1)


def test_a_table_that_asks_for_it_has_small_text() -> None:
    assert layout(replace(table(["a"]), small=True)).size == 8.0
    assert layout(replace(table(["a"]), small=True), nested=True).size == 8.0


def test_the_height_of_a_row_is_that_of_its_highest_cell() -> None:
    """A text of so many times the width of the page takes about so many lines."""
    given_table = table(["short", "long text " * 60], ["a\nb\nc", ""], ["", ""])
    made = layout(given_table)
    high, broken, empty = heights(given_table.body, made)
    assert high == ceil(fonts.width("long text " * 60) * 9 / (made.widths[1] - 2 * made.inset))
    assert (broken, empty) == (3, 1)


def test_many_columns_get_smaller_text_and_then_a_page_turned_sideways() -> None:
    sizes = []
    for columns in range(5, 20):
        made = layout(table(["institutioner"] * columns))
        sizes.append((made.landscape, -made.size))
        assert sum(made.widths) <= (LANDSCAPE if made.landscape else PORTRAIT) + 0.1
        word = fonts.width("institutioner") * made.size
        if (made.landscape, made.size) != (True, 6.0):
            assert min(made.widths) >= word + 2 * made.inset - 0.1
    assert sizes == sorted(sizes)
    assert sizes[0] == (False, -9.0)
    assert sizes[-1][0]


def test_forty_columns_and_no_more() -> None:
    assert len(layout(table(["1"] * 40)).widths) == 40
    with pytest.raises(UsageError, match="41 columns"):
        layout(table(["1"] * 41))


def test_a_nested_table_stays_upright() -> None:
    made = layout(table(["institutioner"] * 12), nested=True)
    assert not made.landscape
    assert sum(made.widths) < PORTRAIT - 50


def test_a_spanning_cell_widens_its_columns() -> None:
    wide = Cell((Run("undividable" * 2),), colspan=2)
    small = tuple(Cell((Run("x"),)) for _ in range(2))
    made = layout(Table(2, ((wide,),), (small,)))
    assert sum(made.widths) >= fonts.width("undividable" * 2) * 9
    assert made.widths[0] == pytest.approx(made.widths[1], abs=0.02)


@given(
    st.lists(
        st.lists(st.text("aW1 \u0323", max_size=300), min_size=3, max_size=3),
        min_size=1,
        max_size=3,
    )
)
def test_no_word_is_wider_than_its_cell(rows: list[list[str]]) -> None:
    given_table = table(*rows)
    made = layout(given_table)
    for row in with_breaks(given_table, made).body:
        for cell, width in zip(row, made.widths, strict=True):
            for word in text_of(cell.runs).replace(ZWSP, " ").split(" "):
                assert fonts.width(word) * made.size <= width - 2 * made.inset + 0.05


@pytest.mark.parametrize("letters", range(5, 40))
def test_words_about_as_wide_as_their_cell(letters: int) -> None:
    given_table = table(["W" * letters] * 4)
    made = layout(given_table)
    (row,) = with_breaks(given_table, made).body
    room = made.widths[0] - 2 * made.inset
    assert (ZWSP in text_of(row[0].runs)) == (
        fonts.width("W" * letters, bold=True) * made.size > room
    )


@given(st.lists(st.text("ab \u0323", max_size=60), max_size=6))
def test_breaks_add_nothing_but_themselves(texts: list[str]) -> None:
    runs = tuple(Run(text, Style(bold=bool(n % 2))) for n, text in enumerate(texts))
    broken = breakable(runs, 10, 30)
    assert text_of(broken).replace(ZWSP, "") == text_of(runs)
    assert [run.style for run in broken] == [run.style for run in runs]
    for word in text_of(broken).replace(ZWSP, " ").split(" "):
        assert not word or word[0] == "\u0323" or fonts.width(word, bold=True) * 10 <= 30


def test_a_word_over_several_runs_is_one_word() -> None:
    runs = tuple(Run("aaa", Style(bold=bool(n % 2))) for n in range(100))
    assert text_of(breakable(runs, 10, 200)).count(ZWSP) == 299
    assert breakable(runs[:3], 10, 200) == runs[:3]


def test_no_break_spaces_end_no_word() -> None:
    assert ZWSP in text_of(breakable((Run("28\xa0av\xa044"),), 10, 20))
    assert ZWSP not in text_of(breakable((Run("28 av 44"),), 10, 20))


def sided(*sides: str) -> Table:
    row = tuple(Cell((Run("1"),), align=side) for side in sides)  # type: ignore[arg-type]
    return Table(len(sides), (row,), (row,))


def test_text_after_numbers_gets_room_and_nothing_else_does() -> None:
    plain, mixed = layout(sided(*["left"] * 5)), layout(sided("left", "right", "left", "left", ""))
    assert mixed.indents == (0, 0, page_layout._AFTER_RIGHT, 0, 0)
    assert plain.indents == (0,) * 5
    assert mixed.widths[2] - plain.widths[2] == pytest.approx(page_layout._AFTER_RIGHT)
    assert layout(sided("left", "right", "right")).indents == (0, 0, 0)


def test_words_divide_where_the_indented_cell_ends() -> None:
    cells = (Cell((Run("1"),), align="right"), Cell((Run("W" * 300),), align="left"))
    given_table = Table(2, (), (cells,))
    made = layout(given_table)
    room = page_layout._inner(made, cells[1], 1)
    assert room == pytest.approx(made.widths[1] - 11 - 2 * made.inset)
    assert ZWSP in text_of(with_breaks(given_table, made).body[0][1].runs)


def test_columns_with_long_lines_are_equally_wide() -> None:
    """Whatever the lengths of their lines; a word is not divided for it."""
    made = layout(table(["first", "some words " * 10, "some words " * 30, "some words " * 90]))
    assert made.widths[1] == pytest.approx(made.widths[2]) == pytest.approx(made.widths[3])
    assert sum(made.widths) == pytest.approx(PORTRAIT, abs=0.1)
    assert made.widths[0] < made.widths[1]


@given(st.lists(st.tuples(st.floats(1, 60), st.floats(0, 900)), min_size=1, max_size=7))
def test_shared_room_is_used_up_and_no_column_below_its_least(
    columns: list[tuple[float, float]],
) -> None:
    least = [low for low, _ in columns]
    most = [low + more for low, more in columns]
    made = page_layout._shared(least, most, 430)
    assert sum(made) <= 430 + 1e-6
    assert all(width >= low - 1e-6 for width, low in zip(made, least, strict=True))
    if sum(most) > 430:
        assert sum(made) == pytest.approx(430)
