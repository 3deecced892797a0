"""What one object has on disk: its tables, its keys and its alarm, which is confirmed, rolled back and lost as one.

The writes of one turn, without an `await` between them, are one batch: it begins with the first of them and ends when
the turn does. A batch that has ended is on its way to the machines that must confirm it; several may be, and they are
confirmed in order. What is not confirmed is lost with the machine, whole batches at a time.

A batch that SQLite cannot commit is undone and resets the object: one that leaves a foreign key pointing nowhere, that
ends before all rows of a statement that writes are taken (`INSERT ... RETURNING`), or that a statement has rolled back.

Each batch is a SAVEPOINT, and it stays one until all before it, and itself, are confirmed; so what is lost is rolled
back, and what that costs grows with the pages that were changed, not with the size of the database. An object that is
not in memory is nothing but its compressed pages, and one that has never written nothing at all.

Source: workerd's `io/actor-sqlite.c++`, whose transactions and savepoints these are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Any

import apsw

from labkit.emulators.durable_objects.kv_table import KvTable
from labkit.emulators.durable_objects.opened import Opened
from labkit.emulators.sqlite import Engine
from labkit.world import World

Confirm = Callable[[], "asyncio.Future[Any] | None"]
State = tuple["bytes | None", int, "int | None"]

BROKEN = (
    "Durable Object was reset and rolled back to its last known good state because the application left the database "
    "in a state where constraints were violated: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended: "
    "SQLITE_CONSTRAINT_FOREIGNKEY)"
)
INTERNAL = "internal error; reference = 0123456789abcdefghijklmn"
"""What the runtime answers where SQLite cannot commit; the reference is another each time."""
_ALARM = "CREATE TABLE IF NOT EXISTS _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB)"


def _nobody(*_: Any) -> None:
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


class Database:
    """One object's disk. It outlives the instances of the object.

    `confirm` sends a batch to those who must confirm it and returns the future of their answer, or None where nobody
    is asked. `hold` is told what leaving must wait for, `moved` of an alarm that is another after a rollback, and
    `failed` with the words for which a batch was refused at its end. While it `is_lax`, nothing waits for a write.
    """

    __slots__ = (
        "world", "sqlite", "confirm", "hold", "is_lax", "moved", "failed", "kv",
        "_image", "_size", "_alarm", "_engine", "_batch", "_flights", "_nested", "_names", "_is_leaving", "_opened",
        "_rowid",
    )  # fmt: skip

    def __init__(self, world: World, *, sqlite: bool = True, opened: Opened | None = None):
        self.world, self.sqlite = world, sqlite
        self._opened = Opened() if opened is None else opened
        self.confirm: Confirm = _nobody
        self.hold: Callable[[asyncio.Future[Any]], None] = _nobody
        self.is_lax = False
        self.moved: Callable[[], None] = _nobody
        self.failed: Callable[[str], None] = _nobody
        self.kv = KvTable(self)
        self._engine: Engine | None = None
        self._batch: Batch | None = None
        self._flights: list[Batch] = []
        self._names = 0
        self._nested: list[str] = []
        self._is_leaving = False
        self.restore((None, 0, None))

    # What it holds.

    def open(self) -> Engine:
        """The database, in memory."""
        if self._engine is None:
            self._engine = Engine(self._image, self.begin, self.world)
            self._engine.connection.set_last_insert_rowid(self._rowid)
        self._opened.use(self)
        self._is_leaving = False
        return self._engine

    @property
    def is_open(self) -> bool:
        """Whether it is in memory."""
        return self._engine is not None

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was ever stored, so that there is nothing to open."""
        return self._engine is None and self._image is None

    @property
    def alarm(self) -> int | None:
        """When the alarm rings, in milliseconds since 1970."""
        return self._alarm

    @alarm.setter
    def alarm(self, time: int | None) -> None:
        if time == self._alarm:
            return
        engine = self.open()
        engine.write(_ALARM)
        engine.write("INSERT OR REPLACE INTO _cf_METADATA VALUES (1, ?)", (time,))
        self._alarm = time

    @property
    def stored_bytes(self) -> int:
        """The platform's `databaseSize`; 0 for an object that has never written."""
        if self._engine:
            return self._engine.size
        return self._size

    def close(self) -> None:
        """Leave memory: nothing but compressed pages is kept. Where a batch is on its way, once it is confirmed."""
        self._is_leaving, self._rowid = True, 0
        self._rest()

    def put_away(self) -> None:
        """Do not stay open; whoever uses it next does not notice."""
        rowid = self._engine.connection.last_insert_rowid() if self._engine else 0
        self.close()
        self._rowid = rowid

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody would notice that it is closed, and opened when it is used next."""
        engine = self._engine
        return not (self._batch or self._flights or self._nested or (engine and engine.is_particular))

    def snapshot(self) -> State:
        """All that is stored, what is not confirmed yet included."""
        if self._engine:
            return self._engine.image(), self._engine.size, self._alarm
        return self._image, self._size, self._alarm

    def restore(self, state: State) -> None:
        """Go back to a snapshot."""
        self._forget_batch()
        self._flights.clear()
        if self._engine:
            self._shut(self._engine)
        self._image, self._size, self._alarm = state
        self._rowid = 0

    # Batches.

    def begin(self) -> None:
        """A write is about to happen: the first of a turn begins a batch, which ends with the turn."""
        batch = self._batch
        if batch is None:
            batch = self._begin()
            self.world.timeline.call_soon(self._end_of_turn, batch, context=Context())
        if not (self.is_lax or batch.is_awaited):
            batch.is_awaited = True
            if not batch.is_transaction:  # one that is open holds nothing: its own requests could never leave
                self.hold(batch.confirmed)

    def _begin(self) -> Batch:
        self._names += 1
        batch = Batch(self.open(), f"_cf_batch_{self._names}", self.world.timeline.create_future())
        batch.engine.savepoint(str(batch.savepoint))
        self._batch = batch
        return batch

    def _end_of_turn(self, batch: Batch) -> None:
        if batch is self._batch and not self._nested:
            self.end()

    def end(self) -> None:
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
        self._rest()
        self._opened.trim()

    def _rest(self) -> None:
        """Where nothing is open or on its way: commit for good, and leave memory if that was wished."""
        engine = self._engine
        if engine is None or self._batch or self._flights:
            return
        if engine.connection.in_transaction:
            engine.trusted("COMMIT")
        if self._is_leaving:
            self._image = engine.image()
            self._size = engine.size if self._image else 0
            self._shut(engine)

    def _shut(self, engine: Engine) -> None:
        engine.close()
        self._engine = None
        self._opened.closed(self)

    def unconfirmed(self) -> asyncio.Future[None] | None:
        """What resolves when all that is written by now is confirmed; None where it is."""
        last = self._batch or (self._flights[-1] if self._flights else None)
        return last.confirmed if last else None

    def roll_back_batch(self) -> None:
        """Undo the writes of this turn, or the transaction that is open."""
        batch = self._batch
        if batch is not None:
            self._forget_batch()
            self._undo(batch)
            self._rest()

    def lose_unconfirmed(self) -> None:
        """The machine is lost: go back to what is confirmed."""
        lost = [*self._flights, *([self._batch] if self._batch else [])]
        self._flights.clear()
        self._forget_batch()
        for batch in lost:
            batch.confirmed.cancel()
        if lost:
            if self._engine is not lost[0].engine and self._engine is not None:
                self._engine.close()
            self._engine = lost[0].engine
            self._engine.is_deleted = False
            self._undo(lost[0])
        self.close()

    def delete_all(self) -> None:
        """Replace the database by an empty one. What this turn has written before goes with the rest."""
        self.roll_back_batch()
        if self.is_untouched:
            return
        old = self.open()
        old.is_deleted = True
        self._engine, self._alarm = Engine(None, self.begin, self.world), None
        batch = Batch(old, None, self.world.timeline.create_future())
        self.hold(batch.confirmed)
        self.moved()
        self._send(batch)

    # Transactions.

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction is open, of either kind."""
        return bool(self._nested)

    def begin_transaction(self, *, sync: bool = False) -> str:
        """Open a transaction, inside of the one that is open. The outermost asynchronous one is a batch of its own."""
        if not self._nested and not sync:
            self.end()
        if self._batch is None:
            if sync:
                self.begin()
            else:
                self._begin().is_transaction = True
        self._names += 1
        name = f"_cf_savepoint_{self._names}"
        self.open().savepoint(name)
        self._nested.append(name)
        return name

    def end_transaction(self, name: str, *, keep: bool, sync: bool = False) -> None:
        """Keep what a transaction wrote, or undo it. Nothing happens to one that was lost with its machine."""
        if name not in self._nested:
            return
        engine = self.open()
        if keep and engine.cannot_commit:
            return self._refuse(INTERNAL)
        if not keep:
            engine.roll_back(name)
            self._look_at_the_alarm()
        engine.release(name)
        self._nested.remove(name)
        if not self._nested and not sync:
            self.end()

    def end_transactions(self) -> None:
        """Undo the transaction that is open: its instance must not touch the storage any more."""
        if self._nested:
            self.roll_back_batch()

    def has_inner(self, name: str) -> bool:
        """Whether another transaction is open inside this one."""
        return name in self._nested and self._nested[-1] != name

    def _refuse(self, words: str) -> None:
        """What cannot be kept is undone, and the instance that wrote it is over."""
        self.roll_back_batch()
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
        self._look_at_the_alarm()

    def _look_at_the_alarm(self) -> None:
        """Read the alarm anew after a rollback."""
        try:
            rows = self.open().trusted("SELECT value FROM _cf_METADATA WHERE key = 1")
        except apsw.SQLError:  # no such table
            rows = []
        before, self._alarm = self._alarm, rows[0][0] if rows else None
        if before != self._alarm:
            self.moved()
