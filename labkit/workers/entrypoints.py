"""The classes that a Worker's module exports, and the decorator of the old global handlers.

The runtime makes their objects, and gives each its context and its bindings.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.request import Request


class DurableObjectAbort(BaseException):
    """What `ctx.abort()` raises in the object's own code. No `except Exception` stops it."""


class WorkerEntrypoint:
    """A Worker: `Default` answers its events, other names are its named entrypoints."""

    ctx: Any
    env: Any

    def __init__(self, ctx: Any, env: Any):
        self.ctx = ctx
        self.env = env

    def __init_subclass__(cls, **_kwargs: Any):
        super().__init_subclass__()


class DurableObject:
    """A Durable Object. An `__init__` of your own begins with `super().__init__(ctx, env)`."""

    ctx: Any
    env: Any

    def __init__(self, ctx: Any, env: Any):
        self.ctx = ctx
        self.env = env

    def __init_subclass__(cls, **_kwargs: Any):
        super().__init_subclass__()


class WorkflowEntrypoint:
    """A Workflow: its `run(event, step)` is one instance's life."""

    ctx: Any
    env: Any

    def __init__(self, ctx: Any, env: Any):
        self.ctx = ctx
        self.env = env

    def __init_subclass__(cls, **_kwargs: Any):
        super().__init_subclass__()


def handler(func: Callable) -> Callable:
    """An old `on_fetch(request, env)` whose request arrives as this SDK's. Newer runtimes do not call such handlers."""

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], JsRequest):
            args = (Request(args[0]), *args[1:])
        return func(*args, **kwargs)

    return wrapper
