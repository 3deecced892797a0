"""D1 against plain models: batches against SQLite itself, sessions against the promises of sequential consistency."""

from __future__ import annotations

import sqlite3
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from labkit.emulators.d1 import D1
from labkit.workers.ffi import JsException
from tests.emulators.worlds import flat, planet

STATEMENTS = st.sampled_from([
    "INSERT INTO t (k, v) VALUES (?1, ?2)", "INSERT OR REPLACE INTO t (k, v) VALUES (?1, ?2)",
    "UPDATE t SET v = v + ?2 WHERE k = ?1", "UPDATE t SET k = k + ?2 WHERE k >= ?1",
    "DELETE FROM t WHERE k = ?1 + 0 * ?2",
    "INSERT INTO c (k) VALUES (?1 + 0 * ?2)", "DELETE FROM c WHERE k = ?1 + 0 * ?2",
    "INSERT INTO t (k, v) SELECT k + ?1, ?2 FROM t", "SELECT k, v FROM t WHERE k > ?1 - ?2 ORDER BY k",
])  # fmt: skip
BATCH = st.lists(st.tuples(STATEMENTS, st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=5)
SCHEMA = (
    "CREATE TABLE t (k INTEGER PRIMARY KEY, v INTEGER NOT NULL CHECK (v < 12))",
    "CREATE TABLE c (k INTEGER REFERENCES t(k))",
)


class Batches(RuleBasedStateMachine):
    """A batch does all or nothing, as a transaction of SQLite does; put away, copied or restored it is the same."""

    def __init__(self):
        super().__init__()
        self.bench = flat()
        self.d1 = D1({"binding": "DB"}, self.bench.world)
        self.db = self.d1.binding("SYD")
        self.model = sqlite3.connect(":memory:", isolation_level=None)
        self.model.execute("PRAGMA foreign_keys = ON")
        self.past: list[tuple[str, list[Any]]] = []

    @initialize()
    def make(self):
        for sql in SCHEMA:
            self.model.execute(sql)
        self.bench.run(self.db.exec("\n".join(SCHEMA)))

    @rule(batch=BATCH)
    def run(self, batch):
        expected = self.in_sqlite(batch)
        try:
            answers = self.bench.run(self.db.batch([self.db.prepare(sql).bind(*values) for sql, *values in batch]))
            found: Any = [[list(row.values()) for row in answer.results] for answer in answers]
        except JsException as error:
            found = error.message.split(": ", 1)[1].split(": SQLITE_")[0]
        assert found == expected

    def in_sqlite(self, batch) -> Any:
        """The rows of each statement, or SQLite's refusal."""
        self.model.execute("BEGIN")
        try:
            rows = [[list(row) for row in self.model.execute(sql, values)] for sql, *values in batch]
            self.model.execute("COMMIT")
        except sqlite3.Error as error:
            self.model.execute("ROLLBACK")
            return str(error)
        return rows

    @rule()
    def put_away(self):
        self.d1.disk.put_away()
        self.d1.history.pack()

    @rule()
    def from_a_snapshot(self):
        self.d1.restore(self.d1.snapshot())

    @rule()
    def remember(self):
        self.past.append((self.d1.time_travel.info(), self.rows()))

    @rule(which=st.integers(0, 5))
    def was(self, which):
        """A state of the past, seen and left again."""
        if which < len(self.past):
            mark, rows = self.past[which]
            self.bench.advance(601)
            undo = self.d1.time_travel.restore(mark)
            assert self.rows() == rows
            self.d1.time_travel.restore(undo)

    def rows(self) -> list[Any]:
        return [list(row.values()) for row in self.d1.query("SELECT k, v FROM t ORDER BY k")]

    @invariant()
    def agrees(self):
        assert self.rows() == [list(row) for row in self.model.execute("SELECT k, v FROM t ORDER BY k")]


PLACES = st.sampled_from(["SYD", "LHR", "SEA", "SIN", "WAW", "BOS"])


class Sessions(RuleBasedStateMachine):
    """One counter. A session never sees less than it has seen or written, wherever it is; others may."""

    def __init__(self):
        super().__init__()
        self.bench = planet()
        self.d1 = D1({"binding": "DB"}, self.bench.world)
        self.bench.run(self.d1.binding("LHR").exec("CREATE TABLE t (n)\nINSERT INTO t VALUES (0)"))
        self.d1.read_replication, self.d1.replica_lag = "auto", 20.0
        self.total = 0
        self.sessions: list[tuple[Any, int]] = []

    @rule(colo=PLACES, mode=st.sampled_from([None, "first-unconstrained", "first-primary"]))
    def open(self, colo, mode):
        self.sessions.append((self.d1.binding(colo).withSession(mode), 0))

    @precondition(lambda self: self.sessions)
    @rule(which=st.integers(0, 3), colo=PLACES)
    def go_on_elsewhere(self, which, colo):
        """The bookmark travels, as in a cookie."""
        at = which % len(self.sessions)
        session, seen = self.sessions[at]
        mark = session.getBookmark()
        self.sessions[at] = (self.d1.binding(colo).withSession(mark), seen if mark else 0)

    @precondition(lambda self: self.sessions)
    @rule(which=st.integers(0, 3))
    def write(self, which):
        at = which % len(self.sessions)
        self.total += 1
        self.bench.run(self.sessions[at][0].prepare("UPDATE t SET n = n + 1").run())
        self.sessions[at] = (self.sessions[at][0], self.total)

    @precondition(lambda self: self.sessions)
    @rule(which=st.integers(0, 3))
    def read(self, which):
        at = which % len(self.sessions)
        session, seen = self.sessions[at]
        is_fresh, before = session._wanted == "first-primary", session.getBookmark()
        found = self.bench.run(session.prepare("SELECT n FROM t").first("n"))
        assert seen <= found <= self.total
        assert not is_fresh or found == self.total
        assert before is None or before <= session.getBookmark()
        self.sessions[at] = (session, found)

    @rule(colo=PLACES)
    def read_without_a_session(self, colo):
        assert self.bench.run(self.d1.binding(colo).prepare("SELECT n FROM t").first("n")) == self.total

    @rule(colo=PLACES)
    def read_with_a_new_session(self, colo):
        found = self.bench.run(self.d1.binding(colo).withSession().prepare("SELECT n FROM t").first("n"))
        assert 0 <= found <= self.total

    @rule(seconds=st.floats(0, 30))
    def wait(self, seconds):
        self.bench.advance(seconds)

    @rule()
    def agree_in_the_end(self):
        self.bench.advance(2000)
        assert {each.index for each in self.d1.replicas.values()} == {self.d1.history.index}


def test_without_a_bookmark_both_promises_are_seen_to_break():
    bench = planet()
    d1 = D1({"binding": "DB"}, bench.world)
    bench.run(d1.binding("LHR").exec("CREATE TABLE t (n)\nINSERT INTO t VALUES (0)"))
    d1.read_replication, d1.replica_lag = "auto", 20.0

    def read(colo: str) -> int:
        return bench.run(d1.binding(colo).withSession().prepare("SELECT n FROM t").first("n"))

    own = monotonic = 0
    for number in range(1, 40):
        bench.run(d1.binding("SYD").withSession().prepare("UPDATE t SET n = n + 1").run())
        own += read("SYD") < number
        bench.advance(10)
        first, then = read("SYD"), read("SEA")
        monotonic += then < first
    assert own > 5, "a place does not read what it wrote"
    assert monotonic > 5, "a later read elsewhere sees an older state"


TestBatches = Batches.TestCase
TestBatches.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
