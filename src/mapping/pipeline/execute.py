"""Execution of a notebook with papermill, made strict and repeatable.

The parameters are checked before anything starts; the kernel is the running interpreter, in an
environment that gives the same bytes on every machine; what papermill stores about the moment
and the machine is taken out again.
"""

from __future__ import annotations

import ast
import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from threading import Lock
from typing import IO, Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import ensure_event_loop
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NotebookExecutionManager
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from traitlets.config import Config

from mapping.errors import DataError, Problem, RunError, UsageError
from mapping.pipeline.confidential import masked, own_code, own_place
from mapping.roots import PACKAGE

NOT_REPLAYED = ("root", "tables", "out")
"""Parameters that are put back to None in a stored notebook: replaying it finds its root by
itself, computes from the raw data and never writes."""

NUMBERS_OR_NONE = ("baseline",)
"""Parameters whose default of None stands for a number; any other's stands for text."""

_FIXED_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # debugpy's warning about frozen modules
}
_KEPT = ("PYTHONPATH", "PYTHONHOME", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE")
_DROPPED = re.compile(r"(PYTHON|IPYTHON|JUPYTER|JPY_|MPL|MATPLOTLIB|LC_|LANG)")
_PARSING = Lock()  # CPython 3.11 counts the depth of syntax trees for all threads together
_LONGEST_SOCKET = 80  # a Unix socket's path may have 107 bytes; ours ends in /kernel.json-ipc-5


@dataclass(frozen=True)
class Parameter:
    """A parameter of a notebook: its name and the default that says its type."""

    name: str
    default: object

    @property
    def expected(self) -> str:
        """What the parameter accepts, in words."""
        if self.default is None:
            return "a whole number or None" if self._is_number else "text or None"
        return type(self.default).__name__

    def accepts(self, value: object) -> bool:
        """Whether the value has the default's type; a default of None also accepts text.

        Of the parameters that are numbers it accepts a whole number instead.
        """
        if self.default is None:
            return value is None or type(value) is (int if self._is_number else str)
        if isinstance(self.default, float):
            return isinstance(value, int | float) and not isinstance(value, bool)
        return type(value) is type(self.default)

    @property
    def _is_number(self) -> bool:
        return self.name in NUMBERS_OR_NONE


class NotebookError(RunError):
    """A cell failed: carries the notebook as far as it came, without data in its traceback."""

    def __init__(self, message: str, notebook: NotebookNode) -> None:
        super().__init__(message)
        self.notebook = notebook


class RunningInterpreter(AsyncKernelManager):
    """Starts ``sys.executable``, whatever kernels the machine has."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The one kernel of this package."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


class Kernels:
    """The kernels under way, to end them all at once from another thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._processes: set[Popen[Any]] = set()
        self.ended = False

    def add(self, manager: KernelManager) -> None:
        """Take a kernel in; none starts to work after the end.

        Raises
        ------
        RunError
            The kernels were ended.

        """
        with self._lock:
            if self.ended:
                raise RunError("stopped")
            local = manager.provisioner
            if isinstance(local, LocalProvisioner) and local.process:
                self._processes.add(local.process)

    def end(self) -> None:
        """Kill every kernel; the notebooks then fail within a second."""
        with self._lock:
            self.ended = True
            for process in self._processes:
                process.kill()


def execute(
    path: Path,
    parameters: Mapping[str, object],
    cwd: Path,
    log: IO[bytes] | None = None,
    kernels: Kernels | None = None,
) -> NotebookNode:
    """The notebook, executed in a fresh kernel in ``cwd`` and cleaned for storing.

    Parameters
    ----------
    path
        The notebook; it is not changed.
    parameters
        Values for its parameters cell; those not given keep their defaults.
    cwd
        The working folder of the kernel.
    log
        Takes what the kernel writes outside of its cells; None drops it.
    kernels
        Takes the kernel, so that another thread can end it.

    Raises
    ------
    UsageError
        The parameters cell is missing or not plain, or a name or type does not fit.
    NotebookError
        A cell failed.
    DataError
        A cell failed because the user's data are wrong.

    """
    notebook = _parameterized(path, parameters)
    try:
        _execute_cells(notebook, cwd, log, kernels or Kernels())
    except RuntimeError as error:  # the kernel did not start, or died
        raise NotebookError(f"{path.name}: {error}", clean(notebook, cwd)) from None
    _raise_for_errors(path.name, notebook, cwd)
    return clean(notebook, cwd)


def _parameterized(path: Path, parameters: Mapping[str, object]) -> NotebookNode:
    notebook = load_notebook_node(str(path))
    check_parameters(path.name, notebook, parameters)
    given: NotebookNode = parameterize_notebook(
        notebook, dict(parameters), kernel_name="python3", language="python"
    )
    return given


def read_parameters(name: str, notebook: NotebookNode) -> tuple[Parameter, ...]:
    """The parameters of a notebook with their defaults, from its one ``parameters`` cell.

    Raises
    ------
    UsageError
        There is not exactly one such cell, or a line of it is not ``name = literal``.

    """
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise UsageError(f"{name}: needs one cell tagged parameters, has {len(cells)}")
    try:
        with _PARSING:
            return tuple(_parameter(line) for line in ast.parse(cells[0].source).body)
    except (SyntaxError, ValueError, TypeError):
        raise UsageError(
            f"{name}: the parameters cell may only hold lines such as: year = 2020"
        ) from None


def _parameter(line: ast.stmt) -> Parameter:
    if not isinstance(line, ast.Assign) or not isinstance(line.targets[0], ast.Name):
        raise TypeError(line)
    return Parameter(line.targets[0].id, ast.literal_eval(line.value))


def check_parameters(name: str, notebook: NotebookNode, given: Mapping[str, object]) -> None:
    """Every given parameter is known to the notebook and has its type.

    Raises
    ------
    UsageError
        Naming the notebook, the parameter, what it accepts and what it got.

    """
    known = {parameter.name: parameter for parameter in read_parameters(name, notebook)}
    for key, value in given.items():
        if key not in known:
            raise UsageError(f"{name}: no parameter {key!r}; it has {', '.join(known)}")
        if not known[key].accepts(value):
            got = "None" if value is None else type(value).__name__
            raise UsageError(
                f"{name}: parameter {key!r} takes {known[key].expected}, got {got} ({value!r})"
            )


def _execute_cells(
    notebook: NotebookNode, cwd: Path, log: IO[bytes] | None, kernels: Kernels
) -> None:
    """Run all cells in place; a failing cell ends it, with the error among its outputs."""
    with tempfile.TemporaryDirectory(prefix="mapping-", ignore_cleanup_errors=True) as folder:
        config = Config(KernelManager=_connection(Path(folder)))
        manager = NotebookExecutionManager(notebook, progress_bar=False, autosave_cell_every=0)
        manager.notebook_start()
        client: PapermillNotebookClient = PapermillNotebookClient(
            manager,
            kernel_manager_class=RunningInterpreter,
            kernel_name="python3",
            config=config,
            timeout=None,
            shutdown_kernel="immediate",
            on_cell_start=lambda **_: kernels.add(client.km),
            on_cell_executed=_keep_error,
            extra_arguments=["--InteractiveShellApp.ignore_cwd=True"],
        )
        environment = _environment(Path(folder))
        with _event_loop(), _kernel_output(log) as output:
            client.execute(cwd=str(cwd), env=environment, stdout=output, stderr=output)


def _keep_error(cell: NotebookNode, execute_reply: Mapping[str, Any], **_: object) -> None:
    """Put an error among the outputs that the kernel only printed, as it does with groups."""
    reply = {"ename": "error", "evalue": "", "traceback": []} | execute_reply["content"]
    if reply["status"] != "ok" and not any(o.output_type == "error" for o in cell.outputs):
        told = {key: reply[key] for key in ("ename", "evalue", "traceback")}
        cell.outputs.append(new_output("error", **told))


@contextmanager
def _event_loop() -> Iterator[None]:
    """Close the thread's event loop afterwards, which the notebook client leaves open."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        loop = ensure_event_loop(prefer_selector_loop=True)  # ZeroMQ needs it on Windows
        try:
            yield
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
            asyncio.set_event_loop(None)
    else:
        yield  # called from a notebook: its loop is its own


@contextmanager
def _kernel_output(log: IO[bytes] | None) -> Iterator[IO[bytes]]:
    """Where the kernel process writes; never the user's screen."""
    if log is not None:
        yield log
    else:
        with Path(os.devnull).open("wb") as nowhere:
            yield nowhere


def _connection(folder: Path) -> dict[str, str]:
    """Sockets in a folder of the run's own on Unix; TCP on Windows and with long paths."""
    connection = {"connection_file": str(folder / "kernel.json")}
    if os.name == "posix" and len(os.fsencode(folder)) <= _LONGEST_SOCKET:
        connection["transport"] = "ipc"
    return connection


def _environment(folder: Path) -> dict[str, str]:
    """The user's environment without what could change a result, and without personal set-ups."""
    (folder / "matplotlibrc").touch()
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or not _DROPPED.match(name)
    }
    own = {"IPYTHONDIR": str(folder), "MATPLOTLIBRC": str(folder / "matplotlibrc")}
    return kept | _FIXED_ENVIRONMENT | own


def _raise_for_errors(name: str, notebook: NotebookNode, cwd: Path) -> None:
    """Raise for the first cell that did not come to its end; what is told holds no data."""
    cells = list(enumerate(_original_cells(notebook), start=1))
    failed = [
        (number, output)
        for number, cell in cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    ours = [_mask(output, notebook) for _, output in failed]
    if failed:
        number, error = failed[0]
        if ours[0] and error.ename == DataError.__name__:
            raise DataError(Problem(line) for line in error.evalue.splitlines())
        told = "\n".join(error.traceback)
        raise NotebookError(f"{name}, cell {number}: {told}", clean(notebook, cwd))
    for number, cell in cells:
        if not _is_executed(cell):
            message = f"{name}, cell {number}: was not executed"
            raise NotebookError(message, clean(notebook, cwd))


def _is_executed(cell: NotebookNode) -> bool:
    """Whether the cell came to its end; one without code has nothing to execute."""
    if cell.cell_type != "code" or not cell.source.strip():
        return True
    ended = cell.metadata.get("papermill", {}).get("status") == NotebookExecutionManager.COMPLETED
    return ended and cell.execution_count is not None


def _original_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells as the person who wrote the notebook counts them."""
    return [
        cell
        for cell in notebook.cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
    ] or notebook.cells


_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_FRAME = re.compile(r"^File (.+?):(\d+),? in ([^(\n]+)", re.MULTILINE)
_CELL_LINE = re.compile(r"^Cell In\[\d+\], line (\d+)", re.MULTILINE)
_PLACE = re.compile(r"^(?:File (.+?):\d+|Cell In\[\d+\])", re.MULTILINE)
_OUR_ERRORS = {kind.__name__ for kind in (DataError, RunError, UsageError)}


def _raised_by_us(trace: str) -> bool:
    """Whether the innermost frame is in this package: other libraries have a DataError too."""
    places = _PLACE.findall(trace)
    return bool(places) and own_place(places[-1]) is not None


def _mask(error: NotebookNode, notebook: NotebookNode) -> bool:
    """Cut the error down to its line in the cell, our own frames and what may be told of it.

    Whether it is an error of our own, raised by our own code: its message is made to be shown.
    """
    trace = _COLOUR.sub("", "\n".join(error.traceback))
    ours = error.ename in _OUR_ERRORS and _raised_by_us(trace)
    frames = [(file, int(line), function) for file, line, function in _FRAME.findall(trace)]
    if not ours:
        cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        code = "\n".join([*cells, own_code((file, line) for file, line, _ in frames)])
        error.evalue = f"{error.ename}: {masked(error.evalue, code)}"
    error.traceback = [
        *(f"line {line} of the cell" for line in _CELL_LINE.findall(trace)[-1:]),
        *(
            f"{place}, line {line}, in {function}"
            for file, line, function in frames
            if (place := own_place(file))
        ),
        error.evalue,
    ]
    return ours


_MOMENTARY = ("papermill", "execution", "ExecuteTime")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_CELL_FILE = re.compile(r"[^\s\"']*ipykernel_\d+[\\/]\d+\.py")
_METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}


def clean(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """A copy without times, paths, versions and random ids, that replays without writing.

    ``folder`` is where the notebook was executed; its path is taken out of the outputs.
    """
    copy = deepcopy(notebook)
    own = {key: value for key, value in notebook.metadata.items() if key == "mapping"}
    copy["nbformat"], copy["nbformat_minor"], copy["metadata"] = 4, 5, _METADATA | own
    for number, cell in enumerate(copy.cells, start=1):
        _clean_cell(number, cell, folder)
    return copy


def _clean_cell(number: int, cell: NotebookNode, folder: Path) -> None:
    cell.id = f"cell-{number}"
    for key in _MOMENTARY:
        cell.metadata.pop(key, None)
    if "injected-parameters" in cell.metadata.get("tags", []):
        cell.source = _replayable(cell.source)
    if "outputs" in cell:  # warnings and the like may quote the data
        cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
    for output in cell.get("outputs", []):
        _clean_output(output, folder)


def _replayable(source: str) -> str:
    """The injected parameters, with those put back to None that only the run may set."""
    names = "|".join(NOT_REPLAYED)
    return re.sub(rf"^({names}) = .*$", r"\1 = None", source, flags=re.MULTILINE)


def _clean_output(output: NotebookNode, folder: Path) -> None:
    """Plain text only: HTML comes from our own code, and its images must stay as they are."""
    if "text" in output:
        output.text = _without_places(output.text, folder)
    if "text/plain" in output.get("data", {}):
        output.data["text/plain"] = _without_places(output.data["text/plain"], folder)


def _without_places(text: str, folder: Path) -> str:
    """The text without memory addresses and without paths of this machine."""
    text = _CELL_FILE.sub("<cell>", _ADDRESS.sub("", text))
    for name, place in _places(folder):
        text = re.sub(rf"(?<!\w){re.escape(place)}(?![\w.-])", name, text)
    return text


def _places(folder: Path) -> list[tuple[str, str]]:
    """Folders of this machine that a warning or a repr may name, longest first."""
    places = {
        "<mapping>": PACKAGE,
        "<python>": Path(sys.prefix),
        "<root>": folder.resolve(),
        "<home>": Path.home(),
        "<temporary>": Path(tempfile.gettempdir()),
    }
    named = [(name, str(place)) for name, place in places.items() if len(place.parts) > 1]
    return sorted(named, key=lambda pair: -len(pair[1]))
