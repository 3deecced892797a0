"""A lesson as a notebook: cells in nbformat's shape, the same bytes on every machine.

Prose cannot be edited or deleted in JupyterLab; code can, except that an exercise's cell cannot be deleted. A
cell's id is the lesson's name and the cell's index, so that a rebuild changes only what its source changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from labkit.building import exercises, prose
from labkit.building.answers import answered
from labkit.building.source import SOURCES, Cell, Lesson, lessons, read
from labkit.grading import shelf
from labkit.where import NOTEBOOKS

STATES = ("given", "half", "solved")
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FIXED = {"deletable": False, "editable": False}


def notebook_text(lesson: Lesson, folders: Mapping[str, Path], state: str = "given") -> str:
    """The notebook of a lesson as the text of its file. `folders` maps an exercise's id to its folder."""
    exercises.refuse_twins(lesson)
    cells = list(_cells(lesson, folders, state))
    for index, cell in enumerate(cells):
        cell["id"] = f"{lesson.name}-{index:03d}"
    notebook = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write(
    sources: Path = SOURCES, out: Path = NOTEBOOKS, state: str = "given", folders: Mapping[str, Path] | None = None
) -> list[Path]:
    """Build every lesson of a folder (or the one source given); returns the notebooks' paths."""
    folders = shelf.folders() if folders is None else folders
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for path in [sources] if sources.is_file() else lessons(sources):
        written.append(out / f"{path.stem}.ipynb")
        written[-1].write_text(notebook_text(read(path), folders, state), encoding="utf-8", newline="\n")
    return written


def outdated(
    sources: Path = SOURCES, notebooks: Path = NOTEBOOKS, folders: Mapping[str, Path] | None = None
) -> list[str]:
    """A sentence for each notebook that is not what its source gives, or that has no source."""
    folders = shelf.folders() if folders is None else folders
    wanted = {f"{path.stem}.ipynb": notebook_text(read(path), folders) for path in lessons(sources)}
    found = {path.name: path.read_text(encoding="utf-8") for path in notebooks.glob("*.ipynb")}
    both = sorted(wanted.keys() & found.keys())
    return [
        *(f"{name} is missing." for name in sorted(wanted.keys() - found.keys())),
        *(f"{name} has no source." for name in sorted(found.keys() - wanted.keys())),
        *(f"{name} differs from its source." for name in both if wanted[name] != found[name]),
    ]


def _cells(lesson: Lesson, folders: Mapping[str, Path], state: str) -> Iterator[dict[str, Any]]:
    place = count()
    for cell in lesson.cells:
        if cell.kind == "markdown":
            yield _markdown(prose.filled(lesson, cell, cell.text))
        elif name := exercises.marked(lesson, cell):
            folder = exercises.folder(lesson, cell, name, folders)
            solved = state == "solved" or (state == "half" and next(place) % 2 == 0)
            yield _markdown(prose.filled(lesson, cell, exercises.prompt(folder, name)))
            yield _code(exercises.code(folder, name, solved), {"deletable": False, "tags": ["exercise"]})
        else:
            yield _code(cell.text if state == "given" else answered(lesson, cell), _tags(cell))


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": dict(FIXED), "source": _lines(text)}


def _code(text: str, metadata: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": _lines(text)}


def _tags(cell: Cell) -> dict[str, Any]:
    return {"tags": list(cell.tags)} if cell.tags else {}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
