"""Hibernation: what an object with open WebSockets is billed for, against the messages that it hears.

Duration is billed while the object runs, and while it is in memory and could not hibernate; never for merely being
connected. An object that may hibernate pays for its handlers alone, however many sockets are open. One that accepted a
socket by `accept()` pays for every second of it. One that leaves a task running, a timer, pays from each message until
it is evicted, 70 to 140 s later: a message every half minute keeps it on for ever.

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

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from math import exp
from typing import Any

import numpy as np

from labkit import billing, facts
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import queueing, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.durable_objects import sources
from labkit.sim.durable_objects.work import ASSUMPTION, BASE, STEP
from labkit.sim.durable_objects.yours import BEGIN, QUIET, Yours, calls_by_request
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.trace import Event

RATES = (0.003, 0.01, 0.03, 0.1, 1, 10)
MESSAGES = 5000
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


@dataclass(frozen=True)
class Cycles:
    """Whole cycles of one object, in seconds: how long they were, for how much of it the object was billed."""

    billed: float
    whole: float
    messages: int


def cycles(arrivals: np.ndarray, services: np.ndarray, stays: np.ndarray, setup: float, *, pays: bool) -> Cycles:
    """One object's cycles, from a moment at which it falls idle until the last one known to be whole ends.

    `stays` is how long it stays in memory after each message, if nothing comes. Who finds it gone waits for `setup`
    too; found anew until nothing changes, for what a message finds is settled by those before it. With `pays`, the time
    idle in memory is billed.
    """
    found_gone = np.zeros(arrivals.size, dtype=bool)
    while True:
        ends = queueing.serve(arrivals, services + setup * found_gone).departure
        idle = np.maximum(arrivals - np.concatenate(([0.0], ends[:-1])), 0)
        gone = idle > stays
        if np.array_equal(gone, found_gone):
            break
        found_gone = gone
    last = np.flatnonzero(idle > 0)[-1]  # its busy period may go on
    end = ends[last - 1] if last else 0.0
    used = float((services + setup * gone)[:last].sum())
    return Cycles(used + (float(np.minimum(idle, stays)[:last].sum()) if pays else 0.0), float(end), int(last))


def model(row: int, messages_per_s: float, *, seed: int, way: str, service: float) -> Estimate:
    """The same over 5,000 messages, twenty times."""
    return _counting(replicated(partial(_billed, messages_per_s, seed, row, way, service)), messages_per_s)


def _billed(messages_per_s: float, seed: int, row: int, way: str, service: float, replication: int):
    random = streams.generator(seed, row, replication)
    arrivals = np.cumsum(random.exponential(1 / messages_per_s, MESSAGES))
    if way == "standard":
        return GB * HOUR * arrivals[-1], arrivals[-1]
    stays = np.full(MESSAGES, HIBERNATE) if way == "hibernating" else random.uniform(EVICT[0], EVICT[1], MESSAGES)
    seen = cycles(arrivals, np.full(MESSAGES, service), stays, CONSTRUCTOR[way], pays=way == "timer")
    return GB * HOUR * seen.billed, seen.whole


def _counting(estimate: Estimate, messages_per_s: float) -> Estimate:
    """The estimate with the number of messages that it counts, of so many seconds."""
    return replace(estimate, counted=round(estimate.counted * messages_per_s))


@dataclass(frozen=True)
class Message:
    """A message by an open socket, at some seconds on the lab's clock."""

    at: float
    socket: Any
    text: str

    async def run(self, lab: Lab) -> None:
        self.socket.say(self.text)


def observe(row: int, messages_per_s: float, *, yours: Yours, service: float) -> Estimate:
    """The same on a lab: what each object was billed for, from the trace's "active" events; objects replicate."""
    lab = yours.open(row, QUIET)
    visits = [yours.visit(0, object=name) for name in yours.names()]
    opened = lab.run(_all_open(lab, visits))
    sent = [_moments(yours.random(row, number), messages_per_s, yours.visits, service) for number in range(len(opened))]
    text = f"{1000 * service:g}"
    traffic.play(lab, [Message(at, socket, text) for socket, at_all in zip(opened, sent, strict=True) for at in at_all])
    lab.run(lab.advance(2 * EVICT[1]))
    for socket in opened:
        lab.run(socket.close())
    billed = _billed_events(lab, opened, yours.url)
    spans = [_span(at_all, service) for at_all in sent]
    used = [sum(max(min(e.end, end) - max(e.start, begin), 0) for e in events)
            for events, (begin, end) in zip(billed, spans, strict=True)]  # fmt: skip
    estimate = of_ratio([GB * HOUR * each for each in used], [end - begin for begin, end in spans])
    return _counting(estimate, messages_per_s)


async def _all_open(lab: Lab, visits: Sequence[traffic.Visit]) -> list[Any]:
    return list(await asyncio.gather(*(lab.websocket(visit.url, colo=visit.colo) for visit in visits)))


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


def _billed_events(lab: Lab, opened: Sequence[Any], url: str) -> list[list[Event]]:
    """When the object of each socket was billed, in the order of the sockets. Refuses objects that are shared."""
    calls = calls_by_request(lab.trace.where("durable_objects"))
    reached = [calls[request][0].detail["object"] for request in sorted(calls)]
    if len(set(reached)) < len(opened):
        raise LabError(f"{len(opened)} sockets to {url} reached {len(set(reached))} Durable Objects: each needs one.")
    events = lab.trace.where("durable_objects", "active")
    return [[event for event in events if event.detail["object"] == name] for name in reached]


def hibernation(
    worker: Any = sources.CHAT, *, messages_per_s: Sequence[float] = RATES, way: str = "hibernating", ms: float = 5,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The GB-s billed for an hour of open sockets against the messages to each object, in three views.

    `way` is how the object holds its sockets: "hibernating", "timer" or "standard"; a message is computed for `ms`.
    No Worker is asked for "standard": a lab evicts its object like others, and the socket would have to be reopened.
    `asked` is as in `Yours`, with `{object}` in the `url`, which opens a WebSocket; a message's text is the ms.
    """
    if way not in CONSTRUCTOR:
        raise LabError(f"way={way!r}: it is {', '.join(CONSTRUCTOR)}.")
    bound = {"HIBERNATING": "Hibernating", "TIMER": "Timer"}
    usual = {"url": f"/{{object}}/{way}", "lab": {"durable_objects": bound}}
    can_follow = worker and way != "standard"
    yours = Yours(worker, seed=seed, **{**usual, **asked}) if can_follow else None
    shared = {"way": way, "service": ms / 1000}
    return three_views(
        AXES, messages_per_s, partial(gb_s_per_hour, **shared), partial(model, seed=seed, **shared),
        yours and partial(observe, yours=yours, service=ms / 1000), executor=executor,
        label=f"{way}, {ms:g} ms a message", assumptions=(ASSUMPTION,),
    )  # fmt: skip
