"""Bindings outside a request: an env that a notebook's cell can await, each call driving the lab's time."""

from __future__ import annotations

import inspect
from typing import Any

from labkit.isolate import Env
from labkit.workers.ffi import JsException
from labkit.world import World

HANDLES = ("labkit.emulators.", "labkit.workers.rpc")
"""Where the classes of stubs, instances and functions that came over RPC are written."""


class DrivenEnv:
    """The env of a place, as `lab.env("LHR")` gives it."""

    def __init__(self, env: Env, world: World):
        self._env, self._world = env, world

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._env, name)
        return DrivenBinding(value, self._world) if type(value).__module__.startswith("labkit.") else value

    def __repr__(self) -> str:
        return repr(self._env)


class DrivenBinding:
    """A binding, or a handle that one gave (a stub, an instance), whose coroutines are submitted to the timeline."""

    def __init__(self, binding: Any, world: World):
        self._binding, self._world = binding, world

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._binding, name)
        return self._method(name, member) if callable(member) else self._handle(member)

    def __getitem__(self, key: Any) -> Any:
        return self._handle(self._binding[key])

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._method("call", self._binding)(*args, **options)

    def _method(self, name: str, method: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            result = method(*map(_plain, args), **{key: _plain(value) for key, value in options.items()})
            if inspect.iscoroutine(result):
                return self._world.timeline.submit(self._awaited(result), name=name)
            return self._handle(result)

        return call

    async def _awaited(self, coroutine: Any) -> Any:
        __tracebackhide__ = True
        try:
            return self._handle(await coroutine)
        except JsException as error:
            raise error.with_traceback(None) from None  # a cell has no use for our lines

    def _handle(self, result: Any) -> Any:
        """What a binding gave: a handle drives the lab's time as the binding does."""
        if isinstance(result, list):
            return [self._handle(each) for each in result]
        return DrivenBinding(result, self._world) if type(result).__module__.startswith(HANDLES) else result

    def __str__(self) -> str:
        return str(self._binding)

    def __repr__(self) -> str:
        return repr(self._binding)


def _plain(value: Any) -> Any:
    """An argument as the binding knows it; a list, such as the statements of a batch, item by item."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value._binding if isinstance(value, DrivenBinding) else value
