"""Every finding of the protocol has its function, and every function its finding."""

from __future__ import annotations

import inspect
from dataclasses import replace
from types import ModuleType

import pytest
from made_departments import EDGES, PROTOCOL, known_of, parts_of

from mapping.errors import DataError
from mapping.findings import aims, conclusions, conditions, needs, results
from mapping.findings.assembly import measure

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


@pytest.mark.parametrize("module", set(MODULES.values()))
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


def test_a_finding_without_a_function_is_an_error_of_the_protocol() -> None:
    unheard = replace(PROTOCOL.findings[0], key="unheard-of")
    with pytest.raises(DataError, match="unheard-of"):
        measure(known_of((1, {})), replace(PROTOCOL, findings=(unheard,)))
