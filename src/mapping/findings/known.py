"""What is known of each department: the values that the findings name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol as Shape

import pandas as pd

from mapping.protocol import Protocol


class Tables(Shape):
    """What the findings need of a study; :class:`mapping.study.Study` has it, and more."""

    @property
    def protocol(self) -> Protocol: ...
    @property
    def departments(self) -> pd.DataFrame: ...
    @property
    def evidence(self) -> pd.DataFrame: ...
    @property
    def respondents(self) -> pd.DataFrame: ...
    @property
    def participation(self) -> pd.DataFrame: ...
    @property
    def indicators(self) -> pd.DataFrame: ...
    @property
    def constructs(self) -> pd.DataFrame: ...
    @property
    def tiers(self) -> pd.DataFrame: ...
    @property
    def criteria(self) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Known:
    """One study as the findings see it."""

    protocol: Protocol


def known(study: Tables) -> Known:
    """What is known of each department of the study."""
    return Known(study.protocol)
