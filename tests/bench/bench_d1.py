"""D1 operations a second, and what a database weighs."""

from __future__ import annotations

import asyncio
import gc
import time
import tracemalloc
from typing import Any

import apsw

from labkit import Lab
from labkit.emulators.d1 import D1
from tests.bench import Row
from tests.bench.storage import compared


async def play(db: Any, n: int) -> None:
    if n == 0:
        await db.exec("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT)")
    await db.prepare("INSERT OR REPLACE INTO notes VALUES (?, ?)").bind(n % 100, f"value {n}").run()
    for _ in range(4):
        await db.prepare("SELECT text FROM notes WHERE id = ?").bind(n % 100).first("text")


def weight(databases: int) -> tuple[float, float]:
    """Seconds to fill so many databases of one lab, and bytes of Python's and SQLite's memory that each then takes."""
    names = [f"TENANT_{n}" for n in range(databases)]
    gc.collect()
    tracemalloc.start()
    before, begun = _memory(), time.perf_counter()
    lab = Lab(d1=names)

    async def fill() -> None:
        env = lab._deployment.env(lab.config, "LHR")
        await asyncio.gather(*(_fill(getattr(env, name)) for name in names))

    lab.run(fill())
    took = time.perf_counter() - begun
    lab.trace.clear()
    gc.collect()
    grown = _memory() - before
    tracemalloc.stop()
    return took, grown / databases


async def _fill(db: Any) -> None:
    await db.exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    await db.batch([db.prepare("INSERT INTO notes (text) VALUES (?)").bind(f"note {n}") for n in range(20)])


def _memory() -> int:
    return tracemalloc.get_traced_memory()[0] + apsw.memory_used()


def run(scale: float = 1.0) -> list[Row]:
    entry = {"binding": "DB", "database_name": "notes", "database_id": "notes"}
    databases = max(5, int(1_000 * scale))
    took, grown = weight(databases)
    return [
        *compared("D1", "d1", lambda world: D1(entry, world).binding("SYD"), play, scale),
        Row(f"{databases:,} D1 databases in one lab", took, "s", note="a table and 20 rows each, memory traced"),
        Row("a D1 database of those", grown / 1000, "KB"),
    ]
