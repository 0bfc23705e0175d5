"""Change of every measure over the departments seen in both years, with its exact test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from mapping.followup.measures import MEASURE, measures
from mapping.followup.yardstick import broken
from mapping.followup.years import Stages, Year
from mapping.protocol import FollowUpRules
from mapping.schemas import conform
from mapping.statistics.paired import (
    ALIKE,
    PairsTest,
    TableTest,
    marginal_homogeneity,
    mcnemar,
    rank_changes,
    signed_rank,
    symmetry,
)
from mapping.statistics.tables import holm
from mapping.vocabulary import COMPARED, DECIMALS, TIERS

_MOVED = ("aspect", *(kind for kind in COMPARED if kind != "tier"))
"""The kinds of measures that a department is followed in, beside its tier."""

_TIER_TESTS = {
    "direction": "mcnemar",
    "marginal_homogeneity": "marginal_homogeneity",
    "symmetry": "symmetry",
}
"""The measures of all tiers together, and the test of each."""

_TESTS = {"indicator": "signed_rank", "construct": "signed_rank"} | dict.fromkeys(
    ("need", "voice", "swot", "recommendation"), "mcnemar"
)
"""The test of each kind of measure but the tiers."""

_RANKED = ("need", "voice")


def movements(pairs_then: Year, pairs_now: Year, yardstick: pd.DataFrame) -> pd.DataFrame:
    """Every measure of every department seen in both years, then and now.

    ``pairs_then`` and ``pairs_now`` are the two years by one protocol, with the evidence of the
    departments seen in both alone, under the ids by which they are followed; ``yardstick`` is
    the table of that name.

    One row is a department and a measure (table ``movements``). ``then`` and ``now`` are levels
    from 0 to 3 of an aspect, an indicator and a construct; 0 or 1 of a need or voice (named), of
    a theme in a quadrant (mentioned; its key is such as ``strength.recruitment``) and of a
    recommendation (met). A measure that is unknown in both years has no row, and a theme none
    unless the department has a workshop note in both. ``comparable`` is false if it was measured
    otherwise in one year than in the other.
    """
    then, now = _pairs(measures(pairs_then, _MOVED), measures(pairs_now, _MOVED))
    table = then.melt(value_name="then", ignore_index=False).reset_index()
    known = table.assign(now=now.melt()["value"]).dropna(how="all", subset=["then", "now"])
    rows = known.reset_index(drop=True)
    return conform(rows.assign(comparable=~_is_broken(rows, yardstick)), "movements")


def change(stages: Stages, yardstick: pd.DataFrame) -> pd.DataFrame:
    """Every measure over the departments seen in both years, then and now, with its test.

    One row is a measure (table ``change``). Of a tier (``good``, ``moderate``, ``small``) it is
    its share of the departments that are classified in both years, which is shown and not
    tested; the tests are of all tiers together: ``direction`` (more up than down),
    ``marginal_homogeneity`` and ``symmetry``, which have no then and now of their own.

    ``pairs`` are the departments of which the measure is known in both years. Over these are
    ``then`` and ``now``, the mean level or the share, and ``rose`` and ``fell``, those that have
    a higher or a lower level, or have gained or lost what the share counts. ``all_then`` and
    ``all_now`` are the same of everybody seen in that year, ``of_then`` and ``of_now`` how many
    they are: then as it is by the later year's protocol, and now. Missing where nobody is.
    ``all_reported`` and ``of_reported`` are of the earlier year as it was reported, by its own
    protocol.

    ``status`` is ``shown`` (no test belongs to it), ``break`` (measured otherwise in one year
    than in the other), ``too_few`` (fewer pairs than the protocol asks for) or ``tested``; only
    then there is a statistic and p, with Holm's correction over all that were tested of the
    protocol's family. ``test`` is the test that belongs to the measure.

    The ranks of a need or voice are by departments of the pairs that name it, among those of its
    kind that were tested. ``rank_rose`` and ``rank_fell`` are the shares of bootstrap draws in
    which it came nearer to rank 1, or further from it.
    """
    rules = stages.now.protocol.follow_up
    taken = _taken(stages)
    then, now = _pairs(taken["pairs_then"], taken["pairs_now"])
    compared = pd.concat([_compared(then, now), _tier_moves(then, now)])
    every = compared.join([_everybody(taken[name], name) for name in ("reported", "then", "now")])
    every = every.fillna({"of_reported": 0})  # what the earlier protocol does not measure
    table = _with_status(every, yardstick, rules)
    tested = table[table["status"] == "tested"]
    results = _tests(tested, then, now).join(_ranks(tested, then, now, rules))
    return conform(_with_holm(table.join(results).reset_index(), rules), "change")


def _taken(stages: Stages) -> dict[str, pd.DataFrame]:
    """Every measure at each stage; taken once of stages that are one and the same."""
    years = {field.name: getattr(stages, field.name) for field in fields(stages)}
    different = {id(year): year for year in years.values()}
    once = {ident: measures(year, COMPARED) for ident, year in different.items()}
    return {name: once[id(year)] for name, year in years.items()}


def _pairs(then: pd.DataFrame, now: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The measures of the departments seen in both years, then and now, in the same order.

    A theme that a department mentions in one year and not in the other is a change only if it
    was at the workshop in both: else it is unknown.
    """
    units = then.index.intersection(now.index).sort_values()
    columns = now.columns
    then, now = then.reindex(units, columns=columns), now.reindex(units, columns=columns)
    lone = (then.isna() ^ now.isna()).mul(columns.get_level_values("kind") == "swot")
    return then.mask(lone), now.mask(lone)


def _is_broken(rows: pd.DataFrame, yardstick: pd.DataFrame) -> pd.Series:
    """Whether the measure of each row is one that the yardstick's differences touch.

    The tiers are measured together: a break touches all or none of them.
    """
    touched = broken(yardstick)
    key = rows["key"].mask(rows["kind"] == "tier", "tier")
    measures = zip(rows["kind"], key, strict=True)
    return pd.Series([measure in touched for measure in measures], index=rows.index, dtype=bool)


def _compared(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Pairs of each measure (the index), its mean then and now, and how many rose and fell."""
    both = then.notna() & now.notna()
    difference = now - then
    return pd.DataFrame(
        {
            "pairs": both.sum(),
            "then": then.where(both).mean().round(DECIMALS),
            "now": now.where(both).mean().round(DECIMALS),
            "rose": (difference > ALIKE).sum(),
            "fell": (difference < -ALIKE).sum(),
        }
    )


def _tier_moves(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """As :func:`_compared`, for the tests of all tiers together: no mean, but moves up and down."""
    counts = _tier_table(then, now)
    # TIERS stand from the highest: a move up goes to an earlier column than its row.
    row = {
        "pairs": counts.sum(),
        "then": np.nan,
        "now": np.nan,
        "rose": np.tril(counts, -1).sum(),
        "fell": np.triu(counts, 1).sum(),
    }
    index = pd.MultiIndex.from_product([["tier"], _TIER_TESTS], names=MEASURE)
    return pd.DataFrame([row] * len(index), index=index)


def _tier_table(then: pd.DataFrame, now: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Departments by their tier then (rows) and now (columns), of those classified in both."""
    before, after = (table["tier"][list(TIERS)].fillna(0).to_numpy() for table in (then, now))
    return np.asarray(before.T @ after, dtype=np.int64)


def _everybody(every: pd.DataFrame, name: str) -> pd.DataFrame:
    """The mean of each measure (the index) over all of whom it is known, and their number.

    The tests of all tiers together have no mean; their number are the classified departments.
    """
    table = pd.DataFrame({f"all_{name}": every.mean().round(DECIMALS), f"of_{name}": every.count()})
    of = table[f"of_{name}"].to_dict()
    tests = {("tier", test): (np.nan, of["tier", TIERS[0]]) for test in _TIER_TESTS}
    return pd.concat([table, _by_measure(tests, list(table.columns))])


def _by_measure(
    rows: Mapping[tuple[str, str], Sequence[float]], columns: list[str]
) -> pd.DataFrame:
    """A frame of numbers with a row for each measure (the index), also if there is none."""
    index = pd.MultiIndex.from_tuples(rows, names=MEASURE)
    return pd.DataFrame(list(rows.values()), index, columns, dtype="float64")


def _with_status(
    table: pd.DataFrame, yardstick: pd.DataFrame, rules: FollowUpRules
) -> pd.DataFrame:
    """The table with each measure's test and status, see :func:`change`; a break comes first."""
    named = table.reset_index()
    tests = [_test_of(*measure) for measure in zip(named["kind"], named["key"], strict=True)]
    named["test"] = pd.array(tests, dtype="string")
    reasons = {
        "break": _is_broken(named, yardstick),
        "shown": named["test"].isna(),
        "too_few": named["pairs"] < rules.pairs,
    }
    status = np.select(list(reasons.values()), list(reasons), "tested")
    return named.assign(status=status).set_index(MEASURE)


def _test_of(kind: str, key: str) -> str | None:
    """The test that belongs to a measure; None for the share of one tier."""
    return _TIER_TESTS.get(key) if kind == "tier" else _TESTS[kind]


def _tests(tested: pd.DataFrame, then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Statistic and p of each measure that is tested (the index)."""
    results = [_test(row, then, now) for _, row in tested.iterrows()]
    rows = [(round(result.statistic, DECIMALS), result.p) for result in results]
    return _by_measure(dict(zip(tested.index, rows, strict=True)), ["statistic", "p"])


def _test(measure: pd.Series, then: pd.DataFrame, now: pd.DataFrame) -> PairsTest | TableTest:
    if measure["test"] == "mcnemar":
        return mcnemar(int(measure["rose"]), int(measure["fell"]))
    if measure["test"] == "signed_rank":
        return signed_rank((now[measure.name] - then[measure.name]).dropna())
    table_test = symmetry if measure["test"] == "symmetry" else marginal_homogeneity
    return table_test(_tier_table(then, now))


def _ranks(
    tested: pd.DataFrame, then: pd.DataFrame, now: pd.DataFrame, rules: FollowUpRules
) -> pd.DataFrame:
    """Ranks of each need and voice that is tested (the index), and how sure their change is."""
    rows: dict[tuple[str, str], tuple[float, ...]] = {}
    for kind in _RANKED:
        columns = [name for name in tested.index if name[0] == kind]
        before, after = (table[columns].to_numpy(dtype=bool) for table in (then, now))
        ranks = rank_changes(before, after, rules.draws, rules.seed)
        told = [(rank.then, rank.now, rank.rose, rank.fell) for rank in ranks]
        rows |= dict(zip(columns, told, strict=True))
    return _by_measure(rows, ["rank_then", "rank_now", "rank_rose", "rank_fell"])


def _with_holm(table: pd.DataFrame, rules: FollowUpRules) -> pd.DataFrame:
    """The table with Holm's correction over what is tested of each of the protocol's families."""
    adjusted = pd.Series(np.nan, index=table.index)
    for family in rules.families:
        members = table["kind"].isin(family)
        adjusted[members] = holm(table.loc[members, "p"])
    return table.assign(p_holm=adjusted)
