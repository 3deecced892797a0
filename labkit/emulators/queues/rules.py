"""What a queue accepts, and the words it refuses the rest with.

`TypeError`s are the runtime's own, before it asks the service (workerd, `api/queue.c++`). The words of the service on
sizes and delays are those of the vendor's local one; "Too Many Requests" and "Storage Limit Exceeded" are production's
(https://developers.cloudflare.com/queues/platform/limits/).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit import facts
from labkit.emulators.javascript import int32, text_of
from labkit.errors import ConfigError
from labkit.workers.bindings import js_error
from labkit.workers.ffi import JsException

CONTENT_TYPES = ("text", "bytes", "json", "v8")
SEND_OPTIONS = ("contentType", "delaySeconds")
BATCH_OPTIONS = ("delaySeconds",)
ITEM_FIELDS = ("body", *SEND_OPTIONS)
PULL = "http_pull"
COUNTS = ("max_batch_size", "max_retries", "max_concurrency")
"""Settings that are whole numbers; times may have a fraction."""
WHERE = "https://developers.cloudflare.com/queues/configuration/configure-queues/"

NO_BODY = "Message body cannot be undefined"
NO_REQUEST = "Incorrect type: the provided value is not of type 'MessageSendRequest'."
NO_MESSAGES = "sendBatch() requires at least one message"


def refusal(method: str, why: str) -> JsException:
    """The service's answer as the runtime throws it."""
    return js_error("Error", f"Queue {method} failed: {why}")


def wrong_parameter(method: str, position: int, wanted: str) -> JsException:
    return js_error(
        "TypeError", f"Failed to execute '{method}' on 'WorkerQueue': parameter {position} is not of type '{wanted}'."
    )


def content_type_of(options: Mapping[str, Any]) -> str:
    """The content type that options ask for, json where they ask for none."""
    if "contentType" not in options:
        return "json"
    given = text_of(options["contentType"])
    if given.lower() not in CONTENT_TYPES:
        raise js_error("TypeError", f"Unsupported queue message content type: {given}")
    return given.lower()


def delay_of(options: Mapping[str, Any]) -> int | None:
    """`delaySeconds` as the runtime reads it; None where there is none."""
    return int32(options["delaySeconds"]) if "delaySeconds" in options else None


def check_delay(method: str, delay: int | None) -> None:
    """The limit on the delay of what is sent."""
    if delay is not None and not 0 <= delay <= facts.value("queues.delay_max"):
        raise refusal(method, f"message delay {delay} is invalid")


def retry_delay(delay: int) -> int:
    """The delay of a retry: none is negative, none longer than the longest that there is."""
    return min(max(delay, 0), facts.value("queues.delay_max"))


def check_message(size: int) -> None:
    """The limit on one message, metadata included."""
    limit = facts.value("queues.message_bytes")
    if size > limit:
        raise refusal("send", f"message length of {size} bytes exceeds limit of {limit}")


def check_batch(sizes: list[int]) -> None:
    """The limits on what one `sendBatch` holds, in the order in which the service looks at them."""
    most, limit = facts.value("queues.batch_send"), facts.value("queues.message_bytes")
    if len(sizes) > most:
        raise refusal("sendBatch", f"batch message count of {len(sizes)} exceeds limit of {most}")
    if max(sizes) > limit:
        words = f"message in batch has length {max(sizes)} bytes which exceeds single message size limit of {limit}"
        raise refusal("sendBatch", words)
    if sum(sizes) > (total := facts.value("queues.batch_send_bytes")):
        raise refusal("sendBatch", f"batch size of {sum(sizes)} bytes exceeds limit of {total}")


def is_within(given: Any, least: float, most: float, *, whole: bool = False) -> bool:
    """Whether something is a number, or a whole one, from the least to the most."""
    kind = int if whole else int | float
    return isinstance(given, kind) and not isinstance(given, bool) and least <= given <= most


def delivery_delay(entry: Mapping[str, Any]) -> int:
    """The delay in seconds of what a producer's entry says nothing else about."""
    given, most = entry.get("delivery_delay", 0), facts.value("queues.delay_max")
    if not is_within(given, 0, most, whole=True):
        raise ConfigError(f'"delivery_delay" of {entry["binding"]} is from 0 to {most}, not {given!r}.', where=WHERE)
    return given


@dataclass(frozen=True)
class ConsumerSettings:
    """A consumer as a configuration has it, with production's defaults. Times are in seconds."""

    batch_size: int
    batch_timeout: float
    retries: int
    retry_delay: float
    concurrency: int
    dead_letters: str | None
    is_pull: bool
    visibility: float


def settings_of(entry: Mapping[str, Any]) -> ConsumerSettings:
    """The settings of an entry of `queues.consumers`. Refuses what `wrangler deploy` would."""
    name, dead_letters = entry["queue"], entry.get("dead_letter_queue")
    if not (dead_letters is None or isinstance(dead_letters, str) and dead_letters):
        raise ConfigError(f'"dead_letter_queue" of the consumer of "{name}" is the name of a queue, not '
                          f"{dead_letters!r}.", where=WHERE)  # fmt: skip
    if dead_letters == name:
        raise ConfigError(f'Dead letter queue for queue "{name}" cannot be itself', where=WHERE)
    kind = entry.get("type", "worker")
    if kind not in ("worker", PULL):
        raise ConfigError(f'"type" of the consumer of "{name}" is "worker" or "{PULL}", not {kind!r}.', where=WHERE)
    return ConsumerSettings(
        batch_size=_within(entry, "max_batch_size", "consumer_batch", 1, "consumer_batch_max"),
        batch_timeout=_within(entry, "max_batch_timeout", "batch_timeout", 0, "batch_timeout_max"),
        retries=_within(entry, "max_retries", "retries", 0, "retries_max"),
        retry_delay=_within(entry, "retry_delay", None, 0, "delay_max"),
        concurrency=_within(entry, "max_concurrency", "concurrency", 1, "concurrency"),
        dead_letters=dead_letters, is_pull=kind == PULL,
        visibility=_within(entry, "visibility_timeout_ms", "pull_visibility", 0, "pull_visibility_max", 1000),
    )  # fmt: skip


def _within(entry: Mapping[str, Any], key: str, usual: str | None, least: int, most: str, per: int = 1) -> Any:
    """A setting, in units of which a fact's has `per`; the usual value where it is left out."""
    given, limit = entry.get(key), facts.value(f"queues.{most}")
    if given is None:
        return facts.value(f"queues.{usual}") if usual else 0
    if not is_within(given, least, limit * per, whole=key in COUNTS):
        raise ConfigError(f'"{key}" of the consumer of "{entry["queue"]}" is from {least} to {limit * per}, not '
                          f"{given!r}.", where=WHERE)  # fmt: skip
    return given / per if per > 1 else given
