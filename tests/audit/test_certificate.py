"""The certificate: every item can pass and can fail, by breaking what it looks at."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from builders import coded, evidence_of, frame_of, levels_of, su_2020

from mapping import project
from mapping.audit.certificate import FAIL, ITEMS, PASS, PERSON, Audited, certificate
from mapping.audit.consistency import consistency
from mapping.auditing import audit_of
from mapping.prose import words
from mapping.schemas import CHAIN, TABLES, conform
from mapping.statistics.consistency import cronbach_alpha
from mapping.study import load_year

ROOT = Path(__file__).parents[2]
PROTOCOL = su_2020()
PROJECT = dict(project.known_project()) | {
    "tests_service": ".github/workflows/tests.yml",
    "schedule": ".github/workflows/yearly.yml",
}


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """A table of which only what is looked at is filled in."""
    blank = dict.fromkeys(TABLES[name].columns)
    frame = pd.DataFrame([blank | row for row in rows], columns=list(blank))
    types = {key: column.dtype.type for key, column in TABLES[name].columns.items()}
    known = {key: kind for key, kind in types.items() if frame[key].notna().all()}
    return frame.astype(known)


def interview(**changed: object) -> dict[str, object]:
    told = {"department_id": "A", "instrument": "interview", "respondent": "i1"}
    return told | {"date": pd.Timestamp("2020-01-15")} | changed


def response(**changed: object) -> dict[str, object]:
    told = {"department_id": "A", "instrument": "survey", "respondent": "7"}
    return told | {"date": pd.Timestamp("2020-04-30 23:59:59")} | changed


KEYS = PROTOCOL.indicator_keys()
EVIDENCE = pd.concat(
    [
        evidence_of(
            *(coded("A", f"s{n}", "Ann", f"{key}/3") for n, key in enumerate(KEYS)),
            coded("A", "t", "Bo", "interest/3"),
        ),
        evidence_of(coded("A", "u", "x", "interest/3")).assign(
            instrument="survey", evidence_id="z1"
        ),
    ],
    ignore_index=True,
)
LEVELS = levels_of(A=dict.fromkeys(KEYS, 3.0)).assign(interview=3.0)
SEEN_TWICE = LEVELS.assign(
    instruments=pd.array([2 if key == "interest" else 1 for key in LEVELS["indicator"]], "Int64")
)


def every_choice() -> pd.DataFrame:
    """As many rows as there are combinations; two coders stand for each of them."""
    levels = {
        factor.key: [level.key for level in factor.levels if level.key != "each"]
        for factor in PROTOCOL.audit.factors
    }
    levels["coder"] = ["all", "Ann", "Bo"]
    rows = pd.MultiIndex.from_product(levels.values(), names=list(levels)).to_frame(index=False)
    return rows.assign(number=range(1, len(rows) + 1))


AUDITED = Audited(
    PROTOCOL,
    frame_of("A"),
    {
        "evidence": EVIDENCE,
        "respondents": table("respondents", interview(), response()),
        "participation": table(
            "participation", {"department_id": "A", "responses": 1, "left_out": 0}
        ),
        "indicators": SEEN_TWICE,
        "tiers": table("tiers", {"department_id": "A", "tier": "good"}),
        "aspects": table(
            "aspects",
            *({"department_id": "A", "aspect": a, "level": 3.0} for a in PROTOCOL.aspect_keys),
        ),
        "agreement": table("agreement", {"among": "coders", "scope": "all", "alpha": 0.9}),
        "convergence": table(
            "convergence", {"department_id": "A", "indicator": "interest", "spread": 0.0}
        ),
        "bounds": table(
            "bounds",
            *({"kind": "tier", "key": key} for key in ("good", "moderate", "small")),
            *({"kind": "with_need", "key": key} for key in ("internal", "external")),
        ),
        "choices": every_choice(),
        "consistency": table("consistency", {"construct": "conditions", "alpha": 0.5}),
    },
    (pd.Timestamp("2019-12-02"), pd.Timestamp("2020-04-30")),
    PROJECT,
    {"verdicts": True, "recovery": True},
)

JUDGED = {"peer-review", "published", "framework", "multivariate", "presentation", "themes"}


def verdicts(audited: Audited = AUDITED) -> dict[str, str]:
    rows = certificate(audited)
    return dict(zip(rows["item"], rows["verdict"], strict=True))


def test_all_that_can_pass_does_and_the_rest_is_for_a_person() -> None:
    expected = {item.key: PERSON if item.key in JUDGED else PASS for item in ITEMS}
    assert verdicts() == expected


def test_there_are_the_items_of_each_framework() -> None:
    rows = certificate(AUDITED)
    counts = rows["framework"].value_counts().to_dict()
    assert counts == {"rap": 18, "oecd": 10, "reporting": 12}
    assert rows.query("framework == 'rap'")["level"].value_counts(sort=False).to_dict() == {
        "baseline": 5,
        "silver": 9,
        "gold": 4,
    }
    assert rows.query("framework == 'oecd'")["level"].tolist() == [str(n) for n in range(1, 11)]


def with_table(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Audited:
    return replace(AUDITED, tables={**AUDITED.tables, name: change(AUDITED[name])})


def first(frame: pd.DataFrame, **values: object) -> pd.DataFrame:
    """The frame with its first row changed."""
    changed = frame.copy()
    for column, value in values.items():
        changed.loc[changed.index[0], column] = value
    return changed


def without_label(name: str) -> Audited:
    listed = getattr(PROTOCOL, name)
    bare = replace(listed[0], label=replace(listed[0].label, en=" "))
    return replace(AUDITED, protocol=replace(PROTOCOL, **{name: (bare, *listed[1:])}))


SURVEY, INTERVIEW = "instrument == 'survey'", "instrument == 'interview'"
BROKEN: list[tuple[str, Audited]] = [
    ("tidy", with_table("participation", lambda rows: pd.concat([rows, rows]))),
    ("selection", with_table("indicators", lambda rows: rows.query("indicator != 'mandate'"))),
    ("imputation", with_table("evidence", lambda rows: rows.query("key != 'mandate'"))),
    ("multivariate", with_table("consistency", lambda rows: rows.assign(alpha=None))),
    ("normalisation", with_table("indicators", lambda rows: first(rows, interview=4.0))),
    ("normalisation", with_table("indicators", lambda rows: first(rows, level=-0.1))),
    ("weighting", with_table("choices", lambda rows: rows.query("weights == 'stated'"))),
    ("aggregation", with_table("choices", lambda rows: rows.query("average == 'mean'"))),
    ("robustness", with_table("choices", lambda rows: rows.iloc[1:])),
    ("robustness", with_table("choices", lambda rows: rows.query("tie == 'lower'"))),
    ("links", with_table("evidence", lambda rows: first(rows, row=0))),
    ("interviews", with_table("respondents", lambda rows: rows.query(SURVEY))),
    ("interviews", with_table("respondents", lambda rows: first(rows, date=pd.NaT))),
    (
        "interviews",
        with_table("respondents", lambda rows: first(rows, date=pd.Timestamp("2020-05-01"))),
    ),
    ("field-period", with_table("respondents", lambda rows: rows.query(INTERVIEW))),
    ("coders", with_table("evidence", lambda rows: rows.query("rater != 'Bo'"))),
    ("coders", with_table("agreement", lambda rows: rows.assign(alpha=None))),
    ("coding-tree", without_label("codes")),
    ("questionnaire", without_label("items")),
    ("answered", with_table("participation", lambda rows: rows.assign(responses=0))),
    ("answered", replace(AUDITED, departments=frame_of("A", "B"))),
    ("missing-items", with_table("tiers", lambda rows: rows.assign(tier="unclassified"))),
    ("missing-items", with_table("aspects", lambda rows: rows.head(3))),
    (
        "weights",
        replace(AUDITED, protocol=replace(PROTOCOL, instruments=PROTOCOL.instruments[:1])),
    ),
    ("combined", with_table("evidence", lambda rows: rows.query(INTERVIEW))),
    ("disagreement", with_table("convergence", lambda rows: rows.assign(spread=None))),
    ("limits", with_table("bounds", lambda rows: rows.query("key != 'small'"))),
    ("limits", replace(AUDITED, current={"verdicts": True, "recovery": False})),
    ("limits", replace(AUDITED, current={"recovery": True})),
]


@pytest.mark.parametrize(("item", "audited"), BROKEN, ids=[key for key, _ in BROKEN])
def test_what_is_broken_fails(item: str, audited: Audited) -> None:
    assert verdicts(audited)[item] == FAIL


FACTS = {
    "open-language": "language", "version-control": "version_control", "readme": "steps",
    "minimal-manual": "one_command", "documented": "documented", "folders": "layout",
    "functions": "reused", "standards": "standards", "tests": "tests",
    "dependencies": "dependencies", "logs": "log", "packaged": "packaged", "trigger": "schedule",
    "changelog": "changelog",
}  # fmt: skip


@pytest.mark.parametrize(("item", "fact"), FACTS.items())
def test_what_the_repository_lacks_fails_and_says_where_it_would_be(item: str, fact: str) -> None:
    lacking = replace(AUDITED, project=PROJECT | {fact: ""})
    row = certificate(lacking).set_index("item").loc[item]
    assert row["verdict"] == FAIL
    assert row["evidence"].startswith("file:")
    assert len(row["evidence"]) > len("file:")


@pytest.mark.parametrize(
    ("facts", "verdict", "evidence"),
    [
        ({}, PASS, "file:.github/workflows/tests.yml"),
        ({"tests_service": ""}, PERSON, "file:.ci/run"),
        ({"tests_service": "", "tests_script": ""}, FAIL, "file:.ci/run"),
    ],
)
def test_a_script_alone_does_not_show_that_it_is_run(
    facts: dict[str, str], verdict: str, evidence: str
) -> None:
    row = certificate(replace(AUDITED, project=PROJECT | facts)).set_index("item").loc["ci"]
    assert (row["verdict"], row["evidence"]) == (verdict, evidence)


def test_every_item_that_can_pass_can_fail() -> None:
    broken = {item for item, _ in BROKEN} | set(FACTS) | {"ci"}
    assert broken | JUDGED == {item.key for item in ITEMS}


def test_counts_stand_beside_the_verdict() -> None:
    row = certificate(AUDITED).set_index("item").loc["combined"]
    assert row[["n", "of", "evidence"]].tolist() == [1, 1, "table:evidence"]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_item_has_its_texts(lang: str) -> None:
    said = words(lang, PROTOCOL)
    for item in ITEMS:
        for part in ("label", "checked", *(["not_done"] if item.framework == "oecd" else [])):
            assert said.say(f"certificate.{item.framework}.{item.key}.{part}")
        assert said.say(f"certificate.levels.{item.level}")
    for row in certificate(AUDITED).itertuples():
        kind, _, name = row.evidence.partition(":")
        assert name in said.say(f"certificate.evidence.{kind}", name=name)
        assert said.say(f"certificate.verdicts.{row.verdict}")


@pytest.mark.slow
def test_the_example_study_has_a_certificate() -> None:
    rows = audit_of(load_year(2020, ROOT)).certificate.set_index("item")
    failed = set(rows.index[rows["verdict"] == FAIL])
    assert failed <= {"trigger", "limits"}
    assert rows.loc["tidy", "of"] == len(CHAIN)


# --- consistency --------------------------------------------------------------------------------

ATTITUDE = [
    [43, 51, 30, 39, 61, 92, 45], [63, 64, 51, 54, 63, 73, 47], [71, 70, 68, 69, 76, 86, 48],
    [61, 63, 45, 47, 54, 84, 35], [81, 78, 56, 66, 71, 83, 47], [43, 55, 49, 44, 54, 49, 34],
    [58, 67, 42, 56, 66, 68, 35], [71, 75, 50, 55, 70, 66, 41], [72, 82, 72, 67, 71, 83, 31],
    [67, 61, 45, 47, 62, 80, 41], [64, 53, 53, 58, 58, 67, 34], [67, 60, 47, 39, 59, 74, 41],
    [69, 62, 57, 42, 55, 63, 25], [68, 83, 83, 45, 59, 77, 35], [77, 77, 54, 72, 79, 77, 46],
    [81, 90, 50, 72, 60, 54, 36], [74, 85, 64, 69, 79, 79, 63], [65, 60, 65, 75, 55, 80, 60],
    [65, 70, 46, 57, 75, 85, 46], [50, 58, 68, 54, 64, 78, 52], [50, 40, 33, 34, 43, 64, 33],
    [64, 61, 52, 62, 66, 80, 41], [53, 66, 52, 50, 63, 80, 37], [40, 37, 42, 58, 50, 57, 49],
    [63, 54, 42, 48, 66, 75, 33], [66, 77, 66, 63, 88, 76, 72], [78, 75, 58, 74, 80, 78, 49],
    [48, 57, 44, 45, 51, 83, 38], [85, 85, 71, 71, 77, 74, 55], [82, 82, 39, 59, 64, 78, 39],
]  # fmt: skip
"""R's datasets::attitude (Chatterjee and Price 1977); alpha as R psych gives it."""


def test_cronbach_alpha_of_a_published_table() -> None:
    assert cronbach_alpha(ATTITUDE) == pytest.approx(0.8431427695648, abs=1e-12)


@pytest.mark.parametrize("levels", [[[1, 2]], [[1], [2]], [[1, 2], [2, 1]]])
def test_alpha_is_missing_where_it_is_undefined(levels: list[list[int]]) -> None:
    assert pd.isna(cronbach_alpha(levels))


def test_consistency_is_over_departments_that_have_all_indicators() -> None:
    """A 3 3, B 1 1: alpha 1 of the two needs; C lacks one. Of the conditions none is complete."""
    levels = levels_of(
        A={"internal_need": 3.0, "importance": 3.0},
        B={"internal_need": 1.0, "importance": 1.0},
        C={"internal_need": 1.0},
    )
    rows = consistency(levels, PROTOCOL).set_index("construct")
    assert rows.loc["needs"].tolist() == [2, 2, 1.0]
    assert rows.loc["conditions", ["indicators", "departments"]].tolist() == [7, 0]
    assert pd.isna(rows.loc["conditions", "alpha"])


# --- the repository -----------------------------------------------------------------------------


def test_what_travels_in_the_package_is_what_is_found_here() -> None:
    found, known = project.examine(ROOT), dict(project.known_project())
    if not (ROOT / ".git").exists():
        found.pop("version_control"), known.pop("version_control")
    assert known == found, "run: make certificate"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small repository that has everything."""
    files = {
        "pyproject.toml": "[build-system]\nrequires-python = '3'\n[project.scripts]\n"
        "[tool.ruff]\n[tool.mypy]\n[tool.pytest.ini_options]\n",
        "README.md": "make report",
        "ARCHITECTURE.md": "",
        "GLOSSARY.md": "",
        "CONTRIBUTING.md": "",
        "LICENSE": "",
        "CHANGELOG.md": "semantic versioning\n## 1\n",
        "Makefile": "report:\n",
        ".ci/run": "make lint\nmake test\n",
        ".github/workflows/a.yml": "on:\n  schedule:\n    - cron: x\nrun: make test\n",
        "requirements/run.txt": "a==1 --hash=sha256:0\n",
        "src/mapping/pipeline/run.py": '"""Told."""\nwrite_run()\nwrite_manifest()\n',
        "tests/test_a.py": "",
        "notebooks/1-a.ipynb": notebook("study = 1"),
        "data/raw/x": "",
        "data/protocol/x": "",
        "docs/x": "",
        ".git/x": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def notebook(code: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": [code]}]})


def test_a_repository_that_has_everything(checkout: Path) -> None:
    assert all(project.examine(checkout).values())


@pytest.mark.parametrize(
    ("fact", "name", "text"),
    [
        ("language", "pyproject.toml", ""),
        ("steps", "README.md", "nothing"),
        ("steps", "Makefile", ""),
        ("licence", "LICENSE", None),
        ("one_command", "Makefile", "test:"),
        ("documented", "GLOSSARY.md", None),
        ("documented", "src/mapping/a.py", "x = 1"),
        ("documented", "src/mapping/a.py", '"""Told."""\ndef public():\n    return 1\n'),
        ("reused", "notebooks/1-a.ipynb", notebook("def own():\n    pass")),
        ("reused", "notebooks/1-a.ipynb", None),
        ("standards", "pyproject.toml", "[tool.ruff]"),
        ("standards", ".ci/run", "make test"),
        ("tests", "tests/test_a.py", None),
        ("dependencies", "requirements/run.txt", "a"),
        ("log", "src/mapping/pipeline/run.py", '"""Told."""'),
        ("packaged", "pyproject.toml", "[build-system]"),
        ("tests_script", ".ci/run", "make lint"),
        ("tests_service", ".github/workflows/a.yml", "on: push"),
        ("schedule", ".github/workflows/a.yml", "on: push"),
        ("changelog", "CHANGELOG.md", "nothing"),
    ],
)
def test_what_a_repository_lacks(checkout: Path, fact: str, name: str, text: str | None) -> None:
    if text is None:
        (checkout / name).unlink()
    else:
        (checkout / name).write_text(text, encoding="utf-8")
    assert project.examine(checkout)[fact] == ""


@pytest.mark.parametrize(("fact", "folder"), [("layout", "docs"), ("version_control", ".git")])
def test_a_folder_that_is_not_there(checkout: Path, fact: str, folder: str) -> None:
    (checkout / folder / "x").unlink()
    (checkout / folder).rmdir()
    assert project.examine(checkout)[fact] == ""


def test_a_description_of_what_is_public_is_missed_only_there(checkout: Path) -> None:
    path = checkout / "src" / "mapping" / "a.py"
    path.write_text('"""Told."""\ndef _own():\n    return 1\n', encoding="utf-8")
    assert project.examine(checkout)["documented"]


def test_the_record_is_written_as_it_is_read(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "project.toml"
    project.main(checkout, record)
    monkeypatch.setattr(project, "RECORD", record)
    assert dict(project.known_project()) == project.examine(checkout)


def test_a_table_of_the_certificate_keeps_its_contract() -> None:
    rows = certificate(AUDITED)
    pd.testing.assert_frame_equal(rows, conform(rows, "certificate"))
