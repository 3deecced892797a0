"""How many awaits a second simulated time makes, against plain asyncio's own loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from labkit.timeline import Timeline
from tests.bench import Row, best

TASKS = 10_000
Work = Callable[[Callable[[], Any], int], Coroutine[Any, Any, None]]


async def one_after_another(sleep: Callable[[], Any], count: int) -> None:
    for _ in range(count):
        await sleep()


async def side_by_side(sleep: Callable[[], Any], count: int) -> None:
    tasks = min(TASKS, count)
    await asyncio.gather(*(one_after_another(sleep, count // tasks) for _ in range(tasks)))


def rate(run: Callable[[Coroutine[Any, Any, None]], Any], work: Work, sleep: Callable[[], Any], count: int) -> float:
    """Awaits a second of a coroutine function that makes `count` of them."""

    def once() -> float:
        begun = time.perf_counter()
        run(work(sleep, count))
        return count / (time.perf_counter() - begun)

    return best(once)


def run(scale: float = 1.0) -> list[Row]:
    count = max(10, int(100_000 * scale))
    timeline = Timeline()
    plain = rate(asyncio.run, one_after_another, lambda: asyncio.sleep(0), count)
    direct = rate(timeline.run, one_after_another, lambda: timeline.sleep(1), count)
    spread = rate(timeline.run, side_by_side, lambda: timeline.sleep(1), count)
    usual = rate(timeline.run, one_after_another, lambda: asyncio.sleep(1), count)
    return [
        Row("asyncio: sleep(0)", plain, "awaits/s", note="a plain event loop, no time passes"),
        Row("timeline: timeline.sleep(1)", direct, "awaits/s", note="what emulators wait with"),
        Row("timeline: asyncio.sleep(1)", usual, "awaits/s", note="what a Worker writes"),
        Row(f"timeline: over {min(TASKS, count):,} tasks", spread, "awaits/s"),
        Row("timeline against asyncio", direct / plain, "times"),
    ]
