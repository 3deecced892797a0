"""A consumer of a bucket's notifications: it makes a thumbnail of what was put, and drops that of what has gone."""

import json

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            await self.env.FILES.put("uploads/a.jpg", "a large picture")
            return Response("stored")
        page = await self.env.FILES.list()
        return Response(json.dumps([found.key for found in page.objects]))

    async def queue(self, batch, env, ctx):
        for message in batch.messages:
            event = message.body
            key = event["object"]["key"]
            if event["action"] in ("PutObject", "CopyObject", "CompleteMultipartUpload"):
                await self.put_thumbnail(key, message)
            elif event["action"] in ("DeleteObject", "LifecycleDeletion"):
                await self.env.FILES.delete(thumbnail(key))
                message.ack()

    async def put_thumbnail(self, key, message):
        found = await self.env.FILES.get(key)
        if found is None:
            return message.ack()  # it has gone since
        await self.env.FILES.put(thumbnail(key), (await found.text())[:7])
        message.ack()


def thumbnail(key):
    return key.replace("uploads/", "thumbs/", 1)
