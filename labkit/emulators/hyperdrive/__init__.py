"""Hyperdrive: pooled connections to a database that stays where it is, and a cache of what is read from it.

| | |
|---|---|
| modelled | `env.HD`: host, port, user, password, database, connectionString, and `connect()`, a TCP socket |
| | PostgreSQL's protocol 3.0: start, password, simple and extended queries, errors with SQLSTATE; pg8000 as it is |
| | The pool next to the database, in transaction mode: a connection is held from a transaction's first statement |
| | to its end, then RESET; who finds none waits in line, then `Failed to acquire a connection from the pool.` |
| | A Worker that cannot reach the pool gets another, with a limit of its own (docs, "Limits", note 2) |
| | A straight connection takes 7 round trips before its first query; through Hyperdrive they stay at the edge |
| | The query cache: `max_age` 60 s, then 15 s stale while it is fetched anew; no write clears it (docs) |
| | Not cached: writes, functions that are VOLATILE or STABLE, transactions, answers over 50 MB, errors |
| | Prepared statements of the protocol, on whichever connection; LISTEN, NOTIFY, PREPARE, advisory locks: refused |
| | A query of more than 60 s is ended; a connection unused for 10 minutes is closed |
| | A driver that blocks lets other requests go on meanwhile (docs, "Python Workers"): its stack is a greenlet |
| | The end of a request closes its connections; an `outage`, a slow database, a cut-off pool |
| simplified | The SQLite origin: PostgreSQL's SQL only as far as lessons need it (`dialect`, `functions`, `refusals`) |
| | Its transactions are READ COMMITTED; one of them writes at a time, where PostgreSQL locks rows |
| | Types of columns and parameters are guessed where SQLite has none (`describing`); numeric is a float |
| | A statement is prepared when it is first described or bound: its syntax error comes then |
| | What is cacheable is judged by the words of a statement, with a list of functions that is ours (`cacheable`) |
| | The cache is one a place and has room for all that is not too old; that transactions bypass it is an assumption |
| | Where pools are, and all times but the network's, are assumptions (`facts/hyperdrive.toml`) |
| | A query is taken for one of 60 s after 10 million instructions of SQLite's machine: none goes on without end |
| | VACUUM, ANALYZE and REINDEX do nothing; EXPLAIN is refused; what only SQLite has is a syntax error |
| | What is said of unsupported statements, and of a query that took too long, is in our words |
| | Network off: each client has a connection of its own, no cache, no waiting, as in local development |
| | A real PostgreSQL takes real time and none of the lab's; who waits there for a lock is refused after 2 s |
| not modelled | MySQL, TLS to the database, SCRAM at the edge, COPY, CancelRequest, private databases |
| | The end of the free plan's queries of a day, the six connections of a request, psycopg and asyncpg (in C) |
"""

from __future__ import annotations

import pickle
from collections.abc import Coroutine, Mapping
from contextlib import contextmanager
from hashlib import blake2s
from typing import TYPE_CHECKING, Any

from labkit import durations, facts
from labkit.emulators.hyperdrive import settings, tables
from labkit.emulators.hyperdrive.batches import Batch
from labkit.emulators.hyperdrive.binding import PORT, HyperdriveBinding
from labkit.emulators.hyperdrive.caches import Caches
from labkit.emulators.hyperdrive.client import Client
from labkit.emulators.hyperdrive.origins import Origin, PostgresOrigin, SqliteOrigin
from labkit.emulators.hyperdrive.pools import Pools
from labkit.emulators.hyperdrive.refusals import SqlError
from labkit.emulators.hyperdrive.routes import Direct, Pooled
from labkit.emulators.hyperdrive.settings import Settings
from labkit.emulators.outages import Outages
from labkit.errors import LabError, PlatformError
from labkit.network import places

if TYPE_CHECKING:
    from labkit.world import World

__all__ = ["Client", "Hyperdrive", "HyperdriveBinding"]

REFUSED = SqlError("58000", "Server connection attempt failed: connection_refused")
SHOWN = 200
"""Characters of a statement that the trace shows."""


class Hyperdrive(Outages):
    """A configuration: `binding(colo)` is what `env` holds at a place.

    `origin` is the connection string of a PostgreSQL that really runs, or None for a database in memory.
    """

    def __init__(self, entry: Mapping[str, Any], world: World, origin: str | None = None):
        self.entry, self.world = entry, world
        self.name = entry["binding"]
        local = origin or entry.get("localConnectionString")
        self.address = settings.address_of(local) if local else settings.UNSAID
        self.account = self.address.account
        self.id = entry.get("id") or self.name.lower()
        self.host = f"{blake2s(self.id.encode(), digest_size=16).hexdigest()}.hyperdrive.local"
        self.settings = settings.usual(world.plan)
        self.origin: Origin = self._origin(origin)
        self.pools, self.caches = Pools(self), Caches(self)
        self.place: str = facts.value("hyperdrive.origin_place")
        self.service: float = facts.value("hyperdrive.query_service") if world.links else 0.0
        self.longest: float = facts.value("hyperdrive.query")
        self.handshakes: int = facts.value("hyperdrive.handshakes")
        self._times = {name: facts.value(f"hyperdrive.{name}") for name in ("edge", "cache_read", "pool_rtt")}
        self._clients = 0

    def _origin(self, origin: str | None) -> Origin:
        if origin is None:
            return SqliteOrigin(self.account, self.world)
        return PostgresOrigin(self.account, self.address.host, self.address.port)

    @property
    def now(self) -> float:
        return self.world.timeline.now

    def binding(self, colo: str) -> HyperdriveBinding:
        """What a Worker at this place has."""
        return HyperdriveBinding.new(self, colo)

    # What a cell may ask and do.

    def execute(self, sql: str, *values: Any) -> tables.Found:
        """Run SQL on the database itself, past Hyperdrive and in no time: set tables up, look at what is stored."""
        try:
            link = self.origin.connect()
        except SqlError as error:
            raise PlatformError(f"{error.words} (SQLSTATE {error.code})") from None
        try:
            return tables.found(_at_once(link.exchange(tables.question(sql, values))))
        finally:
            link.close()

    def configure(self, **changed: Any) -> Settings:
        """Change settings, as `wrangler hyperdrive update` does; returned are those in force.

        They are `caching_disabled`, `max_age` and `stale_while_revalidate` in seconds, `origin_connection_limit`.
        """
        self.settings = self.settings.changed(changed)
        return self.settings

    def move(self, place: str) -> None:
        """Let the database be near another place, such as "FRA"; its pools go with it."""
        self.place = places.place(place).code
        self.restart()

    def restart(self) -> None:
        """Close all connections of the pool, as the dashboard's Restart does."""
        self.pools.close()

    def slow(self, duration: float | str) -> None:
        """Let each query take so long at the database from now on."""
        self.service = _at_least_0("slow", duration)

    def cache(self, colo: str | None = None) -> tables.CacheTable:
        """The answers that places hold now, and for how long each may be given."""
        return tables.CacheTable(tables.cached(self, place, each) for place, each in self.caches.answers(colo))

    def pool(self) -> tables.PoolTable:
        """The connections to the database, and who holds each."""
        return tables.PoolTable(row for pool in self.pools for row in tables.pooled(self, pool))

    # What clients and routes need.

    def dial(self, colo: str, host: str, port: int) -> Client | None:
        """A new connection to Hyperdrive or, past it, to the database's own address; None where the host is neither."""
        self._clients += 1
        name = f"{colo} {self._clients}"
        if host == self.host and port == PORT:
            kind = Pooled if self.world.links else Direct
        elif host == self.address.host and port == self.address.port:
            kind = Direct
        else:
            return None
        self.world.charge("hyperdrive")
        return Client(self, colo, kind(self, colo, name))

    def next_key(self) -> tuple[int, int]:
        """What a client would cancel a query with."""
        return self._clients, self.world.random.getrandbits(31)

    @contextmanager
    def operation(self, batch: Batch, colo: str):
        """The event of one batch in the trace: its SQL, and how many queries it is."""
        texts = " ".join(batch.texts)
        with self.world.trace.event("hyperdrive", "query", colo, sql=self.short(texts), messages=batch.kinds) as event:
            if batch.queries:
                event.units = {"hyperdrive.queries": float(batch.queries)}
            else:
                event.operation = "describe"
            yield event

    @staticmethod
    def short(sql: str) -> str:
        """What a trace shows of a statement."""
        return sql[:SHOWN]

    async def to_database(self, place: str) -> None:
        """A round trip between a pool and the database. Raises Unreachable."""
        if place == self.place:
            return await self.pass_time(self._times["pool_rtt"])
        await self.world.travel(place, self.place)
        await self.world.travel(self.place, place)

    def refuse_down(self) -> None:
        """Raise SqlError where the database refuses everybody now."""
        if self.is_down:
            raise REFUSED

    async def pass_time(self, seconds: float) -> None:
        if seconds > 0:
            await self.world.timeline.sleep(seconds)

    async def at_the_edge(self) -> None:
        """The time of an exchange between a Worker and Hyperdrive at the same place."""
        await self.pass_time(self._times["edge"] if self.world.links else 0)

    async def read_cache(self) -> None:
        await self.pass_time(self._times["cache_read"])

    # State.

    def snapshot(self) -> bytes:
        """What the database in memory and the caches hold. Connections are not kept: they are opened anew."""
        state = (self.origin.snapshot(), self.caches.held, self.settings, self.place, self.down_until, self.service)
        return pickle.dumps(state)

    def restore(self, state: bytes) -> None:
        """Go back to a snapshot; a real PostgreSQL stays as it is."""
        self.restart()
        stored, self.caches.held, self.settings, self.place, self.down_until, self.service = pickle.loads(state)
        self.origin.restore(stored)

    def lose(self, colo: str) -> None:
        """A place fails: its cache is gone, and the pool there."""
        self.caches.lose(colo)
        self.pools.close(colo)


def _at_once(exchange: Coroutine[Any, Any, Any]) -> Any:
    """The result of what need not wait: nothing does at the database but a write for another transaction."""
    try:
        exchange.send(None)
    except StopIteration as done:
        return done.value
    exchange.close()
    raise LabError("execute() would wait for a transaction that has written and is still open: end that one first.")


def _at_least_0(what: str, duration: float | str) -> float:
    seconds = durations.seconds(duration)
    if seconds < 0:
        raise LabError(f"{what}({duration!r}): it is 0 seconds or more.")
    return seconds
