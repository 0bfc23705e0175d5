"""The texts as templates: strict about what they are given, and data stays data."""

from __future__ import annotations

import re
from fractions import Fraction

import pandas as pd
import pytest
from builders import su_2020
from jinja2.exceptions import SecurityError

from mapping.display import html, visible
from mapping.errors import RunError, UsageError
from mapping.facts import Count
from mapping.prose import Words, department_names, words
from mapping.prose.formats import Formats
from mapping.prose.words import _range
from mapping.protocol import Condition
from mapping.references import Setting, evaluate

PROTOCOL = su_2020()
SV = words("sv", PROTOCOL)
EN = words("en", PROTOCOL)


def render(text: Words, template: str, **values: object) -> str:
    return text.templates.from_string(template).render(values)


def test_a_text_with_its_values() -> None:
    assert EN.say("document.swot.short_title", year="2020") == "SWOT analysis 2020"
    assert SV.say("document.swot.short_title", year="2020") == "SWOT-analys 2020"


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        ("document.swot.nothing", {}, "no sv text document.swot.nothing"),
        ("document.swot.short_title", {}, "lacks year"),
        ("document.swot.short_title", {"year": "2020", "month": 1}, "does not use month"),
        ("document.swot.short_title", {"year": None}, "missing value"),
        ("document.swot.short_title", {"year": float("nan")}, "missing value"),
    ],
)
def test_a_fault_of_a_text_or_its_values_is_an_error(
    key: str, values: dict[str, object], message: str
) -> None:
    with pytest.raises(RunError, match=message):
        SV.say(key, **values)


def test_other_languages_have_no_texts() -> None:
    with pytest.raises(UsageError, match="'fi'"):
        words("fi", PROTOCOL)


def test_what_a_protocol_or_a_register_says_is_not_compiled_into_the_texts() -> None:
    """The compiled texts of a language are shared by the words of all protocols and studies."""
    text = words("en", PROTOCOL, {"A": "History"})
    for constant in ("'feedback'|label('need')", "['feedback']|labels('need')", "'A'|department"):
        code = text.templates.compile(f"{{{{ {constant} }}}}", raw=True)
        assert "t_1(context, " in code
        assert "History" not in code
        assert "feedback on" not in code
    named = [words("en", PROTOCOL, {"A": name}) for name in ("History", "Physics")]
    titles = [each.say("document.department.title", department="A") for each in named]
    assert ["History" in titles[0], "Physics" in titles[1]] == [True, True]


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{% raw %}", "<b>&amp;", "{{ year }}"])
def test_a_value_is_never_a_template(text: str) -> None:
    assert EN.say("document.swot.short_title", year=text) == f"SWOT analysis {text}"


@pytest.mark.parametrize(
    ("kind", "key", "sv", "en"),
    [
        ("indicator", "workload", "rimlig del av arbetsuppgifterna", "manageable share of duties"),
        ("aspect", "importance", "prioritet", "importance"),
        ("need", "recruitment", "rekrytering och marknadsföring", "recruitment and marketing"),
        ("need", "students", "studenter", "students"),
        ("voice", "society", "samhället", "society"),
        ("theme", "workload", "arbetsbelastning", "workload"),
        ("arrangement", "nobody", "ingen ansvarig", "nobody responsible"),
        ("origin", "organic", "vuxit fram organiskt", "grown organically"),
        ("instrument", "survey", "enkät", "survey"),
        ("tier", "unclassified", "utan grupp", "unclassified"),
        ("quadrant", "threat", "hot", "threats"),
        ("quadrant_letter", "threat", "T", "T"),
        ("conditions_level", "small", "små", "small"),
        ("needs_level", "slight", "obetydliga", "slight"),
        ("level", "0", "ingen", "none"),
        ("department", "AB-1", "AB-1", "AB-1"),
    ],
)
def test_labels(kind: str, key: str, sv: str, en: str) -> None:
    assert SV.label(kind, key) == sv
    assert EN.label(kind, key) == en


def test_an_unknown_label_is_an_error() -> None:
    with pytest.raises(RunError, match="no sv label for need nothing"):
        SV.label("need", "nothing")


def test_every_criterion_is_named_by_its_ranges() -> None:
    assert SV.label("criterion", "good.interest") == "intresse minst 2"
    assert EN.label("criterion", "small.staffing") == "staffing below 1"
    assert SV.label("criterion", "moderate.staffing") == "bemanning 1–2"
    resources = "resurser under 2 eller prioritet under 2"
    assert SV.label("criterion", "moderate.resources_or_importance") == resources
    for criterion in PROTOCOL.criteria:
        assert EN.label("criterion", criterion.name)


def test_ranges_of_other_protocols() -> None:
    def told(condition: Condition, formats: Formats) -> tuple[str, dict[str, str]]:
        form, ends = _range(condition, "criteria.0.any.0", formats)
        return form, {name: visible(end) for name, end in ends.items()}

    assert told(Condition("interest", at_most=1.5), SV.formats) == ("at_most", {"level": "1,5"})
    at_least = Condition("interest", at_least=0.5)
    assert told(at_least, EN.formats) == ("at_least", {"level": "0.5"})


def test_a_criterion_tells_where_its_limits_stand() -> None:
    for number, criterion in enumerate(PROTOCOL.criteria):
        shown = html(SV.traceable_label("criterion", criterion.name))
        paths = re.findall(r"data-from=\"protocol\((criteria\.[^)]+)\)\"", shown)
        assert paths
        assert all(path.startswith(f"criteria.{number}.") for path in paths)
        values = re.findall(r'value="([^"]+)"', shown)
        found = [evaluate(Setting(path), {}, PROTOCOL) for path in paths]
        assert found == [float(value) for value in values]


def test_departments_by_name_where_the_study_says_so() -> None:
    named = words("sv", PROTOCOL, {"AB-1": "Institutionen för allt"})
    assert named.label("department", "AB-1") == "Institutionen för allt"
    assert named.label("department", "CD-2") == "CD-2"
    assert render(named, "{{ 'AB-1' | department }}") == "Institutionen för allt"
    assert SV.label("department", "AB-1") == "AB-1"


def test_names_by_the_studys_setting() -> None:
    register = pd.DataFrame({"department_id": ["AB-1"], "name": ["Allt"]})
    assert department_names(register, "code") == {"AB-1": "AB-1"}
    assert department_names(register, "name") == {"AB-1": "Allt"}


@pytest.mark.parametrize(
    ("count", "sv", "en"),
    [
        (Count(44, 44), "alla institutioner", "all departments"),
        (Count(23, 44), "de flesta institutioner", "most departments"),
        (Count(22, 44), "många institutioner", "many departments"),
        (Count(4, 10), "många institutioner", "many departments"),
        (Count(3, 15), "flera institutioner", "several departments"),
        (Count(2, 10), "vissa institutioner", "some departments"),  # under 3 is not several
        (Count(2, 44), "ett fåtal institutioner", "a few departments"),
        (Count(0, 44), "ingen institution", "no departments"),
        (Count(0, 0), "ingen institution", "no departments"),
        (Count(1, 44), "en institution", "one department"),
        (Count(1, 1), "den enda institutionen", "the only department"),
    ],
)
def test_the_strongest_word_that_holds(count: Count, sv: str, en: str) -> None:
    assert render(SV, "{{ count | quantity }}", count=count) == sv
    assert render(EN, "{{ count | quantity }}", count=count) == en


def test_lists_of_labels() -> None:
    counts = {"recruitment": Count(28, 44), "feedback": Count(3, 44)}
    told = "recruitment and marketing\u00a0(28) and feedback on studies and education\u00a0(3)"
    assert render(EN, "{{ counts | counted('need') }}", counts=counts) == told
    quoted = render(SV, "{{ c | counted('origin', quoted=true) }}", c={"decided": Count(2, 3)})
    assert quoted == "”beslutad av prefekten”\u00a0(2)"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (["recruitment"], "recruitment and marketing"),
        (["interest", "workload"], "interest and workload"),
        (["interest", "mandate"], "“interest” and “task and mandate”"),
    ],
)
def test_a_list_of_lists_is_quoted(keys: list[str], told: str) -> None:
    assert render(EN, "{{ keys | labels('theme') }}", keys=keys) == told


def test_tiers_with_their_counts() -> None:
    tiers = {"good": Count(2, 4), "moderate": Count(2, 4), "small": Count(0, 4)}
    half = "2\u00a0av\u00a04\u00a0(50\u00a0%)"
    told = f"●\u00a0goda: {half} och ◐\u00a0måttliga: {half}"
    assert render(SV, "{{ tiers | by_tier }}", tiers=tiers) == told
    with_empty = render(SV, "{{ tiers | by_tier(empty=true) }}", tiers=tiers)
    assert with_empty.endswith("och ○\u00a0små: 0\u00a0av\u00a04\u00a0(0\u00a0%)")


@pytest.mark.parametrize(
    ("share", "sv"),
    [("1/3", "en tredjedel"), ("2/6", "en tredjedel"), ("2/7", "2/7"), ("2/5", "40\u00a0%")],
)
def test_fractions_with_a_name(share: str, sv: str) -> None:
    assert render(SV, "{{ share | fraction }}", share=Fraction(share)) == sv


def test_the_sandbox_keeps_templates_from_the_machine() -> None:
    with pytest.raises(SecurityError):
        render(SV, "{{ x.__class__.__mro__[1].__subclasses__() }}", x="")
