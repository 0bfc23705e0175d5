"""Why a department is in its tier, in a few lines of plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from mapping.audit.certainty import certainty
from mapping.audit.choices import outcomes
from mapping.facts.department import known_department
from mapping.prose import Words, words
from mapping.tiers import deciding, pulls
from mapping.vocabulary import TIERS, UNCLASSIFIED

if TYPE_CHECKING:
    from mapping.study import Study


def explain(study: Study, department_id: str, lang: str) -> str:
    """The department's tier, its evidence, what speaks for and against, and what would move it.

    Raises
    ------
    UsageError
        There is no such department in the frame; the message names the nearest ids.

    """
    department = known_department(study, department_id)
    say = words(lang, study.protocol, shown_names(study))
    tier = _rows(study.tiers, department).iloc[0]
    if tier["tier"] == UNCLASSIFIED:
        lines = [_unclassified(study, department, say), *_evidence(study, department, say)]
    else:
        lines = [
            _tier(department, tier, say),
            *_evidence(study, department, say),
            _fit(tier, say),
            *_pulls(study, department, tier["tier"], say),
            *_criteria(study, department, tier["tier"], say),
            _change(study, department, tier["tier"], say),
            *_certainty(study, department, say),
        ]
    return "\n".join([*lines, *_source(study, say)])


def shown_names(study: Study) -> dict[str, str]:
    """The shown name of every department: its name and code, or the code alone, as set."""
    if study.settings.names == "code":
        return {}
    rows = study.departments[["department_id", "name"]].itertuples(index=False)
    return {department: f"{name} ({department})" for department, name in rows}


def _rows(table: pd.DataFrame, department: str) -> pd.DataFrame:
    return table[table["department_id"] == department]


def _aspect_rows(study: Study, department: str) -> pd.DataFrame:
    """The department's known aspects in the protocol's order."""
    rows = _rows(study.aspects, department).dropna(subset=["level"])
    order = {key: place for place, key in enumerate(study.protocol.aspect_keys)}
    return rows.sort_values("aspect", key=lambda keys: keys.map(order))


def _tier(department: str, tier: pd.Series, say: Words) -> str:
    return say.say(
        "explanation.tier",
        department=say.label("department", department),
        tier=tier["tier"],
        borderline=bool(tier["borderline"]),
    )


def _unclassified(study: Study, department: str, say: Words) -> str:
    known = len(_aspect_rows(study, department))
    return say.say(
        "explanation.unclassified",
        department=say.label("department", department),
        known=known,
        aspects=len(study.protocol.aspects),
        needed=study.protocol.tier_rules.aspects_known,
    )


def _evidence(study: Study, department: str, say: Words) -> Iterator[str]:
    row = _rows(study.participation, department).iloc[0]
    yield say.say(
        "explanation.evidence",
        interviews=int(row["interviews"]),
        notes=int(row["workshop_notes"]),
        responses=int(row["responses"]),
    )
    if row["left_out"]:
        yield say.say("explanation.left_out", left_out=int(row["left_out"]))


def _fit(tier: pd.Series, say: Words) -> str:
    fits = {name: tier[f"fit_{name}"] for name in TIERS}
    return say.say("explanation.fit", fits=fits, margin=tier["margin"])


def _pulls(study: Study, department: str, tier: str, say: Words) -> Iterator[str]:
    """The aspects that speak for the tier and those against it, the strongest first."""
    aspects = _aspect_rows(study, department)
    pulled = pulls(aspects, _rows(study.tiers, department), study.protocol)
    table = aspects.merge(pulled, on=["department_id", "aspect"])
    other = table["against"].iloc[0]
    towards = table[table["pull"] > 0].sort_values("pull", ascending=False, kind="stable")
    against = table[table["pull"] < 0].sort_values("pull", kind="stable")
    if len(towards):
        shown = _aspects(towards, say)
        yield say.say("explanation.towards", tier=tier, against=other, aspects=shown)
    if len(against):
        yield say.say("explanation.against", aspects=_aspects(against, say))
    else:
        yield say.say("explanation.nothing_against", against=other)
    known = set(table["aspect"])
    if unknown := [key for key in study.protocol.aspect_keys if key not in known]:
        labels = [say.label("aspect", key) for key in unknown]
        yield say.say("explanation.unknown", aspects=labels)


def _aspects(rows: pd.DataFrame, say: Words) -> list[str]:
    pairs = zip(rows["aspect"], rows["level"], strict=True)
    return [say.say("explanation.aspect", aspect=aspect, level=level) for aspect, level in pairs]


def _criteria(study: Study, department: str, tier: str, say: Words) -> Iterator[str]:
    """How many of the tier's own criteria are met, and which are not or are unknown."""
    rows = _rows(study.criteria, department)
    rows = rows[rows["tier"] == tier]
    met = int(rows["met"].sum())
    yield say.say("explanation.met", tier=tier, met=met, of=len(rows))
    for text, chosen in (("not_met", rows["met"].eq(False)), ("not_known", rows["met"].isna())):
        named = rows.loc[chosen.fillna(value=False).astype(bool), "criterion"]
        if len(named):
            labels = [say.label("criterion", key) for key in named]
            yield say.say(f"explanation.{text}", criteria=labels)


def _change(study: Study, department: str, tier: str, say: Words) -> str:
    """The smallest change to the next tier up."""
    place = TIERS.index(tier)
    if place == 0:
        return say.say("explanation.highest")
    known = _aspect_rows(study, department)
    rows = known.dropna(subset=["to_next_tier"])
    above = TIERS[place - 1]
    if rows.empty:
        levels = known.set_index("aspect")["level"]
        labels = [say.label("aspect", key) for key in deciding(levels, tier, study.protocol)]
        return say.say("explanation.at_the_border", next=above, aspects=labels)
    columns = zip(rows["aspect"], rows["level"], rows["to_next_tier"], strict=True)
    steps = [
        say.say("explanation.step", aspect=aspect, level=level, target=target)
        for aspect, level, target in columns
    ]
    return say.say("explanation.change", next=above, aspects=steps)


def _certainty(study: Study, department: str, say: Words) -> Iterator[str]:
    """Its tiers over the audit's stated choices, and the smallest of them that gives another."""
    row = _rows(_certainties(study), department).iloc[0]
    shares = {tier: row[f"share_{tier}"] for tier in (*TIERS, UNCLASSIFIED)}
    given = {tier: share for tier, share in shares.items() if share > 0}
    clear = "" if pd.isna(row["clear_tier"]) else row["clear_tier"]
    yield say.say("explanation.certainty", shares=given, clear=clear)
    if pd.isna(row["flip"]):
        yield say.say("explanation.no_flip")
        return
    changes = [
        say.say("explanation.one_changed", factor=change.partition("=")[0], choice=change)
        for change in row["flip"].split()
    ]
    yield say.say("explanation.flip", tier=row["flip_tier"], changes=changes)


def _certainties(study: Study) -> pd.DataFrame:
    """Table ``certainty``, computed unless it is stored."""
    if "certainty" in study.stored:
        return study.stored["certainty"]
    tried = outcomes(study.evidence, study.departments, study.protocol)
    return certainty(tried, study.protocol)


def _source(study: Study, say: Words) -> Iterator[str]:
    yield say.say("explanation.source", protocol=study.protocol.name)
    if study.settings.synthetic:
        yield say.say("explanation.synthetic")
