"""The routes with which `wrangler dev` runs handlers that no request reaches.

https://developers.cloudflare.com/workers/configuration/cron-triggers/#test-cron-triggers-locally; answers as
Miniflare's (4.20260426, `handleScheduled`): the outcome's word, 200 or 500.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from labkit.errors import LabError
from labkit.events import scheduled
from labkit.serving.arrivals import Scope
from labkit.worker import Worker

SCHEDULED = "/cdn-cgi/handler/scheduled"
HANDLERS = frozenset({SCHEDULED})


async def call(scope: Scope, worker: Worker) -> tuple[int, str]:
    """Run the `scheduled` handler: the status and the text for whoever asked for it.

    `?cron=` is the expression, a plus sign in place of each blank; `&time=` is in milliseconds since 1970.
    """
    query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
    time = query.get("time")
    try:
        outcome = await scheduled(worker, query.get("cron"), None if time is None else int(time) / 1000)
    except ValueError:
        return 400, f"time={time!r}: give milliseconds since 1970.\n"
    except LabError as error:
        return 400, f"{error}\n"
    return (200 if outcome.outcome == "ok" else 500), outcome.outcome
