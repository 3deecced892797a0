"""The Workflows that stand in where the learner gives none."""

from __future__ import annotations

from workers import WorkflowEntrypoint, fetch  # pyright: ignore[reportAttributeAccessIssue]


class Napping(WorkflowEntrypoint):
    """A step and a sleep for each of the `naps`, in seconds."""

    async def run(self, event, step):
        for number, nap in enumerate(event["payload"]["naps"]):

            @step.do(f"work {number}")
            async def work():
                return None

            await work()
            await step.sleep(f"nap {number}", int(nap * 1000))


class Retrying(WorkflowEntrypoint):
    """One step that has the service do the `order`, with the `retries` that it is given."""

    async def run(self, event, step):
        order, retries = event["payload"]["order"], event["payload"]["retries"]

        @step.do("order", config={"retries": retries})
        async def place():
            response = await fetch(f"https://service.example/orders/{order}", method="POST")
            if response.status != 200:
                raise RuntimeError(f"the service answers {response.status}")

        await place()
