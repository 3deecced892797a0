from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        city = todo()  # the code of the city that this request entered
        return Response(f"Hello from {city}")
