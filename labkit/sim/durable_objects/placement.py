"""Placement at birth: how far an object is from the people who use it, by who happened to ask first.

An object is born near its first request and stays there for good. Where its users live together that is near all of
them; where the first of them is a traveller, or a test from elsewhere, all the others pay for ever. A hint names the
region instead. Even the first user's object is often in another city: a ninth of the places host any, and none in
South America, Africa or the Middle East (https://developers.cloudflare.com/durable-objects/reference/data-location/).

Theory: the mean over all pairs of a first and another user of the round trip from the other's place to the object's,
sum_u sum_v p_u p_v rtt(v, birth(u)), times the mean of a lognormal jitter, plus the object's computing; and the share
of the requests whose way takes longer than a limit, likewise. p is uniform over the places of one region for the share
of the users that are at `home`, and over all places for the rest. In ms. The round trips are this project's
(`labkit.network.links`, right to about 10 %); birth is the rule of the emulator, which has the reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import cache, partial
from typing import Any

import numpy as np

from labkit.emulators.durable_objects import placement as rules
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.network.links import Links
from labkit.network.places import PLACES
from labkit.sim import streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.durable_objects import sources, trips
from labkit.sim.durable_objects.work import ASSUMPTION, BASE, STEP
from labkit.sim.durable_objects.yours import BEGIN, Yours, took
from labkit.sim.estimates import Estimate, of_ratio, replicated

AT_HOME = (0, 0.25, 0.5, 0.75, 1)
OBJECTS, OTHERS = 1000, 5
COMPUTING = BASE + STEP
LAST = BEGIN + 1
"""Seconds after which the first of the other users comes: the object is born by then."""
ASSUMPTIONS = (
    "which 38 places host objects is a guess; links are right to about 10 %, with lognormal jitter of 5 %.",
    ASSUMPTION,
)
MEAN = Axes("Placement at birth", "share of users at home", "mean ms to the object and back")
FAR = Axes("Placement at birth", "share of users at home", "share of requests that are far from their object")


def weights(at_home: float, home: str) -> np.ndarray:
    """The chance of each place that a user is there: `at_home` of them in that region, the rest anywhere, evenly."""
    inside = np.array([place.region == home for place in PLACES.values()])
    if not inside.any():
        regions = sorted({place.region for place in PLACES.values()})
        raise LabError(f"home={home!r}: it is one of the regions {', '.join(regions)}.")
    return at_home * inside / inside.sum() + (1 - at_home) / inside.size


@cache
def rtts(hint: str | None) -> np.ndarray:
    """Median round trips in s to an object: a row for the place of each first user, a column for that of another."""
    codes, world = list(PLACES), Lab().world
    births = [codes.index(rules.birthplace(world, code, hint, None)) for code in codes]
    return _matrix()[births]


@cache
def _matrix() -> np.ndarray:
    return Links().matrix(list(PLACES))


def mean_way(at_home: float, home: str, hint: str | None) -> float:
    """Milliseconds of a user's call of an object, on average over first and other users."""
    users = weights(at_home, home)
    return 1000 * float(users @ rtts(hint) @ users * trips.MEAN_STRETCH + COMPUTING)


def far_share(at_home: float, home: str, hint: str | None, beyond_ms: float) -> float:
    """The share of the calls that take longer than `beyond_ms`."""
    users = weights(at_home, home)
    return float(users @ (1 - trips.within(np.array(beyond_ms / 1000 - COMPUTING), rtts(hint))) @ users)


def model(row: int, at_home: float, *, seed: int, home: str, hint: str | None, beyond_ms: float | None) -> Estimate:
    """The mean ms, or the share beyond a limit, over 1,000 objects with five other users each, twenty times."""
    return replicated(partial(_calls, at_home, seed, row, home, hint, beyond_ms))


def _calls(at_home: float, seed: int, row: int, home: str, hint: str | None, beyond_ms: float | None,
           replication: int) -> tuple[float, int]:  # fmt: skip
    random = streams.generator(seed, row, replication)
    users = random.choice(len(PLACES), (OBJECTS, 1 + OTHERS), p=weights(at_home, home))
    medians = rtts(hint)[users[:, :1], users[:, 1:]]
    took_ms = 1000 * (trips.draw(random, medians, *medians.shape) + COMPUTING)
    return float(_watched(took_ms, beyond_ms).sum()), took_ms.size


def _watched(took_ms: np.ndarray, beyond_ms: float | None) -> np.ndarray:
    return took_ms if beyond_ms is None else took_ms > beyond_ms


def observe(row: int, at_home: float, *, yours: Yours, home: str, beyond_ms: float | None) -> Estimate:
    """The same on a lab: each object has a first user and then others, and is a replication."""
    codes, visits = list(PLACES), []
    for number, name in enumerate(yours.names()):
        random = yours.generator(row, number)
        users = random.choice(len(codes), 1 + yours.visits, p=weights(at_home, home))
        visits += [("" if n == 0 else name, yours.visit(n and LAST + n, place=codes[user], object=name))
                   for n, user in enumerate(users)]  # fmt: skip
    found = yours.played(yours.open(row), visits)
    ms = [_watched(1000 * np.array([took(calls) for calls in each]), beyond_ms) for each in found]
    return of_ratio([each.sum() for each in ms], [each.size for each in ms])


def placement(
    worker: Any = sources.ROOM, *, at_home: Sequence[float] = AT_HOME, home: str = "WEUR", hint: str | None = None,
    beyond_ms: float | None = None, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean ms of a call against the share of an object's users who live in the region `home`, in three views.

    With `hint`, such as "weur", the object is born in that region; with `beyond_ms`, it is the share of calls that take
    longer. `asked` is as in `Yours`, with `{object}` in the `url`; a Worker of one's own gives the hint itself.
    """
    seed = streams.own(seed, "placement", home, hint, beyond_ms)
    usual = {"url": f"/{{object}}/{hint or 'none'}", "objects": 150, "visits": 4,
             "lab": {"durable_objects": {"ROOM": "Room"}}}  # fmt: skip
    yours = worker and Yours(worker, seed=seed, **{**usual, **asked})
    shared = {"home": home, "hint": hint}
    theory = partial(mean_way if beyond_ms is None else partial(far_share, beyond_ms=beyond_ms), **shared)
    return three_views(
        MEAN if beyond_ms is None else FAR, at_home, theory, partial(model, seed=seed, beyond_ms=beyond_ms, **shared),
        yours and partial(observe, yours=yours, home=home, beyond_ms=beyond_ms), executor=executor,
        label=f"hinted to {hint}" if hint else "born at the first request", assumptions=ASSUMPTIONS,
    )  # fmt: skip
