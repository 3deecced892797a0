"""A statement that runs: its columns, its rows one by one, and what it has read and written so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import apsw

from labkit.emulators.sqlite.rows import Count
from labkit.emulators.sqlite.statements import FAILURES, refusal, words_of

if TYPE_CHECKING:
    from labkit.emulators.sqlite.engine import Engine

CANCELLED = "SQLite query was canceled because the database was deleted."
_UNUSED = 8
"""From this bit on SQLite ignores the flags of a statement to prepare, and the cache of statements tells by them what
was prepared before a change of the schema: such a statement would still say the columns of then."""


class Query:
    """One run of a statement. It is always one row ahead, as workerd is: `row` is the next to be taken, or None."""

    __slots__ = ("engine", "columns", "row", "meter", "is_done", "_cursor")

    def __init__(self, engine: Engine):
        self.engine = engine
        self.columns: list[str] = []
        self.row: tuple[Any, ...] | None = None
        self.is_done = False
        self.meter = Count(engine.meter)
        self._cursor: apsw.Cursor | None = engine.cursor()

    def start(self, statement: str, bindings: Sequence[Any]) -> None:
        """Prepare the statement and go to its first row."""
        cursor = self._cursor
        assert cursor is not None
        cursor.exec_trace = self._prepared
        self.engine.tell_the_time()
        try:
            cursor.execute(statement, bindings, prepare_flags=self.engine.meter.schemas << _UNUSED)
        finally:
            self.meter.stop()
        cursor.exec_trace = None  # nothing points back here, so a query that is dropped ends at once
        self._step()
        if self.row is not None and not cursor.is_readonly:
            self.engine.unread.add(self)

    def _prepared(self, cursor: apsw.Cursor, statement: str, bindings: Any) -> bool:
        """SQLite has read the statement, and runs it next."""
        self.columns = [column[0] for column in cursor.get_description()]
        if not cursor.is_readonly and self.engine.on_write:
            self.engine.on_write()
        self.meter.begin(statement, bindings)
        return True

    @property
    def rows_read(self) -> int:
        return self.meter.read

    @property
    def rows_written(self) -> int:
        return self.meter.written

    @property
    def steps(self) -> int:
        """How many instructions of SQLite's machine it took, once it is over."""
        return self.meter.steps

    def take(self) -> tuple[Any, ...] | None:
        """The next row; None when there is no more. Refuses what SQLite finds wrong on its way to the one after."""
        row = self.row
        if self.engine.is_deleted and not self.is_done:
            raise refusal(CANCELLED)
        if row is not None:
            try:
                self.engine.tell_the_time()
                self._step()
            except FAILURES as error:
                self.close()
                raise refusal(words_of(error)) from None
        return row

    def rest(self) -> list[tuple[Any, ...]]:
        """All rows that are left, at once. Refuses what SQLite finds wrong on its way to the last."""
        if self.row is None:
            return []
        assert self._cursor is not None
        try:
            rows = [self.row, *self._cursor.fetchall()]
        except FAILURES as error:
            self.close()
            raise refusal(words_of(error)) from None
        except BaseException:  # an interrupt of the kernel
            self.drop()
            raise
        self.meter.rows += len(rows) - 1
        self._end()
        return rows

    def _step(self) -> None:
        assert self._cursor is not None
        self.row = self._cursor.fetchone()
        if self.row is None:
            self._end()
        else:
            self.meter.row()

    def close(self) -> None:
        """Take no more rows."""
        if self._cursor is not None:
            self._cursor.close()
            self._end()

    def drop(self) -> None:
        """It has failed: let go of the statement, or what it wrote would come only when Python collects it."""
        if self._cursor is not None:
            self._cursor.close(True)
            self._cursor, self.is_done = None, True
            self.engine.unread.discard(self)

    def _end(self) -> None:
        self._cursor, self.row, self.is_done = None, None, True
        self.engine.unread.discard(self)
        self.meter.end()
