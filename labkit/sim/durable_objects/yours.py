"""The learner's Worker as the third view: many objects on one lab, what each call of them took, from the trace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.network.links import Links
from labkit.sim import streams, traffic
from labkit.sim.durable_objects import sources
from labkit.sim.traffic import Visit
from labkit.trace import Event

QUIET = Links(jitter=0.0, last_mile=0.0)
"""A network on which a request arrives exactly when it is meant to."""
BEGIN = 1.0
"""Seconds by which the objects are born: a new name costs a round trip to the farthest host."""

Visits = Sequence[tuple[str, Visit]]
"""Visits, each with the name of the replication that it belongs to."""


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: `url` makes it call an object, `objects` of which are the replications.

    Each has about `visits` in a row. Visitors enter at `place`, where the objects are born. `lab` holds the Lab's own
    options.
    """

    worker: Any = sources.COUNTER
    url: str = ""
    objects: int = 20
    visits: int = 40
    seed: int = 4
    place: str = "LHR"
    lab: dict[str, Any] = field(default_factory=lambda: {"durable_objects": {"COUNTER": "Counter"}})

    def open(self, row: int, network: Links | None = None) -> Lab:
        """The row's lab, with nothing in it."""
        options = {} if network is None else {"network": network}
        return Lab(self.worker, seed=1000 * self.seed + row, **options, **self.lab)

    def names(self) -> list[str]:
        return [f"n{number}" for number in range(self.objects)]

    def random(self, row: int, number: int) -> Random:
        """The dice of one replication for when visitors come."""
        return Random(f"{self.seed} {row} {number}")

    def generator(self, row: int, number: int):
        return streams.generator(self.seed, row, number)

    def visit(self, at: float, *, place: str = "", **parts: Any) -> Visit:
        """A visit at some seconds; `parts` are what stands in braces in the URL."""
        url = self.url
        for name, value in parts.items():
            url = url.replace(f"{{{name}}}", f"{value:g}" if isinstance(value, float) else str(value))
        return Visit(at, place or self.place, url)

    def played(self, lab: Lab, visits: Visits) -> list[list[list[Event]]]:
        """The calls of objects that each visit made, for each replication in turn; calls are as the caller saw them.

        A visit of which nobody is the owner, named "", is played and left out.
        """
        responses = traffic.play(lab, [visit for _, visit in visits])
        made = calls_by_request(lab.trace.where("durable_objects"))
        found: dict[str, list[list[Event]]] = {name: [] for name in self.names()}
        for (name, _), response in zip(visits, responses, strict=True):
            if name:
                found[name].append(made.get(int(response.headers["cf-ray"].partition("-")[0], 16), []))
        if not any(each for visits_of in found.values() for each in visits_of):
            status = responses[-1].status if responses else "none"
            raise LabError(f"{len(visits)} visits to {self.url} called no Durable Object that answered. The last "
                           f"status was {status}; see the logs of a lab of yours.")  # fmt: skip
        return list(found.values())


def calls_by_request(events: Iterable[Event]) -> dict[int, list[Event]]:
    """The calls and requests that reached objects and were answered, by the request that made them."""
    found: dict[int, list[Event]] = {}
    for event in events:
        if "method" in event.detail and event.outcome == "ok":
            found.setdefault(event.request, []).append(event)
    return found


def took(calls: Iterable[Event]) -> float:
    """Seconds that a visit's calls took, one after another or not, as their sum."""
    return sum(call.seconds for call in calls)
