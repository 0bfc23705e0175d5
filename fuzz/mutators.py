"""Ways to damage a file: as bytes, as a table, as XML and as a zip archive.

Everything is drawn from the :class:`random.Random` that is given, so that a number repeats it.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any

from lxml import etree

LARGEST = 1 << 20
"""Bytes that a damaged file has at most, lest most of the time goes to a few of them."""

TOKENS = (
    *(b'"', b'""', b"'", b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\0", b"\x1a", b"\x1b[2J"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\xff", b"\xc3"),
    *("å".encode(), "å".encode("cp1252"), "a\u030a".encode(), "\U0001f600".encode()),
    *("\u202e".encode(), "\u2028".encode(), "\u200b".encode(), "\ufeff".encode()),
    *("\u0301\u0327".encode() * 50, "\U000e0041".encode(), "\u0130ı\u1e9e".encode()),
    *(b"=cmd|' /C calc'!A0", b"+1", b"-1", b"@x", b"'=1+1", b"'", b"{newline}", b"{quote}"),
    *(b"0", b"-0", b"1e308", b"1e999", b"NaN", b"inf", b"9" * 40, b"0x10", b"1_0", b"1,5", b"1.5"),
    *(b"2020-02-30", b"9999-12-31", b"0000-00-00", b"2020-01-15T25:61:61", b"1980-01-01 00:00:00"),
    *(b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>", b"&b;", b"&#0;", b"&#xD800;"),
    *(b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml version='1.0' encoding='utf-7'?>", b"</"),
    *(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"../../etc/passwd", b"C:\\x", b"internal://"),
    *(b"ABC-1", b"interest/2", b"department", b"submitdate", b"Y", b"", b" ", b"x" * 5000),
    *(b"{00000000-0000-0000-0000-000000000000}", b"$FL2", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff"),
)
"""What readers stumble over, and what the seeds themselves are made of."""

Damage = Callable[[Random, bytes, Sequence[bytes]], bytes]
"""Gives other bytes; the last argument are files to splice with."""


def damaged(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """The file with one to four kinds of damage, one after the other."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        data = _one(random, data, others)[:LARGEST]
    return data


def _one(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Half the time what the file's structure is damaged by, if it has one that is still whole."""
    if random.random() < 0.6:
        known = _known(data)
        with warnings.catch_warnings(), suppress(Exception):  # it is no longer what it was
            warnings.simplefilter("ignore")  # of zipfile, on names that come twice
            return known(random, data, others)
    return random.choice(BYTES)(random, data, others)


def _known(data: bytes) -> Damage:
    """What damages a file of this structure."""
    if data[:2] == b"PK":
        return _zip
    if b"<?xml" in data[:60]:
        return _xml
    return _lines if b" = " in data[:500] else _table


# --- bytes ----------------------------------------------------------------------------------


def _slice(random: Random, data: bytes) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    length = random.choice((1, 2, 4, 16, 64, 1024, len(data)))
    return start, min(len(data), start + random.randrange(length + 1))


def _flip(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8, 32))):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _any_byte(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.randbytes(random.choice((1, 2, 4, 8))) + data[at + 1 :]


def _cut(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _slice(random, data)
    return data[:start] + data[end:]


def _end(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _repeat(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _slice(random, data)
    times = random.choice((2, 3, 10, 1000, 100_000))
    most = max(1, LARGEST // max(1, end - start))
    return data[:end] + data[start:end] * min(times, most) + data[end:]


def _swap(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    (a, b), (c, d) = sorted((_slice(random, data), _slice(random, data)))
    if b > c:
        return data[c:] + data[:c]
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _splice(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    start, end = _slice(random, other)
    at, until = _slice(random, data)
    if random.random() < 0.5:
        return data[:at] + other[start:]
    return data[:at] + other[start:end] + data[until:]


def _token(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _slice(random, data)
    token = random.choice(TOKENS)
    return data[:start] + token + data[random.choice((start, end)) :]


def _number(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    found = list(re.finditer(rb"[0-9]+", data))
    if not found:
        return data
    at = random.choice(found)
    number = random.choice(
        (b"0", b"1", b"-1", b"5", b"99999999999999999999", b"4294967296", b"1.5")
    )
    return data[: at.start()] + number + data[at.end() :]


def _encoding(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    name = random.choice(("utf-16", "utf-16-le", "utf-32", "cp1252", "utf-8-sig", "utf-7"))
    return data.decode("utf-8", "replace").encode(name, "replace")


def _line_ends(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", random.choice((b"\r", b"\r\n", b"\n\n")))


BYTES: tuple[Damage, ...] = (
    *(_flip, _any_byte, _cut, _end, _repeat, _swap, _splice, _token, _number, _encoding),
    _line_ends,
)


def _lines(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Lines of keys and values moved, repeated, taken out or given another value."""
    lines = data.split(b"\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    key, mark, value = lines[at].partition(b" = ")
    others = [line.partition(b" = ")[2] for line in lines if b" = " in line]
    values = (
        *(random.choice(others), b'"%s"' % random.choice(TOKENS), random.choice(TOKENS)),
        *(value[:-1] + random.choice(TOKENS) + value[-1:], b"true", b"2020", b"{}", b"[[]]", b'""'),
    )
    ways = (
        *([key + mark + random.choice(values)],) * 4,
        *([], [lines[at]] * 2, [lines[other]], [lines[at] + b" # x"]),
    )
    return b"\n".join([*lines[:at], *random.choice(ways), *lines[at + 1 :]])


# --- tables of text -------------------------------------------------------------------------


def _table(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Records and cells moved, taken out, repeated or filled with something else."""
    text = data.decode("utf-8-sig")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    random.choice(_TABLES)(random, rows)
    made = io.StringIO()
    quoting = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    ends = random.choice(("\n", "\r\n"))
    csv.writer(made, delimiter=separator, quoting=quoting, lineterminator=ends).writerows(rows)
    return made.getvalue().encode("utf-8", "surrogatepass")


def _place(random: Random, rows: list[list[str]]) -> tuple[int, int]:
    row = random.randrange(len(rows))
    return row, random.randrange(len(rows[row]))


def _text(random: Random) -> str:
    return random.choice(TOKENS).decode("utf-8", "replace")


def _other_cell(random: Random, rows: list[list[str]]) -> None:
    row, column = _place(random, rows)
    rows[row][column] = random.choice(("", _text(random), "z" * random.choice((50, 200_000))))


def _swapped_cells(random: Random, rows: list[list[str]]) -> None:
    (a, b), (c, d) = _place(random, rows), _place(random, rows)
    rows[a][b], rows[c][d] = rows[c][d], rows[a][b]


def _copied_cell(random: Random, rows: list[list[str]]) -> None:
    (a, b), (c, d) = _place(random, rows), _place(random, rows)
    rows[a][b] = rows[c][d]


def _appended_text(random: Random, rows: list[list[str]]) -> None:
    row, column = _place(random, rows)
    rows[row][column] += _text(random)


def _repeated_row(random: Random, rows: list[list[str]]) -> None:
    row = random.choice(rows)
    rows[:] = rows + [list(row) for _ in range(random.choice((1, 2, 500)))]


def _lost_row(random: Random, rows: list[list[str]]) -> None:
    del rows[random.randrange(len(rows))]


def _lost_cell(random: Random, rows: list[list[str]]) -> None:
    row, column = _place(random, rows)
    del rows[row][column]


def _lost_column(random: Random, rows: list[list[str]]) -> None:
    _, column = _place(random, rows)
    for row in rows:
        del row[column : column + 1]


def _repeated_column(random: Random, rows: list[list[str]]) -> None:
    _, column = _place(random, rows)
    for _ in range(random.choice((1, 1, 2, 2000))):
        for row in rows:
            row.append(row[column] if column < len(row) else "")


def _turned(random: Random, rows: list[list[str]]) -> None:
    random.choice((rows.reverse, lambda: random.shuffle(rows)))()


_TABLES: tuple[Callable[[Random, list[list[str]]], None], ...] = (
    *(_other_cell, _swapped_cells, _copied_cell, _appended_text, _repeated_row, _lost_row),
    *(_lost_cell, _lost_column, _repeated_column, _turned, _other_cell, _copied_cell),
)


# --- XML ------------------------------------------------------------------------------------


def _xml(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Elements repeated, nested, moved or taken out; attributes and texts changed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(data, parser)
    random.choice(_ELEMENTS)(random, root)
    declared = random.choice((b"", b"", b"", b"<!DOCTYPE a [<!ENTITY b 'c'>]>"))
    whole = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    start, _, rest = whole.partition(b"\n")
    return start + declared + b"\n" + rest


def _any_element(random: Random, root: Any) -> Any:
    return random.choice([each for each in root.iter() if isinstance(each.tag, str)])


def _repeated_element(random: Random, root: Any) -> None:
    element = _any_element(random, root)
    text, most = etree.tostring(element), random.choice((1, 2, 300))
    times = min(most, LARGEST // len(text))
    parent = element.getparent() if element.getparent() is not None else root
    parent.extend([etree.fromstring(text) for _ in range(times)])  # before any is in its place


def _nested_element(random: Random, root: Any) -> None:
    element = inner = _any_element(random, root)
    for _ in range(random.choice((1, 5, 300))):
        inner = etree.SubElement(inner, element.tag, dict(element.attrib))


def _moved_element(random: Random, root: Any) -> None:
    element, place = _any_element(random, root), _any_element(random, root)
    if element is not root and place not in element.iter():
        place.append(element)


def _lost_element(random: Random, root: Any) -> None:
    element = _any_element(random, root)
    if element is not root:
        element.getparent().remove(element)


def _other_attribute(random: Random, root: Any) -> None:
    values = [value for each in root.iter() for value in each.attrib.values()]
    chosen = [each for each in root.iter() if each.attrib]
    element = random.choice(chosen)
    key = random.choice(list(element.attrib))
    element.set(key, random.choice((random.choice(values), _text(random), "9" * 30, "-1", "")))


def _lost_attribute(random: Random, root: Any) -> None:
    element = random.choice([each for each in root.iter() if each.attrib])
    del element.attrib[random.choice(list(element.attrib))]


def _other_text(random: Random, root: Any) -> None:
    element = _any_element(random, root)
    element.text = random.choice((None, _text(random), (element.text or "") * 50, "5"))


def _other_tag(random: Random, root: Any) -> None:
    element, other = _any_element(random, root), _any_element(random, root)
    element.tag = random.choice((other.tag, "x", etree.QName(other).localname))


_ELEMENTS: tuple[Callable[[Random, Any], None], ...] = (
    *(_repeated_element, _nested_element, _moved_element, _lost_element, _other_attribute),
    *(_other_attribute, _lost_attribute, _other_text, _other_tag),
)


# --- zip archives ---------------------------------------------------------------------------


def _zip(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """An entry damaged, renamed, repeated, taken out or put in; packed anew, or not quite."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(one.file_size for one in archive.infolist()) > 8 * LARGEST:
            raise ValueError("too large to be packed anew")
        entries = [(name, archive.read(name)) for name in archive.namelist()]
    random.choice(_ENTRIES)(random, entries, others)
    made = io.BytesIO()
    methods = (zipfile.ZIP_DEFLATED,) * 4 + (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2)
    with zipfile.ZipFile(made, "w", random.choice(methods)) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content,
                             archive.compression)  # fmt: skip
    whole = made.getvalue()
    return _flip(random, whole, others) if random.random() < 0.1 else whole


Entries = list[tuple[str, bytes]]


def _damaged_entry(random: Random, entries: Entries, others: Sequence[bytes]) -> None:
    at = random.randrange(len(entries))
    name, content = entries[at]
    entries[at] = (name, _one(random, content, others)[:LARGEST])


def _replaced_entry(random: Random, entries: Entries, others: Sequence[bytes]) -> None:
    at = random.randrange(len(entries))
    contents = (b"", random.choice(others), random.choice(entries)[1], b"\0" * LARGEST)
    entries[at] = (entries[at][0], random.choice(contents))


def _renamed_entry(random: Random, entries: Entries, _others: Sequence[bytes]) -> None:
    at = random.randrange(len(entries))
    name, content = entries[at]
    names = ("../x", "/x", "C:\\x", name.upper(), name + "/", "x" * 300, "å\u202e", "", name[::-1])
    entries[at] = (random.choice(names), content)


def _repeated_entry(random: Random, entries: Entries, _others: Sequence[bytes]) -> None:
    entries.append(random.choice(entries))


def _lost_entry(random: Random, entries: Entries, _others: Sequence[bytes]) -> None:
    del entries[random.randrange(len(entries))]


def _more_entries(random: Random, entries: Entries, others: Sequence[bytes]) -> None:
    for number in range(random.choice((1, 3, 300))):
        name = random.choice(entries)[0] if entries else ""
        entries.append((f"{number}{name}", random.choice(others)[:2000]))


_ENTRIES: tuple[Callable[[Random, Entries, Sequence[bytes]], None], ...] = (
    *(_damaged_entry,) * 8,
    *(_replaced_entry, _renamed_entry, _repeated_entry, _lost_entry, _more_entries),
)
