"""What a printed number rests on, as an expression that is read, computed and followed.

    row      tiers/ALFA-12                             the table and the values of its key columns
    cell     needs/internal/recruitment/departments    a row and a column
    rows     tiers?tier=good&borderline=true           = != < <= > >=; a|b one of; nothing: missing
             aspects?department_id=(tiers/department_id?tier=good)    one of another column
             verdict_changes?reported!=(now)           another column of the same row
    column   indicators/level?indicator=interest
    number   count(ROWS)  distinct(COLUMN)  occurring(COLUMN, 2): values in just two rows
             mean|median|sum|smallest|largest(COLUMN or numbers)
             percent(A) percent(A, B) difference(A, B) product(A, B) quotient(A, B) absolute(A)
             rounded(A): the nearest whole number, a half up
             quantile(COLUMN, S): the smallest value that so large a share do not exceed
             protocol(tier_rules.borderline)  count(protocol(aspects))
    told     text(KEY)  cell(NOTEBOOK, NUMBER): a fixed number of a text, of a notebook's own cell

Tables are those of :data:`mapping.schemas.TABLES` and of :data:`MORE_KEYS`; those of another
year bear it, as ``2019:tiers``. A value's / ? & ( ) , | = ! < > and % are percent-encoded.
"""

from mapping.references.forms import (
    Beside,
    Cell,
    Column,
    Computed,
    Condition,
    Constant,
    Fixed,
    Operation,
    Operator,
    Own,
    Reference,
    Row,
    Rows,
    Setting,
    encoded,
    written,
)
from mapping.references.printed import numbers_in
from mapping.references.reading import DERIVED, MORE_KEYS, keys, parse
from mapping.references.traced import (
    Selected,
    Traced,
    TracedFloat,
    TracedFraction,
    TracedInt,
    cell,
    cell_of,
    computed,
    entries,
    exact_setting,
    of,
    reference_of,
    setting,
    traced,
    whole,
)
from mapping.references.values import Tables, Value, evaluate, rows

__all__ = [
    "DERIVED",
    "MORE_KEYS",
    "Beside",
    "Cell",
    "Column",
    "Computed",
    "Condition",
    "Constant",
    "Fixed",
    "Operation",
    "Operator",
    "Own",
    "Reference",
    "Row",
    "Rows",
    "Selected",
    "Setting",
    "Tables",
    "Traced",
    "TracedFloat",
    "TracedFraction",
    "TracedInt",
    "Value",
    "cell",
    "cell_of",
    "computed",
    "encoded",
    "entries",
    "evaluate",
    "exact_setting",
    "keys",
    "numbers_in",
    "of",
    "parse",
    "reference_of",
    "rows",
    "setting",
    "traced",
    "whole",
    "written",
]
