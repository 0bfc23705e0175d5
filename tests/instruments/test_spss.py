"""SPSS files, against hand-made ones and the contract's own survey."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import struct
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import spss_files
from raw_years import PROTOCOL, RESPONSES, STUDY, survey_csv

from mapping.errors import DataError, Problem
from mapping.instruments.delimited import read_sheet
from mapping.instruments.recognised import Read
from mapping.instruments.spss import is_sav, process, read_sav, worker
from mapping.instruments.spss.process import Variable, read_content
from mapping.instruments.spss.read import text_of
from mapping.instruments.study_settings import StudySettings, parse_settings
from mapping.instruments.survey import COLUMNS, read_survey

SETTINGS = parse_settings(STUDY.encode(), "2020")
KNOWN = ("ABC-1", "ÅÄÖ-22")
SAMPLE = Path(__file__).parents[2].parent / "shared/samples/spss/codebook_different-missings.sav"
ANSWERED = tuple(
    {name: cell for name, cell in one.items() if cell != "not an answer"} for one in RESPONSES
)


def read(data: bytes, settings: StudySettings = SETTINGS) -> Read:
    return read_sav({"survey.sav": data}, PROTOCOL, settings)


def cells(found: Read) -> dict[str, list[str]]:
    return {
        name: list(column)
        for name, column in zip(found.sheet.header, found.sheet.columns, strict=True)
    }


def refused(data: bytes) -> Problem:
    with pytest.raises(DataError) as caught:
        read(data)
    (problem,) = caught.value.problems
    assert problem.file == "survey.sav"
    return problem


def with_answers(**answers: Mapping[str, str]) -> StudySettings:
    return dataclasses.replace(
        SETTINGS, survey=dataclasses.replace(SETTINGS.survey, answers=answers)
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("sv", {"row_compress": True}),
        ("en", {"own_names": True, "compress": True}),
        ("en", {}),
    ],
)
def test_round_trip(language: str, told: dict[str, Any]) -> None:
    data = spss_files.survey_sav(ANSWERED, language, **told)
    assert is_sav(data)
    found = read(data)
    assert found.sheet.problems == ()
    columns = [*COLUMNS, *(item.item for item in PROTOCOL.items)]
    assert sorted(found.sheet.header) == sorted(columns)
    own = read_sheet("survey.csv", survey_csv(ANSWERED).encode(), columns)
    expected = read_survey(own, PROTOCOL, SETTINGS, KNOWN)
    now = read_survey(found.sheet, PROTOCOL, SETTINGS, KNOWN)
    assert now.problems == expected.problems
    for frame, other in ((now.used, expected.used), (now.respondents, expected.respondents)):
        pd.testing.assert_frame_equal(
            frame.drop(columns="file"), other.drop(columns="file"), check_like=True
        )
    assert list(found.sheet.rows) == [2, 3, 4, 5]


def test_a_label_tells_more_than_its_number() -> None:
    frame = pd.DataFrame({"id": [1.0, 2.0], "staff": [1.0, 2.0], "optout": [1.0, 2.0]})
    labels = {
        "staff": {1.0: "ingen arbetar med frågan", 2.0: "several share the responsibility"},
        "optout": {1.0: "Nej", 2.0: "Ja"},
    }
    found = cells(read(spss_files.sav(frame, variable_value_labels=labels)))
    assert found["cond[staffing]"] == ["0", "3"]
    assert found["optout"] == ["N", "Y"]


def test_a_number_is_what_its_label_says() -> None:
    frame = pd.DataFrame({"id": [1.0, 2.0], "cond_inter": [1.0, 5.0], "needs_feedb": [0.0, 1.0]})
    labels = {"cond_inter": {1.0: "Inte alls", 5.0: "5"}, "needs_feedb": {0.0: "Ja", 1.0: "Nej"}}
    found = read(spss_files.sav(frame, variable_value_labels=labels))
    assert cells(found)["cond[interest]"] == ["1", "5"]
    assert cells(found)["needs[feedback]"] == ["Y", ""]
    answers = {one.name: one.to for one in found.found[0].mapped if one.what == "answer"}
    assert answers == {"Ja": "Y", "Nej": "no answer"}


@pytest.mark.parametrize(
    ("name", "labels", "told"),
    [
        ("optout", {1: "Nej, vi deltar", 2: "Ja, vi har valt bort"}, "1 (nej, vi deltar), 2"),
        ("needs_recru", {1: "Inte markerad", 2: "Markerad"}, "1 (inte markerad), 2 (markerad)"),
        ("staff", {1: "ingen", 2: "en självutnämnd"}, "1 (ingen), 2 (en självutnämnd)"),
        ("staff", {3: "flera delar på ansvaret"}, "1 (no label), 2 (no label)"),
        ("cond_inter", {1: "Nej", 5: "Ja"}, "1 (nej), 2 (no label)"),
        ("cond_inter", {1: "Instämmer helt", 5: "Instämmer inte alls"}, "1 (instämmer helt), 2"),
        ("cond_inter", {1: "inte alls", 7: "helt och hållet"}, "1 (inte alls), 2 (no label)"),
    ],
)
def test_a_number_whose_label_is_not_known_is_one_problem_of_its_variable(
    name: str, labels: dict[int, str], told: str
) -> None:
    frame = pd.DataFrame({"id": [1.0, 2.0, 3.0], name: [1.0, 2.0, 2.0]})
    named = {name: {float(number): label for number, label in labels.items()}}
    found = read(spss_files.sav(frame, variable_value_labels=named))
    (problem,) = found.sheet.problems
    assert (problem.row, problem.column) == (2, name)
    assert problem.value.startswith(told)
    assert "[survey.answers." in problem.remedy
    assert not any("1 was read as yes" in note for note in found.found[0].notes)


def test_a_number_without_a_label_is_read_as_it_stands() -> None:
    frame = pd.DataFrame({"id": [1.0, 2.0], "optout": [1.0, 2.0], "staff": [3.0, 0.0]})
    found = read(spss_files.sav(frame))
    assert (cells(found)["optout"], cells(found)["cond[staffing]"]) == (["Y", "N"], ["3", "0"])
    assert any("1 was read as yes" in note for note in found.found[0].notes)


def test_user_missing_values_are_missing_and_counted_whatever_their_label() -> None:
    frame = pd.DataFrame(
        {
            "id": [1.0, 2.0, 3.0, 4.0, 5.0],
            "cond_inter": [5.0, 99.0, 150.0, None, 200.0],
            "arrang": ["A1", "NA", "A2", "", "A3"],
            "cond_manag": [6.0, 1.0, 2.0, 3.0, 4.0],
        }
    )
    data = spss_files.sav(
        frame,
        missing_ranges={"cond_inter": [99, {"lo": 100, "hi": 200}], "arrang": ["NA"]},
        variable_value_labels={"cond_inter": {99.0: "5", 150.0: "vet ej"}},
    )
    found = read(data)
    assert cells(found)["cond[interest]"] == ["5", "", "", "", ""]
    assert cells(found)["arrangement"] == ["shared", "", "backed", "", "alone"]
    # a value that nobody has called missing stays, for the contract's reader to refuse
    assert cells(found)["cond[management_support]"][0] == "6"
    assert any("cond_inter: 3 user-missing values" in note for note in found.found[0].notes)


def test_dates_numbers_and_text_as_the_contract_has_them() -> None:
    plain, day = Variable("v", "", "F8.2"), Variable("v", "", "DATE11")
    moment = Variable("v", "", "DATETIME20")
    leap = 13797302400.0 + 59 * 86400  # 2020-01-02 is 159691 days after 14 October 1582
    assert text_of(1.0, plain) == "1"
    assert text_of(1.5, plain) == "1.5"
    assert text_of(12345678901.0, plain) == "12345678901"
    assert text_of(13797302400.0, day) == "2020-01-02"
    assert text_of(leap - 86400, dataclasses.replace(day, format="SDATE10")) == "2020-02-29"
    assert text_of(13797313445.0, moment) == "2020-01-02 03:04:05"
    assert text_of(13797313444.9999, moment) == "2020-01-02 03:04:05"
    assert text_of(1e300, day) == "1e+300"
    assert text_of(float("nan"), plain) == text_of(None, plain) == ""
    assert text_of(" ÅÄÖ-22   ", plain) == "ÅÄÖ-22"


def test_text_is_read_whole_and_personal_variables_are_not_read() -> None:
    long = "å" * 300
    frame = pd.DataFrame(
        {
            "id": [1.0],
            "submitdate": ["2020-01-15 10:00:00"],
            "role": [long],
            "optout": ["Y"],
            "ipaddr": ["192.0.2.77"],
            "token": ["hemlig"],
            "email": ["sven@example.org"],
        }
    )
    data = spss_files.sav(frame, column_labels={"optout": "Har institutionen valt bort?"})
    found = read(data)
    assert cells(found)["role"] == [long]
    assert cells(found)["submitdate"] == ["2020-01-15 10:00:00"]
    assert set(found.sheet.header) == {"id", "submitdate", "role", "optout"}
    assert "192.0.2.77" not in repr(found)
    assert "sven@" not in repr(found)
    names = {one.name: one for one in found.found[0].mapped if one.what == "column"}
    assert names["optout (Har institutionen valt bort?)"].to == "optout"
    assert names["ipaddr"].wanted
    content = read_content("x.sav", data, {"id"})
    assert [one.distinct for one in content.variables] == [(1.0,), *[()] * 6]


def test_variables_and_answers_by_study_toml() -> None:
    survey = dataclasses.replace(
        SETTINGS.survey,
        columns={"cond[interest]": "v1", "department": "inst"},
        answers={"cond[interest]": {"0": "1", "10": "5"}},
        departments={"7": "ABC-1"},
    )
    frame = pd.DataFrame({"V1": [0.0, 10.0], "INST": [7.0, 7.0], "cond_interest": [3.0, 3.0]})
    found = read(spss_files.sav(frame), dataclasses.replace(SETTINGS, survey=survey))
    assert cells(found)["cond[interest]"] == ["1", "5"]
    assert cells(found)["department"] == ["ABC-1", "ABC-1"]


def test_letters_that_were_encoded_twice_are_warned_of() -> None:
    label = "Återkoppling på åren".encode().decode("windows-1252", "replace")
    data = spss_files.sav(pd.DataFrame({"optout": ["Y"]}), column_labels={"optout": label})
    (warning,) = read(data).found[0].warnings
    assert "å look wrong" in warning


def test_the_sample_with_user_missing_values() -> None:
    if not SAMPLE.is_file():
        pytest.skip("the sample is not here")
    content = read_content("x.sav", SAMPLE.read_bytes(), {"val1", "val2", "val3", "val4"})
    missing = {one.name: one.missing for one in content.variables}
    both = ((99.0, 99.0), (999.0, 999.0))
    assert missing == {"val1": both, "val2": (), "val3": both, "val4": ()}
    first = content.variables[0]
    assert first.label == "First value, all missings defined, one labelled"
    assert dict(first.labels) == {-1.0: "bad data", 1.0: "This is one", 99.0: "skipped"}
    assert first.codes is not None
    assert [first.distinct[code] for code in first.codes] == [
        *(1.0, 99.0, None, 2.0, 999.0, -1.0, 2.0, 3.0, 5.0, 2.0, 3.0, 1.0),
    ]
    problem = refused(SAMPLE.read_bytes())
    assert "[survey.columns]" in problem.remedy


ONE = pd.DataFrame({"id": [1.0], "role": ["prefekt"], "optout": ["Y"]})


def test_another_encoding_is_told_with_what_to_do() -> None:
    data = spss_files.sav(ONE).replace(b"prefekt", b"pr\xe9fekt")
    problem = refused(data)
    assert problem.value == "text in another encoding than the file says"
    assert "Unicode" in problem.remedy


def test_the_encoding_that_a_file_tells_is_used() -> None:
    data = spss_files.sav(pd.DataFrame({"id": [1.0], "role": ["xregion"]}))
    encoded = struct.pack("<iiii", 7, 20, 1, 5) + b"UTF-8"
    assert data.count(encoded) == 1
    latin = struct.pack("<iiii", 7, 20, 1, 12) + b"windows-1252"
    code_page = data.replace(encoded, latin).replace(b"xregion", b"\xe5region")
    assert cells(read(code_page))["role"] == ["åregion"]


def test_what_is_no_sav_that_can_be_read_is_told_apart() -> None:
    portable = b"ASCII SPSS PORT FILE".ljust(600)
    encrypted = b"\x1c\0\0\0\0\0\0\0ENCRYPTEDSAV".ljust(300)
    assert all(map(is_sav, (portable, encrypted, b"$FL2@(#)", b"$FL3")))
    assert not any(map(is_sav, (b"", b"id,submitdate\n", b"PK\x03\x04", b"\xffFL2")))
    assert ".por" in refused(portable).value
    assert "without a password" in refused(encrypted).remedy
    assert refused(b"$FL2@(#)").value == "8 bytes that are none"
    with pytest.raises(DataError) as caught:
        read_sav({"a.sav": b"$FL2", "b.sav": b"$FL2"}, PROTOCOL, SETTINGS)
    assert caught.value.problems[0].value == "2 files"


@pytest.mark.parametrize("damage", [lambda b: b[:-9], lambda b: b[:300], lambda b: b[:80] * 9])
def test_a_damaged_file_is_told(damage: Callable[[bytes], bytes]) -> None:
    assert "save it anew" in refused(damage(spss_files.sav(ONE))).remedy


def test_many_damaged_files_give_no_other_error() -> None:
    whole = bytearray(spss_files.sav(ONE, compress=True))
    random = np.random.default_rng(6)
    for _ in range(8):
        data = whole.copy()
        for place in random.integers(4, len(data), 4):
            data[place] = random.integers(256)
        with contextlib.suppress(DataError):
            read(bytes(data))


def as_script(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str) -> None:
    """Another script in the place of the one that reads the file."""
    script = folder / "script.py"
    script.write_text("import sys, time, os, pathlib\n" + code, encoding="utf-8")
    stand_in = SimpleNamespace(**{**vars(worker), "__file__": str(script)})
    monkeypatch.setattr(process, "worker", stand_in)


ANSWER = "pathlib.Path(sys.argv[1], 'answer.json').write_text({!r})"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("os._exit(134)", "content on which SPSS's reader fails"),
        ("time.sleep(60)", "no end to it in"),
        ("", "content on which SPSS's reader fails"),
        (ANSWER.format("{"), "content that contradicts itself"),
        (ANSWER.format("[]"), "content that contradicts itself"),
        (ANSWER.format('{"rows": 1}'), "content that contradicts itself"),
        (ANSWER.format('{"error": "MemoryError", "message": ""}'), "a size that takes more memory"),
        (ANSWER.format('{"rows": 5000001}'), "more than 5,000,000 cases"),
    ],
)
def test_a_process_that_crashes_hangs_or_babbles_is_a_damaged_file(
    code: str, found: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    as_script(monkeypatch, tmp_path, code)
    if "sleep" in code:
        monkeypatch.setattr(process, "PATIENCE", 1 - process.SECONDS)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert refused(spss_files.sav(ONE)).value.startswith(found)
    assert [path.name for path in tmp_path.iterdir()] == ["script.py"]


def test_a_disk_without_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    data = b"$FL2".ljust(200)
    assert refused(data).value == "No space left on device"


def test_what_the_script_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_confine", lambda *_: None)
    (tmp_path / worker.SOURCE).write_bytes(spss_files.sav(ONE))
    request = {"wanted": ["optout", "id"], "memory": 1, "seconds": 1}
    (tmp_path / worker.REQUEST).write_text(json.dumps(request), encoding="utf-8")
    worker.main(tmp_path)
    answer = json.loads((tmp_path / worker.ANSWER).read_text(encoding="utf-8"))
    assert answer["names"] == ["id", "role", "optout"]
    assert (answer["chosen"], answer["values"]) == (["id", "optout"], [[1.0], ["Y"]])
    assert "prefekt" not in repr(answer)
    (tmp_path / worker.SOURCE).write_bytes(b"$FL2")
    worker.main(tmp_path)
    assert "error" in json.loads((tmp_path / worker.ANSWER).read_text(encoding="utf-8"))


def test_columns_are_read_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "CELLS", 2)
    (tmp_path / worker.SOURCE).write_bytes(spss_files.sav(pd.concat([ONE, ONE])))
    answer = worker._read(tmp_path, frozenset({"id", "optout"}))
    assert (answer["rows"], answer["values"]) == (2, [[1.0], ["Y"]])
    assert list(np.load(tmp_path / "1.npy")) == [0, 0]
