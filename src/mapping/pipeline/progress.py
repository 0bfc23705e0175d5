"""What a run tells about itself while it is under way."""

from __future__ import annotations

from collections.abc import Mapping


class Progress:
    """Told how far files are read, and when a notebook starts and ends.

    Shows nothing, until a screen overrides it.
    """

    def reads(self, file: str, done: int, of: int) -> None:
        """Of a raw file so much is read, of so much."""

    def expects(self, totals: Mapping[str, int]) -> None:
        """So many notebooks of each group are to be executed."""

    def begins(self, group: str, name: str) -> None:
        """A notebook of a group starts."""

    def ends(self, group: str, name: str) -> None:
        """A notebook of a group is done."""
