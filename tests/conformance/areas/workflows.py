"""Workflows: the binding `FLOW`, whose methods have Python's names in Python."""

from __future__ import annotations

from typing import Any

from tests.conformance.recorder.bench import SubjectBench

PYTHONS = {"createBatch": "create_batch", "sendEvent": "send_event"}


class Renamed:
    """A binding or an instance by the names that JavaScript has for its methods. Instances it gives are so too."""

    def __init__(self, named: Any):
        self._named = named

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._named, PYTHONS.get(name, name))
        return self._calling(member) if callable(member) else member

    def _calling(self, method: Any) -> Any:
        async def call(*args: Any) -> Any:
            return renamed(await method(*args))

        return call


def renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [renamed(each) for each in value]
    return Renamed(value) if hasattr(value, "terminate") else value


class WorkflowsBench(SubjectBench):
    def target(self, name: str) -> Any:
        return Renamed(getattr(self.env, name))


def bench() -> WorkflowsBench:
    return WorkflowsBench()
