"""What the tables rest on that say how far coders and instruments agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from mapping.audit.instruments import COUNTED
from mapping.followup.rests_on import FINDINGS
from mapping.trace.cells import At, Cells, Source, chosen
from mapping.trace.chain import DEPARTMENT, TOOK_PART, arrangement
from mapping.trace.findings import OF_PARTICIPANTS, WITH_MEDIAN
from mapping.trace.stages import NOW, REGISTER
from mapping.trace.trusted import READ, TIER_RULES, read_of
from mapping.vocabulary import INSTRUMENTS

_CODED = ("department_id", "unit", "rater", "kind", "key", "value", "category")
_DRAWN = ("audit.draws", "audit.seed", "audit.confidence")
_KIND_OF_SIDE = {"internal": "need", "external": "external_need"}
_KIND_OF = {"need": "need", "voice": "external_need"}


# --- agreement ----------------------------------------------------------------------------------


def agreement(at: At) -> Iterator[Source]:
    """What is judged rests on alpha; alpha on what the raters gave."""
    rows = at.rows
    if at.column in ("among", "scope", "key", "metric"):
        yield from _rated_things(at)
    elif at.column in ("word", "reason"):
        yield at.own("alpha", "units", "given")
        yield at.rules("audit.reliable", "audit.tentative", "audit.fewest_units")
    elif at.column == "look":
        yield at.own("word", "gain_low")
    elif at.column == "gain":
        yield at.own("alpha")
        yield at.cells("agreement", "alpha", rows[["among", "metric"]], scope="all")
    else:
        yield from _ratings(at)


def _rated_things(at: At) -> Iterator[Source]:
    among = set(at.rows["among"])
    if "coders" in among:
        yield at.rules("codebook.csv")
    if "instruments" in among:
        yield at.rules("indicators", "instruments")


def _ratings(at: At) -> Iterator[Source]:
    """What the raters gave; of codes also the interviews, for a coder who saw one can say no."""
    now, rows = at.of(NOW), at.rows
    for among, scope, key, metric in rows[["among", "scope", "key", "metric"]].itertuples(
        index=False, name=None
    ):
        if among == "instruments":
            only = {"indicator": key} if scope == "indicator" else {}
            yield now.every("indicators", INSTRUMENTS, **only)
            if at.column in ("agreement", "with_others"):
                yield at.rules("audit.agree")
        else:
            yield _given(now, scope, key, metric)
            if metric == "nominal":
                yield now.every("respondents", ("respondent",), instrument="interview")
    if at.column.endswith(("_low", "_high")):
        yield at.rules(*_DRAWN)


def _given(now: At, scope: str, key: str, metric: str) -> Cells:
    """The rows of the interviews that give the code, or any of the kind or the indicator."""
    fixed = {"instrument": "interview"}
    if metric == "ordinal":
        fixed["kind"] = "indicator"
    if scope == "kind":
        fixed["kind"] = key
    if scope == "indicator":
        fixed |= {"kind": "indicator", "key": key}
    cells = now.every("evidence", _CODED, **fixed)
    return chosen(cells, _of_code(now, key)) if scope == "code" else cells


def _of_code(now: At, name: str) -> pd.Series:
    """Which rows of the evidence say what the code says."""
    codes = now.stage.own.protocol.codes
    code = next(one for one in codes if one.instrument == "interview" and one.code == name)
    rows = now.stage.frame("evidence")
    told = (rows["kind"] == code.kind) & (rows["category"].fillna(rows["key"]) == code.key)
    return told if code.level is None else told & (rows["value"] == code.level)


# --- the instruments ----------------------------------------------------------------------------


def convergence(at: At) -> Iterator[Source]:
    """A department's row rests on its own levels."""
    now, rows = at.of(NOW), at.rows
    own, keys = rows[["department_id", "indicator"]], sorted(rows["indicator"].unique())
    if at.column == "word":
        yield at.own("spread")
        yield at.rules("audit.agree", "audit.conflict")
    elif at.column in ("level_low", "level_high"):
        yield now.cells("indicators", (*INSTRUMENTS, "level"), own)
        yield arrangement(now, own.loc[own["indicator"] == "staffing", DEPARTMENT])
        yield at.rules("instruments", "levels.highest", *(f"indicators.{key}" for key in keys))
    else:
        same = {"spread": "convergence"}.get(at.column, at.column)
        yield now.cells("indicators", same, own)


def instrument_tiers(at: At) -> Iterator[Source]:
    """The tier by an instrument rests on what it says of the department."""
    now, rows = at.of(NOW), at.rows
    if at.column == "department_id":
        yield now.cells(REGISTER, "department_id", rows[DEPARTMENT])
    elif at.column == "instrument":
        yield at.rules("instruments")
    elif at.column == "tier_by_all":
        yield now.cells("tiers", "tier", rows[DEPARTMENT])
    elif at.column == "move":
        yield at.own("tier", "tier_by_all")
    elif at.column == "borderline":
        yield at.own("margin")
        yield at.rules("tier_rules.borderline")
    else:
        for instrument, own in rows.groupby("instrument"):
            cells = read_of(at, own)
            yield chosen(cells, now.stage.frame("evidence")["instrument"] == instrument)
            if at.column == "tier":  # seen at all, though perhaps not by any level
                yield now.cells("evidence", "instrument", own[[*DEPARTMENT, "instrument"]])
        yield at.rules(*TIER_RULES)


def finding_voices(at: At) -> Iterator[Source]:
    """What an instrument says of a finding rests on its own evidence of what that is about."""
    now, rows = at.of(NOW), at.rows
    if at.column == "finding":
        yield at.rules(*(f"findings.{key}" for key in sorted(rows["finding"])))
    elif at.column == "verdict":
        yield now.cells("findings", "verdict", rows[["finding"]])
    elif at.column in COUNTED:
        yield at.own(*INSTRUMENTS)
    else:
        asked = rows.loc[rows[at.column].notna(), "finding"]
        for finding in _with_family(now, asked):
            yield from _heard(now, finding, at.column)
        yield at.rules("finding_rules", *(f"findings.{key}" for key in sorted(asked)))


def _with_family(now: At, findings: pd.Series) -> list[str]:
    """The findings; with one of those whose p are corrected together all of these."""
    family = now.stage.own.protocol.finding_rules.family
    return sorted({*findings, *(family if findings.isin(family).any() else ())})


def _heard(now: At, finding: str, instrument: str) -> Iterator[Source]:
    names = FINDINGS.get(finding, ())
    pairs, kinds = _grounds(now, names)
    columns, own = ("department_id", *READ), {"instrument": instrument}
    yield now.cells("evidence", columns, pd.DataFrame(pairs, columns=["kind", "key"]), **own)
    yield now.cells("evidence", columns, pd.DataFrame({"kind": sorted(kinds)}), **own)
    if any(name.partition(":")[0] in (*_KIND_OF, "fact", "role") for name in names):
        told = ("department_id", "respondent", "role", "left_out")
        yield now.every("respondents", told, instrument=instrument, left_out=None)
        if instrument == "workshop":
            yield now.every("evidence", "department_id", **own)
    if finding in WITH_MEDIAN:
        yield now.every(REGISTER, WITH_MEDIAN[finding])
    if finding in OF_PARTICIPANTS:
        yield now.every(REGISTER, OF_PARTICIPANTS[finding])


def _grounds(now: At, names: Iterable[str]) -> tuple[list[tuple[str, str]], set[str]]:
    """What the evidence has of these measures: kinds with their keys, and kinds as a whole."""
    protocol, keys, kinds = now.stage.own.protocol, set[tuple[str, str]](), set[str]()
    rests_on = {aspect.key: aspect.rests_on for aspect in protocol.aspects}
    for name in names:
        kind, _, key = name.partition(":")
        if kind == "construct":
            keys |= {("indicator", own) for own in protocol.indicator_keys(key)}
        elif kind in ("aspect", "tier"):
            aspects = [key] if kind == "aspect" else list(rests_on)
            keys |= {("indicator", own) for aspect in aspects for own in rests_on[aspect]}
        elif key:
            keys.add((_KIND_OF.get(kind, kind), key))
        elif kind != "role":
            kinds.add(_KIND_OF.get(kind, kind))
    if ("indicator", "staffing") in keys:
        kinds.add("arrangement")
    return sorted(keys), kinds


def needs_seen(at: At) -> Iterator[Source]:
    """The needs of departments that so many instruments saw, and what each took part with."""
    rows = at.rows
    if at.column in ("side", "need"):
        pairs = rows[["side", "need"]].itertuples(index=False, name=None)
        yield at.rules(*sorted({f"needs.{side}.{need}" for side, need in pairs}))
    elif at.column == "instruments":
        yield at.rules("instruments")
    elif at.column == "share":
        yield at.own("departments", "of")
    else:
        for _, own in rows.groupby(["side", "instruments"]):
            yield from _needs_of(at, own)


def _needs_of(at: At, rows: pd.DataFrame) -> Iterator[Source]:
    """Of rows of one side and one number of instruments."""
    now, side, number = at.of(NOW), str(rows["side"].iloc[0]), rows["instruments"].iloc[0]
    evidence = now.stage.frame("evidence")
    seen = evidence.groupby("department_id")["instrument"].nunique()
    ids = pd.DataFrame({"department_id": seen.index[seen == number]})
    if at.column != "of":
        every = now.stage.own.protocol.need_keys(side)
        keys = pd.DataFrame(
            {"key": list(every) if at.column == "mean_needs" else rows["need"].unique()}
        )
        columns, kind = ("department_id", "kind", "key"), _KIND_OF_SIDE[side]
        named = now.cells("evidence", columns, ids.merge(keys, how="cross"), kind=kind)
        yield named
        if at.column == "departments":
            ids = evidence.iloc[named.rows][DEPARTMENT].drop_duplicates()
    yield now.cells("participation", TOOK_PART, ids)
