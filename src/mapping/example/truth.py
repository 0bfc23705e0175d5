"""The invented departments as they really are: what no instrument sees without error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapping.example.chance import LASTING, Chance, allot, departments_of, highest, place
from mapping.example.register import register
from mapping.example.world import SEED, World
from mapping.vocabulary import TIERS

CONDITIONS = (
    "interest",
    "management_support",
    "colleague_support",
    "resources",
    "workload",
    "mandate",
)
NEED_LEVELS = ("internal_need", "importance", "external_need")
LEVELS = (*CONDITIONS, *NEED_LEVELS, "staffing", "student_relations", "activity", "sustainability")
NEEDS = ("recruitment", "employability", "feedback", "student_support", "other")
VOICES = ("students", "alumni", "society")
STAFFING = {"shared": 3.0, "backed": 2.0, "alone": 2.0, "self_appointed": 1.0, "nobody": 0.0}


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


def plant(world: World, seed: int = SEED, year: int = 2020) -> Truth:
    """The departments of a year: the frame with its register, and what is true of each."""
    departments = departments_of(year)[: world.frame]
    chance = Chance(departments, seed, year, world.drift)
    latent = _students(world, chance)
    latent["tier"] = _tier(world, chance, latent)
    latent = latent.join(_levels(world, chance, latent["tier"]))
    latent = latent.join(_organisation(world, chance, latent))
    latent = latent.assign(**_will(world, chance, latent))
    latent = latent.join(_needs(world, chance, latent))
    latent = latent.assign(**_outcomes(world, chance, latent))
    latent = latent.join(_facts(world, chance, latent))
    latent["instruments"] = participation(world, chance)
    return Truth(register(world, chance, latent), latent)


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
            "course": 0.6 * (1 - 2 * programme_share),
            "advanced": chance.of("advanced", LASTING),
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
    for name in CONDITIONS + NEED_LEVELS:
        centre = tier.map(dict(zip(TIERS, getattr(world, name), strict=True))).astype(float)
        levels[name] = (centre + common + world.spread * chance.of(name)).clip(0, 3)
    return pd.DataFrame(levels)


def _organisation(world: World, chance: Chance, latent: pd.DataFrame) -> pd.DataFrame:
    """Arrangement, origin and staffing: the better the conditions, the more share the work."""
    score = _mean(latent, CONDITIONS) + 0.3 * chance.of("arrangement") - 9 * latent["optout"]
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
    felt = _felt(world, chance, latent.assign(needless=needless))
    heard = {v: highest(chance.of(v), getattr(world, f"{v}_rate")) for v in VOICES}
    heard["students"] |= needless & ~latent["optout"]
    applicants = chance.of("applicants") + 0.8 * felt["recruitment"]
    return pd.DataFrame(
        {f"need_{need}": felt[need] for need in NEEDS}
        | {f"voice_{voice}": heard[voice] for voice in VOICES}
        | {
            "needless": needless,
            "fact_applicants_more": highest(applicants, world.applicants_more_rate),
            "fact_applicants_better": highest(applicants, world.applicants_better_rate),
        }
    )


def _felt(world: World, chance: Chance, latent: pd.DataFrame) -> dict[str, pd.Series]:
    """Which departments feel each need; where no need is felt, none of them is."""

    def having(need: str, driver: pd.Series | float) -> pd.Series:
        score = driver + 0.3 * chance.of(need) - 9 * latent["needless"]
        return highest(score, getattr(world, f"{need}_rate")) & ~latent["needless"]

    recruitment = having("recruitment", world.course_recruitment * latent["course"])
    driver = world.recruitment_employability * (2.0 * recruitment - 1)
    driver += world.advanced_employability * latent["advanced"]
    others = {need: having(need, 0.0) for need in NEEDS[2:]}
    return {"recruitment": recruitment, "employability": having("employability", driver)} | others


def _outcomes(world: World, chance: Chance, latent: pd.DataFrame) -> dict[str, pd.Series]:
    """How active the work is and whether it would last; needs are low where none is felt."""
    external = latent["needless"] & ~latent["optout"]
    felt = latent["internal_need"]
    own_need = felt.mask(latent["needless"], felt.clip(0, 0.7))
    conditions = _mean(latent, (*CONDITIONS, "staffing")) - 1.4
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


def participation(world: World, chance: Chance) -> pd.Series:
    """The instruments that a department takes part in, by the counts of the world."""
    order = list(chance.of("participation").sort_values().index)
    sets: list[Any] = [names for names, count in world.instruments for _ in range(count)]
    sets += [()] * (len(order) - len(sets))
    return pd.Series(sets[: len(order)], index=order)
