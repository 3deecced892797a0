from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        todo()  # take this line out when you begin
        given = request.headers.get("authorization")
        if given != f"Bearer {self.env.CONFIG.get('admin-token')}":
            return Response("forbidden", status=401)
        return Response("welcome")
