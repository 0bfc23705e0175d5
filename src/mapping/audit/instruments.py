"""Do the instruments agree? What each saw, what each alone would say, and what one more finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mapping import constructs, criteria, findings, indicators, tiers
from mapping.audit.reliability import EVERYTHING, Rated, reliability
from mapping.findings.known import Settings, Tables
from mapping.findings.verdicts import combine
from mapping.needs import named
from mapping.protocol import Protocol
from mapping.schemas import TABLES, conform
from mapping.vocabulary import (
    DECIMALS,
    INSTRUMENTS,
    NOT_ASSESSABLE,
    SIDES,
    TIERS,
    UNCLASSIFIED,
    VOICES,
)

FOR, AGAINST, UNDECIDED, SILENT = VOICES

VOICE_OF = {
    "supported": FOR,
    "contradicted": AGAINST,
    "inconclusive": UNDECIDED,
    NOT_ASSESSABLE: SILENT,
}
"""What a verdict on an instrument's evidence alone makes it say."""

COUNTED = {"supporting": FOR, "contradicting": AGAINST, "undecided": UNDECIDED, "silent": SILENT}
"""The columns that count the instruments by what they say."""

OF_THE_STUDY = ("frame", "instruments")
"""Findings on the register, and on the instruments: none can speak for them or against them."""


@dataclass(frozen=True)
class Alone:
    """A study as one instrument alone tells it: its evidence, and all that follows from it.

    The register and the protocol stay as they are.
    """

    study: Tables
    instrument: str

    @property
    def settings(self) -> Settings:
        """What the study says of itself."""
        return self.study.settings

    @property
    def protocol(self) -> Protocol:
        """The method."""
        return self.study.protocol

    @property
    def departments(self) -> pd.DataFrame:
        """The register: one row is a department of the frame."""
        return self.study.departments

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """Table ``evidence``, the instrument's rows."""
        return _of(self.study.evidence, self.instrument)

    @cached_property
    def respondents(self) -> pd.DataFrame:
        """Table ``respondents``, the instrument's rows."""
        return _of(self.study.respondents, self.instrument)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Table ``indicators`` from this evidence."""
        return indicators.indicators(self.evidence, self.protocol)

    @cached_property
    def constructs(self) -> pd.DataFrame:
        """Table ``constructs`` from this evidence."""
        return constructs.constructs(self.indicators, self.protocol)

    @cached_property
    def tiers(self) -> pd.DataFrame:
        """Table ``tiers`` from this evidence."""
        return tiers.tiers(self.indicators, self.departments, self.protocol)

    @cached_property
    def criteria(self) -> pd.DataFrame:
        """Table ``criteria`` from this evidence."""
        return criteria.criteria(self.indicators, self.protocol)


def _of(rows: pd.DataFrame, instrument: str) -> pd.DataFrame:
    return rows[rows["instrument"] == instrument].reset_index(drop=True)


def alone(study: Tables) -> dict[str, Alone]:
    """The study as each instrument alone tells it; those without evidence are not there."""
    used = set(study.evidence["instrument"])
    return {name: Alone(study, name) for name in INSTRUMENTS if name in used}


def convergence(
    evidence: pd.DataFrame, indicators: pd.DataFrame, protocol: Protocol
) -> pd.DataFrame:
    """How far the instruments agree on each indicator of each participating department.

    One row is a department and an indicator (table ``convergence``). ``spread`` is the largest
    minus the smallest level of the instruments (missing with fewer than two). ``level_low`` and
    ``level_high`` are what the level would be if every instrument that could have seen the
    indicator there and did not had given the lowest level, or the highest. That of a known
    arrangement could be outvoted by any missing one.
    """
    table = indicators.assign(
        spread=indicators["convergence"], word=_words(indicators["convergence"], protocol)
    )
    low, high = _bounds(indicators, evidence, protocol)
    return conform(table.assign(level_low=low, level_high=high), "convergence")


def _words(spread: pd.Series, protocol: Protocol) -> pd.Series:
    limits = protocol.audit
    words = np.select(
        [spread.isna(), spread <= limits.agree, spread >= limits.conflict],
        ["silent", "agree", "conflict"],
        "partly",
    )
    return pd.Series(words, spread.index, dtype="string")


def _bounds(
    table: pd.DataFrame, evidence: pd.DataFrame, protocol: Protocol
) -> tuple[pd.Series, pd.Series]:
    """The level with the lowest and with the highest in place of what is missing."""
    sees = pd.DataFrame(
        {name: [name in i.seen_by for i in protocol.indicators] for name in INSTRUMENTS},
        index=protocol.indicator_keys(),
    )
    possible = sees.loc[table["indicator"]].set_axis(table.index)
    weights = pd.Series(protocol.weights)[list(INSTRUMENTS)]
    levels = table[list(INSTRUMENTS)]
    fixed = _arranged(table, evidence, protocol)
    filled = {end: levels.fillna(end) for end in (0.0, protocol.levels.highest)}
    counts = (possible | levels.notna()) * weights
    ends = {end: (known * counts).sum(axis=1) / counts.sum(axis=1) for end, known in filled.items()}
    missing = (possible & levels.isna()).any(axis=1)
    low, high = (
        mean.mask(fixed, table["level"].where(~missing, end)).round(DECIMALS)
        for end, mean in ends.items()
    )
    return low, high


def _arranged(table: pd.DataFrame, evidence: pd.DataFrame, protocol: Protocol) -> pd.Series:
    """Whether a level is that of the department's arrangement, not a mean of instruments."""
    known = indicators.arrangements(evidence, protocol).dropna(subset=["arrangement"])
    return (table["indicator"] == "staffing") & table["department_id"].isin(known["department_id"])


def agreement(indicators: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """How far the instruments agree as raters: overall, by indicator, without each instrument.

    One row is a scope and a key (table ``agreement``, ``among`` instruments, metric interval).
    A unit is a department and an indicator; ``agreement`` is the share of the pairs of levels
    that differ by at most what counts as agreeing. Levels have no categories, so no AC1.
    """
    items = list(protocol.indicator_keys())
    wide = indicators.pivot(index="department_id", columns="indicator")
    pairs = pd.MultiIndex.from_product([INSTRUMENTS, items])
    levels = wide.reindex(columns=pairs).to_numpy(dtype=float)
    rated = Rated(
        "interval",
        INSTRUMENTS,
        levels.reshape(len(wide), len(INSTRUMENTS), len(items)),
        np.arange(len(wide)),
        items,
        {EVERYTHING: items, **{("indicator", key): [key] for key in items}},
        within=protocol.audit.agree,
    )
    return reliability("instruments", [rated], protocol.audit)


def instrument_tiers(told: Mapping[str, Alone], tiers: pd.DataFrame) -> pd.DataFrame:
    """The tier of each department by each instrument alone, beside that by all of them.

    One row is a department of the frame and an instrument (table ``instrument_tiers``). The
    tier is missing where the instrument did not see the department, unclassified where it saw
    too little of it. ``move`` is from the tier by all; missing where either gives none.
    """
    parts = [_tiers_alone(one, tiers) for one in told.values()]
    blank = pd.DataFrame(columns=list(TABLES["instrument_tiers"].columns))
    return conform(pd.concat(parts, ignore_index=True) if parts else blank, "instrument_tiers")


def _tiers_alone(told: Alone, by_all: pd.DataFrame) -> pd.DataFrame:
    own = told.tiers.set_index("department_id")
    both = by_all.set_index("department_id")["tier"]
    tier = own["tier"].where(own.index.isin(told.evidence["department_id"]))
    rank = {name: place for place, name in enumerate(TIERS[::-1])}
    raised = tier.map(rank) - both.reindex(own.index).map(rank)
    move = pd.Series(np.sign(raised.astype("float64"))).map({1: "up", -1: "down", 0: "same"})
    table = own.assign(
        instrument=told.instrument,
        tier=tier,
        borderline=own["borderline"].astype("boolean").mask(own["margin"].isna()),
        tier_by_all=both.reindex(own.index).fillna(UNCLASSIFIED),
        move=move.astype("string"),
    )
    return table.reset_index()


def finding_voices(told: Mapping[str, Alone], findings: pd.DataFrame) -> pd.DataFrame:
    """Which instruments alone speak for a finding, against it, are undecided or silent.

    One row is a finding of table ``findings`` (table ``finding_voices``). An instrument is for a
    finding that its evidence alone supports, and against one that it contradicts; silent if the
    finding is not assessable on it, or if it knows of no department whether there is what the
    finding says there is. Voices are missing for what is said of the register and of the
    instruments themselves. An instrument without evidence is silent.
    """
    table = findings.set_index("finding")[["verdict"]]
    own = table.index.isin(OF_THE_STUDY)
    for instrument in INSTRUMENTS:
        heard = _voices(told[instrument]) if instrument in told else pd.Series(dtype="string")
        table[instrument] = heard.reindex(table.index).fillna(SILENT).mask(own)
    voices = table[list(INSTRUMENTS)]
    counts = {name: (voices == voice).sum(axis=1) for name, voice in COUNTED.items()}
    return conform(table.assign(**counts).reset_index(), "finding_voices")


def _voices(told: Alone) -> pd.Series:
    """What an instrument alone says of each finding (the index)."""
    parts = findings.parts(told)
    unseen = (parts["measure"] == "existence") & (parts["of"] == 0) & (parts["unknown"] > 0)
    verdicts = parts["verdict"].mask(unseen, NOT_ASSESSABLE).groupby(parts["finding"])
    return verdicts.agg(lambda found: VOICE_OF[combine(list(found))]).astype("string")


def needs_seen(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """How the needs found depend on how many instruments saw a department.

    One row is a side, a number of instruments and a need (table ``needs_seen``): how many of
    the departments that so many instruments saw (``of``) name it. ``mean_needs`` is how many
    needs of the side such a department names on average, the same in all their rows.
    """
    instruments = evidence.groupby("department_id")["instrument"].nunique()
    parts = [
        _seen_by(named(evidence, protocol, side), instruments == number).assign(
            side=side, instruments=number
        )
        for side in SIDES
        for number in range(1, len(INSTRUMENTS) + 1)
    ]
    return conform(pd.concat(parts, ignore_index=True), "needs_seen")


def _seen_by(named: pd.DataFrame, among: pd.Series) -> pd.DataFrame:
    """How many of some departments name each need."""
    present = named[among.reindex(named.index).fillna(value=False).astype(bool)]
    of = len(present)
    counts = present.sum()
    return pd.DataFrame(
        {
            "need": counts.index,
            "departments": counts.to_numpy(),
            "of": of,
            "share": (counts.to_numpy() / of).round(DECIMALS) if of else np.nan,
            "mean_needs": round(float(present.sum(axis=1).mean()), DECIMALS),
        }
    )
