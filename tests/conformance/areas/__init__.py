"""One module an area, named after it: `kv.py` replays the scenarios whose area is "kv".

A module holds a function `bench()` that returns a fresh `Bench`, and an area without a module is not
built yet. Nothing else lists the areas.
"""

from __future__ import annotations

import importlib.util
from typing import Any, Protocol


class Bench(Protocol):
    """What one scenario runs on: the bindings that it calls and the clock that it advances."""

    def target(self, name: str) -> Any:
        """The object that a step's call names before the dot: "KV" is the namespace's binding."""

    def run(self, awaitable: Any) -> Any:
        """The result of an awaitable, driven to its end on the simulated clock."""

    def advance(self, seconds: float) -> None:
        """Let that much simulated time pass."""


def is_built(area: str) -> bool:
    """Whether this folder has a module for the area."""
    return importlib.util.find_spec(f"{__name__}.{area}") is not None


def bench(area: str) -> Bench:
    """A fresh bench of a built area."""
    return importlib.import_module(f"{__name__}.{area}").bench()
