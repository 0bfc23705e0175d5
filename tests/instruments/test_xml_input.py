"""XML that is made to do harm, and what else is not well-formed; what is well-formed is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mapping.errors import DataError, Problem
from mapping.instruments import xml_input
from mapping.instruments.xml_input import XmlLimits

LEVELS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "boom" * 10}">' for n in range(9))
BOMB = f"<!DOCTYPE a [{LEVELS}]>"

READERS: dict[str, Callable[[bytes], object]] = {
    "events": lambda data: list(xml_input.events("x.qde", data)),
    "elements": lambda data: list(xml_input.elements("x.qde", data, ["a"])),
    "records": lambda data: list(xml_input.records("x.qde", data, ["a"])),
    "tree": lambda data: xml_input.tree("x.qde", data),
}


def refused(read: Callable[[bytes], object], data: bytes) -> Problem:
    with pytest.raises(DataError) as error:
        read(data)
    (problem,) = error.value.problems
    assert problem.file == "x.qde"
    assert problem.remedy
    return problem


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "text",
    [
        f"{BOMB}<a>&e8;</a>",
        f'{BOMB}<a b="&e8;"/>',
        "<!DOCTYPE a><a/>",
        '<!DOCTYPE a SYSTEM "http://localhost:9/a.dtd"><a/>',
        f'<!DOCTYPE a [<!ENTITY e "{"x" * 10_000}">]><a>{"&e;" * 10_000}</a>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_every_document_type_declaration_is_refused(reader: str, text: str, encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    problem = refused(READERS[reader], data)
    assert problem.value == "a document type declaration"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "declared", ['<!ENTITY e SYSTEM "{}">', '<!ENTITY % p SYSTEM "{}"> %p;<!ENTITY e "x">']
)
def test_no_file_is_fetched(reader: str, declared: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("<!ENTITY e 'hemligt'>")
    text = f"<!DOCTYPE a [{declared.format(secret.as_uri())}]><a>&e;</a>"
    problem = refused(READERS[reader], text.encode())
    assert "hemligt" not in problem.sentence()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"<a>" * 500, "too deep"),
        (b'<a b="' + b"x" * 11_000_000 + b'"/>', "too long"),
        (b"<a>" + b"x" * 11_000_000 + b"</a>", "too long"),
        (b"<a><!--" + b"x" * 11_000_000 + b"--></a>", "too long"),
        (b"<a>\n\n<b></a>", "line 3"),
        (b"<a>\n\0</a>", "line 2"),
        (b"<a>&other;</a>", "breaks the rules"),
        (b"<a>", "breaks the rules"),
        (b"", "breaks the rules"),
        (b"text", "breaks the rules"),
        ("<?xml version='1.0' encoding='utf-8'?><a>å</a>".encode("latin-1"), "encoding"),
        (b"<?xml version='1.0' encoding='nonsense'?><a/>", "encoding"),
        (b"<a/><a/>", "breaks the rules"),
    ],
)
def test_what_is_not_well_formed_is_told_with_its_line(
    reader: str, data: bytes, found: str
) -> None:
    assert found in refused(READERS[reader], data).value


def test_an_error_names_the_entry_and_not_the_text() -> None:
    with pytest.raises(DataError) as error:
        xml_input.tree("x.qdpx", b"<a><hemligt></b></a>", "project.qde")
    (problem,) = error.value.problems
    assert (problem.file, problem.column) == ("x.qdpx", "project.qde")
    assert "hemligt" not in problem.sentence()


LIMITED: dict[str, Callable[[bytes, XmlLimits], object]] = {
    "events": lambda data, limits: list(xml_input.events("x.qde", data, "", limits)),
    "elements": lambda data, limits: list(xml_input.elements("x.qde", data, ["a"], "", limits)),
    "tree": lambda data, limits: xml_input.tree("x.qde", data, "", limits),
}


@pytest.mark.parametrize("reader", LIMITED)
@pytest.mark.parametrize(
    ("limits", "data", "refuses"),
    [
        (XmlLimits(elements=3), b"<a><b/><b/></a>", False),
        (XmlLimits(elements=3), b"<a><b/><b/><b/></a>", True),
        (XmlLimits(depth=3), b"<a><b><c/></b></a>", False),
        (XmlLimits(depth=3), b"<a><b><c><d/></c></b></a>", True),
        (XmlLimits(size=15), b"<a><b/><b/></a>", False),
        (XmlLimits(size=14), b"<a><b/><b/></a>", True),
    ],
)
def test_each_limit_has_its_edge(
    reader: str, limits: XmlLimits, data: bytes, refuses: bool
) -> None:
    if refuses:
        with pytest.raises(DataError):
            LIMITED[reader](data, limits)
    else:
        LIMITED[reader](data, limits)


@pytest.mark.parametrize("reader", ["elements", "tree"])
def test_what_is_held_at_one_time_has_a_limit(reader: str) -> None:
    data = b'<a><b c="1"/><b c="1"/></a>'
    LIMITED[reader](data, XmlLimits(held=5))
    with pytest.raises(DataError, match="elements and attributes"):
        LIMITED[reader](data, XmlLimits(held=4))


def test_events_tell_beginnings_and_ends_in_order() -> None:
    data = b'<a x="1"><!-- no --><b>text</b><?no no?><c/></a>'
    told = [
        (begins, element.tag, dict(element.attrib) if begins else element.text)
        for begins, element in xml_input.events("x", data)
    ]
    assert told == [
        (True, "a", {"x": "1"}),
        (True, "b", {}),
        (False, "b", "text"),
        (True, "c", {}),
        (False, "c", None),
        (False, "a", None),
    ]


def test_elements_are_whole_and_let_go() -> None:
    data = b"<r><x/>" + b"".join(b"<a n='%d'><b/><a/></a>" % n for n in range(5)) + b"</r>"
    sizes, numbers = [], []
    pieces = (bytes([byte]) for byte in data)
    for element in xml_input.elements("x", pieces, ["a"]):
        assert [xml_input.local(child) for child in element] == ["b", "a"]
        numbers.append(element.get("n"))
        sizes.append(sum(1 for _ in element.getroottree().iter()))
    assert numbers == list("01234")
    assert max(sizes) <= 6


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_text_comes_in_any_encoding_that_is_stated(encoding: str) -> None:
    stated = "utf-8" if encoding == "utf-8-sig" else encoding
    data = f'<?xml version="1.0" encoding="{stated}"?><a>åäö</a>'.encode(encoding)
    assert xml_input.tree("x", data).text == "åäö"


def test_pieces_are_read_like_one() -> None:
    pieces = (bytes([byte]) for byte in b"<a><b>text</b></a>")
    assert xml_input.tree("x", pieces)[0].text == "text"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'<Project xmlns="urn:x">', ("urn:x", "Project")),
        (b"<a", ("", "")),
        (b"", ("", "")),
        (b"PK\x03\x04", ("", "")),
        (b"<!DOCTYPE a><a/>", ("", "")),
    ],
)
def test_the_outermost_element_is_told_without_an_error(
    data: bytes, found: tuple[str, str]
) -> None:
    assert xml_input.root(data) == found
