"""The register of the invented university."""

from __future__ import annotations

import pandas as pd

from mapping.example.chance import LASTING, Chance, place
from mapping.example.world import World


def register(world: World, chance: Chance, latent: pd.DataFrame) -> pd.DataFrame:
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
    contacts = _contacts(chance.departments.index)
    return named.assign(**known, contact=contacts).rename_axis("department_id").reset_index()


def _contacts(departments: pd.Index) -> list[str]:
    """Invented addresses in a domain that belongs to nobody; every twelfth is not known."""
    plain = str.maketrans("åäö", "aao")
    return [
        f"alumn.{str(department).lower().translate(plain)}@example.org" if number % 12 else ""
        for number, department in enumerate(departments, start=1)
    ]


def _decimal(values: pd.Series, places: int = 2) -> pd.Series:
    return values.map(lambda value: f"{value:.{places}f}")
