"""`js.Headers`: names without case, several values joined by commas, cookies kept apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from labkit.workers.js.conversions import text
from labkit.workers.objects import JsArray
from labkit.workers.proxies import JsBuiltin, JsException, JsProxy, jsnull

_name_is_valid = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]*").fullmatch
_value_is_invalid = re.compile(r"[\0\r\n]").search
_WHITESPACE = " \t\r\n"


class Headers(JsBuiltin):
    """The headers of a message, by lower-case name. Loops go in the order of names, each cookie on its own."""

    __slots__ = ("_values", "_cookies", "_frozen")
    _values: dict[str, str]
    _cookies: list[str]

    def __init__(self, init: Any = None):
        self._values = {}
        self._cookies = []
        self._frozen = False
        for name, value in _pairs(init):
            self._add(name, value)

    @classmethod
    def of(cls, init: Any) -> Headers:
        """Changeable headers with these lines; a copy of other headers is made without reading them again."""
        if init is None:
            return cls._changeable({})
        return init._copy() if isinstance(init, Headers) else cls.new(init)

    @classmethod
    def _changeable(cls, values: dict[str, str], cookies: Iterable[str] = ()) -> Headers:
        """Headers with lower-case names, unchecked."""
        self = cls.__new__(cls)
        self._values, self._cookies, self._frozen = values, list(cookies), False
        return self

    @classmethod
    def arrived(cls, values: dict[str, str], cookies: Iterable[str] = ()) -> Headers:
        """Headers of a message from outside, with lower-case names, unchecked and immutable."""
        self = cls._changeable(values, cookies)
        self._frozen = True
        return self

    def _copy(self) -> Headers:
        """The same headers, changeable."""
        return Headers._changeable(self._values.copy(), self._cookies)

    def _add(self, name: Any, value: Any) -> None:
        name, value = _key(name), _checked_value(value)
        if name == "set-cookie":
            self._cookies.append(value)
        else:
            known = self._values.get(name)
            self._values[name] = value if known is None else f"{known}, {value}"

    def _items(self) -> list[tuple[str, str]]:
        """Every header line, in the order of names."""
        lines = list(self._values.items())
        lines += [("set-cookie", value) for value in self._cookies]
        return sorted(lines, key=lambda line: line[0])

    def append(self, name: str, value: str) -> None:
        self._refuse_frozen()
        self._add(name, value)

    def set(self, name: str, value: str) -> None:
        self.delete(name)
        self._add(name, value)

    def delete(self, name: str) -> None:
        self._refuse_frozen()
        name = _key(name)
        self._values.pop(name, None)
        if name == "set-cookie":
            self._cookies.clear()

    def get(self, name: str) -> Any:
        """The value, or jsnull. Several cookies come joined, as the platform does it: use getSetCookie."""
        name = _key(name)
        if name == "set-cookie" and self._cookies:
            return ", ".join(self._cookies)
        return self._values.get(name, jsnull)

    def has(self, name: str) -> bool:
        return self.get(name) is not jsnull

    def getSetCookie(self) -> JsArray:
        return JsArray(self._cookies)

    def getAll(self, name: str) -> JsArray:
        if text(name).lower() != "set-cookie":
            raise JsException("TypeError", 'getAll() can only be used with the header name "Set-Cookie".')
        return self.getSetCookie()

    def forEach(self, callback: Any) -> None:
        for name, value in self._items():
            callback(value, name, self)

    def entries(self) -> Iterator[JsArray]:
        return (JsArray(line) for line in self._items())

    def keys(self) -> Iterator[str]:
        return (name for name, _ in self._items())

    def values(self) -> Iterator[str]:
        return (value for _, value in self._items())

    def __iter__(self) -> Iterator[JsArray]:
        return self.entries()

    def _refuse_frozen(self) -> None:
        if self._frozen:
            raise JsException("TypeError", "Can't modify immutable headers.")


def _pairs(init: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(init, dict):
        return init.items()
    if init is None or init is jsnull:
        return ()
    if isinstance(init, Headers):
        return init._items()
    if isinstance(init, JsProxy) and not isinstance(init, JsArray):
        return init._properties().items()
    pairs = [list(pair) for pair in init]
    if any(len(pair) != 2 for pair in pairs):
        raise JsException(
            "TypeError",
            "To initialize a Headers object from a sequence, each inner sequence must have exactly two elements.",
        )
    return ((name, value) for name, value in pairs)


def _key(name: Any) -> str:
    return _lower(name if isinstance(name, str) else text(name))


@lru_cache(1024)
def _lower(name: str) -> str:
    """The name as it is kept, or its refusal. Most messages carry the same few names."""
    if not _name_is_valid(name):
        raise JsException("TypeError", "Invalid header name.")
    return name.lower()


def _checked_value(value: Any) -> str:
    """The value without the space around it, or its refusal."""
    value = text(value).strip(_WHITESPACE)
    if _value_is_invalid(value):
        raise JsException("TypeError", "Invalid header value.")
    return value
