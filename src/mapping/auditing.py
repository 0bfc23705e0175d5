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
from mapping.audit import (
    certainty,
    certificate,
    choices,
    coders,
    consistency,
    instruments,
    left_out,
    participation,
    recovery,
)
from mapping.audit.certificate import Audited
from mapping.project import known_project
from mapping.protocol import Protocol
from mapping.schemas import CHAIN, conform
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

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Table ``agreement``: one row is something that coders, or instruments, agree on."""
        return self._table("agreement", self._agreement)

    @cached_property
    def convergence(self) -> pd.DataFrame:
        """Table ``convergence``: one row is a department and an indicator."""
        study = self.study
        return self._table(
            "convergence",
            lambda: instruments.convergence(study.evidence, study.indicators, self.protocol),
        )

    @cached_property
    def instrument_tiers(self) -> pd.DataFrame:
        """Table ``instrument_tiers``: one row is a department and an instrument."""
        return self._table(
            "instrument_tiers",
            lambda: instruments.instrument_tiers(self._alone, self.study.tiers),
        )

    @cached_property
    def finding_voices(self) -> pd.DataFrame:
        """Table ``finding_voices``: one row is a finding."""
        return self._table(
            "finding_voices",
            lambda: instruments.finding_voices(self._alone, self.study.findings),
        )

    @cached_property
    def needs_seen(self) -> pd.DataFrame:
        """Table ``needs_seen``: one row is a side, a number of instruments and a need."""
        return self._table(
            "needs_seen", lambda: instruments.needs_seen(self.study.evidence, self.protocol)
        )

    @cached_property
    def _alone(self) -> dict[str, instruments.Alone]:
        return instruments.alone(self.study)

    def _agreement(self) -> pd.DataFrame:
        """That of the coders and that of the instruments."""
        study = self.study
        coded = coders.agreement(study.evidence, study.raw.interviews, self.protocol)
        seen = instruments.agreement(study.indicators, self.protocol)
        return conform(pd.concat([coded, seen]), "agreement")

    @cached_property
    def outcomes(self) -> choices.Outcomes:
        """The tier of every department by every choice, of which three tables are made."""
        study = self.study
        return choices.outcomes(study.evidence, study.departments, self.protocol)

    @cached_property
    def choices(self) -> pd.DataFrame:
        """Table ``choices``: one row is a choice, one level of each factor."""
        return self._table("choices", lambda: choices.choices(self.outcomes))

    @cached_property
    def certainty(self) -> pd.DataFrame:
        """Table ``certainty``: one row is a department of the frame."""
        return self._table("certainty", lambda: certainty.certainty(self.outcomes, self.protocol))

    @cached_property
    def choice_effects(self) -> pd.DataFrame:
        """Table ``choice_effects``: one row is a factor, or the interactions."""
        return self._table("choice_effects", lambda: certainty.choice_effects(self.outcomes))

    @cached_property
    def left_out(self) -> pd.DataFrame:
        """Table ``left_out``: one row is a thing left out and a department."""
        study = self.study
        return self._table(
            "left_out",
            lambda: left_out.left_out(study.evidence, study.departments, self.protocol),
        )

    @cached_property
    def without_department(self) -> pd.DataFrame:
        """Table ``without_department``: one row is a department that is left out."""
        study = self.study
        return self._table(
            "without_department",
            lambda: left_out.without_department(study.tiers, study.evidence, self.protocol),
        )

    @cached_property
    def recovery(self) -> pd.DataFrame:
        """Table ``recovery``: one row is a noise and a gap of the planted studies."""
        made = self.study.recovery
        return self._table("recovery", lambda: recovery.recovery(made.studies if made else None))

    @cached_property
    def consistency(self) -> pd.DataFrame:
        """Table ``consistency``: one row is a construct."""
        return self._table(
            "consistency", lambda: consistency.consistency(self.study.indicators, self.protocol)
        )

    @cached_property
    def certificate(self) -> pd.DataFrame:
        """Table ``certificate``: one row is an item that others ask of such a study."""
        return self._table("certificate", lambda: certificate.certificate(self._audited()))

    def _audited(self) -> Audited:
        study, asked = self.study, self.study.settings.fieldwork
        own = ("agreement", "convergence", "bounds", "choices", "consistency")
        made = {"verdicts": study.calibration, "recovery": study.recovery}
        return Audited(
            self.protocol,
            study.departments,
            {name: getattr(study, name) for name in CHAIN} | {n: getattr(self, n) for n in own},
            (pd.Timestamp(asked.start), pd.Timestamp(asked.end)),
            known_project(),
            {name: one is not None and not one.stale for name, one in made.items()},
        )

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
