"""Everything that lists names by prefix, in pages. With the network off, so that what is put is listed at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from labkit.emulators.kv import Kv
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


LISTERS: dict[str, Callable[[], Lister]] = {"kv": KvLister}
