"""How a value is computed, in words: the formula of every column, and of a reference."""

from __future__ import annotations

from mapping.prose import Words
from mapping.references import (
    Beside,
    Cell,
    Column,
    Computed,
    Condition,
    Constant,
    Fixed,
    Own,
    Reference,
    Row,
    Rows,
    Setting,
)


def formula(words: Words, table: str, column: str) -> str:
    """The formula of a column of a processed table, with the protocol's numbers filled in.

    Raises
    ------
    RunError
        There is none: a fault of ours.

    """
    keys = [
        f"trace.{table}.{column}",
        f"trace.any.{column}",
        f"workbook.columns.{table}.{column}",
        f"workbook.columns.{column}",
    ]
    key = next((key for key in keys if words.has(key)), keys[0])
    given = {"protocol": words.protocol}
    return words.say(key, **{name: given[name] for name in words.variables(key)})


def how(words: Words, finding: str) -> str:
    """How a finding is counted or tested; blank if it has no such text."""
    key = f"trace.how.{finding}"
    if not words.has(key):
        return ""
    protocol = words.protocol
    given = {
        "rules": protocol.finding_rules,
        "needs": protocol.need_rules,
        "good": protocol.levels.good,
        "moderate": protocol.levels.moderate,
    }
    return words.say(key, **{name: given[name] for name in words.variables(key)})


def checked(words: Words, framework: str, item: str) -> str:
    """What the check of an item of the certificate looks at."""
    return words.say(f"certificate.{framework}.{item}.checked")


def said(words: Words, reference: Reference) -> str:
    """A reference in words: ``number of rows of tiers with tier = good``."""
    if isinstance(reference, Computed):
        parts = [said(words, argument) for argument in reference.arguments]
        return words.say(f"trace.operation.{reference.operation}", parts=parts)
    if isinstance(reference, Constant):
        decimals = 0 if float(reference.value).is_integer() else 2
        return words.formats.number(reference.value, decimals)
    form, values = _place(words, reference)
    return words.say(f"trace.said.{form}", **values)


def _place(
    words: Words, reference: Rows | Row | Cell | Column | Setting | Fixed | Own
) -> tuple[str, dict[str, object]]:
    """What a reference names, as the text of its form needs it."""
    found: tuple[str, dict[str, object]]
    match reference:
        case Rows(table, conditions):
            told = [_condition(words, condition) for condition in conditions]
            found = "rows", {"table": table, "conditions": told}
        case Row(table, key):
            found = "row", {"table": table, "at": "/".join(key)}
        case Cell(row, column):
            found = "cell", {"column": column, "row": said(words, row)}
        case Column(rows, column):
            found = "column", {"column": column, "rows": said(words, rows)}
        case Setting(path):
            found = "protocol", {"path": path}
        case Fixed(at):
            found = "text", {"at": at}
        case Own(notebook, cell):
            found = "own", {"notebook": notebook, "cell": cell}
    return found


def _condition(words: Words, condition: Condition) -> str:
    if isinstance(condition.wanted, Beside):
        values = [condition.wanted.column]
    elif isinstance(condition.wanted, Column):
        values = [said(words, condition.wanted)]
    else:
        values = [value or words.say("trace.said.unknown") for value in condition.wanted]
    return words.say(
        "trace.said.condition",
        column=condition.column,
        operator=condition.operator,
        values=values,
    )
