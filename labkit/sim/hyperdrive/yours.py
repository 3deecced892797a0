"""The learner's Worker as the third view: a lab with a Hyperdrive, and what its Worker did there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from labkit import facts
from labkit.lab import Lab
from labkit.sim import traffic, ways
from labkit.trace import Event

THROUGH, STRAIGHT = (Path(__file__).with_name(f"{name}.py") for name in ("through", "straight"))
"""The Workers that are asked where the learner gives none: files, so that each isolate has a driver of its own."""
ORIGIN: str = facts.value("hyperdrive.origin_place")
CPU = facts.value("workers.cpu_base_ms") / 1000
EDGE, HOP = float(facts.value("hyperdrive.edge")), float(facts.value("hyperdrive.pool_rtt"))
QUERY = float(facts.value("hyperdrive.query_service"))
HANDSHAKES = int(facts.value("hyperdrive.handshakes"))
TIMES_ASSUMED = (
    f"a query takes {1000 * QUERY:g} ms at the database, {1000 * HOP:g} ms between the pool and it, {1000 * EDGE:g} ms "
    "at the edge; no figures are published."
)
NETWORK_ASSUMED = "links are right to about 10 %, with 5 % of jitter; no time goes to a lost message."


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: Hyperdrive is bound as `hyperdrive`, its database has what `setup` makes.

    Each row plays a lab of its own, on which all visitors stand at their place. `DATABASE`, the database's own host, is
    a variable of the Worker's.
    """

    worker: Any
    hyperdrive: str = "HD"
    setup: str = "CREATE TABLE flags (key TEXT PRIMARY KEY, value TEXT)"
    url: str = ""
    places: int = 100
    visits: int = 300
    seed: int = 4
    vars: dict[str, Any] | None = None

    def lab(self, row: int, **settings: Any) -> Lab:
        """The row's lab; `settings` are those of the configuration."""
        config = {"hyperdrive": [{"binding": self.hyperdrive, "id": "hd-1"}]}
        variables = {"DATABASE": "db.example.com", **(self.vars or {})}
        network = ways.without_last_mile()
        lab = Lab(self.worker, config, vars=variables, network=network, seed=1000 * self.seed + row)
        lab.hyperdrive(self.hyperdrive).configure(**settings)
        if self.setup:
            lab.hyperdrive(self.hyperdrive).execute(self.setup)
        return lab

    def random(self, row: int) -> Random:
        """The row's dice for when visitors come."""
        return Random(f"{self.seed} {row}")

    def queries(self, lab: Lab, since: float) -> list[Event]:
        """The queries of visits that set out at `since` or later, by the time they began. Refuses a Worker without."""
        visits = traffic.sent_since(lab, since)
        queries = traffic.part_of(visits, lab, "hyperdrive", "query")
        if not queries:
            raise traffic.unasked(visits, self.url, "the database")
        return sorted(queries, key=lambda query: query.start)


def requests(lab: Lab, visits: Iterable[Event]) -> list[Event]:
    """What the Worker did for these visits, as the trace's events of its handler, which leave a cold start out."""
    return traffic.part_of(visits, lab, "workers", "fetch")
