"""All instruments into one long table: one row is one datum, with its origin."""

from __future__ import annotations

import pandas as pd

from mapping import schemas
from mapping.instruments import RawYear
from mapping.protocol import Item, Protocol

SIDE_OF_KIND = {"need": "internal", "external_need": "external"}
CATEGORIES = ("arrangement", "origin")
"""Kinds whose datum is a category, not a number."""


def gather(raw: RawYear, protocol: Protocol) -> pd.DataFrame:
    """The evidence of a year: one row per datum, columns of ``schemas.TABLES["evidence"]``.

    ``value`` is a level (0 to 3) for an indicator, 1 for a need, a voice, a wish, a ticked fact
    or a code of kind other, the answer (1 to 5, reversed items 6 minus it) for a fact on the
    five-point scale, 1 or 0 for a fact answered yes or no; missing for workshop notes and for
    arrangement and origin, whose key stands in ``category``. ``weight`` is votes + 1 for a
    workshop note, else 1. ``evidence_id`` is the file's stem and row (for the survey also the
    item), so that each datum can be found in the raw data.
    """
    parts = [_interviews(raw.interviews, protocol), _workshop(raw.workshop, protocol)]
    parts += [_item(raw.survey, item) for item in protocol.items]
    evidence = pd.concat([_complete(part) for part in parts], ignore_index=True)
    return schemas.conform(evidence.assign(side=evidence["kind"].map(SIDE_OF_KIND)), "evidence")


def respondents(raw: RawYear) -> pd.DataFrame:
    """One row per interview and per survey response, used or left out (with the reason).

    Role and date of an interview are the first given in its rows. A response that was not
    completed and names no department belongs to none: its department_id is missing.
    """
    interviews = raw.interviews.groupby("interview_id", sort=False)
    heard = interviews[["department_id", "role", "date"]].first().reset_index(names="respondent")
    parts = [
        heard.assign(instrument="interview", left_out=None),
        raw.respondents.rename(columns={"response": "respondent"}).assign(instrument="survey"),
    ]
    columns = list(schemas.TABLES["respondents"].columns)
    typed = [part[columns].astype({"left_out": "string"}) for part in parts]
    return schemas.conform(pd.concat(typed, ignore_index=True), "respondents")


def _complete(part: pd.DataFrame) -> pd.DataFrame:
    """The part with every column of the evidence, those that it lacks missing."""
    types = {name: column.dtype.type for name, column in schemas.TABLES["evidence"].columns.items()}
    return part.reindex(columns=list(types)).astype(types)


def _code_table(protocol: Protocol, instrument: str) -> pd.DataFrame:
    """One row per code of ``instrument``: its kind, key and level."""
    codes = [code for code in protocol.codes if code.instrument == instrument]
    return pd.DataFrame(
        {
            "kind": [code.kind for code in codes],
            "key": [code.key for code in codes],
            "level": [code.level for code in codes],
        },
        index=[code.code for code in codes],
    ).astype({"level": "float64"})


def _interviews(coded: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    rows = coded.join(_code_table(protocol, "interview"), on="code")
    categorical = rows["kind"].isin(CATEGORIES)
    return rows.assign(
        evidence_id="interviews-" + rows["row"].astype("string"),
        instrument="interview",
        unit=rows["segment_id"],
        rater=rows["coder"].map(_raters(rows["coder"])),
        value=rows["level"].fillna(1.0).mask(categorical),
        category=rows["key"].where(categorical),
        key=rows["key"].mask(categorical, rows["kind"]),
        weight=1.0,
    )


def _raters(coders: pd.Series) -> dict[str, str]:
    """The coders' names as coder-1, coder-2 … by sorted name."""
    return {name: f"coder-{number}" for number, name in enumerate(sorted(set(coders)), start=1)}


def _workshop(notes: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    rows = notes.join(_code_table(protocol, "workshop")["kind"], on="theme")
    return rows.assign(
        evidence_id="workshop-" + rows["row"].astype("string"),
        instrument="workshop",
        unit=rows["item_id"],
        key=rows["theme"],
        weight=rows["votes"].astype("float64") + 1,
    )


def _item(responses: pd.DataFrame, item: Item) -> pd.DataFrame:
    """The answers to one item; a response without an answer gives no row."""
    rows = responses.dropna(subset=item.item)
    answers = rows[item.item]
    categorical = item.kind in CATEGORIES
    return rows[["department_id", "date", "role", "file", "row"]].assign(
        evidence_id="survey-" + rows["row"].astype("string") + "-" + item.item,
        instrument="survey",
        unit=rows["response"],
        kind=item.kind,
        key=item.key,
        value=float("nan") if categorical else _values(answers, item),
        category=answers if categorical else None,
        weight=1.0,
    )


def _values(answers: pd.Series, item: Item) -> pd.Series:
    """The answers as numbers: levels for an indicator, else as given (yes and ticked 1, no 0)."""
    numbers = answers.astype("float64")
    if item.type == "likert5":
        given = 6 - numbers if item.reversed else numbers
        return (given - 1) * 3 / 4 if item.kind == "indicator" else given
    if item.type == "yes_no":
        given = 1 - numbers if item.reversed else numbers
        return given * 3 if item.kind == "indicator" else given
    return numbers
