"""Writing on a disk that may be full, read-only or gone: whole or not at all, and told clearly."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from mapping.errors import UsageError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
FAULTY = (errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE, errno.EMFILE, errno.ENFILE)


def is_of_the_disk(error: OSError) -> bool:
    """Whether it is the disk or its owner that refuses, and no fault of the program."""
    return error.errno in (*FULL, *FORBIDDEN, *FAULTY)


def reason(error: OSError) -> str:
    """Why it could not be, and what to do about it; on which file, if the system tells."""
    file = f" ({Path(str(error.filename)).name})" if error.filename else ""
    told = f"{error.strerror or type(error).__name__}{file}"
    if error.errno in FULL:
        return f"{told}: make room on the disk and try again"
    if error.errno in FORBIDDEN:
        return f"{told}: close it in other programs, and see who may write there"
    return told


@contextmanager
def making(what: str) -> Iterator[None]:
    """Tells what the disk refuses; whoever makes ``what`` leaves nothing of it behind.

    Raises
    ------
    UsageError
        It could not be written.

    """
    try:
        yield
    except OSError as error:
        told = f"{what} could not be made: {reason(error)}; nothing was changed"
        raise UsageError(told) from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, on disk before this returns; it is there as a whole, or as it was."""
    write_together({path: data})


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write files: all of them lie beside their places before the first comes into its own."""
    pending = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in files}
    try:
        for path, data in files.items():
            with pending[path].open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for path, part in pending.items():
            os.replace(part, path)
    finally:
        for part in pending.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)
