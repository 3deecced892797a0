"""`ctx.storage`: what its methods take, give, refuse, hold back and are billed."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from labkit.emulators.durable_objects.batches import INTERNAL
from labkit.emulators.v8 import encoded
from labkit.errors import LabError
from labkit.workers.bindings import UnknownOption
from labkit.workers.ffi import JsException, JsMap
from labkit.workers.jsdict import JsDict
from tests.emulators.disks import Disk, Slow
from tests.emulators.worlds import flat


@pytest.fixture
def disk() -> Disk:
    return Disk()


def refused(disk: Disk, call: Any) -> str:
    """The words of a refusal, which come with the `await` and not with the call."""
    with pytest.raises(JsException) as caught:
        disk.run(call)
    return str(caught.value)


def test_values_come_back_as_the_sdk_gives_them(disk: Disk):
    value = {"b": [1, None, 2.0], "1": b"x", "at": datetime(2020, 1, 1, 0, 0, 0, 1999)}
    disk.run(disk.storage.put("k", value))
    found = disk.run(disk.storage.get("k"))
    assert isinstance(found, JsDict) and isinstance(found["1"], memoryview) and isinstance(found.b, list)
    assert list(found) == ["1", "b", "at"], "array indices come first"
    assert found.at == datetime(2020, 1, 1, 0, 0, 0, 1000) and found.b == [1, None, 2]


def test_what_is_stored_is_a_copy(disk: Disk):
    value = {"n": [1]}
    disk.run(disk.storage.put("k", value))
    value["n"].append(2)
    disk.run(disk.storage.get("k"))["n"].append(3)
    assert disk.run(disk.storage.get("k")) == {"n": [1]}


@pytest.mark.parametrize(("value", "words"), [
    (object(), "[object Object] could not be cloned."),
    (len, "function(){} could not be cloned."),
    ([len], "function(){} could not be cloned."),
    (JsMap({"a": 1}), "[object Map] could not be cloned."),
])  # fmt: skip
def test_what_javascript_cannot_clone_is_refused(disk: Disk, value: Any, words: str):
    assert refused(disk, disk.storage.put("k", value)) == f"DataCloneError: {words}"
    assert disk.database.is_untouched


@pytest.mark.parametrize("value", [(1,), {"a": (1,)}, bytearray(b"x")])
def test_what_the_sdk_refuses_is_refused_at_the_call(disk: Disk, value: Any):
    with pytest.raises(TypeError, match="cannot be sent over RPC"):
        disk.storage.put("k", value)


def test_of_several_values_all_are_stored_or_none(disk: Disk):
    refused(disk, disk.storage.put({"a": 1, "b": len}))
    assert disk.all() == {}


def test_a_key_is_whatever_text_it_makes(disk: Disk):
    disk.run(disk.storage.put(5, 1))
    disk.run(disk.storage.put(None, 2))
    assert disk.all() == {"5": 1, "null": 2}


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_128_keys_pass_and_129_do_not(disk: Disk, method: str):
    def some(count: int) -> Any:
        keys = [f"k{n}" for n in range(count)]
        return dict.fromkeys(keys, 1) if method == "put" else keys

    disk.run(getattr(disk.storage, method)(some(128)))
    words = "RangeError: Maximum number of key value pairs is 128. 129 pairs were provided."
    assert refused(disk, getattr(disk.storage, method)(some(129))) == words


def test_a_key_and_its_value_take_2_000_000_bytes_at_most(disk: Disk):
    overhead = len(encoded(b"x" * 1_900_000)) - 1_900_000
    most = b"x" * (2_000_000 - len("k") - overhead)
    disk.run(disk.storage.put("k", most))
    assert refused(disk, disk.storage.put("k", most + b"x")) == "Error: string or blob too big: SQLITE_TOOBIG"


def test_the_key_value_backend_has_limits_of_its_own():
    disk = Disk(sqlite=False)
    disk.run(disk.storage.put("k" * 2048, "x" * 131_072))
    words = "RangeError: Keys cannot be larger than 2048 bytes. A key of size 2049 was provided."
    assert refused(disk, disk.storage.put("k" * 2049, 1)) == words
    words = "RangeError: Values cannot be larger than 131072 bytes. A value of size 131106 was provided."
    assert refused(disk, disk.storage.put("k", "x" * 131_100)) == words


def test_the_key_value_backend_has_neither_sql_nor_kv():
    storage = Disk(sqlite=False).storage
    for call in (lambda: storage.sql.exec("SELECT 1"), lambda: storage.sql.databaseSize):
        with pytest.raises(JsException, match="SQL is not enabled for this Durable Object class"):
            call()
    with pytest.raises(JsException, match="only available for SQLite-backed Durable Objects"):
        storage.kv.get("a")


def test_work_is_done_at_the_call_whether_or_not_anybody_awaits_it(disk: Disk):
    disk.storage.put("a", 1)
    assert disk.storage.kv.get("a") == 1


def test_an_operation_can_be_gathered_and_be_a_task(disk: Disk):
    async def run() -> list[Any]:
        put = asyncio.create_task(disk.storage.put("a", 1))
        return [await put, *await asyncio.gather(disk.storage.get("a"), disk.storage.get("b"))]

    assert disk.run(run()) == [None, 1, None]


def test_an_operation_is_awaited_once(disk: Disk):
    async def run() -> None:
        asked = disk.storage.get("a")
        await asked
        await asked

    with pytest.raises(RuntimeError, match="cannot reuse already awaited coroutine"):
        disk.run(run())


def test_options_nobody_knows_are_warned_of_and_refused_where_strict(disk: Disk):
    with pytest.warns(UnknownOption, match="it is spelt 'startAfter'"):
        disk.storage.list(start_after="a")
    strict = Disk(flat(strict=True))
    with pytest.raises(LabError, match="noCache"):
        strict.run(strict.storage.get("a", cache=True))


def test_a_value_by_keyword_is_warned_of(disk: Disk):
    with pytest.warns(UserWarning, match="one object, which is stored"):
        disk.run(disk.storage.put("k", value=1))
    assert disk.all() == {"k": {"value": 1}}


# What is confirmed together, and what waits for it.


def test_writes_without_an_await_between_them_are_one_batch(disk: Disk):
    slow = Slow(disk)
    disk.storage.put("a", 1)
    disk.storage.sql.exec("CREATE TABLE t (n)")
    disk.storage.setAlarm(4_000_000_000_000)
    disk.turn()
    assert len(slow.asked) == 1
    disk.storage.put("b", 1)
    disk.turn()
    assert len(slow.asked) == 2
    slow.next()
    disk.crash()
    assert disk.all() == {"a": 1} and disk.database.alarm == 4_000_000_000_000


def test_an_await_ends_a_batch(disk: Disk):
    slow = Slow(disk)

    async def run() -> None:
        await disk.storage.put("a", 1)
        await disk.storage.put("b", 1)

    disk.run(run())
    assert len(slow.asked) == 2


def test_what_leaves_the_object_waits_until_its_writes_are_confirmed(disk: Disk):
    slow = Slow(disk)
    disk.storage.put("a", 1)
    said = disk.bench.timeline.spawn(disk.gates.output())
    disk.turn()
    assert not said.done()
    slow.next()
    disk.turn()
    assert said.done()


def test_a_write_that_may_be_unconfirmed_holds_nothing_but_sync_waits_for_it(disk: Disk):
    slow = Slow(disk)
    disk.storage.put("a", 1, allowUnconfirmed=True)
    disk.run(disk.gates.output())
    synced = disk.bench.timeline.spawn(disk.storage.sync())
    disk.turn()
    assert not synced.done()
    slow.next()
    disk.turn()
    assert synced.done()


def test_a_write_that_must_be_confirmed_holds_though_one_that_need_not_began_its_batch(disk: Disk):
    slow = Slow(disk)
    disk.storage.put("a", 1, allowUnconfirmed=True)
    assert not disk.gates.is_holding
    disk.storage.put("b", 1)
    assert disk.gates.is_holding
    disk.turn()
    slow.next()
    assert not disk.gates.is_holding


def test_a_transaction_holds_nothing_before_its_end(disk: Disk):
    """Its own requests could never leave otherwise; workerd's `ActorSqlite::ExplicitTxn` is the same."""
    slow, seen = Slow(disk), []

    async def run(txn: Any) -> None:
        await txn.put("a", 1)
        await disk.gates.output()
        seen.append(disk.gates.is_holding)

    disk.run(disk.storage.transaction(run))
    assert (seen, disk.gates.is_holding) == ([False], True)
    slow.next()
    assert not disk.gates.is_holding


def test_a_broken_reference_at_the_end_of_a_turn_resets_the_object(disk: Disk):
    sql = disk.storage.sql
    sql.exec("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)")
    disk.turn()
    sql.exec("INSERT INTO c VALUES (1)")
    disk.turn()
    assert [end[:62] for end in disk.ends] == ["Durable Object was reset and rolled back to its last known good"[:62]]
    assert sql.exec("SELECT count(*) AS n FROM c").one().n == 0


def test_an_alarm_that_is_rolled_back_is_wound_back(disk: Disk):
    disk.run(disk.storage.setAlarm(4_000_000_000_000))

    async def run(txn: Any) -> None:
        await txn.setAlarm(4_000_000_000_001)
        assert await txn.getAlarm() == 4_000_000_000_001
        txn.rollback()

    disk.run(disk.storage.transaction(run))
    assert disk.run(disk.storage.getAlarm()) == 4_000_000_000_000


def test_delete_all_takes_the_alarm_and_the_tables_with_it_and_can_be_lost(disk: Disk):
    disk.run(disk.storage.put("a", 1))
    disk.storage.sql.exec("CREATE TABLE t (n)")
    disk.run(disk.storage.setAlarm(4_000_000_000_000))
    slow = Slow(disk)
    disk.run(disk.storage.deleteAll())
    assert disk.all() == {} and disk.database.alarm is None and disk.storage.sql["databaseSize"] == 4096
    disk.crash()
    assert disk.all() == {"a": 1} and disk.database.alarm == 4_000_000_000_000
    slow.asked.clear()
    disk.run(disk.storage.deleteAll())
    slow.next()
    disk.crash()
    assert disk.all() == {}


def test_delete_all_is_refused_inside_a_transaction(disk: Disk):
    async def run(txn: Any) -> None:
        await disk.storage.deleteAll()

    assert "Cannot call deleteAll() within a transaction" in refused(disk, disk.storage.transaction(run))


# What is left in the trace and on the bill.


@pytest.mark.parametrize(("call", "units"), [
    (lambda s: s.get("a"), {"do.rows_read": 1}),
    (lambda s: s.get("missing"), {"do.rows_read": 1}),
    (lambda s: s.get(["a", "b", "missing"]), {"do.rows_read": 3}),
    (lambda s: s.list(), {"do.rows_read": 2}),
    (lambda s: s.list(prefix="x"), {"do.rows_read": 1}),
    (lambda s: s.put("a", 1), {"do.rows_written": 1}),
    (lambda s: s.put({"a": 1, "c": 2}), {"do.rows_written": 2}),
    (lambda s: s.delete("missing"), {"do.rows_written": 1}),
    (lambda s: s.delete(["a", "b"]), {"do.rows_written": 2}),
    (lambda s: s.setAlarm(4_000_000_000_000), {"do.rows_written": 1}),
    (lambda s: s.getAlarm(), {}),
])  # fmt: skip
def test_each_key_is_a_row_on_the_bill(disk: Disk, call: Any, units: dict[str, float]):
    disk.run(disk.storage.put({"a": 1, "b": 2}))
    disk.bench.trace.clear()
    disk.run(call(disk.storage))
    [event] = disk.bench.trace
    assert event.units == units
    assert (event.primitive, event.place, event.detail["object"]) == ("durable_objects", "LHR", "a")
    assert disk.bench.charged == {}, "the storage is no subrequest"


def test_a_refusal_is_in_the_trace(disk: Disk):
    refused(disk, disk.storage.list(limit=0))
    [event] = disk.bench.trace
    assert (event.operation, event.outcome) == ("storage.list", "exception")
    assert event.detail["error"] == "TypeError: List limit must be positive."


def test_an_object_that_never_wrote_takes_nothing_and_an_idle_one_its_compressed_pages(disk: Disk):
    assert disk.run(disk.storage.get("a")) is None and disk.run(disk.storage.delete("a")) is False
    assert disk.database.snapshot() == (None, 0, None)
    disk.run(disk.storage.put("a", 1))
    assert disk.database.stored_bytes == 8192
    disk.evict()
    image, size, _ = disk.database.snapshot()
    assert image is not None and len(image) < 400 and size == disk.database.stored_bytes == 8192
    assert disk.all() == {"a": 1}


ROLLED_BACK = "INSERT OR ROLLBACK INTO t VALUES (1)"


@pytest.mark.parametrize("sql", ["INSERT INTO t VALUES (2) RETURNING n", ROLLED_BACK])
@pytest.mark.parametrize("keeps_it", [False, True])
def test_a_turn_that_ends_within_a_write_is_undone_and_resets_the_object(disk: Disk, sql: str, keeps_it: bool):
    disk.storage.sql.exec("CREATE TABLE t (n UNIQUE); INSERT INTO t VALUES (1)")
    disk.run(disk.storage.sync())
    kept = []
    try:
        kept.append(disk.storage.sql.exec(sql))
    except JsException:
        assert sql == ROLLED_BACK
    kept = kept if keeps_it else []
    disk.turn()
    assert disk.ends == [INTERNAL]
    disk.crash()
    assert [row.n for row in disk.storage.sql.exec("SELECT n FROM t")] == [1]


def test_a_write_whose_rows_are_all_taken_in_its_turn_is_kept(disk: Disk):
    disk.storage.sql.exec("CREATE TABLE t (n)")
    assert len(disk.storage.sql.exec("INSERT INTO t VALUES (1), (2) RETURNING n").toArray()) == 2
    disk.turn()
    assert disk.ends == []
    disk.evict()
    assert disk.storage.sql.exec("SELECT count(*) AS n FROM t").one().n == 2


@pytest.mark.parametrize("fails", [False, True])
def test_a_transaction_that_ends_within_a_write_leaves_nothing_open(disk: Disk, fails: bool):
    def write() -> object:
        disk.storage.sql.exec("INSERT INTO t VALUES (1), (2) RETURNING n")
        return 1 // (not fails)

    disk.storage.sql.exec("CREATE TABLE t (n)")
    disk.turn()
    if fails:
        with pytest.raises(ZeroDivisionError):
            disk.storage.transactionSync(write)
    else:
        disk.storage.transactionSync(write)
    disk.run(disk.storage.sync())
    assert disk.ends == ([] if fails else [INTERNAL])
    assert disk.storage.sql.exec("SELECT count(*) AS n FROM t").one().n == 0


def test_an_instance_that_has_ended_or_must_leave_cannot_touch_the_storage(disk: Disk):
    instance: Any = disk.storage._instance
    instance.is_retired, instance.leave = True, lambda: setattr(instance, "ended", RuntimeError("moved"))
    with pytest.raises(RuntimeError, match="moved"):
        disk.run(disk.storage.put("a", 1))
    assert disk.database.is_untouched


def test_batches_are_confirmed_in_order(disk: Disk):
    slow = Slow(disk)
    for name in "ab":
        disk.storage.put(name, 1)
        disk.turn()
    synced = disk.bench.timeline.spawn(disk.storage.sync())
    slow.asked.pop().set_result(None)  # the second answers first
    disk.turn()
    assert not synced.done()
    synced.cancel()
    disk.crash()
    assert disk.all() == {}, "what comes after a batch that is lost is lost with it"


@pytest.mark.parametrize(("options", "keys"), [
    ({"prefix": "a"}, ["a", "a1", "a2", "a3"]),
    ({"prefix": "a", "start": "Z"}, ["a", "a1", "a2", "a3"]),
    ({"prefix": "a", "start": "a2"}, ["a2", "a3"]),
    ({"prefix": "a", "startAfter": "a2"}, ["a3"]),
    ({"prefix": "a", "start": "b"}, []),
    ({"prefix": "a", "end": "a3"}, ["a", "a1", "a2"]),
    ({"prefix": "a", "end": "z"}, ["a", "a1", "a2", "a3"]),
    ({"prefix": "a", "end": "a"}, []),
    ({"start": "a2", "end": "é"}, ["a2", "a3", "b"]),
    ({"start": "b", "end": "a"}, []),
    ({"reverse": True, "start": "a3"}, ["é", "b", "a3"]),
    ({"reverse": True, "limit": 1}, ["é"]),
    ({"limit": "2"}, ["Z", "a"]),
    ({"prefix": "\U0010ffff"}, []),
])  # fmt: skip
def test_a_list_is_the_keys_between_its_bounds(disk: Disk, options: dict[str, Any], keys: list[str]):
    disk.run(disk.storage.put(dict.fromkeys(["a3", "a2", "a1", "a", "b", "Z", "é"], 1)))
    assert list(disk.run(disk.storage.list(options))) == keys
    assert [key for key, _ in disk.storage.kv.list(**options)] == keys


@pytest.mark.parametrize(("options", "words"), [
    ({"limit": 0}, "List limit must be positive."),
    ({"limit": None}, "List limit must be positive."),
    ({"start": "a", "startAfter": "b"}, "list() cannot be called with both start and startAfter values."),
])  # fmt: skip
def test_a_list_refuses_what_means_nothing(disk: Disk, options: dict[str, Any], words: str):
    assert refused(disk, disk.storage.list(options)) == f"TypeError: {words}"


def test_a_kv_list_ends_when_another_begins(disk: Disk):
    disk.run(disk.storage.put({"a": 1, "b": 2}))
    first = disk.storage.kv.list()
    assert first.next() == {"done": False, "value": ["a", 1]}
    disk.storage.kv.list()
    with pytest.raises(JsException, match="Only one kv.list"):
        first.next()
