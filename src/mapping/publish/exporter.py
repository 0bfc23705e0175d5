"""The exporter to PDF for nbconvert and for JupyterLab's menu, and the same as a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbconvert.exporters import Exporter
from traitlets import Bool

from mapping.publish.document import document
from mapping.publish.numbering import Printed, printed
from mapping.publish.typesetting import typeset


def pdf(notebook: Mapping[str, Any], *, name: str = "", draft: bool = False) -> bytes:
    """An executed notebook as PDF; nothing in it is run.

    Parameters
    ----------
    notebook
        In nbformat 4, as ``nbformat.read(path, 4)`` gives it.
    name
        The title if the notebook has neither metadata nor a heading.
    draft
        Take figures without text alternative, and mark each page as a draft.

    Raises
    ------
    UsageError
        A cell ended with an error; a figure has no text alternative or is damaged; a table has
        more columns than a page can hold.
    RunError
        The PDF could not be set.

    """
    return typeset(document(notebook, name=name, draft=draft), draft=draft)


def numbers(notebook: Mapping[str, Any], *, name: str) -> tuple[Printed, ...]:
    """All numbers that the notebook's PDF prints, in reading order, with their marks there.

    ``name`` is what the notebook is called where a number of its own cells rests on one.

    Raises
    ------
    UsageError
        See :func:`pdf`; a figure without text alternative is taken as it is.

    """
    return tuple(printed(document(notebook, name=name, draft=True).all))


class MappingPDFExporter(Exporter):
    """Turns a notebook into an accessible PDF, without running it.

    ``jupyter nbconvert --to mapping-pdf NOTEBOOK``, or JupyterLab's menu File > Save and Export.
    """

    export_from_notebook = "Mapping report (PDF)"
    output_mimetype = "application/pdf"

    draft = Bool(
        False,
        help="Take figures without text alternative; each page is marked as a draft.",
    ).tag(config=True)

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]  # bytes, as nbconvert's own
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """The PDF of a notebook, and what nbconvert keeps with it."""
        prepared, kept = super().from_notebook_node(nb, resources, **kw)
        name = kept.get("metadata", {}).get("name", "")
        return pdf(prepared, name=name, draft=self.draft), kept
