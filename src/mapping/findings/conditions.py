"""Findings on the conditions of alumni relations."""

from __future__ import annotations
