"""What interviews, workshop and survey see of the invented departments, error and all.

Each function gives the rows of one raw file as a frame of text, in the file's column order.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

import pandas as pd

from mapping.example.chance import bank, random_of
from mapping.example.truth import (
    CONDITIONS,
    LEVELS,
    NEED_LEVELS,
    NEEDS,
    STAFFING,
    VOICES,
    Truth,
)
from mapping.example.world import World

CODERS = ("Maja Påhittsdotter", "Ture Fantasén", "Vera Diktare")
"""Invented names. The first codes every interview."""

LIKERT_ITEMS = {
    "cond": CONDITIONS,
    "need": NEED_LEVELS,
    "ctx": ("student_relations",),
    "out": ("activity", "sustainability"),
}
ORIGINS = ("decided", "organic", "individual")
ROLE_FACTS = ("unclear_expectation", "role_problem", "no_incentive")

T = TypeVar("T")


@dataclass(frozen=True)
class Fieldwork:
    """When a year's data were gathered, and by what seed."""

    year: int
    start: dt.date
    end: dt.date
    workshop_days: tuple[dt.date, ...]
    seed: int
    texts: Mapping[str, Any] = field(default_factory=lambda: tomllib.loads(bank("texts.toml")))

    def random(self, *names: object) -> Random:
        """The random numbers of this year's fieldwork for whatever the names name."""
        return random_of(self.seed, self.year, *names)

    def day(self, rng: Random) -> dt.date:
        """A working day of the fieldwork, Christmas and New Year left out."""
        span = (self.end - self.start).days + 1
        days = [self.start + dt.timedelta(days=n) for n in range(span)]
        return pick(rng, [day for day in days if day.weekday() < 5 and not _holiday(day)])


def pick(rng: Random, values: Sequence[T]) -> T:
    """One of the values, each as likely as the others."""
    return values[int(rng.random() * len(values))]


def shuffled(rng: Random, values: Sequence[T]) -> list[T]:
    """The values in an order of chance."""
    return [values[n] for _, n in sorted((rng.random(), n) for n in range(len(values)))]


def seen(rng: Random, level: float, noise: float) -> float:
    """A level as one look at it sees it."""
    return min(3.0, max(0.0, level + noise * (2 * rng.random() - 1)))


def guessed(rng: Random, world: World) -> bool:
    """Whether chance answers instead of the truth; the example years never ask it."""
    return world.guessing > 0 and rng.random() < world.guessing


def unsaid(rng: Random, world: World) -> bool:
    """Whether a segment or a note was never made; the example years never ask it."""
    return world.unsaid > 0 and rng.random() < world.unsaid


def _holiday(day: dt.date) -> bool:
    return (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 6)


def taking_part(truth: Truth, instrument: str) -> pd.DataFrame:
    """The departments that take part in an instrument, one row each."""
    return truth.latent[[instrument in names for names in truth.latent["instruments"]]]


# --- interviews ---------------------------------------------------------------------------------


def interviews(truth: Truth, world: World, fieldwork: Fieldwork) -> pd.DataFrame:
    """A row per segment, coder and code, in the order of the interviews' dates."""
    held = []
    for department, latent in taking_part(truth, "interview").iterrows():
        rng = fieldwork.random("interview", department)
        count = 2 if rng.random() < world.second_interview_rate else 1
        held += [(fieldwork.day(rng), department, n, latent) for n in range(count)]
    held.sort(key=lambda interview: interview[:3])
    rows = []
    for number, (day, department, n, latent) in enumerate(held, start=1):
        rng = fieldwork.random("segments", department, n)
        name = f"INT-{fieldwork.year}-{number:03d}"
        head = {"interview_id": name, "department_id": str(department), "date": day.isoformat()}
        head["respondent_role"] = role(rng, latent["counsellor"], world, fieldwork.texts)
        rows += _segments(rng, head, latent, world, fieldwork.texts)
    columns = "segment_id interview_id department_id date respondent_role coder code excerpt"
    return pd.DataFrame(rows, columns=columns.split())


def _segments(
    rng: Random,
    head: Mapping[str, str],
    latent: pd.Series,
    world: World,
    texts: Mapping[str, Any],
) -> list[dict[str, str]]:
    coders = CODERS[:1] + tuple(shuffled(rng, CODERS[1:])[: 1 + (rng.random() < 0.3)])
    rows = []
    every_code = list(texts["excerpts"])
    for number, theme in enumerate(_themes(rng, latent, world), start=1):
        if unsaid(rng, world):
            continue
        code = pick(rng, every_code) if guessed(rng, world) else theme
        segment = {"segment_id": f"{head['interview_id']}-{number:02d}", **head}
        excerpt = _excerpt(rng, code, texts)
        given = {coder: coded(rng, code, world) for coder in coders}
        if not any(given.values()):
            given[coders[0]] = code
        rows += [
            segment | {"coder": coder, "code": seen_code, "excerpt": excerpt}
            for coder, seen_code in given.items()
            if seen_code
        ]
    return rows


def _themes(rng: Random, latent: pd.Series, world: World) -> list[str]:
    """What an interview touches on, as the codes that the segments deserve."""
    topics = shuffled(rng, LEVELS)[: 6 + int(rng.random() * 3)]
    codes = [f"{topic}/{int(seen(rng, latent[topic], world.noise) + 0.5)}" for topic in topics]
    needs = [f"need/{n}" for n in NEEDS if latent[f"need_{n}"] and rng.random() < world.need_seen]
    voices = [f"external/{v}" for v in VOICES if latent[f"voice_{v}"] and rng.random() < 0.5]
    codes += shuffled(rng, needs)[:3] + voices[:1]
    if rng.random() < 0.8:
        codes.append(f"arrangement/{latent['arrangement']}")
    if isinstance(latent["origin"], str) and rng.random() < 0.6:
        codes.append(f"origin/{latent['origin']}")
    return shuffled(rng, codes)[:12]


def coded(rng: Random, code: str, world: World) -> str:
    """The code that a coder gives: mostly the deserved one, at times a level off, or none."""
    luck, up = rng.random(), rng.random() < 0.5
    if luck < world.coder_missed:
        return ""
    key, _, level = code.partition("/")
    if luck < world.coder_missed + world.coder_level_off and level.isdigit():
        step = 1 if (up or level == "0") and level != "3" else -1
        return f"{key}/{int(level) + step}"
    return code


def _excerpt(rng: Random, code: str, texts: Mapping[str, Any]) -> str:
    opening = pick(rng, texts["openings"]) if rng.random() < 0.45 else ""
    return f"{opening} {pick(rng, texts['excerpts'][code])}".strip()


def role(rng: Random, counsellor: bool, world: World, texts: Mapping[str, Any]) -> str:
    """What a respondent works as: mostly a study counsellor where the truth says so."""
    counsellor = rng.random() < 0.5 if guessed(rng, world) else counsellor and rng.random() < 0.9
    roles: list[str] = texts["roles"]["counsellor" if counsellor else "others"]
    return pick(rng, roles)


# --- workshop -----------------------------------------------------------------------------------


def workshop(truth: Truth, world: World, fieldwork: Fieldwork) -> pd.DataFrame:
    """A row per note of the departments' own SWOT analyses, in the order of the days."""
    statements = fieldwork.texts["statements"]
    notes_known = [(quadrant, theme) for quadrant in statements for theme in statements[quadrant]]
    rows = []
    for department, latent in taking_part(truth, "workshop").iterrows():
        rng = fieldwork.random("workshop", department)
        day = pick(rng, fieldwork.workshop_days).isoformat()
        for deserved in _notes(rng, latent, world):
            if unsaid(rng, world):
                continue
            quadrant, theme = pick(rng, notes_known) if guessed(rng, world) else deserved
            statement = pick(rng, statements[quadrant][theme])
            votes = "" if rng.random() < 0.08 else str(int(6 * rng.random() * rng.random()))
            rows.append((department, day, quadrant, theme, votes, statement))
    notes = pd.DataFrame(
        rows, columns=["department_id", "date", "quadrant", "theme", "votes", "statement"]
    ).sort_values("date", kind="stable", ignore_index=True)
    numbers = [f"W{fieldwork.year}-{n:03d}" for n in range(1, len(notes) + 1)]
    notes.insert(0, "item_id", numbers)
    return notes


def _notes(rng: Random, latent: pd.Series, world: World) -> list[tuple[str, str]]:
    themes = shuffled(rng, CONDITIONS)[: 3 + int(rng.random() * 3)]
    inside = [(_side(seen(rng, latent[theme], world.noise)), theme) for theme in themes]
    needs = [n for n in NEEDS[:4] if latent[f"need_{n}"] and rng.random() < world.need_seen]
    chances = [("opportunity", need) for need in shuffled(rng, needs)[:3]]
    outside = [("threat", theme) for theme in shuffled(rng, CONDITIONS)[:2]]
    other = [(pick(rng, ("opportunity", "threat", "weakness")), "other")]
    return inside + chances + outside[: 1 + (rng.random() < 0.5)] + other * (rng.random() < 0.6)


def _side(level: float) -> str:
    return "strength" if level >= 1.5 else "weakness"


# --- survey -------------------------------------------------------------------------------------


def survey(truth: Truth, world: World, fieldwork: Fieldwork) -> pd.DataFrame:
    """A row per response in the order they came in; the last kinds are those left out.

    Two departments that answered also have a response broken off (no submitdate), and so has one
    that takes no part at all; one more response was submitted with every item blank.
    """
    rows = []
    answering = taking_part(truth, "survey")
    for department, latent in answering.iterrows():
        rng = fieldwork.random("survey", department)
        count = 1 + (rng.random() < world.further_response_rate) + (rng.random() < 0.1)
        rows += [_response(rng, department, latent, world, fieldwork) for _ in range(count)]
    rng = fieldwork.random("left out")
    silent = truth.latent[[not names for names in truth.latent["instruments"]]]
    broken_off = [*shuffled(rng, list(answering.index))[:3], *silent.index[:1]]
    for n, department in enumerate(broken_off):
        row = _response(rng, department, truth.latent.loc[department], world, fieldwork)
        blank = list(row)[3:] if n == 0 else list(row)[9:]
        rows.append(row | dict.fromkeys(blank, "") | ({} if n == 0 else {"submitdate": ""}))
    rows.sort(key=lambda row: row["started"])
    responses = pd.DataFrame(rows).drop(columns="started")
    responses.insert(0, "id", [str(n) for n in range(1, len(responses) + 1)])
    return responses


def _response(
    rng: Random, department: object, latent: pd.Series, world: World, fieldwork: Fieldwork
) -> dict[str, str]:
    second = int(9 * 3600 * rng.random())
    clock = f"{8 + second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    moment = f"{fieldwork.day(rng).isoformat()} {clock}"
    head = {
        "submitdate": moment,
        "department": str(department),
        "role": role(rng, latent["counsellor"], world, fieldwork.texts),
    }
    answers = _answered(rng, _answers(rng, latent, world), world)
    known = {
        item: "" if rng.random() < world.answer_missing else text for item, text in answers.items()
    }
    return {"started": moment} | head | known


def _answers(rng: Random, latent: pd.Series, world: World) -> dict[str, str]:
    """The answers in the order of the questionnaire."""

    def agreement(level: float) -> str:
        return str(int(1 + seen(rng, level, world.noise) * 4 / 3 + 0.5))

    def ticked(group: str, column: str, keys: Sequence[str], chance: float) -> dict[str, str]:
        return {
            f"{group}[{key}]": "Y" if latent[f"{column}_{key}"] and rng.random() < chance else ""
            for key in keys
        }

    scales = {
        group: {f"{group}[{key}]": agreement(latent[key]) for key in keys}
        for group, keys in LIKERT_ITEMS.items()
    }
    wishes = ticked("wishes", "wish", [name for name, _ in world.wishes], 0.95)
    return {
        **scales["cond"],
        "cond[staffing]": str(int(latent["staffing"])),
        **scales["need"],
        **scales["ctx"],
        **scales["out"],
        **ticked("needs", "need", NEEDS, world.need_seen),
        **ticked("external", "voice", VOICES, world.need_seen),
        "applicants[more]": _yes(latent["fact_applicants_more"]),
        "applicants[better]": _yes(latent["fact_applicants_better"]),
        **wishes,
        "wishes[none]": _yes(not any(wishes.values())),
        "arrangement": latent["arrangement"],
        "origin": latent["origin"] if isinstance(latent["origin"], str) else "",
        **{
            f"rolefact[{fact}]": agreement(2.8 if latent[f"fact_{fact}"] else 0.6)
            for fact in ROLE_FACTS
        },
        "optout": "Y" if latent["optout"] else "N",
    }


def _answered(rng: Random, answers: Mapping[str, str], world: World) -> dict[str, str]:
    """The answers, those that are guessed drawn from all that the item allows."""
    return {
        item: pick(rng, _choices(item)) if guessed(rng, world) else answer
        for item, answer in answers.items()
    }


def _choices(item: str) -> Sequence[str]:
    """All answers that an item of the questionnaire allows."""
    group = item.partition("[")[0]
    if item == "cond[staffing]":
        return ("0", "1", "2", "3")
    if group in (*LIKERT_ITEMS, "rolefact"):
        return ("1", "2", "3", "4", "5")
    answers = {"arrangement": tuple(STAFFING), "origin": ORIGINS, "optout": ("Y", "N")}
    return answers.get(item, ("Y", ""))


def _yes(holds: bool) -> str:
    return "Y" if holds else ""


RAW_FILES: dict[str, Callable[[Truth, World, Fieldwork], pd.DataFrame]] = {
    "departments.csv": lambda truth, _world, _fieldwork: truth.register,
    "interviews.csv": interviews,
    "workshop.csv": workshop,
    "survey.csv": survey,
}
"""The raw files that every year has, and what makes each."""
