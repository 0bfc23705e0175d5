"""Facts on how far the instruments agree, and on what each alone would say."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mapping.facts.audit.coders import agreed
from mapping.facts.audit.rows import counted, first_row, rows_of
from mapping.facts.counting import Facts
from mapping.references import cell, of, setting
from mapping.vocabulary import INSTRUMENTS, TIERS

if TYPE_CHECKING:
    from mapping.auditing import Audit


def instruments(audit: Audit) -> Facts:
    """How often the instruments agree, agree in part or conflict, where two or more have seen.

    ``compared`` are those of all levels of a department; ``conflicting`` the indicators with the
    most conflicts. ``agreed`` is their agreement as raters; ``constructs`` have Cronbach's alpha
    over their indicators, where it can be computed.
    """
    levels = of("convergence", audit.convergence).known("level")
    compared = levels.without(word="silent")
    conflicts = compared.where(word="conflict")
    overall = of("agreement", audit.agreement).where(among="instruments", scope="all")
    most = conflicts.frame["indicator"].value_counts()
    return {
        "compared": counted(compared, levels),
        "agree": counted(compared.where(word="agree"), compared),
        "partly": counted(compared.where(word="partly"), compared),
        "conflict": counted(conflicts, compared),
        "conflicting": sorted(most.index[most == most.max()]) if len(most) else [],
        "agreed": agreed(first_row(overall)),
        "constructs": {
            row["construct"]: {
                name: cell("consistency", row, name) for name in ("alpha", "departments")
            }
            for row in rows_of(of("consistency", audit.consistency).known("alpha"))
        },
        "limits": {
            name: setting(audit.protocol, f"audit.{name}") for name in ("agree", "conflict")
        },
    }


def alone(audit: Audit) -> Facts:
    """How many departments each instrument alone would put in another tier.

    ``instruments`` has those with evidence: ``moved`` of the departments with a tier both by it
    and by all, ``seen`` those of all that it gives a tier.
    """
    table = of("instrument_tiers", audit.instrument_tiers)
    told = {}
    for name in INSTRUMENTS:
        own = table.where(instrument=name)
        if len(own.frame):
            both = own.known("move")
            told[name] = {
                "seen": counted(own.where(tier=TIERS), own),
                "moved": counted(both.without(move="same"), both),
            }
    return {"instruments": told}


def voices(audit: Audit) -> Facts:
    """How many findings rest on how many instruments, and which an instrument speaks against.

    Of the supported findings, but for those that no instrument can speak of: ``together`` are
    supported by no instrument alone, ``one`` and ``several`` by so many; ``against`` are those
    that an instrument alone contradicts, ``findings`` their keys.
    """
    table = of("finding_voices", audit.finding_voices)
    supported = table.where(verdict="supported").known(*INSTRUMENTS)
    against = supported.compared("contradicting", ">", 0)
    return {
        "together": counted(supported.where(supporting=0), supported),
        "one": counted(supported.where(supporting=1), supported),
        "several": counted(supported.compared("supporting", ">", 1), supported),
        "against": counted(against, supported),
        "findings": [row["finding"] for row in rows_of(against)],
    }


def needs_seen(audit: Audit) -> Facts:
    """How many internal needs a department names by the number of instruments that saw it.

    ``numbers`` are the numbers of instruments that any department was seen by, each with the
    ``departments`` and their ``needs`` on average.
    """
    table = of("needs_seen", audit.needs_seen).where(side="internal").compared("of", ">", 0)
    every: dict[int, Facts] = {}
    for row in rows_of(table):
        every.setdefault(
            cast(int, cell("needs_seen", row, "instruments")),
            {
                "departments": cell("needs_seen", row, "of"),
                "needs": cell("needs_seen", row, "mean_needs"),
            },
        )
    return {"numbers": every}
