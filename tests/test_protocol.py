"""The protocol: what loads, and what each refusal names."""

from __future__ import annotations

import dataclasses
import math
import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from builders import PROTOCOL_FOLDER, su_2020

from mapping.errors import DataError, Problem
from mapping.protocol import PROTOCOL_FILES, Word, load_protocol, protocol_hash
from mapping.vocabulary import FACTORS

TOML, CODES, ITEMS, TOOLS = PROTOCOL_FILES


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the shipped protocol that a test may spoil."""
    copy = tmp_path / "su-test"
    shutil.copytree(PROTOCOL_FOLDER, copy)
    return copy


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(DataError) as caught:
        load_protocol(folder)
    return caught.value.problems


# --- what loads -----------------------------------------------------------------


def test_the_shipped_protocol_holds_the_method():
    protocol = su_2020()
    assert protocol.name == "su-2020"
    assert len(protocol.indicator_keys()) == 13
    assert protocol.indicator_keys("conditions") == (
        "interest",
        "management_support",
        "colleague_support",
        "resources",
        "workload",
        "mandate",
        "staffing",
    )
    assert protocol.indicator_keys("needs") == ("internal_need", "importance")
    assert protocol.need_keys("external") == ("students", "alumni", "society")
    assert protocol.aspect_keys[:2] == ("interest", "support")
    assert protocol.themes[-1] == "other"
    assert protocol.weights == {"interview": 1, "workshop": 1, "survey": 1}
    assert len(protocol.criteria) == 15
    assert protocol.criteria[0].name == "good.interest"
    assert protocol.aspects[-1].ideal["moderate"] == 1
    assert protocol.title["en"] == "The mapping of 2020 at Stockholm University"


def test_a_copy_goes_by_the_name_of_its_folder(folder):
    assert load_protocol(folder).name == "su-test"


def test_shares_are_exact():
    assert su_2020().swot.common_denominator == Fraction(1, 3)


def test_a_protocol_never_changes():
    protocol = su_2020()
    with pytest.raises(dataclasses.FrozenInstanceError):
        protocol.version = "2"
    with pytest.raises(dataclasses.FrozenInstanceError):
        protocol.levels.good = 1.5


@pytest.mark.parametrize(
    ("codebook", "questionnaire"),
    [
        ("instrument,code,", "instrument,code,"),
        ("\ufeffinstrument,code,", "instrument,code,"),
    ],
)
def test_a_byte_order_mark_is_no_change(folder, codebook, questionnaire):
    change(folder, CODES, questionnaire, codebook)
    assert load_protocol(folder).codes == su_2020().codes


def test_the_hash_is_of_the_content_and_not_of_the_line_ends(folder):
    before = protocol_hash(folder)
    for name in PROTOCOL_FILES:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data.replace(b"\n", b"\r\n"))
    assert protocol_hash(folder) == before == load_protocol(folder).sha256
    assert before == protocol_hash(PROTOCOL_FOLDER)
    for name in PROTOCOL_FILES:
        spoilt = folder.parent / name.replace(".", "-")
        shutil.copytree(folder, spoilt)
        (spoilt / name).write_bytes((spoilt / name).read_bytes() + b"#")
        assert protocol_hash(spoilt) != before


# --- words -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "cases"),
    [
        (Word("x", at_least="2/5"), {(2, 5): True, (399, 1000): False, (401, 1000): True}),
        (Word("x", above="1/2"), {(1, 2): False, (499, 1000): False, (501, 1000): True}),
        (Word("x", at_most="1/4"), {(1, 4): True, (249, 1000): True, (251, 1000): False}),
        (Word("x", at_least="1/3"), {(1, 3): True, (333, 1000): False, (334, 1000): True}),
        (Word("x", departments=3), {(2, 4): False, (3, 4): True, (4, 4): True}),
        (
            Word("x", above="0", at_most="1/4"),
            {(0, 8): False, (1, 8): True, (2, 8): True, (3, 8): False},
        ),
    ],
)
def test_a_word_holds_in_its_range(word, cases):
    assert {case: word.holds(*case) for case in cases} == cases


@pytest.mark.parametrize(
    ("count", "word"),
    [
        (40, "all"),
        (39, "most"),
        (21, "most"),
        (20, "many"),
        (16, "many"),
        (15, "several"),
        (8, "several"),
        (7, "some"),
        (4, "some"),
        (3, "a_few"),
        (1, "a_few"),
        (0, "none"),
    ],
)
def test_the_strongest_word_that_holds_is_said_of_forty(count, word):
    assert su_2020().word(count, 40) == word


@pytest.mark.parametrize(("count", "of", "word"), [(2, 10, "some"), (3, 15, "several")])
def test_several_needs_three_departments(count, of, word):
    assert su_2020().word(count, of) == word


@pytest.mark.parametrize(
    ("word", "of", "least", "most"),
    [
        ("generally", 30, 20, 30),
        ("majority", 30, 16, 30),
        ("most", 30, 16, 30),
        ("many", 30, 12, 30),
        ("often", 30, 12, 30),
        ("several", 30, 6, 30),
        ("several", 10, 3, 10),
        ("a_number_of", 40, 6, 40),
        ("some", 30, 3, 30),
        ("a_few", 40, 1, 10),
    ],
)
def test_the_words_of_the_summary_have_these_ranges(word, of, least, most):
    """The words to shares of the study's definitions, at both edges."""
    held = [count for count in range(of + 1) if su_2020().ranges[word].holds(count, of)]
    assert (held[0], held[-1], len(held)) == (least, most, most - least + 1)


def test_our_own_texts_never_say_a_published_word():
    protocol = su_2020()
    said = {protocol.word(count, of) for of in range(1, 51) for count in range(of + 1)}
    assert said == {"all", "most", "many", "several", "some", "a_few", "none"}


# --- what is refused ------------------------------------------------------------------

# file, text replaced, by what; row and key of the problem, and a piece of the reason
REFUSED = {
    "no-toml": (TOML, 'version = "1.0"', "version = ", None, "", "TOML"),
    "name": (TOML, 'version = "1.0"', 'version = "1.0"\nname = "su-2020"', None, "name",
             "its folder"),
    "not-seen": (CODES, "workshop,interest,indicator,interest,",
                 "workshop,staffing,indicator,staffing,", 70, "key", "that the workshop sees"),
    "missing-key": (TOML, 'version = "1.0"', "", None, "version", "required"),
    "unknown-key": (TOML, 'version = "1.0"', 'version = "1.0"\nx = 1', None, "x", "a known key"),
    "unknown-table-key": (TOML, "draws = 2000", "draws = 2000\nx = 1", None, "need_rules.x",
                          "a known key"),
    "level-order": (TOML, "good = 2.0", "good = 0.5", None, "levels", "levels must rise"),
    "level-above-scale": (TOML, "good = 2.0", "good = 3.5", None, "levels", "levels must rise"),
    "weight-zero": (TOML, "weight = 1", "weight = 0", None, "instruments.0.weight", "greater"),
    "instrument-unknown": (TOML, 'key = "survey"', 'key = "poll"', None, "instruments.2.key",
                           "'interview'"),
    "instrument-twice": (TOML, 'key = "survey"', 'key = "workshop"', None, "instruments", "once"),
    "seen-by": (TOML, 'seen_by = ["interview", "workshop", "survey"]', 'seen_by = ["poll"]', None,
                "indicators.0.seen_by.0", "'interview'"),
    "construct": (TOML, 'construct = "conditions"', 'construct = "wants"', None,
                  "indicators.0.construct", "'conditions'"),
    "indicator-twice": (TOML, 'key = "workload"', 'key = "interest"', None, "indicators", "once"),
    "key-form": (TOML, 'key = "shared"', 'key = "Shared ones"', None, "arrangements.0.key",
                 "pattern"),
    "staffing-level": (TOML, "staffing = 3", "staffing = 3.1", None, "arrangements.0.staffing",
                       "less than"),
    "listed-apart": (TOML, 'listed_apart = "other"', 'listed_apart = "odd"', None,
                     "need_rules.listed_apart", "an internal need"),
    "ideal-order": (TOML, "good = 3, moderate = 1.5", "good = 1, moderate = 1.5", None,
                    "aspects.0.ideal", "ideals must be ordered"),
    "rests-on": (TOML, 'rests_on = ["interest"]', 'rests_on = ["zeal"]', None,
                 "aspects.interest.rests_on", "an indicator"),
    "rests-on-nothing": (TOML, 'rests_on = ["interest"]', "rests_on = []", None,
                         "aspects.0.rests_on", "at least 1"),
    "criterion-aspect": (TOML, 'aspect = "interest", at_least = 2', 'aspect = "zeal", at_least = 2',
                         None, "criteria.good.interest.any", "an aspect"),
    "criterion-twice": (TOML, 'tier = "good"\nkey = "support"', 'tier = "good"\nkey = "interest"',
                        None, "criteria", "once"),
    "tier-unknown": (TOML, 'tier = "good"', 'tier = "great"', None, "criteria.0.tier", "'good'"),
    "share-text": (TOML, '"1/3"', '"a third"', None, "swot.common_denominator", "Fraction"),
    "share-by-zero": (TOML, '"1/3"', '"1/0"', None, "swot.common_denominator", "divided by 0"),
    "share-above-1": (TOML, '"1/3"', '"4/3"', None, "swot.common_denominator", "less than"),
    "word-twice": (TOML, 'key = "most"', 'key = "all"', None, "words", "once"),
    "minimum-cell": (TOML, "minimum_cell = 5", "minimum_cell = 0", None,
                     "disclosure.minimum_cell", "greater"),
    "borderline": (TOML, "borderline = 0.05", "borderline = -0.1", None, "tier_rules.borderline",
                   "greater"),
    "codebook-header": (CODES, "instrument,code", "instrument,kod", 1, "", "instrument, code"),
    "codebook-ragged": (CODES, "interest/1,indicator", "interest/1,indicator,x", 3, "", "7 cells"),
    "code-twice": (CODES, "interest/1", "interest/0", None, "codebook.csv code", "once"),
    "code-kind": (CODES, "interest/1,indicator", "interest/1,sign", 3, "kind", "'indicator'"),
    "code-key": (CODES, "interest/1,indicator,interest", "interest/1,indicator,zeal", 3, "key",
                 "kind indicator"),
    "code-level-high": (CODES, "interest,3,", "interest,4,", 5, "level", "less than"),
    "code-level-missing": (CODES, "interest,3,", "interest,,", 5, "level", "a level for"),
    "code-level-of-need": (CODES, "need,recruitment,,", "need,recruitment,1,", 54, "level",
                           "no other"),
    "code-arrangement": (CODES, "arrangement,shared", "arrangement,common", 62, "key",
                         "kind arrangement"),
    "theme-not-its-key": (CODES, "workshop,mandate,", "workshop,task,", 75, "key", "the key"),
    "item-header": (ITEMS, "item,", "fråga,", 1, "", "item, limesurvey_code"),
    "item-twice": (ITEMS, "cond[mandate]", "cond[workload]", None, "questionnaire.csv item",
                   "once"),
    "limesurvey-code-twice": (ITEMS, "cond[manda]", "cond[workl]", None,
                              "questionnaire.csv limesurvey_code", "once"),
    "limesurvey-code": (ITEMS, "cond[inter]", "cond[in_er]", 2, "limesurvey_code", "pattern"),
    "limesurvey-code-part": (ITEMS, "cond[inter]", "condinter", 2, "limesurvey_code",
                             "question[part]"),
    "limesurvey-code-whole": (ITEMS, ",staff,", ",staff[a],", 8, "limesurvey_code",
                              "without [part]"),
    "limesurvey-code-mixed": (ITEMS, "appl[more]", "cond[more]", 23, "limesurvey_code",
                              "one type"),
    "item-type": (ITEMS, "likert5", "likert7", 2, "type", "'likert5'"),
    "item-type-of-kind": (ITEMS, "optout,optout,yes_no,fact,optout", "optout,optout,yes_no,wish,o",
                          36, "type", "multiple for wish"),
    "item-key": (ITEMS, "indicator,interest", "indicator,zeal", 2, "key", "kind indicator"),
    "item-arrangement": (ITEMS, "single,arrangement,arrangement", "single,arrangement,shared", 31,
                         "key", "kind arrangement"),
    "answer-code-long": (ITEMS, "A1=organic", "A10000=organic", 32, "answers.0.0", "pattern"),
    "answer-unknown": (ITEMS, "A1=organic", "A1=wild", 32, "answer_codes", "organic"),
    "answer-code-twice": (ITEMS, "A1=organic A2=", "A1=organic A1=", 32, "answer_codes", "each of"),
    "answer-missing": (ITEMS, "A3=3", "", 8, "answer_codes", "0, 1, 2, 3"),
    "answer-not-wanted": (ITEMS, "optout,,no", "optout,A1=x,no", 36, "answer_codes", "none"),
    "audit-alpha": (TOML, "tentative = 0.667", "tentative = 0.8", None, "audit", "below reliable"),
    "audit-instruments": (TOML, "agree = 0.75", "agree = 1.5", None, "audit", "below conflict"),
    "audit-clear-tier": (TOML, 'clear_tier = "4/5"', 'clear_tier = "1/2"', None,
                         "audit.clear_tier", "greater than"),
    "factor-unknown": (TOML, 'key = "tie" ', 'key = "chance" ', None, "audit.factors.5.key",
                       "'rule'"),
    "choice-unknown": (TOML, 'key = "euclid"', 'key = "cosine"', None, "audit.factors.0",
                       "each level once, of city_block"),
    "choice-twice": (TOML, 'key = "euclid"', 'key = "city_block"', None, "audit.factors.0",
                     "each level once"),
    "choice-first-named": (TOML, '{ key = "mean"', '{ key = "median"', None, "audit.factors.4",
                           "each level once"),
    "choice-first-changed": (TOML, '"stated", label', '"stated", moved = 0.5, label', None,
                             "audit.factors.1", "what the reports do"),
    "choice-of-another-factor": (TOML, "moved = -0.25", 'without = ["survey"]', None,
                                 "audit.factors.1", "of another factor"),
    "choice-too-far": (TOML, "moved = -0.25", "moved = -3.5", None,
                       "audit.factors.1.levels.1.moved", "greater than"),
    "choice-weight": (TOML, "{ interview = 2 }", "{ interview = 0 }", None,
                      "audit.factors.3.levels.1.times.interview", "greater than"),
    "choice-instrument": (TOML, '["interview"], label', '["diary"], label', None,
                          "audit.factors.2.levels.1.without.0", "'interview'"),
    "finding-twice": (TOML, 'key = "fieldwork"', 'key = "frame"', None, "findings", "once"),
    "finding-key": (TOML, 'key = "fieldwork"', 'key = "Field work"', None, "findings.1.key",
                    "pattern"),
    "finding-section": (TOML, 'section = "aims"', 'section = "preface"', None,
                        "findings.2.section", "'intro'"),
    "finding-word": (TOML, 'word = "some"', 'word = "plenty"', None, "findings.shared-exists.word",
                     "[[words]]"),
    "finding-word-of-a-part": (TOML, 'individual = "several"', 'individual = "plenty"', None,
                               "findings.origins.word", "[[words]]"),
    "criterion-word": (TOML, 'word = "often"', 'word = "plenty"', None,
                       "criteria.moderate.support.word", "[[words]]"),
    "criterion-without-word": (TOML, 'word = "often"', "", None, "criteria.11.word", "required"),
    "family-unknown": (TOML, '"factors-matter", "sh', '"factors-count", "sh', None,
                       "finding_rules.family", "a finding"),
    "family-twice": (TOML, '"factors-matter", "sh', '"shared-strength", "sh', None,
                     "finding_rules.family", "once"),
    "recommendation-twice": (TOML, 'key = "R2"', 'key = "R1"', None, "recommendations", "once"),
    "recommendation-arrangement": (TOML, 'arrangements = ["shared"]', 'arrangements = ["odd"]',
                                   None, "recommendations.R1.arrangements", "an arrangement"),
    "recommendation-indicator": (TOML, "workload = 2 }", "zeal = 2 }", None,
                                 "recommendations.R2.at_least", "an indicator"),
    "recommendation-of-nothing": (TOML, 'arrangements = ["shared"]', "", None,
                                  "recommendations.R1", "arrangements or at_least"),
    "tool-header": (TOOLS, "tool,kind", "verktyg,kind", 1, "", "tool, kind"),
    "tool-kind": (TOOLS, "portraits,need,", "portraits,wish,", 2, "kind", "'need'"),
    "tool-need": (TOOLS, "portraits,need,recruitment", "portraits,need,interest", 2, "key",
                  "an internal need"),
    "tool-condition": (TOOLS, "description,condition,mandate", "description,condition,feedback",
                       14, "key", "the conditions"),
    "tool-serves-twice": (TOOLS, "portraits,need,employability", "portraits,need,recruitment", 3,
                          "key", "once a tool"),
    "tool-of-two-names": (TOOLS, "Statistics on career", "Figures on career", 6, "label_sv",
                          "the same labels"),
    "reversed": (ITEMS, "interest,,no", "interest,,maybe", 2, "reversed", "boolean"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_protocol_is_refused_with_file_key_and_reason(case, folder):
    name, old, new, row, key, reason = REFUSED[case]
    change(folder, name, old, new)
    found = [p for p in problems(folder) if p.column == key and reason in p.expected]
    assert len(found) == 1
    assert found[0].row == row
    in_toml = key.startswith(("codebook.csv ", "questionnaire.csv "))
    assert found[0].file == f"su-test/{TOML if in_toml else name}"


def test_the_audit_of_the_shipped_protocol_tries_at_least_five_hundred_choices():
    factors = su_2020().audit.factors
    assert [factor.key for factor in factors] == list(FACTORS)
    # as it stands with one coder; each of several coders is a level more
    levels = [len(factor.levels) for factor in factors if factor.key != "coder"]
    assert math.prod(levels) == 960
    assert su_2020().audit.factor("demands").levels[1].moved == -0.25


def test_the_first_level_of_a_named_factor_is_what_the_reports_do(folder):
    text = (folder / TOML).read_text(encoding="utf-8")
    lower, higher = (
        line for line in text.splitlines() if "den lägre" in line or "den högre" in line
    )
    turned = text.replace(f"{lower}\n{higher}", f"{higher}\n{lower}")
    assert turned != text
    (folder / TOML).write_text(turned, encoding="utf-8")
    (problem,) = problems(folder)
    assert problem.column == "audit.factors.5"
    assert "the first level is what the reports do: lower, nothing changed" in problem.expected


def test_a_missing_factor_is_named(folder):
    text = (folder / TOML).read_text(encoding="utf-8")
    start = text.index('[[audit.factors]]\nkey = "tie"')
    end = text.index("[[audit.factors]]", start + 1)
    (folder / TOML).write_text(text[:start] + text[end:], encoding="utf-8")
    (problem,) = problems(folder)
    assert problem.column == "audit"
    assert "factors, each once: rule, demands" in problem.expected


def test_a_missing_section_is_named_with_what_to_do(folder):
    text = (folder / TOML).read_text(encoding="utf-8")
    start, end = text.index("\n# --- the methodology audit"), text.index("\n[disclosure]")
    without = text[:start] + (text[end:] if end > start else "")
    (folder / TOML).write_text(without, encoding="utf-8")
    (problem,) = problems(folder)
    assert (problem.file, problem.column) == (f"su-test/{TOML}", "audit")
    assert "su-2020 shows how" in problem.remedy


@pytest.mark.parametrize("name", PROTOCOL_FILES)
def test_a_missing_file_is_named(name, folder):
    (folder / name).unlink()
    (problem,) = problems(folder)
    assert problem.file == f"su-test/{name}"


def test_all_missing_files_are_named_at_once(tmp_path):
    assert [p.file.partition("/")[2] for p in problems(tmp_path / "none")] == list(PROTOCOL_FILES)


@pytest.mark.parametrize("name", PROTOCOL_FILES)
def test_another_encoding_is_refused(name, folder):
    data = (folder / name).read_text(encoding="utf-8").encode("utf-16")
    (folder / name).write_bytes(data)
    (problem,) = problems(folder)
    assert problem.file == f"su-test/{name}"
    assert "UTF-8" in problem.expected


@pytest.mark.parametrize("tier", ["good", "moderate", "small"])
def test_every_tier_needs_a_criterion(tier, folder):
    text = (folder / TOML).read_text(encoding="utf-8")
    blocks = text.split("[[criteria]]\n")
    kept = [block for block in blocks if not block.startswith(f'tier = "{tier}"')]
    # What follows the last criterion stays.
    rest = "" if tier != "small" else blocks[-1].partition("\n\n")[2]
    (folder / TOML).write_text("[[criteria]]\n".join(kept) + rest, encoding="utf-8")
    (problem,) = problems(folder)
    assert problem.column == "criteria"
    assert tier in problem.expected


@pytest.mark.parametrize("construct", ["conditions", "needs"])
def test_every_construct_needs_an_indicator(construct, folder):
    text = (folder / TOML).read_text(encoding="utf-8")
    text = text.replace(f'construct = "{construct}"', 'construct = "none"')
    (folder / TOML).write_text(text, encoding="utf-8")
    (problem,) = [p for p in problems(folder) if p.column == "indicators"]
    assert construct in problem.expected


def test_every_instrument_needs_an_entry(folder):
    change(
        folder,
        TOML,
        '[[instruments]]\nkey = "survey"\nweight = 1\nlabel = { sv = "enkät", en = "survey" }\n',
        "",
    )
    (problem,) = problems(folder)
    assert (problem.column, problem.expected) == ("instruments", "an entry for survey")


def test_several_wrong_keys_are_told_at_once(folder):
    change(folder, TOML, "draws = 2000", "draws = 0")
    change(folder, TOML, "weight = 1", "weight = 0")
    change(folder, CODES, "interest,3,", "interest,4,")
    assert sorted(p.column for p in problems(folder)) == [
        "instruments.0.weight",
        "level",
        "need_rules.draws",
    ]
