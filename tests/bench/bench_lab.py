"""Requests a second that a small Worker answers on the planet: many places, isolates, a trace of every step."""

from __future__ import annotations

import asyncio
import time

from labkit.lab import Lab
from labkit.network import places
from labkit.workers.entrypoints import WorkerEntrypoint
from labkit.workers.response import Response
from tests.bench import Row, best

AT_ONCE = 500


class Hello(WorkerEntrypoint):
    """The smallest Worker that does something."""

    async def fetch(self, request):
        return Response("hello")


class Flag(WorkerEntrypoint):
    """A Worker that reads a key that its place has cached."""

    async def fetch(self, request):
        return Response(await self.env.KV.get("flag") or "off")


async def visit(lab: Lab, colos: list[str], count: int) -> None:
    """`count` requests from places in turn, some hundred of them under way at once."""
    for begin in range(0, count, AT_ONCE):
        batch = range(begin, min(begin + AT_ONCE, count))
        await asyncio.gather(*(lab.fetch("/", colo=colos[n % len(colos)]) for n in batch))


def rate(worker: type, count: int, colos: list[str], **bindings) -> float:
    """Requests a second, once the isolates have started."""
    lab = Lab(worker, **bindings)
    lab.run(visit(lab, colos, len(colos)))

    def once() -> float:
        lab.trace.clear()
        begun = time.perf_counter()
        lab.run(visit(lab, colos, count))
        return count / (time.perf_counter() - begun)

    return best(once)


def run(scale: float = 1.0) -> list[Row]:
    count, colos = max(2, int(10_000 * scale)), sorted(places.PLACES)
    colos = colos[: max(2, int(len(colos) * scale))]
    return [
        Row("Worker on the planet", rate(Hello, count, colos), "requests/s", aim=20_000, note=f"{len(colos)} places"),
        Row("Worker with one KV read", rate(Flag, count, colos, kv=["KV"]), "requests/s"),
    ]
