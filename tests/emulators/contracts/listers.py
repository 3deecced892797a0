"""Everything that lists names by prefix, in pages. With the network off, so that what is put is listed at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from labkit.emulators.kv import Kv
from tests.emulators.disks import Disk
from tests.emulators.files import Files
from tests.emulators.worlds import flat


class Lister(Protocol):
    """A fresh, empty store of names. `page` gives some names and the cursor of the next page, None at the end."""

    def put(self, name: str) -> None: ...

    def remove(self, name: str) -> None: ...

    def page(
        self, prefix: str = "", limit: int | None = None, cursor: str | None = None
    ) -> tuple[list[str], str | None]: ...


class KvLister:
    def __init__(self) -> None:
        self.bench = flat()
        self.env = Kv("KV", self.bench.world).binding("SYD")

    def put(self, name: str) -> None:
        self.bench.run(self.env.put(name, "v"))

    def remove(self, name: str) -> None:
        self.bench.run(self.env.delete(name))

    def page(
        self, prefix: str = "", limit: int | None = None, cursor: str | None = None
    ) -> tuple[list[str], str | None]:
        found = self.bench.run(self.env.list(prefix=prefix, limit=limit or 0, cursor=cursor))
        assert found["list_complete"] == ("cursor" not in found)
        return [row.name for row in found["keys"]], found.get("cursor")


class R2Lister:
    def __init__(self) -> None:
        self.files = Files(flat())

    def put(self, name: str) -> None:
        self.files.call("put", name, "v")

    def remove(self, name: str) -> None:
        self.files.call("delete", name)

    def page(
        self, prefix: str = "", limit: int | None = None, cursor: str | None = None
    ) -> tuple[list[str], str | None]:
        more = {} if cursor is None else {"cursor": cursor}
        found = self.files.call("list", prefix=prefix, limit=limit or 1000, **more)
        assert found.truncated == (found.cursor is not None)
        return [each.key for each in found["objects"]], found.cursor


class StorageLister:
    """The storage of a Durable Object has no cursors: a page begins after the last key of the page before it."""

    def __init__(self) -> None:
        self.disk = Disk()

    def put(self, name: str) -> None:
        self.disk.run(self.disk.storage.put(name, "v"))

    def remove(self, name: str) -> None:
        self.disk.run(self.disk.storage.delete(name))

    def found(self, options: dict[str, Any]) -> list[str]:
        return list(self.disk.run(self.disk.storage.list(options)))

    def page(
        self, prefix: str = "", limit: int | None = None, cursor: str | None = None
    ) -> tuple[list[str], str | None]:
        options: dict[str, Any] = {"prefix": prefix}
        if cursor is not None:
            options["startAfter"] = cursor
        if limit is None:
            return self.found(options), None
        names = self.found(options | {"limit": limit + 1})
        return names[:limit], names[limit - 1] if len(names) > limit else None


class SyncKvLister(StorageLister):
    def found(self, options: dict[str, Any]) -> list[str]:
        return [key for key, _ in self.disk.storage.kv.list(options)]


LISTERS: dict[str, Callable[[], Lister]] = {
    "kv": KvLister,
    "r2": R2Lister,
    "durable objects": StorageLister,
    "durable objects, kv": SyncKvLister,
}
