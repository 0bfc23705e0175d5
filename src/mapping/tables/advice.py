"""Tables of the recommendations and of the toolbox."""

from __future__ import annotations

import pandas as pd

from mapping.facts import Count, base, true_in
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import of, whole
from mapping.tables import cells
from mapping.tables.table import Builder, Cell, Column, Table


def recommendations(recommendations: pd.DataFrame, words: Words) -> Table:
    """How many departments meet each recommendation; from table ``recommendations``.

    One row a recommendation: met (of those where it can be assessed), not met, not assessable.
    """
    every = of("recommendations", recommendations)
    rules = {
        rule.key: every.where(recommendation=rule.key) for rule in words.protocol.recommendations
    }
    rows = [
        {
            "recommendation": key,
            "count": true_in(rows, "met"),
            "not_met": rows.where(met=False).count(),
            "unknown": rows.unknown("met").count(),
        }
        for key, rows in rules.items()
    ]
    shown = pd.DataFrame(rows, dtype=object)
    shown["count"] = shown["count"].map(lambda count: count if count.of else None)
    build = Builder(words, "recommendations")
    columns = [
        build.column("recommendation", cells.label(words, "recommendation")),
        build.column("count", words.formats.count, number=True),
        *build.numbers("not_met", "unknown"),
    ]
    return build.table(shown, columns, n=every.distinct())


def department_recommendations(recommendations: pd.DataFrame, words: Words) -> Table:
    """Which recommendations each department meets; from table ``recommendations``.

    One row a department, one column a recommendation. It names departments: for the internal
    edition.
    """
    wide = recommendations.pivot(index="department_id", columns="recommendation", values="met")
    build = Builder(words, "department_recommendations")
    columns = [
        build.column("department_id", cells.department(words)),
        *(
            Column(key, words.label("recommendation", key), _met_or_not(words))
            for key in [recommendation.key for recommendation in words.protocol.recommendations]
        ),
    ]
    number = of("recommendations", recommendations).distinct()
    return build.table(wide.reset_index(), columns, n=number)


def _met_or_not(words: Words) -> Cell:
    """A sign and a word, so that the column can be skimmed and read aloud."""
    return lambda met: words.say(f"tables.marks.{'met' if met else 'not_met'}")


def toolbox(toolbox: pd.DataFrame, needs: pd.DataFrame, words: Words) -> Table:
    """The tools by the departments that they would serve; from tables ``toolbox`` and ``needs``.

    One row a tool: what it serves, for how many of the participating departments, its rank, and
    whether it is in the smallest set.
    """
    participating = base(of("needs", needs).where(side="internal"))
    order = {tool: place for place, tool in enumerate(words.protocol.tool_keys)}
    rows = toolbox.assign(place=toolbox["tool"].map(order)).sort_values(["rank", "place"])
    build = Builder(words, "toolbox")
    columns = [
        build.column("tool", cells.label(words, "tool")),
        build.column("serves", _things(words)),
        build.column("count", cells.share(words), number=True),
        *build.numbers("rank"),
        build.column("in_smallest_set", cells.yes_or_no(words)),
    ]
    counts = [
        Count(whole("toolbox", row, "departments"), participating)
        for row in rows.to_dict("records")
    ]
    shown = rows.assign(count=cells.objects(counts, rows), serves=rows["tool"])
    return build.table(shown, columns, rows_of="toolbox", n=participating)


def _things(words: Words) -> Cell:
    """The needs and conditions that a tool serves; their labels may themselves hold "and"."""
    kinds = {"need": "need", "condition": "indicator"}

    def write(tool: str) -> str:
        rows = [row for row in words.protocol.tools if row.tool == tool]
        return capital("; ".join(words.label(kinds[row.kind], row.key) for row in rows))

    return write


def tool_additions(added: pd.DataFrame, words: Words) -> Table:
    """What each further tool adds; from :func:`mapping.toolbox.adds`.

    One row a tool, in the order to build them: the expressed needs that it adds, and how many
    are served with it and all before it.
    """
    build = Builder(words, "tool_additions")
    columns = [
        build.column("tool", cells.label(words, "tool")),
        *build.numbers("adds"),
        build.column("count", cells.share(words), number=True),
        build.column("in_smallest_set", cells.yes_or_no(words)),
    ]
    name = "toolbox_additions"
    shown = added.assign(count=cells.counts(added, "served", table=name))
    return build.table(shown, columns, rows_of=name, n=base(of(name, added)))
