"""What the answers in an export stand for: codes or texts, Swedish or English, as we name them.

A text is read as what it surely means. One that could mean two answers is told as such; one that
means none is left as it stands, for the reader of the contract's table to refuse it in its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mapping.instruments.limesurvey.questionnaire import Question, plain
from mapping.instruments.sheet import composed
from mapping.protocol import Item

MISSING = (
    "",
    "n/a",
    "ej tillämpbar",
    "ej tillämpligt",
    "no answer",
    "inget svar",
    "{question_not_shown}",
)
"""What LimeSurvey writes for a question without an answer."""

YES = ("y", "yes", "ja")
NO = ("n", "no", "nej", "not selected", "ej vald", "ej valt", "inte vald", "inte valt")

CONVERTED = {"1": "Y", "2": "N", "0": "N"}
"""What Y and N become by 'Convert Y to: 1' and 'Convert N to: 2' (or 0)."""

_NUMBERED = re.compile(r"[A-Za-z]*0*([1-5])")
"""The code of an answer on a scale of five: 1, A1, AO01."""


@dataclass(frozen=True)
class Answers:
    """How a column's texts are read, all folded: what each means, and which mean two answers."""

    known: Mapping[str, str] = field(default_factory=dict)
    unsure: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, text: str) -> str | None:
        """The answer that ``text`` surely is; None if there is none."""
        return self.known.get(folded(text))

    def doubts(self, text: str) -> tuple[str, ...]:
        """The answers between which ``text`` cannot tell; none if it is sure, or unknown."""
        return self.unsure.get(folded(text), ())


def folded(text: str) -> str:
    """A text as it is compared: without HTML, in one case, with single spaces."""
    return composed(plain(text).casefold())


def answers_of(
    item: Item,
    texts: Iterable[str],
    own: Question | None,
    lss: Question | None,
    said: Mapping[str, str],
) -> Answers:
    """How the column of ``item`` is read, which has these distinct ``texts``.

    ``own`` is the item's question in the protocol's questionnaire, ``lss`` the one in the
    questionnaire that was asked, if it is known. ``said`` are the answers of study.toml by the
    file's text: they go before all else, and may be our answer or its code.
    """
    read = _READERS[item.type](item, frozenset(map(folded, texts)), own, lss)
    named = {folded(code): value for code, value in item.answers}
    given = {folded(text): named.get(folded(answer), answer) for text, answer in said.items()}
    missing = {text: "" for text in MISSING if text not in read.unsure}
    unsure = {text: doubts for text, doubts in read.unsure.items() if text not in given}
    return Answers(missing | {**read.known} | given, unsure)


def _yes_no(
    item: Item, texts: frozenset[str], _own: Question | None, lss: Question | None
) -> Answers:
    """Y or N by word or number; by the words of its answers, if the question is a list."""
    words = dict.fromkeys(YES, "Y") | dict.fromkeys(NO, "N")
    asked = {code: words[text] for code, text in _said(lss) if text in words}
    known = {text: _boxed(item, answer) for text, answer in (words | asked).items()}
    if {"0", "2"} <= texts - asked.keys():  # two numbers for no are not LimeSurvey's own
        return Answers(known, dict.fromkeys(CONVERTED, ("Y", "N")))
    numbers = {number: _boxed(item, answer) for number, answer in CONVERTED.items()}
    return Answers(numbers | known)


def _boxed(item: Item, answer: str) -> str:
    """A box that is not ticked is blank."""
    return "" if item.type == "multiple" and answer == "N" else answer


def _likert(
    _item: Item, _texts: frozenset[str], _own: Question | None, lss: Question | None
) -> Answers:
    """1 to 5; of an array with answers of its own, the number that the answer's code ends in."""
    meant = {str(number): {str(number)} for number in range(1, 6)}
    asked = lss.answers if lss else ()
    numbered = [
        (found.group(1), answer) for answer in asked if (found := _NUMBERED.fullmatch(answer.code))
    ]
    if sorted(number for number, _ in numbered) == list("12345"):
        for number, answer in numbered:
            for text in (answer.code, *answer.texts.values()):
                meant.setdefault(folded(text), set()).add(number)
    return _settled(meant)


def _listed(
    item: Item, _texts: frozenset[str], own: Question | None, lss: Question | None
) -> Answers:
    """An answer of a list by its code or text, here or in the .lss, or by our own value.

    Where the .lss has a code of ours with the text of another answer, the code is unsure; where
    it has a text for several answers, the text is.
    """
    codes = {folded(code): value for code, value in item.answers}
    found = {code: {value} for code, value in codes.items()}
    for code, text in _said(own):
        found.setdefault(text, set()).add(codes[code])
    by_text = {text: set(values) for text, values in found.items() if text not in codes}
    sharing = Counter(text for _, text in _said(lss))
    for code, text in _said(lss):
        by_code = {codes[code]} if code in codes else set()
        meant = by_text.get(text, by_code)
        own_too = by_code or {code} if sharing[text] > 1 else set()
        found[text] = found.get(text, set()) | meant | own_too
        found[code] = found.get(code, set()) | (by_code & meant or meant)
    values = {folded(value): {value} for value in codes.values()}
    return _settled(values | found)


def _said(question: Question | None) -> Iterator[tuple[str, str]]:
    """Each answer's code with each of its texts, both folded."""
    for answer in question.answers if question else ():
        for text in {folded(text) for text in answer.texts.values()}:
            yield folded(answer.code), text


def _settled(found: Mapping[str, set[str]]) -> Answers:
    """Sure where there is one answer, unsure where there are several; a blank text is missing."""
    return Answers(
        {text: next(iter(values)) for text, values in found.items() if text and len(values) == 1},
        {text: tuple(sorted(several)) for text, several in found.items() if len(several) > 1},
    )


_READERS: Mapping[
    str, Callable[[Item, frozenset[str], Question | None, Question | None], Answers]
] = {
    "likert5": _likert,
    "multiple": _yes_no,
    "yes_no": _yes_no,
    "level": _listed,
    "single": _listed,
}
