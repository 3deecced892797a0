"""A lesson's source, read: its cells in order, each with the line it begins on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from labkit.errors import LabError
from labkit.where import NOTEBOOKS

SOURCES = NOTEBOOKS / "src"


class LessonError(LabError):
    """The author of a lesson made a mistake: an unknown exercise, a missing file, a marker among other code."""


@dataclass(frozen=True)
class Cell:
    """One cell of a source. `kind` is "markdown" or "code", `line` where it begins in the file."""

    kind: str
    text: str
    line: int
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A source file and its cells. `name` is its stem, such as "04_kv"."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        return self.path.stem

    def error(self, cell: Cell, message: str) -> LessonError:
        """What is wrong in a cell, with the file and the line."""
        return LessonError(f"{self.path.name}, line {cell.line}: {message}")


def lessons(folder: Path = SOURCES) -> list[Path]:
    """The sources of a folder, in the order of the course."""
    return sorted(folder.glob("[0-9][0-9]_*.py"))


def read(path: Path) -> Lesson:
    """The cells of one source. Refuses text before the first cell, which would have no line to report."""
    import jupytext

    text = path.read_text(encoding="utf-8")
    starts = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    before = text.splitlines()[: starts[0] - 1] if starts else [text]
    if any(line.strip() for line in before):
        raise LessonError(f"{path.name}, line 1: a source begins with `# %%` or `# %% [markdown]`.")
    found = jupytext.reads(text, fmt="py:percent").cells
    if len(found) != len(starts):
        raise LessonError(f"{path.name}: {len(starts)} lines begin with `# %%`, jupytext reads {len(found)} cells.")
    return Lesson(path, tuple(_cell(cell, line) for cell, line in zip(found, starts, strict=True)))


def _cell(cell, line: int) -> Cell:
    return Cell(cell.cell_type, cell.source.strip("\n"), line, tuple(cell.metadata.get("tags", ())))
