"""What becomes of an error on its way from a step to the engine, and from the engine to `run()`.

The engine sees JavaScript errors only: a Python exception arrives there as an Error whose message is its traceback.
On the way back Cloudflare's SDK makes a Python exception of it again where it can: ValueError, TypeError and
NonRetryableError, and a JsException of everything else.
"""

from __future__ import annotations

import asyncio

from labkit.workers.bindings import js_error
from labkit.workers.ffi import JsException
from labkit.workers.rpc import remote_error
from labkit.workers.workflows import NonRetryableError

_FINAL = "NonRetryableError"


def as_the_engine_sees(raised: BaseException) -> JsException:
    """A Python exception of a step's function, once it has left Python."""
    text = remote_error(raised).message
    if type(raised).__name__ == _FINAL:
        message = last_line(text).partition(": ")[2]
        return js_error("Error", f"{_FINAL}: {message}" if message else _FINAL)
    return js_error("Error", f"PythonError: {text}")


def as_run_sees(error: JsException) -> Exception:
    """What `await step()` raises in `run()`, as the SDK makes it of the engine's error."""
    message = error.message
    if message == _FINAL:
        return NonRetryableError()
    if message.startswith(f"{_FINAL}: "):
        return NonRetryableError(message.removeprefix(f"{_FINAL}: "))
    last = last_line(message) if message.startswith("PythonError") else ""
    if last.startswith("TypeError") or error.name == "TypeError":
        return TypeError(last or message)
    if last.startswith("ValueError") or error.name == "RangeError":
        return ValueError(last or message)
    return NonRetryableError(last) if last.startswith(f"workers.workflows.{_FINAL}") else error


def is_final(error: JsException) -> bool:
    """Whether the engine must not try again."""
    return error.name == _FINAL or error.message.startswith(_FINAL)


def of_the_run(raised: Exception) -> tuple[str, str]:
    """Name and message of what `run()` raised, for the instance's status."""
    if isinstance(raised, JsException) and raised.name == "DataCloneError":
        return raised.name, raised.message
    return "Error", f"PythonError: {remote_error(raised).message}"


def cancelled() -> JsException:
    """A step's function that awaited a task which it had cancelled itself."""
    return as_the_engine_sees(asyncio.CancelledError())


def last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]
