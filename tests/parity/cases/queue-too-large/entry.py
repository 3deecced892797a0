"""Messages and batches over the limits, where a consumer waits for them."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        jobs = self.env.JOBS
        return await report(
            {
                "127,000 bytes": lambda: self.answered(jobs.send("x" * 126_998)),
                "128,001 bytes": lambda: jobs.send("x" * 127_999),
                "a hundred": lambda: self.answered(jobs.sendBatch([{"body": 1}] * 100)),
                "a hundred and one": lambda: jobs.sendBatch([{"body": 1}] * 101),
                "one of a batch": lambda: jobs.sendBatch([{"body": 1}, {"body": "x" * 128_000}]),
                "a batch": lambda: jobs.sendBatch([{"body": "x" * 100_000}] * 3),
                "a day": lambda: self.answered(jobs.send("x", delaySeconds=86400)),
                "a day and a second": lambda: jobs.send("x", delaySeconds=86401),
                "the past": lambda: jobs.send("x", delaySeconds=-1),
                "a day and a second for a batch": lambda: jobs.sendBatch([{"body": 1}], delaySeconds=86401),
                "a day and a second in a batch": lambda: jobs.sendBatch([{"body": 1, "delaySeconds": 86401}]),
            }
        )

    async def answered(self, sent):
        return sorted((await sent).metadata.metrics)[:2]

    async def queue(self, batch, env, ctx):
        pass
