"""How often a step is tried, and what it is told of that."""

from attempt import attempt, describe, ended
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint
from workers.workflows import NonRetryableError


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        seen = {}

        def trying(name, until, error=None, **retries):
            @step.do(name, config={"retries": retries, "timeout": "1 minute"})
            async def tries(ctx):
                seen.setdefault(name, []).append(ctx["attempt"])
                if ctx["attempt"] < until:
                    raise error or ValueError("not yet")
                return describe(ctx)

            return tries

        found = {
            "no retry": await attempt(trying("no retry", 2, limit=0, delay=1)),
            "one retry": await attempt(trying("one retry", 2, limit=1, delay=1)),
            "too few": await attempt(trying("too few", 4, limit=2, delay=1, backoff="constant")),
            "linear": await attempt(trying("linear", 3, limit=2, delay=5, backoff="linear")),
            "half": await attempt(trying("half", 9, limit=1.5, delay=1)),
            "final": await attempt(trying("final", 9, NonRetryableError("stop"), limit=5, delay=1)),
        }
        return {"found": found, "seen": seen}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response.json(await ended(await self.env.FLOW.create()))
