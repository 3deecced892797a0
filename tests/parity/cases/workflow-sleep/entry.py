"""How long to sleep, in every form that the engine takes or refuses."""

import datetime

from attempt import attempt, ended
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint

DURATIONS = {
    "number": 5,
    "fraction": 1.5,
    "zero": 0,
    "negative": -5,
    "words": "1 millisecond",
    "ms": "5 ms",
    "number in words": "7",
    "nothing": None,
    "bogus": "bogus",
}


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        soon = datetime.datetime.now() + datetime.timedelta(milliseconds=600)
        found = {label: await attempt(lambda each=each: step.sleep("z", each)) for label, each in DURATIONS.items()}
        return found | {
            "one argument": await attempt(lambda: step.sleep("3 days")),
            "until past": await attempt(lambda: step.sleep_until("u", datetime.datetime(2020, 1, 1))),
            "until number": await attempt(lambda: step.sleep_until("u", 5)),
            "until text": await attempt(lambda: step.sleep_until("u", "2020-01-01")),
            "until soon": await attempt(lambda: step.sleep_until("v", soon)),
            "camel": await attempt(lambda: step.sleepUntil("v", soon)),
        }


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response.json(await ended(await self.env.FLOW.create()))
