"""The main job: raw data of a year to processed tables, reports and workbook, all or nothing."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter

import nbformat
import pandas as pd
from nbformat import NotebookNode

from mapping import (
    calibration,
    comparison,
    open_editions,
    prose,
    recovery_calibration,
    roots,
    schemas,
)
from mapping.auditing import Audit, audit_of
from mapping.comparison import FollowUp
from mapping.errors import DataError, MappingError, RunError, UsageError
from mapping.evidence import gather
from mapping.instruments import RawYear, StudySettings, read_settings, read_year
from mapping.instruments.recognised import Progress as Reads
from mapping.instruments.recognised import silent
from mapping.opening import open_edition
from mapping.participation import participating
from mapping.pipeline import provenance, publication, store
from mapping.pipeline.baseline import find_baseline, method
from mapping.pipeline.doctor import OneYear, no_contact, one_year
from mapping.pipeline.examination import CodingsLeftOut, codings_left_out
from mapping.pipeline.notebooks import (
    BASELINE,
    Instance,
    Notebook,
    in_use,
    require_distinct,
    selected,
)
from mapping.pipeline.progress import Progress
from mapping.pipeline.provenance import Inputs
from mapping.pipeline.request import OPEN, RunRequest, require_languages
from mapping.pipeline.send_list import SENT, write_send_list
from mapping.pipeline.store import Store
from mapping.pipeline.workbook import workbook
from mapping.pipeline.workers import Task, Workers
from mapping.processed import read_tables
from mapping.protocol import Protocol, load_protocol
from mapping.publish import pdf
from mapping.publish.document import document_metadata
from mapping.schemas import AUDIT, CHAIN, FOLLOW_UP
from mapping.study import Study, load_year
from mapping.vocabulary import LANGUAGES

KEPT_RUNS = 5


@dataclass(frozen=True)
class RunResult:
    """What a run left in the year's folder of reports.

    ``made`` gives for every new file the seconds that its notebook took (none for the files
    that are made of all notebooks together). ``carried`` are files of the previous results that
    still hold and were taken over; ``dropped`` are those that no longer do. ``baseline`` is the
    year compared with; None or 0 if it was none. ``one_year`` are the departments that only one
    of the two registers has; ``without_contact`` those on the send list that none is known of,
    if it was made. ``codings_left_out`` are those whose code stands for nothing.
    """

    run: str
    made: Mapping[str, float | None]
    carried: tuple[str, ...]
    dropped: tuple[str, ...]
    seconds: float
    baseline: int | None = None
    one_year: OneYear = field(default_factory=OneYear)
    without_contact: tuple[str, ...] = ()
    codings_left_out: CodingsLeftOut = field(default_factory=CodingsLeftOut)


@dataclass(frozen=True)
class Parts:
    """The doors and makers that a run calls; :func:`standard_parts` gives the real ones."""

    read_settings: Callable[[Path], StudySettings]
    read_year: Callable[[Path, Protocol, StudySettings, Reads], RawYear]
    participating: Callable[[RawYear, Protocol], Sequence[str]]
    load_year: Callable[[int, Path], Study]
    audit_of: Callable[[Study], Audit]
    follow_up: Callable[[Study, Path, int | None], FollowUp | None]
    pdf: Callable[[NotebookNode], bytes]
    workbook: Callable[[Mapping[str, pd.DataFrame], StudySettings, Protocol], bytes]


def run(request: RunRequest, parts: Parts, progress: Progress | None = None) -> RunResult:
    """Make a year's results anew and put them in the place of the present ones.

    Raises
    ------
    DataError
        The raw data or the protocol are wrong, or those of an earlier year that is compared
        with; every error is listed in ``data/errors-<year>.csv`` too. The present results
        stand, as after every other error.
    UsageError
        An unknown year, language or name; a baseline that cannot be compared with; another run
        is under way; a result is open in another program.
    RunError
        A notebook failed; it is kept under ``reports/.runs``.

    """
    require_languages(request.languages)
    roots.raw_folder(request.root, request.year)
    place = Store(request.root, request.year)
    with store.locked(place):
        store.recover(place)
        publication.keep(request.root, place.reports / open_editions.FOLDER)
        with store.listing_errors(place):
            told = progress or Progress()
            inputs = read_inputs(request, parts, told.reads)
            chosen = selected(
                inputs.notebooks,
                request.only,
                departments=request.departments,
                alone=inputs.baseline.alone(request.year),
                edition=request.edition,
            )
            if inputs.compared:
                inputs.compared.require_sound()
            workers = Workers(request.root, _run_folder(place), told)
            return _replace(_Run(request, parts, place, inputs, workers), chosen)


def read_inputs(request: RunRequest, parts: Parts, reads: Reads = silent) -> Inputs:
    """Read and check all that a run depends on; earlier years are found and hashed, not read.

    Raises
    ------
    DataError
        With the problems of all files of the year at once, and with those of the earlier years.
    UsageError
        Two notebooks would make one file, or the baseline cannot be compared with.

    """
    root = request.root
    folder = roots.raw_folder(root, request.year)
    settings = parts.read_settings(folder)
    used = roots.protocol(root, settings.protocol)
    protocol = load_protocol(used.folder)
    try:
        raw = parts.read_year(folder, protocol, settings, reads)
    except DataError as error:
        raise comparison.with_earlier(error, settings, root, request.baseline) from None
    calibrated = calibration.read(used.folder, protocol)
    recovered = recovery_calibration.read(used.folder, protocol)
    study = Study(raw, protocol, calibration=calibrated, recovery=recovered)
    compared = parts.follow_up(study, root, request.baseline)
    inputs = Inputs(
        settings,
        protocol,
        method(used, protocol, calibrated, recovered),
        tuple(raw.files),
        in_use(root),
        roots.code_hash(),
        {"department": tuple(parts.participating(raw, protocol))},
        find_baseline(compared, request.baseline, root, parts.read_settings),
        compared,
        raw.contacts,
        open_editions.listed(root, synthetic=settings.synthetic),
        codings_left_out=codings_left_out(raw.found),
    )
    require_distinct(inputs.instances(LANGUAGES), request.year)
    return inputs


@dataclass(frozen=True)
class _Run:
    """One run under way."""

    request: RunRequest
    parts: Parts
    place: Store
    inputs: Inputs
    workers: Workers

    @property
    def processed(self) -> Path:
        return store.beside(self.place.processed, "new")

    @property
    def reports(self) -> Path:
        return store.beside(self.place.reports, "new")


def _replace(work: _Run, chosen: Sequence[Notebook]) -> RunResult:
    """Make everything in staged folders, then exchange them with the present ones."""
    request, place = work.request, work.place
    started, clock = datetime.now(UTC), perf_counter()
    before = store.previous(place)
    store.stage(place)
    try:
        _make(work, chosen)
        work = replace(work, inputs=replace(work.inputs, own=_own(work, before.manifest)))
        sources = work.inputs.sources(request.year)
        carried, dropped = provenance.carry_over(place, before.manifest, sources, request.edition)
        if request.edition == OPEN:  # all of it is written anew, but for the other reports
            carried = tuple(sorted({*carried} - {*publication.beside(request.year)}))
        run_id = _write_summaries(work, sources, started)
        _check_unchanged(work)
        made = _made(work, carried)
    except BaseException:
        store.unstage(place)
        raise
    store.swap(place, run_id)  # undoes itself what it must
    publication.keep(request.root, place.reports / open_editions.FOLDER)
    return RunResult(
        run_id,
        made,
        carried,
        dropped,
        perf_counter() - clock,
        work.inputs.baseline.year,
        one_year(work.inputs.compared) if work.inputs.compared else OneYear(),
        _without_contact(work) if SENT in made else (),
        work.inputs.codings_left_out,
    )


def _own(work: _Run, manifest: Mapping[str, Mapping[str, Mapping[str, str]]]) -> str:
    """The hash of the open edition that this run makes, or may take over."""
    if work.request.edition != OPEN:
        return publication.digest_listed(work.request.year, manifest.get("files", {}))
    tables = dict(read_tables(work.processed))
    return publication.digest(work.request.year, {name: tables[name] for name in schemas.OPEN})


def _without_contact(work: _Run) -> tuple[str, ...]:
    inputs = work.inputs
    folder = roots.raw_folder(work.request.root, work.request.year)
    return no_contact(inputs.units["department"], inputs.contacts, folder, inputs.settings)


def _write_summaries(work: _Run, sources: Mapping[str, str], started: datetime) -> str:
    """All that is made of the notebooks together, once every one is done; the run's id."""
    request, inputs = work.request, work.inputs
    tables = dict(read_tables(work.processed))  # every one is read, and so checked
    internal = {name: table for name, table in tables.items() if name not in schemas.OPEN}
    sheets = work.parts.workbook(internal, inputs.settings, inputs.protocol)
    (work.reports / f"tables-{request.year}.xlsx").write_bytes(sheets)
    instances = inputs.instances(LANGUAGES)
    if request.edition == OPEN:
        _publish(work, {name: tables[name] for name in schemas.OPEN})
    provenance.write_numbers(work.reports, instances)
    write_send_list(work.reports, request.year, instances, inputs.contacts)
    run_id = inputs.run_id(request.parameters)
    head = {"run": run_id, "year": request.year, "synthetic": inputs.settings.synthetic}
    provenance.write_manifest(work.reports, head, sources)
    times = {
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 1),
        "notebooks": {name: round(taken, 1) for name, taken in work.workers.seconds.items()},
    }
    asked = {"command": request.command, "parameters": request.parameters}
    listed = {"manifest": store.sha256(work.reports / store.MANIFEST)}
    provenance.write_run(work.processed, head | asked | listed | {"times": times}, inputs, tables)
    return run_id


def _publish(work: _Run, tables: Mapping[str, pd.DataFrame]) -> None:
    """All of the open edition that is made beside its reports."""
    inputs = work.inputs
    folder = work.reports / open_editions.FOLDER
    folder.mkdir(exist_ok=True)  # a notebook of a root's own may make no report
    sheets = work.parts.workbook(tables, inputs.settings, inputs.protocol)
    instances = [i for i in inputs.instances(LANGUAGES) if i.notebook.edition == OPEN]
    publication.write(folder, tables, sheets, inputs.settings, inputs.protocol)
    provenance.write_numbers(work.reports, instances, open_editions.FOLDER)
    publication.write_manifest(folder, inputs.settings, inputs.method.told, inputs.taken)


def _check_unchanged(work: _Run) -> None:
    """All that the results depend on is still what it was when the run started."""
    try:
        now = read_inputs(work.request, work.parts).parts
    except (MappingError, OSError) as error:
        raise UsageError(_changed("what it reads")) from error
    before = work.inputs.parts
    names = sorted(name for name in before | now if before.get(name) != now.get(name))
    if names:
        raise UsageError(_changed(", ".join(names)))


def _changed(what: str) -> str:
    return f"changed while the run was under way: {what}; run again"


def _made(work: _Run, carried: Sequence[str]) -> dict[str, float | None]:
    """Files of this run, from the year's folder of reports."""
    files = (path for path in work.reports.rglob("*") if path.is_file())
    names = sorted(path.relative_to(work.reports).as_posix() for path in files)
    taken = {
        file: work.workers.seconds.get(instance.name)
        for instance in work.inputs.instances(work.request.languages)
        for file in instance.files(work.request.year)
    }
    return {name: taken.get(name) for name in names if name not in carried}


def _run_folder(place: Store) -> Path:
    """A folder for this run's log and failed notebooks; the last few runs are kept."""
    folder = place.runs / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{place.year}-{os.getpid()}"
    folder.mkdir(parents=True)
    for outdated in sorted(path for path in place.runs.iterdir() if path.is_dir())[:-KEPT_RUNS]:
        shutil.rmtree(outdated, ignore_errors=True)
    return folder


def _make(work: _Run, chosen: Sequence[Notebook]) -> None:
    """Execute the notebooks; those of the first round write the processed tables.

    Within a round no notebook needs another, so that a few are under way at once.
    """
    rounds = _rounds(work, chosen)
    totals = Counter(task.instance.group for tasks in rounds for task in tasks)
    work.workers.progress.expects(totals)
    for tasks in rounds:
        work.workers.execute(tasks, partial(_store, work))
        _complete_tables(work)


def _rounds(work: _Run, chosen: Sequence[Notebook]) -> tuple[list[Task], list[Task]]:
    """The first language computes; the other ones and what is made for each show its tables."""
    staged = work.processed.relative_to(work.request.root).as_posix()
    first, *later = work.request.languages
    once = [notebook for notebook in chosen if not notebook.each]
    for_each = [notebook for notebook in chosen if notebook.each]

    def tasks(notebooks: Sequence[Notebook], languages: Sequence[str], use: str) -> list[Task]:
        return [
            _task(work, instance, {use: staged})
            for notebook in notebooks
            for instance in notebook.instances(languages, work.inputs.units)
        ]

    return (
        tasks(once, [first], "out"),
        tasks(once, later, "tables") + tasks(for_each, [first, *later], "tables"),
    )


def _task(work: _Run, instance: Instance, folders: Mapping[str, str]) -> Task:
    """Every parameter is given, so that a notebook is stored alike in whichever round it ran."""
    given = {"root": ".", "year": work.request.year, "tables": None, "out": None}
    takes = instance.notebook.takes_baseline
    compared = {BASELINE: work.inputs.baseline.year} if takes else {}
    return Task(instance, {**given, **compared, **folders, **instance.parameters})


def _store(work: _Run, instance: Instance, notebook: NotebookNode) -> None:
    """Write the executed notebook and its PDF into the staged reports."""
    _mark(work, instance, notebook)
    text = nbformat.writes(notebook) + "\n"
    _write(work.reports / instance.executed, text.encode())
    if printed := instance.printed(work.request.year):
        try:
            data = work.parts.pdf(notebook)
        except (RunError, UsageError) as error:
            name = instance.notebook.path.name
            raise type(error)(f"{name}, {instance.name}, as PDF: {error}") from error
        _write(work.reports / printed, data)


def _mark(work: _Run, instance: Instance, notebook: NotebookNode) -> None:
    """Tell the notebook's metadata of which study it is, if its own title does not.

    Else what a researcher's own notebook makes of example data would pass for real.
    """
    inputs = work.inputs
    edition = "edition_open" if instance.notebook.edition == OPEN else "edition"
    text = prose.words(instance.language, inputs.protocol)
    marks = prose.marks(text, inputs.settings, edition)
    if marks.keys() - document_metadata(notebook).keys():
        told = notebook.metadata.setdefault("mapping", {})
        told["document"] = {**told.get("document", {}), **marks}


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _complete_tables(work: _Run) -> None:
    """Compute the tables that no notebook of this run wrote: they are never taken over."""
    if _missing(work, (*CHAIN, *AUDIT)):
        study = work.parts.load_year(work.request.year, work.request.root)
        study.write(work.processed, *_missing(work, CHAIN))
        work.parts.audit_of(study).write(work.processed, *_missing(work, AUDIT))
    if work.request.edition == OPEN and (missing := _missing(work, schemas.OPEN)):
        study = work.parts.load_year(work.request.year, work.request.root)
        open_edition(study, work.request.root).write(work.processed, *missing)
    compared = work.inputs.compared
    if compared and (missing := _missing(work, FOLLOW_UP)):
        compared.write(work.processed, *missing)


def _missing(work: _Run, tables: Sequence[str]) -> list[str]:
    return [name for name in tables if not (work.processed / f"{name}.parquet").is_file()]


def _participating(raw: RawYear, protocol: Protocol) -> Sequence[str]:
    """The departments with evidence: each of them gets a report."""
    return participating(gather(raw, protocol))


def standard_parts() -> Parts:
    """The real doors and makers."""
    doors = (read_settings, read_year, _participating, load_year, audit_of, _follow_up)
    return Parts(*doors, pdf, workbook)


def _follow_up(study: Study, root: Path, baseline: int | None) -> FollowUp | None:
    return comparison.follow_up_if_any(study, root, baseline=baseline)
