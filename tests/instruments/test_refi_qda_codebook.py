"""Codebooks: the protocol's as a file that coding programs import, and back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree
from raw_years import problems, tiny, write
from refi_studies import PROTOCOL, zipped

from mapping.errors import DataError
from mapping.instruments import read_settings
from mapping.instruments.refi_qda import codebook_file, is_codebook, is_refi_qda, read_codebook
from mapping.instruments.year import examine_year
from mapping.protocol import load_protocol

CODES = [code.code for code in PROTOCOL.codes if code.instrument == "interview"]
BOOK = '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{}</Codes></CodeBook>'


def test_the_protocol_s_codebook_comes_back() -> None:
    data = codebook_file(PROTOCOL).encode()
    assert is_codebook(data)
    assert not is_refi_qda(data)
    assert sorted(read_codebook("a.qdc", data)) == sorted(CODES)


def test_the_codebook_is_nested_labelled_and_the_same_each_time() -> None:
    text = codebook_file(PROTOCOL)
    assert text == codebook_file(PROTOCOL)
    top = etree.fromstring(text.encode())[0]
    names = [code.get("name") for code in top]
    assert len(names) == len(set(names))
    interest = next(code for code in top if code.get("name") == "interest")
    assert interest.get("isCodable") == "false"
    assert [code.get("name") for code in interest] == ["0", "1", "2", "3"]
    assert interest[3][0].text == "starkt intresse | strong interest"
    guids = re.findall('guid="([^"]*)"', text)
    assert len(guids) == len(set(guids)) > len(CODES)
    assert all(re.fullmatch("[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", guid) for guid in guids)


def test_codes_are_told_with_those_above_them() -> None:
    data = BOOK.format(
        '<Code guid="1" name=" a " isCodable="false"><Code guid="2" name="b" isCodable="true">'
        '<Code guid="3" name="c" isCodable="1"/></Code></Code><Code guid="4" name="d"/>'
    )
    assert read_codebook("a.qdc", data.encode()) == ("a/b", "a/b/c", "d")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a,b\n",
        b"<CodeBook/>",
        zipped({"a.qdc": BOOK}),
        b'<x xmlns="urn:QDA-XML:codebook:1"/>',
    ],
)
def test_other_files_are_no_codebooks(data: bytes) -> None:
    assert not is_codebook(data)


def test_a_broken_codebook_is_told_with_its_line() -> None:
    with pytest.raises(DataError, match="line 1"):
        read_codebook("a.qdc", BOOK.format("<Code>").encode())


@pytest.mark.parametrize("name", ["su-2020", "su-2021"])
def test_the_shipped_codebook_is_the_protocols(name):
    folder = Path(__file__).parents[2] / "data" / "protocol" / name
    shipped = (folder / "codebook.qdc").read_text(encoding="utf-8")
    assert shipped == codebook_file(load_protocol(folder))


def test_a_codebook_in_a_years_folder_is_held_against_the_protocols(tmp_path):
    text = codebook_file(PROTOCOL).replace('name="recruitment"', 'name="recruitmnt"')
    examined = examine_year(
        {name: data.encode() for name, data in tiny().items()} | {"codes.qdc": text.encode()},
        PROTOCOL,
        read_settings(write(tmp_path, tiny())),
    )
    (found,) = (one for one in examined.found if one.kind == "REFI-QDA codebook")
    assert [(one.name, one.nearest) for one in found.unmapped] == [
        ("need/recruitmnt", "need/recruitment")
    ]
    assert found.warnings == ("It lacks codes of the protocol: need/recruitment.",)
    assert examined.raw is not None


def test_a_damaged_codebook_is_an_error(tmp_path):
    text = codebook_file(PROTOCOL).replace("</CodeBook>", "")
    files = tiny() | {"codes.qdc": text}
    (problem,) = problems(tmp_path, files)
    assert problem.file == "codes.qdc"
