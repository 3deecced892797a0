"""One server whose line is bounded, by its length or by how long anybody waits in it: who is refused.

`serve` says it customer by customer; the closed forms give the share for Poisson arrivals and constant services
(M/D/1/K, and M/D/1 with customers who wait D seconds at most), at any load: a bounded line never grows for ever.

Let A be the arrivals in one service, and q_j proportional to the chance that a departure leaves j behind, q_0 = 1.
What goes up past j must come down again, one at a time:

    q_{j+1} P(A = 0) = q_0 P(A > j) + sum_{i=1..j} q_i P(A > j + 1 - i)

Only sums of positive terms, so that nothing cancels. With room for K (the one that is served included), p = 1 / (q_0 +
... + q_{K-1}) of the departures leave nobody, and 1 - 1 / (p + rho) of the customers are refused. Where they give up
after D = tau S, let H = sum_{j=0..tau} e^-rho rho^j / j! (q_0 + ... + q_{tau-j+1}): 1 - H / (1 + rho H) give up.

Sources: D. Gross and C. M. Harris, "Fundamentals of Queueing Theory" (3rd ed., 1998), 5.1.7 (M/G/1/K by the embedded
chain); A. G. de Kok and H. C. Tijms, "A queueing system with impatient customers" (1985); G. J. Franx, "A simple
solution for the M/D/c waiting time distribution" (2001), for H. Units: seconds, or any one unit of time.
"""

from __future__ import annotations

import heapq
from math import exp, inf

import numpy as np

from labkit.errors import LabError
from labkit.sim import compiled

HUGE = 1e280
"""Numbers beyond which the share of refused customers is 1 - 1 / rho to the last digit."""


def serve(arrivals: np.ndarray, services: np.ndarray, room: int, patience: float = inf) -> np.ndarray:
    """How long each customer waits, first come first served; infinite where it is refused.

    `room` is for those in line and the one that is served; who has waited for `patience` goes. Room is also taken by
    those in line who will go.
    """
    if room < 1:
        raise LabError(f"room for {room}: there is room for the customer who is served at least")
    services = np.broadcast_to(services, arrivals.shape)
    return np.asarray(compiled.run(_waits, arrivals, services, room, patience), dtype=float)


def _waits(arrivals, services, room, patience):
    """By a heap of the moments at which those who are there will have left."""
    present, waited, free = [0.0] * 0, [0.0] * 0, -np.inf
    for arrival, service in zip(arrivals, services):  # noqa: B905 (numba knows no strict)
        while present and present[0] <= arrival:
            heapq.heappop(present)
        wait = max(free - arrival, 0.0)
        if len(present) >= room:
            wait = np.inf
        elif wait >= patience:
            wait = np.inf
            heapq.heappush(present, arrival + patience)
        else:
            free = arrival + wait + service
            heapq.heappush(present, free)
        waited.append(wait)
    return waited


def refused_by_length(load: float, room: int) -> float:
    """The share of customers who find `room` of them there, at a load of rho = lam S (M/D/1/K)."""
    left_behind = _left_behind(load, room - 1)
    if left_behind[-1] > HUGE:
        return 1 - 1 / load
    return float(1 - 1 / (1 / left_behind.sum() + load))


def refused_by_patience(load: float, patience: int) -> float:
    """The share of customers who give up, having waited for `patience` services, a whole number of them."""
    left_behind = _left_behind(load, patience + 1)
    if left_behind[-1] > HUGE:
        return 1 - 1 / load
    up_to = np.cumsum(left_behind)[1:][::-1]
    within = float(poisson(load, patience) @ up_to)
    return 1 - within / (1 + load * within)


def poisson(mean: float, most: int) -> np.ndarray:
    """The chances of 0 to `most` arrivals."""
    terms = np.concatenate(([exp(-mean)], mean / np.arange(1, most + 1)))
    return np.cumprod(terms)


def _left_behind(load: float, most: int) -> np.ndarray:
    """q_0 to q_most; up to the first beyond HUGE, repeated, where there is one."""
    chances = poisson(load, most + 60 + int(3 * load))
    beyond = np.cumsum(chances[::-1])[::-1][1:]  # P(A > j), summed from the small end
    q = np.ones(most + 1)
    for j in range(most):
        q[j + 1] = (beyond[j] + q[1 : j + 1] @ beyond[j:0:-1]) / chances[0]
        if q[j + 1] > HUGE:
            q[j + 1 :] = q[j + 1]
            break
    return q
