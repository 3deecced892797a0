"""The bill before the month: what so many requests will cost, from what one of each kind uses.

The prediction is arithmetic: shares times units times prices. The platform's own meters, read from the trace of a few
thousand requests to your Worker and scaled to the month, must come to the same sum; where they do not, something in the
code is used more often than its author thinks: a query without an index, a second read, a write on every visit.

Closed form: the bill of the expected quantities, x sum_k share_k units_k. Random is only which kind each request is.
Beyond an allowance, or below it, a bill is linear, so that this is also the expected bill; at the very edge of one a
random month costs more on average. A bill whose scale is thousands of times what was measured is that uncertain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import numpy as np

from labkit import billing
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean
from labkit.sim.pricing import platform, shop
from labkit.sim.pricing.shop import Kind
from labkit.sim.traffic import Visit

REQUESTS = (1e7, 3e7, 1e8, 3e8)
AXES = Axes("The month's bill", "requests a month", "US dollars a month", log_x=True)
SHOP = {"kv": ["SESSIONS"], "d1": ["DB"]}


def expected_units(requests: float, kinds: Sequence[Kind]) -> dict[str, float]:
    """What `requests` use in all, by meter, on average."""
    total: Counter[str] = Counter()
    for kind in kinds:
        for meter, used in kind.units.items():
            total[meter] += requests * kind.share * used  # pyright: ignore[reportArgumentType]
    return dict(total)


def expected_bill(requests: float, kinds: Sequence[Kind] = shop.KINDS) -> float:
    """US dollars of the month that uses just what is expected."""
    return platform.month(expected_units(requests, kinds))


def model(row: int, requests: float, *, seed: int, kinds: Sequence[Kind]) -> Estimate:
    """The bill of a month in which each request is of a random kind; twenty months."""
    draw = partial(_month, int(requests), kinds)
    bills = [draw(streams.generator(seed, row, number)) for number in range(LEAST_REPLICATIONS)]
    return of_mean(bills, int(requests) * LEAST_REPLICATIONS)


def _month(requests: int, kinds: Sequence[Kind], random: np.random.Generator) -> float:
    counts = random.multinomial(requests, [kind.share for kind in kinds])
    drawn = [Kind(kind.url, count / requests, kind.units) for kind, count in zip(kinds, counts, strict=True)]
    return platform.month(expected_units(requests, drawn))


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: `visits` times in all from `places`, by the kinds' urls and shares.

    `lab` holds the Lab's own options. `prepare` gets the lab before anybody comes, to make tables or write keys: what
    that uses is on nobody's bill.
    """

    worker: Any = shop.Default
    kinds: Sequence[Kind] = shop.KINDS
    places: int = 20
    visits: int = 1000
    seed: int = 4
    lab: dict[str, Any] = field(default_factory=lambda: SHOP)
    prepare: Callable[[Lab], object] = shop.prepared

    def used(self, row: int) -> list[dict[str, float]]:
        """What the visits of each place used, by meter, and what they left behind; they come within a minute."""
        lab, random = Lab(self.worker, seed=1000 * self.seed + row, **self.lab), Random(f"{self.seed} {row}")
        self.prepare(lab)
        begin, codes = lab.now, traffic.cities(self.places)
        traffic.play(lab, [visit for code in codes for visit in self._visits(random, begin, code)])
        lab.run(lab.advance(60))
        place_of = {visit.request: visit.place for visit in traffic.sent_since(lab, begin)}
        used = {code: Counter[str]() for code in codes}
        for event in lab.trace.events:
            if event.units and event.request in place_of:
                used[place_of[event.request]].update(event.units)  # pyright: ignore[reportArgumentType]
        return [dict(used[code]) for code in codes]

    @property
    def each(self) -> int:
        """How many visits a place has."""
        return max(1, self.visits // self.places)

    def _visits(self, random: Random, begin: float, code: str) -> list[Visit]:
        urls = random.choices([kind.url for kind in self.kinds], [kind.share for kind in self.kinds], k=self.each)
        return [Visit(begin + 60 * random.random(), code, url) for url in urls]


def observe(row: int, requests: float, *, yours: Yours) -> Estimate:
    """The bill of what the learner's Worker used, scaled to the month; each place is a month of its own."""
    scale = requests / yours.each
    bills = [platform.exactly(billing.price(used, scale=scale)) for used in yours.used(row)]
    return of_mean(bills, yours.each * yours.places)


def bill(
    worker: Any = shop.Default, *, requests: Sequence[float] = REQUESTS, kinds: Sequence[Kind] = shop.KINDS,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The month's bill against its requests, of which `kinds` says what each should use; `worker` is metered.

    `asked` is as in `Yours`: `lab={"kv": ["FLAGS"]}`, `prepare=lambda lab: ...`, `visits=1000`. None leaves it out.
    """
    if abs(sum(kind.share for kind in kinds) - 1) > 1e-9:
        raise LabError(f"the kinds' shares add up to {sum(kind.share for kind in kinds):g}, and must to 1")
    refusals.above_0(requests=requests)
    yours = Yours(worker, kinds, seed=seed, **asked) if worker else None
    return three_views(
        AXES, requests, partial(expected_bill, kinds=kinds), partial(model, seed=seed, kinds=kinds),
        yours and partial(observe, yours=yours), executor=executor, label="paid plan",
    )  # fmt: skip
