"""What the command line shows of finished results: verified, frozen, compared."""

from __future__ import annotations

from collections.abc import Iterable

from mapping.pipeline import made_from
from mapping.pipeline.freeze import Frozen
from mapping.pipeline.results import Difference, Kind
from mapping.pipeline.screen import say, shown_path, table
from mapping.pipeline.verify import FileDifference, Verification, some

_STORED: tuple[Kind, ...] = ("reports", "tables")


def verified(found: Verification) -> None:
    """What differs, each thing by name, and the verdict in the last line."""
    named = [*found.made_from, *found.stored]
    differences(named, (*made_from.KINDS, *_STORED))
    if found.rerun and found.rerun.failed:
        say(f"not made again: {found.rerun.failed}")
    elif found.rerun:
        same = found.rerun.files - len(found.rerun.different)
        say(f"made again: {same} of {found.rerun.files} files are the same to the byte")
        _files(found.rerun.different)
    say(f"{found.results.name}: {found.verdict}")


def frozen(made: Frozen) -> None:
    """What was frozen, where, what is not in it, and what has changed since it was made."""
    say(f"frozen: {shown_path(made.folder)}, {len(made.files)} files, read-only")
    if made.not_made:
        say(f"not in it, for no run made them: {some(made.not_made)}")
    if made.since:
        names = some([f"{one.kind} {one.told}" for one in made.since])
        say(f"it was made before these changed: {names}")
        if any(one.kind == "protocol" for one in made.since):
            say("a protocol that has changed since is not in it: keep it beside the copy")
    say(f"to check it at any time: mapping verify {made.folder.name}")


def differences(named: Iterable[Difference], kinds: Iterable[Kind]) -> None:
    """Every thing that differs, one a line, by kind; nothing if there is none."""
    found = list(named)
    rows = [(kind, one.name, one.how) for kind in kinds for one in found if one.kind == kind]
    if rows:
        table(("kind", "name", "how it differs"), rows)
        say()


def _files(different: Iterable[FileDifference]) -> None:
    """Every file that differs, with the first difference in it."""
    rows = [(one.name, "edited since" if one.edited else one.how, one.what) for one in different]
    if rows:
        table(("file", "how", "stored, and made again"), rows)
