"""Figures: a result frame and Axes in, Axes out; and each of the reports' figures in one call."""

from mapping.plots.audit import (
    certainty_shares,
    convergence_map,
    specification_curve,
    tier_recovery,
)
from mapping.plots.display import Description, figure
from mapping.plots.figures import (
    fit_rows,
    needs_grid,
    needs_ranking,
    participation_map,
    swot_matrix,
    tier_profiles,
    verdict_rates,
)
from mapping.plots.followup import change_rows, flow, need_change, trend_lines

__all__ = [
    "Description",
    "certainty_shares",
    "change_rows",
    "convergence_map",
    "figure",
    "fit_rows",
    "flow",
    "need_change",
    "needs_grid",
    "needs_ranking",
    "participation_map",
    "specification_curve",
    "swot_matrix",
    "tier_profiles",
    "tier_recovery",
    "trend_lines",
    "verdict_rates",
]
