"""A made-up study for the tests of the figures: result frames only, no raw data."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
from builders import su_2020

from mapping.schemas import TABLES, conform
from mapping.vocabulary import INSTRUMENTS, QUADRANTS, TIERS, UNCLASSIFIED

PROTOCOL = su_2020()
_STEMS = ("HIST", "FYS", "KEMI", "JUR", "EKON", "PSYK", "BIO", "LING", "GEO", "SAMH")


def made_up(
    departments: int = 50,
    participating: int = 44,
    *,
    classified: bool = True,
    without_tier: str = "",
    without_quadrant: str = "",
    workshop: bool = True,
    names: str = "code",
    seed: int = 1,
) -> SimpleNamespace:
    """The attributes of a study that figures read; the first ``participating`` took part."""
    draw = np.random.default_rng(seed)
    ids = [f"{_STEMS[i % 10]}-{i + 1}" for i in range(departments)]
    absent = np.arange(departments) >= participating
    register = pd.DataFrame(
        {"department_id": ids, "name": [f"Department of invention number {i}" for i in ids]}
    )
    level = draw.uniform(0, 3, departments)
    tiers = _tiers(ids, level, absent | (not classified), without_tier)
    return SimpleNamespace(
        settings=SimpleNamespace(names=names),
        protocol=PROTOCOL,
        departments=register,
        tiers=tiers,
        constructs=_constructs(ids, level, absent | (not classified), draw),
        indicators=_indicators(ids, level, absent | (not classified), draw),
        swot=_swot(participating * 3 // 4 if workshop else 0, without_quadrant, draw),
        needs=_needs(participating, draw),
        participation=_participation(ids, absent, draw),
    )


def _tiers(ids: list[str], level: np.ndarray, unknown: np.ndarray, without: str) -> pd.DataFrame:
    fits = pd.DataFrame(
        {"good": level / 3, "moderate": 1 - abs(1.4 - level) / 2, "small": 1 - level / 3}
    )
    fits = fits.clip(0, 1).round(3).mask(pd.Series(unknown))
    ordered = np.sort(fits.to_numpy(), axis=1)
    margin = np.round(ordered[:, 2] - ordered[:, 1], 3)
    tier = fits.fillna(-1).idxmax(axis=1).mask(pd.Series(unknown), UNCLASSIFIED)
    if without:
        kept = [name for name in TIERS if name != without]
        tier = tier.replace(without, kept[0])
    frame = pd.DataFrame({"department_id": ids, "tier": tier, "margin": margin})
    frame["borderline"] = frame["margin"] < 0.05
    return conform(frame.join(fits.add_prefix("fit_")), "tiers")


def _constructs(
    ids: list[str], level: np.ndarray, unknown: np.ndarray, draw: np.random.Generator
) -> pd.DataFrame:
    conditions = pd.Series(level).mask(pd.Series(unknown))
    needs = pd.Series(np.clip(level + draw.normal(0, 0.6, len(ids)), 0, 3)).mask(pd.Series(unknown))
    return conform(
        pd.DataFrame(
            {
                "department_id": ids,
                "conditions": conditions,
                "needs": needs,
                "conditions_level": _words(conditions, ("small", "moderate", "good")),
                "needs_level": _words(needs, ("slight", "some", "clear")),
            }
        ),
        "constructs",
    )


def _words(level: pd.Series, words: tuple[str, str, str]) -> pd.Series:
    return level.map(lambda x: None if np.isnan(x) else words[min(int(x), 2)])


def _indicators(
    ids: list[str], level: np.ndarray, unknown: np.ndarray, draw: np.random.Generator
) -> pd.DataFrame:
    rows = [
        {
            "department_id": key,
            "indicator": indicator,
            "level": np.nan
            if no or draw.random() < 0.1
            else np.clip(x + draw.normal(0, 0.3), 0, 3),
            "instruments": 1,
        }
        for indicator in PROTOCOL.indicator_keys()
        for key, x, no in zip(ids, level, unknown, strict=True)
    ]
    return conform(pd.DataFrame(rows, columns=list(TABLES["indicators"].columns)), "indicators")


def _swot(of: int, without: str, draw: np.random.Generator) -> pd.DataFrame:
    rows = [
        {
            "quadrant": quadrant,
            "theme": theme,
            "departments": 0 if quadrant == without else int(draw.integers(0, of + 1)),
            "of": of,
            "items": 0,
            "votes": 0,
        }
        for quadrant in QUADRANTS
        for theme in PROTOCOL.themes
    ]
    return conform(pd.DataFrame(rows, columns=list(TABLES["swot"].columns)), "swot")


def _needs(of: int, draw: np.random.Generator) -> pd.DataFrame:
    rows = []
    for need in PROTOCOL.needs:
        n = int(draw.integers(0, of + 1))
        share = n / of if of else np.nan
        bounds = {"low": max(share - 0.1, 0), "high": min(share + 0.1, 1)} if of else {}
        rows.append(
            {"side": need.side, "need": need.key, "departments": n, "of": of, "share": share,
             "rank": 1} | bounds
        )  # fmt: skip
    return conform(pd.DataFrame(rows, columns=list(TABLES["needs"].columns)), "needs")


def _participation(ids: list[str], absent: np.ndarray, draw: np.random.Generator) -> pd.DataFrame:
    counts = draw.integers(0, 3, (len(ids), len(INSTRUMENTS)))
    counts[:, 0] = np.where(counts.sum(axis=1) == 0, 1, counts[:, 0])
    counts[absent] = 0
    columns = ["interviews", "workshop_notes", "responses"]
    frame = pd.DataFrame(counts, columns=columns).assign(department_id=ids, left_out=0)
    return conform(frame, "participation")
