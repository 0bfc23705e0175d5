"""The doors in: the only code that reads a year's raw files."""

from __future__ import annotations

from mapping.errors import errors_csv
from mapping.instruments.study_settings import StudySettings
from mapping.instruments.year import InputFile, RawYear, read_settings, read_year

__all__ = ["InputFile", "RawYear", "StudySettings", "errors_csv", "read_settings", "read_year"]
