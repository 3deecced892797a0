"""The Worker that is asked where the learner gives none: it answers at once."""

from __future__ import annotations

from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("hello")
