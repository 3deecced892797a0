"""Structural comparison of an answer with what was expected, without trusting the answer.

An answer's own `__eq__`, `__ne__` and `__hash__` are never called, nor a method that a subclass overrides: an
object that claims to be equal to everything is a different object. A boolean is not a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import CoroutineType
from typing import Any


@dataclass(frozen=True)
class Difference:
    """The first place where two values differ. `path` is written as one would index: `["users"][2]`, "" at the top."""

    path: str
    got: str
    expected: str

    def __str__(self) -> str:
        where = f"at {self.path}: " if self.path else ""
        return f"{where}{self.got} instead of {self.expected}"


def same(got: Any, expected: Any) -> bool:
    """Whether two values have the same structure and the same plain values."""
    return difference(got, expected) is None


def difference(got: Any, expected: Any) -> Difference | None:
    """The first difference, or None."""
    return next(_differences(got, expected, ""), None)


def show(value: Any, width: int = 300) -> str:
    """A value as feedback prints it. Of a learner's own class only the name is told: its `__repr__` is not called."""
    return shortened(_shown(value, 0), width)


def shortened(text: str, width: int) -> str:
    """A text cut to a width, with three dots where something is missing."""
    return text if len(text) <= width else f"{text[: width - 3]}..."


def _differences(got: Any, expected: Any, path: str) -> Iterator[Difference]:
    kind = _kind(expected)
    if kind != _kind(got):
        yield Difference(path, f"{show(got)}{_of_kind(got)}", f"{show(expected)}{_of_kind(expected)}")
    elif kind == "dict":
        yield from _in_dicts(got, expected, path)
    elif kind in ("list", "tuple"):
        yield from _in_sequences(got, expected, path)
    elif kind == "set":
        yield from _in_sets(got, expected, path)
    elif kind == "object":
        yield from _in_objects(got, expected, path)
    elif not _same_plain(kind, got, expected):
        yield Difference(path, show(got), show(expected))


KINDS = {bool: "bool", int: "number", float: "number", str: "str", bytes: "bytes", bytearray: "bytes",
         memoryview: "bytes", dict: "dict", list: "list", tuple: "tuple", set: "set", frozenset: "set",
         type(None): "None", complex: "complex"}  # fmt: skip


def _kind(value: Any) -> str:
    """What sort of value this really is: its type's ancestry is asked, never the value."""
    return next((KINDS[base] for base in type.mro(type(value)) if base in KINDS), "object")


def _of_kind(value: Any) -> str:
    return "" if _kind(value) in ("None", "bool", "object") else f" ({type(value).__name__})"


def _same_plain(kind: str, got: Any, expected: Any) -> bool:
    if kind == "number":
        one, other = _number(got), _number(expected)
        return one == other or (math.isnan(one) and math.isnan(other))
    if kind == "str":
        return str.__eq__(got, expected) is True
    if kind == "complex":
        return complex.__eq__(got, expected) is True
    return (
        kind == "None" or bytes(memoryview(got)) == bytes(memoryview(expected)) if kind != "bool" else got is expected
    )


def _number(value: Any) -> int | float:
    return int.__add__(value, 0) if int in type.mro(type(value)) else float.__add__(value, 0.0)


def _in_sequences(got: Any, expected: Any, path: str) -> Iterator[Difference]:
    base = list if _kind(expected) == "list" else tuple
    ours, theirs = list(base.__iter__(expected)), list(base.__iter__(got))
    for index, (one, other) in enumerate(zip(theirs, ours, strict=False)):
        yield from _differences(one, other, f"{path}[{index}]")
    if len(theirs) != len(ours):
        yield Difference(path, f"{len(theirs)} items, {show(got)}", f"{len(ours)} items, {show(expected)}")


def _in_dicts(got: Any, expected: Any, path: str) -> Iterator[Difference]:
    ours, theirs = _by_key(expected), _by_key(got)
    for key, value in ours.items():
        if key not in theirs:
            yield Difference(path, f"no key {key}", f"the key {key}")
        else:
            yield from _differences(theirs[key], value, f"{path}[{key}]")
    for key in theirs:
        if key not in ours:
            yield Difference(path, f"a key {key}", "no such key")


def _by_key(mapping: Any) -> dict[str, Any]:
    """A dict's values by the text of their keys, so that no key's own `__hash__` is called."""
    return {_key(key): value for key, value in dict.items(mapping)}


def _key(key: Any) -> str:
    """A text that is the same for the same key: 1 and 1.0 are one key, True is another."""
    number = _number(key) if _kind(key) == "number" else None
    if number is None or number != number or number in (math.inf, -math.inf) or number != int(number):
        return _shown(key, 0)
    return repr(int(number))


def _in_sets(got: Any, expected: Any, path: str) -> Iterator[Difference]:
    ours, theirs = _members(expected), _members(got)
    if ours != theirs:
        yield Difference(path, show(got), show(expected))


def _members(members: Any) -> list[str]:
    base = set if set in type.mro(type(members)) else frozenset
    return sorted(map(_key, base.__iter__(members)))


def _in_objects(got: Any, expected: Any, path: str) -> Iterator[Difference]:
    """Objects of one class with the same attributes are the same; of any other object only itself."""
    if got is expected:
        return
    ours, theirs = _attributes(expected), _attributes(got)
    if type(got) is not type(expected) or not ours or theirs is None:
        yield Difference(path, show(got), show(expected))
    else:
        yield from _in_dicts(theirs, ours, f"{path}.__dict__")


def _attributes(value: Any) -> dict[str, Any] | None:
    try:
        return object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None


def _shown(value: Any, depth: int) -> str:
    kind = _kind(value)
    if depth > 4:
        return "..."
    if kind in ("list", "tuple", "set"):
        return _shown_items(value, kind, depth)
    if kind == "dict":
        items = (f"{_shown(key, depth + 1)}: {_shown(item, depth + 1)}" for key, item in dict.items(value))
        return f"{{{', '.join(items)}}}"
    if kind == "number":
        return repr(_number(value))
    if kind == "str":
        return str.__repr__(value)
    if kind == "object":
        return _shown_object(value)
    return repr(bytes(memoryview(value))) if kind == "bytes" else repr(value)


def _shown_object(value: Any) -> str:
    if type(value) is type:
        return value.__qualname__
    if type(value) is CoroutineType:
        return f"a coroutine that nobody awaited ({value.__qualname__})"
    return f"an object of class {type(value).__name__}"


def _shown_items(value: Any, kind: str, depth: int) -> str:
    base = next(base for base in type.mro(type(value)) if base in KINDS)
    items = [_shown(item, depth + 1) for item in base.__iter__(value)]
    if kind == "list":
        return f"[{', '.join(items)}]"
    if kind == "tuple":
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
    return f"{{{', '.join(sorted(items))}}}" if items else "set()"
