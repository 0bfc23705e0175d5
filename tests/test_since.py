"""'Since last year' in a department's report: what is told, of nobody else, from stored tables."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from builders import su_2020
from test_department_report import (
    ROOT,
    crowded,
    example,
    executed,
    html,
    pages,
    spaced,
)
from test_texts import english_words

import mapping.comparison
import mapping.study
from mapping import processed, prose
from mapping.comparison import command, follow_up_if_any
from mapping.facts import department as facts
from mapping.facts import since
from mapping.prose import words
from mapping.publish import pdf
from mapping.schemas import TABLES, conform
from mapping.study import load_year
from mapping.vocabulary import LANGUAGES

PROTOCOL = su_2020()
SV, EN = words("sv", PROTOCOL), words("en", PROTOCOL)

UNIT = {
    "way": "same",
    "ids_then": "A",
    "ids_now": "A",
    "followed": "both",
    "seen_then": True,
    "seen_now": True,
    "instruments_then": "interview survey",
    "instruments_now": "interview survey",
    "tier_then": "small",
    "tier_now": "small",
    "margin_then": 0.2,
    "margin_now": 0.2,
    "borderline_then": False,
    "borderline_now": False,
    "move": "same",
}
"""A department that is seen alike in both years and stays."""

Measure = tuple[str, str, float | None, float | None]


def unit(department: str = "A", **values: Any) -> dict[str, Any]:
    """A row of table transitions; ``values`` differ from a department that stays."""
    names = {"ids_then": department, "ids_now": department}
    return {"department_id": department, "clear": None} | UNIT | names | values


def moved(*rows: Measure, department: str = "A", unlike: tuple[str, ...] = ()) -> pd.DataFrame:
    """Table movements of one department; those whose key is in ``unlike`` are broken."""
    frame = pd.DataFrame(rows, columns=["kind", "key", "then", "now"])
    alike = ~frame["key"].isin(list(unlike))
    return conform(frame.assign(department_id=department, comparable=alike), "movements")


def yardstick(*rows: tuple[str, str | None]) -> pd.DataFrame:
    """Table yardstick: each row a part and the measures that it breaks."""
    made = [
        {"part": part, "key": f"k{n}", "what": "value", "then": "x", "now": "y", "breaks": breaks}
        for n, (part, breaks) in enumerate(rows)
    ]
    return conform(pd.DataFrame(made, columns=list(TABLES["yardstick"].columns)), "yardstick")


def follow(
    *units: dict[str, Any],
    movements: pd.DataFrame | None = None,
    differs: pd.DataFrame | None = None,
    baseline: int = 2019,
) -> Any:
    """A follow-up of 2020 of these departments."""
    transitions = pd.DataFrame(list(units), columns=list(TABLES["transitions"].columns))
    return SimpleNamespace(
        command="mapping run 2020",
        transitions=conform(transitions, "transitions"),
        movements=moved() if movements is None else movements,
        yardstick=yardstick() if differs is None else differs,
        protocol=PROTOCOL,
        baseline=baseline,
        year=2020,
    )


def said(made: Any, say: prose.Words = EN, department: str = "A") -> str:
    told = since.told(since.past(made, department))
    return spaced(prose.section(say, "department.since", **told).plain)


def point(made: Any, say: prose.Words = EN) -> str:
    """What the points in short are given of it, as they word it."""
    key = next(key for key in say.keys("department.in_short.points") if _of_since(say, key))
    text = say.say(key, since=since.in_short(since.past(made, "A")))
    return spaced(" ".join(text.replace("\n", " ").split()))


def _of_since(say: prose.Words, key: str) -> bool:
    return say.variables(key) == {"since"}


def rows(made: Any, say: prose.Words = EN) -> dict[str, str]:
    """What each point of the section tells, by what it tells of."""
    lines = said(made, say).split("\n\n")
    points = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    return dict(point.split(": ", 1) for point in points)


# --- without a year to compare with


@pytest.mark.parametrize("say", [SV, EN], ids=LANGUAGES)
def test_without_a_baseline_nothing_stands_there(say: prose.Words) -> None:
    told = prose.section(say, "department.since", **since.told(since.past(None, "A")))
    assert (told.html, told.plain) == ("", "")
    assert told.metadata == {"numbers": {"department.since": {}}}
    assert point(None, say) == ""


# --- the year


def test_the_year_before_is_last_year_and_another_is_named() -> None:
    assert said(follow(unit())).startswith("Since last year\n\nYou are still in")
    assert said(follow(unit()), SV).startswith("Sedan förra året\n\nNi är kvar i gruppen ○ små.")
    earlier = follow(unit("A", borderline_then=True), baseline=2017)
    assert said(earlier).startswith("Since 2017\n")
    assert said(earlier, SV).startswith("Sedan 2017\n")
    assert "; the grouping was uncertain in 2017." in said(earlier)
    assert "; grupperingen var osäker 2017." in said(earlier, SV)


# --- the move


UP = {"tier_then": "small", "tier_now": "moderate", "move": "up"}


@pytest.mark.parametrize(
    ("values", "sv", "en", "short"),
    [
        (
            UP | {"clear": True},
            "Ni har gått upp från gruppen ○ små till ◐ måttliga. Det är en tydlig ändring.",
            "You have moved up from the tier ○ small to ◐ moderate. This is a clear change.",
            "You have clearly moved up since last year, from the tier ○ small.",
        ),
        (
            UP | {"clear": False, "borderline_now": True},
            "Ändringen ryms inom osäkerheten: grupperingen är osäker nu.",
            "The change is within the uncertainty: the grouping is uncertain now.",
            "You have moved up since last year, from the tier ○ small, but within the uncertainty.",
        ),
        (
            {"tier_then": "good", "move": "down", "clear": False, "borderline_then": True},
            "Ni har gått ner från gruppen ● goda till ○ små. Ändringen ryms inom osäkerheten: "
            "grupperingen var osäker förra året.",
            "the grouping was uncertain last year.",
            "You have moved down since last year, from the tier ● good, but within",
        ),
        (
            UP | {"clear": False, "borderline_then": True, "borderline_now": True},
            "grupperingen var osäker förra året och är det nu.",
            "the grouping was uncertain last year and still is.",
            "within the uncertainty",
        ),
        (
            {"borderline_now": True},
            "Ni är kvar i gruppen ○ små; grupperingen är osäker nu.",
            "You are still in the tier ○ small; the grouping is uncertain now.",
            "You are in the same tier as last year.",
        ),
        (
            {"tier_then": "unclassified", "move": None},
            "Ni hör nu till gruppen ○ små. Förra året var för litet känt",
            "Too little was known last year for you to be classified, so whether this is a change "
            "cannot be told.",
            "Whether your tier has changed since last year cannot be told.",
        ),
        (
            {"tier_now": "unclassified", "move": None},
            "Förra året hörde ni till gruppen ○ små. Nu är för litet känt",
            "Last year you were in the tier ○ small. Now too little is known",
            "cannot be told",
        ),
        (
            {"tier_then": "unclassified", "tier_now": "unclassified", "move": None},
            "för litet var känt förra året, och för litet är känt nu.",
            "too little was known last year, and too little is known now.",
            "cannot be told",
        ),
    ],
)
def test_the_move_and_how_sure_it_is(values: dict[str, Any], sv: str, en: str, short: str) -> None:
    made = follow(unit(**values))
    assert sv in said(made, SV)
    assert en in said(made)
    assert short in point(made)
    assert ("tydligt" in point(made, SV)) == (values.get("clear") is True)


def test_tiers_that_rest_on_something_measured_otherwise_are_not_compared() -> None:
    values = UP | {"clear": True}
    made = follow(unit(**values), differs=yardstick(("scale", "aspect:interest tier:tier")))
    assert "Last year you were in the tier ○ small, now you are in ◐ moderate." in said(made)
    assert "cannot be compared: what the tiers rest on was measured in different" in said(made)
    assert "moved" not in said(made)
    assert "Det kan inte jämföras: det som grupperingen vilar på har mätts på olika sätt." in said(
        made, SV
    )
    assert point(made) == "Your tier cannot be compared with that of last year."


ALL = "interview workshop survey"


@pytest.mark.parametrize(
    ("then", "now", "sv", "en"),
    [
        (
            ALL,
            "workshop survey",
            "intervjuades förra året och inte i år",
            "were interviewed last year and not this year",
        ),
        (
            "workshop",
            ALL,
            "intervjuades och besvarade enkäten i år och inte förra året",
            "were interviewed and answered the survey this year and not last year",
        ),
        (
            "interview survey",
            "workshop survey",
            "intervjuades bara förra året och deltog i workshopen bara i år",
            "were interviewed only last year and took part in the workshop only this year",
        ),
        (
            "survey",
            "interview",
            "besvarade enkäten bara förra året och intervjuades bara i år",
            "answered the survey only last year and were interviewed only this year",
        ),
    ],
)
def test_other_instruments_can_have_changed_the_levels(
    then: str, now: str, sv: str, en: str
) -> None:
    made = follow(unit(instruments_then=then, instruments_now=now))
    swedish, english = said(made, SV), said(made)
    assert f" Ni {sv}; redan det kan ha ändrat nivåerna, så tolka ändringar med" in swedish
    assert f" You {en}; that alone may have changed the levels, so read changes with" in english
    assert point(made, SV).endswith(f" Tolka det med försiktighet: ni {sv}.")
    assert point(made).endswith(f" Read this with caution: you {en}.")


def test_a_clear_move_and_other_instruments_are_told_as_one() -> None:
    values = UP | {"clear": True, "instruments_then": "interview survey workshop"}
    swedish, english = said(follow(unit(**values)), SV), said(follow(unit(**values)))
    assert "Det är en tydlig ändring. Men ni deltog i workshopen förra året och inte i" in swedish
    assert "så tolka ändringen med försiktighet." in swedish
    assert "This is a clear change. But you took part in the workshop last year and" in english
    assert "so read the change with caution." in english
    doubtful = values | {"clear": False, "borderline_now": True}
    assert "är osäker nu. Ni deltog i" in said(follow(unit(**doubtful)), SV)


def test_of_the_same_instruments_and_of_no_move_nothing_is_said_in_short() -> None:
    assert "caution" not in said(follow(unit()))
    assert "caution" not in point(follow(unit()))
    other = {"tier_now": "unclassified", "move": None, "instruments_now": "survey"}
    assert "read changes with caution" in said(follow(unit(**other)))
    assert point(follow(unit(**other))).endswith("cannot be told.")
    earlier = follow(unit(instruments_now="survey"), baseline=2017)
    assert point(earlier).endswith("you were interviewed in 2017 and not this year.")
    assert point(earlier, SV).endswith("ni intervjuades 2017 och inte i år.")


# --- who is not compared, and who was another


def test_not_seen_then_is_one_sentence() -> None:
    made = follow(unit(followed="joined", seen_then=False, tier_then=None, move=None))
    _, paragraph = said(made).split("\n\n")  # and no points
    assert paragraph == (
        "You did not take part in the mapping last year, so there is nothing to compare with."
    )
    assert said(made, SV).split("\n\n")[1] == (
        "Ni deltog inte i kartläggningen förra året, så det finns inget att jämföra med."
    )
    assert point(made) == ""


def test_a_new_department() -> None:
    made = follow(unit(followed="new", ids_then=None, seen_then=False, tier_then=None, move=None))
    assert "was not among the departments of the mapping last year" in said(made)
    assert "fanns inte bland kartläggningens institutioner förra året" in said(made, SV)


def test_a_merged_and_a_renamed_department() -> None:
    merged = follow(unit(way="merged", ids_then="B-1 C-2"))
    assert "formed of B-1 and C-2: their evidence of last year was put together." in said(merged)
    assert "har bildats av B-1 och C-2: deras underlag från förra året har lagts ihop." in said(
        merged, SV
    )
    renamed = follow(unit(way="renamed", ids_then="B-1"), baseline=2017)
    assert "In 2017 your department was called B-1." in said(renamed)
    assert "2017 hette er institution B-1." in said(renamed, SV)


# --- the measures


CHANGED = "Changed aspects, the largest change first"


def test_aspects_that_moved_the_largest_change_first() -> None:
    made = follow(
        unit(),
        movements=moved(
            ("aspect", "interest", 1.0, 1.5),
            ("aspect", "support", 2.0, 0.5),
            ("aspect", "resources", 1.0, None),  # known in one year only
            ("aspect", "importance", None, 2.0),
            ("aspect", "staffing", 1.0, 1.0),
            ("aspect", "mandate", 1.0, 1.009),  # less than two decimals show
            ("aspect", "internal_need", 1.0, 1.01),
            ("indicator", "interest", 1.0, 1.5),
        ),
    )
    assert (
        rows(made)[CHANGED]
        == "support 2.00 → 0.50; interest 1.00 → 1.50; internal need 1.00 → 1.01. "
        "Small changes may be due to who answered."
    )
    assert (
        rows(made, SV)["Aspekter som har ändrats, störst ändring först"]
        == "stöd 2,00 → 0,50; intresse 1,00 → 1,50; internt behov 1,00 → 1,01. "
        "Små ändringar kan bero på vem som svarade."
    )


def test_aspects_of_which_none_moved_or_none_is_known() -> None:
    still = moved(("aspect", "interest", 1.0, 1.0))
    assert rows(follow(unit(), movements=still))["Aspects"] == "no change."
    lone = moved(("aspect", "interest", None, 1.0))
    assert rows(follow(unit(), movements=lone))["Aspects"] == "none is known in both years."


def test_needs_newly_named_and_no_longer_named() -> None:
    made = follow(
        unit(),
        movements=moved(
            ("need", "feedback", 0.0, 1.0),
            ("need", "recruitment", 0.0, 1.0),
            ("need", "employability", 1.0, 0.0),
            ("need", "student_support", 1.0, 1.0),
            ("voice", "students", 0.0, 1.0),
            ("voice", "alumni", 1.0, 0.0),
        ),
    )
    assert rows(made)["New needs"] == (
        "“recruitment and marketing” and “feedback on studies and education” as well as "
        "external needs of students; no longer named: “employability and careers” as well as "
        "external needs of alumni."
    )
    assert rows(made, SV)["Nya behov"] == (
        "”rekrytering och marknadsföring” och ”återkoppling på studier och utbildning” samt "
        "externa behov från studenter; nämns inte längre: ”anställningsbarhet och karriär” samt "
        "externa behov från alumner."
    )


def test_recommendations_newly_met_and_lost() -> None:
    made = follow(
        unit(),
        movements=moved(
            ("recommendation", "R1", 0.0, 1.0),
            ("recommendation", "R2", 1.0, 0.0),
            ("recommendation", "R3", None, 1.0),  # not known then: nothing is new
            ("recommendation", "R4", 1.0, None),
        ),
    )
    assert rows(made)["Recommendations now met"] == (
        "R1 The responsibility is shared by several; "
        "no longer met: R2 Time and resources are set aside."
    )
    assert rows(made, SV)["Rekommendationer som nu är uppfyllda"].startswith(
        "R1 Alumnansvaret delas"
    )


def test_nothing_has_changed() -> None:
    still = rows(follow(unit()))
    assert still["Needs"] == "no change."
    assert still["Recommendations"] == "no change among those that can be assessed in both years."
    assert set(still) == {"Aspects", "Needs", "Recommendations"}


def test_what_is_broken_is_named_and_compared_nowhere() -> None:
    made = follow(
        unit(),
        movements=moved(
            ("aspect", "interest", 0.0, 3.0),
            ("aspect", "support", 0.0, 1.0),
            ("indicator", "interest", 0.0, 3.0),  # told as an aspect
            ("indicator", "workload", 1.0, 2.0),
            ("need", "feedback", 0.0, 1.0),
            ("recommendation", "R2", 0.0, 1.0),
            unlike=("interest", "workload", "feedback", "R2"),
        ),
        differs=yardstick(
            ("question", "indicator:workload recommendation:R2"),
            ("code", "aspect:interest need:feedback tier:tier"),
            ("instrument", "swot:strength.interest"),
            ("rule", None),
        ),
    )
    assert rows(made) == {
        CHANGED: "support 0.00 → 1.00. Small changes may be due to who answered.",
        "Needs": "no change.",
        "Recommendations": "no change among those that can be assessed in both years.",
        "Not comparable, because questions and codes changed": "interest; manageable share of "
        "duties; feedback on studies and education; R2 Time and resources are set aside.",
    }
    unlike = "Går inte att jämföra, eftersom frågor och koder har ändrats"
    assert rows(made, SV)[unlike].startswith("intresse; rimlig del av arbetsuppgifterna; ")
    assert "Both years are computed by this year’s rules." in said(made)
    assert "rules" not in said(follow(unit()))


def test_only_lost() -> None:
    lost = moved(("voice", "alumni", 1.0, 0.0), ("recommendation", "R1", 1.0, 0.0))
    english, swedish = (rows(follow(unit(), movements=lost), say) for say in (EN, SV))
    assert english["Needs no longer named"] == "external needs of alumni."
    assert english["Recommendations no longer met"].startswith("R1 The")
    assert swedish["Behov som inte längre nämns"] == "externa behov från alumner."
    assert swedish["Rekommendationer som inte längre är uppfyllda"].startswith("R1 Alumn")


# --- nobody else


def split(tier: str, level: float, way: str = "split") -> Any:
    """A department that is followed under the id of one of its parts, with results of the whole."""
    values = {"tier_then": tier, "tier_now": "good", "move": "up", "clear": True}
    values |= {"ids_then": "A", "ids_now": "A A-2", "instruments_now": f"workshop {'survey'}"}
    measures = moved(
        ("aspect", "interest", 0.0, level),
        ("need", "feedback", 0.0, float(level > 1)),
        ("recommendation", "R1", float(level > 1), 1.0),
    )
    return follow(unit(way=way, **values), movements=measures)


@pytest.mark.parametrize("say", [SV, EN], ids=LANGUAGES)
@pytest.mark.parametrize("part", ["A", "A-2"])
@pytest.mark.parametrize("way", ["split", "mixed"])
def test_a_part_is_told_nothing_of_its_sister(way: str, part: str, say: prose.Words) -> None:
    """Whatever the whole and so the sister are like, the part reads the same: no value is in it."""
    low, high = split("small", 0.5, way), split("moderate", 2.5, way)
    assert since.past(low, part) == since.past(high, part)
    text = said(low, say, part)
    assert text == said(high, say, part)
    assert not re.search(r"[●◐○]|\d[.,]\d", text)
    assert ({"A", "A-2"} - {part}) & set(re.findall(r"A(?:-2)?\b", text)) <= {"A"}
    assert since.past(low, part).changes == since.Changes()
    assert since.in_short(since.past(low, part)) | {"status": ""} == since.in_short(
        replace(since.NO_PAST, baseline="2019", last_year=True)
    )


def test_what_is_said_to_a_part() -> None:
    assert "Your department is a part of what was A last year. The comparison is only made" in said(
        split("small", 1), department="A-2"
    )
    assert "berätta om mer än er institution" in said(split("small", 1), SV, "A-2")
    assert "en omorganisation sedan förra året" in said(split("small", 1, "mixed"), SV, "A-2")


def test_others_rows_change_nothing() -> None:
    mine = moved(("aspect", "interest", 1.0, 2.0), ("need", "feedback", 0.0, 1.0))
    theirs = moved(("aspect", "interest", 0.0, 3.0), ("need", "other", 0.0, 1.0), department="B")
    alone = follow(unit(), movements=mine)
    among = follow(unit(), unit("B", **UP), movements=pd.concat([theirs, mine]))
    assert said(alone) == said(among)
    assert rows(alone) == rows(among)


# --- the texts


def every() -> list[Any]:
    """Departments of every kind that there is something to say of."""
    kinds: list[dict[str, Any]] = [
        {}, UP | {"clear": True}, UP | {"clear": False, "borderline_then": True},
        {"way": "merged", "ids_then": "B-1 C-2", "instruments_now": "workshop"},
        {"way": "renamed", "ids_then": "B-1"}, {"tier_then": "unclassified", "move": None},
        {"tier_now": "unclassified", "move": None}, {"followed": "joined"}, {"followed": "new"},
        {"way": "split", "ids_now": "A B"}, {"way": "mixed", "ids_now": "A B"},
    ]  # fmt: skip
    return [follow(unit(**kind), baseline=year) for kind in kinds for year in (2019, 2015)]


@pytest.mark.parametrize("say", [SV, EN], ids=LANGUAGES)
def test_nothing_that_a_reader_cannot_read(say: prose.Words) -> None:
    for made in every():
        for text in (said(made, say), point(made, say)):
            assert not re.search(r"\b(None|nan|NaN|NA|True|False)\b", text), text
            assert not re.search(r"[a-z]_[a-z]|[{}]|  | [.,;:]|\.\.|\(\)|,,", text), text
            assert say.lang == "en" or english_words(text) == set(), text


# --- the pages, and what they cost


def longest(made: Any, department: str) -> Any:
    """A follow-up in which everything has changed that can have, at a department of two parts."""
    method = made.protocol
    measures: list[Measure] = [
        ("aspect", key, 3.0 - n / 10, 1.0) for n, key in enumerate(method.aspect_keys)
    ]
    measures += [("indicator", key, 1.0, 2.0) for key in method.indicator_keys()]
    measures += [("need", key, 0.0, 1.0) for key in method.need_keys("internal")]
    measures += [("voice", key, 0.0, 1.0) for key in method.need_keys("external")]
    measures += [("recommendation", rule.key, 1.0, 0.0) for rule in method.recommendations]
    values = {"tier_then": "good", "tier_now": "moderate", "move": "down", "clear": False}
    values |= {"borderline_then": True, "borderline_now": True, "way": "merged"}
    values |= {
        "ids_then": "SNÖFLINGA-101 ÅSKA-102",
        "instruments_then": "interview workshop survey",
    }
    return follow(
        unit(department, **values),
        movements=moved(*measures, department=department, unlike=("workload", "R2")),
        differs=yardstick(("question", "indicator:workload recommendation:R2"), ("rule", None)),
    )


LONG = "Institutionen för samhällsplanering, kulturgeografi och ekonomisk historia"


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_pages_at_the_worst(lang: str, monkeypatch: Any) -> None:
    department = "DRÖM-23"
    made = crowded(example(), department)
    register = made.raw.departments.assign(name=LONG)
    made = replace(made, raw=replace(made.raw, departments=register))
    monkeypatch.setattr(
        mapping.comparison, "follow_up_if_any", lambda *_, **__: longest(made, department)
    )
    notebook = executed(made, department, lang, monkeypatch)
    assert "SNÖFLINGA-101" in html(notebook)
    assert pages(pdf(notebook)) == 2


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The example's 2021 beside 2020, with the tables that the report shows in a folder."""
    folder: Path = tmp_path_factory.mktemp("tables")
    made = load_year(2021, ROOT)
    compared = follow_up_if_any(made, ROOT)
    assert compared is not None
    made.write(folder, "evidence", "indicators", "tiers", "aspects", "criteria", "participation")
    made.write(folder, "recommendations")
    compared.write(folder, "transitions", "movements", "yardstick")
    return SimpleNamespace(folder=folder, now=made, compared=compared)


def test_stored_tables_are_shown_and_no_earlier_year_is_read(
    followed: Any, monkeypatch: Any
) -> None:
    stored = processed.read_tables(followed.folder)
    made = replace(followed.now, stored=stored)

    def refuse(*_: object, **__: object) -> Any:
        raise AssertionError("an earlier year was read or computed")

    for place, name in [
        (mapping.comparison, "load_year"),
        (mapping.comparison.transitions, "transitions"),
        (mapping.comparison.change, "movements"),
        (mapping.comparison.yardstick, "yardstick"),
    ]:
        monkeypatch.setattr(place, name, refuse)
    compared = follow_up_if_any(made, ROOT)
    past = since.past(compared, "ALDRIG-28")
    assert past == since.past(followed.compared, "ALDRIG-28")
    assert (past.move, len(past.changes.aspects)) == ("up", 7)


KINDS = {
    "moved clearly": "ALDRIG-28",
    "moved, uncertain": "MOLN-1",
    "merged": "RIMV-51",
    "not seen last year": "KNAPP-50",
    "unclassified last year": "SKUGG-38",
    "the most to tell": "SNÖ-9",
    "much to tell in Swedish": "MINNE-24",
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_pages_for_each_kind_of_the_next_year(
    followed: Any, lang: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(mapping.comparison, "follow_up_if_any", lambda *_, **__: followed.compared)
    for kind, department in KINDS.items():
        notebook = executed(followed.now, department, lang, monkeypatch)
        assert pages(pdf(notebook)) == 2, kind
        others = set(followed.now.departments["department_id"]) - {department}
        text = html(notebook)
        assert [other for other in others if other in text] == [], kind


def test_the_kinds_are_what_they_are_called(followed: Any) -> None:
    told = {kind: since.past(followed.compared, key) for kind, key in KINDS.items()}
    assert (told["moved clearly"].move, told["moved clearly"].clear) == ("up", True)
    assert told["moved, uncertain"].move == "down"
    assert not told["moved, uncertain"].clear
    assert told["merged"].way == "merged"
    assert told["not seen last year"].status == "unseen"
    assert told["unclassified last year"].tier_then == "unclassified"


def test_a_part_of_a_department_that_was_split_has_a_page_of_its_own(monkeypatch: Any) -> None:
    made = follow(unit("KUGG-43", way="split", ids_now="KUGG-43 X-2", **UP))
    monkeypatch.setattr(mapping.comparison, "follow_up_if_any", lambda *_, **__: made)
    notebook = executed(example(), "KUGG-43", "sv", monkeypatch)
    assert "en del av det som förra året var KUGG-43" in html(notebook)
    assert pages(pdf(notebook)) == 2


def test_the_notebook_leaves_it_out_without_a_baseline(followed: Any, monkeypatch: Any) -> None:
    made = replace(followed.now, stored=processed.read_tables(followed.folder))
    with_it = html(executed(made, "RIMV-51", "sv", monkeypatch))
    assert "RIM-35 och VISA-36" in with_it
    monkeypatch.setattr(mapping.comparison, "follow_up_if_any", lambda *_, **__: None)
    without = html(executed(made, "RIMV-51", "sv", monkeypatch))
    assert not re.search(r"[Ff]örra året|[Ss]edan|RIM-35|VISA-36", without)


def test_what_is_compared_takes_the_room_of_a_tool_and_a_theme(followed: Any) -> None:
    assert facts.room(since.NO_PAST) == 4
    assert facts.room(since.past(followed.compared, KINDS["not seen last year"])) == 4
    assert facts.room(since.past(followed.compared, KINDS["merged"])) == 3


@pytest.mark.parametrize(
    ("baseline", "asked"), [(None, ""), (2020, ""), (2019, " --baseline 2019")]
)
def test_the_command_makes_the_page_that_it_stands_on(
    followed: Any, baseline: int | None, asked: str
) -> None:
    years = {2019: None, 2020: None}
    beside = replace(followed.compared, years=years, baseline=baseline or 2020)
    assert command(followed.now, beside, baseline) == f"mapping run 2021{asked}"


def test_the_command_of_a_page_without_a_comparison(followed: Any) -> None:
    assert command(followed.now, None, None) == "mapping run 2021"
    assert command(followed.now, None, 0) == "mapping run 2021 --no-baseline"
    elsewhere: Any = SimpleNamespace(command=None)  # under another protocol
    assert command(elsewhere, None, 0) is None
