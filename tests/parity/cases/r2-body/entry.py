"""How the content of an object is read, once."""

from attempt import report
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        files = self.env.FILES
        await files.put("t", "\ufeffh\u00e9llo", httpMetadata={"contentType": "Text/Plain; Charset=X"})
        await files.put("j", '{"a": [1, null, 1.0]}')
        await files.put("b", b"\xff\x00a")
        await files.put("empty", "")
        return await report(
            {
                "text": lambda: self.read("t", "text"),
                "json": lambda: self.read("j", "json"),
                "json of text": lambda: self.read("b", "text"),
                "arrayBuffer": lambda: self.read("b", "arrayBuffer"),
                "bytes": lambda: self.read("b", "bytes"),
                "blob": lambda: self.blob("t"),
                "blob of no type": lambda: self.blob("b"),
                "empty": lambda: self.read("empty", "text"),
                "empty json": lambda: self.read("empty", "json"),
                "body": lambda: self.body("t"),
                "twice": lambda: self.twice("text", "text"),
                "text, then body": lambda: self.then_body(),
                "body, then text": lambda: self.twice("body", "text"),
                "used, kept": lambda: self.used(True),
                "used, read late": lambda: self.used(False),
                "positional": lambda: self.read("t", "text", 1),
                "a response": lambda: self.response(),
                "the body stored again": lambda: self.again(),
                "after it was overwritten": lambda: self.overwritten(),
            }
        )

    async def read(self, key, how, *args):
        found = await self.env.FILES.get(key)
        return await getattr(found, how)(*args)

    async def blob(self, key):
        blob = await (await self.env.FILES.get(key)).blob()
        return [type(blob).__name__, blob.content_type, await blob.text()]

    async def body(self, key):
        found = await self.env.FILES.get(key)
        return [found.body.constructor.name, found.body.locked, found.bodyUsed]

    async def twice(self, *how):
        found = await self.env.FILES.get("t")
        for each in how:
            if each == "body":
                await Response(found.body).text()
            else:
                await getattr(found, each)()

    async def then_body(self):
        found = await self.env.FILES.get("t")
        await found.text()
        return await Response(found.body).text()

    async def used(self, early):
        found = await self.env.FILES.get("t")
        before = found.bodyUsed if early else None
        await found.text()
        return [before, found.bodyUsed, found["bodyUsed"]]

    async def response(self):
        found = await self.env.FILES.get("b", range={"offset": 1})
        answer = Response(found.body)
        return [answer.headers.get("content-type"), await answer.bytes()]

    async def again(self):
        found = await self.env.FILES.get("b")
        await self.env.FILES.put("copy", found.body)
        return await self.read("copy", "bytes")

    async def overwritten(self):
        found = await self.env.FILES.get("b")
        await self.env.FILES.put("b", "new")
        return await found.bytes()
