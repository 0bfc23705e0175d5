"""Facts on who took part with what, on what was read, and on the method."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import pandas as pd

from mapping.facts.counting import Count, Facts, total
from mapping.protocol import Protocol
from mapping.references import Selected, computed, of, setting
from mapping.vocabulary import INSTRUMENTS

COUNTED = {"interview": "interviews", "workshop": "workshop_notes", "survey": "responses"}
"""The column of table ``participation`` that counts what each instrument gave."""


def taking_part(participation: pd.DataFrame) -> Selected:
    """The departments with evidence from any instrument."""
    every = of("participation", participation)
    return every.not_among(every.where(**dict.fromkeys(COUNTED.values(), 0)))


def participating(participation: pd.DataFrame) -> Count:
    """The departments with evidence from any instrument, of all in the frame."""
    return Count(taking_part(participation).count(), of("participation", participation).count())


def patterns(participation: pd.DataFrame) -> pd.DataFrame:
    """Which instruments departments took part with.

    One row is a combination that occurs: interview, workshop, survey (true or false),
    departments, of (participating); the commonest first.
    """
    found = [row for row in _combinations(participation) if row["departments"]]
    order = ["departments", *INSTRUMENTS]
    # As objects: pandas would turn the counts into numbers that rest on nothing that is told.
    table = pd.DataFrame(found, columns=[*INSTRUMENTS, "departments"], dtype=object)
    return table.sort_values(order, ascending=False, ignore_index=True).assign(
        of=pd.Series([taking_part(participation).count()] * len(found), dtype=object)
    )


def _combinations(participation: pd.DataFrame) -> list[dict[str, Any]]:
    """Every combination of instruments, and how many departments took part with just that."""
    made = []
    for used in product((True, False), repeat=len(INSTRUMENTS)):
        rows = of("participation", participation)
        for key, taken in zip(INSTRUMENTS, used, strict=True):
            rows = rows.compared(COUNTED[key], ">" if taken else "<=", 0)
        if any(used):
            made.append({"departments": rows.count(), **dict(zip(INSTRUMENTS, used, strict=True))})
    return made


def instruments(participation: pd.DataFrame) -> Facts:
    """For each instrument its departments of all in the frame, and what they gave."""
    every = of("participation", participation)
    return {
        key: {
            "departments": Count(every.compared(name, ">", 0).count(), every.count()),
            "units": every.sum(name),
        }
        for key, name in COUNTED.items()
    }


def participation(participation: pd.DataFrame) -> Facts:
    """How many took part, and with how many instruments."""
    found = _combinations(participation)
    everybody = participating(participation)

    def with_instruments(number: int) -> Count:
        alike = [row["departments"] for row in found if sum(row[i] for i in INSTRUMENTS) == number]
        return Count(total(alike), everybody.n)

    return {
        "participating": everybody,
        "absent": computed("difference", everybody.of, everybody.n),
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
    """The responses to the survey that were not used, by reason; from table ``respondents``."""
    every = of("respondents", respondents).where(instrument="survey")
    return {
        "responses": Count(every.known("left_out").count(), every.count()),
        "incomplete": every.where(left_out="incomplete").count(),
        "blank": every.where(left_out="blank").count(),
    }


def corrections(corrections: pd.DataFrame) -> Facts:
    """How many corrections were applied to what was read, and of which files, as keys."""
    files = sorted(corrections["file"].str.removesuffix(".csv").unique())
    return {"corrections": of("corrections", corrections).count(), "files": files}


def evidence_in_short(
    evidence: pd.DataFrame, participation: pd.DataFrame, respondents: pd.DataFrame
) -> Facts:
    """What was read, in a few numbers."""
    return {
        "participating": participating(participation),
        "instruments": instruments(participation),
        "data": of("evidence", evidence).count(),
        "left_out": left_out(respondents)["responses"],
    }


def files(evidence: pd.DataFrame) -> Facts:
    """How many data points came from how many files."""
    every = of("evidence", evidence)
    return {"data": every.count(), "files": every.distinct("file")}


def register(departments: pd.DataFrame) -> Facts:
    """The frame: departments, faculties, and the sums of the students that are known."""
    every = of("register", departments)
    known = [name for name in _STUDENTS if departments[name].notna().any()]
    return {
        "departments": every.count(),
        "faculties": every.distinct("faculty"),
        "students": {name.removeprefix("students_"): every.sum(name) for name in known},
        "unknown": computed("difference", every.count(), every.known(*_STUDENTS).count()),
    }


_STUDENTS = ("students_programme", "students_course")


def roles(respondents: pd.DataFrame) -> Facts:
    """How many answered, and how many of them with a role given."""
    used = of("respondents", respondents).unknown("left_out")
    return {"given": Count(used.known("role").count(), used.count())}


def coverage(indicators: pd.DataFrame) -> Facts:
    """How complete the indicators are, and how well the instruments agree."""
    every = of("indicators", indicators)
    complete = every.not_among(every.unknown("level"))
    keys = sorted(set(indicators["indicator"]))
    known = {key: every.where(indicator=key).known("level").count() for key in keys}
    fewest = min(known.values(), default=0)
    compared = every.known("convergence")
    return {
        "complete": Count(complete.distinct(), every.distinct()),
        "least": [key for key, number in known.items() if number == fewest],
        "least_known": Count(fewest, every.distinct()),
        "compared": compared.count(),
        "convergence": compared.mean("convergence") if len(compared.frame) else 0.0,
    }


def method(protocol: Protocol) -> Facts:
    """The protocol's name, version and hash, shortened, and the ends of its scale."""
    return {
        "protocol": protocol.name,
        "version": protocol.version,
        "hash": protocol.sha256[:12],
        "highest": setting(protocol, "levels.highest"),
    }


def names(settings: Any) -> Facts:
    """How departments are shown, and who decided that and when; blank where it is by code."""
    decided = settings.names == "name"
    return {
        "by_name": decided,
        "decided_by": settings.names_decided_by if decided else "",
        "decided_on": settings.names_decided_on if decided else settings.fieldwork.end,
    }


def provenance(protocol: Protocol, inputs: Iterable[Any]) -> Facts:
    """What the result depends on; ``inputs`` are the files that were read."""
    names = pd.DataFrame({"name": [file.name for file in inputs]})
    return {"protocol": protocol.name, "files": of("files", names).count()}
