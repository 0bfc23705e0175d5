"""Problems: their order, and the sentence that a user reads."""

from __future__ import annotations

import pytest

from mapping.errors import (
    MOST_SHOWN,
    DataError,
    Problem,
    by_place,
    first_of_each_file,
    not_shown,
)


def test_problems_are_ordered_by_file_row_and_column():
    ordered = (
        Problem("a.csv", None, "z"),
        Problem("a.csv", 2, "b"),
        Problem("a.csv", 2, "c"),
        Problem("a.csv", 10, "a"),
        Problem("b.csv", 1),
    )
    assert by_place(reversed(ordered)) == ordered


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (
            Problem("a.csv", 3, "n", "x", "a number", "Correct it."),
            "a.csv, row 3, column n: found x; expected a number. Correct it.",
        ),
        (Problem("a.csv", None, "", "", "a file"), "a.csv; expected a file"),
    ],
)
def test_a_problem_is_one_sentence_of_place_value_and_remedy(problem, sentence):
    assert problem.sentence() == sentence
    assert str(DataError([problem])) == sentence


@pytest.mark.parametrize("more", [0, 1, 99_970])
def test_of_many_problems_a_screen_shows_the_first_of_each_file(more):
    many = [Problem("a.csv", row) for row in range(MOST_SHOWN + more)]
    few = [Problem("b.csv", 2), Problem("b.csv", 3)]
    assert first_of_each_file([*many, *few]) == (*many[:MOST_SHOWN], *few)
    rest = f", {more} of them not shown" if more else ""
    assert not_shown([*many, *few]) == f"{MOST_SHOWN + more + 2} errors in the data{rest}"


def test_one_problem_is_one_error():
    assert not_shown([Problem("a.csv")]) == "1 error in the data"
