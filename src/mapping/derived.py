"""What is computed of the processed tables whenever it is shown, by the name that it is cited by.

None of it is stored: the function that bears the name gives it again from the stored tables.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from mapping import indicators, needs, swot, toolbox
from mapping.errors import UsageError
from mapping.references import DERIVED
from mapping.study import Study

_MADE: dict[str, Callable[[Study], pd.DataFrame]] = {
    "arrangements": lambda s: indicators.arrangements(s.evidence, s.protocol),
    "with_need": lambda s: needs.with_need(s.evidence, s.indicators, s.protocol),
    "swot_differences": lambda s: swot.differences(s.evidence, s.tiers, s.protocol),
    "swot_pairs": lambda s: swot.together(s.evidence, s.protocol),
    "swot_borda": lambda s: swot.borda(s.evidence, s.protocol),
    "swot_balance": lambda s: swot.balance(s.evidence),
    "toolbox_additions": lambda s: toolbox.adds(s.evidence, s.protocol),
    "toolbox_serving": lambda s: toolbox.serving(s.evidence, s.indicators, s.protocol),
}


def derived(study: Study, name: str) -> pd.DataFrame:
    """The frame of that name, one of :data:`mapping.references.DERIVED`.

    Raises
    ------
    UsageError
        There is no such frame.

    """
    if name not in _MADE:
        raise UsageError(f"{name} is none of {', '.join(DERIVED)}")
    return _MADE[name](study)
