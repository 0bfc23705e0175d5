"""A figure as notebooks show it and the PDF reads it: SVG with title, caption and alt text."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from html import escape

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from mapping.display import Display, element, visible, wrapped
from mapping.errors import UsageError
from mapping.plots.style import report_style


@dataclass(frozen=True)
class Description:
    """What is said of a figure.

    ``title`` says what it shows, ``caption`` what it is and of how many, and ``alt`` both,
    with the key values, to those who do not see it. ``key`` is that of its texts.
    """

    key: str
    title: str
    caption: str
    alt: str


def figure(
    fig: Figure, *, alt: str, title: str | None = None, caption: str | None = None
) -> Display:
    """Show a figure of your own so that the PDF takes it in; the figure is closed.

    Parameters
    ----------
    fig
        A matplotlib figure, however it was made.
    alt
        What the figure says, for those who do not see it: the message and the key values.
    title
        What the figure shows, in a sentence.
    caption
        What the figure is, and of how many.

    Raises
    ------
    UsageError
        ``alt`` is blank.

    Examples
    --------
    >>> fig, ax = plt.subplots()
    >>> figure(fig, alt="Nothing was counted.")
    Nothing was counted.

    """
    if not alt.strip():
        raise UsageError('figure(…) needs alt="…": the message and key values in a sentence')
    image = svg(fig, bbox_inches="tight")
    plt.close(fig)
    return _display(image, alt, title, caption)


def described(fig: Figure, description: Description) -> Display:
    """One of the reports' own figures with what is said of it."""
    said = (description.alt, description.title, description.caption)
    return _display(svg(fig), *said, description.key)


def svg(fig: Figure, **options: str) -> bytes:
    """The figure as SVG: the same bytes for the same figure, text as outlines, no date."""
    image = io.BytesIO()
    with report_style():
        fig.savefig(image, format="svg", metadata={"Date": None}, **options)  # type: ignore[arg-type]
    return image.getvalue()


def _display(
    image: bytes, alt: str, title: str | None, caption: str | None, key: str = ""
) -> Display:
    """The figure as the exporter reads it; every text in it is escaped."""
    alt = visible(alt)
    source = f"data:image/svg+xml;base64,{base64.b64encode(image).decode('ascii')}"
    parts = (
        element("p", title, key, class_="figure-title") if title else "",
        f'<img src="{source}" alt="{escape(alt)}">',
        element("figcaption", caption, key) if caption else "",
    )
    return Display(wrapped("figure", "".join(parts)), alt)
