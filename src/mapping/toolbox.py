"""The toolbox: which tools would serve how many departments, and how few would serve most.

What a tool serves is the protocol's to say: internal needs, and conditions that may be weak. A
tool serves a need alike in whichever department names it. An *expressed need* is one internal
need that one participating department names.
"""

from __future__ import annotations

from math import ceil

import numpy as np
import pandas as pd

from mapping.indicators import levels
from mapping.needs import named
from mapping.participation import participating
from mapping.protocol import Protocol
from mapping.schemas import conform
from mapping.statistics.covering import smallest_cover
from mapping.vocabulary import DECIMALS

_SERVED = ["department_id", "tool", "kind", "key"]


def toolbox(evidence: pd.DataFrame, indicators: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """How many departments each tool serves, and whether it is in the smallest set.

    One row is a tool (table ``toolbox``). ``departments`` counts those of :func:`serving`,
    ``share`` is of the participating ones (missing without any), ``rank`` falls with it, equal
    ones having the lowest number. The smallest set is the fewest tools that serve the
    protocol's share of the expressed needs (:func:`smallest_set`).
    """
    served = serving(evidence, indicators, protocol)
    tools = list(protocol.tool_keys)
    count = served.groupby("tool")["department_id"].nunique().reindex(tools, fill_value=0)
    of = len(participating(evidence))
    table = pd.DataFrame(
        {
            "tool": tools,
            "departments": count.to_numpy(),
            "share": (count / of).round(DECIMALS).to_numpy(),
            "rank": count.rank(method="min", ascending=False).to_numpy(),
            "in_smallest_set": np.isin(tools, smallest_set(evidence, protocol) or []),
        }
    )
    return conform(table, "toolbox")


def serving(evidence: pd.DataFrame, indicators: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Which tools would serve which participating department, and why.

    One row is a department, a tool and one thing that the tool serves there: department_id,
    tool, kind (need, condition), key. A need is served where the department names it; a
    condition where its level is known and below the protocol's good. By department, then in the
    protocol's order of tools and things.
    """
    needs = named(evidence, protocol, "internal")
    weak = levels(indicators) < protocol.levels.good
    lacking = pd.concat([_true(needs, "need"), _true(weak, "condition")])
    columns = ["tool", "kind", "key"]
    tools = pd.DataFrame([(t.tool, t.kind, t.key) for t in protocol.tools], columns=columns)
    place = {tool: number for number, tool in enumerate(protocol.tool_keys)}
    rows = tools.merge(lacking, on=["kind", "key"])
    rows = rows.assign(place=rows["tool"].map(place))
    rows = rows.sort_values(["department_id", "place"], kind="stable", ignore_index=True)
    return rows[_SERVED].astype("string")


def _true(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The true cells of a table of departments by keys, one row each."""
    cells = table.reset_index().melt("department_id", var_name="key", value_name="true")
    return cells.loc[cells["true"], ["department_id", "key"]].assign(kind=kind)


def smallest_set(evidence: pd.DataFrame, protocol: Protocol) -> list[str] | None:
    """The fewest tools that serve the protocol's share of the expressed needs, exactly.

    Among equally small sets the one that serves most, then the first in the protocol's order.
    Empty if no need is expressed; None if all tools together do not serve that share.
    """
    tools, weights = _needs_by_tool(protocol), _expressed(evidence, protocol)
    least = ceil(protocol.toolbox.served * int(weights.sum()))
    rows = smallest_cover(tools.to_numpy(), weights.to_numpy(), least)
    return None if rows is None else [str(tools.index[row]) for row in rows]


def adds(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """What each further tool adds: the tools in an order to build them.

    One row is a tool: tool, in_smallest_set, adds (expressed needs that it serves and no tool
    before it), served (by it and all before it), of (all expressed needs). First the tools of
    the smallest set, then the others; at each step the one that adds most, equal ones in the
    protocol's order, until nothing is added.
    """
    tools, weights = _needs_by_tool(protocol), _expressed(evidence, protocol)
    chosen = tools.index.isin(smallest_set(evidence, protocol) or [])
    first = _best_next(tools[chosen], weights)
    open_needs = weights.where(~tools.loc[first].any(), 0)
    order = [*first, *_best_next(tools[~chosen], open_needs)]
    served = tools.loc[order].astype("int64").cummax() @ weights
    frame = pd.DataFrame(
        {
            "tool": pd.array(order, dtype="string"),
            "in_smallest_set": np.isin(order, first),
            "served": served.to_numpy(dtype="int64"),
            "of": int(weights.sum()),
        }
    )
    return frame.assign(adds=frame["served"].diff().fillna(frame["served"]).astype("int64"))


def _best_next(tools: pd.DataFrame, weights: pd.Series) -> list[str]:
    """Tools in the order in which each adds most to those before, until none adds anything."""
    order: list[str] = []
    while (gain := tools @ weights).max() > 0:
        order.append(str(gain.idxmax()))
        weights = weights.where(~tools.T[order[-1]], 0)
    return order


def _expressed(evidence: pd.DataFrame, protocol: Protocol) -> pd.Series:
    """How many participating departments name each internal need."""
    return named(evidence, protocol, "internal").sum().astype("int64")


def _needs_by_tool(protocol: Protocol) -> pd.DataFrame:
    """Whether each tool (rows, the protocol's order) serves each internal need (columns)."""
    pairs = {(t.tool, t.key) for t in protocol.tools if t.kind == "need"}
    needs = protocol.need_keys("internal")
    rows = [[(tool, need) in pairs for need in needs] for tool in protocol.tool_keys]
    return pd.DataFrame(rows, index=list(protocol.tool_keys), columns=list(needs), dtype=bool)
