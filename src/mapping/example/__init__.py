"""The synthetic example study: invented departments, made from a seed, the same on any machine.

``world`` holds the parameters, ``truth`` plants the departments, ``instruments`` looks at them
as interviews, workshop and survey do, ``write`` puts the raw files in place. The planted truth
is for tests: it is never written to disk and the analysis never reads it.
"""

from mapping.example.truth import Truth, plant
from mapping.example.world import SEED, WORLDS, World
from mapping.example.write import example_files, files_of, write_example

__all__ = [
    "SEED",
    "WORLDS",
    "Truth",
    "World",
    "example_files",
    "files_of",
    "plant",
    "write_example",
]
