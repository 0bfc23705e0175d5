"""Coding projects as programs write them: the same interviews whatever the program's habits."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from pathlib import Path

import pytest
from lxml import etree
from refi_studies import (
    PROJECT,
    PROTOCOL,
    column,
    documents,
    excerpts,
    given,
    read,
    rows,
    settings,
    study,
    zipped,
)
from vendors import (
    ATLAS_TI,
    HABITS,
    NAMESPACE,
    NVIVO,
    OLD_NAMESPACE,
    QUIRKOS,
    SCHEMA,
    TAGUETTE,
    Coded,
    Habit,
    Interview,
    documents_csv,
    guid,
    qde,
    qdpx,
)

from mapping.errors import DataError, Problem
from mapping.instruments.recognised import Read
from mapping.instruments.refi_qda import attributes, is_refi_qda, opened, read_refi_qda
from mapping.instruments.refi_qda import read as reading
from mapping.instruments.refi_qda import segments as segmenting

ONE = (
    "Vi har inga resurser 🙂 alls.\nIntresset är stort, sade hon 🎓.\n"
    "Vi vill ha mer återkoppling från dem, och det vill alla.\n"
)
TWO = "Det finns ingen tid för det här.\nIngen har uppdraget, och det märks tydligt.\n"
STUDY = Coded(
    (
        Interview("Anna Andersson.docx", ONE, "ABC-1", "2020-01-15", "prefekt"),
        Interview("Bertil Bengtsson.docx", TWO, "ÅÄÖ-22", "2020-02-16", "lektor"),
    ),
    (
        given("inga resurser", ONE, "Zoe", "resources/0"),
        given("Vi har inga resurser", ONE, "Ann", "resources/1"),
        given("Intresset är stort", ONE, "Zoe"),
        given("mer återkoppling", ONE, "Zoe", "need/feedback"),
        given("mer återkoppling", ONE, "Zoe", "internal_need/3"),
        given("det vill alla", ONE, "Ann", "internal_need/3"),
        given("ingen tid", TWO, "Ann", "workload/0", 1),
        given("märks", TWO, "Ann", "eget/påhitt", 1),
    ),
)
EXPECTED = {
    ("ABC-1", "2020-01-15", "prefekt", "Zoe", "resources/0", "inga resurser"),
    ("ABC-1", "2020-01-15", "prefekt", "Ann", "resources/1", "Vi har inga resurser"),
    ("ABC-1", "2020-01-15", "prefekt", "Zoe", "interest/3", "Intresset är stort"),
    ("ABC-1", "2020-01-15", "prefekt", "Zoe", "need/feedback", "mer återkoppling"),
    ("ABC-1", "2020-01-15", "prefekt", "Zoe", "internal_need/3", "mer återkoppling"),
    ("ABC-1", "2020-01-15", "prefekt", "Ann", "internal_need/3", "det vill alla"),
    ("ÅÄÖ-22", "2020-02-16", "lektor", "Ann", "workload/0", "ingen tid"),
}
TOLD = ("department_id", "date", "respondent_role", "coder", "code", "excerpt")

has_schema = pytest.mark.skipif(not SCHEMA.exists(), reason="the schema is not here")


def problems(found_of: Coded, habit: Habit = QUIRKOS, more: str = "") -> tuple[Problem, ...]:
    return read({"a.qdpx": qdpx(found_of, habit)}, more).sheet.problems


def counts(files: dict[str, bytes], more: str = "") -> dict[str, int]:
    return dict(read(files, more).found[0].counts)


@has_schema
@pytest.mark.parametrize("name", HABITS)
def test_what_is_written_for_a_test_is_valid(name: str) -> None:
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    text = qde(STUDY, HABITS[name]).replace(OLD_NAMESPACE, NAMESPACE)
    schema.assertValid(etree.fromstring(text.encode()))


@pytest.mark.parametrize("name", HABITS)
def test_every_program_s_project_is_the_same_interviews(name: str) -> None:
    habit = HABITS[name]
    listed = documents(documents_csv(STUDY) if habit.facts == "none" else "document\n")
    data = qdpx(STUDY, habit)
    found = read({"a.qdpx": data}, listed=listed)
    assert is_refi_qda(data)
    assert found.sheet.problems == ()
    assert found.sheet.unknown == ()
    assert rows(found, *TOLD) == EXPECTED
    assert len(found.sheet.rows) == len(EXPECTED)
    segments = dict(rows(found, "excerpt", "segment_id"))
    assert segments["inga resurser"] == segments["Vi har inga resurser"]
    assert len(set(column(found, "segment_id"))) == 5
    assert len(set(column(found, "interview_id"))) == 2


@pytest.mark.parametrize("name", HABITS)
def test_one_project_for_each_coder_is_the_same_as_one_of_all(name: str) -> None:
    habit = dataclasses.replace(HABITS[name], facts="case")
    alone = {
        f"{coder}.qdpx": qdpx(STUDY.of(coder), dataclasses.replace(habit, user_on=where))
        for coder, where in (("Ann", "coding"), ("Zoe", "project"))
    }
    together = read({"all.qdpx": qdpx(STUDY, habit)})
    apart = read(alone)
    assert apart.sheet.problems == ()
    every = ("segment_id", "interview_id", *TOLD)
    assert rows(apart, *every) == rows(together, *every)
    assert set(apart.sheet.places) == set(alone)
    backwards = read(dict(reversed(alone.items())))
    assert list(backwards.sheet.records()) == list(apart.sheet.records())


def test_names_of_persons_are_told_only_to_whoever_mends_a_source() -> None:
    damaged = dataclasses.replace(
        STUDY, interviews=tuple(dataclasses.replace(i, department="") for i in STUDY.interviews)
    )
    found = read({"a.qdpx": qdpx(damaged, NVIVO)})
    told = repr(found.found) + repr(found.sheet.columns[:2])
    assert "Anna" in found.sheet.problems[0].value  # by its name alone can the source be found
    assert not re.search("Anna|Bertil|Zoe|resurser|prefekt", told)


def test_counts_tell_what_was_left_out_and_why() -> None:
    again = dataclasses.replace(STUDY, given=(*STUDY.given, given("stort", ONE, "Zoe")))
    again = dataclasses.replace(again, given=(*again.given, given("är stort", ONE, "Ann")))
    data = qdpx(again, QUIRKOS)
    more = '[interviews.codes]\n"need/feedback" = ""\n'
    found = counts({"a.qdpx": data}, more)
    assert found["sources"] == 2
    assert found["users"] == 2
    assert found["selections"] == 9
    assert found["codings"] == 10
    assert found["codings of codes that the protocol lacks"] == 1
    assert found["codings left out by study.toml"] == 1
    assert found["codings given twice"] == 0
    assert found["passages kept apart"] == 1  # Ann's "är stort", from Zoe's longer one
    assert found["rows"] == 8
    assert found["codings"] == 1 + 1 + found["rows"]


EIGHT = "Ett är bra. Två är bra. Tre är bra. Fyra är dåligt. Fem. Sex. Sju. Åtta till slut.\n"


def test_one_long_passage_of_another_coder_changes_no_level() -> None:
    ann = [
        given("Ett är bra", EIGHT),
        given("Två är bra", EIGHT),
        given("Tre är bra", EIGHT),
        given("Fyra är dåligt", EIGHT, code="interest/0"),
    ]
    bo = given(EIGHT[:-6], EIGHT, "bo", "origin/organic")
    alone, both = (
        read({"a.qdpx": qdpx(study(EIGHT, *codes), QUIRKOS)}) for codes in (ann, [*ann, bo])
    )
    for found in (alone, both):
        levels = [code for code in column(found, "code") if code.startswith("interest/")]
        assert sorted(levels) == ["interest/0", *["interest/3"] * 3]  # the level is 2.25
        assert len(set(column(found, "segment_id"))) == 4
    assert not any("apart" in warning for warning in alone.found[0].warnings)
    (warning,) = (warning for warning in both.found[0].warnings if "apart" in warning)
    assert warning.startswith("3 passages that overlap by half or more with another coder's are")
    assert both.found[0].counts["passages kept apart"] == 3


def test_one_passage_kept_apart_is_told_of_the_file_that_has_it() -> None:
    files = {
        "a.qdpx": qdpx(study(ONE, given("inga", ONE), given("resurser", ONE)), QUIRKOS),
        "b.qdpx": qdpx(study(ONE, given("inga resurser", ONE, "bo")), QUIRKOS),
    }
    ann, bo = read(files).found
    assert ann.warnings == (
        "1 passage that overlaps by half or more with another coder's is kept apart from it, for "
        "one segment never holds two passages of one coder.",
    )
    assert bo.warnings == ()


def test_selections_that_overlap_beyond_measure_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(segmenting, "OVERLAPS", 1)
    codes = (given(words, ONE, words) for words in ("inga", "inga resurser", "resurser"))
    with pytest.raises(DataError, match="overlap each other"):
        read({"a.qdpx": qdpx(study(ONE, *codes), QUIRKOS)})


def test_codes_that_map_to_nothing_are_listed_with_the_nearest() -> None:
    planted = study(
        ONE, given("stort", ONE, code="Interest/3"), given("mer", ONE, code="interst/3")
    )
    found = read({"a.qdpx": qdpx(planted, QUIRKOS)})
    codes = {one.name: one for one in found.found[0].mapped if one.what == "code"}
    assert (codes["Interest/3"].to, codes["Interest/3"].count) == ("interest/3", 1)
    assert (codes["interst/3"].to, codes["interst/3"].nearest) == ("", "interest/3")
    assert column(found, "code") == ["interest/3"]


def test_study_toml_names_codes() -> None:
    planted = study(ONE, given("stort", ONE, code="stor/lust"), given("mer", ONE, code="skräp"))
    more = '[interviews.codes]\n"stor/lust" = "interest/3"\n"skräp" = ""\n'
    found = read({"a.qdpx": qdpx(planted, QUIRKOS)}, more)
    assert column(found, "code") == ["interest/3"]
    assert found.found[0].unmapped == ()


def test_a_code_that_the_codebook_lacks_is_listed() -> None:
    text = qde(study(ONE, given("stort", ONE)), QUIRKOS)
    lost = re.sub(r'<CodeRef targetGUID="[^"]*"', f'<CodeRef targetGUID="{"0" * 8}"', text)
    found = read({"a.qde": lost.encode()})
    assert [one.name for one in found.found[0].unmapped] == [
        "code that the project's codebook lacks"
    ]
    assert len(found.sheet.rows) == 0


# departments


def test_study_toml_names_attributes_and_departments() -> None:
    planted = study(ONE, given("stort", ONE))
    other = dataclasses.replace(planted.interviews[0], department="Alfa")
    planted = dataclasses.replace(planted, interviews=(other,))
    more = '[interviews]\ndepartment = "Enhet"\n[interviews.departments]\n"alfa" = "ABC-1"\n'
    for habit in (NVIVO, ATLAS_TI):
        text = qde(planted, habit).replace('"department', '"Enhet')
        assert column(read({"a.qde": text.encode()}, more), "department_id") == ["ABC-1"]


def test_a_source_without_department_is_one_problem() -> None:
    planted = study(ONE, given("stort", ONE), given("mer", ONE), given("alla", ONE, code="x"))
    other = dataclasses.replace(planted.interviews[0], department="")
    planted = dataclasses.replace(planted, interviews=(other, other))
    (problem,) = problems(planted)
    assert (problem.file, problem.column) == ("a.qdpx", "source 1")
    assert guid(QUIRKOS, "source", 0).lower() in problem.value
    assert "department" in problem.remedy
    assert "documents.csv" in problem.remedy


def test_a_source_with_two_departments_is_one_problem() -> None:
    planted = study(ONE, given("stort", ONE), given("mer", ONE))
    text = qde(planted, QUIRKOS)
    case = re.search("<Case .*</Case>", text, re.DOTALL)
    assert case is not None
    other = case[0].replace("ABC-1", "ÅÄÖ-22").replace(guid(QUIRKOS, "case", 0), guid(QUIRKOS, "b"))
    found = read({"a.qde": text.replace("</Cases>", f"{other}</Cases>").encode()})
    (problem,) = found.sheet.problems
    assert problem.column == "source 1"
    assert "two different values of 'department'" in problem.value


def test_two_dates_and_no_department_are_two_problems() -> None:
    text = qde(study(ONE, given("stort", ONE)), QUIRKOS)
    case = re.search("<Case .*</Case>", text, re.DOTALL)
    assert case is not None
    other = case[0].replace("2020-01-15", "2020-01-16")
    data = text.replace("</Cases>", f"{other}</Cases>").replace("ABC-1", "").encode()
    wanted = [problem.value.split(") ", 1)[1] for problem in read({"a.qde": data}).sheet.problems]
    assert wanted == ["with two different values of 'date'", "without 'department'"]


def test_the_list_of_documents_settles_two_departments() -> None:
    text = qde(study(ONE, given("stort", ONE)), QUIRKOS)
    case = re.search("<Case .*</Case>", text, re.DOTALL)
    assert case is not None
    other = case[0].replace("ABC-1", "ÅÄÖ-22")
    data = text.replace("</Cases>", f"{other}</Cases>").encode()
    found = read({"a.qde": data}, listed=documents("document,department_id\na.docx,ÅÄÖ-22\n"))
    assert (found.sheet.problems, column(found, "department_id")) == ((), ["ÅÄÖ-22"])


def test_a_case_says_more_than_a_set() -> None:
    text = qde(study(ONE, given("stort", ONE)), QUIRKOS)
    member = f'<MemberSource targetGUID="{guid(QUIRKOS, "source", 0)}"/>'
    group = f'<Set guid="{U}" name="department: ÅÄÖ-22">{member}</Set>'
    data = text.replace("</Project>", f"<Sets>{group}</Sets></Project>").encode()
    found = read({"a.qde": data})
    assert (found.sheet.problems, column(found, "department_id")) == ((), ["ABC-1"])


def test_the_same_department_twice_is_no_problem() -> None:
    text = qde(study(ONE, given("stort", ONE)), QUIRKOS)
    case = re.search("<Case .*</Case>", text, re.DOTALL)
    assert case is not None
    found = read({"a.qde": text.replace("</Cases>", f"{case[0]}</Cases>").encode()})
    assert found.sheet.problems == ()


def test_a_case_of_a_selection_says_more_than_one_of_its_source() -> None:
    planted = study(ONE, given("stort", ONE), given("mer", ONE))
    selection = guid(NVIVO, "selection", *(0, ONE.index("mer"), ONE.index("mer") + 3, "ann", ""))
    variable = guid(NVIVO, "variable", "department")
    case = (
        f'<Case guid="{guid(NVIVO, "other")}"><VariableValue><VariableRef targetGUID="{variable}"/>'
        f"<TextValue>ÅÄÖ-22</TextValue></VariableValue>"
        f'<SelectionRef targetGUID="{{{selection.upper()}}}"/></Case>'
    )
    text = qde(planted, NVIVO).replace("</Cases>", f"{case}</Cases>")
    found = read({"a.qde": text.encode()})
    assert found.sheet.problems == ()
    places = rows(found, "department_id", "interview_id")
    assert {department for department, _ in places} == {"ABC-1", "ÅÄÖ-22"}
    assert len({interview for _, interview in places}) == 2


def test_a_source_may_have_variables_of_its_own() -> None:
    variable = "11111111-1111-1111-1111-111111111111"
    value = (
        f'<VariableValue><VariableRef targetGUID="{variable}"/><TextValue>ABC-1</TextValue>'
        "</VariableValue>"
    )
    named = f'<Variables><Variable guid="{variable}" name="Department"/></Variables>'
    text = qde(study(ONE, given("stort", ONE)), TAGUETTE)
    text = text.replace("<Sources>", f"{named}<Sources>").replace(
        "</TextSource>", f"{value}</TextSource>"
    )
    assert column(read({"a.qde": text.encode()}), "department_id") == ["ABC-1"]


def test_the_list_of_documents_fills_and_is_believed() -> None:
    planted = study(ONE, given("stort", ONE))
    listed = documents("document,department_id,interview_id,date,role\na,ÅÄÖ-22,i7,,rektor\n")
    found = read({"a.qdpx": qdpx(planted, QUIRKOS)}, listed=listed)
    assert rows(found, "department_id", "interview_id", "date", "respondent_role") == {
        ("ÅÄÖ-22", "i7", "2020-01-15", "rektor")
    }
    assert found.found[1].counts["documents not used"] == 0


def test_a_project_without_dates_and_roles_has_them_unknown() -> None:
    planted = study(ONE, given("stort", ONE))
    bare = dataclasses.replace(planted.interviews[0], date="", role="")
    found = read({"a.qdpx": qdpx(dataclasses.replace(planted, interviews=(bare,)), QUIRKOS)})
    assert found.sheet.unknown == ("date", "respondent_role")
    assert found.sheet.problems == ()


def test_a_source_without_date_where_others_have_one_is_one_problem() -> None:
    other = dataclasses.replace(STUDY.interviews[1], date="")
    (problem,) = problems(dataclasses.replace(STUDY, interviews=(STUDY.interviews[0], other)))
    assert problem.column == "source 2"
    assert "'date'" in problem.value


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2020-01-15", "2020-01-15"),
        ("2020-01-15Z", "2020-01-15"),
        ("2020-01-15-08:00", "2020-01-15"),
        ("2020-01-15T00:00:00Z", "2020-01-15"),
        ("2020-01-15T00:00:00", "2020-01-15"),
        ("2020-01-15T23:30:00", "2020-01-15"),  # of no time zone: by the clock on the wall
        ("2020-01-15 09:30", "2020-01-15"),
        ("2020-01-15T00:00:00+09:00", "2020-01-15"),  # midnight as it is written
        ("2020-01-14T23:00:00Z", "2020-01-15"),  # midnight in Stockholm, in winter
        ("2020-01-14T22:59:59Z", "2020-01-14"),
        ("2020-07-14T22:00:00Z", "2020-07-15"),  # and in summer
        ("2020-07-14T21:59:59.9999999Z", "2020-07-14"),
        ("2020-03-28T23:00:00Z", "2020-03-29"),  # the day when summer time begins
        ("2020-03-29T22:00:00Z", "2020-03-30"),
        ("2020-10-24T22:00:00Z", "2020-10-25"),  # the day when it ends
        ("2020-10-25T23:00:00Z", "2020-10-26"),
        ("2020-01-15T18:00:00-05:00", "2020-01-16"),
        ("2020-01-15T07:59:00+09:00", "2020-01-14"),
        ("2020-01-15T25:00:00Z", "2020-01-15T25:00:00Z"),  # no time: an error of the contract
        ("9999-12-31T23:30:00Z", "9999-12-31T23:30:00Z"),
        ("2020-01-15 or so", "2020-01-15 or so"),
        ("20200115", "20200115"),
    ],
)
def test_a_time_tells_the_day_that_it_was_in_stockholm(written: str, day: str) -> None:
    text = qde(study(ONE, given("stort", ONE)), QUIRKOS).replace("2020-01-15T00:00:00Z", written)
    assert column(read({"a.qde": text.encode()}), "date") == [day]


def test_a_day_that_cannot_be_told_stays_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attributes, "_HERE", "Nowhere/At_all")  # as where no time zones are known
    written = "2020-01-14T23:00:00Z"
    text = qde(study(ONE, given("stort", ONE)), QUIRKOS).replace("2020-01-15T00:00:00Z", written)
    assert column(read({"a.qde": text.encode()}), "date") == [written]


def test_an_attribute_names_the_interview() -> None:
    planted = study(ONE, given("stort", ONE))
    text = qde(planted, QUIRKOS).replace('name="respondent_role"', 'name="interview_id"')
    assert column(read({"a.qde": text.encode()}), "interview_id") == ["prefekt"]


def attributes_of(text: str, more: str = "") -> dict[str, tuple[str, str, int, bool]]:
    found = read({"a.qde": text.encode()}, more).found[0].mapped
    told = (one for one in found if one.what == "attribute")
    return {one.name: (one.to, one.nearest, one.count, one.wanted) for one in told}


@pytest.mark.parametrize("name", ["nvivo", "quirkos"])
def test_attributes_are_told_with_what_they_were_read_as(name: str) -> None:
    assert attributes_of(qde(STUDY, HABITS[name])) == {
        "date": ("date", "", 2, False),
        "department": ("department_id", "", 2, False),
        "respondent_role": ("respondent_role", "", 2, False),
    }


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("role", "respondent_role"),
        ("Roll", "respondent_role"),
        ("Respondent's role", "respondent_role"),
        ("respondentrole", "respondent_role"),
        ("interview", "interview_id"),
        ("Intervju-id", "interview_id"),
        ("gender", ""),
        ("department name", ""),  # the department is told by another
        ("date of birth", ""),
        ("r" * 200, ""),
    ],
)
def test_an_attribute_that_is_not_used_is_told_with_the_nearest(written: str, nearest: str) -> None:
    text = qde(STUDY, QUIRKOS).replace('name="respondent_role"', f'name="{written}"')
    shown = written if len(written) < 100 else "200 characters"
    assert attributes_of(text)[shown] == ("", nearest, 2, not nearest)
    found = read({"a.qde": text.encode()})
    assert found.sheet.unknown == ("respondent_role",)
    assert [one.name for one in found.found[0].unmapped if one.what == "attribute"] == (
        [shown] if nearest else []
    )


@pytest.mark.parametrize("written", ["Intervjudatum", "Datum för intervju"])
def test_the_date_of_an_interview_is_not_offered_as_its_id(written: str) -> None:
    text = qde(STUDY, QUIRKOS).replace('name="date"', f'name="{written}"')
    assert attributes_of(text)[written][1] == "date"


def test_an_attribute_that_study_toml_names_is_read() -> None:
    text = qde(STUDY, QUIRKOS).replace('name="respondent_role"', 'name="Roll"')
    found = attributes_of(text, '[interviews]\nrole = "roll"\n')
    assert found["Roll"] == ("respondent_role", "", 2, False)


def test_an_attribute_is_near_to_nothing_that_a_set_tells() -> None:
    variable = guid(ATLAS_TI, "variable", "x")
    value = f'<VariableValue><VariableRef targetGUID="{variable}"/><TextValue>x</TextValue>'
    text = qde(STUDY, ATLAS_TI).replace(
        "<Sources>", f'<Variables><Variable guid="{variable}" name="role"/></Variables><Sources>'
    )
    text = text.replace("</TextSource>", f"{value}</VariableValue></TextSource>")
    assert attributes_of(text) == {"role": ("", "", 2, True)}


def test_an_attribute_without_values_is_not_told() -> None:
    text = qde(study(ONE, given("stort", ONE)), TAGUETTE)
    named = f'<Variables><Variable guid="{guid(TAGUETTE, "v")}" name="role"/></Variables><Sources>'
    assert attributes_of(text.replace("<Sources>", named)) == {}


# coders


def two_users(one: str, other: str, ident: str = "") -> str:
    """A project of two users with these names, who marked the same place."""
    planted = study(ONE, given("stort", ONE, "ann"), given("stort", ONE, "bo"))
    text = qde(planted, QUIRKOS)
    for name, new in (("ann", one), ("bo", other)):
        text = text.replace(f' name="{name}"', f' name="{new}"{ident}')
    return text


def test_two_users_of_one_name_are_a_problem() -> None:
    found = read({"a.qde": two_users("Admin", "admin").encode()})
    (problem,) = found.sheet.problems
    assert problem.column == "Users"
    assert "2 users of one name" in problem.value
    assert "[interviews.coders]" in problem.remedy


def test_two_users_of_one_name_in_two_files_are_a_problem() -> None:
    files = {
        f"{coder}.qde": qde(study(ONE, given("stort", ONE, coder)), QUIRKOS)
        .replace(f'name="{coder}"', 'name="User"')
        .encode()
        for coder in ("ann", "bo")
    }
    (problem,) = read(files).sheet.problems
    assert "2 users of one name" in problem.value
    one = read(files, '[interviews.coders]\nUser = "ann"\n')
    assert (one.sheet.problems, column(one, "coder")) == ((), ["ann"])
    told = "".join(f'"{{{guid(QUIRKOS, name)}}}" = "{name}"\n' for name in ("ann", "bo"))
    two = read(files, f"[interviews.coders]\n{told}")
    assert (two.sheet.problems, column(two, "coder")) == ((), ["ann", "bo"])


def test_users_of_one_name_and_id_are_one() -> None:
    found = read({"a.qde": two_users("Admin", "Admin", ' id="AA"').encode()})
    assert (found.sheet.problems, column(found, "coder")) == ((), ["Admin"])


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anna", "anna"), ("anna", "ANNA"), ("Åsa", "A\u030asa"), ("A\u030aSA", "åsa")],
)
def test_users_of_one_id_whose_names_differ_in_spelling_are_one_coder(one: str, other: str) -> None:
    ident = ' id="AA"'
    together = two_users(one, other, ident)
    users = re.findall("<User .*/>", together)
    first = unicodedata.normalize("NFC", one)
    assert set(column(read({"all.qde": together.encode()}), "coder")) == {first}
    turned = together.replace("\n".join(users), "\n".join(reversed(users)))
    assert turned != together
    last = unicodedata.normalize("NFC", other)
    assert set(column(read({"all.qde": turned.encode()}), "coder")) == {last}
    apart = {
        f"{name}.qde": qde(study(ONE, given("stort", ONE, coder)), QUIRKOS)
        .replace(f' name="{coder}"', f' name="{spelled}"{ident}')
        .encode()
        for name, coder, spelled in (("x", "zoe", one), ("y", "ann", other))
    }
    found = read(apart)
    assert (found.sheet.problems, set(column(found, "coder"))) == ((), {first})


def test_users_whose_names_differ_in_spelling_but_not_of_one_id_are_a_problem() -> None:
    text = two_users("Anna", "anna").replace('name="Anna"', 'name="Anna" id="A1"', 1)
    (problem,) = read({"a.qde": text.encode()}).sheet.problems
    assert "2 users of one name" in problem.value


def test_study_toml_may_spell_a_coder_s_name_otherwise() -> None:
    files = {"a.qde": qde(study(ONE, given("stort", ONE, "Åsa")), QUIRKOS).encode()}
    more = '[interviews.coders]\n"A\u030aSA" = "x"\n'
    assert column(read(files, more), "coder") == ["x"]


def test_a_file_s_name_tells_a_coder_however_it_is_encoded() -> None:
    habit = dataclasses.replace(QUIRKOS, user_on="project")
    text = re.sub("<Users>.*</Users>", "", qde(study(ONE, given("stort", ONE)), habit), flags=16)
    files = {name: text.encode() for name in ("interviews-A\u030asa.qde", "åsa.qde")}
    assert set(column(read(files), "coder")) == {"Åsa"}


def test_one_user_with_two_names_is_a_problem() -> None:
    text = qde(study(ONE, given("stort", ONE, "ann")), QUIRKOS)
    files = {"a.qde": text.encode(), "b.qde": text.replace('"ann"', '"bo"').encode()}
    (problem,) = read(files).sheet.problems
    assert "different names" in problem.value
    told = read(files, '[interviews.coders]\nann = "x"\nbo = "x"\n')
    assert (told.sheet.problems, column(told, "coder")) == ((), ["x"])


def test_codings_of_nobody_in_a_project_of_several_are_one_problem() -> None:
    planted = study(ONE, given("stort", ONE, "ann"), given("mer", ONE, "bo"))
    habit = dataclasses.replace(QUIRKOS, user_on="project")
    (problem,) = problems(planted, habit)
    assert "name no user" in problem.value


def test_a_project_without_users_is_its_file_s() -> None:
    habit = dataclasses.replace(QUIRKOS, user_on="project")
    text = re.sub("<Users>.*</Users>", "", qde(study(ONE, given("stort", ONE)), habit), flags=16)
    assert column(read({"interviews-Ann.qde": text.encode()}), "coder") == ["Ann"]


@pytest.mark.parametrize(("coders", "refuses"), [(50, False), (51, True)])
def test_a_study_has_a_limited_number_of_coders(coders: int, refuses: bool) -> None:
    codes = (given("stort", ONE, f"c{number}") for number in range(coders))
    data = qdpx(study(ONE, *codes), QUIRKOS)
    if refuses:
        with pytest.raises(DataError, match="at most 50 coders"):
            read({"a.qdpx": data})
    else:
        assert len(set(column(read({"a.qdpx": data}), "coder"))) == coders


# the archive


def test_the_project_is_found_by_its_content() -> None:
    text = qde(study(ONE, given("stort", ONE)), QUIRKOS)
    for name in ("project.qde", "odd.xml", "deep/in/it", "sources/p.qde"):
        data = zipped({"readme.txt": "no", "inner.zip": zipped({"a": "b"}), name: text})
        assert is_refi_qda(data)
        assert len(read({"a.qdpx": data}).sheet.rows) == 1


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ({"a.txt": "text"}, "0 projects in the archive"),
        ({"a.qde": PROJECT.format(""), "b.qde": PROJECT.format("")}, "2 projects in the archive"),
    ],
)
def test_an_archive_has_one_project(entries: dict[str, str], found: str) -> None:
    with pytest.raises(DataError, match=found):
        read({"a.qdpx": zipped(entries)})


@pytest.mark.parametrize(
    "path",
    [
        "internal://{}",
        "internal:///{}",
        "relative:///{}",
        "relative://../elsewhere/{}",
        "absolute:///C:/Users/x/{}",
        "absolute://C:\\Users\\x\\{}",
        "{}",
        "sources/{}",
        "SOURCES\\{}",
    ],
)
@pytest.mark.parametrize("folder", ["sources", "Sources", "."])
def test_a_text_is_found_by_any_path(path: str, folder: str) -> None:
    text = ONE.replace("\n", "\r\n")
    planted = qde(study(ONE, given("stort", ONE), given("mer återkoppling", ONE)), QUIRKOS)
    planted = re.sub(
        'plainTextPath="[^"]*"', lambda _: f'plainTextPath="{path.format("t.txt")}"', planted
    )
    name = "t.txt" if folder == "." else f"{folder}/t.txt"
    found = read({"a.qdpx": zipped({"project.qde": planted, name: text})})
    assert "stort" in excerpts(found)


def test_a_file_name_that_two_paths_end_in_gives_neither_the_other_s_words() -> None:
    two = study(ONE, given("stort", ONE), dataclasses.replace(given("stort", ONE), source=1))
    two = dataclasses.replace(two, interviews=(*two.interviews, two.interviews[0]))
    paths = iter(("absolute://C:/norra/t.txt", "absolute://C:/sodra/t.txt"))
    planted = re.sub(
        'plainTextPath="[^"]*"', lambda _: f'plainTextPath="{next(paths)}"', qde(two, QUIRKOS)
    )
    found = read({"a.qdpx": zipped({"project.qde": planted, "sources/t.txt": ONE})})
    assert excerpts(found) == ["", ""]


def test_what_is_wrong_with_a_project_s_xml_is_told() -> None:
    planted = qde(study(ONE, given("stort", ONE)), QUIRKOS)
    attack = planted.replace("<Project", '<!DOCTYPE x [<!ENTITY a "b">]><Project', 1)
    data = zipped({"project.qde": attack})
    assert is_refi_qda(data)
    with pytest.raises(DataError, match="document type"):
        read({"a.qdpx": data})


def test_nothing_outside_of_the_archive_is_read(tmp_path: Path) -> None:
    outside = tmp_path / "t.txt"
    outside.write_text(ONE, encoding="utf-8")
    text = qde(study(ONE, given("stort", ONE)), QUIRKOS)
    for path in (f"absolute://{outside}", str(outside), f"relative://../../../..{outside}"):
        planted = re.sub('plainTextPath="[^"]*"', f'plainTextPath="{path}"', text)
        found = read({"a.qdpx": zipped({"project.qde": planted})})
        assert excerpts(found) == [""]
        assert any("not in the file" in warning for warning in found.found[0].warnings)


def test_a_text_in_another_encoding_is_said() -> None:
    planted = study(ONE, given("stort", ONE), given("mer återkoppling", ONE))
    data = qdpx(planted, QUIRKOS)
    name = guid(QUIRKOS, "text", 0) + ".txt"
    text = qde(planted, QUIRKOS)
    latin = zipped({"project.qde": text, f"sources/{name}": "återkoppling".encode("latin-1")})
    assert read({"a.qdpx": data}).found[0].warnings == ()
    (warning,) = read({"a.qdpx": latin}).found[0].warnings
    assert "not in UTF-8" in warning


@pytest.mark.parametrize(
    "data",
    [
        zipped({"project.qde": "<!DOCTYPE a><Project/>"}),
        zipped({"project.qde": PROJECT.format("<Users>")}),
        zipped({"../project.qde": PROJECT.format("")}),
        qdpx(STUDY, NVIVO)[:-40],
        qdpx(STUDY, NVIVO).replace(b"project.qde", b"/roject.qde"),
        PROJECT.format("<Users>").encode(),
        b"",
        b"PK\x03\x04",
    ],
)
def test_what_cannot_be_read_is_told_with_its_file(data: bytes) -> None:
    assert is_refi_qda(data) in (True, False)
    with pytest.raises(DataError) as error:
        read({"a.qdpx": data})
    assert {problem.file for problem in error.value.problems} == {"a.qdpx"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"id,submitdate\n",
        zipped({"xl/workbook.xml": "<workbook/>"}),
        b'<Project xmlns="urn:other"/>',
        b'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"/>',
    ],
)
def test_other_files_are_no_projects(data: bytes) -> None:
    assert not is_refi_qda(data)


def test_a_broken_archive_with_a_project_is_recognised_so_that_it_is_told() -> None:
    assert is_refi_qda(qdpx(STUDY, NVIVO)[:-40])


# selections of other kinds


U, C, S = (f"{n}" * 8 + f"-{n * 4}-{n * 4}-{n * 4}-" + n * 12 for n in "123")


def project(sources: str, more: str = "") -> bytes:
    """A project of one user, one code and these sources, of which the first is at ABC-1."""
    return PROJECT.format(
        f'<Users><User guid="{U}" name="ann"/></Users><CodeBook><Codes>'
        f'<Code guid="{C}" name="interest/3" isCodable="true"/></Codes></CodeBook>'
        f"<Sources>{sources}</Sources>{more}<Sets>"
        f'<Set guid="{U}" name="Department : ABC-1"><MemberSource targetGUID="{{{S}}}"/></Set>'
        "</Sets>"
    ).encode()


CODING = f'<Coding guid="{U}"><CodeRef targetGUID="{C}"/></Coding>'


def selected(tag: str, number: int, more: str = "", inside: str = "") -> str:
    guid_of = f"44444444-4444-4444-4444-{number:012d}"
    return f'<{tag} guid="{guid_of}" {more}>{inside}{CODING}</{tag}>'


def test_selections_without_offsets_are_segments_by_their_guid() -> None:
    sources = (
        f'<PDFSource guid="{S}">'
        + selected("PDFSelection", 1, 'page="0"', '<Representation guid="x"/>')
        + f'<Representation guid="{U}"><PlainTextContent>Vi vill gärna, sade de.</PlainTextContent>'
        + selected("PlainTextSelection", 1, 'startPosition="3" endPosition="13"')
        + selected("PlainTextSelection", 2, 'startPosition="0" endPosition="7"')
        + "</Representation></PDFSource>"
    )
    found = read({"a.qde": project(sources)})
    assert rows(found, "segment_id", "excerpt") == {
        ("44444444-4444-4444-4444-000000000001", "vill gärna"),
        ("44444444-4444-4444-4444-000000000002", "Vi vill"),
    }
    assert found.found[0].counts["codings given twice"] == 1


@pytest.mark.parametrize(
    ("tag", "selection"),
    [
        ("PictureSource", "PictureSelection"),
        ("AudioSource", "AudioSelection"),
        ("VideoSource", "VideoSelection"),
    ],
)
def test_pictures_and_sounds_are_coded_too(tag: str, selection: str) -> None:
    transcript = f'<Transcript guid="{U}">{selected("TranscriptSelection", 2)}</Transcript>'
    inside = transcript if tag != "PictureSource" else ""
    sources = f'<{tag} guid="{S}">{inside}{selected(selection, 1)}{CODING}{CODING}</{tag}>'
    found = read({"a.qde": project(sources)})
    assert found.sheet.problems == ()
    assert len(found.sheet.rows) == (3 if inside else 2)
    assert S in column(found, "segment_id")  # the whole source, once
    assert set(excerpts(found)) == {""}


def test_a_span_of_the_whole_text_is_the_whole_source() -> None:
    text = "Vi vill gärna, sade de."
    spans = (
        selected("PlainTextSelection", 1, f'startPosition="0" endPosition="{len(text)}"')
        + selected("PlainTextSelection", 2, 'startPosition="3" endPosition="7"')
        + CODING
    )
    content = f"<PlainTextContent>{text}</PlainTextContent>"
    found = read({"a.qde": project(f'<TextSource guid="{S}">{content}{spans}</TextSource>')})
    assert set(column(found, "segment_id")) == {S, "44444444-4444-4444-4444-000000000002"}


def test_codings_of_memos_are_counted_and_left_out() -> None:
    note = f'<Notes><Note guid="{U}">{selected("PlainTextSelection", 9)}</Note></Notes>'
    found = read({"a.qde": project(f'<TextSource guid="{S}">{CODING}</TextSource>', note)})
    assert found.found[0].counts["codings of memos"] == 1
    assert found.found[0].counts["codings"] == 1


@pytest.mark.parametrize("place", ["{}<Sources/>", "<Sources>{}</Sources>", "<Sources/>{}"])
def test_what_is_coded_outside_of_all_sources_is_of_none(place: str) -> None:
    astray = selected("PlainTextSelection", 1, 'startPosition="0" endPosition="4"') + CODING
    found = read({"a.qde": PROJECT.format(place.format(astray)).encode()})
    assert len(found.sheet.rows) == 0


@pytest.mark.parametrize("offsets", [("-1", "4"), ("5", "2"), ("x", "4"), ("9" * 12, "9" * 12)])
def test_offsets_that_are_none_leave_the_selection(offsets: tuple[str, str]) -> None:
    attributes = f'startPosition="{offsets[0]}" endPosition="{offsets[1]}"'
    inside = selected("PlainTextSelection", 1, attributes)
    found = read({"a.qde": project(f'<TextSource guid="{S}">{inside}</TextSource>')})
    assert len(found.sheet.rows) == 1
    assert any("no usable offsets" in warning for warning in found.found[0].warnings)


SAID = "Vi vill ha mer tid, sade de, och fler händer. Det vill alla.\n"
WELL = ((0, 7), (11, 18), (20, 27), (29, 44))


def with_spans(*spans: tuple[int, int], text: str = SAID) -> Read:
    """What is read of a source with four selections that lie well, and these."""
    inside = "".join(
        selected("PlainTextSelection", number, f'startPosition="{start}" endPosition="{end}"')
        for number, (start, end) in enumerate((*WELL, *spans))
    )
    content = f"<PlainTextContent>{text}</PlainTextContent>" if text else ""
    return read({"a.qde": project(f'<TextSource guid="{S}">{content}{inside}</TextSource>')})


def own_segments(found: Read) -> set[str]:
    """The segments that are none of the four, by the last digits of their GUID."""
    return {name[-2:] for name in column(found, "segment_id")} - {"00", "01", "02", "03"}


END = len(SAID)


@pytest.mark.parametrize(
    "span",
    [(END - 6, END + 2), (END, END + 4), (END + 3, END + 9)],  # END + 1: a line end counts as two
)
def test_a_selection_beyond_its_text_is_counted_and_told_and_not_quoted(
    span: tuple[int, int],
) -> None:
    found = with_spans(span)
    (recognised,) = found.found
    assert recognised.counts["selections beyond their text"] == 1
    assert [warning for warning in recognised.warnings if "1 selections reach beyond" in warning]
    assert not [warning for warning in recognised.warnings if "other words" in warning]
    assert own_segments(found) == {"04"}
    quoted = dict(zip(column(found, "segment_id"), excerpts(found), strict=True))
    assert [words for name, words in quoted.items() if name.endswith("04")] == [""]
    assert "mer tid" in quoted.values()


def test_a_selection_that_ends_with_its_text_is_not_beyond_it() -> None:
    found = with_spans((END - 6, END - 1), (END - 11, END))
    assert found.found[0].counts["selections beyond their text"] == 0
    assert found.found[0].warnings == ()
    assert {"alla.", "vill alla."} <= set(excerpts(found))


@pytest.mark.parametrize("text", [SAID, ""])
@pytest.mark.parametrize("place", [0, 12, END])
def test_an_empty_selection_is_counted_and_told_and_not_quoted(place: int, text: str) -> None:
    found = with_spans((place, place), (place, place), text=text)
    (recognised,) = found.found
    assert recognised.counts["selections that are empty"] == 2
    assert [warning for warning in recognised.warnings if "2 selections are empty" in warning]
    assert own_segments(found) == {"04", "05"}
    assert excerpts(found).count("") == (2 if text else 6)


def test_a_reversed_selection_is_counted_and_told_and_not_quoted() -> None:
    found = with_spans((18, 11))
    (recognised,) = found.found
    assert recognised.counts["selections without usable offsets"] == 1
    assert [warning for warning in recognised.warnings if "end before they begin" in warning]
    assert own_segments(found) == {"04"}
    assert excerpts(found).count("") == 1


def test_what_has_no_guid_is_told_apart() -> None:
    inside = "".join(f"<AudioSelection>{CODING}</AudioSelection>" for _ in range(2))
    found = read({"a.qde": project(f'<AudioSource guid="{S}">{inside}</AudioSource>')})
    assert len(set(column(found, "segment_id"))) == 2


def test_without_texts_segments_go_by_the_offsets_as_they_are() -> None:
    files = {
        f"{coder}.qde": qde(study(ONE, given(words, ONE, coder)), QUIRKOS).encode()
        for coder, words in (("ann", "inga resurser"), ("bo", "resurser"))
    }
    found = read(files)
    assert len(set(column(found, "segment_id"))) == 1
    assert excerpts(found) == ["", ""]


def test_the_convention_of_the_other_texts_holds_where_one_is_missing() -> None:
    habit = dataclasses.replace(QUIRKOS, inclusive=True)
    lost = f"sources/{guid(habit, 'text', 1)}.txt"
    entries = {"project.qde": qde(STUDY, habit), f"sources/{guid(habit, 'text', 0)}.txt": ONE}
    assert lost not in entries
    one = opened.open_one("a", zipped(entries), lambda *_: None)
    assert one.fit.convention.inclusive
    spans = set(zip(one.starts.tolist(), one.ends.tolist(), strict=True))
    assert spans == {(code.start, code.end) for code in STUDY.given}


# several files


def renamed(text: str, number: int = 0) -> str:
    """A project whose source has another GUID, as when each coder imported it herself."""
    return text.replace(guid(QUIRKOS, "source", number), guid(QUIRKOS, "another", number))


def test_a_source_with_the_same_text_is_the_same_in_another_file() -> None:
    habit = dataclasses.replace(QUIRKOS, content_in_xml=True)
    ann = qde(study(ONE, given("stort", ONE, "ann")), habit)
    bo = renamed(qde(study(ONE, given("är stort", ONE, "bo")), habit))
    found = read({"a.qde": ann.encode(), "b.qde": bo.encode()})
    assert len(set(column(found, "interview_id"))) == 1
    assert len(set(column(found, "segment_id"))) == 1


def test_two_sources_of_one_file_with_the_same_text_are_two() -> None:
    habit = dataclasses.replace(QUIRKOS, content_in_xml=True)
    one = study(ONE, given("stort", ONE), dataclasses.replace(given("stort", ONE), source=1))
    twice = dataclasses.replace(one, interviews=one.interviews * 2)
    found = read({"a.qde": qde(twice, habit).encode()})
    assert len(set(column(found, "interview_id"))) == 2


def test_one_source_with_two_texts_is_one_problem() -> None:
    habit = dataclasses.replace(QUIRKOS, content_in_xml=True)
    texts = {"a": ONE, "b": ONE + "Mer.\n", "c": ONE + "Än mer.\n"}
    files = {
        f"{name}.qde": qde(study(text, given("stort", text, name)), habit).encode()
        for name, text in texts.items()
    }
    (problem,) = read(files).sheet.problems
    assert problem.file == "b.qde"
    assert "another text" in problem.value


def test_one_selection_in_two_files_is_one_segment() -> None:
    text = project(f'<AudioSource guid="{S}">{selected("AudioSelection", 1)}</AudioSource>')
    other = text.replace(U.encode(), b"99999999-9999-9999-9999-999999999999")
    files = {"a.qde": text, "b.qde": other.replace(b'"ann"', b'"bo"')}
    found = read(files)
    assert column(found, "coder") == ["ann", "bo"]
    assert len(set(column(found, "segment_id"))) == 1


# the rest


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    data = qdpx(STUDY, NVIVO)
    read_refi_qda({"a": data}, PROTOCOL, settings(), lambda *done: told.append(done))
    name, done, of = told[-1]
    assert (name, done) == ("a", of)
    assert of == len(qde(STUDY, NVIVO).encode("utf-8-sig"))


def test_an_empty_project_is_an_empty_table() -> None:
    found = read({"a.qde": PROJECT.format("").encode()})
    assert found.sheet.problems == ()
    assert len(found.sheet.rows) == 0
    assert len(found.sheet.header) == 8


@pytest.mark.parametrize(("name", "value"), [("TEXT", 40), ("TEXTS", 40)])
def test_texts_have_a_limited_length(
    name: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, name, value)
    for habit in (QUIRKOS, dataclasses.replace(QUIRKOS, content_in_xml=True)):
        found = read({"a.qdpx": qdpx(study(ONE, given("stort", ONE)), habit)})
        assert excerpts(found) == [""]
        assert any("too long" in warning for warning in found.found[0].warnings)


def test_all_excerpts_together_have_a_limited_length(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = study(ONE, given("stort", ONE), given("mer återkoppling", ONE))
    monkeypatch.setattr(reading, "QUOTED", 10)
    found = read({"a.qdpx": qdpx(planted, QUIRKOS)})
    assert sorted(excerpts(found)) == ["", "stort"]
    assert any("too long" in warning for warning in found.found[0].warnings)


def test_of_many_codes_without_meaning_all_are_listed() -> None:
    codes = (given("stort", ONE, code=f"interest/{number}x") for number in range(60))
    found = read({"a.qdpx": qdpx(study(ONE, *codes), QUIRKOS)})
    assert len(found.found[0].unmapped) == 60
    assert sum(bool(one.nearest) for one in found.found[0].unmapped) == 50


@pytest.mark.parametrize("limit", [10, 10_001])
def test_a_very_long_selection_is_quoted_in_part(limit: int) -> None:
    text = "ord " * limit
    content = f"<PlainTextContent>{text} slut.</PlainTextContent>"
    end = len(text) - 1
    inside = selected("PlainTextSelection", 1, f'startPosition="4" endPosition="{end}"')
    inside += selected("PlainTextSelection", 2, 'startPosition="0" endPosition="3"')
    found = read({"a.qde": project(f'<TextSource guid="{S}">{content}{inside}</TextSource>')})
    longest = max(excerpts(found), key=len)
    assert len(longest) == min(end - 4, 10_001)
    assert longest.endswith("…") is (limit > 10_000)


SAMPLE = SCHEMA.parent / "spec_example_1548.qde"


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not here")
def test_the_specification_s_own_project_is_read() -> None:
    data = SAMPLE.read_bytes()
    more = '[interviews.codes]\ncornflakes = "interest/3"\nhappiness = "need/feedback"\n'
    found = read({"spec.qde": data}, more + '[interviews]\ndepartment = "gender"\n')
    (recognised,) = found.found
    assert recognised.kind == "REFI-QDA project of ATLAS.ti"
    assert recognised.counts["sources"] == 12
    assert recognised.counts["users"] == 3
    assert recognised.counts["codes"] == 14
    assert recognised.counts["codings"] == data.count(b"<CodeRef ")
    names = {one.name: one.count for one in recognised.mapped if one.what == "code"}
    assert names["Coke::diet Coke"] == 1
    assert len(found.sheet.rows) == 3  # Mabel's two, and Simon's
