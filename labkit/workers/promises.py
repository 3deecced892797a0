"""Promises: work that starts at the call, whether or not anybody awaits it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from inspect import isawaitable
from typing import Any


class JsPromise(asyncio.Future):
    """A future with JavaScript's `then`, `catch` and `finally_`, as Pyodide's PyodideFuture has them."""

    def then(self, onfulfilled: Callable | None, onrejected: Callable | None = None) -> JsPromise:
        return promise(self._then(onfulfilled, onrejected))

    def catch(self, onrejected: Callable) -> JsPromise:
        return self.then(None, onrejected)

    def finally_(self, onfinally: Callable) -> JsPromise:
        return promise(self._finally(onfinally))

    async def _then(self, onfulfilled: Callable | None, onrejected: Callable | None) -> Any:
        try:
            value = await self
        except Exception as error:
            if onrejected is None:
                raise
            return await settled(onrejected(error))
        return await settled(onfulfilled(value)) if onfulfilled else value

    async def _finally(self, onfinally: Callable) -> Any:
        try:
            return await self
        finally:
            await settled(onfinally())


async def settled(value: Any) -> Any:
    """The value, awaited where it can be."""
    return await value if isawaitable(value) else value


def promise(work: Coroutine | Awaitable) -> JsPromise:
    """Start the coroutine now, on the running loop; the promise ends as it does."""
    loop = asyncio.get_running_loop()
    made = JsPromise(loop=loop)
    task = asyncio.ensure_future(work, loop=loop)
    task.add_done_callback(lambda done: _settle(made, done))
    return made


def _settle(made: JsPromise, task: asyncio.Future) -> None:
    if made.done():
        return
    if task.cancelled():
        made.cancel()
    elif (error := task.exception()) is not None:
        made.set_exception(error)
    else:
        made.set_result(task.result())
