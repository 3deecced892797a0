"""The course as a whole: nothing is written and then not used, and every link leads somewhere."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from labkit import building
from labkit.building import exercises
from labkit.grading import questions, shelf
from labkit.where import NOTEBOOKS

LESSONS = [building.read(path) for path in building.lessons()]
SOURCES = "\n".join(cell.text for lesson in LESSONS for cell in lesson.cells)
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def test_every_exercise_stands_in_one_lesson():
    placed = Counter(name for lesson in LESSONS for cell in lesson.cells if (name := exercises.marked(lesson, cell)))
    assert placed == Counter(shelf.folders().keys())


def test_every_question_is_asked():
    asked = set(re.findall(r"\b(?:predict|recall|order)\(\"([\w-]+)\"", SOURCES))
    assert {question.id for question in questions.every()} <= asked


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_link_leads_to_a_heading_an_exercise_or_a_notebook(notebook):
    text = "\n\n".join(_prose(notebook))
    broken = [target for target in LINK.findall(CODE.sub("", text)) if not _leads_somewhere(target, text)]
    assert broken == []


def _prose(notebook) -> list[str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def _leads_somewhere(target: str, text: str) -> bool:
    """Whether a link's target is on the web, a notebook of the course, or a place in this one (JupyterLab's names)."""
    if target.startswith("https://"):
        return True
    if not target.startswith("#"):
        return (NOTEBOOKS / target.partition("#")[0]).is_file()
    headings = {line.lstrip("#").strip().replace(" ", "-") for line in re.findall(r"^#+ .*$", text, re.MULTILINE)}
    return target[1:] in headings or f'id="{target[1:]}"' in text
