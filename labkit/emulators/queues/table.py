"""What is in a queue: the table that `lab.queues("jobs").table()` shows in a notebook."""

from __future__ import annotations

from typing import Any

from labkit.emulators.queues.messages import DELAYED, DELIVERED, LEASED, Message
from labkit.facts.table import Table

COLUMNS = ("message", "body", "attempts", "where", "visible in", "age")
_SHOWN, _ID = 40, 8
"""Characters of a body and of an id that the table shows."""


class MessageTable(list[dict[str, Any]]):
    """A message a row, the oldest first.

    `attempts` counts the deliveries so far, `where` is a shard, "delayed", "leased" or the place of its consumer,
    `visible_in` the seconds until it can be delivered (None where somebody has it), `age` the seconds it has been here.
    """

    def _table(self) -> Table:
        return Table([COLUMNS, *map(_words, self)], right=(2, 4, 5))

    def __repr__(self) -> str:
        return repr(self._table()) if self else "(the queue is empty)"

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()


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
    body = repr(row["body"])
    short = body if len(body) <= _SHOWN else body[: _SHOWN - 1] + "…"
    visible = "" if row["visible_in"] is None else f"{row['visible_in']:,.1f} s"
    return (row["id"][:_ID], short, str(row["attempts"]), row["where"], visible, f"{row['age']:,.1f} s")
