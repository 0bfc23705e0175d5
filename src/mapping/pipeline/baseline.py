"""The earlier years that a year is compared with, as inputs that its results depend on.

Their files are told by hashes alone. They are read and checked where they are compared, see
:mod:`mapping.comparison`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mapping import calibration, change_calibration, roots
from mapping.calibration import Calibration, content_hash
from mapping.comparison import NONE, FollowUp
from mapping.instruments import StudySettings, raw_paths, study_settings
from mapping.pipeline.store import sha256
from mapping.protocol import Protocol, load_protocol
from mapping.recovery_calibration import Recovery
from mapping.roots import Origin, Resource

CHANGE_FILES = (change_calibration.TABLE, change_calibration.MOVES, change_calibration.RECORD)
"""What lies beside a protocol and counts only where years are compared by it."""


@dataclass(frozen=True)
class Method:
    """The protocol of a year: its name and hash, where it was found, and its calibrations' hashes.

    ``calibration`` and ``recovery`` are blank if there is none. ``files`` are the hashes of the
    files themselves, see :func:`method_files`; they tell which of them has changed, and decide
    nothing.
    """

    name: str
    sha256: str
    origin: Origin
    calibration: str
    recovery: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> dict[str, str]:
        """Each thing by its name to the user, told by its hash and where it was found."""
        return {
            f"protocol {self.name}": self.sha256 + self.origin,
            f"calibration of {self.name}": self.calibration,
            f"recovery of {self.name}": self.recovery,
        }

    @property
    def told(self) -> dict[str, object]:
        """As run.json tells it."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "from": self.origin,
            "calibration": self.calibration or None,
            "recovery": self.recovery or None,
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
    def files(self) -> dict[str, str]:
        """The files of the earlier years' protocols, but for those of change between years."""
        methods = [earlier.method for earlier in self.years.values() if earlier.method]
        return {
            f"{method.name}/{name}": hashed
            for method in methods
            for name, hashed in method.files.items()
            if name not in CHANGE_FILES
        }

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
        year: EarlierYear(_inputs(root, year, only=study_settings.NAME), left_out=reason)
        for year, reason in compared.left_out.items()
    }
    made = compared.calibration.sha256 if compared.calibration else ""
    return Baseline(compared.baseline, years | left_out, made)


def _earlier(root: Path, year: int, read_settings: Callable[[Path], StudySettings]) -> EarlierYear:
    settings = read_settings(roots.raw_folder(root, year))
    used = roots.protocol(root, settings.protocol)
    protocol = load_protocol(used.folder)
    own = method(used, protocol, calibration.read(used.folder, protocol))
    return EarlierYear(_inputs(root, year), own)


def _inputs(root: Path, year: int, only: str | None = None) -> dict[str, str]:
    """The hash of each file of a year that is read, or of ``only`` one, if it is there."""
    paths = raw_paths(roots.raw_folder(root, year))
    return {name: sha256(path) for name, path in paths.items() if only in (None, name)}


def method(
    used: Resource,
    protocol: Protocol,
    calibrated: Calibration | None,
    recovered: Recovery | None = None,
) -> Method:
    """The protocol that was found there and the calibrations beside it, told by hashes.

    An earlier year's tiers are not judged: what planted studies gave of them does not count.
    """
    verdicts, given = (made.sha256 if made else "" for made in (calibrated, recovered))
    files = method_files(used.folder)
    return Method(used.folder.name, protocol.sha256, used.origin, verdicts, given, files)


def method_files(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of a protocol and of its calibrations, line ends made alike.

    What a program has left beside a file that it holds open is none of them.
    """
    paths = sorted(path for end in ("toml", "csv") for path in folder.glob(f"[!.~]*.{end}"))
    return {path.name: content_hash(path.read_bytes()) for path in paths}
