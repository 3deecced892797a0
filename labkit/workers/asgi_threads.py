"""No threads: what anyio would run in one runs where it is called, as the SDK 1.9.5 has it.

FastAPI and Starlette hand to anyio's threads what is no coroutine: `def` endpoints and dependencies, background tasks,
`StaticFiles`, `FileResponse`, uploads. A Worker has one thread, and the SDK replaces `anyio.to_thread.run_sync`
in it. Here the same happens inside of a lab's events alone: elsewhere in the process anyio goes on as before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from labkit.workers.context import current


def without_threads() -> None:
    """Let anyio, where it is loaded, start no thread for a Worker. Once is enough."""
    module = sys.modules.get("anyio.to_thread")
    if module is not None and not hasattr(module.run_sync, "threaded"):
        module.run_sync = _inline(module.run_sync)  # type: ignore[attr-defined]


def _inline(threaded: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(threaded)
    async def run_sync(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """The result of a function. The options are about threads, and say nothing without them."""
        if current.get() is None:
            return await threaded(function, *args, **options)
        return function(*args)

    run_sync.threaded = threaded  # type: ignore[attr-defined]
    return run_sync
