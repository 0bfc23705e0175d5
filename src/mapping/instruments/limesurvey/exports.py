"""The responses as a CSV file: for reading, or as one of the two files for R.

Both look alike, but the numbers of a file for R are told by its program only: wherever there is
one beside it, both are read together.
"""

from __future__ import annotations

from collections.abc import Mapping

from mapping.instruments.limesurvey.questionnaire import is_questionnaire
from mapping.instruments.limesurvey.r_pair import is_r_syntax, read_r_pair
from mapping.instruments.limesurvey.responses import read_csv
from mapping.instruments.recognised import Progress, Read, silent
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Protocol


def is_beside_limesurvey(data: bytes) -> bool:
    """Whether the bytes are read along with the responses: a questionnaire, a program for R."""
    return is_questionnaire(data) or is_r_syntax(data)


def read_limesurvey(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
) -> Read:
    """The responses of a CSV, with the questionnaire and the program for R that ``files`` has.

    Raises
    ------
    DataError
        There is none or more than one of a kind; the headings tell no codes; the questionnaire
        or the program cannot be read, or is of another export.

    """
    for_r = any(is_r_syntax(data) for data in files.values())
    return (read_r_pair if for_r else read_csv)(files, protocol, settings, progress)
