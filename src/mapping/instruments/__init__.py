"""The doors in: the only code that reads a year's raw files."""

from __future__ import annotations

from mapping.instruments.study_settings import StudySettings, parse_settings
from mapping.instruments.tables import raw_paths
from mapping.instruments.year import InputFile, RawYear, parse_year, read_settings, read_year

__all__ = [
    "InputFile",
    "RawYear",
    "StudySettings",
    "parse_settings",
    "parse_year",
    "raw_paths",
    "read_settings",
    "read_year",
]
