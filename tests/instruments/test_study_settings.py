"""study.toml: what is accepted, and what each refusal names."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import date

import pytest
from raw_years import STUDY, read, tiny, write

from mapping.errors import DataError
from mapping.instruments import read_settings
from mapping.instruments.study_settings import parse_settings


def problems_of(text: str | bytes, year: str = "2020"):
    with pytest.raises(DataError) as caught:
        parse_settings(text.encode() if isinstance(text, str) else text, year)
    assert all(problem.file == "study.toml" for problem in caught.value.problems)
    return caught.value.problems


def test_good_settings_are_typed():
    settings = parse_settings(STUDY.encode(), "2020")
    assert settings.title["sv"] == "Kartläggningen"
    assert settings.title["en"] == "The mapping"
    assert settings.fieldwork.start == date(2019, 12, 2)
    assert settings.fieldwork.end == date(2020, 4, 30)
    assert (settings.year, settings.protocol) == (2020, "su-2020")
    assert settings.synthetic is True
    assert settings.sha256 == hashlib.sha256(STUDY.encode()).hexdigest()


def test_an_unknown_key_with_a_dot_in_its_name_is_one_problem():
    (problem,) = problems_of('"a.b" = 1\n' + STUDY)
    assert problem.column == "a.b"
    assert problem.remedy == "Remove the key."


def test_settings_are_frozen():
    settings = parse_settings(STUDY.encode(), "2020")
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.year = 2021


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + STUDY,
        STUDY.replace("\n", "\r\n"),
        STUDY.replace("start = 2019-12-02", 'start = "2019-12-02"'),
        STUDY.replace("[fieldwork]\nstart = 2019-12-02\nend = 2020-04-30", "")
        .replace("year =", "fieldwork.start = 2019-12-02\nfieldwork.end = 2020-04-30\nyear ="),
    ],
    ids=["bom", "crlf", "quoted-date", "dotted"],
)  # fmt: skip
def test_accepted_forms_give_the_same_settings(text):
    plain = dataclasses.asdict(parse_settings(STUDY.encode(), "2020"))
    found = dataclasses.asdict(parse_settings(text.encode(), "2020"))
    assert found | {"sha256": ""} == plain | {"sha256": ""}


def test_a_fieldwork_of_one_day_is_accepted():
    text = STUDY.replace("2020-04-30", "2019-12-02")
    assert parse_settings(text.encode(), "2020").fieldwork.end == date(2019, 12, 2)


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("year = 2020\n", "", "year", "a value"),
        ("year = 2020", "year = 2021", "year", "2020, the name of its folder"),
        ("year = 2020", 'year = "2020"', "year", "a year without quotes"),
        ('sv = "Kartläggningen"\n', "", "title.sv", "a value"),
        ('en = "The mapping"', 'en = " "', "title.en", "a title"),
        (
            'en = "The mapping"',
            'en = "The mapping"\nfi = "x"',
            "title.fi",
            "one of the keys sv, en",
        ),
        ("start = 2019-12-02", "start = 2020-05-01", "fieldwork", "must not be after"),
        ("start = 2019-12-02", "start = 2019-12-02T10:00:00", "fieldwork.start", "a date"),
        ("start = 2019-12-02", "start = 20191202", "fieldwork.start", "a date"),
        ("start = 2019-12-02", 'start = "2019-02-30"', "fieldwork.start", "a date"),
        ("end = 2020-04-30", "", "fieldwork.end", "a value"),
        ('"su-2020"', '"../su-2020"', "protocol", "without a path"),
        ('"su-2020"', '"a/b"', "protocol", "without a path"),
        ('"su-2020"', '"a\\\\b"', "protocol", "without a path"),
        ('"su-2020"', '""', "protocol", "without a path"),
        ("synthetic = true", 'synthetic = "true"', "synthetic", "true or false"),
        ("synthetic = true", "synthetic = 1", "synthetic", "true or false"),
        ('"code"', '"names"', "names", "'code' or 'name'"),
        ("contact =", "contacts =", "contacts", "one of the keys"),
        ("contact =", 'sha256 = "x"\ncontact =', "sha256", "one of the keys"),
    ],
)
def test_a_wrong_key_is_named_with_what_was_expected(old, new, key, expected):
    assert old in STUDY
    found = [p for p in problems_of(STUDY.replace(old, new)) if p.column == key]
    assert len(found) == 1
    assert expected in found[0].expected
    assert found[0].remedy


def test_a_misspelt_key_is_answered_with_the_right_one():
    unknown, missing = problems_of(STUDY.replace("contact", "contakt"))
    assert {unknown.column, missing.column} == {"contact", "contakt"}
    assert any("Did you mean 'contact'?" in p.remedy for p in (unknown, missing))


def test_all_wrong_keys_are_told_at_once():
    text = STUDY.replace("true", "1").replace('"code"', '"x"').replace("year = 2020", "year = 'x'")
    assert [p.column for p in problems_of(text)] == ["names", "synthetic", "year"]


@pytest.mark.parametrize(
    "text", ["year = ", STUDY + "year = 2020\n", STUDY.encode("utf-16"), STUDY.encode("cp1252")]
)
def test_text_that_is_no_toml_in_utf8_is_one_problem(text):
    assert len(problems_of(text)) == 1


DECIDED = 'names = "name"\nnames_decided_by = "Rektor"\nnames_decided_on = 2020-05-01\n'


def test_names_are_shown_by_a_decision():
    settings = parse_settings(STUDY.replace('names = "code"\n', DECIDED).encode(), "2020")
    assert (settings.names_decided_by, settings.names_decided_on) == ("Rektor", date(2020, 5, 1))


@pytest.mark.parametrize(
    ("lost", "key"),
    [
        ('names_decided_by = "Rektor"\n', "names_decided_by"),
        ("names_decided_on = 2020-05-01\n", "names_decided_on"),
    ],
)
def test_names_without_who_and_when_are_refused(lost, key):
    (problem,) = problems_of(STUDY.replace('names = "code"\n', DECIDED.replace(lost, "")))
    assert problem.column == key
    assert "decided" in problem.expected
    assert "names = 'code'" in problem.remedy


def test_the_contact_is_not_shown():
    (problem,) = problems_of(STUDY.replace('"alumni@example.org"', "31415926"))
    assert problem.column == "contact"
    assert problem.value == "8 characters"


def test_a_missing_folder_names_the_years_that_exist(tmp_path):
    (tmp_path / "2019").mkdir()
    (tmp_path / "2020").mkdir()
    with pytest.raises(DataError) as caught:
        read_settings(tmp_path / "2021")
    (problem,) = caught.value.problems
    assert problem.file == "2021"
    assert "2019, 2020" in problem.remedy


def test_a_missing_folder_without_other_years(tmp_path):
    with pytest.raises(DataError, match="No year exists yet"):
        read_settings(tmp_path / "raw" / "2021")


def test_a_missing_file_is_a_problem_and_a_near_name_is_suggested(tmp_path):
    files = tiny()
    files["study.tml"] = files.pop("study.toml")
    with pytest.raises(DataError, match=r"Rename 'study.tml' to 'study.toml'"):
        read(write(tmp_path, files))
