"""Zip files that come from elsewhere: what is in them, read within stated limits.

Nothing is ever written to disk, and no link or path is followed: an entry is only its bytes. An
archive whose directory is made to mislead is refused as a whole, with every such entry named;
broken, lying or exploding content is found while an entry is read. Archives within an archive are
not opened: whoever needs none of them passes them over like any other entry.
"""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from mapping.errors import DataError, Problem
from mapping.instruments.sheet import composed

MEGABYTE = 1 << 20
_SHOWN = 120
_CHUNK = 1 << 16
_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_ENTRY_MARK = b"PK\x01\x02"
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_DRIVE = re.compile(r"[A-Za-z]:")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises on bytes that are no sound archive."""

SAVE_AGAIN = "Export the file again, or pack it anew as an ordinary zip without a password."
TRUST_NOT = "No program of ours writes this: ask who made the file, and export it again."


@dataclass(frozen=True)
class Limits:
    """How much of an archive is read at most.

    ``entries`` in its directory; ``entry_bytes`` out of one entry and ``total_bytes`` out of all,
    as they are when unpacked (what is not read, such as films, does not count); ``ratio`` of an
    entry's bytes to its packed bytes, for entries above ``small_bytes``.
    """

    entries: int = 20_000
    entry_bytes: int = 512 * MEGABYTE
    total_bytes: int = 1024 * MEGABYTE
    ratio: int = 200
    small_bytes: int = 10 * MEGABYTE


STATED = Limits()


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip file does."""
    return data[:4] in _MARKS


class Archive:
    """A zip file called ``file``, its directory checked.

    Raises
    ------
    DataError
        It is no zip file, or is broken; it has too many entries; an entry's path leaves the
        archive, is a link, comes twice (also but for case or accents), is encrypted, or is packed
        by a method other than deflate. All such entries are named at once.

    """

    def __init__(self, file: str, data: bytes, limits: Limits = STATED) -> None:
        self.file = file
        self._limits = limits
        self._size = len(data)
        self._left = limits.total_bytes
        entries = _directory(file, data, limits)
        problems = _entry_problems(file, entries)
        if problems:
            raise DataError(problems)
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._entries = {_path(entry): entry for entry in entries if not _is_folder(entry)}
        self._names = {name.casefold(): name for name in self._entries}

    @property
    def names(self) -> tuple[str, ...]:
        """The entries' paths, with ``/`` between folders, in the order of the archive."""
        return tuple(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def find(self, path: str) -> str:
        """The entry with this path, whatever its case; blank if there is none."""
        return self._names.get(path.casefold(), "")

    def length(self, name: str) -> int:
        """The bytes that an entry has by the archive's directory; what it really has may differ."""
        return self._entries[name].file_size

    def read(self, name: str) -> bytes:
        """The bytes of one entry; raises as :meth:`chunks` does."""
        return b"".join(self.chunks(name))

    def beginning(self, name: str, length: int) -> bytes:
        """The first bytes of one entry, to tell what it is; raises as :meth:`chunks` does."""
        found = b""
        for chunk in self.chunks(name):
            found += chunk
            if len(found) >= length:
                break
        return found[:length]

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of one entry, piece by piece; no more is unpacked than is asked for.

        Raises
        ------
        DataError
            The entry is damaged, not as long as the directory says, or beyond the limits.

        """
        entry, length = self._entries[name], 0
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    length += len(chunk)
                    self._left -= len(chunk)
                    self._within(entry, length)
                    yield chunk
        except _BROKEN:
            raise DataError([self._damaged(entry)]) from None
        if length != entry.file_size:
            raise DataError([self._damaged(entry)])

    def _within(self, entry: zipfile.ZipInfo, length: int) -> None:
        limits = self._limits
        packed = max(1, min(entry.compress_size, self._size))
        exploding = length > limits.small_bytes and length > limits.ratio * packed
        if length > limits.entry_bytes:
            expected = f"at most {limits.entry_bytes // MEGABYTE} MB in one entry"
        elif self._left < 0:
            expected = f"at most {limits.total_bytes // MEGABYTE} MB in all that is read"
        elif exploding:
            expected = f"an entry that unpacks to at most {limits.ratio} times its packed size"
        else:
            return
        found = "more than that when unpacked"
        raise DataError([_problem(self.file, _path(entry), found, expected, TRUST_NOT)])

    def _damaged(self, entry: zipfile.ZipInfo) -> Problem:
        expected = "an entry as long as the archive says and with its checksum"
        found = "damaged content"
        return _problem(self.file, _path(entry), found, expected, SAVE_AGAIN)


def _directory(file: str, data: bytes, limits: Limits) -> list[zipfile.ZipInfo]:
    """What the archive lists. Entries are counted first: each that is parsed takes memory."""
    expected = f"at most {limits.entries} entries"
    too_many = Problem(file, None, "", "more entries than that", expected, TRUST_NOT)
    if data.count(_ENTRY_MARK) > 5 * limits.entries:  # archives within it have entries too
        raise DataError([too_many])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except _BROKEN:
        expected = "a whole zip archive"
        raise DataError(
            [Problem(file, None, "", "a damaged one, or none", expected, SAVE_AGAIN)]
        ) from None
    if len(entries) > limits.entries:
        raise DataError([too_many])
    return entries


def _entry_problems(file: str, entries: list[zipfile.ZipInfo]) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for entry in entries:
        path = _path(entry)
        told = _misleading(entry, path) or _unreadable(entry)
        same = composed(composed(path).casefold())
        if not told and not _is_folder(entry) and same in seen:
            told = ("a second entry of this name", "each name once, whatever its case", TRUST_NOT)
        seen.add(same)
        if told:
            problems.append(_problem(file, path, *told))
    return problems


def _misleading(entry: zipfile.ZipInfo, path: str) -> tuple[str, str, str] | None:
    """What is wrong with where an entry says it belongs: found, expected, remedy."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    inside = "a path inside the archive"
    if path.startswith("/") or _DRIVE.match(path):
        return "an absolute path", inside, TRUST_NOT
    if ".." in path.split("/"):
        return "a path out of the archive", inside, TRUST_NOT
    if not path or "\0" in entry.orig_filename:
        return "a name that is none", inside, TRUST_NOT
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "a link or device", "files and folders only", TRUST_NOT
    return None


def _unreadable(entry: zipfile.ZipInfo) -> tuple[str, str, str] | None:
    if entry.flag_bits & _ENCRYPTED:
        return "an encrypted entry", "an archive without a password", SAVE_AGAIN
    if entry.compress_type not in _METHODS and not _is_folder(entry):
        found = f"packing method {entry.compress_type}"
        return found, "entries stored or packed by deflate", SAVE_AGAIN
    return None


def _path(entry: zipfile.ZipInfo) -> str:
    """The path with ``/`` between folders, where some Windows programs write backslashes."""
    return entry.filename.replace("\\", "/")


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return _path(entry).endswith("/")


def shown_path(path: str) -> str:
    """A path within an archive as a problem shows it: on one line, and not without end."""
    text = path if len(path) <= _SHOWN else f"{path[:_SHOWN]}…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _problem(file: str, path: str, found: str, expected: str, remedy: str) -> Problem:
    return Problem(file, None, shown_path(path), found, expected, remedy)
