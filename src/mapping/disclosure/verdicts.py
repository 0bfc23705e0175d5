"""What a printed verdict on a finding says of the counts: a statement that may have to be hidden.

A verdict is known by its rule, which the protocol publishes: "several: supported" says that the
count is at least a fifth of its base. Where the other tables count the same departments, the
verdict is held against those cells; else against cells of its own, which nothing prints.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from mapping.disclosure.book import Book
from mapping.disclosure.counts import PARTICIPATING
from mapping.disclosure.definitions import BOTH
from mapping.disclosure.system import ONE, Cell
from mapping.protocol import Protocol, Word
from mapping.vocabulary import NOT_ASSESSABLE, TIERS, VERDICTS

Base = tuple[str, ...]
"""The cells that make up a group between them."""

CONTRADICTED, _, SUPPORTED = VERDICTS
WHOLE = "whole"

COUNTED_IN: Mapping[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("shared-exists", WHOLE): ("arrangement|shared", ("known|arrangement",)),
    ("relatively-alone", WHOLE): ("arrangement|alone", ("known|arrangement",)),
    ("self-appointed", WHOLE): ("arrangement|self_appointed", ("known|arrangement",)),
    ("needs-majority", WHOLE): ("internal|with", ("internal|with", "internal|without")),
    ("few-without", WHOLE): ("internal|without", ("internal|with", "internal|without")),
    ("feedback-many", WHOLE): ("need|feedback", ("participating",)),
    ("support-several", WHOLE): ("need|student_support", ("participating",)),
    ("recruitment-first", WHOLE): ("need|recruitment", ("participating",)),
    ("students-voice", WHOLE): ("voice|students", ("participating",)),
    ("both-sides", "internal"): ("internal|with", ("internal|with", "internal|without")),
    ("both-sides", "external"): ("external|with", ("external|with", "external|without")),
    ("three-tiers", "good"): ("tier|good", ("participating",)),
    ("three-tiers", "moderate"): ("tier|moderate", ("participating",)),
    ("three-tiers", "small"): ("tier|small", ("participating",)),
}
"""Where the tables count what a part of a finding counts: the cell, and those of its base."""

_ARRANGED = "known|arrangement"
_SINGLE = tuple(f"arrangement|{key}" for key in ("backed", "alone", "self_appointed"))

WITHIN: Mapping[tuple[str, str], tuple[Base, Base]] = {
    ("shared-strength", WHOLE): (("arrangement|shared",), ("arrangement|shared", *_SINGLE)),
    ("one-with-backing", WHOLE): (("arrangement|backed",), ("arrangement|backed",)),
    ("large-unsustainable", WHOLE): (_SINGLE, _SINGLE),
    ("origins", "organic"): (("origin|organic",), ("known|origin",)),
    ("origins", "decided"): (("origin|decided",), ("known|origin",)),
    ("origins", "individual"): (("origin|individual",), ("known|origin",)),
    ("no-job-description", WHOLE): (("known|mandate - good|mandate",), ("known|mandate",)),
    ("unclear-hurts", WHOLE): ((), ("known|mandate - good|mandate",)),
    ("consensus-buffers", WHOLE): (("good|interest",), ("known|mandate - good|mandate",)),
    ("employability-advanced", WHOLE): (("need|employability",), ("participating",)),
    ("employability-recruitment-link", WHOLE): (("need|employability",), ("participating",)),
    ("without-opt-out-or-external", "opted_out"): (("internal|without",), ("internal|without",)),
    ("without-opt-out-or-external", "external"): (("external|with",), ("internal|without",)),
    ("course-will", WHOLE): (("good|interest",), ("known|interest",)),
    ("course-will-recruitment", WHOLE): (("need|recruitment",), ("good|interest",)),
    ("no-need-no-problem", "applicants"): ((), ("internal|without",)),
    ("no-need-no-problem", "throughput"): ((), ("internal|without",)),
}
"""Findings about a part of groups that the tables count: what holds its count, and its base."""

REST_WITHIN: Mapping[str, Base] = {
    "shared-strength": _SINGLE,
    "employability-advanced": ("participating - need|employability",),
    "employability-recruitment-link": ("participating - need|employability",),
}
"""Where those are that an association compares with, beside its count."""

EXACT = ("small_group", "out_of_reach")
"""Reasons that tell of how large groups are in a way that no weighted sum can say."""

Row = Mapping[Hashable, Any]
Factors = dict[str, float]


def verdicts(book: Book, parts: pd.DataFrame, protocol: Protocol) -> None:
    """Take into the book what the verdicts on findings say; from table ``finding_parts``.

    A statement is named ``finding|<key>``. All parts of a finding are taken to be known by its
    verdict, with the reason, and where it says that one of several things is the case, the one
    that is: that is more than it says, and what is safe then is safe.
    """
    for row in parts.to_dict("records"):
        if pd.isna(row["of"]):
            _condition_alone(book, row, protocol)
            continue
        n, of = _cells(book, row)
        for factors in _said(row, n, of, protocol, book):
            book.system.states(statement(row["finding"]), factors)


def _condition_alone(book: Book, row: Row, protocol: Protocol) -> None:
    """A condition without a base: that each instrument was used is one that counts tell too."""
    if row["finding"] == "instruments" and row["verdict"] == SUPPORTED:
        for rule in protocol.instruments:
            if f"used|{rule.key}" in book.system.cells:
                factors = {f"used|{rule.key}": 1.0, ONE: -1.0}
                book.system.states(statement("instruments"), factors)


def statement(finding: str) -> str:
    """The name of what a finding's verdict says."""
    return f"finding|{finding}"


def _cells(book: Book, row: Row) -> tuple[str, Base]:
    """The cells of a part's count and of its base; those of its own if no table has them.

    A part that counts nothing has the base alone.
    """
    cells = book.system.cells
    n, of = COUNTED_IN.get((row["finding"], row["part"]), ("", ()))
    if n in cells and {*of} <= cells.keys():
        return n, of
    own = f"finding|{row['finding']}|{row['part']}"
    n, base = f"{own}|n", f"{own}|of"
    inside, around = WITHIN.get((row["finding"], row["part"]), ((), ()))
    book.system.add(base, Cell(int(row["of"]), "derived"))
    book.system.limited(base, [PARTICIPATING])
    if f"known|{row['part']}" in cells:  # an association for each of several conditions
        book.system.limited(base, [f"known|{row['part']}"])
    if around and {*around} <= cells.keys():
        book.system.limited(base, around)
    if pd.isna(row["n"]):
        return base, (base,)
    book.system.add(n, Cell(int(row["n"]), "derived"))
    rest = book.system.part(n, base)
    if inside and {*inside} <= cells.keys():
        book.system.limited(n, inside)
    beside = REST_WITHIN.get(row["finding"], ())
    if beside and {*beside} <= cells.keys():
        book.system.limited(rest, beside)
    return n, (base,)


def _said(row: Row, n: str, of: Base, protocol: Protocol, book: Book) -> Iterator[Factors]:
    """Weighted sums of cells that are at least 0 if the verdict is what it is."""
    if row["verdict"] == NOT_ASSESSABLE:
        yield from _why_not(row, n, of, book)
        return
    if pd.notna(row["fewest"]):
        yield dict.fromkeys(of, 1.0) | {ONE: -float(row["fewest"])}
    if row["measure"] == "share":
        yield from _share(row, n, of, protocol)
    elif row["measure"] == "existence":
        yield {n: 1.0, ONE: -1.0} if row["verdict"] == SUPPORTED else {n: -1.0}
    elif row["measure"] == "commonest":
        yield from _commonest(row, n, protocol, book)
    elif row["measure"] == "association":
        yield from _compared(row, n, of, protocol, book)
    elif row["measure"] == "condition":
        yield from _condition(row, n, protocol, book)


def _why_not(row: Row, n: str, of: Base, book: Book) -> Iterator[Factors]:
    if row["reason"] in ("small_population", "few_departments"):
        yield {ONE: float(row["fewest"] - 1)} | dict.fromkeys(of, -1.0)
    elif row["reason"] == "nobody_names_any":
        yield from (
            {cell: -1.0} for cell in _rivals(book, "voice" if n.startswith("voice|") else "need")
        )
    elif row["reason"] in EXACT:
        yield from _exactly({n: 1.0}, row["n"])
        yield from _exactly(dict.fromkeys(of, 1.0), row["of"])


def _exactly(factors: Factors, count: Any) -> Iterator[Factors]:
    """Two sums that hold only if the cells together are this many."""
    if pd.notna(count):
        yield factors | {ONE: -float(count)}
        yield {name: -factor for name, factor in factors.items()} | {ONE: float(count)}


def _rivals(book: Book, kind: str) -> list[str]:
    """The counts of all needs, or all voices."""
    cells = dict.fromkeys(entry.cell for entry in book.entries)
    return [cell for cell in cells if cell.startswith(f"{kind}|") and cell.count("|") == 1]


def _commonest(row: Row, n: str, protocol: Protocol, book: Book) -> Iterator[Factors]:
    """It is before all others, or the four before what is listed apart; else one is before it."""
    cells = book.system.cells
    other = f"need|{protocol.need_rules.listed_apart}"
    if n in _rivals(book, n.partition("|")[0]):
        ahead, behind = [n], [cell for cell in _rivals(book, n.partition("|")[0]) if cell != n]
    else:
        ahead, behind = [cell for cell in _rivals(book, "need") if cell != other], [other]
    if row["verdict"] == SUPPORTED:
        yield from ({a: 1.0, b: -1.0, ONE: -1.0} for a in ahead for b in behind)
    elif {*ahead, *behind} <= cells.keys() and ahead and behind:
        first = max(behind, key=lambda cell: cells[cell].count)
        last = min(ahead, key=lambda cell: cells[cell].count)
        yield {first: 1.0, last: -1.0}


def _compared(row: Row, n: str, of: Base, protocol: Protocol, book: Book) -> Iterator[Factors]:
    """Both groups are large enough; that two needs go together tells how many have both."""
    if pd.isna(row["n"]):
        return
    fewest = float(protocol.finding_rules.tested_group)
    yield {n: 1.0, ONE: -fewest}
    yield dict.fromkeys(of, 1.0) | {n: -1.0, ONE: -fewest}
    both = f"{BOTH}|employability|recruitment"
    if row["finding"] == "employability-recruitment-link" and both in book.system.cells:
        yield from _exactly({both: 1.0}, book.system.cells[both].count)


def _condition(row: Row, n: str, protocol: Protocol, book: Book) -> Iterator[Factors]:
    """Each tier is large enough; so many kinds of arrangement have enough departments."""
    rules, cells = protocol.finding_rules, book.system.cells
    holds = row["verdict"] == SUPPORTED
    if n.startswith("tier|"):
        share = {f"tier|{tier}": -float(rules.tier_share) for tier in TIERS}
        share[n] += 1.0
        enough = [{n: 1.0, ONE: -float(rules.each_departments)}, share]
        if holds:
            yield from enough
        elif cells[n].count < rules.each_departments:
            yield {n: -1.0, ONE: float(rules.each_departments - 1)}
        else:
            yield {name: -factor for name, factor in share.items()}
    elif (row["finding"], row["part"]) == ("degrees-differ", "arrangement"):
        kinds = [name for name in cells if name.startswith("arrangement|")]
        kinds = sorted((k for k in kinds if " - " not in k), key=lambda k: -cells[k].count)
        fewest = float(rules.each_departments)
        if holds:
            yield from ({k: 1.0, ONE: -fewest} for k in kinds[: rules.kinds])
        else:
            yield from ({k: -1.0, ONE: fewest - 1} for k in kinds[rules.kinds - 1 :])


def _share(row: Row, n: str, of: Base, protocol: Protocol) -> Iterator[Factors]:
    """On which side of the word's range the share lies, and how far at most or at least."""
    word, count, base = protocol.ranges[row["word"]], int(row["n"]), int(row["of"])
    low = max((end for end in (word.at_least, word.above) if end is not None), default=None)
    near = max(float(protocol.finding_rules.band) * base, 1.0)
    beyond = row["verdict"] == CONTRADICTED
    below = low is not None and (count < low * base or (count == low * base and _strict(word)))
    above = word.at_most is not None and count > word.at_most * base
    if row["verdict"] == SUPPORTED or not (below or above):
        yield from _inside(n, of, low, word)
        if row["verdict"] == SUPPORTED:
            yield {n: 1.0, ONE: -float(word.departments)}
        else:
            yield {n: -1.0, ONE: float(max(word.departments - 1, 0))}
    elif below and low is not None:
        if count == 0:
            yield {n: -1.0, ONE: max(float(low) * base - near, 0.0)}
        else:
            yield _over(n, of, low, -1.0, -near if beyond else 0.0)
            if not beyond:
                yield _over(n, of, low, 1.0, near)
    elif word.at_most is not None:
        yield _over(n, of, word.at_most, 1.0, -near if beyond else 0.0)
        if not beyond:
            yield _over(n, of, word.at_most, -1.0, near)


def _inside(n: str, of: Base, low: Fraction | None, word: Word) -> Iterator[Factors]:
    if low is not None:
        yield _over(n, of, low, 1.0, -1 / low.denominator if _strict(word) else 0.0)
    if word.at_most is not None:
        yield _over(n, of, word.at_most, -1.0)


def _strict(word: Word) -> bool:
    """Whether the lower end of the word's range is no part of it."""
    return word.above is not None and (word.at_least is None or word.above >= word.at_least)


def _over(n: str, of: Base, share: Fraction, sign: float, more: float = 0.0) -> Factors:
    """How far the count is over the share of its base (sign 1) or under it (-1), and more."""
    factors = dict.fromkeys(of, -sign * float(share))
    return factors | {n: factors.get(n, 0.0) + sign, ONE: more}
