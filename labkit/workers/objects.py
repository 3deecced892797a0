"""JavaScript's containers in Python: a plain object, an array, a Map, a Set.

They look as Pyodide shows them: a plain object has attributes and no items, an array and a Map have items.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from labkit.workers.proxies import JsProxy, jsnull

_absent = object()


def plain(value: Any) -> Any:
    """The Python value behind a JavaScript one, all the way down; jsnull stays, as in Pyodide."""
    return value._plain() if isinstance(value, JsProxy) else value


class JsObject(JsProxy):
    """A plain object, `{a: 1}`: properties by dot, never by bracket."""

    _js_name = "Object"
    __slots__ = ("_held",)

    def __init__(self, properties: Iterable = ()):
        object.__setattr__(self, "_held", dict(properties))

    def _properties(self) -> dict[str, Any]:
        return self._held

    def _plain(self) -> dict[str, Any]:
        return {key: plain(value) for key, value in self._held.items()}

    def __getattr__(self, name: str):
        if name.startswith("_") or name not in self._held:
            raise AttributeError(name)
        return self._held[name]

    def __setattr__(self, name: str, value) -> None:
        self._held[name] = value

    def __delattr__(self, name: str) -> None:
        self._held.pop(name, None)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._held]

    def __reduce__(self):
        return type(self), (self._held,)

    def toString(self) -> str:
        return "[object Object]"


class JsArray(JsProxy):
    """An array: a list's items, length and loops, with JavaScript's `push` and `length` beside them."""

    _js_name = "Array"
    __slots__ = ("_items",)
    _lent = ("append", "extend", "insert", "pop", "index", "count", "reverse", "remove", "clear")

    def __init__(self, items: Iterable = ()):
        self._items = list(items)

    @property
    def length(self) -> int:
        return len(self._items)

    def push(self, *items) -> int:
        self._items.extend(items)
        return len(self._items)

    def _properties(self) -> dict[str, Any]:
        return {str(index): item for index, item in enumerate(self._items)}

    def _plain(self) -> list:
        return [plain(item) for item in self._items]

    def __getattr__(self, name: str):
        if name not in JsArray._lent:
            raise AttributeError(name)
        return getattr(self._items, name)

    def __getitem__(self, index):
        found = self._items[index]
        return JsArray(found) if isinstance(index, slice) else found

    def __setitem__(self, index, value) -> None:
        self._items[index] = value

    def __delitem__(self, index) -> None:
        del self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator:
        return iter(self._items)

    def __contains__(self, item) -> bool:
        return item in self._items

    def __reduce__(self):
        return type(self), (self._items,)

    def toString(self) -> str:
        return ",".join("" if item is None or item is jsnull else str(item) for item in self._items)


class JsMap(JsProxy):
    """A Map, which `to_js` makes of a dict: items by bracket, and those with str keys by dot too."""

    _js_name = "Map"
    __slots__ = ("_held",)
    _lent = ("get", "keys", "values", "items", "pop", "update", "clear", "setdefault")

    def __init__(self, entries: Iterable = ()):
        object.__setattr__(self, "_held", dict(entries))

    @property
    def size(self) -> int:
        return len(self._held)

    def _properties(self) -> dict[str, Any]:
        return self._held

    def _plain(self) -> dict:
        return {key: plain(value) for key, value in self._held.items()}

    def __getattr__(self, name: str):
        if name in JsMap._lent:
            return getattr(self._held, name)
        if name.startswith("_") or name not in self._held:
            raise AttributeError(name)
        return self._held[name]

    def __setattr__(self, name: str, value) -> None:
        self._held[name] = value

    def set(self, key, value) -> JsMap:
        self._held[key] = value
        return self

    def has(self, key) -> bool:
        return key in self._held

    def delete(self, key) -> bool:
        return self._held.pop(key, _absent) is not _absent

    def entries(self) -> Iterator[JsArray]:
        return (JsArray(pair) for pair in self._held.items())

    def __getitem__(self, key):
        return self._held[key]

    def __setitem__(self, key, value) -> None:
        self._held[key] = value

    def __delitem__(self, key) -> None:
        del self._held[key]

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator:
        return iter(self._held)

    def __contains__(self, key) -> bool:
        return key in self._held

    def __bool__(self) -> bool:
        return True

    def __reduce__(self):
        return type(self), (self._held,)


class JsSet(JsProxy):
    """A Set."""

    _js_name = "Set"
    __slots__ = ("_held",)

    def __init__(self, items: Iterable = ()):
        self._held = dict.fromkeys(items)

    @property
    def size(self) -> int:
        return len(self._held)

    def _plain(self) -> set:
        return {plain(item) for item in self._held}

    def add(self, item) -> JsSet:
        self._held[item] = None
        return self

    def has(self, item) -> bool:
        return item in self._held

    def delete(self, item) -> bool:
        return self._held.pop(item, _absent) is not _absent

    def values(self) -> Iterator:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator:
        return iter(self._held)

    def __contains__(self, item) -> bool:
        return item in self._held
