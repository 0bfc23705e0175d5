"""What a notebook shows and the PDF takes up: escaped HTML, the same as plain text, metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape


@dataclass(frozen=True)
class Display:
    """One output of a cell: JupyterLab shows ``html``, the exporter reads html and metadata."""

    html: str
    plain: str
    metadata: Mapping[str, object] = field(default_factory=dict)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, object]]:
        del include, exclude  # Jupyter narrows the bundle itself; both forms are always given
        data = {"text/html": self.html, "text/plain": self.plain}
        return data, {"mapping": dict(self.metadata)} if self.metadata else {}

    def __repr__(self) -> str:
        return self.plain


def element(tag: str, text: str, **attributes: str) -> str:
    """An element with this text; the text and the attributes' values are escaped.

    >>> element("th", "a < b", scope="col")
    '<th scope="col">a &lt; b</th>'
    """
    return wrapped(tag, escape(text), **attributes)


def wrapped(tag: str, html: str, **attributes: str) -> str:
    """An element around finished HTML; ``class_`` stands for the attribute class."""
    given = {name.rstrip("_"): value for name, value in attributes.items() if value}
    shown = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
    return f"<{tag}{shown}>{html}</{tag}>"
