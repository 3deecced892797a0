"""Where the vendor's local runtime is not what production is."""

import asyncio

from attempt import attempt, ended, stated
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do("work", config={"retries": {"limit": 0, "delay": 1}})
        async def work():
            await asyncio.sleep(0.1)
            return "x" * 1_100_000 if event["payload"] == "large" else 1

        await work()
        if event["payload"] == "long":
            await step.sleep("long", "10 minutes")
        return event["payload"]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        flow, answers = self.env.FLOW, {}
        twice = await flow.create(id="twice", params=1)
        answers["the same id"] = await attempt(lambda: again(flow))
        await ended(twice)
        answers["an event for what has ended"] = await attempt(lambda: twice.send_event({"type": "x", "payload": 1}))
        long = await flow.create(id="long", params="long")
        await asyncio.sleep(0.3)
        answers["asleep"] = stated(await long.status())
        large = await flow.create(id="large", params="large")
        answers["more than 1 MiB"] = (await ended(large))["status"]
        paused = await flow.create(id="paused", params=1)
        await asyncio.sleep(0.05)
        await paused.pause()
        answers["while the step runs"] = (await paused.status())["status"]
        await asyncio.sleep(0.3)
        answers["after it"] = (await paused.status())["status"]
        await paused.resume()
        await asyncio.sleep(0.1)
        answers["resumed"] = (await paused.status())["status"]
        answers["101 at once"] = await attempt(lambda: many(flow))
        return Response.json(answers)


async def again(flow):
    return (await flow.create(id="twice", params=2)).id


async def many(flow):
    return len(await flow.create_batch([{"params": 1}] * 101))
