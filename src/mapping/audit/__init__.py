"""The methodology audit, which asks whether the grouping can be trusted.

Coders and instruments compared, every defensible choice of the method tried, what is left out
tried without: pure functions of evidence, register and protocol.
"""
