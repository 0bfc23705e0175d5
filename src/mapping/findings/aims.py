"""What the summary says of the study itself."""

from __future__ import annotations

from mapping.findings.known import Known
from mapping.findings.measures import WHOLE, Part, condition
from mapping.protocol import Finding
from mapping.vocabulary import DECIMALS, INSTRUMENTS


def frame(case: Known, _: Finding) -> Part:
    """About 50 departments have students and alumni: the size of the register (``n``)."""
    fewest, most = case.rules.frame
    return condition(holds=fewest <= case.frame <= most, n=case.frame)


def fieldwork(case: Known, _: Finding) -> Part:
    """The study was made in its window: every dated datum of the evidence (``n`` of them are)."""
    days = case.evidence["date"].dropna().dt.date
    if days.empty:
        return Part(WHOLE, "condition", hindrance="nothing_dated")
    inside = (days >= case.fieldwork.start) & (days <= case.fieldwork.end)
    share = round(float(inside.mean()), DECIMALS)
    return condition(holds=bool(inside.all()), n=int(inside.sum()), value=share)


def instruments(case: Known, _: Finding) -> Part:
    """Interviews, workshop and survey: each of them has evidence (``n`` have)."""
    used = set(case.evidence["instrument"])
    return condition(holds=used >= set(INSTRUMENTS), n=len(used))
