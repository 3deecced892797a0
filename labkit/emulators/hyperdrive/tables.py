"""What Hyperdrive shows of itself as tables: cached answers, connections, and what a cell asked the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labkit.emulators.hyperdrive import types
from labkit.emulators.hyperdrive.caches import Answer
from labkit.emulators.hyperdrive.messages import Bind, Body, Message, Parse, cstring, fields_of
from labkit.emulators.hyperdrive.pool import Pool
from labkit.errors import PlatformError
from labkit.facts.table import Rows, Table

if TYPE_CHECKING:
    from labkit.emulators.hyperdrive import Hyperdrive

SHORT = 60


class CacheTable(Rows):
    """Rows of `colo`, `sql`, `age` in seconds, `state` ("fresh" or "stale"), `hits` and `bytes`."""

    def table(self) -> Table:
        head = ("place", "query", "age", "state", "hits", "bytes")
        rows = [
            (r["colo"], r["sql"][:SHORT], f"{r['age']:.1f} s", r["state"], str(r["hits"]), f"{r['bytes']:,}")
            for r in self
        ]
        return Table([head, *rows], right=(2, 4, 5), foot="" if self else "Nothing is cached.")


class PoolTable(Rows):
    """Rows of `pool` (a place), `connection`, `state` ("idle", "busy"), `client`, `queries`, `age` in seconds."""

    def table(self) -> Table:
        head = ("pool", "connection", "state", "held by", "queries", "age")
        rows = [
            (r["pool"], str(r["connection"]), r["state"], r["client"], f"{r['queries']:,}", f"{r['age']:.1f} s")
            for r in self
        ]
        return Table([head, *rows], right=(1, 4, 5), foot="" if self else "There is no connection to the database.")


class Found(Rows):
    """Rows that the database gave, by the names of their columns. `tag` is what it said, such as "INSERT 0 1"."""

    tag = ""

    def table(self) -> Table:
        names = list(self[0]) if self else ["result"]
        rows = [[("" if value is None else str(value)) for value in row.values()] for row in self] or [[self.tag]]
        return Table([names, *rows])


def cached(hyperdrive: Hyperdrive, colo: str, answer: Answer) -> dict[str, Any]:
    """One answer of a place, as a row."""
    age = hyperdrive.now - answer.at
    state = "fresh" if age < hyperdrive.settings.max_age else "stale"
    return {"colo": colo, "sql": answer.sql, "age": age, "state": state, "hits": answer.hits, "bytes": answer.size}


def pooled(hyperdrive: Hyperdrive, pool: Pool) -> Iterator[dict[str, Any]]:
    """The connections of a pool, as rows."""
    for server in pool.connections:
        yield {
            "pool": pool.place, "connection": server.number, "state": "busy" if server in pool.busy else "idle",
            "client": server.client, "queries": server.queries, "age": hyperdrive.now - server.opened,
        }  # fmt: skip


def question(sql: str, values: tuple[Any, ...]) -> list[Message]:
    """The messages that ask this: a text of statements, or one with parameters."""
    if not values:
        return [Message("Q", cstring(sql))]
    bound = tuple(None if value is None else _text(value) for value in values)
    asked = [Parse("", sql).message(), Bind("", "", (), bound, ()).message()]
    return [*asked, Message("D", b"P\0"), Message("E", bytes(5)), Message("S")]


def _text(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return (types.shown(value, types.TEXT) or "").encode()


def found(answers: list[Message]) -> Found:
    """The last result among these answers. Raises PlatformError where the database refused."""
    made, names, oids = Found(), [], []
    for message in answers:
        if message.kind == "E":
            said = fields_of(message)
            raise PlatformError(f"{said['M']} (SQLSTATE {said['C']})")
        if message.kind == "T":
            made, (names, oids) = Found(), _columns(message.body)
        elif message.kind == "D":
            made.append(dict(zip(names, _values(message.body, oids), strict=True)))
        elif message.kind == "C":
            made.tag = Body(message.body).text()
    return made


def _columns(body: bytes) -> tuple[list[str], list[int]]:
    read = Body(body)
    names, oids = [], []
    for _ in range(read.int16()):
        names.append(read.text())
        read.take(6)
        oids.append(read.int32())
        read.take(8)
    return names, oids


def _values(body: bytes, oids: list[int]) -> list[Any]:
    read = Body(body)
    read.int16()
    return [_python(read.value(), oid) for oid in oids]


def _python(value: bytes | None, oid: int) -> Any:
    found = types.decoded(value, oid, 0)
    return bool(found) if oid == types.BOOL and found is not None else found
