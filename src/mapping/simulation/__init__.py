"""Simulated studies, to learn how often each verdict comes when a finding is true or is not.

``worlds`` plants what is true, ``studies`` makes raw data of it in memory and judges them,
``rates`` counts the verdicts and writes them beside the protocol. ``changes`` plants what changes
between two years, ``pairs`` makes them and compares them, ``change_rates`` counts and writes what
was found. ``make calibrate`` runs both.
"""

from mapping.simulation.change_rates import change_rates, change_record, write_change
from mapping.simulation.changes import CHANGED, PLANTED_CHANGES, STABLE, PlantedChange
from mapping.simulation.pairs import simulate_pairs, simulated_pair
from mapping.simulation.rates import rates, record, write
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
    "simulate",
    "simulate_pairs",
    "simulated_pair",
    "simulated_study",
    "write",
    "write_change",
]
