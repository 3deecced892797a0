"""Hyperdrive in front of a PostgreSQL that really runs: the same questions, the same answers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.emulators.hyperdrive.messages import Message, cstring, fields_of
from labkit.emulators.hyperdrive.tables import _columns
from labkit.errors import ConfigError
from labkit.lab import Lab
from labkit.workers import Response, WorkerEntrypoint
from tests.emulators.hyperdrives import ROWS, SCHEMA, Setting

READ = "select age from users where id = 1"
LAST = "select name, age from users order by name"


def program(name: str) -> str | None:
    """Where a program of PostgreSQL is: on the path, or where packages put it."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")) if os.name == "posix" else []
    return shutil.which(name) or (str(places[-1]) if places else None)


def somebody() -> dict[str, object]:
    """PostgreSQL does not run as root: another user of the machine does it."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    import pwd

    return {"user": next(each.pw_uid for each in pwd.getpwall() if each.pw_name in ("postgres", "nobody"))}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of a PostgreSQL of our own, on a free port."""
    initdb, postgres = program("initdb"), program("postgres")
    if not initdb or not postgres:
        pytest.skip("no PostgreSQL is installed: there is no initdb and postgres")
    folder, who, port = tmp_path_factory.mktemp("postgres"), somebody(), free_port()
    if who:
        folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
        os.chown(folder, int(who["user"]), -1)  # type: ignore[call-overload]
    data = folder / "data"
    (folder / "password").write_text("secret")
    setup = [initdb, "-D", data, "-U", "app", "--auth=scram-sha-256", "--pwfile", folder / "password", "-E", "UTF8"]
    subprocess.run(setup, check=True, capture_output=True, cwd=folder, **who)  # type: ignore[call-overload]
    options = ["-D", data, "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    running = subprocess.Popen([postgres, *options], stderr=subprocess.DEVNULL, cwd=folder, **who)  # type: ignore[call-overload]
    try:
        _wait_for(port)
        yield f"postgres://app:secret@127.0.0.1:{port}/postgres"
    finally:
        running.terminate()
        running.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int) -> None:
    import pg8000.native

    for _ in range(200):
        try:
            pg8000.native.Connection("app", "127.0.0.1", "postgres", port, "secret").close()
            return
        except (pg8000.native.InterfaceError, pg8000.native.DatabaseError):
            time.sleep(0.05)
    raise AssertionError("the database did not start")


@pytest.fixture
def setting(server: str) -> Iterator[Setting]:
    made = Setting(origin=server)
    made.hd.execute(f"drop table if exists users; {SCHEMA}; {ROWS}")
    yield made
    made.hd.restart()


def test_pg8000_asks_it_through_hyperdrive(setting: Setting):
    def job() -> object:
        con = setting.pg8000()
        con.run("insert into users (name, age) values (:name, :age)", name="eve", age=7)
        return con.run("select id, name, age, now() > '2020-01-01' from users where age < :age order by id", age=40)

    assert setting.blocking(job) == [[[1, "ada", 36, True], [3, "eve", 7, True]]]


class Names(WorkerEntrypoint):
    async def fetch(self, request):
        import pg8000.native

        hd = self.env.HD
        connection = pg8000.native.Connection(
            hd.user, host=hd.host, port=hd.port, password=hd.password, database=hd.database, ssl_context=False
        )
        return Response.json(connection.run("select name from users order by id"))


def test_a_worker_in_a_lab_asks_it(setting: Setting, server: str):
    lab = Lab(Names, {"hyperdrive": [{"binding": "HD", "id": "hd-1"}]}, databases={"HD": server})

    async def names() -> object:
        return await (await lab.fetch("/", colo="SYD")).json()

    assert lab.run(names()) == [["ada"], ["bob"]]
    lab.hyperdrive("HD").restart()


def test_its_reads_are_cached_and_a_write_does_not_clear_them(setting: Setting):
    reader = setting.driver()
    assert setting.run(reader.query(READ)) == [("36",)]
    setting.run(setting.driver("IAD").query("update users set age = 1 where id = 1"))
    assert setting.run(reader.query(READ)) == [("36",)]
    setting.advance(75)
    assert setting.run(reader.query(READ)) == [("1",)]


def test_a_transaction_stays_on_one_connection_and_others_do_not_see_it(setting: Setting):
    one, other = setting.driver(), setting.driver()

    async def work() -> list[object]:
        await one.query("begin")
        await one.query("update users set age = 1 where id = 1")
        seen = [await other.query(f"{READ} /* a */"), await one.query(READ)]
        await one.query("rollback")
        return [*seen, await one.query(f"{READ} /* b */")]

    assert setting.run(work()) == [[("36",)], [("1",)], [("36",)]]
    assert [row["queries"] for row in setting.hd.pool()] == [4, 1] or len(setting.hd.pool()) == 2


def test_a_prepared_statement_is_prepared_on_whichever_connection(setting: Setting):
    one, other = setting.driver(), setting.driver()
    sql = "select pg_backend_pid(), name from users where id = $1::int"

    async def work() -> list[object]:
        first = await one.bound(sql, "1", name="mine")
        await other.query("begin")
        second = await one.bound(sql, "2", name="mine")
        await other.query("commit")
        return [first, second, await one.bound(sql, "2", name="mine")]

    [[(pid, ada)], [(other_pid, bob)], _] = setting.run(work())
    assert (ada, bob) == ("ada", "bob") and pid != other_pid


def test_set_is_forgotten_with_the_connection(setting: Setting):
    driver = setting.driver()

    async def work() -> list[object]:
        return [await driver.query(sql) for sql in ("set work_mem = '9MB'", "show work_mem")]

    assert setting.run(work()) == ["SET", [("4MB",)]]


@pytest.mark.parametrize(("sql", "code"), [
    ("select * from nope", "42P01"), ("selec 1", "42601"), ("select nope from users", "42703"),
    ("insert into users (name) values ('ada')", "23505"), ("insert into users (age) values (1)", "23502"),
    ("create table users (a int)", "42P07"), ("select 'x'::int", "22P02"), ("savepoint a", "25P01"),
])  # fmt: skip
def test_sqlite_in_its_place_refuses_in_the_same_words(setting: Setting, sql: str, code: str):
    real, imitated = (each.run(each.driver("IAD").query(sql)) for each in (setting, Setting()))
    assert real == imitated
    assert real[0] == code


@pytest.mark.parametrize("sql", [
    "select 1", "select count(*), sum(age), min(name), max(age) from users", "begin", "drop table users",
    "select 'a' || name from users where id = 1", "select age::text, age + 1, 'x' from users", "set work_mem = '5MB'",
    "select id, name as n, age > 40 as old, true, null from users order by id", "update users set age = 1",
    "insert into users (name) values ('kim') returning id, age", "create index by_age on users (age)",
    "select name from users where name ilike 'A%' or name like 'B%'", "select 1.5::float8, 7::bigint, '1'::int",
    "select n from generate_series(1, 3) as n", "table users", "with a as (select 1 as b) select b from a", "",
    "delete from users where id = 9",
])  # fmt: skip
def test_sqlite_in_its_place_answers_with_the_same_messages(setting: Setting, sql: str):
    """Types, tags, rows and the order of messages; where a column comes from is left out."""

    def heard(each: Setting) -> list[object]:
        answers = each.run(each.driver("IAD").ask(_query(sql)))
        return [(m.kind, _types(m.body) if m.kind == "T" else m.body) for m in answers]

    assert heard(Setting()) == heard(setting)


def _query(sql: str) -> Message:
    return Message("Q", cstring(sql))


def _types(body: bytes) -> list[object]:
    names, oids = _columns(body)
    return list(zip(names, oids, strict=True))


SCRIPT = st.lists(st.sampled_from([
    "begin", "commit", "rollback", "savepoint a", "rollback to a", "release a", "select nope", "insert into users (",
    "insert into users (name) values ('eve')", "delete from users where name = 'eve'", "set work_mem = '9MB'",
    "show work_mem", "set local work_mem = '8MB'", "update users set age = age + 1 where id = 1 returning age",
    "select count(*) from users; insert into users (name) values ('kim')", "insert into users (name) values ('ada')",
    "insert into users (name) values ('lee'); select nope",
]), max_size=9)  # fmt: skip


@given(SCRIPT)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sqlite_in_its_place_keeps_the_same_transactions(setting: Setting, script: list[str]):
    """The model is a real PostgreSQL: a script gives the same answers, and the same states of the transaction."""
    real, imitated = setting, Setting()
    real.hd.execute(f"drop table if exists users; {SCHEMA}; {ROWS}")
    heard = []
    for each in (real, imitated):
        each.hd.configure(caching_disabled=True)
        driver = each.driver("IAD")
        heard.append([_heard(each.run(driver.ask(_query(sql)))) for sql in [*script, "rollback", LAST]])
        driver.client.close()
        each.advance(0.1)
    assert heard[0] == heard[1]


def _heard(answers: list[Message]) -> list[Any]:
    """What a driver hears, without warnings and the words of syntax errors."""
    errors = [fields_of(each)["C"] for each in answers if each.kind == "E"]
    return [*errors, *((each.kind, each.body) for each in answers if each.kind in "DCZ")]


def test_a_wrong_address_and_a_wrong_password_are_told_apart(server: str):
    nobody = Setting(origin=server.rpartition(":")[0] + f":{free_port()}/postgres")
    assert nobody.run(nobody.driver().query("select 1")) == (
        "58000",
        "Server connection attempt failed: connection_refused",
    )
    wrong = Setting(origin=server.replace("secret", "wrong"))
    assert wrong.run(wrong.driver().query("select 1"))[0] == "28P01"


def test_a_lock_of_another_connection_is_not_waited_for_without_end(setting: Setting):
    one, other = setting.driver(), setting.driver()

    async def work() -> object:
        await one.query("begin")
        await one.query("update users set age = 1 where id = 1")
        return await other.query("update users set age = 2 where id = 1")

    assert setting.run(work())[0] == "55P03"


@pytest.mark.parametrize(("text", "words"), [
    ("mysql://a:b@c/d", "MySQL has no emulator"), ("postgres://a@c/d", "You must provide a password"),
    ("postgres://a:b@c", "You must provide a database name"), ("c:5432", "begins with postgres://"),
])  # fmt: skip
def test_a_connection_string_that_says_too_little_is_refused(text: str, words: str):
    with pytest.raises(ConfigError, match=words):
        Setting(localConnectionString=text)
