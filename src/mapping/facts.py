"""What the sentences state: counts from result frames, each together with its base.

Every function takes finished result frames and returns the values of one section of the texts,
by the names that the texts use. Nothing is worded here. A key that names an entry of the
protocol (a need, a theme, an aspect) stays a key; the texts give its label. A dictionary of
counts is in the order in which it is to be told, the largest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from mapping.protocol import Protocol
from mapping.vocabulary import DECIMALS, INSTRUMENTS, QUADRANTS, TIERS, UNCLASSIFIED

Facts = dict[str, Any]

COUNTED = {"interview": "interviews", "workshop": "workshop_notes", "survey": "responses"}
"""The column of table ``participation`` that counts what each instrument gave."""


class Count(NamedTuple):
    """So many departments (or other units) of so many."""

    n: int
    of: int


# --- helpers over frames -------------------------------------------------------------------


def base(frame: pd.DataFrame, of: str = "of") -> int:
    """The common base of a frame's counts; 0 for a frame without rows."""
    return int(frame[of].max()) if len(frame) else 0


def told(frame: pd.DataFrame, key: str) -> dict[str, Count]:
    """The rows that anybody mentions, by key, most departments first and equal ones by key."""
    rows = frame[frame["departments"] > 0]
    rows = rows.sort_values(["departments", key], ascending=[False, True])
    values = zip(rows[key], rows["departments"], rows["of"], strict=True)
    return {name: Count(int(n), int(of)) for name, n, of in values}


def first(counts: Mapping[str, Count]) -> list[str]:
    """The keys with the largest count, several if they are equal; none of nothing."""
    largest = max((count.n for count in counts.values()), default=0)
    return [key for key, count in counts.items() if count.n == largest]


def rest(counts: Mapping[str, Count]) -> dict[str, Count]:
    """The counts below the largest, in their order."""
    leading = first(counts)
    return {key: count for key, count in counts.items() if key not in leading}


def _largest(counts: Mapping[str, Count]) -> Count:
    return max(counts.values(), key=lambda count: count.n, default=Count(0, 0))


def _true(values: pd.Series) -> Count:
    """How many are true of those that are known."""
    known = values.dropna()
    return Count(int(known.sum()), len(known))


def _counted(values: pd.Series, keys: Iterable[str]) -> dict[str, Count]:
    """How often each key that occurs does, of the known values, the commonest first."""
    known = values.dropna()
    frame = pd.DataFrame(
        [{"key": key, "departments": int((known == key).sum()), "of": len(known)} for key in keys]
    )
    return told(frame, "key")


# --- participation and evidence ------------------------------------------------------------


def participating(participation: pd.DataFrame) -> Count:
    """The departments with evidence from any instrument, of all in the frame."""
    took_part = (participation[list(COUNTED.values())] > 0).any(axis=1)
    return Count(int(took_part.sum()), len(participation))


def patterns(participation: pd.DataFrame) -> pd.DataFrame:
    """Which instruments departments took part with.

    One row is a combination that occurs: interview, workshop, survey (true or false),
    departments, of (participating); the commonest first.
    """
    seen = pd.DataFrame({key: participation[name] > 0 for key, name in COUNTED.items()})
    took_part = seen[seen.any(axis=1)]
    counts = took_part.groupby(list(INSTRUMENTS)).size().reset_index(name="departments")
    order = ["departments", *INSTRUMENTS]
    table = counts.sort_values(order, ascending=False, ignore_index=True)
    return table.assign(of=len(took_part))


def instruments(participation: pd.DataFrame) -> Facts:
    """For each instrument its departments of all in the frame, and what they gave."""
    return {
        key: {
            "departments": Count(int((participation[name] > 0).sum()), len(participation)),
            "units": int(participation[name].sum()),
        }
        for key, name in COUNTED.items()
    }


def participation(participation: pd.DataFrame) -> Facts:
    """How many took part, and with how many instruments."""
    found = patterns(participation)
    used = found[list(INSTRUMENTS)].sum(axis=1)

    def with_instruments(number: int) -> Count:
        return Count(int(found.loc[used == number, "departments"].sum()), base(found))

    everybody = participating(participation)
    return {
        "participating": everybody,
        "absent": everybody.of - everybody.n,
        "with_three": with_instruments(3),
        "with_one": with_instruments(1),
    }


def aims(participation: pd.DataFrame, fieldwork: Any) -> Facts:
    """The study's frame, fieldwork and instruments; ``fieldwork`` has start and end."""
    return {
        "participating": participating(participation),
        "start": fieldwork.start,
        "end": fieldwork.end,
        "instruments": instruments(participation),
    }


def left_out(respondents: pd.DataFrame) -> Facts:
    """The responses that were not used, by reason; ``respondents`` of the survey, all of them."""
    reason = respondents["left_out"]
    return {
        "responses": Count(int(reason.notna().sum()), len(respondents)),
        "incomplete": int((reason == "incomplete").sum()),
        "blank": int((reason == "blank").sum()),
    }


def evidence_in_short(
    evidence: pd.DataFrame, participation: pd.DataFrame, respondents: pd.DataFrame
) -> Facts:
    """What was read, in a few numbers; ``respondents`` of the survey, all of them."""
    return {
        "participating": participating(participation),
        "instruments": instruments(participation),
        "data": len(evidence),
        "left_out": left_out(respondents)["responses"],
    }


def files(evidence: pd.DataFrame) -> Facts:
    """How many data points came from how many files."""
    return {"data": len(evidence), "files": int(evidence["file"].nunique())}


def register(departments: pd.DataFrame) -> Facts:
    """The frame: departments, faculties, and the sums of the students that are known."""
    students = departments[["students_programme", "students_course"]]
    sums = students.sum(min_count=1).dropna().astype(int)
    return {
        "departments": len(departments),
        "faculties": int(departments["faculty"].nunique()),
        "students": {str(key).removeprefix("students_"): int(n) for key, n in sums.items()},
        "unknown": int(students.isna().any(axis=1).sum()),
    }


def roles(respondents: pd.DataFrame) -> Facts:
    """How many answered, and how many of them with a role given."""
    used = respondents[respondents["left_out"].isna()]
    return {"given": Count(int(used["role"].notna().sum()), len(used))}


def coverage(indicators: pd.DataFrame) -> Facts:
    """How complete the indicators are, and how well the instruments agree."""
    known = indicators["level"].notna().groupby(indicators["department_id"]).all()
    by_indicator = indicators.groupby("indicator")["level"].count()
    departments = int(indicators["department_id"].nunique())
    least = by_indicator[by_indicator == by_indicator.min()]
    convergence = indicators["convergence"].dropna()
    return {
        "complete": _true(known),
        "least": sorted(least.index),
        "least_known": Count(int(by_indicator.min()) if departments else 0, departments),
        "compared": len(convergence),
        "convergence": round(float(convergence.mean()), DECIMALS) if len(convergence) else 0.0,
    }


# --- tiers ---------------------------------------------------------------------------------


def _classified(tiers: pd.DataFrame) -> pd.DataFrame:
    return tiers[tiers["tier"] != UNCLASSIFIED]


def tier_counts(tiers: pd.DataFrame) -> dict[str, Count]:
    """The departments of each tier, of the classified; from the highest tier."""
    classified = _classified(tiers)["tier"]
    return {tier: Count(int((classified == tier).sum()), len(classified)) for tier in TIERS}


def borderline(tiers: pd.DataFrame, protocol: Protocol) -> Facts:
    """The departments whose tier is uncertain, and how little would decide otherwise.

    ``shift`` is the change of one aspect, with all aspects known, that a margin at the
    protocol's limit can be undone by: it moves both fits, one up and the other down.
    """
    classified = _classified(tiers)
    near = classified[classified["borderline"]]
    aspects = len(protocol.aspects)
    shift = protocol.tier_rules.borderline * protocol.levels.highest * aspects / 2
    return {
        "borderline": Count(len(near), len(classified)),
        "departments": sorted(near["department_id"]),
        "limit": protocol.tier_rules.borderline,
        "shift": round(shift, DECIMALS),
    }


def results(tiers: pd.DataFrame, participation: pd.DataFrame) -> Facts:
    """How the departments divide into tiers."""
    counts = tier_counts(tiers)
    classified = len(_classified(tiers))
    return {
        "tiers": counts,
        "empty": [tier for tier, count in counts.items() if classified and not count.n],
        "classified": Count(classified, participating(participation).n),
    }


def tiers_in_short(
    tiers: pd.DataFrame, aspects: pd.DataFrame, participation: pd.DataFrame, protocol: Protocol
) -> Facts:
    """The tiers in a few numbers: sizes, certainty, what one raised aspect would do."""
    sure = borderline(tiers, protocol)
    return {
        "tiers": tier_counts(tiers),
        "classified": Count(len(_classified(tiers)), participating(participation).n),
        "borderline": sure["borderline"],
        "shift": sure["shift"],
        "one_aspect": lift(aspects, tiers)["one_aspect"],
    }


def tier_method(protocol: Protocol) -> Facts:
    """How departments are classified: the aspects and the limits."""
    return {
        "aspects": list(protocol.aspect_keys),
        "known": protocol.tier_rules.aspects_known,
        "limit": protocol.tier_rules.borderline,
        "highest": protocol.levels.highest,
    }


def grid(grid: pd.DataFrame) -> Facts:
    """The two parameters together: both high, both low, and need without conditions."""
    known = int(grid["departments"].sum())

    def of_known(cells: pd.Series) -> Count:
        return Count(int(grid.loc[cells, "departments"].sum()), known)

    clear = grid["needs_level"] == "clear"
    good = grid["conditions_level"] == "good"
    low = (grid["needs_level"] == "slight") & (grid["conditions_level"] == "small")
    return {
        "known": known,
        "both_high": of_known(clear & good),
        "both_low": of_known(low),
        "need_without_conditions": of_known(clear & ~good),
        "conditions_without_need": of_known(good & ~clear),
    }


def margins(tiers: pd.DataFrame) -> Facts:
    """The surest and the least sure department; several if their margins are equal."""
    classified = _classified(tiers)
    margin = classified["margin"]
    known = len(classified) > 0
    return {
        "classified": len(classified),
        "surest": sorted(classified.loc[margin == margin.max(), "department_id"]),
        "largest_margin": float(margin.max()) if known else 0.0,
        "least_sure": sorted(classified.loc[margin == margin.min(), "department_id"]),
        "smallest_margin": float(margin.min()) if known else 0.0,
    }


def aspects(aspects: pd.DataFrame, tiers: pd.DataFrame) -> Facts:
    """The aspects with the highest and the lowest mean level, of the classified departments."""
    classified = _classified(tiers)["department_id"]
    aspects = aspects[aspects["department_id"].isin(classified)]
    level = aspects.groupby("aspect")["level"].mean().dropna().round(DECIMALS)
    known = len(level) > 0
    return {
        "departments": int(aspects.dropna(subset=["level"])["department_id"].nunique()),
        "highest": sorted(level[level == level.max()].index),
        "highest_level": float(level.max()) if known else 0.0,
        "lowest": sorted(level[level == level.min()].index),
        "lowest_level": float(level.min()) if known else 0.0,
    }


def criteria(criteria: pd.DataFrame, tiers: pd.DataFrame) -> Facts:
    """For each tier how many of its departments meet every criterion of it that is known."""
    own = criteria.merge(tiers[["department_id", "tier"]], on=["department_id", "tier"])
    known = own.dropna(subset=["met"])
    every = known.groupby(["tier", "department_id"])["met"].all()
    return {
        "every": {
            tier: _true(every[every.index.get_level_values("tier") == tier]) for tier in TIERS
        }
    }


def lift(aspects: pd.DataFrame, tiers: pd.DataFrame) -> Facts:
    """How many aspects separate departments from the next tier, and which ones most often."""
    below = _classified(tiers)
    below = below[below["tier"] != TIERS[0]]
    raised = aspects.dropna(subset=["to_next_tier"])
    number = raised.groupby("department_id").size()
    of = int(below["department_id"].isin(number.index).sum())
    often = raised.groupby("aspect").size().rename("departments").reset_index().assign(of=of)
    return {
        "one_aspect": Count(int((number == 1).sum()), of),
        "two_aspects": Count(int((number == 2).sum()), of),
        "aspects": told(often, "aspect"),
    }


def unclassified(tiers: pd.DataFrame, participation: pd.DataFrame, protocol: Protocol) -> Facts:
    """The participating departments with too few known aspects for a tier."""
    took_part = (participation.set_index("department_id")[list(COUNTED.values())] > 0).any(axis=1)
    without = tiers.loc[tiers["tier"] == UNCLASSIFIED, "department_id"]
    ids = sorted(department for department in without if took_part[department])
    return {
        "departments": ids,
        "unclassified": Count(len(ids), int(took_part.sum())),
        "known": protocol.tier_rules.aspects_known,
    }


# --- conditions ----------------------------------------------------------------------------


def profiles(indicators: pd.DataFrame, tiers: pd.DataFrame) -> pd.DataFrame:
    """Mean of the known levels of each indicator in each tier.

    One row is an indicator and a tier that has any known: indicator, tier, level (0 to 3), n.
    """
    known = indicators.merge(tiers[["department_id", "tier"]], on="department_id")
    known = _classified(known.dropna(subset=["level"]))
    levels = known.groupby(["indicator", "tier"])["level"]
    table = pd.DataFrame({"level": levels.mean().round(DECIMALS), "n": levels.count()})
    return table.reset_index()


def by_level(indicators: pd.DataFrame, tiers: pd.DataFrame, shown: Sequence[str]) -> list[str]:
    """The indicators by their mean level over the departments that have a tier.

    The highest first, equal ones as in ``shown``; those of which no level is known last.
    """
    known = indicators.merge(_classified(tiers)[["department_id"]], on="department_id")
    level = known.groupby("indicator")["level"].mean().round(DECIMALS).reindex(list(shown))
    return list(level.sort_values(ascending=False, kind="stable", na_position="last").index)


def conditions(indicators: pd.DataFrame, tiers: pd.DataFrame, protocol: Protocol) -> Facts:
    """The strongest and the weakest condition, and the one that separates the tiers most.

    ``separating`` are those with the largest difference between the means of the highest and
    the lowest tier, none if there is no difference; ``means`` are the two of the first.
    """
    rows = indicators[indicators["indicator"].isin(protocol.indicator_keys("conditions"))]
    level = rows.groupby("indicator")["level"].mean().dropna().round(DECIMALS)
    wide = profiles(rows, tiers).pivot(index="indicator", columns="tier", values="level")
    wide = wide.reindex(columns=list(TIERS))
    ends = wide[[TIERS[0], TIERS[-1]]].dropna()
    gap = (ends[TIERS[0]] - ends[TIERS[-1]]).round(DECIMALS)
    separating = sorted(gap[(gap == gap.max()) & (gap > 0)].index)
    return {
        "departments": int(rows.dropna(subset=["level"])["department_id"].nunique()),
        "highest": sorted(level[level == level.max()].index),
        "highest_level": float(level.max()) if len(level) else 0.0,
        "lowest": sorted(level[level == level.min()].index),
        "lowest_level": float(level.min()) if len(level) else 0.0,
        "separating": separating,
        "means": ends.loc[separating[0]].to_dict() if separating else {},
        "scale": protocol.levels.highest,
    }


def arrangements(arrangements: pd.DataFrame, protocol: Protocol) -> Facts:
    """How the responsibility is arranged, the commonest way first."""
    keys = [arrangement.key for arrangement in protocol.arrangements]
    return _ways(arrangements["arrangement"], keys)


def origins(arrangements: pd.DataFrame, protocol: Protocol) -> Facts:
    """How the work started, the commonest way first."""
    return _ways(arrangements["origin"], [origin.key for origin in protocol.origins])


def _ways(values: pd.Series, keys: list[str]) -> Facts:
    counts = _counted(values, keys)
    return {
        "first": first(counts),
        "first_count": _largest(counts),
        "rest": rest(counts),
    }


# --- needs ---------------------------------------------------------------------------------


def _named(needs: pd.DataFrame, side: str, protocol: Protocol) -> dict[str, Count]:
    rows = needs[needs["side"] == side]
    return told(rows[rows["need"] != protocol.need_rules.listed_apart], "need")


def needs(with_need: pd.DataFrame) -> Facts:
    """How many departments have an internal need at all."""
    return {
        "with_need": _true(with_need["internal"]),
        "unknown": int(with_need["internal"].isna().sum()),
    }


def clear_needs(needs: pd.DataFrame, protocol: Protocol) -> Facts:
    """The internal needs by departments, and how sure the first place is.

    ``certainty`` is the share of bootstrap draws in which the first need leads; 0 with none.
    ``other`` is the need that the protocol lists apart.
    """
    counts = _named(needs, "internal", protocol)
    leading = first(counts)
    internal = needs[needs["side"] == "internal"]
    apart = internal[internal["need"] == protocol.need_rules.listed_apart].iloc[0]
    certainty = internal.loc[internal["need"].isin(leading), "p_first"].max()
    return {
        "first": leading,
        "first_count": _largest(counts),
        "rest": rest(counts),
        "certainty": float(certainty) if leading else 0.0,
        "other": Count(int(apart["departments"]), int(apart["of"])),
    }


def need(needs: pd.DataFrame, key: str) -> Facts:
    """One internal need: its departments, interval and rank (0 if nobody names it)."""
    row = needs[(needs["side"] == "internal") & (needs["need"] == key)].iloc[0]
    count = Count(int(row["departments"]), int(row["of"]))
    tied = needs[(needs["side"] == "internal") & (needs["rank"] == row["rank"])]
    return {
        "count": count,
        "low": float(row["low"]),
        "high": float(row["high"]),
        "rank": int(row["rank"]) if count.n else 0,
        "shared_rank": len(tied) > 1,
    }


def applicants(evidence: pd.DataFrame, participation: pd.DataFrame) -> Facts:
    """The departments that want more applicants, and of them those that want better ones too.

    Of the departments with a response: a response that ticks nothing says no.
    """
    asked = participation.loc[participation["responses"] > 0, "department_id"]
    facts = evidence[evidence["kind"] == "fact"]
    more, better = (
        set(facts.loc[facts["key"] == key, "department_id"])
        for key in ("applicants_more", "applicants_better")
    )
    return {
        "more": Count(len(more), len(asked)),
        "better_too": Count(len(more & better), len(more)),
    }


def both_named(evidence: pd.DataFrame, one: str, other: str) -> Count:
    """The departments that name both internal needs, of those that name ``one``."""
    named = evidence[evidence["kind"] == "need"]
    ones, others = (set(named.loc[named["key"] == key, "department_id"]) for key in (one, other))
    return Count(len(ones & others), len(ones))


def slight_needs(with_need: pd.DataFrame) -> Facts:
    """The departments without internal need, and of them those with an external one."""
    known = with_need.dropna(subset=["internal"])
    without = known[~known["internal"].astype(bool)]
    return {
        "without": Count(len(without), len(known)),
        "external": _true(without["external"]),
        "unknown": len(with_need) - len(known),
    }


def voices(needs: pd.DataFrame, protocol: Protocol) -> Facts:
    """Which outside voices departments hear a need from, the commonest first."""
    counts = _named(needs, "external", protocol)
    return {"first": first(counts), "first_count": _largest(counts), "rest": rest(counts)}


def in_short(
    participation: pd.DataFrame, tiers: pd.DataFrame, needs: pd.DataFrame, protocol: Protocol
) -> Facts:
    """The mapping in a few numbers."""
    counts = _named(needs, "internal", protocol)
    sure = borderline(tiers, protocol)
    took_part = participating(participation)
    return {
        "participating": took_part,
        "tiers": tier_counts(tiers),
        "classified": Count(len(_classified(tiers)), took_part.n),
        "first": first(counts),
        "first_count": _largest(counts),
        "borderline": sure["borderline"],
        "shift": sure["shift"],
    }


def method(protocol: Protocol) -> Facts:
    """The protocol's name, version and hash, shortened, and the ends of its scale."""
    return {
        "protocol": protocol.name,
        "version": protocol.version,
        "hash": protocol.sha256[:12],
        "highest": protocol.levels.highest,
    }


def provenance(protocol: Protocol, inputs: Iterable[Any]) -> Facts:
    """What the result depends on; ``inputs`` are the files that were read."""
    return {"protocol": protocol.name, "files": len(list(inputs))}


# --- SWOT ----------------------------------------------------------------------------------


def _quadrant(swot: pd.DataFrame, quadrant: str) -> pd.DataFrame:
    return swot[swot["quadrant"] == quadrant]


def swot_in_short(swot: pd.DataFrame, participation: pd.DataFrame) -> Facts:
    """Who made SWOT analyses, and the commonest themes of each quadrant."""
    counts = {quadrant: told(_quadrant(swot, quadrant), "theme") for quadrant in QUADRANTS}
    return {
        "workshop": instruments(participation)["workshop"],
        "leading": {
            quadrant: {"themes": first(themes), "count": _largest(themes)}
            for quadrant, themes in counts.items()
        },
    }


def swot_found(common: pd.DataFrame, differences: pd.DataFrame, protocol: Protocol) -> Facts:
    """How many themes are common denominators, and how many differ between the tiers."""
    limit = protocol.swot.common_denominator
    return {
        "common": len(common),
        "limit": Count(limit.numerator, limit.denominator),
        "different": len(_significant(differences, protocol)),
        "tested": int(differences["p"].notna().sum()),
    }


def reading(swot: pd.DataFrame) -> Facts:
    """How many notes each quadrant has, and so which way the analyses lean."""
    notes = {q: int(_quadrant(swot, q)["items"].sum()) for q in QUADRANTS}
    return {"departments": base(swot), "votes": int(swot["votes"].sum()), "notes": notes}


def quadrant(swot: pd.DataFrame, quadrant: str) -> Facts:
    """One quadrant: its commonest themes, and the themes with the most votes."""
    rows = _quadrant(swot, quadrant)
    counts = told(rows, "theme")
    votes = int(rows["votes"].max()) if len(rows) else 0
    return {
        "quadrant": quadrant,
        "departments": base(swot),
        "first": first(counts),
        "first_count": _largest(counts),
        "rest": _next(rest(counts), 3),
        "most_votes": sorted(rows.loc[rows["votes"] == votes, "theme"]) if votes else [],
        "votes": votes,
    }


def _next(counts: Mapping[str, Count], number: int) -> dict[str, Count]:
    """The next so many counts, and those equal to the last of them."""
    last = [count.n for count in counts.values()][:number][-1:]
    return {key: count for key, count in counts.items() if [count.n] >= last}


def common(common: pd.DataFrame, swot: pd.DataFrame, protocol: Protocol) -> Facts:
    """The common denominators by quadrant, the commonest first."""
    limit = protocol.swot.common_denominator
    return {
        "themes": {q: told(_quadrant(common, q), "theme") for q in QUADRANTS},
        "number": len(common),
        "departments": base(swot),
        "limit": Count(limit.numerator, limit.denominator),
    }


def _significant(differences: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    return differences[differences["p_holm"] < protocol.swot.significance]


def differences(differences: pd.DataFrame, protocol: Protocol) -> Facts:
    """The themes that the tiers mention to different degrees.

    ``found`` gives theme, quadrant and the counts by tier of each difference that holds after
    Holm's correction; ``tested`` is the number of rows that could be tested.
    """
    rows = _significant(differences, protocol).to_dict("records")
    return {
        "tested": int(differences["p"].notna().sum()),
        "found": [_difference(row) for row in rows],
        "significance": protocol.swot.significance,
    }


def _difference(row: Mapping[Any, Any]) -> Facts:
    counts = {tier: Count(int(row[tier]), int(row[f"of_{tier}"])) for tier in TIERS}
    return {
        "theme": row["theme"],
        "quadrant": row["quadrant"],
        "tiers": {tier: count for tier, count in counts.items() if count.of},
    }


def exceeding(pairs: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """The pairs of themes that more departments mention than chance would give.

    A theme for all that has no other says nothing of what goes together, and is passed over.
    """
    residual = [code.code for code in protocol.codes if code.kind == "other"]
    named = ~pairs[["theme", "other_theme"]].isin(residual).any(axis=1)
    return pairs[named & (pairs["departments"] > pairs["expected"])]


def together(pairs: pd.DataFrame, protocol: Protocol) -> Facts:
    """The pair of themes that most exceeds what chance would give, if any does."""
    above = exceeding(pairs, protocol)
    if above.empty:
        return {"themes": [], "count": Count(0, base(pairs)), "expected": 0.0}
    top = above.iloc[0]
    return {
        "themes": [top["theme"], top["other_theme"]],
        "count": Count(int(top["departments"]), int(top["of"])),
        "expected": float(top["expected"]),
    }


def ranking(borda: pd.DataFrame, swot: pd.DataFrame) -> Facts:
    """The first themes by Borda, and the quadrants where the plain count leads elsewhere."""
    ranked = borda[borda["rank"] == 1].groupby("quadrant")["theme"].agg(sorted)
    leading = {q: list(ranked[q]) for q in QUADRANTS if q in ranked}
    counted = {q: first(told(_quadrant(swot, q), "theme")) for q in QUADRANTS}
    return {
        "leading": leading,
        "other": [q for q in leading if set(leading[q]) != set(counted[q])],
    }


def balance(balance: pd.DataFrame) -> Facts:
    """How many departments lean to the good side, and to the bad, inside and outside."""
    return {
        "internal": _leaning(balance["internal"]),
        "external": _leaning(balance["external"]),
    }


def _leaning(values: pd.Series) -> Facts:
    known = values.dropna()
    return {
        "good": Count(int((known > 0).sum()), len(known)),
        "bad": Count(int((known < 0).sum()), len(known)),
        "even": Count(int((known == 0).sum()), len(known)),
    }


def swot_method(swot: pd.DataFrame, protocol: Protocol) -> Facts:
    """The base of the SWOT counts and the protocol's cut-offs."""
    limit = protocol.swot.common_denominator
    return {
        "departments": base(swot),
        "confidence": protocol.swot.confidence,
        "significance": protocol.swot.significance,
        "limit": Count(limit.numerator, limit.denominator),
    }
