"""Response.json and from_json: bytes on the wire, content type, and what cannot be JSON."""

import datetime

from attempt import attempt
from workers import Response, WorkerEntrypoint

MADE = {
    "dict": lambda: Response.json({"a": [1, 2.5, None, True], "b": {"c": "d"}}),
    "list": lambda: Response.json([1, "two"]),
    "text": lambda: Response.json("text"),
    "none": lambda: Response.json(None),
    "number": lambda: Response.json(1.0),
    "accents": lambda: Response.json({"caf\u00e9": "\u2603"}),
    "status": lambda: Response.json({"error": "no"}, status=418),
    "headers": lambda: Response.json({}, headers={"X-Extra": "1"}),
    "own-type": lambda: Response.json({}, headers={"Content-Type": "application/problem+json"}),
    "from-json": lambda: Response.from_json({"a": 1}, status=201),
    "tuple": lambda: Response.json((1, 2)),
    "date": lambda: Response.json({"at": datetime.datetime(2026, 1, 1)}),
    "set": lambda: Response.json({1, 2}),
    "bytes": lambda: Response.json(b"x"),
    "integer-keys": lambda: Response.json({1: "one"}),
    "nan": lambda: Response.json(float("nan")),
}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        made = []
        failed = await attempt(lambda: made.append(MADE[request.url.rsplit("/", 1)[1]]()))
        return Response(failed, status=400) if failed else made[0]
