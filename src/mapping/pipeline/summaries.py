"""What run.json and manifest.json hold, so that a damaged one is named before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mapping.pipeline.request import Edition
from mapping.roots import Origin

Hash = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    """No key more and none less: a key that one byte has changed is both."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Input(_Part):
    sha256: Hash
    rows: int | None
    extra_columns: list[str]


class _Notebook(_Part):
    sha256: Hash
    origin: Origin = Field(alias="from")


class _Method(_Part):
    name: str
    sha256: Hash
    origin: Origin = Field(alias="from")
    calibration: str | None
    recovery: str | None


class _Earlier(_Part):
    inputs: dict[str, Hash]
    protocol: _Method | None = None
    left_out: str | None = None


class _Baseline(_Part):
    year: int
    years: dict[str, _Earlier]
    calibration: str | None


class _Parameters(_Part):
    year: int
    languages: list[str]
    only: list[str]
    departments: bool
    edition: Edition


class _Run(_Part):
    run: Hash
    year: int
    synthetic: bool
    command: str
    parameters: _Parameters
    manifest: Hash
    times: dict[str, Any]
    protocol: _Method
    protocol_files: dict[str, Hash]
    baseline: _Baseline | None
    editions: dict[str, Hash]
    notebooks: dict[str, _Notebook]
    code: Hash
    code_files: dict[str, Hash]
    versions: dict[str, str]
    inputs: dict[str, _Input]
    tables: dict[str, Hash]
    left_out: dict[str, dict[str, int]]
    codings_left_out: dict[str, dict[str, int]] = Field(default_factory=dict)
    checksum: Hash


class _File(_Part):
    sha256: Hash
    origin: Hash | None = Field(default=None, alias="from")


class _Manifest(_Part):
    run: Hash
    year: int
    synthetic: bool
    files: dict[str, _File]


def fault(told: Mapping[str, Any], kind: Literal["run", "manifest"]) -> str:
    """Where one of the two is not as a run writes it, such as ``inputs.survey.csv``; else blank."""
    try:
        (_Run if kind == "run" else _Manifest).model_validate(told)
    except ValidationError as error:
        return ".".join(str(part) for part in error.errors()[0]["loc"])
    return ""


def is_earlier(run: Mapping[str, Any]) -> bool:
    """Whether an earlier version has written run.json: it has less, and nothing else."""
    known = {field.alias or name for name, field in _Run.model_fields.items()}
    return "checksum" not in run and run.keys() <= known
