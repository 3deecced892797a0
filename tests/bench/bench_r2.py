"""R2 operations a second."""

from __future__ import annotations

from typing import Any

from labkit.emulators.r2 import R2
from tests.bench import Row
from tests.bench.storage import compared


async def play(files: Any, n: int) -> None:
    key = f"key:{n % 100}"
    await files.put(key, f"value {n}")
    for _ in range(4):
        found = await files.get(key)
        await found.text()


def run(scale: float = 1.0) -> list[Row]:
    entry = {"binding": "FILES", "bucket_name": "files"}
    return compared("R2", "r2", lambda world: R2(entry, world).binding("SYD"), play, scale)
