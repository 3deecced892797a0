"""What prose borrows: facts by name, and the text of files."""

from __future__ import annotations

import re
from pathlib import Path

from labkit import facts
from labkit.building.source import Cell, Lesson
from labkit.errors import LabError
from labkit.facts.spelling import did_you_mean
from labkit.facts.table import shown

UNITS = {
    "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30,
    "ms": 1e-3, "minutes": 60, "hours": 3600, "days": 86400,
}  # fmt: skip

_FACT = re.compile(r"\{\{ *([\w.]+)(?:@(\w+))?(?::(\w+))? *\}\}")
_INCLUDE = re.compile(r"^<!-- include: *(\S+) *-->$", re.MULTILINE)
_LANGUAGES = {".py": "python", ".js": "js", ".jsonc": "jsonc", ".json": "json", ".ts": "ts", ".toml": "toml"}


def filled(lesson: Lesson, cell: Cell, text: str) -> str:
    """Prose with its files and facts in place."""
    text = _FACT.sub(lambda found: _fact(lesson, cell, *found.groups()), text)
    return _INCLUDE.sub(lambda found: _include(lesson, cell, found.group(1)), text)


def _fact(lesson: Lesson, cell: Cell, name: str, plan: str | None, unit: str | None) -> str:
    try:
        figure = facts.value(name, plan)
    except LabError as error:
        raise lesson.error(cell, str(error)) from error
    if unit is None:
        return shown(figure)
    if unit not in UNITS:
        raise lesson.error(cell, f"{{{{{name}:{unit}}}}} has an unknown unit. {did_you_mean(unit, UNITS)}")
    return f"{round(figure / UNITS[unit], 6):,.10g}"


def _include(lesson: Lesson, cell: Cell, name: str) -> str:
    path: Path = lesson.path.parents[1] / name
    if not path.is_file():
        raise lesson.error(cell, f"there is no file {name} in {lesson.path.parents[1].name}/.")
    text = path.read_text(encoding="utf-8").strip("\n")
    return f"```{_LANGUAGES.get(path.suffix, '')}\n{text}\n```"
