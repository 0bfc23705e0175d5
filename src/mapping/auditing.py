"""The methodology audit of one year: how far the grouping can be trusted.

    study -> coders, instruments, participation, choices, certainty, certificate

A researcher's one call is :func:`audit_of`. Each table is computed when it is first asked for, by
a pure function of :mod:`mapping.audit`, or read back where it has been computed before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from mapping import processed
from mapping.audit import participation
from mapping.protocol import Protocol
from mapping.study import Study


@dataclass(frozen=True)
class Audit:
    """A year's study with the tables of its audit; all frames, none to be changed.

    Tables that the study has stored are shown as they are, never computed again.
    """

    study: Study

    @property
    def protocol(self) -> Protocol:
        """The method that is audited."""
        return self.study.protocol

    @cached_property
    def missing(self) -> pd.DataFrame:
        """Table ``missing``: one row is a faculty, a third by size, or all departments."""
        return self._table(
            "missing",
            lambda: participation.missing(self.study.departments, self.study.evidence),
        )

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """Table ``bounds``: one row is a headline share."""
        return self._table("bounds", lambda: participation.bounds(self.study))

    def write(self, out: str | Path | None, *names: str) -> None:
        """Write these tables as Parquet into the folder ``out``; nothing if it is None."""
        if out is not None:
            for name in names:
                processed.write_table(getattr(self, name), Path(out), name)

    def _table(self, name: str, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        stored = self.study.stored
        return stored[name] if name in stored else compute()


def audit_of(study: Study) -> Audit:
    """The audit of a study; nothing is computed before it is asked for."""
    return Audit(study)
