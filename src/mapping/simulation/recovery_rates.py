"""What tiers planted studies were given, written beside the protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd

from mapping.calibration import content_hash
from mapping.protocol import Protocol
from mapping.recovery_calibration import (
    COLUMNS,
    RECORD,
    TABLE,
    RecoveryRecord,
    recovery_code_hash,
    recovery_method_hash,
)
from mapping.simulation.rates import put, record_text, versions
from mapping.simulation.recovery import FIRST_SEED
from mapping.vocabulary import GAPS


def recovery_record(protocol: Protocol, studies: int) -> RecoveryRecord:
    """Of what is made that is computed now; of no table yet."""
    code, method = recovery_code_hash(), recovery_method_hash(protocol)
    return RecoveryRecord(studies, FIRST_SEED, code, method, "", versions())


def all_studies(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The studies in one table: by what is missing, noise and number."""
    table = pd.concat(parts, ignore_index=True)[list(COLUMNS)]
    ranks = {gaps: rank for rank, gaps in enumerate(GAPS)}
    return table.sort_values(
        ["gaps", "noise", "study"],
        key=lambda column: column.map(ranks) if column.name == "gaps" else column,
        ignore_index=True,
    )


def write_recovery(folder: Path, parts: Sequence[pd.DataFrame], made: RecoveryRecord) -> None:
    """Put what planted studies gave beside the protocol: the same bytes on any machine."""
    table = all_studies(parts).to_csv(index=False, lineterminator="\n").encode()
    told = asdict(replace(made, table=content_hash(table)))
    put(folder, {TABLE: table, RECORD: record_text(told, TABLE).encode()})
