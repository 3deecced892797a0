"""What becomes of an object, a bucket and an upload that are passed on: to a Worker, to KV, into JSON."""

import json

from attempt import report
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        files = self.env.FILES
        await files.put("k", "hello", customMetadata={"a": "1"})
        upload = await files.createMultipartUpload("m")
        found = await files.get("k")
        return await report(
            {
                "an object to a Worker": lambda: self.env.SELF.echo(found),
                "an upload to a Worker": lambda: self.env.SELF.echo(upload),
                "the body to a Worker": lambda: self.body(),
                "metadata to a Worker": lambda: self.env.SELF.echo(found.customMetadata),
                "the body to KV": lambda: self.to_kv(),
                "an object to KV": lambda: self.env.KV.put("k", found),
                "a listing as JSON": lambda: self.listed(),
                "metadata as JSON": lambda: json.dumps([found.customMetadata, found.range]),
                "type of an upload": lambda: [upload.key, len(upload.uploadId) > 100],
            }
        )

    async def body(self):
        return await self.env.SELF.read((await self.env.FILES.get("k")).body)

    async def to_kv(self):
        await self.env.KV.put("k", (await self.env.FILES.get("k")).body)
        return await self.env.KV.get("k")

    async def listed(self):
        page = await self.env.FILES.list()
        return json.dumps({name: value for name, value in page.items() if name != "objects"})

    async def echo(self, value):
        return value

    async def read(self, stream):
        return await Response(stream).text()
