"""Zip files that are made to mislead, and the limits within which others are read."""

from __future__ import annotations

import io
import os
import struct
import unicodedata
import zipfile

import pytest

from mapping.errors import DataError, Problem
from mapping.instruments.archive import Archive, Limits, is_zip, shown_path

Entry = str | zipfile.ZipInfo


def packed(*entries: tuple[Entry, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return data.getvalue()


def refused(data: bytes, limits: Limits | None = None) -> tuple[Problem, ...]:
    """The problems for which an archive is not opened, or not read."""
    with pytest.raises(DataError) as error:  # noqa: PT012 - refused when opened or when read
        archive = Archive("x.qdpx", data, limits or Limits())
        for name in archive.names:
            archive.read(name)
    return error.value.problems


def one(data: bytes, limits: Limits | None = None) -> Problem:
    (problem,) = refused(data, limits)
    assert problem.file == "x.qdpx"
    assert problem.expected
    assert problem.remedy
    return problem


def test_entries_are_read_with_slashes_between_folders() -> None:
    data = packed(("project.qde", b"<a/>"), ("Sources\\b.txt", b"text"), ("empty/", b""))
    archive = Archive("x.qdpx", data)
    assert archive.names == ("project.qde", "Sources/b.txt")
    assert archive.read("Sources/b.txt") == b"text"
    assert archive.find("SOURCES/B.TXT") == "Sources/b.txt"
    assert archive.find("c.txt") == ""
    assert archive.length("Sources/b.txt") == 4
    assert archive.beginning("project.qde", 2) == b"<a"
    assert "project.qde" in archive


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("../secret", "a path out of the archive"),
        ("sources/../../secret", "a path out of the archive"),
        ("sources\\..\\..\\secret", "a path out of the archive"),
        ("/etc/passwd", "an absolute path"),
        ("C:/windows", "an absolute path"),
        ("c:\\windows", "an absolute path"),
        ("\\\\server\\share", "an absolute path"),
    ],
)
def test_a_path_that_leaves_the_archive_is_refused(name: str, found: str) -> None:
    problem = one(packed(("ok.txt", b""), (name, b"x")))
    assert problem.value == found
    assert problem.column == name.replace("\\", "/")


def test_dots_within_a_name_are_a_name() -> None:
    assert Archive("x", packed(("a..b/..c.txt", b"x"))).names == ("a..b/..c.txt",)


@pytest.mark.parametrize("kind", [0o120777, 0o060666, 0o010666])
def test_links_and_devices_are_refused(kind: int) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = kind << 16
    assert one(packed((link, b"/etc/passwd"))).value == "a link or device"


@pytest.mark.parametrize(
    "names",
    [
        ("a.txt", "A.TXT"),
        (unicodedata.normalize("NFC", "å.txt"), unicodedata.normalize("NFD", "å.txt")),
        ("s/a.txt", "s\\a.txt"),
        ("straße", "STRASSE"),
    ],
)
def test_the_same_name_twice_is_refused(names: tuple[str, str]) -> None:
    problem = one(packed(*((name, b"") for name in names)))
    assert problem.value == "a second entry of this name"


def test_exactly_the_same_name_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = packed(("a", b"1"), ("a", b"2"))
    assert one(data).value == "a second entry of this name"


def test_all_misleading_entries_are_named_at_once() -> None:
    problems = refused(packed(("../a", b""), ("ok", b""), ("/b", b"")))
    assert [problem.column for problem in problems] == ["../a", "/b"]


def test_an_encrypted_entry_is_refused() -> None:
    data = bytearray(packed(("secret.txt", b"text")))
    central = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[central + 8] |= 1
    problem = one(bytes(data))
    assert (problem.column, problem.value) == ("secret.txt", "an encrypted entry")
    assert "password" in problem.remedy


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packing_methods_are_refused(method: int) -> None:
    assert one(packed(("a", b"text"), method=method)).value == f"packing method {method}"


def test_damaged_content_is_found_by_its_checksum() -> None:
    data = packed(("a", b"some text"), method=zipfile.ZIP_STORED).replace(b"some", b"same")
    problem = one(data)
    assert (problem.column, problem.value) == ("a", "damaged content")


def test_damaged_packing_is_found() -> None:
    data = bytearray(packed(("a", os.urandom(50) * 40)))
    data[60:80] = b"\xff" * 20
    assert one(bytes(data)).value == "damaged content"


@pytest.mark.parametrize("size", [3, 5_000_000])
def test_an_entry_whose_size_is_a_lie_is_found(size: int) -> None:
    data = bytearray(packed(("a", b"x" * 1000)))
    central = data.index(b"PK\x01\x02")
    data[22:26] = struct.pack("<I", size)
    data[central + 24 : central + 28] = struct.pack("<I", size)
    assert one(bytes(data)).value == "damaged content"


def test_a_truncated_archive_is_no_archive() -> None:
    data = packed(("a", b"x" * 1000), ("b", b"y"))
    for end in (4, 30, len(data) // 2, len(data) - 1):
        assert one(data[:end]).value == "a damaged one, or none"


def test_a_name_that_changes_between_directory_and_entry_is_found() -> None:
    data = packed(("aaaa", b"text"))
    assert one(data.replace(b"aaaa", b"bbbb", 1)).value == "damaged content"


def test_a_name_with_a_nul_is_refused() -> None:
    assert one(packed(("aXb", b"")).replace(b"aXb", b"a\0b")).value == "a name that is none"


def test_an_archive_within_is_bytes_like_any_other() -> None:
    inner = packed(("../a", b"x"))
    assert Archive("x", packed(("inner.zip", inner))).read("inner.zip") == inner


@pytest.mark.parametrize(("length", "refuses"), [(1000, False), (1001, True)])
def test_one_entry_has_a_limit(length: int, refuses: bool) -> None:
    limits = Limits(entry_bytes=1000)
    data = packed(("a", os.urandom(length)))
    if refuses:
        assert one(data, limits).expected == "at most 0 MB in one entry"
    else:
        assert len(Archive("x", data, limits).read("a")) == length


def test_all_that_is_read_has_a_limit() -> None:
    archive = Archive("x", packed(("a", b"1" * 60), ("b", b"2" * 60)), Limits(total_bytes=100))
    assert archive.read("a") == b"1" * 60
    with pytest.raises(DataError, match="in all that is read"):
        archive.read("b")


@pytest.mark.parametrize(("ratio", "refuses"), [(100, True), (2000, False)])
def test_what_explodes_is_refused_while_it_is_unpacked(ratio: int, refuses: bool) -> None:
    data = packed(("a", b"0" * 2_000_000))
    limits = Limits(ratio=ratio, small_bytes=1000)
    archive = Archive("x", data, limits)
    if not refuses:
        assert len(archive.read("a")) == 2_000_000
        return
    pieces = 0
    with pytest.raises(DataError, match="times its packed size"):  # noqa: PT012
        for piece in archive.chunks("a"):
            pieces += len(piece)
    assert pieces < 500_000


def test_a_small_entry_may_be_packed_to_anything() -> None:
    archive = Archive("x", packed(("a", b"0" * 1000)), Limits(ratio=2, small_bytes=1000))
    assert len(archive.read("a")) == 1000


@pytest.mark.parametrize(("entries", "refuses"), [(10, False), (11, True), (60, True)])
def test_a_directory_has_a_limit(entries: int, refuses: bool) -> None:
    data = packed(*((str(number), b"") for number in range(entries)))
    if refuses:
        assert one(data, Limits(entries=10)).expected == "at most 10 entries"
    else:
        assert len(Archive("x", data, Limits(entries=10)).names) == entries


def test_a_zip_is_told_by_how_it_begins() -> None:
    assert is_zip(packed(("a", b"")))
    assert is_zip(packed())
    assert not is_zip(b"%PDF")
    assert not is_zip(b"")


def test_a_path_is_shown_on_one_line_and_not_without_end() -> None:
    assert shown_path("a\nb\x1b") == "a\\nb\\x1b"
    assert len(shown_path("x" * 10_000)) < 200
