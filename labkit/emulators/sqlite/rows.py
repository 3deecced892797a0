"""Rows read and written, as the platform bills them.

The platform's SQLite is patched to count: a row read is a step of a cursor onto a row (of a table, of an index, of a
sorter), a row written an entry put into a table or an index, or a row deleted. This SQLite has no such counters. What
it tells is how often a table was stepped through in full, how many instructions a statement took, and how many rows it
changed. With the statement's program (`EXPLAIN`), which `labkit.emulators.sqlite.program` reads, that gives the counts
of what most statements do exactly, and a close estimate of the rest:

| exact | scans, look-ups, ranges of an index, ORDER BY, GROUP BY, most joins, INSERT, UPDATE, DELETE, upserts |
| estimated | several ranges or filters in one statement, subqueries, partial indexes, changes of the schema; |
| | joins by an index where some rows have no partner and others several |

While a cursor is open it has read as many rows as it has given; the rest is told at its end.
Source: the patch is https://github.com/cloudflare/workerd/blob/main/patches/sqlite/0001-row-counts-plain.patch
"""

from __future__ import annotations

from typing import Any

import apsw

from labkit.emulators.sqlite.program import Program, Run

CACHED = 256
"""Programs that are remembered; those of one schema."""
_BEFORE = "; \t\r\n\f\v"
FULL_SCAN, STEPS = "SQLITE_STMTSTATUS_FULLSCAN_STEP", "SQLITE_STMTSTATUS_VM_STEP"


class Meter:
    """What is counted on a connection: one statement after the other, and the programs that they have."""

    def __init__(self, connection: apsw.Connection, explain: Any):
        self.connection, self.explain = connection, explain
        self.programs: dict[str, Program] = {}
        self.schemas = 0  # how often the schema was changed, or may have been
        self.status: dict[str, int] = {}
        self.updates = 0
        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, self._profiled)

    def _profiled(self, event: dict[str, Any]) -> None:
        self.status = event["stmt_status"]

    def program(self, statement: str, bindings: Any) -> Program:
        """What a statement is compiled to."""
        found = self.programs.get(statement)
        if found is None:
            if len(self.programs) >= CACHED:
                self.programs.clear()
            found = self.programs[statement] = Program(self._explained(statement, bindings))
        return found

    def forget(self) -> None:
        """The schema is another: so are columns and programs."""
        self.programs.clear()
        self.schemas = (self.schemas + 1) % 2**16

    def _explained(self, statement: str, bindings: Any) -> list[tuple[Any, ...]]:
        """A statement's instructions; none where it cannot be explained, as an EXPLAIN cannot."""
        try:
            return self.explain(f"EXPLAIN {statement.lstrip(_BEFORE)}", bindings)
        except (apsw.Error, UnicodeDecodeError):  # that of a quick_check names what is no text
            return []

    def size(self, root: int) -> int:
        """The rows of the table or index at a root page."""
        [(table,)] = self.explain("SELECT tbl_name FROM sqlite_schema WHERE rootpage = ?", (root,)) or [("",)]
        quoted = table.replace('"', '""')
        return self.explain(f'SELECT count(*) FROM "{quoted}"', ())[0][0] if table else 0

    def updated(self, change: Any) -> None:
        """A row was changed: called while an upsert runs, which does not say how many it inserted."""
        self.updates += change.op == "UPDATE"


class Count:
    """What one run of a statement has read and written so far."""

    __slots__ = ("meter", "read", "written", "rows", "steps", "_program", "_changes")

    def __init__(self, meter: Meter):
        self.meter = meter
        self.read = self.written = self.rows = self.steps = self._changes = 0
        self._program: Program | None = None

    def begin(self, statement: str, bindings: Any) -> None:
        """The statement is about to run."""
        meter = self.meter
        self._program = program = meter.program(statement, bindings)
        self._changes = meter.connection.total_changes()
        if program.is_upsert:
            meter.updates = 0
            meter.connection.preupdate_hook(meter.updated, id=meter)

    def row(self) -> None:
        """It has come to a row of its result."""
        self.rows += 1
        if self._program and self._program.reads:
            self.read = self.rows

    def stop(self) -> None:
        """It has failed, or written all that it writes."""
        if self._program and self._program.is_upsert:
            self.meter.connection.preupdate_hook(None, id=self.meter)

    def end(self) -> None:
        """It is over, or nobody wants more of it."""
        program, meter = self._program, self.meter
        if program is None:
            return
        self.stop()
        total = meter.connection.total_changes() - self._changes if program.writes else 0
        changed = meter.connection.changes() if total else 0
        status = meter.status
        self.steps = status.get(STEPS, 0)
        if program.always is not None:
            self.read, self.written = program.always
            return
        run = Run(status.get(FULL_SCAN, 0), self.steps, self.rows, changed, total, meter.updates)
        self.read, self.written = program.rows(run, meter.size)
        if program.changes_schema:
            meter.forget()
