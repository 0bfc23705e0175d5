"""The study's fixed words: the keys that tables, protocol and code share, in their set order."""

from __future__ import annotations

TIERS = ("good", "moderate", "small")
"""The three tiers, from the highest; a department without one is UNCLASSIFIED."""

UNCLASSIFIED = "unclassified"

INSTRUMENTS = ("interview", "workshop", "survey")

QUADRANTS = ("strength", "weakness", "opportunity", "threat")
"""Strengths and weaknesses are internal, opportunities and threats external."""

SIDES = ("internal", "external")

LANGUAGES = ("sv", "en")

CONDITIONS_LEVELS = ("good", "moderate", "small")
NEEDS_LEVELS = ("clear", "some", "slight")

VERDICTS = ("contradicted", "inconclusive", "supported")
"""Verdicts on a finding, from the worst; what cannot be judged at all is NOT_ASSESSABLE."""

NOT_ASSESSABLE = "not_assessable"

MEASURES = ("share", "existence", "commonest", "association", "condition")
"""How a part of a finding is measured; a condition holds or does not, without any band."""

DECIMALS = 9
"""Levels and shares are rounded to so many decimals before any comparison."""
