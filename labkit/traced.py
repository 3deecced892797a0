"""What a Tail Worker is told of an invocation: TraceItems and their parts, named as in workerd's `api/trace.h`."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from labkit import facts
from labkit.invocation import ExceededCpu, Invocation
from labkit.logs import traceback_of
from labkit.workers.js.dates import Date
from labkit.workers.js.headers import Headers
from labkit.workers.objects import JsArray, JsObject
from labkit.workers.proxies import JsProxy

REDACTED = "REDACTED"
UNDEFINED = (
    "durableObjectId", "preview", "tailAttributes", "scriptTags", "dispatchNamespace", "scriptVersion", "entrypoint",
)  # fmt: skip
"""Properties that a TraceItem of a lab has and that say nothing."""
OF_OBJECTS = ("fetch", "alarm", "webSocketMessage", "webSocketClose", "webSocketError")
"""What the runtime itself calls on a Durable Object; any other method was called over RPC."""
_ID = re.compile(r"[A-Za-z0-9+_-]+")
_SEPARATORS = re.compile(r"[+_-]")


class Record(JsProxy):
    """An object of the runtime with properties to read, by dot."""

    __slots__ = ("_held",)

    def __init__(self, **properties: Any):
        self._held = properties

    def _properties(self) -> dict[str, Any]:
        return self._held

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._held:
            raise AttributeError(name)
        return self._held[name]


class TraceItem(Record):
    """All about one invocation."""


class TraceLog(Record):
    """One call of print or of the console: its time, level and what it was given."""


class TraceException(Record):
    """An error that nobody caught."""


class FetchEventInfo(Record):
    """A request, and the response to it if there was one."""


class Response(Record):
    """A response: its status."""


class ScheduledEventInfo(Record):
    """A cron trigger's run."""


class QueueEventInfo(Record):
    """A batch of a queue."""


class EmailEventInfo(Record):
    """A message that arrived by mail."""


class AlarmEventInfo(Record):
    """A Durable Object's alarm."""


class JsRpcEventInfo(Record):
    """A method that another Worker called."""


class Request(Record):
    """A request with its headers and URL redacted, as long as nobody asks for more."""

    __slots__ = ("_request", "_is_redacted")

    def __init__(self, request: Any, *, is_redacted: bool = True):
        super().__init__(
            url=redacted_url(request.url) if is_redacted else request.url, method=str(request.method),
            headers=_headers(request.headers, is_redacted), cf=request.cf,
        )  # fmt: skip
        self._request, self._is_redacted = request, is_redacted

    def getUnredacted(self) -> Request:
        """The request as it was: be careful about what is kept of it."""
        return Request(self._request, is_redacted=False)


def item_of(invocation: Invocation, error: BaseException | None, at: float) -> TraceItem:
    """What is told of an invocation whose handler ended `at` a Unix time, with the error that nobody caught."""
    world, start = invocation.world, invocation.event.start
    failures = [(error, at), (invocation.failure, world.unix)]
    return TraceItem(
        wallTime=int((world.timeline.now - start) * 1000),
        cpuTime=int(invocation.cpu_ms),
        truncated=False,
        executionModel=_model(invocation),
        outcome=_outcome(error),
        **dict.fromkeys(UNDEFINED),
        scriptName=invocation.worker.config.name,
        diagnosticsChannelEvents=JsArray(),
        exceptions=JsArray(_exception(each, when) for each, when in failures if each and not _is_canceled(each)),
        logs=JsArray(_log(*each) for each in invocation.said),
        eventTimestamp=int((world.epoch + start) * 1000),
        event=_event(invocation, error),
    )


def _outcome(error: BaseException | None) -> str:
    if error is None:
        return "ok"
    if _is_canceled(error):
        return "canceled"
    return "exceededCpu" if isinstance(error, ExceededCpu) else "exception"


def _is_canceled(error: BaseException) -> bool:
    return isinstance(error, asyncio.CancelledError)


def _model(invocation: Invocation) -> str:
    if invocation.event.primitive == "workflows":
        return "workflow"
    return "durableObject" if invocation.gate else "stateless"


def _log(at: float, level: str, values: list[Any]) -> TraceLog:
    return TraceLog(timestamp=int(at * 1000), level=level, message=JsArray(values))


def _exception(error: BaseException, at: float) -> TraceException:
    """An error as JavaScript names it: one of Python's is a PythonError whose message is the traceback."""
    return TraceException(timestamp=int(at * 1000), message=f"{traceback_of(error)}\n", name="PythonError", stack=None)


def _event(invocation: Invocation, error: BaseException | None) -> Any:
    """What set it off."""
    method, args = invocation.call
    first: Any = args[0] if args else None
    if invocation.gate is not None and method not in OF_OBJECTS:
        return JsRpcEventInfo(rpcMethod=method)
    match method:
        case "fetch":
            status = None if error is not None else getattr(invocation.answer, "status", None)
            answered = None if status is None else Response(status=status)
            return FetchEventInfo(request=Request(getattr(first, "js_object", first)), response=answered)
        case "scheduled":
            return ScheduledEventInfo(cron=first.cron, scheduledTime=first.scheduledTime)
        case "queue":
            return QueueEventInfo(batchSize=len(first.messages), queue=first.queue)
        case "email":
            return EmailEventInfo(rawSize=first.rawSize, rcptTo=first.to, mailFrom=getattr(first, "from"))
        case "alarm":
            return AlarmEventInfo(scheduledTime=Date.new(first.scheduledTime))
        case "webSocketMessage" | "webSocketClose" | "webSocketError":
            kind = method.removeprefix("webSocket").lower()
            return JsObject({"getWebSocketEvent": JsObject({"webSocketEventType": kind})})
    return JsRpcEventInfo(rpcMethod=method)


def _headers(headers: Headers, is_redacted: bool) -> JsObject:
    """The headers as one object in the order of their names; several cookies are one text."""
    names: list[str] = [*headers._values, *(["set-cookie"] if headers._cookies else [])]
    return JsObject(
        {name: REDACTED if is_redacted and _is_secret(name) else headers.get(name) for name in sorted(names)}
    )


def _is_secret(name: str) -> bool:
    return name in ("cookie", "set-cookie") or any(part in name for part in facts.value("tails.redacted_names"))


def redacted_url(url: str) -> str:
    """The URL with what looks like an id replaced."""
    return _ID.sub(lambda found: REDACTED if _is_id(found[0]) else found[0], url)


def _is_id(text: str) -> bool:
    """Whether a run of letters, digits and separators is a hexadecimal or a base64 id."""
    digits = sum(each.isdigit() for each in text)
    bare = _SEPARATORS.sub("", text)
    if len(bare) >= facts.value("tails.hex_id_digits") and re.fullmatch("[0-9A-Fa-f]+", bare):
        return True
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return len(text) >= facts.value("tails.base64_id_characters") and min(digits, capitals, small) >= 2
