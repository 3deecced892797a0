"""Reading a Request's body, once and twice."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        reader = request.url.rsplit("/", 1)[1]
        return await report(
            {
                "before": lambda: request.body_used,
                "first": lambda: getattr(request, reader)(),
                "after": lambda: request.body_used,
                "again": lambda: getattr(request, reader)(),
                "as text": lambda: request.text(),
            }
        )
