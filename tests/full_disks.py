"""A disk without room, as far as a process can make one for itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def no_room(size: int = 0) -> Iterator[None]:
    """No file may become larger than so many bytes: the system refuses, as a full disk does."""
    resource = pytest.importorskip("resource", reason="no limits on the size of files here")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
