"""The explanation of a tier, against fits and changes computed by hand.

With every level 2 the deviations are 6 from good, 4.5 from moderate and 14 from small, of 21:
fits 15/21, 16.5/21 and 7/21. The balance of 1.5 is made up by raising interest by 0.75.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from builders import answered, evidence_of, levels_of, su_2020
from small_root import SETTINGS

from mapping.criteria import criteria
from mapping.errors import UsageError
from mapping.explanation import explain, shown_names
from mapping.prose import words
from mapping.schemas import conform
from mapping.study import Study
from mapping.tiers import aspects, tiers

TWO = dict.fromkeys(su_2020().indicator_keys(), 2.0)
FOUR_KNOWN = ("interest", "resources", "internal_need", "staffing")
LEVELS = {
    "ALL-2": TWO,
    "BORDER-1": TWO | {"interest": 2.75},
    "FOUR-4": dict.fromkeys(FOUR_KNOWN, 3.0),
    "NONE-0": dict.fromkeys(su_2020().indicator_keys(), 0.0),
    "ONE-1": {"interest": 1.0},
}


SHARES = ("share_good", "share_moderate", "share_small", "share_unclassified")
CERTAINTY = {
    # tier, shares of the choices, clear tier, smallest change and the tier by it
    "ALL-2": ("moderate", (0.61, 0.3895, 0, 0.0005), None, "demands=lower", "good"),
    "BORDER-1": ("moderate", (0.2, 0.8, 0, 0), "moderate", "rule=fuzzy coder=coder-2", "good"),
    "FOUR-4": ("good", (0.75, 0, 0, 0.25), "good", None, None),
    "NONE-0": ("small", (0, 0, 1, 0), "small", None, None),
    "ONE-1": ("unclassified", (0, 0, 0, 1), None, None, None),
    "SILENT-9": ("unclassified", (0, 0, 0, 1), None, None, None),
}


def sure() -> pd.DataFrame:
    """Table certainty of the departments, as the audit could have stored it."""
    rows = [
        {"department_id": name, "tier": tier, **dict(zip(SHARES, shares, strict=True))}
        | {"clear_tier": clear, "flip": flip, "flip_tier": other, "alone": None}
        | dict.fromkeys(("flip_factors", "flip_ways"), flip and len(flip.split()))
        for name, (tier, shares, clear, flip, other) in CERTAINTY.items()
    ]
    return conform(pd.DataFrame(rows), "certainty")


def study(**settings: Any) -> Study:
    levels = levels_of(**LEVELS)
    ids = sorted([*LEVELS, "SILENT-9"])
    departments = pd.DataFrame({"department_id": ids, "name": [f"<b>{i.title()}</b>" for i in ids]})
    given = {"interviews": 1, "workshop_notes": 2, "responses": 3, "left_out": 0}
    rows = [{"department_id": i, **given, "left_out": int(i == "SILENT-9")} for i in ids]
    stored = {
        "tiers": tiers(levels, departments, su_2020()),
        "criteria": criteria(levels, su_2020()),
        "participation": conform(pd.DataFrame(rows), "participation"),
        "certainty": sure(),
    }
    stored["aspects"] = aspects(levels, stored["tiers"], su_2020())
    raw: Any = SimpleNamespace(departments=departments, settings=replace(SETTINGS, **settings))
    return Study(raw, su_2020(), stored)


def test_everything_about_a_department_in_a_dozen_lines() -> None:
    assert explain(study(), "ALL-2", "en").splitlines() == [
        "ALL-2 is in the tier moderate.",
        "Evidence: 1 interview, 2 notes from the workshop, 3 survey responses.",
        "Fit to the ideal types: good 0.71, moderate 0.79, small 0.33; the margin is 0.07.",
        "For moderate rather than good: "
        "internal need (2.00), interest (2.00) and importance (2.00).",
        "Against that: clear mandate (2.00).",
        "Of the criteria of moderate, 3 of 6 are met.",
        "Not met: clear mandate below 2; resources below 2 or importance below 2; support below 2.",
        "Smallest change to good: interest from 2.00 to 2.75; anything more decides.",
        "Over the stated choices of method: good 61.0\u00a0%, moderate 39.0\u00a0%, "
        "unclassified 0.1\u00a0%; it has no clear tier.",
        "Smallest change of method to another tier, good: demands “a quarter of a level lower”.",
        "Protocol: su-2020.",
        "Synthetic example data: no real department.",
    ]


def test_the_same_in_swedish() -> None:
    lines = explain(study(), "ALL-2", "sv").splitlines()
    assert lines[0] == "ALL-2 hör till gruppen måttliga."
    assert lines[2].endswith("goda 0,71, måttliga 0,79, små 0,33; marginalen är 0,07.")
    assert lines[8] == (
        "Över de angivna metodvalen: goda 61,0\u00a0%, måttliga 39,0\u00a0%, "
        "utan grupp 0,1\u00a0%; den har ingen tydlig grupp."
    )
    assert lines[9] == (
        "Minsta ändring av metoden till en annan grupp, goda: krav ”en kvarts nivå lägre”."
    )
    assert len(lines) == 12


def test_how_sure_the_tier_is_over_the_choices() -> None:
    lines = explain(study(), "BORDER-1", "en").splitlines()
    assert lines[-4].endswith("good 20.0\u00a0%, moderate 80.0\u00a0%; moderate is its clear tier.")
    assert lines[-3] == (
        "Smallest change of method to another tier, good: "
        "rule “fuzzy ideal type” and coder “one coder alone: coder-2”."
    )
    lines = explain(study(), "BORDER-1", "sv").splitlines()
    assert lines[-3].endswith("och kodare ”en kodare ensam: kodare-2”.")
    assert explain(study(), "NONE-0", "en").splitlines()[-3] == (
        "No stated choice gives it another tier."
    )


def test_the_certainty_is_computed_where_it_is_not_stored() -> None:
    own = study()
    stored = {name: table for name, table in own.stored.items() if name != "certainty"}
    seen = evidence_of(
        *(answered("ALL-2", "r", "indicator", key, 2.0) for key in su_2020().indicator_keys())
    )
    lines = explain(replace(own, stored=stored | {"evidence": seen}), "ALL-2", "en").splitlines()
    assert "demands “a quarter of a level lower”" in lines[9]


def test_at_the_border_the_least_change_decides() -> None:
    lines = explain(study(), "BORDER-1", "en").splitlines()
    assert lines[0] == "BORDER-1 is in the tier moderate (borderline)."
    assert "good 0.75, moderate 0.75" in lines[2]
    (line,) = [line for line in lines if line.startswith("The fit to good is as large")]
    assert "the least rise of any of these decides: " in line


def test_the_highest_tier_and_what_is_unknown() -> None:
    lines = explain(study(), "FOUR-4", "en").splitlines()
    assert "No aspect speaks for moderate." in lines
    assert "Unknown aspects: support, importance and clear mandate." in lines
    assert "Cannot be told: importance at least 2; support at least 2." in lines
    assert "There is no higher tier." in lines


def test_the_smallest_change_from_the_bottom() -> None:
    (line,) = [line for line in explain(study(), "NONE-0", "en").splitlines() if "Smallest" in line]
    assert line.startswith("Smallest change to moderate: ")


@pytest.mark.parametrize(("department", "known"), [("ONE-1", 1), ("SILENT-9", 0)])
def test_why_a_department_has_no_tier(department: str, known: int) -> None:
    lines = explain(study(), department, "en").splitlines()
    reason = f"is unclassified: {known} of 7 aspects are known, and at least 4 are needed."
    assert lines[0] == f"{department} {reason}"
    assert ("Survey responses left out: 1." in lines) == (department == "SILENT-9")


def test_names_are_shown_as_they_are_when_the_study_says_so() -> None:
    assert explain(study(names="name"), "ALL-2", "en").startswith("<b>All-2</b> (ALL-2) is in")
    assert shown_names(study(names="code")) == {}


def test_real_data_are_not_called_synthetic() -> None:
    assert "ynthetic" not in explain(study(synthetic=False), "ALL-2", "en")


def test_small_letters_are_forgiven_and_unknown_ids_answered_with_the_nearest() -> None:
    assert explain(study(), " all-2 ", "en").startswith("ALL-2 ")
    with pytest.raises(UsageError, match=r"no department 'ALL-3' in 2020; the nearest are ALL-2"):
        explain(study(), "ALL-3", "en")
    with pytest.raises(UsageError, match=r"no department 'XQ' in 2020$"):
        explain(study(), "XQ", "en")


def test_the_languages_have_the_same_texts_with_the_same_values() -> None:
    swedish, english = (words(lang, su_2020()) for lang in ("sv", "en"))
    keys = swedish.keys("explanation.")
    assert keys == english.keys("explanation.")
    assert all(swedish.variables(key) == english.variables(key) for key in keys)
