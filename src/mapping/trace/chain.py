"""What each column of the tables of the chain is computed from.

A rule is asked for rows and a column of its table, and answers with cells of other tables or of
other columns, with raw rows and with rules of the protocol. Rules go one step back, no further.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from mapping.instruments import lineage, register
from mapping.participation import participating
from mapping.trace.cells import At, Cells, RawRows, Source
from mapping.trace.stages import REGISTER, Stage
from mapping.vocabulary import INSTRUMENTS, QUADRANTS, TIERS, UNCLASSIFIED

DEPARTMENT = ["department_id"]
TOOK_PART = ("interviews", "workshop_notes", "responses")
INTERNAL_QUADRANTS = QUADRANTS[:2]
FITS = tuple(f"fit_{tier}" for tier in TIERS)

_KIND_OF_SIDE = {"internal": "need", "external": "external_need"}


def sources(at: At) -> Iterator[Source]:
    """What the cells rest on, by the rule of their table."""
    yield from _RULES[at.table](at)


# --- the raw files ---------------------------------------------------------------------------


def register_rows(at: At) -> Iterator[Source]:
    """Rows of departments.csv; of a department that was put together, those of its parts."""
    ids = at.rows["department_id"].tolist()
    parts = {part for ident in ids for part in at.stage.parts.get(ident, [ident])}
    yield from register_of(at.stage, parts)


def register_of(stage: Stage, ids: Iterable[str]) -> list[RawRows]:
    """The rows of departments.csv that have these ids, under which the year has them."""
    known = stage.register
    found = sorted(int(row) for row in known.loc[known["department_id"].isin(set(ids)), "row"])
    return [RawRows(stage.year, register.NAME, tuple(found))] if found else []


def _evidence(at: At) -> Iterator[Source]:
    yield from at.raw(at.rows)
    yield from _put_together(at)
    if at.column == "rater":  # coders are numbered by their names, in the whole file
        yield from at.raw(at.stage.own.raw.interviews)
    if at.column in ("kind", "key", "side", "value", "category"):
        yield at.rules(*_asked(at))


def _put_together(at: At) -> Iterator[Source]:
    """What the lineage tells of departments that are followed under another id, or with others."""
    parts = at.stage.parts
    ids = {str(ident) for ident in at.rows["department_id"].dropna().unique()}
    moved = {ident for ident in ids if list(parts.get(ident, [ident])) != [ident]}
    if moved:
        yield from lineage_rows(at, moved | {part for one in moved for part in parts[one]})


def _asked(at: At) -> list[str]:
    """The codes and questions that the data were coded by, as keys of the protocol."""
    codes = at.stage.own.raw.interviews.set_index("row")["code"].to_dict()
    rows = at.rows
    columns = (rows[name].tolist() for name in ("evidence_id", "instrument", "key", "row"))
    keys = set()
    for ident, instrument, key, row in zip(*columns, strict=True):
        if instrument == "survey":
            keys.add(f"questionnaire.csv:{ident.split('-', 2)[2]}")
        else:
            code = codes.get(row, key) if instrument == "interview" else key
            keys.add(f"codebook.csv:{instrument}:{code}")
    return sorted(keys)


def _respondents(at: At) -> Iterator[Source]:
    """The rows of an interview, or the one of a response, used or left out."""
    yield from _put_together(at)
    raw, rows = at.stage.own.raw, at.rows
    heard = rows.loc[rows["instrument"] == "interview", "respondent"]
    wrote = rows.loc[rows["instrument"] == "survey", "respondent"]
    yield from at.raw(raw.interviews[raw.interviews["interview_id"].isin(heard)])
    yield from at.raw(raw.respondents[raw.respondents["response"].isin(wrote)])


# --- who took part ---------------------------------------------------------------------------


def _participation(at: At) -> Iterator[Source]:
    rows = at.rows[DEPARTMENT]
    if at.column == "department_id":
        yield at.cells(REGISTER, "department_id", rows)
    elif at.column == "workshop_notes":
        yield at.cells("evidence", ("department_id", "unit"), rows, instrument="workshop")
    elif at.column == "left_out":
        out = [
            at.cells("respondents", _TOLD, rows, left_out=why) for why in ("incomplete", "blank")
        ]
        yield from out
    else:
        instrument = "interview" if at.column == "interviews" else "survey"
        yield at.cells("respondents", _TOLD, rows, instrument=instrument, left_out=None)


_TOLD = ("department_id", "respondent", "left_out")


def participants(at: At) -> Iterator[Cells]:
    """Who took part: participation of every department that did."""
    seen = pd.DataFrame({"department_id": participating(at.stage.frame("evidence"))})
    yield at.cells("participation", TOOK_PART, seen)


# --- from evidence to tiers ------------------------------------------------------------------


def _indicators(at: At) -> Iterator[Source]:
    rows = at.rows[["department_id", "indicator"]].rename(columns={"indicator": "key"})
    if at.column == "department_id":
        yield at.cells("evidence", "department_id", rows[DEPARTMENT])
    elif at.column == "indicator":
        yield at.rules(*(f"indicators.{key}" for key in _each(rows["key"])))
    elif at.column in ("convergence", "instruments"):
        yield at.own(*INSTRUMENTS)
    elif at.column == "level":
        yield from _levels(at)
    elif at.column == "workshop":
        yield from (
            at.cells(
                "evidence",
                ("quadrant", "weight"),
                rows,
                kind="indicator",
                instrument="workshop",
                quadrant=quadrant,
            )
            for quadrant in INTERNAL_QUADRANTS
        )
        yield at.rules("levels.highest")
    else:
        yield at.cells("evidence", "value", rows, kind="indicator", instrument=at.column)


def _levels(at: At) -> Iterator[Source]:
    """Levels are means of the instruments'; that of staffing is of the arrangement, if known."""
    staffing = at.rows[at.rows["indicator"] == "staffing"]
    arranged = arrangement(at, staffing[DEPARTMENT])
    known = set(at.stage.frame("evidence")["department_id"].iloc[arranged.rows])
    told = staffing.index[staffing["department_id"].isin(known)]
    if len(told):
        yield arranged
        yield at.rules("arrangements")
    measured = at.rows.index.difference(told)
    if len(measured):
        yield Cells(at.stage, at.table, INSTRUMENTS, measured.to_numpy())
        yield at.rules("instruments")


def arrangement(at: At, departments: pd.DataFrame, kind: str = "arrangement") -> Cells:
    """What was said of how departments organise the work (or of how it began)."""
    return at.cells("evidence", ("category", "unit"), departments, kind=kind)


def _constructs(at: At) -> Iterator[Source]:
    if at.column == "department_id":
        yield at.cells("evidence", "department_id", at.rows[DEPARTMENT])
    elif at.column.endswith("_level"):
        yield at.own(at.column.removesuffix("_level"))
        yield at.rules("levels.good", "levels.moderate")
    else:
        keys = at.stage.own.protocol.indicator_keys(at.column)
        yield indicator_levels(at, at.rows[DEPARTMENT], keys)
        yield at.rules(f"constructs.{at.column}_known", *(f"indicators.{key}" for key in keys))


def indicator_levels(at: At, departments: pd.DataFrame, keys: Iterable[str]) -> Cells:
    """The levels of some indicators of these departments."""
    wanted = departments.merge(pd.DataFrame({"indicator": list(keys)}), how="cross")
    return at.cells("indicators", "level", wanted)


def _aspects(at: At) -> Iterator[Source]:
    rows, protocol = at.rows, at.stage.own.protocol
    rests_on = {aspect.key: aspect.rests_on for aspect in protocol.aspects}
    if at.column == "department_id":
        yield at.cells("evidence", "department_id", rows[DEPARTMENT])
    elif at.column == "aspect":
        yield at.rules(*(f"aspects.{key}" for key in _each(rows["aspect"])))
    elif at.column == "level":
        for aspect, own in rows.groupby("aspect"):
            yield indicator_levels(at, own[DEPARTMENT], rests_on[str(aspect)])
        yield at.rules(*(f"aspects.{key}.rests_on" for key in _each(rows["aspect"])))
    elif at.column == "nearest":
        yield at.own("level")
        yield at.rules(*(f"aspects.{key}.ideal" for key in _each(rows["aspect"])))
    else:
        yield at.cells("aspects", "level", rows[DEPARTMENT])
        yield at.cells("tiers", "tier", rows[DEPARTMENT])
        yield at.rules(*_ideals(at))


def _ideals(at: At) -> list[str]:
    return [f"aspects.{key}.ideal" for key in at.stage.own.protocol.aspect_keys]


def _tiers(at: At) -> Iterator[Source]:
    rows = at.rows
    if at.column == "department_id":
        yield at.cells(REGISTER, "department_id", rows[DEPARTMENT])
    elif at.column in FITS:
        yield at.cells("aspects", "level", rows[DEPARTMENT])
        yield at.rules("levels.highest", "tier_rules.aspects_known", *_ideals(at))
    elif at.column == "tier":
        yield at.own(*FITS)
        yield from _unclassified(at)
    elif at.column == "margin":
        yield at.own(*FITS)
    else:
        yield at.own("margin")
        yield at.rules("tier_rules.borderline")
        yield from _unclassified(at)


def _unclassified(at: At) -> Iterator[Source]:
    """Of departments without a tier too little is known, or only that the register has them."""
    rows = at.rows[at.rows["tier"] == UNCLASSIFIED]
    if len(rows):
        yield at.cells("aspects", "level", rows[DEPARTMENT])
        yield at.cells(REGISTER, "department_id", rows[DEPARTMENT])
        yield at.rules("tier_rules.aspects_known")


def _criteria(at: At) -> Iterator[Source]:
    names = _each(at.rows["criterion"])
    aspects = {
        criterion.name: [condition.aspect for condition in criterion.any]
        for criterion in at.stage.own.protocol.criteria
    }
    if at.column == "department_id":
        yield at.cells("evidence", "department_id", at.rows[DEPARTMENT])
    else:
        yield at.rules(*(f"criteria.{name}" for name in names))
    if at.column == "met":
        for criterion, rows in at.rows.groupby("criterion"):
            wanted = pd.DataFrame({"aspect": aspects[str(criterion)]})
            yield at.cells("aspects", "level", rows[DEPARTMENT].merge(wanted, how="cross"))


def _recommendations(at: At) -> Iterator[Source]:
    rules = {one.key: one for one in at.stage.own.protocol.recommendations}
    if at.column == "department_id":
        yield at.cells("evidence", "department_id", at.rows[DEPARTMENT])
        return
    yield at.rules(*(f"recommendations.{key}" for key in _each(at.rows["recommendation"])))
    if at.column == "met":
        for key, rows in at.rows.groupby("recommendation"):
            rule = rules[str(key)]
            if rule.at_least:
                yield indicator_levels(at, rows[DEPARTMENT], rule.at_least)
            if rule.arrangements:
                yield arrangement(at, rows[DEPARTMENT])


# --- needs, SWOT, toolbox --------------------------------------------------------------------


def _needs(at: At) -> Iterator[Source]:
    rows = at.rows
    if at.column in ("side", "need"):
        yield at.rules(*_paths("needs", rows[["side", "need"]]))
    elif at.column == "departments":
        for side, own in rows.groupby("side"):
            yield naming(at, str(side), own["need"])
    elif at.column == "of":
        yield from participants(at)
    elif at.column == "share":
        yield at.own("departments", "of")
    elif at.column in ("low", "high"):
        yield from _interval(at)
    elif at.column == "rank":
        yield at.cells("needs", ("departments", "of"), rows[["side"]])
    else:
        for side in _each(rows["side"]):
            yield at.cells("evidence", _NAMED, pd.DataFrame({"kind": [_KIND_OF_SIDE[side]]}))
        yield from participants(at)
        yield at.rules("need_rules.draws", "need_rules.seed")


_NAMED = ("department_id", "kind", "key")


def naming(at: At, side: str, needs: Iterable[str]) -> Cells:
    """What names these needs of a side, whichever department and instrument."""
    wanted = pd.DataFrame({"key": list(needs)})
    return at.cells("evidence", _NAMED, wanted, kind=_KIND_OF_SIDE[side])


def _interval(at: At) -> Iterator[Source]:
    yield at.own("departments", "of")
    yield at.every(REGISTER, "department_id")
    yield at.rules("swot.confidence")


def _swot(at: At) -> Iterator[Source]:
    rows = at.rows
    if at.column in ("quadrant", "theme"):
        yield at.rules(*(f"codebook.csv:workshop:{theme}" for theme in _each(rows["theme"])))
    elif at.column in ("departments", "items", "votes"):
        cells = rows[["quadrant", "theme"]].rename(columns={"theme": "key"})
        counted = {"departments": "department_id", "items": "unit", "votes": "weight"}[at.column]
        columns = ("quadrant", "key", counted)
        yield at.cells("evidence", columns, cells, instrument="workshop")
    elif at.column == "of":
        yield at.every("evidence", ("department_id", "instrument"), instrument="workshop")
    elif at.column == "share":
        yield at.own("departments", "of")
    elif at.column == "rank":  # there is none where nobody has a note
        yield at.cells("swot", ("departments", "of"), rows[["quadrant"]])
    else:
        yield from _interval(at)


def _toolbox(at: At) -> Iterator[Source]:
    tools = [tool for tool in at.stage.own.protocol.tools if tool.tool in set(at.rows["tool"])]
    of_tools = at.rules(*(f"toolbox.csv:{tool.tool}" for tool in tools))
    if at.column == "tool":
        yield of_tools
    elif at.column == "departments":
        yield naming(at, "internal", [tool.key for tool in tools if tool.kind == "need"])
        weak = pd.DataFrame({"indicator": [t.key for t in tools if t.kind == "condition"]})
        yield at.cells("indicators", "level", weak)
        yield of_tools
        yield at.rules("levels.good")
    elif at.column == "share":
        yield at.own("departments")
        yield from participants(at)
    elif at.column == "rank":
        yield at.every("toolbox", "departments")
    else:
        yield naming(at, "internal", at.stage.own.protocol.need_keys("internal"))
        yield at.rules("toolbox.served", "toolbox.csv")


def _each(keys: pd.Series) -> list[str]:
    return [str(key) for key in sorted(keys.unique())]


def _paths(first: str, rows: pd.DataFrame) -> list[str]:
    """The path of each row's entry in a list of the protocol."""
    return sorted({".".join([first, *row]) for row in rows.itertuples(index=False, name=None)})


def lineage_rows(at: At, ids: Iterable[str]) -> Iterator[RawRows]:
    """The rows of lineage.csv that name any of these departments, whichever year's they are."""
    follow, wanted = at.stages.follow, set(ids)
    if follow is None:
        return
    rows = follow.lineage
    named = rows[rows["from_id"].isin(wanted) | rows["to_id"].isin(wanted)]
    for file, own in named.groupby("file"):
        year, _, name = str(file).rpartition("/")
        told = int(year) if year else follow.year
        yield RawRows(told, name or lineage.NAME, tuple(int(row) for row in own["row"]))


_RULES = {
    REGISTER: register_rows,
    "evidence": _evidence,
    "respondents": _respondents,
    "participation": _participation,
    "indicators": _indicators,
    "constructs": _constructs,
    "aspects": _aspects,
    "tiers": _tiers,
    "criteria": _criteria,
    "recommendations": _recommendations,
    "needs": _needs,
    "swot": _swot,
    "toolbox": _toolbox,
}
