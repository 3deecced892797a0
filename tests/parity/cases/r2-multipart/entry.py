"""Uploads in parts."""

from attempt import report
from workers import Blob, WorkerEntrypoint

FIVE = 5 * 1024 * 1024


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await report(
            {
                "whole": lambda: self.whole(),
                "a single small part": lambda: self.parts([1], ["tail"]),
                "two": lambda: self.parts([1, 2], [bytes(FIVE), "tail"]),
                "two equal": lambda: self.parts([1, 2], [bytes(FIVE), bytes(FIVE)]),
                "numbers far apart": lambda: self.parts([7, 10000], [bytes(FIVE), "tail"]),
                "named out of order": lambda: self.parts([2, 1], ["tail", bytes(FIVE)]),
                "named in order": lambda: self.parts([2, 1], ["tail", bytes(FIVE)], sort=True),
                "a small first": lambda: self.parts([1, 2], ["small", "tail"]),
                "a larger last": lambda: self.parts([1, 2], [bytes(FIVE), bytes(FIVE + 1)]),
                "unequal": lambda: self.parts([1, 2, 3], [bytes(FIVE), bytes(FIVE + 1), "tail"]),
                "no parts": lambda: self.parts([], []),
                "a part named twice": lambda: self.twice(),
                "a part uploaded twice": lambda: self.again(),
                "a part left out": lambda: self.left_out(),
                "an etag of another": lambda: self.wrong_etag(),
                "aborted": lambda: self.ended("abort"),
                "completed": lambda: self.ended("complete"),
                "resumed": lambda: self.resumed(),
                "never begun": lambda: self.unknown(),
                "another key": lambda: self.other_key(),
                "not there before": lambda: self.before(),
                "metadata": lambda: self.metadata(),
                "an empty part": lambda: self.parts([1], [""]),
                "a blob": lambda: self.parts([1], [Blob("x")]),
            }
        )

    async def begun(self, *args, **options):
        await self.env.FILES.delete("m")
        return await self.env.FILES.createMultipartUpload("m", *args, **options)

    async def parts(self, numbers, contents, sort=False):
        upload = await self.begun()
        done = [await upload.uploadPart(n, c) for n, c in zip(numbers, contents, strict=True)]
        put = await upload.complete(sorted(done, key=lambda each: each.partNumber) if sort else done)
        found = await self.env.FILES.get("m")
        return [put.size, put.etag, put.checksums.toJSON(), put.range, (await found.bytes())[-4:]]

    async def whole(self):
        upload = await self.begun()
        part = await upload.uploadPart(1, "x")
        return [
            type(part).__name__, part["partNumber"], len(part.etag), sorted(part),
            upload.key, len(upload.uploadId), hasattr(upload, "abort"), hasattr(upload, "list"),
            await upload.abort(),
        ]  # fmt: skip

    async def twice(self):
        upload = await self.begun()
        part = await upload.uploadPart(1, "x")
        return await upload.complete([part, part])

    async def again(self):
        upload = await self.begun()
        first = await upload.uploadPart(1, "x")
        second = await upload.uploadPart(1, "yy")
        refused = None
        try:
            await upload.complete([first])
        except Exception as error:
            refused = str(error)
        return [refused, (await upload.complete([second])).size]

    async def left_out(self):
        upload = await self.begun()
        await upload.uploadPart(1, "x")
        return (await upload.complete([await upload.uploadPart(2, "yy")])).size

    async def wrong_etag(self):
        upload = await self.begun()
        part = await upload.uploadPart(1, "x")
        return await upload.complete([{"partNumber": 1, "etag": part.etag + "x"}])

    async def ended(self, how):
        upload = await self.begun()
        part = await upload.uploadPart(1, "x")
        await (upload.abort() if how == "abort" else upload.complete([part]))
        return [
            await attempted(upload.uploadPart(1, "x")),
            await attempted(upload.complete([part])),
            await attempted(upload.abort()),
        ]

    async def resumed(self):
        upload = await self.begun()
        part = await upload.uploadPart(1, "x")
        other = self.env.FILES.resumeMultipartUpload("m", upload.uploadId)
        return [other.key == upload.key, other.uploadId == upload.uploadId, (await other.complete([part])).size]

    async def unknown(self):
        upload = self.env.FILES.resumeMultipartUpload("m", "nope")
        return [
            upload.uploadId,
            await attempted(upload.uploadPart(1, "x")),
            await attempted(upload.complete([])),
            await attempted(upload.abort()),
        ]

    async def other_key(self):
        upload = await self.begun()
        other = self.env.FILES.resumeMultipartUpload("other", upload.uploadId)
        return [await attempted(other.uploadPart(1, "x")), await attempted(other.complete([]))]

    async def before(self):
        upload = await self.begun()
        part = await upload.uploadPart(1, "x")
        page = await self.env.FILES.list(prefix="m")
        before = [await self.env.FILES.head("m"), len(page["objects"])]
        await self.env.FILES.put("m", "put meanwhile")
        await upload.complete([part])
        return [before, (await self.env.FILES.head("m")).size]

    async def metadata(self):
        upload = await self.begun(httpMetadata={"contentType": "a/b"}, customMetadata={"a": 1})
        put = await upload.complete([await upload.uploadPart(1, "x")])
        found = await self.env.FILES.head("m")
        return [put.httpMetadata, put.customMetadata, found.httpMetadata, found.customMetadata]


async def attempted(call):
    try:
        result = await call
        return getattr(result, "size", result)
    except Exception as error:
        return str(error)
