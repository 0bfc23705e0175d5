"""All findings of a study: every part measured, the family corrected, each verdict given."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import asdict
from types import ModuleType
from typing import Any

import pandas as pd

from mapping.errors import DataError, Problem, RunError
from mapping.findings import aims, conclusions, conditions, needs, results
from mapping.findings.known import Known, Tables, known
from mapping.findings.measures import Part
from mapping.findings.verdicts import Adjusted, combine, judge
from mapping.protocol import Finding, Protocol
from mapping.schemas import TABLES, conform
from mapping.statistics.tables import holm
from mapping.vocabulary import DECIMALS, NOT_ASSESSABLE

_MODULES: Mapping[str, ModuleType] = {
    "intro": aims,
    "aims": aims,
    "results": results,
    "conditions": conditions,
    "needs": needs,
    "conclusions": conclusions,
}
"""Where the function of a finding stands, by the summary's section."""

Measured = dict[str, tuple[Part, ...]]
"""The parts of each finding, by its key."""


def findings(study: Tables) -> pd.DataFrame:
    """The verdict on every finding of the protocol.

    One row is a finding (table ``findings``): its verdict and the numbers of the part that
    decides it, the first of those with the worst verdict. ``value`` is a share (0 to 1), the
    coefficient of an association or a difference of means; ``low`` and ``high`` the exact
    interval for the share of all departments of the frame; ``n`` of ``of`` departments. ``p``
    is the largest of the finding's associations, ``p_holm`` the same after Holm over the
    assessable associations of the protocol's family; for the commonest, ``p`` is the share of
    draws in which it is first. ``note`` says why, as ``part: reason`` for the deciding part and
    for each one that is not assessable.
    """
    return summary(parts(study), study.protocol)


def parts(study: Tables) -> pd.DataFrame:
    """Every measured part of every finding, with its verdict and the reason.

    One row is a finding and a part, in the finding's own order (table ``finding_parts``).
    ``word`` is the summary's quantifier of a share. ``bound_low`` and ``bound_high`` are what
    the share of all departments of the frame would be if all not counted were one way or the
    other; ``unknown`` departments could belong but lack a value; ``p_opposite`` tests the
    opposite direction; the base is the same count among those the finding is not about.
    """
    protocol = study.protocol
    measured = measure(known(study), protocol)
    adjusted = _adjusted(measured, protocol)
    rows = [
        row
        for key, found in measured.items()
        for row in _rows(key, found, adjusted.get(key), protocol)
    ]
    columns = list(TABLES["finding_parts"].columns)
    return conform(pd.DataFrame(rows, columns=columns), "finding_parts")


def measure(case: Known, protocol: Protocol) -> Measured:
    """Every finding of the protocol, measured by the function of its name.

    Raises
    ------
    DataError
        The protocol names a finding that no function measures.

    """
    missing = [f for f in protocol.findings if not hasattr(_MODULES[f.section], _name(f))]
    if missing:
        place = f"{protocol.name}/protocol.toml"
        expected, remedy = "a finding that the program can measure", "Remove it, or add it."
        raise DataError(
            Problem(place, None, "findings", repr(f.key), expected, remedy) for f in missing
        )
    return {finding.key: _measured(finding, case) for finding in protocol.findings}


def _name(finding: Finding) -> str:
    return finding.key.replace("-", "_")


def _measured(finding: Finding, case: Known) -> tuple[Part, ...]:
    """The parts of a finding: at least one, each with a name of its own."""
    found = getattr(_MODULES[finding.section], _name(finding))(case, finding)
    parts = (found,) if isinstance(found, Part) else tuple(found)
    if not parts or len({part.part for part in parts}) < len(parts):
        raise RunError(f"the parts of {finding.key} are none, or two have the same name")
    return parts


def _adjusted(measured: Measured, protocol: Protocol) -> dict[str, Adjusted]:
    """Holm over the assessable associations of the family, one entry for each finding."""
    entries = {
        key: largest
        for key in protocol.finding_rules.family
        if (largest := _largest(measured.get(key, ()))) is not None
    }
    stated = holm([p for p, _ in entries.values()])
    opposite = holm([p for _, p in entries.values()])
    return {
        key: Adjusted(round(float(p), DECIMALS), round(float(q), DECIMALS))
        for key, p, q in zip(entries, stated, opposite, strict=True)
    }


def _largest(found: Iterable[Part]) -> tuple[float, float] | None:
    """The largest p of a finding's assessable associations, in either direction."""
    tested = [(p.p, p.p_opposite) for p in found if p.measure == "association"]
    known_p = [(p, q) for p, q in tested if p is not None and q is not None]
    if not known_p:
        return None
    return max(p for p, _ in known_p), max(q for _, q in known_p)


def _rows(
    key: str, found: tuple[Part, ...], adjusted: Adjusted | None, protocol: Protocol
) -> Iterable[dict[str, object]]:
    for number, part in enumerate(found):
        verdict = judge(part, protocol.finding_rules, protocol.ranges, adjusted)
        yield asdict(part) | verdict._asdict() | {"finding": key, "number": number}


def summary(parts: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Table ``findings`` from the table of its parts; see :func:`findings`."""
    adjusted = _adjusted(_measures(parts), protocol)
    rows = [
        _finding(str(key), rows.sort_values("number"), adjusted.get(str(key)))
        for key, rows in parts.groupby("finding")
    ]
    return conform(pd.DataFrame(rows, columns=list(TABLES["findings"].columns)), "findings")


def _measures(parts: pd.DataFrame) -> Measured:
    """The associations of each finding, as far as the correction needs them."""
    tested = parts[parts["measure"] == "association"].dropna(subset=["p"])
    return {
        str(key): tuple(
            Part(row["part"], "association", p=row["p"], p_opposite=row["p_opposite"])
            for row in rows.to_dict("records")
        )
        for key, rows in tested.groupby("finding")
    }


def _finding(key: str, rows: pd.DataFrame, adjusted: Adjusted | None) -> dict[str, object]:
    row = _deciding(rows)
    untold = (rows["verdict"] == NOT_ASSESSABLE) & (rows["number"] != row["number"])
    told = [row, *rows[untold].to_dict("records")]
    tested = row["measure"] == "association" and row["verdict"] != NOT_ASSESSABLE
    return {
        **{name: row[name] for name in ("value", "low", "high", "n", "of", "p")},
        "finding": key,
        "verdict": combine(list(rows["verdict"])),
        "p_holm": adjusted.p if tested and adjusted else None,
        "note": "; ".join(f"{entry['part']}: {entry['reason']}" for entry in told),
    }


def _deciding(rows: pd.DataFrame) -> dict[Hashable, Any]:
    """The first part with the worst verdict; of several associations that with the largest p."""
    assessed = rows[rows["verdict"] != NOT_ASSESSABLE]
    candidates = rows if assessed.empty else assessed
    worst = candidates[candidates["verdict"] == combine(list(candidates["verdict"]))]
    first = worst.to_dict("records")[0]
    tested = worst[worst["measure"] == "association"].dropna(subset=["p"])
    if first["measure"] != "association" or tested.empty:
        return first
    return tested.sort_values("p", ascending=False, kind="stable").to_dict("records")[0]
