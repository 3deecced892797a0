"""Scenarios to be recorded, one module an area: `SCENARIOS` is what each shows, and its steps without results."""

from __future__ import annotations

from typing import Any

Step = dict[str, Any]


def call(target: str, *args: Any, keep: str | None = None) -> Step:
    """A call of a method; `keep` is the name under which later steps find its result."""
    return {"call": target, "args": list(args)} | ({"as": keep} if keep else {})


def read(target: str) -> Step:
    """A property that is read, not called."""
    return {"call": target, "read": True}


def wait(seconds: float) -> Step:
    """Time that passes; the real runtime takes it really."""
    return {"advance": seconds}


def date(text: str) -> dict[str, str]:
    return {"$date": text}
