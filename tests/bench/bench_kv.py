"""KV operations a second, against Miniflare's KV in the same run where Node is present.

A round is one put and four gets of a key, each awaited before the next, from inside one Worker. Miniflare's
runs in JavaScript: the Python SDK would make it slower.
"""

from __future__ import annotations

import json
import random
import subprocess
import time
from pathlib import Path

from labkit.emulators.kv import Kv
from labkit.network.faults import Faults
from labkit.network.links import Links
from labkit.timeline import Timeline
from labkit.trace import Trace
from labkit.world import World
from tests.bench import Row, best
from tests.parity import npm

HERE = Path(__file__).parent
PER_ROUND = 5


def namespace(links: Links | None) -> tuple[Timeline, object]:
    """A namespace as a Worker in Sydney has it, with or without a network between."""
    timeline = Timeline()
    faults = Faults() if links else None
    world = World(timeline, Trace(lambda: timeline.now), random.Random(0), links, faults, epoch=1_700_000_000.0)
    return timeline, Kv("KV", world).binding("SYD")


async def play(kv, rounds: int) -> None:
    for n in range(rounds):
        key = f"key:{n % 100}"
        await kv.put(key, f"value {n}")
        for _ in range(4):
            await kv.get(key)


def ours(links: Links | None, rounds: int) -> float:
    """Operations a second on the lab's emulator."""
    timeline, kv = namespace(links)
    timeline.run(play(kv, min(rounds, 20)))
    begun = time.perf_counter()
    timeline.run(play(kv, rounds))
    return rounds * PER_ROUND / (time.perf_counter() - begun)


def miniflares(rounds: int) -> float:
    """Operations a second on Miniflare, the best of three as well."""
    command = ["node", str(HERE / "miniflare_kv.mjs"), str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)["operationsPerSecond"]


def run(scale: float = 1.0) -> list[Row]:
    rounds, links = max(2, int(3000 * scale)), Links()
    planet, alone = best(lambda: ours(links, rounds)), best(lambda: ours(None, rounds))
    rows = [
        Row("KV on the planet", planet, "operations/s", note="caches, tiers and distance simulated"),
        Row("KV with the network off", alone, "operations/s"),
    ]
    if reason := npm.missing(HERE.parent / "parity", "miniflare"):
        return [*rows, Row("Miniflare's KV", 0, "operations/s", note=f"not measured: {reason}")]
    real = miniflares(max(2, int(500 * scale)))
    return [
        *rows,
        Row("Miniflare's KV", real, "operations/s", note="the same mix, in JavaScript"),
        Row("KV on the planet against Miniflare", planet / real, "times", aim=20),
    ]
