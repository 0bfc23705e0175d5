"""Do the coders of the interviews agree? Who coded what, and how alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mapping.audit.reliability import EVERYTHING, Rated, reliability
from mapping.protocol import Protocol

ABSENT, GIVEN = 0.0, 1.0
"""What a coder who has seen a segment says of a code, and by giving it or not."""


@dataclass(frozen=True)
class Seen:
    """The coded segments in order, the department of each, and which coder has seen which.

    ``seen`` has a row for each segment and a column for each coder.
    """

    segments: pd.Index
    departments: npt.NDArray[np.int_]
    coders: pd.Index
    seen: npt.NDArray[np.bool_]


def agreement(evidence: pd.DataFrame, segments: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """How far the coders agree, overall, by kind of code, code, indicator, and without each coder.

    ``segments`` says of which interview each segment is (segment_id, interview_id, as in the
    raw interviews): the evidence does not. A coder of any segment of an interview has seen all
    of it, and says of each segment that a code is there or, by not giving it, that it is absent
    (metric nominal). The level of an indicator is compared where two coders gave a segment one
    (metric ordinal). One row is a scope, a key and a metric (table ``agreement``, ``among``
    coders). No rows without interviews; with one coder there is no pair, and no alpha.

    Of several codes the alpha is one minus the observed over the expected disagreement, each
    added up over the codes: that some codes are rare and others common is no agreement.
    """
    coded = _coded(evidence, protocol)
    if coded.empty:
        return reliability("coders", [], protocol.audit)
    seen = who_saw(coded, segments)
    return reliability(
        "coders", [_presence(coded, seen, protocol), _levels(coded, seen, protocol)], protocol.audit
    )


def who_saw(coded: pd.DataFrame, segments: pd.DataFrame) -> Seen:
    """Which coder has seen which segment: all of every interview of which they coded any.

    A segment that ``segments`` does not know is an interview of its own.
    """
    interview_of = dict(zip(segments["segment_id"], segments["interview_id"], strict=True))
    first = coded.drop_duplicates("unit").sort_values("unit")
    interviews = coded["unit"].map(lambda unit: interview_of.get(unit, unit))
    saw = pd.crosstab(interviews, coded["rater"]) > 0
    own = first["unit"].map(lambda unit: interview_of.get(unit, unit))
    departments, _ = pd.factorize(first["department_id"], sort=True)
    return Seen(pd.Index(first["unit"]), departments, saw.columns, saw.loc[own].to_numpy())


def _coded(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """The interviews' evidence with the code of each row, as it stands in the codebook.

    Codes that mean the same are one. What the codebook has no code for is left out.
    """
    rows = evidence[evidence["instrument"] == "interview"]
    level = rows["value"].where(rows["kind"] == "indicator")
    told = rows.assign(key=rows["category"].fillna(rows["key"]), level=level)
    return told.merge(_codes(protocol), on=["kind", "key", "level"])


def _codes(protocol: Protocol) -> pd.DataFrame:
    """One row is an interview code: code, kind, key, level (missing for all but indicators)."""
    codes = [code for code in protocol.codes if code.instrument == "interview"]
    columns = {name: [getattr(c, name) for c in codes] for name in ("code", "kind", "key")}
    levels = pd.Series([code.level for code in codes], dtype="float64")
    table = pd.DataFrame(columns, dtype="string").assign(level=levels)
    return table.drop_duplicates(["kind", "key", "level"], ignore_index=True)


def _presence(coded: pd.DataFrame, seen: Seen, protocol: Protocol) -> Rated:
    """Given or absent: of every code, and of every indicator at any level."""
    codes = _codes(protocol)
    measured = codes.loc[codes["kind"] == "indicator", "key"].unique()
    items = [*codes["code"], *(_any_level(key) for key in measured)]
    levelled = coded[coded["kind"] == "indicator"]
    given = pd.concat([coded, levelled.assign(code=levelled["key"].map(_any_level))])
    ratings = np.where(seen.seen[:, :, None], ABSENT, np.nan)
    ratings = np.repeat(ratings, len(items), axis=2)
    ratings[_places(given, "code", seen, items)] = GIVEN
    kinds = codes.groupby("kind", sort=False)["code"].agg(list)
    groups = {
        EVERYTHING: codes["code"].tolist(),
        **{("kind", str(kind)): names for kind, names in kinds.items()},
        **{("code", code): [code] for code in codes["code"]},
        **{("indicator", key): [_any_level(key)] for key in measured},
    }
    coders = [str(coder) for coder in seen.coders]
    return Rated("nominal", coders, ratings, seen.departments, items, groups, (ABSENT, GIVEN))


def _any_level(indicator: str) -> str:
    """The item of an indicator coded at any level: not the name of a code."""
    return f"{indicator}/*"


def _levels(coded: pd.DataFrame, seen: Seen, protocol: Protocol) -> Rated:
    """The level that each coder gave of each indicator; the mean where one gave several.

    Such a mean can lie between the levels of the scale, which are all that a coder can give.
    """
    codes = _codes(protocol)
    items = [str(key) for key in codes.loc[codes["kind"] == "indicator", "key"].unique()]
    levelled = coded[coded["kind"] == "indicator"]
    means = levelled.groupby(["unit", "rater", "key"])["level"].mean().reset_index()
    ratings = np.full((*seen.seen.shape, len(items)), np.nan)
    ratings[_places(means, "key", seen, items)] = means["level"]
    groups = {EVERYTHING: items, **{("indicator", key): [key] for key in items}}
    scale = np.arange(protocol.levels.highest + 1).tolist()
    between = sorted({*means["level"]} - {*scale})
    coders = [str(coder) for coder in seen.coders]
    return Rated("ordinal", coders, ratings, seen.departments, items, groups, scale, between)


def _places(
    rows: pd.DataFrame, item: str, seen: Seen, items: list[str]
) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """Where each row belongs in an array of segments x coders x items."""
    return (
        seen.segments.get_indexer(pd.Index(rows["unit"])),
        seen.coders.get_indexer(pd.Index(rows["rater"])),
        pd.Index(items).get_indexer(pd.Index(rows[item])),
    )
