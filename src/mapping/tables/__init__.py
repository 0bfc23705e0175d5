"""Tables of the reports: result frame in, display table out.

Every function takes a result frame and the words of a language and gives a ``Table``. Captions,
column headers and notes are texts (``tables.toml``); cells are written as the language does.
"""

from mapping.tables.advice import (
    department_recommendations,
    recommendations,
    tool_additions,
    toolbox,
)
from mapping.tables.calibration import calibration
from mapping.tables.evidence import (
    corrections,
    coverage,
    department_participation,
    files,
    participation,
    participation_patterns,
    provenance,
    register,
)
from mapping.tables.findings import finding_family, finding_verdicts, findings, quantifiers
from mapping.tables.needs import arrangements, conditions, needs, origins
from mapping.tables.swot import (
    balance,
    borda,
    common_denominators,
    differences,
    quadrant,
    together,
)
from mapping.tables.table import Column, Table
from mapping.tables.tiers import (
    aspects,
    criteria,
    department_criteria,
    departments,
    grid,
    ideals,
    lift,
    tier_counts,
)

__all__ = [
    "Column",
    "Table",
    "arrangements",
    "aspects",
    "balance",
    "borda",
    "calibration",
    "common_denominators",
    "conditions",
    "corrections",
    "coverage",
    "criteria",
    "department_criteria",
    "department_participation",
    "department_recommendations",
    "departments",
    "differences",
    "files",
    "finding_family",
    "finding_verdicts",
    "findings",
    "grid",
    "ideals",
    "lift",
    "needs",
    "origins",
    "participation",
    "participation_patterns",
    "provenance",
    "quadrant",
    "quantifiers",
    "recommendations",
    "register",
    "tier_counts",
    "together",
    "tool_additions",
    "toolbox",
]
