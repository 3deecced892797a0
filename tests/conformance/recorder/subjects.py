"""What `subjects.mjs` is, in Python: the Worker that recorded scenarios are played on, as the lab runs it."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from js import Object, WebSocketPair, WebSocketRequestResponsePair
from pyodide.ffi import create_proxy, jsnull, to_js
from workers import DurableObject, Response, WorkerEntrypoint, WorkflowEntrypoint
from workers.workflows import NonRetryableError


class Notes(DurableObject):
    """Notes that outlive the object's memory."""

    def note(self, entry):
        self.ctx.storage.kv.put("seen", [*self.seen(), entry])

    def seen(self):
        return self.ctx.storage.kv.get("seen") or []


class Clock(Notes):
    """Alarms: each run is noted as [retryCount, isRetry, getAlarm()], then does the next thing of its script."""

    async def plan(self, seconds):
        return await self.ctx.storage.setAlarm(now() + seconds * 1000)

    async def planDate(self, seconds):
        return await self.ctx.storage.setAlarm(datetime.now(UTC) + timedelta(seconds=seconds))

    async def planAt(self, moment):
        return await refusal(self.ctx.storage.setAlarm, moment)

    async def cancel(self):
        return await self.ctx.storage.deleteAlarm()

    async def wipe(self):
        return await self.ctx.storage.deleteAll()

    def script(self, actions):
        self.ctx.storage.kv.put("script", actions)

    async def put(self, key, value):
        return await self.ctx.storage.put(key, value)

    async def get(self, key):
        return await self.ctx.storage.get(key)

    async def due(self):
        moment = await self.ctx.storage.getAlarm()
        return None if moment is None else max(0, round((moment - now()) / 1000))

    async def planSeveral(self, delays):
        await asyncio.gather(*(self.plan(seconds) for seconds in delays))
        return await self.due()

    async def planInTransaction(self, seconds, end):
        async def body(transaction):
            await transaction.setAlarm(now() + seconds * 1000)
            if end == "throw":
                raise ValueError("undone")
            if end == "rollback":
                transaction.rollback()
            return end

        try:
            return await self.ctx.storage.transaction(body)
        except Exception as error:
            return "undone" if "undone" in str(error) else str(error)

    async def planBlocked(self, seconds):
        async def body():
            await self.plan(seconds)
            await asyncio.sleep(0.3)
            return "planned"

        return await self.ctx.blockConcurrencyWhile(body)

    async def busy(self, seconds):
        self.note("busy")
        await asyncio.sleep(seconds)
        self.note("free")

    async def alarm(self, info):
        self.note([info.retryCount, info.isRetry, await self.ctx.storage.getAlarm()])
        action, *rest = self.ctx.storage.kv.get("script") or [{}]
        self.ctx.storage.kv.put("script", rest)
        if "put" in action:
            await self.ctx.storage.put(*action["put"])
        if "plan" in action:
            await self.plan(action["plan"])
        if "cancel" in action:
            await self.cancel()
        if "wait" in action:
            await asyncio.sleep(action["wait"])
            self.note("waited")
        if action.get("then") == "throw":
            raise ValueError("not now")
        if action.get("then") == "abort":
            await self.ctx.storage.sync()
            self.ctx.abort("gone")


class Mute(DurableObject):
    """A Durable Object without an alarm handler."""

    async def planAt(self, moment):
        return await refusal(self.ctx.storage.setAlarm, moment)

    async def due(self):
        return await self.ctx.storage.getAlarm()

    async def cancel(self):
        return await self.ctx.storage.deleteAlarm()


class Room(Notes):
    """WebSockets: messages are noted, and those of the form "verb:rest" are obeyed."""

    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.heard = 0
        ctx.storage.kv.put("born", self.born() + 1)

    def born(self):
        return self.ctx.storage.kv.get("born") or 0

    async def fetch(self, request):
        query = dict(parse_qsl(urlsplit(request.url).query))
        client, server = WebSocketPair.new().object_values()
        try:
            self.admit(server, **query)
        except Exception as error:
            return Response(str(error), status=400)
        if "greet" in query:
            server.send(query["greet"])
        return Response(None, status=101, web_socket=client)

    def admit(self, server, mode="hibernate", tags=None, twice=None, attach=None, before=None, greet=None):
        if before:
            server.send(before)
        if mode == "hibernate":
            self.ctx.acceptWebSocket(server, *([to_js(json.loads(tags))] if tags else []))
        if mode == "accept":
            self.listen(server)
        if twice == "hibernate":
            self.ctx.acceptWebSocket(server)
        if twice == "accept":
            server.accept()
        if attach:
            server.serializeAttachment(javascript(json.loads(attach)))

    def listen(self, server):
        async def message(event):
            await self.webSocketMessage(server, event.data)

        async def close(event):
            await self.webSocketClose(server, event.code, event.reason, event.wasClean)

        server.accept()
        server.addEventListener("message", create_proxy(message))
        server.addEventListener("close", create_proxy(close))

    async def webSocketMessage(self, ws, message):
        self.heard += 1
        self.note(["message", message if isinstance(message, str) else message.byteLength])
        verb, _, rest = message.partition(":") if isinstance(message, str) else ("echo", "", message)
        if verb in ("all", "others"):
            for each in self.ctx.getWebSockets():
                if verb == "all" or each is not ws:
                    each.send(rest)
        elif verb == "attach":
            ws.serializeAttachment(javascript(json.loads(rest)))
        elif verb == "throw":
            raise ValueError(rest)
        elif verb == "close":
            self.hang(ws, rest)
        elif verb == "slow":
            await asyncio.sleep(0.3)
            ws.send("slow")
        else:
            self.reply(ws, verb, rest)

    def reply(self, ws, verb, rest):
        if verb == "echo":
            ws.send(rest)
        elif verb == "attachment":
            ws.send(text(python(ws.deserializeAttachment())))
        elif verb == "tags":
            ws.send(text(python(self.ctx.getTags(ws))))
        elif verb == "heard":
            ws.send(str(self.heard))
        elif verb == "bytes":
            ws.send(to_js(b"\1\2\3"))

    def hang(self, ws, rest):
        """Close with "code reason", or just close; a refusal is noted."""
        code, _, reason = rest.partition(" ")
        try:
            ws.close(*([int(code), reason] if code else []))
            ws.send("after")
        except Exception as error:
            self.note([error.name, error.message])

    async def webSocketClose(self, ws, code, reason, wasClean):
        self.note(["close", code, reason, wasClean])
        if self.ctx.storage.kv.get("answerClose"):
            ws.close(code, reason)

    async def webSocketError(self, ws, error):
        self.note(["error"])

    def sockets(self, *tag):
        return [python(self.ctx.getTags(each)) for each in self.ctx.getWebSockets(*tag)]

    def attachments(self):
        return [python(each.deserializeAttachment()) for each in self.ctx.getWebSockets()]

    def broadcast(self, text, *tag):
        for each in self.ctx.getWebSockets(*tag):
            each.send(text)

    def hangUp(self, *args):
        for each in self.ctx.getWebSockets():
            each.close(*args)

    def answerCloses(self):
        self.ctx.storage.kv.put("answerClose", True)

    def answered(self):
        return [bool(self.ctx.getWebSocketAutoResponseTimestamp(each)) for each in self.ctx.getWebSockets()]

    def noAnswer(self):
        self.ctx.setWebSocketAutoResponse()

    async def answer(self, request, response):
        async def set_pair():
            self.ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair.new(request, response))

        refused = await refusal(set_pair)
        pair = self.ctx.getWebSocketAutoResponse()
        return refused or [pair.request, pair.response]


class Remotely:
    """What can be called from elsewhere. Both a Worker and a Durable Object have it."""

    calls = 0

    async def echo(self, value=None):
        return value

    async def nothing(self):
        pass

    async def later(self, value):
        await asyncio.sleep(0.01)
        return value

    async def count(self):
        self.calls += 1
        return self.calls

    async def counter(self, count):
        def increment(by=1):
            nonlocal count
            count += by
            return count

        return {"label": "counter", "inside": {"increment": increment}, "total": lambda: count}

    async def adder(self, first):
        return lambda second: first + second

    async def apply(self, function, *args):
        return await function(*args)

    async def applyTwice(self, function, value):
        return await function(await function(value))

    async def stream(self, text):
        return Response(text).body

    async def read(self, stream):
        return await Response(stream).text()

    async def size(self, value):
        return len(value)

    async def total(self, *numbers):
        return sum(numbers)


class Remote(Remotely, DurableObject):
    value = None

    async def remember(self, value):
        self.value = value

    async def recall(self):
        return self.value


class Service(Remotely, WorkerEntrypoint):
    pass


class Flow(WorkflowEntrypoint):
    """A Workflow that runs a program: `params["program"]` is a list of steps, the output what each has given."""

    async def run(self, event, step):
        params = event["payload"] or {}
        output = []
        for each in params.get("program", []):
            output.append(await self.perform(each, step, output))
        return params.get("returns", output)

    async def perform(self, each, step, output):
        try:
            if "parallel" in each:
                return await asyncio.gather(*(self.perform(one, step, output) for one in each["parallel"]))
            return await self.single(each, step, output)
        except Exception as error:
            if not each.get("caught"):
                raise
            said = getattr(error, "message", str(error))
            return {"caught": "mine" if "mine" in said else said}

    async def single(self, each, step, output):
        if "sleep" in each:
            return await step.sleep(each.get("name", "nap"), each["sleep"])
        if "until" in each:
            moment = datetime.now(UTC) + timedelta(milliseconds=each["until"])
            return await step.sleep_until(each.get("name", "until"), moment)
        if "wait" in each:
            timeout = each.get("timeout", "5 seconds")
            event = await step.wait_for_event(each.get("name", "wait"), each["wait"], timeout=timeout)
            return {key: event[key] for key in ("type", "payload") if event.get(key) is not None}
        if each.get("throw"):
            raise ValueError("mine")

        @step.do(each["name"], **({"config": each["config"]} if "config" in each else {}))
        async def run(ctx):
            return await self.attempt(each, ctx, output)

        return await run()

    async def attempt(self, each, context, output):
        if "takes" in each:
            await asyncio.sleep(each["takes"])
        if each.get("fatal"):
            raise NonRetryableError("mine")
        if context["attempt"] <= each.get("fails", 0):
            raise ValueError("mine")
        gives = {
            "attempt": lambda: context["attempt"],
            "step": lambda: [context["step"]["name"], context["step"]["count"]],
            "config": lambda: context["config"],
            "sum": lambda: sum(output),
        }
        return gives[each["gives"]]() if "gives" in each else each.get("returns")


class Default(WorkerEntrypoint):
    """A cron job: each run is noted as [cron, scheduledTime], then does the next thing of its script."""

    async def scheduled(self, controller, env, ctx):
        action, *rest = json.loads(await self.env.KV.get("script") or "[]") or [{}]
        await self.env.KV.put("script", json.dumps(rest))
        await self.note([controller.cron, controller.scheduledTime])
        if action.get("noRetry"):
            controller.noRetry()
        if "background" in action:
            self.ctx.waitUntil(self.background(action["background"]))
        if "wait" in action:
            await asyncio.sleep(action["wait"])
            await self.note("waited")
        if "put" in action:
            await self.env.KV.put(*action["put"])
        if action.get("throw"):
            raise ValueError("mine")
        return action.get("returns")

    async def background(self, what):
        await asyncio.sleep(0.1)
        await self.note("background")
        if what == "throw":
            raise ValueError("mine")

    async def note(self, entry):
        seen = json.loads(await self.env.KV.get("seen") or "[]")
        await self.env.KV.put("seen", json.dumps([*seen, entry]))


async def refusal(call, *args):
    """What a call is refused with, in words: an error that left the object would come with its language's traceback."""
    try:
        await call(*args)
    except Exception as error:
        return str(error)


def now():
    return time.time() * 1000


def javascript(value):
    return to_js(value, dict_converter=Object.fromEntries)


def python(value):
    """A value of JavaScript's as Python's own."""
    if value is jsnull:
        return None
    return value.to_py() if hasattr(value, "to_py") else value


def text(value):
    """JSON as JavaScript writes it."""
    return json.dumps(value, separators=(",", ":"))
