"""What is planted between two simulated years: which parameters move which measure, and where.

In ``stable`` nothing changes: every department is in the second year what it was in the first,
and only what interviews, notes and answers happen to be differs. In ``changed`` some parameters
of the example's generator are others in the second year; all that does not rest on them stays as
it was. In both, some departments drop out, others join, and some are seen by other instruments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from mapping.example import World


@dataclass(frozen=True)
class Move:
    """Parameters of the second year that together move measures, named as ``kind:key``."""

    parameters: Mapping[str, Any]
    rise: tuple[str, ...] = ()
    fall: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlantedChange:
    """What changes from the first year to the second, by its name.

    ``follows`` are the measures that change with what is planted, or may: what is found of them
    is neither right nor wrong. All others stay as they are.
    """

    name: str
    moves: tuple[Move, ...] = field(default=())
    follows: tuple[str, ...] = ()

    @cached_property
    def world(self) -> World:
        """The parameters of the second year."""
        changed = {key: value for move in self.moves for key, value in move.parameters.items()}
        return replace(World(), **changed)

    def planted(self, kind: str, key: str) -> str:
        """What is planted of a measure: it rose, it fell, it follows from others, or none."""
        name = f"{kind}:{key}"
        if any(name in move.rise for move in self.moves):
            return "rose"
        if any(name in move.fall for move in self.moves):
            return "fell"
        return "follows" if name in self.follows else "none"


STABLE = PlantedChange("stable")

CHANGED = PlantedChange(
    "changed",
    (
        Move(
            {"mandate": (2.7, 2.2, 0.8)},
            rise=("indicator:mandate", "recommendation:R4", "swot:strength.mandate"),
            fall=("swot:weakness.mandate",),
        ),
        Move(
            {"management_support": (2.8, 2.0, 0.5), "colleague_support": (2.8, 1.9, 0.4)},
            rise=("indicator:management_support", "indicator:colleague_support"),
        ),
        Move({"workload": (1.7, 0.6, 0.1)}, fall=("indicator:workload",)),
        Move(
            {
                "arrangements": (
                    ("shared", 0.4),
                    ("backed", 0.22),
                    ("alone", 0.16),
                    ("self_appointed", 0.12),
                    ("nobody", 0.1),
                )
            },
            rise=("indicator:staffing", "recommendation:R1", "tier:direction"),
        ),
        Move(
            {"employability_rate": 0.84},
            rise=("need:employability", "swot:opportunity.employability"),
        ),
        Move({"recruitment_rate": 0.44}, fall=("need:recruitment", "swot:opportunity.recruitment")),
        Move({"society_rate": 0.6}, rise=("voice:society",)),
    ),
    follows=(
        "tier:marginal_homogeneity", "tier:symmetry", "construct:conditions",
        "indicator:activity", "indicator:sustainability", "recommendation:R2",
        "recommendation:R3",
        *(
            f"swot:{quadrant}.{theme}"
            for quadrant in ("strength", "weakness")
            for theme in ("management_support", "colleague_support", "workload")
        ),
        # A workshop names at most three needs: one named more leaves less room for others.
        "swot:opportunity.feedback", "swot:opportunity.student_support",
    ),
)  # fmt: skip

PLANTED_CHANGES = (STABLE, CHANGED)
