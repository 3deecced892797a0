"""The learner's Worker as the third view: messages are sent to a queue on a lab, and its trace tells what became of
them.

A round is some messages sent at one moment, far enough from the next for all of their retries: a replication of its
own. Orders are numbered through, so that round i has those from i * size on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import traffic
from labkit.sim.service import Service
from labkit.trace import Event

PRODUCER = "LHR"
NAME, DEAD = "jobs", "jobs-dead"
ROUND = 300.0
"""Seconds from one round to the next: all retries of a round end before."""
NO_HANDLER = "does not export a queue() function"


@dataclass(frozen=True)
class Send:
    """Messages for some orders, sent to a queue without a Worker, in one batch."""

    at: float
    binding: str
    orders: Sequence[int]

    async def run(self, lab: Lab) -> None:
        queue = lab.queues(self.binding).queues.binding(self.binding, PRODUCER)
        await queue.sendBatch([{"body": {"order": order}} for order in self.orders])


@dataclass(frozen=True)
class Yours:
    """A Worker with a `queue` handler, and how messages reach it: into the queue bound as `queue`, about `batches`.

    Bodies are `{"order": 17}`. With a `url`, a visit for each message makes the Worker itself send it: "{order}" in
    it is the number. What the consumer does for an order is `POST https://service.example/orders/17`.
    `lab` holds the Lab's own options, such as `kv=["SEEN"]`.
    """

    worker: Any
    queue: str = "JOBS"
    url: str = ""
    batches: int = 60
    seed: int = 4
    lab: dict[str, Any] = field(default_factory=dict)

    def bench(self, row: int, service: Service | None = None, *, vars: Mapping[str, Any] | None = None,
              **consumer: Any) -> Lab:  # fmt: skip
        """The row's lab, with a dead letter queue; `consumer` are its settings, such as max_batch_size."""
        queues = {
            "producers": [{"binding": self.queue, "queue": NAME}],
            "consumers": [{"queue": NAME, "dead_letter_queue": DEAD, **consumer}],
        }
        origins = service.origins if service else {}
        given = {**self.lab, "origins": {**origins, **self.lab.get("origins", {})},
                 "vars": {**(vars or {}), **self.lab.get("vars", {})}}  # fmt: skip
        return Lab(self.worker, {"queues": queues}, seed=1000 * self.seed + row, **given)

    def sends(self, at: float, orders: Sequence[int]) -> list[Any]:
        """What sends the orders' messages at a moment."""
        if not self.url:
            return [Send(at, self.queue, orders)]
        return [traffic.Visit(at, PRODUCER, self.url.replace("{order}", str(order)), {"method": "POST"})
                for order in orders]  # fmt: skip

    def rounds(self, lab: Lab, size: int, service: Service) -> Rounds:
        """A round of `size` messages every five minutes, and what became of each.

        Refuses a consumer that asks nothing of the service, and one whose retries go on and on.
        """
        starts = [number * ROUND for number in range(self.batches)]
        happenings = [each for number, at in enumerate(starts)
                      for each in self.sends(at, range(number * size, (number + 1) * size))]  # fmt: skip
        traffic.play(lab, happenings)
        lab.run(lab.advance(ROUND))
        found = deliveries(lab)
        if not service.calls:
            raise LabError(f"{len(found)} batches were delivered, and no consumer asked service.example for anything: "
                           f"an order's work is POST https://service.example/orders/17. {_last_log(lab)}")  # fmt: skip
        if waiting := len(lab.queues(NAME).messages):
            raise LabError(f"{waiting} messages are still in the queue {ROUND:g} s after the last came: retries here "
                           "end before, so delay them by less.")  # fmt: skip
        return Rounds(found, self.batches, size)


@dataclass(frozen=True)
class Rounds:
    """The deliveries of `count` rounds of `size` messages."""

    events: list[Event]
    count: int
    size: int

    def each(self, number: Callable[[Event], float]) -> list[float]:
        """The sum of a number of each delivery, by round."""
        sums: Counter[int] = Counter()
        for event in self.events:
            sums[int(event.start // ROUND)] += number(event)  # type: ignore[assignment]
        return [sums[each] for each in range(self.count)]

    def by_order(self, counts: Counter[str], number: Callable[[int], float] = float) -> list[float]:
        """The sum over each round's orders of a number of each one's count."""
        return [sum(number(counts[str(order)]) for order in members) for members in self.orders]

    @property
    def orders(self) -> list[range]:
        """The orders of each round."""
        return [range(each * self.size, (each + 1) * self.size) for each in range(self.count)]

    @property
    def sizes(self) -> list[float]:
        return [float(self.size)] * self.count


def deliveries(lab: Lab) -> list[Event]:
    """Every delivery of the queue in the order of their beginnings. Refuses none, and a Worker that cannot consume."""
    found = lab.queues(NAME).deliveries
    if not found:
        waiting = len(lab.queues(NAME).messages)
        raise LabError(f"No batch was delivered, and {waiting} messages wait: the Worker sends none. {_last_log(lab)}")
    if any(NO_HANDLER in log.message for log in lab.logs):
        raise LabError("The Worker has no queue handler: async def queue(self, batch, env, ctx) consumes a batch.")
    return sorted(found, key=lambda event: event.start)


def _last_log(lab: Lab) -> str:
    return f"The last log was: {lab.logs[-1].message}" if lab.logs else "Nothing was logged."
