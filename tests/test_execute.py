from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import nbformat
import pytest
from small_root import notebook, write_notebook

from mapping.errors import DataError, RunError, UsageError
from mapping.pipeline import execute as module
from mapping.pipeline.execute import NotebookError, Parameter, check_parameters, clean, execute

LOOK = """\
import json, os, sys
print(json.dumps({"python": sys.executable, "cwd": os.getcwd(), "year": year, "out": out,
                  "lang": lang, "path": sys.path, "startup": "started" in dir(),
                  **{name: os.environ.get(name) for name in
                     ("PYTHONHASHSEED", "TZ", "LC_ALL", "LANG", "OPENBLAS_NUM_THREADS",
                      "MPLBACKEND", "PYTHONSTARTUP", "JUPYTER_PATH", "LC_TIME",
                      "KEPT")}}, ensure_ascii=False))"""


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], object, Path]:
    """What a kernel sees, with a user's own set-up all around it."""
    folder = tmp_path_factory.mktemp("roöt with space")
    home = tmp_path_factory.mktemp("home")
    startup = home / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("started = True")
    path = write_notebook(folder, "1-look", LOOK, "object()", "import warnings; warnings.warn('w')")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "HOME": str(home),
            "IPYTHONDIR": str(home / ".ipython"),
            "TZ": "Asia/Tokyo",
            "LC_TIME": "sv_SE.UTF-8",
            "LANG": "C",
            "MPLBACKEND": "agg",
            "PYTHONSTARTUP": "nothing.py",
            "PYTHONHASHSEED": "7",
            "JUPYTER_PATH": str(home),
            "KEPT": "yes",
        }.items():
            patch.setenv(name, value)
        executed = execute(path, {"root": ".", "year": 2031, "lang": "en", "out": "o"}, folder)
    # the working folder is taken out of what is stored
    return json.loads(executed.cells[2].outputs[0].text), executed, folder


def test_the_kernel_is_the_running_interpreter_in_the_given_folder(
    looked: tuple[dict[str, object], object, Path],
) -> None:
    seen, _, _ = looked
    assert seen["cwd"] == "<root>"
    assert seen["python"] == sys.executable.replace(sys.prefix, "<python>")
    assert (seen["year"], seen["lang"], seen["out"]) == (2031, "en", "o")


def test_the_environment_is_the_same_everywhere(
    looked: tuple[dict[str, object], object, Path],
) -> None:
    seen, _, _ = looked
    assert seen["PYTHONHASHSEED"] == "0"
    assert seen["TZ"] == "UTC"
    assert seen["LC_ALL"] == "C.UTF-8"
    assert seen["OPENBLAS_NUM_THREADS"] == "1"
    assert [seen[name] for name in ("LANG", "LC_TIME", "PYTHONSTARTUP", "JUPYTER_PATH")] == [
        None
    ] * 4
    assert seen["MPLBACKEND"] != "agg"
    assert seen["startup"] is False
    assert seen["KEPT"] == "yes"
    assert "" not in seen["path"]  # type: ignore[operator]


def test_nothing_of_the_moment_or_the_machine_is_stored(
    looked: tuple[dict[str, object], object, Path],
) -> None:
    _, executed, folder = looked
    text = nbformat.writes(executed)
    assert "papermill" not in text
    assert str(folder) not in text
    assert "0x" not in text
    assert "start_time" not in text
    assert "version" not in executed.metadata.language_info  # type: ignore[attr-defined]
    assert [cell.id for cell in executed.cells] == [f"cell-{n}" for n in range(1, 6)]  # type: ignore[attr-defined]
    assert executed.cells[4].outputs == []  # type: ignore[attr-defined]
    nbformat.validate(executed)


def test_a_stored_notebook_replays_without_writing(
    looked: tuple[dict[str, object], object, Path],
) -> None:
    _, executed, _ = looked
    values: dict[str, object] = {}
    exec(executed.cells[1].source, values)  # type: ignore[attr-defined]  # noqa: S102
    assert {name: values[name] for name in ("root", "out", "year", "lang")} == {
        "root": None,
        "out": None,
        "year": 2031,
        "lang": "en",
    }


def test_the_notebook_on_disk_is_not_changed(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "1-x", "1 + 1")
    before = path.read_bytes()
    execute(path, {}, tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("default", "fitting", "unfitting"),
    [
        (None, [None, "a"], [1, True, []]),
        (2020, [2021], ["2021", True, None, 1.0]),
        ("sv", ["en", ""], [None, 1]),
        (True, [False], [1, 0, "True", None]),
        (0.5, [1, 0.25], [True, "0.5", None]),
        ([1], [[], ["a"]], ["a", None, (1,)]),
    ],
)
def test_a_parameter_takes_its_defaults_type(
    default: object, fitting: list[object], unfitting: list[object]
) -> None:
    parameter = Parameter("p", default)
    assert all(parameter.accepts(value) for value in fitting)
    assert not any(parameter.accepts(value) for value in unfitting)


def test_a_baseline_is_a_number_or_none(tmp_path: Path) -> None:
    parameter = Parameter("baseline", None)
    assert all(parameter.accepts(value) for value in (None, 2020, 0))
    assert not any(parameter.accepts(value) for value in ("2020", True, 2020.0, []))
    path = write_notebook(tmp_path, "1-x", "1")
    nbformat.write(notebook("1", parameters="baseline = None"), path)
    with pytest.raises(UsageError, match="'baseline' takes a whole number or None, got str"):
        execute(path, {"baseline": "2020"}, tmp_path)


def test_an_unknown_parameter_is_wrong_use(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "1-x", "1")
    with pytest.raises(UsageError, match=r"1-x\.ipynb: no parameter 'yaer'; it has root, year"):
        execute(path, {"yaer": 2020}, tmp_path)


def test_a_wrong_type_is_wrong_use(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "1-x", "1")
    with pytest.raises(UsageError, match=r"1-x\.ipynb: parameter 'year' takes int, got str \('20"):
        execute(path, {"year": "2020"}, tmp_path)
    with pytest.raises(UsageError, match="parameter 'out' takes text or None, got int"):
        execute(path, {"out": 1}, tmp_path)
    with pytest.raises(UsageError, match="parameter 'lang' takes str, got None"):
        execute(path, {"lang": None}, tmp_path)


@pytest.mark.parametrize(
    "source", ["year = 1 + x", "import os", "year: int = 2", "a.b = 1", "year = (", "f()"]
)
def test_parameters_are_plain_literals(source: str) -> None:
    with pytest.raises(UsageError, match="n: the parameters cell may only hold lines such as"):
        check_parameters("n", notebook(parameters=source), {})


def test_there_is_one_parameters_cell() -> None:
    none = notebook()
    none.cells = []
    two = notebook()
    two.cells = two.cells * 2
    for made, count in ((none, 0), (two, 2)):
        with pytest.raises(UsageError, match=f"one cell tagged parameters, has {count}"):
            check_parameters("n", made, {})


FAILING = """\
import pandas as pd
row = {"excerpt": "very secret words"}
def convert(text):
    return float(text)
convert(row["excerpt"] + " of " + "one" + "person")"""


def test_a_failing_cell_is_named_without_any_value_of_the_data(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "1-x", "1", FAILING, "2")
    with pytest.raises(NotebookError) as caught:
        execute(path, {}, tmp_path)
    message = str(caught.value)
    assert message.startswith("1-x.ipynb, cell 3: line 4 of the cell")
    assert "to float: 'very secret words of (9 characters)'" in message
    assert "very secret words of oneperson" not in message
    kept = nbformat.writes(caught.value.notebook)
    assert "very secret words of oneperson" not in kept
    assert "oneperson" not in kept
    assert caught.value.notebook.cells[4].outputs == []  # what comes after is not run
    assert caught.value.exit_code == 3


GROUP = """\
print("before")
raise ExceptionGroup("very secret words", [ValueError("others")])"""


def test_an_error_that_the_kernel_only_prints_ends_the_notebook(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "1-x", "1", GROUP, "2")
    with pytest.raises(NotebookError) as caught:
        execute(path, {}, tmp_path)
    assert str(caught.value).startswith("1-x.ipynb, cell 3: ")
    assert "ExceptionGroup" in str(caught.value)
    outputs = caught.value.notebook.cells[3].outputs
    assert outputs[-1].output_type == "error"
    assert caught.value.notebook.cells[4].outputs == []


def test_a_cell_that_is_passed_over_is_our_fault(tmp_path: Path) -> None:
    skipped = notebook("1", "", "# %%", "2")
    skipped.cells[1].metadata["tags"] = ["skip-execution"]
    nbformat.write(skipped, tmp_path / "1-x.ipynb")
    with pytest.raises(NotebookError, match=r"1-x\.ipynb, cell 2: was not executed"):
        execute(tmp_path / "1-x.ipynb", {}, tmp_path)
    skipped.cells[1].metadata["tags"] = []
    nbformat.write(skipped, tmp_path / "1-x.ipynb")
    assert len(execute(tmp_path / "1-x.ipynb", {}, tmp_path).cells) == 6


def test_our_own_frames_and_messages_are_shown(tmp_path: Path) -> None:
    code = "from mapping.prose.formats import Formats\nFormats.number(None, float('nan'))"
    path = write_notebook(tmp_path, "1-x", code)
    with pytest.raises(RunError) as caught:
        execute(path, {}, tmp_path)
    assert "mapping/prose/formats.py, line " in str(caught.value)
    assert "in Formats.number" in str(caught.value)
    assert str(Path(module.__file__).parent) not in str(caught.value)


def test_wrong_data_found_in_a_notebook_stay_wrong_data(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("year = 'x'")
    code = """\
from pathlib import Path
from mapping.instruments import read_settings
read_settings(Path("."))"""
    path = write_notebook(tmp_path, "1-x", code)
    with pytest.raises(DataError) as caught:
        execute(path, {}, tmp_path)
    lines = [problem.sentence() for problem in caught.value.problems]
    assert len(lines) > 1
    assert all(line.startswith("study.toml") for line in lines)


@pytest.mark.parametrize("name", ["DataError", "UsageError", "RunError"])
def test_an_error_is_ours_by_where_it_is_raised_and_not_by_its_name(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "library.py").write_text(
        f"class {name}(Exception): pass\ndef work(text):\n    raise {name}(text)\n"
    )
    (tmp_path / "word.txt").write_text("Planted")
    code = "import sys; sys.path.append('.')\nimport library\nlibrary.work(open('word.txt').read())"
    path = write_notebook(tmp_path, "1-x", code)
    with pytest.raises(NotebookError) as caught:
        execute(path, {}, tmp_path)
    assert str(caught.value).endswith(f"{name}: (7 characters)")
    assert "Planted" not in nbformat.writes(caught.value.notebook)


def test_a_kernel_that_dies_is_our_fault(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_notebook(tmp_path, "1-x", "import os\nos.write(2, b'last words')\nos._exit(5)")
    with (tmp_path / "log").open("wb") as log, pytest.raises(RunError, match=r"1-x\.ipynb"):
        execute(path, {}, tmp_path, log)
    assert b"last words" in (tmp_path / "log").read_bytes()
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def test_long_folders_fall_back_to_tcp() -> None:
    short = module._connection(Path("a"))
    assert short.get("transport") == ("ipc" if os.name == "posix" else None)
    assert "transport" not in module._connection(Path("a" * 81))
    assert short["connection_file"].endswith("kernel.json")


def test_html_and_images_are_left_as_they_are(tmp_path: Path) -> None:
    made = notebook("1")
    data = {"text/html": f"<p>{tmp_path}</p>", "text/plain": f"{tmp_path}/x at 0x7f"}
    made.cells[1].outputs = [nbformat.v4.new_output("display_data", data)]
    cleaned = clean(made, tmp_path).cells[1].outputs[0].data
    assert cleaned["text/html"] == f"<p>{tmp_path}</p>"
    assert cleaned["text/plain"] == "<root>/x"
