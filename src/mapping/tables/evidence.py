"""Tables of what was read: register, participation, evidence, provenance."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import pandas as pd

from mapping.facts import instruments, patterns, taking_part
from mapping.instruments import InputFile
from mapping.prose import Words
from mapping.references import of
from mapping.tables import cells
from mapping.tables.table import Builder, Table
from mapping.vocabulary import INSTRUMENTS

HASH_LENGTH = 12
"""So many of a hash's 64 digits are shown."""

_SUMMED = ("students_programme", "students_course", "programmes", "staff_fte")


def register(departments: pd.DataFrame, words: Words) -> Table:
    """The frame by faculty: departments, and the sums of what is known of them."""
    every = of("register", departments)
    rows: list[dict[str, Any]] = [
        {"faculty": faculty, "departments": own.count()}
        | {name: own.sum(name) if own.known(name).count() else None for name in _SUMMED}
        for faculty in sorted(set(departments["faculty"].dropna()))
        for own in [every.where(faculty=faculty)]
    ]
    frame = pd.DataFrame(rows, columns=["faculty", "departments", *_SUMMED], dtype=object)
    build = Builder(words, "register")
    columns = [build.column("faculty"), *build.numbers("departments", *_SUMMED)]
    return build.table(frame, columns, n=every.count())


def participation(participation: pd.DataFrame, words: Words) -> Table:
    """What each instrument gave; from table ``participation``.

    One row an instrument: departments (of the frame) and interviews, notes or responses.
    """
    rows = [
        {"instrument": key, "count": told["departments"], "units": told["units"]}
        for key, told in instruments(participation).items()
    ]
    build = Builder(words, "participation")
    columns = [
        build.column("instrument", cells.label(words, "instrument")),
        build.column("count", words.formats.count, number=True),
        *build.numbers("units"),
    ]
    return build.table(pd.DataFrame(rows, dtype=object), columns)


def participation_patterns(participation: pd.DataFrame, words: Words) -> Table:
    """Which instruments departments took part with; from table ``participation``.

    One row a combination that occurs, the commonest first.
    """
    build = Builder(words, "patterns")
    found = patterns(participation)
    columns = [
        *(build.column(key, cells.yes_or_no(words)) for key in INSTRUMENTS),
        *build.numbers("departments"),
        build.column("share", cells.percent(words), number=True),
    ]
    number = taking_part(participation).count()
    return build.table(found.assign(share=cells.counts(found)), columns, 3, n=number)


def department_participation(participation: pd.DataFrame, words: Words) -> Table:
    """What each department gave; from table ``participation``."""
    build = Builder(words, "department_participation")
    columns = [
        build.column("department_id", cells.department(words)),
        *build.numbers("interviews", "workshop_notes", "responses", "left_out"),
    ]
    return build.table(participation, columns, rows_of="participation")


def files(evidence: pd.DataFrame, words: Words) -> Table:
    """What each file gave; from table ``evidence``: rows, units and departments."""
    every = of("evidence", evidence)
    pairs = set(zip(evidence["file"], evidence["instrument"], strict=True))
    rows = [
        {"file": file, "instrument": instrument}
        | {"units": own.distinct("unit"), "rows": own.count(), "departments": own.distinct()}
        for file, instrument in sorted(pairs)
        for own in [every.where(file=file, instrument=instrument)]
    ]
    names = ["file", "instrument", "units", "rows", "departments"]
    build = Builder(words, "files")
    columns = [
        build.column("file"),
        build.column("instrument", cells.label(words, "instrument")),
        *build.numbers("units", "rows", "departments"),
    ]
    return build.table(pd.DataFrame(rows, columns=names, dtype=object), columns)


def coverage(indicators: pd.DataFrame, words: Words) -> Table:
    """How many departments each indicator is known for; from table ``indicators``.

    One row an indicator: by any instrument, by each, and the mean convergence of those seen
    by several.
    """
    every = of("indicators", indicators)
    rows: list[dict[str, Any]] = [
        {"indicator": key}
        | {name: own.known(name).count() for name in ("level", *INSTRUMENTS)}
        | {"convergence": own.mean("convergence") if own.known("convergence").count() else None}
        for key in words.protocol.indicator_keys()
        for own in [every.where(indicator=key)]
    ]
    frame = pd.DataFrame(rows, dtype=object)
    build = Builder(words, "coverage")
    columns = [
        build.column("indicator", cells.label(words, "indicator")),
        *build.numbers("level", *INSTRUMENTS),
        *build.numbers("convergence", decimals=1),
    ]
    return build.table(frame, columns, n=every.distinct())


def corrections(corrections: pd.DataFrame, words: Words) -> Table:
    """The corrections of what was read, one a row, in the order of their file.

    An empty cell and a confidential value are told by words; see
    :func:`mapping.instruments.corrections.correct`.
    """
    hidden, blank = (words.say(f"tables.corrections.{key}") for key in ("hidden", "blank"))
    shown = corrections.fillna({"old": hidden, "new": hidden}).replace(
        {"old": "", "new": ""}, blank
    )
    build = Builder(words, "corrections")
    columns = [
        *(build.column(name) for name in ("file", "key", "column", "old", "new", "reason")),
        build.column("date", words.formats.day),
    ]
    return build.table(shown, columns, 3)


def provenance(files: Iterable[InputFile], command: str | None, words: Words) -> Table:
    """How the report was made: protocol, version, inputs and command (None if none repeats it).

    One row a thing that the result depends on; hashes (SHA-256) are shown shortened.
    """
    protocol = words.protocol
    build = Builder(words, "provenance")
    rows = {
        words.say("tables.provenance.protocol"): f"{protocol.name}, version {protocol.version}",
        words.say("tables.provenance.protocol_hash"): protocol.sha256[:HASH_LENGTH],
        words.say("tables.provenance.program"): f"mapping, version {version('mapping')}",
        **{file.name: file.sha256[:HASH_LENGTH] for file in files},
    }
    if command is not None:
        rows[words.say("tables.provenance.command")] = command
    frame = pd.DataFrame(rows.items(), columns=["what", "value"])
    return build.table(frame, [build.column("what"), build.column("value")])
