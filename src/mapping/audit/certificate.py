"""The certificate: what others ask of such a study, and whether this one does it.

Each item is decided by a check made now, on the study, the protocol, the tables of this run, or on
what was found in the project's repository. What no program can decide is left to a person, with
the place to look at.

Sources: NHS RAP community of practice, levels of RAP (items ``rap``); OECD and JRC, Handbook on
Constructing Composite Indicators (2008), the ten steps (``oecd``); COREQ (Tong, Sainsbury and
Craig, 2007), CROSS (Sharma and others, 2021) and GRAMMS (O'Cathain, Murphy and Nicholl, 2008),
the items that a program can check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import pandas as pd

from mapping.protocol import Protocol
from mapping.schemas import CHAIN, TABLES, conform
from mapping.vocabulary import CONSTRUCTS, SIDES, TIERS, UNCLASSIFIED

PASS, FAIL, PERSON = "pass", "fail", "person"


@dataclass(frozen=True)
class Audited:
    """What is looked at: the method, the tables of the run, and the project's repository.

    ``tables`` are those of the chain and of the audit by their names; ``fieldwork`` first and last
    day. ``project``: see :func:`mapping.project.known_project`. ``current`` says of each
    calibration whether it was made by the code and the method as they are.
    """

    protocol: Protocol
    departments: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    fieldwork: tuple[pd.Timestamp, pd.Timestamp]
    project: Mapping[str, str]
    current: Mapping[str, bool] = field(default_factory=dict)

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]


class Answer(NamedTuple):
    """The verdict on an item, where to look, and how many of how many met it (if counted)."""

    verdict: str
    evidence: str
    n: int | None = None
    of: int | None = None


Check = Callable[[Audited], Answer]


class Item(NamedTuple):
    """An item: whose it is, its key, the level or part that it belongs to, and its check."""

    framework: str
    key: str
    level: str
    check: Check


def certificate(audited: Audited) -> pd.DataFrame:
    """The verdict on every item, with the place where it is seen.

    One row is an item (table ``certificate``) of a framework, in their order. ``evidence`` is
    what was looked at, or what a person is to look at: ``file:`` in the project, ``raw:`` in the
    year's folder, ``protocol:`` in the protocol's, ``table:`` of this run, ``run:`` beside it or
    ``report:``. ``n`` of ``of`` met it, where there is something to count.
    """
    rows = []
    for number, item in enumerate(ITEMS, start=1):
        told = {"framework": item.framework, "item": item.key, "level": item.level}
        rows.append({"number": number, **told, **item.check(audited)._asdict()})
    return conform(pd.DataFrame(rows), "certificate")


def _all(n: int, of: int, evidence: str) -> Answer:
    """Passed if all of them meet it, and there are any."""
    return Answer(PASS if n == of and of else FAIL, evidence, n, of)


def _any(n: int, evidence: str, fewest: int = 1) -> Answer:
    """Passed if there are so many."""
    return Answer(PASS if n >= fewest else FAIL, evidence, n)


# --- what the repository shows ------------------------------------------------------------------


def _project(fact: str, where: str, audited: Audited) -> Answer:
    """Passed if the repository was found to have it; ``where`` is where it would be."""
    place = audited.project.get(fact, "")
    return Answer(PASS if place else FAIL, f"file:{place or where}")


def _person(evidence: str, _audited: Audited) -> Answer:
    return Answer(PERSON, evidence)


def _tested_automatically(audited: Audited) -> Answer:
    """A script in the repository cannot show that anything runs it at each change."""
    if service := audited.project.get("tests_service"):
        return Answer(PASS, f"file:{service}")
    script = audited.project.get("tests_script")
    return Answer(PERSON if script else FAIL, f"file:{script or '.ci/run'}")


def _tidy(audited: Audited) -> Answer:
    """Tables of the chain in which one row is one thing, told by keys that are unique."""
    tables = [name for name in CHAIN if name in audited.tables]
    tidy = [name for name in tables if not audited[name].duplicated(TABLES[name].unique).any()]
    return _all(len(tidy), len(tables), "run:tables")


# --- composite indicators -----------------------------------------------------------------------


def _selection(audited: Audited) -> Answer:
    """Indicators of a construct or an aspect that this study has measured somewhere."""
    keys = {key for aspect in audited.protocol.aspects for key in aspect.rests_on}
    keys |= {key for construct in CONSTRUCTS for key in audited.protocol.indicator_keys(construct)}
    known = audited["indicators"].dropna(subset=["level"])
    return _all(len(keys & set(known["indicator"])), len(keys), "table:indicators")


def _not_imputed(audited: Audited) -> Answer:
    """Levels that rest on evidence of the department, as every known one should."""
    known = audited["indicators"].dropna(subset=["level"])
    rows = audited["evidence"]
    own = rows["kind"].isin(["indicator", "arrangement"])
    keys = rows["key"].mask(rows["kind"] == "arrangement", "staffing")
    there = set(zip(rows["department_id"][own], keys[own], strict=True))
    named = zip(known["department_id"], known["indicator"], strict=True)
    return _all(sum(pair in there for pair in named), len(known), "table:indicators")


def _several_together(audited: Audited) -> Answer:
    """Whether the indicators of a construct go together is shown; what it means, a person says."""
    shown = int(audited["consistency"]["alpha"].notna().sum())
    return Answer(PERSON if shown else FAIL, "table:consistency", shown, len(CONSTRUCTS))


def _one_scale(audited: Audited) -> Answer:
    """Levels by each instrument that lie on the one scale."""
    columns = [rule.key for rule in audited.protocol.instruments]
    levels = audited["indicators"][[*columns, "level"]].astype("float64")
    on_scale = (levels >= 0) & (levels <= audited.protocol.levels.highest)
    counts = int(on_scale.to_numpy().sum()), int(levels.notna().to_numpy().sum())
    return _all(*counts, "table:indicators")


def _varied(factor: str, audited: Audited) -> Answer:
    """Ways of doing it that were tried, at least two."""
    return _any(audited["choices"][factor].nunique(), "table:choices", fewest=2)


def _robust(audited: Audited) -> Answer:
    """Choices that were run in full, all that the protocol names."""
    table, named = audited["choices"], 1
    for factor in audited.protocol.audit.factors:
        own = {level.key for level in factor.levels} - {"each"}
        named *= len(own | set(table[factor.key]))
    return _all(len(table), named, "table:choices")


def _traced(audited: Audited) -> Answer:
    """Evidence that names its file and row."""
    rows = audited["evidence"]
    told = rows["file"].notna() & (rows["row"] > 0)
    return _all(int(told.sum()), len(rows), "table:evidence")


# --- reporting ----------------------------------------------------------------------------------


def _of(audited: Audited, instrument: str) -> pd.DataFrame:
    respondents = audited["respondents"]
    return respondents[respondents["instrument"] == instrument]


def _dated(instrument: str, audited: Audited) -> Answer:
    """Interviews, or responses that are used, dated within the fieldwork."""
    rows = _of(audited, instrument)
    used = rows[rows["left_out"].isna()]
    first, last = audited.fieldwork
    within = used["date"].ge(first) & used["date"].lt(last + pd.Timedelta(days=1))
    return _all(int(within.sum()), len(used), "table:respondents")


def _coders(audited: Audited) -> Answer:
    """At least two coders, and an alpha of what they agree on."""
    agreement = audited["agreement"]
    every = agreement[(agreement["among"] == "coders") & (agreement["scope"] == "all")]
    coded = audited["evidence"].query("instrument == 'interview'")
    coders = int(coded["rater"].nunique())
    measured = coders > 1 and bool(every["alpha"].notna().any())
    return Answer(PASS if measured else FAIL, "table:agreement", coders)


def _coding_tree(audited: Audited) -> Answer:
    """Codes of the codebook that are described in both languages."""
    codes = audited.protocol.codes
    told = [code for code in codes if code.label.sv.strip() and code.label.en.strip()]
    return _all(len(told), len(codes), "protocol:codebook.csv")


def _questionnaire(audited: Audited) -> Answer:
    """Questions that are given as they were asked, in both languages."""
    items = audited.protocol.items
    told = [item for item in items if item.label.sv.strip() and item.label.en.strip()]
    return _all(len(told), len(items), "protocol:questionnaire.csv")


def _answered(audited: Audited) -> Answer:
    """Departments asked of which it is told how many answered, and how many broke off."""
    told = audited["participation"].dropna(subset=["responses", "left_out"])
    asked = set(audited.departments["department_id"])
    if not audited["participation"]["responses"].sum():
        return Answer(FAIL, "table:participation", 0, len(asked))
    return _all(len(asked & set(told["department_id"])), len(asked), "table:participation")


def _missing_items(audited: Audited) -> Answer:
    """Participants that have a tier exactly if enough of their aspects are known."""
    known = audited["aspects"].groupby("department_id")["level"].count()
    enough = known >= audited.protocol.tier_rules.aspects_known
    tier = audited["tiers"].set_index("department_id")["tier"].reindex(known.index)
    return _all(int((enough == (tier != UNCLASSIFIED)).sum()), len(known), "table:tiers")


def _weights(audited: Audited) -> Answer:
    """Instruments in use whose weight the protocol states."""
    used = set(audited["evidence"]["instrument"])
    stated = {rule.key for rule in audited.protocol.instruments if rule.weight > 0}
    return _all(len(used & stated), len(used), "protocol:protocol.toml")


def _combined(audited: Audited) -> Answer:
    """Departments seen by several instruments, which is what combining rests on."""
    seen = audited["evidence"].groupby("department_id")["instrument"].nunique()
    several = int((seen > 1).sum())
    return Answer(PASS if several else FAIL, "table:evidence", several, len(seen))


def _disagreement(audited: Audited) -> Answer:
    """Levels seen by several instruments of which it is tabled how far these differ."""
    several = audited["indicators"].query("instruments > 1")
    tabled = audited["convergence"].dropna(subset=["spread"])
    keys = ["department_id", "indicator"]
    found = several[keys].merge(tabled[keys], on=keys)
    return _all(len(found), len(several), "table:convergence")


def _limits(audited: Audited) -> Answer:
    """Headline shares with bounds, and the simulations that say how far results can be trusted."""
    bounded = audited["bounds"]
    shares = {("tier", tier) for tier in TIERS} | {("with_need", side) for side in SIDES}
    there = set(zip(bounded["kind"], bounded["key"], strict=True))
    met = [shares <= there, *(audited.current.get(name, False) for name in SIMULATED)]
    return _all(sum(met), len(met), "table:bounds")


SIMULATED = ("verdicts", "recovery")
"""What simulated studies are to tell: how far the verdicts and the tiers can be trusted."""

_BASELINE, _SILVER, _GOLD = "baseline", "silver", "gold"


def _rap(level: str, *items: tuple[str, Check]) -> tuple[Item, ...]:
    return tuple(Item("rap", key, level, check) for key, check in items)


def _has(fact: str, where: str) -> Check:
    return partial(_project, fact, where)


def _judge(evidence: str) -> Check:
    return partial(_person, evidence)


ITEMS: tuple[Item, ...] = (
    *_rap(
        _BASELINE,
        ("open-language", _has("language", "pyproject.toml")),
        ("version-control", _has("version_control", ".git")),
        ("readme", _has("steps", "README.md")),
        ("peer-review", _judge("file:CONTRIBUTING.md")),
        ("published", _judge("file:LICENSE")),
    ),
    *_rap(
        _SILVER,
        ("minimal-manual", _has("one_command", "Makefile")),
        ("documented", _has("documented", "ARCHITECTURE.md")),
        ("folders", _has("layout", "src")),
        ("functions", _has("reused", "notebooks")),
        ("standards", _has("standards", "pyproject.toml")),
        ("tests", _has("tests", "tests")),
        ("dependencies", _has("dependencies", "requirements/run.txt")),
        ("logs", _has("log", "src/mapping/pipeline/run.py")),
        ("tidy", _tidy),
    ),
    *_rap(
        _GOLD,
        ("packaged", _has("packaged", "pyproject.toml")),
        ("ci", _tested_automatically),
        ("trigger", _has("schedule", "Makefile")),
        ("changelog", _has("changelog", "CHANGELOG.md")),
    ),
    Item("oecd", "framework", "1", _judge("protocol:protocol.toml")),
    Item("oecd", "selection", "2", _selection),
    Item("oecd", "imputation", "3", _not_imputed),
    Item("oecd", "multivariate", "4", _several_together),
    Item("oecd", "normalisation", "5", _one_scale),
    Item("oecd", "weighting", "6", partial(_varied, "weights")),
    Item("oecd", "aggregation", "7", partial(_varied, "average")),
    Item("oecd", "robustness", "8", _robust),
    Item("oecd", "links", "9", _traced),
    Item("oecd", "presentation", "10", _judge("report:mapping")),
    Item("reporting", "interviews", "coreq", partial(_dated, "interview")),
    Item("reporting", "coders", "coreq", _coders),
    Item("reporting", "coding-tree", "coreq", _coding_tree),
    Item("reporting", "themes", "coreq", _judge("protocol:codebook.csv")),
    Item("reporting", "field-period", "cross", partial(_dated, "survey")),
    Item("reporting", "answered", "cross", _answered),
    Item("reporting", "questionnaire", "cross", _questionnaire),
    Item("reporting", "missing-items", "cross", _missing_items),
    Item("reporting", "weights", "cross", _weights),
    Item("reporting", "combined", "gramms", _combined),
    Item("reporting", "disagreement", "gramms", _disagreement),
    Item("reporting", "limits", "gramms", _limits),
)
"""Every item, in the order of the certificate."""
