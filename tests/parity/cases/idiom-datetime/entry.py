"""A datetime on its way through storage, RPC, a queue and a Workflow: milliseconds, and the zone is lost."""

from datetime import UTC, datetime, timedelta, timezone

from attempt import attempt, describe
from workers import DurableObject, Response, WorkerEntrypoint, WorkflowEntrypoint

NAIVE = datetime(2026, 3, 4, 5, 6, 7, 891234)
AWARE = datetime(2026, 3, 4, 5, 6, 7, 891234, tzinfo=UTC)
EAST = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=9)))
OLD = datetime(1960, 1, 1, 0, 0, 0, 500)


class Box(DurableObject):
    async def keep(self, key, value):
        await self.ctx.storage.put(key, value)
        return describe(value)

    async def kept(self):
        return {key: describe(value) for key, value in (await self.ctx.storage.list()).items()}

    async def in_sql(self, value):
        return self.ctx.storage.sql.exec("SELECT ? AS x", value).one().x

    async def difference(self, value):
        return (value - NAIVE).total_seconds()


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do("moment")
        async def moment():
            return event["payload"]["at"]

        found = await moment()
        await self.env.BOX.getByName("a").keep("workflow", found)
        return [describe(found), isinstance(event["timestamp"], datetime)]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        box = self.env.BOX.getByName("a")
        if request.method == "GET":
            kept = await box.kept()
            return Response.json(kept | {"all": {"json", "v8", "workflow"} <= set(kept)})
        moments = {"naive": NAIVE, "aware": AWARE, "east": EAST, "old": OLD}
        seen = {key: await attempt(lambda key=key, each=each: box.keep(key, each)) for key, each in moments.items()}
        seen["nested"] = await box.keep("nested", {"at": [NAIVE]})
        seen["difference"] = await box.difference(NAIVE + timedelta(seconds=1.5))
        seen["in sql"] = await attempt(lambda: box.in_sql(NAIVE))
        seen["as json"] = await attempt(lambda: Response.json({"at": NAIVE}))
        await self.env.JOBS.send({"at": NAIVE, "kind": "json"})
        await self.env.JOBS.send({"at": NAIVE, "kind": "v8"}, contentType="v8")
        await self.env.FLOW.create({"id": "dated", "params": {"at": NAIVE}})
        return Response.json(seen)

    async def queue(self, batch, env, ctx):
        for message in batch.messages:
            await self.env.BOX.getByName("a").keep(message.body["kind"], message.body["at"])
            if not isinstance(message.timestamp, datetime):
                raise TypeError("the timestamp")
