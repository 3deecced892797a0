"""One open SQLite database in memory, set up as workerd sets up its own."""

from __future__ import annotations

import weakref
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import apsw

from labkit.emulators.sqlite import security, time_and_chance
from labkit.emulators.sqlite.paged import PAGE, Pages, connect
from labkit.emulators.sqlite.query import Query
from labkit.emulators.sqlite.rows import Meter
from labkit.emulators.sqlite.statements import (
    FAILURES,
    NO_STATEMENT,
    NO_TRANSACTIONS,
    PARAMETERS_BEFORE_LAST,
    WRONG_PARAMETERS,
    is_empty,
    refusal,
    taken_apart,
    words_of,
)

if TYPE_CHECKING:
    from labkit.world import World

__all__ = ["PAGE", "Engine"]


class Engine:
    """A connection. `on_write` is called before each statement that may write, and by whoever writes on trust.

    `world` has the time and the dice of its SQL; without one they are the machine's. The database is in memory,
    filled from an image, or lies in `pages`, which it has to itself where it is `alone`.
    """

    def __init__(
        self,
        image: bytes | None = None,
        on_write: Any = None,
        world: World | None = None,
        *,
        pages: Pages | None = None,
        alone: bool = True,
    ):
        vfs, kept = time_and_chance.NAME if world else None, {"statementcachesize": 64}
        memory = pages is None
        self.connection = connection = (
            apsw.Connection(":memory:", vfs=vfs, **kept) if memory else connect(pages, alone=alone, **kept)
        )
        self.on_write, self.world = on_write, world
        self.is_deleted = False
        self._is_trusted = self._is_set = False
        self._cursors: weakref.WeakSet[apsw.Cursor] = weakref.WeakSet()
        self.unread: set[Query] = set()  # statements that write and have rows left, whether or not anybody has them
        if image is not None:
            _fill(connection, image)
        for limit, most in security.LIMITS.items():
            connection.limit(limit, most)
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_FKEY, 1)
        connection.execute("PRAGMA recursive_triggers = 0")
        connection.drop_modules(security.MODULES)
        if world:
            time_and_chance.give_dice(connection, world.random)
        connection.authorizer = self._authorize
        self.meter = Meter(connection, self.trusted)

    # For Workers.

    def run(self, sql: str, bindings: Sequence[Any] = ()) -> Query:
        """The last statement of a text, at its first row; those before it are done. Refuses in workerd's words."""
        *before, last = taken_apart(sql)
        for statement in before:
            self._query(statement, (), PARAMETERS_BEFORE_LAST).close()
        return self._query(last, bindings, WRONG_PARAMETERS)

    def tell_the_time(self) -> None:
        """A statement goes on now."""
        if self.world:
            time_and_chance.CLOCK.unix = self.world.unix

    def cursor(self) -> apsw.Cursor:
        """What a statement is run with. Whoever drops it is done."""
        cursor = self.connection.cursor()
        self._cursors.add(cursor)
        return cursor

    @property
    def is_particular(self) -> bool:
        """Whether another connection to the same pages would not be the same: rows are left to take, a pragma is set,

        or somebody asked how many rows were changed before.
        """
        return self._is_set or len(self._cursors) > 0

    def _query(self, statement: str, bindings: Sequence[Any], wrong_parameters: str) -> Query:
        if is_empty(statement):
            raise refusal(NO_STATEMENT)
        query = Query(self)
        try:
            query.start(statement, bindings)
        except BaseException as error:
            query.drop()
            raise _refused(error, wrong_parameters) from None
        return query

    # For the platform, which may do everything.

    def trusted(self, sql: str, bindings: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement of the platform's own. It is kept prepared, apart from those of Workers."""
        self._is_trusted = True
        try:
            return self.connection.execute(sql, bindings, prepare_flags=apsw.SQLITE_PREPARE_PERSISTENT).fetchall()
        finally:
            self._is_trusted = False

    def write(self, sql: str, bindings: Sequence[Any] = ()) -> int:
        """Run a statement of the platform's that writes: how many rows it changed. Refuses in SQLite's words."""
        if self.on_write:
            self.on_write()
        try:
            self.trusted(sql, bindings)
        except apsw.Error as error:
            raise refusal(words_of(error)) from None
        return self.connection.changes()

    def roll_back(self, savepoint: str) -> None:
        """Go back to a savepoint, and with it to its schema; statements that still write are over."""
        for query in list(self.unread):
            query.close()
        if self.connection.in_transaction:  # else a statement has rolled all of it back: INSERT OR ROLLBACK
            self.trusted(f"ROLLBACK TO {savepoint}")
            self.meter.forget()

    def release(self, savepoint: str) -> None:
        """Keep what was written since a savepoint."""
        if self.connection.in_transaction:
            self.trusted(f"RELEASE {savepoint}")

    def savepoint(self, name: str) -> None:
        """Begin what can be rolled back. Refuses in SQLite's words, as while a statement that writes is not read."""
        try:
            self.trusted(f"SAVEPOINT {name}")
        except apsw.Error as error:
            raise refusal(words_of(error)) from None

    def _authorize(self, *asked: Any) -> int:
        if self._is_trusted:
            return apsw.SQLITE_OK
        self._is_set = self._is_set or security.is_of_connection(*asked)
        return security.authorize(*asked)

    @property
    def cannot_commit(self) -> bool:
        """Whether a statement that writes has rows left, or one has rolled back the transaction that it was in."""
        return bool(self.unread) or not self.connection.in_transaction

    @property
    def has_broken_references(self) -> bool:
        """Whether a foreign key that is checked at the end only points nowhere."""
        return self.connection.status(apsw.SQLITE_DBSTATUS_DEFERRED_FKS)[0] > 0

    @property
    def size(self) -> int:
        """Bytes of the pages that are in use: the platform's `databaseSize`."""
        pages, free = self._pages()
        return max(1, pages - free) * PAGE

    def _pages(self) -> tuple[int, int]:
        """The pages of the database, and how many of them are free."""
        return self.trusted("PRAGMA page_count")[0][0], self.trusted("PRAGMA freelist_count")[0][0]

    def image(self) -> bytes | None:
        """All that is in it, small; None where there is nothing."""
        if self._pages()[0] == 0:
            return None
        self._is_trusted = True
        try:
            return zlib.compress(self.connection.serialize("main"), 1)
        finally:
            self._is_trusted = False

    def close(self) -> None:
        self.unread.clear()
        self.connection.close(True)


def _refused(error: BaseException, wrong_parameters: str) -> BaseException:
    """An error of a statement in workerd's words; itself, where it is none of SQLite's."""
    if isinstance(error, apsw.BindingsError):
        return refusal(wrong_parameters)
    if isinstance(error, security.TransactionRefused):
        return refusal(NO_TRANSACTIONS)
    return refusal(words_of(error)) if isinstance(error, FAILURES) else error


def _fill(connection: apsw.Connection, image: bytes) -> None:
    """Copy an image in, page by page: a connection that is laid over the image itself could not give it back."""
    source = apsw.Connection(":memory:")
    source.deserialize("main", zlib.decompress(image))
    with connection.backup("main", source, "main") as backup:
        backup.step()
    source.close()
