"""The audit in a few numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapping.facts.audit.choices import choices
from mapping.facts.audit.coders import coders
from mapping.facts.audit.instruments import instruments
from mapping.facts.audit.participation import bounds, participation
from mapping.facts.audit.trust import certificate, recovery
from mapping.facts.counting import Facts
from mapping.references import computed

if TYPE_CHECKING:
    from mapping.auditing import Audit


def in_short(audit: Audit) -> Facts:
    """How sure the grouping is; coders, instruments, who is missing; planted truth; certificate."""
    tried, seen, planted = choices(audit), participation(audit), recovery(audit)
    stated = certificate(audit)
    between = instruments(audit)
    coded = coders(audit)
    return {
        **{name: tried[name] for name in ("choices", "limit", "clear")},
        "doubtful": computed("difference", tried["clear"].of, tried["clear"].n),
        "coded": coded["presence"],
        "confidence": coded["confidence"],
        **{name: between[name] for name in ("agree", "conflict", "compared")},
        **{name: seen[name] for name in ("took_part", "absent")},
        "order": bounds(audit)["order"],
        "made": planted["made"],
        **{name: planted[name] for name in ("as_seen", "stale")},
        **{name: stated[name] for name in ("items", "pass", "fail", "person")},
    }
