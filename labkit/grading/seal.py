"""Noticing that the grader was patched: the functions and methods of this package as they were when it was imported.

This keeps an honest learner from a wrong "met" after an accident, and catches the plainest cheat. It is no secret
and no wall: what counts for an instructor is a regrade in a clean process.
"""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType
from typing import Any

_sealed: dict[tuple[str, str], Any] = {}


def close() -> None:
    """Remember the package as it is now."""
    _sealed.update(_parts())


def broken() -> bool:
    """Whether any part is no longer what it was."""
    now = _parts()
    return any(now.get(key) is not value for key, value in _sealed.items())


def _parts() -> dict[tuple[str, str], Any]:
    """The code of every function and the objects by every name in the package's modules and their classes."""
    found: dict[tuple[str, str], Any] = {}
    for name, module in list(sys.modules.items()):
        if isinstance(module, ModuleType) and name.startswith("labkit.grading"):
            for key, value in vars(module).items():
                _add(found, name, key, value)
    return found


def _add(found: dict[tuple[str, str], Any], owner: str, key: str, value: Any) -> None:
    if isinstance(value, FunctionType):
        found[owner, key] = value
        found[owner, f"{key}.__code__"] = value.__code__
    elif isinstance(value, type) and value.__module__.startswith("labkit.grading"):
        found[owner, key] = value
        for name, member in vars(value).items():
            _add(found, f"{value.__module__}.{value.__qualname__}", name, member)
