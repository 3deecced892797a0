"""`pyodide.ffi` without JavaScript below it: `to_js`, `create_proxy` and the classes of JavaScript's values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from labkit.errors import NotEmulated
from labkit.workers.buffers import ArrayBuffer, JsBuffer, Uint8Array
from labkit.workers.objects import JsArray, JsMap, JsObject, JsSet
from labkit.workers.proxies import JsBuiltin, JsClass, JsException, JsNull, JsProxy, jsnull

__all__ = [
    "ArrayBuffer",
    "ConversionError",
    "JsArray",
    "JsBuffer",
    "JsBuiltin",
    "JsCallable",
    "JsClass",
    "JsDoubleProxy",
    "JsException",
    "JsMap",
    "JsNull",
    "JsObject",
    "JsProxy",
    "JsSet",
    "JsTypedArray",
    "Uint8Array",
    "can_run_sync",
    "create_once_callable",
    "create_proxy",
    "destroy_proxies",
    "jsnull",
    "run_sync",
    "to_js",
]

JsTypedArray = Uint8Array


class ConversionError(Exception):
    """A Python value that cannot become a JavaScript one."""


class JsCallable(JsProxy):
    """A JavaScript function. `isinstance` says yes to every callable proxy."""

    __slots__ = ()


class JsDoubleProxy(JsCallable):
    """A Python object as JavaScript holds it, kept alive until `destroy`."""

    __slots__ = ("_object", "_once")

    def __init__(self, held: Any, *, once: bool = False):
        self._object = held
        self._once = once

    def unwrap(self) -> Any:
        return self._object

    def destroy(self) -> None:
        self._object = None

    def __call__(self, *args, **keywords):
        held = self._object
        if held is None:
            message = "OnceProxy can only be called once" if self._once else "Object has already been destroyed"
            raise JsException("Error", message)
        if self._once:
            self.destroy()
        return held(*args, **keywords)


def create_proxy(obj: Any, /, *, capture_this: bool = False, roundtrip: bool = True) -> JsDoubleProxy:
    """The object as JavaScript may keep it: what a listener or a stored callback needs."""
    return JsDoubleProxy(obj)


def create_once_callable(obj: Callable, /, *, _may_syncify: bool = False) -> JsDoubleProxy:
    """The function as JavaScript may call it once."""
    return JsDoubleProxy(obj, once=True)


def destroy_proxies(pyproxies: Iterable, /) -> None:
    for proxy in pyproxies:
        proxy.destroy()


def can_run_sync() -> bool:
    return False


def run_sync(x: Any, /) -> Any:
    raise NotEmulated("run_sync (blocking on a coroutine) is not emulated. Use `await` instead.")


def to_js(
    obj: Any,
    /,
    *,
    depth: int = -1,
    pyproxies: Any = None,
    create_pyproxies: bool = True,
    dict_converter: Callable | None = None,
    default_converter: Callable | None = None,
    eager_converter: Callable | None = None,
) -> Any:
    """The value as JavaScript: list and tuple become an array, dict a Map, set a Set, bytes a Uint8Array.

    `dict_converter=js.Object.fromEntries` makes a plain object of each dict. None is undefined, not null.
    """

    def convert(value: Any) -> Any:
        return to_js(
            value,
            create_pyproxies=create_pyproxies,
            dict_converter=dict_converter,
            default_converter=default_converter,
        )

    match obj:
        case None | bool() | int() | float() | str() | JsProxy() | JsNull():
            return obj
        case bytes() | bytearray() | memoryview():
            return Uint8Array.new(obj)
        case list() | tuple():
            return JsArray(convert(item) for item in obj)
        case dict():
            pairs = [JsArray((key, convert(value))) for key, value in obj.items()]
            return (dict_converter or JsMap)(pairs)
        case set() | frozenset():
            return JsSet(convert(item) for item in obj)
    if default_converter is not None:
        return default_converter(obj, convert, lambda given, made: None)
    if not create_pyproxies:
        raise ConversionError(f"No conversion known for {obj!r}.")
    return create_proxy(obj)
