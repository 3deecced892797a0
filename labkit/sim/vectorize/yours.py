"""The learner's Worker as the third view: asked to write and to look, its visits read from the lab's trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import exp
from random import Random
from typing import Any, NamedTuple

from labkit import facts
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.network.links import Links
from labkit.sim import traffic
from labkit.sim.traffic import Happening, Visit
from labkit.sim.vectorize import writer
from labkit.sim.vectorize.jobs import MEAN, SPREAD
from labkit.trace import Event

LONGEST = MEAN + SPREAD
"""Seconds that a job takes at most."""
WRITES, LOOKS = ("insert", "upsert", "deleteByIds"), ("query", "queryById", "getByIds", "describe")


@dataclass(frozen=True)
class Other:
    """Somebody else's write, beside the Worker."""

    at: float
    index: str
    place: str
    dimensions: int

    async def run(self, lab: Lab) -> None:
        binding = lab.vectorize(self.index).binding(self.place)
        await binding.upsert([{"id": "of another", "values": [0.0] * self.dimensions}])


class Seen(NamedTuple):
    """What one visit did to the index, in order: its writes and its looks."""

    writes: list[Event]
    looks: list[Event]


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: `url` makes it write note `{note}` to `index`, and look for it.

    `{x}` in `url` is the row's own figure. Each row plays a lab of its own: some `visits`, all at `place`.
    """

    worker: Any = writer.Default
    index: str = "VECTORS"
    dimensions: int = 8
    url: str = "/notes/{note}?wait={x}"
    place: str = "AMS"
    visits: int = 200
    seed: int = 4

    @property
    def way(self) -> float:
        """Mean seconds from when the log has a write to when a query that follows at once looks, beside waiting."""
        usual, spread = facts.value("vectorize.query_time"), facts.value("vectorize.service_sigma")
        home = min(facts.value("r2.homes"), key=lambda place: (Links().rtt(self.place, place), place))
        return Links().rtt(self.place, home) + usual * exp(spread**2 / 2)

    def lab(self, row: int, replication: int = 0) -> Lab:
        """The row's lab, or one of several, with nothing in it."""
        seed = (1000 * self.seed + row) * 100 + replication
        return Lab(self.worker, vectorize={self.index: self.dimensions}, seed=seed)

    def visit(self, at: float, note: int, x: float = 0.0) -> Visit:
        return Visit(at, self.place, self.url.replace("{note}", f"note-{note}").replace("{x}", f"{x:g}"))

    def others(self, random: Random, writes_per_s: float, begin: float, end: float) -> Iterator[Other]:
        """Writes of others at random moments."""
        if writes_per_s:
            for at in traffic.moments(random, writes_per_s, begin, end):
                yield Other(at, self.index, self.place, self.dimensions)

    def seen(self, lab: Lab, happenings: Iterable[Happening], since: float) -> list[Seen]:
        """What the visits did that set out at `since` or later, once all that they wrote is found."""
        traffic.play(lab, list(happenings))
        lab.run(lab.advance(3 * LONGEST))
        visits = traffic.sent_since(lab, since)
        by_request = {visit.request: Seen([], []) for visit in visits}
        for event in sorted(lab.trace.where("vectorize"), key=lambda event: event.start):
            if event.request in by_request and event.operation in WRITES + LOOKS:
                seen = by_request[event.request]
                (seen.writes if event.operation in WRITES else seen.looks).append(event)
        found = [seen for seen in by_request.values() if seen.writes]
        if not found:
            status = visits[-1].outcome if visits else "none"
            raise LabError(f"{len(visits)} visits to {self.url} wrote nothing to the index {self.index!r}. The last "
                           f"status was {status}; see the logs of a lab of yours.")  # fmt: skip
        return found


def looked(seen: Iterable[Seen]) -> list[Seen]:
    """Those that looked after they had written; refuses where none did."""
    found = [each for each in seen if each.looks]
    if not found:
        raise LabError(f"No visit that wrote looked for it: none of {', '.join(LOOKS)}.")
    return found


def is_unfound(seen: Seen) -> bool:
    """Whether the last look of a visit does not have all that it wrote last."""
    return not set(seen.writes[-1].detail["ids"]) <= set(seen.looks[-1].detail.get("ids", ()))


def lags(lab: Lab, seen: Iterable[Seen]) -> list[float]:
    """Seconds from the log's having the first write of each visit until its last is found."""
    ends = {name: job.end for job in lab.trace.where("vectorize", "job") for name in job.detail["mutations"]}
    return [ends[each.writes[-1].detail["mutation"]] - each.writes[0].detail["kept"] for each in seen]
