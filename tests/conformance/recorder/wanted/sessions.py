"""Sessions of D1: what `withSession` takes, when a session has a bookmark, and how it grows.

Bookmarks differ from run to run, so `LOOK` says what kind a session's is, and whether several grow. Of a query only
the rows are looked at: what stands in `meta` is the area d1's.
"""

from __future__ import annotations

from typing import Any

from tests.conformance.recorder.wanted import call

OLD = "00000000-00000000-00000000-00000000000000000000000000000000"
NEW = "ffffffff-ffffffff-ffffffff-ffffffffffffffffffffffffffffffff"
INSERT, SELECT, COUNT = "INSERT INTO t (v) VALUES (?)", "SELECT id, v FROM t ORDER BY id", "SELECT count(*) AS n FROM t"


def session(*given: Any, keep: str = "s") -> dict:
    return call("DB.withSession", *given, keep=keep)


def bookmark(of: str = "s", keep: str | None = None) -> dict:
    """What `getBookmark` gives; where it is kept, an object whose `text` that is."""
    return call("LOOK.bookmark", {"$ref": of}, keep=keep) if keep else call(f"${of}.getBookmark")


def kind(of: str = "s") -> dict:
    """None, "bookmark", or what else `getBookmark` gives."""
    return call("LOOK.kind", {"$ref": of})


def rows(sql: str, *values: Any, of: str = "s") -> dict:
    return call("LOOK.rows", {"$ref": of}, sql, list(values))


def batch(*statements: list[Any], of: str = "s") -> dict:
    return call("LOOK.batch", {"$ref": of}, list(statements))


TABLE = call("DB.exec", "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")


def begins(*given: Any) -> list[dict]:
    """A session, its bookmark before and after a read and after a write."""
    return [TABLE, session(*given), bookmark(), rows("SELECT 1 AS x"), kind(), rows(INSERT, "a"), kind(), rows(SELECT)]


def refused(given: Any) -> list[dict]:
    return [session(given)]


SCENARIOS = {
    "nothing is asked for": begins(),
    "null is asked for": begins(None),
    "first-primary": begins("first-primary"),
    "first-unconstrained": begins("first-unconstrained"),
    "spaces around a constraint": begins("  first-primary "),
    "an empty text": begins(""),
    "only spaces": begins("   "),
    "an old bookmark": begins(OLD),
    "a bookmark of the future": begins(NEW),
    "a misspelt constraint is taken for a bookmark": begins("first-unconstraint"),
    "a capital letter is no constraint": begins("First-Primary"),
    "a number": refused(5),
    "an object": refused({}),
    "a truth": refused(True),
    "a list": refused([]),
    "zero": refused(0),
    "a bookmark grows with each query": [
        TABLE, session(), rows("SELECT 1 AS x"), bookmark(keep="a"), rows(INSERT, "a"), bookmark(keep="b"),
        rows(INSERT, "b"), bookmark(keep="c"),
        call("LOOK.grow", [{"$ref": "a"}, {"$ref": "b"}, {"$ref": "c"}]),
    ],
    "asking for it changes nothing": [
        TABLE, session(), rows(INSERT, "a"), bookmark(keep="a"), bookmark(keep="b"),
        call("LOOK.same", {"$ref": "a"}, {"$ref": "b"}),
    ],
    "a session reads its own writes": [TABLE, session(), rows(INSERT, "a"), rows(SELECT), rows(COUNT)],
    "a session goes on from another's bookmark": [
        TABLE, session(), rows(INSERT, "a"), bookmark(keep="b"), session({"$ref": "b.text"}, keep="t"),
        rows(SELECT, of="t"), kind("t"),
    ],
    "two sessions side by side": [
        TABLE, session(), session("first-primary", keep="t"), rows(INSERT, "a"), bookmark("t"), rows(SELECT, of="t"),
        kind("t"),
    ],
    "writes beside a session": [TABLE, session(), call("LOOK.rows", {"$ref": "db"}, INSERT, ["a"]), bookmark()],
    "a batch": [TABLE, session(), bookmark(), batch([INSERT, "a"], [INSERT, "b"], [COUNT]), kind(), rows(SELECT)],
    "an empty batch": [TABLE, session(), batch(), kind()],
    "a batch that fails leaves no trace": [
        TABLE, session(), batch([INSERT, "a"], ["SELECT absent FROM t"]), bookmark(), rows(SELECT), kind(),
    ],
    "a batch with statements of the database": [
        TABLE, session(), call("DB.prepare", COUNT, keep="p"), call("LOOK.run", {"$ref": "s"}, [{"$ref": "p"}]), kind(),
    ],
    "a query that fails leaves no bookmark": [TABLE, session(), rows("SELECT absent FROM t"), bookmark()],
    "a query that fails leaves the bookmark": [
        TABLE, session(), rows(INSERT, "a"), bookmark(keep="a"), rows("SELECT absent FROM t"), bookmark(keep="b"),
        call("LOOK.same", {"$ref": "a"}, {"$ref": "b"}),
    ],
    "every way to run a statement": [
        TABLE, session(), call("$s.prepare", "SELECT 7 AS n, 8 AS m", keep="p"), bookmark(), call("$p.first", "n"),
        kind(), call("$p.first"), call("$p.raw"), call("$p.raw", {"columnNames": True}), call("$p.first", "x"),
        call("$p.bind", 1),
    ],
    "preparing has no bookmark": [TABLE, session(), call("$s.prepare", COUNT, keep="p"), bookmark()],
    "what a session has": [
        session(),
        *(call("LOOK.has", {"$ref": "s"}, name) for name in ("prepare", "batch", "exec", "dump", "withSession")),
    ],
    "a value that cannot be bound": [
        TABLE, session(), call("$s.prepare", INSERT, keep="p"), call("$p.bind", {"a": 1}), bookmark(),
    ],
}  # fmt: skip
