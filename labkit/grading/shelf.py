"""Finding exercises: a folder is an exercise, and no list names it.

`exercises/kv/02/` is "kv-02". Folders of more exercises can be added with LABKIT_EXERCISES.
"""

from __future__ import annotations

import os
from pathlib import Path

from labkit.errors import ExerciseError
from labkit.facts.spelling import did_you_mean

EXERCISES = Path(__file__).resolve().parents[1] / "exercises"


def roots() -> list[Path]:
    """The folders of topics: the course's own, then those of LABKIT_EXERCISES."""
    more = os.environ.get("LABKIT_EXERCISES", "")
    return [EXERCISES, *(Path(part) for part in more.split(os.pathsep) if part)]


def topics() -> list[Path]:
    """The topic folders, in the order of their names."""
    found = (path for root in roots() if root.is_dir() for path in root.iterdir())
    return sorted((path for path in found if path.is_dir() and path.name[0].isalpha()), key=lambda path: path.name)


def folders() -> dict[str, Path]:
    """The folder of each exercise by its id, in order. Two folders of one id are refused."""
    found: dict[str, Path] = {}
    for topic in topics():
        for path in sorted(topic.iterdir()):
            if (path / "prompt.md").is_file():
                name = f"{topic.name}-{path.name}"
                if name in found:
                    raise ExerciseError(f"There are two exercises {name}: {found[name]} and {path}.")
                found[name] = path
    return found


def folder(name: str) -> Path:
    """The folder of an exercise. Refuses an unknown id with the nearest right one."""
    known = folders()
    if name not in known:
        raise ExerciseError(f"There is no exercise {name!r}. {did_you_mean(name, known)}")
    return known[name]
