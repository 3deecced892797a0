"""The types that `get` returns, asked for in each way, and `cacheTtl`."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        kv = self.env.KV
        await kv.put("text", "h\u00e9llo")
        await kv.put("json", '{"a": [1, 2.0, null], "n": {"b": true}}')
        await kv.put("null", "null")
        await kv.put("empty", "")
        await kv.put("raw", b"\xff\x00")
        return await report(
            {
                "text": lambda: kv.get("text"),
                "by name": lambda: kv.get("text", "text"),
                "by keyword": lambda: kv.get("text", type="text"),
                "by dict": lambda: kv.get("text", {"type": "text"}),
                "json": lambda: kv.get("json", "json"),
                "json by keyword": lambda: kv.get("json", type="json"),
                "json by attribute": lambda: attribute(kv),
                "json null": lambda: kv.get("null", "json"),
                "json of other text": lambda: kv.get("text", "json"),
                "json of nothing": lambda: kv.get("empty", "json"),
                "array buffer": lambda: kv.get("text", "arrayBuffer"),
                "empty text": lambda: kv.get("empty"),
                "empty buffer": lambda: kv.get("empty", "arrayBuffer"),
                "raw as text": lambda: kv.get("raw"),
                "raw as a buffer": lambda: kv.get("raw", "arrayBuffer"),
                "stream": lambda: kv.get("text", "stream"),
                "unknown type": lambda: kv.get("text", "blob"),
                "unknown type of a missing key": lambda: kv.get("missing", "blob"),
                "upper case": lambda: kv.get("text", "TEXT"),
                "type None": lambda: kv.get("text", None),
                "type None by keyword": lambda: kv.get("text", type=None),
                "number as type": lambda: kv.get("text", 5),
                "missing": lambda: kv.get("missing"),
                "missing json": lambda: kv.get("missing", "json"),
                "missing stream": lambda: kv.get("missing", "stream"),
                "cacheTtl 29": lambda: kv.get("text", cacheTtl=29),
                "cacheTtl 30": lambda: kv.get("text", cacheTtl=30),
                "cacheTtl 0": lambda: kv.get("text", cacheTtl=0),
                "cacheTtl negative": lambda: kv.get("text", cacheTtl=-1),
                "cacheTtl in words": lambda: kv.get("text", cacheTtl="60"),
                "cacheTtl fraction": lambda: kv.get("text", cacheTtl=30.5),
                "cacheTtl None": lambda: kv.get("text", cacheTtl=None),
                "cacheTtl with a type": lambda: kv.get("text", type="text", cacheTtl=60),
                "type and option": lambda: kv.get("text", "text", cacheTtl=60),
                "unknown option": lambda: kv.get("text", cache_ttl=1),
                "no argument": lambda: kv.get(),
                "key by keyword": lambda: kv.get(key="text"),
            }
        )


async def attribute(kv):
    value = await kv.get("json", "json")
    return [value.n.b, value["a"]]
