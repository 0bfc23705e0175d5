"""What the warmed process has imported before the first kernel is forked from it."""

from __future__ import annotations

import importlib
from contextlib import suppress

MODULES = (
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel.datapub",
    "ipykernel.pickleutil",
    "IPython.core.completer",
    "IPython.core.pylabtools",
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "mapping.study",
    "mapping.comparison",
    "mapping.facts",
    "mapping.facts.department",
    "mapping.facts.since",
    "mapping.tables",
    "mapping.tables.department",
    "mapping.plots",
    "mapping.prose",
)
"""By name, for they are of every layer; a module that is not installed is left out.

Never ``matplotlib_inline.backend_inline``: imported before there is a shell it loses figures.
"""


def warm() -> None:
    """Import everything that kernels and notebooks need."""
    for name in MODULES:
        with suppress(ImportError):
            importlib.import_module(name)
