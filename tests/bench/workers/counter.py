"""A Durable Object that counts, called as often as the request says: the same file on the lab and on workerd."""

import time

from workers import DurableObject, Response, WorkerEntrypoint


class Counter(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.value = 0

    async def add(self, amount):
        self.value += amount
        return self.value


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        calls = int(request.url.rpartition("=")[2])
        stub = self.env.COUNTER.getByName("a")
        begun = time.time()
        for _ in range(calls):
            await stub.add(1)
        return Response(str(time.time() - begun))
