"""A queue against a plain model: every message ends acknowledged, dead, expired or deleted, and none vanishes."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.emulators.consumers import Consumed
from tests.emulators.worlds import flat, planet

RETRIES = 2
WISHES = ("ack", "retry", "nothing")


class Delivered(RuleBasedStateMachine):
    """Messages say what their handler does with them at each attempt; a copy of a message is another one."""

    make: Any = staticmethod(flat)

    def __init__(self):
        super().__init__()
        self.jobs = Consumed(
            self.make(), self.handle, max_batch_size=3, max_batch_timeout=2, max_retries=RETRIES, retry_delay=1,
            dead_letter_queue="dead",
        )  # fmt: skip
        self.sent = self.doubled = 0
        self.deliveries: dict[int, list[int]] = {}

    def handle(self, batch: Any) -> None:
        for message in batch.messages:
            number, wishes, _ = message.body
            self.deliveries.setdefault(number, []).append(message.attempts)
            wish = wishes[message.attempts - 1]
            if wish != "nothing":
                getattr(message, wish)()
        if any(message.body[2] for message in batch.messages):
            raise ValueError("one of them is bad")

    @rule(wishes=st.tuples(*[st.sampled_from(WISHES)] * (RETRIES + 1)), raises=st.booleans(), delay=st.integers(0, 9),
          colo=st.sampled_from(["LHR", "SYD"]))  # fmt: skip
    def send(self, wishes, raises, delay, colo):
        self.jobs.send([self.sent, list(wishes), raises], delaySeconds=delay, colo=colo)
        self.sent += 1

    @rule(seconds=st.floats(0, 20))
    def wait(self, seconds):
        self.jobs.bench.advance(seconds)

    @rule(seconds=st.sampled_from([None, 0.001]))
    def crash(self, seconds):
        self.jobs.jobs.crash_next(seconds)

    @rule()
    def double(self):
        self.jobs.jobs.duplicate_next()
        self.doubled += 1

    @rule(paused=st.booleans())
    def pause(self, paused):
        self.jobs.jobs.pause() if paused else self.jobs.jobs.resume()

    @invariant()
    def what_is_there_adds_up(self):
        queue = self.jobs.jobs
        assert queue.stored_bytes == sum(message.size for message in queue.messages.values())
        assert queue.backlog == sum(message.state == "waiting" for message in queue.messages.values())

    @invariant()
    def no_message_is_tried_more_often_than_it_may(self):
        assert all(max(attempts) <= RETRIES + 1 for attempts in self.deliveries.values())

    def teardown(self):
        queue = self.jobs.jobs
        queue.resume()
        self.jobs.bench.advance(600)
        fates = {"acked": 0, "dead": 0}
        for event in queue.deliveries:
            fates = {fate: count + event.detail.get(fate, 0) for fate, count in fates.items()}
        copies = sum(fates.values()) - self.sent
        assert len(queue.messages) == 0
        assert set(self.deliveries) == set(range(self.sent)), "every message was delivered"
        assert sum(map(len, self.jobs.batches("dead"))) == fates["dead"]
        assert copies == self.doubled - queue._doubled, "and a copy ends as a message of its own"


class OnThePlanet(Delivered):
    make = staticmethod(planet)


class Expiring(RuleBasedStateMachine):
    """A queue that keeps a message for a minute: whatever is done, nothing is older."""

    def __init__(self):
        super().__init__()
        self.jobs = Consumed(
            planet(), lambda batch: batch.retryAll(), max_batch_timeout=5, max_retries=100, retry_delay=1
        )  # without a delay a full batch is tried 101 times within a second
        self.jobs.jobs.retention = 60
        self.sent: list[float] = []

    @rule(delay=st.integers(0, 120))
    def send(self, delay):
        self.jobs.send(len(self.sent), delaySeconds=delay)
        self.sent.append(self.jobs.bench.now)

    @rule(seconds=st.floats(0, 40))
    def wait(self, seconds):
        self.jobs.bench.advance(seconds)

    @invariant()
    def there_is_what_is_younger_than_a_minute(self):
        young = [number for number, when in enumerate(self.sent) if self.jobs.bench.now - when < 59.5]
        old = [number for number, when in enumerate(self.sent) if self.jobs.bench.now - when > 60.5]
        there = {row["body"] for row in self.jobs.jobs.table()}
        assert there.issuperset(young)
        assert there.isdisjoint(old)


for _machine in (Delivered, OnThePlanet, Expiring):
    _machine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestDelivered, TestOnThePlanet, TestExpiring = Delivered.TestCase, OnThePlanet.TestCase, Expiring.TestCase
