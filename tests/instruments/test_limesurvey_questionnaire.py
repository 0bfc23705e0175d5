"""LimeSurvey's questionnaires (.lss): read from its own files, and held against the protocol's."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import PROTOCOL_FOLDER, su_2020

from mapping.errors import DataError
from mapping.instruments.limesurvey import (
    differences,
    is_questionnaire,
    questionnaire_of,
    read_questionnaire,
    survey_structure,
)

PROTOCOL = su_2020()
LSS = survey_structure(PROTOCOL)
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "limesurvey"

OLD = """<?xml version="1.0" encoding="UTF-8"?>
<document>
 <LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>366</DBVersion>
 <languages><language>sv</language><language>en</language></languages>
 <answers><rows>
  <row><qid>7</qid><code>A1</code><answer>Ja, &lt;b&gt;alltid&lt;/b&gt;</answer>
   <sortorder>1</sortorder><language>sv</language><scale_id>0</scale_id></row>
  <row><qid>7</qid><code>A1</code><answer>Yes,&amp;nbsp;always</answer>
   <sortorder>1</sortorder><language>en</language><scale_id>0</scale_id></row>
  <row><qid>7</qid><code>A1</code><answer>Andra</answer><language>sv</language>
   <scale_id>1</scale_id></row>
 </rows></answers>
 <questions><rows>
  <row><qid>7</qid><parent_qid>0</parent_qid><gid>2</gid><type>1</type><title>Q1</title>
   <question><![CDATA[<p>Vad&aring;?</p>]]></question><other>Y</other><language>sv</language></row>
  <row><qid>7</qid><parent_qid>0</parent_qid><gid>2</gid><type>1</type><title>Q1</title>
   <question>What?</question><other>Y</other><language>en</language></row>
 </rows></questions>
 <subquestions><rows>
  <row><qid>8</qid><parent_qid>7</parent_qid><title>SQ1</title><question>Del</question>
   <language>sv</language><scale_id>1</scale_id></row>
  <row><qid>8</qid><parent_qid>7</parent_qid><title>SQ1</title><question>Part</question>
   <language>en</language><scale_id>1</scale_id></row>
 </rows></subquestions>
</document>"""


def changed(*changes: tuple[str, str]) -> str:
    text = LSS
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def told(*changes: tuple[str, str]) -> tuple[str, ...]:
    return differences(read_questionnaire("a.lss", changed(*changes).encode()), PROTOCOL)


def titled(code: str) -> str:
    return f"<title><![CDATA[{code}]]></title>"


def test_the_questionnaire_that_is_shipped_is_read_as_the_protocols_own():
    data = (PROTOCOL_FOLDER / "questionnaire.lss").read_bytes()
    assert is_questionnaire(data)
    assert read_questionnaire("questionnaire.lss", data) == questionnaire_of(PROTOCOL)
    assert differences(questionnaire_of(PROTOCOL), PROTOCOL) == ()


def test_questions_with_their_parts_and_answers():
    asked = questionnaire_of(PROTOCOL)
    assert asked.languages == ("sv", "en")
    cond, arrang = asked.question("cond[inter]"), asked.question("arrang")
    assert cond is not None
    assert arrang is not None
    assert (cond.type, cond.other) == ("A", False)
    assert [part.code for part in cond.parts][:2] == ["inter", "manag"]
    assert (
        cond.parts[0].texts["en"] == "There is an interest in alumni relations at the department."
    )
    assert [answer.code for answer in arrang.answers] == ["A1", "A2", "A3", "A4", "A5"]
    assert asked.question("cond_inter") == cond
    assert asked.question("nothing") is None


def test_questionnaires_before_version_4_have_a_row_for_each_language():
    (question,) = read_questionnaire("old.lss", OLD.encode()).questions
    assert (question.qid, question.gid, question.code, question.type) == ("7", "2", "Q1", "1")
    assert question.other
    assert question.texts == {"sv": "Vadå?", "en": "What?"}
    assert [(p.code, p.scale, p.texts) for p in question.parts] == [
        ("SQ1", 1, {"sv": "Del", "en": "Part"})
    ]
    assert [(a.code, a.scale, a.texts) for a in question.answers] == [
        ("A1", 0, {"sv": "Ja, alltid", "en": "Yes, always"}),
        ("A1", 1, {"sv": "Andra"}),
    ]


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        (
            (titled("optout"), titled("opt")),
            (
                "Question optout is missing.",
                "Question opt is not in the protocol's questionnaire: it is left out.",
            ),
        ),
        (
            (titled("inter"), titled("intr")),
            (
                "Question cond, subquestion inter is missing.",
                "Question cond, subquestion intr is not in the protocol.",
            ),
        ),
        (
            ("<code><![CDATA[A0]]></code>", "<code><![CDATA[AO]]></code>"),
            (
                "Question staff, answer A0 is missing.",
                "Question staff, answer AO is not in the protocol.",
            ),
        ),
        (
            ("Prefekten och institutionsledningen stöder", "Ledningen stöder"),
            (
                "Question cond, subquestion manag reads 'Ledningen stöder alumnverksamheten.' (sv)"
                "; in the protocol "
                "'Prefekten och institutionsledningen stöder alumnverksamheten.'.",
            ),
        ),
        (
            ("<type><![CDATA[Y]]></type>", "<type><![CDATA[G]]></type>"),
            ("Question optout is of LimeSurvey's type G; in the protocol it is yes/no.",),
        ),
        (
            ("<type><![CDATA[A]]></type>", "<type><![CDATA[F]]></type>"),
            ("Question cond is an array; in the protocol it is an array of 5 points.",),
        ),
        (
            ("<other><![CDATA[N]]></other>", "<other><![CDATA[Y]]></other>"),
            ("Question department has an answer 'other', which the protocol does not know.",),
        ),
        (("<type><![CDATA[L]]></type>", "<type><![CDATA[!]]></type>"), ()),
        (("<type><![CDATA[S]]></type>", "<type><![CDATA[T]]></type>"), ()),
        (("Prefekten och", "PREFEKTEN  och"), ()),
    ],
)
def test_differences(change, sentences):
    assert told(change) == sentences


def test_a_language_that_was_not_asked_is_no_difference():
    only = changed().replace("<language><![CDATA[en]]></language>", "<language>de</language>")
    assert differences(read_questionnaire("a.lss", only.encode()), PROTOCOL) == ()


@pytest.mark.parametrize(
    "text", ["", "<document/>", "<document>", "PK", LSS.replace("Survey<", "Label set<")]
)
def test_what_is_no_questionnaire(text):
    assert not is_questionnaire(text.encode()) or text == ""
    with pytest.raises(DataError) as caught:
        read_questionnaire("a.lss", text.encode())
    assert {problem.file for problem in caught.value.problems} == {"a.lss"}


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1/x.dtd">',
        "<!DOCTYPE d>",
    ],
)
def test_document_types_and_entities_are_refused(declared):
    text = LSS.replace("?>\n", f"?>\n{declared}", 1).replace("Läget vid", "&x;&c;", 1)
    with pytest.raises(DataError) as caught:
        read_questionnaire("a.lss", text.encode())
    assert "document type declaration" in caught.value.problems[0].value


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not part of the project")
def test_questionnaires_that_limesurvey_wrote():
    found = {}
    for path in sorted(SAMPLES.glob("*.lss")):
        assert is_questionnaire(path.read_bytes())
        read = read_questionnaire(path.name, path.read_bytes())
        assert read.languages == ("en",)
        found[path.name] = [(q.code, q.type, len(q.parts), len(q.answers)) for q in read.questions]
        assert len(differences(read, PROTOCOL)) == 15 + len(read.questions)
        assert all(q.texts["en"] for q in read.questions)
    assert found == {
        "citric_answers.lss": [("Q01", "M", 3, 0), ("Q02", "F", 5, 5)],
        "citric_limesurvey_survey_432535.lss": [("G01Q01", "5", 0, 0), ("G01Q02", "T", 0, 0)],
        "citric_survey.lss": [
            ("G01Q01", "T", 0, 0),
            ("G01Q02", "5", 0, 0),
            ("G02Q03", "|", 0, 0),
            ("G02Q04", "Y", 0, 0),
        ],
    }


def test_questions_that_are_called_otherwise_there_are_no_difference():
    read = read_questionnaire("a.lss", changed((titled("optout"), titled("opt"))).encode())
    assert differences(read, PROTOCOL, {"optout": "opt"}) == ()
