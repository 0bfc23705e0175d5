"""Parts become findings: the family, the verdict of several parts, the numbers shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import pandas as pd
import pytest
from builders import su_2020

from mapping.errors import DataError, RunError
from mapping.findings import assembly, family, findings, parts, summary
from mapping.findings.measures import Part
from mapping.protocol import Finding
from mapping.schemas import check

PROTOCOL = su_2020()
Made = Callable[..., SimpleNamespace]


@pytest.fixture
def study(monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Makes a study whose findings have the parts given, in a module of their own."""
    module = ModuleType("made")
    monkeypatch.setattr(assembly, "_MODULES", {"results": module})
    monkeypatch.setattr(assembly, "known", lambda study: study)

    def make(family: tuple[str, ...] = (), **given: object) -> SimpleNamespace:
        for name, found in given.items():
            function = lambda case, finding, found=found: found  # noqa: ARG005, E731
            function.__module__ = "made"
            setattr(module, name, function)
        keys = [name.replace("_", "-") for name in given]
        protocol = replace(
            PROTOCOL,
            findings=tuple(Finding(key, "results") for key in keys),
            finding_rules=replace(PROTOCOL.finding_rules, family=family),
        )
        return SimpleNamespace(protocol=protocol)

    return make


def share(part: str, n: int, of: int, word: str = "many") -> Part:
    return Part(part, "share", n, of, n / of, 0.1, 0.9, 0.05, 0.95, word=word)


def association(part: str, p: float, p_opposite: float) -> Part:
    return Part(part, "association", 9, 40, 0.5, p=p, p_opposite=p_opposite)


def hindered(part: str) -> Part:
    return Part(part, "association", 9, 40, hindrance="out_of_reach")


def row(study: SimpleNamespace, key: str) -> dict[str, object]:
    return findings(study).set_index("finding").loc[key].to_dict()


def test_a_row_for_each_part_in_the_findings_order(study: Made) -> None:
    made = study(two_parts=(share("zebra", 20, 40), share("ape", 4, 4)), one=share("whole", 1, 40))
    table = parts(made)
    assert table[["finding", "number", "part", "verdict", "reason"]].to_numpy().tolist() == [
        ["one", 0, "whole", "contradicted", "beyond"],
        ["two-parts", 0, "zebra", "supported", "inside"],
        ["two-parts", 1, "ape", "not_assessable", "small_population"],
    ]
    told = table.loc[1, ["n", "of", "value", "low", "high", "bound_low", "bound_high", "word"]]
    assert told.tolist() == [20, 40, 0.5, 0.1, 0.9, 0.05, 0.95, "many"]
    check(table, "finding_parts")


def test_the_fewest_departments_that_each_verdict_needs(study: Made) -> None:
    made = study(
        a=share("whole", 20, 40),
        b=replace(share("whole", 20, 40), fewest=3),
        c=Part("whole", "condition", 3, 40, holds=True),
        d=Part("whole", "condition", 50, holds=True),
        e=Part("whole", "existence", 1, 40, holds=True),
        f=hindered("whole"),
        g=Part("whole", "commonest", 9, 40, holds=True),
    )
    needed = parts(made)["fewest"]
    assert str(needed.dtype) == "Int64"
    assert needed.astype(object).where(needed.notna(), None).tolist() == [
        5, 3, 5, None, None, 8, None
    ]  # fmt: skip


def test_the_first_of_the_worst_parts_gives_the_numbers(study: Made) -> None:
    made = study(
        mixed=(
            share("good", 20, 40),
            share("near", 14, 40),
            share("near_too", 15, 40),
            share("small", 4, 4),
        )
    )
    found = row(made, "mixed")
    assert found["verdict"] == "inconclusive"
    assert (found["n"], found["of"], found["value"]) == (14, 40, 0.35)
    assert (found["low"], found["high"]) == (0.1, 0.9)
    assert found["note"] == "near: near; small: small_population"
    check(findings(made), "findings")


def test_an_unassessable_part_makes_the_finding_inconclusive_and_is_named(study: Made) -> None:
    found = row(study(mixed=(share("small", 4, 4), share("good", 20, 40))), "mixed")
    assert (found["verdict"], found["n"]) == ("inconclusive", 20)
    assert found["note"] == "good: inside; small: small_population"


def test_nothing_assessable(study: Made) -> None:
    found = row(study(none=(share("one", 4, 4), hindered("two"))), "none")
    assert (found["verdict"], found["n"], found["of"]) == ("not_assessable", 4, 4)
    assert found["note"] == "one: small_population; two: out_of_reach"


def test_holm_over_the_assessable_associations_of_the_family(study: Made) -> None:
    made = study(
        ("a", "b", "c", "d"),
        a=association("whole", 0.01, 0.99),
        b=association("whole", 0.02, 0.98),
        c=association("whole", 0.04, 0.96),
        d=hindered("whole"),
        outside=association("whole", 0.0001, 0.9999),
    )
    table = findings(made).set_index("finding")
    # three of them: 3 x .01, 2 x .02, 1 x .04
    assert table["p"].tolist()[:3] == [0.01, 0.02, 0.04]
    assert table["p_holm"].tolist()[:3] == [0.03, 0.04, 0.04]
    assert table["verdict"].tolist() == [*["supported"] * 3, *["not_assessable"] * 2]
    assert table["note"].tolist()[3:] == ["whole: out_of_reach", "whole: outside_the_family"]
    assert table["p_holm"].isna().tolist() == [False, False, False, True, True]


def test_the_adjusted_p_decides(study: Made) -> None:
    made = study(("a", "b"), a=association("whole", 0.025, 0.97), b=association("whole", 0.6, 0.4))
    assert row(made, "a")["p_holm"] == 0.05
    assert row(made, "a")["verdict"] == "inconclusive"
    made = study(("a", "b"), a=association("whole", 0.0249, 0.97), b=association("whole", 0.6, 0.4))
    assert row(made, "a")["verdict"] == "supported"


def test_the_opposite_direction_is_corrected_too(study: Made) -> None:
    made = study(("a", "b"), a=association("whole", 0.99, 0.0249), b=association("whole", 0.6, 0.4))
    found = row(made, "a")
    assert (found["verdict"], found["note"]) == ("contradicted", "whole: opposite")
    assert (found["p"], found["p_holm"]) == (0.99, 1)
    made = study(("a", "b"), a=association("whole", 0.98, 0.03), b=association("whole", 0.6, 0.4))
    assert row(made, "a")["verdict"] == "inconclusive"


def test_several_associations_enter_with_the_largest_p_of_each_direction(study: Made) -> None:
    made = study(
        ("a", "b"),
        a=(association("one", 0.001, 0.9), association("two", 0.03, 0.8), hindered("three")),
        b=association("whole", 0.02, 0.7),
    )
    assert family(parts(made), made.protocol).to_dict("records") == [
        {"finding": "a", "p": 0.03, "p_opposite": 0.9, "p_holm": 0.04, "p_opposite_holm": 1},
        {"finding": "b", "p": 0.02, "p_opposite": 0.7, "p_holm": 0.04, "p_opposite_holm": 1},
    ]
    found = row(made, "a")
    assert (found["p"], found["p_holm"]) == (0.03, 0.04)
    assert found["verdict"] == "inconclusive"  # one part is not assessable
    assert found["note"] == "two: significant; three: out_of_reach"


def test_one_part_against_the_finding_is_not_the_opposite_of_all(study: Made) -> None:
    made = study(("a",), a=(association("one", 0.999, 0.001), association("two", 0.2, 0.8)))
    assert row(made, "a")["verdict"] == "inconclusive"


def test_an_empty_family_corrects_nothing(study: Made) -> None:
    made = study(("a",), a=hindered("whole"))
    assert row(made, "a")["verdict"] == "not_assessable"
    assert family(parts(made), made.protocol).empty


def test_a_share_that_decides_keeps_the_p_of_the_family(study: Made) -> None:
    """Whoever repeats the correction from the table needs the p of each of its members."""
    made = study(("a",), a=(association("link", 0.001, 0.999), share("share", 1, 40)))
    found = row(made, "a")
    assert (found["verdict"], found["n"]) == ("contradicted", 1)
    assert (found["p"], found["p_holm"]) == (0.001, 0.001)
    # the p of draws is no p of a test
    first = Part("whole", "commonest", 9, 40, 0.225, p=0.9, holds=True)
    found = row(study(("b",), b=first), "b")
    assert found["p"] == 0.9
    assert pd.isna(found["p_holm"])


def test_the_table_of_findings_comes_from_the_parts_alone(study: Made) -> None:
    made = study(("a",), a=association("whole", 0.01, 0.99), b=share("whole", 20, 40))
    shuffled = parts(made).iloc[::-1]
    pd.testing.assert_frame_equal(summary(shuffled, made.protocol), findings(made))


def test_a_finding_that_nothing_measures_is_an_error_of_the_protocol(study: Made) -> None:
    made = study(known_one=share("whole", 20, 40))
    unknown = replace(made.protocol, findings=(Finding("no-such", "results"),))
    with pytest.raises(DataError) as raised:
        parts(SimpleNamespace(protocol=unknown))
    assert [(p.column, p.value) for p in raised.value.problems] == [("findings", "'no-such'")]


def test_an_imported_function_measures_no_finding(study: Made) -> None:
    made = study(borrowed=share("whole", 20, 40))
    assembly._MODULES["results"].borrowed.__module__ = "elsewhere"
    with pytest.raises(DataError, match="borrowed"):
        parts(made)


@pytest.mark.parametrize("found", [(), (share("one", 20, 40), share("one", 10, 40))])
def test_parts_without_names_of_their_own_are_our_fault(study: Made, found: object) -> None:
    with pytest.raises(RunError, match="parts of faulty"):
        parts(study(faulty=found))


def test_every_finding_of_the_protocol_has_its_function() -> None:
    assert [f.key for f in PROTOCOL.findings if assembly._function(f) is None] == []
