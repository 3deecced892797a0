"""RPCs to a Durable Object a second, against Miniflare in the same run where Node is present, and what objects weigh.

The Worker, `workers/counter.py`, awaits each call before the next. Miniflare runs the same file with Cloudflare's
Python SDK, and the same in JavaScript.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import time
import tracemalloc
from pathlib import Path

import apsw

from labkit import Lab
from tests.bench import Row, best
from tests.parity import real
from tests.parity.cases import Case, Request

HERE = Path(__file__).parent
COUNTER = HERE / "workers" / "counter.py"
NOTE = """
from workers import DurableObject, WorkerEntrypoint


class Note(DurableObject):
    async def write(self, text):
        await self.ctx.storage.put("text", text)


class Default(WorkerEntrypoint):
    pass
"""
WRANGLER = {
    "durable_objects": {"bindings": [{"name": "COUNTER", "class_name": "Counter"}]},
    "migrations": [{"tag": "v1", "new_sqlite_classes": ["Counter"]}],
}


def ours(calls: int, network: bool) -> float:
    """RPCs a second on the lab."""
    lab = Lab(COUNTER, WRANGLER) if network else Lab(COUNTER, WRANGLER, network=None)
    lab.run(lab.fetch("/?calls=20"))
    begun = time.perf_counter()
    response = lab.run(lab.fetch(f"/?calls={calls}"))
    assert response.status == 200, lab.logs
    return calls / (time.perf_counter() - begun)


def workerds(calls: int) -> float:
    """RPCs a second of the same file on workerd with Cloudflare's SDK; workerd's clock moves with each call."""
    requests = tuple(Request(path=f"/?calls={count}") for count in (20, calls, calls, calls))
    _, *answers = real.play([Case("counter", COUNTER, WRANGLER, requests)])["counter"]
    return calls / min(float(answer.body) for answer in answers)


def javascripts(calls: int) -> float:
    """RPCs a second of the same in JavaScript on Miniflare."""
    command = ["node", str(HERE / "miniflare_do.mjs"), str(calls)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)["callsPerSecond"]


def weight(objects: int) -> tuple[float, float]:
    """Bytes an object that has stored a text, of Python's memory and SQLite's: right after, and once it is inactive."""
    gc.collect()
    tracemalloc.start()
    lab = Lab(NOTE, durable_objects={"NOTE": "Note"})
    before = _memory()

    async def write() -> None:
        await asyncio.gather(*(lab._deployment.env(lab.config, "LHR").NOTE.getByName(str(n)).write("a text")
                               for n in range(objects)))  # fmt: skip

    lab.run(write())
    lab.trace.clear()
    gc.collect()
    active = _memory() - before
    lab.run(lab.advance(600))
    lab.trace.clear()
    gc.collect()
    idle = _memory() - before
    tracemalloc.stop()
    return active / objects, idle / objects


def _memory() -> int:
    return tracemalloc.get_traced_memory()[0] + apsw.memory_used()


def run(scale: float = 1.0) -> list[Row]:
    calls, objects = max(20, int(5_000 * scale)), max(10, int(3_000 * scale))
    planet, alone = best(lambda: ours(calls, True)), best(lambda: ours(calls, False))
    active, idle = weight(objects)
    rows = [
        Row("Durable Object RPC on the planet", planet, "calls/s", note="placement, gates and distance simulated"),
        Row("Durable Object RPC with the network off", alone, "calls/s"),
        Row("an active Durable Object", active / 1000, "KB", note=f"of {objects:,} that stored a text; few stay open"),
        Row("a Durable Object that is no longer active", idle / 1000, "KB"),
    ]
    if reason := real.unavailable():
        return [*rows, Row("Miniflare's Durable Object RPC", 0, "calls/s", note=f"not measured: {reason}")]
    python, javascript = workerds(min(calls, 1_000)), javascripts(calls)
    return [
        *rows,
        Row("Miniflare's Durable Object RPC, Python", python, "calls/s", note="the same file, Cloudflare's SDK"),
        Row("Miniflare's Durable Object RPC, JavaScript", javascript, "calls/s"),
        Row("RPC on the planet against the same file on Miniflare", planet / python, "times", aim=1),
        Row("RPC on the planet against JavaScript on Miniflare", planet / javascript, "times"),
    ]
