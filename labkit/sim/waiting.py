"""Closed forms of waiting, for Poisson arrivals in the long run: one server, several, and hashed shards.

`arrivals_per_s` is lam and `service` the mean time S of one service in seconds, so that the load of one server is
rho = lam S. At a load of 1 and beyond the queue grows for ever and every form gives infinity. Numbers or arrays where
the formula has no sum in it. Sources: L. Kleinrock, "Queueing Systems" I (1975), chapters 3 to 5; F. Pollaczek (1930)
and A. Y. Khinchine (1932); A. K. Erlang (1917). Checked against `labkit.sim.queueing`.
"""

from __future__ import annotations

from math import exp, inf, lgamma, log, sqrt

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

    S sum_{i=1..} (P[N_i >= i c] - (c / a) P[N_i >= i c + 1]), N_i Poisson of mean i a (C. D. Crommelin, 1932).
    """
    load, wait, i = arrivals_per_s * service, 0.0, 1
    if load >= servers:
        return inf
    while load:
        least, tail = i * servers, i * load * np.ones(1000)
        first = exp(least * log(i * load) - i * load - lgamma(least + 1))
        beyond = first * float(np.cumprod(tail / np.arange(least + 1, least + 1001)).sum())
        wait += first + beyond - servers / load * beyond
        if first + beyond < 1e-15:
            break
        i += 1
    return wait * service


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
