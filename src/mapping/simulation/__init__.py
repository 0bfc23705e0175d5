"""Simulated studies, to learn how often each verdict comes when a finding is true or is not.

``worlds`` plants what is true, ``studies`` makes raw data of it in memory and judges them,
``rates`` counts the verdicts and writes them beside the protocol. ``make calibrate`` runs it.
"""

from mapping.simulation.rates import rates, record, write
from mapping.simulation.studies import simulate, simulated_study
from mapping.simulation.worlds import NO_NOISE, NO_OPPOSITE, PLANTED, Planted

__all__ = [
    "NO_NOISE",
    "NO_OPPOSITE",
    "PLANTED",
    "Planted",
    "rates",
    "record",
    "simulate",
    "simulated_study",
    "write",
]
