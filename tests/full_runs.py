"""Whole runs of a root, as a user starts them, and what can be read in the files that they made."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pikepdf
import pymupdf

from mapping.pipeline.run import RunRequest, standard_parts
from mapping.pipeline.run import run as execute_run
from mapping.vocabulary import LANGUAGES

REPOSITORY = Path(__file__).parents[1]


def root_with(folder: Path, year: int = 2020) -> Path:
    """A root of its own with one of the example years."""
    shutil.copytree(REPOSITORY / "data/raw" / str(year), folder / "data/raw" / str(year))
    return folder


def run(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`mapping run` in a process of its own, with this environment beside the present one."""
    return subprocess.run(
        [sys.executable, "-m", "mapping", "run", *arguments, "--root", str(root)],
        env=os.environ | {"PYTHONUTF8": "1"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )


def run_departments(root: Path, *departments: str, languages: tuple[str, ...] = LANGUAGES) -> None:
    """Execute the reports of these departments alone; the results beside them are carried over.

    All 44 of the example take minutes, and are alike.
    """
    parts = replace(standard_parts(), participating=lambda *_: departments)
    execute_run(RunRequest(2020, root, languages, ("department",)), parts)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def pdf_text(data: bytes) -> str:
    """The text of all pages, words that were broken over lines made whole."""
    return "\n".join(page.get_text() for page in pymupdf.open(stream=data))


def squeezed(text: str) -> str:
    """Without white space and soft hyphens, so that line breaks do not hide anything."""
    return re.sub(r"[\s\u00ad\u200b\u2060]+", "", text)


def readable(name: str, data: bytes) -> str:
    """Everything that somebody could read in a file: packed, encoded or hidden as metadata."""
    if name.endswith(".pdf"):
        return _readable_pdf(data)
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "\n".join(
                packed.read(part).decode("utf-8", "replace") for part in packed.namelist()
            )
    text = data.decode("utf-8", "replace")
    if name.endswith(".ipynb"):
        # the JSON's escapes undone, and the pictures that stand in it as base64
        whole = json.dumps(json.loads(text), ensure_ascii=False)
        pictures = re.findall(r"base64,([A-Za-z0-9+/=]+)", whole)
        text = "\n".join(
            [whole, *(base64.b64decode(p).decode("utf-8", "replace") for p in pictures)]
        )
    return text


def _readable_pdf(data: bytes) -> str:
    parts = [pdf_text(data)]
    with pikepdf.open(io.BytesIO(data)) as opened:
        parts.append(str(dict(opened.docinfo)))
        for entry in opened.objects:
            if isinstance(entry, pikepdf.Stream):
                try:
                    parts.append(entry.read_bytes().decode("utf-8", "replace"))
                except pikepdf.PdfError:  # a font program or an image, which holds no text
                    continue
            else:
                parts.append(repr(entry))
    return "\n".join(parts)
