"""The texts of one language: readable templates in TOML, filled with computed values.

A text is a Jinja2 template under a dotted key, its first part the file: ``tiers.grid.heading``
stands in ``texts/<language>/tiers.toml``, table ``[grid]``. The templates are ours; the values
are data, never markup and never code, and are escaped where they are shown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from importlib import resources
from types import CodeType, MappingProxyType
from typing import Any

import pandas as pd
from jinja2 import (
    BytecodeCache,
    DictLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    pass_context,
)
from jinja2.bccache import Bucket
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

from mapping.display import traceable, traceable_to, visible
from mapping.errors import RunError, UsageError
from mapping.facts import Count
from mapping.prose.formats import NBSP, Formats, capital, sign
from mapping.protocol import Condition, Criterion, Protocol
from mapping.references import Setting, reference_of, traced
from mapping.vocabulary import LANGUAGES

Labels = Mapping[tuple[str, str], str]
_DEPARTMENT_LABELS = ("first_step", "took_part")
_TERM_LABELS = (
    "tier",
    "quadrant",
    "quadrant_letter",
    "side",
    "construct",
    "conditions_level",
    "needs_level",
    "level",
    "commonest_one",
    "commonest_many",
    "file",
    "agreed",
)


@dataclass(frozen=True)
class Words:
    """All texts, labels and number formats of one language under one protocol.

    Made by :func:`words`. ``names`` gives a department's shown name; without one its code is
    shown.
    """

    lang: str
    protocol: Protocol
    formats: Formats
    labels: Labels
    names: Mapping[str, str]
    templates: SandboxedEnvironment

    def say(self, key: str, **values: object) -> str:
        """The text with its values.

        Raises
        ------
        RunError
            No such text, a value that the text needs is missing (or is None or NaN), or a
            value that it does not use was given.

        """
        self._require(key, values)
        try:
            return self.templates.get_template(key).render(values)
        except (TemplateError, ValueError, TypeError, AttributeError) as error:
            raise RunError(f"text {key} ({self.lang}): {error}") from error

    def label(self, kind: str, key: str) -> str:
        """The shown name of a key: ``label("need", "recruitment")``.

        Kinds: indicator, aspect, need, voice (an external need), theme, arrangement, origin,
        instrument, criterion, recommendation, tool, wish, department; tier, quadrant,
        quadrant_letter, side, construct, conditions_level, needs_level, level, commonest_one,
        commonest_many (a quadrant's); file (a raw file); code (of the interviews); agreed (how
        far raters agree); framework and item (of the certificate); finding (what the summary
        states); first_step (what to do for a recommendation, which without a text of its own is
        quoted, or to take part with an instrument); took_part (what was done with an instrument);
        factor (of the audit's choices) and choice (one of its levels: ``rule=euclid``).
        """
        return visible(self.traceable_label(kind, key))

    def traceable_label(self, kind: str, key: str) -> str:
        """As :meth:`label`, with what the numbers in it rest on; see :mod:`mapping.display`."""
        if kind == "department":
            return visible(self.names.get(key, key))
        try:
            if kind == "choice" and (kind, key) not in self.labels:
                factor, _, coder = key.partition("=")
                number = visible(coder).rpartition("-")[2]
                who = self.say("audit.coder", number=number)
                return f"{self.labels[kind, f'{factor}=each']}: {who}"
            return self.labels[kind, key]
        except KeyError:
            raise RunError(f"no {self.lang} label for {kind} {key}") from None

    def measure(self, name: str) -> str:
        """A measure of two years, ``kind:key``, as a sentence names it: ``the need “feedback”``."""
        kind, _, key = name.partition(":")
        return self.say(f"terms.measure.{kind}", name=self.measured(kind, key))

    def measured(self, kind: str, key: str) -> str:
        """The name alone; of something that only an earlier protocol has, its key."""
        if kind != "swot":
            return self.labels.get((kind, key), key)
        quadrant, _, theme = key.partition(".")
        labels = {"quadrant": quadrant, "theme": theme}
        shown = {each: self.labels.get((each, at), at) for each, at in labels.items()}
        return self.say("terms.theme_of", **shown)

    def variables(self, key: str) -> frozenset[str]:
        """The names of the values that the text needs."""
        needed = _compiled(self.lang).needed
        if key not in needed:
            needed[key] = _variables(self.templates, self.lang, key)
        return needed[key]

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in _sources(self.lang)

    def keys(self, prefix: str = "") -> tuple[str, ...]:
        """The keys of all texts that start with ``prefix``, in the order of the files."""
        return tuple(key for key in _sources(self.lang) if key.startswith(prefix))

    def _require(self, key: str, values: Mapping[str, object]) -> None:
        try:
            needed = self.variables(key)
        except TemplateNotFound:
            raise RunError(f"no {self.lang} text {key}") from None
        if absent := sorted(needed - values.keys()):
            raise RunError(f"text {key} ({self.lang}) lacks {', '.join(absent)}")
        if unused := sorted(values.keys() - needed):
            raise RunError(f"text {key} ({self.lang}) does not use {', '.join(unused)}")


def words(lang: str, protocol: Protocol, names: Mapping[str, str] | None = None) -> Words:
    """The texts of a language with the protocol's labels and words for shares.

    Parameters
    ----------
    lang
        "sv" or "en".
    protocol
        Gives the labels, and which word may be said of which share.
    names
        The shown name of each department_id; without one (or without an entry) its code.

    Raises
    ------
    UsageError
        There are no texts in that language.

    """
    if lang not in LANGUAGES:
        raise UsageError(f"no texts in language {lang!r}; there are {', '.join(LANGUAGES)}")
    formats = _formats(lang)
    templates = _templates(lang, formats)
    templates.filters["quantity"] = _unfolded(partial(_quantity, templates, protocol))
    labels = dict(_labels(lang, protocol))
    labels |= {
        ("criterion", criterion.name): _criterion(number, criterion, labels, templates, formats)
        for number, criterion in enumerate(protocol.criteria)
    }
    shown = MappingProxyType(dict(names or {}))
    made = Words(lang, protocol, formats, MappingProxyType(labels), shown, templates)
    templates.filters["label"] = _unfolded(lambda key, kind: made.traceable_label(kind, key))
    templates.filters["department"] = _unfolded(partial(made.label, "department"))
    templates.filters["counted"] = _unfolded(partial(_counted, made))
    templates.filters["labels"] = _unfolded(partial(_labelled, made))
    templates.filters["measure"] = _unfolded(made.measure)
    templates.filters["measures"] = _unfolded(partial(_measures, made))
    templates.filters["by_tier"] = _unfolded(partial(_by_tier, made))
    templates.filters["fraction"] = _unfolded(partial(_fraction, made))
    return made


@lru_cache
def _texts(lang: str) -> Mapping[str, object]:
    """Every value of the language's files by its dotted key: templates, and the lists of terms."""
    folder = resources.files("mapping") / "texts" / lang
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda f: f.name
    )
    tables = {file.name.removesuffix(".toml"): file.read_text(encoding="utf-8") for file in files}
    return MappingProxyType(
        {
            key: value
            for stem, text in tables.items()
            for key, value in _flat(stem, tomllib.loads(text))
        }
    )


def _flat(prefix: str, value: object) -> Iterator[tuple[str, object]]:
    """Leaves of nested tables; a list counts its items: ``tiers.grid.paragraphs.0``."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{prefix}.{name}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _flat(f"{prefix}.{number}", inner)
    else:
        yield prefix, value


@lru_cache
def _sources(lang: str) -> Mapping[str, str]:
    """The templates by key."""
    return MappingProxyType({key: str(value) for key, value in _texts(lang).items()})


def _listed(lang: str, key: str) -> tuple[str, ...]:
    sources = _sources(lang)
    return tuple(sources[name] for name in sources if name.startswith(f"{key}."))


@lru_cache
def _formats(lang: str) -> Formats:
    def term(name: str) -> str:
        return _sources(lang)[f"terms.format.{name}"]

    return Formats(
        decimal=term("decimal"),
        thousands=term("thousands"),
        of=term("of"),
        and_=term("and"),
        between=term("between"),
        department=term("department"),
        departments=term("departments"),
        quotes=(term("quotes.0"), term("quotes.1")),
        months=_listed(lang, "terms.format.months"),
        words=_listed(lang, "terms.format.words"),
    )


def _templates(lang: str, formats: Formats) -> SandboxedEnvironment:
    """Templates that stop at anything missing; plain text, so nothing is escaped here."""
    environment = SandboxedEnvironment(
        loader=DictLoader(_sources(lang)),
        undefined=StrictUndefined,
        autoescape=False,  # plain text; prose and tables escape what they show
        finalize=_written,
        cache_size=-1,
        bytecode_cache=_compiled(lang),
    )
    filters: dict[str, Callable[..., Any]] = {
        "number": formats.number,
        "percent": formats.percent,
        "percentage": formats.percentage,
        "count": formats.count,
        "of_base": formats.of_base,
        "count_departments": formats.count_departments,
        "interval": formats.interval,
        "portion": formats.portion,
        "chance": formats.chance,
        "p": formats.p,
        "signed": formats.signed,
        "plural": formats.plural,
        "listing": formats.listing,
        "quoted": formats.quoted,
        "date": formats.day,
        "month": formats.month,
        "in_words": formats.in_words,
        "capital": capital,
        "sign": sign,
    }
    environment.filters |= filters
    return environment


def _written(value: object) -> object:
    """The value, a number with what it rests on, unless no sentence may hold it."""
    if value is None or (not isinstance(value, str | Sequence) and bool(pd.isna(value))):  # type: ignore[call-overload]
        raise ValueError("a missing value cannot stand in a sentence")
    return traceable(str(value), value) if reference_of(value) else value


class _Compiled(BytecodeCache):
    """What the templates of a language become: each is read and compiled once, for all words.

    ``needed`` are the values that each text needs.
    """

    def __init__(self) -> None:
        self._code: dict[str, CodeType] = {}
        self.needed: dict[str, frozenset[str]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key] = bucket.code


@lru_cache
def _compiled(lang: str) -> _Compiled:  # noqa: ARG001  (one for each language)
    return _Compiled()


def _unfolded(said: Callable[..., str]) -> Callable[..., str]:
    """The filter, computed only where a text is told.

    Jinja computes a filter of a constant when it compiles the template; that code is shared, but
    what these filters say depends on the protocol and the register.
    """

    @pass_context
    def told(_: object, *given: Any, **named: Any) -> str:
        return said(*given, **named)

    return told


def _variables(templates: SandboxedEnvironment, lang: str, key: str) -> frozenset[str]:
    if (source := _sources(lang).get(key)) is None:
        raise TemplateNotFound(key)
    return frozenset(find_undeclared_variables(templates.parse(source)))


def _quantity(templates: SandboxedEnvironment, protocol: Protocol, count: Count) -> str:
    """The departments by the strongest word that holds; a single one is called one."""
    key = protocol.word(count.n, count.of) if count.of else "none"
    if count.n == 1:
        key = "only" if count.of == 1 else "one"
    return templates.get_template(f"terms.quantity.{key}").render()


def _counted(words: Words, counts: Mapping[str, Count], kind: str, *, quoted: bool = False) -> str:
    """Labels with their counts as a list in a sentence: ``A (12), B (7) and C (3)``."""

    def item(key: str, count: Count) -> str:
        label = words.traceable_label(kind, key)
        name = words.formats.quoted(label) if quoted else label
        return f"{name}{NBSP}({words.formats.number(count.n)})"

    return words.formats.listing(item(key, count) for key, count in counts.items())


def _labelled(words: Words, keys: Sequence[str], kind: str) -> str:
    """Labels as a list in a sentence, in quotation marks if one of several is itself a list."""
    labels = [words.traceable_label(kind, key) for key in keys]
    inner = (",", f" {words.formats.and_} ")
    if len(labels) > 1 and any(mark in label for label in labels for mark in inner):
        labels = [words.formats.quoted(label) for label in labels]
    return words.formats.listing(labels)


def _measures(words: Words, keys: Sequence[str], kind: str) -> str:
    """What is measured of a kind as a list in a sentence, each in quotation marks."""
    return words.formats.listing(words.formats.quoted(words.measured(kind, key)) for key in keys)


def _by_tier(words: Words, counts: Mapping[str, Count], *, empty: bool = False) -> str:
    """The tiers with their counts: ``● good at 15 of 43 (35 %), …``; empty ones on request."""

    def item(tier: str, count: Count) -> str:
        label, written = words.label("tier", tier), words.formats.count(count)
        return words.say("terms.tier_count", sign=sign(tier), tier=label, count=written)

    shown = {tier: count for tier, count in counts.items() if count.n or empty}
    return words.formats.listing(item(tier, count) for tier, count in shown.items())


def _fraction(words: Words, share: Fraction) -> str:
    """A share as a fraction in words where there is one (``a third``), else in digits."""
    key = f"terms.fraction.{share}"
    return traceable(words.say(key), share) if words.has(key) else words.formats.portion(share)


def _labels(lang: str, protocol: Protocol) -> Iterator[tuple[tuple[str, str], str]]:
    kinds: dict[str, Sequence[Any]] = {
        "instrument": protocol.instruments,
        "indicator": protocol.indicators,
        "aspect": protocol.aspects,
        "arrangement": protocol.arrangements,
        "origin": protocol.origins,
        "recommendation": protocol.recommendations,
        "need": (*_needs(protocol, "external"), *_needs(protocol, "internal")),
        "voice": _needs(protocol, "external"),
    }
    for kind, entries in kinds.items():
        for entry in entries:
            yield (kind, entry.key), entry.label[lang]
    for factor in protocol.audit.factors:
        yield ("factor", factor.key), factor.label[lang]
        for level in factor.levels:
            yield ("choice", f"{factor.key}={level.key}"), level.label[lang]
    for tool in protocol.tools:
        yield ("tool", tool.tool), tool.label[lang]
    for rule in protocol.recommendations:
        yield ("first_step", rule.key), _formats(lang).quoted(rule.label[lang])
    yield from _instrument_labels(lang, protocol)
    yield from _text_labels(lang)


def _text_labels(lang: str) -> Iterator[tuple[tuple[str, str], str]]:
    """The labels that stand in the texts, not in the protocol."""
    for key, text in _sources(lang).items():
        file, _, rest = key.partition(".")
        kind, _, name = rest.partition(".")
        if file == "terms" and kind in _TERM_LABELS:
            yield (kind, name), text
        if file == "findings" and kind == "statement":
            yield ("finding", name), traceable_to(text, key)
        if file == "department" and kind in _DEPARTMENT_LABELS:
            yield (kind, name), text
        if file == "certificate" and kind == "frameworks":
            yield ("framework", name), text
        if file == "certificate" and name.endswith(".label"):
            yield ("item", rest.removesuffix(".label")), text


def _instrument_labels(lang: str, protocol: Protocol) -> Iterator[tuple[tuple[str, str], str]]:
    """Themes of the workshop, codes of the interviews; wishes of the survey, in small letters."""
    kinds = {"workshop": "theme", "interview": "code"}
    for code in protocol.codes:
        yield (kinds[code.instrument], code.code), code.label[lang]
    for item in protocol.items:
        if item.kind == "wish":
            yield ("wish", item.key), item.label[lang][:1].lower() + item.label[lang][1:]


def _needs(protocol: Protocol, side: str) -> list[Any]:
    return [need for need in protocol.needs if need.side == side]


def _criterion(
    number: int,
    criterion: Criterion,
    labels: Mapping[tuple[str, str], str],
    templates: SandboxedEnvironment,
    formats: Formats,
) -> str:
    """The criterion in words, built from its ranges: ``interest at least 2``."""
    parts = [
        templates.get_template(f"terms.criterion.{form}").render(
            aspect=labels["aspect", condition.aspect], **levels
        )
        for place, condition in enumerate(criterion.any)
        for form, levels in [_range(condition, f"criteria.{number}.any.{place}", formats)]
    ]
    return templates.get_template("terms.criterion.or").render().join(parts)


def _range(condition: Condition, path: str, formats: Formats) -> tuple[str, dict[str, str]]:
    """Which form says the range, and its ends (``below`` binds before ``at most``)."""

    def shown(end: str) -> str:
        level = float(getattr(condition, end) or 0)
        known = traced(level, Setting(f"{path}.{end}"))
        return formats.number(known, 0 if level.is_integer() else 1)

    if condition.below is not None:
        return "below", {"level": shown("below")}
    if condition.at_least is not None and condition.at_most is not None:
        return "between", {"low": shown("at_least"), "high": shown("at_most")}
    if condition.at_most is not None:
        return "at_most", {"level": shown("at_most")}
    return "at_least", {"level": shown("at_least")}
