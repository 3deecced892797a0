"""`env.DB`: the database as a Worker at one place sees it, its sessions and statements, with the runtime's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from labkit.emulators.d1.paths import FIRST_PRIMARY, FIRST_UNCONSTRAINED, Call
from labkit.emulators.d1.reader import Statement
from labkit.emulators.d1.results import Answer, row_of, shown
from labkit.emulators.d1.sql import looked_at, shortened
from labkit.emulators.d1.values import bound
from labkit.emulators.d1.words import NO_SESSION, NO_STATEMENTS, Refused, d1_error, exec_error, no_column
from labkit.emulators.javascript import as_utf8, text_of
from labkit.workers.bindings import checked, js_error, options
from labkit.workers.context import confirmed
from labkit.workers.ffi import JsException
from labkit.workers.jsdict import JsDict

if TYPE_CHECKING:
    from labkit.emulators.d1 import D1

_MISSING: Any = object()


class Asking:
    """What asks a database: `wanted` is the constraint or the bookmark that goes with each call."""

    def __init__(self, d1: D1, colo: str, wanted: str):
        self._d1, self._colo, self._wanted = d1, colo, wanted
        self._path = d1.path(colo)

    def prepare(self, sql: Any = None) -> D1PreparedStatement:
        """A statement, of which SQLite hears when it runs."""
        return D1PreparedStatement(self, as_utf8(sql if isinstance(sql, str) else text_of(checked(sql))))

    async def batch(self, statements: Any = _MISSING) -> list[JsDict]:
        """Run statements in one transaction and one way there and back: a D1Result for each."""
        given = [_statement(each) for each in _array(statements)]
        answer = await self.ask("batch", given)
        return [answer.whole(at) for at in range(len(answer.results))]

    async def ask(
        self, operation: str, given: Sequence[Statement], refused: Callable[[str], JsException] = d1_error
    ) -> Answer:
        """What the database answers. `refused` puts its refusals in the words of the call."""
        d1 = self._d1
        world = d1.world
        world.charge("d1")
        call, shown = self._call(given)
        with world.trace.event("d1", operation, self._colo, sql=shown, session=self._mode()) as event:
            await confirmed()
            try:
                if not call.statements:
                    raise Refused(NO_STATEMENTS)
                answer = await self._path.ask(call)
            except Refused as refusal:
                event.outcome = refusal.outcome
                event.detail["error"] = refusal.message
                raise refused(refusal.message) from None
            event.units = d1.bill(answer)
            if answer.attempts:
                event.detail.update(answer.notes, attempts=answer.attempts)
        self._saw(answer.index)
        return answer

    def _call(self, given: Sequence[Statement]) -> tuple[Call, str]:
        """What is asked, and what the trace shows of it."""
        if len(given) == 1 and not (text := looked_at(given[0][0])).is_nothing:
            return Call(given, text.is_read_only, self._wanted), text.shown
        texts = [looked_at(sql) for sql, _ in given]
        statements = [each for each, text in zip(given, texts, strict=True) if not text.is_nothing]
        reads = all(text.is_read_only for text in texts)
        return Call(statements, reads, self._wanted), shortened("; ".join(text.shown for text in texts))

    def _mode(self) -> str:
        """What the trace says of the session."""
        return "none"

    def _saw(self, index: int) -> None:
        """An answer tells of the state of the database after a commit."""


class D1Database(Asking):
    """The binding. All that it asks goes to the primary."""

    def __init__(self, d1: D1, colo: str):
        super().__init__(d1, colo, FIRST_PRIMARY)

    def __repr__(self) -> str:
        return f"<D1 database {self._d1.name} at {self._colo}>"

    async def exec(self, sql: Any = _MISSING) -> JsDict:
        """Run a text, a statement a line, in one transaction: how many lines there were, and how long they took."""
        if not isinstance(sql, str):
            raise _not_there("query", "trim", sql)
        lines = as_utf8(sql).strip().split("\n")
        answer = await self.ask("exec", [(line, ()) for line in lines], lambda said: exec_error(lines[0], said))
        count = len(answer.results)
        return JsDict(count=count, duration=sum(answer.ms(at) for at in range(count)))

    async def dump(self) -> Any:
        """Refused: it works for databases of D1's alpha only. `lab.d1("DB").dump()` has the file."""
        raise js_error("Error", "D1_DUMP_ERROR: Status + 404")

    def withSession(self, wanted: Any = None) -> D1DatabaseSession:
        """A session that begins at the primary, anywhere, or at the state of a bookmark."""
        wanted = checked(wanted)
        if wanted is not None and not isinstance(wanted, str):
            raise js_error("TypeError", NO_SESSION)
        return D1DatabaseSession(self._d1, self._colo, (wanted or "").strip() or FIRST_UNCONSTRAINED)


class D1DatabaseSession(Asking):
    """Queries that see no state older than one that the session has seen."""

    def __repr__(self) -> str:
        return f"<D1 session of {self._d1.name} at {self._colo}>"

    def getBookmark(self) -> str | None:
        """The newest state that the session has seen; None before its first answer."""
        return None if self._wanted in (FIRST_PRIMARY, FIRST_UNCONSTRAINED) else self._wanted

    def _mode(self) -> str:
        return self._wanted if self.getBookmark() is None else "bookmark"

    def _saw(self, index: int) -> None:
        bookmark, before = self._d1.bookmark(index), self.getBookmark()
        if before is None or before < bookmark:
            self._wanted = bookmark


class D1PreparedStatement:
    """A text of SQL with what is bound to it."""

    __slots__ = ("_asking", "_sql", "_values")

    def __init__(self, asking: Asking, sql: str, values: Sequence[Any] = ()):
        self._asking, self._sql, self._values = asking, sql, values

    def __repr__(self) -> str:
        return f"<D1 statement {self._sql!r}>"

    def bind(self, *values: Any, **keywords: Any) -> D1PreparedStatement:
        """The same statement with values for its parameters, by position. Refuses what SQLite has no type for."""
        given = (*values, keywords) if keywords else values
        return D1PreparedStatement(self._asking, self._sql, [bound(value) for value in given])

    async def first(self, *args: Any, **keywords: Any) -> Any:
        """The first row as a JsDict, or one column of it; None where there is no row. Refuses an unknown column."""
        answer = await self._ask("first")
        result = answer.results[0]
        if not result.rows:
            return None
        given = (*args, keywords) if keywords else args
        if not given:
            return row_of(result.columns, result.rows[0])
        row = dict(zip(result.columns, result.rows[0], strict=True))
        if (text := text_of(checked(given[0]))) not in row:
            raise no_column(text)
        return shown(row[text])

    async def all(self) -> JsDict:
        """A D1Result: `success`, `meta` and the rows in `results`, each a JsDict."""
        return (await self._ask("all")).whole(0)

    async def run(self) -> JsDict:
        """As `all`."""
        return (await self._ask("run")).whole(0)

    async def raw(self, given: Any = None, **keywords: Any) -> list[list[Any]]:
        """The rows as lists; with `columnNames`, the columns' names first."""
        d1 = self._asking._d1
        chosen = options("D1.raw", given, keywords, ("columnNames",), strict=d1.world.strict)
        result = (await self._ask("raw")).results[0]
        rows = [[shown(value) for value in row] for row in result.rows]
        return [list(result.columns), *rows] if chosen.get("columnNames") else rows

    async def _ask(self, operation: str) -> Answer:
        return await self._asking.ask(operation, [(self._sql, self._values)])


def _array(given: Any) -> list[Any]:
    if given is _MISSING:
        raise js_error("TypeError", "Cannot read properties of undefined (reading 'map')")
    if isinstance(given, list):
        return given
    raise js_error("TypeError", "statements.map is not a function")


def _statement(each: Any) -> Statement:
    if isinstance(each, D1PreparedStatement):
        return each._sql, each._values
    if each is None:
        raise js_error("TypeError", "Cannot read properties of null (reading 'statement')")
    raise js_error("TypeError", "A batch takes statements that `prepare` gave.")


def _not_there(name: str, method: str, given: Any) -> JsException:
    """JavaScript's complaint of a value that has no such method."""
    if given is _MISSING or given is None:
        kind = "undefined" if given is _MISSING else "null"
        return js_error("TypeError", f"Cannot read properties of {kind} (reading '{method}')")
    return js_error("TypeError", f"{name}.{method} is not a function")
