"""Findings on the needs of alumni relations."""

from __future__ import annotations
