"""What `run()` sees of an exception in a step, and what a status says of one that nobody caught."""

import asyncio

from attempt import describe, ended, shortened
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint
from workers.workflows import NonRetryableError

ONCE = {"retries": {"limit": 0, "delay": 1}}


class Custom(Exception):
    pass


class Fundamental(BaseException):
    pass


ERRORS = {
    "ValueError": ValueError("bad thing"),
    "TypeError": TypeError("wrong"),
    "KeyError": KeyError("k"),
    "RuntimeError": RuntimeError("r"),
    "custom": Custom("c"),
    "two lines": ValueError("a\nb"),
    "exit": SystemExit(3),
    "cancelled": asyncio.CancelledError(),
    "no Exception": Fundamental("f"),
    "final": NonRetryableError("stop"),
    "final without words": NonRetryableError(),
}


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        if isinstance(event["payload"], str):
            return await failing(step, event["payload"])()
        found = {}
        for label in ERRORS:
            try:
                await failing(step, label)()
            except Exception as error:
                found[label] = [type(error).__name__, shortened(str(error)), getattr(error, "name", None)]
        return found


def failing(step, label):
    @step.do(label, config=ONCE)
    async def fails():
        raise ERRORS[label]

    return fails


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        answers = {"caught": await ended(await self.env.FLOW.create())}
        for label in ("ValueError", "custom", "exit", "final"):
            answers[label] = describe(await ended(await self.env.FLOW.create(params=label)))
        return Response.json(answers)
