"""Who holds a copy of a key, and how old: the table that `Kv.copies` shows in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from labkit.emulators.kv.caches import Copy
from labkit.facts.table import Rows, Table

COLUMNS = ("tier", "colo", "value", "age", "stale", "expires_in")
_WIDTH = 40
"""Characters of a value that the table shows."""


class CopyTable(Rows):
    """A row for the central stores, then one for each cache that would still answer from its copy.

    `age` is how many seconds ago the version was written or the copy fetched, None where it never was; `expires_in`
    how many seconds it has left, None where it has no end; `stale` whether it differs from the newest version. A
    value that is not text stays bytes, and None is a key that is not there.
    """

    def table(self) -> Table:
        return Table([COLUMNS, *map(_words, self)], right=(3, 5))


def row_of(tier: str, colo: str, copy: Copy, stale: bool, now: float, unix: float) -> dict[str, Any]:
    """One row of the table."""
    entry = copy.entry
    left = min(copy.ttl - (now - copy.fetched), inf if entry.expiration is None else entry.expiration - unix)
    return {
        "tier": tier,
        "colo": colo,
        "value": shown_value(entry.value),
        "age": now - copy.fetched if copy.fetched > -inf else None,
        "stale": stale,
        "expires_in": left if left < inf else None,
    }


def shown_value(value: bytes | None) -> str | bytes | None:
    """The value as text where it is text."""
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return value


def _words(row: Mapping[str, Any]) -> tuple[str, ...]:
    value = "(nothing)" if row["value"] is None else str(row["value"])
    short = value if len(value) <= _WIDTH else value[: _WIDTH - 1] + "…"
    stale = "stale" if row["stale"] else ""
    return (row["tier"], row["colo"], short, _seconds(row["age"]), stale, _seconds(row["expires_in"]))


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f} s"
