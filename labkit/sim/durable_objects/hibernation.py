"""Hibernation: what an object with open WebSockets is billed for, against the messages that it hears.

Duration is billed while the object runs, and while it is in memory and could not hibernate; never for merely being
connected. An object that may hibernate pays for its handlers alone, however many sockets are open. One that leaves a
task running, a timer, pays from each message until it is evicted, 70 to 140 s later: a message every half minute keeps
it on for ever. One that took a socket by `accept()` pays for every second: it is evicted as late, which cuts its
clients off, and they come back at once.

Theory: busy periods and idle times take turns. An idle time is exponential, 1 / lam on average; a busy period starts
with a constructor of c seconds where the object was gone by then, with chance q, and takes (S + q c) / (1 - lam S)
seconds (M/G/1 with an exceptional first service: P. D. Welch, "On a generalized M/G/1 queuing process", 1964). Of the
idle time, min(I, U) is billed where U is how long the object stays in memory unable to hibernate: its mean is
(1 - q) / lam, q = E[e^(-lam U)]. Where it may hibernate it is gone after T = 10 s, q = e^(-lam T), and none of its idle
time is billed. The billed share of the time is the mean of what a cycle is billed by the mean cycle; 0.128 GB of it are
billed. Source: https://developers.cloudflare.com/durable-objects/platform/pricing/, and `.../durable-object-lifecycle`.
Assumed: Poisson messages, handlers that only compute, sockets that stay open; U is uniform.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from math import exp
from typing import Any

import numpy as np

from labkit import billing, facts
from labkit.errors import LabError
from labkit.sim import queueing, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.durable_objects import sources
from labkit.sim.durable_objects.connections import Client, Message, all_open, billed_events
from labkit.sim.durable_objects.cycles import cycles
from labkit.sim.durable_objects.work import ASSUMPTION, BASE, STEP
from labkit.sim.durable_objects.yours import BEGIN, QUIET, Yours
from labkit.sim.estimates import Estimate, of_ratio, replicated

RATES = (0.003, 0.01, 0.03, 0.1, 1, 10)
MESSAGES = 50_000
HOUR, MONTH = 3600.0, 30 * 86_400.0
GB = facts.value("durable_objects.billed_memory_gb")
HIBERNATE = float(facts.value("durable_objects.hibernate"))
EVICT = tuple(map(float, facts.value("durable_objects.evict")))
CONSTRUCTOR = {"hibernating": BASE + STEP, "timer": BASE + 2 * STEP, "standard": 0.0}
AXES = Axes("Hibernation", "messages/s to one object", "GB-s billed an hour of open sockets", log_x=True)


def billed_share(messages_per_s: float, way: str, service: float) -> float:
    """The share of the time for which an object is billed, by how it holds its sockets; 1 where it is overloaded."""
    load = messages_per_s * service
    if way == "standard" or load >= 1:
        return 1.0
    gone = _gone(messages_per_s, way)
    busy = (service + gone * CONSTRUCTOR[way]) / (1 - load)
    idle_billed = (1 - gone) / messages_per_s if way == "timer" else 0.0
    return (busy + idle_billed) / (busy + 1 / messages_per_s)


def _gone(messages_per_s: float, way: str) -> float:
    """The chance that an object that is idle leaves the memory before the next message."""
    if way == "hibernating":
        return exp(-messages_per_s * HIBERNATE)
    first, last = (messages_per_s * seconds for seconds in EVICT)
    return (exp(-first) - exp(-last)) / (last - first)


def gb_s_per_hour(messages_per_s: float, way: str, service: float) -> float:
    """GB-s that one object is billed for in an hour."""
    return GB * HOUR * billed_share(messages_per_s, way, service)


def month(messages_per_s: float, way: str = "hibernating", *, service: float = 0.01, objects: int = 1,
          connections: int = 0) -> billing.Bill:  # fmt: skip
    """The bill of a month of so many objects that hear `messages_per_s` each, and of `connections` in all."""
    units = {
        "do.requests": connections,
        "do.websocket_messages": objects * messages_per_s * MONTH,
        "do.duration_gb_s": objects * GB * MONTH * billed_share(messages_per_s, way, service),
    }
    return billing.price(units)


def model(row: int, messages_per_s: float, *, seed: int, way: str, service: float) -> Estimate:
    """The same over 50,000 messages, twenty times."""
    unit = one_message(messages_per_s, way, service)
    return of_hours(replicated(partial(_billed, messages_per_s, seed, row, way, service, unit)), unit, messages_per_s)


def _billed(messages_per_s: float, seed: int, row: int, way: str, service: float, unit: float, replication: int):
    random = streams.generator(seed, row, replication)
    arrivals = np.cumsum(random.exponential(1 / messages_per_s, MESSAGES))
    if way == "standard":
        return arrivals[-1] / unit, arrivals[-1] / unit
    stays = np.full(MESSAGES, HIBERNATE) if way == "hibernating" else random.uniform(EVICT[0], EVICT[1], MESSAGES)
    seen = cycles(arrivals, np.full(MESSAGES, service), stays, CONSTRUCTOR[way], pays=way == "timer")
    return seen.billed / unit, seen.whole / unit


def one_message(messages_per_s: float, way: str, service: float) -> float:
    """About how many seconds of the bill one message decides: in these, ratios know what two of them would change."""
    return service if way == "hibernating" else 1 / messages_per_s


def of_hours(share: Estimate, unit: float, messages_per_s: float) -> Estimate:
    """GB-s an hour from a share of the time that was counted in units of so many seconds; it counts messages."""
    messages = round(share.counted * unit * messages_per_s)
    return replace(share, mean=GB * HOUR * share.mean, error=GB * HOUR * share.error, counted=messages)


def observe(row: int, messages_per_s: float, *, yours: Yours, way: str, service: float) -> Estimate:
    """The same on a lab: what each object was billed for, from the trace's "active" events; objects replicate."""
    lab = yours.open(row, QUIET)
    clients = [Client(lab, yours.visit(0, object=name)) for name in yours.names()]
    lab.run(all_open(clients))
    dice = [yours.random(row, number) for number in range(len(clients))]
    sent = [_moments(each, messages_per_s, yours.visits, service) for each in dice]
    talks = [(client, at) for client, moments in zip(clients, sent, strict=True) for at in moments]
    traffic.play(lab, [Message(at, client, f"{1000 * service:g}") for client, at in talks])
    lab.run(lab.advance(2 * EVICT[1]))
    for client in clients:
        lab.run(client.leave())
    spans, unit = [_span(at, service) for at in sent], one_message(messages_per_s, way, service)
    used = [sum(max(min(e.end, end) - max(e.start, begin), 0) for e in events)
            for events, (begin, end) in zip(billed_events(lab, clients, yours.url), spans, strict=True)]  # fmt: skip
    share = of_ratio(np.divide(used, unit), [(end - begin) / unit for begin, end in spans])
    return of_hours(share, unit, messages_per_s)


def _moments(random: Any, messages_per_s: float, messages: int, service: float) -> list[float]:
    """When the messages leave: one at the beginning, after which the object falls idle, and then Poisson ones."""
    at = [BEGIN, BEGIN + service]
    for _ in range(messages):
        at.append(at[-1] + random.expovariate(messages_per_s))
    return [at[0], *at[2:]]


def _span(at: Sequence[float], service: float) -> tuple[float, float]:
    """From when the first message is answered to the last moment before which all are and none is on its way."""
    begin = at[0] + service
    ends = queueing.serve(np.array(at), np.array(service)).departure
    whole = np.flatnonzero(np.array(at[1:]) > ends[:-1] + 2 * BASE)  # a constructor may have come in between
    return begin, float(max(ends[whole[-1]] + 2 * BASE, begin)) if whole.size else at[-1]


def hibernation(
    worker: Any = sources.CHAT, *, messages_per_s: Sequence[float] = RATES, way: str = "hibernating", ms: float = 5,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The GB-s billed for an hour of open sockets against the messages to each object, in three views.

    `way` is how the object holds its sockets: "hibernating", "timer" or "standard"; a message is computed for `ms`.
    Who is cut off, as those of "standard" are where nothing was said for long, comes back at once.
    `asked` is as in `Yours`, with `{object}` in the `url`, which opens a WebSocket; a message's text is the ms.
    """
    if way not in CONSTRUCTOR:
        raise LabError(f"way={way!r}: it is {', '.join(CONSTRUCTOR)}.")
    seed = streams.own(seed, "hibernation", way, ms)
    bound = {each.upper(): each.capitalize() for each in CONSTRUCTOR}
    usual = {"url": f"/{{object}}/{way}", "lab": {"durable_objects": bound}}
    yours = worker and Yours(worker, seed=seed, **{**usual, **asked})
    shared = {"way": way, "service": ms / 1000}
    return three_views(
        AXES, messages_per_s, partial(gb_s_per_hour, **shared), partial(model, seed=seed, **shared),
        yours and partial(observe, yours=yours, **shared), executor=executor,
        label=f"{way}, {ms:g} ms a message", assumptions=(ASSUMPTION,),
    )  # fmt: skip
