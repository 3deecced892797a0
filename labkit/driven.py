"""Bindings outside a request: an env that a notebook's cell can await, each call driving the lab's time."""

from __future__ import annotations

import inspect
from typing import Any

from labkit.worker import Env
from labkit.world import World


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
    """A binding whose coroutines are submitted to the lab's timeline."""

    def __init__(self, binding: Any, world: World):
        self._binding, self._world = binding, world

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._binding, name)
        return self._driven(name, member) if callable(member) else member

    def _driven(self, name: str, method: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            result = method(*args, **options)
            is_work = inspect.iscoroutine(result)
            return self._world.timeline.submit(self._awaited(result), name=name) if is_work else result

        return call

    async def _awaited(self, coroutine: Any) -> Any:
        return self._handle(await coroutine)

    def _handle(self, result: Any) -> Any:
        """A handle that a binding gives, such as a Workflow's instance, drives the lab's time as the binding does."""
        if isinstance(result, list):
            return [self._handle(each) for each in result]
        is_handle = type(result).__module__.startswith("labkit.emulators.")
        return DrivenBinding(result, self._world) if is_handle else result

    def __repr__(self) -> str:
        return repr(self._binding)
