"""The open edition attacked, with linear programmes of the tests' own as judge.

Who attacks has the printed counts and knows which sums hold; the sums are written here anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest
from attacked import FACULTIES, FIVE, NOBODY, TIERS, study_of
from published import Judge

from mapping.disclosure.counts import OTHER_FACULTIES, counted, faculties, pooled
from mapping.disclosure.earlier import Edition
from mapping.disclosure.edition import Opened, cells, change, findings, opened
from mapping.errors import DataError

Place = tuple[str, str, str]

SMALL_TIERS = [
    ("Norra", "good", 6), ("Norra", "moderate", 7), ("Norra", "small", 2),
    ("Södra", "good", 8), ("Södra", "moderate", 6), ("Södra", "small", 6),
    ("Västra", "good", 5), ("Västra", "moderate", 9), ("Västra", "small", 7),
]  # fmt: skip
"""Departments by faculty and tier: the small ones of the north are a group of two."""


def printed(table: pd.DataFrame) -> dict[Place, int]:
    """What an attacker reads in the table ``open_cells``."""
    rows = table[~table["hidden"]]
    places = zip(rows["table"], rows["row"], rows["column"], strict=True)
    return dict(zip(places, rows["count"].astype(int), strict=True))


def name(*place: str) -> str:
    return "/".join(place)


def sums(frame: Mapping[str, int], year: str = "") -> list[tuple[str, list[str]]]:
    """Tiers, faculties and who took part, as they belong together."""
    keys = [*TIERS, "unclassified"]
    made = [(f"{year}took/{f}", [f"{year}tiers_by_faculty/{f}/{t}" for t in keys]) for f in frame]
    made += [
        (f"{year}tiers/{t}/departments", [f"{year}tiers_by_faculty/{f}/{t}" for f in frame])
        for t in keys
    ]
    made += [
        (f"{year}took/all", [f"{year}took/{f}" for f in frame]),
        (f"{year}took/all", [f"{year}tiers/{t}/departments" for t in keys]),
        *((f"{year}frame/{f}", [f"{year}took/{f}", f"{year}absent/{f}"]) for f in frame),
    ]
    return made


def told(table: pd.DataFrame, frame: Mapping[str, int], year: str = "") -> dict[str, int]:
    """The printed counts under the names of :func:`sums`, and the register, which is no secret."""
    read = {}
    for (kind, row, column), count in printed(table).items():
        if kind == "participation":
            read[f"{year}took/{row}"] = count
        else:
            read[year + name(kind, row, column)] = count
    return read | {f"{year}frame/{faculty}": count for faculty, count in frame.items()}


def opening(study: Any, *before: Edition, same: tuple[Edition, ...] = ()) -> Opened:
    return opened(study, NOBODY, same, before)


@cache
def small_tiers() -> tuple[Any, Opened]:
    """A study and its open edition, which many tests attack."""
    study = study_of(SMALL_TIERS)
    return study, opening(study)


def edition_of(study: Any, made: Opened, year: int) -> Edition:
    return Edition(year, cells(made), findings(made, study.findings), faculties(study))


def widths(judge: Judge, table: pd.DataFrame, kinds: tuple[str, ...]) -> dict[str, float]:
    """How far apart the ends are between which each hidden count of these tables can lie."""
    rows = table[table["hidden"] & table["table"].isin(kinds)]
    keys = {"participation": lambda r: f"took/{r.row}"}
    names = [
        keys.get(row.table, lambda r: name(r.table, r.row, r.column))(row)
        for row in rows.itertuples()
    ]
    return {each: judge.width(each) for each in names}


KINDS = ("participation", "tiers", "tiers_by_faculty")


def test_tier_by_faculty_hidden_alone_is_given_away_by_the_margins() -> None:
    """What the attack is: without further cells hidden the judge finds the two departments."""
    study = study_of(SMALL_TIERS)
    frame = faculties(study).value_counts().to_dict()
    book = counted(study)
    read = {}
    for entry in book.entries:
        if entry.table in KINDS:
            key = f"took/{entry.row}" if entry.table == "participation" else name(*entry[:3])
            read[key] = book.system.cells[entry.cell].count
    del read["tiers_by_faculty/Norra/small"]
    judge = Judge(sums(frame), read | {f"frame/{f}": n for f, n in frame.items()})
    assert judge.interval("tiers_by_faculty/Norra/small") == pytest.approx((2, 2))


def test_margins_and_tier_by_faculty() -> None:
    study, made = small_tiers()
    table = cells(made)
    frame = faculties(study).value_counts().to_dict()
    judge = Judge(sums(frame), told(table, frame))
    found = widths(judge, table, KINDS)
    assert "tiers_by_faculty/Norra/small" in found
    assert min(found.values()) >= 5 - 1e-6


def test_whoever_took_no_part_is_a_count_too() -> None:
    """14 of 15 says of one department that it did not."""
    study = study_of([*SMALL_TIERS, ("Norra", None, 1)])
    table = cells(opening(study))
    frame = faculties(study).value_counts().to_dict()
    judge = Judge(sums(frame), told(table, frame))
    for faculty in frame:
        assert judge.width(f"absent/{faculty}") >= 1, faculty
    assert judge.width("absent/Norra") >= 5 - 1e-6


def test_a_faculty_of_one_is_shown_with_others() -> None:
    study = study_of([*SMALL_TIERS, ("Ensamma", "good", 1)])
    shown = set(faculties(study))
    assert "Ensamma" not in shown
    assert OTHER_FACULTIES in shown
    table = cells(opening(study))
    assert "Ensamma" not in set(table["row"])


@pytest.mark.parametrize(
    ("sizes", "together"),
    [
        ({"A": 9, "B": 9}, set()),
        ({"A": 5, "B": 9}, set()),
        ({"A": 4, "B": 9, "C": 8}, {"A", "C"}),
        ({"A": 1, "B": 4, "C": 8}, {"A", "B"}),
        ({"A": 2, "B": 2}, {"A", "B"}),
    ],
)
def test_small_faculties_are_put_together(sizes: dict[str, int], together: set[str]) -> None:
    names = [faculty for faculty, size in sizes.items() for _ in range(size)]
    made = pooled(pd.Series(names), 5)
    assert set(pd.Series(names)[made == OTHER_FACULTIES]) == together


def test_no_count_below_the_minimum_is_shown_and_none_is_shown_as_zero() -> None:
    table = cells(small_tiers()[1])
    assert (table.loc[~table["hidden"], "count"] >= 5).all()
    assert table.loc[table["hidden"], "count"].isna().all()
    assert (table["of"].dropna() >= 5).all()


def test_the_difference_of_every_count_to_its_base_can_be_many_things() -> None:
    """Complements: of the counts that are shown with their base, none leaves one to four."""
    table = cells(opening(study_of(SMALL_TIERS, absent=3)))
    both = table.dropna(subset=["count", "of"])
    left = both["of"] - both["count"]
    assert not left.between(0, 4).any()


def test_two_years_subtracted() -> None:
    """One department is new and all others are as they were: its tier is the difference."""
    before, first = small_tiers()
    after = study_of([*SMALL_TIERS, ("Norra", "good", 1)], year=2021)
    made = opening(after, edition_of(before, first, 2020))
    frames = [faculties(study).value_counts().to_dict() for study in (before, after)]
    then = told(cells(first), frames[0], "then/")
    now = told(cells(made), frames[1])
    judge = Judge(
        [*sums(frames[0], "then/"), *sums(frames[1]), *flows(frames)],
        then
        | now
        | {f"gone/{f}": 0 for f in frames[0]}
        | {f"new/{f}": int(f == "Norra") for f in frames[1]},
    )
    for tier in (*TIERS, "unclassified", "absent"):
        assert judge.interval(f"new/Norra/{tier}") == pytest.approx((0, 1)), tier
    assert min(widths(judge, cells(made), KINDS).values()) >= 5 - 1e-6
    hidden_then = widths(judge, cells(first).assign(table=lambda t: "then/" + t["table"]),
                         tuple(f"then/{kind}" for kind in KINDS))  # fmt: skip
    assert min(w for k, w in hidden_then.items() if "tiers" in k) >= 5 - 1e-6


def flows(frames: list[dict[str, int]]) -> list[tuple[str, list[str]]]:
    """Between the years: from each tier of a faculty to each, gone since, and new."""
    states = [*TIERS, "unclassified", "absent"]
    made = []
    for f in frames[1]:
        cell = {s: f"tiers_by_faculty/{f}/{s}" if s != "absent" else f"absent/{f}" for s in states}
        for s in states:
            out = [f"flow/{f}/{s}/{u}" for u in states]
            into = [f"flow/{f}/{t}/{s}" for t in states]
            made.append((f"then/{cell[s]}", [*out, f"gone/{f}/{s}"]))
            made.append((cell[s], [*into, f"new/{f}/{s}"]))
        made.append((f"gone/{f}", [f"gone/{f}/{s}" for s in states]))
        made.append((f"new/{f}", [f"new/{f}/{s}" for s in states]))
    return made


def test_the_same_year_made_again_is_the_same_edition() -> None:
    """Two patterns of hidden cells over the same data would each show what the other hides."""
    study, first = small_tiers()
    again = opening(study, same=(edition_of(study, first, 2020),))
    pd.testing.assert_frame_equal(cells(again), cells(first))
    pd.testing.assert_frame_equal(findings(again, study.findings), findings(first, study.findings))


@pytest.mark.parametrize(
    "now",
    [
        [*SMALL_TIERS[:-1], ("Västra", "small", 6)],
        [*SMALL_TIERS, ("Västra", "small", 1)],
        [*SMALL_TIERS[:-2], ("Västra", "moderate", 8), ("Västra", "small", 8)],
        [*SMALL_TIERS, ("Norra", None, 1)],
    ],
    ids=["one gone", "one late", "one corrected", "one more that is not in"],
)
def test_of_two_editions_of_a_year_a_department_would_be_the_difference(now: list[Any]) -> None:
    """So there is no second one: its counts less those of the first are that department."""
    study, made = small_tiers()
    first = edition_of(study, made, 2020)
    other = study_of(now)
    book = counted(other)
    counts = {entry[:3]: book.system.cells[entry.cell].count for entry in book.entries}
    apart = [
        place
        for place, count in printed(first.cells).items()
        if counts[place] >= 5 and abs(counts[place] - count) in range(1, 5)
    ]
    assert apart or now[-1][1] is None  # what the attack would find
    with pytest.raises(DataError, match="one open edition of a year") as refused:
        opening(other, same=(first,))
    assert not re.search(r"\b(good|moderate|small|Norra|Västra)\b", str(refused.value))


def test_a_verdict_that_has_changed_is_a_difference_too() -> None:
    study = study_of(SMALL_TIERS)
    told = pd.DataFrame({"finding": ["x"], "verdict": ["supported"], "hidden": [False]})
    first = edition_of(study, small_tiers()[1], 2020)
    study.findings = told.assign(verdict="contradicted")
    with pytest.raises(DataError, match="1 of the counts and verdicts"):
        opening(study, same=(replace(first, findings=told),))


def test_what_the_same_year_has_shown_protects_nobody_any_more() -> None:
    """A small cell must be protected by cells that have not been shown."""
    study, first = small_tiers()
    table = cells(first)
    shown = table.assign(hidden=False)  # an edition that was made by somebody less careful
    book = counted(study)
    counts = {entry[:3]: book.system.cells[entry.cell].count for entry in book.entries}
    shown = shown[shown["table"] != "certainty"]
    places = zip(shown["table"], shown["row"], shown["column"], strict=True)
    shown["count"] = pd.array([counts[place] for place in places], dtype="Int64")
    careless = Edition(2020, shown, findings(first, study.findings), faculties(study))
    made = cells(opening(study, same=(careless,)))
    assert (made.loc[~made["hidden"], "count"] >= 5).all()


def test_change_is_told_only_of_what_both_editions_show() -> None:
    then = cells(small_tiers()[1])
    now = cells(opening(study_of([*SMALL_TIERS, ("Södra", "good", 6)], year=2021)))
    table = change(2020, then, now)
    both = set(printed(then)) & set(printed(now))
    assert set(zip(table["table"], table["row"], table["column"], strict=True)) == both
    row = table[(table["table"] == "tiers") & (table["row"] == "moderate")].iloc[0]
    assert (row["then"], row["now"], row["year"]) == (22, 22, 2020)


def test_few_persons_behind_many_departments() -> None:
    """Departments that are known from the workshop alone: nobody has said anything of them."""
    study = study_of(SMALL_TIERS, persons=0)
    table = cells(opening(study))
    assert table.loc[table["table"] == "tiers", "hidden"].all()


def test_the_limits_are_the_protocols() -> None:
    study, made = small_tiers()
    assert (FIVE.cell, FIVE.persons, FIVE.width) == (5, 5, 5)
    assert made.limits == FIVE
    assert sorted(FACULTIES) == sorted(set(faculties(study)))
