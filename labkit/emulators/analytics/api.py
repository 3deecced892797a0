"""The SQL API over HTTP: POST a query to `api.cloudflare.com`, get JSON with `meta`, `data` and `rows`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from labkit.emulators.analytics.answers import Answer
from labkit.errors import LabError
from labkit.workers.request import Request
from labkit.workers.response import Response

if TYPE_CHECKING:
    from labkit.emulators.analytics import AnalyticsEngine

HOST = "api.cloudflare.com"
PATH = re.compile(r"https?://[^/]+/client/v4/accounts/[^/]+/analytics_engine/sql/?(\?.*)?")
_TABLE = re.compile(r"""\bFROM\s+["`]?([\w-]+)["`]?""", re.IGNORECASE)


class SqlApi:
    """What answers for the path /client/v4/accounts/ID/analytics_engine/sql: `datasets` gives those of the account.

    Any bearer token is accepted, and a request without one refused.
    """

    def __init__(self, datasets: Callable[[], Iterable[AnalyticsEngine]]):
        self.datasets = datasets

    async def answer(self, request: Request, colo: str) -> Response:
        """The Response to a query."""
        if not PATH.fullmatch(request.url):
            return _failed(404, 7003, "Could not route to the path of the request.")
        if not (request.headers.get("authorization") or "").lower().startswith("bearer "):
            return _failed(403, 10000, "Authentication error")
        try:
            found = self._answer(await request.text())
        except LabError as error:
            return Response(str(error), status=422, headers={"content-type": "text/plain"})
        kind = "application/json" if found.format == "JSON" else "text/plain"
        return Response(found.text(), headers={"content-type": kind})

    def _answer(self, query: str) -> Answer:
        datasets = {dataset.name: dataset for dataset in self.datasets()}
        if not datasets:
            raise LabError("This lab has no Analytics Engine dataset.")
        named = (datasets[name] for name in _TABLE.findall(query) if name in datasets)
        dataset = next(named, next(iter(datasets.values())))
        answer = dataset.sql(query)
        if [word.lower() for word in query.rstrip("; ").split()[:2]] == ["show", "tables"]:
            return Answer([("name", "VARCHAR")], [[name] for name in datasets], answer.format)
        return answer


def _failed(status: int, code: int, message: str) -> Response:
    body = {"success": False, "errors": [{"code": code, "message": message}], "messages": [], "result": None}
    return Response(json.dumps(body), status=status, headers={"content-type": "application/json"})
