"""Simulated studies, to learn how often each verdict comes when a finding is true or is not.

``worlds`` plants what is true, ``studies`` makes raw data of it in memory and judges them,
``rates`` counts the verdicts and writes them beside the protocol. ``changes`` plants what changes
between two years, ``pairs`` makes them and compares them, ``change_rates`` counts and writes what
was found. ``recovery`` asks which tiers departments of known truth are given under growing noise
and gaps, ``recovery_rates`` writes them. ``truths`` says what is true by the protocol.
``make calibrate`` runs all.
"""

from mapping.simulation.change_rates import change_rates, change_record, write_change
from mapping.simulation.changes import CHANGED, PLANTED_CHANGES, STABLE, PlantedChange
from mapping.simulation.pairs import simulate_pairs, simulated_pair
from mapping.simulation.rates import rates, record, write
from mapping.simulation.recovery import recovered, simulate_recovery
from mapping.simulation.recovery_rates import recovery_record, write_recovery
from mapping.simulation.studies import simulate, simulated_study
from mapping.simulation.worlds import NO_NOISE, NO_OPPOSITE, PLANTED, Planted

__all__ = [
    "CHANGED",
    "NO_NOISE",
    "NO_OPPOSITE",
    "PLANTED",
    "PLANTED_CHANGES",
    "STABLE",
    "Planted",
    "PlantedChange",
    "change_rates",
    "change_record",
    "rates",
    "record",
    "recovered",
    "recovery_record",
    "simulate",
    "simulate_pairs",
    "simulate_recovery",
    "simulated_pair",
    "simulated_study",
    "write",
    "write_change",
    "write_recovery",
]
