"""The storage against a plain model: a dict, its past states, and which of them are confirmed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from labkit.emulators.sqlite.opened import Opened
from tests.emulators.disks import Disk, Slow

KEYS = st.sampled_from(["a", "a1", "b", "é", ""])
VALUES = st.one_of(st.none(), st.integers(-(2**40), 2**40), st.text(max_size=3), st.lists(st.booleans(), max_size=2))


class Storage(RuleBasedStateMachine):
    """`now` is what the object sees, `flights` the states that wait to be confirmed, `sure` the last that is."""

    def __init__(self):
        super().__init__()
        opened = Opened(1)
        self.disk, self.other = Disk(opened=opened), Disk(opened=opened)
        self.slow = Slow(self.disk)
        self.sure: dict[str, Any] = {"keys": {}, "rows": [], "alarm": None}
        self.now = deepcopy(self.sure)
        self.flights: list[dict[str, Any]] = []
        self.is_dirty = False

    @property
    def storage(self):
        return self.disk.storage

    @rule(key=KEYS, value=VALUES)
    def put(self, key, value):
        self.storage.put(key, value)
        self.now["keys"][key] = value
        self.is_dirty = True

    @rule(key=KEYS)
    def delete(self, key):
        self.storage.kv.delete(key)
        self.is_dirty = self.is_dirty or key in self.now["keys"]
        self.now["keys"].pop(key, None)

    @rule(value=st.integers(0, 9))
    def insert(self, value):
        self.storage.sql.exec("CREATE TABLE IF NOT EXISTS t (n)")
        self.storage.sql.exec("INSERT INTO t VALUES (?)", value)
        self.now["rows"].append(value)
        self.is_dirty = True

    @rule(key=KEYS, value=VALUES, fails=st.booleans())
    def in_a_transaction(self, key, value, fails):
        before = deepcopy(self.now)

        def run():
            self.put(key, value)
            self.insert(5)
            if fails:
                raise ValueError

        try:
            self.storage.transactionSync(run)
        except ValueError:
            self.now = before

    @rule(ms=st.integers(4_000_000_000_000, 4_000_000_000_009))
    def set_alarm(self, ms):
        self.is_dirty = self.is_dirty or ms != self.now["alarm"]
        self.storage.setAlarm(ms)
        self.now["alarm"] = ms

    @rule()
    def end_the_turn(self):
        self.disk.turn()
        batches = len(self.slow.asked) - len(self.flights)
        assert batches == 1 or (batches == 0 and not self.is_dirty)  # a write that changes nothing is one too
        self.flights += [deepcopy(self.now) for _ in range(batches)]
        self.is_dirty = False

    @precondition(lambda self: self.flights)
    @rule()
    def confirm(self):
        self.end_the_turn()
        self.slow.next()
        self.sure = self.flights.pop(0)

    @rule()
    def delete_all(self):
        self.end_the_turn()
        if not self.disk.database.is_untouched:
            self.storage.deleteAll()
            self.now = {"keys": {}, "rows": [], "alarm": None}
            self.flights.append(deepcopy(self.now))

    @rule()
    def crash(self):
        self.disk.crash()
        self.slow.asked.clear()
        self.now, self.flights, self.is_dirty = deepcopy(self.sure), [], False

    @rule()
    def evict(self):
        self.end_the_turn()
        self.disk.evict()

    @rule()
    def another_is_used(self):
        self.other.database.open()
        must_stay = bool(self.flights or self.is_dirty)
        assert self.disk.database.is_open or not must_stay  # a write that changes nothing keeps it open as well

    @precondition(lambda self: not self.flights and not self.is_dirty)
    @rule()
    def snapshot_and_restore(self):
        state = self.disk.database.snapshot()
        self.disk.database.restore(state)
        self.disk.begin()

    @invariant()
    def all_is_there(self):
        assert dict(self.storage.kv.list()) == self.now["keys"]
        tables = self.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 't'").toArray()
        rows = self.storage.sql.exec("SELECT n FROM t ORDER BY rowid").toArray() if tables else []
        assert [row.n for row in rows] == self.now["rows"]
        assert self.disk.database.alarm == self.now["alarm"]


TestStorage = Storage.TestCase
TestStorage.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
