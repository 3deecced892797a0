"""Questions, answered: what a notebook that is not as given adds to a cell that asks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from labkit.building.source import Cell, Lesson
from labkit.errors import ExerciseError
from labkit.grading import questions


def answered(lesson: Lesson, cell: Cell) -> str:
    """The cell's code with a right answer added for each `predict`, `recall` and `order` that only asks.

    A prediction without a key, which is graded for taking part, gets its first option.
    """
    if not any(f"{kind}(" in cell.text for kind in questions.KINDS):
        return cell.text
    lines = [f'{kind}("{name}", {_answer(lesson, cell, kind, name, first)})' for kind, name, first in _asked(cell.text)]
    return "\n".join([cell.text, *lines])


def _answer(lesson: Lesson, cell: Cell, kind: str, name: str, first: str | None) -> str:
    try:
        answer = questions.find(name, kind).answer
    except ExerciseError as error:
        if kind != "predict" or first is None:
            raise lesson.error(cell, str(error)) from error
        answer = first
    return f'"{answer}"' if isinstance(answer, str) else str(list(answer))


def _asked(code: str) -> Iterator[tuple[str, str, str | None]]:
    """The kind, the id and the first option's letter of each question that a cell asks and does not answer."""
    calls = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    for call in calls:
        asks = call.keywords or len(call.args) == 1
        if isinstance(call.func, ast.Name) and call.func.id in questions.KINDS and asks:
            name = ast.literal_eval(call.args[0])
            yield call.func.id, name, call.keywords[0].arg if call.keywords else None
