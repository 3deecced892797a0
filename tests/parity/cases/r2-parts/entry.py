"""What `uploadPart` and `complete` take."""

from attempt import report
from workers import WorkerEntrypoint

NUMBERS = {"zero": 0, "negative": -1, "most": 10000, "too many": 10001, "text": "1", "half": 1.5, "None": None,
           "nan": float("nan"), "words": "one", "large": 2**40, "boolean": True, "list": [3]}  # fmt: skip
VALUES = {"None": None, "number": 5, "dict": {"a": 1}, "list": [1], "bytes": b"ab", "memoryview": memoryview(b"ab"),
          "bytearray": bytearray(b"a")}  # fmt: skip


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        upload = self.upload = await self.env.FILES.createMultipartUpload("m")
        part = await upload.uploadPart(1, "x")
        lists = {
            "none": None,
            "text": "x",
            "dict": {"a": 1},
            "the part itself": part,
            "numbers": [1],
            "without etag": [{"partNumber": 1}],
            "without number": [{"etag": part.etag}],
            "number zero": [{"partNumber": 0, "etag": part.etag}],
            "number too large": [{"partNumber": 10001, "etag": part.etag}],
            "number in text": [{"partNumber": "2", "etag": part.etag}],
            "etag None": [{"partNumber": 1, "etag": None}],
            "a part that is not there": [{"partNumber": 2, "etag": part.etag}],
            "more in it": [{"partNumber": 2, "etag": part.etag, "size": 1}],
            "tuple": (part,),
        }
        calls = {f"number {name}": lambda each=each: self.sized(each, "x") for name, each in NUMBERS.items()}
        calls |= {f"value {name}": lambda each=each: self.sized(1, each) for name, each in VALUES.items()}
        calls |= {f"complete, {name}": lambda each=each: upload.complete(each) for name, each in lists.items()}
        return await report(
            calls
            | {
                "nothing": lambda: upload.uploadPart(),
                "no value": lambda: upload.uploadPart(1),
                "complete nothing": lambda: upload.complete(),
                "by name": lambda: upload.uploadPart(partNumber=1, value="x"),
                "options": lambda: self.sized(1, "x", {"a": 1}),
            }
        )

    async def sized(self, *args):
        part = await self.upload.uploadPart(*args)
        return [part.partNumber, type(part.etag).__name__]
