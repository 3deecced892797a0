"""One JupyterLab for the browser's tests: the learner's copies, with a lesson open and every cell run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from labkit import building, start
from labkit.building import exercises
from labkit.grading import Exercise, find
from labkit.where import NOTEBOOKS
from tests.building.conftest import DATA

LESSON = building.SOURCES / "04_kv.py"
DEMO = DATA / "lessons" / "77_demo.py"


def why_not() -> str | None:
    """Why there is no browser here, in one line, or None."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "Playwright is not installed: pip install -e '.[browser]'"
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        return "Chromium is not installed: apt-get install chromium"
    return None


@dataclass(frozen=True)
class Opened:
    """A lesson in JupyterLab after Run All. `exercise` is its first one, `source` where the lesson comes from."""

    page: object
    source: Path
    exercise: Exercise


@pytest.fixture(scope="session")
def opened(tmp_path_factory) -> Iterator[Opened]:
    """Notebook 04 open in JupyterLab, every cell run; a small lesson of the tests' own where 04 is not there yet."""
    if reason := why_not():
        pytest.skip(reason)
    work, scratch = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("scratch")
    source = LESSON if LESSON.exists() else DEMO
    start.lay(NOTEBOOKS if LESSON.exists() else DEMO.parent, work)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_EXERCISES", str(DATA / "exercises"))
        yield from _open(source, work, scratch)


def _open(source: Path, work: Path, scratch: Path) -> Iterator[Opened]:
    from tests.browser import lab

    with lab.open_lab(work, scratch) as page:
        lab.open_notebook(page, f"{source.stem}.ipynb")
        lab.run_all(page)
        yield Opened(page, source, find(_first_exercise(source)))


def _first_exercise(source: Path) -> str:
    lesson = building.read(source)
    return next(name for cell in lesson.cells if (name := exercises.marked(lesson, cell)))
