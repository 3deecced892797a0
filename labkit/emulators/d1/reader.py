"""A connection to a database's pages, and statements that run on it: what the primary and each replica have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw

from labkit import facts
from labkit.emulators.d1.history import History
from labkit.emulators.d1.results import Result
from labkit.emulators.d1.sql import looked_at
from labkit.emulators.d1.view import View
from labkit.emulators.d1.words import CPU, FOREIGN_KEY, FULL, Refused
from labkit.emulators.sqlite import PAGE, Engine
from labkit.emulators.sqlite.opened import Opened
from labkit.emulators.sqlite.paged import Pages
from labkit.errors import LabError
from labkit.workers.ffi import JsException
from labkit.world import World

Statement = tuple[str, Sequence[Any]]
"""A text of SQL and what is bound to its last statement."""
TICK = 1_000_000
"""Instructions between two looks at how long a statement computes."""


class Reader:
    """Statements on pages. The connection is made when it is needed, and goes where others need theirs."""

    is_alone = False

    def __init__(self, world: World, pages: Pages, opened: Opened):
        self.world, self.pages, self.opened = world, pages, opened
        self._engine: Engine | None = None
        self._rowid = self._ticks = self._size = self._steps = 0
        self._most_steps = facts.value("d1.query") / facts.value("d1.instruction")
        self._most_pages = facts.value("d1.database_bytes", plan=world.plan) // PAGE

    # The connection: `labkit.emulators.sqlite.opened.Database`.

    def open(self) -> Engine:
        """The database, open."""
        engine = self._engine
        if engine is None:
            engine = self._engine = Engine(None, self._on_write, self.world, pages=self.pages, alone=self.is_alone)
            engine.trusted(f"PRAGMA max_page_count = {self._most_pages}")
            if self.world.links:
                engine.connection.limit(apsw.SQLITE_LIMIT_LENGTH, facts.value("d1.row_bytes"))
            engine.connection.set_progress_handler(self._tick, TICK)
            engine.connection.set_last_insert_rowid(self._rowid)
            self._size = 0
        self.opened.use(self)
        return engine

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody would notice that it is closed."""
        engine = self._engine
        return engine is None or not (engine.is_particular or engine.connection.in_transaction)

    def put_away(self) -> None:
        """Keep only the pages; whoever uses it next does not notice."""
        rowid = self._engine.connection.last_insert_rowid() if self._engine else self._rowid
        self.close()
        self._rowid = rowid

    def close(self) -> None:
        """Forget the connection, and what it remembers."""
        if self._engine:
            self._engine.close()
            self._engine = None
            self.opened.closed(self)
        self._rowid = 0

    def forget_size(self) -> None:
        """The platform itself has written."""
        self._size = 0

    def _on_write(self) -> None:
        """A statement that writes is about to run."""

    def _tick(self) -> bool:
        """Whether a call has computed for too long."""
        self._ticks += 1
        return self._steps + self._ticks * TICK > self._most_steps

    # Statements.

    def run(self, statements: Sequence[Statement]) -> list[Result]:
        """What each statement comes to, one after the other. Refuses in SQLite's words."""
        engine, self._steps = self.open(), 0
        return [self._one(engine, sql, values) for sql, values in statements]

    def _one(self, engine: Engine, sql: str, values: Sequence[Any]) -> Result:
        connection = engine.connection
        changes, rowid, size = connection.total_changes(), connection.last_insert_rowid(), self._size or engine.size
        self._ticks = 0
        try:
            query = engine.run(sql, values)
            rows = query.rest()
        except JsException as error:
            raise _refused(error) from None
        changes, last = connection.total_changes() - changes, connection.last_insert_rowid()
        self._size = after = self._size_after(engine, size)
        changed = bool(changes) or last != rowid or after != size
        self._steps += query.steps
        if self._steps > self._most_steps:  # of many statements each may be short
            raise Refused(CPU, outcome="exceededCpu")
        read, written = query.rows_read, query.rows_written
        return Result(query.columns, rows, changes, last, changed, after, read, written, query.steps)

    def _size_after(self, engine: Engine, before: int) -> int:
        """The database's size after a statement."""
        return before


def _refused(error: JsException) -> Refused:
    """SQLite's refusal in D1's words."""
    if error.message.startswith("interrupted"):
        return Refused(CPU, outcome="exceededCpu")
    if error.message.startswith("database or disk is full"):
        return Refused(FULL)
    return Refused(error.message)


class Disk(Reader):
    """The primary's: it writes. What a call writes is one transaction, which is over with `commit` or `roll_back`."""

    is_alone = True
    pages: History
    _is_looking = _is_lone = False

    @property
    def is_at_rest(self) -> bool:
        return not self.pages.is_dirty and super().is_at_rest

    def put_away(self) -> None:
        super().put_away()
        self.pages.pack()

    def look(self, sql: str) -> Result:
        """What a statement that only reads comes to, in the middle of a transaction too."""
        self._is_looking = True
        try:
            [result] = super().run([(sql, ())])
        finally:
            self._is_looking = False
        return result

    def run(self, statements: Sequence[Statement]) -> list[Result]:
        try:
            engine, self._steps = self.open(), 0
            self._is_lone = len(statements) == 1 and looked_at(statements[0][0]).is_change
            return [self._in_transaction(engine, *each) for each in statements]
        except BaseException:  # an interrupt of the kernel too
            self.roll_back()
            raise

    def _in_transaction(self, engine: Engine, sql: str, values: Sequence[Any]) -> Result:
        if not sql[:6].upper().startswith("SELECT"):  # whatever else it is: a pragma has no effect in a transaction
            self._on_write()
        return self._one(engine, sql, values)

    def _size_after(self, engine: Engine, before: int) -> int:
        if engine.connection.in_transaction:
            return engine.size
        return self.pages.used_bytes if self.pages.is_dirty else before

    def _on_write(self) -> None:
        """Begin a transaction, unless the call is one statement, of which SQLite makes one by itself."""
        if self._is_looking:
            raise LabError("query() shows what there is; what writes goes to execute().")
        engine = self._engine
        if engine and not self._is_lone and not engine.connection.in_transaction:
            engine.trusted("BEGIN")

    def commit(self) -> bool:
        """Keep what was written; whether anything was. Refuses a reference that still points nowhere."""
        engine = self._engine
        if engine and engine.connection.in_transaction:
            try:
                engine.trusted("COMMIT")
            except apsw.ConstraintError:
                self.roll_back()
                raise Refused(FOREIGN_KEY) from None
        if not self.pages.is_dirty:
            return False
        self.opened.trim()
        return self.pages.commit(self.world.unix)

    def roll_back(self) -> None:
        """Undo what was written."""
        engine = self._engine
        if engine and engine.connection.in_transaction:
            engine.trusted("ROLLBACK")
            self._size = 0
            engine.meter.forget()
        if self.pages.is_dirty:
            self.pages.roll_back()
            super().put_away()  # it remembers other pages


class Copy(Reader):
    """A replica's: it shows the database as it was after a commit."""

    pages: View

    def at(self, index: int) -> Copy:
        """Itself, as the database was after that commit."""
        before, self._size = self.pages.schema, 0
        self.pages.show(index)
        if self._engine and self.pages.schema != before:
            self._engine.meter.forget()
        return self
