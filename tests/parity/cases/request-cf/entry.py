"""`request.cf`: a raw JavaScript object, read by attribute."""

from attempt import report
from workers import Request, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await report(
            {
                "colo": lambda: request.cf.colo,
                "country": lambda: request.cf.country,
                "coordinates": lambda: [request.cf.latitude, request.cf.longitude],
                "by index": lambda: request.cf["colo"],
                "missing": lambda: request.cf.nope,
                "as python": lambda: sorted(request.cf.to_py()),
                "of a clone": lambda: request.clone().cf.colo,
                "of a request made here": lambda: Request("https://example.com").cf,
            }
        )
