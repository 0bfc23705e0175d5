"""From measure and word to verdict: the one place where it is decided.

A verdict is supported, inconclusive, contradicted or not assessable, each with the reason as a
key that the texts word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from mapping.findings.measures import Part
from mapping.protocol import FindingRules, Word
from mapping.vocabulary import DECIMALS, NOT_ASSESSABLE, VERDICTS

CONTRADICTED, INCONCLUSIVE, SUPPORTED = VERDICTS


class Verdict(NamedTuple):
    """The verdict on a part of a finding, and why, as a key."""

    verdict: str
    reason: str


class Adjusted(NamedTuple):
    """P-values of a finding's associations after Holm, in the stated and the opposite direction."""

    p: float
    p_opposite: float


def judge(
    part: Part, rules: FindingRules, words: dict[str, Word], adjusted: Adjusted | None
) -> Verdict:
    """The verdict on a part; ``adjusted`` is that of the finding's associations, if it has any."""
    if part.hindrance:
        return Verdict(NOT_ASSESSABLE, part.hindrance)
    needed = fewest(part, rules)
    if needed is not None and (part.of or 0) < needed and part.measure != "association":
        return Verdict(NOT_ASSESSABLE, "small_population")
    judges: dict[str, Callable[[], Verdict]] = {
        "share": lambda: _share(part, rules, words[part.word or ""]),
        "existence": lambda: _existence(part),
        "commonest": lambda: _commonest(part, rules),
        "association": lambda: _association(rules, adjusted),
        "condition": lambda: _condition(part),
    }
    return judges[part.measure]()


def fewest(part: Part, rules: FindingRules) -> int | None:
    """The smallest population on which a verdict is given; None if any will do."""
    if part.measure == "association":
        return rules.tested_departments
    if part.measure == "share":
        return rules.fewest if part.fewest is None else part.fewest
    counted = part.measure == "condition" and part.of is not None
    return rules.fewest if counted else None


def _share(part: Part, rules: FindingRules, word: Word) -> Verdict:
    n, of = part.n or 0, part.of or 0
    if word.holds(n, of):
        return Verdict(SUPPORTED, "inside")
    if n == 0:
        return Verdict(CONTRADICTED, "none_at_all")
    outside = distance(Fraction(n, of), word)
    if not outside and n < word.departments:
        return Verdict(INCONCLUSIVE, "too_few_departments")
    if outside <= max(rules.band, Fraction(1, of)):
        return Verdict(INCONCLUSIVE, "near")
    return Verdict(CONTRADICTED, "beyond")


def distance(share: Fraction, word: Word) -> Fraction:
    """How far a share lies outside the range of a word; 0 inside it and at its ends."""
    lowest = max((end for end in (word.at_least, word.above) if end is not None), default=share)
    highest = share if word.at_most is None else word.at_most
    return max(lowest - share, share - highest, Fraction(0))


def _existence(part: Part) -> Verdict:
    if part.holds:
        return Verdict(SUPPORTED, "found")
    if part.unknown:
        return Verdict(INCONCLUSIVE, "perhaps_unseen")
    return Verdict(CONTRADICTED, "not_found") if part.of else Verdict(CONTRADICTED, "no_candidates")


def _commonest(part: Part, rules: FindingRules) -> Verdict:
    if part.holds:
        return Verdict(SUPPORTED, "first")
    rarely = part.p is not None and part.p < round(float(rules.first_place), DECIMALS)
    return Verdict(CONTRADICTED, "not_first") if rarely else Verdict(INCONCLUSIVE, "perhaps_first")


def _association(rules: FindingRules, adjusted: Adjusted | None) -> Verdict:
    if adjusted is None:
        return Verdict(NOT_ASSESSABLE, "outside_the_family")
    if adjusted.p < rules.significance:
        return Verdict(SUPPORTED, "significant")
    if adjusted.p_opposite < rules.significance:
        return Verdict(CONTRADICTED, "opposite")
    return Verdict(INCONCLUSIVE, "not_significant")


def _condition(part: Part) -> Verdict:
    return Verdict(SUPPORTED, "holds") if part.holds else Verdict(CONTRADICTED, "fails")


def combine(verdicts: Sequence[str]) -> str:
    """The verdict on a finding of several parts: the worst one.

    With a part that is not assessable at most inconclusive; not assessable if all parts are.
    """
    assessed = [verdict for verdict in verdicts if verdict != NOT_ASSESSABLE]
    if not assessed:
        return NOT_ASSESSABLE
    capped = assessed if len(assessed) == len(verdicts) else [*assessed, INCONCLUSIVE]
    return min(capped, key=VERDICTS.index)
