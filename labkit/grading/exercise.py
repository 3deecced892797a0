"""One exercise, read from its folder: prompt.md, starter.py, checks.py, solution.py, mistakes.py."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from labkit.errors import ExerciseError
from labkit.grading import shelf
from labkit.grading.mistakes import Mistake
from labkit.grading.requirement import Requirement


@dataclass(frozen=True)
class Excuse:
    """Why a mutant of the solution may live. `change` is "old line => new line", as the honesty suite prints it."""

    change: str
    reason: str


class Exercise:
    """An exercise's texts and rules. Nothing is read before it is asked for."""

    def __init__(self, name: str, folder: Path):
        self.id, self.folder = name, folder

    @cached_property
    def prompt(self) -> str:
        """What to build, as Markdown."""
        return self._text("prompt.md")

    @cached_property
    def starter(self) -> str:
        """The code that the learner begins with, without the cell's first and last line."""
        return self._text("starter.py")

    @cached_property
    def solution(self) -> str:
        """A model answer."""
        return self._text("solution.py")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that the learner's cell must define: those that the starter binds and does not import."""
        return tuple(names_bound_by(ast.parse(self.starter), imports=False))

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """In the order in which a learner meets them."""
        found = tuple(value for value in self._module("checks.py").values() if isinstance(value, Requirement))
        if not found:
            raise ExerciseError(f"{self.id}: checks.py has no requirement.")
        for index, one in enumerate(found):
            if not set(one.needs) <= set(found[:index]):
                raise ExerciseError(f"{self.id}: {one.name} needs a requirement that is not above it.")
        return found

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The wrong answers that people give."""
        found = tuple(self._module("mistakes.py").get("MISTAKES", ()))
        known = {one.name for one in self.requirements}
        for one in found:
            if unknown := one.fails - known:
                raise ExerciseError(f"{self.id}: the mistake {one.name!r} fails {sorted(unknown)}, which do not exist.")
        return found

    @cached_property
    def excused(self) -> tuple[Excuse, ...]:
        """The mutants of the solution that may live, with the reason in writing."""
        return tuple(Excuse(*pair) for pair in self._module("mistakes.py").get("EXCUSED", {}).items())

    def _text(self, name: str) -> str:
        path = self.folder / name
        if not path.is_file():
            raise ExerciseError(f"The exercise {self.id} has no {name}.")
        return path.read_text(encoding="utf-8").strip("\n") + "\n"

    def _module(self, name: str) -> dict[str, Any]:
        """The names of one of the folder's Python files, executed afresh."""
        names: dict[str, Any] = {"__name__": f"{self.id}.{name.removesuffix('.py')}"}
        exec(compile(self._text(name), str(self.folder / name), "exec"), names)
        return names

    def __repr__(self) -> str:
        return f"<exercise {self.id}>"


def find(name: str) -> Exercise:
    """The exercise of an id. Refuses an unknown id with the nearest right one."""
    return Exercise(name, shelf.folder(name))


def every() -> list[Exercise]:
    """All exercises, in order."""
    return [Exercise(name, path) for name, path in shelf.folders().items()]


def names_bound_by(tree: ast.AST, *, imports: bool = True) -> list[str]:
    """The names that a cell's top level binds, in order: definitions, assignments, imports."""
    names: dict[str, None] = {}
    for node in _top_level(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[node.name] = None
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = None
        elif isinstance(node, ast.alias) and imports:
            names[(node.asname or node.name).partition(".")[0]] = None
    return list(names)


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
           ast.GeneratorExp)  # fmt: skip


def _top_level(tree: ast.AST):
    """The nodes that run in the module's own scope."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, _SCOPES):
            yield from _top_level(node)
