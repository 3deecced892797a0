from workers import Response, WorkerEntrypoint, fetch


class Default(WorkerEntrypoint):
    titles = None  # one for the whole isolate: right for what is the same for every reader

    async def fetch(self, request):
        # 1. Who is it? A local name: each request has its own
        reader = request.headers.get("x-reader", "stranger")
        # 2. What is new, the same for everybody
        if Default.titles is None:
            Default.titles = await self.ask("titles")
        # 3. What she has collected
        points = await self.ask(f"points/{reader}") if reader != "stranger" else "0"
        return Response(f"Good morning, {reader}. You have {points} points. New: {self.titles}")

    async def ask(self, what):
        response = await fetch(f"https://data.fernway.example/{what}")
        return await response.text()
