"""A door that dies, hangs or eats, as its file says."""

from __future__ import annotations

import time

from fuzz.door import Outcome
from fuzz.pool import Files


def treacherous(files: Files) -> Outcome:
    """What the file ``do`` says, and then ``read``."""
    what = files["do"].decode()
    if what == "die":
        raise SystemExit(3)
    if what == "hang":
        time.sleep(60)
    if what == "work":
        end = time.process_time() + 0.4
        while time.process_time() < end:
            pass
    if what == "eat":
        bytearray(3_000_000_000)
    return Outcome("read")
