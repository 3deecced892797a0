"""How a WebSocket ends: the event that its ends hear, and the codes and reasons that may be given."""

from __future__ import annotations

from labkit.workers.objects import JsObject
from labkit.workers.proxies import JsException

NO_CODE = 1005
ABNORMAL = 1006
CUT = "WebSocket disconnected without sending Close frame."
REASON_BYTES = 123
RESERVED_CODES = (1004, 1005, 1006, 1015)


def closing(code: int, reason: str, was_clean: bool) -> JsObject:
    """The event of a connection that ends."""
    return JsObject({"type": "close", "code": code, "reason": reason, "wasClean": was_clean})


def cut_off() -> JsObject:
    """The event of a connection that ends without a goodbye."""
    return closing(ABNORMAL, CUT, False)


def goodbye(code: int | None, reason: str | None) -> JsObject:
    """The event that `close(code, reason)` sends. Refuses a code that nobody may send and too long a reason."""
    if code is None and reason is not None:
        said = "If you specify a WebSocket close reason, you must also specify a code."
        raise JsException("InvalidAccessError", said)
    if code is not None and (not 1000 <= code < 5000 or code in RESERVED_CODES):
        raise JsException("InvalidAccessError", f"Invalid WebSocket close code: {code}.")
    if reason is not None and len(reason.encode()) > REASON_BYTES:
        said = f"WebSocket close reason must not be longer than {REASON_BYTES} bytes when UTF-8 encoded."
        raise JsException("SyntaxError", said)
    return closing(NO_CODE if code is None else int(code), reason or "", True)
