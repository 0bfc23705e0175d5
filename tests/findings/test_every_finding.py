"""Every finding of the protocol has its function, and every function its finding."""

from __future__ import annotations

import inspect
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import pytest
from made_departments import EDGES, PROTOCOL, known_of, parts_of

from mapping.errors import DataError
from mapping.findings import aims, conclusions, conditions, needs, results
from mapping.findings.assembly import parts
from mapping.findings.requirements import EVERY, NAMED, SHARES, unmet
from mapping.protocol import Finding, Protocol

MODULES = {
    "intro": aims,
    "aims": aims,
    "results": results,
    "conditions": conditions,
    "needs": needs,
    "conclusions": conclusions,
}
KEYS = [finding.key for finding in PROTOCOL.findings]


def functions(module: ModuleType) -> list[str]:
    """The public functions that the module itself defines."""
    return [
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


@pytest.mark.parametrize("module", dict.fromkeys(MODULES.values()))
def test_the_functions_of_a_section_are_its_findings(module: ModuleType) -> None:
    stated = [f.key for f in PROTOCOL.findings if MODULES[f.section] is module]
    assert sorted(functions(module)) == sorted(key.replace("-", "_") for key in stated)


@pytest.mark.parametrize("key", KEYS)
def test_every_part_has_a_name_and_every_share_its_word(key: str) -> None:
    parts = parts_of(key, known_of((1, {})))
    assert len({part.part for part in parts}) == len(parts) > 0
    for part in parts:
        assert (part.word in EDGES) == (part.measure == "share")


@pytest.mark.parametrize("key", KEYS)
def test_the_words_of_a_finding_are_those_of_its_parts(key: str) -> None:
    finding = PROTOCOL.statements[key]
    said = {part.part for part in parts_of(key, known_of((1, {}))) if part.word}
    if isinstance(finding.word, dict):
        assert set(finding.word) == said
    elif finding.word:
        assert said == {"whole"}


@pytest.mark.parametrize("key", KEYS)
def test_the_family_has_exactly_the_findings_with_an_association(key: str) -> None:
    measures = {part.measure for part in parts_of(key, known_of((1, {})))}
    assert ("association" in measures) == (key in PROTOCOL.finding_rules.family)


@pytest.mark.parametrize("key", KEYS)
def test_the_shares_that_need_a_word_are_listed(key: str) -> None:
    parts = parts_of(key, known_of((1, {})))
    criterion = key.startswith("tier-")  # their words are the criteria's
    shares = [part.part for part in parts if part.measure == "share" and not criterion]
    assert list(SHARES.get(key, ())) == shares


def test_the_shipped_protocol_has_all_that_its_findings_name() -> None:
    assert list(unmet(PROTOCOL)) == []


def without(protocol: Protocol, column: str, key: str) -> Protocol:
    """The protocol without one key of a list, its references unmended."""
    name, _, side = column.partition(".")
    kept = [one for one in getattr(protocol, name)
            if (one.key, getattr(one, "side", "")) != (key, side)]  # fmt: skip
    assert len(kept) == len(getattr(protocol, name)) - 1
    return replace(protocol, **{name: tuple(kept)})


@pytest.mark.parametrize(
    ("column", "key"), [(column, key) for column, keys in NAMED.items() for key in keys]
)
def test_what_findings_name_and_the_protocol_lacks_is_its_error(column: str, key: str) -> None:
    (problem,) = unmet(without(PROTOCOL, column, key))
    assert (problem.file, problem.column) == ("su-2020/protocol.toml", column)
    assert f"the key {key}," in problem.expected
    assert "[[findings]]" in problem.remedy


@pytest.mark.parametrize(
    ("column", "key"),
    [
        (column, key)
        for column, keys in NAMED.items()
        for key, naming in keys.items()
        if naming is not EVERY
    ],
)
def test_without_the_findings_that_name_it_a_key_may_go(column: str, key: str) -> None:
    naming = NAMED[column][key]
    assert set(naming) <= set(KEYS)
    kept = tuple(f for f in PROTOCOL.findings if f.key not in naming)
    assert list(unmet(replace(without(PROTOCOL, column, key), findings=kept))) == []


def test_all_that_is_wrong_is_told_at_once_before_anything_is_computed() -> None:
    lacking = without(without(PROTOCOL, "needs.external", "students"), "indicators", "activity")
    wordless = [replace(f, word={"organic": "some"}) if f.key == "origins" else f
                for f in lacking.findings]  # fmt: skip
    wordless = [replace(f, word=None) if f.key == "few-without" else f for f in wordless]
    unheard = replace(PROTOCOL.findings[0], key="unheard-of")
    wrong = replace(lacking, findings=(*wordless, unheard))
    with pytest.raises(DataError) as raised:
        parts(SimpleNamespace(protocol=wrong))  # has no data at all
    told = [(problem.column, problem.expected) for problem in raised.value.problems]
    assert {problem.file for problem in raised.value.problems} == {"su-2020/protocol.toml"}
    assert all(problem.remedy for problem in raised.value.problems)
    assert told == [
        ("findings", "a finding that the program can measure"),
        ("indicators", "the key activity, which every finding must have"),
        ("needs.external", "the key students, which students-voice must have"),
        ("findings.origins.word", "a word for its part individual"),
        ("findings.few-without.word", "a word for its part whole"),
    ]


def test_a_protocol_without_findings_needs_nothing_of_the_sort() -> None:
    bare = replace(without(PROTOCOL, "indicators", "activity"), findings=())
    assert parts(SimpleNamespace(protocol=bare)).empty


def test_an_unlisted_share_without_a_word_is_an_error_too() -> None:
    with pytest.raises(DataError, match=r"findings\.new\.word.*its part whole"):
        Finding("new", "results").word_of("whole")
