"""The instances of a database, where they are and how far behind: the table that `D1.instances` shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.emulators.d1.instances import Instance
from labkit.facts.table import Rows, Table

COLUMNS = ("role", "region", "place", "commit", "behind", "lag", "waiting")


class InstanceTable(Rows):
    """A row an instance. `commit` is the last that it knows, `behind` how many it does not know yet, `lag` for how
    many seconds there has been one that it does not know, `waiting` how many queries wait for its thread."""

    def table(self) -> Table:
        return Table([COLUMNS, *map(_words, self)], right=(3, 4, 5, 6))


def row_of(instance: Instance, newest: int) -> dict[str, Any]:
    """One row of the table."""
    index = instance.index
    return {
        "role": "primary" if instance.is_primary else "replica",
        "region": instance.region,
        "place": instance.place,
        "commit": index,
        "behind": newest - index,
        "lag": instance.lag(),
        "waiting": len(instance.thread.waiting),
    }


def _words(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{row[name]:,.3f} s" if name == "lag" else str(row[name]) for name in COLUMNS)
