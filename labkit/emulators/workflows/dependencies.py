"""What a step's function is called with, in both forms of `step.do`.

With a newer compatibility date a parameter's name is the name of an earlier step. Before, `depends=[...]`
lists the steps, one for each parameter. A parameter `ctx` gets the step's context in either form.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

CTX: Any = object()
"""Stands for the step's context, which is known only when the function is called."""
_CTX = "ctx"
BY_NAME_SINCE = "2026-02-25"
"""The compatibility date from which `step.do` goes by names. A Worker without a date has the newest behaviour."""

Step = Callable[[], Any]


def by_name(function: Callable[..., Any], steps: Mapping[str, Step]) -> list[Step]:
    """What each parameter stands for: the step of its name, or the context."""
    found: list[Step] = []
    for name in inspect.signature(function).parameters:
        if name in steps:
            found.append(steps[name])
        elif name == _CTX:
            found.append(CTX)
        else:
            raise TypeError(f"Received unexpected parameter {name}")
    return found


def by_list(function: Callable[..., Any], depends: Sequence[Any] | None) -> list[Step]:
    """What each parameter stands for: the context, or the next step of the list."""
    names = list(inspect.signature(function).parameters)
    wanted = [name for name in names if name != _CTX]
    if depends is None and wanted:
        raise TypeError(f"Step has {len(wanted)} non-ctx parameter(s) but no 'depends' list provided")
    if depends is not None and len(depends) != len(wanted):
        raise TypeError(f"Step declares {len(wanted)} non-ctx parameter(s) but 'depends' has {len(depends)} item(s)")
    steps = iter(depends or ())
    return [CTX if name == _CTX else _checked(name, next(steps)) for name in names]


def _checked(name: str, step: Any) -> Step:
    if not hasattr(step, "_step_name"):
        raise TypeError(f"'depends' entry for parameter {name!r} is not a function decorated with step.do")
    return step
