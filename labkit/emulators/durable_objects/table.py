"""Every object of a class, where it is and what state it is in: the table that `DurableObjects.objects` shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labkit.facts.table import Rows, Table, shown

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.durable_object import DurableObject

COLUMNS = ("object", "place", "state", "stored_bytes")


class ObjectTable(Rows):
    """A row an object. `state` is "active" or "idle" while it is in memory, "hibernated" where it is not and the
    runtime keeps its sockets, else "inactive"."""

    def table(self) -> Table:
        return Table([COLUMNS, *map(_words, self)], right=(3,))


def row_of(each: DurableObject) -> dict[str, Any]:
    """One row of the table."""
    if each.instance:
        state = "idle" if each.instance.is_idle else "active"
    else:
        state = "hibernated" if each.is_connected else "inactive"
    return {"object": each.label, "place": each.place, "state": state, "stored_bytes": each.database.stored_bytes}


def _words(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(shown(row[column]) for column in COLUMNS)
