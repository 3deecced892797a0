"""Which step names and configurations the engine takes, in its own words."""

from attempt import attempt, ended
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint

NAMES = {"empty": "", "256": "n" * 256, "257": "n" * 257, "line break": "a\nb", "unicode": "\u00fc", "number": 5}
CONFIGS = {
    "none": None,
    "empty": {},
    "no delay": {"retries": {"limit": 5, "backoff": "exponential"}},
    "no limit": {"retries": {"delay": 5}},
    "no backoff": {"retries": {"limit": 1, "delay": 5}},
    "delay words": {"retries": {"limit": 1, "delay": "10 seconds"}},
    "delay bogus": {"retries": {"limit": 1, "delay": "soon"}},
    "delay negative": {"retries": {"limit": 1, "delay": -1}},
    "limit negative": {"retries": {"limit": -1, "delay": 1}},
    "limit text": {"retries": {"limit": "5", "delay": 1}},
    "backoff cubic": {"retries": {"limit": 1, "delay": 1, "backoff": "cubic"}},
    "unknown key": {"retry": 1},
    "unknown key in retries": {"retries": {"limit": 1, "delay": 1, "max": 2}},
    "timeout words": {"timeout": "5 minutes"},
    "timeout 0": {"timeout": 0},
    "timeout bogus": {"timeout": "soon"},
    "timeout negative": {"timeout": -1},
    "strange unit": {"timeout": "3000 parsecs"},
    "a text": "often",
}


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        async def one():
            return 1

        found = {f"name {label}": await attempt(step.do(name)(one)) for label, name in NAMES.items()}
        for label, config in CONFIGS.items():
            found[f"config {label}"] = await attempt(step.do(label, config=config)(one))
        return found


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response.json(await ended(await self.env.FLOW.create()))
