"""The Worker whose isolate keeps what it last read: an LRU of `env.CAPACITY` entries, in a global, in front of KV.

Given to a lab as this module, not as its class, so that each isolate has a global of its own.
"""

from __future__ import annotations

from collections import OrderedDict
from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]

kept: OrderedDict[str, str] = OrderedDict()


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        key = urlsplit(request.url).path.rpartition("/")[2]
        if key not in kept:
            kept[key] = await self.env.FLAGS.get(key) or "nothing"
        kept.move_to_end(key)
        if len(kept) > self.env.CAPACITY:
            kept.popitem(last=False)
        return Response(kept[key])
