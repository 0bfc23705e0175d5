"""Facts on how the two years were measured and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mapping.facts.counting import Count, Facts
from mapping.facts.followup.measures import (
    BREAK,
    MOST_NAMED,
    broken,
    comparable,
    each,
    everyone,
    measured,
    years,
)
from mapping.references import Selected, Traced, computed, entries, of
from mapping.vocabulary import COMPARED, LANGUAGES, TIERS

if TYPE_CHECKING:
    from mapping.comparison import FollowUp
    from mapping.study import Study

RULE = "rule"
"""The part of the yardstick that breaks nothing."""


def yardstick(follow: FollowUp) -> Facts:
    """What was measured otherwise, and what is therefore left out.

    ``differences`` counts those that break something, ``rules`` the rules that differ (not the
    protocol's name); ``broken`` has the keys of what is touched, by kind, and ``touched`` how
    many they are, of the kinds that can be many.
    """
    table = of("yardstick", follow.yardstick)
    names = [name.partition(":") for name in broken(follow.yardstick)]
    kinds = (*COMPARED, "aspect", "finding")
    return {
        **years(follow),
        "rules": _each_once(table.where(part=RULE).without(key="protocol")),
        "differences": _each_once(table.without(part=RULE)),
        "broken": {kind: [key for each, _, key in names if each == kind] for kind in kinds},
        "touched": _touched(follow),
        "comparable": comparable(follow),
        "most": MOST_NAMED,
        "findings": entries(follow.protocol, "findings"),
    }


def _each_once(rows: Selected) -> Traced:
    """How many differences, what differs in several languages counted once.

    See :func:`mapping.followup.yardstick.in_language`.
    """
    told = rows.frame[rows.frame["what"].str.contains(_IN_LANGUAGE)]
    stems = told["what"].str.replace(_IN_LANGUAGE, "", regex=True)
    alike = [
        rows.where(part=part, what=[f"{stem}_{lang}" for lang in LANGUAGES]).distinct("key")
        for part, stem in sorted(set(zip(told["part"], stems, strict=True)))
    ]
    alone = rows.without(what=sorted(set(told["what"]))) if alike else rows
    return computed("sum", alone.count(), *alike) if alike else alone.count()


_IN_LANGUAGE = rf"_(?:{'|'.join(LANGUAGES)})$"


def _touched(follow: FollowUp) -> dict[str, Traced]:
    """How many measures and findings rest on what was measured otherwise, by kind."""
    measures = of("change", follow.change).where(status=BREAK)
    findings = of("verdict_changes", follow.verdict_changes).where(comparable=False)
    counts = {kind: measures.where(kind=kind).count() for kind in COMPARED if kind != "tier"}
    return {**counts, "finding": findings.count()}


def protocols(follow: FollowUp) -> Facts:
    """The baseline by its own protocol and by the later one: tiers and verdicts.

    ``verdicts`` counts the findings with another verdict by the later protocol. ``differ`` is
    false if it is the same protocol; then the other values say nothing.
    """
    told = of("verdict_changes", follow.verdict_changes).known("reported")
    return {
        "then": str(follow.baseline),
        "differ": follow.reported.protocol != follow.protocol,
        "own": follow.reported.protocol.name,
        "used": follow.protocol.name,
        "verdicts": Count(told.beside("reported", "!=", "then").count(), told.count()),
        "tiers": _other_sizes(follow),
    }


def _other_sizes(follow: FollowUp) -> float:
    """How many tiers have another number of departments by the later protocol."""
    sizes = [(own.n, used.n) for own, used in by_protocol(follow).values() if own and used]
    apart = [computed("absolute", computed("difference", *both)) for both in sizes]
    return computed("sum", *(computed("smallest", 1, n) for n in apart)) if apart else 0


def by_protocol(follow: FollowUp) -> dict[str, tuple[Count | None, Count | None]]:
    """The departments of each tier in the baseline, by its own and by the later protocol."""
    rows = measured(follow, "tier")
    return {
        str(row.key): (everyone(row, "reported"), everyone(row, "then"))
        for row in each(rows[rows["key"].isin(TIERS)])
    }


def trend(follow: FollowUp) -> Facts:
    """The years of the trend, and how many departments were seen in all of them.

    ``years`` is empty if there are only two: then the comparison is the trend.
    """
    table, every = follow.trend, of("trend", follow.trend)
    found = sorted({int(year) for year in table["year"]})
    rows = every.where(kind="participating", departments="same")
    return {
        "years": [str(year) for year in found] if len(found) > 2 else [],
        "number": every.distinct("year"),
        "same": rows.largest("n") if len(rows.frame) else 0,
        "breaks": bool((~table["comparable"]).any()),
        "protocol": follow.protocol.name,
    }


def _files(name: str, study: Study) -> Traced:
    """How many raw files the year of a study has."""
    return of(name, pd.DataFrame({"name": [file.name for file in study.raw.files]})).count()


def provenance(follow: FollowUp) -> Facts:
    """What the report depends on: the files of both years, the protocols, the years left out."""
    named = {f"{follow.baseline}:files": follow.reported, "files": follow.now}
    return {
        **years(follow),
        "files": computed("sum", *(_files(name, study) for name, study in named.items())),
        "own": follow.reported.protocol.name,
        "used": follow.protocol.name,
        "left_out": {str(year): reason for year, reason in follow.left_out.items()},
    }
