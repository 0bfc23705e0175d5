"""What the bytes of a result depend on beside the data and the program: versions of libraries."""

from __future__ import annotations

import platform
from importlib.metadata import version

LIBRARIES = (
    "fontpkg-fira-sans",
    "fonttools",
    "ipykernel",
    "jinja2",
    "lxml",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "nbformat",
    "numpy",
    "pandas",
    "pandera",
    "papermill",
    "pikepdf",
    "pyarrow",
    "pydantic",
    "scipy",
    "seaborn",
    "typst",
    "xlsxwriter",
)
"""Libraries whose version may change the bytes of a result."""


def versions() -> dict[str, str]:
    """Versions of Python, of this package and of the libraries that make the results."""
    own = {"python": platform.python_version(), "mapping": version("mapping")}
    return own | {name: version(name) for name in LIBRARIES}
