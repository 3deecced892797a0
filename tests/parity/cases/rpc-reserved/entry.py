"""Names that no RPC reaches, on an object and on a Worker."""

from attempt import report
from workers import DurableObject, WorkerEntrypoint

NAMES = ("alarm", "webSocketMessage", "webSocketClose", "webSocketError", "scheduled", "queue", "email", "tail", "test",
         "trace", "ctx", "env")  # fmt: skip


async def reached(self, *args):
    return "reached"


class Box(DurableObject):
    async def plain(self):
        return "plain"


class Service(WorkerEntrypoint):
    async def plain(self):
        return "plain"


for name in set(NAMES) - {"ctx", "env"}:
    setattr(Box, name, reached)
    setattr(Service, name, reached)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        box, service = self.env.BOX.getByName("a"), self.env.SERVICE
        return await report(
            {f"box.{name}": lambda name=name: getattr(box, name)() for name in NAMES}
            | {f"service.{name}": lambda name=name: getattr(service, name)() for name in NAMES}
            | {"plain": box.plain, "plain too": service.plain}
        )
