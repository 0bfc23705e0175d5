"""What the tables of the methodology audit, and of the open edition, are computed from.

Here are those on participation, on planted studies and on what others ask of a study; on
agreement see :mod:`mapping.trace.agreed`, on the choices :mod:`mapping.trace.trusted`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from mapping.audit.participation import SIZES, thirds
from mapping.participation import participating
from mapping.schemas import AUDIT, OPEN
from mapping.trace import agreed, trusted
from mapping.trace.cells import At, Source
from mapping.trace.chain import TOOK_PART, indicator_levels, naming, participants
from mapping.trace.measured import measured
from mapping.trace.stages import NOW, REGISTER
from mapping.vocabulary import CONSTRUCTS, UNKNOWN

_Looked = tuple[str, str | tuple[str, ...], Mapping[str, object]]
"""Rows of a table that are looked at: its name, the columns, and the values that they have."""


def sources(at: At) -> Iterator[Source]:
    """What cells of a table of the audit, or of the open edition, rest on."""
    yield from _RULES[at.table](at)


# --- who is missing -----------------------------------------------------------------------------


def _missing(at: At) -> Iterator[Source]:
    """A faculty rests on its departments; a third on the sizes of all, by which they are ranked."""
    now = at.of(NOW)
    if at.column == "share":
        yield at.own("participating", "departments")
        return
    for by, group in at.rows[["by", "group"]].itertuples(index=False, name=None):
        columns = ("department_id",) if by == "all" else ("department_id", by)
        ids = _members(now, by, group)
        yield now.every(REGISTER, columns) if by in SIZES else now.cells(REGISTER, columns, ids)
        if at.column == "participating":
            seen = ids[ids["department_id"].isin(participating(now.stage.frame("evidence")))]
            yield now.cells("participation", TOOK_PART, seen)


def _members(now: At, by: str, group: str) -> pd.DataFrame:
    """The departments of a group of the register."""
    register = now.stage.frame(REGISTER)
    if by == "all":
        return register[["department_id"]]
    own = thirds(register[by].astype("float64")) if by in SIZES else register[by].fillna(UNKNOWN)
    return register.loc[own == group, ["department_id"]]


def _bounds(at: At) -> Iterator[Source]:
    now = at.of(NOW)
    if at.column == "of":
        yield now.every(REGISTER, "department_id")
    elif at.column == "share":
        yield at.own("departments", "known")
    elif at.column == "unknown":
        yield at.own("known", "of")
    elif at.column in ("low", "high"):
        yield at.own("departments", "of", *(("unknown",) if at.column == "high" else ()))
    else:
        for kind, key in at.rows[["kind", "key"]].itertuples(index=False, name=None):
            yield at.rules(_LISTS[kind])
            if at.column in ("departments", "known"):
                yield from _headline(now, kind, key)


_LISTS = {
    "tier": "tier_rules", "conditions": "constructs", "needs": "constructs",
    "with_need": "need_rules", "need": "needs.internal", "voice": "needs.external",
    "arrangement": "arrangements", "recommendation": "recommendations",
    "swot": "swot.common_denominator",
}  # fmt: skip
"""Where the protocol has what a headline share is of."""


def _headline(now: At, kind: str, key: str) -> Iterator[Source]:
    """What a headline share is counted from."""
    if kind == "tier":
        yield now.every("tiers", "tier")
    elif kind in CONSTRUCTS:
        yield now.every("constructs", f"{kind}_level")
    elif kind == "with_need":
        yield naming(now, key, now.stage.own.protocol.need_keys(key))
        everybody = now.stage.frame("evidence")[["department_id"]].drop_duplicates()
        yield indicator_levels(now, everybody, [f"{key}_need"])
    else:
        yield from measured(now, kind if kind == "arrangement" else f"{kind}:{key}")


# --- planted studies, consistency ---------------------------------------------------------------

_OF_COUNTS: Mapping[str, tuple[str, ...]] = {
    "share": ("right", "classified"),
    "unclassified": ("participating", "classified"),
    "wrong": ("classified", "right"),
    "kappa": ("share", "by_chance"),
    "by_chance": (
        "classified", "true_good", "true_moderate", "true_small", "given_good", "given_moderate",
        "given_small",
    ),
}  # fmt: skip
"""The columns of ``recovery`` that are computed from others of the row."""


def _recovery(at: At) -> Iterator[Source]:
    if at.column in _OF_COUNTS:
        yield at.own(*_OF_COUNTS[at.column])
    else:
        yield at.rules("recovery.csv")


def _consistency(at: At) -> Iterator[Source]:
    now, protocol = at.of(NOW), at.stage.own.protocol
    everybody = now.stage.frame("evidence")[["department_id"]].drop_duplicates()
    for construct in sorted(at.rows["construct"]):
        keys = protocol.indicator_keys(construct)
        yield at.rules(*(f"indicators.{key}" for key in keys))
        if at.column in ("departments", "alpha"):
            yield indicator_levels(now, everybody, keys)


# --- the certificate ----------------------------------------------------------------------------


def _certificate(at: At) -> Iterator[Source]:
    """A verdict rests on what its item looks at; of the repository and of a person on no row."""
    if at.column in ("number", "framework", "item", "level"):
        return
    for item in at.rows["item"]:
        yield at.rules(*_LAID_DOWN.get(item, ()))
        for table, columns, fixed in _CHECKED.get(item, ()):
            yield at.of(at.stages.home(table).name).every(table, columns, **fixed)


_CHECKED: Mapping[str, Sequence[_Looked]] = {
    "selection": (("indicators", "level", {}),),
    "imputation": (("indicators", "level", {}), ("evidence", ("kind", "key"), {})),
    "multivariate": (("consistency", "alpha", {}),),
    "normalisation": (("indicators", ("interview", "workshop", "survey", "level"), {}),),
    "weighting": (("choices", "weights", {}),),
    "aggregation": (("choices", "average", {}),),
    "robustness": (("choices", "number", {}),),
    "links": (("evidence", ("file", "row"), {}),),
    "interviews": (("respondents", ("date", "left_out"), {"instrument": "interview"}),),
    "coders": (
        ("agreement", "alpha", {"among": "coders", "scope": "all"}),
        ("evidence", "rater", {"instrument": "interview"}),
    ),
    "field-period": (("respondents", ("date", "left_out"), {"instrument": "survey"}),),
    "answered": (
        ("participation", ("responses", "left_out"), {}), (REGISTER, "department_id", {}),
    ),
    "missing-items": (("aspects", "level", {}), ("tiers", "tier", {})),
    "weights": (("evidence", "instrument", {}),),
    "combined": (("evidence", ("department_id", "instrument"), {}),),
    "disagreement": (("indicators", "instruments", {}), ("convergence", "spread", {})),
    "limits": (("bounds", ("kind", "key"), {}),),
}  # fmt: skip
"""What the items of the certificate look at that are decided by tables of the run."""

_LAID_DOWN: Mapping[str, tuple[str, ...]] = {
    "selection": ("indicators", "aspects", "constructs"),
    "normalisation": ("levels.highest",),
    "robustness": ("audit.factors",),
    "interviews": ("study.toml:fieldwork",),
    "field-period": ("study.toml:fieldwork",),
    "coding-tree": ("codebook.csv",),
    "questionnaire": ("questionnaire.csv",),
    "missing-items": ("tier_rules.aspects_known",),
    "weights": ("instruments",),
    "limits": ("calibration.csv", "recovery.csv"),
}
"""What they look at in the protocol, and beside it."""


# --- the open edition ---------------------------------------------------------------------------

_HEADLINES: Sequence[tuple[str, tuple[str, ...]]] = (
    ("tiers", ("tier", "margin")), ("constructs", ("conditions_level", "needs_level")),
    ("recommendations", ("met",)), ("needs", ("departments",)), ("swot", ("departments",)),
    (
        "evidence",
        ("department_id", "instrument", "kind", "key", "value", "category", "weight"),
    ),
    (REGISTER, ("department_id",)),
)  # fmt: skip

_SHOWN: Mapping[str, Sequence[tuple[str, tuple[str, ...]]]] = {
    "open_cells": (*_HEADLINES, ("certainty", ("clear_tier",))),
    "open_findings": (("findings", ("verdict",)),),
    "open_change": (("open_cells", ("count", "of")),),
    "open_measures": (("agreement", ("alpha",)), ("open_cells", ("count", "hidden"))),
}
"""The cells that each table of the open edition looks at."""


def _open(at: At) -> Iterator[Source]:
    """What is hidden is decided over all of the edition at once, and so over all of the study."""
    yield at.rules("disclosure")
    for table, columns in _SHOWN[at.table]:
        yield at.of(at.stages.home(table).name).every(table, columns)
    yield from participants(at.of(NOW))


_RULES: Mapping[str, Callable[[At], Iterator[Source]]] = {
    "missing": _missing,
    "bounds": _bounds,
    "recovery": _recovery,
    "consistency": _consistency,
    "certificate": _certificate,
    "agreement": agreed.agreement,
    "convergence": agreed.convergence,
    "instrument_tiers": agreed.instrument_tiers,
    "finding_voices": agreed.finding_voices,
    "needs_seen": agreed.needs_seen,
    "choices": trusted.choices,
    "certainty": trusted.certainty,
    "choice_effects": trusted.choice_effects,
    "left_out": trusted.left_out,
    "without_department": trusted.without_department,
    **dict.fromkeys(OPEN, _open),
}

TRACED = (*AUDIT, *OPEN)
"""The tables that have their rules here."""
