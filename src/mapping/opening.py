"""The open edition of one year: its tables, of which nothing but protected counts is shown.

A researcher's one call is :func:`open_edition`. The tables are computed when they are first asked
for, or read back where they have been computed before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from mapping import open_editions, processed, roots
from mapping.auditing import audit_of
from mapping.disclosure import counts, edition, measures
from mapping.disclosure.earlier import Edition
from mapping.errors import DataError, UsageError
from mapping.open_editions import Printed
from mapping.protocol import Protocol
from mapping.study import Study, load_year


@dataclass(frozen=True)
class OpenEdition:
    """A year's study as it may be published, given what has been published before."""

    study: Study
    root: Path
    earlier: tuple[Printed, ...]

    @property
    def protocol(self) -> Protocol:
        """The method."""
        return self.study.protocol

    @cached_property
    def open_cells(self) -> pd.DataFrame:
        """Table ``open_cells``: one row is a count in its place."""
        return self._table("open_cells", lambda: edition.cells(self._opened))

    @cached_property
    def open_findings(self) -> pd.DataFrame:
        """Table ``open_findings``: one row is a finding of the published summary."""
        return self._table(
            "open_findings", lambda: edition.findings(self._opened, self.study.findings)
        )

    @cached_property
    def open_change(self) -> pd.DataFrame:
        """Table ``open_change``: one row is a count that both years show."""
        return self._table("open_change", self._change)

    @cached_property
    def open_measures(self) -> pd.DataFrame:
        """Table ``open_measures``: one row is a measure of the audit, or of what is hidden."""
        return self._table("open_measures", self._measures)

    def write(self, out: str | Path | None, *names: str) -> None:
        """Write these tables as Parquet into the folder ``out``; nothing if it is None."""
        if out is not None:
            for name in names:
                processed.write_table(getattr(self, name), Path(out), name)

    @cached_property
    def _opened(self) -> edition.Opened:
        year = self.study.settings.year
        same = [self._edition(printed) for printed in self.earlier if printed.year == year]
        others = [self._edition(printed) for printed in self.earlier if printed.year != year]
        return edition.opened(self.study, audit_of(self.study).certainty, same, others)

    def _edition(self, printed: Printed) -> Edition:
        faculty = self._faculty(printed.year)
        return Edition(printed.year, printed.cells, printed.findings, faculty, printed.name)

    def _faculty(self, year: int) -> pd.Series:
        """Of each department of that year's register; none if its data are not there any more."""
        if year == self.study.settings.year:
            return counts.faculties(self.study)
        try:
            return counts.faculties(load_year(year, self.root))
        except (DataError, UsageError):
            return pd.Series(dtype="string")

    def _change(self) -> pd.DataFrame:
        before = [p for p in self.earlier if p.year < self.study.settings.year]
        if not before:
            return edition.no_change()
        return edition.change(before[-1].year, before[-1].cells, self.open_cells)

    def _measures(self) -> pd.DataFrame:
        return measures.measures(self._opened, audit_of(self.study).agreement)

    def _table(self, name: str, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        stored = self.study.stored
        return stored[name] if name in stored else compute()


def open_edition(study: Study, root: str | Path | None = None) -> OpenEdition:
    """The open edition of a study, beside those that have been made before.

    ``root`` is the folder with ``data/raw`` (found from the working folder upwards if None).

    Raises
    ------
    UsageError
        An open edition on disk is incomplete.

    """
    place = roots.chosen_root(None if root is None else Path(root))
    settings = study.settings
    earlier = open_editions.printed(place, settings.year, synthetic=settings.synthetic)
    return OpenEdition(study, place, earlier)
