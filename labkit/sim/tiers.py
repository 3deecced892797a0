"""Caches behind caches: what reaches the next tier, and which share of that it answers.

The misses of one tier are the requests of the next. They are no Poisson stream: a child that has just missed asks for
nothing for a TTL. Three ways in which tiers are kept are told apart, each with Poisson reads at lam for one key at each
of n children with TTL T, whose misses come at mu = lam / (1 + lam T).

- A TTL of its own, U, from the parent's own fetch (`parent_hit_ratio`): M / (1 + M), M the requests expected in a
  window U after a request. Exact for one child, whose misses are a renewal process; for more, the others are taken as
  they are at any moment, which is an approximation, as superposed renewals are no renewal process. So are such networks
  analysed by N. Choungmo Fofack, P. Nain, G. Neglia and D. Towsley, "Performance evaluation of hierarchical TTL-based
  cache networks", Computer Networks 65 (2014), for timers that each request renews. That paper is known here by its
  abstract; the formulas are derived anew, and held to simulation.
- Copies that go on ageing (HTTP's Age; a domain with tiered cache): the whole tree expires at once (`aged_hit_ratio`).
  Exact for any n.
- A tier that hears of writes and keeps a value until then (Workers KV): `informed_hit_ratio`. Exact for any n.

Assumed: fetches take no time, nothing is thrown out for room, children are alike and independent.
"""

from __future__ import annotations

import numpy as np

from labkit.sim import ttl
from labkit.sim.ttl import at_least

STEPS = 4000


def miss_rate(requests_per_s: float, child_ttl: float) -> float:
    """Misses/s of one child: lam / (1 + lam T)."""
    return requests_per_s / (1 + requests_per_s * child_ttl)


def renewals(window: float, requests_per_s: float, child_ttl: float) -> float:
    """The misses of one child expected in `window` seconds after one of them: sum over n of P[n T + Gamma(n) <= U]."""
    counts = range(1, int(window / child_ttl) + 1)
    chances = (at_least(n, np.array([requests_per_s * (window - n * child_ttl)]))[0] for n in counts)
    return float(sum(chances))


def parent_hit_ratio(requests_per_s: float, child_ttl: float, parent_ttl: float, children: int = 1) -> float:
    """The share of the children's misses that a parent with a fixed TTL answers: M / (1 + M). Exact for one child.

    M = renewals of the asking child + (n - 1) mu U.
    """
    others = (children - 1) * miss_rate(requests_per_s, child_ttl) * parent_ttl
    asked = renewals(parent_ttl, requests_per_s, child_ttl) + others
    return asked / (1 + asked)


def poisson_parent_hit_ratio(requests_per_s: float, child_ttl: float, parent_ttl: float, children: int) -> float:
    """The same, were the misses of all children one Poisson stream: n mu U / (1 + n mu U). Right for many children."""
    return float(ttl.fixed_hit_ratio(children * miss_rate(requests_per_s, child_ttl), parent_ttl))


def aged_hit_ratio(requests_per_s: float, shared_ttl: float, children: int) -> float:
    """The share of the children's misses that the parent answers where copies go on ageing: 1 - 1 / (1 + (n-1) q).

    q = 1 - e^(-lam T). All copies of a generation expire together: one child fetches the next, and each of the others
    asks the parent once, if it is asked at all before that expires too.
    """
    return float(1 - 1 / (1 - (children - 1) * np.expm1(-requests_per_s * shared_ttl)))


def informed_hit_ratio(requests_per_s: float, child_ttl: float, writes_per_s: float, children: int) -> float:
    """The share of the children's misses answered by a tier that each write clears: 1 - w (1 - I) / (n mu).

    I = integral of w e^(-w s) G(s)^n ds is the chance that no child misses between two writes, where G(s) is that of
    one child missing nothing for s seconds from any moment: (T + 1/lam - s) / (T + 1/lam) up to T, and from there
    e^(-lam (s - T)) / (1 + lam T). So w (1 - I) fetches a second go on, one at most for each write.
    """
    beyond = np.geomspace(1e-6, 40, STEPS) / requests_per_s
    ends = np.concatenate((np.linspace(0, child_ttl, STEPS), child_ttl + beyond))
    cycle = child_ttl + 1 / requests_per_s
    tail = np.exp(-requests_per_s * np.maximum(ends - child_ttl, 0)) / requests_per_s
    quiet = ((np.maximum(child_ttl - ends, 0) + tail) / cycle) ** children
    unasked = np.trapezoid(writes_per_s * np.exp(-writes_per_s * ends) * quiet, ends)
    return float(1 - writes_per_s * (1 - unasked) / (children * miss_rate(requests_per_s, child_ttl)))


def to_parent(at: np.ndarray, missed: np.ndarray, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The keys and moments of the requests that go on to the parent: re-keyed, and sorted by key and time."""
    order = np.lexsort((at[missed], key[missed]))
    return key[missed][order], at[missed][order]


def aged_misses(stream: np.ndarray, child: np.ndarray, lifetime: int) -> tuple[np.ndarray, np.ndarray]:
    """Which requests of a tree whose copies go on ageing miss at their child, and which of those the parent too.

    `stream` holds all children's requests as sorted words (key | time), `child` whose each one is, `lifetime` is the
    TTL in ticks. A generation of copies begins with a request that finds none anywhere and lasts for a TTL: a child
    misses at its own first request of it.
    """
    fetches = ttl.fills(stream, lifetime)
    generation = np.repeat(np.arange(fetches.size), np.diff(fetches, append=stream.size))
    first = np.unique(generation * (child.max(initial=0) + 1) + child, return_index=True)[1]
    return np.sort(first), fetches


def informed_hits(key: np.ndarray, at: np.ndarray, writes: np.ndarray) -> np.ndarray:
    """Which requests of `to_parent` find what the one before fetched: no write in between, and the same key."""
    version = np.searchsorted(writes, at, side="right")
    hit = np.zeros(at.size, dtype=bool)
    hit[1:] = (np.diff(version) == 0) & (np.diff(key) == 0)
    return hit
