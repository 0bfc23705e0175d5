"""The invented departments as they really are: what no instrument sees without error.

Only ``random.Random.random`` seeded with text, elementwise sums and products, and sorting are
used: all of them give the same bits on every machine and Python version.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from random import Random
from typing import Any

import pandas as pd

from mapping.example.world import SEED, Pairs, World
from mapping.vocabulary import TIERS

STAFFING = {"shared": 3.0, "backed": 2.0, "alone": 2.0, "self_appointed": 1.0, "nobody": 0.0}
NEEDS = ("recruitment", "employability", "feedback", "student_support", "other")
VOICES = ("students", "alumni", "society")
BY_TIER = (
    "interest",
    "management_support",
    "colleague_support",
    "resources",
    "workload",
    "mandate",
    "internal_need",
    "importance",
    "external_need",
)
CONDITIONS = (*BY_TIER[:6], "staffing")
LASTING = 0.2
"""Pace of what changes slowly: size, programmes, kinds of students."""

LEVELS = (*BY_TIER, "staffing", "student_relations", "activity", "sustainability")


@dataclass(frozen=True)
class Truth:
    """The planted truth of one year. One row per department of the frame in each frame.

    ``register`` is what departments.csv shows (blank cells are missing). ``latent`` is indexed
    by department_id: ``instruments`` (those it takes part in), ``tier``, ``arrangement``,
    ``origin`` (missing where nobody works with it), the levels of ``LEVELS`` (0..3), and true
    or false for ``need_…``, ``voice_…``, ``wish_…``, ``fact_…``, ``optout`` and ``counsellor``.
    """

    register: pd.DataFrame
    latent: pd.DataFrame


def bank(name: str) -> str:
    """The text of one of the package's data files."""
    return (files("mapping.example") / "banks" / name).read_text(encoding="utf-8")


def random_of(*names: object) -> Random:
    """The random numbers of whatever the names name; text is hashed alike everywhere."""
    return Random("/".join(map(str, names)))  # noqa: S311 - invented data, not a secret


@dataclass(frozen=True)
class Chance:
    """Chance per department: a department keeps its luck over the years, but for the drift."""

    departments: pd.DataFrame
    seed: int
    year: int
    drift: float

    def of(self, name: str, pace: float = 1.0) -> pd.Series:
        """A number from -1 to 1 for each department; what lasts drifts at a slower pace."""
        units = self.departments["unit"]
        kept = [random_of(self.seed, name, unit).random() for unit in units]
        new = [random_of(self.seed, name, unit, self.year).random() for unit in units]
        drift = self.drift * pace
        mixed = [2 * (k + drift * (n - k)) - 1 for k, n in zip(kept, new, strict=True)]
        return pd.Series(mixed, index=self.departments.index)


def plant(world: World, seed: int = SEED, year: int = 2020) -> Truth:
    """The departments of a year: the frame with its register, and what is true of each."""
    departments = departments_of(year)
    chance = Chance(departments, seed, year, world.drift)
    latent = _students(world, chance)
    latent["tier"] = _tier(world, chance, latent)
    latent = latent.join(_levels(world, chance, latent["tier"]))
    latent = latent.join(_organisation(world, chance, latent))
    latent = latent.assign(**_will(world, chance, latent))
    latent = latent.join(_needs(world, chance, latent))
    latent = latent.assign(**_outcomes(world, chance, latent))
    latent = latent.join(_facts(world, chance, latent))
    latent["instruments"] = _participation(world, chance)
    return Truth(_register(world, chance, latent), latent)


def departments_of(year: int) -> pd.DataFrame:
    """The departments that exist in a year, by id: name, faculty, and the unit that lives on."""
    rows = [
        row
        for row in csv.DictReader(bank("departments.csv").splitlines())
        if int(row["first"]) <= year <= int(row["last"])
    ]
    return pd.DataFrame(rows).set_index("department_id").sort_index()


def place(scores: pd.Series) -> pd.Series:
    """Each department's place among all, from just above 0 (lowest) to just below 1."""
    return (scores.rank(method="first") - 0.5) / len(scores)


def highest(scores: pd.Series, rate: float) -> pd.Series:
    """True for so large a share of the departments, those with the highest scores."""
    return scores.rank(method="first", ascending=False) <= int(rate * len(scores) + 0.5)


def allot(scores: pd.Series, shares: Pairs) -> pd.Series:
    """Words by their shares, the first for the highest scores, the last for all the rest."""
    words = pd.Series(shares[-1][0], index=scores.index, dtype="object")
    reached = 0.0
    taken = pd.Series(False, index=scores.index)
    for word, share in shares[:-1]:
        reached += share
        chosen = highest(scores, reached)
        words = words.mask(chosen & ~taken, word)
        taken = chosen
    return words


def _mean(frame: pd.DataFrame, columns: Iterable[str]) -> pd.Series:
    """The mean, added up in the columns' order (library means may add in another)."""
    names = list(columns)
    total = sum((frame[name] for name in names), start=pd.Series(0.0, index=frame.index))
    return total / len(names)


def _students(world: World, chance: Chance) -> pd.DataFrame:
    """Size, kinds of students, the relations to them, and who opted out."""
    sprawl = chance.of("sprawl", LASTING)
    luck = place(chance.of("programme", LASTING))
    course = 1 - world.programme_rate
    programme_share = (0.06 + 0.36 * luck / course).mask(
        luck > course, 0.56 + 0.4 * (luck - course) / world.programme_rate
    )
    relations = place(
        world.programme_relations * (2 * luck - 1)
        + world.sprawl_relations * sprawl
        + 0.4 * chance.of("relations")
    )
    optout = highest(
        world.optout_relations * (2 * relations - 1)
        + world.optout_sprawl * sprawl
        + 0.2 * chance.of("optout"),
        world.optout_rate,
    )
    return pd.DataFrame(
        {
            "sprawl": sprawl,
            "programme_share": programme_share,
            "student_relations": 0.1 + 2.8 * relations,
            "optout": optout,
        }
    )


def _tier(world: World, chance: Chance, latent: pd.DataFrame) -> pd.Series:
    """The tier; whoever opted out is of the last."""
    relations = latent["student_relations"] / 1.5 - 1
    score = world.relations_tier * relations + 0.6 * chance.of("tier")
    return allot(score - 9 * latent["optout"], world.tiers)


def _levels(world: World, chance: Chance, tier: pd.Series) -> pd.DataFrame:
    """The levels about those of the tier; a department tends to lie higher or lower in all."""
    common = 0.5 * world.spread * chance.of("common")
    levels = {}
    for name in BY_TIER:
        centre = tier.map(dict(zip(TIERS, getattr(world, name), strict=True))).astype(float)
        levels[name] = (centre + common + world.spread * chance.of(name)).clip(0, 3)
    return pd.DataFrame(levels)


def _organisation(world: World, chance: Chance, latent: pd.DataFrame) -> pd.DataFrame:
    """Arrangement, origin and staffing: the better the conditions, the more share the work."""
    score = _mean(latent, BY_TIER[:6]) + 0.3 * chance.of("arrangement") - 9 * latent["optout"]
    arrangement = allot(score, world.arrangements)
    staffing = arrangement.map(STAFFING).astype(float)
    worked = staffing > 0
    origin = allot((0.5 * staffing + 0.5 * chance.of("origin"))[worked], world.origins)
    return pd.DataFrame({"arrangement": arrangement, "origin": origin, "staffing": staffing})


def _will(world: World, chance: Chance, latent: pd.DataFrame) -> dict[str, pd.Series]:
    """Course departments that want to engage their alumni all the same."""
    course = latent["programme_share"] < 0.5
    score = latent["interest"] + 0.5 * chance.of("will")
    willing = highest(score[course], world.course_will_rate).reindex(latent.index, fill_value=False)
    wanted = 2.5 + 0.3 * chance.of("wanted")
    return {"interest": latent["interest"].mask(willing & (latent["interest"] < wanted), wanted)}


def _needs(world: World, chance: Chance, latent: pd.DataFrame) -> pd.DataFrame:
    """Which needs are felt, which voices are heard, and what is wished of applicants."""
    score = chance.of("needless") - latent["internal_need"] + 0.5 * latent["optout"]
    needless = highest(score, world.needless_rate)
    course = 1 - 2 * latent["programme_share"]
    advanced = chance.of("advanced", LASTING)
    recruitment = world.course_recruitment * course + 0.5 * chance.of("recruitment")
    felt = {"recruitment": highest(recruitment - 9 * needless, world.recruitment_rate)}
    drivers = {
        "employability": world.recruitment_employability * (2.0 * felt["recruitment"] - 1)
        + world.advanced_employability * advanced
    }
    for need in NEEDS[1:]:
        wanted = drivers.get(need, 0) + 0.3 * chance.of(need)
        felt[need] = highest(wanted - 9 * needless, getattr(world, f"{need}_rate"))
    applicants = chance.of("applicants") + 0.8 * felt["recruitment"]
    heard = {voice: _voice(world, chance, voice) for voice in VOICES}
    heard["students"] |= needless & ~latent["optout"]
    return pd.DataFrame(
        {f"need_{need}": felt[need] for need in NEEDS}
        | {f"voice_{voice}": heard[voice] for voice in VOICES}
        | {
            "needless": needless,
            "advanced": advanced,
            "fact_applicants_more": highest(applicants, world.applicants_more_rate),
            "fact_applicants_better": highest(applicants, world.applicants_better_rate),
        }
    )


def _voice(world: World, chance: Chance, voice: str) -> pd.Series:
    return highest(chance.of(voice), getattr(world, f"{voice}_rate"))


def _outcomes(world: World, chance: Chance, latent: pd.DataFrame) -> dict[str, pd.Series]:
    """How active the work is and whether it would last; needs are low where none is felt."""
    external = latent["needless"] & ~latent["optout"]
    felt = latent["internal_need"]
    own_need = felt.mask(latent["needless"], felt.clip(0, 0.7))
    conditions = _mean(latent, CONDITIONS) - 1.4
    needs = _mean(latent.assign(internal_need=own_need), ("internal_need", "importance")) - 1.6
    relations = latent["student_relations"] - 1.5
    both = (latent["programme_share"] >= 0.5) & (latent["student_relations"] >= 2)
    enthusiast = _enthusiast(world, chance, latent)
    activity = (
        world.activity
        + world.conditions_activity * conditions
        + world.needs_activity * needs
        + world.relations_activity * relations
        + world.programme_and_relations_activity * (1.0 * both - 0.4)
        + 0.9 * enthusiast
        + 0.25 * chance.of("activity")
    )
    sustainability = (
        world.sustainability
        + world.conditions_sustainability * conditions
        + world.shared_sustainability * (latent["arrangement"] == "shared")
        + world.enthusiast_sustainability * (enthusiast | (latent["origin"] == "individual"))
        + 0.25 * chance.of("sustainability")
    )
    return {
        "internal_need": own_need,
        "external_need": latent["external_need"].mask(external, 2.6),
        "activity": activity.mask(external, activity.clip(1.4)).clip(0, 3)
        * (1 - 0.8 * latent["optout"]),
        "sustainability": sustainability.clip(0, 3) * (1 - 0.8 * latent["optout"]),
    }


def _enthusiast(world: World, chance: Chance, latent: pd.DataFrame) -> pd.Series:
    """Single officers without good backing who work actively: most where students are near."""
    lacking = _mean(latent, ("resources", "mandate")) < 2
    single = latent["arrangement"].isin(["backed", "alone", "self_appointed"])
    score = chance.of("enthusiast") + latent["student_relations"] - 0.5 * latent["sprawl"]
    return highest(score - 9.0 * ~(lacking & single), world.enthusiast_rate)


def _facts(world: World, chance: Chance, latent: pd.DataFrame) -> pd.DataFrame:
    """What is felt to be so, who the officer is, and what is wished of the central office."""
    support = _mean(latent, ("management_support", "colleague_support"))
    engaged = (support >= 2) & (latent["interest"] >= 2)
    luck = chance.of("role_problem")
    problem = pd.concat(
        [
            highest(luck[engaged], world.role_problem_engaged_rate),
            highest(luck[~engaged], world.role_problem_rate),
        ]
    )
    wishes = {f"wish_{w}": highest(chance.of(f"wish_{w}"), rate) for w, rate in world.wishes}
    return pd.DataFrame(
        {
            "fact_unclear_expectation": highest(
                chance.of("unclear_expectation"), world.unclear_expectation_rate
            ),
            "fact_role_problem": problem,
            "fact_no_incentive": highest(chance.of("no_incentive"), world.no_incentive_rate),
            "counsellor": highest(chance.of("counsellor"), world.counsellor_rate),
            **wishes,
        }
    )


def _participation(world: World, chance: Chance) -> pd.Series:
    """The instruments that a department takes part in, by the counts of the world."""
    order = list(chance.of("participation").sort_values().index)
    sets: list[Any] = [names for names, count in world.instruments for _ in range(count)]
    sets += [()] * (len(order) - len(sets))
    return pd.Series(sets[: len(order)], index=order)


def _register(world: World, chance: Chance, latent: pd.DataFrame) -> pd.DataFrame:
    """The frame as departments.csv shows it; large, research-heavy and unsteady go together."""

    def tied(name: str) -> pd.Series:
        return place(latent["sprawl"] + 0.08 * chance.of(name, LASTING))

    def easy(name: str, association: float) -> pd.Series:
        return place(association * latent["needless"] + 0.6 * chance.of(name, LASTING))

    size = chance.departments["size"].astype(float)
    students = size * (90 + 1100 * place(latent["sprawl"] + chance.of("students", LASTING)))
    programme = (students * latent["programme_share"]).round().astype(int)
    programmes = size * (1 + 15 * tied("programmes") * tied("programmes"))
    columns = {
        "students_programme": programme.astype(str),
        "students_course": (students.round().astype(int) - programme).astype(str),
        "advanced_share": _decimal(0.08 + 0.6 * place(latent["advanced"])),
        "programmes": programmes.astype(int).astype(str),
        "staff_fte": _decimal(7 + students / 14 + 9 * chance.of("staff", LASTING), 1),
        "research_share": _decimal(0.2 + 0.55 * tied("research")),
        "staff_turnover": _decimal(0.03 + 0.2 * tied("turnover")),
        "applicants_per_place": _decimal(
            0.7 + 3.2 * easy("per_place", world.needless_applicants), 1
        ),
        "throughput": _decimal(0.5 + 0.42 * easy("throughput", world.needless_throughput)),
    }
    known = {
        name: values.mask(
            chance.of(f"unknown_{name}", LASTING) < 2 * world.register_missing - 1, ""
        )
        for name, values in columns.items()
    }
    named = chance.departments[["name", "faculty"]]
    return named.assign(**known).rename_axis("department_id").reset_index()


def _decimal(values: pd.Series, places: int = 2) -> pd.Series:
    return values.map(lambda value: f"{value:.{places}f}")
