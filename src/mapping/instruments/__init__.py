"""The doors in: the only code that reads a year's raw files."""

from __future__ import annotations

from mapping.instruments.study_settings import StudySettings
from mapping.instruments.year import InputFile, RawYear, read_settings, read_year

__all__ = ["InputFile", "RawYear", "StudySettings", "read_settings", "read_year"]
