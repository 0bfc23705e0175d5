"""What ``mapping check`` says, in the words of its screen and of its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mapping.instruments.recognised import Mapped
from mapping.instruments.study_settings import NAME as SETTINGS
from mapping.instruments.study_settings import Fieldwork
from mapping.pipeline.doctor import Compared, FileNotRead, OneYear
from mapping.pipeline.examination import CodingsLeftOut, FileFound, Names

MEND = (
    f"What is unknown is left out. To have it read, put these lines into {SETTINGS}, and correct "
    "them where they guess wrong; where it has the heading in brackets already, put them below it. "
    "A line that begins with # needs a decision: fill it in, and take the # off."
)

LONGEST = 100
"""Letters of a name that a line shows."""

_LEFT_OUT = {
    "real": "its data are real, those of this year invented",
    "synthetic": "its data are invented, those of this year real",
    "protocol": "its protocol is another one, which that of this year does not follow",
}
_PLURALS = {"department_id": "departments"}
_NOT_WANTED = {"document": "not used", "column": "not needed", "attribute": "not needed"}


def counted(number: int, what: str) -> str:
    """A number and what it counts: ``1 error``, ``2,000 errors``."""
    return f"{number:,} {what}{'s'[: number != 1]}"


def some(names: Sequence[str], most: int | None = None) -> str:
    """The names, of many only so many."""
    more = len(names) - (most or len(names))
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def kind_of(file: FileFound) -> str:
    """What a file was recognised as, and what results call it."""
    called = f"; called {file.called} in results" if file.called else ""
    return f"{file.found.kind}, read as {file.found.instrument}{called}"


def counts_of(counts: Mapping[str, int]) -> str:
    """Numbers by what is counted: ``sources 3, codings 40``; of nothing only the first is told."""
    told = [pair for place, pair in enumerate(counts.items()) if pair[1] or not place]
    return ", ".join(f"{what} {number:,}" for what, number in told)


def plural(what: str) -> str:
    """Names of a kind: ``codes``; the kind may be a column whose texts have other names."""
    if what in _PLURALS or what.isalpha():
        return _PLURALS.get(what, f"{what}s")
    return f"answers to {what}"


def read_in_short(names: Names, most: int) -> str:
    """How many names were read, and those that are called otherwise, of many only so many."""
    told = [f"{_named(one)} as {one.to}" for one in names.renamed]
    plain = f"{len(names.read) + names.unnamed:,} read"
    parts = [f"{plain}: {some(told, most)}" if told else plain]
    if names.left_out:
        parts.append(f"{len(names.left_out):,} {not_wanted(names.what)}")
    if names.unknown:
        parts.append(f"{len(names.unknown):,} unknown, and left out")
    return "; ".join(parts)


def not_wanted(what: str) -> str:
    """What became of names of a kind that need no look."""
    return _NOT_WANTED.get(what, "left out on purpose")


def _named(one: Mapped) -> str:
    times = f" ({one.count:,})" if one.count > 1 else ""
    return f"“{_line(one.name)}”{times}"


def _line(text: str) -> str:
    """A name on one line; of a long one the middle is left out, for what differs is at its end."""
    line = text.replace("\n", " ")
    if len(line) <= LONGEST:
        return line
    half = LONGEST // 2
    return f"{line[:half].rstrip()} … {line[-half:].lstrip()}"


def unknown(one: Mapped) -> str:
    """A name that was read as nothing, how often it comes, and what it may be meant as."""
    times = f", {one.count:,} times" if one.count > 1 else ""
    near = f": did you mean {one.nearest}?" if one.nearest else ""
    return f"“{_line(one.name)}”{times}{near}"


def codings(left_out: CodingsLeftOut) -> str:
    """That codings are left out for their codes are unknown; blank if none are."""
    if not left_out.unknown:
        return ""
    number = sum(left_out.unknown.values())
    codes = counted(len(left_out.unknown), "code")
    verb = "are" if number != 1 else "is"
    return f"{counted(number, 'coding')} of {codes} that the protocol does not have {verb} left out"


def corrected(counts: Mapping[str, int]) -> str:
    """How many corrections were applied, and to which files; blank if there are none."""
    if not counts:
        return ""
    files = ", ".join(f"{file} {count}" for file, count in counts.items())
    return f"corrections applied: {sum(counts.values())} ({files})"


def fieldwork(days: Fieldwork) -> str:
    """The days that all data are held against."""
    return f"fieldwork: {days.start} to {days.end}; no date is outside it"


def compared(found: Compared) -> Iterator[str]:
    """The earlier year that the year is compared with, and those that it is not."""
    if found.baseline is not None:
        departments = counted(found.departments, "department")
        yield f"compared with {found.baseline}: {departments} seen in both years"
        yield from one_year(found.one_year)
        for ident, parts in found.going_on.items():
            yield f"{ident} goes on beside {' and '.join(parts)}"
    elif not found.refused:
        yield "compared with no earlier year"
    for year, reason in found.left_out.items():
        yield f"{year} is left out: {_LEFT_OUT[reason]}"


def one_year(found: OneYear, most: int | None = None) -> Iterator[str]:
    """One line on the departments of one register alone, at most so many; none if none are."""
    if found.ids:
        named = [f"only in {year}: {some(ids, most)}" for year, ids in found.ids.items()]
        yield (
            f"{'; '.join(named)}. If any of them was merged, split or renamed, say so in "
            "lineage.csv; closed and new ones need nothing."
        )


def without_contact(departments: Sequence[str]) -> Iterator[str]:
    """One line on the departments whose report is sent to nobody; none if there are none."""
    if departments:
        yield f"{counted(len(departments), 'department')} without contact: {some(departments)}"


def not_read(file: FileNotRead) -> str:
    """A file that was passed over, on one line."""
    return "; ".join([f"{_line(file.name)}: not read", *hint(file)])


def hint(file: FileNotRead) -> list[str]:
    """What its name comes close to, if anything."""
    if file.nearest is None:
        return []
    return [f"did you mean {file.nearest}?" if file.misnamed else f"{file.nearest} is read"]


def of_files(files: Iterable[FileFound]) -> tuple[FileFound, ...]:
    """The files of which there is more to tell than how many rows they have."""
    return tuple(file for file in files if not file.plain)
