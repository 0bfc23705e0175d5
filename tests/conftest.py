"""Which tests stay together when several processes share them, and in which order they begin."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

SLOWEST = (
    *("reports", "missing_parts", "department_report", "secrets", "run", "follow_up_run"),
    *("simulation", "change_calibration", "kill", "tables", "cli", "comparison", "since"),
    *("texts", "trace", "departments", "tiers", "baseline", "calibration", "open_edition"),
)
"""Files that take longer than a quarter of a minute, the longest first: begun last, one of them
would keep one process busy while the others have nothing left."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """For any run with -n: a file belongs to one process, so what its tests share is made once."""
    config.option.loadscopereorder = False  # would begin with the files of the most tests
    return LoadFileScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest files first, the others as they are collected."""
    rank = {f"test_{name}.py": number for number, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


@pytest.fixture(autouse=True)
def wide_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line of a command's table is broken, wherever the tests run; a test may set another."""
    monkeypatch.setenv("COLUMNS", "300")
