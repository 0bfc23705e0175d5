"""A study written in each format and read back is the same study.

What the formats cannot hold stands with them, in ``foreign_formats``; all else is equal, exactly.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from awkward_study import (
    CODERS,
    EMAIL,
    PERSONS,
    SETTINGS,
    YEAR,
    awkward_study,
    contract,
    decomposed,
    protocol,
)
from awkward_study import rows_of as table_of
from foreign_formats import FOREIGN, TOGETHER, Foreign, contents
from limesurvey_exports import HIDDEN

from mapping.errors import DataError
from mapping.instruments import RawYear, interviews, parse_settings, parse_year, survey, workshop
from mapping.instruments.recognised import Mapped, Recognised
from mapping.masking import unmasked
from mapping.pipeline.convert import convert
from mapping.study import Study

INSTRUMENTS = {
    interviews.NAME: "interview",
    workshop.NAME: "workshop",
    survey.NAME: "survey",
}
RESULTS = ("indicators", "constructs", "tiers", "needs", "swot", "participation")
FRAMES = (
    *("departments", "interviews", "workshop", "survey", "respondents"),
    *("corrections", "lineage"),
)
PLACES = ["file", "row"]
TEXTS = {interviews.NAME: "excerpt", workshop.NAME: "statement"}

EACH = tuple(name for name in FOREIGN if name.endswith("-each"))
WITHOUT_IDS = tuple(
    name
    for name in FOREIGN
    if name.startswith(("qdpx", "taguette", "qualcoder", "maxqda", "blocks")) and name not in EACH
)
WITH_IDS = tuple(name for name in FOREIGN if name not in {*EACH, *WITHOUT_IDS})
COMPUTED = (*WITHOUT_IDS, "other-layout", "xlsx-survey")
"""The formats whose results are computed: of the others the raw data are the same to a cell."""


def read(files: Mapping[str, bytes]) -> RawYear:
    return parse_year(files, protocol(), parse_settings(files[SETTINGS], YEAR))


@cache
def reference() -> Study:
    """The study by the contract."""
    return Study(read(contract(awkward_study())), protocol())


@cache
def foreign(name: str) -> Foreign:
    return FOREIGN[name](awkward_study())


@cache
def read_as(name: str) -> RawYear:
    """The year with a table in a foreign format."""
    return read(contents(awkward_study(), foreign(name)))


@cache
def all_foreign(name: str) -> Study:
    """A year in which everything is foreign."""
    given = [foreign(each) for each in TOGETHER[name]]
    return Study(read(contents(awkward_study(), *given)), protocol())


def rows_of(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """The rows as texts, those of missing cells blank."""
    cells = frame.astype(object).where(frame.notna(), "")
    return [tuple(map(str, row)) for row in cells.itertuples(index=False, name=None)]


def units_of(evidence: pd.DataFrame, given: Foreign) -> Counter[object]:
    """The units of an instrument by what was seen in them, and by their id if formats keep it."""
    own = evidence[evidence["instrument"] == INSTRUMENTS[given.table]]
    rows = rows_of(own.drop(columns=[*PLACES, "evidence_id", "unit", *given.lacks]))
    seen: dict[str, list[tuple[str, ...]]] = {}
    for unit, row in zip(own["unit"], rows, strict=True):
        seen.setdefault(unit, []).append(row)
    return Counter((unit if given.ids else "", *sorted(found)) for unit, found in seen.items())


def respondents_of(study: Study, given: Foreign) -> Counter[object]:
    """The respondents of an instrument, by their id if the format keeps it."""
    own = study.respondents[study.respondents["instrument"] == INSTRUMENTS[given.table]]
    lacking = [] if given.interview_ids else ["respondent"]
    return Counter(rows_of(own.drop(columns=[*lacking, *given.lacks])))


def assert_same_evidence(study: Study, given: Foreign) -> None:
    assert units_of(study.evidence, given) == units_of(reference().evidence, given)
    assert respondents_of(study, given) == respondents_of(reference(), given)
    own = study.evidence["instrument"] == INSTRUMENTS[given.table]
    for column in given.lacks:
        assert study.evidence.loc[own, column].isna().all()


def assert_same_frames(raw: RawYear, expected: RawYear, names: Sequence[str] = FRAMES) -> None:
    """All frames are the same to a cell, but for the files and rows that they come from."""
    for name in names:
        there, wanted = getattr(raw, name), getattr(expected, name)
        kept = [column for column in wanted if column not in PLACES]
        assert list(there) == list(wanted)
        pd.testing.assert_frame_equal(there[kept], wanted[kept], check_exact=True)


def assert_same_results(study: Study) -> None:
    for name in RESULTS:
        pd.testing.assert_frame_equal(
            getattr(study, name), getattr(reference(), name), check_exact=True
        )


@pytest.mark.parametrize("name", WITH_IDS)
def test_a_format_that_keeps_ids_gives_the_same_frames(name: str) -> None:
    assert_same_frames(read_as(name), reference().raw)


@pytest.mark.parametrize("name", COMPUTED)
def test_a_study_in_a_foreign_format_gives_the_same_evidence_and_results(name: str) -> None:
    study = Study(read_as(name), protocol())
    assert_same_results(study)
    if foreign(name).table in INSTRUMENTS:
        assert_same_evidence(study, foreign(name))


@pytest.mark.parametrize("name", EACH)
def test_a_project_of_each_coder_gives_the_same_frames_as_one_of_all(name: str) -> None:
    assert_same_frames(read_as(name), read_as(name.removesuffix("-each")))


@pytest.mark.parametrize("name", TOGETHER)
def test_a_year_in_which_everything_is_foreign_is_the_same(name: str) -> None:
    study = all_foreign(name)
    assert_same_results(study)
    assert_same_frames(study.raw, reference().raw, ("departments", "corrections", "lineage"))
    for one in map(foreign, TOGETHER[name]):
        if one.table in INSTRUMENTS:
            assert_same_evidence(study, one)


APART = (
    *("qdpx-nvivo", "qdpx-atlas_ti-each", "taguette", "blocks-beside"),
    *("limesurvey-codetext-long-sv", "vv-2", "r-pair", "lsa", "sav", "other-layout"),
    *("xlsx-interviews", "renamed-departments"),
)


@pytest.mark.parametrize("name", APART)
def test_letters_with_their_accents_apart_are_the_same_letters(name: str) -> None:
    study = decomposed(awkward_study())
    assert contract(study) != contract(awkward_study())
    raw = read(contents(study, FOREIGN[name](study)))
    if foreign(name).ids:
        assert_same_frames(raw, reference().raw)
    else:
        assert_same_evidence(Study(raw, protocol()), foreign(name))


def test_the_study_is_as_awkward_as_it_should_be() -> None:
    """Else a round trip would show little."""
    study = awkward_study()
    rows = pd.DataFrame(study.interviews)
    marked = rows.assign(place=study.places).groupby("segment_id")
    assert marked["coder"].nunique().max() == 3
    assert marked["place"].nunique().max() >= 3
    assert rows.groupby(["segment_id", "coder"])["code"].nunique().max() == 3
    assert any(ord(sign) > 0xFFFF for sign in "".join(rows["excerpt"]))
    assert rows["excerpt"].str.contains("\n").any()
    assert {*rows["respondent_role"]} > {"", "prefekt"}
    assert reference().raw.respondents["left_out"].value_counts().to_dict().keys() == {
        "incomplete",
        "blank",
    }
    assert reference().raw.survey["date"].isna().any()
    assert set(reference().tiers["tier"]) == {"good", "moderate", "small", "unclassified"}
    assert {row["votes"] for row in study.workshop} == {"", "0", "1", "2", "3", "12"}


# --- converted ------------------------------------------------------------------------------------


def converted(given: Foreign, folder: Path) -> dict[str, bytes]:
    """The contract's tables that are written of a foreign format."""
    files = contents(awkward_study(), given)
    for name in (*given.files, SETTINGS):
        (folder / name).write_bytes(files[name])
    made = convert([folder / name for name in given.files], folder / "out", folder / SETTINGS)
    return {table.path.name: table.path.read_bytes() for table in made.tables}


def texts_of(rows: Iterable[Mapping[str, str]], column: str) -> Counter[tuple[str, str, str]]:
    """What was said, with whose and what it is, whatever line ends it has."""
    about = ("coder", "code") if column == "excerpt" else ("department_id", "quadrant")
    return Counter(
        (*(row[name] for name in about), unmasked(row[column]).replace("\r\n", "\n"))
        for row in rows
    )


def said_in(given: Foreign) -> list[dict[str, str]]:
    """The interviews or notes of the study, with the words that the format has of each."""
    study = awkward_study()
    if given.table == interviews.NAME and given.passages:
        passages = study.passages()
        return [row | {"excerpt": passages[row["segment_id"]]} for row in study.interviews]
    return list(table_of(study, given.table))


CONVERTED = (
    *(name for name in (*COMPUTED, *EACH) if "undated" not in name),
    *("limesurvey-codes", "limesurvey-lss-long-sv", "vv-2", "r-pair", "lsa", "sav"),
    *("xlsx-interviews", "xlsx-workshop", "renamed-survey"),
)


@pytest.mark.parametrize("name", CONVERTED)
def test_what_is_converted_is_what_was_read(name: str, tmp_path: Path) -> None:
    given = foreign(name)
    tables = converted(given, tmp_path)
    assert list(tables) == [given.table]
    assert_same_frames(read(contract(awkward_study()) | tables), read_as(name))
    if given.table in TEXTS:
        rows = csv.DictReader(io.StringIO(tables[given.table].decode("utf-8-sig"), newline=""))
        column = TEXTS[given.table]
        assert texts_of(rows, column) == texts_of(said_in(given), column)


@pytest.mark.parametrize("name", [name for name in COMPUTED if "undated" in name])
def test_what_is_converted_without_dates_lacks_nothing_else(name: str, tmp_path: Path) -> None:
    tables = converted(foreign(name), tmp_path)
    with pytest.raises(DataError) as error:
        read(contract(awkward_study()) | tables)
    assert {(one.file, one.column) for one in error.value.problems} == {
        (foreign(name).table, "date")
    }


# --- personal data --------------------------------------------------------------------------------

CONFIDENTIAL = (*PERSONS, EMAIL, *CODERS, HIDDEN, "café", "Kunniga kollegor")
"""Names, what stands in personal columns, and words of excerpts and statements."""


def written(frame: pd.DataFrame) -> str:
    return frame.to_csv() + repr(frame.attrs)


def test_everything_confidential_is_planted() -> None:
    made = [foreign(name) for name in FOREIGN]
    planted = b"".join(data for one in made for name, data in one.files.items() if ".csv" in name)
    named = {name for one in made for name in one.files}
    for secret in CONFIDENTIAL[:-1]:
        assert secret.encode() in planted
    for coder in CODERS:
        assert {f"{coder}.qdpx", f"interviews-{coder}.csv"} <= named


@pytest.mark.parametrize("name", FOREIGN)
def test_nothing_confidential_reaches_the_frames_or_what_files_are_called(name: str) -> None:
    raw = read_as(name)
    frames = [getattr(raw, frame) for frame in FRAMES if frame != "interviews"]
    text = "".join(map(written, (*frames, raw.interviews.drop(columns="coder"))))
    text += repr((raw.files, raw.tables, raw.comments, raw.settings.title))
    assert [secret for secret in CONFIDENTIAL if secret in text] == []
    assert set(raw.interviews["coder"]) == set(CODERS)


@pytest.mark.parametrize("name", FOREIGN)
def test_nothing_confidential_is_told_of_what_was_recognised(name: str) -> None:
    """But for the name of the file itself, which somebody has to find, and who coded."""
    told = [
        dataclasses.replace(one, file="", mapped=_without_coders(one))
        for one in read_as(name).found
    ]
    assert [secret for secret in CONFIDENTIAL if secret in repr(told)] == []


def _without_coders(one: Recognised) -> tuple[Mapped, ...]:
    return tuple(name for name in one.mapped if name.what != "coder")


@pytest.mark.parametrize("name", TOGETHER)
def test_nothing_confidential_reaches_the_tables_that_are_written(name: str) -> None:
    study = all_foreign(name)
    text = "".join(
        written(getattr(study, table)) for table in ("evidence", "respondents", *RESULTS)
    )
    assert [secret for secret in CONFIDENTIAL if secret in text] == []
    assert study.raw.contacts["ABC-1"] == EMAIL
    assert EMAIL not in repr(study.raw)
