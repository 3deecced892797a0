"""Keys that are refused, and keys that are turned into text."""

from attempt import report
from workers import WorkerEntrypoint

KEYS = {
    "plain": "k",
    "empty": "",
    "dot": ".",
    "two dots": "..",
    "three dots": "...",
    "512 bytes": "x" * 512,
    "513 bytes": "x" * 513,
    "512 bytes of accents": "\u00e9" * 256,
    "514 bytes of accents": "\u00e9" * 257,
    "slash": "a/b",
    "percent": "a%2Fb",
    "space": "sp ace",
    "hash": "a#b?c=d&e",
    "new line": "a\nb",
    "emoji": "\U0001f600",
    "integer": 5,
    "float": 1.0,
    "boolean": True,
    "none": None,
    "dict": {"a": 1},
    "bytes": b"k",
    "tuple": ("a", "b"),
}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        kv = self.env.KV
        asked = {}
        for name, key in KEYS.items():
            asked[f"put {name}"] = lambda key=key: kv.put(key, "v")
            asked[f"get {name}"] = lambda key=key: kv.get(key)
            asked[f"with metadata {name}"] = lambda key=key: kv.getWithMetadata(key)
            asked[f"delete {name}"] = lambda key=key: kv.delete(key)
            asked[f"gone {name}"] = lambda key=key: kv.get(key)
        return await report(asked)
