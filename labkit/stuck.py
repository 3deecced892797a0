"""Why a coroutine will wait for ever, in a sentence that names the line where it waits."""

from __future__ import annotations

import asyncio
from math import inf
from typing import Any

HORIZON = 400 * 86_400.0
"""Simulated seconds after which something still awaited counts as stuck (a workflow sleeps 365 days at most)."""
_ASYNCIO = asyncio.__path__[0]


def why(wanted: Any, next_event: float) -> str:
    """A sentence that says where a coroutine waits, and why that wait has no end."""
    if next_event < inf:
        reason = f"it had not come after {HORIZON / 86_400:g} simulated days"
    else:
        reason = "nothing on the timeline will ever bring it"
    return f"{_waiting_for(wanted)}, and {reason}."


def _waiting_for(wanted: Any) -> str:
    """Who waits, where in their own code, and for which of asyncio's things."""
    coroutine = wanted.get_coro() if isinstance(wanted, asyncio.Task) else None
    frame, inside = None, ""
    while coroutine is not None:
        here = getattr(coroutine, "cr_frame", None)
        if here and here.f_code.co_filename.startswith(_ASYNCIO):
            inside = f" ({here.f_code.co_qualname})"
        elif here:
            frame, inside = here, ""
        coroutine = _inner(coroutine)
    if frame is None:
        return f"{wanted!r} is awaited"
    return f"{frame.f_code.co_qualname} waits at line {frame.f_lineno} of {frame.f_code.co_filename}{inside}"


def _inner(waiting: Any) -> Any:
    """What a suspended coroutine awaits; a generator that drives one by hand keeps it in a local `coroutine`."""
    if hasattr(waiting, "cr_await"):
        return waiting.cr_await
    frame = getattr(waiting, "gi_frame", None)
    return frame.f_locals.get("coroutine") if frame else None
