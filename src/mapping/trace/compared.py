"""What the tables of the follow-up are computed from: tables of both years and their protocols."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from mapping.participation import participating
from mapping.trace.cells import At, Source, chosen
from mapping.trace.chain import TOOK_PART, lineage_rows, participants, register_of
from mapping.trace.measured import measured, rule_of
from mapping.trace.stages import REGISTER
from mapping.vocabulary import INSTRUMENTS

_SIDES = ("then", "now")
_IDS = ("department_id", "way", "ids_then", "ids_now")
_YARDSTICK = ("part", "key", "what", "then", "now")


def sources(at: At) -> Iterator[Source]:
    """What cells of a table of the follow-up rest on."""
    yield from _RULES[at.table](at)


def _side(column: str) -> str:
    return column.rpartition("_")[2]


# --- departments -----------------------------------------------------------------------------


def _transitions(at: At) -> Iterator[Source]:
    rows, side = at.rows[["department_id"]], _side(at.column)
    if at.column in _IDS:
        yield from _in_both_registers(at)
    elif at.column == "followed":
        yield at.own("ids_then", "ids_now", "seen_then", "seen_now")
    elif at.column == "move":
        yield at.own("tier_then", "tier_now")
    elif at.column == "clear":
        yield at.own("move", "borderline_then", "borderline_now")
    elif at.column.startswith(("seen", "instruments")):
        units = at.of(f"units_{side}")
        yield units.cells("evidence", ("department_id", "instrument"), rows)
        yield from _in_both_registers(at)
    else:
        yield at.of(f"units_{side}").cells("tiers", at.column.rpartition("_")[0], rows)


def _in_both_registers(at: At) -> Iterator[Source]:
    """The rows of the registers, and what the lineage tells of them."""
    named: set[str] = set()
    for side in _SIDES:
        texts = at.rows[f"ids_{side}"].dropna()
        ids = {ident for text in texts for ident in text.split()}
        yield from register_of(at.stages[f"units_{side}"], ids)
        named |= ids
    yield from lineage_rows(at, named)


def _flows(at: At) -> Iterator[Source]:
    rows = at.rows[["tier_then", "tier_now"]]
    seen = at.cells("transitions", ("tier_then", "tier_now"), rows[["tier_then"]])
    if at.column in ("tier_then", "tier_now"):
        yield at.rules("tier_rules")
    elif at.column == "departments":
        yield at.cells("transitions", ("tier_then", "tier_now"), rows)
    elif at.column == "clear":
        yield at.cells("transitions", ("tier_then", "tier_now", "clear"), rows)
    elif at.column == "of":
        moved = at.stage.frame("transitions")["move"].notna()
        yield chosen(seen, moved)
    elif at.column == "share":
        yield at.own("departments", "of")
    else:
        yield at.own("departments", "of")
        yield at.every("transitions", "tier_then")
        yield at.of("units_then").every(REGISTER, "department_id")
        yield at.rules("swot.confidence")


# --- measures --------------------------------------------------------------------------------


def _movements(at: At) -> Iterator[Source]:
    if at.column == "department_id":
        yield from _both_seen(at, at.rows[["department_id"]])
    elif at.column in ("kind", "key"):
        yield from _measures(at)
    elif at.column == "comparable":
        yield from _breaks(at)
    else:
        stage = at.of(f"pairs_{at.column}")
        for (kind, key), rows in at.rows.groupby(["kind", "key"]):
            yield from measured(stage, f"{kind}:{key}", rows[["department_id"]])


def _both_seen(at: At, departments: pd.DataFrame) -> Iterator[Source]:
    for side in _SIDES:
        stage = at.of(f"units_{side}")
        yield stage.cells("evidence", ("department_id", "instrument"), departments)


def _measures(at: At) -> Iterator[Source]:
    for kind, key in _kinds(at.rows):
        yield rule_of(at, kind, key)


def _kinds(rows: pd.DataFrame) -> list[tuple[str, str]]:
    pairs = rows[["kind", "key"]].drop_duplicates().itertuples(index=False, name=None)
    return sorted((str(kind), str(key)) for kind, key in pairs)


def _breaks(at: At) -> Iterator[Source]:
    """The rows of the yardstick that touch the measures; and what was asked in both years."""
    if at.table == "verdict_changes":
        names = {f"finding:{key}" for key in at.rows["finding"]}
    else:
        kinds = _kinds(at.rows)
        names = {"tier:tier" if kind == "tier" else f"{kind}:{key}" for kind, key in kinds}
    touched = at.stage.frame("yardstick")["breaks"].fillna("")
    hit = touched.map(lambda text: not names.isdisjoint(text.split())).astype(bool)
    yield chosen(at.every("yardstick", (*_YARDSTICK, "breaks")), hit)
    yield at.of("reported").rules("questionnaire.csv", "codebook.csv")
    yield at.rules("questionnaire.csv", "codebook.csv")


def _change(at: At) -> Iterator[Source]:
    side = _side(at.column)
    if at.column in ("kind", "key"):
        yield from _measures(at)
    elif at.column == "test":
        yield at.own("kind")
    elif at.column == "status":
        yield at.own("test", "pairs")
        yield at.rules("follow_up.pairs")
        yield from _breaks(at)
    elif at.column == "p_holm":
        yield from _families(at)
    elif at.column.startswith(("all_", "of_")):
        stage = at.of(side)
        for kind, key in _kinds(at.rows):
            yield from measured(stage, f"{kind}:{key}")
    elif at.column.startswith("rank"):
        yield from _paired(at, at.rows[["kind"]].drop_duplicates())
        yield at.rules("follow_up.draws", "follow_up.seed")
    else:
        yield from _paired(at, at.rows[["kind", "key"]])


def _paired(at: At, wanted: pd.DataFrame) -> Iterator[Source]:
    """The departments' values of which both are known."""
    if (wanted["kind"] == "tier").any():
        moved = at.stage.frame("transitions")["move"].notna()
        yield chosen(at.every("transitions", ("tier_then", "tier_now")), moved)
    moves = at.stage.frame("movements")
    both = moves["then"].notna() & moves["now"].notna()
    yield chosen(at.cells("movements", _SIDES, wanted), both)


def _families(at: At) -> Iterator[Source]:
    families = at.stage.own.protocol.follow_up.families
    kinds = set(at.rows["kind"])
    members = {kind for family in families if not kinds.isdisjoint(family) for kind in family}
    yield at.cells("change", ("p", "status"), pd.DataFrame({"kind": sorted(members)}))
    yield at.rules("follow_up.families")


# --- the yardstick and the verdicts ----------------------------------------------------------


def _yardstick(at: At) -> Iterator[Source]:
    """What both protocols say; of an instrument that was not used, the evidence by it."""
    keys = sorted({_path(part, key) for part, key in _named(at.rows)})
    yield at.of("reported").rules(*keys)
    yield at.rules(*keys)
    used = at.rows[(at.rows["part"] == "instrument") & at.rows["key"].isin(INSTRUMENTS)]
    if len(used):
        wanted = pd.DataFrame({"instrument": used["key"].unique()})
        for name in ("reported", "now"):
            yield at.of(name).cells("evidence", ("department_id", "instrument"), wanted)


def _named(rows: pd.DataFrame) -> Iterable[tuple[str, str]]:
    return rows[["part", "key"]].itertuples(index=False, name=None)


def _path(part: str, key: str) -> str:
    tables = {"question": "questionnaire.csv", "code": "codebook.csv"}
    if part in tables:
        return f"{tables[part]}:{key.replace(' ', ':')}"
    if part == "instrument":
        return f"instruments.{key}" if key in INSTRUMENTS else f"indicators.{key}.seen_by"
    return {"protocol": "version"}.get(key, key)


def _verdict_changes(at: At) -> Iterator[Source]:
    stages = ("reported", "then", "pairs_then", "pairs_now", "now")
    if at.column == "finding":
        yield at.rules(*(f"findings.{key}" for key in sorted(at.rows["finding"])))
    elif at.column == "why":
        yield at.own(*stages)
    elif at.column == "comparable":
        yield from _breaks(at)
    else:
        yield at.of(at.column).cells("findings", "verdict", at.rows[["finding"]])


# --- the years side by side ------------------------------------------------------------------


def _trend(at: At) -> Iterator[Source]:
    for (year, departments), rows in at.rows.groupby(["year", "departments"]):
        places = rows.index.to_numpy(dtype=np.int64)
        own = At(at.stages, at.stages[f"{departments}-{year}"], at.table, at.column, places)
        yield from _of_year(own, rows, same=departments == "same")
    if at.column == "comparable":
        yield from _breaks(at)


def _of_year(at: At, rows: pd.DataFrame, *, same: bool) -> Iterator[Source]:
    if at.column in ("year", "departments"):
        yield at.rules("study.toml:year")
    elif at.column in ("kind", "key"):
        yield from (rule_of(at, kind, key) for kind, key in _kinds(rows))
    elif at.column != "comparable":
        throughout = _throughout(at) if same else None
        for kind, key in _kinds(rows):
            yield from _measured(at, kind, key, throughout)
        if throughout is not None:
            yield from _seen_throughout(at, throughout)


def _measured(at: At, kind: str, key: str, where: pd.DataFrame | None) -> Iterator[Source]:
    if kind != "participating":
        yield from measured(at, f"{kind}:{key}", where)
        return
    if at.column != "n":
        yield at.every(REGISTER, "department_id")
    if at.column != "of" and where is None:
        yield from participants(at)


def _throughout(at: At) -> pd.DataFrame:
    """The departments that took part in every one of the years."""
    seen = [set(participating(stage.frame("evidence"))) for stage in at.stages.throughout]
    return pd.DataFrame({"department_id": sorted(set.intersection(*seen))})


def _seen_throughout(at: At, departments: pd.DataFrame) -> Iterator[Source]:
    """What each of the years has of them, without which they would not be the same ones."""
    for stage in at.stages.throughout:
        ids = stage.frame("participation")["department_id"]
        yield chosen(
            at.of(stage.name).every("participation", TOOK_PART),
            ids.isin(departments["department_id"]),
        )


_RULES = {
    "transitions": _transitions,
    "flows": _flows,
    "movements": _movements,
    "change": _change,
    "yardstick": _yardstick,
    "verdict_changes": _verdict_changes,
    "trend": _trend,
}
