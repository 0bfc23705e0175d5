"""The reports' figures, one call each: a study and a language in, a displayed figure out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapping.display import Display
from mapping.errors import UsageError
from mapping.plots import calibration, fits, grid, needs, participation, profile, swot
from mapping.plots.display import described
from mapping.prose import study_words
from mapping.references import TracedInt, of

if TYPE_CHECKING:
    from mapping.study import Study


def swot_matrix(study: Study, lang: str) -> Display:
    """The SWOT as the 2 x 2 known from workshops, themes by departments."""
    said = study_words(study, lang)
    description = swot.describe(study.swot, _frame(study), said)
    return described(swot.matrix(study.swot, said), description)


def needs_grid(study: Study, lang: str, *, named: bool = True) -> Display:
    """Conditions by needs, 3 x 3; with ``named`` false, counts without departments."""
    said = study_words(study, lang)
    placed = grid.placed(study.constructs, study.tiers)
    description = grid.describe(placed, _frame(study), said)
    return described(grid.chart(placed, said, named=named), description)


def fit_rows(study: Study, lang: str) -> Display:
    """Every department's fit to the three ideal types, borderline ones marked."""
    said = study_words(study, lang)
    description = fits.describe(study.tiers, study.participation, said)
    return described(fits.chart(study.tiers, said), description)


def needs_ranking(study: Study, lang: str) -> Display:
    """The needs by the share of departments that name them, with intervals."""
    said = study_words(study, lang)
    apart = study.protocol.need_rules.listed_apart
    description = needs.describe(study.needs, apart, _frame(study), said)
    return described(needs.chart(study.needs, apart, said), description)


def tier_profiles(study: Study, lang: str) -> Display:
    """The conditions of each tier, indicator by indicator."""
    said = study_words(study, lang)
    shown = study.protocol.indicator_keys("conditions")
    table = profile.profiles(study.indicators, study.tiers, shown)
    return described(profile.chart(table, said), profile.describe(table, study.tiers, said))


def participation_map(study: Study, lang: str) -> Display:
    """Which departments took part with which instruments."""
    said = study_words(study, lang)
    description = participation.describe(study.participation, said)
    return described(participation.chart(study.participation, said), description)


def verdict_rates(study: Study, lang: str) -> Display:
    """How often simulated studies support each finding: when true, when not, and by chance.

    Raises
    ------
    UsageError
        The study's protocol was never calibrated.

    """
    if study.calibration is None:
        name = study.protocol.name
        raise UsageError(f"{name} was never calibrated: python -m mapping.simulation {name}")
    said, rates = study_words(study, lang), study.calibration.rates
    return described(calibration.chart(rates, said), calibration.describe(rates, said))


def _frame(study: Study) -> TracedInt:
    return of("register", study.departments).count()
