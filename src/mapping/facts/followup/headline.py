"""The follow-up in a few numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapping.facts.counting import Facts
from mapping.facts.followup.departments import who
from mapping.facts.followup.findings import verdicts
from mapping.facts.followup.measures import broken, comparable, held, tested, years
from mapping.facts.followup.moves import moves
from mapping.facts.followup.simulated import expected
from mapping.references import computed
from mapping.vocabulary import COMPARED

if TYPE_CHECKING:
    from mapping.comparison import FollowUp


def in_short(follow: FollowUp) -> Facts:
    """Clear moves, what is compared by which protocol, the surest change, changed verdicts.

    ``strongest`` is the change that can best be told from chance, without anything if there is
    none; ``others`` how many more can be told, and ``also`` which, if they are few. ``named`` are
    the broken measures that rest on nothing else, if they are few; ``themselves`` the changed
    verdicts for which the departments themselves have changed. ``chance`` are the
    moves to be expected if nothing has changed, without anything if that is not known.
    """
    kinds = [kind for kind in COMPARED if kind != "tier"]
    told = tested(follow, *kinds)
    moved, sure = moves(follow.transitions), told["significant"]
    findings, otherwise = verdicts(follow), broken(follow.yardstick)
    return {
        **years(follow),
        **{name: moved[name] for name in ("classified", "clear", "up", "down", "uncertain")},
        "chance": expected(follow),
        "comparable": comparable(follow),
        "own": follow.reported.protocol.name,
        "used": follow.protocol.name,
        "pairs": who(follow)["pairs"],
        "strongest": sure[0] if sure else {},
        "others": computed("difference", held(follow, *kinds), 1) if sure else 0,
        "also": _few([each["measure"] for each in sure[1:]]),
        "tested": told["tested"],
        "few": told["few"],
        "fewest": told["fewest"],
        "broken": bool(otherwise),
        "named": _few([name for name in otherwise if name.partition(":")[0] in _MEASURED]),
        "verdicts": findings["changed"],
        "themselves": findings["reasons"]["change"],
    }


_MEASURED = ("indicator", "need", "voice", "swot")
"""Kinds of what is asked or coded; the others are made of these."""

_FEWEST = 3
"""More names than this are not listed where the message should be short."""


def _few(names: list[str]) -> list[str]:
    """The names if they are few, else none."""
    return names if len(names) <= _FEWEST else []
