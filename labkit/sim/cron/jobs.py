"""The jobs that stand in where the learner gives none: each has the service do something at each run."""

from __future__ import annotations

import time

from workers import DurableObject, WorkerEntrypoint, fetch  # pyright: ignore[reportAttributeAccessIssue]

LEASE_SECONDS = 900


async def work(controller, **headers):
    """Have the service do what is due at the scheduled time, and wait for it."""
    await fetch(f"https://service.example/jobs/{controller.scheduledTime}", method="POST", headers=headers)


class Eager(WorkerEntrypoint):
    """Works at every run, whatever else is under way."""

    async def scheduled(self, controller, env, ctx):
        await work(controller)


class Idempotent(WorkerEntrypoint):
    """Works at every run, and names the scheduled time to the service, which does each name once."""

    async def scheduled(self, controller, env, ctx):
        await work(controller, **{"Idempotency-Key": f"job at {controller.scheduledTime}"})


class Locked(WorkerEntrypoint):
    """Works where nobody else does, as one Durable Object knows."""

    async def scheduled(self, controller, env, ctx):
        lease = self.env.LEASE.getByName("job")
        if await lease.take():
            await work(controller)
            await lease.free()


class Lease(DurableObject):
    """A lock that a lost holder cannot keep for ever: it ends with the longest run that there is."""

    async def take(self):
        """Whether the lease was free; then it is the caller's."""
        if (await self.ctx.storage.get("until") or 0) > time.time():
            return False
        await self.ctx.storage.put("until", time.time() + LEASE_SECONDS)
        return True

    async def free(self):
        await self.ctx.storage.delete("until")
