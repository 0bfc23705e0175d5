"""Two years' studies in one object: what has changed since the baseline.

    years on disk -> the same departments, by one protocol -> transitions, change, verdicts, trend

A researcher's one call is :func:`follow_up`. The baseline is read from its raw files and computed
anew, by its own protocol (as it was reported) and by that of the later year (to be compared).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pandas as pd

from mapping import change_calibration, processed, roots
from mapping.change_calibration import ChangeCalibration
from mapping.errors import DataError, Problem, UsageError, by_place
from mapping.followup import change, lineage, pooling, transitions, trend, verdicts, yardstick
from mapping.followup.years import Stages
from mapping.instruments import StudySettings, read_settings
from mapping.instruments.lineage import contradictions, misfits
from mapping.participation import participating
from mapping.protocol import Protocol, load_protocol
from mapping.schemas import conform
from mapping.study import Study, load_year

NONE = 0
"""The baseline of a year that is to be compared with none."""


@dataclass(frozen=True)
class FollowUp:
    """A year beside its baseline; all frames, none to be changed.

    ``years`` holds the studies of the earlier years by their year, the baseline among them, each
    by its own protocol; ``left_out`` the earlier years on disk that are not compared, each with
    the reason (a key of the texts). Tables that the year's study has stored are shown as they
    are, never computed again. ``calibration`` says how far a change can be trusted; None if the
    protocol was never tried on simulated pairs of years. ``made_by`` is the protocol by which
    the later year was asked and coded, if it is shown by another.
    """

    now: Study
    baseline: int
    years: Mapping[int, Study]
    left_out: Mapping[int, str] = field(default_factory=dict)
    calibration: ChangeCalibration | None = None
    made_by: Protocol | None = None

    @property
    def protocol(self) -> Protocol:
        """The method by which both years are compared: that of the later year."""
        return self.now.protocol

    @property
    def year(self) -> int:
        """The later year."""
        return self.now.settings.year

    @property
    def command(self) -> str | None:
        """The command that makes the comparison again; None under another protocol.

        It names the baseline unless it is the year before on disk, which a run takes by itself.
        """
        if self.now.command is None or self.baseline == max({*self.years, *self.left_out}):
            return self.now.command
        return f"{self.now.command} --baseline {self.baseline}"

    @property
    def reported(self) -> Study:
        """The baseline as it was reported: by its own protocol, under its own ids."""
        return self.years[self.baseline]

    @property
    def as_made(self) -> Study:
        """The later year by the protocol by which it was asked and coded."""
        return by_protocol(self.now, self.made_by or self.protocol)

    @cached_property
    def then(self) -> Study:
        """The baseline by the later year's protocol, under its own ids."""
        return by_protocol(self.reported, self.protocol)

    @cached_property
    def lineage(self) -> pd.DataFrame:
        """Every row of the lineage of all years but the first, see :func:`joined_lineage`."""
        return joined_lineage({**self.years, self.year: self.now})

    @cached_property
    def followed(self) -> pd.DataFrame:
        """The departments of both years, and the ids by which they are followed."""
        frames = {self.baseline: _frame(self.reported), self.year: _frame(self.now)}
        return lineage.follow(frames, self.lineage)

    @cached_property
    def units_then(self) -> Study:
        """The baseline by the later protocol, merged and split departments put together."""
        return pooled(self.then, _ids(self.followed, self.baseline))

    @cached_property
    def units_now(self) -> Study:
        """The later year, merged and split departments put together."""
        return pooled(self.now, _ids(self.followed, self.year))

    @cached_property
    def pairs_then(self) -> Study:
        """The baseline with the evidence of the departments seen in both years alone."""
        return only(self.units_then, transitions.paired(self.transitions))

    @cached_property
    def pairs_now(self) -> Study:
        """The later year with the evidence of the departments seen in both years alone."""
        return only(self.units_now, transitions.paired(self.transitions))

    @cached_property
    def yardstick(self) -> pd.DataFrame:
        """Table ``yardstick``: one row is something that was measured otherwise."""
        return self._table(
            "yardstick",
            lambda: yardstick.yardstick(self.reported, self.as_made, self.protocol),
        )

    @cached_property
    def transitions(self) -> pd.DataFrame:
        """Table ``transitions``: one row is a department of either year."""
        return self._table(
            "transitions",
            lambda: transitions.transitions(self.followed, self.units_then, self.units_now),
        )

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Table ``flows``: one row is a tier then and a tier now."""
        return self._table(
            "flows",
            lambda: transitions.flows(
                self.transitions, len(self.units_then.departments), self.protocol
            ),
        )

    @cached_property
    def movements(self) -> pd.DataFrame:
        """Table ``movements``: one row is a department seen in both years and a measure."""
        return self._table(
            "movements",
            lambda: change.movements(self.pairs_then, self.pairs_now, self.yardstick),
        )

    @property
    def stages(self) -> Stages:
        """The way from the baseline as it was reported to the year as it is."""
        return Stages(self.reported, self.then, self.pairs_then, self.pairs_now, self.now)

    @cached_property
    def change(self) -> pd.DataFrame:
        """Table ``change``: one row is a measure, with its test."""
        return self._table("change", lambda: change.change(self.stages, self.yardstick))

    @cached_property
    def verdict_changes(self) -> pd.DataFrame:
        """Table ``verdict_changes``: one row is a finding."""
        return self._table(
            "verdict_changes", lambda: verdicts.verdict_changes(self.stages, self.yardstick)
        )

    @cached_property
    def trend(self) -> pd.DataFrame:
        """Table ``trend``: one row is a year, a set of departments and a measure."""
        return self._table("trend", self._trend)

    def _trend(self) -> pd.DataFrame:
        """Every year by the later protocol, and the same departments throughout beside it."""
        own = {**self.years, self.year: self.as_made}
        frames = {year: _frame(study) for year, study in own.items()}
        followed = lineage.follow(frames, self.lineage)
        every = {year: self._by_protocol(year) for year in own}
        units = {year: pooled(study, _ids(followed, year)) for year, study in every.items()}
        order = sorted(own)
        steps = {
            year: yardstick.yardstick(own[before], own[year], self.protocol)
            for before, year in pairwise(order)
        }
        return trend.trend(every, units, steps)

    def _by_protocol(self, year: int) -> Study:
        """A year by the later protocol; what is known of the two years is computed once."""
        if year == self.year:
            return self.now
        own = year == self.baseline
        return self.then if own else by_protocol(self.years[year], self.protocol)

    def require_sound(self) -> None:
        """Read every year and follow its lineage, which else is done when it is first needed.

        Raises
        ------
        DataError
            With every problem of every earlier year; if there is none, with all of the lineage.

        """
        _all_of({year: partial(self.years.get, year) for year in self.years})
        _ = self.lineage

    def write(self, out: str | Path | None, *names: str) -> None:
        """Write these tables as Parquet into the folder ``out``; nothing if it is None."""
        if out is not None:
            for name in names:
                processed.write_table(getattr(self, name), Path(out), name)

    def _table(self, name: str, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        stored = self.now.stored
        made = stored.baseline if isinstance(stored, processed.StoredTables) else None
        holds = name in stored and made in (None, self.baseline)
        return stored[name] if holds else compute()


def by_protocol(study: Study, protocol: Protocol) -> Study:
    """The study's evidence under another protocol; the study itself if it is its own."""
    if study.protocol == protocol:
        return study
    evidence = pooling.known_to(study.evidence, protocol)
    return Study(study.raw, protocol, {"evidence": evidence, "respondents": study.respondents})


def pooled(study: Study, ids: Mapping[str, str]) -> Study:
    """The study under the ids by which its departments are followed; itself if they are its own."""
    if all(own == followed for own, followed in ids.items()):
        return study
    raw = replace(study.raw, departments=pooling.pooled_register(study.departments, ids))
    named = ("evidence", "respondents")
    own = {name: conform(pooling.renamed(getattr(study, name), ids), name) for name in named}
    return Study(raw, study.protocol, own)


ALONE = ("indicators", "constructs", "criteria", "recommendations")
"""Tables whose rows of a department rest on its own evidence alone: the same beside any others."""


def only(study: Study, departments: Collection[str]) -> Study:
    """The study with the evidence of these departments alone; the register stays as it is."""
    if set(departments) == set(participating(study.evidence)):
        return study
    tables = ("evidence", "respondents", *ALONE)
    own = {name: pooling.of_departments(getattr(study, name), departments) for name in tables}
    return Study(study.raw, study.protocol, own)


def _frame(study: Study) -> list[str]:
    return study.departments["department_id"].tolist()


def _ids(followed: pd.DataFrame, year: int) -> dict[str, str]:
    """The id by which each department of a year is followed."""
    own = followed[followed["year"] == year]
    return dict(zip(own["department_id"], own["followed"], strict=True))


def joined_lineage(years: Mapping[int, Study]) -> pd.DataFrame:
    """The lineage of all years but the first, each row once, whichever years' files tell it.

    Of a row that several files have, the latest word on its kind holds. Rows of the first year
    and before are held against the frames too, and then left out: nothing is compared with what
    was there then.

    Raises
    ------
    DataError
        Rows contradict each other, or do not fit the years' frames; each of them is named.

    """
    first, latest = min(years), max(years)
    tables = [
        study.raw.lineage.assign(file=_place(year, latest))
        for year, study in sorted(years.items(), reverse=True)
        if year > first
    ]
    every = pd.concat(tables).drop_duplicates(["from_id", "to_id", "year"], ignore_index=True)
    recent = every[every["year"] > first].reset_index(drop=True)
    frames = {year: _frame(study) for year, study in sorted(years.items())}
    if problems := [*contradictions(every), *misfits(every, frames)]:
        raise DataError(by_place(problems))
    return recent


def _place(year: int, latest: int) -> str:
    """The lineage file of a year, named as errors name it: with the year if it is another."""
    return "lineage.csv" if year == latest else f"{year}/lineage.csv"


def follow_up(
    study: Study, root: str | Path | None = None, *, baseline: int | None = None
) -> FollowUp:
    """A study beside its baseline: the year before on disk, or the one that is named.

    ``root`` is the folder with ``data/raw`` (found from the working folder upwards if None).

    Raises
    ------
    UsageError
        There is no such year or none before the study's; the baseline is not earlier; one of the
        two is synthetic and the other is not; their protocols do not belong together.
    DataError
        An earlier year is not finished, or the lineage is wrong: every problem names its file.
        Of years whose study.toml is right that is told when they are first needed, or by
        :meth:`FollowUp.require_sound`.

    """
    place = roots.chosen_root(None if root is None else Path(root))
    now = study.settings
    chosen, reasons = _earlier(now, place, baseline)
    compared = [other for other, reason in reasons.items() if not reason]
    left_out = {other: reason for other, reason in reasons.items() if reason}
    used = roots.protocol(place, study.protocol.name).folder
    made = change_calibration.read(used, study.protocol)
    other = study.protocol.name != now.protocol
    made_by = load_protocol(roots.protocol(place, now.protocol).folder) if other else None
    return FollowUp(study, chosen, Years(place, compared), left_out, made, made_by)


def follow_up_if_any(
    study: Study, root: str | Path | None = None, *, baseline: int | None = None
) -> FollowUp | None:
    """As :func:`follow_up`; None if there is no year before, or the baseline is 0."""
    place = roots.chosen_root(None if root is None else Path(root))
    earlier = earlier_year(place, study.settings.year) if baseline is None else baseline
    return follow_up(study, place, baseline=earlier) if earlier else None


def command(study: Study, follow: FollowUp | None, baseline: int | None) -> str | None:
    """The command that makes a year's report again, beside the baseline or without one.

    ``baseline`` is what was asked for; None under another protocol.
    """
    if follow is not None:
        return follow.command
    asked = " --no-baseline" if baseline == NONE else ""
    return f"{study.command}{asked}" if study.command else None


def with_earlier(
    error: DataError, now: StudySettings, root: Path, baseline: int | None
) -> DataError:
    """The errors of a year that cannot be read, and those of the earlier years beside them.

    The earlier years are those that it would be compared with; ``baseline`` is what was asked
    for, as for :func:`follow_up_if_any`.
    """
    asked = earlier_year(root, now.year) if baseline is None else baseline
    try:
        reasons = _earlier(now, root, asked)[1] if asked else {}
        years = Years(root, [year for year, reason in reasons.items() if not reason])
        _all_of({year: partial(years.get, year) for year in years})
    except DataError as earlier:
        return _together([error, earlier])
    except UsageError:  # told when the year itself is right
        return error
    return error


class Years(Mapping[int, Study]):
    """Studies of years on disk, each by its own protocol, read when it is first asked for."""

    def __init__(self, root: Path, years: Sequence[int]) -> None:
        self._root, self._years = root, tuple(sorted(years))
        self._read: dict[int, Study] = {}

    def __getitem__(self, year: int) -> Study:
        if year not in self._years:
            raise KeyError(year)
        if year not in self._read:
            self._read[year] = _read(self._root, year, self._load)
        return self._read[year]

    def _load(self, folder: Path) -> Study:
        return load_year(int(folder.name), self._root)

    def __iter__(self) -> Iterator[int]:
        return iter(self._years)

    def __len__(self) -> int:
        return len(self._years)


def earlier_year(root: Path, year: int) -> int | None:
    """The latest year before this one that has a folder of raw data; None if there is none."""
    return max((other for other in _years(root) if other < year), default=None)


def _years(root: Path) -> list[int]:
    return [int(name) for name in roots.raw_years(root)]


def _earlier(now: StudySettings, root: Path, baseline: int | None) -> tuple[int, dict[int, str]]:
    """The baseline; and of every earlier year why it cannot be compared, blank if it can.

    The baseline itself can: if not, that is wrong use.
    """
    earlier = [other for other in _years(root) if other < now.year]
    chosen = _chosen(baseline, now.year, earlier)
    line = protocol_line(root, now.protocol)
    settings = _all_of({other: partial(_read, root, other, read_settings) for other in earlier})
    reasons = {other: _reason(now, then, line) for other, then in settings.items()}
    if reason := reasons[chosen]:
        raise UsageError(_refusal(reason, now, settings[chosen]))
    return chosen, reasons


def _chosen(baseline: int | None, year: int, earlier: Sequence[int]) -> int:
    """The year to compare with: the one that is named, or else the latest of the earlier ones."""
    if baseline is not None and baseline in earlier:
        return baseline
    there = f"years before {year} in data/raw: {', '.join(map(str, earlier)) or 'none'}"
    if baseline is None and earlier:
        return earlier[-1]
    if baseline is None or baseline == NONE:
        raise UsageError(f"no year to compare {year} with; {there}")
    wrong = f"is not before {year}" if baseline >= year else "has no folder in data/raw"
    raise UsageError(f"the baseline {baseline} {wrong}; {there}. {_OTHERWISE}")


Result = TypeVar("Result")


def _read(root: Path, year: int, read: Callable[[Path], Result]) -> Result:
    """What is read of an earlier year; its problems name the year before the file."""
    try:
        return read(roots.raw_folder(root, year))
    except DataError as error:
        problems = [replace(problem, file=f"{year}/{problem.file}") for problem in error.problems]
        told = DataError(problems)
        told.add_note(
            f"{year} is compared with and is not finished: finish it (mapping check {year}), move "
            "its folder out of data/raw, or run with --no-baseline"
        )
        raise told from None


def _all_of(reads: Mapping[int, Callable[[], Result]]) -> dict[int, Result]:
    """What is read of each year; the problems of all years at once, each of them once."""
    done: dict[int, Result] = {}
    wrong: list[DataError] = []
    for year, read in reads.items():
        try:
            done[year] = read()
        except DataError as error:
            wrong.append(error)
    if wrong:
        raise _together(wrong)
    return done


def _together(errors: Sequence[DataError]) -> DataError:
    """All problems of these errors, each of them once, and all notes."""
    problems = dict.fromkeys(problem for error in errors for problem in error.problems)
    told = DataError(by_place(problems))
    for error in errors:
        for note in getattr(error, "__notes__", []):
            told.add_note(note)
    return told


def protocol_line(root: Path, name: str) -> tuple[str, ...]:
    """The protocol, the one that it follows, the one that that one follows, and so on.

    Raises
    ------
    DataError
        One of them is not there, or they go round in a circle.

    """
    line = [name]
    while follows := load_protocol(roots.protocol(root, line[-1]).folder).follows:
        if follows in line:
            raise _wrong_follows(line[-1], follows, "a protocol that does not follow this one")
        try:
            roots.protocol(root, follows)
        except DataError as error:
            raise _wrong_follows(line[-1], follows, error.problems[0].expected) from None
        line.append(follows)
    return tuple(line)


def _wrong_follows(name: str, follows: str, expected: str) -> DataError:
    remedy = "Correct the name, or remove follows."
    place = f"{name}/protocol.toml"
    return DataError([Problem(place, None, "follows", repr(follows), expected, remedy)])


_OTHERWISE = "Name another year by --baseline, or run with --no-baseline"

_REFUSED = {
    "real": "{then} is real and {now} is synthetic: invented and real data are never compared",
    "synthetic": "{then} is synthetic and {now} is real: invented and real data are never compared",
    "protocol": "{then} was made by the protocol {old}, which {new}, that of {now}, does not "
    "follow: years are compared if their protocol is the same, or if protocol.toml of the later "
    'one says follows = "{old}"',
}
"""Why a year cannot be compared, by the reason that the texts have for it too."""


def _refusal(reason: str, now: StudySettings, then: StudySettings) -> str:
    why = _REFUSED[reason].format(now=now.year, then=then.year, new=now.protocol, old=then.protocol)
    mended = "" if reason == "protocol" else f", or correct synthetic in {now.year}/study.toml"
    return f"{why}. {_OTHERWISE}{mended}"


def _reason(now: StudySettings, then: StudySettings, line: Sequence[str]) -> str:
    """Why an earlier year cannot be compared with this one; blank if it can."""
    if then.synthetic != now.synthetic:
        return "synthetic" if then.synthetic else "real"
    return "" if then.protocol in line else "protocol"
