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
        is_binding = type(value).__module__.startswith("labkit.")
        return DrivenBinding(value, self._world) if is_binding else value

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
            return self._world.timeline.submit(result, name=name) if inspect.iscoroutine(result) else result

        return call

    def __repr__(self) -> str:
        return repr(self._binding)
