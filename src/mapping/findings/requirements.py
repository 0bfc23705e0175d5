"""What the findings name of a protocol: without it they could not be measured.

A fact or a wish that the survey does not ask for is only unknown. All else that a finding is
about must be in the protocol under the name that the finding has for it, or the finding must go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from mapping.errors import DataError, Problem
from mapping.findings.measures import WHOLE
from mapping.protocol import Finding, Protocol

EVERY = ("every finding",)
"""Named by what is known of each department, on which every finding rests."""

_SUSTAINABLE = (
    "factors-matter",
    "shared-strength",
    "large-unsustainable",
    "enthusiasts-vulnerable",
)
_RELATED = (
    "student-link", "programme-condition", "programme-and-interest", "programme-without-interest",
    "opt-out-poor-contact",
)  # fmt: skip

NAMED: Mapping[str, Mapping[str, Collection[str]]] = {
    "indicators": {
        "interest": EVERY,
        "resources": EVERY,
        "mandate": EVERY,
        "staffing": EVERY,
        "internal_need": EVERY,
        "external_need": EVERY,
        "activity": EVERY,
        "management_support": ("factors-matter",),
        "colleague_support": ("factors-matter",),
        "workload": ("factors-matter",),
        "sustainability": _SUSTAINABLE,
        "student_relations": _RELATED,
    },
    "aspects": {"support": EVERY},
    "arrangements": {
        "shared": ("shared-exists", "shared-strength"),
        "backed": EVERY,
        "alone": EVERY,
        "self_appointed": EVERY,
    },
    "origins": {"organic": ("origins",), "decided": ("origins",), "individual": EVERY},
    "needs.internal": {
        "recruitment": (
            "four-needs",
            "recruitment-first",
            "employability-recruitment-link",
            "course-will-recruitment",
        ),
        "employability": (
            "four-needs",
            "employability-advanced",
            "employability-recruitment-link",
        ),
        "feedback": ("four-needs", "feedback-many"),
        "student_support": ("four-needs", "support-several"),
    },
    "needs.external": {"students": ("students-voice",)},
}
"""The keys that findings name, by the protocol's list, each with the findings that name it."""

SHARES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "expectation-unclear",
            "shared-exists",
            "relatively-alone",
            "large-unsustainable",
            "no-job-description",
            "self-appointed",
            "unclear-hurts",
            "needs-majority",
            "counsellor-officers",
            "feedback-many",
            "support-several",
            "few-without",
            "enthusiasts",
            "course-will",
            "course-will-recruitment",
            "no-incentives",
        ),
        (WHOLE,),
    ),
    "origins": ("organic", "individual"),
    "quantity-and-quality": ("more", "more_and_better"),
    "no-need-no-problem": ("applicants", "throughput"),
    "opt-out-factors": ("share",),
}
"""The parts of findings that are shares, each of which needs a word of the protocol."""


def unmet(protocol: Protocol) -> Iterable[Problem]:
    """What the protocol's findings name and the protocol lacks, each with the remedy."""
    place = f"{protocol.name}/protocol.toml"
    for column, keys in NAMED.items():
        present = _present(protocol, column)
        for key, naming in keys.items():
            users = _users(protocol, naming)
            if users and key not in present:
                expected = f"the key {key}, which {', '.join(users)} must have"
                remedy = "Add it under that name, or remove what must have it from [[findings]]."
                yield Problem(place, None, column, "", expected, remedy)
    for finding in protocol.findings:
        yield from (replace(problem, file=place) for problem in _wordless(finding))


def _present(protocol: Protocol, column: str) -> Collection[str]:
    """The keys of one of the protocol's lists."""
    lists = {
        "indicators": protocol.indicator_keys(),
        "aspects": protocol.aspect_keys,
        "arrangements": [arrangement.key for arrangement in protocol.arrangements],
        "origins": [origin.key for origin in protocol.origins],
    }
    return lists[column] if column in lists else protocol.need_keys(column.partition(".")[2])


def _users(protocol: Protocol, naming: Collection[str]) -> Collection[str]:
    """Those of the findings that the protocol has."""
    if naming is EVERY:
        return EVERY if protocol.findings else ()
    return [key for key in naming if key in protocol.statements]


def _wordless(finding: Finding) -> Iterable[Problem]:
    for part in SHARES.get(finding.key, ()):
        try:
            finding.word_of(part)
        except DataError as error:
            yield from error.problems
