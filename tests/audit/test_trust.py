"""Facts on how far tiers and verdicts can be trusted, and on the certificate, by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from mapping.audit.recovery import recovery
from mapping.calibration import COLUMNS as RATES
from mapping.facts import audit as facts
from mapping.facts.counting import Count
from mapping.recovery_calibration import COLUMNS
from mapping.references import reference_of
from mapping.schemas import TABLES


def study(gaps: str, noise: float, *counts: int) -> dict[str, Any]:
    """Of 12 departments 11 take part: by true and given tier; wrong, borderline."""
    return dict(zip(COLUMNS, (gaps, noise, 1, 12, 11, *counts), strict=True))


STUDIES = pd.DataFrame(
    [
        #                     good->     moderate->  small->
        study("example", 0.0, *(4, 0, 0), *(1, 2, 0), *(0, 0, 3), 1),
        study("example", 1.0, *(0, 4, 0), *(0, 3, 0), *(1, 2, 0), 2),
        study("none", 0.0, *(4, 0, 0), *(0, 4, 0), *(0, 0, 3), 0),
        study("most", 0.0, *(1, 1, 0), *(0, 2, 0), *(0, 0, 1), 0),
    ]
)


def rate(finding: str, world: str, supported: int, low: float, high: float) -> dict[str, Any]:
    told = {"finding": finding, "world": world, "planted": world, "studies": 20}
    return dict.fromkeys(RATES, 0) | told | {"supported": supported, "low": low, "high": high}


CALIBRATION = SimpleNamespace(
    rates=pd.DataFrame(
        [
            rate("frame", "true", 20, 0.83, 1.0),
            rate("both-sides", "true", 20, 0.83, 1.0),
            rate("both-sides", "noise", 19, 0.75, 0.99),
            rate("course-will", "true", 18, 0.68, 0.98),
            rate("course-will", "noise", 3, 0.03, 0.38),
        ]
    )
)
FINDINGS = pd.DataFrame(
    {
        "finding": ["frame", "both-sides", "course-will"],
        "verdict": ["supported", "supported", "inconclusive"],
    }
)
ITEMS = pd.DataFrame(
    {
        "number": [1, 2, 3],
        "framework": ["rap", "rap", "oecd"],
        "item": ["readme", "trigger", "framework"],
        "verdict": ["pass", "fail", "person"],
    }
)


def audit(**changed: Any) -> Any:
    made = SimpleNamespace(stale=False)
    values = {"recovery": made, "calibration": CALIBRATION, "findings": FINDINGS} | changed
    table = recovery(STUDIES if values["recovery"] else None)
    return SimpleNamespace(
        study=SimpleNamespace(**values), recovery=table, certificate=ITEMS, protocol=None
    )


def test_how_often_the_true_tier_is_found() -> None:
    told = facts.recovery(audit())
    assert told["made"]
    assert told["studies"] == 1
    assert told["as_seen"]["right"] == Count(9, 10)
    assert told["as_seen"]["borderline"] == Count(1, 1)
    assert told["as_seen"]["unclassified"] == Count(1, 11)
    assert told["full"]["right"] == Count(11, 11)
    assert told["sparse"]["right"] == Count(4, 5)
    assert told["noises"] == [(0.0, Count(9, 10)), (1.0, Count(3, 10))]
    assert (told["missed"], told["missed_found"]) == ("moderate", Count(2, 3))


def test_what_pure_noise_gives_of_the_tiers() -> None:
    """By chance (4 * 1 + 3 * 9) / 100, as many truly are and are given good, and moderate."""
    told = facts.noise(audit())["tiers"]
    assert told["right"] == Count(3, 10)
    assert told["by_chance"] == pytest.approx(0.31)
    assert told["kappa"] == pytest.approx((0.3 - 0.31) / 0.69)
    assert (told["largest"], told["given"]) == ("moderate", Count(9, 10))
    assert told["off_by_two"] == 1


def test_what_pure_noise_gives_of_the_findings() -> None:
    """22 of 40 verdicts; this study supports one of the two."""
    told = facts.noise(audit())
    assert told["supported"] == Count(22, 40)
    assert told["here"] == Count(1, 2)


def test_every_number_says_what_it_rests_on() -> None:
    told = facts.noise(audit())
    assert reference_of(told["supported"].n) == "sum(calibration/supported?world=noise)"
    assert reference_of(told["tiers"]["kappa"]) == "recovery/example/1/kappa"


def test_without_simulated_studies_nothing_is_told() -> None:
    bare = audit(recovery=None, calibration=None)
    told = facts.recovery(bare)
    assert (told["made"], told["stale"], told["as_seen"]) == (False, False, {})
    nothing = Count(0, 0)
    assert facts.noise(bare) == {
        "tiers": {}, "supported": nothing, "here": nothing,
    }  # fmt: skip


def test_the_certificate_is_counted_by_framework() -> None:
    told = facts.certificate(audit())
    assert told["items"] == 3
    assert told["frameworks"]["rap"] == {
        "pass": Count(1, 2), "fail": Count(1, 2), "person": Count(0, 2),
    }  # fmt: skip
    assert (told["pass"], told["person"]) == (Count(1, 3), Count(1, 3))
    assert told["failed"] == [("rap", "trigger")]


def test_the_tables_looked_at_have_these_columns() -> None:
    assert set(ITEMS) <= set(TABLES["certificate"].columns)
    assert set(FINDINGS) <= set(TABLES["findings"].columns)
