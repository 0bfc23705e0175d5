"""Facts on how far tiers and verdicts can be trusted: planted studies, and pure noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mapping.facts.audit.rows import Row, count_of, counted, first_row, rows_of
from mapping.facts.counting import Count, Facts
from mapping.references import Selected, cell, of
from mapping.vocabulary import TIERS

if TYPE_CHECKING:
    from mapping.auditing import Audit

TABLE = "recovery"
AS_SEEN, NOTHING_MISSING, MOST_MISSING = "example", "none", "most"
NO_NOISE, PURE_NOISE = 0.0, 1.0


def recovery(audit: Audit) -> Facts:
    """How often the true tier is found in planted studies; without any, that there are none.

    Of studies in which as much is missing as in the example, ``as_seen``, in which nothing is
    (``full``) or most is (``sparse``), without noise: each as :func:`_found`. ``noises`` is the
    share of the true tiers by the noise, gaps as in the example. ``missed`` is the tier that is
    found least often, with how often.
    """
    made = audit.study.recovery
    if made is None or audit.recovery.empty:
        return _NOTHING
    rows = of(TABLE, audit.recovery)
    as_seen = _row(audit, AS_SEEN, NO_NOISE)
    tiers = {tier: count_of(TABLE, as_seen, f"found_{tier}", f"true_{tier}") for tier in TIERS}
    missed = min(tiers, key=lambda tier: _share(tiers[tier]))
    return {
        "made": True,
        "stale": made.stale,
        "studies": cell(TABLE, as_seen, "studies"),
        "as_seen": _found(as_seen),
        "full": _found(_row(audit, NOTHING_MISSING, NO_NOISE)),
        "sparse": _found(_row(audit, MOST_MISSING, NO_NOISE)),
        "noises": [(cell(TABLE, row, "noise"), _right(row)) for row in _by_noise(rows)],
        "missed": missed,
        "missed_found": tiers[missed],
    }


def _by_noise(rows: Selected) -> list[Row]:
    """The rows with gaps as in the example, the least noise first."""
    return sorted(rows_of(rows.where(gaps=AS_SEEN)), key=lambda row: row["noise"])


_NOTHING: Facts = {
    "made": False,
    "stale": False,
    "studies": 0,
    "as_seen": {},
    "full": {},
    "sparse": {},
    "noises": [],
    "missed": "",
    "missed_found": Count(0, 0),
}


def _row(audit: Audit, gaps: str, noise: float) -> Row:
    row = first_row(of(TABLE, audit.recovery).where(gaps=gaps, noise=noise))
    if row is None:
        raise KeyError((gaps, noise))
    return row


def _right(row: Row) -> Count:
    return count_of(TABLE, row, "right", "classified")


def _share(count: Count) -> float:
    return count.n / count.of if count.of else 0.0


def _found(row: Row) -> Facts:
    """Of the classified departments: the ``right`` ones, by chance, kappa; and the wrong ones.

    ``unclassified`` are of those participating, ``borderline`` of the wrong ones; ``low`` and
    ``high`` the smallest and the largest share of right ones in a single study.
    """
    numbers = ("low", "high", "by_chance", "kappa", "rand", "off_by_two")
    return {
        "right": _right(row),
        "unclassified": count_of(TABLE, row, "unclassified", "participating"),
        "borderline": count_of(TABLE, row, "borderline", "wrong"),
        **{name: cell(TABLE, row, name) for name in numbers},
    }


def noise(audit: Audit) -> Facts:
    """What pure noise would give: of tiers, and of the verdicts on findings.

    ``tiers`` as :func:`_found`, with the tier that noise gives most departments and how many
    (``largest``, ``given``); nothing without planted studies. ``supported``: of all verdicts on
    simulated studies of pure noise, how many were supported; ``here``, how many of the same
    findings this study supports. Both of nothing without a calibration.
    """
    return {"tiers": _noisy_tiers(audit), **_noisy_findings(audit)}


def _noisy_tiers(audit: Audit) -> Facts:
    row = first_row(of(TABLE, audit.recovery).where(gaps=AS_SEEN, noise=PURE_NOISE))
    if row is None:
        return {}
    largest = max(TIERS, key=lambda tier: row[f"given_{tier}"])
    given = count_of(TABLE, row, f"given_{largest}", "classified")
    return _found(row) | {"largest": largest, "given": given}


def _noisy_findings(audit: Audit) -> Facts:
    made = audit.study.calibration
    if made is None:
        nothing = Count(0, 0)
        return {"supported": nothing, "here": nothing}
    rates = of("calibration", made.rates).where(world="noise")
    findings = of("findings", audit.study.findings).among(rates, "finding")
    return {
        "supported": _sums(rates, "supported", "studies"),
        "here": counted(findings.where(verdict="supported"), findings),
    }


def _sums(rows: Selected, n: str, base: str) -> Count:
    """Two sums over rows, as so many of so many; of whole numbers, so they are whole."""
    return Count(cast(int, rows.sum(n)), cast(int, rows.sum(base)))


def certificate(audit: Audit) -> Facts:
    """How many items of each framework are passed, failed, or left to a person.

    ``failed`` are the items that fail, each as framework and item.
    """
    items = of("certificate", audit.certificate)
    frameworks = dict.fromkeys(items.frame["framework"])
    verdicts = ("pass", "fail", "person")
    failed = items.where(verdict="fail").frame
    return {
        "items": items.count(),
        "frameworks": {
            framework: {
                verdict: counted(
                    items.where(framework=framework, verdict=verdict),
                    items.where(framework=framework),
                )
                for verdict in verdicts
            }
            for framework in frameworks
        },
        **{verdict: counted(items.where(verdict=verdict), items) for verdict in verdicts},
        "failed": list(zip(failed["framework"], failed["item"], strict=True)),
    }
