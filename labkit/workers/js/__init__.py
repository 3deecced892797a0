"""The `js` module: the JavaScript globals that Workers in Python reach for.

`HOMES` says where each is written; a global is loaded when somebody asks for it. Two kinds of name are missing:
those that the real runtime has and we do not (NotEmulated), and those that no Worker has (AttributeError).
"""

from __future__ import annotations

import difflib
from importlib import import_module
from typing import Any

from labkit.errors import NotEmulated

HOMES = {
    "headers": "Headers",
    "requests": "Request",
    "responses": "Response",
    "blobs": "Blob File",
    "forms": "FormData",
    "urls": "URL URLSearchParams",
    "streams": "ReadableStream",
    "transforms": "TransformStream IdentityTransformStream FixedLengthStream WritableStream",
    "builtins": "Object Array Map Set JSON Promise Error TypeError RangeError SyntaxError structuredClone",
    "dates": "Date",
    "text": "TextEncoder TextDecoder btoa atob encodeURIComponent decodeURIComponent console",
    "timers": "setTimeout clearTimeout setInterval clearInterval queueMicrotask performance scheduler",
    "webcrypto": "crypto",
    "sockets": "WebSocketPair WebSocket",
    "request_response_pair": "WebSocketRequestResponsePair",
    "event_globals": "fetch caches navigator",
}

REAL_BUT_ABSENT = """
    AbortController AbortSignal BigInt Boolean CloseEvent CompressionStream CryptoKey CustomEvent DOMException DataView
    DecompressionStream Event EventSource EventTarget HTMLRewriter Intl Math MessageChannel MessageEvent Number Proxy
    Reflect RegExp String Symbol TextDecoderStream TextEncoderStream URLPattern WeakMap WeakRef WebAssembly
    WritableStreamDefaultWriter ByteLengthQueuingStrategy addEventListener globalThis self parseFloat parseInt
    Int8Array Int16Array Int32Array Uint16Array Uint32Array Float32Array Float64Array BigInt64Array
"""
"""Globals that a Worker has and we do not."""

_owners = {name: home for home, names in HOMES.items() for name in names.split()}
_buffers = ("ArrayBuffer", "Uint8Array")
undefined = None

__all__ = [*_owners, *_buffers, "undefined"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _owners:
        found = getattr(import_module(f"{__name__}.{_owners[name]}"), name)
    elif name in _buffers:
        found = getattr(import_module("labkit.workers.buffers"), name)
    else:
        raise _missing(name)
    globals()[name] = found
    return found


def _missing(name: str) -> Exception:
    if name in REAL_BUT_ABSENT.split():
        return NotEmulated(f"js.{name} exists in a Worker and is not emulated here. {_nearest(name)}")
    return AttributeError(f"module 'js' has no attribute {name!r}. {_nearest(name)}")


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, __all__, 1, cutoff=0.5)
    return f"The nearest is js.{near[0]}." if near else "Python usually has its own."


def __dir__() -> list[str]:
    return __all__
