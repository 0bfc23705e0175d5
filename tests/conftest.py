"""Which tests stay together when several processes share them."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling

SHARING_A_RUN = tuple(
    f"tests/test_{name}.py" for name in ("follow_up_run", "missing_parts", "reports", "secrets")
)
"""Files whose tests look at one run, which takes a minute: each file belongs to one process."""


class TogetherByFile(LoadGroupScheduling):
    """Every test goes to whichever process is free, but for the files that share a run.

    xdist's own marks for groups have no effect with pytest 9.2, which computes the ids of tests.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in SHARING_A_RUN else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TogetherByFile:
    """For any run with -n."""
    return TogetherByFile(config, log)
