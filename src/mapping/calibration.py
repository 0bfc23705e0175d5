"""How far each verdict can be trusted: what simulated studies gave, kept beside a protocol.

``calibration.csv`` holds the verdicts on every finding in studies where it is true, where its
opposite is, and in pure noise; ``calibration.toml`` tells of what code and what method. They are
made by :mod:`mapping.simulation` and only read here.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeVar

import pandas as pd
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from mapping.errors import DataError, Problem
from mapping.protocol import Protocol
from mapping.vocabulary import NOT_ASSESSABLE, VERDICTS

T = TypeVar("T")

TABLE, RECORD = "calibration.csv", "calibration.toml"

WORLDS = ("true", "opposite", "noise")
"""What a simulated study holds of a finding: it is true, its opposite is, or all is chance."""

OUTCOMES = (*reversed(VERDICTS), NOT_ASSESSABLE)
COLUMNS = ("finding", "world", "planted", "studies", *OUTCOMES, "low", "high")
"""Columns of the table; see :func:`read`."""

PACKAGE = Path(__file__).parent
DECIDING = (
    "vocabulary.py",
    "protocol.py",
    *(
        f"instruments/{name}.py"
        for name in (
            "__init__", "delimited", "fields", "interviews", "register", "sheet", "study_settings",
            "survey", "tables", "tabular", "workshop", "year",
        )
    ),
    "evidence.py",
    *(f"statistics/{name}.py" for name in ("association", "proportions", "ranking", "tables")),
    "indicators.py",
    "constructs.py",
    "tiers.py",
    "criteria.py",
    "needs.py",
    "participation.py",
    *(f"schemas/{name}.py" for name in ("__init__", "chain", "columns")),
    "study.py",
    "findings",
    "example",
    "simulation/worlds.py",
    "simulation/studies.py",
)  # fmt: skip
"""The code that decides a verdict on a simulated study, from the package's folder.

A test holds it against what simulated studies import. Left out is what decides nothing there: the
doors to the disk, errors, the formats of other programs and names that study.toml tells, and the
corrections, lineage, tables and tools that no finding rests on.
"""

_ELSEWHERE = {
    "swot", "recommendations", "toolbox", "tools", "follow_up", "follows", "disclosure", "audit",
}  # fmt: skip
_WORDING = {"name", "sha256", "version", "source", "title", "label"}


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class Record:
    """Of what a calibration was made; ``permutations`` are those of each test of association.

    ``code`` and ``method`` are the hashes of what decides, ``table`` that of the rates beside it,
    by which a table and a record that were not made together are told.
    """

    studies: Annotated[int, Field(ge=1)]
    permutations: Annotated[int, Field(ge=1)]
    seed: int
    code: str
    method: str
    table: str
    versions: dict[str, str]


@dataclasses.dataclass(frozen=True)
class Calibration:
    """The rates of a protocol's verdicts, of what they were made, and the method as it is now.

    ``rates``: see :func:`read`. ``sha256`` is of the two files, line ends made alike.
    """

    rates: pd.DataFrame
    record: Record
    method: str
    sha256: str

    @cached_property
    def stale(self) -> bool:
        """Whether the code or the method have changed since it was made."""
        return (self.record.code, self.record.method) != (code_hash(), self.method)


def read(folder: Path, protocol: Protocol) -> Calibration | None:
    """The calibration in the folder of a protocol; None if it was never made.

    One row of ``rates`` is a finding and a world, in which it is ``true``, its ``opposite`` is,
    or all is ``noise``: what was ``planted`` there (see :mod:`mapping.simulation.worlds`), how
    many ``studies``, in how many of them each verdict came, and ``low`` and ``high``, the exact
    95 % interval of the share of studies that support it. A finding whose opposite no valid raw
    data can hold has no such row, one in which chance has no part none for noise.

    Raises
    ------
    DataError
        The files are damaged, were not written together, or only one of them is there.

    """
    table, record = folder / TABLE, folder / RECORD
    if not table.is_file() and not record.is_file():
        return None
    rates, made = _rates(table), record_of(record, Record)
    if made.table != content_hash(table.read_bytes()):
        raise DataError([damaged(table)])
    both = content_hash(table.read_bytes(), record.read_bytes())
    return Calibration(rates, made, method_hash(protocol), both)


def content_hash(*contents: bytes) -> str:
    """SHA-256 of files' contents, line ends made alike so that no checkout changes it."""
    alike = [content.replace(b"\r\n", b"\n") for content in contents]
    return hashlib.sha256(b"\0".join(alike)).hexdigest()


def _rates(path: Path) -> pd.DataFrame:
    counts = ["studies", *OUTCOMES]
    types = dict.fromkeys(counts, "int64") | {"low": "float64", "high": "float64"}
    rates = frame_of(path, COLUMNS, types)
    if not rates["world"].isin(WORLDS).all() or rates.duplicated(["finding", "world"]).any():
        raise DataError([damaged(path)])
    return rates


def frame_of(path: Path, columns: Sequence[str], types: Mapping[str, str]) -> pd.DataFrame:
    """A table of these columns; those without a type are text.

    Raises
    ------
    DataError
        There is no such file, or it is damaged.

    """
    try:
        table = pd.read_csv(path, dtype=dict.fromkeys(set(columns) - set(types), str))
        return table[list(columns)].astype(dict(types))
    except (OSError, ValueError, KeyError):
        raise DataError([damaged(path)]) from None


def record_of(path: Path, kind: type[T]) -> T:
    """Of what a table was made, as a record of this kind.

    Raises
    ------
    DataError
        There is no such file, or it is damaged.

    """
    try:
        return TypeAdapter(kind).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError):
        raise DataError([damaged(path)]) from None


def damaged(path: Path) -> Problem:
    """What is said of a file of a calibration that cannot be one."""
    remedy = f"Make it again with: python -m mapping.simulation {path.parent.name}"
    place = f"{path.parent.name}/{path.name}"
    return Problem(place, expected="a calibration as the program writes it", remedy=remedy)


def method_hash(protocol: Protocol, elsewhere: Collection[str] = _ELSEWHERE) -> str:
    """SHA-256 over what of the protocol decides: no names or labels, and not what is elsewhere.

    Elsewhere are the parts that decide nothing: unless they are given, no verdict.
    """
    values = dataclasses.asdict(protocol)  # type: ignore[call-overload]
    kept = {key: value for key, value in values.items() if key not in elsewhere}
    text = json.dumps(_without_wording(kept), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _without_wording(value: object) -> object:
    if isinstance(value, dict):
        return {k: _without_wording(v) for k, v in value.items() if k not in _WORDING}
    return [_without_wording(v) for v in value] if isinstance(value, list | tuple) else value


def code_hash(package: Path = PACKAGE, deciding: Sequence[str] = DECIDING) -> str:
    """SHA-256 over the deciding code and its data; comments and docstrings change nothing."""
    digest = hashlib.sha256()
    for path in _deciding(package, deciding):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0")
        data = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update((_told(data) if path.suffix == ".py" else data) + b"\0")
    return digest.hexdigest()


def _deciding(package: Path, deciding: Sequence[str]) -> Iterator[Path]:
    for name in deciding:
        place = package / name
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (f for f in files if f.is_file() and "__pycache__" not in f.parts)


def _told(source: bytes) -> bytes:
    """The code's meaning as text that is the same under every Python."""
    return json.dumps(_shape(ast.parse(source))).encode()


def _shape(node: Any) -> Any:
    """A syntax tree as lists. ast.dump would differ between Pythons, which add empty fields."""
    if isinstance(node, list):
        return [_shape(inner) for inner in node if not _is_text(inner)]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = ((name, value) for name, value in ast.iter_fields(node) if value not in (None, []))
    return [type(node).__name__, *([name, _shape(value)] for name, value in fields)]


def _is_text(node: Any) -> bool:
    """A string on its own: a docstring, or what is said of an attribute."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
