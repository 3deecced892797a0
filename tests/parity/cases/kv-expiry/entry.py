"""`expirationTtl` and `expiration`: the bounds, the forms, and which of them wins."""

import time

from attempt import report
from workers import WorkerEntrypoint

FAR = 2_000_000_000


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        now = int(time.time())
        return await report(
            {
                "ttl 59": lambda: self.put(expirationTtl=59),
                "ttl 60": lambda: self.put(expirationTtl=60),
                "ttl 60.7": lambda: self.put(expirationTtl=60.7),
                "ttl 59.9": lambda: self.put(expirationTtl=59.9),
                "ttl 0": lambda: self.put(expirationTtl=0),
                "ttl negative": lambda: self.put(expirationTtl=-1),
                "ttl None": lambda: self.put(expirationTtl=None),
                "ttl in words": lambda: self.put(expirationTtl="120"),
                "ttl in other words": lambda: self.put(expirationTtl="soon"),
                "ttl NaN": lambda: self.put(expirationTtl=float("nan")),
                "ttl true": lambda: self.put(expirationTtl=True),
                "ttl by dict": lambda: self.kept({"expirationTtl": 59}),
                "ttl by snake case": lambda: self.put(expiration_ttl=59),
                "expiration": lambda: self.put(expiration=FAR),
                "expiration in words": lambda: self.put(expiration=str(FAR)),
                "expiration fraction": lambda: self.put(expiration=FAR + 0.5),
                "expiration after 2038": lambda: self.put(expiration=4_000_000_000),
                "expiration past": lambda: self.put(expiration=1_600_000_000),
                "expiration 0": lambda: self.put(expiration=0),
                "expiration None": lambda: self.put(expiration=None),
                "expiration too soon": lambda: refused(self.put(expiration=now + 30), now),
                "both": lambda: self.put(expirationTtl=100, expiration=FAR),
                "both, ttl refused": lambda: self.put(expirationTtl=1, expiration=FAR),
                "overwritten": self.overwritten,
            }
        )

    async def put(self, **options):
        """When the key expires: "ttl" seconds from now, give or take two, or the moment itself."""
        return await self.kept(options)

    async def kept(self, options):
        kv = self.env.KV
        await kv.put("k", "v", options)
        [key] = (await kv.list())["keys"]
        expiration = key.get("expiration")
        soon = None if expiration is None else round(expiration - time.time())
        return ["ttl", (soon + 2) // 5 * 5] if soon is not None and soon < 1000 else expiration

    async def overwritten(self):
        await self.env.KV.put("k", "v", expirationTtl=600, metadata={"a": 1})
        await self.env.KV.put("k", "v")
        return (await self.env.KV.list())["keys"]


async def refused(attempted, now):
    try:
        return await attempted
    except Exception as error:
        return str(error).replace(str(now + 30), "N")
