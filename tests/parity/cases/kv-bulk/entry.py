"""`get` and `getWithMetadata` of many keys at once."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        kv = self.env.KV
        await kv.put("a", "1", metadata={"m": 1})
        await kv.put("b", '{"x": null}')
        await kv.put("words", "not json")

        async def keys(*args):
            return list(await kv.get(*args))

        return await report(
            {
                "two": lambda: kv.get(["a", "b"]),
                "order": lambda: keys(["b", "missing", "a"]),
                "missing": lambda: kv.get(["missing", "a"]),
                "twice the same": lambda: keys(["a", "b", "a"]),
                "json": lambda: kv.get(["a", "b"], "json"),
                "json by keyword": lambda: kv.get(["a", "b"], type="json"),
                "json of other text": lambda: kv.get(["a", "words"], "json"),
                "array buffer": lambda: kv.get(["a"], "arrayBuffer"),
                "stream": lambda: kv.get(["a"], "stream"),
                "unknown type": lambda: kv.get(["a"], "blob"),
                "none": lambda: kv.get([]),
                "100": lambda: number(kv.get([f"k{n}" for n in range(100)])),
                "101": lambda: number(kv.get([f"k{n}" for n in range(101)])),
                "101 of which 100 differ": lambda: number(kv.get([f"k{n % 100}" for n in range(101)])),
                "empty key": lambda: kv.get(["", "a"]),
                "dot": lambda: kv.get([".", "a"]),
                "long key": lambda: kv.get(["x" * 513]),
                "numbers": lambda: kv.get([1, "a"]),
                "tuple": lambda: kv.get(("a", "b")),
                "set": lambda: kv.get({"a"}),
                "cacheTtl": lambda: kv.get(["a"], cacheTtl=60),
                "cacheTtl 29": lambda: kv.get(["a"], cacheTtl=29),
                "with metadata": lambda: kv.getWithMetadata(["a", "b", "missing"]),
                "with metadata json": lambda: kv.getWithMetadata(["a", "b"], "json"),
                "with metadata none": lambda: kv.getWithMetadata([]),
                "by attribute": lambda: attribute(kv),
                "put many": lambda: kv.put(["a", "b"], "v"),
                "delete many": lambda: deleted(kv),
            }
        )


async def number(found):
    return len(await found)


async def attribute(kv):
    found = await kv.get(["a", "b"])
    return [found.a, found["a"], type(found).__name__]


async def deleted(kv):
    await kv.delete(["a", "b"])
    return await kv.get("a")
