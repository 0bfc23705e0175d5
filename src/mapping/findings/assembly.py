"""All findings of a study: every part measured, the family corrected, each verdict given."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import asdict
from types import ModuleType
from typing import Any

import pandas as pd

from mapping.errors import DataError, Problem, RunError
from mapping.findings import aims, conclusions, conditions, needs, results
from mapping.findings.known import Known, Tables, known
from mapping.findings.measures import Part
from mapping.findings.requirements import unmet
from mapping.findings.verdicts import Adjusted, combine, fewest, judge
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

Tested = dict[str, list[tuple[float, float]]]
"""Of each finding, by its key, the p-values of its assessable associations: in the direction
stated and in the opposite one."""

Row = dict[Hashable, Any]
"""A row of the table of parts."""


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
    the share would be if all missing departments were one way or the other: the ``unknown``
    ones, which could belong but lack a value, and those of the frame that took no part.
    ``fewest`` is the smallest population that the verdict needs; ``p_opposite`` tests the
    opposite direction; the base is the same count among those the finding is not about.

    Raises
    ------
    DataError
        The protocol has a finding that no function measures, or lacks what its findings name;
        all of it at once, before anything is computed.

    """
    protocol = study.protocol
    if problems := [*_unmeasured(protocol), *unmet(protocol)]:
        raise DataError(problems)
    measured = measure(known(study), protocol) if protocol.findings else {}
    adjusted = _adjusted(_tested_parts(measured), protocol)
    rows = [
        row
        for key, found in measured.items()
        for row in _rows(key, found, adjusted.get(key), protocol)
    ]
    columns = list(TABLES["finding_parts"].columns)
    return conform(pd.DataFrame(rows, columns=columns), "finding_parts")


def measure(case: Known, protocol: Protocol) -> Measured:
    """Every finding of the protocol, measured by the function of its name."""
    return {finding.key: _measured(finding, case) for finding in protocol.findings}


def _unmeasured(protocol: Protocol) -> Iterable[Problem]:
    place = f"{protocol.name}/protocol.toml"
    expected, remedy = "a finding that the program can measure", "Remove it, or add it."
    for finding in protocol.findings:
        if _function(finding) is None:
            yield Problem(place, None, "findings", repr(finding.key), expected, remedy)


def _function(finding: Finding) -> Callable[[Known, Finding], Part | Iterable[Part]] | None:
    """The function of its name, if the module defines one (not one that it only imports)."""
    module = _MODULES[finding.section]
    found = getattr(module, finding.key.replace("-", "_"), None)
    return found if getattr(found, "__module__", None) == module.__name__ else None


def _measured(finding: Finding, case: Known) -> tuple[Part, ...]:
    """The parts of a finding: at least one, each with a name of its own."""
    function = _function(finding)
    found = () if function is None else function(case, finding)
    parts = (found,) if isinstance(found, Part) else tuple(found)
    if not parts or len({part.part for part in parts}) < len(parts):
        raise RunError(f"the parts of {finding.key} are none, or two have the same name")
    return parts


def _tested_parts(measured: Measured) -> Tested:
    return {
        key: [(p.p, p.p_opposite) for p in found if p.p is not None and p.p_opposite is not None]
        for key, found in measured.items()
    }


def _adjusted(tested: Tested, protocol: Protocol) -> dict[str, Adjusted]:
    """Holm over the assessable associations of the family, one entry for each finding."""
    entries = {
        key: _largest(tested[key]) for key in protocol.finding_rules.family if tested.get(key)
    }
    stated = holm([p for p, _ in entries.values()])
    opposite = holm([p for _, p in entries.values()])
    return {
        key: Adjusted(round(float(p), DECIMALS), round(float(q), DECIMALS))
        for key, p, q in zip(entries, stated, opposite, strict=True)
    }


def _largest(tested: list[tuple[float, float]]) -> tuple[float, float]:
    """What a finding of several associations enters with: the largest p of each direction."""
    return max(p for p, _ in tested), max(q for _, q in tested)


def _rows(
    key: str, found: tuple[Part, ...], adjusted: Adjusted | None, protocol: Protocol
) -> Iterable[dict[str, object]]:
    for number, part in enumerate(found):
        verdict = judge(part, protocol.finding_rules, protocol.ranges, adjusted)
        needed = {"fewest": fewest(part, protocol.finding_rules)}
        yield asdict(part) | needed | verdict._asdict() | {"finding": key, "number": number}


def summary(parts: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Table ``findings`` from the table of its parts; see :func:`findings`."""
    grouped = _by_finding(parts)
    adjusted = _adjusted(_tested_rows(grouped), protocol)
    rows = [_finding(own, adjusted.get(key)) for key, own in grouped.items()]
    return conform(pd.DataFrame(rows, columns=list(TABLES["findings"].columns)), "findings")


def family(parts: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """The associations that are tested together, from the table of parts.

    One row is a finding of the protocol's family that has an assessable association, in the
    protocol's order: ``p`` is the largest of its associations, ``p_holm`` the same after Holm
    over all rows; ``p_opposite`` and ``p_opposite_holm`` are those of the opposite direction.
    """
    tested = _tested_rows(_by_finding(parts))
    rows = [
        (key, *_largest(tested[key]), adjusted.p, adjusted.p_opposite)
        for key, adjusted in _adjusted(tested, protocol).items()
    ]
    columns = ["finding", "p", "p_opposite", "p_holm", "p_opposite_holm"]
    return pd.DataFrame(rows, columns=columns)


def _by_finding(parts: pd.DataFrame) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in parts.sort_values(["finding", "number"]).to_dict("records"):
        grouped.setdefault(row["finding"], []).append(row)
    return grouped


def _tested_rows(grouped: dict[str, list[Row]]) -> Tested:
    return {
        key: [(row["p"], row["p_opposite"]) for row in rows if _tested(row)]
        for key, rows in grouped.items()
    }


def _tested(row: Row) -> bool:
    return row["measure"] == "association" and bool(pd.notna(row["p"]))


def _finding(rows: list[Row], adjusted: Adjusted | None) -> Row:
    deciding = _deciding(rows)
    untold = [row for row in rows if row["verdict"] == NOT_ASSESSABLE and row is not deciding]
    # Also where another part decides: whoever repeats Holm needs every member of the family.
    p = max((row["p"] for row in rows if _tested(row)), default=deciding["p"])
    return {
        **{name: deciding[name] for name in ("finding", "value", "low", "high", "n", "of")},
        "verdict": combine([row["verdict"] for row in rows]),
        "p": p,
        "p_holm": None if adjusted is None else adjusted.p,
        "note": "; ".join(f"{row['part']}: {row['reason']}" for row in [deciding, *untold]),
    }


def _deciding(rows: list[Row]) -> Row:
    """The first part with the worst verdict; of several associations that with the largest p."""
    assessed = [row for row in rows if row["verdict"] != NOT_ASSESSABLE] or rows
    lowest = combine([row["verdict"] for row in assessed])
    worst = [row for row in assessed if row["verdict"] == lowest]
    if not _tested(worst[0]):
        return worst[0]
    return max(filter(_tested, worst), key=lambda row: float(row["p"]))
