"""A Worker without a `fetch`."""

from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def other(self):
        pass
