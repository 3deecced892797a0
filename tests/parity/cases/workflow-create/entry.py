"""Ids, options and parameters of `create`, and what a handle is."""

from attempt import attempt, ended, report
from workers import WorkerEntrypoint, WorkflowEntrypoint


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        return {"payload": repr(event["payload"]), "type": type(event["payload"]).__name__}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        flow = self.env.FLOW

        async def made(*args, **options):
            instance = await flow.create(*args, **options)
            return [instance.id if len(instance.id) != 36 else "a uuid", (await ended(instance))["output"]]

        return await report(
            {
                "nothing": lambda: made(),
                "keywords": lambda: made(id="k1", params={"x": 1}),
                "dict": lambda: made({"id": "d1", "params": {"x": [1, None, {"y": True}]}}),
                "dict and keywords": lambda: made({"id": "d2"}, params={"x": 1}),
                "a text": lambda: made("d3"),
                "unknown option": lambda: made(id="d4", parameters={"x": 1}),
                "retention": lambda: made(id="d5", retention={"successRetention": "1 day"}),
                "params list": lambda: made(id="p1", params=[1, 2.0, "x"]),
                "params None": lambda: made(id="p2", params=None),
                "params text": lambda: made(id="p3", params="text"),
                "params number": lambda: made(id="p4", params=5),
                "params tuple": lambda: made(id="p5", params=(1, 2)),
                "params bytes": lambda: made(id="p6", params={"b": 1}),
                "id with space": lambda: made(id="a b"),
                "id empty": lambda: made(id=""),
                "id with dash first": lambda: made(id="-a"),
                "id with dash": lambda: made(id="a-_9"),
                "id of 100": lambda: made(id="a" * 100),
                "id of 101": lambda: made(id="a" * 101),
                "id number": lambda: made(id=5),
                "id None": lambda: made(id=None),
                "get": lambda: attempt(lambda: got(flow, "k1")),
                "get missing": lambda: flow.get("nope"),
                "get nothing": lambda: flow.get(),
                "no such method": lambda: flow.nothing,
            }
        )


async def got(flow, name):
    instance = await flow.get(name)
    return [instance.id, (await instance.status())["status"]]
