"""The yardstick: what was measured otherwise in one year than in the other.

Each year is taken with the protocol by which it was made: what its respondents were asked, and
what its codes meant. A difference of these breaks all that rests on them. A difference of the
rules breaks nothing, for both years are computed by the later ones, but it is told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from mapping.followup.rests_on import touched
from mapping.followup.years import Year
from mapping.protocol import Code, Item, Label, Protocol
from mapping.schemas import TABLES, conform
from mapping.vocabulary import INSTRUMENTS, LANGUAGES, QUADRANTS

_RULES = (
    "levels", "instruments", "indicators", "constructs", "arrangements", "origins", "needs",
    "need_rules", "aspects", "tier_rules", "criteria", "swot", "words", "finding_rules",
    "findings", "recommendations", "toolbox", "follow_up", "audit", "disclosure",
)  # fmt: skip
"""The parts of a protocol that decide anything; the names of things decide nothing."""

_ELSEWHERE = ("label", "key", "highest", "seen_by")
"""Keys of the rules that are no rules: names, and what is told as another part."""

_ORDERED = ("arrangements", "origins", "words")
"""Lists whose order decides: which arrangement wins a tie, which word is the strongest."""


@dataclass(frozen=True)
class _Entry:
    """One thing of a protocol: what is said of it, its name, and what is measured by it.

    ``named`` holds the name by the ending of its row: one for each language, or one for all.
    """

    said: Mapping[str, str]
    named: Mapping[str, str]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Difference:
    """A row of the table, and what was measured by that which differs."""

    part: str
    key: str
    what: str
    then: str | None
    now: str | None
    sources: tuple[str, ...] = ()


def yardstick(then: Year, now: Year, protocol: Protocol | None = None) -> pd.DataFrame:
    """What differs between the ways in which two years were measured, each by its own protocol.

    One row is a difference (table ``yardstick``). ``part`` and ``key`` tell of what: the scale
    (``levels.highest``); a question, by its item; a code, by its instrument and code; an
    instrument, or an indicator that other instruments may see; a rule, by its path in the
    protocol. ``what`` differs: ``added``, ``removed``, ``wording``, ``type``, ``kind``,
    ``key``, ``answers``, ``answer_texts``, ``reversed`` of a question; ``added``, ``removed``,
    ``kind``, ``key``, ``level``, ``label`` of a code; ``used``, ``seen_by`` of an instrument;
    ``value`` of the scale; ``added``, ``removed``, ``order``, ``value`` of a rule. What is text
    in both languages ends in ``_sv`` or ``_en``, one row each: see :func:`in_language`.

    ``then`` and ``now`` are texts, missing where there is none; of an instrument the number of
    departments with evidence by it, given only if there are none in one of the years. Texts are
    compared with white space made alike, and a LimeSurvey code, which no respondent sees, not at
    all. A question or a code is known by its item or code: under another one it is removed and
    added.

    ``breaks`` names the measures that the difference touches, as ``kind:key`` with spaces
    between, sorted; missing if it touches none. They are measures of ``protocol``, by which the
    years are compared: that of the later year if it is not given.
    """
    method = now.protocol if protocol is None else protocol
    found = [*_instruments(then, now)]
    if then.protocol != now.protocol:
        found += [*_scale(then, now), *_questions(then, now), *_codes(then, now)]
        found += [*_seen_by(then, now), *_rules(then, now)]
    columns = list(TABLES["yardstick"].columns)
    rows = [_row(difference, method) for difference in found]
    return conform(pd.DataFrame(rows, columns=columns), "yardstick")


def broken(yardstick: pd.DataFrame) -> frozenset[tuple[str, str]]:
    """The measures of table ``yardstick`` that are broken, each as its kind and its key."""
    named = [name for names in yardstick["breaks"].dropna() for name in names.split()]
    pairs = (name.partition(":") for name in named)
    return frozenset((kind, key) for kind, _, key in pairs)


def in_language(yardstick: pd.DataFrame, language: str) -> pd.DataFrame:
    """The rows of table ``yardstick`` for a reader of one language, each difference once.

    Of texts that differ in both languages the reader's own are kept; those that differ in the
    other language alone stay. ``what`` loses the ending that names the language.
    """
    endings = rf"_(?:{'|'.join(LANGUAGES)})$"
    told = yardstick.assign(what=yardstick["what"].str.replace(endings, "", regex=True))
    own_first = (
        yardstick["what"].str.endswith(f"_{language}").sort_values(ascending=False, kind="stable")
    )
    once = told.loc[own_first.index].drop_duplicates(["part", "key", "what"])
    return once.sort_index().reset_index(drop=True)


def _row(difference: _Difference, protocol: Protocol) -> dict[str, str | None]:
    row = asdict(difference)
    breaks = sorted(touched(row.pop("sources"), protocol))
    return row | {"breaks": " ".join(breaks) or None}


def _compared(
    part: str, then: Mapping[str, _Entry], now: Mapping[str, _Entry]
) -> Iterator[_Difference]:
    """What was removed, what was added, and what is said otherwise of the rest."""
    for key in [*then, *(key for key in now if key not in then)]:
        if key not in now:
            for ending, name in then[key].named.items():
                yield _Difference(part, key, f"removed{ending}", name, None, then[key].sources)
        elif key not in then:
            for ending, name in now[key].named.items():
                yield _Difference(part, key, f"added{ending}", None, name, now[key].sources)
        else:
            yield from _altered(part, key, then[key], now[key])


def _altered(part: str, key: str, then: _Entry, now: _Entry) -> Iterator[_Difference]:
    sources = (*then.sources, *now.sources)
    for what in {**then.said, **now.said}:
        one, other = then.said.get(what) or None, now.said.get(what) or None
        if one != other:
            yield _Difference(part, key, what, one, other, sources)


def _scale(then: Year, now: Year) -> Iterator[_Difference]:
    """The highest level there is: every level means something else."""
    one, other = (_text(year.protocol.levels.highest) for year in (then, now))
    if one != other:
        keys = (*then.protocol.indicator_keys(), *now.protocol.indicator_keys())
        levels = tuple(f"indicator:{key}" for key in keys)
        yield _Difference("scale", "levels.highest", "value", one, other, levels)


def _questions(then: Year, now: Year) -> Iterator[_Difference]:
    return _compared("question", _asked(then.protocol), _asked(now.protocol))


def _asked(protocol: Protocol) -> dict[str, _Entry]:
    return {item.item: _item(item, protocol) for item in protocol.items}


def _item(item: Item, protocol: Protocol) -> _Entry:
    said = {"type": item.type, "kind": item.kind, "key": item.key}
    said |= {"reversed": "yes" if item.reversed else "no"}
    said |= {"answers": " ".join("=".join(pair) for pair in item.answers)}
    answers = _answer_texts(item, protocol)
    told = {f"answer_texts_{language}": "; ".join(answers[language]) for language in LANGUAGES}
    return _Entry(
        said | _by_language("wording", item.label) | told,
        _by_language("", item.label),
        (_source(item.kind, item.key),),
    )


def _answer_texts(item: Item, protocol: Protocol) -> dict[str, list[str]]:
    """What a respondent reads as the answers of a list, in the questionnaire's order."""
    labels = {a.key: a.label for a in protocol.arrangements}
    labels |= {origin.key: origin.label for origin in protocol.origins}
    coded = [code for code in protocol.codes if code.key == item.key and code.level is not None]
    labels |= {f"{code.level:g}": code.label for code in coded}
    return {
        language: [
            _alike(labels[value][language]) if value in labels else value
            for _, value in item.answers
        ]
        for language in LANGUAGES
    }


def _codes(then: Year, now: Year) -> Iterator[_Difference]:
    return _compared("code", _coded(then.protocol), _coded(now.protocol))


def _coded(protocol: Protocol) -> dict[str, _Entry]:
    return {f"{code.instrument} {code.code}": _code(code) for code in protocol.codes}


def _code(code: Code) -> _Entry:
    said = {"kind": code.kind, "key": code.key}
    said |= {} if code.level is None else {"level": _text(code.level)}
    sources = [_source(code.kind, code.key)]
    if code.instrument == "workshop":
        sources += [f"swot:{quadrant}.{code.code}" for quadrant in QUADRANTS]
    return _Entry(
        said | _by_language("label", code.label), _by_language("", code.label), tuple(sources)
    )


def _source(kind: str, key: str) -> str:
    """The name of what is asked for or coded; a need voiced from outside is a voice."""
    return f"{'voice' if kind == 'external_need' else kind}:{key}"


def _instruments(then: Year, now: Year) -> Iterator[_Difference]:
    """Instruments with evidence in one of the years and none in the other."""
    seen_then, seen_now = _seen(then), _seen(now)
    for instrument in INSTRUMENTS:
        one, other = seen_then.get(instrument, 0), seen_now.get(instrument, 0)
        if bool(one) != bool(other):
            sources = (*_measured(instrument, then), *_measured(instrument, now))
            yield _Difference("instrument", instrument, "used", str(one), str(other), sources)


def _seen(year: Year) -> dict[str, int]:
    """How many departments have evidence by each instrument."""
    counts = year.evidence.groupby("instrument")["department_id"].nunique()
    return {str(instrument): int(count) for instrument, count in counts.items()}


def _measured(instrument: str, year: Year) -> Iterator[str]:
    """All that an instrument measures; at an interview and in the survey roles are told, too."""
    entries = _coded(year.protocol)
    own = [entry for key, entry in entries.items() if key.startswith(f"{instrument} ")]
    if instrument == "survey":
        own = list(_asked(year.protocol).values())
    if instrument != "workshop":
        yield "role:role"
    for entry in own:
        yield from entry.sources


def _seen_by(then: Year, now: Year) -> Iterator[_Difference]:
    """Indicators of both years that other instruments may see."""
    before = {one.key: " ".join(sorted(one.seen_by)) for one in then.protocol.indicators}
    for one in now.protocol.indicators:
        sees, saw = " ".join(sorted(one.seen_by)), before.get(one.key)
        if saw is not None and sees != saw:
            source = (f"indicator:{one.key}",)
            yield _Difference("instrument", one.key, "seen_by", saw, sees, source)


def _rules(then: Year, now: Year) -> Iterator[_Difference]:
    one, other = _ruled(then.protocol), _ruled(now.protocol)
    for difference in _compared("rule", one, other):
        if difference.what in ("added", "removed", "order"):
            yield difference
        else:
            path = ".".join(filter(None, (difference.key, difference.what)))
            yield _Difference("rule", path, "value", difference.then, difference.now)


def _ruled(protocol: Protocol) -> dict[str, _Entry]:
    """Every rule of the protocol by its path: a section, or an entry of a list by its key."""
    entries = {"protocol": {"": f"{protocol.name} {protocol.version}"}}
    for section in _RULES:
        entries |= _section(section, _plain(getattr(protocol, section)))
    entries |= {f"tools.{tool}": {"serves": _served(tool, protocol)} for tool in protocol.tool_keys}
    return {path: _Entry(said, {"": _summary(path, said)}) for path, said in entries.items()}


def _served(tool: str, protocol: Protocol) -> str:
    return ", ".join(sorted(f"{row.kind} {row.key}" for row in protocol.tools if row.tool == tool))


def _summary(path: str, said: Mapping[str, str]) -> str:
    """All that is said of a rule in one text; its key if nothing is."""
    return ", ".join(f"{name} {value}" for name, value in said.items()) or path


def _plain(section: Any) -> Any:
    """The section as mappings and lists."""
    return [asdict(one) for one in section] if isinstance(section, tuple) else asdict(section)


def _section(name: str, section: Any) -> dict[str, dict[str, str]]:
    if isinstance(section, Mapping):
        return {name: dict(_leaves(section))}
    entries = {f"{name}.{_name(entry)}": dict(_leaves(entry)) for entry in section}
    order = {"order": " ".join(map(_name, section))} if name in _ORDERED else {}
    return {name: order} | entries


def _name(entry: Mapping[str, Any]) -> str:
    """The key of an entry, within its side or tier."""
    return ".".join(str(entry[name]) for name in ("side", "tier", "key") if name in entry)


def _leaves(rules: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Each value of the rules as text, by its path."""
    for key, value in rules.items():
        if key in _ELSEWHERE or value is None:
            continue
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", _text(value)


def _text(value: object) -> str:
    """A value of the protocol as text: whole numbers without decimals, lists with commas."""
    if isinstance(value, Mapping):
        return " ".join(f"{key} {_text(one)}" for key, one in value.items() if one is not None)
    if isinstance(value, tuple | list):
        return ", ".join(map(_text, value))
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _by_language(what: str, label: Label) -> dict[str, str]:
    return {f"{what}_{language}": _alike(label[language]) for language in LANGUAGES}


def _alike(text: str) -> str:
    """The text with white space and composed letters made alike."""
    return " ".join(unicodedata.normalize("NFC", text).split())
