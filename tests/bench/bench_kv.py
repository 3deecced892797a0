"""KV operations a second."""

from __future__ import annotations

from typing import Any

from labkit.emulators.kv import Kv
from tests.bench import Row
from tests.bench.storage import compared


async def play(kv: Any, n: int) -> None:
    key = f"key:{n % 100}"
    await kv.put(key, f"value {n}")
    for _ in range(4):
        await kv.get(key)


def run(scale: float = 1.0) -> list[Row]:
    return compared("KV", "kv", lambda world: Kv("KV", world).binding("SYD"), play, scale)
