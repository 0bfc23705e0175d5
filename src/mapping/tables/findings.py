"""Tables of the published findings: each with its word, what the data say, verdict and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pandas as pd

from mapping.facts import FindingLine, finding_lines
from mapping.findings.verdicts import distance
from mapping.prose import Words
from mapping.prose.formats import NBSP
from mapping.protocol import Protocol, Word
from mapping.references import computed, exact_setting, of, setting
from mapping.tables import cells
from mapping.tables.table import Builder, Cell, Table
from mapping.vocabulary import DECIMALS, NOT_ASSESSABLE, VERDICTS

OUTCOMES = (*reversed(VERDICTS), NOT_ASSESSABLE)
"""The verdicts as they are shown: the best first, what cannot be judged last."""

LABELLED = {
    "tier-good-profile": ("criterion", "good."),
    "tier-moderate-profile": ("criterion", "moderate."),
    "tier-small-profile": ("criterion", "small."),
    "factors-matter": ("indicator", ""),
    "origins": ("origin", ""),
}
"""Findings whose parts the protocol labels: the kind of label, and what precedes the key."""

WIDTHS = (26, 38, 23, 13)
"""Of what is asked, the data, why and the verdict: the part of the width each gets, in per cent."""

SECTIONS = ("intro", "aims", "results", "conditions", "needs", "conclusions")
"""The sections of the summary, in its order."""


def finding_verdicts(findings: pd.DataFrame, words: Words) -> Table:
    """How many findings of each section of the summary have each verdict; from ``findings``.

    One row a section of which there are findings.
    """
    every = of("findings", findings)
    own = {
        key: every.where(finding=[f.key for f in words.protocol.findings if f.section == key])
        for key in SECTIONS
    }
    rows = [
        {"section": key, "findings": of_section.count()}
        | {verdict: of_section.where(verdict=verdict).count() for verdict in OUTCOMES}
        for key, of_section in own.items()
        if len(of_section.frame)
    ]
    table = pd.DataFrame(rows, columns=["section", "findings", *OUTCOMES], dtype=object)
    build = Builder(words, "finding_verdicts")
    columns = [build.column("section", _place(words)), *build.numbers("findings", *OUTCOMES)]
    return build.table(table, columns, n=every.count())


def findings(
    findings: pd.DataFrame,
    parts: pd.DataFrame,
    sections: tuple[str, ...],
    words: Words,
    unspecific: Collection[str] = (),
) -> Table:
    """The findings of some sections of the summary; from ``findings`` and ``finding_parts``.

    One row a finding under its statement, and for one of several parts one row each below it.
    ``unspecific`` are the findings that noise supports as often as truth does: they are named
    as such.
    """
    statements = words.protocol.statements
    told = finding_lines(findings, parts, words.protocol)
    lines = [line for key in told if statements[key].section in sections for line in told[key]]
    shown = [line if data(line, words) else None for line in lines]
    frame = pd.DataFrame({name: _lines(lines) for name in ("statement", "asked", "why", "verdict")})
    build = Builder(words, "findings")
    columns = [
        build.column("statement", lambda line: statement(line, words)),
        build.column("asked", lambda line: asked(line, words)),
        build.column("data", lambda line: data(line, words)),
        build.column("why", lambda line: why(line, words, unspecific)),
        build.column("verdict", lambda line: verdict(words)(line.verdict)),
    ]
    shares = any(line.low is not None for line in lines)
    bounds = any(_bounds(line) for line in lines)
    profiles = any(line.finding.startswith("tier-") for line in lines)
    tests = any(line.measure == "association" for line in lines)
    places = "; ".join(_place(words)(section) for section in sections)
    made = build.table(
        frame.assign(data=_lines(shown)),
        columns,
        places=places,
        shares=shares,
        bounds=bounds,
        profiles=profiles,
        tests=tests,
    )
    return replace(made, headed=True, widths=WIDTHS)


def _lines(lines: Sequence[FindingLine | None]) -> pd.Series:
    return pd.Series(lines, dtype="object")


def finding_family(findings: pd.DataFrame, parts: pd.DataFrame, words: Words) -> Table:
    """The associations that are tested together, with raw and adjusted p.

    One row a finding of the protocol's family; from ``findings`` and ``finding_parts``.
    """
    told = finding_lines(findings, parts, words.protocol)
    rows = [_tested(told[key]) for key in words.protocol.finding_rules.family if key in told]
    build = Builder(words, "finding_family")
    columns = [
        build.column("finding", cells.label(words, "finding")),
        *build.numbers("of"),
        *(build.column(name, cells.p_value(words), number=True) for name in ("p", "p_holm")),
        build.column("verdict", verdict(words)),
    ]
    frame = pd.DataFrame(rows, columns=[c.field for c in columns], dtype=object)
    return build.table(frame, columns)


def _tested(lines: tuple[FindingLine, ...]) -> dict[str, object]:
    """A finding's largest p, the fewest departments that one of its associations rests on."""
    tests = [line for line in lines if line.measure == "association"]
    known = [line.p for line in tests if line.p is not None]
    return {
        "finding": lines[0].finding,
        "of": min((line.of for line in tests if line.of is not None), default=None),
        "p": max(known, default=None),
        "p_holm": lines[0].p_holm,
        "verdict": lines[0].verdict,
    }


def quantifiers(words: Words) -> Table:
    """The summary's words and the shares that they stand for in the protocol.

    One row a word that a finding uses, in the protocol's order, with the findings that use it.
    """
    protocol = words.protocol
    rows = [
        {"word": key, "range": word, "used": setting(protocol, f"uses.{key}")}
        for key, word in protocol.ranges.items()
        if protocol.uses[key]
    ]
    build = Builder(words, "quantifiers")
    columns = [
        build.column("word", lambda key: words.say(f"findings.word.{key}")),
        build.column("range", lambda word: word_range(word, words)),
        *build.numbers("used"),
    ]
    return build.table(pd.DataFrame(rows, dtype=object), columns)


def _place(words: Words) -> Cell:
    return lambda section: words.say(f"findings.place.{section}")


def verdict(words: Words) -> Cell:
    """The verdict's sign and word."""

    def write(key: str) -> str:
        return NBSP.join(words.say(f"findings.{table}.{key}") for table in ("sign", "verdict"))

    return write


def statement(line: FindingLine, words: Words) -> str:
    """What the summary states; of a part nothing, as it stands below its finding."""
    return words.traceable_label("finding", line.finding) if line.part is None else ""


def part_name(finding: str, part: str, words: Words) -> str:
    """What a part of a finding is called."""
    if finding in LABELLED:
        kind, prefix = LABELLED[finding]
        return words.traceable_label(kind, prefix + part)
    return words.say(f"findings.part.{finding}.{part}")


def asked(line: FindingLine, words: Words) -> str:
    """What the statement takes: its word and the share, or a condition; of a part, its name too."""
    if line.part is None:
        return _asked(line, words)
    name = part_name(line.finding, line.part, words)
    return words.say("findings.asked.part", part=name, asked=_asked(line, words))


def _asked(line: FindingLine, words: Words) -> str:
    if line.measure is None:
        return words.say("findings.asked.parts")
    if line.word:
        limits = word_range(words.protocol.ranges[line.word], words)
        word = words.say(f"findings.word.{line.word}")
        return words.say("findings.asked.word", word=word, limits=limits)
    return _say(_own("asked_of", line, words) or f"findings.asked.{line.measure}", line, words)


def word_range(word: Word, words: Words) -> str:
    """The shares that a word stands for: ``at least 20 % and at least 3 departments``."""
    return words.formats.listing(_limits(word, words))


def _limits(word: Word, words: Words) -> Iterator[str]:
    ends = {"at_least": word.at_least, "above": word.above, "at_most": word.at_most}
    for name, share in ends.items():
        if share == 0:
            yield words.say(f"findings.range.{'any' if name == 'above' else 'nobody'}")
        elif share is not None:
            known = exact_setting(words.protocol, f"ranges.{word.key}.{name}")
            yield words.say(f"findings.range.{name}", share=words.formats.portion(known))
    if word.departments:
        number = setting(words.protocol, f"ranges.{word.key}.departments")
        yield words.say("findings.range.departments", number=number)


def data(line: FindingLine, words: Words) -> str:
    """What the data say: a count with interval and bounds, or a coefficient and its p.

    Empty where there was nothing to count or to test.
    """
    return "; ".join(_data(line, words))


def _data(line: FindingLine, words: Words) -> Iterator[str]:
    if line.measure is None:
        yield words.say(
            "findings.data.parts",
            supported=line.supported.n,
            of=line.supported.of,
        )
    elif _counted(line):
        yield from _measured(line, words)
    if line.p_holm is not None:
        yield words.say("findings.data.p_holm", p=cells.p_value(words)(line.p_holm))


def _counted(line: FindingLine) -> bool:
    """Whether there was something to count or to test."""
    tested = line.measure in ("association", "commonest")
    return line.of != 0 and (line.value is not None or (line.n is not None and not tested))


def _measured(line: FindingLine, words: Words) -> Iterator[str]:
    if line.measure == "association":
        yield from _tests(line, words)
        return
    own = None if line.word else _own("value_of", line, words)
    yield _say(own or f"findings.data.{line.measure}", line, words)
    if line.unknown:
        yield words.say("findings.data.unknown", unknown=line.unknown)
    for name, ends in _intervals(line).items():
        yield words.say(f"findings.data.{name}", ends=cells.interval(words)(ends))
    if line.base is not None and line.base.of:
        yield words.say("findings.data.base", base=line.base)


def _tests(line: FindingLine, words: Words) -> Iterator[str]:
    """The coefficient, the departments that it rests on, and p."""
    yield _say(_own("value_of", line, words) or f"findings.value_of.{line.finding}", line, words)
    yield _say(f"findings.data.{'all' if line.n is None else 'groups'}", line, words)
    if line.unknown:
        yield words.say("findings.data.unknown", unknown=line.unknown)
    if line.p is not None:
        yield _p(line.p, words)


def _intervals(line: FindingLine) -> dict[str, tuple[float, float]]:
    pairs = {"interval": _ends(line.low, line.high), "bounds": _bounds(line)}
    return {name: ends for name, ends in pairs.items() if ends}


def _bounds(line: FindingLine) -> tuple[float, float] | None:
    """The bounds, where any department could still count: unknown here, or not taking part."""
    ends = _ends(line.bound_low, line.bound_high)
    return None if ends is None or ends[0] == ends[1] else ends


def _ends(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (low, high)


def _p(p: float, words: Words) -> str:
    return words.formats.p(p)


def why(line: FindingLine, words: Words, unspecific: Collection[str] = ()) -> str:
    """Why the verdict is what it is, in sentences; and whether noise would do as well."""
    sentences = [_reason(line, words)] if line.measure else _deciding(line, words)
    if line.part is None and line.finding in unspecific:
        sentences.append(words.say("findings.also.noise"))
    return " ".join(sentences)


def _reason(line: FindingLine, words: Words) -> str:
    return _say(
        _own("why_of", line, words, line.reason) or f"findings.why.{line.reason}", line, words
    )


def _deciding(line: FindingLine, words: Words) -> list[str]:
    """Which parts of a finding keep it from being supported, the worst first; none if all are."""
    weak = {key: line.parts[key] for key in OUTCOMES[::-1] if key != "supported"}
    order = sorted(weak, key=(*VERDICTS, NOT_ASSESSABLE).index)
    return [
        words.say(
            f"findings.parts.{key}",
            parts="; ".join(part_name(line.finding, part, words) for part in weak[key]),
        )
        for key in order
        if weak[key]
    ]


def _own(table: str, line: FindingLine, words: Words, *more: str | None) -> str | None:
    """The key of a finding's own text, of a single part before that of all; None if none."""
    names = [line.finding, *filter(None, more)]
    keys = [".".join(["findings", table, *names])]
    if line.part is not None:
        keys.insert(0, ".".join(["findings", table, line.finding, line.part, *names[1:]]))
    return next((key for key in keys if words.has(key)), None)


def _say(key: str, line: FindingLine, words: Words) -> str:
    """The text with those of the line's and the protocol's numbers that it uses."""
    values = _values(line, words)
    return words.say(key, **{name: values[name] for name in words.variables(key) & values.keys()})


def _values(line: FindingLine, words: Words) -> dict[str, object]:
    rules = _rules(words.protocol)
    return {
        "n": line.n,
        "of": line.of,
        "count": line.count,
        "others": None if line.count is None else computed("difference", *line.count[::-1]),
        "value": line.value,
        "unknown": line.unknown,
        "first": line.p,
        "rules": rules,
        "significance": rules["significance"],
        "tested": rules["tested_departments"],
        "group": rules["tested_group"],
        "fewest": line.fewest,
        **(_of_word(line, words) if line.word else {}),
    }


def _rules(protocol: Protocol) -> dict[str, Any]:
    """The protocol's rules for findings, each number with where it stands there."""
    made: dict[str, Any] = {}
    for name, value in vars(protocol.finding_rules).items():
        path = f"finding_rules.{name}"
        if isinstance(value, Fraction):
            made[name] = exact_setting(protocol, path)
        elif isinstance(value, int | float):
            made[name] = setting(protocol, path)
    made["frame"] = [setting(protocol, f"finding_rules.frame.{end}") for end in (0, 1)]
    return made


def _of_word(line: FindingLine, words: Words) -> dict[str, object]:
    """How the share lies to the range of its word, away in percentage points."""
    word = words.protocol.ranges[line.word or ""]
    return {
        "away": words.formats.number(_away(line, word, words.protocol), 1),
        "sure": all(_inside(end, word) for end in (line.low, line.high) if end is not None),
        "departments": word.departments,
    }


def _away(line: FindingLine, word: Word, protocol: Protocol) -> float:
    """How many percentage points the share lies outside the range of the word."""
    share = Fraction(line.n or 0, line.of or 1)
    if line.count is None or not line.count.of or not distance(share, word):
        return 0.0
    ends = {"at_least": word.at_least, "above": word.above, "at_most": word.at_most}
    away = {name: abs(share - end) for name, end in ends.items() if end is not None}
    end = next(name for name, far in away.items() if far == distance(share, word))
    limit = computed("percent", exact_setting(protocol, f"ranges.{word.key}.{end}"))
    own = computed("percent", *line.count)
    return computed("difference", *((own, limit) if own > limit else (limit, own)))


def _inside(share: float, word: Word) -> bool:
    return round(float(distance(Fraction(str(share)), word)), DECIMALS - 1) == 0
