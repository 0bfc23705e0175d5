"""What ``mapping convert`` shows: each table, and what of its files is not in it."""

from __future__ import annotations

from mapping.pipeline import check_words as words
from mapping.pipeline.convert import Conversion, Converted
from mapping.pipeline.examination import codings_left_out, files_found
from mapping.pipeline.screen import say, shown_path
from mapping.pipeline.screen_check import files_found as show_files
from mapping.pipeline.screen_check import for_settings
from mapping.pipeline.settings_lines import lines_for_settings


def converted(made: Conversion) -> None:
    """Each table: rows, files and kinds, what was left out, and what it needs before it is used."""
    for one in made.tables:
        _table(one)
    for name in made.not_read:
        say(f"{name}: not read")
    found = [recognised for one in made.tables for recognised in one.found]
    show_files(files_found(found))
    for_settings(lines_for_settings(found))
    say("\nThese tables are as confidential as the files that they were made from.")


def _table(one: Converted) -> None:
    kinds = {found.file: found.kind for found in one.found}
    sources = ", ".join(f"{name} ({kinds[name]})" if name in kinds else name for name in one.files)
    say(f"{shown_path(one.path)}: {words.counted(one.count, 'row')}, from {sources}")
    say(f"  {one.rows}")
    if one.extra:
        columns = ", ".join(one.extra)
        say(f"  left out: {words.counted(len(one.extra), 'column')} ({columns})")
    if line := words.codings(codings_left_out(one.found)):
        say(f"  {line}")
    if one.undated:
        say(
            f"  {words.counted(one.undated, 'row')} without a date: fill in the column date before "
            f"{one.path.name} can itself be a raw file"
        )
