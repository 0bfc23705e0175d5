"""Who coded what, and how far the coders agree: small cases worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from builders import coded, evidence_of, su_2020

from mapping.audit.coders import agreement, who_saw
from mapping.audit.reliability import _judged
from mapping.protocol import Protocol

SEGMENTS = pd.DataFrame(
    {"segment_id": ["s1", "s2", "s3"], "interview_id": ["i1", "i1", "i2"]}, dtype="string"
)
"""Two segments of an interview at A, one of an interview at B."""


def protocol(**rules: object) -> Protocol:
    own = replace(su_2020().audit, **{"draws": 40, "fewest_units": 1} | rules)
    return replace(su_2020(), audit=own)


def found(
    *rows: tuple[str, str, str, str], segments: pd.DataFrame = SEGMENTS, **rules: object
) -> pd.DataFrame:
    """Table ``agreement`` by scope, key and metric."""
    evidence = evidence_of(*(coded(*row) for row in rows))
    table = agreement(evidence, segments, protocol(**rules))
    return table.set_index(["scope", "key", "metric"]).sort_index()


TWO_CODERS = [
    ("A", "s1", "coder-1", "need/feedback"),
    ("A", "s1", "coder-2", "need/feedback"),
    ("A", "s2", "coder-1", "need/recruitment"),
    ("B", "s3", "coder-1", "need/recruitment"),
]
"""The second coder has seen s2 and given it nothing, and has not seen s3."""


def test_who_saw_a_segment_has_seen_the_whole_interview() -> None:
    rows = evidence_of(*(coded(*row) for row in TWO_CODERS))
    seen = who_saw(rows, SEGMENTS)
    assert seen.segments.tolist() == ["s1", "s2", "s3"]
    assert seen.coders.tolist() == ["coder-1", "coder-2"]
    assert seen.seen.tolist() == [[True, True], [True, True], [True, False]]
    assert seen.departments.tolist() == [0, 0, 1]


def test_a_segment_of_no_known_interview_is_one_of_its_own() -> None:
    rows = evidence_of(*(coded(*row) for row in TWO_CODERS))
    seen = who_saw(rows, SEGMENTS.iloc[:0])
    assert seen.seen.tolist() == [[True, True], [True, False], [True, False]]


def test_a_code_that_was_not_given_is_absent() -> None:
    table = found(*TWO_CODERS)
    both = table.loc[("code", "need/feedback", "nominal")]
    assert both["alpha"] == 1  # there, there; absent, absent
    assert (both["units"], both["pairs"], both["given"], both["raters"]) == (2, 2, 1, 2)
    one = table.loc[("code", "need/recruitment", "nominal")]
    # values 0 0 1 0, two of them apart: 2 observed; (16 - 9 - 1) / 3 expected
    assert one["alpha"] == 0
    assert (one["units"], one["given"], one["agreement"]) == (2, 1, 0.5)
    assert one["ac1"] == 0  # shares of the code 0, 1/2 and 1 (s3 too): chance is a half
    never = table.loc[("code", "need/other", "nominal")]
    assert np.isnan(never["alpha"])
    assert (never["reason"], never["agreement"], never["given"]) == ("no_variation", 1, 0)


def test_all_codes_of_a_kind_are_added_up_by_what_is_expected() -> None:
    needs = found(*TWO_CODERS).loc[("kind", "need", "nominal")]
    # feedback: 0 observed, values 1 1 0 0: 8 / 3 expected; recruitment: 2 observed, 2 expected
    assert needs["alpha"] == round(1 - 2 / (8 / 3 + 2), 9)
    assert needs["units"] == 2 * 5  # five needs
    assert needs["departments"] == 1
    assert np.isnan(needs["alpha_low"])  # of one department all draws are the same


def test_levels_are_compared_where_two_coders_gave_one() -> None:
    table = found(
        ("A", "s1", "coder-1", "interest/3"),
        ("A", "s1", "coder-2", "interest/2"),
        ("A", "s2", "coder-1", "interest/0"),
        ("A", "s2", "coder-2", "interest/0"),
        ("B", "s3", "coder-1", "interest/1"),
        ("B", "s3", "coder-2", "mandate/1"),
    )
    level = table.loc[("indicator", "interest", "ordinal")]
    # mean ranks of 0 0 2 3 are 1.5 1.5 3 4: observed 2 * 1, expected 2 * (4.5 + 12.5 + 1) / 3
    assert level["alpha"] == round(1 - 2 / 12, 9)
    assert (level["units"], level["departments"], level["given"]) == (2, 1, 2)
    presence = table.loc[("indicator", "interest", "nominal")]
    assert (presence["units"], presence["given"]) == (3, 3)
    assert presence["agreement"] == round(2 / 3, 9)  # in s3 one of the two gave interest
    assert table.loc[("code", "interest/0", "nominal"), "alpha"] == 1


def test_a_coder_of_several_levels_counts_once_with_their_mean() -> None:
    table = found(
        ("A", "s1", "coder-1", "interest/3"),
        ("A", "s1", "coder-1", "interest/1"),
        ("A", "s1", "coder-2", "interest/2"),
        ("A", "s2", "coder-1", "interest/0"),
        ("A", "s2", "coder-2", "interest/0"),
    )
    assert table.loc[("indicator", "interest", "ordinal"), "alpha"] == 1


def test_a_mean_between_two_levels_is_no_category_of_its_own() -> None:
    """Chance is of the scale's four levels, also in items where nobody's mean is between them."""
    segments = pd.DataFrame({"segment_id": [f"s{n}" for n in range(1, 6)]}, dtype="string")
    table = found(
        ("A", "s1", "coder-1", "resources/1"),
        ("A", "s2", "coder-1", "resources/2"),
        ("A", "s2", "coder-2", "resources/0"),
        ("A", "s2", "coder-3", "resources/0"),
        ("A", "s3", "coder-1", "resources/2"),
        ("A", "s4", "coder-1", "resources/0"),
        ("A", "s5", "coder-1", "mandate/2"),
        ("A", "s5", "coder-1", "mandate/1"),
        ("A", "s5", "coder-2", "mandate/2"),
        segments=segments.assign(interview_id=segments["segment_id"]),
    )
    # shares of the levels 0 to 2 are 5/12, 3/12, 4/12: chance is (35 + 27 + 32) / 144 / 3
    resources = table.loc[("indicator", "resources", "ordinal")]
    assert resources["agreement"] == round(1 / 3, 9)
    assert resources["ac1"] == round(1 - (2 / 3) / (1 - 94 / 432), 9) == 0.147928994
    # one half of the one segment's ratings is a 2, the other of no level: 1/4 / 3
    mandate = table.loc[("indicator", "mandate", "ordinal")]
    assert mandate["ac1"] == round(1 - 1 / (1 - 1 / 12), 9)
    assert mandate["alpha"] == 0
    everything = table.loc[("all", "all", "ordinal")]
    assert everything["ac1"] == round(1 - (2 / 3 + 1) / (2 - 94 / 432 - 1 / 12), 9)


def test_one_coder_has_nobody_to_agree_with() -> None:
    table = found(("A", "s1", "coder-1", "interest/3"), ("B", "s3", "coder-1", "interest/1"))
    assert (table["pairs"] == 0).all()
    assert (table["reason"] == "no_pairs").all()
    assert table[["alpha", "alpha_low", "ac1", "agreement", "word", "look"]].isna().all(axis=None)
    assert table.loc[("all", "all", "nominal"), "raters"] == 1


def test_without_interviews_there_are_no_rows() -> None:
    assert found().empty
    assert found(segments=SEGMENTS.iloc[:0]).empty


def test_one_segment_is_too_little_for_an_interval_or_a_word() -> None:
    table = found(
        ("A", "s1", "coder-1", "interest/3"), ("A", "s1", "coder-2", "interest/2"), fewest_units=2
    )
    row = table.loc[("all", "all", "nominal")]
    assert (row["departments"], row["given"]) == (1, 2)
    assert pd.isna(row["reason"])
    assert row["word"] == "unreliable"
    assert np.isnan(row["alpha_low"])
    assert table.loc[("code", "interest/3", "nominal"), "reason"] == "too_few"


def test_what_the_codebook_has_no_code_for_is_left_out() -> None:
    extra = ("A", "s1", "coder-1", "need/unheard_of")
    pd.testing.assert_frame_equal(found(*TWO_CODERS, extra), found(*TWO_CODERS))


MANY = pd.DataFrame(
    {"segment_id": [f"s{n}" for n in range(24)], "interview_id": [f"i{n // 3}" for n in range(24)]}
)


def several(*names: str) -> pd.DataFrame:
    """Eight departments with three segments each; the third coder says the opposite of the two."""
    said = ("need/recruitment", "need/feedback")
    rows = [
        (f"D-{n // 3}", f"s{n}", name, said[(n + (name == "coder-3")) % 2])
        for n in range(24)
        for name in names
    ]
    return found(*rows, segments=MANY)


def test_a_coder_apart_from_the_others_is_to_be_looked_at() -> None:
    table = several("coder-1", "coder-2", "coder-3")
    left = table.loc[("without", "coder-3", "nominal")]
    assert left["alpha"] == 1
    assert left["raters"] == 2
    whole = table.loc[("all", "all", "nominal"), "alpha"]
    assert left["gain"] == round(1 - whole, 9)
    assert 0 < left["gain_low"] <= left["gain"] <= left["gain_high"]
    assert left["look"]
    assert left["with_others"] < table.loc[("without", "coder-1", "nominal"), "with_others"]
    assert not table.loc[("without", "coder-1", "nominal"), "look"]
    assert table.loc[("all", "all", "nominal"), "look"]  # unreliable
    codes = sum(code.instrument == "interview" for code in su_2020().codes)
    assert left["with_others"] == round(1 - 2 / codes, 9)  # always apart on the two needs


def test_without_one_of_two_coders_nothing_is_left_to_compare() -> None:
    left = several("coder-1", "coder-2").loc[("without", "coder-2", "nominal")]
    assert left["reason"] == "no_pairs"
    assert left["with_others"] == 1
    assert pd.isna(left[["alpha", "gain", "gain_low", "look"]]).all()


def test_the_same_seed_gives_the_same_interval() -> None:
    one, other = (several("coder-1", "coder-2", "coder-3") for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    assert one.loc[("all", "all", "nominal"), "alpha_low"] < 0.667


@pytest.mark.parametrize(
    ("alpha", "given", "word", "reason"),
    [
        (0.8, 10, "reliable", None),
        (0.799999999, 10, "tentative", None),
        (0.667, 10, "tentative", None),
        (0.666999999, 10, "unreliable", None),
        (0.9, 9, None, "too_few"),
        (np.nan, 9, None, "no_variation"),
    ],
)
def test_words_for_alpha(alpha: float, given: int, word: str | None, reason: str | None) -> None:
    row = pd.DataFrame({"units": [50], "alpha": [alpha], "given": [given]})
    told = _judged(row, su_2020().audit).iloc[0]
    assert (told["word"] if word else None) == word
    assert (told["reason"] if reason else None) == reason
    assert pd.isna(told["word"]) == (word is None)
    assert pd.isna(told["reason"]) == (reason is None)
