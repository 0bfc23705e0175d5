"""Statistical methods for a small, finite, incompletely observed population.

Each module is one area; each function cites its source and has its reference case as a test.
"""
