"""Interviews as tables of coded segments: from Taguette, QualCoder, MAXQDA or another program."""

from mapping.instruments.coded_tables.layouts import (
    is_maxqda,
    is_qualcoder,
    is_taguette,
    is_told,
    read_maxqda,
    read_qualcoder,
    read_taguette,
    read_told,
)

__all__ = [
    "is_maxqda",
    "is_qualcoder",
    "is_taguette",
    "is_told",
    "read_maxqda",
    "read_qualcoder",
    "read_taguette",
    "read_told",
]
