from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        # 1. Take the flag's name from the path.
        # 2. PUT stores the body.
        # 3. GET returns the value, or status 404.
        todo()
