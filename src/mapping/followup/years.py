"""What the follow-up needs of a year; :class:`mapping.study.Study` has it, and more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol as Shape

import pandas as pd

from mapping.findings.known import Tables


class Year(Tables, Shape):
    """A year's tables, see :class:`mapping.study.Study`."""

    @property
    def participation(self) -> pd.DataFrame:
        """Table ``participation``."""

    @property
    def aspects(self) -> pd.DataFrame:
        """Table ``aspects``."""

    @property
    def needs(self) -> pd.DataFrame:
        """Table ``needs``."""

    @property
    def swot(self) -> pd.DataFrame:
        """Table ``swot``."""

    @property
    def recommendations(self) -> pd.DataFrame:
        """Table ``recommendations``."""

    @property
    def finding_parts(self) -> pd.DataFrame:
        """Table ``finding_parts``."""

    @property
    def findings(self) -> pd.DataFrame:
        """Table ``findings``."""


@dataclass(frozen=True)
class Stages:
    """The way from the baseline to the year, so that what changed at which step can be told.

    ``reported``: the baseline as it was reported, by its own protocol. ``then``: the same by the
    later year's protocol. ``pairs_then``: of these, the evidence of the departments seen in both
    years alone, merged and split ones put together. ``pairs_now``: the same departments in the
    later year. ``now``: the later year as it is.
    """

    reported: Year
    then: Year
    pairs_then: Year
    pairs_now: Year
    now: Year
