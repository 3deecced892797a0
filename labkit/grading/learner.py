"""The learner's answer: the names it defined, and its source, wherever it was written."""

from __future__ import annotations

import ast
import hashlib
import json
import linecache
import sys
from collections.abc import Iterable
from inspect import CO_COROUTINE
from pathlib import Path
from types import FrameType
from typing import Any

from labkit.grading.attempt import MARKER
from labkit.timeline import Timeline

QUIET = ("check", "hint", "solution", "reset", "predict", "recall", "order", "reveal", "progress")


def namespace_of(frame: FrameType) -> dict[str, Any]:
    """The names that the caller sees: in a cell, those of the notebook."""
    return {**frame.f_globals, **frame.f_locals} if frame.f_locals is not frame.f_globals else frame.f_globals


def source_of(frame: FrameType) -> str:
    """The cell or the file that calls."""
    return "".join(linecache.getlines(frame.f_code.co_filename))


def fingerprint(source: str) -> str:
    """The same for sources that differ only in comments and layout: what tells different attempts apart."""
    try:
        text = ast.dump(ast.parse(source))
    except SyntaxError:
        text = source
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def run_source(source: str, filename: str) -> dict[str, Any]:
    """The names that an answer defines, run by itself, with `todo` at hand and the workbook's own calls silent."""
    import labkit.grading

    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    names: dict[str, Any] = {"__name__": "__main__", "todo": labkit.grading.todo}
    names |= dict.fromkeys(QUIET, lambda *args, **options: None)
    code = compile(source, filename, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    if code.co_flags & CO_COROUTINE:
        Timeline().run(eval(code, names))
    else:
        exec(code, names)
    return names


def cell_of(exercise: str, notebooks: Iterable[Path]) -> str | None:
    """The source of the last cell that begins with an exercise's marker, in notebooks, or None."""
    found = None
    for path in notebooks:
        for source in _code_cells(path):
            marker = MARKER.match(source)
            if marker and marker.group(1) == exercise:
                found = source
    return found


def _code_cells(path: Path) -> list[str]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return []
    return ["".join(cell["source"]) for cell in cells if cell.get("cell_type") == "code"]


def caller(depth: int = 2) -> FrameType:
    """The frame of whoever called the function that asks."""
    return sys._getframe(depth)
