"""JavaScript's own globals as Workers in Python meet them: Object, Array, Map, Set, JSON, errors, Promise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from labkit.workers.js import json_text
from labkit.workers.objects import JsArray, JsMap, JsObject, JsSet
from labkit.workers.promises import JsPromise, promise, settled
from labkit.workers.proxies import JsBuiltin, JsClass, JsException, JsProxy


class Object(JsBuiltin):
    """`Object.new()` makes a plain object; the rest looks into one."""

    def __new__(cls) -> JsObject:
        return JsObject()

    @staticmethod
    def fromEntries(entries: Iterable) -> JsObject:
        """The plain object of these pairs: what `to_js` wants as `dict_converter`."""
        return JsObject((str(key), value) for key, value in entries)

    @staticmethod
    def keys(value: Any) -> JsArray:
        return JsArray(_properties(value))

    @staticmethod
    def values(value: Any) -> JsArray:
        return JsArray(_properties(value).values())

    @staticmethod
    def entries(value: Any) -> JsArray:
        return JsArray(JsArray(pair) for pair in _properties(value).items())

    @staticmethod
    def assign(target: Any, *sources: Any) -> Any:
        for source in sources:
            for name, value in _properties(source).items():
                setattr(target, name, value)
        return target


def _properties(value: Any) -> dict[str, Any]:
    return value._properties() if isinstance(value, JsProxy) else dict(value)


class Array(JsBuiltin):
    """`Array.new(...)` makes an array: of so many empty places, or of these items."""

    def __new__(cls, *items: Any) -> JsArray:
        if len(items) == 1 and isinstance(items[0], int):
            return JsArray([None] * items[0])
        return JsArray(items)

    @staticmethod
    def of(*items: Any) -> JsArray:
        return JsArray(items)

    @staticmethod
    def isArray(value: Any) -> bool:
        return isinstance(value, JsArray)


def _array_from(items: Iterable) -> JsArray:
    return JsArray(items)


setattr(Array, "from", staticmethod(_array_from))  # a keyword in Python: reached by getattr, as in the real runtime


class Map(JsBuiltin):
    """`Map.new([[key, value], ...])`."""

    def __new__(cls, entries: Iterable = ()) -> JsMap:
        return JsMap(entries)


class Set(JsBuiltin):
    """`Set.new([item, ...])`."""

    def __new__(cls, items: Iterable = ()) -> JsSet:
        return JsSet(items)


class JSON(JsProxy):
    """JSON with JavaScript's values on the one side."""

    parse = staticmethod(json_text.parse_json)
    stringify = staticmethod(json_text.write_json)


def _error_class(name: str) -> JsClass:
    def make(cls: type, message: str = "", options: Any = None) -> JsException:
        return JsException(name, message)

    return JsClass(name, (JsBuiltin,), {"__new__": make, "__doc__": f"`{name}.new(message)`, to raise or to send."})


Error = _error_class("Error")
TypeError = _error_class("TypeError")
RangeError = _error_class("RangeError")
SyntaxError = _error_class("SyntaxError")


class Promise(JsBuiltin):
    """`Promise.new(executor)` starts the executor at once."""

    def __new__(cls, executor: Callable) -> JsPromise:
        made = JsPromise(loop=asyncio.get_running_loop())
        executor(made.set_result, lambda reason: made.set_exception(as_exception(reason)))
        return made

    @staticmethod
    def resolve(value: Any = None) -> JsPromise:
        return promise(settled(value))

    @staticmethod
    def reject(reason: Any = None) -> JsPromise:
        made = JsPromise(loop=asyncio.get_running_loop())
        made.set_exception(as_exception(reason))
        return made

    @staticmethod
    def all(works: Iterable) -> JsPromise:
        async def gather() -> JsArray:
            return JsArray(await asyncio.gather(*map(settled, works)))

        return promise(gather())


def as_exception(reason: Any) -> BaseException:
    """What `await` raises for a promise that was rejected with this."""
    return reason if isinstance(reason, BaseException) else JsException("Error", str(reason))


def structuredClone(value: Any, options: Any = None) -> Any:
    """A deep copy."""
    return deepcopy(value)
