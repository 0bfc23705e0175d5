"""The conclusions of the summary."""

from __future__ import annotations
