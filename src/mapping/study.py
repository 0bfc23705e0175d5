"""One year's study: what was read, the protocol, and every table of the chain.

    raw files -> evidence -> indicators -> constructs -> tiers -> findings, recommendations
                          -> needs, swot, participation        -> toolbox

A researcher's one call is :func:`load_year`. Each table is computed when it is first asked for,
by the pure function that bears its name, or read back where it has been computed before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from mapping import (
    calibration,
    constructs,
    criteria,
    evidence,
    findings,
    indicators,
    needs,
    participation,
    processed,
    recommendations,
    recovery_calibration,
    roots,
    swot,
    tiers,
    toolbox,
)
from mapping.calibration import Calibration
from mapping.instruments import RawYear, StudySettings, read_settings, read_year
from mapping.protocol import Protocol, load_protocol
from mapping.recovery_calibration import Recovery


@dataclass(frozen=True)
class Study:
    """A year's settings, protocol, register and tables; all frames, none to be changed.

    ``stored`` holds the tables that were computed before: they are shown as they are, never
    computed again. ``calibration`` says how far the verdicts on findings can be trusted,
    ``recovery`` how far the tiers; None if the protocol was never calibrated.
    """

    raw: RawYear
    protocol: Protocol
    stored: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    calibration: Calibration | None = None
    recovery: Recovery | None = None

    @property
    def settings(self) -> StudySettings:
        """What ``study.toml`` says."""
        return self.raw.settings

    @property
    def departments(self) -> pd.DataFrame:
        """The register: one row is a department of the frame, participating or not."""
        return self.raw.departments

    @property
    def command(self) -> str | None:
        """The command that makes these results again; None under another protocol."""
        own = self.protocol.name == self.settings.protocol
        return f"mapping run {self.settings.year}" if own else None

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """Table ``evidence``: one row is one datum of an instrument, with its origin."""
        return self._table("evidence", lambda: evidence.gather(self.raw, self.protocol))

    @cached_property
    def respondents(self) -> pd.DataFrame:
        """Table ``respondents``: one row is an interview or a survey response."""
        return self._table("respondents", lambda: evidence.respondents(self.raw))

    @cached_property
    def participation(self) -> pd.DataFrame:
        """Table ``participation``: one row is a department and what it took part with."""
        return self._table(
            "participation",
            lambda: participation.participation(self.evidence, self.respondents, self.departments),
        )

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Table ``indicators``: one row is a participating department and an indicator."""
        return self._table(
            "indicators", lambda: indicators.indicators(self.evidence, self.protocol)
        )

    @cached_property
    def constructs(self) -> pd.DataFrame:
        """Table ``constructs``: one row is a participating department."""
        return self._table(
            "constructs", lambda: constructs.constructs(self.indicators, self.protocol)
        )

    @cached_property
    def tiers(self) -> pd.DataFrame:
        """Table ``tiers``: one row is a department of the frame."""
        return self._table(
            "tiers", lambda: tiers.tiers(self.indicators, self.departments, self.protocol)
        )

    @cached_property
    def aspects(self) -> pd.DataFrame:
        """Table ``aspects``: one row is a participating department and an aspect."""
        return self._table(
            "aspects", lambda: tiers.aspects(self.indicators, self.tiers, self.protocol)
        )

    @cached_property
    def criteria(self) -> pd.DataFrame:
        """Table ``criteria``: one row is a participating department and a criterion."""
        return self._table("criteria", lambda: criteria.criteria(self.indicators, self.protocol))

    @cached_property
    def needs(self) -> pd.DataFrame:
        """Table ``needs``: one row is a side and a need."""
        return self._table(
            "needs", lambda: needs.needs(self.evidence, self.departments, self.protocol)
        )

    @cached_property
    def swot(self) -> pd.DataFrame:
        """Table ``swot``: one row is a quadrant and a theme."""
        return self._table(
            "swot", lambda: swot.swot(self.evidence, self.departments, self.protocol)
        )

    @cached_property
    def finding_parts(self) -> pd.DataFrame:
        """Table ``finding_parts``: one row is a finding and one of its parts."""
        return self._table("finding_parts", lambda: findings.parts(self))

    @cached_property
    def findings(self) -> pd.DataFrame:
        """Table ``findings``: one row is a finding of the published summary."""
        return self._table("findings", lambda: findings.summary(self.finding_parts, self.protocol))

    @cached_property
    def recommendations(self) -> pd.DataFrame:
        """Table ``recommendations``: one row is a participating department and one of them."""
        return self._table(
            "recommendations",
            lambda: recommendations.recommendations(self.evidence, self.indicators, self.protocol),
        )

    @cached_property
    def toolbox(self) -> pd.DataFrame:
        """Table ``toolbox``: one row is a tool."""
        return self._table(
            "toolbox", lambda: toolbox.toolbox(self.evidence, self.indicators, self.protocol)
        )

    def write(self, out: str | Path | None, *names: str) -> None:
        """Write these tables as Parquet into the folder ``out``; nothing if it is None."""
        if out is not None:
            for name in names:
                processed.write_table(getattr(self, name), Path(out), name)

    def _table(self, name: str, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        return self.stored[name] if name in self.stored else compute()


def load_year(
    year: int,
    root: str | Path | None = None,
    *,
    protocol: str | None = None,
    tables: str | Path | None = None,
) -> Study:
    """A year's study, read from its raw files.

    ``root`` is the folder with ``data/raw`` (found from the working folder upwards if None);
    ``protocol`` names another protocol than the one in study.toml; ``tables`` is a folder of
    tables that a run has computed, to be shown instead of being computed again.

    Raises
    ------
    UsageError
        There is no root, or no such year in it.
    DataError
        The raw data or the protocol are wrong; every problem of every file is in it.
    """
    place = roots.chosen_root(None if root is None else Path(root))
    folder = roots.raw_folder(place, year)
    settings = read_settings(folder)
    used = roots.protocol(place, protocol or settings.protocol).folder
    method = load_protocol(used)
    stored = {} if tables is None else processed.read_tables(Path(tables))
    raw = read_year(folder, method, settings)
    verdicts, given = calibration.read(used, method), recovery_calibration.read(used, method)
    return Study(raw, method, stored, verdicts, given)
