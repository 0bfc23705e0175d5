"""What a run tells about itself while it is under way."""

from __future__ import annotations


class Progress:
    """Told when a notebook starts and ends; shows nothing, until a screen overrides it."""

    def begins(self, name: str, total: int) -> None:
        """A notebook starts, one of so many."""

    def ends(self, name: str) -> None:
        """A notebook is done."""
