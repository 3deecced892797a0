"""The Worker that is asked where the learner gives none: `/{object}/{hint}` joins a room, which a hint may place.

The hint is a region such as `weur`, or `none`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from workers import DurableObject, Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]


class Room(DurableObject):
    async def join(self):
        return "joined"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        _, name, hint = urlsplit(request.url).path.split("/")
        options = {} if hint == "none" else {"locationHint": hint}
        return Response(await self.env.ROOM.getByName(name, **options).join())
