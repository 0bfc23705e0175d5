"""The toolbox on cases worked by hand, and its promise on random ones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import ceil

import numpy as np
import pandas as pd
import pytest
from builders import coded, evidence_of, levels_of, note, su_2020

from mapping import toolbox
from mapping.needs import named
from mapping.protocol import Label, Protocol, Tool, ToolboxRules

PROTOCOL = su_2020()


def protocol_with(served: str, **tools: str) -> Protocol:
    """A protocol with these tools, as ``a="recruitment feedback mandate"``."""
    needs = PROTOCOL.need_keys("internal")
    rows = [
        Tool(tool, "need" if key in needs else "condition", key, Label(tool, tool))
        for tool, keys in tools.items()
        for key in keys.split()
    ]
    return replace(PROTOCOL, tools=tuple(rows), toolbox=ToolboxRules(Fraction(served)))


def naming(**departments: str) -> pd.DataFrame:
    """Evidence of these departments and the needs that they name: ``A="feedback"``."""
    rows = [coded(name, f"s-{name}", "c", "activity/1") for name in departments]
    rows += [
        coded(name, f"s-{name}", "c", f"need/{need}")
        for name, needs in departments.items()
        for need in needs.split()
    ]
    return evidence_of(*rows)


# Ten expressed needs: recruitment 4, employability 3, feedback 2, other 1.
TEN = naming(
    A="recruitment employability feedback",
    B="recruitment employability other",
    C="recruitment employability",
    D="recruitment feedback",
    E="",
)
KNOWN = levels_of(
    A={"mandate": 1.9, "staffing": 2.0},
    B={"mandate": 2.0},
    C={"mandate": 0.0, "staffing": 1.0},
    D={},
    E={"staffing": 3.0},
)
TOOLS = {
    "portraits": "recruitment",
    "statistics": "employability feedback",
    "survey": "feedback",
    "description": "mandate staffing",
    "events": "student_support",
}


def served_by(tool: str, frame: pd.DataFrame) -> list[tuple[str, str]]:
    rows = frame[frame["tool"] == tool]
    return list(zip(rows["department_id"], rows["key"], strict=True))


def test_serving_needs_that_are_named_and_conditions_known_to_be_weak() -> None:
    """2.0 is good and so not weak; an unknown level is not weak either."""
    found = toolbox.serving(TEN, KNOWN, protocol_with("9/10", **TOOLS))
    assert list(found.columns) == ["department_id", "tool", "kind", "key"]
    assert served_by("survey", found) == [("A", "feedback"), ("D", "feedback")]
    assert served_by("description", found) == [
        ("A", "mandate"),
        ("C", "mandate"),
        ("C", "staffing"),
    ]
    assert served_by("events", found) == []
    assert set(found.loc[found["tool"] == "description", "kind"]) == {"condition"}
    assert set(found.loc[found["tool"] == "survey", "kind"]) == {"need"}


def test_serving_is_by_department_then_in_the_order_of_the_protocol() -> None:
    found = toolbox.serving(TEN, KNOWN, protocol_with("9/10", **TOOLS))
    assert found["department_id"].is_monotonic_increasing
    of_a = found.loc[found["department_id"] == "A", "tool"].tolist()
    assert of_a == ["portraits", "statistics", "statistics", "survey", "description"]


def served_last(evidence: pd.DataFrame, protocol: Protocol) -> tuple[int, int]:
    """The expressed needs that all tools together serve, of all."""
    last = toolbox.adds(evidence, protocol).iloc[-1]
    return last["served"], last["of"]


def test_a_need_named_often_by_one_department_counts_once() -> None:
    evidence = evidence_of(
        coded("A", "s1", "c", "need/feedback"),
        coded("A", "s2", "c", "need/feedback"),
        note("A", "threat", "feedback"),
        coded("B", "s3", "c", "external/students"),
    )
    protocol = protocol_with("9/10", survey="feedback")
    assert served_last(evidence, protocol) == (1, 1)
    table = toolbox.toolbox(evidence, levels_of(A={}, B={}), protocol)
    assert table["departments"].tolist() == [1]
    assert table["share"].tolist() == [0.5]


def test_table_by_hand() -> None:
    """portraits A B C D; statistics A B C D; survey A D; description A C; events nobody."""
    table = toolbox.toolbox(TEN, KNOWN, protocol_with("9/10", **TOOLS)).set_index("tool")
    assert table["departments"].to_dict() == {
        "description": 2,
        "events": 0,
        "portraits": 4,
        "statistics": 4,
        "survey": 2,
    }
    assert table["share"].to_dict() == {
        "description": 0.4,
        "events": 0.0,
        "portraits": 0.8,
        "statistics": 0.8,
        "survey": 0.4,
    }
    assert table["rank"].to_dict() == {
        "description": 3,
        "events": 5,
        "portraits": 1,
        "statistics": 1,
        "survey": 3,
    }
    assert set(table.index[table["in_smallest_set"]]) == {"portraits", "statistics"}


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        ("0", []),
        ("4/10", ["statistics"]),  # portraits serve four too, but statistics five
        ("1/2", ["statistics"]),
        ("51/100", ["portraits", "statistics"]),  # 5.1 of 10 asks for six
        ("9/10", ["portraits", "statistics"]),
        ("91/100", None),  # 9.1 asks for the tenth, which is other
        ("1", None),
    ],
)
def test_smallest_set_on_both_sides_of_each_share(served: str, expected: list[str] | None) -> None:
    assert toolbox.smallest_set(TEN, protocol_with(served, **TOOLS)) == expected


def test_an_unreachable_share_leaves_no_tool_in_the_set() -> None:
    protocol = protocol_with("1", **TOOLS)
    assert not toolbox.toolbox(TEN, KNOWN, protocol)["in_smallest_set"].any()
    assert served_last(TEN, protocol) == (9, 10)


def test_nobody_with_a_need() -> None:
    protocol = protocol_with("9/10", **TOOLS)
    evidence = naming(A="", B="")
    assert toolbox.smallest_set(evidence, protocol) == []
    assert toolbox.adds(evidence, protocol).empty
    assert toolbox.adds(evidence, protocol).empty
    table = toolbox.toolbox(evidence, levels_of(A={"mandate": 1.0}, B={}), protocol)
    assert not table["in_smallest_set"].any()
    assert table["departments"].sum() == 1


def test_tools_for_conditions_alone() -> None:
    protocol = protocol_with("9/10", description="mandate")
    assert toolbox.smallest_set(TEN, protocol) is None
    assert toolbox.adds(TEN, protocol).empty
    assert toolbox.toolbox(TEN, KNOWN, protocol)["departments"].tolist() == [2]


def test_no_tools_at_all() -> None:
    protocol = protocol_with("9/10")
    assert toolbox.toolbox(TEN, KNOWN, protocol).empty
    assert toolbox.serving(TEN, KNOWN, protocol).empty
    assert toolbox.adds(TEN, protocol).empty


def test_no_participants() -> None:
    protocol = protocol_with("9/10", **TOOLS)
    table = toolbox.toolbox(TEN.head(0), KNOWN.head(0), protocol)
    assert table["share"].isna().all()
    assert table["departments"].sum() == 0


ADDING = {
    "survey": "feedback",
    "portraits": "recruitment",
    "statistics": "employability feedback",
    "fair": "recruitment",
    "letters": "other",
    "events": "student_support",
}


def test_adds_the_set_first_then_what_serves_most() -> None:
    """Set: statistics (5), portraits (4); fair and survey add nothing, letters the tenth."""
    found = toolbox.adds(TEN, protocol_with("9/10", **ADDING))
    assert found["tool"].tolist() == ["statistics", "portraits", "letters"]
    assert found["adds"].tolist() == [5, 4, 1]
    assert found["served"].tolist() == [5, 9, 10]
    assert found["in_smallest_set"].tolist() == [True, True, False]
    assert set(found["of"]) == {10}


def test_adds_without_a_set_takes_the_best_next_ties_in_the_protocols_order() -> None:
    tools = {"b": "recruitment", "a": "recruitment", "c": "employability", "d": "feedback"}
    found = toolbox.adds(TEN, protocol_with("1", **tools))
    assert found["tool"].tolist() == ["b", "c", "d"]
    assert found["adds"].tolist() == [4, 3, 2]
    assert not found["in_smallest_set"].any()


def test_ties_between_sets_go_to_the_protocols_order() -> None:
    tools = {"z": "recruitment", "a": "recruitment", "m": "employability feedback"}
    assert toolbox.smallest_set(TEN, protocol_with("9/10", **tools)) == ["z", "m"]


@pytest.mark.parametrize("seed", range(25))
def test_the_set_serves_enough_and_no_smaller_one_does(seed: int) -> None:
    random = np.random.default_rng(seed)
    needs = PROTOCOL.need_keys("internal")
    evidence = naming(
        **{f"D{n}": " ".join(need for need in needs if random.random() < 0.4) for n in range(8)}
    )
    tools = {f"t{n}": " ".join(random.choice(needs, 2, replace=False)) for n in range(6)}
    protocol = protocol_with(str(random.choice(["1/2", "3/4", "9/10"])), **tools)
    present = named(evidence, protocol, "internal")

    def served(chosen: tuple[str, ...]) -> int:
        """Counted pair by pair."""
        return sum(
            any(need in tools[tool].split() for tool in chosen)
            for _, row in present.iterrows()
            for need in needs
            if row[need]
        )

    least = ceil(protocol.toolbox.served * int(present.to_numpy().sum()))
    found = toolbox.smallest_set(evidence, protocol)
    if found is None:
        assert served(tuple(tools)) < least
    else:
        assert served(tuple(found)) >= least
        for smaller in combinations(tools, max(len(found) - 1, 0)):
            assert served(smaller) < least or not found
    added = toolbox.adds(evidence, protocol)
    assert added["adds"].sum() == served(tuple(tools))
