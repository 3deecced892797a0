"""Text and its encodings: TextEncoder, TextDecoder, base64, URI components, and the console."""

from __future__ import annotations

import base64
import codecs
import re
from typing import Any
from urllib.parse import quote, unquote

from labkit.workers.buffers import JsBuffer, Uint8Array
from labkit.workers.context import current
from labkit.workers.js.conversions import text
from labkit.workers.js.requests import fields
from labkit.workers.proxies import JsBuiltin, JsException, JsProxy

_URI_SAFE = "!'()*-._~"


class TextEncoder(JsBuiltin):
    """Text to UTF-8."""

    encoding = "utf-8"

    def encode(self, value: str = "") -> Uint8Array:
        return Uint8Array.new(text(value).encode())


class TextDecoder(JsBuiltin):
    """Bytes to text. Wrong bytes become U+FFFD, or a TypeError under `fatal`."""

    __slots__ = ("_codec", "encoding", "fatal", "ignoreBOM")

    def __init__(self, label: str = "utf-8", options: Any = None):
        try:
            self._codec = codecs.lookup("cp1252" if label in ("latin1", "ascii", "iso-8859-1") else label).name
        except LookupError:
            raise JsException("RangeError", f'"{label}" is not a valid encoding.') from None
        self.encoding = self._codec.replace("cp125", "windows-125")
        self.fatal = bool(fields(options).get("fatal"))
        self.ignoreBOM = bool(fields(options).get("ignoreBOM"))

    def decode(self, value: Any = None, options: Any = None) -> str:
        try:
            found = octets(value, "decode", "TextDecoder").decode(self._codec, "strict" if self.fatal else "replace")
        except UnicodeDecodeError:
            raise JsException("TypeError", "Failed to decode input.") from None
        return found if self.ignoreBOM else found.removeprefix("\ufeff")


def octets(value: Any, method: str, owner: str, position: int = 1, wanted: str = "Array") -> bytes:
    """The bytes of a JavaScript buffer. Python's bytes are none until `to_js` has made them one."""
    if value is None:
        return b""
    if not isinstance(value, JsBuffer):
        message = f"Failed to execute '{method}' on '{owner}': parameter {position} is not of type '{wanted}'."
        raise JsException("TypeError", message)
    return value.to_bytes()


def btoa(value: Any) -> str:
    """Base64 of text whose characters all fit one byte."""
    try:
        return base64.b64encode(text(value).encode("latin-1")).decode()
    except UnicodeEncodeError:
        message = "btoa() can only operate on characters in the Latin1 (ISO/IEC 8859-1) range."
        raise JsException("InvalidCharacterError", message) from None


def atob(value: Any) -> str:
    """The text behind base64, one character a byte."""
    data = re.sub(r"\s", "", text(value))
    try:
        return base64.b64decode(data + "=" * (-len(data) % 4), validate=True).decode("latin-1")
    except ValueError:
        raise JsException(
            "InvalidCharacterError",
            "atob() called with invalid base64-encoded data. (Only whitespace, '+', '/', alphanumeric ASCII, and up to "
            "two terminal '=' signs when the input data length is divisible by 4 are allowed.)",
        ) from None


def encodeURIComponent(value: Any) -> str:
    return quote(text(value), safe=_URI_SAFE)


def decodeURIComponent(value: Any) -> str:
    return unquote(text(value), errors="strict")


class Console(JsProxy):
    """`console.log` and its kin write to the Worker's log, as `print` does there; a Tail Worker sees their levels."""

    def log(self, *values: Any) -> None:
        self._write("log", values)

    def debug(self, *values: Any) -> None:
        self._write("debug", values)

    def info(self, *values: Any) -> None:
        self._write("info", values)

    def warn(self, *values: Any) -> None:
        self._write("warn", values)

    def error(self, *values: Any) -> None:
        self._write("error", values)

    trace = log

    def _write(self, level: str, values: tuple[Any, ...]) -> None:
        shown = [repr(value) if isinstance(value, (list, dict)) else text(value) for value in values]
        write = getattr(current.get(), "print", None)
        write(*shown, level=level) if write else print(*shown)


console = Console()
