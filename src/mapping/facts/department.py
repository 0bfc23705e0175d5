"""Facts on a single department: what its own report tells its head."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping import needs, peers, toolbox
from mapping.errors import UsageError
from mapping.facts import since
from mapping.facts.counting import Count, Facts, true_in
from mapping.facts.fieldwork import COUNTED
from mapping.indicators import levels
from mapping.participation import participating
from mapping.protocol import Protocol
from mapping.references import Selected, Traced, cell, computed, entries, of, setting, whole
from mapping.tiers import deciding
from mapping.vocabulary import INSTRUMENTS, QUADRANTS, SIDES, TIERS, UNCLASSIFIED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mapping.study import Study


_HASH = 12
"""So many characters of a hash are shown."""

_STEP = 1
"""Instruments that differ by at most one level agree."""

_ROOM, _ROOM_BESIDE_PAST = 4, 3
"""So many tools, and themes of a quadrant, two pages hold: without and with two years compared."""

_EASIEST = {key: COUNTED[key] for key in ("survey", "interview", "workshop")}
"""The instruments, what asks least of a department first."""


@dataclass(frozen=True)
class Portrait:
    """One department's own rows of the results, and the middle of its tier; none of another's.

    ``aspects`` has one row an aspect, in the protocol's order, with the tier's middle;
    ``indicators`` one row an indicator that is no aspect or part of one: department_id,
    indicator, level, middle. ``convergence`` is by indicator, ``compared`` the instruments
    that it compares; ``criteria`` are those of its own tier; ``named`` are the needs of each
    side, ``asked`` is how many internal ones the mapping asks for, ``need_levels`` the levels of
    those sides that are known; ``tools`` has one row a tool and thing it serves. ``aspects`` and
    ``tools`` hold what :func:`mapping.peers.middle` and :func:`mapping.toolbox.serving` tell.
    ``inputs`` are the shortened hashes of the files. Numbers are traced, and no reference names
    another department.
    """

    department: str
    protocol: Protocol
    tier: str
    fits: dict[str, Traced]
    margin: Traced | None
    borderline: bool
    aspects: pd.DataFrame
    indicators: pd.DataFrame
    convergence: pd.Series
    compared: list[str]
    criteria: pd.DataFrame
    evidence: pd.DataFrame
    named: dict[str, list[str]]
    asked: int
    with_need: pd.Series
    need_levels: dict[str, Traced]
    recommendations: pd.Series
    tools: pd.DataFrame
    participation: pd.Series
    inputs: dict[str, str]

    @property
    def classified(self) -> bool:
        """Whether the department has a tier."""
        return self.tier != UNCLASSIFIED

    @property
    def next_tier(self) -> str:
        """The tier above its own; blank for the highest, and without a tier."""
        place = TIERS.index(self.tier) if self.classified else 0
        return TIERS[place - 1] if place else ""

    @property
    def raised(self) -> pd.DataFrame:
        """The rows of ``aspects`` that the smallest change to the next tier raises."""
        return self.aspects.dropna(subset=["to_next_tier"])

    @property
    def notes(self) -> Selected:
        """Its notes from the workshop."""
        return self.rows("evidence", self.evidence).where(instrument="workshop")

    def rows(self, table: str, own: pd.DataFrame) -> Selected:
        """Its own rows of a table, to count."""
        return of(table, own).where(department_id=self.department)


def known_department(study: Study, department: str) -> str:
    """The id as the register writes it; small letters are forgiven.

    Raises
    ------
    UsageError
        There is no such department in the register; the message names the nearest ids.

    """
    ids = list(study.departments["department_id"])
    wanted = department.strip().upper()
    if wanted in ids:
        return wanted
    near = difflib.get_close_matches(wanted, ids, n=3, cutoff=0.4)
    hint = f"; the nearest are {', '.join(near)}" if near else ""
    raise UsageError(f"no department {department!r} in {study.settings.year}{hint}")


def portrait(study: Study, department: str | None = None) -> Portrait:
    """What the study has on one department; on the first that took part if none is named.

    Raises
    ------
    UsageError
        There is no such department, it did not take part, or none did.

    """
    took_part = participating(study.evidence)
    if not took_part:
        raise UsageError(f"no department took part in {study.settings.year}")
    key = took_part[0] if department is None else known_department(study, department)
    if key not in took_part:
        raise UsageError(f"{key} did not take part in {study.settings.year}: there is no report")
    return _portrait(study, key)


def _portrait(study: Study, key: str) -> Portrait:
    protocol = study.protocol
    tier = _own(study.tiers, key).iloc[0].to_dict()
    evidence, indicators = _own(study.evidence, key), _own(study.indicators, key)
    criteria = _own(study.criteria, key)
    known = needs.with_need(evidence, indicators, protocol).iloc[0]
    asked = of("needs", study.needs).where(side="internal")
    by_key = indicators.set_index("indicator")
    compared = by_key[by_key["convergence"].notna()]
    return Portrait(
        department=key,
        protocol=protocol,
        tier=str(tier["tier"]),
        fits=_fits(tier),
        margin=cell("tiers", tier, "margin"),
        borderline=bool(tier["borderline"]),
        aspects=_aspects(study, key),
        indicators=_others(study, key),
        convergence=compared["convergence"],
        compared=[key for key in INSTRUMENTS if compared[key].notna().any()],
        criteria=_in_order(
            criteria[criteria["tier"] == tier["tier"]],
            "criterion",
            [criterion.name for criterion in protocol.criteria],
        ),
        evidence=evidence,
        named={side: _named(evidence, protocol, side) for side in SIDES},
        asked=asked.without(need=protocol.need_rules.listed_apart).count(),
        with_need=known[list(SIDES)],
        need_levels=_need_levels(indicators),
        recommendations=_own(study.recommendations, key).set_index("recommendation")["met"],
        tools=toolbox.serving(evidence, indicators, protocol),
        participation=_own(study.participation, key).iloc[0],
        inputs={file.name: file.sha256[:_HASH] for file in study.raw.files},
    )


def _fits(tier: dict[Any, Any]) -> dict[str, Traced]:
    """The fit to each tier; none for a department without one."""
    fits = {name: cell("tiers", tier, f"fit_{name}") for name in TIERS}
    return {name: fit for name, fit in fits.items() if fit is not None}


def _own(table: pd.DataFrame, department: str) -> pd.DataFrame:
    return table[table["department_id"] == department]


def _in_order(rows: pd.DataFrame, column: str, order: Iterable[str]) -> pd.DataFrame:
    """The rows in the protocol's order of the column's keys."""
    place = {key: number for number, key in enumerate(order)}
    return rows.sort_values(column, key=lambda keys: keys.map(place), ignore_index=True)


def _aspects(study: Study, department: str) -> pd.DataFrame:
    levels = study.aspects.pivot(index="department_id", columns="aspect", values="level")
    rows = _own(study.aspects, department)
    rows = rows.assign(middle=_middles(study, "aspects", levels, department, rows["aspect"]))
    return _in_order(rows, "aspect", study.protocol.aspect_keys)


def _others(study: Study, department: str) -> pd.DataFrame:
    """The indicators that no aspect rests on: what is told of the others is told as aspects."""
    shown = {key for aspect in study.protocol.aspects for key in aspect.rests_on}
    keys = [key for key in study.protocol.indicator_keys() if key not in shown]
    table = levels(study.indicators)[keys]
    rows = pd.DataFrame({"indicator": keys, "level": table.loc[department].to_numpy()})
    middle = _middles(study, "indicators", table, department, rows["indicator"])
    return rows.assign(department_id=department, middle=middle)


def _middles(
    study: Study, table: str, levels: pd.DataFrame, department: str, keys: pd.Series
) -> pd.Series:
    """The tier's middle of each of the keys, told as a median of others whom nothing names.

    None where :func:`mapping.peers.middle` tells none; the two are the same.
    """
    known = peers.middle(levels, study.tiers, department, study.protocol).notna()
    tier = study.tiers.set_index("department_id")["tier"][department]
    same = of("tiers", study.tiers).where(tier=tier)
    others = of(table, getattr(study, table)).among(same).without(department_id=department)
    column = {"aspects": "aspect", "indicators": "indicator"}[table]
    middles = [_to_halves(others.where(**{column: key})) if known[key] else None for key in keys]
    return pd.Series(middles, index=keys.index, dtype="object")


def _to_halves(rows: Selected) -> Traced:
    """The median level, rounded to halves."""
    return computed(
        "quotient", computed("rounded", computed("product", rows.median("level"), 2)), 2
    )


def _named(evidence: pd.DataFrame, protocol: Protocol, side: str) -> list[str]:
    present = needs.named(evidence, protocol, side).iloc[0]
    return list(present.index[present])


def _need_levels(indicators: pd.DataFrame) -> dict[str, Traced]:
    """The level of each side's need, where it is known."""
    rows = {row["indicator"]: row for row in indicators.to_dict("records")}
    found = {side: cell("indicators", rows[f"{side}_need"], "level") for side in SIDES}
    return {side: level for side, level in found.items() if level is not None}


def room(past: since.Past) -> int:
    """So many tools, and themes of each quadrant, are shown: the report has two pages.

    There are fewer where two years are compared on them.
    """
    return _ROOM_BESIDE_PAST if past.status == "both" else _ROOM


def in_short(own: Portrait, past: since.Past = since.NO_PAST) -> Facts:
    """The tier, how it has moved, the ends of the aspects, needs, what is lacking, a first step."""
    apart = own.protocol.need_rules.listed_apart
    lacking = own.recommendations.eq(False).fillna(value=False)
    return (
        _tier(own)
        | _ends(own)
        | _step(own)
        | {
            "since": since.in_short(past),
            "single": _single(own),
            "needs": [key for key in own.named["internal"] if key != apart],
            "other": apart in own.named["internal"],
            "with_internal": _known(own.with_need["internal"]),
            "of": own.asked,
            "lacking": list(lacking.index[lacking]),
            "met": _recommended(own),
            "all": entries(own.protocol, "recommendations"),
        }
    )


def _tier(own: Portrait) -> Facts:
    """Which tier, and how clearly.

    ``apart`` is the least change, in levels and over all aspects together, that would bring the
    fit to ``second``, the next nearest tier, up to that of its own: a level on one aspect moves
    both fits, one up and the other down.
    """
    aspects = own.rows("aspects", own.aspects)
    known = aspects.known("level").count()
    highest = setting(own.protocol, "levels.highest")
    others = {name: fit for name, fit in own.fits.items() if name != own.tier}
    apart = 0.0 if own.margin is None else _halved(own.margin, highest, known)
    return {
        "tier": own.tier,
        "second": max(others, key=others.__getitem__) if own.classified else "",
        "apart": apart,
        "borderline": own.borderline,
        "known": Count(known, aspects.count()),
        "needed": setting(own.protocol, "tier_rules.aspects_known"),
    }


def _halved(*factors: float) -> Traced:
    return computed("quotient", computed("product", *factors), 2)


def _rests(own: Portrait) -> dict[str, int]:
    """How much of each kind of evidence there is, of the kinds that there are."""
    row = own.participation.to_dict()
    return {kind: whole("participation", row, kind) for kind in COUNTED.values() if row[kind]}


def _single(own: Portrait) -> str:
    """The kind of evidence where all rests on one response or one interview; else blank."""
    rests = _rests(own)
    return next((kind for kind in ("interviews", "responses") if rests == {kind: 1}), "")


def _ends(own: Portrait) -> Facts:
    """The aspects with the highest and the lowest level; none if all known ones are equal."""
    level = own.aspects.set_index("aspect")["level"].dropna()
    apart = bool(level.max() > level.min())
    rows = own.rows("aspects", own.aspects)
    ends = {"high": rows.largest("level"), "low": rows.smallest("level")} if len(level) else {}
    return {
        "highest": list(level.index[level == level.max()]) if apart else [],
        "lowest": list(level.index[level == level.min()]) if apart else [],
        "ends": ends,
        "scale": setting(own.protocol, "levels.highest"),
    }


def _step(own: Portrait) -> Facts:
    """What to do first, and the tools that may be of use for it.

    The first recommendation that is known not to be met; else the condition that the smallest
    change raises most (a need cannot be decided). Neither, where nothing asks for a step.
    Without a tier it is to be heard: ``not_used`` are the instruments that could see what is
    unknown and that the department has not taken part with.
    """
    rules = own.protocol.recommendations if own.classified else ()
    lacking = [rule for rule in rules if _lacks(own, rule.key)]
    aspect = "" if lacking else _raised_most(own)
    helped = _indicators_of(own.protocol, [aspect])
    if lacking:
        helped = set(lacking[0].at_least) or {"staffing"}
    return {
        "raise_first": aspect,
        "recommended": lacking[0].key if lacking else "",
        "help": _tools_for(own.tools, helped)[:2],
        "not_used": _not_used(own),
    }


def _raised_most(own: Portrait) -> str:
    """The aspect of conditions alone that the smallest change raises most; blank without any."""
    conditions = set(own.protocol.indicator_keys("conditions"))
    decided = [a.key for a in own.protocol.aspects if set(a.rests_on) <= conditions]
    raised = own.raised[own.raised["aspect"].isin(decided)]
    rise = raised["to_next_tier"] - raised["level"]
    return str(raised["aspect"].to_numpy()[rise.to_numpy().argmax()]) if len(raised) else ""


def _not_used(own: Portrait) -> list[str]:
    """The instruments without evidence that see an indicator of an unknown aspect."""
    unknown = own.aspects.loc[own.aspects["level"].isna(), "aspect"]
    keys = _indicators_of(own.protocol, unknown)
    seeing = {name for i in own.protocol.indicators if i.key in keys for name in i.seen_by}
    rests = _rests(own)
    return [key for key, kind in _EASIEST.items() if key in seeing and kind not in rests]


def _lacks(own: Portrait, recommendation: str) -> bool:
    met = own.recommendations[recommendation]
    return bool(pd.notna(met) and not met)


def _indicators_of(protocol: Protocol, aspects: Iterable[str]) -> set[str]:
    wanted = set(aspects)
    return {key for a in protocol.aspects if a.key in wanted for key in a.rests_on}


def _tools_for(tools: pd.DataFrame, indicators: set[str]) -> list[str]:
    """The tools that serve one of these conditions, in the protocol's order."""
    rows = tools[(tools["kind"] == "condition") & tools["key"].isin(indicators)]
    return list(dict.fromkeys(rows["tool"]))


def _recommended(own: Portrait) -> Count:
    """How many recommendations are met, of those that can be assessed."""
    met = own.recommendations.rename("met").rename_axis("recommendation").reset_index()
    return true_in(own.rows("recommendations", met.assign(department_id=own.department)), "met")


def tier(own: Portrait) -> Facts:
    """The tier, the fits and the aspects; and the smallest change to the next tier up.

    ``change`` gives aspect, from and to; ``decides`` the aspects of which the least rise
    decides, where the fits to both tiers are equal already.
    """
    level = own.aspects.set_index("aspect")["level"]
    change = own.raised
    equal = bool(own.next_tier) and change.empty
    told = ("tier", "second", "known", "needed")
    return {name: value for name, value in _tier(own).items() if name in told} | {
        "fits": own.fits,
        "unknown": list(level.index[level.isna()]),
        "next": own.next_tier,
        "change": [
            {
                "aspect": row["aspect"],
                "from": cell("aspects", row, "level"),
                "to": cell("aspects", row, "to_next_tier"),
            }
            for row in change.to_dict("records")
        ],
        "decides": deciding(level.dropna(), own.tier, own.protocol) if equal else [],
    }


def criteria(own: Portrait) -> Facts:
    """Which criteria of its tier the department meets, does not meet, and which are unknown."""
    met = own.criteria.set_index("criterion")["met"]
    return {
        "tier": own.tier,
        "count": true_in(own.rows("criteria", own.criteria).where(tier=own.tier), "met"),
        "met": list(met.index[met.fillna(value=False)]),
        "not_met": list(met.index[~met.fillna(value=True)]),
        "not_known": list(met.index[met.isna()]),
    }


def analysis(own: Portrait) -> Facts:
    """The SWOT analysis: how many notes each quadrant has, and where most are."""
    notes = {quadrant: own.notes.where(quadrant=quadrant).count() for quadrant in QUADRANTS}
    most = max(notes.values())
    return {
        "notes": own.notes.count(),
        "quadrants": notes,
        "most": [q for q, count in notes.items() if count == most and most],
    }


def own_needs(own: Portrait) -> Facts:
    """The needs that the department names, and who voices needs from outside.

    ``low`` is whether the level of the internal need is below the protocol's limit although a
    need is named: the two are measured apart.
    """
    apart = own.protocol.need_rules.listed_apart
    internal = own.named["internal"]
    return {
        "internal": [key for key in internal if key != apart],
        "number": own.rows("evidence", own.evidence)
        .where(kind="need")
        .without(key=apart)
        .distinct("key"),
        "of": own.asked,
        "other": apart in internal,
        "with_internal": _known(own.with_need["internal"]),
        "voices": own.named["external"],
        "with_external": _known(own.with_need["external"]),
        "low": bool(internal) and _low(own, own.protocol.need_rules.internal_level),
        "level": own.need_levels,
        "scale": setting(own.protocol, "levels.highest"),
    }


def _low(own: Portrait, limit: float) -> bool:
    return own.need_levels.get("internal", limit) < limit


def _known(value: Any) -> str:
    """With, without or unknown: texts cannot be given a missing value."""
    return "unknown" if pd.isna(value) else "with" if value else "without"


def recommendations(own: Portrait) -> Facts:
    """Which of the recommendations are met, which are not, and which cannot be assessed."""
    met = own.recommendations
    return {
        "count": _recommended(own),
        "all": entries(own.protocol, "recommendations"),
        "met": list(met.index[met.fillna(value=False)]),
        "not_met": list(met.index[~met.fillna(value=True)]),
        "not_known": list(met.index[met.isna()]),
    }


def tools(own: Portrait) -> Facts:
    """How many tools would serve the department."""
    return {"tools": own.rows("toolbox_serving", own.tools).distinct("tool")}


def tools_by_use(tools: pd.DataFrame) -> pd.Series:
    """Number of things that each tool serves at the department, the most useful first."""
    uses = tools.groupby("tool", sort=False).size()
    return uses.sort_values(ascending=False, kind="stable")


def evidence(own: Portrait, command: str | None) -> Facts:
    """What the report rests on, how well the instruments agree, and what makes it again.

    ``agree`` counts the indicators that differ by at most one level between instruments, of
    those that more than one of the instruments ``compared`` has seen; ``apart`` are those that
    differ most. ``single`` is the kind of evidence where all rests on one response or interview.
    ``command`` is that of :func:`mapping.comparison.command`; none under another protocol.
    """
    spread = own.convergence
    compared = spread.rename_axis("indicator").reset_index().assign(department_id=own.department)
    rows = own.rows("indicators", compared)
    known = rows.known("convergence")
    widest = known.largest("convergence") if len(spread) else 0.0
    return {
        "rests": _rests(own),
        "single": _single(own),
        "left_out": whole("participation", own.participation.to_dict(), "left_out"),
        "compared": own.compared,
        "agree": Count(rows.compared("convergence", "<=", _STEP).count(), known.count()),
        "apart": list(spread.index[spread == spread.max()]) if widest > _STEP else [],
        "widest": widest,
        "protocol": own.protocol.name,
        "version": own.protocol.version,
        "hash": own.protocol.sha256[:_HASH],
        "inputs": own.inputs,
        "command": command or "",
    }
