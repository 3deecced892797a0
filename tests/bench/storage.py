"""Operations a second of a storage emulator, against Miniflare's in the same run where Node is present.

A round is one write and four reads of a key or row, each awaited before the next, from inside one Worker. Miniflare's
runs in JavaScript: the Python SDK would make it slower.
"""

from __future__ import annotations

import json
import random
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from labkit.network.faults import Faults
from labkit.network.links import Links
from labkit.timeline import Timeline
from labkit.trace import Trace
from labkit.world import World
from tests.bench import Row, best
from tests.parity import npm

HERE = Path(__file__).parent
PER_ROUND = 5
Make = Callable[[World], Any]
"""The binding that a Worker in Sydney has in a world."""
Round = Callable[[Any, int], Awaitable[None]]


def ours(make: Make, play: Round, links: Links | None, rounds: int) -> float:
    """Operations a second on the lab's emulator."""
    timeline = Timeline()
    faults = Faults() if links else None
    world = World(timeline, Trace(lambda: timeline.now), random.Random(0), links, faults, epoch=1_700_000_000.0)
    binding = make(world)

    async def run(count: int) -> None:
        for n in range(count):
            await play(binding, n)

    timeline.run(run(min(rounds, 20)))
    begun = time.perf_counter()
    timeline.run(run(rounds))
    return rounds * PER_ROUND / (time.perf_counter() - begun)


def miniflares(kind: str, rounds: int) -> float:
    """Operations a second on Miniflare, the best of three as well."""
    command = ["node", str(HERE / "miniflare_storage.mjs"), kind, str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)["operationsPerSecond"]


def compared(name: str, kind: str, make: Make, play: Round, scale: float) -> list[Row]:
    """The rows of one emulator: with the planet, without, Miniflare's, and how many times as fast."""
    rounds, links = max(2, int(3000 * scale)), Links()
    planet = best(lambda: ours(make, play, links, rounds))
    alone = best(lambda: ours(make, play, None, rounds))
    rows = [
        Row(f"{name} on the planet", planet, "operations/s", note="distance and places simulated"),
        Row(f"{name} with the network off", alone, "operations/s"),
    ]
    if reason := npm.missing(HERE.parent / "parity", "miniflare"):
        return [*rows, Row(f"Miniflare's {name}", 0, "operations/s", note=f"not measured: {reason}")]
    real = miniflares(kind, max(2, int(500 * scale)))
    return [
        *rows,
        Row(f"Miniflare's {name}", real, "operations/s", note="the same mix, in JavaScript"),
        Row(f"{name} on the planet against Miniflare", planet / real, "times", aim=20),
        Row(f"{name} with the network off against Miniflare", alone / real, "times"),
    ]
