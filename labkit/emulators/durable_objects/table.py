"""Every object of a class, where it is and what state it is in: the table that `DurableObjects.objects` shows."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.durable_object import DurableObject

COLUMNS = ("object", "place", "state", "stored_bytes")


class ObjectTable(list[dict[str, Any]]):
    """A row an object. `state` is "active" or "idle" while it is in memory, "hibernated" where it is not and the
    runtime keeps its sockets, else "inactive"."""

    def __repr__(self) -> str:
        rows = [COLUMNS, *map(_words, self)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{column}</th>" for column in COLUMNS)
        body = "".join(f"<tr>{''.join(f'<td>{escape(word)}</td>' for word in _words(row))}</tr>" for row in self)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def row_of(each: DurableObject) -> dict[str, Any]:
    """One row of the table."""
    if each.instance:
        state = "idle" if each.instance.is_idle else "active"
    else:
        state = "hibernated" if each.is_connected else "inactive"
    return {"object": each.label, "place": each.place, "state": state, "stored_bytes": each.database.stored_bytes}


def _words(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[column]) for column in COLUMNS)
