"""The survey from an SPSS file (.sav, .zsav)."""

from mapping.instruments.spss.read import is_sav, read_sav

__all__ = ["is_sav", "read_sav"]
