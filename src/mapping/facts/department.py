"""Facts on a single department: what its own report tells its head."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping import needs, peers, swot, toolbox
from mapping.errors import UsageError
from mapping.facts import since
from mapping.facts.counting import Count, Facts
from mapping.facts.fieldwork import COUNTED
from mapping.indicators import levels
from mapping.participation import participating
from mapping.protocol import Protocol
from mapping.tiers import deciding
from mapping.vocabulary import DECIMALS, INSTRUMENTS, QUADRANTS, SIDES, TIERS, UNCLASSIFIED

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

    ``aspects`` has one row an aspect, in the protocol's order: aspect, level, nearest,
    to_next_tier, middle. ``indicators`` has one row an indicator that is no aspect or part of
    one: indicator, level, middle. ``convergence`` is by indicator, ``compared`` the instruments
    that it compares; ``criteria`` are those of its own tier; ``notes`` are its workshop notes
    without their text; ``named`` are the needs of each side, ``need_levels`` the levels of those
    sides that are known; ``tools`` has one row a tool and thing it serves. ``aspects`` and
    ``tools`` hold what :func:`mapping.peers.middle` and :func:`mapping.toolbox.serving` tell.
    ``inputs`` are the shortened hashes of the files.
    """

    department: str
    protocol: Protocol
    tier: str
    fits: pd.Series
    margin: float
    borderline: bool
    aspects: pd.DataFrame
    indicators: pd.DataFrame
    convergence: pd.Series
    compared: list[str]
    criteria: pd.DataFrame
    notes: pd.DataFrame
    named: dict[str, list[str]]
    with_need: pd.Series
    need_levels: dict[str, float]
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
    tier = _own(study.tiers, key).iloc[0]
    evidence, indicators = _own(study.evidence, key), _own(study.indicators, key)
    criteria = _own(study.criteria, key)
    known = needs.with_need(evidence, indicators, protocol).iloc[0]
    by_key = indicators.set_index("indicator")
    compared = by_key[by_key["convergence"].notna()]
    return Portrait(
        department=key,
        protocol=protocol,
        tier=str(tier["tier"]),
        fits=tier[[f"fit_{name}" for name in TIERS]].set_axis(list(TIERS)),
        margin=float(tier["margin"]),
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
        notes=swot.notes(evidence),
        named={side: _named(evidence, protocol, side) for side in SIDES},
        with_need=known[list(SIDES)],
        need_levels=_need_levels(by_key["level"]),
        recommendations=_own(study.recommendations, key).set_index("recommendation")["met"],
        tools=toolbox.serving(evidence, indicators, protocol),
        participation=_own(study.participation, key).iloc[0],
        inputs={file.name: file.sha256[:_HASH] for file in study.raw.files},
    )


def _own(table: pd.DataFrame, department: str) -> pd.DataFrame:
    return table[table["department_id"] == department]


def _in_order(rows: pd.DataFrame, column: str, order: Iterable[str]) -> pd.DataFrame:
    """The rows in the protocol's order of the column's keys."""
    place = {key: number for number, key in enumerate(order)}
    return rows.sort_values(column, key=lambda keys: keys.map(place), ignore_index=True)


def _aspects(study: Study, department: str) -> pd.DataFrame:
    levels = study.aspects.pivot(index="department_id", columns="aspect", values="level")
    middle = peers.middle(levels, study.tiers, department, study.protocol)
    rows = _own(study.aspects, department)
    rows = rows.assign(middle=rows["aspect"].map(middle))
    shown = ["aspect", "level", "nearest", "to_next_tier", "middle"]
    return _in_order(rows, "aspect", study.protocol.aspect_keys)[shown]


def _others(study: Study, department: str) -> pd.DataFrame:
    """The indicators that no aspect rests on: what is told of the others is told as aspects."""
    shown = {key for aspect in study.protocol.aspects for key in aspect.rests_on}
    keys = [key for key in study.protocol.indicator_keys() if key not in shown]
    table = levels(study.indicators)[keys]
    middle = peers.middle(table, study.tiers, department, study.protocol)
    rows = pd.DataFrame({"level": table.loc[department], "middle": middle})
    return rows.rename_axis("indicator").reset_index()


def _named(evidence: pd.DataFrame, protocol: Protocol, side: str) -> list[str]:
    present = needs.named(evidence, protocol, side).iloc[0]
    return list(present.index[present])


def _need_levels(level: pd.Series) -> dict[str, float]:
    """The level of each side's need, where it is known."""
    known = level.dropna()
    return {side: float(known[f"{side}_need"]) for side in SIDES if f"{side}_need" in known}


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
            "of": len(own.protocol.need_keys("internal")) - 1,
            "lacking": list(lacking.index[lacking]),
            "met": _met(own.recommendations),
            "all": len(own.recommendations),
        }
    )


def _tier(own: Portrait) -> Facts:
    """Which tier, and how clearly.

    ``apart`` is the least change, in levels and over all aspects together, that would bring the
    fit to ``second``, the next nearest tier, up to that of its own: a level on one aspect moves
    both fits, one up and the other down.
    """
    known = int(own.aspects["level"].notna().sum())
    apart = own.margin * own.protocol.levels.highest * known / 2 if own.classified else 0.0
    return {
        "tier": own.tier,
        "second": str(own.fits.drop(own.tier).astype(float).idxmax()) if own.classified else "",
        "apart": round(apart, DECIMALS),
        "borderline": own.borderline,
        "known": Count(known, len(own.aspects)),
        "needed": own.protocol.tier_rules.aspects_known,
    }


def _rests(own: Portrait) -> dict[str, int]:
    """How much of each kind of evidence there is, of the kinds that there are."""
    row = own.participation
    return {kind: int(row[kind]) for kind in COUNTED.values() if row[kind]}


def _single(own: Portrait) -> str:
    """The kind of evidence where all rests on one response or one interview; else blank."""
    rests = _rests(own)
    return next((kind for kind in ("interviews", "responses") if rests == {kind: 1}), "")


def _ends(own: Portrait) -> Facts:
    """The aspects with the highest and the lowest level; none if all known ones are equal."""
    level = own.aspects.set_index("aspect")["level"].dropna()
    apart = bool(level.max() > level.min())
    return {
        "highest": list(level.index[level == level.max()]) if apart else [],
        "lowest": list(level.index[level == level.min()]) if apart else [],
        "ends": {"high": float(level.max()), "low": float(level.min())} if len(level) else {},
        "scale": own.protocol.levels.highest,
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


def _met(values: pd.Series) -> Count:
    """How many are met, of those that can be assessed."""
    known = values.dropna()
    return Count(int(known.sum()), len(known))


def tier(own: Portrait) -> Facts:
    """The tier, the fits and the aspects; and the smallest change to the next tier up.

    ``change`` gives aspect, from and to; ``decides`` the aspects of which the least rise
    decides, where the fits to both tiers are equal already.
    """
    level = own.aspects.set_index("aspect")["level"]
    change = own.raised
    equal = bool(own.next_tier) and change.empty
    columns = (change[name] for name in ("aspect", "level", "to_next_tier"))
    told = ("tier", "second", "known", "needed")
    return {name: value for name, value in _tier(own).items() if name in told} | {
        "fits": {name: float(fit) for name, fit in own.fits.items() if own.classified},
        "unknown": list(level.index[level.isna()]),
        "next": own.next_tier,
        "change": [
            {"aspect": aspect, "from": float(low), "to": float(high)}
            for aspect, low, high in zip(*columns, strict=True)
        ],
        "decides": deciding(level.dropna(), own.tier, own.protocol) if equal else [],
    }


def criteria(own: Portrait) -> Facts:
    """Which criteria of its tier the department meets, does not meet, and which are unknown."""
    met = own.criteria.set_index("criterion")["met"]
    return {
        "tier": own.tier,
        "count": _met(met),
        "met": list(met.index[met.fillna(value=False)]),
        "not_met": list(met.index[~met.fillna(value=True)]),
        "not_known": list(met.index[met.isna()]),
    }


def analysis(own: Portrait) -> Facts:
    """The SWOT analysis: how many notes each quadrant has, and where most are."""
    notes = {q: int((own.notes["quadrant"] == q).sum()) for q in QUADRANTS}
    most = max(notes.values())
    return {
        "notes": len(own.notes),
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
        "of": len(own.protocol.need_keys("internal")) - 1,
        "other": apart in internal,
        "with_internal": _known(own.with_need["internal"]),
        "voices": own.named["external"],
        "with_external": _known(own.with_need["external"]),
        "low": bool(internal) and _low(own, own.protocol.need_rules.internal_level),
        "level": own.need_levels,
        "scale": own.protocol.levels.highest,
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
        "count": _met(met),
        "all": len(met),
        "met": list(met.index[met.fillna(value=False)]),
        "not_met": list(met.index[~met.fillna(value=True)]),
        "not_known": list(met.index[met.isna()]),
    }


def tools(own: Portrait) -> Facts:
    """How many tools would serve the department."""
    return {"tools": own.tools["tool"].nunique()}


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
    widest = float(spread.max()) if len(spread) else 0.0
    return {
        "rests": _rests(own),
        "single": _single(own),
        "left_out": int(own.participation["left_out"]),
        "compared": own.compared,
        "agree": Count(int((spread <= _STEP).sum()), len(spread)),
        "apart": list(spread.index[spread == spread.max()]) if widest > _STEP else [],
        "widest": widest,
        "protocol": own.protocol.name,
        "version": own.protocol.version,
        "hash": own.protocol.sha256[:_HASH],
        "inputs": own.inputs,
        "command": command or "",
    }
