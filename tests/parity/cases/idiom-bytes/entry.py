"""Bytes go in and a memoryview comes out: of KV, of storage, of SQL, of RPC, of a queue."""

from attempt import attempt, describe
from workers import DurableObject, Response, WorkerEntrypoint


class Box(DurableObject):
    async def keep(self, key, value):
        await self.ctx.storage.put(key, value)
        return [type(value).__name__, len(value), bytes(value).hex()]

    async def kept(self):
        return {key: describe(value) for key, value in (await self.ctx.storage.list()).items()}

    async def in_sql(self, value):
        self.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS b (x BLOB)")
        self.ctx.storage.sql.exec("INSERT INTO b VALUES (?)", value)
        row = self.ctx.storage.sql.exec("SELECT x, length(x) AS n, typeof(x) AS t FROM b").one()
        return [describe(row.x), row.n, row.t]

    async def joined(self, value):
        return b"<" + bytes(value) + b">"

    async def joined_wrong(self, value):
        return b"<" + value

    async def decoded(self, value):
        return value.decode()

    async def as_view(self, value):
        return [value == b"abc", bytes(value) == b"abc", value[0], value.tobytes().decode()]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        box = self.env.BOX.getByName("a")
        if request.method == "GET":
            return Response.json(await box.kept())
        await self.env.KV.put("k", b"abc")
        calls = {
            "kept": lambda: box.keep("bytes", b"abc"),
            "a view": lambda: box.keep("view", memoryview(b"abcdef")[1:3]),
            "empty": lambda: box.keep("empty", b""),
            "a bytearray": lambda: box.keep("array", bytearray(b"abc")),
            "from bytearray": lambda: box.keep("made", bytes(bytearray(b"abc"))),
            "kv": lambda: self.env.KV.get("k", "arrayBuffer"),
            "sql": lambda: box.in_sql(b"\x00\xff"),
            "joined": lambda: box.joined(b"x"),
            "joined, wrong": lambda: box.joined_wrong(b"x"),
            "decoded": lambda: box.decoded(b"x"),
            "as a view": lambda: box.as_view(b"abc"),
            "response of a view": lambda: body_of(box),
            "request": lambda: body(request),
        }
        seen = {label: await attempt(call) for label, call in calls.items()}
        await self.env.JOBS.send(b"abc", contentType="bytes")
        return Response.json(seen)

    async def queue(self, batch, env, ctx):
        for message in batch.messages:
            await self.env.BOX.getByName("a").keep("queued", message.body)


async def body_of(box):
    return await Response(bytes(await box.joined(b"x"))).text()


async def body(request):
    return await request.bytes()
