"""One year's files through the door that every year comes in by, and what came of it."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fuzz.oracle import wrong_refusal, wrong_year
from mapping.errors import DataError, MappingError
from mapping.instruments import parse_settings
from mapping.instruments.year import examine_year
from mapping.protocol import Protocol, load_protocol

ROOT = Path(__file__).parents[1]
YEAR = "2020"
SETTINGS = "study.toml"
TABLES = ("departments.csv", "interviews.csv", "workshop.csv", "survey.csv")


@dataclass(frozen=True)
class Outcome:
    """``read`` or ``refused``, and what is wrong with that: nothing, if all is well."""

    result: str
    findings: tuple[str, ...] = ()


@cache
def protocol() -> Protocol:
    """The protocol of the seeds."""
    return load_protocol(ROOT / "data" / "protocol" / "su-2020")


def put_through(files: Mapping[str, bytes]) -> Outcome:
    """What comes of the year with these files; a warning counts as a foreign exception."""
    names = {*files, *TABLES}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            settings = parse_settings(files[SETTINGS], YEAR)
            examined = examine_year(files, protocol(), settings)
            if examined.raw is None:
                return _refused(DataError(examined.problems), names)
            return Outcome("read", tuple(wrong_year(examined.raw, protocol(), settings)))
        except MappingError as error:
            return _refused(error, names)
        except Exception as error:  # whatever it is: that is what is looked for
            return Outcome("failed", (_told(error),))


def _refused(error: MappingError, names: Collection[str]) -> Outcome:
    return Outcome("refused", tuple(wrong_refusal(error, names)))


def _told(error: Exception) -> str:
    """The exception, and the last place in this project where it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if "mapping" in Path(one.filename).parts] or list(frames)
    place = f"{Path(own[-1].filename).name}:{own[-1].lineno} in {own[-1].name}"
    return f"{type(error).__name__} at {place}: {str(error)[:200]!r}"
