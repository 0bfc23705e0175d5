"""Workbooks (.xlsx): a table of the data contract, or grids of cells for other readers.

The cells are read as a stream by lxml, for what decides here stands in the file itself and is
hidden by libraries, or costs them much: whether a cell is a formula, merged, hidden, in error, a
date. 200,000 rows of 8 columns took 8 s and 390 MB; openpyxl 16 s and 700 MB before a single cell
was looked at. A workbook may have 5,000,000 filled cells (100,000 rows of 50 columns: 10 s and
230 MB); beyond that the user is told to save it as CSV, which is read at any size.

What is where, and what is right for it:

=====================================  =========================================================
formula, array formula and its spill   an error: nothing is computed, and a stored result may be
                                       an old one
merged cells in the table              an error: what belongs to the other cells is hidden
error cells, dates out of range,       an error
more than 15 digits
hidden and chart sheets                not read, and said
hidden or filtered rows, columns       read, and said: a filter is no deletion
dates                                  ISO 8601, as shown; in columns of dates also plain numbers,
                                       by the workbook's date system, and said; in other columns
                                       of the contract an error (3/4 that became the 3rd of April)
numbers                                15 digits, without .0; 25 % is 0.25; leading zeros if the
                                       format shows them
text                                   as it stands, all runs, without reading aids
truths                                 TRUE, FALSE
=====================================  =========================================================

Errors are of the columns that are read. In others (a sum, a note of one's own) nothing is wrong;
of ``survey.xlsx`` every column may be an item, and each is checked that is not personal data.
"""

from __future__ import annotations

from mapping.errors import DataError
from mapping.instruments.spreadsheet.grid import Budget, Grid, read_grid
from mapping.instruments.spreadsheet.package import is_workbook, open_package
from mapping.instruments.spreadsheet.table import headed, read_table, table_of

__all__ = [
    "Grid",
    "grids",
    "headed",
    "headings",
    "is_workbook",
    "read_table",
    "table_of",
]


def grids(name: str, data: bytes) -> tuple[Grid, ...]:
    """The visible sheets of a workbook that have a filled cell, in their order.

    Raises
    ------
    DataError
        It is no sound .xlsx workbook, or is beyond the limits.

    """
    package, budget = open_package(name, data), Budget(name)
    shown = (part for part in package.sheets if part.cells and not part.hidden)
    read = (read_grid(package, part, budget) for part in shown)
    return tuple(grid for grid in read if len(grid.rows))


def headings(data: bytes) -> tuple[str, ...]:
    """The cells of the first filled row of the first visible sheet that has one; never raises.

    Only the beginning of the workbook is read; none if it cannot be read.
    """
    try:
        package = open_package("", data)
        for part in package.sheets:
            if part.cells and not part.hidden:
                grid = read_grid(package, part, Budget(""), most=1)
                if len(grid.rows):
                    return tuple(headed(grid).headings.values())
    except DataError:
        pass
    return ()
