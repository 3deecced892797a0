"""What an object's disk confirms, undoes and loses as one: the writes of a turn, or those of a transaction.

The writes of one turn, without an `await` between them, are one batch: it begins with the first of them and ends when
the turn does. A batch that has ended is on its way to the machines that must confirm it; several may be, and they are
confirmed in order. What is not confirmed is lost with the machine, whole batches at a time.

A batch that SQLite cannot commit is undone and resets the object: one that leaves a foreign key pointing nowhere, that
ends before all rows of a statement that writes are taken (`INSERT ... RETURNING`), or that a statement has rolled back.

Each batch is a SAVEPOINT, and it stays one until all before it, and itself, are confirmed; so what is lost is rolled
back, and what that costs grows with the pages that were changed, not with the size of the database. A transaction is
a SAVEPOINT inside the batch that is open, and while one is, the batch does not end.

Source: workerd's `io/actor-sqlite.c++`, whose transactions and savepoints these are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any

from labkit.emulators.sqlite import Engine

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.database import Database

Confirm = Callable[[], "asyncio.Future[Any] | None"]

BROKEN = (
    "Durable Object was reset and rolled back to its last known good state because the application left the database "
    "in a state where constraints were violated: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended: "
    "SQLITE_CONSTRAINT_FOREIGNKEY)"
)
INTERNAL = "internal error; reference = 0123456789abcdefghijklmn"
"""What the runtime answers where SQLite cannot commit; the reference is another each time."""


def nobody(*_: Any) -> None:
    """Who is told of what happens to the disk of an object that nobody runs."""


class Batch:
    """Writes that are one. `confirmed` resolves when they are; `savepoint` is None where an engine was replaced.

    `is_awaited` says whether what leaves the object waits for them.
    """

    __slots__ = ("engine", "savepoint", "confirmed", "sent", "is_transaction", "is_awaited")

    def __init__(self, engine: Engine, savepoint: str | None, confirmed: asyncio.Future[None]):
        self.engine, self.savepoint, self.confirmed = engine, savepoint, confirmed
        self.sent: asyncio.Future[Any] | None = None
        self.is_transaction = self.is_awaited = False

    @property
    def is_sure(self) -> bool:
        """Whether those who must confirm it have."""
        return self.sent is None or (self.sent.done() and not self.sent.cancelled() and self.sent.exception() is None)


class Batches:
    """The batch of a database that is open, the transactions inside it, and the batches that are on their way.

    `confirm` sends a batch to those who must confirm it and returns the future of their answer, or None where nobody
    is asked. `hold` is told what leaving must wait for, and `failed` with the words for which a batch was refused at
    its end. While they are `is_lax`, nothing waits for a write.
    """

    __slots__ = ("confirm", "hold", "failed", "is_lax", "_database", "_batch", "_flights", "_nested", "_names")

    def __init__(self, database: Database):
        self._database = database
        self.confirm: Confirm = nobody
        self.hold: Callable[[asyncio.Future[Any]], None] = nobody
        self.failed: Callable[[str], None] = nobody
        self.is_lax = False
        self._batch: Batch | None = None
        self._flights: list[Batch] = []
        self._nested: list[str] = []
        self._names = 0

    @property
    def are_confirmed(self) -> bool:
        """Whether none is open or on its way."""
        return not (self._batch or self._flights)

    def unconfirmed(self) -> asyncio.Future[None] | None:
        """What resolves when all that is written by now is confirmed; None where it is."""
        last = self._batch or (self._flights[-1] if self._flights else None)
        return last.confirmed if last else None

    # From the first write to the confirmation.

    def begin(self) -> None:
        """A write is about to happen: the first of a turn begins a batch, which ends with the turn."""
        batch = self._batch
        if batch is None:
            batch = self._begin()
            self._database.world.timeline.call_soon(self._end_of_turn, batch, context=Context())
        if not (self.is_lax or batch.is_awaited):
            batch.is_awaited = True
            if not batch.is_transaction:  # one that is open holds nothing: its own requests could never leave
                self.hold(batch.confirmed)

    def _begin(self) -> Batch:
        self._names += 1
        batch = self._new(self._database.open(), f"_cf_batch_{self._names}")
        batch.engine.savepoint(str(batch.savepoint))
        self._batch = batch
        return batch

    def _new(self, engine: Engine, savepoint: str | None) -> Batch:
        return Batch(engine, savepoint, self._database.world.timeline.create_future())

    def _end_of_turn(self, batch: Batch) -> None:
        if batch is self._batch and not self._nested:
            self._end()

    def _end(self) -> None:
        """The batch that is open is whole, and goes to those who must confirm it."""
        batch = self._batch
        if batch is None:
            return
        if batch.engine.has_broken_references or batch.engine.cannot_commit:
            return self._refuse(BROKEN if batch.engine.has_broken_references else INTERNAL)
        self._batch = None
        if batch.is_transaction and batch.is_awaited:
            self.hold(batch.confirmed)
        self._send(batch)

    def replace(self, old: Engine) -> None:
        """The database has another engine from now on: a batch of its own, which closes the old one once confirmed."""
        batch = self._new(old, None)
        self.hold(batch.confirmed)
        self._send(batch)

    def _send(self, batch: Batch) -> None:
        batch.sent = self.confirm()
        self._flights.append(batch)
        if batch.sent is None or batch.sent.done():
            self._settle()
        else:
            batch.sent.add_done_callback(self._settle)

    def _settle(self, *_: Any) -> None:
        """Those at the head of the queue that are confirmed now are done."""
        while self._flights and self._flights[0].is_sure:
            batch = self._flights.pop(0)
            if batch.savepoint is None:
                batch.engine.close()
            if not batch.confirmed.done():
                batch.confirmed.set_result(None)
        self._database.rest()
        self._database.opened.trim()

    # What is not kept.

    def roll_back(self) -> None:
        """Undo the writes of this turn, or the transaction that is open."""
        batch = self._batch
        if batch is not None:
            self._forget_batch()
            self._undo(batch)
            self._database.rest()

    def lose(self) -> None:
        """The machine is lost: go back to what is confirmed."""
        lost = [*self._flights, *([self._batch] if self._batch else [])]
        self.forget()
        for batch in lost:
            batch.confirmed.cancel()
        if lost:
            self._database.take_back(lost[0].engine)
            self._undo(lost[0])

    def forget(self) -> None:
        """None is open or on its way any more, and none is undone."""
        self._flights.clear()
        self._forget_batch()

    def _refuse(self, words: str) -> None:
        """What cannot be kept is undone, and the instance that wrote it is over."""
        self.roll_back()
        self.failed(words)

    def _forget_batch(self) -> None:
        self._batch = None
        self._nested.clear()

    def _undo(self, batch: Batch) -> None:
        if batch.savepoint is not None:
            batch.engine.roll_back(batch.savepoint)
            batch.engine.release(batch.savepoint)
        if not batch.confirmed.done():
            batch.confirmed.set_result(None)
        self._database.look_at_the_alarm()

    # Transactions.

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction is open, of either kind."""
        return bool(self._nested)

    def has_inner(self, name: str) -> bool:
        """Whether another transaction is open inside this one."""
        return name in self._nested and self._nested[-1] != name

    def begin_transaction(self, *, sync: bool = False) -> str:
        """Open a transaction, inside of the one that is open. The outermost asynchronous one is a batch of its own."""
        if not self._nested and not sync:
            self._end()
        if self._batch is None:
            if sync:
                self.begin()
            else:
                self._begin().is_transaction = True
        self._names += 1
        name = f"_cf_savepoint_{self._names}"
        self._database.open().savepoint(name)
        self._nested.append(name)
        return name

    def end_transaction(self, name: str, *, keep: bool, sync: bool = False) -> None:
        """Keep what a transaction wrote, or undo it. Nothing happens to one that was lost with its machine."""
        if name not in self._nested:
            return
        engine = self._database.open()
        if keep and engine.cannot_commit:
            return self._refuse(INTERNAL)
        if not keep:
            engine.roll_back(name)
            self._database.look_at_the_alarm()
        engine.release(name)
        self._nested.remove(name)
        if not self._nested and not sync:
            self._end()

    def end_transactions(self) -> None:
        """Undo the transaction that is open: its instance must not touch the storage any more."""
        if self._nested:
            self.roll_back()
