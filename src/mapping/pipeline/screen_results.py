"""What the command line shows of finished results: verified, frozen, compared."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from mapping.pipeline import made_from
from mapping.pipeline.diff import Diff, SentenceChange, TierMove
from mapping.pipeline.freeze import Frozen
from mapping.pipeline.package import Package
from mapping.pipeline.results import Difference, Kind
from mapping.pipeline.screen import say, shown_path, table
from mapping.pipeline.table_changes import ADDED, CHANGED, REMOVED, told_cell
from mapping.pipeline.verify import FileDifference, Verification, some

_MOST_ROWS = 12
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


def packaged(made: Package) -> None:
    """What was packaged, and what was looked for in it."""
    say(f"packaged: {shown_path(made.path)}, {len(made.files)} files, read back and compared")
    say(
        f"no id or name of a department stands in it ({made.searched} were looked for, of every "
        "year on disk); read it yourself before you publish it"
    )


def compared(found: Diff) -> None:
    """What moved between two results: what they are made from, tiers, sentences, tables."""
    say(f"{found.before.name}, and now {found.now.name}")
    if found.edited:
        names = some([f"{of}: {file.kind} {file.told}" for of, file in found.edited])
        say(f"not as its run left it, so that a difference may be an edit: {names}")
    differences(found.made_from, made_from.KINDS)
    if not found.of_one_year:
        say(
            f"of two years only the method is compared here: what has changed between "
            f"{found.before.year} and {found.now.year}, departments that were merged or split "
            f"included, is told by the follow-up: mapping run {_later(found)} --only followup"
        )
        return
    if not found.made_from:
        say("made from the same inputs, by the same method")
    _tiers(found)
    _sentences(found)
    _tables(found)


def _later(found: Diff) -> str:
    earlier, later = sorted((found.before.year, found.now.year))
    return f"{later} --baseline {earlier}"


def _tiers(found: Diff) -> None:
    moved = [move for move in found.tiers if move.moved]
    say(f"tiers: {len(moved)} moved")
    for move in moved:
        _move(move)
    if others := [move.department for move in found.tiers if not move.moved]:
        say(f"nearer to or further from their tier: {some(others)}")


def _move(move: TierMove) -> None:
    cells = "; ".join(told_cell(*cell) for cell in move.cells) or move.how
    say(f"  {move.department}: {cells}")
    for aspect in move.aspects:
        told = "; ".join(told_cell(*cell) for cell in aspect.cells) or aspect.how
        say(f"    aspect {aspect.key[-1]}: {told}")
    for datum in move.evidence[:_MOST_ROWS]:
        say(f"    {datum.told}")
    if len(move.evidence) > _MOST_ROWS:
        say(f"    and {len(move.evidence) - _MOST_ROWS} more of its data")
    if not move.evidence:
        say("    none of its data differ")
    if move.rests_on:
        say(f"    and of the method: {some(move.rests_on)}")


def _sentences(found: Diff) -> None:
    say(f"\nsentences: {len(found.sentences)} differ")
    for notebook, group in groupby(found.sentences, lambda one: one.notebook):
        say(f"\n{notebook}")
        rows = [(one.before, one.now, _under(one)) for one in group]
        table((found.before.name, found.now.name, "its numbers rest on these changes"), rows)
    for name, how in found.alone:
        say(f"{name}: {how} as a whole")


def _under(change: SentenceChange) -> str:
    """What has changed under a sentence, and what its numbers are from."""
    origin = f"from {', '.join(change.tables)}" if change.tables else some(change.numbers)
    return "; ".join(filter(None, [some(change.rests_on) or "nothing known", origin]))


def _tables(found: Diff) -> None:
    rows = [
        (one.name, *(one.count(how) or None for how in (ADDED, REMOVED, CHANGED)), one.told)
        for one in found.tables
    ]
    say()
    if rows:
        table(("table", "rows added", "removed", "changed", "first difference"), rows)
    else:
        say("every table has the same rows")


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
