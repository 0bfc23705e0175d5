"""Which departments of different years are the same: lineage followed from year to year.

A department that was merged is followed under the new id, one that was split under the old id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Frames = Mapping[int, Sequence[str]]
"""The ids of the departments of each year's frame."""


def follow(frames: Frames, lineage: pd.DataFrame) -> pd.DataFrame:
    """Every department of every year, and the id under which it is followed.

    ``frames`` are the years that are compared; ``lineage`` has a row for each department before
    and after a change: from_id, to_id, kind, year. Those of the first year and before are passed
    over.

    One row of the result is a year and a department of its frame: year, department_id, followed.
    Departments that any change connects are followed together, under the id of the latest year
    in which they are one department; if they never are, under the first id of the latest year.
    Those that came of a split alone, without any merger, are followed under the id that was
    split, or if no year has it, under that of the first year in which they are one.
    An id that is gone for some years and comes back is the same department.
    """
    rows = [(year, ident) for year in sorted(frames) for ident in sorted(frames[year])]
    table = pd.DataFrame(rows, columns=["year", "department_id"])
    recent = lineage[lineage["year"] > min(frames)]
    groups = _connected(table["department_id"], recent)
    group = table["department_id"].map(groups)
    split = _split(recent, groups)
    names = {key: _name(members, split.get(key)) for key, members in table.groupby(group)}
    return table.assign(followed=group.map(names)).astype({"followed": "string"})


def _connected(ids: Iterable[str], lineage: pd.DataFrame) -> dict[str, int]:
    """The number of the group of each id, also of those that only the lineage names."""
    ends = lineage["from_id"].tolist(), lineage["to_id"].tolist()
    every = sorted({*ids, *ends[0], *ends[1]})
    place = {ident: number for number, ident in enumerate(every)}
    there, back = ([place[ident] for ident in side] for side in ends)
    edges = coo_array((np.ones(len(there)), (there, back)), shape=(len(every), len(every)))
    _, labels = connected_components(edges, directed=False)
    return dict(zip(every, labels.tolist(), strict=True))


def _split(lineage: pd.DataFrame, groups: Mapping[str, int]) -> dict[int, set[str]]:
    """The ids that were split, of each group in which any was and none were merged."""
    split: dict[int, set[str]] = {}
    merged = {groups[ident] for ident in lineage.loc[lineage["kind"] == "merged", "from_id"]}
    for ident in lineage.loc[lineage["kind"] == "split", "from_id"]:
        if groups[ident] not in merged:
            split.setdefault(groups[ident], set()).add(ident)
    return split


def _name(members: pd.DataFrame, split: set[str] | None) -> str:
    """The id under which the departments of one group are followed."""
    by_year = members.groupby("year")["department_id"].apply(sorted)
    single = [ids[0] for ids in by_year if len(ids) == 1]
    if not single:
        return str(by_year.iloc[-1][0])
    if split is None:
        return str(single[-1])
    return str(next((ident for ident in reversed(single) if ident in split), single[0]))
