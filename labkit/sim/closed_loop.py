"""Users who wait for their answers before they ask again, and one server between them: closed form and kernel.

N users think for Z s on average, ask, and wait; the server does one thing at a time, in order of arrival, S s on
average. The interactive response-time law X = N / (R + Z) holds for any of that (P. J. Denning and J. P. Buzen, "The
operational analysis of queueing network models", ACM Computing Surveys 10 (1978)); so X is at most 1 / S and at most
N / (S + Z). For exponential services X is exact by mean value analysis (M. Reiser and S. S. Lavenberg, "Mean-value
analysis of closed multichain queuing networks", JACM 27 (1980)), whatever the thoughts' distribution.
"""

from __future__ import annotations

import numpy as np


def throughput(users: int, think: float, service: float) -> float:
    """Requests/s of `users` who think `think` s, one server with exponential services of mean `service` s."""
    return users / (response(users, think, service) + think)


def response(users: int, think: float, service: float) -> float:
    """Mean seconds at the server: R(n) = S (1 + Q(n - 1)), who comes finding what one user fewer would leave there."""
    waiting, seconds = 0.0, service
    for n in range(1, users + 1):
        seconds = service * (1 + waiting)
        waiting = n * seconds / (seconds + think)
    return seconds


def most(users: int, think: float, service: float) -> float:
    """The bound that no closed system passes, whatever its services are like: min(1 / S, N / (S + Z))."""
    return min(1 / service, users / (service + think))


def saturation(think: float, service: float) -> float:
    """The number of users from which on some must wait: (S + Z) / S."""
    return (service + think) / service


def ends(first: np.ndarray, thoughts: np.ndarray, services: np.ndarray) -> np.ndarray:
    """When each service ends, in seconds, one column a replication; all replications go on in step.

    `first` is when each user (columns) of each replication (rows) asks first. Service number r takes `services[r]`, and
    whoever had it asks again `thoughts[r]` later. The next to be served is who asks first, for all the others' next
    requests are known already.
    """
    due, free = first.copy(), np.zeros(first.shape[0])
    rows, ended = np.arange(first.shape[0]), np.empty_like(services)
    for number in range(services.shape[0]):
        who = due.argmin(axis=1)
        free = np.maximum(free, due[rows, who]) + services[number]
        due[rows, who] = free + thoughts[number]
        ended[number] = free
    return ended
