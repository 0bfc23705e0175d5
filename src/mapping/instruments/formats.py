"""The formats in which programs leave the instruments' data: how each is recognised and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mapping.instruments.coded_tables import (
    is_maxqda,
    is_qualcoder,
    is_taguette,
    read_maxqda,
    read_qualcoder,
    read_taguette,
    read_told,
)
from mapping.instruments.limesurvey import (
    is_beside_limesurvey,
    is_limesurvey,
    is_lsa,
    is_questionnaire,
    is_vv,
    read_limesurvey,
    read_lsa,
    read_vv,
)
from mapping.instruments.recognised import Instrument, Read
from mapping.instruments.refi_qda import is_refi_qda, read_refi_qda
from mapping.instruments.spss import is_sav, read_sav
from mapping.instruments.swot_blocks import is_swot_blocks, read_swot_blocks

Looks = Callable[[bytes], bool]
"""Whether a file's content is of a format; never raises, and costs little."""


@dataclass(frozen=True)
class Format:
    """A format of one instrument's data.

    ``kind`` names it to the user. ``several`` is true if the data may come as several files, one
    per coder. ``beside`` recognises other files that it is read with.
    """

    kind: str
    instrument: Instrument
    looks: Looks
    read: Callable[..., Read]
    several: bool = False
    beside: Looks | None = None


FORMATS: tuple[Format, ...] = (
    Format("REFI-QDA project", "interviews", is_refi_qda, read_refi_qda, several=True),
    Format("Taguette highlights", "interviews", is_taguette, read_taguette, several=True),
    Format("QualCoder codings", "interviews", is_qualcoder, read_qualcoder, several=True),
    Format("MAXQDA coded segments", "interviews", is_maxqda, read_maxqda, several=True),
    Format("workbook with a sheet for each department", "workshop", is_swot_blocks,
           read_swot_blocks),
    Format("SPSS file", "survey", is_sav, read_sav),
    Format("LimeSurvey archive", "survey", is_lsa, read_lsa),
    Format("LimeSurvey VV export", "survey", is_vv, read_vv, beside=is_questionnaire),
    Format("LimeSurvey export", "survey", is_limesurvey, read_limesurvey,
           beside=is_beside_limesurvey),
)  # fmt: skip
"""Every format, in the order in which a file is tried."""

TOLD = Format("coded segments, columns by study.toml", "interviews", lambda _data: False, read_told)
"""Interviews in any other layout: told by study.toml, not by the file's content."""
