"""The protocol: the method of a study as typed, frozen data.

A protocol is a folder with ``protocol.toml`` (indicators, ideal profiles, cut-offs, criteria,
words, findings, recommendations), ``codebook.csv`` (what an interview code or a workshop theme
means), ``questionnaire.csv`` (what a survey item means) and ``toolbox.csv`` (the tools and what
they serve). The method's numbers stand there, not in code.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.dataclasses import dataclass

from mapping.errors import DataError, Problem
from mapping.vocabulary import COMPARED, FACTORS, TIERS

Tier = Literal["good", "moderate", "small"]
Instrument = Literal["interview", "workshop", "survey"]
Kind = Literal["indicator", "need", "external_need", "arrangement", "origin", "other"]
ItemKind = Literal["indicator", "need", "external_need", "arrangement", "origin", "wish", "fact"]
ItemType = Literal["likert5", "level", "yes_no", "multiple", "single"]
Compared = Literal["tier", "indicator", "construct", "need", "voice", "swot", "recommendation"]
Factor = Literal["rule", "demands", "evidence", "weights", "average", "tie", "coder"]
Level = Annotated[float, Field(ge=0, le=3)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
FindingKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
Section = Literal["intro", "aims", "results", "conditions", "needs", "conclusions"]
"""Where the published summary states a finding."""


def _fraction(value: object) -> object:
    """Exact shares are written as text ("1/3"), so that no rounding enters a threshold."""
    try:
        return Fraction(value) if isinstance(value, str) else value
    except ZeroDivisionError:
        raise ValueError("a share cannot be divided by 0") from None


Share = Annotated[Fraction, BeforeValidator(_fraction), Field(ge=0, le=1), PlainSerializer(str)]

_frozen = dataclass(frozen=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True))


@_frozen
class Label:
    """A name in both languages."""

    sv: str
    en: str

    def __getitem__(self, language: str) -> str:
        return {"sv": self.sv, "en": self.en}[language]


@_frozen
class Levels:
    """The scale of an indicator and the cut-offs of its words."""

    highest: Annotated[float, Field(gt=0)]
    good: float
    moderate: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not 0 < self.moderate < self.good <= self.highest:
            raise ValueError("levels must rise: 0 < moderate < good <= highest")
        return self


@_frozen
class InstrumentRule:
    """An instrument and its weight when levels are averaged across instruments."""

    key: Instrument
    weight: Annotated[float, Field(gt=0)]
    label: Label


@_frozen
class Indicator:
    """An indicator, the construct it belongs to, and the instruments that may see it."""

    key: Key
    construct: Literal["conditions", "needs", "none"]
    seen_by: tuple[Instrument, ...]
    label: Label


@_frozen
class ConstructRules:
    """How many indicators of a construct must be known for the construct to be known."""

    conditions_known: Annotated[int, Field(ge=1)]
    needs_known: Annotated[int, Field(ge=1)]


@_frozen
class Arrangement:
    """A way of organising the responsibility, and the staffing level it stands for."""

    key: Key
    staffing: Level
    label: Label


@_frozen
class Origin:
    """A way in which alumni work started."""

    key: Key
    label: Label


@_frozen
class Need:
    """A need: one of the department's own (internal), or a voice from outside (external)."""

    side: Literal["internal", "external"]
    key: Key
    label: Label


@_frozen
class NeedRules:
    """When a department is *with* a need, and how P(rank 1) is drawn."""

    listed_apart: Key
    internal_level: Level
    external_level: Level
    draws: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)]


@_frozen
class Ideal:
    """The level of one aspect in each of the three ideal types."""

    good: Level
    moderate: Level
    small: Level

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.small <= self.moderate <= self.good:
            raise ValueError(
                "ideals must be ordered small <= moderate <= good, "
                "else raising an indicator could lower the tier"
            )
        return self

    def __getitem__(self, tier: str) -> float:
        return {"good": self.good, "moderate": self.moderate, "small": self.small}[tier]


@_frozen
class Aspect:
    """One aspect of the ideal types: the mean of the indicators that it rests on."""

    key: Key
    rests_on: Annotated[tuple[Key, ...], Field(min_length=1)]
    ideal: Ideal
    label: Label


@_frozen
class TierRules:
    """When a department can be classified, and when its tier is borderline."""

    aspects_known: Annotated[int, Field(ge=1)]
    borderline: Annotated[float, Field(ge=0, le=1)]


@_frozen
class Condition:
    """A range of one aspect: at_least <= level <= at_most, level < below."""

    aspect: Key
    at_least: Level | None = None
    at_most: Level | None = None
    below: Level | None = None


@_frozen
class Criterion:
    """One criterion of the summary's wording; met if any of its conditions is met.

    ``word`` is the summary's quantifier: of how many of the tier's departments it is said.
    """

    tier: Tier
    key: Key
    word: Key
    any: Annotated[tuple[Condition, ...], Field(min_length=1)]

    @property
    def name(self) -> str:
        """The criterion's full name, such as ``good.interest``."""
        return f"{self.tier}.{self.key}"


@_frozen
class SwotRules:
    """Cut-offs of the SWOT aggregation."""

    common_denominator: Share
    confidence: Annotated[float, Field(gt=0, lt=1)]
    significance: Annotated[float, Field(gt=0, lt=1)]


@_frozen
class Word:
    """A word for a share, and the range of shares in which it may be said.

    A published word is one of the summary's own; our texts say the others.
    """

    key: Key
    at_least: Share | None = None
    above: Share | None = None
    at_most: Share | None = None
    departments: Annotated[int, Field(ge=0)] = 0
    published: bool = False

    def holds(self, count: int, of: int) -> bool:
        """Whether ``count`` of ``of`` departments may be called by this word (exact)."""
        share = Fraction(count, of)
        return (
            (self.at_least is None or share >= self.at_least)
            and (self.above is None or share > self.above)
            and (self.at_most is None or share <= self.at_most)
            and count >= self.departments
        )


@_frozen
class Finding:
    """A statement of the published summary, tested by the function of the same name.

    ``word`` is the quantifier that the summary uses, or one for each part of the finding that
    is a share; none for a finding of another kind.
    """

    key: FindingKey
    section: Section
    word: Key | dict[Key, Key] | None = None

    def word_of(self, part: str) -> str:
        """The word of one part; that of the whole finding if it has only one.

        Raises
        ------
        DataError
            The part has none, and a share cannot be judged without.

        """
        word = self.word.get(part) if isinstance(self.word, dict) else self.word
        if word is None:
            remedy = f'Add it, such as word = {{ {part} = "many" }}, or remove the finding.'
            expected, path = f"a word for its part {part}", f"findings.{self.key}.word"
            raise DataError([Problem("protocol.toml", None, path, "", expected, remedy)])
        return word

    @property
    def words(self) -> tuple[str, ...]:
        """The words of all parts."""
        if isinstance(self.word, dict):
            return tuple(self.word.values())
        return () if self.word is None else (self.word,)


@_frozen
class FindingRules:
    """The numbers that decide verdicts, and what single findings count.

    ``band`` is how far outside its word's range a share is still inconclusive (or one
    department, if that is more); ``fewest`` the smallest population that a verdict is given on.
    """

    band: Share
    fewest: Annotated[int, Field(ge=1)]
    first_place: Share
    tested_departments: Annotated[int, Field(ge=2)]
    tested_group: Annotated[int, Field(ge=2)]
    significance: Annotated[float, Field(gt=0, lt=1)]
    permutations: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)]
    family: tuple[FindingKey, ...]
    fact_holds: Annotated[float, Field(ge=1, le=5)]
    opted_out: Share
    programme_share: Share
    few_programmes: Annotated[int, Field(ge=0)]
    frame: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]]
    kinds: Annotated[int, Field(ge=1)]
    words: Annotated[int, Field(ge=1)]
    named_share: Share
    each_departments: Annotated[int, Field(ge=1)]
    wishes: Annotated[int, Field(ge=1)]
    wish_most: Share
    tier_share: Share
    sure_share: Share
    members: Annotated[int, Field(ge=1)]
    counsellor_roles: Annotated[tuple[str, ...], Field(min_length=1)]
    counsellor_share: Share


@_frozen
class Recommendation:
    """A recommendation of the summary and when a department meets it.

    Met if the arrangement is one of ``arrangements`` (where any is named) and every indicator
    of ``at_least`` reaches its level.
    """

    key: Annotated[str, Field(pattern=r"^R[1-9][0-9]*$")]
    label: Label
    arrangements: tuple[Key, ...] = ()
    at_least: dict[Key, Level] = field(default_factory=dict)


@_frozen
class ToolboxRules:
    """The share of the expressed needs that the smallest set of tools is to serve."""

    served: Share


@_frozen
class Tool:
    """One row of the toolbox: a tool and one need or condition that it serves."""

    tool: Key
    kind: Literal["need", "condition"]
    key: Key
    label: Label


@_frozen
class FollowUpRules:
    """How two years are compared.

    With fewer than ``pairs`` pairs nothing is tested. ``families`` are the kinds of measures
    that are tested together: Holm's correction is over all tests of a family. ``draws`` and
    ``seed`` are of the bootstrap that tells how sure a change of rank is.
    """

    pairs: Annotated[int, Field(ge=1)]
    significance: Annotated[float, Field(gt=0, lt=1)]
    families: tuple[Annotated[tuple[Compared, ...], Field(min_length=1)], ...]
    draws: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [kind for family in self.families for kind in family]
        if sorted(named) != sorted(COMPARED):
            raise ValueError(f"each in one family, once: {', '.join(COMPARED)}")
        return self


@_frozen
class Choice:
    """One level of a factor: one way of doing what the factor is about.

    ``moved`` is how many levels are added to every ideal, criterion and cut-off; ``without``
    the instruments that are left out; ``times`` what an instrument's weight is multiplied by.
    """

    key: Key
    label: Label
    moved: Annotated[float, Field(ge=-3, le=3)] = 0.0
    without: tuple[Instrument, ...] = ()
    times: dict[Instrument, Annotated[float, Field(gt=0)]] = field(default_factory=dict)

    @property
    def as_reported(self) -> bool:
        """Whether nothing is moved, left out or weighed otherwise than in the reports."""
        return not (self.moved or self.without or self.times)


NAMED_CHOICES: dict[str, tuple[str, ...]] = {
    "rule": ("city_block", "euclid", "fuzzy", "criteria", "index"),
    "average": ("mean", "median"),
    "tie": ("lower", "higher"),
    "coder": ("all", "each"),
}
"""The levels of the factors that are told by name alone, from what the reports do."""


@_frozen
class ChoiceFactor:
    """Something of the method that could defensibly be done otherwise, and in which ways.

    The first level is what the reports do.
    """

    key: Factor
    label: Label
    levels: Annotated[tuple[Choice, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _known_levels(self) -> Self:
        keys = [level.key for level in self.levels]
        named = NAMED_CHOICES.get(self.key, tuple(keys))
        if len(set(keys)) < len(keys) or not set(keys) <= set(named):
            raise ValueError(f"each level once, of {', '.join(named)}")
        if keys[0] != named[0] or not self.levels[0].as_reported:
            first = f"{named[0]}, " if self.key in NAMED_CHOICES else ""
            raise ValueError(f"the first level is what the reports do: {first}nothing changed")
        return self

    @model_validator(mode="after")
    def _own_settings(self) -> Self:
        own = {"demands": "moved", "evidence": "without", "weights": "times"}.get(self.key, "")
        for level in self.levels:
            given = {name for name in ("moved", "without", "times") if getattr(level, name)}
            if given - {own}:
                raise ValueError(
                    f"level {level.key}: {', '.join(sorted(given - {own}))} is of another factor"
                )
        return self


@_frozen
class AuditRules:
    """How the method itself is audited; it decides no tier and no verdict.

    ``draws``, ``seed`` and ``confidence`` are of the bootstrap over departments. ``reliable``
    and ``tentative`` are the conventional limits of alpha, ``fewest_units`` the units that
    agreement is judged from up. Instruments agree up to the convergence ``agree`` and conflict
    from ``conflict``. A tier is clear with the share ``clear_tier`` of the choices.
    """

    draws: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    reliable: Annotated[float, Field(le=1)]
    tentative: Annotated[float, Field(le=1)]
    fewest_units: Annotated[int, Field(ge=1)]
    agree: Level
    conflict: Level
    clear_tier: Annotated[Share, Field(gt=Fraction(1, 2))]
    factors: tuple[ChoiceFactor, ...]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.tentative < self.reliable:
            raise ValueError("tentative must be below reliable")
        if not self.agree < self.conflict:
            raise ValueError("agree must be below conflict")
        return self

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if sorted(factor.key for factor in self.factors) != sorted(FACTORS):
            raise ValueError(f"factors, each once: {', '.join(FACTORS)}")
        return self

    def factor(self, key: str) -> ChoiceFactor:
        """The factor of this key."""
        return next(factor for factor in self.factors if factor.key == key)


@_frozen
class Disclosure:
    """What a published table may show, and how well it hides the rest.

    ``minimum_cell`` is the smallest count of departments that is shown, ``minimum_persons`` the
    fewest persons behind one (interviews and responses). A hidden count must be able to lie
    between ends that are ``minimum_width`` apart, for all that can be reckoned out of the rest.
    """

    minimum_cell: Annotated[int, Field(ge=1)]
    minimum_persons: Annotated[int, Field(ge=1)]
    minimum_width: Annotated[int, Field(ge=1)]


@_frozen
class Code:
    """One row of the codebook: an interview code or a workshop theme and what it stands for."""

    instrument: Literal["interview", "workshop"]
    code: Annotated[str, Field(min_length=1)]
    kind: Kind
    key: Key
    level: Level | None
    label: Label


@_frozen
class Item:
    """One row of the questionnaire: a survey item and what its answers stand for."""

    item: Annotated[str, Field(min_length=1)]
    limesurvey_code: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*(\[[A-Za-z0-9]+\])?$")]
    type: ItemType
    kind: ItemKind
    key: Key
    answers: tuple[tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,5}$")], str], ...]
    reversed: bool
    label: Label


@_frozen
class Protocol:
    """The whole method of a study. Loaded by :func:`load_protocol`; never changed."""

    name: str
    version: str
    source: str
    title: Label
    levels: Levels
    instruments: tuple[InstrumentRule, ...]
    indicators: tuple[Indicator, ...]
    constructs: ConstructRules
    arrangements: tuple[Arrangement, ...]
    origins: tuple[Origin, ...]
    needs: tuple[Need, ...]
    need_rules: NeedRules
    aspects: tuple[Aspect, ...]
    tier_rules: TierRules
    criteria: tuple[Criterion, ...]
    swot: SwotRules
    words: tuple[Word, ...]
    finding_rules: FindingRules
    findings: tuple[Finding, ...]
    recommendations: tuple[Recommendation, ...]
    toolbox: ToolboxRules
    follow_up: FollowUpRules
    audit: AuditRules
    disclosure: Disclosure
    codes: tuple[Code, ...]
    items: tuple[Item, ...]
    tools: tuple[Tool, ...]
    sha256: str
    follows: str | None = None
    """The protocol that this one is a revision of: years of both may be compared."""

    def indicator_keys(self, construct: str | None = None) -> tuple[str, ...]:
        """Keys of the indicators, or of those of one construct, in the protocol's order."""
        return tuple(i.key for i in self.indicators if construct in (None, i.construct))

    def need_keys(self, side: str) -> tuple[str, ...]:
        """Keys of the needs of one side, in the protocol's order."""
        return tuple(need.key for need in self.needs if need.side == side)

    @property
    def aspect_keys(self) -> tuple[str, ...]:
        """Keys of the aspects, in the protocol's order."""
        return tuple(aspect.key for aspect in self.aspects)

    @property
    def themes(self) -> tuple[str, ...]:
        """The workshop's themes, in the codebook's order."""
        return tuple(code.code for code in self.codes if code.instrument == "workshop")

    @property
    def tool_keys(self) -> tuple[str, ...]:
        """Keys of the tools, in the toolbox's order."""
        return tuple(dict.fromkeys(row.tool for row in self.tools))

    @cached_property
    def weights(self) -> dict[str, float]:
        """Weight of each instrument."""
        return {rule.key: rule.weight for rule in self.instruments}

    def word(self, count: int, of: int) -> str:
        """The strongest word of our own that may be said of ``count`` of ``of`` departments."""
        own = (word for word in self.words if not word.published)
        return next((word.key for word in own if word.holds(count, of)), "some")

    @cached_property
    def ranges(self) -> dict[str, Word]:
        """Every word by its key, the published ones too."""
        return {word.key: word for word in self.words}

    @cached_property
    def uses(self) -> dict[str, int]:
        """How many findings, their parts and criteria use each word."""
        words = [word for finding in self.findings for word in finding.words]
        words += [criterion.word for criterion in self.criteria]
        return {word: words.count(word) for word in self.ranges}

    @cached_property
    def statements(self) -> dict[str, Finding]:
        """Every finding by its key, in the order of the summary."""
        return {finding.key: finding for finding in self.findings}


TYPES_OF_KIND = {
    "indicator": ("likert5", "level", "yes_no"),
    "need": ("multiple",),
    "external_need": ("multiple",),
    "arrangement": ("single",),
    "origin": ("single",),
    "wish": ("multiple",),
    "fact": ("likert5", "multiple", "yes_no"),
}
"""The types of item that can ask for each kind."""

PROTOCOL_FILES = ("protocol.toml", "codebook.csv", "questionnaire.csv", "toolbox.csv")
CODEBOOK_COLUMNS = ("instrument", "code", "kind", "key", "level", "label_sv", "label_en")
QUESTIONNAIRE_COLUMNS = (
    "item",
    "limesurvey_code",
    "type",
    "kind",
    "key",
    "answer_codes",
    "reversed",
    "label_sv",
    "label_en",
)
TOOLBOX_COLUMNS = ("tool", "kind", "key", "label_sv", "label_en")


def load_protocol(folder: Path) -> Protocol:
    """Read and check the protocol in ``folder``.

    Raises
    ------
    DataError
        A file is missing or unreadable, a key is missing, unknown or wrong, or keys that must
        agree (an aspect and its indicators, a code and its indicator) do not. Every problem
        names the file and the key, and all are given at once.

    """
    missing = [
        Problem(f"{folder.name}/{name}", expected="a file of the protocol", remedy="Restore it.")
        for name in PROTOCOL_FILES
        if not (folder / name).is_file()
    ]
    if missing:
        raise DataError(missing)
    values = _read_toml(folder / "protocol.toml")
    values["codes"] = [_code(row) for row in _read_csv(folder / "codebook.csv", CODEBOOK_COLUMNS)]
    values["items"] = [
        _item(row) for row in _read_csv(folder / "questionnaire.csv", QUESTIONNAIRE_COLUMNS)
    ]
    values["tools"] = [_tool(row) for row in _read_csv(folder / "toolbox.csv", TOOLBOX_COLUMNS)]
    if "name" in values:
        expected = "no such key: a protocol's name is that of its folder"
        raise DataError([Problem(f"{folder.name}/protocol.toml", None, "name", "", expected)])
    values |= {"name": folder.absolute().name, "sha256": protocol_hash(folder)}
    try:
        protocol = TypeAdapter(Protocol).validate_python(values)
    except ValidationError as error:
        raise DataError(_problems(folder.name, error)) from None
    if problems := list(_disagreements(folder.name, protocol)):
        raise DataError(problems)
    return protocol


def protocol_hash(folder: Path) -> str:
    """SHA-256 over the protocol's files, line ends made alike so that no checkout changes it."""
    digest = hashlib.sha256()
    for name in PROTOCOL_FILES:
        digest.update(name.encode() + b"\0")
        digest.update((folder / name).read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = f"{path.parent.name}/{path.name}"
        raise DataError([Problem(place, value=str(error), expected="TOML in UTF-8")]) from None


def _read_csv(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    place = f"{path.parent.name}/{path.name}"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError([Problem(place, value=str(error), expected="CSV in UTF-8")]) from None
    if tuple(reader.fieldnames or ()) != columns:
        found = ", ".join(reader.fieldnames or ()) or "no header"
        raise DataError([Problem(place, 1, value=found, expected=", ".join(columns))])
    ragged = [
        Problem(place, number, expected=f"{len(columns)} cells")
        for number, row in enumerate(rows, start=2)
        if None in row or None in row.values()
    ]
    if ragged:
        raise DataError(ragged)
    return rows


def _label(row: dict[str, str]) -> dict[str, str]:
    return {"sv": row["label_sv"], "en": row["label_en"]}


def _code(row: dict[str, str]) -> dict[str, Any]:
    fields = {name: row[name] for name in ("instrument", "code", "kind", "key")}
    return fields | {"level": row["level"] or None, "label": _label(row)}


def _tool(row: dict[str, str]) -> dict[str, Any]:
    return {name: row[name] for name in ("tool", "kind", "key")} | {"label": _label(row)}


def _item(row: dict[str, str]) -> dict[str, Any]:
    fields = {name: row[name] for name in ("item", "limesurvey_code", "type", "kind", "key")}
    answers = [tuple(pair.partition("=")[::2]) for pair in row["answer_codes"].split()]
    return fields | {"answers": answers, "reversed": row["reversed"], "label": _label(row)}


def _problems(folder: str, error: ValidationError) -> list[Problem]:
    """Pydantic's errors as ours: the file, the key (or row and column), the value, the reason."""
    return [_problem(folder, details) for details in error.errors()]


def _problem(folder: str, details: Any) -> Problem:
    path = [str(part) for part in details["loc"]]
    value = details["input"]
    shown = "" if isinstance(value, dict | list) else repr(value)
    tables = {"codes": "codebook.csv", "items": "questionnaire.csv", "tools": "toolbox.csv"}
    if details["type"] == "unexpected_keyword_argument":
        remedy = "Remove the key, or correct its name."
        return Problem(
            f"{folder}/protocol.toml", None, ".".join(path), shown, "a known key", remedy
        )
    if path and path[0] in tables and len(path) > 1:
        place, row, key = f"{folder}/{tables[path[0]]}", int(path[1]) + 2, ".".join(path[2:])
        return Problem(place, row, key, shown, details["msg"])
    remedy = (
        "Add it; the shipped protocol su-2020 shows how." if details["type"] == "missing" else ""
    )
    return Problem(f"{folder}/protocol.toml", None, ".".join(path), shown, details["msg"], remedy)


def _disagreements(folder: str, protocol: Protocol) -> Iterable[Problem]:
    """Keys that must agree between the parts of a protocol."""
    yield from _repeated(folder, protocol)
    yield from _unknown_references(folder, protocol)
    yield from _missing_references(folder, protocol)
    yield from _unseen(folder, protocol)
    yield from _unfit_codes(folder, protocol)
    yield from _unfit_items(folder, protocol)
    yield from _unfit_findings(folder, protocol)
    yield from _unfit_recommendations(folder, protocol)
    yield from _unfit_tools(folder, protocol)


def _repeated(folder: str, protocol: Protocol) -> Iterable[Problem]:
    columns: dict[str, list[str]] = {
        "instruments": [rule.key for rule in protocol.instruments],
        "indicators": list(protocol.indicator_keys()),
        "arrangements": [arrangement.key for arrangement in protocol.arrangements],
        "origins": [origin.key for origin in protocol.origins],
        "needs": [f"{need.side}.{need.key}" for need in protocol.needs],
        "aspects": list(protocol.aspect_keys),
        "criteria": [criterion.name for criterion in protocol.criteria],
        "words": [word.key for word in protocol.words],
        "findings": [finding.key for finding in protocol.findings],
        "finding_rules.family": list(protocol.finding_rules.family),
        "recommendations": [recommendation.key for recommendation in protocol.recommendations],
        "codebook.csv code": [f"{code.instrument} {code.code}" for code in protocol.codes],
        "questionnaire.csv item": [item.item for item in protocol.items],
        "questionnaire.csv limesurvey_code": [item.limesurvey_code for item in protocol.items],
    }
    for column, keys in columns.items():
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield Problem(f"{folder}/protocol.toml", None, column, repr(key), "each key once")


def _unknown_references(folder: str, protocol: Protocol) -> Iterable[Problem]:
    known = {
        "indicator": set(protocol.indicator_keys()),
        "need": set(protocol.need_keys("internal")),
        "external_need": set(protocol.need_keys("external")),
        "arrangement": {arrangement.key for arrangement in protocol.arrangements},
        "origin": {origin.key for origin in protocol.origins},
    }
    place = f"{folder}/protocol.toml"
    for aspect in protocol.aspects:
        for key in sorted(set(aspect.rests_on) - known["indicator"]):
            yield Problem(place, None, f"aspects.{aspect.key}.rests_on", repr(key), "an indicator")
    for criterion in protocol.criteria:
        for key in sorted({c.aspect for c in criterion.any} - set(protocol.aspect_keys)):
            yield Problem(place, None, f"criteria.{criterion.name}.any", repr(key), "an aspect")
    for row, code in enumerate(protocol.codes, start=2):
        if code.key not in known.get(code.kind, {code.key}):
            expected = f"a key of kind {code.kind}"
            yield Problem(f"{folder}/codebook.csv", row, "key", repr(code.key), expected)
    # An item asks for the arrangement (or origin) as such; its answers are the keys.
    known |= {"arrangement": {"arrangement"}, "origin": {"origin"}}
    for row, item in enumerate(protocol.items, start=2):
        if item.key not in known.get(item.kind, {item.key}):
            expected = f"a key of kind {item.kind}"
            yield Problem(f"{folder}/questionnaire.csv", row, "key", repr(item.key), expected)


def _unseen(folder: str, protocol: Protocol) -> Iterable[Problem]:
    """Codes and items by which an instrument would see an indicator that it cannot see."""
    seen_by = {indicator.key: indicator.seen_by for indicator in protocol.indicators}
    coded = [(code.instrument, code.kind, code.key) for code in protocol.codes]
    asked = [("survey", item.kind, item.key) for item in protocol.items]
    for file, entries in (("codebook.csv", coded), ("questionnaire.csv", asked)):
        for row, (instrument, kind, key) in enumerate(entries, start=2):
            if kind == "indicator" and instrument not in seen_by.get(key, (instrument,)):
                expected = f"an indicator that the {instrument} sees (seen_by)"
                yield Problem(f"{folder}/{file}", row, "key", repr(key), expected)


def _missing_references(folder: str, protocol: Protocol) -> Iterable[Problem]:
    place = f"{folder}/protocol.toml"
    absent = {"interview", "workshop", "survey"} - set(protocol.weights)
    for key in sorted(absent):
        yield Problem(place, None, "instruments", "", f"an entry for {key}")
    for construct in ("conditions", "needs"):
        if not protocol.indicator_keys(construct):
            yield Problem(place, None, "indicators", "", f"at least one of construct {construct}")
    for tier in TIERS:
        if not any(criterion.tier == tier for criterion in protocol.criteria):
            yield Problem(place, None, "criteria", "", f"at least one of tier {tier}")
    if protocol.need_rules.listed_apart not in protocol.need_keys("internal"):
        value = repr(protocol.need_rules.listed_apart)
        yield Problem(place, None, "need_rules.listed_apart", value, "an internal need")


def _unfit_findings(folder: str, protocol: Protocol) -> Iterable[Problem]:
    """Words that have no range, and a family with a test of no finding."""
    place = f"{folder}/protocol.toml"
    said = [(f"findings.{f.key}.word", word) for f in protocol.findings for word in f.words]
    said += [(f"criteria.{criterion.name}.word", criterion.word) for criterion in protocol.criteria]
    for path, word in said:
        if word not in protocol.ranges:
            yield Problem(place, None, path, repr(word), "a key of [[words]]")
    for key in protocol.finding_rules.family:
        if key not in protocol.statements:
            yield Problem(place, None, "finding_rules.family", repr(key), "a finding")


def _unfit_recommendations(folder: str, protocol: Protocol) -> Iterable[Problem]:
    ways = {arrangement.key for arrangement in protocol.arrangements}
    place = f"{folder}/protocol.toml"
    for recommendation in protocol.recommendations:
        path = f"recommendations.{recommendation.key}"
        for key in sorted(set(recommendation.arrangements) - ways):
            yield Problem(place, None, f"{path}.arrangements", repr(key), "an arrangement")
        for key in sorted(set(recommendation.at_least) - set(protocol.indicator_keys())):
            yield Problem(place, None, f"{path}.at_least", repr(key), "an indicator")
        if not recommendation.arrangements and not recommendation.at_least:
            yield Problem(place, None, path, "", "arrangements or at_least")


def _unfit_tools(folder: str, protocol: Protocol) -> Iterable[Problem]:
    """Tools that serve nothing known, serve a thing twice, or go by two names."""
    served = {
        "need": set(protocol.need_keys("internal")),
        "condition": set(protocol.indicator_keys("conditions")),
    }
    place, names, seen = f"{folder}/toolbox.csv", dict[str, Label](), set[tuple[str, str, str]]()
    for row, tool in enumerate(protocol.tools, start=2):
        if tool.key not in served[tool.kind]:
            what = "an internal need" if tool.kind == "need" else "an indicator of the conditions"
            yield Problem(place, row, "key", repr(tool.key), what)
        if (tool.tool, tool.kind, tool.key) in seen:
            yield Problem(place, row, "key", repr(tool.key), "each need or condition once a tool")
        if names.setdefault(tool.tool, tool.label) != tool.label:
            expected = "the same labels in all rows of a tool"
            yield Problem(place, row, "label_sv", repr(tool.label.sv), expected)
        seen.add((tool.tool, tool.kind, tool.key))


def _unfit_codes(folder: str, protocol: Protocol) -> Iterable[Problem]:
    """Interview codes whose level does not fit their kind, and themes that are not their key."""
    place = f"{folder}/codebook.csv"
    for row, code in enumerate(protocol.codes, start=2):
        levelled = code.instrument == "interview" and code.kind == "indicator"
        if code.instrument == "interview" and levelled != (code.level is not None):
            expected = "a level for interview codes of kind indicator, and for no other"
            yield Problem(place, row, "level", repr(code.level), expected)
        if code.instrument == "workshop" and code.code != code.key:
            expected = "a theme that is the key it stands for"
            yield Problem(place, row, "key", repr(code.key), expected)


def _unfit_items(folder: str, protocol: Protocol) -> Iterable[Problem]:
    """Items whose type, LimeSurvey code or answers do not fit what they ask for."""
    types: dict[str, str] = {}
    for row, item in enumerate(protocol.items, start=2):
        stem = item.limesurvey_code.partition("[")[0]
        wrong = {
            "type": _wrong_type(item),
            "limesurvey_code": _wrong_code(item, types.setdefault(stem, item.type)),
            "answer_codes": _wrong_answers(item, protocol),
        }
        for column, (value, expected) in wrong.items():
            if expected:
                yield Problem(f"{folder}/questionnaire.csv", row, column, repr(value), expected)


def _wrong_type(item: Item) -> tuple[str, str]:
    """The type, and what was expected of it: blank if it is right (so below)."""
    types = TYPES_OF_KIND[item.kind]
    return item.type, "" if item.type in types else f"{' or '.join(types)} for {item.kind}"


def _wrong_code(item: Item, type_of_stem: str) -> tuple[str, str]:
    code = item.limesurvey_code
    if item.type != type_of_stem:
        return code, f"items of one type under one question; the others are {type_of_stem}"
    if item.type in ("likert5", "multiple"):
        return code, "" if "[" in code else f"question[part] for {item.type}"
    return code, f"a code without [part] for {item.type}" if "[" in code else ""


def _wrong_answers(item: Item, protocol: Protocol) -> tuple[str, str]:
    shown = " ".join("=".join(pair) for pair in item.answers)
    values = {
        "level": {str(level) for level in range(int(protocol.levels.highest) + 1)},
        "arrangement": {arrangement.key for arrangement in protocol.arrangements},
        "origin": {origin.key for origin in protocol.origins},
    }.get(item.type if item.type == "level" else item.kind, set())
    codes = [code for code, _ in item.answers]
    if {value for _, value in item.answers} == values and len(codes) == len(set(codes)):
        return shown, ""
    return shown, f"one code=value for each of: {', '.join(sorted(values)) or 'none'}"
