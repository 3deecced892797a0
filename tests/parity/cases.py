"""The cases: a Worker's `entry.py` and the requests that it is asked, as plain files.

A case is a folder of `cases/` with `entry.py` and `requests.toml`. An exercise joins in
by having a `parity.toml` of the same form: its `solution.py` is the Worker. Nothing lists the cases.
"""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit import pages, visitor
from labkit.network import places

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
EXERCISES = ROOT / "labkit" / "exercises"
HOST = "https://worker.example"
CASE_KEYS = {"about", "wrangler", "origins", "others", "beside", "pages", "site", "secrets_store", "request"}
ORIGIN_KEYS = {"status", "json", "body", "echo", "seconds"}
BODY_KEYS = {"body", "base64", "json"}
REQUEST_KEYS = {
    "path", "method", "headers", "colo", "cron", "time", "queue", "email", "websocket", "pause", "until", "compare",
    "differs",
} | BODY_KEYS  # fmt: skip
AS_TUPLES = ("compare", "websocket")
STEP_KEYS = {"on", "open", "send", "send_base64", "receive", "close", "reason", "fetch", "pause"}


@dataclass(frozen=True)
class Request:
    """One event: a request, a cron's time, a queue's batch, a message by mail, or a WebSocket and its visitor's steps.

    It enters at `colo`, an IATA code. `pause` lets that many seconds pass first, for what a Worker does after its
    response; a request with `until` is sent again until its answer holds that text. `compare` names further headers
    to compare. `differs` gives the known differences, each part with the reason; they must show.
    """

    path: str = "/"
    method: str = "GET"
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | None = None
    colo: str = "LHR"
    cron: str | None = None
    time: int = 1_767_225_600
    queue: dict[str, Any] | None = None
    email: dict[str, str] | None = None
    websocket: tuple[dict[str, Any], ...] = ()
    pause: float = 0
    until: str | None = None
    compare: tuple[str, ...] = ()
    differs: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return HOST + self.path if self.path.startswith("/") else self.path

    def __str__(self) -> str:
        if self.queue:
            return f"batch of {self.queue['name']}"
        if self.email:
            return f"mail to {self.email['to']}"
        return f"cron {self.cron}" if self.cron else f"{self.method} {self.path}"

    def event(self) -> dict[str, Any]:
        """The event as the host's plan has it."""
        body = None if self.body is None else base64.b64encode(self.body).decode()
        return {
            "url": self.url, "method": self.method, "headers": self.headers, "body": body,
            "cf": cf(self.colo), "cron": self.cron, "time": self.time, "queue": self.queue, "email": self.email,
            "pause": self.pause, "until": self.until, "websocket": list(self.websocket) or None,
        }  # fmt: skip


def cf(colo: str) -> dict[str, Any]:
    """`request.cf` as the lab makes it. The real side is told the same, so that what is compared is its use."""
    place = places.place(colo)
    return visitor.cf(place, place.country).to_py()


@dataclass(frozen=True)
class Case:
    """A Worker and what it is asked.

    `origins` are the hosts outside that it fetches from, `others` the text of more entrypoints for its module,
    `beside` files of the project that it takes along. `pages` is a folder of the project with Pages Functions, which
    are the Worker in place of an `entry.py`. `site` are static assets by path, which the Worker asks for on `env`.
    `secrets_store` are secrets of the account's store by name.
    """

    name: str
    entry: Path
    wrangler: dict[str, Any]
    requests: tuple[Request, ...]
    origins: dict[str, dict[str, Any]] = field(default_factory=dict)
    others: str = ""
    beside: tuple[str, ...] = ()
    pages: str | None = None
    site: dict[str, str] = field(default_factory=dict)
    secrets_store: dict[str, str] = field(default_factory=dict)

    def files(self) -> dict[str, str]:
        """The Worker's Python files by name: the entry, what stands beside it, and `attempt.py`, for any case."""
        own = self.entry.parent.glob("*.py") if self.entry.name == "entry.py" else ()
        taken = [*own, HERE / "attempt.py", *(ROOT / name for name in self.beside)]
        texts = {path.name: path.read_text(encoding="utf-8") for path in taken}
        if self.pages:
            texts |= pages.build(ROOT / self.pages).files
        else:
            texts["entry.py"] = self.entry.read_text(encoding="utf-8")
        return texts | {"entry.py": f"{texts['entry.py']}\n\n{self.others}"} if self.others else texts


def all_cases() -> list[Case]:
    """Ours, then the exercises' solutions."""
    return [*_own_cases(), *_solutions()]


def exercises_left_out() -> list[str]:
    """The exercises that ask for a Worker and have no `parity.toml`, and so are not compared."""
    return [
        f"{path.parent.parent.name}-{path.parent.name}"
        for path in sorted(EXERCISES.glob("*/*/solution.py"))
        if "WorkerEntrypoint" in path.read_text(encoding="utf-8") and not path.with_name("parity.toml").is_file()
    ]


def _own_cases() -> Iterator[Case]:
    for file in sorted((HERE / "cases").glob("*/requests.toml")):
        yield read(file.parent.name, file.with_name("entry.py"), file)


def _solutions() -> Iterator[Case]:
    for file in sorted(EXERCISES.glob("*/*/parity.toml")):
        yield read(f"{file.parent.parent.name}-{file.parent.name}", file.with_name("solution.py"), file)


def read(name: str, entry: Path, file: Path) -> Case:
    """A case from its file. Refuses a key that it does not know."""
    raw = tomllib.loads(file.read_text(encoding="utf-8"))
    _refuse_unknown(file, raw, CASE_KEYS)
    requests = tuple(request_of(file, each) for each in raw.get("request", []))
    if not requests:
        raise ValueError(f"{file}: a case needs at least one [[request]].")
    origins = raw.get("origins", {})
    for origin in origins.values():
        _refuse_unknown(file, origin, ORIGIN_KEYS)
    others, beside = raw.get("others", ""), tuple(raw.get("beside", ()))
    return Case(
        name, entry, raw.get("wrangler", {}), requests, origins, others, beside, raw.get("pages"), raw.get("site", {}),
        raw.get("secrets_store", {}),
    )  # fmt: skip


def request_of(file: Path, raw: dict[str, Any]) -> Request:
    """A request from its table in a file."""
    _refuse_unknown(file, raw, REQUEST_KEYS)
    for step in raw.get("websocket", ()):
        _refuse_unknown(file, step, STEP_KEYS)
    given = {key: value for key, value in raw.items() if key not in {"headers", *BODY_KEYS, *AS_TUPLES}}
    headers = raw.get("headers", {})
    pairs = list(headers.items()) if isinstance(headers, dict) else [(name, value) for name, value in headers]
    tuples: dict[str, Any] = {key: tuple(raw[key]) for key in AS_TUPLES if key in raw}
    return Request(**given, **tuples, headers=pairs, body=_body(raw))


def _body(raw: dict[str, Any]) -> bytes | None:
    if "json" in raw:
        return json.dumps(raw["json"]).encode()
    if "base64" in raw:
        return base64.b64decode(raw["base64"])
    return raw["body"].encode() if "body" in raw else None


def _refuse_unknown(file: Path, raw: dict[str, Any], known: set[str]) -> None:
    if unknown := set(raw) - known:
        raise ValueError(f"{file}: unknown {', '.join(sorted(unknown))}; a case knows {', '.join(sorted(known))}.")
