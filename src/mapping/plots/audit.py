"""The figures of the audit, one call each: the audit of a year and a language in, a figure out.

None where there is nothing to draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapping.display import Display
from mapping.plots import certainty, convergence, recovery, specifications
from mapping.plots.display import described
from mapping.prose import study_words
from mapping.references import of
from mapping.vocabulary import UNCLASSIFIED

if TYPE_CHECKING:
    from mapping.auditing import Audit


def convergence_map(audit: Audit, lang: str) -> Display | None:
    """Where the instruments agree, department by department and indicator by indicator."""
    table, said = audit.convergence, study_words(audit.study, lang)
    if not (table["word"] != "silent").any():
        return None
    return described(convergence.chart(table, said), convergence.describe(table, said))


def certainty_shares(audit: Audit, lang: str) -> Display | None:
    """Every department's share of the choices in each tier, the surest first."""
    table, said = audit.certainty, study_words(audit.study, lang)
    if not len(certainty.sorted_by_certainty(table)):
        return None
    description = certainty.describe(table, of("choices", audit.choices).count(), said)
    return described(certainty.chart(table, said), description)


def specification_curve(audit: Audit, lang: str) -> Display | None:
    """Every choice by how many departments it gives the reports' tier, and what it is."""
    most = of("certainty", audit.certainty).without(tier=UNCLASSIFIED).count()
    if not most:
        return None
    said = study_words(audit.study, lang)
    description = specifications.describe(audit.choices, most, said)
    return described(specifications.chart(audit.choices, int(most), said), description)


def tier_recovery(audit: Audit, lang: str) -> Display | None:
    """How many departments of planted studies are given their true tier, as noise grows."""
    table = audit.recovery
    if table.empty:
        return None
    said = study_words(audit.study, lang)
    return described(recovery.chart(table, said), recovery.describe(table, said))
