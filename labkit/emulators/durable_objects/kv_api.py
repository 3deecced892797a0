"""What the key-value methods do, however they are called: on the table, in the trace, on the bill.

A key read, listed, written or deleted is a row of the bill; a list that finds nothing is one too.
Source: https://developers.cloudflare.com/durable-objects/platform/pricing/ (storage billing, footnotes 2 to 4).
"""

from __future__ import annotations

from typing import Any

from labkit.emulators.durable_objects import kv_rules as rules
from labkit.emulators.durable_objects.database import Database
from labkit.emulators.javascript import text_of
from labkit.emulators.v8 import decoded, encoded
from labkit.trace import Event


def read(database: Database, event: Event, key: str) -> Any:
    """The value of one key, None where there is none."""
    data = database.kv.get(key)
    event.units["do.rows_read"] = 1.0
    event.detail["key"] = key
    if data is None:
        return None
    event.bytes = len(data)
    return decoded(data)


def read_many(database: Database, event: Event, keys: list[str]) -> dict[str, Any]:
    """Those of some keys that exist, in the order of their bytes, each once."""
    rules.check_count(len(keys))
    event.units["do.rows_read"] = float(len(keys))
    event.detail["keys"] = len(keys)
    found = {key: database.kv.get(key) for key in sorted(set(keys))}
    event.bytes = sum(len(data) for data in found.values() if data)
    return {key: decoded(data) for key, data in found.items() if data is not None}


def write(database: Database, event: Event, entries: dict[str, Any]) -> None:
    """Store each value under its key: all of them, or none where one is refused."""
    rules.check_count(len(entries))
    data = {key: encoded(value) for key, value in entries.items()}
    for key, value in data.items():
        rules.check_size(key, value, database.sqlite)
    for key, value in data.items():
        database.kv.put(key, value)
    event.units["do.rows_written"] = float(len(data))
    event.bytes = sum(map(len, data.values()))
    event.detail |= {"key": next(iter(data))} if len(data) == 1 else {"keys": len(data)}


def remove(database: Database, event: Event, key: str) -> bool:
    """Remove one key; whether it was there."""
    event.units["do.rows_written"] = 1.0
    event.detail["key"] = key
    return database.kv.delete(key)


def remove_many(database: Database, event: Event, keys: list[str]) -> int:
    """Remove some keys; how many were there."""
    rules.check_count(len(keys))
    event.units["do.rows_written"] = float(len(keys))
    event.detail["keys"] = len(keys)
    return sum(database.kv.delete(key) for key in keys)


def pairs(database: Database, event: Event, options: dict[str, Any]) -> list[tuple[str, Any]]:
    """The keys and values that a list's options ask for."""
    keys = rules.range_of(options)
    rows = database.kv.list(keys) if keys else []
    event.units["do.rows_read"] = float(max(1, len(rows)))
    event.bytes = sum(len(data) for _, data in rows)
    event.detail |= {"prefix": text_of(options.get("prefix", "")), "keys": len(rows)}
    return [(key, decoded(data)) for key, data in rows]
