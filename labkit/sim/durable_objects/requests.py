"""Poisson requests to one object in its long run: as arrays for a model, as visits for a lab.

Both begin with the work that is there in the long run (`labkit.sim.backlog`), so that nothing has to warm up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from labkit.sim import backlog, queueing, traffic
from labkit.sim.backlog import Mix
from labkit.sim.durable_objects.yours import BEGIN, Visits, Yours


@dataclass(frozen=True)
class Requests:
    """`per_s` requests a second. Each kind of `mix` keeps the object busy for its seconds, and is asked for by `ms`."""

    per_s: float
    mix: Mix
    ms: tuple[float, ...] = ()

    @property
    def load(self) -> float:
        """The share of the time in which the object is busy, if it can answer all."""
        return self.per_s * self.mix.mean

    def served(self, random: np.random.Generator, seconds: float) -> queueing.Served:
        """What becomes of them during so many seconds. The first customer is the work that was there before."""
        requests = random.poisson(self.per_s * seconds)
        arrivals = np.concatenate(([0.0], np.sort(random.uniform(0, seconds, requests))))
        before = backlog.draw(random, self.per_s, self.mix)[1]
        services = np.take(self.mix.seconds, self.mix.draw(random, requests))
        return queueing.serve(arrivals, np.concatenate(([before], services)))

    def visits(self, yours: Yours, row: int, number: int, seconds: float) -> tuple[float, Visits]:
        """When the long run begins for an object, and its visits: its birth, who is there then, those that count."""
        name, random = yours.names()[number], yours.generator(row, number)
        ask = partial(yours.visit, object=name)
        there, left = backlog.draw(random, self.per_s, self.mix)
        begin = BEGIN + sum(self.mix.seconds[kind] for kind in there) - left
        arrivals = list(traffic.moments(yours.random(row, number), self.per_s, begin, begin + seconds))
        kinds = self.mix.draw(random, len(arrivals))
        return begin, [
            ("", ask(0, ms=self.ms[0])),
            *(("", ask(BEGIN, ms=self.ms[kind])) for kind in there),
            *((name, ask(at, ms=self.ms[kind])) for at, kind in zip(arrivals, kinds, strict=True)),
        ]
