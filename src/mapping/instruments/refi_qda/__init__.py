"""REFI-QDA, the exchange format of coding programs: projects (.qdpx, .qde) and codebooks (.qdc)."""

from __future__ import annotations

from mapping.instruments.refi_qda.codebook import (
    codebook_file,
    compared,
    is_codebook,
    read_codebook,
)
from mapping.instruments.refi_qda.project import is_refi_qda
from mapping.instruments.refi_qda.read import read_refi_qda

__all__ = [
    "codebook_file",
    "compared",
    "is_codebook",
    "is_refi_qda",
    "read_codebook",
    "read_refi_qda",
]
