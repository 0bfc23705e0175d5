"""Kernels that are forked from one warmed process: fresh for every notebook, ready at once.

``managers`` and ``engine`` are the ways in; ``forkserver`` is the warmed process, ``forked`` what
a fork of it does to become a kernel like any other.
"""
