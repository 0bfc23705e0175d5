"""Names in study.toml that nothing has: none is passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from raw_years import changed, problems, read, tiny, write

from mapping.instruments.recognised import Recognised


def told(more: str) -> dict[str, str | bytes]:
    return {**tiny(), "study.toml": tiny()["study.toml"] + more}


def warnings(folder: Path, files: dict[str, str | bytes], instrument: str) -> tuple[str, ...]:
    found: tuple[Recognised, ...] = read(write(folder, files)).found
    (one,) = (one for one in found if one.instrument == instrument)
    return one.warnings


@pytest.mark.parametrize(
    ("toml", "place", "near"),
    [
        ('[interviews.columns]\ncodr = "x"\n', "interviews.columns.codr", "'coder'"),
        ('[workshop.columns]\nthemes = "theme"\n', "workshop.columns.themes", "'theme'"),
        ('[departments.columns]\nnam = "x"\n', "departments.columns.nam", "'name'"),
        ('[survey.answers."optut"]\n"Ja" = "Y"\n', "survey.answers.optut", "'optout'"),
    ],
)
def test_a_name_of_no_column_or_item_is_one_error_that_suggests_the_nearest(
    toml: str, place: str, near: str, tmp_path: Path
) -> None:
    mine = [one for one in problems(tmp_path, told(toml)) if one.file == "study.toml"]
    assert [one.column for one in mine] == [place]
    assert near in mine[0].remedy


def test_every_column_of_the_contract_may_be_named(tmp_path: Path) -> None:
    files = told('[departments.columns]\ncontact = "mejl"\n[survey.answers.optout]\n"Ja" = "Y"\n')
    assert problems(tmp_path, files) == ()


@pytest.mark.parametrize(
    ("toml", "instrument", "sentence"),
    [
        (
            '[interviews.columns]\ncoder = "Kodare"\n',
            "interviews",
            "1 name of [interviews.columns] in study.toml never came in the data: Kodare.",
        ),
        (
            '[interviews.codes]\n"Intresse" = "interest/2"\n"Minne" = ""\n',
            "interviews",
            "2 names of [interviews.codes] in study.toml never came in the data: Intresse, Minne.",
        ),
        (
            '[interviews.coders]\n"Cecilia" = "C"\n',
            "interviews",
            "1 name of [interviews.coders] in study.toml never came in the data.",
        ),
        (
            '[workshop.themes]\n"Tid" = "workload"\n',
            "workshop",
            "1 name of [workshop.themes] in study.toml never came in the data: Tid.",
        ),
        (
            '[survey.departments]\n"Historia" = "HIST-1"\n',
            "survey",
            "1 name of [survey.departments] in study.toml never came in the data: Historia.",
        ),
        (
            '[survey.answers.optout]\n"Jadå" = "Y"\n',
            "survey",
            '1 name of [survey.answers."optout"] in study.toml never came in the data: Jadå.',
        ),
        (
            '[survey.columns]\n"optut" = "Fråga 9"\n',
            "survey",
            "1 name of [survey.columns] in study.toml never came in the data: Fråga 9.",
        ),
    ],
)
def test_a_name_that_the_file_never_has_is_told(
    toml: str, instrument: str, sentence: str, tmp_path: Path
) -> None:
    assert warnings(tmp_path, told(toml), instrument) == (sentence,)


def test_names_that_the_file_has_are_not_told(tmp_path: Path) -> None:
    files = changed("workshop.csv", ("theme", "tema"), (",other,", ",Tid,"))
    text = '[workshop.columns]\ntheme = "tema"\n[workshop.themes]\n"Tid" = "other"\n'
    files["study.toml"] = tiny()["study.toml"] + text
    assert warnings(tmp_path, files, "workshop") == ()
