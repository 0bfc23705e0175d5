"""The package of a year for publication: whole, read back, the same twice, and about nobody."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import typer.testing
from made_results import in_no_time, make_study, one_byte, parts
from raw_years import DEPARTMENTS, STUDY
from rocrate.rocrate import ROCrate
from small_root import contents

from mapping import cli
from mapping.errors import RunError, UsageError
from mapping.pipeline import crate, package, provenance
from mapping.pipeline.crate import Part
from mapping.pipeline.freeze import freeze
from mapping.pipeline.results import ADDED, Difference, Results, find
from mapping.pipeline.run import RunRequest, run
from mapping.pipeline.searched import found_in
from mapping.pipeline.store import write_json
from mapping.pipeline.verify import verify
from mapping.publish import pdf

OPEN = {
    "tables/open_cells.csv": "table,cell,value\nneeds,stöd,5\n".encode(),
    "manifest.json": b'{"edition": "open", "year": 2020, "synthetic": true}\n',
}
REGISTER = DEPARTMENTS.replace(",Beta,", ",Betastrålningens hus,").replace("ABC-1", "XYZ-1")
EARLIER = REGISTER.replace("Betastrålningens hus", "Fysik & kemi i väst").replace(
    "XYZ-1,Alfa", "OLD-7,Institutionen för glasskemi och strössel"
)


def printed(*html: str) -> bytes:
    """A PDF of ours with these paragraphs."""
    document = {"title": "Öppen", "lang": "sv", "year": 2020, "date": "2020-04-30", "labels": {}}
    metadata = {"mapping": {"document": {**document, "short_title": "Öppen", "synthetic": None}}}
    body = "".join(f"<p>{part}</p>" for part in html)
    outputs = [
        nbformat.v4.new_output("display_data", {"text/html": "<h1>Ö</h1>"}, metadata=metadata),
        nbformat.v4.new_output("display_data", {"text/html": f"<h2>Svar</h2>{body}"}),
    ]
    cell = nbformat.v4.new_code_cell("", outputs=outputs)
    return pdf(nbformat.v4.new_notebook(cells=[cell]))


def with_open(root: Path, **more: bytes) -> None:
    """Put an open edition among the results, as a run leaves it."""
    found = find(root, "2020")
    folder, files = found.reports / "open", dict(found.manifest["files"])
    for name, data in {**OPEN, **more}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        files[f"open/{name}"] = {"sha256": hashlib.sha256(data).hexdigest()}
    write_json(found.reports / "manifest.json", {**found.manifest, "files": files})
    retold(found)


def retold(found: Results) -> None:
    data = (found.reports / "manifest.json").read_bytes()
    told = {**found.run, "manifest": hashlib.sha256(data).hexdigest()}
    write_json(found.processed / "run.json", {**told, "checksum": provenance.checksum(told)})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_no_time():
        root = make_study(tmp_path_factory.mktemp("root"))
        for year, register in (("2020", REGISTER), ("2019", EARLIER)):
            folder = root / "data/raw" / year
            (folder / "departments.csv").write_text(register, encoding="utf-8")
        (root / "data/raw/2020/study.toml").write_text(STUDY, encoding="utf-8")
        (root / "data/raw/2020/corrections.csv").write_text(
            "file,key,column,old,new,reason,date\n"
            "departments.csv,XYZ-1,name,Alfa,Betalningslära,misspelt,2020-05-01\n"
            "survey.csv,1,role,a,synligt,wrong,2020-05-01\n",
            encoding="utf-8",
        )
        run(RunRequest(2020, root), parts())
        with_open(root, **{"mapping-open-2020-sv.pdf": printed("Alla tillsammans.")})
        yield root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


@pytest.fixture(scope="module")
def folder(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("package") / "crate"
    package.package(made, 2020, target)
    return target


def metadata(folder: Path) -> dict[str, Any]:
    graph = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    return {entity["@id"]: entity for entity in graph}


def test_what_is_in_it(made: Path, folder: Path) -> None:
    files = contents(folder)
    assert {name.partition("/")[0] for name in files} == {
        "code.json", "environment", "inputs.csv", "notebooks", "open", "protocol",
        "ro-crate-metadata.json",
    }  # fmt: skip
    opened = {name: data for name, data in files.items() if name.startswith("open/")}
    assert opened == {f"open/{n}": d for n, d in contents(made / "reports/2020/open").items()}
    protocol = contents(made / "data/protocol/su-2020")
    assert {n: files[f"protocol/su-2020/{n}"] for n in protocol} == protocol
    assert b"pandas==" in files["environment/requirements.txt"]
    assert json.loads(files["environment/versions.json"]) == find(made, "2020").run["versions"]
    assert json.loads(files["code.json"])["sha256"] == "code"


def test_raw_data_are_in_it_by_their_hash_alone(made: Path, folder: Path) -> None:
    lines = (folder / "inputs.csv").read_text(encoding="utf-8").splitlines()
    raw = {
        f"{year},{name},{hashlib.sha256(data).hexdigest()}"
        for year in ("2019", "2020")
        for name, data in contents(made / "data/raw" / year).items()
    }
    assert set(lines[1:]) == raw
    raw_bytes = set(contents(made / "data/raw").values())
    assert not raw_bytes & set(contents(folder).values())


def test_nothing_of_the_internal_results_is_in_it(made: Path, folder: Path) -> None:
    reports = {n: d for n, d in contents(made / "reports/2020").items() if n[:5] != "open/"}
    internal = {*reports.values(), *contents(made / "data/processed/2020").values()}
    assert not internal & set(contents(folder).values())


def test_the_notebooks_are_in_it_without_what_somebody_left_in_them(root: Path) -> None:
    path = root / "notebooks/1-first.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="hemligt")]
    notebook.cells[1].execution_count = 7
    nbformat.write(notebook, path)
    run(RunRequest(2020, root), parts())
    with_open(root)
    package.package(root, 2020, root / "crate")
    stored = nbformat.read(root / "crate/notebooks/1-first.ipynb", 4)
    assert all(not cell.get("outputs") for cell in stored.cells)
    assert stored.cells[1].source == notebook.cells[1].source
    assert stored.cells[1].execution_count is None


def test_it_says_what_it_is(folder: Path) -> None:
    told = metadata(folder)
    root = told["./"]
    assert root["name"] == "Kartläggningen / The mapping"
    assert root["datePublished"] == "2020-04-30"  # the last day of the fieldwork
    assert "Data är syntetiska" in root["description"]
    assert "The data are synthetic" in root["description"]
    assert root["license"] == {"@id": "https://spdx.org/licenses/MIT"}
    assert told["#program"]["identifier"] == "sha256:code"
    assert told["ro-crate-metadata.json"]["conformsTo"]["@id"].endswith("/crate/1.2")


def test_every_file_is_listed_with_its_hash(folder: Path) -> None:
    told = metadata(folder)
    listed = {part["@id"] for part in told["./"]["hasPart"]}
    assert listed == set(contents(folder)) - {"ro-crate-metadata.json"}
    for name in listed:
        assert told[name]["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()
        assert told[name]["description"]
    assert {entity.id for entity in ROCrate(folder).data_entities} == listed


def test_twice_the_same_bytes_as_folder_and_as_zip(
    made: Path, folder: Path, tmp_path: Path
) -> None:
    package.package(made, 2020, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(folder)
    for name in ("a.zip", "b.zip"):
        package.package(made, 2020, tmp_path / name)
    first, second = ((tmp_path / name).read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {n: packed.read(n) for n in packed.namelist()} == contents(folder)
        assert {entry.date_time for entry in packed.infolist()} == {(2020, 4, 30, 0, 0, 0)}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "again", "b.zip"]


def test_no_network_and_no_place_of_this_machine(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    package.package(made, 2020, tmp_path / "crate")
    for name, data in contents(tmp_path / "crate").items():
        for word in (str(made), str(tmp_path), socket.gethostname() + "/"):
            assert word.encode() not in data, name


def test_a_frozen_copy_of_the_same_open_edition_changes_nothing(root: Path) -> None:
    """Another one that is there already does: what it shows is taken into account."""
    told = OPEN["manifest.json"]
    freeze(root, 2020)
    assert verify(find(root, "2020"), root).repeated
    assert verify(find(root, "2020-1"), root).repeated
    earlier = root / "reports/final/2019-1/open"
    earlier.mkdir(parents=True)
    (earlier / "manifest.json").write_bytes(told.replace(b"2020", b"2019"))
    (found,) = verify(find(root, "2020"), root).made_from
    assert found == Difference("inputs", "reports/final/2019-1/open", ADDED)
    with pytest.raises(UsageError, match=r"reports/final/2019-1/open \(added\); make it anew"):
        package.package(root, 2020)


def test_the_command(root: Path) -> None:
    done = call("package", "2020", "--root", root)
    assert done.exit_code == 0, done.stderr
    assert (root / "reports/packages/mapping-2020.zip").is_file()
    assert "no id or name of a department stands in it (8 were looked for" in done.stdout
    assert find(root, "2020").manifest  # the results are as they were


def call(*arguments: object) -> typer.testing.Result:
    return typer.testing.CliRunner().invoke(cli.app, [str(part) for part in arguments])


# --- refused -------------------------------------------------------------------------------


def test_without_an_open_edition(root: Path) -> None:
    run(RunRequest(2020, root, ("sv",)), parts())
    with pytest.raises(UsageError, match="make it with: mapping run 2020 --edition open"):
        package.package(root, 2020)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("data/raw/2020/survey.csv", r"survey\.csv"),
        ("data/protocol/su-2020/toolbox.csv", r"su-2020/toolbox\.csv"),
        ("reports/2020/open/tables/open_cells.csv", r"open/tables/open_cells\.csv"),
    ],
)
def test_an_open_edition_that_no_longer_holds(made: Path, path: str, name: str) -> None:
    refused = pytest.raises(UsageError, match=f"out of date, .* changed since: {name}; make it")
    with one_byte(made / path), refused:
        package.package(made, 2020)


PLANTED = {
    "id in a table": ("tables/open_cells.csv", b"cell\nXYZ-1,5\n"),
    "name in a table": ("tables/x.csv", b"cell\nAlfa\n"),
    "corrected name": ("tables/x.csv", "cell\nBetalningslära\n".encode()),
    "id of an earlier year": ("tables/x.csv", b"cell\nOLD-7\n"),
    "name over lines": ("a.txt", "Institutionen för\nglass-\nkemi och strös\u00adsel".encode()),
    "id over lines": ("a.txt", b"of XYZ-\n1."),
    "escaped in JSON": ("a.json", b'{"a": ["\\u00c5\\u00c4\\u00d6-22"]}'),
    "file name": ("XYZ-1.txt", b"nothing"),
    "name as it is written in a text": (
        "a.md",
        "vid institutionen för Glasskemi och strössel".encode(),
    ),
    "id in small letters": ("a.txt", b"xyz-1"),
    "id with another hyphen": ("a.txt", "XYZ\u20111, ÅÄÖ\u221222".encode()),
    "letters and marks apart": ("a.txt", "Betastra\u030alningens hus".encode()),
    "latin-1": ("a.csv", "Betastrålningens hus".encode("latin-1")),
    "UTF-16": ("a.csv", "Betastrålningens hus".encode("utf-16")),
    "HTML in a notebook": ("a.ipynb", b'{"a": "Fysik &amp; <b>kemi</b> i v&auml;st"}'),
    "page of a PDF": ("b.pdf", b"XYZ-1"),
    "workbook": ("b.xlsx", b"XYZ-1"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_department_that_is_named_anywhere(root: Path, kind: str) -> None:
    name, data = PLANTED[kind]
    if name.endswith(".pdf"):
        data = printed("Hos Betastrålningens hus och Institutionen för glasskemi finns mer. " * 6)
    if name.endswith(".xlsx"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("xl/sharedStrings.xml", "<t>XYZ-1</t>")
        data = packed.getvalue()
    with_open(root, **{name: data})
    with pytest.raises(UsageError, match="departments are named in") as caught:
        package.package(root, 2020, root / "crate")
    assert f"open/{name} (" in str(caught.value)
    planted = ("Alfa", "OLD-7", "glasskemi", "Betal")
    assert not [word for word in planted if word in str(caught.value)]
    assert not (root / "crate").exists()


def test_words_that_only_look_like_a_department_are_let_through() -> None:
    """A name of one word may be an everyday word too: there capitals count."""
    files = {"a.txt": b"XABC-1 ABC-12 alfa Alfabet ALFA", "ABC-10.pdf.txt": b""}
    assert found_in(files, ["ABC-1", "Alfa", ""]) == {}
    assert found_in({"a.txt": b"(ABC- 1), ABC-1."}, ["ABC-1", "Alfa"]) == {"a.txt": 1}


def test_a_real_year_has_a_licence_of_its_own_choice(root: Path) -> None:
    path = root / "data/raw/2020/study.toml"
    path.write_text(STUDY.replace("synthetic = true", "synthetic = false"), encoding="utf-8")
    run(RunRequest(2020, root), parts())
    with_open(root)
    with pytest.raises(UsageError, match="is for you to decide: name it with --license"):
        package.package(root, 2020)
    address = "https://creativecommons.org/licenses/by/4.0/"
    package.package(root, 2020, root / "crate", address)
    told = metadata(root / "crate")
    assert told["./"]["license"] == {"@id": address}
    assert told["protocol/su-2020/codebook.csv"]["license"]["@id"].endswith("/MIT")
    assert "syntetiska" not in told["./"]["description"]


def test_a_folder_that_holds_anything_and_a_register_that_cannot_be_read(root: Path) -> None:
    (root / "crate").mkdir()
    (root / "crate/mine").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="holds files already"):
        package.package(root, 2020, root / "crate")
    (root / "crate/mine").unlink()
    package.package(root, 2020, root / "crate")  # an empty one is taken
    (root / "data/raw/2022").mkdir()
    (root / "data/raw/2022/departments.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="the departments of 2022 cannot be read"):
        package.package(root, 2020)


def test_what_differs_from_what_was_put_in_is_found_when_read_back(
    folder: Path, tmp_path: Path
) -> None:
    files = {name: data for name, data in contents(folder).items() if name != crate.METADATA}
    put_in = {name: Part(data, "") for name, data in files.items()}
    crate.check(folder, put_in)
    for change in ("more", "less", "other"):
        copy = Path(shutil.copytree(folder, tmp_path / change))
        if change == "more":
            (copy / "more.txt").write_text("more", encoding="utf-8")
        elif change == "less":
            (copy / "code.json").unlink()
        else:
            (copy / "code.json").write_text("other", encoding="utf-8")
        name = "more.txt" if change == "more" else "code.json"
        with pytest.raises(RunError, match=f"does not hold what was put in: {name}"):
            crate.check(copy, put_in)


def test_the_crate_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, mapping.cli; sys.exit('rocrate' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- what lies beside what is packaged -----------------------------------------------------


def test_only_the_files_of_a_protocol_are_packaged(made: Path, tmp_path: Path) -> None:
    """Not a note of one's own, nor what Excel leaves beside an open file."""
    folder = made / "data/protocol/su-2020"
    mine = [folder / "notes.txt", folder / "~$codebook.xlsx", folder / "~$codebook.csv"]
    for path in mine:
        path.write_bytes(b"what the head said")
    try:
        package.package(made, 2020, tmp_path / "crate")
    finally:
        for path in mine:
            path.unlink()
    packaged = {path.name for path in (tmp_path / "crate/protocol/su-2020").iterdir()}
    assert packaged == {path.name for path in folder.iterdir()}
    assert {"codebook.csv", "protocol.toml", "questionnaire.lss"} < packaged


def test_a_workbook_that_is_none_is_searched_as_text() -> None:
    assert found_in({"a.xlsx": b"of XYZ-1"}, ["XYZ-1"]) == {"a.xlsx": 1}
    assert found_in({"a.pdf": b"of XYZ-1"}, ["XYZ-1"]) == {"a.pdf": 1}


def test_a_packaged_notebook_tells_nothing_of_who_ran_it(tmp_path: Path) -> None:
    cell = nbformat.v4.new_markdown_cell("text", metadata={"tags": ["guide"], "by": "Anna"})
    cell["attachments"] = {"a.png": {"image/png": "Anna"}}
    told = {
        "mapping": {"report": "x"},
        "authors": [{"name": "Anna"}],
        "papermill": {"input_path": "/home/Anna"},
        "kernelspec": {"name": "Anna", "display_name": "Anna"},
        "language_info": {"name": "python", "version": "Anna"},
    }
    path = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=told), path)
    data = package.source(path.read_bytes())
    assert b"Anna" not in data
    stored = nbformat.reads(data.decode(), 4)
    assert set(stored.metadata) == {"mapping", "language_info", "kernelspec"}
    assert stored.cells[0].metadata == {"tags": ["guide"]}


def test_a_place_that_is_taken(made: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "a.zip").mkdir()
    with pytest.raises(UsageError, match=r"a\.txt is a file"):
        package.package(made, 2020, tmp_path / "a.txt")
    with pytest.raises(UsageError, match=r"a\.zip is a folder"):
        package.package(made, 2020, tmp_path / "a.zip")


def test_nothing_half_is_left_where_it_cannot_be_written(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(package.os, "replace", fail)
    for name in ("crate", "crate.zip"):
        with pytest.raises(UsageError, match=f"the package {name} could not be made"):
            package.package(made, 2020, tmp_path / name)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("path", ["reports/2020/open/manifest.json", "notebooks/1-first.ipynb",
                                  "data/protocol/su-2020/protocol.toml"])  # fmt: skip
def test_what_changes_while_it_is_packaged(
    made: Path, tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that ends between the checks and the reading."""
    monkeypatch.setattr(package, "_require_current", lambda *_: None)
    before = (made / path).read_bytes()
    (made / path).write_bytes(before + b"\n")
    try:
        with pytest.raises(UsageError, match=f"changed meanwhile: {Path(path).name}; package"):
            package.package(made, 2020, tmp_path / "crate")
    finally:
        (made / path).write_bytes(before)
