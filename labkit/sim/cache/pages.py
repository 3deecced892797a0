"""Many pages in the Cache API: the hit ratio of a place over pages of very different popularity, against max-age.

Popularity follows Zipf's law: the page of rank k is asked for in proportion to k ** -alpha. Each page is a cache of
its own, so the hit ratio is the sum over pages, each weighted with its share of the requests. Doubling max-age helps
the middle of the list: the first pages hit anyway, the last are never asked for twice in time.

Theory: sum p_k lam_k T / (1 + lam_k T), with lam_k = p_k lam the requests/s for page k at the place and T = max-age
(the independent reference model: each request draws its page afresh; E. Coffman and P. Denning, "Operating Systems
Theory", 1973, gave it its name). In the long run, so model and lab begin with the copies that places then hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import chain
from typing import Any

from labkit.sim import pops, refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.cache import saver
from labkit.sim.cache.yours import Yours, is_hit
from labkit.sim.estimates import Estimate, replicated

AGES = (10, 30, 60, 300, 900, 3600)
AXES = Axes("Cache API, many pages", "max-age, s", "share of look-ups that hit", log_x=True)
REQUESTS = 100_000
MOST_PAGES = 500
"""Pages up to which the Worker is asked: a lab begins with a visit for each copy of each place."""


def mixture(max_age: float, *, requests_per_s: float, pages: int, alpha: float) -> float:
    """The long-run share of hits over all pages: sum p_k lam_k T / (1 + lam_k T)."""
    return pops.long_run_hit_ratio(pops.law(pages, alpha).probabilities, requests_per_s, max_age)


def model(row: int, max_age: float, *, seed: int, requests_per_s: float, pages: int, alpha: float) -> Estimate:
    """The hit ratio over about 100,000 requests of one place, twenty times."""
    return replicated(partial(_hits, max_age, seed, row, requests_per_s, pages, alpha))


def _hits(max_age: float, seed: int, row: int, requests_per_s: float, pages: int, alpha: float, place: int):
    random = streams.generator(seed, row, place)
    zipf, seconds = pops.law(pages, alpha), REQUESTS / requests_per_s
    requests, hits = pops.one_pop_long_since(random, requests_per_s * seconds, zipf, max_age, seconds)
    return hits, requests


def observe(row: int, max_age: float, *, yours: Yours, requests_per_s: float, pages: int, alpha: float) -> Estimate:
    """The same on a lab; each place is a replication."""
    lab, dice, law = yours.new_lab(row, MAX_AGE=int(max_age)), yours.random(row), pops.law(pages, alpha)
    per_s = {str(rank): rate for rank, rate in enumerate((requests_per_s * law.probabilities).tolist())}
    end = max_age + yours.visits / (requests_per_s * yours.places)
    arrivals = {colo: list(traffic.moments(dice, requests_per_s, max_age, end)) for colo in yours.cities()}
    ranks = iter(law.draw(streams.generator(yours.seed, row, 1), sum(map(len, arrivals.values()))).tolist())
    asked = chain.from_iterable(
        (yours.visit(at, colo, str(next(ranks))) for at in moments) for colo, moments in arrivals.items()
    )
    visits = yours.play(lab, yours.holders(row, per_s, max_age, max_age) + list(asked), max_age)
    matches = yours.looked_up(lab, visits)
    return yours.share(matches, filter(is_hit, matches))


def popularity(
    worker: Any = saver.Default, *, max_age: Sequence[float] = AGES, requests_per_s: float = 10, pages: int = 10_000,
    alpha: float = 1.0, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of hits over many pages against their max-age, in three views.

    `requests_per_s` are those of each place, all pages together. `worker` and `asked` are as in `caching`; `url` must
    have `{key}` in it. The Worker is asked at 20 places, and for 500 pages at most.
    """
    refusals.above_0(max_age=max_age, requests_per_s=requests_per_s)
    refusals.whole(1, pages=pages)
    shared = {"requests_per_s": requests_per_s, "pages": pages, "alpha": alpha}
    can_follow = worker and pages <= MOST_PAGES
    yours = Yours(worker, seed=seed, **{"places": 20, "visits": 2000, **asked}) if can_follow else None
    return three_views(
        AXES, max_age, partial(mixture, **shared), partial(model, seed=seed, **shared),
        yours and partial(observe, yours=yours, **shared), executor=executor,
    )  # fmt: skip
