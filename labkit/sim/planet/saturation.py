"""Saturation: what users in a closed loop get done, as there are more of them, at one object.

At first each new user adds 1 / (S + Z) requests a second; from (S + Z) / S users on, the object does 1 / S whatever the
users, and each new one makes all others wait S longer. Open traffic of that size would not wait: it would pile up.

Theory: `labkit.sim.closed_loop.throughput`, exact by mean value analysis for exponential services. The lab has no
network here; an invocation's computing is part of what it takes: of the object's service, and of the user's pause.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import closed_loop, refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean
from labkit.sim.planet.desk import SERVICE_S
from labkit.sim.planet.loads import Load, Mix
from labkit.sim.planet.planet import Planet
from labkit.sim.planet.users import ClosedLoop

BASE_S = facts.value("workers.cpu_base_ms") / 1000
ASSUMPTION = f"an invocation computes for {1000 * BASE_S:g} ms; no figure is published."
DESK = Path(__file__).with_name("desk.py")
"""As a file it is run once in each isolate, where dice are the lab's."""
USERS = (1, 5, 10, 15, 25)
SERVICES = 3000
ROUNDS = 2
"""Rounds of everybody that are left out at the start, when all think: after one, throughput is within 0.1 % of the
long run's (by the eigenvalues of M/M/1//N), after two within 0.01 %."""
AXES = Axes("Users who wait for their answers", "users of one object", "requests/s that they get done", whole=True)


def model(row: int, users: float, *, seed: int, think: float, service: float) -> Estimate:
    """The same over thousands of services, twenty times in step; what comes before the long run is left out."""
    random, replications = streams.generator(seed, row), LEAST_REPLICATIONS
    early = ROUNDS * int(users + closed_loop.saturation(think, service))  # services; in a round there are no more
    first = think * random.standard_exponential((replications, int(users)))
    thoughts, services = (mean * random.standard_exponential((early + SERVICES, replications))
                          for mean in (think, service))  # fmt: skip
    ended = closed_loop.ends(first, thoughts, services)
    return of_mean((SERVICES - 1) / (ended[-1] - ended[early]), replications * SERVICES)


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: `url`, with `{desk}` in it, makes it ask an object, of which there are `desks`.

    Each has users of its own, who go on for `seconds` once the long run has begun. `lab` holds the Lab's own options.
    """

    worker: Any = DESK
    url: str = "/{desk}"
    desks: int = LEAST_REPLICATIONS
    seconds: float = 30.0
    seed: int = 4
    lab: dict[str, Any] = field(default_factory=lambda: {"durable_objects": {"DESK": "Desk"}})

    def observe(self, row: int, users: float, *, think: float, service: float) -> Estimate:
        """Requests/s of each object's users."""
        lab = Lab(self.worker, seed=1000 * self.seed + row, network=None, **self.lab)
        early = ROUNDS * (think + users * service)
        results = Planet(lab, self._traffic(int(users), think), early + self.seconds, seed=self.seed * 1000 + row,
                         trace=True, label="your Worker").run()  # fmt: skip
        if not lab.trace.where("durable_objects"):
            raise LabError("Your Worker has asked no Durable Object: it has to call one, whose name is in the URL.")
        late = results.end >= results.begun + early
        in_time = results.end < results.begun + early + self.seconds
        counts = np.bincount(results.part[late & in_time & ~results.failed], minlength=self.desks)
        return of_mean(counts / self.seconds, int(counts.sum()))

    def _traffic(self, users: int, think: float) -> Load:
        urls = [self.url.replace("{desk}", f"desk{number}") for number in range(self.desks)]
        return Mix(tuple(ClosedLoop(users, think, places=["LHR"], url=url) for url in urls))


def saturation(
    worker: Any = DESK, *, users: Sequence[int] = USERS, think_s: float = 5.0,
    service_s: float = SERVICE_S, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """Requests/s against the users of one object that serves one at a time, `service_s` on average, exponential.

    `worker` is the Worker that is asked, in place of the one in `desk.py`; None leaves it out. `asked` says how, as in
    `Yours`: `url="/{desk}"`, `seconds=30`, `lab={"durable_objects": {"DESK": Desk}}`.
    """
    refusals.whole(1, users=users)
    refusals.above_0(think_s=think_s, service_s=service_s)
    means = {"think": think_s + BASE_S, "service": service_s + BASE_S}
    yours = Yours(worker, seed=seed, **asked) if worker else None
    return three_views(
        AXES, users, partial(_theory, **means), partial(model, seed=seed, **means),
        yours and partial(yours.observe, think=think_s, service=service_s), executor=executor,
        assumptions=(ASSUMPTION,),
    )  # fmt: skip


def _theory(users: float, **means: float) -> float:
    return closed_loop.throughput(int(users), **means)
