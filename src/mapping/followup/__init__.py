"""The follow-up: the same departments in two years, compared by one yardstick.

``lineage`` says which departments are the same, ``pooling`` puts a merged or split department's
evidence together, ``yardstick`` tells what was measured otherwise; ``transitions``, ``change``,
``verdicts`` and ``trend`` tell what has changed. :mod:`mapping.comparison` puts them together.
"""
