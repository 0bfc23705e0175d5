"""Confidential text stays in data/; users' text of any kind is text in every report."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pymupdf
import pytest
from full_runs import (
    REPOSITORY,
    files,
    pdf_text,
    readable,
    root_with,
    run,
    run_departments,
    squeezed,
)

pytestmark = pytest.mark.slow

SECRETS = {
    "excerpt": "HEMLIGT-utdrag-7Q4",
    "statement": "HEMLIGT-lapp-9Z2",
    "respondent_role": "HEMLIG-roll-5T1",
    "role": "HEMLIG-enkätroll-3V8",
    "coder": "Kodar-Karin Hemlig-8B6",
    "contact": "hemlig.kontakt-2X5@example.org",
    "department_contact": "hemlig.mottagare-4W7@example.org",
    "unknown": "HEMLIG-kolumn-6N3",
    "corrected_role": "HEMLIG-rättad-roll-1K9",
    "corrected_contact": "hemlig.rättad-7J2@example.org",
    "corrected_coder": "Kodar-Klara Hemlig-5D1",
}
SEND_LIST = "reports/2020/departments/send-list.csv"
TOLD = {(kind, SEND_LIST) for kind in ("department_contact", "corrected_contact")}
HOSTILE = [
    "<script>alert(1)</script><b>Fet</b>",
    '#panic("x") $x^2$ *kursiv* _under_ <etikett> @ref // k',
    r"\input{/etc/passwd} \write18{ls}",
    "{{ 7*7 }} {% for x in y %}",
    '=HYPERLINK("http://example.org";"klicka")',
    "+1+1 -2-2 @SUM(A1)",
    "Institution med\u200dogiltiga\u0001 tecken\u001b[31m",
    "🧠 Hjärnans 👨‍👩‍👧 institution",
    "מחלקה לבוגרים",
    "قسم الخريجين",
    "Ö" * 300,
    "![bild](file:///etc/passwd) [länk](javascript:alert(1))",
]


def rewritten(path: Path, **columns: str) -> None:
    """Put the same text into every filled or blank cell of these columns."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], *(c for c in columns if c not in rows[0])])
        writer.writeheader()
        writer.writerows(row | columns for row in rows)


def planted(root: Path) -> Path:
    """The root with a secret in every confidential column, and hostile names; its raw data."""
    raw = root / "data/raw/2020"
    settings = (raw / "study.toml").read_text(encoding="utf-8")
    settings = re.sub(r'contact = ".*"', f'contact = "{SECRETS["contact"]}"', settings)
    decided = 'names_decided_by = "Rektor"\nnames_decided_on = 2020-05-01'
    settings = settings.replace('names = "code"', f'names = "name"\n{decided}')
    (raw / "study.toml").write_text(settings, encoding="utf-8")
    rewritten(
        raw / "interviews.csv",
        excerpt=SECRETS["excerpt"],
        respondent_role=SECRETS["respondent_role"],
        phone=SECRETS["unknown"],
    )
    text = (raw / "interviews.csv").read_text(encoding="utf-8")
    (raw / "interviews.csv").write_text(
        text.replace("Maja Påhittsdotter", SECRETS["coder"]), encoding="utf-8"
    )
    rewritten(raw / "workshop.csv", statement=SECRETS["statement"])
    rewritten(raw / "survey.csv", role=SECRETS["role"], ipaddr=SECRETS["unknown"])
    with_names(raw / "departments.csv")
    with_corrections(raw)
    return raw


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = root_with(tmp_path_factory.mktemp("hostile"))
    raw = planted(root)
    with_themes(root / "data/protocol/su-2020")
    done = run(root, "2020", "--no-departments")
    assert done.returncode == 0, done.stderr
    run_departments(root, *hostile_departments(raw / "departments.csv"), languages=("sv",))
    for secret in SECRETS.values():
        assert secret not in done.stdout + done.stderr
    return root


def with_themes(folder: Path) -> None:
    """A protocol of the root's own whose themes are called by hostile names."""
    shutil.copytree(REPOSITORY / "data/protocol/su-2020", folder)
    path = folder / "codebook.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        for number, row in enumerate(rows):
            label = HOSTILE[number % len(HOSTILE)]
            workshop = row["instrument"] == "workshop"
            writer.writerow(row | ({"label_sv": label, "label_en": label} if workshop else {}))


def with_names(path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for number, row in enumerate(rows):
            name = HOSTILE[number % len(HOSTILE)] + f" {number}"
            writer.writerow(row | {"name": name, "contact": SECRETS["department_contact"]})


def with_corrections(folder: Path) -> None:
    """Corrections of confidential columns, and one with a hostile reason of each kind."""

    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO((folder / name).read_text(encoding="utf-8"))))

    coded = next(row for row in rows("interviews.csv") if row["coder"] == SECRETS["coder"])
    secret = [
        ("survey.csv", rows("survey.csv")[0]["id"], "role", "role", "corrected_role"),
        ("interviews.csv", coded["segment_id"], "coder", "coder", "corrected_coder"),
        ("departments.csv", rows("departments.csv")[1]["department_id"], "contact",
         "department_contact", "corrected_contact"),
    ]  # fmt: skip
    with (folder / "corrections.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "key", "column", "old", "new", "reason", "date"])
        for name, key, column, old, new in secret:
            cells = [name, key, column, SECRETS[old], SECRETS[new], "Rättat", "2020-06-01"]
            writer.writerow(cells)
        for row, reason in zip(rows("workshop.csv"), HOSTILE, strict=False):
            votes = int(row["votes"] or 0) + 1
            cells = ["workshop.csv", row["item_id"], "votes", row["votes"], votes, reason]
            writer.writerow([*cells, "2020-06-01"])


def hostile_departments(path: Path) -> list[str]:
    """Of the departments that take part, one with each of some hostile names."""
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    answers = (path.parent / "survey.csv").read_text(encoding="utf-8")
    ids = {
        number % len(HOSTILE): row["department_id"]
        for number, row in enumerate(rows)
        if f",{row['department_id']}," in answers
    }
    return sorted(ids[kind] for kind in (0, 1, 6, 10))


def test_the_planted_secrets_would_be_found(made: Path) -> None:
    """The search sees what is in data/: else finding nothing in reports would mean nothing."""
    raw = "\n".join(readable(n, d) for n, d in files(made / "data/raw/2020").items())
    for secret in SECRETS.values():
        assert secret in raw


def test_no_secret_is_in_any_file_outside_data(made: Path) -> None:
    outside = {name: data for name, data in files(made).items() if not name.startswith("data/")}
    assert sum(name.endswith(".pdf") for name in outside) == 8 + 4
    for name, data in outside.items():
        text = squeezed(readable(name, data))
        for kind, secret in SECRETS.items():
            if (kind, name) not in TOLD:
                assert squeezed(secret) not in text, f"{kind} in {name}"


def test_the_contacts_are_in_the_list_of_whom_to_send_the_reports_to(made: Path) -> None:
    """The one file outside data/ that may hold anything of the kind."""
    text = (made / SEND_LIST).read_text(encoding="utf-8-sig")
    assert text.count(SECRETS["department_contact"]) == 4


def test_excerpts_and_statements_are_not_in_the_processed_tables_either(made: Path) -> None:
    for name, data in files(made / "data/processed/2020").items():
        for kind in SECRETS.keys() - {"respondent_role", "role", "corrected_role"}:
            assert SECRETS[kind].encode() not in data, f"{kind} in {name}"


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_hostile_names_are_text_in_the_pdf(made: Path, lang: str) -> None:
    text = squeezed(pdf_text((made / f"reports/2020/tiers-2020-{lang}.pdf").read_bytes()))
    for name in HOSTILE:
        if name.isprintable() and name.isascii():
            assert squeezed(name) in text, name
    assert "Ö" * 300 in text
    assert "[U+0001]" in text
    assert "root:" not in text


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_hostile_reasons_are_text_and_confidential_values_are_not_told(
    made: Path, lang: str
) -> None:
    text = squeezed(pdf_text((made / f"reports/2020/mapping-2020-{lang}.pdf").read_bytes()))
    for reason in HOSTILE:
        if reason.isprintable() and reason.isascii():
            assert squeezed(reason) in text, reason
    assert text.count({"sv": "(konfidentiellt)", "en": "(confidential)"}[lang]) == 6


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_hostile_themes_are_text_in_the_pdf(made: Path, lang: str) -> None:
    text = squeezed(pdf_text((made / f"reports/2020/swot-2020-{lang}.pdf").read_bytes())).lower()
    with (made / "data/protocol/su-2020/codebook.csv").open(encoding="utf-8") as file:
        labels = [r["label_sv"] for r in csv.DictReader(file) if r["instrument"] == "workshop"]
    plain = [label for label in labels if label.isprintable() and label.isascii()]
    assert len(plain) >= 5
    for label in plain:
        assert squeezed(label).lower() in text, label
    assert "ö" * 300 in text


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_hostile_names_stay_within_the_page(made: Path, lang: str) -> None:
    folder = made / "reports/2020"
    for path in (*folder.glob(f"*-{lang}.pdf"), *folder.glob(f"departments/*-{lang}.pdf")):
        for sheet in pymupdf.open(stream=path.read_bytes()):
            report = path.name
            for left, top, right, bottom, word, *_ in sheet.get_text("words"):
                assert left >= 0, (report, word)
                assert right <= sheet.rect.width, (report, word)
                assert top >= 0, (report, word)
                assert bottom <= sheet.rect.height, (report, word)


def test_hostile_names_are_no_links_and_no_formulas(made: Path) -> None:
    for name, data in files(made / "reports/2020").items():
        if name.endswith(".pdf"):
            links = [link for sheet in pymupdf.open(stream=data) for link in sheet.get_links()]
            assert all("uri" not in link for link in links), name
    book = readable("x.xlsx", (made / "reports/2020/tables-2020.xlsx").read_bytes())
    assert "<f>" not in book
    assert "<hyperlink " not in book


def test_hostile_names_are_escaped_where_notebooks_show_them_as_html(made: Path) -> None:
    shown = [
        output["data"]["text/html"]
        for data in files(made / "reports/2020/notebooks").values()
        for cell in json.loads(data)["cells"]
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    html = "".join("".join(lines) for lines in shown)
    assert "&lt;script&gt;" in html
    assert "<script" not in html
