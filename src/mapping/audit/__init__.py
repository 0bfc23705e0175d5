"""The methodology audit: can the grouping be trusted?

Coders and instruments compared, every defensible choice of the method tried, what is left out
tried without: pure functions of evidence, register and protocol.
"""
