"""All four together: a cron starts a Workflow, a step of it sends to a queue, and the consumer tells an object."""

from attempt import attempt
from workers import DurableObject, Response, WorkerEntrypoint, WorkflowEntrypoint


class Ledger(DurableObject):
    async def record(self, key, line):
        self.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS lines (key TEXT PRIMARY KEY, line TEXT)")
        done = self.ctx.storage.sql.exec("INSERT OR IGNORE INTO lines VALUES (?, ?)", key, line)
        return done.rowsWritten > 0

    async def lines(self):
        rows = self.ctx.storage.sql.exec("SELECT * FROM lines ORDER BY key").toArray()
        return [[row["key"], row.line] for row in rows]


class Report(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do("send")
        async def send():
            await self.env.JOBS.send({"report": event["instanceId"], "cron": event["payload"]["cron"]})

        @step.do("note")
        async def note():
            return await self.env.LEDGER.getByName("all").record("workflow", event["payload"]["cron"])

        await send()
        return await note()


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response.json(await attempt(self.env.LEDGER.getByName("all").lines))

    async def scheduled(self, controller, env, ctx):
        id = f"report-{int(controller.scheduledTime)}"
        await self.env.REPORTS.create({"id": id, "params": {"cron": controller.cron}})
        await self.env.LEDGER.getByName("all").record("cron", id)

    async def queue(self, batch, env, ctx):
        for message in batch.messages:
            await self.env.LEDGER.getByName("all").record("queue", message.body["report"])
