"""Streams as values: their length must be known."""

from attempt import report
from js import FixedLengthStream, ReadableStream, Request, TransformStream, Uint8Array
from workers import Blob, Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.FILES.put("source", "from r2")
        given = request.js_object.body
        return await report(
            {
                "the request's body": lambda: self.stored(given),
                "the request's body again": lambda: self.stored(given),
                "a response's body": lambda: self.stored(Response("text").js_object.body),
                "a response's body of bytes": lambda: self.stored(Response(b"bytes").js_object.body),
                "a Blob's stream": lambda: self.stored(Blob("blob").js_object.stream()),
                "an object's body": lambda: self.copied(),
                "FixedLengthStream": lambda: self.fixed(5, b"hello"),
                "FixedLengthStream, too few": lambda: self.fixed(6, b"hello"),
                "TransformStream": lambda: self.stored(TransformStream.new().readable),
                "ReadableStream": lambda: self.stored(ReadableStream.new()),
                "one branch of a tee": lambda: self.stored(Response("tee").js_object.body.tee()[0]),
                "a locked stream": lambda: self.locked(),
                "a part": lambda: self.part(Response("part").js_object.body),
                "a part of unknown length": lambda: self.part(ReadableStream.new()),
                "a new request's body": lambda: self.stored(new_request("posted").body),
            }
        )

    async def stored(self, stream):
        await self.env.FILES.put("k", stream)
        return await (await self.env.FILES.get("k")).text()

    async def copied(self):
        return await self.stored((await self.env.FILES.get("source")).body)

    async def fixed(self, size, content):
        import asyncio

        pipe = FixedLengthStream.new(size)
        put = asyncio.ensure_future(self.env.FILES.put("k", pipe.readable))
        writer = pipe.writable.getWriter()
        await writer.write(Uint8Array.new(list(content)))
        await asyncio.gather(writer.close(), put)
        return await (await self.env.FILES.get("k")).text()

    async def locked(self):
        stream = Response("locked").js_object.body
        stream.getReader()
        return await self.stored(stream)

    async def part(self, stream):
        upload = await self.env.FILES.createMultipartUpload("m")
        return (await upload.complete([await upload.uploadPart(1, stream)])).size


def new_request(text):
    return Request.new("https://a.test/", method="POST", body=text)
