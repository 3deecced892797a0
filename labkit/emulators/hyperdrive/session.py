"""A session of the SQLite origin: its transaction, its settings, and what its statements do."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from labkit.emulators.hyperdrive import dialect
from labkit.emulators.hyperdrive.database import Database, Result
from labkit.emulators.hyperdrive.dialect import Statement
from labkit.emulators.hyperdrive.functions import VERSION
from labkit.emulators.hyperdrive.protocol import Account
from labkit.emulators.hyperdrive.refusals import ABORTED, TIMED_OUT, SqlError

SETTINGS = {
    "server_version": VERSION, "server_encoding": "UTF8", "client_encoding": "UTF8", "application_name": "",
    "DateStyle": "ISO, MDY", "IntervalStyle": "postgres", "TimeZone": "UTC", "integer_datetimes": "on",
    "standard_conforming_strings": "on", "is_superuser": "off",
}  # fmt: skip
"""What a server tells a driver that connects."""
DEFAULTS = {name.lower(): value for name, value in SETTINGS.items()} | {
    "search_path": '"$user", public', "statement_timeout": "0", "lock_timeout": "0", "work_mem": "4MB",
    "transaction_isolation": "read committed", "default_transaction_isolation": "read committed",
}  # fmt: skip
_SET = re.compile(r"set\s+(session\s+|local\s+)?([\w.]+|time\s+zone)\s*(?:=|\bto\b|\s)\s*(.+)", re.I | re.DOTALL)
COUNTED = ("insert", "update", "delete")
Outcome = tuple[Result, str]
NOTHING = Result([], [])


class Session:
    """What one connection knows. `status` is "I", "T" or "E"; `slept` the seconds that pg_sleep has taken."""

    def __init__(self, database: Database, account: Account, pid: int):
        self.database, self.account, self.pid = database, account, pid
        self.status = "I"
        self.settings = dict(DEFAULTS)
        self.slept = 0.0
        self._before: dict[str, str] = {}
        self._last: int | None = None

    @property
    def is_in_transaction(self) -> bool:
        return self.status != "I"

    async def run(self, statement: Statement, values: Sequence[Any]) -> Outcome:
        """What a statement gives, and its tag. Raises SqlError."""
        self.refuse_aborted(statement)
        if command := COMMANDS.get(statement.verb):
            return await command(self, statement)
        result = await self.database.run(self, statement, values)
        if statement.verb == "insert" and result.changed:
            self._last = self.database.live.last_insert_rowid()
        return result, _tag(statement, result)

    def refuse_aborted(self, statement: Statement) -> None:
        """In a transaction that has failed, nothing is done but to end it; a syntax error is found before."""
        if self.status == "E" and statement.verb not in dialect.ENDS:
            raise self._syntax_error(statement) or ABORTED

    def _syntax_error(self, statement: Statement) -> SqlError | None:
        if statement.verb in COMMANDS:
            return None
        try:
            self.database.seen(self, statement, None)
        except SqlError as error:
            return error if error.code == "42601" else None
        return None

    def fail(self) -> None:
        """A statement was refused: the transaction, where there is one, has failed."""
        if self.status == "T":
            self.status = "E"

    def finish(self, how: str) -> str:
        """End the transaction; what has failed is undone, whatever was asked. Raises SqlError."""
        how = "ROLLBACK" if self.status == "E" else how
        self.status = "I"
        if how == "ROLLBACK":
            self.settings |= self._before
        self._before = {}
        self.database.end(self, how)
        return how

    # Statements that are the session's own.

    async def begin(self, _statement: Statement) -> Outcome:
        self.status = "T"
        return NOTHING, "BEGIN"

    async def commit(self, _statement: Statement) -> Outcome:
        return NOTHING, self.finish("COMMIT")

    async def rollback(self, statement: Statement) -> Outcome:
        if "to" not in statement.words:
            return NOTHING, self.finish("ROLLBACK")
        await self.savepoint(statement)
        self.status = "T"
        return NOTHING, "ROLLBACK"

    async def savepoint(self, statement: Statement) -> Outcome:
        if not self.is_in_transaction:
            raise SqlError("25P01", f"{statement.verb.upper()} can only be used in transaction blocks")
        await self.database.savepoint(self, statement.sql)
        return NOTHING, statement.verb.upper()

    async def assign(self, statement: Statement) -> Outcome:
        """SET: for the session, or with LOCAL for the transaction."""
        found = _SET.fullmatch(statement.sql.strip())
        if not found:
            raise SqlError("42601", "syntax error in SET")
        scope, name, value = (found[1] or "").strip().lower(), found[2], found[3].strip().strip("'\"")
        if scope != "local" or self.is_in_transaction:
            self.set("timezone" if name.lower().startswith("time ") else name, value, scope == "local")
        return NOTHING, "SET"

    async def show(self, statement: Statement) -> Outcome:
        name = statement.words[-1]
        return Result([(name, "text", None, None)], [(self.setting(name),)]), "SHOW"

    async def reset(self, statement: Statement) -> Outcome:
        name = statement.words[-1]
        self.settings |= DEFAULTS if name == "all" else {name: DEFAULTS.get(name, "")}
        return NOTHING, "RESET"

    async def discard(self, statement: Statement) -> Outcome:
        self.settings = dict(DEFAULTS)
        return NOTHING, "DISCARD ALL"

    async def maintain(self, statement: Statement) -> Outcome:
        """VACUUM, ANALYZE, REINDEX: nothing that a query would notice."""
        return NOTHING, statement.verb.upper()

    async def refuse(self, statement: Statement) -> Outcome:
        raise SqlError("0A000", f"{statement.verb.upper()} is not emulated by the SQLite origin")

    # What the functions of SQL ask (`functions`).

    def sleep(self, seconds: float) -> str:
        self.slept += seconds
        if self.slept > self.database.longest:
            raise TIMED_OUT
        return ""

    def setting(self, name: str) -> str:
        if name.lower() not in self.settings:
            raise SqlError("42704", f'unrecognized configuration parameter "{name}"')
        return self.settings[name.lower()]

    def set(self, name: str, value: Any, is_local: Any = False) -> str:
        """Change a setting. A transaction that is undone undoes it, and where it is local one that is done too."""
        name = name.lower()
        if name not in self.settings and "." not in name:
            raise SqlError("42704", f'unrecognized configuration parameter "{name}"')
        if self.is_in_transaction:
            self._before.setdefault(name, self.settings.get(name, ""))
        self.settings[name] = str(value)
        return str(value)

    def lastval(self) -> int:
        if self._last is None:
            raise SqlError("55000", "lastval is not yet defined in this session")
        return self._last


def _tag(statement: Statement, result: Result) -> str:
    """What CommandComplete says."""
    verb = statement.verb
    if verb == "with":
        verb = next((word for word in statement.words if word in COUNTED), "select")
    if verb == "insert":
        return f"INSERT 0 {result.changed}"
    if verb in COUNTED:
        return f"{verb.upper()} {result.changed}"
    if verb in ("create", "drop", "alter", "truncate"):
        kind = next((word for word in statement.words[1:] if word in ("table", "index", "view", "trigger")), "table")
        return f"{verb.upper()} {kind.upper()}"
    return f"SELECT {len(result.rows)}" if verb in ("select", "values", "table") else verb.upper()


COMMANDS: dict[str, Callable[[Session, Statement], Awaitable[Outcome]]] = {
    "begin": Session.begin, "start": Session.begin, "commit": Session.commit, "end": Session.commit,
    "rollback": Session.rollback, "abort": Session.rollback, "savepoint": Session.savepoint,
    "release": Session.savepoint, "set": Session.assign, "show": Session.show, "reset": Session.reset,
    "discard": Session.discard, **dict.fromkeys(("vacuum", "analyze", "reindex"), Session.maintain),
    **dict.fromkeys("copy listen notify unlisten prepare execute deallocate lock declare fetch do call explain".split(),
                    Session.refuse),
}  # fmt: skip
