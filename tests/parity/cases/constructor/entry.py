"""A Worker with its own `__init__`, which runs for each request."""

from workers import Response, WorkerEntrypoint

made = 0


class Default(WorkerEntrypoint):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        global made
        made += 1
        self.greeting = env.GREETING

    async def fetch(self, request):
        return Response(f"{self.greeting} {made}")
