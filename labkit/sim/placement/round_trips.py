"""Round trips: a Worker asks one far database N questions in a row, and runs beside the visitor or beside the data.

Beside the visitor every question crosses the ocean, beside the data only the request does: with N questions of s
seconds and a round trip of R between the visitor's place and the data, N (R + s) against R + N s. One question is
never worth moving for, two nearly always are. Smart placement finds out by itself: it compares how long the Worker
takes where it has run, forwards where that saves enough, and keeps 1 % of requests at home to compare with.

R is drawn anew for each message, lognormal around the median (`labkit.network.links`), so means carry a factor of
e^(sigma^2 / 2); the visitor's own last mile is added. Smart placement forwards where R + S(data) < 0.9 S(there), S the
time that the Worker takes; no third place is better than the data's own, where S is least. How it decides:
https://developers.cloudflare.com/workers/configuration/placement/ (what is much faster is an assumption).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache, partial
from math import exp
from typing import Any

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.network.links import Links
from labkit.services import Origin
from labkit.sim import refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean, replicated
from labkit.sim.placement import reader
from labkit.sim.traffic import Visit
from labkit.sim.workers.latency import LAST_MILE, SERVICE, SIGMA

QUERIES = (1, 2, 3, 5, 8)
REQUESTS = 10_000
BESIDE_THE_VISITOR, BESIDE_THE_DATA, SMART = "beside the visitor", "beside the data", "smart"
MODES = (BESIDE_THE_VISITOR, BESIDE_THE_DATA, SMART)
ANALYSIS, BASELINE, LEAST_GAIN = (
    float(facts.value(f"placement.{name}")) for name in ("analysis", "baseline", "least_gain")
)
JITTER = float(facts.value("network.jitter"))
LEARNING = 22
"""Requests at each place before the analysis: a few more than make it a candidate."""
DATABASE, REGION = "db.example", "aws:us-east-1"
AXES = Axes("Placement", "questions to the database, one after the other", "mean seconds until the answer", whole=True)
ASSUMPTION = (
    "smart placement forwards where that saves a tenth of the time; links are right to about 10 %, and the last mile "
    "is lognormal with a median of 10 ms."
)


@dataclass(frozen=True)
class World:
    """Visitors spread evenly over `places`, and a database at `home` that takes `thinks` seconds for a question."""

    places: tuple[str, ...]
    home: str = "IAD"
    thinks: float = 0.001

    def rtt(self) -> np.ndarray:
        """Median seconds of a round trip from each place to the data."""
        return np.array([Links().rtt(place, self.home) for place in self.places])

    def ran(self, queries: float) -> np.ndarray:
        """Mean seconds that the Worker takes at each place."""
        return SERVICE + queries * (self.rtt() * mean_jitter() + self.thinks)

    def remote(self, mode: str, queries: float) -> np.ndarray:
        """The share of each place's requests that runs beside the data instead of there."""
        if mode == SMART:
            here, there = self.ran(queries), self.ran(queries)[self.places.index(self.home)]
            return (1 - BASELINE) * (there + self.rtt() < (1 - LEAST_GAIN) * here)
        return np.full(len(self.places), float(mode == BESIDE_THE_DATA))


@cache
def mean_jitter() -> float:
    """How much longer than the median a message takes on average."""
    return exp(JITTER**2 / 2)


def mean_answer(queries: float, *, mode: str, world: World) -> float:
    """Mean seconds from a visitor's request to the answer, over all places: last mile, the Worker, the questions."""
    way, remote = world.rtt() * mean_jitter(), world.remote(mode, queries)
    crossings = remote + (1 - remote) * queries
    fixed = LAST_MILE * exp(SIGMA**2 / 2) + SERVICE + queries * world.thinks
    return float(fixed + np.mean(crossings * way))


def share_forwarded(queries: float, world: World) -> float:
    """The share of all requests that smart placement runs beside the data."""
    return float(world.remote(SMART, queries).mean())


def model(row: int, queries: float, *, seed: int, mode: str, world: World) -> Estimate:
    """The mean over 10,000 requests, twenty times: every message with its own jitter."""
    way, remote = world.rtt() / 2, world.remote(mode, queries)
    return replicated(partial(_seconds, int(queries), seed, row, way, remote, world.thinks))


def _seconds(queries: int, seed: int, row: int, way: np.ndarray, remote: np.ndarray, thinks: float, replication: int):
    random = streams.generator(seed, row, replication)
    who = random.integers(0, way.size, REQUESTS)
    messages = 2 * np.where(random.random(REQUESTS) < remote[who], 1, queries)
    jitters = random.lognormal(0, JITTER, int(messages.sum()))
    travelled = np.add.reduceat(jitters, np.cumsum(messages) - messages) * way[who]
    last_miles = LAST_MILE / 2 * random.lognormal(0, SIGMA, (2, REQUESTS)).sum(axis=0)
    return float((travelled + last_miles).sum() + REQUESTS * (SERVICE + queries * thinks)), REQUESTS


@dataclass(frozen=True)
class Yours:
    """A Worker that asks the host named by `env.DATABASE` as often as `url` says.

    Where `url` has `{queries}` in it, that is their number. Each place is visited `visits` times: every round over all
    of them is a replication.
    """

    worker: Any
    mode: str
    world: World
    url: str = "/?queries={queries}"
    visits: int = LEAST_REPLICATIONS
    seed: int = 4

    def lab(self, row: int) -> Lab:
        """The row's lab, its Worker placed as the mode has it."""
        config = {BESIDE_THE_DATA: {"region": REGION}, SMART: {"mode": "smart"}, BESIDE_THE_VISITOR: {"mode": "off"}}
        origin = Origin("row", place=self.world.home, seconds=self.world.thinks)
        return Lab(self.worker, {"placement": config[self.mode]}, vars={"DATABASE": DATABASE},
                   origins={DATABASE: origin}, seed=1000 * self.seed + row)  # fmt: skip

    def rounds(self, count: int, begin: float, queries: float) -> list[Visit]:
        """So many visits to each place, one after the other, so that none waits for another."""
        url = self.url.replace("{queries}", f"{queries:g}")
        return [Visit(begin + number, place, url) for number in range(count) for place in self.world.places]


def observe(row: int, queries: float, *, yours: Yours) -> Estimate:
    """The same on a lab: visits once isolates are warm and, where placement is smart, once it has decided."""
    lab, begin = yours.lab(row), 0.0
    if yours.mode == SMART:
        traffic.play(lab, yours.rounds(LEARNING, 0.0, queries))
        begin = ANALYSIS
    traffic.play(lab, yours.rounds(2, begin, queries))  # the first of them start cold
    since = lab.now + 1
    traffic.play(lab, yours.rounds(yours.visits, since, queries))
    visits = traffic.sent_since(lab, since)
    if not traffic.part_of(visits, lab, "fetch", "GET"):
        raise LabError(f"{len(visits)} visits to {yours.url} asked {DATABASE} nothing; the last status was "
                       f"{visits[-1].outcome}. The Worker fetches from the host that env.DATABASE names.")  # fmt: skip
    by_place = {place: [v.seconds for v in visits if v.place == place] for place in yours.world.places}
    every_round = np.array([by_place[place] for place in yours.world.places])
    return of_mean(every_round.mean(axis=0), counted=len(visits))


def round_trips(
    worker: Any = reader.Default, *, mode: str = BESIDE_THE_VISITOR, queries: Sequence[float] = QUERIES,
    places: int = 40, thinks: float = 0.001, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean time to the answer against the number of questions in a row, in three views.

    `mode` is one of `BESIDE_THE_VISITOR`, `BESIDE_THE_DATA` (in Washington) and `SMART`. `worker` asks
    `env.DATABASE`; `asked` says how, as in `Yours`.
    """
    refusals.one_of(MODES, mode=mode)
    refusals.whole(1, queries=queries)
    refusals.from_0(thinks=thinks)
    cities = dict.fromkeys([*traffic.cities(places - 1), "IAD"])
    world = World(tuple(cities), thinks=thinks)
    yours = Yours(worker, mode, world, seed=seed, **asked)
    shared = {"mode": mode, "world": world}
    return three_views(
        AXES, queries, partial(mean_answer, **shared), partial(model, seed=seed, **shared),
        worker and partial(observe, yours=yours), executor=executor, label=mode, assumptions=(ASSUMPTION,),
    )  # fmt: skip
