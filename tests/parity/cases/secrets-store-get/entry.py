"""A secret of the store is asked for; one that is not there says so; the binding is not the value."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        env = self.env
        return await report(
            {
                "value": lambda: env.API_KEY.get(),
                "twice": lambda: env.API_KEY.get(),
                "argument": lambda: env.API_KEY.get("ignored"),
                "absent": lambda: env.ABSENT.get(),
                "is text": lambda: isinstance(env.API_KEY, str),
            }
        )
