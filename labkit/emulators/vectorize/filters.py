"""`filter` of a query: its operators, its limits, and whether a vector's indexed properties pass.

https://developers.cloudflare.com/vectorize/reference/metadata-filtering/
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from labkit import facts
from labkit.emulators.javascript import json_text
from labkit.emulators.vectorize.index import Matches, cut
from labkit.emulators.vectorize.words import Refusal
from labkit.workers.bindings import warn

LOWER, UPPER = ("$gt", "$gte"), ("$lt", "$lte")
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt, "$gte": operator.ge, "$lt": operator.lt, "$lte": operator.le,
}  # fmt: skip
OPERATORS = ("$eq", "$ne", "$in", "$nin", *COMPARED)
_SCALAR = (str, int, float, bool, type(None))

Condition = tuple[str, str, Any]
"""A property's dotted path, an operator, and what it is compared with."""


def compiled(given: Any, properties: Mapping[str, str]) -> Matches:
    """The filter as a function of a vector's indexed properties. Refuses what the platform refuses.

    A property that has no metadata index matches nothing, which the platform does without a word: we warn.
    """
    conditions = list(_conditions(given))
    for path in dict.fromkeys(path for path, _, _ in conditions if path not in properties):
        warn(f"No metadata index covers {path!r}, so this filter finds nothing. Create one before the vectors are "
             f"written: create_metadata_index({path!r}, \"string\").")  # fmt: skip
    if any(path not in properties for path, _, _ in conditions):
        return lambda indexed: False
    return lambda indexed: all(_passes(indexed.get(path), *rest) for path, *rest in conditions)


def _conditions(given: Any) -> Iterator[Condition]:
    if not isinstance(given, dict) or not given:
        raise Refusal(None, "filter must be a non-empty object")
    size, limit = len(json_text(given).encode()), facts.value("vectorize.filter_bytes")
    if size >= limit:
        raise Refusal(None, f"filter too long; its compact JSON must be less than {limit} bytes, got {size} bytes")
    yield from _within(given, "")


def _within(given: Mapping[str, Any], outer: str) -> Iterator[Condition]:
    """The conditions of an object: {"pandas": {"nice": 42}} and {"pandas.nice": 42} are the same."""
    for key, value in given.items():
        _check_key(key)
        path = outer + key
        if not isinstance(value, dict):
            yield path, "$eq", _checked(path, "$eq", value)
        elif any(name.startswith("$") for name in value) or not value:
            _check_operators(path, list(value))
            yield from ((path, name, _checked(path, name, wanted)) for name, wanted in value.items())
        else:
            yield from _within(value, f"{path}.")


def _check_key(key: str) -> None:
    most = facts.value("vectorize.filter_key_characters")
    if len(key) > most or any(not name or name.startswith("$") or '"' in name for name in key.split(".")):
        raise Refusal(None, f"invalid filter key {key[:most]!r}: keys cannot be empty, contain '\"', start with '$', "
                            f"or be longer than {most} characters")  # fmt: skip


def _check_operators(path: str, names: list[str]) -> None:
    """One operator, or a lower and an upper bound."""
    if unknown := [name for name in names if name not in OPERATORS]:
        raise Refusal(None, f"invalid filter for {path!r}: unknown operator {unknown[0]!r}")
    is_range = len(names) == 2 and {name in LOWER for name in names} == {True, False} and set(names) <= {*COMPARED}
    if len(names) != 1 and not is_range:
        raise Refusal(None, f"invalid filter for {path!r}: of operators, only a lower and an upper bound go together")


def _checked(path: str, name: str, value: Any) -> Any:
    """What an operator compares with; of texts, as much as a metadata index holds."""
    if name in ("$in", "$nin"):
        if not isinstance(value, list) or not all(isinstance(each, _SCALAR) for each in value):
            raise Refusal(None, f"invalid filter for {path!r}: {name} takes an array of strings, numbers, booleans "
                                "or nulls")  # fmt: skip
        return [_cut(each) for each in value]
    allowed = (str, int, float) if name in COMPARED else _SCALAR
    if not isinstance(value, allowed) or (name in COMPARED and isinstance(value, bool)):
        raise Refusal(None, f"invalid filter for {path!r}: {name} does not take this value")
    return _cut(value)


def _cut(value: Any) -> Any:
    return cut(value) if isinstance(value, str) else value


def _passes(value: Any, name: str, wanted: Any) -> bool:
    """Whether a property passes one condition; where there is no value, None."""
    match name:
        case "$eq":
            return _is_same(value, wanted)
        case "$ne":
            return not _is_same(value, wanted)
        case "$in":
            return any(_is_same(value, each) for each in wanted)
        case "$nin":
            return not any(_is_same(value, each) for each in wanted)
    return _is_comparable(value, wanted) and COMPARED[name](*_ordered(value, wanted))


def _is_same(value: Any, wanted: Any) -> bool:
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def _is_comparable(value: Any, wanted: Any) -> bool:
    if value is None or isinstance(value, bool):
        return False
    return isinstance(value, str) == isinstance(wanted, str)


def _ordered(value: Any, wanted: Any) -> tuple[Any, Any]:
    """Texts by their bytes, numbers as they are."""
    return (value.encode(), wanted.encode()) if isinstance(value, str) else (value, wanted)
