"""The findings of the published summary, each tested anew on the data of a study.

``findings(study)`` gives the table for any study. A finding is one small function, named by its
key, in the module of the summary's section where it is stated; ``measures`` are the few ways
in which they count and test, ``verdicts`` the one place where a measure becomes a verdict.
"""

from mapping.findings.assembly import family, findings, parts, summary

__all__ = ["family", "findings", "parts", "summary"]
