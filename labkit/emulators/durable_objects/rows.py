"""A JavaScript iterator as the SDK shows it: to loop over, with `next()` and `toArray()`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.workers.jsdict import JsDict


class Rows:
    """Items that come one by one. `next()` gives what JavaScript's does: a JsDict of `done` and `value`.

    It is no Python iterator: `next(rows)` is refused, as it is by the SDK's wrapper; `next(iter(rows))` is not.
    """

    def __init__(self, items: Iterator[Any], name: str):
        self._items, self._name = items, name

    def __iter__(self) -> Iterator[Any]:
        for item in self._items:  # noqa: UP028  ("yield from" would end them with the first loop that is left)
            yield item

    def next(self) -> JsDict:
        for item in self._items:
            return JsDict(done=False, value=item)
        return JsDict(done=True, value=None)

    def toArray(self) -> list[Any]:
        """The items that are left."""
        return list(self._items)

    def __len__(self) -> int:
        raise TypeError(f"'{self._name}' object has no len()")

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)
