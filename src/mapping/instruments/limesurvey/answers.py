"""What the answers in an export stand for: codes or texts, Swedish or English, as we name them.

A text is read as what it surely means. Where the file itself says what its codes stand for (the
questionnaire that was asked, value labels, labels of a factor), these labels decide, and never a
code or number that is like one of ours. One that could mean two answers is told as such, and so is
one whose label is not known; a text that means none is left as it stands, for the reader of the
contract's table to refuse it in its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mapping.instruments.limesurvey.questionnaire import Question, plain
from mapping.instruments.limesurvey.structure import ENDS
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

_NUMBER = re.compile(r"(?:([1-5])(?!\w))?[\W_]*(.*?)[\W_]*", re.DOTALL)
"""The label of such an answer: a number, words, or both: 1, inte alls, 1 = inte alls."""

VALUE_LABELS = "value labels"
"""The type of a question that is known by its labels alone; not all of its answers may have one."""

Meanings = dict[str, set[str]]
"""The answers that a text may stand for; the texts are folded."""


@dataclass(frozen=True)
class Answers:
    """How a column's texts are read, all folded: what each means, and which mean two answers.

    ``unknown`` are those whose meaning the file tells by a label that is not known, with the
    label; blank if it has labels, but none for this one. ``converted`` are numbers that are read
    as LimeSurvey converts yes and no.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    unsure: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    converted: frozenset[str] = frozenset()

    def of(self, text: str) -> str | None:
        """The answer that ``text`` surely is; None if there is none."""
        return self.known.get(folded(text)) if self.known else None

    def doubts(self, text: str) -> tuple[str, ...]:
        """The answers between which ``text`` cannot tell; none if it is sure, or unknown."""
        return self.unsure.get(folded(text), ()) if self.unsure else ()

    def label(self, text: str) -> str | None:
        """The label of ``text``, which is not known; None if it has none or stands for itself."""
        return self.unknown.get(folded(text)) if self.unknown else None


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
    named = {folded(code): value for code, value in item.answers}
    given = {folded(text): named.get(folded(answer), answer) for text, answer in said.items()}
    asked = _Asked(frozenset(map(folded, texts)), _labels(lss), _is_whole(lss), given)
    read = _READERS[item.type](item, asked, own)
    missing = {text: "" for text in MISSING if text not in read.unsure}
    return Answers(
        missing | {**read.known} | given,
        {text: doubts for text, doubts in read.unsure.items() if text not in given},
        {text: label for text, label in read.unknown.items() if text not in missing | given},
        read.converted - given.keys(),
    )


@dataclass(frozen=True)
class _Asked:
    """A column's distinct ``texts`` and what the file says of them, all folded.

    ``labels`` are what each answer is called, by its code, if the file tells; ``whole`` is true if
    it tells all answers that there are. ``given`` are the answers by study.toml.
    """

    texts: frozenset[str]
    labels: Mapping[str, frozenset[str]]
    whole: bool
    given: Mapping[str, str]

    @property
    def is_told(self) -> bool:
        """Whether the file says what any answer is called."""
        return any(self.labels.values())

    def meanings(self, known: Callable[[str], set[str]]) -> Meanings:
        """What each code means: by study.toml, or else by what is ``known`` of its labels."""
        said = {text: {answer} for text, answer in self.given.items()}
        missing = {text: {""} for text in MISSING}
        return {
            code: said.get(code)
            or {one for text in texts for one in said.get(text) or missing.get(text) or known(text)}
            for code, texts in self.labels.items()
        }

    def unknown(self, codes: Iterable[str]) -> dict[str, str]:
        """The codes, and what they are called, with what the user is shown of it."""
        called = {code: self.labels.get(code, frozenset()) for code in codes}
        texts = {text: text for own in called.values() for text in own}
        return texts | {code: " / ".join(sorted(own)) for code, own in called.items()}


def _labels(lss: Question | None) -> dict[str, frozenset[str]]:
    """The labels of each answer by its code; if all merely repeat the codes they say nothing."""
    answers = [answer for answer in (lss.answers if lss else ()) if not answer.scale]
    labels = {
        folded(answer.code): frozenset(map(folded, answer.texts.values())) - {""}
        for answer in answers
    }
    tells = any(texts - {code} for code, texts in labels.items())
    return labels if tells else dict.fromkeys(labels, frozenset())


def _is_whole(lss: Question | None) -> bool:
    return lss is not None and lss.type != VALUE_LABELS


def _yes_no(item: Item, asked: _Asked, _own: Question | None) -> Answers:
    """Y or N by word or number; by the words of its answers, if the file has some."""
    words = dict.fromkeys(YES, "Y") | dict.fromkeys(NO, "N")
    known = {text: {_boxed(item, answer)} for text, answer in words.items()}
    if asked.is_told:
        return _by_labels(known, {}, CONVERTED, asked)
    if {"0", "2"} <= asked.texts - asked.given.keys():  # LimeSurvey has one number for no
        return replace(_settled(known), unsure=dict.fromkeys(CONVERTED, ("Y", "N")))
    numbers = {number: {_boxed(item, answer)} for number, answer in CONVERTED.items()}
    return replace(_settled(numbers | known), converted=frozenset(CONVERTED))


def _boxed(item: Item, answer: str) -> str:
    """A box that is not ticked is blank."""
    return "" if item.type == "multiple" and answer == "N" else answer


def _listed(item: Item, asked: _Asked, own: Question | None) -> Answers:
    """An answer of a list by its code or text, or by our own value.

    Where the file tells what its codes stand for, codes and values that are numbers say nothing.
    """
    codes = {folded(code): value for code, value in item.answers}
    known: Meanings = {}
    for code, text in _said(own):
        known.setdefault(text, set()).add(codes[code])
    values = {folded(value): {value} for value in codes.values()}
    if not asked.is_told:
        return _settled(values | known | {code: {value} for code, value in codes.items()})
    numbers = {text: answer for text, answer in values.items() if text.isdigit()}
    words = {text: answer for text, answer in values.items() if text not in numbers}
    return _by_labels(words | known, numbers, {*codes, *numbers}, asked)


def _by_labels(known: Meanings, numbers: Meanings, bare: Iterable[str], asked: _Asked) -> Answers:
    """The answers by what the file calls them.

    ``known`` are texts with their answers, ``numbers`` those that a label alone may be. ``bare``
    are codes and numbers that mean nothing here without a label.
    """
    meant = asked.meanings(lambda text: known.get(text) or numbers.get(text) or set())
    sharing = Counter(text for texts in asked.labels.values() for text in texts)
    found = {text: set(answer) for text, answer in known.items() if text not in asked.labels}
    for code, answer in meant.items():
        for text in asked.labels[code] if answer else ():
            own = known.get(text) or numbers.get(text) or answer
            found[text] = found.get(text, set()) | own | (answer if sharing[text] > 1 else set())
    for code, answer in meant.items():
        found[code] = found.get(code, set()) | answer
    lost = [code for code, answer in meant.items() if not answer]
    lost += [text for text in bare if text in asked.texts and text not in found]
    return _with_unknown(found, asked, lost)


def _with_unknown(found: Meanings, asked: _Asked, lost: Iterable[str]) -> Answers:
    unknown = asked.unknown(lost)
    settled = _settled({text: answers for text, answers in found.items() if answers})
    sure = settled.known.keys() | settled.unsure.keys()
    return replace(settled, unknown={t: label for t, label in unknown.items() if t not in sure})


def _likert(_item: Item, asked: _Asked, _own: Question | None) -> Answers:
    """1 to 5; of answers of the file's own, what they are called, if that tells the direction.

    Labels are known if all are numbers, or the words for the ends of the protocol's scale; what
    lies between is known by its code if both ends are. Answers without labels are known by their
    codes. There must be five, numbered from 1 to 5: another scale is none of ours.
    """
    plain_numbers = [str(number) for number in range(1, 6)]
    if not asked.labels:
        return _settled({number: {number} for number in plain_numbers})
    said = asked.meanings(lambda _text: set())
    numbers = _numbers([code for code, answer in said.items() if answer <= {*plain_numbers}])
    if asked.whole and sorted(numbers.values()) != plain_numbers:
        numbers = {}
    meant = asked.meanings(_on_scale)
    if not numbers:
        meant = said
    elif _is_straight(numbers, meant, asked):
        meant = {code: answer or {numbers[code]} for code, answer in meant.items()}
        meant |= {number: {number} for number in plain_numbers if number not in meant}
    elif not all(meant.values()):  # numbers with words unknown at one end may run either way
        meant = asked.meanings(lambda text: set() if text.isdigit() else _on_scale(text))
    found: Meanings = {}
    for code, answer in meant.items():
        for text in (code, *asked.labels.get(code, ())):
            found[text] = found.get(text, set()) | answer
    lost = [code for code, answer in meant.items() if not answer]
    lost += [number for number in plain_numbers if number in asked.texts and number not in found]
    return _with_unknown(found, asked, lost)


def _numbers(codes: Sequence[str]) -> dict[str, str]:
    """The number of each answer by its code; none if not each has one of its own."""
    found = {code: match[1] for code in codes if (match := _NUMBERED.fullmatch(code))}
    sound = len(found) == len(codes) == len(set(found.values()))
    return found if sound else {}


def _on_scale(label: str) -> set[str]:
    """The number that a label is, and that of the end of the scale that it names."""
    match = _NUMBER.fullmatch(label)
    number, words = match.groups() if match else (None, label)
    if words and words not in ENDS:
        return set()
    return {one for one in (number, ENDS.get(words)) if one}


def _is_straight(numbers: Mapping[str, str], meant: Meanings, asked: _Asked) -> bool:
    """Whether the numbers in the codes surely are the answers: by both ends, or without labels."""
    if not numbers:
        return False
    against = any(meant[code] not in ({number}, set()) for code, number in numbers.items())
    ends = {number for code, number in numbers.items() if meant[code]} >= {"1", "5"}
    return not against and (ends or not asked.is_told)


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


_READERS: Mapping[str, Callable[[Item, _Asked, Question | None], Answers]] = {
    "likert5": _likert,
    "multiple": _yes_no,
    "yes_no": _yes_no,
    "level": _listed,
    "single": _listed,
}
