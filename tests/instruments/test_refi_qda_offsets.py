"""The offset convention of a project, found from its selections; each convention planted."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from refi_studies import excerpts, given, read, study, words_of
from vendors import NVIVO, Coded, Given, Habit, Interview, qdpx

from mapping.instruments.refi_qda.offsets import CONVENTIONS, FIT, Convention, Fit, Spans, infer
from mapping.instruments.refi_qda.texts import Text, text_of_content, text_of_file

TEXT = (
    "Vi har inga resurser 🙂 alls.\n"
    "Intresset är stort 👩‍🎓, sade hon 🙂🙂, men tiden är knapp.\n"
    "Alumner är viktiga för oss, och 🎓 de vill gärna bidra.\n"
    "Ingen har uppdraget. Det märks 🙂 varje dag.\n"
    "Vi vill ha mer återkoppling från dem.\n"
)

PLANTED = list(itertools.product((False, True), (1, 2), (False, True), (False, True)))


def coded(text: str = TEXT) -> Coded:
    """Every run of three words that has no sign at its end, as a person might mark it."""
    words = words_of(text)
    runs = [(a[0], c[1]) for a, _, c in zip(words, words[1:], words[2:], strict=False)]
    codes = (Given(0, start, end, "ann", "interest/3") for start, end in runs)
    return Coded((Interview("a", text, "ABC-1"),), tuple(codes))


@pytest.mark.parametrize(("utf16", "breaks", "mark", "inclusive"), PLANTED)
def test_every_convention_is_found(utf16: bool, breaks: int, mark: bool, inclusive: bool) -> None:
    habit = Habit(
        "",
        utf16=utf16,
        breaks=breaks,
        mark_counts=mark,
        inclusive=inclusive,
        newline="\r\n",
        marked=True,
    )
    planted = coded()
    found = read({"a.qdpx": qdpx(planted, habit)})
    (recognised,) = found.found
    words = Convention(utf16, breaks, mark, inclusive).words()
    assert recognised.notes[0].startswith(f"Offsets count {words}: 100% of the starts and 100%")
    assert not recognised.warnings
    assert sorted(excerpts(found)) == sorted(TEXT[one.start : one.end] for one in planted.given)


def test_conventions_that_give_the_same_places_are_no_doubt() -> None:
    plain = coded("Ingen har tid. Vi vill gärna, men hur?\nDet är svårt att säga.\n")
    (recognised,) = read({"a.qdpx": qdpx(plain, Habit(""))}).found
    assert Convention().words() in recognised.notes[0]
    assert not recognised.warnings


def test_the_specification_counts_code_points_and_ends_after_the_last() -> None:
    assert CONVENTIONS[0] == Convention() == Convention(False, 1, False, False)
    assert len(set(CONVENTIONS)) == 16


def test_text_in_the_project_may_have_had_two_characters_at_a_line_end() -> None:
    habit = Habit("", breaks=2, newline="\r\n", content_in_xml=True)
    planted = coded()
    found = read({"a.qdpx": qdpx(planted, habit)})
    assert "a line end as two" in found.found[0].notes[0]
    assert sorted(excerpts(found)) == sorted(TEXT[one.start : one.end] for one in planted.given)


def test_offsets_that_fall_on_no_words_are_not_quoted() -> None:
    shifted = [
        dataclasses.replace(one, start=one.start + 2, end=one.end + 2) for one in coded().given
    ]
    planted = Coded(coded().interviews, tuple(shifted))
    found = read({"a.qdpx": qdpx(planted, Habit(""))})
    assert set(excerpts(found)) == {""}
    assert any("No excerpt is quoted" in warning for warning in found.found[0].warnings)
    assert len(found.sheet.rows) == len(planted.given)


@pytest.mark.parametrize(("good", "quotable"), [(8, True), (7, False)])
def test_a_fit_of_four_fifths_is_the_edge(good: int, quotable: bool) -> None:
    text = "ord " * 100
    starts = [4 * n for n in range(good)] + [4 * n + 1 for n in range(good, 10)]
    ends = [4 * n + 3 for n in range(10)]
    fit = infer([spans(text, starts, ends)])
    assert fit.starts == pytest.approx(good / 10)
    assert fit.ends == 1
    assert fit.quotable is quotable
    assert FIT == 0.8


def test_a_doubt_about_some_places_leaves_the_others_quoted() -> None:
    """All ends lie before a full stop, so that an inclusive end would fall as well: no word more
    tells. A selection that ends within the sentence settles it.
    """
    text = "Vi vill. De kan. Ni ser.\n"
    doubtful = infer([spans(text, [0, 9, 17], [7, 15, 23])])
    assert doubtful.rivals == (Convention(inclusive=True), *doubtful.rivals[1:])
    settled = infer([spans(text, [0, 9, 17, 0], [7, 15, 23, 2])])
    assert settled.rivals == ()
    assert settled.convention == Convention()


def test_a_project_in_doubt_quotes_nothing_and_says_so() -> None:
    text = "Vi vill. De kan. Ni ser.\n"
    planted = study(text, given("Vi vill", text), given("De kan", text))
    found = read({"a.qdpx": qdpx(planted, Habit(""))})
    assert set(excerpts(found)) == {""}
    assert any("fits as well" in warning for warning in found.found[0].warnings)


def test_nothing_to_go_by_is_no_fit() -> None:
    assert infer([]) == Fit()
    assert infer([spans("text", [2], [2])]) == Fit()
    assert not Fit().quotable


def test_offsets_beyond_the_text_fall_on_nothing() -> None:
    fit = infer([spans("ett två", [0, 900], [3, 990])])
    assert fit.starts == 0.5


def test_a_selection_that_begins_at_the_mark_begins_the_text() -> None:
    data = "\ufeffVi ser. Det är bra, och de vill.\n".encode()
    text = text_of_file(data)
    assert text is not None
    fit = infer([Spans(text, np.array([0, 9, 13]), np.array([3, 12, 15]))])
    assert fit.convention == Convention(mark=True)
    assert fit.starts == 1


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\r\nå".encode("utf-16"), "a\nå"),
        (b"a\r\r\nb", "a\n\nb"),
        ("å".encode("latin-1"), None),
        (b"", ""),
    ],
)
def test_texts_have_one_character_at_a_line_end(data: bytes, text: str | None) -> None:
    found = text_of_file(data)
    assert (found.text if found else None) == text


def test_line_ends_of_two_characters_are_remembered() -> None:
    found = text_of_file(b"ab\r\nc\nd\r\n\r\n")
    assert found is not None
    assert found.doubled.tolist() == [2, 6, 7]
    assert text_of_content("ab\nc\n").doubled.tolist() == [2, 4]


def test_a_file_and_its_own_copy_without_mark_are_one_text() -> None:
    one, other = text_of_file("\ufeffa\r\nå".encode()), text_of_file("a\nå".encode())
    assert one is not None
    assert other is not None
    assert one.fingerprint == other.fingerprint


def test_each_file_has_a_convention_of_its_own() -> None:
    planted = coded()
    other = dataclasses.replace(
        planted, given=tuple(dataclasses.replace(one, coder="bo") for one in planted.given)
    )
    found = read({"a.qdpx": qdpx(planted, NVIVO), "b.qdpx": qdpx(other, Habit("", newline="\n"))})
    assert "UTF-16" in found.found[0].notes[0]
    assert "code points" in found.found[1].notes[0]
    assert len(set(found.sheet.column("segment_id"))) < len(found.sheet.rows)
    assert all(excerpts(found))


def spans(text: str, starts: list[int], ends: list[int]) -> Spans:
    plain = Text(text, np.array([], dtype=np.int64))
    return Spans(plain, np.array(starts), np.array(ends))
