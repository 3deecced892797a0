from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        # 1. PUT: store the text, with its author as metadata and its end
        # 2. GET: read the text and its author at once
        # 3. Answer with both, or with 404
        todo()
