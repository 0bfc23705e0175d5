"""Codes as coding programs name them, and the code of the protocol that each is."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mapping.errors import Problem
from mapping.instruments import study_settings
from mapping.instruments.fields import SHOWN, SUGGESTIONS, shown
from mapping.instruments.recognised import Mapped
from mapping.instruments.sheet import composed
from mapping.protocol import Protocol

_LEVELS = re.compile(r"\s*(?:>|\\|/|::)\s*")
"""What programs write between a code and the one above it."""

LONGEST = 120
"""A code's name with those above it is told in full up to this length."""

_NUMBERS = re.compile(r"[0-9]+")
_SPACES = re.compile(r"[\s_-]+")


@dataclass(frozen=True)
class CodeNames:
    """The protocol's interview codes by what programs may call them.

    A name is looked up as study.toml has it, then as the codebook has it; letter case, the sign
    between levels and whether words are joined by spaces, hyphens or underscores make no
    difference. ``told`` are the codes of study.toml by name (blank: left out on purpose), ``known``
    those of the codebook; both by :func:`plain` name. ``labels`` are the codes by what the
    codebook says of them, in either language: a code named so is not read, but suggested.
    """

    told: Mapping[str, str]
    known: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def find(self, name: str) -> str | None:
        """The code that ``name`` stands for; blank if it is left out on purpose, None if none."""
        for plain_name in (plain(name), plain(name.replace(".", "/"))):
            for codes in (self.told, self.known):
                if plain_name in codes:
                    return codes[plain_name]
        return None

    def all_mapped(self, names: Counter[str]) -> list[Mapped]:
        """What each name was read as; the nearest code is looked up for the commonest alone."""
        lost = [name for name, _ in names.most_common() if self.find(name) is None]
        beyond = set(lost[SUGGESTIONS:])
        return [
            self.mapped(name, count, suggest=name not in beyond) for name, count in names.items()
        ]

    def mapped(self, name: str, count: int, *, suggest: bool = True) -> Mapped:
        """What ``name`` was read as, and how often it came."""
        code = self.find(name)
        near = self.nearest(name) if code is None and suggest else ""
        return Mapped("code", shown(name, most=LONGEST), code or "", count, near, wanted=code == "")

    def nearest(self, name: str) -> str:
        """The code that ``name`` may be meant as, or those of its levels to choose from."""
        own = plain(name)
        label = self.labels.get(own) or self.labels.get(own.rpartition("/")[2])
        return label or _nearest(own, self.known.values())


def code_names(protocol: Protocol, told: Mapping[str, str]) -> CodeNames:
    """The names of the protocol's interview codes, and those that study.toml tells.

    A code told that the codebook lacks is a problem, and maps to nothing.
    """
    codes = [code.code for code in protocol.codes if code.instrument == "interview"]
    wrong = {name: code for name, code in told.items() if code and code not in codes}
    return CodeNames(
        _unambiguous((name, code) for name, code in told.items() if name not in wrong),
        _unambiguous((code, code) for code in codes),
        _labels(protocol),
        tuple(_unknown(name, code, codes, protocol.name) for name, code in wrong.items()),
    )


def plain(name: str) -> str:
    """A code's name without what differs between programs: its levels are joined by ``/``."""
    levels = _LEVELS.split(composed(name).casefold().strip())
    return "/".join(_SPACES.sub("_", level.strip()) for level in levels)


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By plain name; of two codes with one plain name neither can be told by it."""
    found: dict[str, set[str]] = {}
    for name, code in pairs:
        found.setdefault(plain(name), set()).add(code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


def _labels(protocol: Protocol) -> dict[str, str]:
    """The interview codes by their labels, alone or below what they are about."""
    codes = [code for code in protocol.codes if code.instrument == "interview"]
    return _unambiguous(
        (name, code.code)
        for code in codes
        for label in (code.label.sv, code.label.en)
        for name in (label, f"{code.code.rpartition('/')[0]}/{plain(label)}")
    )


def _nearest(name: str, codes: Iterable[str]) -> str:
    """The code that ``name`` comes closest to, if any is close.

    A level is never guessed: the code has the same numbers as the name. Where only what it is
    about is near, all its levels are named.
    """
    wanted = plain(name)[:SHOWN]
    by_name: dict[str, str] = {}
    stems: dict[str, list[str]] = {}
    for code in codes:
        if _NUMBERS.findall(code) == _NUMBERS.findall(wanted):
            by_name[plain(code)] = code
        about, _, level = code.rpartition("/")
        if _NUMBERS.fullmatch(level):
            stems.setdefault(plain(about), []).append(code)
    if close := difflib.get_close_matches(wanted, by_name, n=1):
        return by_name[close[0]]
    stem = _NUMBERS.sub("", wanted).rstrip("/_")
    if close := difflib.get_close_matches(stem, stems, n=1, cutoff=0.75):
        levels = stems[close[0]]
        return " … ".join(dict.fromkeys((levels[0], levels[-1])))
    return ""


def _unknown(name: str, code: str, codes: list[str], protocol: str) -> Problem:
    near = _nearest(code, codes)
    suggestion = f"Did you mean {near if '…' in near else repr(near)}? " if near else ""
    return Problem(
        study_settings.NAME,
        None,
        f"interviews.codes.{shown(name)}",
        shown(code),
        f"an interview code of protocol {protocol}, or blank to leave it out",
        suggestion + "Correct the code; they are listed in codebook.csv.",
    )
