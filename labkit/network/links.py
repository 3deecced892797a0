"""How long a message takes between two places, and between a client and its place.

| | |
|---|---|
| modelled | Round trips along the shortest route through 31 gateways (`hubs.toml`), direct within an area |
| | Jitter: each message's time is lognormal around the median, 5 % wide; seeded |
| | The last mile: a client's round trip to its place, lognormal, median 10 ms, 95th percentile 50 ms |
| simplified | One figure for a pair, the same both ways, at every hour and for every size of message |
| | A country hangs on the gateways of its area, so a nearer exchange across a border is missed |
| not modelled | TCP and TLS handshakes, congestion, loss (see `faults`), anycast that misses the nearest place |
| sources | Form and constants fitted to the median round trips between 50 Azure regions (Microsoft, 2025) |
| error | Median 10.5 % on regions left out of the fit (p90 29 %), 6.2 % on IBM Cloud's regions; a straight line 14 % |
| | Neighbours: up to 5 ms too slow. Israel and Qatar, whose real routes wind: 2 to 5 times too fast |

Say the error wherever a figure of this model is a result. The constants are in `labkit/facts/network.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from math import exp, inf, log
from random import Random

from labkit import facts
from labkit.network.places import FOLDER, great_circle_km, place

P95_SIGMAS = 1.645


class Links:
    """Times between places, in seconds. `jitter` is relative, `last_mile` the median of a client's round trip."""

    def __init__(self, *, jitter: float | None = None, last_mile: float | None = None):
        usual, p95 = facts.value("network.last_mile"), facts.value("network.last_mile_p95")
        self.jitter = facts.value("network.jitter") if jitter is None else jitter
        self._last_mile = usual if last_mile is None else last_mile
        self._last_mile_sigma = log(p95 / usual) / P95_SIGMAS

    def rtt(self, a: str, b: str) -> float:
        """Seconds of a round trip between two places: the median, without jitter."""
        return 2 * half_rtt(a, b)

    def one_way(self, a: str, b: str, random: Random) -> float:
        """Seconds that one message takes from `a` to `b`, with jitter."""
        return half_rtt(a, b) * exp(random.gauss(0.0, self.jitter))

    def last_mile(self, random: Random) -> float:
        """Seconds of a round trip between a client, drawn at random, and its place."""
        return self._last_mile * exp(random.gauss(0.0, self._last_mile_sigma))

    def matrix(self, codes: Sequence[str]):
        """Median round trips in seconds as a square numpy array, rows and columns in the order of `codes`."""
        import numpy as np

        return np.array([[self.rtt(a, b) for b in codes] for a in codes])


@cache
def half_rtt(a: str, b: str) -> float:
    """Median seconds one way. Remembered for each pair, since every message asks."""
    if place(a) == place(b):
        return 0.0
    return rtt_of(route_km(*sorted((a, b)))) / 2


def rtt_of(km: float) -> float:
    """Seconds of a round trip over a route of that length: the only place that turns distance into time."""
    return (facts.value("network.rtt_base_ms") + facts.value("network.rtt_ms_per_km") * km) / 1000


def route_km(a: str, b: str) -> float:
    """Kilometres of the route between two places: the great circle within an area, else through gateways."""
    p, q = place(a), place(b)
    if p.area == q.area:
        return great_circle_km(p.latitude, p.longitude, q.latitude, q.longitude)
    between = gateway_km()
    out, back = access_km(a), access_km(b)
    return min(out[g] + between[g][h] + back[h] for g in out for h in back)


@cache
def access_km(code: str) -> dict[str, float]:
    """Kilometres from a place to each gateway of its area."""
    here, graph = place(code), hubs()
    gateways = graph["areas"][here.area]
    return {g: great_circle_km(here.latitude, here.longitude, *graph["gateways"][g]) for g in gateways}


@cache
def gateway_km() -> dict[str, dict[str, float]]:
    """Kilometres between all gateways over the shortest chain of links, each link charged its toll (Floyd-Warshall)."""
    gateways, toll = hubs()["gateways"], facts.value("network.rtt_hop_km")
    km = {a: {b: 0.0 if a == b else inf for b in gateways} for a in gateways}
    for pair in hubs()["links"]["pairs"].split():
        a, b = pair.split("-")
        km[a][b] = km[b][a] = great_circle_km(*gateways[a], *gateways[b]) + toll
    for via in gateways:
        for a in gateways:
            reach = km[a][via]
            km[a] = {b: min(direct, reach + km[via][b]) for b, direct in km[a].items()}
    return km


@cache
def hubs() -> dict:
    """The graph of gateways as `hubs.toml` has it."""
    return tomllib.loads((FOLDER / "hubs.toml").read_text(encoding="utf-8"))
