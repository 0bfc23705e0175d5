from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from mapping.errors import UsageError
from mapping.example import SEED, WORLDS, World, example_files, plant, write_example
from mapping.protocol import load_protocol
from mapping.study import load_year

ROOT = Path(__file__).parents[1]
YEARS = (2020, 2021, 2022)
FIELDWORK = {
    2020: ("2019-12-02", "2020-04-30"),
    2021: ("2020-12-01", "2021-04-30"),
    2022: ("2021-12-01", "2022-04-29"),
}
COLUMNS = {
    "departments.csv": "department_id name faculty students_programme students_course "
    "advanced_share programmes staff_fte research_share staff_turnover applicants_per_place "
    "throughput contact",
    "interviews.csv": "segment_id interview_id department_id date respondent_role coder code "
    "excerpt",
    "workshop.csv": "item_id department_id date quadrant theme votes statement",
    "lineage.csv": "from_id to_id kind year",
}


@cache
def made(year: int, world: World | None = None) -> dict[str, str]:
    return example_files(year, world or WORLDS[year])


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def table(year: int, name: str, world: World | None = None) -> list[dict[str, str]]:
    return rows(made(year, world)[f"{name}.csv"])


def submitted(year: int, world: World | None = None) -> list[dict[str, str]]:
    """The responses that count: submitted, and with an answer to some item."""
    return [
        row
        for row in table(year, "survey", world)
        if row["submitdate"] and any(list(row.values())[4:])
    ]


def ticked(year: int, item: str, world: World | None = None) -> set[str]:
    return {row["department"] for row in submitted(year, world) if row[item] == "Y"}


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def mean_answer(item: str, world: World | None = None, year: int = 2020) -> float:
    return mean([float(row[item]) for row in submitted(year, world) if row[item]])


# --- the same bytes ---------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_the_committed_files_are_the_ones_made(year: int) -> None:
    folder = ROOT / "data" / "raw" / str(year)
    committed = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert committed == {name: text.encode() for name, text in made(year).items()}


def test_bytes_do_not_depend_on_hashing_time_zone_or_locale() -> None:
    script = (
        "from mapping.example import example_files, WORLDS; import hashlib, sys; "
        "text = repr(example_files(2021, WORLDS[2021])); "
        "sys.stdout.write(hashlib.sha256(text.encode()).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == hashlib.sha256(repr(made(2021)).encode()).hexdigest()


def test_another_seed_makes_other_data_of_the_same_shape() -> None:
    other = example_files(2020, WORLDS[2020], seed=SEED + 1)
    assert other["survey.csv"] != made(2020)["survey.csv"]
    assert other["survey.csv"].splitlines()[0] == made(2020)["survey.csv"].splitlines()[0]


@pytest.mark.parametrize("year", YEARS)
def test_lines_end_with_lf_and_the_text_is_plain_utf8(year: int) -> None:
    for text in made(year).values():
        assert "\r" not in text
        assert "\ufeff" not in text
        assert text.endswith("\n")


# --- who takes part ---------------------------------------------------------------------


def test_participation_of_2020() -> None:
    interviewed = {row["department_id"] for row in table(2020, "interviews")}
    at_workshop = {row["department_id"] for row in table(2020, "workshop")}
    answered = {row["department"] for row in submitted(2020)}
    frame = {row["department_id"] for row in table(2020, "departments")}
    assert len(frame) == 50
    assert (len(interviewed), len(at_workshop), len(answered)) == (30, 33, 41)
    assert len(interviewed | at_workshop | answered) == 44
    assert interviewed | at_workshop | answered < frame


def test_some_departments_have_several_interviews_and_several_responses() -> None:
    interviews = {(row["department_id"], row["interview_id"]) for row in table(2020, "interviews")}
    responses = Counter(row["department"] for row in submitted(2020))
    assert max(Counter(department for department, _ in interviews).values()) == 2
    assert sum(count > 1 for count in responses.values()) >= 5


@pytest.mark.parametrize("year", YEARS)
def test_some_responses_are_to_be_left_out(year: int) -> None:
    responses = table(year, "survey")
    broken_off = [row for row in responses if not row["submitdate"]]
    blank = [row for row in responses if row["submitdate"] and not any(list(row.values())[4:])]
    answered = {row["department"] for row in submitted(year)}
    assert (len(broken_off), len(blank)) == (3, 1)
    assert blank[0]["department"] in answered
    assert len({row["department"] for row in broken_off} - answered) == 1


@pytest.mark.parametrize(("year", "before"), [(2021, 2020), (2022, 2021)])
def test_participants_are_lost_and_gained(year: int, before: int) -> None:
    now, then = (_participants(y) for y in (year, before))
    kept = {row["department_id"] for row in table(year, "departments")} & {
        row["department_id"] for row in table(before, "departments")
    }
    assert (then - now) & kept
    assert (now - then) & kept


def _participants(year: int) -> set[str]:
    named = table(year, "interviews") + table(year, "workshop")
    return {row["department_id"] for row in named} | {row["department"] for row in submitted(year)}


# --- the contract -----------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_the_columns_are_the_contract_s_and_no_planted_truth_is_among_them(year: int) -> None:
    for name, text in made(year).items():
        if name in COLUMNS:
            assert text.splitlines()[0].split(",") == COLUMNS[name].split()
    items = [item.item for item in load_protocol(ROOT / "data/protocol/su-2020").items]
    heading = next(csv.reader(io.StringIO(made(year)["survey.csv"])))
    assert heading == ["id", "submitdate", "department", "role", *items]
    assert set(made(year)) - {"lineage.csv"} == {
        "study.toml",
        "departments.csv",
        "interviews.csv",
        "workshop.csv",
        "survey.csv",
    }


@pytest.mark.parametrize("year", YEARS)
def test_every_code_theme_and_answer_is_known_to_the_protocol(year: int) -> None:
    protocol = load_protocol(ROOT / "data" / "protocol" / _settings(year)["protocol"])
    known = {code.code for code in protocol.codes if code.instrument == "interview"}
    assert {row["code"] for row in table(year, "interviews")} <= known
    assert {row["theme"] for row in table(year, "workshop")} <= set(protocol.themes)
    allowed = {
        "likert5": set("12345"),
        "level": set("0123"),
        "multiple": {"Y"},
        "yes_no": {"Y", "N"},
    }
    single = {
        "arrangement": {arrangement.key for arrangement in protocol.arrangements},
        "origin": {origin.key for origin in protocol.origins},
    }
    for item in protocol.items:
        answers = {row[item.item] for row in table(year, "survey")} - {""}
        assert answers <= (single[item.key] if item.type == "single" else allowed[item.type])
        assert answers, f"nobody answers {item.item}"


def _settings(year: int) -> dict[str, object]:
    return tomllib.loads(made(year)["study.toml"])


def test_every_arrangement_and_origin_occurs_in_both_instruments() -> None:
    codes = {row["code"] for row in table(2020, "interviews")}
    for group in ("arrangement", "origin"):
        answers = {row[group] for row in submitted(2020)} - {""}
        assert {f"{group}/{answer}" for answer in answers} == {
            code for code in codes if code.startswith(f"{group}/")
        }
    assert {row["arrangement"] for row in submitted(2020)} >= {
        "shared",
        "backed",
        "alone",
        "self_appointed",
        "nobody",
    }


@pytest.mark.parametrize("year", YEARS)
def test_every_date_lies_within_the_fieldwork(year: int) -> None:
    start, end = FIELDWORK[year]
    settings = tomllib.loads(made(year)["study.toml"])
    assert settings["fieldwork"] == {
        "start": dt.date.fromisoformat(start),
        "end": dt.date.fromisoformat(end),
    }
    days = [row["date"] for row in table(year, "interviews") + table(year, "workshop")]
    moments = [row["submitdate"] for row in table(year, "survey") if row["submitdate"]]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d [01]\d:[0-5]\d:[0-5]\d", m) for m in moments)
    for day in days + [moment[:10] for moment in moments]:
        assert start <= day <= end
        assert dt.date.fromisoformat(day).weekday() < 5


@pytest.mark.parametrize("year", YEARS)
def test_the_study_says_that_it_is_invented(year: int) -> None:
    settings = tomllib.loads(made(year)["study.toml"])
    assert settings["synthetic"] is True
    assert settings["contact"] == "alumni@example.org"
    assert "påhittade" in settings["title"]["sv"]
    assert "invented" in settings["title"]["en"]
    assert not re.search(r"@(?!example\.org)", "".join(made(year).values()))


@pytest.mark.parametrize("year", YEARS)
def test_contacts_are_of_a_domain_that_belongs_to_nobody(year: int) -> None:
    contacts = [row["contact"] for row in rows(made(year)["departments.csv"])]
    known = [contact for contact in contacts if contact]
    assert "" in contacts
    assert len(set(known)) == len(known) > 40
    assert all(re.fullmatch(r"alumn\.[a-z]+-[0-9]+@example\.org", contact) for contact in known)


@pytest.mark.parametrize("year", YEARS)
def test_identifiers(year: int) -> None:
    frame = [row["department_id"] for row in table(year, "departments")]
    assert len(set(frame)) == len(frame)
    assert all(re.fullmatch(r"[A-ZÅÄÖ]{2,8}-[0-9]{1,4}", department) for department in frame)
    assert {letter for name in frame for letter in name} >= set("ÅÄÖ")
    for name, key in (("workshop", "item_id"), ("survey", "id")):
        keys = [row[key] for row in table(year, name)]
        assert len(set(keys)) == len(keys)
    assert any("" in row.values() for row in table(year, "departments"))


# --- coding -----------------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_coders_share_segments_and_mostly_agree(year: int) -> None:
    coders = defaultdict(set)
    segments = defaultdict(set)
    codes: dict[str, dict[str, str]] = defaultdict(dict)
    for row in table(year, "interviews"):
        coders[row["interview_id"]].add(row["coder"])
        segments[row["interview_id"]].add(row["segment_id"])
        codes[row["segment_id"]][row["coder"]] = row["code"]
    assert {len(names) for names in coders.values()} == {2, 3}
    assert all(6 <= len(names) <= 12 for names in segments.values())
    both = [list(given.values()) for given in codes.values() if len(given) > 1]
    same = mean([len(set(given)) == 1 for given in both])
    assert 0.65 < same < 0.95
    assert len(both) < len(codes)  # a code is missed at times
    for given in both:
        assert len({code.partition("/")[0] for code in given}) == 1


@pytest.mark.parametrize("year", YEARS)
def test_a_segment_has_one_excerpt(year: int) -> None:
    excerpts = defaultdict(set)
    for row in table(year, "interviews"):
        excerpts[row["segment_id"]].add((row["excerpt"], row["date"], row["department_id"]))
    assert {len(texts) for texts in excerpts.values()} == {1}
    assert len({next(iter(texts))[0] for texts in excerpts.values()}) > 150


# --- the truth is found again -----------------------------------------------------------


@pytest.fixture(scope="module")
def computed():
    """The tiers of 2020 as the analysis finds them, beside those planted."""
    study = load_year(2020, ROOT)
    return study.tiers.set_index("department_id")["tier"], plant(WORLDS[2020]).latent["tier"]


def test_every_tier_holds_at_least_15_percent_of_the_participants(computed) -> None:
    found, _ = computed
    counts = found[found != "unclassified"].value_counts()
    assert set(counts.index) == {"good", "moderate", "small"}
    assert counts.min() / 44 >= 0.15


def test_the_planted_tier_is_found_for_most(computed) -> None:
    found, planted = computed
    classified = found != "unclassified"
    assert (found == planted)[classified].mean() > 0.8


# --- the years after --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "gone", "come", "kind"),
    [
        (2021, {"RIM-35", "VISA-36"}, "RIMV-51", "merged"),
        (2022, {"KUGG-43"}, "URVERK-52", "renamed"),
    ],
)
def test_lineage_fits_the_frames(year: int, gone: set[str], come: str, kind: str) -> None:
    lineage = table(year, "lineage")
    before, after = (
        {row["department_id"] for row in table(y, "departments")} for y in (year - 1, year)
    )
    assert {(row["to_id"], row["kind"], row["year"]) for row in lineage} == {
        (come, kind, str(year))
    }
    assert {row["from_id"] for row in lineage} == gone == before - after
    assert after - before == {come}


def test_2020_has_no_lineage() -> None:
    assert "lineage.csv" not in made(2020)


def test_one_question_is_reworded_from_2021_on() -> None:
    folders = [ROOT / "data" / "protocol" / name for name in ("su-2020", "su-2021")]
    assert [_settings(year)["protocol"] for year in YEARS] == ["su-2020", "su-2021", "su-2021"]
    old, new = (load_protocol(folder) for folder in folders)
    changed = [(a.item, b.item) for a, b in zip(old.items, new.items, strict=True) if a != b]
    assert changed == [("cond[workload]", "cond[workload]")]
    assert (old.follows, new.follows) == (None, "su-2020")
    assert (
        replace(
            new,
            name=old.name,
            version=old.version,
            title=old.title,
            items=old.items,
            sha256=old.sha256,
            follows=None,
        )
        == old
    ), "su-2021 has fallen behind su-2020: make the same change in both"
    names = [{path.name for path in folder.iterdir()} for folder in folders]
    assert names[0] == names[1]


def test_findings_turned_in_2021() -> None:
    assert len(ticked(2020, "needs[recruitment]")) > len(ticked(2020, "needs[employability]"))
    assert len(ticked(2021, "needs[recruitment]")) < len(ticked(2021, "needs[employability]"))
    assert mean_answer("cond[mandate]") < 3 < mean_answer("cond[mandate]", year=2021)
    unclear = "rolefact[unclear_expectation]"
    assert mean_answer(unclear) > 3 > mean_answer(unclear, year=2021)


def test_findings_turned_in_2022() -> None:
    def shared(year: int) -> float:
        return mean([row["arrangement"] == "shared" for row in submitted(year)])

    def counsellors(year: int) -> float:
        return mean(["studievägled" in row["role"].casefold() for row in submitted(year)])

    assert shared(2020) > 0.1 > shared(2022)
    assert counsellors(2020) > 0.4 > counsellors(2022)
    assert (
        mean_answer("rolefact[no_incentive]") > 3 > mean_answer("rolefact[no_incentive]", year=2022)
    )
    assert len(ticked(2020, "external[students]")) > len(ticked(2020, "external[society]"))
    assert len(ticked(2022, "external[students]")) < len(ticked(2022, "external[society]"))


# --- parameters reach the raw data ------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "item"),
    [
        ({"recruitment_rate": 0.2}, "needs[recruitment]"),
        ({"students_rate": 0.1}, "external[students]"),
        ({"wishes": (("tools", 0.05), ("training", 0.4), ("network", 0.5), ("data", 0.5),
                     ("funding", 0.3))}, "wishes[tools]"),
        ({"optout_rate": 0.02}, "optout"),
        ({"applicants_more_rate": 0.1}, "applicants[more]"),
    ],
)  # fmt: skip
def test_a_lower_rate_means_fewer_departments(change: dict[str, object], item: str) -> None:
    turned = replace(World(), **change)
    assert len(ticked(2020, item, turned)) < 0.6 * len(ticked(2020, item))


@pytest.mark.parametrize(
    ("change", "item"),
    [
        ({"mandate": (3.0, 3.0, 3.0)}, "cond[mandate]"),
        ({"no_incentive_rate": 1.0}, "rolefact[no_incentive]"),
        ({"tiers": (("good", 1.0),)}, "need[importance]"),
        ({"activity": 2.5}, "out[activity]"),
    ],
)
def test_a_higher_level_means_higher_answers(change: dict[str, object], item: str) -> None:
    assert mean_answer(item, replace(World(), **change)) > mean_answer(item) + 0.3


@pytest.mark.parametrize(
    ("parameter", "strength", "item", "splits"),
    [
        ("shared_sustainability", 2.5, "out[sustainability]", ("arrangement", "shared")),
        ("optout_relations", 2.0, "ctx[student_relations]", ("optout", "N")),
    ],
)
def test_an_association_turns_with_its_sign(
    parameter: str, strength: float, item: str, splits: tuple[str, str]
) -> None:
    def difference(value: float) -> float:
        responses = [
            row for row in submitted(2020, replace(World(), **{parameter: value})) if row[item]
        ]
        column, key = splits
        inside = [float(row[item]) for row in responses if row[column] == key]
        outside = [float(row[item]) for row in responses if row[column] not in (key, "")]
        return mean(inside) - mean(outside)

    positive = strength if parameter == "shared_sustainability" else -strength
    assert difference(positive) > 0.3
    assert difference(-positive) < -0.3


def test_no_department_feels_a_need_where_all_are_needless() -> None:
    latent = plant(replace(World(), needless_rate=1.0)).latent
    assert not latent.filter(like="need_recruitment").any(axis=None)
    assert (latent["internal_need"] <= 0.7).all()


# --- never a real year ------------------------------------------------------------------


def test_the_files_are_written_where_they_belong(tmp_path: Path) -> None:
    written = write_example(tmp_path, [2021])
    assert {path.relative_to(tmp_path).as_posix() for path in written} == {
        f"data/raw/2021/{name}" for name in made(2021)
    }
    assert all(path.read_bytes() == made(2021)[path.name].encode() for path in written)


def test_a_synthetic_year_may_be_replaced(tmp_path: Path) -> None:
    write_example(tmp_path, [2020])
    survey = tmp_path / "data" / "raw" / "2020" / "survey.csv"
    survey.write_text("changed", encoding="utf-8")
    write_example(tmp_path, [2020])
    assert survey.read_bytes() == made(2020)["survey.csv"].encode()


@pytest.mark.parametrize(
    "study",
    [b"synthetic = false\n", b"year = 2021\n", b'synthetic = "true"\n', b"not toml", b"\xff\xfe"],
)
def test_a_year_not_marked_synthetic_is_never_replaced(tmp_path: Path, study: bytes) -> None:
    folder = tmp_path / "data" / "raw" / "2021"
    folder.mkdir(parents=True)
    (folder / "study.toml").write_bytes(study)
    with pytest.raises(UsageError, match="2021"):
        write_example(tmp_path)
    assert [path.name for path in folder.iterdir()] == ["study.toml"]
    assert not (tmp_path / "data" / "raw" / "2020").exists()


def test_a_folder_without_study_toml_is_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "raw" / "2020"
    folder.mkdir(parents=True)
    (folder / "survey.csv").write_text("real", encoding="utf-8")
    with pytest.raises(UsageError, match="2020"):
        write_example(tmp_path, [2020])
    assert (folder / "survey.csv").read_text(encoding="utf-8") == "real"


def test_a_year_that_the_example_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="1999"):
        write_example(tmp_path, [1999])


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "data" / "raw" / "2020").mkdir(parents=True)
    assert len(write_example(tmp_path, [2020])) == 5
