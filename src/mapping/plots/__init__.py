"""Figures: a result frame and Axes in, Axes out; and each of the reports' figures in one call."""

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
    "change_rows",
    "figure",
    "fit_rows",
    "flow",
    "need_change",
    "needs_grid",
    "needs_ranking",
    "participation_map",
    "swot_matrix",
    "tier_profiles",
    "trend_lines",
    "verdict_rates",
]
