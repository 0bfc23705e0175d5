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
from mapping.disclosure.system import ONE, Cell
from mapping.protocol import Protocol, Word
from mapping.vocabulary import NOT_ASSESSABLE, VERDICTS

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

PART_OF: Mapping[str, str] = {"one-with-backing": "arrangement|backed"}
"""Findings about a part of a group that the tables count."""

MEASURED = ("share", "existence", "commonest", "condition")
"""The measures whose verdict says something of a count."""

Row = Mapping[Hashable, Any]
Factors = dict[str, float]
Base = tuple[str, ...]
"""The cells that make up a base between them."""


def verdicts(book: Book, parts: pd.DataFrame, protocol: Protocol) -> None:
    """Take into the book what the verdicts on findings say; from table ``finding_parts``.

    A statement is named ``finding|<key>``. All parts of a finding are taken to be known by its
    verdict, which is more than it says.
    """
    measured = parts[parts["measure"].isin(MEASURED) & parts["n"].notna() & parts["of"].notna()]
    for row in measured.to_dict("records"):
        n, of = _cells(book, row)
        for factors in _said(row, n, of, protocol, book):
            book.system.states(statement(row["finding"]), factors)


def statement(finding: str) -> str:
    """The name of what a finding's verdict says."""
    return f"finding|{finding}"


def _cells(book: Book, row: Row) -> tuple[str, Base]:
    """The cells of a part's count and of its base; those of its own if no table has them."""
    cells = book.system.cells
    n, of = COUNTED_IN.get((row["finding"], row["part"]), ("", ()))
    if {n, *of} <= cells.keys():
        return n, of
    own = f"finding|{row['finding']}|{row['part']}"
    n, base = f"{own}|n", f"{own}|of"
    book.system.add(base, Cell(int(row["of"]), "derived"))
    book.system.add(n, Cell(int(row["n"]), "derived"))
    book.system.part(n, base)
    book.system.limited(base, ["participating"])
    if row["finding"] in PART_OF and PART_OF[row["finding"]] in cells:
        book.system.limited(n, [PART_OF[row["finding"]]])
    return n, (base,)


def _said(row: Row, n: str, of: Base, protocol: Protocol, book: Book) -> Iterator[Factors]:
    """Weighted sums of cells that are at least 0 if the verdict is what it is."""
    if row["verdict"] == NOT_ASSESSABLE:
        if row["reason"] == "small_population":
            yield {ONE: float(row["fewest"] - 1)} | dict.fromkeys(of, -1.0)
    elif row["measure"] == "share":
        yield from _share(row, n, of, protocol)
    elif row["measure"] == "existence":
        yield {n: 1.0, ONE: -1.0} if row["verdict"] == SUPPORTED else {n: -1.0}
    elif row["verdict"] == SUPPORTED and row["measure"] == "commonest":
        kind, _, _ = n.partition("|")
        rivals = [entry.cell for entry in book.entries if entry.cell.startswith(f"{kind}|")]
        yield from (
            {n: 1.0, rival: -1.0, ONE: -1.0}
            for rival in rivals
            if rival.count("|") == 1 and rival != n
        )
    elif row["verdict"] == SUPPORTED and n.startswith("tier|"):
        yield {n: 1.0, ONE: -float(protocol.finding_rules.each_departments)}


def _share(row: Row, n: str, of: Base, protocol: Protocol) -> Iterator[Factors]:
    """On which side of the word's range the share lies, and how far at most or at least."""
    word, count, base = protocol.ranges[row["word"]], int(row["n"]), int(row["of"])
    low = max((end for end in (word.at_least, word.above) if end is not None), default=None)
    near = max(float(protocol.finding_rules.band) * base, 1.0)
    beyond = row["verdict"] == CONTRADICTED
    below = low is not None and count < low * base
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
        yield _over(n, of, low, 1.0)
    if word.at_most is not None:
        yield _over(n, of, word.at_most, -1.0)


def _over(n: str, of: Base, share: Fraction, sign: float, more: float = 0.0) -> Factors:
    """How far the count is over the share of its base (sign 1) or under it (-1), and more."""
    factors = dict.fromkeys(of, -sign * float(share))
    return factors | {n: factors.get(n, 0.0) + sign, ONE: more}
