"""Calls from one isolate to another: what arrives of their arguments, results, functions and errors.

What arrives is a copy (`cloning`); a function arrives as a stub that calls back; keyword arguments arrive as one
trailing dict.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from types import NoneType
from typing import Any

from labkit.errors import Aside
from labkit.steps import OutOfSteps, is_learner_code
from labkit.workers import blob
from labkit.workers.bindings import OURS, checked, from_platform
from labkit.workers.cloning import moved, to_rpc
from labkit.workers.formdata import FormData
from labkit.workers.js.blobs import Blob as JsBlob
from labkit.workers.js.builtins import Object
from labkit.workers.js.dates import Date
from labkit.workers.js.forms import FormData as JsFormData
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.js.serialized import serialized_bytes
from labkit.workers.promises import settled
from labkit.workers.proxies import JsException, JsNull, JsProxy, jsnull
from labkit.workers.request import Request
from labkit.workers.response import Response

MESSAGE_BYTES = 32 * 2**20
"""The most that the arguments or the result of one call may take, serialized."""

Invoke = Callable[[Callable, list[Any]], Awaitable[Any]]
"""How a stub runs its function where the function lives: given the function and its arguments as they arrive."""


def python_to_rpc(value: Any) -> Any:
    """The value as JavaScript: what the SDK does with every argument of a binding."""
    from labkit.workers.ffi import to_js

    return to_js(_with_nulls(checked(value)), dict_converter=Object.fromEntries, default_converter=_unwrapped)


def _with_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_nulls(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_nulls(item) for item in value]
    return jsnull if value is None else value


def _unwrapped(value: Any, convert: Callable, cache: Callable) -> Any:
    from labkit.workers.ffi import create_proxy

    if isinstance(value, datetime):
        return Date.new(value)
    if callable(value) and not isinstance(value, type):
        return create_proxy(value)
    return getattr(value, "js_object", value)


def python_from_rpc(obj: Any) -> Any:
    """The Python value behind a JavaScript one: what the SDK does with every result of a binding."""
    if not isinstance(obj, JsProxy):
        return from_platform(obj)
    for kind, wrap in _WRAPPED.items():
        if isinstance(obj, kind):
            return wrap(obj)
    found = obj._plain()
    return obj if found is obj and not isinstance(obj, JsException) else from_platform(found)


_WRAPPED = {JsResponse: Response, JsRequest: Request, JsFormData: FormData, JsBlob: blob.from_js}


class RpcStub(JsProxy):
    """A function that came over RPC, as raw as JavaScript holds it: calling it runs it where it was sent from.

    Nothing of the SDK converts what goes in and comes out (`raw`). One that came as an argument is disposed of when
    the call is over; what `dup` gives is not.
    """

    __slots__ = ("_function", "_invoke", "_is_disposed")
    _js_name = "RpcStub"

    def __init__(self, function: Callable, invoke: Invoke):
        self._function, self._invoke, self._is_disposed = function, invoke, False

    async def __call__(self, *args: Any, **keywords: Any) -> Any:
        if self._is_disposed:
            raise JsException("Error", "RPC stub used after being disposed.")
        sent = [raw(arg) for arg in ((*args, python_to_rpc(keywords)) if keywords else args)]
        _refuse_large(sent)
        return await self._invoke(self._function, sent)

    def dup(self) -> RpcStub:
        return RpcStub(self._function, self._invoke)

    def toString(self) -> str:
        return "[object RpcStub]"


class _RpcStubWrapper:
    """A function in a result: the SDK's wrapper, which converts its arguments and results as those of a binding."""

    def __init__(self, stub: RpcStub):
        self.js_object = stub

    async def __call__(self, *args: Any, **keywords: Any) -> Any:
        given = {name: python_to_rpc(value) for name, value in keywords.items()}
        return _wrapped(python_from_rpc(await self.js_object(*map(python_to_rpc, args), **given)))

    def dup(self) -> _RpcStubWrapper:
        return _RpcStubWrapper(self.js_object.dup())


def _wrapped(value: Any) -> Any:
    return _RpcStubWrapper(value) if isinstance(value, RpcStub) else value


def refuse_reserved(method: str) -> None:
    """Refuse the names that no RPC reaches, whether or not the receiver has a method of that name."""
    if method in _HANDLERS:
        raise JsException("TypeError", f"'{method}' is a reserved method and cannot be called over RPC.")
    if method in _PROPERTIES:
        raise JsException("TypeError", f'The RPC receiver does not implement the method "{method}".')


_HANDLERS = ("alarm", "webSocketMessage", "webSocketClose", "webSocketError")
_PROPERTIES = ("ctx", "env")


def arguments(args: Iterable[Any], keywords: dict[str, Any], invoke: Invoke | None = None) -> list[Any]:
    """The arguments of a call as the other side receives them; TypeError or JsException before anything is sent."""
    sent = [to_rpc(arg) for arg in args]
    if keywords:
        sent.append(to_rpc(keywords))
    _refuse_large(sent)
    return [from_rpc(value, invoke) for value in sent]


def result(value: Any, invoke: Invoke | None = None) -> Any:
    """The result of a call as the caller receives it."""
    sent = to_rpc(value)
    _refuse_large([sent])
    found = from_rpc(sent, invoke)
    return [_wrapped(item) for item in found] if isinstance(found, list) else _wrapped(found)


def release(args: Any) -> None:
    """Dispose of the stubs among the arguments of a call that is over."""
    for each in args.values() if isinstance(args, dict) else args:
        if isinstance(each, RpcStub):
            each._is_disposed = True
        elif isinstance(each, (list, dict)):
            release(each)


def raw(value: Any) -> Any:
    """What arrives of a value that crosses without the SDK, as what a function gets and gives does.

    JavaScript's own values are copied. A container of Python's is a proxy there, which cannot be sent.
    """
    if isinstance(value, str | int | float | NoneType | JsNull):
        return value
    if isinstance(value, RpcStub):
        return value.dup()
    if callable(value):
        return RpcStub(value, _call_here)
    return python_to_rpc(to_rpc(value)) if isinstance(value, JsProxy) else moved(value)


def from_rpc(value: Any, invoke: Invoke | None = None) -> Any:
    """The value as the receiver's Python sees it."""
    if isinstance(value, list):
        return [from_rpc(item, invoke) for item in value]
    if isinstance(value, dict):
        return from_platform({key: from_rpc(item, invoke) for key, item in value.items()})
    if isinstance(value, RpcStub):
        return value.dup()
    if callable(value) and not isinstance(value, JsProxy):
        return RpcStub(value, invoke or _call_here)
    return python_from_rpc(value)


async def _call_here(function: Callable, args: list[Any]) -> Any:
    try:
        return raw(await settled(function(*args)))
    except Exception as error:
        raise seen_by_caller(error) from None


def _refuse_large(values: list[Any]) -> None:
    if all(type(value) in _SMALL for value in values):
        return
    size = serialized_bytes(values)
    if size > MESSAGE_BYTES:
        raise JsException(
            "Error",
            "Serialized RPC arguments or return values are limited to 32MiB, but the size of this value was: "
            f"{size} bytes.",
        )


_SMALL = frozenset({bool, int, float, NoneType})


def seen_by_caller(error: BaseException) -> JsException:
    """What the caller sees of a failed call: the refusal of RPC itself as it is, else the remote exception."""
    frames = traceback.walk_tb(error.__traceback__)
    if isinstance(error, JsException) and not any(is_learner_code(frame.f_code) for frame, _ in frames):
        return error
    return remote_error(error)


NOT_THE_WORKERS = (KeyboardInterrupt, GeneratorExit, asyncio.CancelledError, OutOfSteps, Aside)
"""What ends a Worker from outside: an interrupted cell, a dropped lab, a visitor who left, a grader's own budget, the
workbook's `todo()`."""


def remote_error(error: BaseException) -> JsException:
    """What the caller sees of an exception in the other isolate: its traceback as text, its type lost."""
    told = traceback.TracebackException.from_exception(error)
    _without_ours(told)
    text = "".join(told.format())
    header = "Traceback (most recent call last):\n"
    return JsException("PythonError", text if text.startswith(header) else header + text, remote=True)


def _without_ours(told: traceback.TracebackException | None) -> None:
    """Take our own frames out of a traceback, and out of those of the errors that it came from."""
    while told is not None:
        told.stack = traceback.StackSummary.from_list(
            [frame for frame in told.stack if not frame.filename.startswith(OURS)]
        )
        told = told.__cause__ or told.__context__
