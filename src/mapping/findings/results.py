"""The results in short."""

from __future__ import annotations
