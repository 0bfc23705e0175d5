"""The raw files of the example study, put in place; a real year is never replaced."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mapping.errors import UsageError
from mapping.example.chance import bank
from mapping.example.instruments import RAW_FILES, Fieldwork
from mapping.example.truth import Truth, plant
from mapping.example.world import SEED, WORLDS, World
from mapping.masking import masked_table
from mapping.pipeline import disk


def write_example(
    root: Path,
    years: Iterable[int] = tuple(WORLDS),
    seed: int = SEED,
    worlds: Mapping[int, World] = WORLDS,
) -> list[Path]:
    """Write the raw files of the example years under ``root``/data/raw and name them.

    The same seed and worlds give the same bytes on any machine.

    Raises
    ------
    UsageError
        The example has no such year, or the year's folder holds anything that is not marked
        ``synthetic = true``; or it cannot be written. Nothing is written then, not for the other
        years either.

    """
    chosen = list(years)
    for year in chosen:
        _guard(root / "data" / "raw" / str(year), year, worlds)
    files = {
        root / "data" / "raw" / str(year) / name: text.encode()
        for year in chosen
        for name, text in example_files(year, worlds[year], seed).items()
    }
    with disk.making("the example"):
        folders = {path.parent for path in files}
        try:
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
            disk.write_together(files)
        finally:
            for folder in folders:
                with suppress(OSError):  # only an empty folder goes
                    folder.rmdir()
    return list(files)


def example_files(year: int, world: World, seed: int = SEED) -> dict[str, str]:
    """The text of each raw file of a year, by file name; lines end with LF."""
    study = _study(year)
    lineage = {"lineage.csv": study["lineage"]} if "lineage" in study else {}
    return files_of(plant(world, seed, year), year, world, seed) | lineage


def files_of(truth: Truth, year: int, world: World, seed: int = SEED) -> dict[str, str]:
    """The text of each raw file that a year's fieldwork makes of a truth, which may be of another.

    No lineage: the departments are those of the truth. Lines end with LF.
    """
    study = _study(year)
    fieldwork = _fieldwork(year, study, seed)
    tables = {
        name: masked_table(make(truth, world, fieldwork)).to_csv(index=False, lineterminator="\n")
        for name, make in RAW_FILES.items()
    }
    return {"study.toml": _settings(year, study)} | tables


def _guard(folder: Path, year: int, worlds: Mapping[int, World]) -> None:
    if year not in worlds:
        known = ", ".join(map(str, worlds))
        raise UsageError(f"The example study has no year {year}; it has {known}.")
    if folder.is_dir() and any(folder.iterdir()) and not _synthetic(folder / "study.toml"):
        raise UsageError(
            f"Year {year} is not marked synthetic = true in its study.toml and is never "
            "replaced by the example study. Choose another root."
        )


def _synthetic(path: Path) -> bool:
    """Whether study.toml says so; a file that is missing or cannot be read does not."""
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False
    return settings.get("synthetic") is True


def _study(year: int) -> dict[str, Any]:
    """What differs between the years, of one of them."""
    study: dict[str, Any] = tomllib.loads(bank("study.toml"))[str(year)]
    return study


def _fieldwork(year: int, study: Mapping[str, Any], seed: int) -> Fieldwork:
    days = tuple(dt.date.fromisoformat(str(day)) for day in study["workshop_days"])
    return Fieldwork(year, study["start"], study["end"], days, seed)


def _settings(year: int, study: Mapping[str, Any]) -> str:
    return bank("settings.txt").format(year=year, **study)
