"""What one object has on disk: its tables, its keys and its alarm, in memory or as pages.

How its writes are confirmed, undone and lost as one is `batches`; which databases stay in memory is `opened`. An
object that is not in memory is nothing but its compressed pages, and one that has never written nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable

import apsw

from labkit.emulators.durable_objects.batches import Batches, nobody
from labkit.emulators.durable_objects.kv_table import KvTable
from labkit.emulators.sqlite import Engine
from labkit.emulators.sqlite.opened import Opened
from labkit.world import World

State = tuple["bytes | None", int, "int | None"]

_ALARM = "CREATE TABLE IF NOT EXISTS _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB)"


class Database:
    """One object's disk. It outlives the instances of the object.

    `moved` is told of an alarm that is another after a rollback.
    """

    __slots__ = (
        "world", "sqlite", "opened", "batches", "kv", "moved",
        "_image", "_size", "_alarm", "_engine", "_is_leaving", "_rowid",
    )  # fmt: skip

    def __init__(self, world: World, *, sqlite: bool = True, opened: Opened | None = None):
        self.world, self.sqlite = world, sqlite
        self.opened = Opened() if opened is None else opened
        self.batches, self.kv = Batches(self), KvTable(self)
        self.moved: Callable[[], None] = nobody
        self._engine: Engine | None = None
        self._is_leaving = False
        self.restore((None, 0, None))

    # In memory, or as pages.

    def open(self) -> Engine:
        """The database, in memory."""
        if self._engine is None:
            self._engine = Engine(self._image, self.batches.begin, self.world)
            self._engine.connection.set_last_insert_rowid(self._rowid)
        self.opened.use(self)
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
    def is_at_rest(self) -> bool:
        """Whether nobody would notice that it is closed, and opened when it is used next."""
        engine = self._engine
        return self.batches.are_confirmed and not (engine and engine.is_particular)

    def close(self) -> None:
        """Leave memory: nothing but compressed pages is kept. Where a batch is on its way, once it is confirmed."""
        self._is_leaving, self._rowid = True, 0
        self.rest()

    def put_away(self) -> None:
        """Do not stay open; whoever uses it next does not notice."""
        rowid = self._engine.connection.last_insert_rowid() if self._engine else 0
        self.close()
        self._rowid = rowid

    def rest(self) -> None:
        """Where nothing is open or on its way: commit for good, and leave memory if that was wished."""
        engine = self._engine
        if engine is None or not self.batches.are_confirmed:
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
        self.opened.closed(self)

    # What it holds.

    @property
    def stored_bytes(self) -> int:
        """The platform's `databaseSize`; 0 for an object that has never written."""
        if self._engine:
            return self._engine.size
        return self._size

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

    def look_at_the_alarm(self) -> None:
        """Read the alarm anew after a rollback."""
        try:
            rows = self.open().trusted("SELECT value FROM _cf_METADATA WHERE key = 1")
        except apsw.SQLError:  # no such table
            rows = []
        before, self._alarm = self._alarm, rows[0][0] if rows else None
        if before != self._alarm:
            self.moved()

    def delete_all(self) -> None:
        """Replace the database by an empty one. What this turn has written before goes with the rest."""
        self.batches.roll_back()
        if self.is_untouched:
            return
        old = self.open()
        old.is_deleted = True
        self._engine, self._alarm = Engine(None, self.batches.begin, self.world), None
        self.moved()
        self.batches.replace(old)

    # Back to what it was.

    def lose_unconfirmed(self) -> None:
        """The machine is lost: go back to what is confirmed."""
        self.batches.lose()
        self.close()

    def take_back(self, engine: Engine) -> None:
        """Have the engine again that was there before the database was deleted, or still is."""
        if self._engine is not engine and self._engine is not None:
            self._engine.close()
        self._engine = engine
        engine.is_deleted = False

    def snapshot(self) -> State:
        """All that is stored, what is not confirmed yet included."""
        if self._engine:
            return self._engine.image(), self._engine.size, self._alarm
        return self._image, self._size, self._alarm

    def restore(self, state: State) -> None:
        """Go back to a snapshot."""
        self.batches.forget()
        if self._engine:
            self._shut(self._engine)
        self._image, self._size, self._alarm = state
        self._rowid = 0
