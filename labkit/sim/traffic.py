"""Traffic on a lab: visitors at many places, at random moments, played event by event."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from labkit.errors import LabError
from labkit.network.places import PLACES
from labkit.sim.sweep import progress

if TYPE_CHECKING:
    from labkit.lab import Lab
    from labkit.trace import Event


@dataclass(frozen=True, order=True)
class Visit:
    """One request: seconds on the lab's clock, the place it enters at, and what it asks for.

    `options` are those of `lab.fetch`: method, headers, body, json, country.
    """

    at: float
    colo: str
    url: str = "/"
    options: dict[str, Any] = field(default_factory=dict, compare=False)

    async def run(self, lab: Lab) -> Any:
        return await lab.fetch(self.url, colo=self.colo, **self.options)


class Happening(Protocol):
    """Anything that begins `at` some seconds on the lab's clock: a visit, a write, a failure."""

    @property
    def at(self) -> float: ...

    def run(self, lab: Lab) -> Coroutine[Any, Any, Any]: ...


def cities(count: int) -> list[str]:
    """Codes of `count` places, taken evenly from the list of all of them, so from most countries."""
    codes = list(PLACES)
    if not 1 <= count <= len(codes):
        raise LabError(f"{count} places: there are 1 to {len(codes)}")
    return [codes[index * len(codes) // count] for index in range(count)]


def poisson(
    random: Random, colos: Iterable[str], per_s: float, start: float, end: float, url: str = "/"
) -> list[Visit]:
    """Visits to `url` at random moments, `per_s` a second at each place, between two times in seconds."""
    return [Visit(at, colo, url) for colo in colos for at in moments(random, per_s, start, end)]


def moments(random: Random, per_s: float, start: float, end: float) -> Iterator[float]:
    """The moments of one Poisson stream."""
    at = start + random.expovariate(per_s)
    while at < end:
        yield at
        at += random.expovariate(per_s)


def play(lab: Lab, happenings: Sequence[Happening], label: str = "") -> list[Any]:
    """Everything at its moment, what overlaps side by side; the results, such as responses, in the order given.

    Returns when the last result is there. What happened is in `lab.trace`. With a `label`, a progress bar shows.
    """
    return lab.run(_play(lab, happenings, label))


async def _play(lab: Lab, happenings: Sequence[Happening], label: str) -> list[Any]:
    tasks: dict[int, asyncio.Task[Any]] = {}
    order = sorted(range(len(happenings)), key=lambda index: happenings[index].at)
    for index in progress(order, len(order), label) if label else order:
        if (wait := happenings[index].at - lab.now) > 0:
            await lab.world.timeline.sleep(wait)
        tasks[index] = lab.world.timeline.spawn(happenings[index].run(lab))
    return await asyncio.gather(*(tasks[index] for index in range(len(happenings))))


def sent_since(lab: Lab, since: float) -> list[Event]:
    """The visits that set out at `since` seconds or later, as the trace's events of primitive "client"."""
    return [event for event in lab.trace.where("client") if event.start >= since - 1e-9]


def unasked(visits: Sequence[Event], url: str, what: str) -> LabError:
    """What a learner is told whose Worker was visited at `url` and asked nothing of a primitive."""
    status = visits[-1].outcome if visits else "none"
    return LabError(f"{len(visits)} visits to {url} asked nothing of {what}. The last status was {status}; see the "
                    "logs of a lab of yours.")  # fmt: skip


def part_of(visits: Iterable[Event], lab: Lab, primitive: str, *operations: str) -> list[Event]:
    """The events of a primitive's operations that happened inside of these visits."""
    requests = {visit.request for visit in visits}
    return [e for e in lab.trace.where(primitive) if e.operation in operations and e.request in requests]
