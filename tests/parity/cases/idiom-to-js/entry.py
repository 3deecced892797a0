"""What `ctx` wants from `to_js`: it is not wrapped, so lists and dicts do not become JavaScript's by themselves."""

from attempt import report
from js import Object, WebSocketPair
from pyodide.ffi import JsProxy, to_js
from workers import DurableObject, WorkerEntrypoint


class Box(DurableObject):
    async def fetch(self, request):
        return await report(
            {
                "tags": lambda: self.tagged(to_js(["red", "blue"])),
                "a list": lambda: self.tagged(["red"]),
                "a tuple": lambda: self.tagged(("red",)),
                "a tuple, made": lambda: self.tagged(to_js(("red",))),
                "text": lambda: self.tagged("red"),
                "numbers": lambda: self.tagged(to_js([1, 2])),
                "twice the same": lambda: self.tagged(to_js(["a", "a"])),
                "none": lambda: self.tagged(to_js([])),
                "attached": lambda: self.attached(to_js({"a": [1, {"b": 2}]}, dict_converter=Object.fromEntries)),
                "a map": lambda: self.attached(to_js({"a": 1})),
                "a dict": lambda: self.attached({"a": 1}),
                "a list attached": lambda: self.attached([1]),
                "text attached": lambda: self.attached("text"),
                "a number attached": lambda: self.attached(1.5),
                "none attached": lambda: self.attached(None),
                "never attached": lambda: self.fresh().deserializeAttachment() is not None,
                "by tag": lambda: sorted(len(self.ctx.getWebSockets(tag)) for tag in ("red", "blue", "nobody")),
                "a proxy": lambda: [isinstance(self.ctx.getWebSockets(), JsProxy), isinstance(to_js([1]), JsProxy)],
                "an array": lambda: to_js([1, [2, 3]]).length,
                "an object": lambda: to_js({"a": {"b": 1}}, dict_converter=Object.fromEntries).a.b,
                "a map's key": lambda: to_js({"a": {"b": 1}}).get("a").get("b"),
            }
        )

    def fresh(self):
        _client, server = WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server)
        return server

    def tagged(self, tags):
        _client, server = WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server, tags)
        return sorted(self.ctx.getTags(server).to_py())

    def attached(self, value):
        server = self.fresh()
        server.serializeAttachment(value)
        found = server.deserializeAttachment()
        return found.to_py() if isinstance(found, JsProxy) else found


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await self.env.BOX.getByName("a").fetch(request)
