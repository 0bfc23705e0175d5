"""The command line: ``mapping run 2020`` and its companions.

Exit codes: 0 done, 1 the data are wrong, 2 wrong use, 3 our fault, 4 what verify compares differs.
What takes long to import is imported when a command runs, so that help comes at once.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec

import typer

from mapping.errors import (
    DataError,
    MappingError,
    RunError,
    UsageError,
    first_of_each_file,
    not_shown,
)
from mapping.pipeline import disk
from mapping.pipeline.confidential import printable, summary

INTERRUPTED = 130

P = ParamSpec("P")

app = typer.Typer(
    name="mapping",
    help="The mapping of alumni relations, from raw data to reports.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Year = Annotated[int, typer.Argument(help="The year of the study, such as 2020.", metavar="YEAR")]
Root = Annotated[
    Path | None,
    typer.Option(help="The folder with data/raw; else the nearest one upwards from here."),
]
Baseline = Annotated[
    int | None,
    typer.Option(
        help="The earlier year to compare with; the year before if not given.",
        metavar="YEAR",
        min=1,
    ),
]
NoBaseline = Annotated[bool, typer.Option("--no-baseline", help="Compare with no earlier year.")]

Quiet = Annotated[bool, typer.Option("--quiet", help="Show nothing but errors.")]


def _asked(baseline: int | None, *, no_baseline: bool) -> int | None:
    """The year to compare with: 0 for none, None for the year before."""
    if baseline and no_baseline:
        raise UsageError("--baseline and --no-baseline exclude each other: give one of them")
    return 0 if no_baseline else baseline


def _options(root: Path | None, baseline: int | None = None, *, no_baseline: bool = False) -> str:
    """The options that were given, to be repeated in the command that comes next."""
    shown = f'"{root}"' if root and any(map(str.isspace, str(root))) else root
    place = f" --root {shown}" if root else ""
    return place + (f" --baseline {baseline}" if baseline else " --no-baseline" * no_baseline)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Tell every error on the screen and as an exit code."""
    try:
        yield
        sys.stdout.flush()
    except typer.Exit:
        raise
    except DataError as error:
        for problem in first_of_each_file(error.problems):
            typer.echo(_line(problem.sentence()), err=True)
        count = not_shown(error.problems)
        typer.echo("; ".join([count, *getattr(error, "__notes__", [])]), err=True)
        raise typer.Exit(error.exit_code) from None
    except MappingError as error:
        typer.echo(f"Error: {printable(str(error))}", err=True)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt as stop:
        state = getattr(stop, "__notes__", ["The previous results are as they were."])
        typer.echo(f"Stopped. {' '.join(state)}", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:  # the reader of our output wanted no more of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # whatever it is, it is our fault
        if isinstance(error, OSError) and disk.is_of_the_disk(error):  # but for this
            typer.echo(f"Error: {printable(disk.reason(error))}", err=True)
            raise typer.Exit(UsageError.exit_code) from None
        typer.echo(f"Error: this should not happen. {printable(summary(error))}", err=True)
        raise typer.Exit(RunError.exit_code) from None


def _line(text: str) -> str:
    return printable(text).replace("\n", " ")


def _command(name: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """A command that tells its errors; on a screen that lacks a letter, a mark stands for it."""

    def register(body: Callable[P, None]) -> Callable[P, None]:
        @wraps(body)
        def told(*args: P.args, **kwargs: P.kwargs) -> None:
            for stream in (sys.stdout, sys.stderr):
                if hasattr(stream, "reconfigure"):
                    stream.reconfigure(errors="replace")
            with _told():
                body(*args, **kwargs)

        app.command(name)(told)
        return body

    return register


@_command("run")
def run_year(
    year: Year,
    root: Root = None,
    lang: Annotated[list[str] | None, typer.Option(help="sv or en; both if not given.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="A report by name; all if not given.", metavar="NAME")
    ] = None,
    *,
    baseline: Baseline = None,
    no_baseline: NoBaseline = False,
    no_departments: Annotated[
        bool, typer.Option("--no-departments", help="Leave out the report of each department.")
    ] = False,
    edition: Annotated[
        str, typer.Option(help="internal, or open: what is made for publication, alone.")
    ] = "internal",
    quiet: Quiet = False,
) -> None:
    """Make the year's tables and reports anew."""
    from mapping import roots
    from mapping.pipeline import doctor, request, run, screen
    from mapping.pipeline.store import Store
    from mapping.vocabulary import LANGUAGES

    asked = _asked(baseline, no_baseline=no_baseline)
    place = Store(roots.chosen_root(root), year)
    asked_for = request.RunRequest(
        year,
        place.root,
        tuple(lang or LANGUAGES),
        tuple(dict.fromkeys(only or ())),
        departments=not no_departments,
        baseline=asked,
        edition=request.edition_named(edition),
    )
    if not quiet:  # before the work, which would be for nothing if a file is misnamed
        folder = roots.raw_folder(place.root, year)
        not_read = doctor.files_not_read(folder, doctor.recognised(folder))
        screen.not_read_in_short(not_read, folder)
    with screen.progress(quiet=quiet) as progress:
        made = run.run(asked_for, run.standard_parts(), progress)
    if not quiet:
        screen.result(made, place, f"mapping run {year}{_options(root, baseline)}")


@_command("check")
def check_year(
    year: Year,
    root: Root = None,
    *,
    baseline: Baseline = None,
    no_baseline: NoBaseline = False,
    quiet: Quiet = False,
) -> None:
    """Tell what was read and as what, what is missing, and every error."""
    from mapping import roots
    from mapping.pipeline import check_page, checking, screen, screen_check, store

    asked = _asked(baseline, no_baseline=no_baseline)
    place = store.Store(roots.chosen_root(root), year)
    options = _options(root, baseline, no_baseline=no_baseline)
    with screen.reading(quiet=quiet) as reads:
        found = checking.check(place, asked, reads)
    page = check_page.write(place, found)
    if found.sound is None:
        screen_check.wrong(found, page, quiet=quiet)
        raise typer.Exit(DataError.exit_code)
    if not quiet:
        screen_check.right(found, page)
    if found.sound.compared.refused:
        raise UsageError(found.sound.compared.refused)
    screen.say(f"{'' if quiet else chr(10)}ready: mapping run {year}{options}")


@_command("convert")
def convert_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Files in any format that is read, or their folder.", metavar="FILE..."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to write to; else: data/converted.", metavar="DIR"),
    ] = None,
    year: Annotated[
        int | None, typer.Option(help="Read them by the study.toml of this year.", metavar="YEAR")
    ] = None,
    study: Annotated[
        Path | None,
        typer.Option(help="Read them by this study.toml; else the one beside them, if any."),
    ] = None,
    *,
    protocol: Annotated[
        str | None,
        typer.Option(help="By this protocol; else study.toml's, or su-2020.", metavar="NAME"),
    ] = None,
    root: Root = None,
    quiet: Quiet = False,
) -> None:
    """Write what is read of files in any format as the tables of the data contract (CSV)."""
    from mapping import roots
    from mapping.instruments import study_settings
    from mapping.pipeline import convert, screen, screen_convert

    if year is not None and study is not None:
        raise UsageError("--year and --study exclude each other: give one of them")
    if year is not None:
        study = roots.raw_folder(roots.chosen_root(root), year) / study_settings.NAME
    with screen.reading(quiet=quiet) as reads:
        made = convert.convert(files, out or convert.usual_folder(root), study, protocol, reads)
    if not quiet:
        screen_convert.converted(made)


@_command("explain")
def explain_department(
    year: Year,
    department: Annotated[str, typer.Argument(help="Its id, such as ABC-1.")],
    root: Root = None,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
) -> None:
    """Tell why a department is in its tier, in a dozen lines."""
    from mapping import roots
    from mapping.explanation import explain
    from mapping.pipeline import screen, store
    from mapping.study import load_year

    place = store.Store(roots.chosen_root(root), year)
    with store.listing_errors(place):
        study = load_year(year, place.root)
    screen.say(explain(study, department, lang))


@_command("verify")
def verify_results(
    results: Annotated[
        str, typer.Argument(help="A year, or a frozen copy such as 2020-1.", metavar="YEAR")
    ],
    root: Root = None,
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="Compare hashes only; nothing is made again.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show the verdict alone.")] = False,
) -> None:
    """Make the results again elsewhere and tell what differs, and why. Exit code 4 if any does."""
    from mapping import roots
    from mapping.pipeline import run, screen, screen_results, verify
    from mapping.pipeline.results import find

    place = roots.chosen_root(root)
    parts = None if quick else run.standard_parts()
    with screen.progress(quiet=quiet) as progress:
        found = verify.verify(find(place, results), place, parts, progress)
    if quiet:
        screen.say(found.verdict)
    else:
        screen_results.verified(found)
    if not found.repeated:
        raise typer.Exit(verify.DIFFERS)


@_command("diff")
def diff_results(
    before: Annotated[
        str,
        typer.Argument(
            help="A year, a frozen copy such as 2020-1, or a folder with results.", metavar="RUN"
        ),
    ],
    now: Annotated[str, typer.Argument(help="The results to compare with.", metavar="RUN")],
    root: Root = None,
    lang: Annotated[list[str] | None, typer.Option(help="sv or en; both if not given.")] = None,
) -> None:
    """Compare two results: tiers, sentences, what changed under them."""
    from mapping import roots
    from mapping.pipeline import screen_results
    from mapping.pipeline.diff import diff
    from mapping.pipeline.request import require_languages
    from mapping.pipeline.results import find
    from mapping.vocabulary import LANGUAGES

    place, languages = roots.chosen_root(root), tuple(lang or LANGUAGES)
    require_languages(languages)
    screen_results.compared(diff(find(place, before), find(place, now), languages))


@_command("freeze")
def freeze_results(year: Year, root: Root = None) -> None:
    """Keep the results as they were sent: a copy that no run replaces."""
    from mapping import roots
    from mapping.pipeline import screen_results
    from mapping.pipeline.freeze import freeze

    screen_results.frozen(freeze(roots.chosen_root(root), year))


@_command("trace")
def trace_value(
    year: Year,
    asked: Annotated[
        str,
        typer.Argument(
            help="A number's id (tiers-sv:12.3), its mark (tiers-sv:12), a cell "
            "(needs/internal/recruitment/departments) or another reference, a department, "
            "a finding.",
            metavar="ID",
        ),
    ],
    root: Root = None,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    *,
    every: Annotated[
        bool, typer.Option("--all", help="Show every row, not the first ten.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for a program.")] = False,
) -> None:
    """Tell where a value comes from, back to the raw files' rows."""
    from mapping import roots
    from mapping.pipeline import screen_trace, store, tracing

    place = store.Store(roots.chosen_root(root), year)
    with store.listing_errors(place):
        found, words = tracing.trace(place, asked, lang)
    if as_json:
        screen_trace.as_json(found)
    elif isinstance(found, tracing.Mark):
        screen_trace.mark(found, year, words)
    else:
        names = tracing.file_names(found, place.root)
        screen_trace.trace(found, year, words, names, every=every)


@_command("package")
def package_year(
    year: Year,
    root: Root = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="A new folder, or a .zip file; else reports/packages/mapping-YEAR.zip.",
            metavar="PATH",
        ),
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option(
            "--license", help="The address of the licence it is published under.", metavar="URL"
        ),
    ] = None,
) -> None:
    """Package the open edition for publication, as an RO-Crate."""
    from mapping import roots
    from mapping.pipeline import screen_results
    from mapping.pipeline.package import package

    screen_results.packaged(package(roots.chosen_root(root), year, out, licence))


@_command("init")
def init_root(
    folder: Annotated[Path, typer.Argument(help="A new or an empty folder.", metavar="DIR")],
    *,
    notebooks: Annotated[
        bool, typer.Option("--notebooks", help="Copy the report notebooks there, to change them.")
    ] = False,
    protocol: Annotated[
        bool, typer.Option("--protocol", help="Copy the protocols there, to change them.")
    ] = False,
) -> None:
    """Make an empty root: the folders of a mapping."""
    from mapping.pipeline import screen, skeleton

    skeleton.make_root(folder, notebooks=notebooks, protocol=protocol)
    screen.say(f"made {screen.shown_path(folder.resolve())}: see its README.md")


@_command("new")
def new_year(year: Year, root: Root = None) -> None:
    """Make the folder of a new year, with templates of its raw files."""
    from mapping import roots
    from mapping.pipeline import screen
    from mapping.pipeline.new_year import PAGES, make_year

    made = make_year(roots.chosen_root(root), year)
    screen.say(f"made {screen.shown_path(made.folder)}: see its {' or '.join(PAGES)}")
    if made.follows is not None:
        invented = ", an invented example" * made.follows.synthetic
        screen.say(f"departments.csv and protocol are those of {made.follows.year}{invented}")
    screen.say(
        f"next: fill in study.toml, put in the data, and then: mapping check {year}{_options(root)}"
    )


@_command("example")
def write_example_study(root: Root = None) -> None:
    """Write the synthetic example study."""
    from mapping import roots
    from mapping.example import write_example
    from mapping.pipeline import screen

    for path in write_example(roots.chosen_root(root)):
        screen.say(screen.shown_path(path))
