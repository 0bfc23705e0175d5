"""What each measure rests on, held against what the findings look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from builders import su_2020
from made_departments import Group, known_of, parts_of

from mapping.findings.assembly import measure
from mapping.findings.known import REGISTER, Known, known
from mapping.followup.rests_on import FINDINGS, measures, touched
from mapping.schemas import conform
from mapping.study import Study, load_year

ROOT = Path(__file__).parents[2]
PROTOCOL = su_2020()

LOOKED_AT: dict[str, set[str]] = {
    **{key: {f"indicator:{key}"} for key in PROTOCOL.indicator_keys()},
    **{key: set() for key in (*REGISTER, "programme_share")},
    "support": {"aspect:support"},
    "conditions": {"construct:conditions"},
    "conditions_level": {"construct:conditions"},
    "needs": {"construct:needs"},
    "needs_level": {"construct:needs"},
    **{key: {"tier"} for key in ("tier", "borderline", "aspects", "criteria")},
    "arrangement": {"arrangement"},
    "single_officer": {"arrangement"},
    "origin": {"origin"},
    "internal": {"need", "indicator:internal_need"},
    "external": {"voice", "indicator:external_need"},
    "counsellor": {"role"},
    "active": {"indicator:activity"},
    "engaged": {"aspect:support", "indicator:interest"},
    "with_officer": {"indicator:staffing"},
    "enthusiast_dependent": {
        "indicator:activity", "arrangement", "origin", "aspect:support", "indicator:mandate",
        "indicator:resources",
    },
}  # fmt: skip
"""What each thing that a finding can look at stands for; the register for no measure."""

TABLES = {"needs": "need", "voices": "voice", "wishes": "wish"}
"""Tables with a column for each key of a kind, and the kind."""

ALIKE: Group = (
    12,
    {
        **dict.fromkeys(PROTOCOL.indicator_keys(), 2.0),
        "support": 2.0, "conditions": 2.0, "needs_construct": 2.0, "programme_share": 0.5,
        "arrangement": "shared", "origin": "organic", "tier": "good", "borderline": False,
        "conditions_level": "good", "needs_level": "clear", "internal": True, "external": True,
        "counsellor": True, "needs": ("recruitment",), "voices": ("students",),
        "wishes": ("tools",), **dict.fromkeys(REGISTER, 1.0),
        "facts": dict.fromkeys(
            ("unclear_expectation", "no_incentive", "role_problem", "optout",
             "applicants_more", "applicants_better"), True,
        ),
        "answers": {"role_problem": 4.0},
    },
)  # fmt: skip


class Watched:
    """A table of which is noted what is looked at: a column, or else the whole of it."""

    def __init__(self, table: pd.DataFrame, kind: str, seen: set[str]) -> None:
        self.table, self.kind, self.seen = table, kind, seen

    def __getitem__(self, key: Any) -> Any:
        self.seen.add(f"{self.kind}:{key}" if isinstance(key, str) else self.kind)
        return self.table[key]

    def __iter__(self) -> Iterator[Any]:
        self.seen.add(self.kind)
        return iter(self.table)

    def __len__(self) -> int:
        return len(self.table)

    def __getattr__(self, name: str) -> Any:
        self.seen.add(self.kind)
        return getattr(self.table, name)


class Watching(Known):
    """What is known of departments, noting in ``seen`` what of it a finding looks at."""

    def __getitem__(self, name: str) -> pd.Series:
        self.seen.update(LOOKED_AT[name])
        return super().__getitem__(name)

    def fact(self, key: str) -> pd.Series:
        self.seen.add(f"fact:{key}")
        return super().fact(key)

    def answer(self, key: str) -> pd.Series:
        self.seen.add(f"fact:{key}")
        return super().answer(key)

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if name in TABLES:
            return Watched(value, TABLES[name], self.seen)
        if name in ("aspects", "criteria"):
            self.seen.update(LOOKED_AT[name])
        return value


@cache
def case() -> dict[str, Any]:
    """What is known of some departments, by the names that it has for the findings."""
    made = known_of(ALIKE)
    return {one.name: getattr(made, one.name) for one in fields(made)}


def looked_at(key: str) -> set[str]:
    """The measures that a finding looks at when it is counted or tested."""
    seen = set[str]()
    watching = object.__new__(Watching)
    for name, value in {**case(), "seen": seen}.items():
        object.__setattr__(watching, name, value)
    parts_of(key, watching)
    return {name for name in seen if name.partition(":")[0] not in seen or ":" not in name}


@pytest.mark.parametrize("key", list(PROTOCOL.statements))
def test_a_finding_rests_on_all_that_it_looks_at_and_on_nothing_else(key: str) -> None:
    assert set(FINDINGS[key]) == looked_at(key)


def test_every_finding_and_no_other_has_what_it_rests_on() -> None:
    assert list(FINDINGS) == list(PROTOCOL.statements)


def test_what_findings_rest_on_is_measured_or_asked() -> None:
    asked = {"arrangement", "origin", "wish", "role"}
    asked |= {f"fact:{one.key}" for one in PROTOCOL.items if one.kind == "fact"}
    known_names = measures(PROTOCOL)
    kinds = {name.partition(":")[0] for name in known_names}
    named = {name for grounds in FINDINGS.values() for name in grounds}
    assert named <= known_names | kinds | asked


@cache
def example() -> Study:
    """The example year, its tests with few permutations and draws."""
    study = load_year(2020, ROOT)
    quick = replace(
        study.protocol,
        finding_rules=replace(study.protocol.finding_rules, permutations=20),
        need_rules=replace(study.protocol.need_rules, draws=20),
    )
    stored = {"evidence": study.evidence, "respondents": study.respondents}
    return Study(study.raw, quick, stored)


def measured(evidence: pd.DataFrame) -> dict[str, str]:
    stored = {"evidence": conform(evidence, "evidence"), "respondents": example().respondents}
    study = Study(example().raw, example().protocol, stored)
    return {key: repr(parts) for key, parts in measure(known(study), study.protocol).items()}


@cache
def unchanged() -> dict[str, str]:
    return measured(example().evidence)


FEW = [
    (("fact", "wish"), None, ["fact:optout", "fact:role_problem", "fact:no_incentive", "wish:tools",
                              "fact:applicants_more", "fact:applicants_better",
                              "fact:unclear_expectation"]),
    (("need",), None, ["need:recruitment", "need:employability", "need:feedback",
                       "need:student_support", "need:other"]),
    (("external_need",), None, ["voice:students", "voice:alumni", "voice:society"]),
    (("arrangement",), None, ["arrangement:shared"]),
    (("origin",), None, ["origin:organic"]),
    (("indicator",), "workload", ["indicator:workload"]),
    (("indicator",), "internal_need", ["indicator:internal_need"]),
]  # fmt: skip
"""Kinds and a key of evidence, and what is measured by it."""


@pytest.mark.parametrize(("kinds", "key", "sources"), FEW)
def test_without_evidence_only_what_rests_on_it_changes(
    kinds: tuple[str, ...], key: str | None, sources: list[str]
) -> None:
    evidence = example().evidence
    gone = evidence["kind"].isin(kinds) & ((evidence["key"] == key) if key else True)
    now = measured(evidence[~gone])
    changed = {f"finding:{name}" for name, parts in unchanged().items() if now[name] != parts}
    assert changed - {"finding:fieldwork"} <= touched(sources, PROTOCOL)  # it counts all evidence
    assert len(changed) > 1


def test_a_measure_of_another_protocol_is_rested_on_by_none_of_this() -> None:
    assert touched(["need:research", "indicator:luck", "other:luck"], PROTOCOL) == frozenset()


def test_a_measure_is_carried_through_all_that_rests_on_it() -> None:
    assert touched(["indicator:importance"], PROTOCOL) == {
        "indicator:importance", "construct:needs", "aspect:importance", "tier:tier",
        "finding:three-tiers", "finding:tier-good-profile", "finding:tier-moderate-profile",
        "finding:tier-small-profile", "finding:conditions-and-needs-differ",
        "finding:needs-shape-work",
    }  # fmt: skip
