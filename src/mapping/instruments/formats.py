"""The formats in which programs leave the instruments' data: how each is recognised and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mapping.instruments.recognised import Instrument, Read

Looks = Callable[[bytes], bool]
"""Whether a file's content is of a format; never raises, and costs little."""


@dataclass(frozen=True)
class Format:
    """A format of one instrument's data.

    ``kind`` names it to the user. ``several`` is true if the data may come as several files, one
    per coder.
    """

    kind: str
    instrument: Instrument
    looks: Looks
    read: Callable[..., Read]
    several: bool = False


FORMATS: tuple[Format, ...] = ()
"""Every format, in the order in which a file is tried."""

BESIDE: Mapping[str, tuple[Looks, ...]] = {}
"""Other files that a format is read with, by its kind."""
