"""The mapping of alumni relations at a university's departments, made computable.

``load_year(2020)`` gives a study with all its tables, ``follow_up(study)`` what has changed
since the year before, ``audit_of(study)`` how far the results can be trusted,
``open_edition(study)`` what of them may be published; the modules are the steps of the chain.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapping.auditing import Audit as Audit
    from mapping.auditing import audit_of as audit_of
    from mapping.comparison import FollowUp as FollowUp
    from mapping.comparison import follow_up as follow_up
    from mapping.comparison import follow_up_if_any as follow_up_if_any
    from mapping.opening import OpenEdition as OpenEdition
    from mapping.opening import open_edition as open_edition
    from mapping.plots import figure as figure
    from mapping.study import Study as Study
    from mapping.study import load_year as load_year

_HOMES = {
    "Audit": "mapping.auditing",
    "FollowUp": "mapping.comparison",
    "OpenEdition": "mapping.opening",
    "Study": "mapping.study",
    "audit_of": "mapping.auditing",
    "figure": "mapping.plots",
    "follow_up": "mapping.comparison",
    "follow_up_if_any": "mapping.comparison",
    "load_year": "mapping.study",
    "open_edition": "mapping.opening",
}

__all__ = [
    "Audit",
    "FollowUp",
    "OpenEdition",
    "Study",
    "audit_of",
    "figure",
    "follow_up",
    "follow_up_if_any",
    "load_year",
    "open_edition",
]


def __getattr__(name: str) -> object:
    """The front doors, imported when they are first used: the command line must start fast."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'mapping' has no attribute {name!r}")


def __dir__() -> list[str]:
    """What there is, with the front doors that are not imported yet: for completion by Tab."""
    return sorted({*globals(), *_HOMES})
