"""Machines that are lost at every point of a scenario: the walk that tests of crashes share.

A point is where learner code is about to go on, has come to an `await`, or has ended and nobody has heard of it yet:
of a Durable Object, of a queue's consumer, of a Workflow's run and its steps. What lies between two points of the
code is met by `at_every_moment`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextvars import Context
from functools import partial
from itertools import count, pairwise
from typing import Any, Protocol, TypeVar
from unittest.mock import patch

from labkit import Lab
from labkit.invocation import Invocation
from labkit.metered import Metered


class Scenario(Protocol):
    """A lab, and what happens in it. Two of a kind do the same."""

    lab: Lab

    def play(self) -> None:
        """Do it, from beginning to end."""
        ...


S = TypeVar("S", bound=Scenario)


def at_every_await(make: Callable[[], S]) -> Iterator[S]:
    """The scenario after the machine of each of its points was lost, one a time; the last has lost none."""
    for last in count(1):
        scenario = make()
        machine = Fragile(scenario.lab, last)
        with patch.object(Invocation, "metered", machine.metered):
            scenario.play()
        yield scenario
        if not machine.is_lost:
            return


def at_every_moment(make: Callable[[], S], lose: Callable[[Lab], object]) -> Iterator[S]:
    """The scenario after `lose` at each moment at which something begins or ends in it, and between each two."""
    for moment in moments(make):
        scenario, done = make(), []
        loss = partial(_lose, lose, scenario.lab, done)
        scenario.lab.world.timeline.call_at(moment, loss, context=Context())
        scenario.play()
        assert done, f"{moment} s did not come, or what should be lost then was not"
        yield scenario


def _lose(lose: Callable[[Lab], object], lab: Lab, done: list[object]) -> None:
    done.append(lose(lab))


def moments(make: Callable[[], S]) -> list[float]:
    """When something begins or ends where no machine is lost, and a moment between each two; in seconds."""
    scenario = make()
    scenario.play()
    seen = sorted({time for event in scenario.lab.trace for time in (event.start, event.end)})
    return sorted({*seen, *((one + other) / 2 for one, other in pairwise(seen))})


class Fragile:
    """The machines of a lab, of which one is lost at the `last` point that is passed."""

    def __init__(self, lab: Lab, last: int):
        self.lab, self.last, self.points = lab, last, 0

    @property
    def is_lost(self) -> bool:
        return self.points >= self.last

    @property
    def metered(self) -> Callable[..., Metered]:
        """What stands in for `Invocation.metered`."""
        return lambda invocation, code: Metered(invocation, Watched(self, invocation, code))  # type: ignore[arg-type]

    def passes(self, invocation: Invocation) -> bool:
        """Pass a point. Whether the machine is lost at it."""
        lose = None if self.is_lost else self._loss(invocation)
        if lose is None:
            return False
        self.points += 1
        if self.is_lost:
            lose()
        return self.is_lost

    def _loss(self, invocation: Invocation) -> Callable[[], object] | None:
        """What loses the machine that an event runs on. None for a Worker's own: nothing of it comes again."""
        deployment, event = self.lab._deployment, invocation.event
        if event.primitive == "queues" and deployment.queues:
            return lambda: deployment.queues.lose(event.place)  # type: ignore[union-attr]
        if event.primitive == "workflows" and "instance" in event.detail:
            return lambda: [each.crash(event.detail["instance"]) for each in deployment.bound["Workflow"].values()]
        for objects in deployment.objects:
            for each in objects.known.values():
                if each.instance and each.instance.gates is invocation.gate:
                    return lambda objects=objects, each=each: objects.crash(each.label)
        return None


class Watched:
    """A learner's coroutine as `Metered` drives it."""

    def __init__(self, machine: Fragile, invocation: Invocation, coroutine: Any):
        self.machine, self.invocation, self.coroutine = machine, invocation, coroutine

    def send(self, value: Any) -> Any:
        return self._step(self.coroutine.send, value)

    def throw(self, error: BaseException) -> Any:
        return self._step(self.coroutine.throw, error)

    def close(self) -> None:
        self.coroutine.close()

    def _step(self, go: Callable[[Any], Any], argument: Any) -> Any:
        """Go on up to the next await. Where the machine is lost, the task hears of it in its next turn."""
        if self.machine.passes(self.invocation):
            if inspect.getcoroutinestate(self.coroutine) == inspect.CORO_CREATED:
                self.coroutine.close()  # Python would complain that nobody has awaited it
            return None
        try:
            waits_for = go(argument)
        except StopIteration:
            if self.machine.passes(self.invocation):
                return None
            raise
        self.machine.passes(self.invocation)
        return waits_for
