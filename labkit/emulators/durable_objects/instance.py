"""One life of an object in memory: from its constructor to its hibernation, eviction or end by accident.

Whatever happens to the object (a call, a request, an alarm, a message) is one `run`. Only what comes by a socket of the
standard API is heard by its listeners, which are events too: they keep the object awake, and its idle time begins anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context
from math import inf
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.durable_objects.endings import Reset, broken_by, moved, overloaded
from labkit.emulators.durable_objects.gates import Gates, Section, Ticket, outside
from labkit.emulators.durable_objects.state import DurableObjectState
from labkit.emulators.durable_objects.storage import DurableObjectStorage
from labkit.emulators.hosting import Resident
from labkit.timeline import TICK
from labkit.world import World

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.durable_object import DurableObject


class Instance:
    """One life of an object in memory. `ended` says how it ended, once it has."""

    __slots__ = (
        "object", "gates", "state", "storage", "resident", "ended", "is_retired", "blocking",
        "_running", "_billed_from", "_idle_since", "_patience", "_timer", "_starting",
    )  # fmt: skip

    def __init__(self, owner: DurableObject):
        self.object = owner
        self.gates = Gates(owner.world)
        self.gates.released = self.settled
        self.gates.begins, self.gates.ends = self._begin, self._over
        self.storage = DurableObjectStorage(self)
        self.state = DurableObjectState(self)
        self.resident: Resident | None = None
        self.ended: Reset | None = None
        self.is_retired = False
        self.blocking: set[asyncio.Task[Any]] = set()  # what `blockConcurrencyWhile` has running
        self._running = 0
        self._billed_from: float | None = None
        self._idle_since = owner.world.timeline.now
        self._patience = inf
        self._timer: asyncio.TimerHandle | None = None
        self._starting = owner.world.timeline.spawn(self._start(self.gates.begin()), name="constructor")

    @property
    def world(self) -> World:
        return self.object.world

    async def run(self, call: str | Callable[[Any], Any], args: Sequence[Any], about: dict[str, Any]) -> Any:
        """One event of this instance."""
        self._begin()
        try:
            ticket = await self._admission()
            answer = await self._answer(ticket, call, args, about)
            if self.ended:  # by what it wrote last, which could not be committed
                raise self.ended
            return answer
        except (Exception, asyncio.CancelledError):
            if self.ended:
                raise self.ended from None
            raise
        finally:
            self._over()

    def _begin(self) -> None:
        """Something of the object runs: an event, or what listens to a socket. It is awake, and billed."""
        self._running += 1
        if self._billed_from is None:
            self._billed_from = self.world.timeline.now

    def _over(self) -> None:
        """That is over: after the last of them the object leaves or is idle."""
        self._running -= 1
        if not self._running and not self.ended:
            self.leave() if self.is_retired else self._rest()

    async def _admission(self) -> Ticket:
        """Wait for one's turn. Refuses where too many wait already, and who has waited too long."""
        if self.world.links is None:
            return await self.gates.enter()
        if self.gates.length >= facts.value("durable_objects.queue_events"):
            raise overloaded("Too many requests queued.")
        try:
            return await self.gates.enter(facts.value("durable_objects.queue_seconds"))
        except TimeoutError:
            raise overloaded("Requests queued for too long.") from None

    async def _answer(
        self, ticket: Ticket, call: str | Callable[[Any], Any], args: Sequence[Any], about: dict[str, Any]
    ) -> Any:
        """What the learner's code gives or raises; neither leaves before what it wrote is confirmed."""
        assert self.resident
        try:
            with outside(ticket):
                return await self.resident.run(
                    call, args, primitive="durable_objects", object=self.object.label, **about
                )
        except Exception as error:
            if hasattr(error, "sentence"):  # of its CPU limit
                self.end(Reset("Durable Object exceeded its CPU time limit and was reset."))
            raise
        finally:
            self.gates.leave(ticket)
            if not self.ended:
                await self.gates.output()

    async def _start(self, construction: Section) -> None:
        """The constructor, and what it blocks the object for."""
        with self.gates.within(construction):
            host, place = self.object.objects.host, self.object.place
            try:
                self.resident = await host.create(place, self.state, self.gates, primitive="durable_objects")
            except Exception as error:
                return self.end(broken_by(error))
            while self.blocking:
                await asyncio.wait(self.blocking)

    def end(self, why: Reset, *, is_reset: bool = True) -> None:
        """The instance is gone: its code stops where it stands, its memory is lost, whoever waits for it is told.

        A reset takes with it every connection, and what was written and not confirmed (observed: a `put` before
        `ctx.abort()` is gone). An instance that leaves undisturbed only ends what memory keeps.
        """
        if self.ended:
            return
        self.ended = why
        if self.object.instance is self:
            self.object.left(is_reset)
            self.object.instance = None
        if not self.resident:
            self._starting.cancel()
        if self._timer:
            self._timer.cancel()
        if self.resident:
            self.resident.crash()
        self.gates.close(why)
        self._pay()

    # How long it stays in memory.

    @property
    def is_idle(self) -> bool:
        return not self._running

    @property
    def unpaid(self) -> float:
        """Seconds for which the object is billed and that are not in the trace yet."""
        return 0.0 if self._billed_from is None else self.world.timeline.now - self._billed_from

    def can_hibernate(self) -> bool:
        """Whether nothing would be lost but memory: no timer, no request of its own, no socket that only it keeps."""
        return not (self.resident and self.resident.pending()) and not self.gates.sockets

    def settled(self, *_: Any) -> None:
        """What kept an idle object awake may have ended."""
        if not self._running and not self.ended and self.can_hibernate():
            self._pay()
            self._wake_at(self._idle_since + facts.value("durable_objects.hibernate"))

    def _rest(self) -> None:
        """The last event is over: the object waits for another, at no cost if it could hibernate."""
        self._idle_since = self.world.timeline.now
        if self.can_hibernate():
            return self.settled()
        for task in self.resident.pending() if self.resident else ():
            task.add_done_callback(self.settled)
        self._patience = self._draw_patience()
        if self._patience < inf:
            self._wake_at(self._idle_since + self._patience)

    def _draw_patience(self) -> float:
        """Seconds after which an idle object that cannot hibernate is evicted."""
        if self.resident and self.resident.is_kept:
            return facts.value("durable_objects.kept")
        if self.world.links is None:
            return inf
        return self.world.random.uniform(*facts.value("durable_objects.evict"))

    def _wake_at(self, when: float) -> None:
        """See at that moment whether to leave; one timer an instance, which is set anew rather than moved."""
        if self._timer and self._timer.when() <= when:
            return
        if self._timer:
            self._timer.cancel()
        self._timer = self.world.timeline.call_at(max(when, self.world.timeline.now), self._look, context=Context())

    def _look(self) -> None:
        """Hibernate, be evicted, or wait on."""
        self._timer = None
        if self._running or self.ended:
            return
        limit = facts.value("durable_objects.hibernate") if self.can_hibernate() else self._patience
        if self.world.timeline.now - self._idle_since >= limit - TICK:
            self.leave()
        elif limit < inf:
            self._wake_at(self._idle_since + limit)

    def retire(self) -> None:
        """Make room for another instance. What runs has 30 seconds to end, and none once it touches the storage."""
        if self.object.is_connected:
            self.object.sockets.cut()
        if self.is_idle:
            return self.leave()
        self.is_retired, self.object.instance = True, None
        self.object.database.batches.end_transactions()
        grace = facts.value("durable_objects.restart_grace")
        self._timer = self.world.timeline.call_later(grace, self.leave, context=Context())

    def leave(self) -> None:
        """Go out of memory, undisturbed."""
        self.end(moved(), is_reset=False)

    def forgive(self) -> None:
        """Do not bill what is not billed yet: it has never been."""
        self._billed_from = None

    def _pay(self) -> None:
        """Bill the time since the object became active."""
        if self._billed_from is not None:
            self.object.objects.bill(self.object, self._billed_from)
            self._billed_from = None
