"""The texts of an exercise that a notebook shows: its prompt, its starter, its solution."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from labkit.building.source import Cell, Lesson
from labkit.facts.spelling import did_you_mean
from labkit.grading.attempt import MARKER


def marked(lesson: Lesson, cell: Cell) -> str | None:
    """The id of the exercise that a cell stands for, or None. Refuses a marker among other code."""
    found = MARKER.search(cell.text) if cell.kind == "code" else None
    if found and found.group(0) != cell.text:
        raise lesson.error(cell, f"the cell of `{found.group(0)}` holds other code; the marker stands alone.")
    return found.group(1) if found else None


def folder(lesson: Lesson, cell: Cell, name: str, folders: Mapping[str, Path]) -> Path:
    """Where an exercise lives. An unknown id is refused with the nearest right one."""
    if name in folders:
        return folders[name]
    raise lesson.error(cell, f"no exercise is called {name!r}. {did_you_mean(name, folders)}".rstrip())


def refuse_twins(lesson: Lesson) -> None:
    """Each exercise stands in a lesson once: its name is its identity."""
    seen: dict[str, int] = {}
    for cell in lesson.cells:
        name = marked(lesson, cell)
        if name in seen:
            raise lesson.error(cell, f"exercise {name!r} stands on line {seen[name]} already.")
        if name:
            seen[name] = cell.line


def prompt(path: Path, name: str) -> str:
    """What to build, as prose, below a line that links reach and notebook.css styles."""
    return f'<span id="{name}" class="labkit-exercise">Exercise {name}</span>\n\n{_text(path / "prompt.md")}'


def code(path: Path, name: str, solved: bool) -> str:
    """The exercise's cell, with the starter or the model answer."""
    return framed(name, _text(path / ("solution.py" if solved else "starter.py")))


def framed(name: str, answer: str) -> str:
    """An answer as the exercise's cell: its visible name, the answer, and the check."""
    inner = [line for line in answer.splitlines() if not _frame(line, name)]
    return "\n".join([f"# exercise: {name}", *"\n".join(inner).strip("\n").splitlines(), "", f'check("{name}")'])


def _frame(line: str, name: str) -> bool:
    """Is this a line that the build adds itself, or an import that a file needs and a cell does not?"""
    return line.rstrip() in (f"# exercise: {name}", f'check("{name}")', "from __future__ import annotations")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip("\n")
