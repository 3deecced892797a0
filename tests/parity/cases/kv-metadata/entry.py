"""Metadata: what may be stored, how large, and how it comes back."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        kv = self.env.KV

        async def kept(value, **more):
            await kv.put("a", "v", metadata=value, **more)
            return [(await kv.getWithMetadata("a")).metadata, (await kv.list())["keys"][0].get("metadata", "absent")]

        await kv.put("plain", '{"x": 1}', metadata={"colour": "red", "nested": {"n": [1, None]}})
        await kv.put("bare", "v")
        return await report(
            {
                "dict": lambda: kept({"a": {"b": [1, None, True]}}),
                "list": lambda: kept([1, 2]),
                "text": lambda: kept("s"),
                "number": lambda: kept(7),
                "zero": lambda: kept(0),
                "false": lambda: kept(False),
                "none": lambda: kept(None),
                "empty": lambda: kept({}),
                "tuple": lambda: kept((1, 2)),
                "bytes": lambda: kept(b"ab"),
                "1024 bytes": lambda: length(kept("x" * 1022)),
                "1025 bytes": lambda: kept("x" * 1023),
                "1025 bytes of accents": lambda: kept("\u00e9" * 511 + "x"),
                "with": lambda: kv.getWithMetadata("plain"),
                "parts": lambda: parts(kv),
                "with json": lambda: kv.getWithMetadata("plain", "json"),
                "with json by keyword": lambda: kv.getWithMetadata("plain", type="json"),
                "with a buffer": lambda: kv.getWithMetadata("bare", "arrayBuffer"),
                "with a stream": lambda: kv.getWithMetadata("bare", {"type": "stream"}),
                "without": lambda: kv.getWithMetadata("bare"),
                "missing": lambda: kv.getWithMetadata("missing"),
                "missing json": lambda: kv.getWithMetadata("missing", "json"),
                "json of other text": lambda: kv.getWithMetadata("bare", "json"),
                "unknown type": lambda: kv.getWithMetadata("bare", "blob"),
                "cacheTtl 29": lambda: kv.getWithMetadata("bare", cacheTtl=29),
                "get_with_metadata": lambda: kv.get_with_metadata("bare"),
            }
        )


async def parts(kv):
    found = await kv.getWithMetadata("plain")
    return [found.value, found["value"], found.metadata.colour, found["metadata"]["nested"], type(found).__name__]


async def length(kept):
    return len((await kept)[0])
