"""Notebooks as PDF: notebook -> blocks -> data for one fixed template -> PDF."""

from mapping.publish.exporter import MappingPDFExporter, pdf

__all__ = ["MappingPDFExporter", "pdf"]
