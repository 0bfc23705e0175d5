"""Problems: their order, and the sentence that a user reads."""

from __future__ import annotations

import pytest

from mapping.errors import DataError, Problem, by_place


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
