"""Hyperdrive from inside a Worker: a blocking driver as it is, the socket of `connect()`, what ends with a request."""

from __future__ import annotations

import asyncio
import gc
import socket
from contextlib import closing

import pg8000
import pg8000.core
import pg8000.native
import pytest

from labkit.invocation import Invocation
from labkit.lab import Lab
from labkit.network.faults import Unreachable
from labkit.workers import DurableObject, Response, WorkerEntrypoint

CONFIG = {"hyperdrive": [{"binding": "HD", "id": "hd-1"}]}
TABLE = (
    "create table notes (id serial primary key, text text not null); insert into notes (text) values ('one'), ('two')"
)


class Default(WorkerEntrypoint):
    """Each path is one way to use a driver."""

    async def fetch(self, request):
        path = request.url.rpartition("/")[2]
        return Response.json(await getattr(self, path)())

    def connect(self):
        hd = self.env.HD
        return pg8000.native.Connection(
            hd.user, host=hd.host, port=hd.port, password=hd.password, database=hd.database, ssl_context=False
        )

    async def native(self):
        return self.connect().run("select id, text from notes order by id")

    async def dbapi(self):
        hd = self.env.HD
        connection = pg8000.connect(host=hd.host, port=int(hd.port), user=hd.user, password=hd.password,
                                    database=hd.database, ssl_context=False)  # fmt: skip
        connection.autocommit = True
        with closing(connection), closing(connection.cursor()) as cursor:
            cursor.execute("select text from notes where id = %s", (2,))
            return list(cursor.fetchone() or ())

    async def leaves_open(self):
        self.connect().run("begin")
        return "gone"

    async def writes_slowly(self):
        connection = self.connect()
        try:
            connection.run("begin")
            connection.run("insert into notes (text) values ('half')")
            connection.run("commit")
        finally:
            print("cleaned up")

    async def holds(self):
        connection = self.connect()
        connection.run("begin")
        await asyncio.sleep(3)
        connection.run("commit")
        return "held"

    async def at_once(self):
        async def one(number):
            connection = self.connect()
            connection.run("select pg_sleep(2)")
            return number

        return await asyncio.gather(*(one(number) for number in range(4)))

    async def loops(self):
        connection = self.connect()
        connection.run("select 1")
        total = 0
        while True:
            total += 1

    async def elsewhere(self):
        try:
            socket.create_connection(("example.com", 5432))
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    async def impatient(self):
        hd = self.env.HD
        try:
            connection = pg8000.native.Connection(
                hd.user, host=hd.host, password=hd.password, database=hd.database, ssl_context=False, timeout=3
            )
            connection.run("select pg_sleep(10)")
        except Exception as error:
            return [type(error).__name__, asyncio.get_running_loop().time()]

    async def keeps(self):
        self.ctx.waitUntil(self.later())
        return "sent"

    async def later(self):
        connection = self.connect()
        connection.run("begin")
        await asyncio.sleep(5)
        connection.run("insert into notes (text) values ('later')")
        connection.run("commit")

    async def refused(self):
        try:
            self.connect().run("select * from nope")
        except pg8000.native.DatabaseError as error:
            return error.args[0]["C"]

    async def streams(self):
        """The protocol by hand, over the socket that `connect()` gives."""
        hd = self.env.HD
        connection = hd.connect()
        opened = (await connection.opened).remoteAddress
        writer, reader = connection.writable.getWriter(), connection.readable.getReader()
        words = f"user\0{hd.user}\0database\0{hd.database}\0\0".encode()
        await writer.write((len(words) + 8).to_bytes(4, "big") + (196608).to_bytes(4, "big") + words)
        first = bytes((await reader.read()).value.to_py())
        password = hd.password.encode() + b"\0"
        await writer.write(b"p" + (len(password) + 4).to_bytes(4, "big") + password)
        await reader.read()
        sql = b"select text from notes where id = 1\0"
        await writer.write(b"Q" + (len(sql) + 4).to_bytes(4, "big") + sql)
        answer = bytes((await reader.read()).value.to_py())
        await connection.close()
        return [opened.endswith(":5432"), first[:1].decode(), b"one" in answer, (await reader.read()).done]


class Counter(DurableObject):
    """A Durable Object that keeps its connection for as long as it is in memory."""

    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.connection = None

    async def count(self):
        if self.connection is None:
            hd = self.env.HD
            self.connection = pg8000.native.Connection(
                hd.user, host=hd.host, port=hd.port, password=hd.password, database=hd.database, ssl_context=False
            )
        self.connection.run("insert into notes (text) values ('from an object')")
        [[count]] = self.connection.run("select count(*) from notes where id > :id", id=0) or []
        return count

    async def begin(self):
        await self.count()
        self.connection.run("begin")  # type: ignore[union-attr]


class Fronts(WorkerEntrypoint):
    async def fetch(self, request):
        stub = self.env.COUNTER.getByName("one")
        if request.url.endswith("/begin"):
            await stub.begin()
            return Response.json("begun")
        return Response.json([await stub.count(), await stub.count()])


@pytest.fixture
def lab() -> Lab:
    made = Lab(Default, CONFIG)
    made.hyperdrive("HD").execute(TABLE)
    return made


def ask(lab: Lab, path: str, colo: str = "SYD") -> object:
    async def asked() -> object:
        response = await lab.fetch(f"/{path}", colo=colo)
        return await response.json() if response.status == 200 else response.status

    return lab.run(asked())


def busy(lab: Lab) -> int:
    return sum(row["state"] == "busy" for row in lab.hyperdrive("HD").pool())


def test_pg8000_works_as_it_is(lab: Lab):
    assert ask(lab, "native") == [[1, "one"], [2, "two"]]
    assert ask(lab, "dbapi") == ["two"]
    assert ask(lab, "refused") == "42P01"


def test_the_drivers_copy_is_the_isolates_own_and_the_notebooks_is_untouched(lab: Lab):
    ask(lab, "native")
    assert pg8000.core.socket is socket


def test_what_blocks_takes_simulated_time_and_lets_other_requests_go_on(lab: Lab):
    ask(lab, "native")
    began = lab.now
    assert ask(lab, "at_once", colo="IAD") == [0, 1, 2, 3]
    assert 2.0 <= lab.now - began < 2.5


def test_a_request_that_ends_takes_its_connections_with_it(lab: Lab):
    assert ask(lab, "leaves_open") == "gone"
    lab.run(lab.advance(0.1))
    assert busy(lab) == 0


def test_what_wait_until_does_keeps_its_connection(lab: Lab):
    assert ask(lab, "keeps") == "sent"
    lab.run(lab.advance(3))
    assert busy(lab) == 1
    lab.run(lab.advance(10))
    assert lab.hyperdrive("HD").execute("select text from notes where id = 3") == [{"text": "later"}]
    assert busy(lab) == 0


def test_requests_that_hold_connections_exhaust_the_pool_and_others_wait(lab: Lab):
    lab.hyperdrive("HD").configure(origin_connection_limit=5)

    async def many() -> list[int]:
        responses = await asyncio.gather(*(lab.fetch("/holds", colo="IAD") for _ in range(10)))
        return [response.status for response in responses]

    began = lab.now
    assert lab.run(many()) == [200] * 10
    assert 6.0 <= lab.now - began < 7.0
    assert len(lab.hyperdrive("HD").pool()) == 5


def test_a_loop_after_a_call_that_blocked_is_still_ended():
    lab = Lab(Default, {**CONFIG, "limits": {"cpu_ms": 100}})
    assert ask(lab, "loops") == 503
    assert "exceeded CPU" in str(lab.logs)


def test_a_place_that_fails_takes_a_blocked_request_and_its_transaction_with_it(lab: Lab):
    lab.hyperdrive("HD").slow(4)

    async def killed() -> None:
        asked = asyncio.ensure_future(lab.fetch("/writes_slowly", colo="SYD"))
        await asyncio.sleep(6)
        lab.kill("SYD")
        await asked

    with pytest.raises(Unreachable, match="SYD failed"):
        lab.run(killed())
    lab.run(lab.advance(10))
    assert busy(lab) == 0
    assert "cleaned up" not in str(lab.logs)
    assert lab.hyperdrive("HD").execute("select count(*) n from notes") == [{"n": 2}]


def test_there_is_no_way_to_other_hosts(lab: Lab):
    assert ask(lab, "elsewhere") == (
        "NotEmulated: TCP to example.com:5432: a Worker on the lab reaches the Hyperdrives of its env only."
    )


def test_connect_gives_a_socket_with_two_streams(lab: Lab):
    assert ask(lab, "streams") == [True, "R", True, True]


def test_env_has_what_a_driver_connects_with(lab: Lab):
    hd = lab.env("SYD").HD
    assert hd.host.endswith(".hyperdrive.local") and hd.port == 5432
    assert hd.connectionString == f"postgresql://app:secret@{hd.host}:5432/app?sslmode=disable"


def test_a_snapshot_brings_the_database_and_its_caches_back(lab: Lab):
    ask(lab, "native")
    before = lab.snapshot()
    lab.hyperdrive("HD").execute("delete from notes")
    lab.restore(before)
    assert ask(lab, "native") == [[1, "one"], [2, "two"]]
    assert lab.trace.where("hyperdrive", "query")[-1].outcome == "hit"


def test_with_the_network_off_it_answers_at_once():
    lab = Lab(Default, CONFIG, network=None)
    lab.hyperdrive("HD").execute(TABLE)
    assert ask(lab, "native") == [[1, "one"], [2, "two"]]
    assert list(lab.hyperdrive("HD").cache()) == []


def test_queries_are_billed_by_their_number(lab: Lab):
    ask(lab, "native")
    ask(lab, "native")
    assert lab.trace.units()["hyperdrive.queries"] == 2


def test_an_object_keeps_its_connection_from_call_to_call():
    objects = {"bindings": [{"name": "COUNTER", "class_name": "Counter"}]}
    migrations = [{"tag": "v1", "new_sqlite_classes": ["Counter"]}]
    config = {**CONFIG, "durable_objects": objects, "migrations": migrations}
    lab = Lab({"Default": Fronts, "Counter": Counter}, config)
    lab.hyperdrive("HD").execute(TABLE)
    lab.hyperdrive("HD").configure(caching_disabled=True)
    assert ask(lab, "") == [3, 4]
    assert ask(lab, "") == [5, 6]
    assert len(lab.trace.where("hyperdrive", "query")) >= 8


def test_an_object_that_leaves_memory_takes_its_connection_with_it():
    lab = Lab(Fronts, CONFIG, durable_objects={"COUNTER": Counter})
    lab.hyperdrive("HD").execute(TABLE)
    assert ask(lab, "begin") == "begun"
    assert busy(lab) == 1
    lab.run(lab.advance(300))
    assert busy(lab) == 0


def test_a_drivers_time_out_counts_simulated_seconds(lab: Lab):
    name, now = ask(lab, "impatient", colo="IAD")  # type: ignore[misc]
    assert name == "TimeoutError" and 3.0 <= now < 3.1


def test_a_date_from_before_sockets_is_warned_of():
    lab = Lab(Default, {**CONFIG, "compatibility_date": "2026-09-07"})
    lab.hyperdrive("HD").execute(TABLE)
    with pytest.warns(UserWarning, match="they came with 2026-09-08"):
        assert ask(lab, "native") == [[1, "one"], [2, "two"]]


def test_of_requests_that_are_over_nothing_stays_but_their_events(lab: Lab):
    def alive() -> int:
        gc.collect()
        return sum(type(each) is Invocation or type(each).__name__ == "Stack" for each in gc.get_objects())

    before = alive()
    for _ in range(5):
        ask(lab, "native")
        ask(lab, "leaves_open")
    lab.run(lab.advance(1))
    assert alive() == before
