"""What a step may return, and what `run()` gets of it."""

import datetime

from attempt import attempt, describe, ended
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint

ONCE = {"retries": {"limit": 0, "delay": 1}}


class Thing:
    pass


VALUES = {
    "None": None,
    "number": 5,
    "whole float": 2.0,
    "text": "h\u00e9",
    "bool": True,
    "list": [1, None, [2]],
    "dict": {"a": None, "b": {"c": [True]}, 1: 2},
    "set": {1, 2},
    "bytes": b"abc",
    "datetime": datetime.datetime(2026, 1, 2, 3, 4, 5),
    "tuple": (1, 2),
    "object": Thing(),
    "nested tuple": {"a": (1,)},
}


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        return {label: await attempt(stepped(step, label, value)) for label, value in VALUES.items()}


def stepped(step, label, value):
    @step.do(label, config=ONCE)
    async def returned():
        return value

    async def described():
        result = await returned()
        return [type(result).__name__, describe(result)]

    return described


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response.json(await ended(await self.env.FLOW.create()))
