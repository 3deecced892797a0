"""The Worker that is asked where the learner gives none: a small shop, whose every request reads its session from KV.

`/items` lists what D1 holds, `/buy` writes a row and the session. `KINDS` says what a request of each kind should use,
as one reads it from the code before anything has run: that is the bill's theory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]

ITEMS = 20
SCHEMA = (
    "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE orders (id INTEGER PRIMARY KEY, item INT);"
)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        session = await self.env.SESSIONS.get("session")
        if "/buy" not in request.url:
            found = await self.env.DB.prepare("SELECT name FROM items").all()
            return Response(f"{len(found.results)} items")
        await self.env.DB.prepare("INSERT INTO orders (item) VALUES (?)").bind(1).run()
        await self.env.SESSIONS.put("session-of-this-visit", session or "new")
        return Response("bought")


@dataclass(frozen=True)
class Kind:
    """One kind of request: where it goes, which share of all it is, and what one of it uses, by meter."""

    url: str
    share: float
    units: dict[str, float] = field(default_factory=dict)


ONE = {"workers.requests": 1.0, "workers.cpu_ms": 1.0, "kv.read": 1.0}
"""What every request uses: 1 ms of CPU is what the lab counts for an invocation that does not loop."""
KINDS = (
    Kind("/items", 0.7, {**ONE, "d1.rows_read": float(ITEMS)}),
    Kind("/buy", 0.3, {**ONE, "d1.rows_written": 1.0, "kv.write": 1.0}),
)


def prepared(lab: Any) -> None:
    """The shop's tables, with its items, as a migration would make them."""
    rows = ", ".join(f"('item {number}')" for number in range(ITEMS))
    lab.run(lab.d1("DB").binding("LHR").exec(SCHEMA))
    lab.run(lab.d1("DB").binding("LHR").exec(f"INSERT INTO items (name) VALUES {rows}"))
