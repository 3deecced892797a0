"""The call of an ASGI app: the adapter's own tasks run it, and what it computes is the Worker's all the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from labkit.workers.context import current
from labkit.workers.rpc import remote_error

Message = dict[str, Any]


async def call(
    app: Any, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Run the app on the CPU budget of the running event.

    asyncio lets a task's `sys.exit()` end the loop: here it is an error like any other.
    """
    metered = getattr(current.get(), "metered", None)
    running = app(scope, receive, send)
    try:
        await (running if metered is None else metered(running))
    except SystemExit as error:
        raise remote_error(error) from None
