"""The border between a Worker's Python and a binding: what arguments become, how results come back, who refuses.

Every emulator passes its arguments through `checked` or `options` and its results through `from_platform`. Between
the two stand plain Python values: dict with str keys, list, set, bytes, None, and aware datetimes in UTC.
"""

from __future__ import annotations

import difflib
import inspect
import re
import sys
import warnings
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import NoneType
from typing import Any

from labkit.errors import LabError
from labkit.workers.jsdict import JsDict
from labkit.workers.proxies import JsException, JsNull, JsProxy, jsnull

SAFE_INTEGER = 2**53 - 1
"""The largest integer that a JavaScript number holds exactly."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

OURS = str(Path(__file__).parent.parent)
"""Where the lab's own code is: no line in it is the learner's."""


class UnknownOption(UserWarning):
    """An option that the real runtime ignores without a word."""


def js_error(name: str, message: str) -> JsException:
    """The error that a binding throws; `name` is "Error", "TypeError", "RangeError" ..."""
    return JsException(name, message)


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn of what the runtime silently ignores, at the learner's line; in an event of a strict lab, raise LabError."""
    from labkit.workers.context import current  # which imports this module

    event = current.get()
    if event is not None and event.strict:
        raise LabError(message)
    level, frame = 2, sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(OURS):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def options(
    method: str, given: Any, keywords: dict[str, Any], known: Collection[str], *, strict: bool = False
) -> dict[str, Any]:
    """The options that the binding sees, checked and converted; only known names are in it.

    Keywords form one trailing options object, so where an options object was given too they are a parameter that
    nobody reads. The runtime ignores what it does not know: we warn, and under `strict` raise LabError.
    """
    if given is None or given is jsnull:
        return _known(method, checked(keywords), known, strict)
    if keywords:
        names = ", ".join(map(repr, keywords))
        complain(f"{method} ignores {names}: an options object was given too, and only that is read.", strict)
    found = checked(given)
    return _known(method, found, known, strict) if isinstance(found, dict) else {}


def _known(method: str, found: dict[str, Any], known: Collection[str], strict: bool) -> dict[str, Any]:
    for name in found:
        if name not in known:
            unknown_option(method, name, known, strict=strict)
    return {name: value for name, value in found.items() if name in known}


def unknown_option(method: str, name: str, known: Collection[str], *, strict: bool = False) -> None:
    """Say that the runtime ignores the option, and which one was meant."""
    complain(f"{method} ignores the unknown option {name!r}{_meant(name, known)}.", strict)


def _meant(name: str, known: Collection[str]) -> str:
    """The end of the sentence: the right name, or all the names there are."""
    camel = re.sub(r"_+([a-z])", lambda match: match[1].upper(), name)
    near = [camel] if camel in known else difflib.get_close_matches(name, known, 1)
    if near:
        return f"; it is spelt {near[0]!r}"
    return f"; it knows {', '.join(map(repr, sorted(known)))}" if known else ""


def complain(message: str, strict: bool) -> None:
    """Say what the runtime silently ignores: a warning, and under `strict` an error."""
    if strict:
        raise LabError(message)
    warn(message, UnknownOption)


def checked(value: Any) -> Any:
    """The value as the platform receives it: a copy, or the TypeError that stops the call.

    Tuples, bytearrays and awaitables are refused, at any depth. A naive datetime is UTC, which is the timezone of
    every Worker, and keeps whole milliseconds. What JavaScript has no word for (an object, a Decimal, a date)
    passes as it is: the binding decides.
    """
    match value:
        case bool() | NoneType():
            return value
        case str():
            return str.__str__(value)  # of a subclass, such as an Enum's, only what it says crosses
        case int():
            return int.__int__(value)
        case float():
            return number(float.__float__(value))
        case bytes() | memoryview():
            return bytes(value)
        case dict():
            return {_key(key): checked(item) for key, item in value.items()}
        case list():
            return [checked(item) for item in value]
        case set():
            return {checked(item) for item in value}
        case datetime():
            return moment(value)
        case tuple() | bytearray():
            raise TypeError(f"{type(value)} cannot be sent over RPC.")
    return _checked_object(value)


def _checked_object(value: Any) -> Any:
    if isinstance(value, JsNull):
        return None
    if isinstance(value, JsProxy):
        found = value._plain()
        return value if found is value else checked(found)
    if isinstance(value, Exception):
        return JsException("Error", str(value))
    if callable(value) or hasattr(value, "js_object"):
        return value
    if inspect.isawaitable(value):
        raise TypeError(f"Awaitable {type(value)} cannot be sent over RPC.")
    if isinstance(value, Iterable):
        for item in value:
            checked(item)
    return value


def _key(key: Any) -> str:
    """A property's name as JavaScript writes it."""
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, bool):
        return "true" if key else "false"
    return "undefined" if key is None else str(number(key))


def number(value: Any) -> Any:
    """A JavaScript number as Python sees it: whole numbers are int, even where a float went in."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= SAFE_INTEGER:
        return int(value)
    return value


def moment(value: datetime) -> datetime:
    """The instant in UTC, cut towards 1970 to whole milliseconds as a JavaScript Date is."""
    instant = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return _EPOCH + timedelta(milliseconds=int(instant.timestamp() * 1000))


def from_platform(value: Any) -> Any:
    """The value as a Worker's Python gets it: JsDict, list, set, naive datetime, memoryview, or itself.

    An error that travels as a value arrives as a bare Exception: its type is lost.
    """
    match value:
        case str() | bool() | int() | NoneType():
            return value
        case dict():
            return JsDict((key, from_platform(item)) for key, item in value.items())
        case list():
            return [from_platform(item) for item in value]
        case set():
            return {from_platform(item) for item in value}
        case datetime():
            return moment(value).replace(tzinfo=None)
        case bytes():
            return memoryview(value)
        case float():
            return number(value)
        case JsException(name="Error"):
            return Exception(str(value))
        case JsNull():
            return None
    return value
