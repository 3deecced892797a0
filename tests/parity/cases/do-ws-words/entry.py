"""What the runtime says of sockets and tags that it does not take."""

from attempt import report
from js import WebSocketPair
from pyodide.ffi import jsnull, to_js
from workers import DurableObject, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await self.env.ROOM.getByName("a").fetch(request)


def pair():
    return list(WebSocketPair.new().object_values())


class Room(DurableObject):
    def timeout(self, *value):
        self.ctx.setHibernatableWebSocketEventTimeout(*value)
        found = self.ctx.getHibernatableWebSocketEventTimeout()
        return None if found is jsnull else found

    def accept(self, *more):
        _, server = pair()
        self.ctx.acceptWebSocket(server, *more)
        return list(self.ctx.getTags(server))

    def accepted(self, first, second):
        ends = pair()
        first(ends)
        second(ends)

    async def fetch(self, request):
        ctx = self.ctx
        hibernate, standard = (lambda ends: ctx.acceptWebSocket(ends[1])), (lambda ends: ends[1].accept())
        return await report(
            {
                "a Python list": lambda: self.accept(["red"]),
                "text": lambda: self.accept("red"),
                "null": lambda: self.accept(jsnull),
                "none": lambda: self.accept(to_js([])),
                "no tags": lambda: self.accept(),
                "11": lambda: self.accept(to_js(list("abcdefghijk"))),
                "10": lambda: self.accept(to_js(list("abcdefghij"))),
                "10 and one again": lambda: self.accept(to_js(list("abcdefghija"))),
                "again": lambda: self.accept(to_js(["b", "a", "b"])),
                "numbers": lambda: self.accept(to_js([1, True])),
                "256": lambda: len(self.accept(to_js(["x" * 256]))),
                "257": lambda: self.accept(to_js(["x" * 257])),
                "258 bytes": lambda: self.accept(to_js(["é" * 129])),
                "no socket": lambda: ctx.acceptWebSocket("x"),
                "twice": lambda: self.accepted(hibernate, hibernate),
                "accept, hibernate": lambda: self.accepted(standard, hibernate),
                "hibernate, accept": lambda: self.accepted(hibernate, standard),
                "its peer": lambda: self.accepted(lambda ends: ends[0].accept(), hibernate),
                "tags of none": lambda: ctx.getTags(pair()[1]),
                "tags of a standard one": lambda: self.accepted(standard, lambda ends: ctx.getTags(ends[1])),
                "tags of text": lambda: ctx.getTags("x"),
                "an attachment of 16,380": lambda: pair()[1].serializeAttachment("x" * 16_380),
                "an attachment of 16,379": lambda: pair()[1].serializeAttachment("x" * 16_379),
                "a dict": lambda: pair()[1].serializeAttachment({"a": 1}),
                "before accept": lambda: pair()[1].send("x"),
                "close 999": lambda: self.accepted(hibernate, lambda ends: ends[1].close(999)),
                "close 1005": lambda: self.accepted(hibernate, lambda ends: ends[1].close(1005, "x")),
                "no code": lambda: self.accepted(hibernate, lambda ends: ends[1].close(None, "x")),
                "close 999 before accept": lambda: pair()[1].close(999),
                "a long reason": lambda: self.accepted(hibernate, lambda ends: ends[1].close(1000, "x" * 124)),
                "send after close": lambda: self.accepted(hibernate, lambda ends: (ends[1].close(), ends[1].send("x"))),
                "no timeout": lambda: self.timeout(),
                "timeout": lambda: self.timeout(604_800_000),
                "timeout too long": lambda: self.timeout(604_800_001),
                "timeout -1": lambda: self.timeout(-1),
                "timeout NaN": lambda: self.timeout(float("nan")),
                "timeout 12.9": lambda: self.timeout(12.9),
                "timeout 0": lambda: self.timeout(0),
            }
        )
