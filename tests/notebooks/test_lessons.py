"""Every lesson runs in each state: as given, half solved and solved, on kernels like the learner's.

As given nothing is attempted and nothing passes, and Run All reaches the end. Half solved and solved, the exercises
with a model answer pass, and no others. A class is a state, so that `--dist loadscope` runs the states side by side.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from labkit import building
from labkit.building import exercises
from labkit.where import NOTEBOOKS
from tests.notebooks.running import environment, passed, run

LESSONS = building.lessons()
STATE_SECONDS = 120

every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


def in_order(lesson: Path) -> list[str]:
    """The exercises of a lesson, in its order."""
    source = building.read(lesson)
    return [name for cell in source.cells if (name := exercises.marked(source, cell))]


@pytest.fixture(scope="class", autouse=True)
def in_time():
    """All notebooks of a state together keep to their time."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < STATE_SECONDS


class TestGiven:
    @every_lesson
    def test_run_all_reaches_the_end_and_nothing_passes(self, lesson, tmp_path):
        ran = run(NOTEBOOKS / f"{lesson.stem}.ipynb", tmp_path / "progress.jsonl")
        assert ran.passed, ran.report
        assert passed(ran.progress) == set()


class TestHalf:
    @every_lesson
    def test_every_second_exercise_passes_and_no_other(self, lesson, tmp_path):
        (notebook,) = building.write(lesson, tmp_path, "half")
        ran = run(notebook, tmp_path / "progress.jsonl")
        assert ran.passed, ran.report
        assert passed(ran.progress) == set(in_order(lesson)[::2])


class TestSolved:
    @every_lesson
    def test_every_exercise_passes(self, lesson, tmp_path):
        (notebook,) = building.write(lesson, tmp_path, "solved")
        ran = run(notebook, tmp_path / "progress.jsonl")
        assert ran.passed, ran.report
        assert passed(ran.progress) == set(in_order(lesson))


@pytest.mark.skipif(not LESSONS, reason="there is no lesson")
class TestNbconvert:
    def test_the_learners_notebooks_execute(self, tmp_path):
        notebooks = [str(NOTEBOOKS / f"{lesson.stem}.ipynb") for lesson in LESSONS]
        command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", str(tmp_path)]
        done = subprocess.run(
            [*command, *notebooks], env=environment(tmp_path / "progress.jsonl"), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert len(list(tmp_path.glob("*.ipynb"))) == len(notebooks)
