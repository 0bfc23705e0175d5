"""Pictures: SVG loses scripts and links and keeps the rest, sizes are read."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import etree
from made_notebooks import PNG, SQUARE
from PIL import Image as Pillow

from mapping.errors import UsageError
from mapping.publish import images

NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def cleaned(inner: str, attributes: str = "") -> str:
    return images.svg(f"<svg {NAMESPACES} {attributes}>{inner}</svg>").data.decode()


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<foreignObject><p>x</p></foreignObject>",
        '<image href="file:///etc/passwd" width="9" height="9"/>',
        '<image xlink:href="https://su.se/a.png"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        '<rect onclick="alert(1)"/>',
        '<use href="other.svg#a"/>',
        '<a href="https://su.se"><rect/></a>',
        "<style>@import 'https://su.se/a.css';</style>",
        "<style>rect{fill:url(https://su.se/a.svg#b)}</style>",
        '<rect style="fill:url(&quot;//su.se/a#b&quot;)"/>',
        "<?php x ?><!-- y -->",
    ],
)
def test_scripts_and_links_are_gone(inner: str) -> None:
    found = cleaned(inner)
    for trace in ("alert", "passwd", "su.se", "other.svg", "svg+xml", "php", "<!--", "<p"):
        assert trace not in found


@pytest.mark.parametrize(
    "inner",
    [
        '<use href="#mark"/>',
        '<use xlink:href="#mark"/>',
        '<rect clip-path="url(#clip)" style="fill: url( &quot;#a&quot; )"/>',
        '<image href="data:image/png;base64,AAAA"/>',
        "<style>rect{stroke-linejoin:round}</style>",
        "<title>a title</title>",
    ],
)
def test_what_lies_within_stays(inner: str) -> None:
    expected = etree.fromstring(f"<svg {NAMESPACES}>{inner}</svg>")
    assert etree.tostring(etree.fromstring(cleaned(inner))) == etree.tostring(expected)


def test_text_after_a_removed_element_stays_and_what_no_font_has_is_written_out() -> None:
    found = cleaned("<text>a<script>x</script>b\U0001f9e0<tspan>c</tspan>\U0001f9e0</text>")
    assert "ab[U+1F9E0]" in found
    assert found.count("[U+1F9E0]") == 2


def test_entities_read_no_file(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("secret")
    source = (
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{(tmp_path / "file.txt").as_uri()}">]>'
        f"<svg {NAMESPACES}><text>a&x;b</text></svg>"
    )
    found = images.svg(source).data.decode()
    assert "secret" not in found
    assert "ENTITY" not in found
    assert "<text>ab</text>" in found


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="72pt" height="36pt"', (72, 36)),
        ('width="96" height="48px"', (72, 36)),
        ('width="2.54cm" height="25.4mm"', (72, 72)),
        ('width="1in" height="1pc"', (72, 12)),
        ('viewBox="0 0 400 200"', (300, 150)),
        ('width="100%" height="100%" viewBox="0 0 400 200"', (300, 150)),
        ("", (225, 112.5)),
    ],
)
def test_natural_sizes_of_svg(attributes: str, size: tuple[float, float]) -> None:
    image = images.svg(f"<svg {NAMESPACES} {attributes}/>")
    assert (image.width, image.height) == pytest.approx(size)


@pytest.mark.parametrize(("kind", "suffix"), [("png", "png"), ("jpeg", "jpg")])
def test_bitmaps_are_96_dots_an_inch(kind: str, suffix: str) -> None:
    file = io.BytesIO()
    Pillow.new("RGB", (192, 96)).save(file, format=kind)
    image = images.bitmap(file.getvalue())
    assert (image.suffix, image.width, image.height) == (suffix, 144, 72)
    assert image.data == file.getvalue()


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", PNG[:20], b"\xff\xd8\xff\xe0\x00\x02", b"\xff\xd8\xff"]
)
def test_other_bitmaps_are_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match="neither SVG, PNG nor JPEG"):
        images.bitmap(data)


@pytest.mark.parametrize("source", ["", "<svg", "<p xmlns='x'/>", "text"])
def test_a_damaged_svg_is_refused(source: str) -> None:
    with pytest.raises(UsageError, match="SVG is damaged"):
        images.svg(source)


def test_addresses_with_data() -> None:
    encoded = base64.b64encode(SQUARE.encode()).decode()
    made = images.svg(SQUARE)
    assert images.from_uri(f"data:image/svg+xml;base64,{encoded}") == made
    assert images.from_uri(f"data:image/svg+xml;utf8,{quote(SQUARE)}") == made
    assert images.from_uri(
        f" DATA:image/png;BASE64,{base64.b64encode(PNG).decode()}"
    ) == images.bitmap(PNG)
    assert images.from_uri("https://su.se/a.png") is None
    assert images.from_uri("/etc/hostname") is None
    with pytest.raises(UsageError, match="not base64"):
        images.from_uri("data:image/png;base64,A")
