"""What a Tail Worker is told of the invocations of another: this module is both."""

import json

from js import console
from workers import Response, WorkerEntrypoint


def shown(value):
    """An object of the runtime as JSON, with its class's name."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    kind = value.constructor.name
    if kind == "Array":
        return [shown(each) for each in value]
    return {"is": kind} | {name: shown(getattr(value, name)) for name in value.object_keys()}


def story(item):
    """What does not depend on the clock, the machine or the runtime's own headers."""
    event = shown(item.event)
    if "request" in event:
        event["request"].pop("cf")
        event["request"]["headers"] = {
            name: value
            for name, value in event["request"]["headers"].items()
            if name.startswith("x-") or name in ("is", "cookie", "authorization")
        }
        event["all"] = getattr(item.event.request.getUnredacted().headers, "cookie", None)
    return {
        "outcome": item.outcome,
        "model": item.executionModel,
        "truncated": item.truncated,
        "event": event,
        "logs": [[log.level, shown(log.message), type(log.timestamp).__name__] for log in item.logs],
        "exceptions": [[error.name, lines(error.message)] for error in item.exceptions],
        "keys": sorted(item.object_keys()),
        "times": [type(getattr(item, name)).__name__ for name in ("cpuTime", "wallTime", "eventTimestamp")],
        "class": item.constructor.name,
    }


def lines(message):
    return [part for part in message.split("\n") if not part.startswith("  ")]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        path = request.url.partition("://")[2].partition("/")[2]
        if path.startswith("told"):
            return Response(await self.env.KV.get("told") or "nothing yet")
        await self.env.KV.delete("told")
        print("said", 1)
        console.warn("careful")
        console.error("bad")
        console.debug("fine")
        if path == "later":
            self.ctx.waitUntil(self.later())
        if path == "fails":
            raise ValueError("no")
        return Response("ok", status=201)

    async def later(self):
        await self.env.KV.get("x")
        print("late")
        raise RuntimeError("too late")

    async def scheduled(self, controller, env, ctx):
        await self.env.KV.delete("told")
        print("cron")

    async def queue(self, batch, env, ctx):
        await self.env.KV.delete("told")
        print("batch")

    async def tail(self, events, env, ctx):
        requests = [event.event.request for event in events if hasattr(event.event, "request")]
        if any("told" in request.url for request in requests):
            return
        about = {"list": type(events).__name__, "env": env, "ctx": ctx, "items": [story(event) for event in events]}
        await self.env.KV.put("told", json.dumps(about))
