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

CONSTRUCTS = ("conditions", "needs")

CONDITIONS_LEVELS = ("good", "moderate", "small")
NEEDS_LEVELS = ("clear", "some", "slight")

VERDICTS = ("contradicted", "inconclusive", "supported")
"""Verdicts on a finding, from the worst; what cannot be judged at all is NOT_ASSESSABLE."""

NOT_ASSESSABLE = "not_assessable"

MEASURES = ("share", "existence", "commonest", "association", "condition")
"""How a part of a finding is measured; a condition holds or does not, without any band."""

COMPARED = ("tier", "indicator", "construct", "need", "voice", "swot", "recommendation")
"""The kinds of measures that are compared between two years."""

FOLLOWED = ("both", "joined", "dropped", "unseen", "new", "left")
"""A department's part in two years: seen in both; in both frames, and seen in the later year
only, in the earlier only, or in neither; in the frame of the later year only, or of the earlier
only (seen or not)."""

WAYS_FOLLOWED = ("same", "renamed", "merged", "split", "mixed")
"""How a department of one year is found in the other; mixed: several then and several now."""

MOVES = ("up", "down", "same")

PAIRED_TESTS = ("mcnemar", "signed_rank", "symmetry", "marginal_homogeneity")

YARDSTICK = ("scale", "question", "code", "instrument", "rule")
"""What of the yardstick can differ between two years. A rule that differs breaks nothing, for
both years are computed by the later one; all the others do what they touch."""

THIRDS = ("smallest", "middle", "largest")
"""The thirds of the register by size; departments whose size or faculty is blank are UNKNOWN."""

UNKNOWN = "unknown"

BOUNDED = (
    "tier", "conditions", "needs", "with_need", "need", "voice", "arrangement", "recommendation",
    "swot",
)  # fmt: skip
"""The kinds of headline shares: those of all departments that the reports begin with."""

FACTORS = ("rule", "demands", "evidence", "weights", "average", "tie", "coder")
"""What of the method could defensibly be done otherwise, in the audit."""

GAPS = ("none", "example", "more", "most")
"""How much is missing in the planted studies: nothing, as much as in the example, and more."""

CONVERGENCE = ("agree", "partly", "conflict", "silent")
"""How far the instruments agree on an indicator; silent: fewer than two of them saw it."""

VOICES = ("for", "against", "undecided", "silent")
"""What an instrument alone says of a finding."""

GIVEN = {(true, given): f"{true}_{given}" for true in TIERS for given in TIERS}
"""The columns that count departments by their true tier and the tier that they were given."""

DECIMALS = 9
"""Levels and shares are rounded to so many decimals before any comparison."""
