"""Half a surrogate pair, which UTF-8 has no bytes for: in values, metadata, keys and prefixes."""

from attempt import report
from workers import WorkerEntrypoint

HALF = "\ud800"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        kv = self.env.KV

        async def value():
            await kv.put("a", f"x{HALF}y")
            return await kv.get("a")

        async def metadata():
            await kv.put("m", "v", metadata={"a": "\udc00"})
            found = await kv.getWithMetadata("m")
            return found.metadata

        async def pair():
            await kv.put("whole", "\ud83d\ude00")
            return await kv.get("whole")

        async def prefix():
            return (await kv.list(prefix=HALF))["list_complete"]

        return await report(
            {
                "value": value,
                "metadata": metadata,
                "pair": pair,
                "put": lambda: kv.put(f"k{HALF}", "v"),
                "get": lambda: kv.get(f"k{HALF}"),
                "get with metadata": lambda: kv.getWithMetadata(f"k{HALF}"),
                "delete": lambda: kv.delete(f"k{HALF}"),
                "bulk": lambda: kv.get([f"k{HALF}", "a"]),
                "long": lambda: kv.get(HALF * 400),
                "prefix": prefix,
            }
        )
