"""Facts on who took part with what, on what was read, and on the method."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from mapping.facts.counting import Count, Facts, base, true_of
from mapping.protocol import Protocol
from mapping.vocabulary import DECIMALS, INSTRUMENTS

COUNTED = {"interview": "interviews", "workshop": "workshop_notes", "survey": "responses"}
"""The column of table ``participation`` that counts what each instrument gave."""


def participating(participation: pd.DataFrame) -> Count:
    """The departments with evidence from any instrument, of all in the frame."""
    took_part = (participation[list(COUNTED.values())] > 0).any(axis=1)
    return Count(int(took_part.sum()), len(participation))


def patterns(participation: pd.DataFrame) -> pd.DataFrame:
    """Which instruments departments took part with.

    One row is a combination that occurs: interview, workshop, survey (true or false),
    departments, of (participating); the commonest first.
    """
    seen = pd.DataFrame({key: participation[name] > 0 for key, name in COUNTED.items()})
    took_part = seen[seen.any(axis=1)]
    counts = took_part.groupby(list(INSTRUMENTS)).size().reset_index(name="departments")
    order = ["departments", *INSTRUMENTS]
    table = counts.sort_values(order, ascending=False, ignore_index=True)
    return table.assign(of=len(took_part))


def instruments(participation: pd.DataFrame) -> Facts:
    """For each instrument its departments of all in the frame, and what they gave."""
    return {
        key: {
            "departments": Count(int((participation[name] > 0).sum()), len(participation)),
            "units": int(participation[name].sum()),
        }
        for key, name in COUNTED.items()
    }


def participation(participation: pd.DataFrame) -> Facts:
    """How many took part, and with how many instruments."""
    found = patterns(participation)
    used = found[list(INSTRUMENTS)].sum(axis=1)

    def with_instruments(number: int) -> Count:
        return Count(int(found.loc[used == number, "departments"].sum()), base(found))

    everybody = participating(participation)
    return {
        "participating": everybody,
        "absent": everybody.of - everybody.n,
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
    """The responses that were not used, by reason; ``respondents`` of the survey, all of them."""
    reason = respondents["left_out"]
    return {
        "responses": Count(int(reason.notna().sum()), len(respondents)),
        "incomplete": int((reason == "incomplete").sum()),
        "blank": int((reason == "blank").sum()),
    }


def corrections(corrections: pd.DataFrame) -> Facts:
    """How many corrections were applied to what was read, and of which files, as keys."""
    files = sorted(corrections["file"].str.removesuffix(".csv").unique())
    return {"corrections": len(corrections), "files": files}


def evidence_in_short(
    evidence: pd.DataFrame, participation: pd.DataFrame, respondents: pd.DataFrame
) -> Facts:
    """What was read, in a few numbers; ``respondents`` of the survey, all of them."""
    return {
        "participating": participating(participation),
        "instruments": instruments(participation),
        "data": len(evidence),
        "left_out": left_out(respondents)["responses"],
    }


def files(evidence: pd.DataFrame) -> Facts:
    """How many data points came from how many files."""
    return {"data": len(evidence), "files": int(evidence["file"].nunique())}


def register(departments: pd.DataFrame) -> Facts:
    """The frame: departments, faculties, and the sums of the students that are known."""
    students = departments[["students_programme", "students_course"]]
    sums = students.sum(min_count=1).dropna().astype(int)
    return {
        "departments": len(departments),
        "faculties": int(departments["faculty"].nunique()),
        "students": {str(key).removeprefix("students_"): int(n) for key, n in sums.items()},
        "unknown": int(students.isna().any(axis=1).sum()),
    }


def roles(respondents: pd.DataFrame) -> Facts:
    """How many answered, and how many of them with a role given."""
    used = respondents[respondents["left_out"].isna()]
    return {"given": Count(int(used["role"].notna().sum()), len(used))}


def coverage(indicators: pd.DataFrame) -> Facts:
    """How complete the indicators are, and how well the instruments agree."""
    known = indicators["level"].notna().groupby(indicators["department_id"]).all()
    by_indicator = indicators.groupby("indicator")["level"].count()
    departments = int(indicators["department_id"].nunique())
    least = by_indicator[by_indicator == by_indicator.min()]
    convergence = indicators["convergence"].dropna()
    return {
        "complete": true_of(known),
        "least": sorted(least.index),
        "least_known": Count(int(by_indicator.min()) if departments else 0, departments),
        "compared": len(convergence),
        "convergence": round(float(convergence.mean()), DECIMALS) if len(convergence) else 0.0,
    }


def method(protocol: Protocol) -> Facts:
    """The protocol's name, version and hash, shortened, and the ends of its scale."""
    return {
        "protocol": protocol.name,
        "version": protocol.version,
        "hash": protocol.sha256[:12],
        "highest": protocol.levels.highest,
    }


def provenance(protocol: Protocol, inputs: Iterable[Any]) -> Facts:
    """What the result depends on; ``inputs`` are the files that were read."""
    return {"protocol": protocol.name, "files": len(list(inputs))}
