"""The earlier years that a year is compared with, as inputs that its results depend on.

Their files are told by hashes alone. They are read and checked where they are compared, see
:mod:`mapping.comparison`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mapping import calibration, roots
from mapping.calibration import Calibration
from mapping.comparison import NONE, FollowUp
from mapping.instruments import StudySettings, study_settings
from mapping.instruments.year import OPTIONAL, TABLES
from mapping.pipeline.store import sha256
from mapping.protocol import Protocol, load_protocol
from mapping.roots import Origin, Resource


@dataclass(frozen=True)
class Method:
    """The protocol of a year: its name and hash, where it was found, and its calibration's hash.

    ``calibration`` is blank if there is none.
    """

    name: str
    sha256: str
    origin: Origin
    calibration: str

    @property
    def parts(self) -> dict[str, str]:
        """Each thing by its name to the user, told by its hash and where it was found."""
        return {
            f"protocol {self.name}": self.sha256 + self.origin,
            f"calibration of {self.name}": self.calibration,
        }

    @property
    def told(self) -> dict[str, object]:
        """As run.json tells it."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "from": self.origin,
            "calibration": self.calibration or None,
        }


@dataclass(frozen=True)
class EarlierYear:
    """An earlier year: the hash of each of its raw files, and its method.

    Of a year that cannot be compared only study.toml counts, which says why; it has no method.
    """

    inputs: Mapping[str, str]
    method: Method | None = None
    left_out: str = ""


@dataclass(frozen=True)
class Baseline:
    """What a year is compared with: the baseline, and every other earlier year of the trend.

    ``year`` is the baseline; 0 if the year is to be compared with none, None if there is no
    earlier one. ``years`` are all earlier years, empty without a baseline. ``calibration`` is the
    hash of what simulated pairs of years gave; blank if there is none.
    """

    year: int | None = None
    years: Mapping[int, EarlierYear] = field(default_factory=dict)
    calibration: str = ""

    @property
    def parts(self) -> dict[str, str]:
        """Every single thing by its name to the user, such as ``2020/survey.csv``, by its hash."""
        files = {
            f"{year}/{name}": hashed
            for year, earlier in self.years.items()
            for name, hashed in earlier.inputs.items()
        }
        methods = [earlier.method.parts for earlier in self.years.values() if earlier.method]
        calibrated = {"calibration of change": self.calibration} if self.year else {}
        parts = (files, *methods, calibrated)
        return {name: hashed for one in parts for name, hashed in one.items()}

    @property
    def told(self) -> dict[str, object] | None:
        """As run.json tells it; None if the year is compared with none."""
        if not self.year:
            return None
        years = {str(year): _told(earlier) for year, earlier in sorted(self.years.items())}
        return {"year": self.year, "years": years, "calibration": self.calibration or None}

    def alone(self, year: int) -> str:
        """Why the year is compared with none; blank if it is."""
        if self.year:
            return ""
        none = f"there is no year before {year} in data/raw to compare it with"
        return none if self.year is None else "it needs a baseline, and --no-baseline says none"


def _told(earlier: EarlierYear) -> dict[str, object]:
    inputs = {"inputs": dict(earlier.inputs)}
    if earlier.method:
        return {"protocol": earlier.method.told, **inputs}
    return {"left_out": earlier.left_out, **inputs}


def find_baseline(
    compared: FollowUp | None,
    asked: int | None,
    root: Path,
    read_settings: Callable[[Path], StudySettings],
) -> Baseline:
    """The baseline of a year and all that comes with it; ``asked`` is what the run was asked for.

    Raises
    ------
    DataError
        The study.toml of an earlier year is wrong, or its protocol.

    """
    if compared is None:
        return Baseline(NONE if asked == NONE else None)
    years = {year: _earlier(root, year, read_settings) for year in compared.years}
    left_out = {
        year: EarlierYear(_inputs(root, year, [study_settings.NAME]), left_out=reason)
        for year, reason in compared.left_out.items()
    }
    made = compared.calibration.sha256 if compared.calibration else ""
    return Baseline(compared.baseline, years | left_out, made)


def _earlier(root: Path, year: int, read_settings: Callable[[Path], StudySettings]) -> EarlierYear:
    settings = read_settings(roots.raw_folder(root, year))
    names = [study_settings.NAME, *TABLES, *OPTIONAL]
    used = roots.protocol(root, settings.protocol)
    protocol = load_protocol(used.folder)
    own = method(used, protocol, calibration.read(used.folder, protocol))
    return EarlierYear(_inputs(root, year, names), own)


def _inputs(root: Path, year: int, names: list[str]) -> dict[str, str]:
    """The hash of each of these files of a year that is there."""
    paths = [roots.raw_folder(root, year) / name for name in names]
    return {path.name: sha256(path) for path in paths if path.is_file()}


def method(used: Resource, protocol: Protocol, calibrated: Calibration | None) -> Method:
    """The protocol that was found there and the calibration beside it, told by hashes."""
    hashed = calibrated.sha256 if calibrated else ""
    return Method(used.folder.name, protocol.sha256, used.origin, hashed)
