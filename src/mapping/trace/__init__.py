"""Where a value comes from: the rows that it was computed from, back to the raw files.

    cell -> cells of the tables before it -> evidence -> file and row; rules of the protocol

The provenance of a value is carried by ids in the tables: every table has a rule that says which
cells of which other tables one of its cells is computed from, and the evidence has the file and
the row of each datum. ``chain``, ``findings`` and ``compared`` hold these rules, ``back`` follows
them. What the formula of a column is, in words, stands in the texts (``mapping.formulas``).
"""
