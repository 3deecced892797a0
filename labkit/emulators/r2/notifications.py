"""Event notifications: a message in a queue for what happens to a bucket's objects, as its rules say.

| | |
|---|---|
| modelled | Rules as `wrangler r2 bucket notification create` makes them: types, prefix, suffix; 100 a bucket |
| | The message: action, key, size and etag of what was stored, the key alone of what has gone, a copy's source (docs) |
| | Only what happened is told: no put whose condition failed, no delete of what was not there, no move of a class |
| | Rules that one event could be for at once are refused, whichever queues they are for (docs, "Notes") |
| | At least once and in no order: a notice is sent until the queue has it; `duplicate_next` sends one twice |
| | A consumer that writes into the bucket wakes itself, where a rule is for what it writes |
| simplified | When a notice leaves is an assumption: lognormal, median 1 s; what fails goes again after 10 s, and no |
| | lab waits for that; nothing leaves a home that has failed |
| | The queue is reached from the bucket's home; a rule holds from the moment when it is made |
| | Network off: at once. The vendor's local runtime has no notifications |
| not modelled | Rules by single actions, which the REST API has; the words in which production refuses a rule |
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextvars import Context
from dataclasses import dataclass, replace
from math import exp
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.r2.notification_rules import EVENT_TYPES, WHERE, Rule, RuleTable, actions_of, iso, row_of
from labkit.emulators.r2.objects import Stored
from labkit.errors import LabError, PlatformError
from labkit.network.faults import Unreachable
from labkit.workers.ffi import JsException

if TYPE_CHECKING:
    from labkit.emulators.r2 import R2
    from labkit.emulators.r2.store import Source

ACCOUNT = "7f0c1b8d2a9e4c35b6d1f8e07a3c5924"
"""The id of the lab's account."""
Outlet = Callable[[str], Callable[[Any], Awaitable[Any]]]
"""Gives the `send` of the queue of a name, as the bucket's home reaches it. Refuses a queue that does not exist."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message on its way to a queue; `due` is the Unix time of its next attempt.

    One that `has_failed` may do so for ever, and keeps nothing alive.
    """

    number: int
    due: float
    queue: str
    body: dict[str, Any]
    has_failed: bool = False


class Notifications:
    """The rules of one bucket, and what is on its way. The lab sets `outlet`; `duplicate_next` lets notices repeat."""

    def __init__(self, bucket: R2):
        self._bucket = bucket
        self.outlet: Outlet | None = None
        self.rules: list[Rule] = []
        self.pending: dict[int, Notice] = {}
        self._again: dict[int, asyncio.TimerHandle] = {}
        self._count = self._doubled = 0
        self._delay, self._spread = facts.value("r2.notification_delay"), facts.value("r2.notification_sigma")

    def add(self, queue: str, event_types: str | Iterable[str], prefix: str, suffix: str, description: str) -> Rule:
        """Make a rule. Refuses an unknown queue or type, the 101st rule, and one that overlaps another."""
        self._send(queue)
        if not all(isinstance(each, str) for each in (prefix, suffix, description)):
            raise LabError(f"A rule's prefix, suffix and description are texts, not {(prefix, suffix, description)!r}.")
        actions = actions_of(event_types)
        rule_id = f"{self._bucket.world.random.getrandbits(128):032x}"
        rule = Rule(rule_id, queue, actions, prefix, suffix, description, self._bucket.world.unix)
        most = facts.value("r2.notification_rules")
        if len(self.rules) >= most:
            raise PlatformError(f"A bucket has up to {most} event notification rules.", where=WHERE)
        for other in self.rules:
            if rule.overlaps(other):
                raise PlatformError(f"One event could be for this rule and for rule {other.id}, to the queue "
                                    f"{other.queue!r}: rules must not overlap.", where=WHERE)  # fmt: skip
        self.rules.append(rule)
        return rule

    def remove(self, rule_or_queue: str) -> None:
        """Delete the rule of an id, or all of a queue. Refuses what names none."""
        left = [rule for rule in self.rules if rule_or_queue not in (rule.id, rule.queue)]
        if len(left) == len(self.rules):
            raise LabError(f"The bucket {self._bucket.name} has no rule {rule_or_queue!r}, and none to that queue.")
        self.rules = left

    def table(self) -> RuleTable:
        """The rules, in the order in which they were made."""
        return RuleTable(row_of(rule) for rule in self.rules)

    def duplicate_next(self, count: int = 1) -> None:
        """Let the next notice, or so many of the next, be sent twice."""
        self._doubled += count

    def watch(self, action: str, stored: Stored, source: Source | None) -> None:
        """Something has happened to an object; `source` is the bucket and the key that it was copied from."""
        for rule in self.rules:
            if rule.is_for(action, stored.key):
                body = self._body(action, stored, source)
                for _ in range(1 + self._is_doubled()):
                    self._plan(rule.queue, body)

    def _body(self, action: str, stored: Stored, source: Source | None) -> dict[str, Any]:
        """The message. What has gone has neither size nor etag."""
        about: dict[str, Any] = {"key": stored.key}
        if action in EVENT_TYPES["object-create"]:
            about |= {"size": stored.size, "eTag": stored.etag}
        body = {
            "account": ACCOUNT,
            "action": action,
            "bucket": self._bucket.name,
            "object": about,
            "eventTime": iso(self._bucket.world.unix),
        }
        return body | ({"copySource": {"bucket": source[0], "object": source[1]}} if source else {})

    def _is_doubled(self) -> bool:
        doubled = self._doubled > 0
        self._doubled -= doubled
        return doubled

    def _plan(self, queue: str, body: dict[str, Any]) -> None:
        self._count += 1
        self._arm(Notice(self._count, self._bucket.world.unix + self._late(), queue, body))

    def _late(self) -> float:
        """Seconds from an event to its notice: lognormal. With the network off there is no delay."""
        world = self._bucket.world
        return self._delay * exp(world.random.gauss(0.0, self._spread)) if world.links else 0.0

    def _arm(self, notice: Notice) -> None:
        world = self._bucket.world
        self.pending[notice.number] = notice
        moment = max(world.timeline.now, notice.due - world.epoch)
        timer = world.timeline.call_at(moment, self._leave, notice, context=Context())
        if notice.has_failed:
            self._again[notice.number] = timer
            world.timeline.env.background.add(timer)

    def _leave(self, notice: Notice) -> None:
        if self.pending.pop(notice.number, None) is None:
            return  # a snapshot was restored, and it has left already
        timeline = self._bucket.world.timeline
        timeline.env.background.discard(self._again.pop(notice.number, None))  # type: ignore[arg-type]
        timeline.spawn(self._deliver(notice), name=f"notice to {notice.queue}", detached=True)

    async def _deliver(self, notice: Notice) -> None:
        """Send a notice; once more later where the queue did not take it."""
        bucket, body = self._bucket, notice.body
        detail = {"queue": notice.queue, "action": body["action"], "key": body["object"]["key"]}
        with bucket.world.trace.event("r2", "notify", bucket.home, **detail) as event:
            try:
                self._check_home()
                await self._send(notice.queue)(body)
            except (JsException, LabError, Unreachable) as error:
                event.outcome, event.detail["error"] = "failed", str(error)
                due = bucket.world.unix + facts.value("r2.notification_retry")
                self._arm(replace(notice, due=due, has_failed=True))

    def _check_home(self) -> None:
        if self._bucket.is_dead:
            raise Unreachable(f"{self._bucket.home} has failed, and nothing leaves it.")

    def _send(self, queue: str) -> Callable[[Any], Awaitable[Any]]:
        if self.outlet is None:
            raise LabError(f"The bucket {self._bucket.name} is in no lab, so that there is no queue {queue!r}.")
        return self.outlet(queue)

    def snapshot(self) -> tuple[Any, ...]:
        """The rules, and what is on its way."""
        return list(self.rules), dict(self.pending), self._count, self._doubled

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a snapshot, on the world's timeline."""
        rules, pending, self._count, self._doubled = state
        self.rules, self.pending, self._again = list(rules), {}, {}
        for notice in pending.values():
            self._arm(notice)
