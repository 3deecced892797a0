"""A named entrypoint in front of an object: RPC twice, keywords, errors and what `waitUntil` leaves to do."""

from attempt import attempt
from workers import DurableObject, Response, WorkerEntrypoint


class Box(DurableObject):
    async def add(self, by):
        total = (await self.ctx.storage.get("total") or 0) + by
        await self.ctx.storage.put("total", total)
        return {"total": total}

    async def later(self, by):
        self.ctx.waitUntil(self.add(by))
        return "accepted"

    async def total(self):
        return await self.ctx.storage.get("total")


class Bank(WorkerEntrypoint):
    async def deposit(self, account, options=None):
        by = (options or {}).get("by", 1)
        if by < 0:
            raise ValueError("negative")
        return await self.env.BOX.getByName(account).add(by)

    async def box(self, account):
        return self.env.BOX.getByName(account)

    async def notify(self, account):
        self.ctx.waitUntil(self.env.BOX.getByName(account).add(100))
        return "soon"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        account = request.url.rpartition("/")[2]
        if request.method == "GET":
            return Response.json(await self.env.BOX.getByName(account).total())
        bank = self.env.BANK
        calls = {
            "deposit": lambda: bank.deposit(account),
            "by keyword": lambda: bank.deposit(account, by=5),
            "by dict": lambda: bank.deposit(account, {"by": 5}),
            "negative": lambda: bank.deposit(account, by=-5),
            "later": lambda: self.env.BOX.getByName(account).later(10),
            "notify": lambda: bank.notify(account),
            "missing": lambda: bank.withdraw(account),
        }
        return Response.json({label: await attempt(call) for label, call in calls.items()})
