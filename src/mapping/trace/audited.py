"""What the tables of the methodology audit, and of the open edition, are computed from.

They look at a step of the chain in many ways at once. Their rules name the tables that are looked
at: of a department its own rows there, of anything else all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mapping.schemas import OPEN, TABLES
from mapping.trace.cells import At, Source
from mapping.trace.chain import participants
from mapping.trace.stages import NOW, REGISTER

_SEEN = ("evidence", ("department_id", "instrument", "kind", "key", "value", "category", "weight"))
_CODED = ("evidence", ("department_id", "unit", "rater", "kind", "key", "value", "category"))
_LEVELS = ("indicators", ("level",))
_MEASURED = ("indicators", ("interview", "workshop", "survey", "level"))
_TIERS = ("tiers", ("tier", "margin"))
_ASPECTS = ("aspects", ("level",))
_SIZES = (REGISTER, ("department_id", "faculty", "programmes", "staff_fte"))
_HEADLINES = (
    _TIERS, ("constructs", ("conditions_level", "needs_level")), ("recommendations", ("met",)),
    ("needs", ("departments",)), ("swot", ("departments",)), _SEEN,
    (REGISTER, ("department_id",)),
)  # fmt: skip

LOOKED_AT: Mapping[str, Sequence[tuple[str, tuple[str, ...]]]] = {
    "missing": (_SIZES, ("participation", ("interviews", "workshop_notes", "responses"))),
    "bounds": _HEADLINES,
    "recovery": (),
    "agreement": (_CODED, _MEASURED),
    "convergence": (_MEASURED,),
    "instrument_tiers": (_MEASURED, _TIERS),
    "finding_voices": (_SEEN, ("findings", ("verdict",))),
    "needs_seen": (_SEEN,),
    "choices": (_MEASURED, _SEEN, _TIERS),
    "certainty": (_MEASURED, _SEEN, _ASPECTS, _TIERS),
    "choice_effects": (_MEASURED, _SEEN, _TIERS),
    "left_out": (_MEASURED, _SEEN, _TIERS),
    "without_department": (_TIERS, ("needs", ("departments", "rank")), _SEEN),
    "consistency": (_LEVELS,),
    "certificate": (
        ("agreement", ("alpha",)), ("convergence", ("word",)), ("bounds", ("share",)),
        ("choices", ("same",)), ("consistency", ("alpha",)), _SIZES,
    ),
    "open_cells": (*_HEADLINES, ("certainty", ("clear_tier",))),
    "open_findings": (("findings", ("verdict",)),),
    "open_change": (("open_cells", ("count", "of")),),
    "open_measures": (("agreement", ("alpha",)), ("open_cells", ("count", "hidden"))),
}  # fmt: skip
"""The cells that each table of the audit, and of the open edition, looks at."""


def sources(at: At) -> Iterator[Source]:
    """What cells of a table of the audit, or of the open edition, rest on."""
    yield at.rules("disclosure" if at.table in OPEN else "audit")
    if at.table == "recovery":
        yield at.rules("recovery.csv")
    for table, columns in LOOKED_AT[at.table]:
        home = at.of(at.stages.home(table).name)
        if "department_id" in at.rows and _has_departments(table):
            yield home.cells(table, columns, at.rows[["department_id"]])
        else:
            yield home.every(table, columns)
    if "department_id" not in at.rows:
        yield from participants(at.of(NOW))


def _has_departments(table: str) -> bool:
    return table == REGISTER or "department_id" in TABLES[table].columns
