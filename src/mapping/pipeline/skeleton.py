"""An empty root: the folders of a mapping and a page that says what goes where."""

from __future__ import annotations

import shutil
from pathlib import Path

from mapping.errors import UsageError
from mapping.pipeline import disk
from mapping.roots import report_notebooks, shipped

IGNORED = """\
# Raw data are personal data; results are made anew by a run.
/data/raw/
/data/processed/
/data/errors-*.csv
/data/check-*.html
/data/converted/
/reports/
send-list.csv
"""

FOLDERS = ("data/raw", "data/processed", "reports")

README = """\
# A mapping of alumni relations

| folder | what goes there |
|---|---|
| `data/raw/<year>/` | what was gathered in a year; never changed by the program |
| `data/processed/<year>/` | the tables computed from it; replaced by every run |
| `reports/<year>/` | the reports in Swedish and English, the workbook, and `departments/` |

A year's raw data are `study.toml`, `departments.csv`, `interviews.csv`, `workshop.csv` and
`survey.csv`. `mapping new 2024` makes a year's folder with templates of them to fill in, and a page
on what goes where; the year after, `mapping new 2025` takes over the departments. Coding projects,
exports of the survey and workshop workbooks may be put in as they are.
`mapping example` puts invented years here to look at. Then, in this folder:

    mapping check 2024     names every error in the raw data, or says that they are ready; leaves
                           a page for whoever mends them, data/check-2024.html
    mapping run 2024       makes the reports

A year is compared with the year before. Departments that were merged, split or renamed since then
are told in `lineage.csv` of the later year, one row a department before and after.

`reports/<year>/departments/send-list.csv` says which report goes to whom; the contacts are those
of `departments.csv`, column `contact`. An error that a head of department finds is answered with
a row in the year's `corrections.csv`, and a new run.

A folder `notebooks` or `data/protocol` in this place wins over those that come with the program:
`mapping init DIR --notebooks --protocol` puts copies in a new root, to be changed there.

Raw data are personal data and confidential: keep them out of version control and off shared
disks.
"""


def make_root(folder: Path, *, notebooks: bool = False, protocol: bool = False) -> None:
    """Make an empty root in ``folder``, with copies of the notebooks and protocols if asked.

    Raises
    ------
    UsageError
        The folder exists and holds something, or it cannot be written: nothing is left then.

    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty: name a new or an empty folder")
    there = folder.exists()
    with disk.making(f"the root {folder}"):
        try:
            _fill(folder, notebooks=notebooks, protocol=protocol)
        except BaseException:
            _empty(folder, there=there)
            raise


def _fill(folder: Path, *, notebooks: bool, protocol: bool) -> None:
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    (folder / ".gitignore").write_text(IGNORED, encoding="utf-8", newline="\n")
    (folder / "README.md").write_text(README, encoding="utf-8", newline="\n")
    if notebooks:
        (folder / "notebooks").mkdir()
        for path in report_notebooks(shipped("notebooks")):
            shutil.copyfile(path, folder / "notebooks" / path.name)
    if protocol:
        shutil.copytree(shipped("protocol"), folder / "data" / "protocol")


def _empty(folder: Path, *, there: bool) -> None:
    """What was begun is taken away again; the folder stays if it was there before."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if not there:
        shutil.rmtree(folder, ignore_errors=True)
