"""Tables of what was read: register, participation, evidence, provenance."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

import pandas as pd

from mapping.facts import COUNTED, Count, base, patterns
from mapping.instruments import InputFile
from mapping.prose import Words
from mapping.tables import cells
from mapping.tables.table import Builder, Table
from mapping.vocabulary import INSTRUMENTS

HASH_LENGTH = 12
"""So many of a hash's 64 digits are shown."""

_SUMMED = ("students_programme", "students_course", "programmes", "staff_fte")


def register(departments: pd.DataFrame, words: Words) -> Table:
    """The frame by faculty: departments, and the sums of what is known of them."""
    groups = departments.groupby("faculty", observed=False)
    sums = groups[list(_SUMMED)].sum(min_count=1).astype("Float64")
    frame = sums.assign(departments=groups.size()).reset_index()
    build = Builder(words, "register")
    columns = [build.column("faculty"), *build.numbers("departments", *_SUMMED)]
    return build.table(frame, columns, n=len(departments))


def participation(participation: pd.DataFrame, words: Words) -> Table:
    """What each instrument gave; from table ``participation``.

    One row an instrument: departments (of the frame) and interviews, notes or responses.
    """
    rows = [
        {
            "instrument": key,
            "count": Count(int((participation[field] > 0).sum()), len(participation)),
            "units": int(participation[field].sum()),
        }
        for key, field in COUNTED.items()
    ]
    build = Builder(words, "participation")
    columns = [
        build.column("instrument", cells.label(words, "instrument")),
        build.column("count", words.formats.count, number=True),
        *build.numbers("units"),
    ]
    return build.table(pd.DataFrame(rows), columns)


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
    return build.table(found.assign(share=cells.counts(found)), columns, 3, n=base(found))


def department_participation(participation: pd.DataFrame, words: Words) -> Table:
    """What each department gave; from table ``participation``."""
    build = Builder(words, "department_participation")
    columns = [
        build.column("department_id", cells.department(words)),
        *build.numbers("interviews", "workshop_notes", "responses", "left_out"),
    ]
    return build.table(participation, columns)


def files(evidence: pd.DataFrame, words: Words) -> Table:
    """What each file gave; from table ``evidence``: rows, units and departments."""
    counts = evidence.groupby(["file", "instrument"], observed=True).agg(
        units=("unit", "nunique"),
        rows=("evidence_id", "size"),
        departments=("department_id", "nunique"),
    )
    build = Builder(words, "files")
    columns = [
        build.column("file"),
        build.column("instrument", cells.label(words, "instrument")),
        *build.numbers("units", "rows", "departments"),
    ]
    return build.table(counts.reset_index(), columns)


def coverage(indicators: pd.DataFrame, words: Words) -> Table:
    """How many departments each indicator is known for; from table ``indicators``.

    One row an indicator: by any instrument, by each, and the mean convergence of those seen
    by several.
    """
    known = indicators.groupby("indicator")
    frame = known[["level", *INSTRUMENTS]].count()
    frame = frame.assign(convergence=known["convergence"].mean())
    frame = frame.reindex(list(words.protocol.indicator_keys())).reset_index()
    build = Builder(words, "coverage")
    columns = [
        build.column("indicator", cells.label(words, "indicator")),
        *build.numbers("level", *INSTRUMENTS),
        *build.numbers("convergence", decimals=1),
    ]
    return build.table(frame, columns, n=indicators["department_id"].nunique())


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
        words.say("tables.provenance.protocol"): f"{protocol.name} {protocol.version}",
        words.say("tables.provenance.protocol_hash"): protocol.sha256[:HASH_LENGTH],
        words.say("tables.provenance.program"): f"mapping {version('mapping')}",
        **{file.name: file.sha256[:HASH_LENGTH] for file in files},
    }
    if command is not None:
        rows[words.say("tables.provenance.command")] = command
    frame = pd.DataFrame(rows.items(), columns=["what", "value"])
    return build.table(frame, [build.column("what"), build.column("value")])
