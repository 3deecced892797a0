"""Closed forms of waiting, for Poisson arrivals in the long run: one server, several, and hashed shards.

`arrivals_per_s` is lam and `service` the mean time S of one service in seconds, so that the load of one server is
rho = lam S. At a load of 1 and beyond the queue grows for ever and every form gives infinity. Numbers or arrays where
the formula has no sum in it. Sources: L. Kleinrock, "Queueing Systems" I (1975), chapters 3 to 5; F. Pollaczek (1930)
and A. Y. Khinchine (1932); A. K. Erlang (1917). Checked against `labkit.sim.queueing`.
"""

from __future__ import annotations

from math import inf, log, sqrt

import numpy as np


def mg1_wait(arrivals_per_s, service, service_squared):
    """The mean wait for one server, any services: lam E[S^2] / (2 (1 - rho)), Pollaczek and Khinchine's formula."""
    load = np.multiply(arrivals_per_s, service)
    idle = np.maximum(1 - load, 0)
    with np.errstate(divide="ignore"):
        return np.where(load < 1, np.divide(np.multiply(arrivals_per_s, service_squared), 2 * idle), inf)[()]


def mm1_wait(arrivals_per_s, service):
    """The mean wait for one server, exponential services: rho S / (1 - rho), twice that of constant ones."""
    return mg1_wait(arrivals_per_s, service, 2 * np.square(service))


def md1_wait(arrivals_per_s, service):
    """The mean wait for one server, services that all take the same time: rho S / (2 (1 - rho))."""
    return mg1_wait(arrivals_per_s, service, np.square(service))


def mm1_sojourn_quantile(arrivals_per_s, service, share=0.99):
    """The time within which `share` of the customers have left: S ln(1 / (1 - share)) / (1 - rho), one server."""
    load = np.multiply(arrivals_per_s, service)
    with np.errstate(divide="ignore"):
        return np.where(load < 1, -np.log1p(-share) * service / np.maximum(1 - load, 0), inf)[()]


def mean_busy_period(arrivals_per_s: float, service: float) -> float:
    """The mean time from an arrival at an idle server until it is idle again: S / (1 - rho), any services."""
    load = arrivals_per_s * service
    return service / (1 - load) if load < 1 else inf


def erlang_b(load: float, servers: int) -> float:
    """The chance that all servers are busy where nobody waits, `load` = lam S of them at work if all were served.

    By recursion over the servers, which never overflows.
    """
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(load: float, servers: int) -> float:
    """The chance of having to wait for one of `servers` with one queue, exponential services (M/M/c)."""
    if load >= servers:
        return 1.0
    blocked = erlang_b(load, servers)
    return servers * blocked / (servers - load * (1 - blocked))


def mmc_wait(arrivals_per_s: float, service: float, servers: int) -> float:
    """The mean wait for one of `servers` with one queue, exponential services: C(c, lam S) S / (c - lam S)."""
    load = arrivals_per_s * service
    return erlang_c(load, servers) * service / (servers - load) if load < servers else inf


def mmc_wait_beyond(arrivals_per_s: float, service: float, servers: int, seconds: float) -> float:
    """The chance to wait longer than `seconds` for one of `servers`: C e^(-(c - lam S) t / S)."""
    load = arrivals_per_s * service
    return erlang_c(load, servers) * float(np.exp(-(servers - load) * seconds / service)) if load < servers else 1.0


def mdc_wait(arrivals_per_s: float, service: float, servers: int) -> float:
    """The mean wait for one of `servers` with one queue, constant services (M/D/c), for the load a = lam S:

    (S / a) ((a^2 - c (c - 1)) / (2 (c - a)) + sum_{j=1..c-1} 1 / (1 - z_j)), with z_j the roots of z^c = e^(-a (1 - z))
    inside of the unit circle (C. D. Crommelin, 1932). One server has no such root: then it is M/D/1.
    """
    load = arrivals_per_s * service
    if load >= servers:
        return inf
    if not load:
        return 0.0
    in_line = (load**2 - servers * (servers - 1)) / (2 * (servers - load))
    in_line += float(np.sum(1 / (1 - _crommelin_roots(load, servers))).real)
    return max(in_line, 0.0) / load * service


def _crommelin_roots(load: float, servers: int) -> np.ndarray:
    """The roots z_j, by Newton's method: each is on a branch of its own, z = e^(2 pi i j / c - (a / c) (1 - z))."""
    branches, share = np.exp(2j * np.pi * np.arange(1, servers) / servers), load / servers
    roots = np.zeros(servers - 1, dtype=complex)
    for _ in range(30):
        there = branches * np.exp(share * (roots - 1))
        roots -= (roots - there) / (1 - share * there)
    return roots


def sharded_wait(arrivals_per_s: np.ndarray, service: float) -> float:
    """The mean wait over shards of one server each, constant services: sum (lam_j / lam) W(lam_j).

    `arrivals_per_s` are those of each shard. Infinite as soon as one shard is overloaded: a key that is asked for
    with lam_k S >= 1 overloads its shard however many there are.
    """
    each = np.asarray(arrivals_per_s, dtype=float)
    asked = each[each > 0]
    return float(asked @ md1_wait(asked, service) / asked.sum())


def imbalance(users: int, shards: int) -> float:
    """About how far the fullest shard is above the mean, as a ratio, at most: 1 + sqrt(2 N ln N / m).

    For m = `users` of one weight hashed to N = `shards`, where m is many times N (M. Raab and A. Steger, "Balls into
    bins", 1998): the mean of the largest stays below it, one draw need not.
    """
    return 1 + sqrt(2 * shards * log(shards) / users)
