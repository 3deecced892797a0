"""What `run()` may return, and what a status shows of it."""

from attempt import ended, report
from workers import WorkerEntrypoint, WorkflowEntrypoint

VALUES = {
    "none": None,
    "number": 1.0,
    "text": "text",
    "list": [1, None],
    "dict": {"a": None, "b": [True]},
    "bytes": b"abc",
    "set": {1},
    "function": lambda: 1,
    "tuple": (1,),
}


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        return VALUES[event["payload"]]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await report({label: lambda label=label: self.ended(label) for label in VALUES})

    async def ended(self, label):
        return await ended(await self.env.FLOW.create(params=label))
