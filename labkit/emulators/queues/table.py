"""What is in a queue: the table that `lab.queues("jobs").table()` shows in a notebook."""

from __future__ import annotations

from typing import Any

from labkit.emulators.queues.messages import DELAYED, DELIVERED, LEASED, Message
from labkit.facts.table import Rows, Table

COLUMNS = ("id", "body", "attempts", "where", "visible_in", "age")
_SHOWN, _ID = 40, 8
"""Characters of a body and of an id that the table shows."""


class MessageTable(Rows):
    """A message a row, the oldest first.

    `attempts` counts the deliveries so far, `where` is a shard, "delayed", "leased" or the place of its consumer,
    `visible_in` the seconds until it can be delivered (None where somebody has it), `age` the seconds it has been here.
    """

    def table(self) -> Table:
        return Table([COLUMNS, *map(_words, self)], right=(2, 4, 5), foot="" if self else "(the queue is empty)")


def row_of(message: Message, now: float) -> dict[str, Any]:
    """One row of the table."""
    state = message.state
    return {
        "id": message.id,
        "body": message.body.received(),
        "attempts": message.attempts + (state in (DELIVERED, LEASED)),
        "where": _where(message),
        "visible_in": None if state == DELIVERED else max(0.0, message.visible - now),
        "age": now - message.arrived,
    }


def _where(message: Message) -> str:
    if message.state == DELIVERED:
        return f"consumer in {message.place}" if message.place else "consumer"
    return message.state if message.state in (DELAYED, LEASED) else message.shard or "waiting"


def _words(row: dict[str, Any]) -> tuple[str, ...]:
    body = row["body"]
    text = repr(bytes(body) if isinstance(body, memoryview) else body)
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    visible = "" if row["visible_in"] is None else f"{row['visible_in']:,.1f} s"
    return (row["id"][:_ID], short, str(row["attempts"]), row["where"], visible, f"{row['age']:,.1f} s")
