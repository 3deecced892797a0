"""Sessions of D1: "DB" is a database, "LOOK" what is looked at of a session: its rows, its bookmark's kind."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from labkit.emulators.d1 import D1
from labkit.world import World
from tests.conformance.areas import Emulated

_BOOKMARK = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{8}){2}-[0-9a-f]{32}")


class Look:
    """Bookmarks differ from run to run: kept ones are objects with a `text`, which a recording does not show."""

    def __init__(self, database: Any):
        self._database = database

    async def rows(self, session: Any, sql: str, values: list[Any]) -> Any:
        statement = (session or self._database).prepare(sql)
        return (await statement.bind(*values).all()).results

    async def batch(self, session: Any, statements: list[list[Any]]) -> Any:
        return await self.run(session, [session.prepare(sql).bind(*values) for sql, *values in statements])

    async def run(self, session: Any, statements: list[Any]) -> Any:
        return [each.results for each in await session.batch(statements)]

    def bookmark(self, session: Any) -> SimpleNamespace:
        return SimpleNamespace(text=session.getBookmark())

    def kind(self, session: Any) -> str | None:
        bookmark = session.getBookmark()
        return "bookmark" if bookmark and _BOOKMARK.fullmatch(bookmark) else bookmark

    def grow(self, bookmarks: list[Any]) -> bool:
        return all(one.text < other.text for one, other in zip(bookmarks, bookmarks[1:], strict=False))

    def same(self, one: Any, other: Any) -> bool:
        return one.text == other.text

    def has(self, session: Any, name: str) -> bool:
        return hasattr(session, name)


def _bindings(world: World) -> dict[str, Any]:
    database = D1({"binding": "DB"}, world).binding("SYD")
    return {"DB": database, "LOOK": Look(database)}


def bench() -> Emulated:
    return Emulated(_bindings)
