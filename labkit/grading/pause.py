"""Pausing cells that need an exercise which is still to be done, so that Run All reaches the end.

Each cell is wrapped in a `with` that ends quietly when the cell meets `NotAttempted`, or misses a name that a
paused cell would have defined. The value of the cell's last expression is displayed as ever; `await` works as ever.
A refusal of the platform or of the lab shows the learner's lines alone.
"""

from __future__ import annotations

import ast
import sys
from types import TracebackType
from typing import Any

from labkit.grading.attempt import NotAttempted, exercise_at
from labkit.grading.blame import shorten
from labkit.grading.exercise import names_bound_by

EVERYWHERE = sys.maxsize


def install() -> None:
    """Pause unfinished cells of the running IPython, if one runs. Doing it twice changes nothing."""
    shell = _shell()
    if shell is not None and _pausing(shell) is None:
        shell.ast_transformers.append(Pausing())


class Pausing:
    """The entry in IPython's `ast_transformers`. `paused` maps a name to the exercise that it waits for."""

    def __init__(self) -> None:
        self.paused: dict[str, str] = {}

    def visit(self, tree: ast.AST) -> ast.AST:
        """The cell, wrapped. A cell with a `from __future__` import, which must stay first, is left alone."""
        if not isinstance(tree, ast.Module) or not tree.body or any(map(_is_future, tree.body)):
            return tree
        body, shown = tree.body, []
        if isinstance(body[-1], ast.Expr):
            last = body[-1]
            kept = ast.parse("_labkit_cell.value = 0").body[0]
            kept.value = last.value  # type: ignore[attr-defined]
            shown = [ast.copy_location(ast.parse("_labkit_cell.take()").body[0], last)]
            body = [*body[:-1], ast.copy_location(kept, last)]
        wrapped = ast.parse(f"with {_CELL.format(names_bound_by(tree))} as _labkit_cell: pass").body[0]
        wrapped.body = body  # type: ignore[attr-defined]
        tree.body = [ast.copy_location(wrapped, tree.body[0]), *shown]
        return ast.fix_missing_locations(tree)


_CELL = "__import__('labkit.grading.pause', fromlist=['Cell']).Cell({!r})"


class Cell:
    """One run of a cell that binds these names. `value` is that of its last expression."""

    def __init__(self, names: list[str]):
        self.names = names
        self.value: Any = None
        self.exercise = ""

    def __enter__(self) -> Cell:
        self.exercise = exercise_at(sys._getframe(1).f_code.co_filename, EVERYWHERE)
        return self

    def take(self) -> Any:
        """The value, once: the cell does not keep it alive."""
        value, self.value = self.value, None
        return value

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        pausing = _pausing(_shell())
        if pausing is None:
            return False
        exercise = self._waits_for(error, pausing.paused)
        if exercise is None:
            self._finish(pausing.paused, error)
            shorten(error)
            return False
        pausing.paused.update(dict.fromkeys(self.names, exercise))
        print(self._words(exercise))
        return True

    def _waits_for(self, error: BaseException | None, paused: dict[str, str]) -> str | None:
        """The exercise that a cell's error is due to, "" for one without a name, None for any other error."""
        if isinstance(error, NotAttempted):
            return error.exercise
        return paused.get(error.name) if isinstance(error, NameError) and error.name else None

    def _finish(self, paused: dict[str, str], error: BaseException | None) -> None:
        if error is None:
            for name in self.names:
                paused.pop(name, None)

    def _words(self, exercise: str) -> str:
        if not exercise:
            return "(paused) this cell needs code that is still to be written"
        if exercise == self.exercise:
            return f"(paused) exercise {exercise}: write your answer in place of todo(), then run this cell"
        return f"(paused) this cell uses exercise {exercise}"


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _pausing(shell: Any) -> Pausing | None:
    transformers = shell.ast_transformers if shell is not None else ()
    return next((one for one in transformers if isinstance(one, Pausing)), None)
