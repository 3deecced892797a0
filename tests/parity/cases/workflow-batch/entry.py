"""`create_batch` in both spellings, and what it refuses."""

from attempt import ended, report
from workers import WorkerEntrypoint, WorkflowEntrypoint


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        return event["payload"]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        flow = self.env.FLOW

        async def outputs(instances):
            return [[each.id, (await ended(each))["output"]] for each in instances]

        return await report(
            {
                "snake": lambda: both(outputs, flow.create_batch, [{"id": "a", "params": 1}, {"id": "b"}]),
                "camel": lambda: both(outputs, flow.createBatch, [{"id": "c", "params": {"x": 1}}]),
                "none": lambda: flow.create_batch([]),
                "no list": lambda: flow.create_batch(),
                "a dict": lambda: flow.create_batch({"id": "x"}),
                "bad id": lambda: flow.create_batch([{"id": "a b"}]),
            }
        )


async def both(outputs, create, batch):
    return await outputs(await create(batch))
