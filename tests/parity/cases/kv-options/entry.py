"""Options as keywords, as a dict, as a JavaScript object, twice, and misspelt."""

from attempt import report
from js import Object
from pyodide.ffi import to_js
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        kv = self.env.KV

        async def kept(*args, **options):
            await kv.put("k", "v", *args, **options)
            return (await kv.getWithMetadata("k")).metadata

        return await report(
            {
                "keywords": lambda: kept(metadata="kw"),
                "dict": lambda: kept({"metadata": "dict"}),
                "js object": lambda: kept(to_js({"metadata": "js"}, dict_converter=Object.fromEntries)),
                "js map": lambda: kept(to_js({"metadata": "map"})),
                "dict and keywords": lambda: kept({"metadata": "dict"}, metadata="kw"),
                "dict and other keywords": lambda: kept({"metadata": "dict"}, expirationTtl=60),
                "none": lambda: kept(None),
                "none and keywords": lambda: kept(None, metadata="kw"),
                "a list": lambda: kept(["metadata"]),
                "text": lambda: kept("metadata"),
                "misspelt": lambda: kept(metaData="x"),
                "value by keyword": lambda: kv.put("k", value="v"),
                "all by keyword": lambda: kv.put(key="k", value="v"),
                "key only": lambda: kv.put("k"),
                "nothing": lambda: kv.put(),
                "too many": lambda: kv.put("k", "v", {}, "more"),
                "delete with more": lambda: kv.delete("k", "more"),
                "delete nothing": lambda: kv.delete(),
                "missing method": lambda: kv.increment("k"),
                "type": lambda: type(kv).__name__,
                "keeps a method": lambda: kept_method(kv),
            }
        )


async def kept_method(kv):
    get = kv.get
    await kv.put("k", "kept")
    return await get("k")
