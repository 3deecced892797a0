"""Options: by name, by dict, None, unknown, too many."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        files = self.env.FILES
        await files.put("k", "hello")

        async def got(*args, **options):
            found = await files.get(*args, **options)
            return await found.text()

        async def put(*args, **options):
            found = await files.put(*args, **options)
            return [found.size, found.httpMetadata.contentType, found.customMetadata]

        async def begun(*args, **options):
            return (await files.createMultipartUpload(*args, **options)).key

        return await report(
            {
                "get, dict": lambda: got("k", {"range": {"offset": 3}}),
                "get, keyword": lambda: got("k", range={"offset": 3}),
                "get, dict and keyword": lambda: got("k", {}, range={"offset": 3}),
                "get, None": lambda: got("k", None),
                "get, text": lambda: got("k", "text"),
                "get, number": lambda: got("k", 5),
                "get, list": lambda: got("k", []),
                "get, boolean": lambda: got("k", True),
                "get, unknown": lambda: got("k", type="json"),
                "head, options": lambda: self.headed(),
                "put, dict": lambda: put("o", "v", {"httpMetadata": {"contentType": "a/b"}}),
                "put, keyword": lambda: put("o", "v", httpMetadata={"contentType": "a/b"}),
                "put, dict and keyword": lambda: put("o", "v", {}, httpMetadata={"contentType": "a/b"}),
                "put, None": lambda: put("o", "v", None),
                "put, text": lambda: put("o", "v", "a/b"),
                "put, number": lambda: put("o", "v", 5),
                "put, list": lambda: put("o", "v", []),
                "put, unknown": lambda: put("o", "v", contentType="a/b"),
                "put by names alone": lambda: put(key="o", value="v"),
                "put, value by name": lambda: put("o", value="v"),
                "put, encrypted": lambda: self.refused(files.put("e", "v", ssecKey="zz")),
                "put, short key": lambda: self.refused(files.put("e", "v", ssecKey="ab")),
                "put, short key of bytes": lambda: self.refused(files.put("e", "v", ssecKey=b"ab")),
                "get, encrypted": lambda: self.refused(files.get("k", ssecKey="AB")),
                "upload, encrypted": lambda: self.refused(files.createMultipartUpload("e", ssecKey="ab")),
                "upload, dict": lambda: begun("u", {"customMetadata": {"a": "1"}}),
                "upload, None": lambda: begun("u", None),
                "upload, text": lambda: begun("u", "x"),
                "list, text": lambda: files.list("x"),
                "the binding": lambda: [
                    hasattr(files, name) for name in ("get", "put", "copy", "resumeMultipartUpload")
                ],
            }
        )

    async def refused(self, call):
        await call

    async def headed(self):
        return (await self.env.FILES.head("k", onlyIf={"etagMatches": "0" * 32})).size
