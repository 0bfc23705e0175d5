"""Facts on the published findings: how many still hold, and what each of them rests on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mapping.facts.counting import Count, Facts
from mapping.facts.statements import holding
from mapping.findings.verdicts import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from mapping.protocol import Protocol
from mapping.references import Traced, cell, entries, of, setting
from mapping.vocabulary import NOT_ASSESSABLE, VERDICTS


@dataclass(frozen=True)
class FindingLine:
    """What is told of a finding, or of one part of it; what is not known is None.

    ``part`` is None for the finding as a whole; if it has several parts, its own numbers are
    None, ``parts`` names them by verdict and ``supported`` counts them. The numbers are those of
    table ``finding_parts``; ``p_holm`` is the finding's.
    """

    finding: str
    verdict: str
    part: str | None = None
    measure: str | None = None
    reason: str | None = None
    word: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound_low: float | None = None
    bound_high: float | None = None
    n: int | None = None
    of: int | None = None
    fewest: int | None = None
    unknown: int = 0
    p: float | None = None
    p_holm: float | None = None
    base_n: int | None = None
    base_of: int | None = None
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    supported: Count = field(default_factory=lambda: Count(0, 0))

    @property
    def count(self) -> Count | None:
        """So many departments of so many, where both are known."""
        return None if self.n is None or self.of is None else Count(self.n, self.of)

    @property
    def base(self) -> Count | None:
        """The same among those that the finding is not about."""
        if self.base_n is None or self.base_of is None:
            return None
        return Count(self.base_n, self.base_of)


def finding_lines(
    findings: pd.DataFrame, parts: pd.DataFrame, protocol: Protocol
) -> dict[str, tuple[FindingLine, ...]]:
    """The lines of each finding, in the order of the summary.

    From tables ``findings`` and ``finding_parts``. A finding of one part has one line; one of
    several has a line for itself and then one for each part.
    """
    verdicts, holm = _verdicts(findings), _adjusted(findings)
    rows = {str(key): group.sort_values("number") for key, group in parts.groupby("finding")}
    return {
        key: _lines(key, verdicts[key], rows[key].to_dict("records"), holm.get(key), parts)
        for key in protocol.statements
        if key in rows
    }


def _adjusted(findings: pd.DataFrame) -> dict[str, Traced]:
    """The adjusted p of each finding that has one."""
    found = {row["finding"]: cell("findings", row, "p_holm") for row in findings.to_dict("records")}
    return {key: p for key, p in found.items() if p is not None}


def _verdicts(findings: pd.DataFrame) -> dict[str, str]:
    return dict(zip(findings["finding"], findings["verdict"], strict=True))


def _lines(
    key: str,
    verdict: str,
    rows: list[dict[Hashable, Any]],
    p_holm: float | None,
    parts: pd.DataFrame,
) -> tuple[FindingLine, ...]:
    if len(rows) == 1:
        return (_line(key, verdict, rows[0], None, p_holm),)
    by_verdict = {
        each: tuple(str(row["part"]) for row in rows if row["verdict"] == each)
        for each in (*VERDICTS, NOT_ASSESSABLE)
    }
    own = of("finding_parts", parts).where(finding=key)
    supported = Count(own.where(verdict=SUPPORTED).count(), own.count())
    whole = FindingLine(key, verdict, p_holm=p_holm, parts=by_verdict, supported=supported)
    return whole, *(_line(key, row["verdict"], row, row["part"], None) for row in rows)


_NUMBERS = (
    "value", "low", "high", "bound_low", "bound_high", "n", "of", "fewest", "unknown", "p",
    "base_n", "base_of",
)  # fmt: skip


def _line(
    key: str, verdict: str, row: Mapping[Hashable, Any], part: str | None, p_holm: float | None
) -> FindingLine:
    told = {name: row[name] for name in ("measure", "reason", "word")}
    told |= {name: cell("finding_parts", row, name) for name in _NUMBERS}
    known = {name: value for name, value in told.items() if pd.notna(value)}
    return FindingLine(key, verdict, part, p_holm=p_holm, **known)


def findings_tested(findings: pd.DataFrame, protocol: Protocol) -> Facts:
    """How the summary's findings came out, and the numbers by which that is decided.

    ``contradicted`` are the findings themselves, in the order of the summary.
    """
    verdicts, every = _verdicts(findings), of("findings", findings)
    return {
        "holding": holding(findings)["holding"],
        "not_assessable": every.where(verdict=NOT_ASSESSABLE).count(),
        "contradicted": [key for key in protocol.statements if verdicts.get(key) == CONTRADICTED],
        "refuted": every.where(verdict=CONTRADICTED).count(),
        "inconclusive": every.where(verdict=INCONCLUSIVE).count(),
        "family": entries(protocol, "finding_rules.family"),
        **{
            name: setting(protocol, f"finding_rules.{path}")
            for name, path in {
                "band": "band",
                "fewest": "fewest",
                "significance": "significance",
                "tested": "tested_departments",
            }.items()
        },
    }
