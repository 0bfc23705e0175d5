"""The study a second time, from raw rows alone: plain Python that imports nothing of mapping.

It follows the definitions of the study, not the program. It is given the rows of the raw files
that a trace lists, and computes what a reference names from these and nothing else, so that a
row that the trace lacks shows as another number.
"""

from __future__ import annotations

import csv
import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import combinations, product
from pathlib import Path
from statistics import fmean, median
from typing import Any
from urllib.parse import unquote

Row = dict[str, Any]
Truth = bool | None

TIERS = ("small", "moderate", "good")  # from the lowest: ties go to the first
QUADRANTS = ("strength", "weakness", "opportunity", "threat")
INSTRUMENTS = ("interview", "workshop", "survey")
SINGLE = ("backed", "alone", "self_appointed")

KEYS = {
    "evidence": ["evidence_id"],
    "indicators": ["department_id", "indicator"],
    "constructs": ["department_id"],
    "tiers": ["department_id"],
    "aspects": ["department_id", "aspect"],
    "criteria": ["department_id", "tier", "criterion"],
    "needs": ["side", "need"],
    "swot": ["quadrant", "theme"],
    "findings": ["finding"],
    "finding_parts": ["finding", "number"],
    "recommendations": ["department_id", "recommendation"],
    "toolbox": ["tool"],
    "participation": ["department_id"],
    "respondents": ["department_id", "instrument", "respondent"],
    "register": ["department_id"],
    "arrangements": ["department_id"],
    "with_need": ["department_id"],
    "swot_pairs": ["theme", "other_theme"],
    "swot_balance": ["department_id"],
    "toolbox_serving": ["department_id", "tool", "kind", "key"],
}


def nine(value: float | None) -> float | None:
    """Rounded as the study says, before anything is compared."""
    return None if value is None else round(value, 9)


def mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def both(*truths: Truth) -> Truth:
    if any(truth is False for truth in truths):
        return False
    return None if None in truths else True


def either(*truths: Truth) -> Truth:
    if any(truth is True for truth in truths):
        return True
    return None if None in truths else False


def no(truth: Truth) -> Truth:
    return None if truth is None else not truth


def where(truth: Truth, *values: object) -> Truth:
    """The truth where all values are known, also where one alone would decide."""
    return None if any(value is None for value in values) else truth


def at_least(value: float | None, limit: float) -> Truth:
    return None if value is None else value >= limit


def below(value: float | None, limit: float) -> Truth:
    return None if value is None else value < limit


def number(text: str) -> float | None:
    return float(text) if text else None


# --- files ------------------------------------------------------------------------------------


def read(path: Path, listed: Iterable[int]) -> list[Row]:
    """The listed rows of a file, the header being row 1."""
    wanted = set(listed)
    if not wanted:
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = enumerate(csv.DictReader(file), start=2)
        return [row | {"_row": place} for place, row in rows if place in wanted]


class Method:
    """The protocol's files."""

    def __init__(self, folder: Path) -> None:
        self.toml = tomllib.loads((folder / "protocol.toml").read_text(encoding="utf-8"))
        self.items = {row["item"]: row for row in self._table(folder / "questionnaire.csv")}
        self.codes = self._table(folder / "codebook.csv")
        self.tools = self._table(folder / "toolbox.csv")

    @staticmethod
    def _table(path: Path) -> list[Row]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def __getitem__(self, name: str) -> Any:
        return self.toml[name]

    def keys(self, name: str) -> list[str]:
        return [entry["key"] for entry in self.toml[name]]

    @property
    def good(self) -> float:
        return float(self["levels"]["good"])

    @property
    def moderate(self) -> float:
        return float(self["levels"]["moderate"])

    def needs(self, side: str) -> list[str]:
        return [need["key"] for need in self["needs"] if need["side"] == side]


def share(text: object) -> float:
    """A share of the protocol, written as 2/5 or as a number."""
    above, _, under = str(text).partition("/")
    return float(above) / float(under or 1)


# --- one year ---------------------------------------------------------------------------------


class Year:
    """One year's listed raw rows, and all that follows from them."""

    def __init__(
        self,
        folder: Path,
        listed: Mapping[str, Iterable[int]],
        method: Method,
        parts: Mapping[tuple[str, str], int] | None = None,
    ) -> None:
        self.method = method
        self.parts = parts or {}
        self.raw = {
            name: read(folder / f"{name}.csv", listed.get(f"{name}.csv", ()))
            for name in ("departments", "interviews", "workshop", "survey")
        }

    @cached_property
    def tables(self) -> dict[str, list[Row]]:
        """The processed tables that have been asked for."""
        return {}

    @cached_property
    def register(self) -> dict[str, Row]:
        return {row["department_id"]: row for row in self.raw["departments"]}

    @cached_property
    def used(self) -> list[Row]:
        """Responses that are completed and answer anything."""
        return [row for row in self.raw["survey"] if self.why_not(row) is None]

    def why_not(self, response: Row) -> str | None:
        if not response["submitdate"]:
            return "incomplete"
        return None if any(response[item] for item in self.method.items) else "blank"

    @cached_property
    def codes(self) -> list[tuple[Row, str, str]]:
        """Each coded row with the code's kind and what follows the stroke."""
        return [(row, *row["code"].split("/", 1)) for row in self.raw["interviews"]]

    @cached_property
    def seen(self) -> list[str]:
        rows = [*self.raw["interviews"], *self.raw["workshop"]]
        ids = {row["department_id"] for row in rows} | {row["department"] for row in self.used}
        return sorted(ids)

    @cached_property
    def ids(self) -> list[str]:
        return sorted({*self.register, *self.seen})

    def answers(self, kind: str, key: str | None = None) -> list[tuple[Row, Row, str]]:
        """Every answer to the questions of a kind (and key): response, question, answer."""
        return [one for one in self._answers[kind] if key in (None, one[1]["key"])]

    @cached_property
    def _answers(self) -> dict[str, list[tuple[Row, Row, str]]]:
        found = defaultdict(list)
        for row in self.used:
            for name, item in self.method.items.items():
                if row[name]:
                    found[item["kind"]].append((row, item, row[name]))
        return found

    def of(self, department: str) -> Year:
        """The year with the rows of one department alone; its register stays whole."""
        if department not in self._of:
            own = Year(Path(), {}, self.method)
            own.raw = {
                "departments": self.raw["departments"],
                "interviews": self._own["interviews", department],
                "workshop": self._own["workshop", department],
                "survey": self._own["survey", department],
            }
            self._of[department] = own
        return self._of[department]

    @cached_property
    def _of(self) -> dict[str, Year]:
        return {}

    @cached_property
    def _own(self) -> dict[tuple[str, str], list[Row]]:
        found = defaultdict(list)
        for name, column in (
            ("interviews", "department_id"),
            ("workshop", "department_id"),
            ("survey", "department"),
        ):
            for row in self.raw[name]:
                found[name, row[column]].append(row)
        return found

    # --- levels

    def interview(self, department: str, key: str) -> float | None:
        segments: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for row, kind, rest in self.codes:
            if row["department_id"] == department and kind == key:
                segments[row["segment_id"]][row["coder"]].append(float(rest))
        return mean(mean(mean(v) for v in coders.values()) for coders in segments.values())

    def workshop(self, department: str, key: str) -> float | None:
        if key not in self.method.keys("indicators"):
            return None
        sums = dict.fromkeys(QUADRANTS, 0.0)
        for row in self.raw["workshop"]:
            if (row["department_id"], row["theme"]) == (department, key):
                sums[row["quadrant"]] += float(row["votes"] or 0) + 1
        strong, weak = sums["strength"], sums["weakness"]
        return 1.5 + 1.5 * (strong - weak) / (strong + weak + 1) if strong + weak else None

    def survey(self, department: str, key: str) -> float | None:
        by_response = defaultdict(list)
        for row, item, answer in self.answers("indicator", key):
            if row["department"] == department:
                by_response[row["id"]].append(self.level(item, answer))
        return mean(mean(levels) for levels in by_response.values())

    @staticmethod
    def level(item: Row, answer: str) -> float:
        if item["type"] == "level":
            codes = dict(pair.split("=") for pair in item["answer_codes"].split())
            return float(codes.get(answer, answer))
        if item["type"] == "yes_no":
            return 3.0 if answer == "Y" else 0.0
        given = 6 - float(answer) if item["reversed"] == "yes" else float(answer)
        return (given - 1) * 3 / 4

    def elected(self, department: str, kind: str) -> str | None:
        """By vote: a segment's most frequent code and each response; ties to the order."""
        order = self.method.keys(f"{kind}s")
        segments = defaultdict(list)
        for row, code, rest in self.codes:
            if row["department_id"] == department and code == kind:
                segments[row["segment_id"]].append(rest)
        votes = [most_frequent(codes, order) for codes in segments.values()]
        for row, item, answer in self.answers(kind):
            if row["department"] == department:
                codes = dict(pair.split("=") for pair in item["answer_codes"].split())
                votes.append(codes.get(answer, answer))
        return most_frequent(votes, order) if votes else None

    @cached_property
    def arrangement(self) -> dict[str, str | None]:
        return {ident: self.of(ident).elected(ident, "arrangement") for ident in self.ids}

    @cached_property
    def origin(self) -> dict[str, str | None]:
        return {ident: self.of(ident).elected(ident, "origin") for ident in self.ids}

    @cached_property
    def measured(self) -> dict[tuple[str, str], dict[str, float | None]]:
        return {
            (ident, key): {
                name: nine(getattr(self.of(ident), name)(ident, key)) for name in INSTRUMENTS
            }
            for ident in self.seen
            for key in self.method.keys("indicators")
        }

    @cached_property
    def levels(self) -> dict[tuple[str, str], float | None]:
        weights = {one["key"]: one["weight"] for one in self.method["instruments"]}
        staffing = {one["key"]: one["staffing"] for one in self.method["arrangements"]}
        found: dict[tuple[str, str], float | None] = {}
        for (ident, key), by in self.measured.items():
            known = {name: level for name, level in by.items() if level is not None}
            total = sum(weights[name] for name in known)
            level = sum(weights[n] * v for n, v in known.items()) / total if known else None
            way = self.arrangement[ident]
            told = key == "staffing" and way is not None
            found[ident, key] = float(staffing[way]) if told else nine(level)
        return found

    @cached_property
    def aspects(self) -> dict[str, dict[str, float | None]]:
        return {
            ident: {
                one["key"]: nine(mean(self.levels[ident, key] for key in one["rests_on"]))
                for one in self.method["aspects"]
            }
            for ident in self.seen
        }

    def construct(self, ident: str, name: str) -> float | None:
        own = [one["key"] for one in self.method["indicators"] if one["construct"] == name]
        known = [v for key in own if (v := self.levels[ident, key]) is not None]
        enough = len(known) >= self.method["constructs"][f"{name}_known"]
        return nine(mean(known)) if enough else None

    def word(self, level: float | None, words: tuple[str, str, str]) -> str | None:
        if level is None:
            return None
        return words[0 if level >= self.method.good else 1 if level >= self.method.moderate else 2]

    # --- tiers

    def fits(self, levels: Mapping[str, float | None]) -> dict[str, float] | None:
        known = {key: level for key, level in levels.items() if level is not None}
        if len(known) < self.method["tier_rules"]["aspects_known"]:
            return None
        ideals = {one["key"]: one["ideal"] for one in self.method["aspects"]}
        return {
            tier: round(1 - fmean(abs(v - ideals[k][tier]) for k, v in known.items()) / 3, 9)
            for tier in TIERS
        }

    def tier(self, levels: Mapping[str, float | None]) -> str | None:
        fits = self.fits(levels)
        return max(TIERS, key=lambda tier: fits[tier]) if fits else None

    def nearest(self, aspect: str, level: float | None) -> str | None:
        (ideal,) = [one["ideal"] for one in self.method["aspects"] if one["key"] == aspect]
        if level is None:
            return None
        return min(TIERS, key=lambda tier: round(abs(ideal[tier] - level), 9))

    def criterion(self, ident: str, criterion: Row) -> Truth:
        levels = self.aspects[ident]
        met = [self.within(levels[one["aspect"]], one) for one in criterion["any"]]
        return either(*met)

    @staticmethod
    def within(level: float | None, limits: Row) -> Truth:
        if level is None:
            return None
        above = level >= limits.get("at_least", -math.inf)
        return bool(
            above and level <= limits.get("at_most", math.inf) and level < limits.get("below", 9)
        )

    def recommendation(self, ident: str, rule: Row) -> Truth:
        parts = [at_least(self.levels[ident, k], v) for k, v in rule.get("at_least", {}).items()]
        if ways := rule.get("arrangements"):
            way = self.arrangement[ident]
            parts.append(None if way is None else way in ways)
        return both(*parts)

    # --- needs

    @cached_property
    def naming(self) -> dict[tuple[str, str], set[str]]:
        """Who names each need, by side and key."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        sides = {"need": "internal", "external": "external", "external_need": "external"}
        for row, kind, rest in self.codes:
            if kind in sides:
                found[sides[kind], rest].add(row["department_id"])
        for kind in ("need", "external_need"):
            for row, item, _ in self.answers(kind):
                found[sides[kind], item["key"]].add(row["department"])
        for row in self.raw["workshop"]:
            if row["theme"] in self.method.needs("internal") and row["theme"] != "other":
                found["internal", row["theme"]].add(row["department_id"])
        return found

    def with_need(self, ident: str, side: str) -> Truth:
        named = any(ident in self.naming[side, key] for key in self.method.needs(side))
        limit = self.method["need_rules"][f"{side}_level"]
        return either(named, at_least(self.levels[ident, f"{side}_need"], limit))

    # --- facts of the survey

    def fact(self, ident: str, key: str) -> float | None:
        own = [(item, answer) for _, item, answer in self.of(ident).answers("fact", key)]
        return nine(mean(self.given(item, answer) for item, answer in own))

    @staticmethod
    def given(item: Row, answer: str) -> float:
        if item["type"] == "likert5":
            return 6 - float(answer) if item["reversed"] == "yes" else float(answer)
        return 1.0 if answer == "Y" else 0.0

    def holds(self, ident: str, key: str) -> Truth:
        (kind,) = [i["type"] for i in self.method.items.values() if i["key"] == key]
        rules = self.method["finding_rules"]
        if kind == "multiple":
            responded = bool(self.of(ident).used)
            return self.fact(ident, key) is not None if responded else None
        limit = rules["fact_holds"] if kind == "likert5" else share(rules["opted_out"])
        return at_least(self.fact(ident, key), limit)

    def counsellor(self, ident: str) -> Truth:
        roles: dict[str, str] = {}
        for row in self.raw["interviews"]:
            if row["department_id"] == ident and row["respondent_role"].strip():
                roles.setdefault(row["interview_id"], row["respondent_role"])
        told = [*roles.values()]
        told += [r["role"] for r in self.used if r["department"] == ident and r["role"].strip()]
        rules = self.method["finding_rules"]
        words = [word.casefold() for word in rules["counsellor_roles"]]
        are = [any(word in role.casefold() for word in words) for role in told]
        return fmean(are) >= share(rules["counsellor_share"]) if are else None

    # --- the register

    def own(self, ident: str, column: str) -> float | None:
        return number(self.register[ident][column]) if ident in self.register else None

    def programme_share(self, ident: str) -> float | None:
        programme, course = (self.own(ident, f"students_{k}") for k in ("programme", "course"))
        if programme is None or course is None or not programme + course:
            return None
        return nine(programme / (programme + course))

    def median(self, column: str) -> float | None:
        known = [v for ident in self.register if (v := self.own(ident, column)) is not None]
        return nine(median(known)) if known else None

    def held(self, ident: str, column: str, *, above: bool) -> Truth:
        """Whether a number of the register is above its median (or not below it)."""
        value, middle = self.own(ident, column), self.median(column)
        if value is None or middle is None:
            return None
        return value > middle if above else value >= middle


def most_frequent(keys: list[str], order: list[str]) -> str:
    counts = Counter(keys)
    return min(counts, key=lambda key: (-counts[key], order.index(key)))


# --- findings that are counted ----------------------------------------------------------------


def counted(year: Year, finding: str, part: str) -> Row | None:
    """n, of, unknown of a share or an existence, and the base; None if it is not such a one."""
    if (plain := _plain(year, finding, part)) is not None:
        return plain
    stated = Groups(year).stated(finding, part)
    if stated is None:
        return None
    exists, met, among = stated
    n = of = unknown = base_n = base_of = 0
    for ident in year.seen:
        has, inside = met(ident), among(ident)
        truth = both(has, inside)
        n += truth is True
        of += inside is True and has is not None
        if exists:
            unknown += truth is None
        else:
            unknown += inside is None or (inside is True and has is None)
        outside = inside is False and has is not None
        base_of += outside
        base_n += outside and has is True
    row: Row = {"n": n, "of": of, "unknown": unknown}
    if not exists:
        everybody = of + unknown + len(year.register) - len(year.seen)
        row |= {"value": nine(n / of) if of else None, "base_n": base_n, "base_of": base_of}
        if everybody > 0:
            row |= {"bound_low": n / everybody, "bound_high": (n + everybody - of) / everybody}
    return row


def _plain(year: Year, finding: str, part: str) -> Row | None:
    """What is counted otherwise: of the study itself, of its tiers, of the commonest need."""
    seen, commonest = len(year.seen), {
        "recruitment-first": [("internal", "recruitment")],
        "students-voice": [("external", "students")],
        "four-needs": [("internal", k) for k in year.method.needs("internal") if k != "other"],
    }  # fmt: skip
    if finding == "frame":
        return {"n": len(year.register)}
    if finding == "instruments":
        return {"n": sum(map(bool, (year.raw["interviews"], year.raw["workshop"], year.used)))}
    if finding in commonest:
        n = min(len(year.naming[need]) for need in commonest[finding])
        return {"n": n, "of": seen, "value": nine(n / seen) if seen else None}
    if finding != "three-tiers":
        return None
    tiers = [row for row in table(year, "tiers") if row["tier"] != "unclassified"]
    n = sum(not row["borderline"] if part == "sure" else row["tier"] == part for row in tiers)
    return {"n": n, "of": len(tiers), "value": nine(n / len(tiers)) if tiers else None}


Stated = tuple[bool, Callable[[str], Truth], Callable[[str], Truth]]


class Groups:
    """What the findings name of a department: true, false, or not known."""

    def __init__(self, year: Year) -> None:
        self.year, self.good, self.moderate = year, year.method.good, year.method.moderate

    def level(self, ident: str, key: str) -> float | None:
        if key == "support":
            return self.year.aspects[ident]["support"]
        return self.year.levels[ident, key]

    def way(self, ident: str, *ways: str) -> Truth:
        known = self.year.arrangement[ident]
        return None if known is None else known in ways

    def named(self, key: str) -> Callable[[str], Truth]:
        return lambda d: d in self.year.naming["internal", key]

    def origin(self, key: str) -> Callable[[str], Truth]:
        return lambda d: None if self.year.origin[d] is None else self.year.origin[d] == key

    def active(self, ident: str) -> Truth:
        return at_least(self.level(ident, "activity"), self.good)

    def engaged(self, ident: str) -> Truth:
        support, interest = self.level(ident, "support"), self.level(ident, "interest")
        return where(
            both(at_least(support, self.good), at_least(interest, self.good)), support, interest
        )

    def lacking(self, ident: str) -> Truth:
        keys = ("support", "mandate", "resources")
        lacks = either(*(below(self.level(ident, key), self.good) for key in keys))
        person = either(self.way(ident, *SINGLE), self.origin("individual")(ident))
        values = (
            self.level(ident, "activity"),
            self.year.arrangement[ident],
            self.year.origin[ident],
            *(self.level(ident, key) for key in keys),
        )
        return where(both(self.active(ident), person, lacks), *values)

    def programme(self, ident: str) -> Truth:
        limit = share(self.year.method["finding_rules"]["programme_share"])
        return at_least(self.year.programme_share(ident), limit)

    def small(self, ident: str) -> Truth:
        value = self.year.own(ident, "programmes")
        return (
            None if value is None else value <= self.year.method["finding_rules"]["few_programmes"]
        )

    def factor(self, ident: str) -> Truth:
        names = ("programmes", "research_share", "staff_turnover")
        truths = [self.year.held(ident, name, above=True) for name in names]
        return where(either(*truths), *truths)

    def anybody(self, _: str) -> Truth:
        return True

    def fact(self, key: str) -> Callable[[str], Truth]:
        return lambda d: self.year.holds(d, key)

    def with_internal(self, ident: str) -> Truth:
        return self.year.with_need(ident, "internal")

    def without(self, ident: str) -> Truth:
        return no(self.with_internal(ident))

    def word(self, key: str, limit: float) -> Callable[[str], Truth]:
        return lambda d: at_least(self.level(d, key), limit)

    def under(self, key: str, limit: float) -> Callable[[str], Truth]:
        return lambda d: below(self.level(d, key), limit)

    def large(self, ident: str) -> Truth:
        return both(self.way(ident, *SINGLE), self.year.held(ident, "programmes", above=True))

    def both_boxes(self, ident: str) -> Truth:
        more, better = (self.year.holds(ident, f"applicants_{k}") for k in ("more", "better"))
        return where(both(more, better), more, better)

    def acting(self, ident: str) -> Truth:
        return both(
            self.year.with_need(ident, "external"), self.word("activity", self.moderate)(ident)
        )

    def alone_succeeds(self, ident: str) -> Truth:
        return both(below(self.year.construct(ident, "conditions"), self.good), self.active(ident))

    def unclear(self, ident: str) -> Truth:
        return both(no(self.engaged(ident)), below(self.level(ident, "mandate"), self.good))

    def course(self, ident: str) -> Truth:
        return no(self.programme(ident))

    def at_median(self, column: str) -> Callable[[str], Truth]:
        return lambda d: self.year.held(d, column, above=False)

    def cold(self, ident: str) -> Truth:
        return both(self.programme(ident), below(self.level(ident, "student_relations"), self.good))

    def stated(self, finding: str, part: str) -> Stated | None:
        """Whether it is an existence, what is stated, and of whom."""
        if finding.startswith("tier-"):
            return _profile(self.year, finding.split("-")[1], part)
        table: dict[tuple[str, str], Stated] = {
            ("expectation-unclear", "whole"): (
                False,
                self.fact("unclear_expectation"),
                self.anybody,
            ),
            ("shared-exists", "whole"): (False, lambda d: self.way(d, "shared"), self.anybody),
            ("one-with-backing", "whole"): (
                True,
                self.word("support", self.good),
                lambda d: self.way(d, "backed"),
            ),
            ("relatively-alone", "whole"): (False, lambda d: self.way(d, "alone"), self.anybody),
            ("large-unsustainable", "whole"): (
                False,
                self.under("sustainability", self.good),
                self.large,
            ),
            ("small-succeeds", "whole"): (True, self.alone_succeeds, self.small),
            ("origins", "organic"): (False, self.origin("organic"), self.active),
            ("origins", "decided"): (True, self.origin("decided"), self.active),
            ("origins", "individual"): (False, self.origin("individual"), self.active),
            ("no-job-description", "whole"): (
                False,
                self.under("mandate", self.good),
                self.word("staffing", self.moderate),
            ),
            ("self-appointed", "whole"): (
                False,
                lambda d: self.way(d, "self_appointed"),
                self.anybody,
            ),
            ("unclear-hurts", "whole"): (False, self.fact("role_problem"), self.unclear),
            ("needs-majority", "whole"): (False, self.with_internal, self.anybody),
            ("both-sides", "internal"): (True, self.with_internal, self.anybody),
            ("both-sides", "external"): (
                True,
                lambda d: self.year.with_need(d, "external"),
                self.anybody,
            ),
            ("quantity-and-quality", "more"): (False, self.fact("applicants_more"), self.anybody),
            ("quantity-and-quality", "more_and_better"): (False, self.both_boxes, self.anybody),
            ("counsellor-officers", "whole"): (False, self.year.counsellor, self.anybody),
            ("feedback-many", "whole"): (False, self.named("feedback"), self.anybody),
            ("support-several", "whole"): (False, self.named("student_support"), self.anybody),
            ("few-without", "whole"): (False, self.without, self.anybody),
            ("without-opt-out-or-external", "opted_out"): (True, self.fact("optout"), self.without),
            ("without-opt-out-or-external", "external"): (True, self.acting, self.without),
            ("enthusiasts", "whole"): (False, self.lacking, self.active),
            ("programme-without-interest", "whole"): (True, self.cold, self.anybody),
            ("course-will", "whole"): (False, self.word("interest", self.good), self.course),
            ("course-will-recruitment", "whole"): (
                False,
                self.named("recruitment"),
                lambda d: both(self.course(d), self.word("interest", self.good)(d)),
            ),
            ("no-incentives", "whole"): (False, self.fact("no_incentive"), self.anybody),
            ("no-need-no-problem", "applicants"): (
                False,
                self.at_median("applicants_per_place"),
                self.without,
            ),
            ("no-need-no-problem", "throughput"): (
                False,
                self.at_median("throughput"),
                self.without,
            ),
            ("opt-out-factors", "share"): (False, self.factor, self.fact("optout")),
        }
        return table.get((finding, part))


def _profile(year: Year, tier: str, part: str) -> Stated:
    (criterion,) = [
        one for one in year.method["criteria"] if (one["tier"], one["key"]) == (tier, part)
    ]
    own = {one["aspect"] for one in criterion["any"]}

    def member(ident: str) -> Truth:
        levels = {k: None if k in own else v for k, v in year.aspects[ident].items()}
        found = year.tier(levels)
        return None if found is None else found == tier

    return False, lambda d: year.criterion(d, criterion), member


# --- tables -----------------------------------------------------------------------------------


def table(year: Year, name: str) -> list[Row]:
    """The rows of a processed table, as far as the listed raw rows give them."""
    if name not in year.tables:
        year.tables[name] = list(_TABLES[name](year))
    return year.tables[name]


def _register(year: Year) -> Iterable[Row]:
    for row in year.raw["departments"]:
        texts = ("department_id", "name", "faculty")
        yield {k: v if k in texts else number(v) for k, v in row.items() if k != "contact"}


def _evidence(year: Year) -> Iterable[Row]:
    coders = sorted({row["coder"] for row in year.raw["interviews"]})
    kinds = {c["code"]: c for c in year.method.codes if c["instrument"] == "interview"}
    for row in year.raw["interviews"]:
        code = kinds[row["code"]]
        way = code["kind"] in ("arrangement", "origin")
        yield _datum(
            f"interviews-{row['_row']}",
            "interview",
            row,
            code["kind"],
            unit=row["segment_id"],
            rater=f"coder-{coders.index(row['coder']) + 1}",
            key=code["kind"] if way else code["key"],
            category=code["key"] if way else None,
            value=None if way else float(code["level"] or 1),
        )
    themes = {c["code"]: c for c in year.method.codes if c["instrument"] == "workshop"}
    for row in year.raw["workshop"]:
        told = {"unit": row["item_id"], "key": row["theme"], "quadrant": row["quadrant"]}
        weight = float(row["votes"] or 0) + 1
        kind = themes[row["theme"]]["kind"]
        yield _datum(f"workshop-{row['_row']}", "workshop", row, kind, weight=weight, **told)
    for row in year.used:
        for name, item in year.method.items.items():
            if row[name]:
                yield _answer(row, name, item)


def _answer(row: Row, name: str, item: Row) -> Row:
    way = item["kind"] in ("arrangement", "origin")
    codes = dict(pair.split("=") for pair in item["answer_codes"].split())
    given = Year.level if item["kind"] == "indicator" else Year.given
    return _datum(
        f"survey-{row['_row']}-{name}",
        "survey",
        row | {"department_id": row["department"], "date": row["submitdate"][:10]},
        item["kind"],
        unit=row["id"],
        key=item["key"],
        category=codes.get(row[name], row[name]) if way else None,
        value=None if way else given(item, row[name]),
    )


def _datum(ident: str, instrument: str, row: Row, kind: str, **told: Any) -> Row:
    sides = {"need": "internal", "external_need": "external"}
    empty = {"rater": None, "quadrant": None, "value": None, "category": None, "weight": 1.0}
    return {
        **empty,
        "evidence_id": ident,
        "department_id": row["department_id"],
        "instrument": instrument,
        "kind": kind,
        "side": sides.get(kind),
        "date": row["date"] or None,
        "file": f"{ident.partition('-')[0]}.csv",
        "row": row["_row"],
        **told,
    }


def _respondents(year: Year) -> Iterable[Row]:
    interviews: dict[str, list[Row]] = defaultdict(list)
    for row in year.raw["interviews"]:
        interviews[row["interview_id"]].append(row)
    for ident, rows in interviews.items():
        yield {
            "department_id": rows[0]["department_id"],
            "instrument": "interview",
            "respondent": ident,
            "date": next((row["date"] for row in rows if row["date"]), None),
            "left_out": None,
        }
    for row in year.raw["survey"]:
        yield {
            "department_id": row["department"] or None,
            "instrument": "survey",
            "respondent": row["id"],
            "date": row["submitdate"][:10] or None,
            "left_out": year.why_not(row),
        }


def _participation(year: Year) -> Iterable[Row]:
    rows = list(_respondents(year))
    for ident in year.ids:
        own = [row for row in rows if row["department_id"] == ident]
        used = Counter(row["instrument"] for row in own if not row["left_out"])
        yield {
            "department_id": ident,
            "interviews": used["interview"],
            "workshop_notes": sum(n["department_id"] == ident for n in year.raw["workshop"]),
            "responses": used["survey"],
            "left_out": sum(bool(row["left_out"]) for row in own),
        }


def _indicators(year: Year) -> Iterable[Row]:
    for (ident, key), by in year.measured.items():
        known = [level for level in by.values() if level is not None]
        yield {
            "department_id": ident,
            "indicator": key,
            "level": year.levels[ident, key],
            "convergence": nine(max(known) - min(known)) if len(known) > 1 else None,
            "instruments": len(known),
            **by,
        }


def _constructs(year: Year) -> Iterable[Row]:
    for ident in year.seen:
        conditions, needs = (year.construct(ident, name) for name in ("conditions", "needs"))
        yield {
            "department_id": ident,
            "conditions": conditions,
            "needs": needs,
            "conditions_level": year.word(conditions, ("good", "moderate", "small")),
            "needs_level": year.word(needs, ("clear", "some", "slight")),
        }


def _tiers(year: Year) -> Iterable[Row]:
    limit = year.method["tier_rules"]["borderline"]
    for ident in year.ids:
        levels = year.aspects.get(ident, {})
        fits = year.fits(levels)
        ordered = sorted(fits.values()) if fits else []
        margin = nine(ordered[-1] - ordered[-2]) if ordered else None
        yield {
            "department_id": ident,
            "tier": year.tier(levels) or "unclassified",
            **{f"fit_{tier}": fits[tier] if fits else None for tier in TIERS},
            "margin": margin,
            "borderline": margin is not None and margin < limit,
        }


def _aspects(year: Year) -> Iterable[Row]:
    for ident, levels in year.aspects.items():
        for key, level in levels.items():
            nearest = year.nearest(key, level)
            yield {"department_id": ident, "aspect": key, "level": level, "nearest": nearest}


def _criteria(year: Year) -> Iterable[Row]:
    for ident in year.seen:
        for one in year.method["criteria"]:
            yield {
                "department_id": ident,
                "tier": one["tier"],
                "criterion": f"{one['tier']}.{one['key']}",
                "met": year.criterion(ident, one),
            }


def _recommendations(year: Year) -> Iterable[Row]:
    for ident in year.seen:
        for one in year.method["recommendations"]:
            met = year.recommendation(ident, one)
            yield {"department_id": ident, "recommendation": one["key"], "met": met}


def interval(count: int, sample: int, population: int) -> dict[str, float | None]:
    """The exact 95 % interval of the share, by the hypergeometric distribution."""
    if not 0 < sample <= population:
        return {"low": None, "high": None}

    def chance(of: int, found: Iterable[int]) -> float:
        ways = sum(math.comb(of, k) * math.comb(population - of, sample - k) for k in found)
        return ways / math.comb(population, sample)

    possible = range(count, population - sample + count + 1)
    not_few = [m for m in possible if chance(m, range(count, sample + 1)) > 0.025]
    not_many = [m for m in possible if chance(m, range(count + 1)) > 0.025]
    return {"low": min(not_few) / population, "high": max(not_many) / population}


def ranked(rows: list[Row], within: str | None = None) -> list[Row]:
    """With the rank by departments, equal ones having the lowest number."""
    return [
        row
        | {
            "rank": 1
            + sum(
                other["departments"] > row["departments"]
                for other in rows
                if within is None or other[within] == row[within]
            )
        }
        for row in rows
    ]


def _needs(year: Year) -> Iterable[Row]:
    of = len(year.seen)
    rows = []
    for side in ("internal", "external"):
        for key in year.method.needs(side):
            n = len(year.naming[side, key])
            told = {"side": side, "need": key, "departments": n, "of": of}
            part = {"share": n / of if of else None} | interval(n, of, len(year.register))
            rows.append(told | part)
    return ranked(rows, "side")


def _swot(year: Year) -> Iterable[Row]:
    notes = year.raw["workshop"]
    of = len({note["department_id"] for note in notes})
    themes = [code["code"] for code in year.method.codes if code["instrument"] == "workshop"]
    rows = []
    for quadrant in QUADRANTS:
        for theme in themes:
            own = [n for n in notes if (n["quadrant"], n["theme"]) == (quadrant, theme)]
            n = len({note["department_id"] for note in own})
            rows.append(
                {
                    "quadrant": quadrant,
                    "theme": theme,
                    "departments": n,
                    "of": of,
                    "share": n / of if of else None,
                    "items": len(own),
                    "votes": sum(int(note["votes"] or 0) for note in own),
                    **interval(n, of, len(year.register)),
                }
            )
    return ranked(rows, "quadrant")


def _arrangements(year: Year) -> Iterable[Row]:
    for ident in year.seen:
        own = {"arrangement": year.arrangement[ident], "origin": year.origin[ident]}
        yield {"department_id": ident} | own


def _with_need(year: Year) -> Iterable[Row]:
    for ident in year.seen:
        sides = {side: year.with_need(ident, side) for side in ("internal", "external")}
        yield {"department_id": ident} | sides


def _swot_pairs(year: Year) -> Iterable[Row]:
    notes = year.raw["workshop"]
    of = len({note["department_id"] for note in notes})
    themes = [code["code"] for code in year.method.codes if code["instrument"] == "workshop"]
    by = {t: {note["department_id"] for note in notes if note["theme"] == t} for t in themes}
    for one, other in combinations(themes, 2) if of else ():
        yield {
            "theme": one,
            "other_theme": other,
            "departments": len(by[one] & by[other]),
            "of": of,
            "expected": nine(len(by[one]) * len(by[other]) / of),
        }


def _swot_balance(year: Year) -> Iterable[Row]:
    notes = year.raw["workshop"]
    for ident in sorted({note["department_id"] for note in notes}):
        own = Counter(n["quadrant"] for n in notes if n["department_id"] == ident)
        row: Row = {"department_id": ident, "items": own.total()}
        sides = {"internal": ("strength", "weakness"), "external": ("opportunity", "threat")}
        for side, (for_it, against) in sides.items():
            total = own[for_it] + own[against]
            row[side] = nine((own[for_it] - own[against]) / total) if total else None
        yield row


def _toolbox(year: Year) -> Iterable[Row]:
    rows = []
    for tool in dict.fromkeys(row["tool"] for row in year.method.tools):
        served: set[str] = set()
        for row in year.method.tools:
            if row["tool"] == tool and row["kind"] == "need":
                served |= year.naming["internal", row["key"]]
            elif row["tool"] == tool:
                weak = (i for i in year.seen if below(year.levels[i, row["key"]], year.method.good))
                served |= set(weak)
        n, of = len(served), len(year.seen)
        rows.append({"tool": tool, "departments": n, "share": n / of if of else None})
    return ranked(rows)


def _toolbox_serving(year: Year) -> Iterable[Row]:
    for ident, row in product(year.seen, year.method.tools):
        if row["kind"] == "need":
            served = ident in year.naming["internal", row["key"]]
        else:
            served = below(year.levels[ident, row["key"]], year.method.good)
        if served:
            yield {"department_id": ident} | {name: row[name] for name in ("tool", "kind", "key")}


def _finding_parts(year: Year) -> Iterable[Row]:
    """The parts that are counted and not tested; which number each has is told by the caller."""
    for (finding, part), place in year.parts.items():
        found = counted(year, finding, part)
        if found is not None:
            share_of_all = "bound_low" in found
            ends = interval(found["n"], found["of"], len(year.register)) if share_of_all else {}
            yield {"finding": finding, "number": place, "part": part} | ends | found


def _findings(year: Year) -> Iterable[Row]:
    """Those of one part, which decides."""
    several = Counter(finding for finding, _ in year.parts)
    for row in _finding_parts(year):
        if several[row["finding"]] == 1:
            names = ("finding", "n", "of", "value", "low", "high")
            yield {name: row[name] for name in names if name in row}


_TABLES: Mapping[str, Callable[[Year], Iterable[Row]]] = {
    "register": _register,
    "evidence": _evidence,
    "respondents": _respondents,
    "participation": _participation,
    "indicators": _indicators,
    "constructs": _constructs,
    "tiers": _tiers,
    "aspects": _aspects,
    "criteria": _criteria,
    "recommendations": _recommendations,
    "needs": _needs,
    "swot": _swot,
    "toolbox": _toolbox,
    "toolbox_serving": _toolbox_serving,
    "finding_parts": _finding_parts,
    "findings": _findings,
    "arrangements": _arrangements,
    "with_need": _with_need,
    "swot_pairs": _swot_pairs,
    "swot_balance": _swot_balance,
}


# --- references -------------------------------------------------------------------------------


class UnableError(Exception):
    """The reference names what this second computation does not have."""


def evaluate(text: str, year: Year) -> Any:
    """The value of a reference on the year's listed rows."""
    if found := re.fullmatch(r"(\w+)\((.*)\)", text):
        return _operation(found[1], _arguments(found[2]), year)
    if re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", text):
        return float(text)
    name, *parts = text.split("/")
    *key, column = (unquote(part) for part in parts)
    conditions = dict(zip(_keys(name), key, strict=True))
    rows = [
        row for row in table(year, name) if all(_text(row[k]) == v for k, v in conditions.items())
    ]
    if not rows and name in ("finding_parts", "findings"):
        raise UnableError(f"a tested {name}")
    if len(rows) != 1:
        return f"{len(rows)} rows"
    if column not in rows[0]:
        raise UnableError(f"{name}.{column}")
    return rows[0][column]


def _keys(name: str) -> list[str]:
    if name not in KEYS or name not in _TABLES:
        raise UnableError(name)
    return KEYS[name]


def _arguments(text: str, between: str = ",") -> list[str]:
    """Split at the signs that stand in no brackets."""
    parts, depth, begin = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == between and not depth:
            parts.append(text[begin:place])
            begin = place + 1
    return [part.strip() for part in [*parts, text[begin:]] if part]


def _operation(name: str, arguments: list[str], year: Year) -> Any:
    if name in ("protocol", "text", "cell") or arguments[0].startswith("protocol("):
        raise UnableError(name)
    if name in ("quantile", "occurring"):
        raise UnableError(name)
    if name == "count":
        return len(_rows(arguments[0], year))
    several = {
        "mean": fmean, "median": median, "sum": sum, "smallest": min, "largest": max,
        "distinct": lambda values: len(set(values)),
    }  # fmt: skip
    if name in several:
        if len(arguments) == 1:
            values = _column(arguments[0], year)
        else:
            values = [evaluate(argument, year) for argument in arguments]
        return several[name](values) if values else (0 if name in ("sum", "distinct") else None)
    first, *rest = (evaluate(argument, year) for argument in arguments)
    if name in ("percent", "quotient"):
        under = rest[0] if rest else 1
        return None if not under else (100 if name == "percent" else 1) * first / under
    return {
        "difference": lambda: first - rest[0],
        "product": lambda: math.prod([first, *rest]),
        "absolute": lambda: abs(first),
        "rounded": lambda: math.floor(first + 0.5),
    }[name]()


def _rows(text: str, year: Year) -> list[Row]:
    name, _, asked = text.partition("?")
    if name not in _TABLES or name in ("findings", "finding_parts"):
        raise UnableError(name)
    rows = table(year, name)
    for condition in _arguments(asked, "&"):
        rows = [row for row in rows if _met(row, condition, year)]
    return rows


def _column(text: str, year: Year) -> list[Any]:
    path, _, asked = text.partition("?")
    name, column = path.split("/")
    rows = _rows(f"{name}?{asked}" if asked else name, year)
    if rows and column not in rows[0]:
        raise UnableError(f"{name}.{column}")
    return [row[column] for row in rows if row[column] is not None]


def _met(row: Row, condition: str, year: Year) -> bool:
    found = re.match(r"(\w+)(!=|<=|>=|=|<|>)(.*)$", condition)
    if found is None:
        raise UnableError(condition)
    column, operator, wanted = found.groups()
    if column not in row:
        raise UnableError(column)
    value = row[column]
    if beside := re.fullmatch(r"\((\w+)\)", wanted):
        wanted = _text(row[beside[1]])
        if operator not in ("=", "!=") and not wanted:
            return False
    if operator in ("=", "!="):
        if wanted.startswith("("):
            among = {_text(one) for one in _column(wanted[1:-1], year)}
        else:
            among = {_number(unquote(one)) for one in wanted.split("|")}
        return (_number(_text(value)) in {_number(one) for one in among}) == (operator == "=")
    if value is None:
        return False
    limit = float(wanted)
    return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[
        operator
    ]


def _number(text: str) -> str:
    """Numbers that are equal as one text."""
    try:
        return repr(float(text))
    except ValueError:
        return text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
