"""What the sentences state, against small tables counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from told import PROTOCOL, hardly_known, no_workshop, several, single, tied

from mapping import facts
from mapping.facts import Count

S = several()


def swot_rows(*rows: tuple[str, str, int, int, int]) -> pd.DataFrame:
    """Rows of table swot: quadrant, theme, departments, items, votes; of 10 departments."""
    table = pd.DataFrame(rows, columns=["quadrant", "theme", "departments", "items", "votes"])
    return table.assign(of=10, share=table["departments"] / 10)


def test_the_largest_and_the_rest() -> None:
    counts = {"a": Count(3, 9), "b": Count(3, 9), "c": Count(1, 9)}
    assert facts.first(counts) == ["a", "b"]
    assert facts.rest(counts) == {"c": Count(1, 9)}
    assert facts.first({}) == []
    assert facts.rest({}) == {}


def test_told_most_first_equal_ones_by_key_and_nobody_not_at_all() -> None:
    frame = pd.DataFrame({"key": ["c", "b", "a"], "departments": [2, 2, 0], "of": 4})
    assert list(facts.told(frame, "key").items()) == [("b", Count(2, 4)), ("c", Count(2, 4))]


def test_participation() -> None:
    """A to E answered, A B C E F were interviewed, A to E have notes; G is absent."""
    assert facts.participation(S.participation) == {
        "participating": Count(6, 7),
        "absent": 1,
        "with_three": Count(4, 6),
        "with_one": Count(1, 6),
    }


def test_patterns_add_up_to_the_participating() -> None:
    found = facts.patterns(S.participation)
    assert found["departments"].sum() == 6
    assert found["departments"].tolist() == sorted(found["departments"], reverse=True)
    assert set(found["of"]) == {6}


def test_instruments() -> None:
    found = facts.instruments(S.participation)
    assert found["workshop"] == {"departments": Count(5, 7), "units": 9}
    assert found["survey"]["departments"] == Count(5, 7)
    assert facts.instruments(no_workshop().participation)["workshop"]["units"] == 0


def test_left_out_by_reason() -> None:
    responses = S.respondents[S.respondents["instrument"] == "survey"]
    found = facts.left_out(responses)
    assert found == {"responses": Count(3, 8), "incomplete": 2, "blank": 1}


def test_register_adds_only_what_is_known() -> None:
    found = facts.register(S.departments)
    assert found["students"] == {"programme": 700, "course": 6000}
    assert found["unknown"] == 1
    assert facts.register(single().departments)["students"] == {"programme": 100}


def test_coverage() -> None:
    """Of 13 indicators six are known for nobody, in seven comparisons of two instruments."""
    found = facts.coverage(S.indicators)
    assert len(found["least"]) == 6
    assert found["least_known"] == Count(0, 6)
    assert found["complete"] == Count(0, 6)
    assert found["compared"] == int((S.indicators["instruments"] > 1).sum())


def test_results_of_three_tiers() -> None:
    """A and B are good, C and D moderate, E small, F unclassified, G absent."""
    found = facts.results(S.tiers, S.participation)
    tiers = {"good": Count(2, 5), "moderate": Count(2, 5), "small": Count(1, 5)}
    assert found == {"tiers": tiers, "empty": [], "classified": Count(5, 6)}


def test_results_with_empty_tiers_and_with_none() -> None:
    small = no_workshop()
    assert facts.results(small.tiers, small.participation)["empty"] == ["good", "moderate"]
    nothing = hardly_known()
    assert facts.results(nothing.tiers, nothing.participation)["empty"] == []


def test_unclassified_are_those_that_took_part() -> None:
    found = facts.unclassified(S.tiers, S.participation, PROTOCOL)
    assert found == {"departments": ["F"], "unclassified": Count(1, 6), "known": 4}


def test_borderline_and_how_little_would_decide() -> None:
    """A margin of .05 is undone by .05 * 3 * 7 / 2 = .525 of a level on one of seven aspects."""
    tiers = pd.DataFrame(
        {
            "department_id": ["B", "A", "C"],
            "tier": ["good", "small", "unclassified"],
            "borderline": [True, False, False],
        }
    )
    found = facts.borderline(tiers, PROTOCOL)
    assert found["borderline"] == Count(1, 2)
    assert found["departments"] == ["B"]
    assert found["shift"] == pytest.approx(0.525)


def test_grid_corners() -> None:
    cells = pd.DataFrame(
        {
            "conditions_level": ["good", "good", "moderate", "small", "small"],
            "needs_level": ["clear", "some", "clear", "slight", "clear"],
            "departments": [5, 2, 3, 4, 1],
        }
    )
    constructs = cells.loc[cells.index.repeat(cells["departments"])]
    assert facts.grid(constructs) == {
        "known": 15,
        "both_high": Count(5, 15),
        "both_low": Count(4, 15),
        "need_without_conditions": Count(4, 15),
        "conditions_without_need": Count(2, 15),
    }


def test_margins() -> None:
    tiers = pd.DataFrame(
        {"department_id": ["B", "A", "C"], "tier": "good", "margin": [0.3, 0.3, 0.1]}
    )
    found = facts.margins(tiers)
    assert (found["surest"], found["largest_margin"]) == (["A", "B"], 0.3)
    assert (found["least_sure"], found["smallest_margin"]) == (["C"], 0.1)


def test_aspects_of_the_classified_departments() -> None:
    """C has no tier: its 3 does not count, as in the tables."""
    tiers = pd.DataFrame({"department_id": list("ABC"), "tier": ["good", "small", "unclassified"]})
    rows = [("A", "support", 2.0), ("B", "support", 1.0), ("A", "mandate", 1.0)]
    rows += [("C", "mandate", 3.0), ("C", "interest", 3.0)]
    levels = pd.DataFrame(rows, columns=["department_id", "aspect", "level"])
    found = facts.aspects(levels, tiers)
    assert (found["highest"], found["highest_level"]) == (["support"], 1.5)
    assert (found["lowest"], found["lowest_level"]) == (["mandate"], 1.0)
    assert found["departments"] == 2


def test_conditions_that_set_the_tiers_apart() -> None:
    rows = [("A", "interest", 3.0), ("B", "interest", 1.0)]
    one = pd.DataFrame(rows, columns=["department_id", "indicator", "level"])
    tiers = pd.DataFrame({"department_id": ["A", "B"], "tier": ["good", "small"]})
    found = facts.conditions(one, tiers, PROTOCOL)
    assert (found["separating"], found["means"]) == (["interest"], {"good": 3.0, "small": 1.0})
    level = facts.conditions(one.assign(level=2.0), tiers, PROTOCOL)
    assert (level["separating"], level["means"]) == ([], {})


def test_criteria_of_the_own_tier_only() -> None:
    tiers = pd.DataFrame({"department_id": ["A", "B"], "tier": ["good", "good"]})
    rows = [
        ("A", "good", "good.x", True),
        ("A", "good", "good.y", None),
        ("A", "small", "small.x", False),
        ("B", "good", "good.x", True),
        ("B", "good", "good.y", False),
    ]
    table = pd.DataFrame(rows, columns=["department_id", "tier", "criterion", "met"])
    table = table.astype({"met": "boolean"})
    every = facts.criteria(table, tiers)["every"]
    assert every == {"good": Count(1, 2), "moderate": Count(0, 0), "small": Count(0, 0)}


def test_lift_counts_the_aspects_to_raise() -> None:
    tiers = pd.DataFrame({"department_id": list("ABC"), "tier": ["small", "moderate", "good"]})
    rows = [
        ("A", "support", 1.0),
        ("B", "support", 2.0),
        ("B", "mandate", 1.5),
        ("C", "mandate", None),
    ]
    raised = pd.DataFrame(rows, columns=["department_id", "aspect", "to_next_tier"])
    found = facts.lift(raised, tiers)
    assert found["one_aspect"] == Count(1, 2)
    assert found["two_aspects"] == Count(1, 2)
    assert found["aspects"] == {"support": Count(2, 2), "mandate": Count(1, 2)}


def test_profiles_of_the_known_levels() -> None:
    indicators = pd.DataFrame(
        {
            "department_id": ["A", "B", "C", "D"],
            "indicator": "interest",
            "level": [3.0, 2.0, None, 1.0],
        }
    )
    tiers = pd.DataFrame(
        {"department_id": list("ABCD"), "tier": ["good", "good", "good", "unclassified"]}
    )
    assert facts.profiles(indicators, tiers).to_dict("records") == [
        {"indicator": "interest", "tier": "good", "level": 2.5, "n": 2}
    ]


def test_conditions() -> None:
    """Levels 3 3 1 1 0 in the tiers good, moderate and small: the means are 3 and 0."""
    found = facts.conditions(S.indicators, S.tiers, PROTOCOL)
    assert found["means"] == {"good": 3.0, "small": 0.0}
    assert "management_support" in found["separating"]
    assert found["departments"] == 5
    nothing = facts.conditions(hardly_known().indicators, hardly_known().tiers, PROTOCOL)
    assert (nothing["departments"], nothing["highest"]) == (0, [])
    assert (nothing["separating"], nothing["means"]) == ([], {})


def test_arrangements_commonest_first() -> None:
    found = facts.arrangements(S.arrangements, PROTOCOL)
    assert found["first"] == ["alone"]
    assert found["first_count"] == Count(2, 3)
    assert facts.origins(tied().arrangements, PROTOCOL)["first"] == ["individual", "organic"]


def test_needs_without_the_one_listed_apart() -> None:
    found = facts.clear_needs(S.needs, PROTOCOL)
    assert found["first"] == ["recruitment"]
    assert found["first_count"] == Count(3, 6)
    assert found["rest"] == {"feedback": Count(2, 6), "employability": Count(1, 6)}
    assert found["other"] == Count(1, 6)
    assert 0.5 < found["certainty"] <= 1
    assert facts.needs(S.with_need) == {"with_need": Count(4, 6), "unknown": 0}


def test_one_need() -> None:
    found = facts.need(S.needs, "feedback")
    assert (found["count"], found["rank"], found["shared_rank"]) == (Count(2, 6), 2, False)
    assert found["low"] <= 2 / 6 <= found["high"]
    assert facts.need(tied().needs, "feedback")["shared_rank"]
    assert facts.need(S.needs, "student_support")["rank"] == 0


def test_applicants_and_needs_named_together() -> None:
    assert facts.applicants(S.evidence, S.participation) == {
        "more": Count(2, 5),
        "better_too": Count(1, 2),
    }
    assert facts.both_named(S.evidence, "recruitment", "feedback") == Count(2, 3)
    assert facts.both_named(S.evidence, "student_support", "feedback") == Count(0, 0)


def test_slight_needs() -> None:
    table = pd.DataFrame(
        {
            "internal": pd.array([True, False, False, None], dtype="boolean"),
            "external": pd.array([True, True, None, True], dtype="boolean"),
        }
    )
    assert facts.slight_needs(table) == {
        "without": Count(2, 3),
        "external": Count(1, 1),
        "unknown": 1,
    }


def test_voices() -> None:
    found = facts.voices(S.needs, S.participation, PROTOCOL)
    assert found["first"] == ["students"]
    assert found["rest"] == {"alumni": Count(1, 6)}


def test_a_quadrant_tells_its_first_and_next_themes() -> None:
    table = swot_rows(
        ("strength", "a", 6, 7, 1),
        ("strength", "b", 5, 5, 9),
        ("strength", "c", 4, 4, 0),
        ("strength", "d", 3, 3, 0),
        ("strength", "e", 3, 3, 0),
        ("strength", "f", 1, 1, 0),
        ("threat", "a", 9, 9, 20),
    )
    found = facts.quadrant(table, "strength")
    assert found["first"] == ["a"]
    assert list(found["rest"]) == ["b", "c", "d", "e"]  # three, and those equal to the third
    assert (found["most_votes"], found["votes"]) == (["b"], 9)
    silent = facts.quadrant(table, "weakness")
    assert (silent["first"], silent["rest"], silent["most_votes"]) == ([], {}, [])


def test_reading() -> None:
    table = swot_rows(("strength", "a", 6, 7, 1), ("threat", "a", 2, 3, 4))
    notes = {"strength": 7, "weakness": 0, "opportunity": 0, "threat": 3}
    assert facts.reading(table) == {"departments": 10, "votes": 5, "notes": notes}


def difference(theme: str, p: float | None, p_holm: float | None) -> dict[str, object]:
    counts = {"good": 5, "of_good": 9, "moderate": 0, "of_moderate": 4, "small": 0, "of_small": 0}
    return {"quadrant": "threat", "theme": theme, "p": p, "p_holm": p_holm} | counts


@pytest.mark.parametrize(("p_holm", "found"), [(0.049, 1), (0.05, 0), (None, 0)])
def test_differences_below_the_limit(p_holm: float | None, found: int) -> None:
    table = pd.DataFrame([difference("a", 0.01, p_holm), difference("b", None, None)])
    table = table.astype({"p": "float64", "p_holm": "float64"})
    told = facts.differences(table, PROTOCOL)
    assert len(told["found"]) == found
    assert told["tested"] == 1
    for each in told["found"]:
        assert each["tiers"] == {"good": Count(5, 9), "moderate": Count(0, 4)}
    rows = swot_rows(("threat", "a", 3, 3, 0))
    assert facts.swot_found(rows, table, PROTOCOL)["different"] == found


def test_together_passes_over_the_theme_for_all_else() -> None:
    rows = [("resources", "other", 9, 10, 1.0), ("interest", "mandate", 5, 10, 3.0)]
    pairs = pd.DataFrame(rows, columns=["theme", "other_theme", "departments", "of", "expected"])
    found = facts.together(pairs, PROTOCOL)
    assert found["themes"] == ["interest", "mandate"]
    assert found["count"] == Count(5, 10)
    as_expected = pairs.assign(departments=3, expected=3.0)
    assert facts.together(as_expected, PROTOCOL)["themes"] == []
    assert facts.together(pairs.head(0), PROTOCOL)["count"] == Count(0, 0)


def test_ranking_says_where_votes_lead_elsewhere() -> None:
    table = swot_rows(("strength", "a", 6, 7, 1), ("threat", "b", 2, 3, 4))
    borda = pd.DataFrame(
        {
            "quadrant": ["strength", "strength", "threat"],
            "theme": ["b", "a", "b"],
            "rank": pd.array([1, 2, 1], dtype="Int64"),
        }
    )
    found = facts.ranking(borda, table)
    assert found == {"leading": {"strength": ["b"], "threat": ["b"]}, "other": ["strength"]}


def test_balance() -> None:
    table = pd.DataFrame({"internal": [1.0, -0.5, 0.0, None], "external": [None] * 4})
    found = facts.balance(table.astype("float64"))
    assert found["internal"] == {"good": Count(1, 3), "bad": Count(1, 3), "even": Count(1, 3)}
    assert found["external"]["good"] == Count(0, 0)
