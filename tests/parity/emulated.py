"""The cases on the lab, with the network switched off: what is compared is behaviour, not time."""

from __future__ import annotations

import asyncio
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from labkit.lab import Lab
from labkit.services import Origin
from tests.parity import sockets
from tests.parity.answers import Answer, last_line, outcome
from tests.parity.cases import Case, Request

PATIENCE = 300
"""How often a request is sent again, every 50 ms, until it says what it should: 15 seconds, as `host/main.mjs`."""


def play(case: Case) -> list[Answer]:
    """The answers to a case's requests, in order, from a fresh lab."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in case.files().items():
            Path(folder, name).write_text(text, encoding="utf-8")
        lab = _lab(case, Path(folder, "entry.py"))
        return [_answer(lab, request) for request in case.requests]


def _lab(case: Case, entry: Path) -> Lab:
    """The case's Worker. A service binding is to the Worker itself, by whatever name."""
    called = (*case.wrangler.get("services", ()), *case.wrangler.get("tail_consumers", ()))
    services = {each["service"]: entry for each in called}
    hosts = {key.partition("/")[0] for key in case.origins}
    origins = {host: Origin(partial(_outside, case.origins), seconds=0) for host in hosts}
    return Lab(
        entry, case.wrangler, services=services, origins=origins, assets=case.site or None,
        secrets_store=case.secrets_store, network=None,
    )  # fmt: skip


async def _outside(origins: dict[str, dict[str, Any]], request: Any) -> Any:
    """What an origin of a case answers: the same as `host/origins.mjs` does."""
    from workers import Response

    url = urlsplit(request.url)
    origin = origins.get(f"{url.hostname}{url.path}") or origins[url.hostname]
    await asyncio.sleep(origin.get("seconds", 0))
    status = origin.get("status", 200)
    if "json" in origin:
        return Response.json(origin["json"], status=status)
    said = origin.get("body", "")
    if origin.get("echo"):
        path = f"{url.path}?{url.query}" if url.query else url.path
        seen = sorted(f"{name.lower()}={value}" for name, value in request.headers.items() if name.lower()[:2] == "x-")
        said = " ".join([str(request.method), path, *seen, await request.text()])
    return Response(said, status=status)


def _answer(lab: Lab, request: Request) -> Answer:
    lab.run(lab.advance(request.pause))
    if request.cron:
        ended = lab.run(lab.scheduled(request.cron, request.time))
        return Answer(outcome=outcome(ended.outcome, ended.noRetry))
    if request.queue:
        said = lab.run(lab.queue(request.queue["name"], request.queue["messages"]))
        return Answer(200, [("content-type", "application/json")], json.dumps(said).encode())
    if request.email:
        mail = request.email
        return Answer(outcome=lab.run(lab.email(to=mail["to"], sender=mail["from"], raw=mail["raw"])).outcome)
    if request.websocket:
        return Answer(transcript=lab.run(sockets.converse(lab, request)))
    answer = _fetched(lab, request)
    tries = PATIENCE
    while request.until and tries and request.until not in answer.body.decode():
        lab.run(lab.advance(0.05))
        answer, tries = _fetched(lab, request), tries - 1
    return answer


def _fetched(lab: Lab, request: Request) -> Answer:
    logged = len(lab.logs)
    response = lab.run(
        lab.fetch(request.url, method=request.method, headers=request.headers, body=request.body, colo=request.colo)
    )
    body = bytes(lab.run(response.bytes()))
    failures = [entry.message for entry in list(lab.logs)[logged:] if entry.level == "error"]
    if response.status == 500 and failures:
        return Answer(failure=last_line(failures[-1]))
    return Answer(response.status, list(response.headers.items()), body)
