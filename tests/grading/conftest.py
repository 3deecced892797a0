"""What the grader's tests share: their own progress file, the small exercises, and exercises made on the spot."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.grading import Exercise
from tests.exercises.small import GRADED

CHECKS = """
from labkit.grading import requirement


@requirement("It doubles", hints=["one", "two", "three"])
async def doubles(ex):
    ex.equal(ex.call("double", 4), 8, because="twice four")


@requirement("It doubles text too", hints=["one", "two", "three"], needs=[doubles])
async def texts(ex):
    ex.equal(ex.call("double", "ab"), "abab", because="text can be doubled")
"""
FILES = {
    "prompt.md": "Double.",
    "starter.py": "def double(x):\n    todo()\n",
    "solution.py": "def double(x):\n    return x * 2\n",
    "checks.py": CHECKS,
    "mistakes.py": "MISTAKES = []\nEXCUSED = {}\n",
}


@pytest.fixture(autouse=True)
def progress_file(tmp_path, monkeypatch) -> Path:
    """A progress file of the test's own, and the small exercises among those that are found."""
    file = tmp_path / "progress.jsonl"
    monkeypatch.setenv("LABKIT_PROGRESS", str(file))
    monkeypatch.setenv("LABKIT_EXERCISES", str(GRADED))
    return file


@pytest.fixture
def make(tmp_path):
    """Make an exercise from the texts of its files, by their stems; what is not given is about doubling."""

    def make(**texts: str) -> Exercise:
        folder = tmp_path / "exercises" / "made" / "01"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in FILES.items():
            (folder / name).write_text(texts.get(name.split(".")[0], text), encoding="utf-8")
        return Exercise("made-01", folder)

    return make


def requirement_of(body: str) -> str:
    """A checks.py with one requirement of this body."""
    lines = "\n    ".join(body.strip().splitlines())
    return (
        "import asyncio\nfrom labkit.grading import requirement\n\n"
        '@requirement("It holds", hints=["one", "two", "three"])\n'
        f"async def holds(ex):\n    {lines}\n"
    )
