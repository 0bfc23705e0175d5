"""What the summary says of the study itself."""

from __future__ import annotations
