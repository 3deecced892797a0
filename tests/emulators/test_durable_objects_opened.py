"""Only so many databases of a class stay open, and no object notices that its own was closed."""

from __future__ import annotations

import pytest

from labkit.emulators.sqlite.opened import MOST, Opened
from tests.emulators.disks import Disk, Slow
from tests.emulators.rooms import Rooms
from tests.emulators.worlds import flat


class Two:
    """Two disks of which one may be open: `storage` is the first one's, `crowd` uses the other."""

    def __init__(self):
        bench, self.opened = flat(), Opened(1)
        self.disk, self.other = (Disk(bench, opened=self.opened) for _ in range(2))
        self.storage = self.disk.storage

    def crowd(self) -> bool:
        """Use the other; whether the first is still open."""
        self.disk.turn()
        self.other.database.open()
        return self.disk.database.is_open

    def ask(self, sql: str) -> list[list[object]]:
        return self.storage.sql.exec(sql).raw().toArray()


@pytest.fixture
def two() -> Two:
    two = Two()
    two.storage.sql.exec("CREATE TABLE t (n); INSERT INTO t VALUES (1), (2), (3)")
    return two


def test_the_one_that_was_used_longest_ago_is_closed_and_has_everything_when_it_is_used_again(two):
    size = two.storage.sql["databaseSize"]
    assert not two.crowd()
    assert len(two.opened) == 1
    assert two.disk.database.stored_bytes == size
    assert two.ask("SELECT n FROM t") == [[1], [2], [3]]
    assert not two.other.database.is_open


def test_a_cursor_with_rows_left_keeps_it_open_until_it_is_done(two):
    cursor = two.storage.sql.exec("SELECT n FROM t")
    rows = iter(cursor)
    next(rows)
    assert two.crowd()
    two.storage.sql.exec("UPDATE t SET n = n * 10")
    assert [row.n for row in rows][-1] == 30
    assert not two.crowd()


def test_a_cursor_that_is_dropped_keeps_nothing_open(two):
    cursor = two.storage.sql.exec("SELECT value FROM json_each('[1, 2, 3]')")
    assert two.crowd()
    del cursor
    assert not two.crowd()


def test_a_write_that_is_not_confirmed_keeps_it_open_and_can_still_be_lost(two):
    two.disk.turn()
    slow = Slow(two.disk)
    two.storage.sql.exec("DELETE FROM t")
    assert two.crowd()
    two.disk.crash()
    assert two.disk.storage.sql.exec("SELECT count(*) AS n FROM t").one().n == 3
    two.disk.storage.sql.exec("DELETE FROM t")
    assert two.crowd()
    slow.asked.pop(0)  # of what was lost
    slow.next()
    assert not two.crowd()


def test_a_transaction_keeps_it_open_and_can_still_be_rolled_back(two):
    name = two.disk.database.batches.begin_transaction()
    two.storage.sql.exec("DELETE FROM t")
    assert two.crowd()
    two.disk.database.batches.end_transaction(name, keep=False)
    assert not two.crowd()
    assert two.ask("SELECT count(*) FROM t") == [[3]]


def test_what_a_connection_remembers_outlives_it(two):
    two.disk.turn()
    assert not two.crowd()
    assert two.ask("SELECT last_insert_rowid()") == [[3]]
    two.disk.evict()
    two.storage = two.disk.storage
    assert two.ask("SELECT last_insert_rowid()") == [[0]]


@pytest.mark.parametrize("sql", ["PRAGMA reverse_unordered_selects = on", "SELECT changes()", "SELECT total_changes()"])
def test_a_connection_that_could_not_be_replaced_stays_open(two, sql):
    before = two.ask(sql)
    assert two.crowd()
    assert two.ask(sql) == before
    assert two.ask("SELECT n FROM t")[0] == ([3] if "PRAGMA" in sql else [1])


def test_to_ask_what_a_pragma_is_keeps_nothing_open(two):
    two.ask("PRAGMA foreign_keys")
    assert not two.crowd()


def test_the_alarm_of_a_closed_database_is_known(two):
    two.storage.setAlarm(4_000_000_000_000)
    assert not two.crowd()
    assert two.disk.run(two.storage.getAlarm()) == 4_000_000_000_000


def test_those_that_were_open_at_once_close_as_their_writes_are_confirmed():
    rooms = Rooms(network=None)
    names = [str(n) for n in range(MOST + 50)]
    rooms.together(*(rooms.stub(name).keep("k", name) for name in names))
    assert len(rooms.objects.opened) <= MOST
    assert rooms.together(*(rooms.stub(name).kept("k") for name in names)) == names
    assert sum(rooms.object(name).database.is_open for name in names) == len(rooms.objects.opened) == MOST


def test_a_restore_counts_none_as_open_not_even_one_with_a_write_on_its_way():
    rooms = Rooms()
    rooms.run(rooms.stub().keep_unconfirmed("k", 1))
    rooms.objects.evict()
    before = rooms.object().database
    rooms.objects.restore(rooms.objects.snapshot())
    assert before.is_open and before.batches.unconfirmed() is not None
    assert len(rooms.objects.opened) == 0
    rooms.advance(60)
    assert not before.is_open
    assert rooms.run(rooms.stub().kept("k")) == 1
    assert len(rooms.objects.opened) == 1
