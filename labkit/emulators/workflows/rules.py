"""What a Workflow accepts, and the words it refuses the rest with.

Recorded from workerd with Miniflare 4 and Cloudflare's Python SDK: what an engine throws arrives in Python as a plain
Error. `instance.already_exists` and `instance.in_finite_state` are production's words, from reports of those who met
them. Where no source has the words (a rate that is exceeded, a payload that is too large), they are the lab's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from labkit import facts
from labkit.emulators.javascript import text_of
from labkit.workers.bindings import js_error
from labkit.workers.ffi import JsException, JsProxy
from labkit.workers.js.serialized import serialized_bytes

MIB = 2**20
_ID = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9-_]*")
_DURATION = re.compile(r"([^ ]+) +(\w\w*?)s?")
_CONTROL = re.compile(r"[\x00-\x1f]")
_UNITS = {
    "year": 31_557_600_000, "month": 2_592_000_000, "week": 604_800_000, "day": 86_400_000, "hour": 3_600_000,
    "minute": 60_000, "second": 1000, "m": 1,
}  # fmt: skip
"""Milliseconds in each unit that the engine knows; a unit that it does not know is a millisecond. "ms" is "m" too."""
BACKOFFS = ("constant", "linear", "exponential")
SEE = "https://developers.cloudflare.com/workflows/build/sleeping-and-retrying/"


def error(message: str) -> JsException:
    return js_error("Error", message)


def workflow_error(code: str, message: str) -> JsException:
    """A refusal of the service, whose code stands in brackets before its words."""
    return error(f"({code}) {message}")


def not_found() -> JsException:
    return error("instance.not_found")


def already_exists() -> JsException:
    return workflow_error("instance.already_exists", "Instance already exists")


def in_finite_state() -> JsException:
    message = "Instance reached a finite state, cannot send events to it"
    return workflow_error("instance.in_finite_state", message)


def cannot_terminate() -> JsException:
    return error("WorkflowError: (instance.cannot_terminate) Cannot terminate instance since its on a finite state")


def cannot_restart(name: str) -> JsException:
    return error(f'WorkflowError: (instance.cannot_restart) Step "{name}" not found in execution history')


def too_many_creations(limit: float) -> JsException:
    return error(f"Workflow instance creation rate limit of {limit:g} per second exceeded")


def too_many_queued(limit: int) -> JsException:
    return error(f"Workflow instance queue is full: at most {limit} instances may be queued")


def timed_out(milliseconds: float) -> JsException:
    return error(f"Execution timed out after {text_of(milliseconds)}ms")


def past() -> JsException:
    return error("You can't sleep until a time in the past, time-traveler")


def not_serialisable(name: str) -> str:
    return (
        f'The execution of the Workflow instance was terminated, as the step "{name}" returned a value which is not '
        "serialisable"
    )


def too_much_state(limit: int) -> str:
    return f"The instance has exceeded the {'1GiB' if limit >= 10**9 else '100MB'} storage limit"


def check_id(name: Any) -> str:
    """The id of an instance: letters, digits, - and _, at most 100, not beginning with -."""
    if not isinstance(name, str) or len(name) > facts.value("workflows.id_characters") or not _ID.fullmatch(name):
        raise error("Workflow instance has invalid id")
    return name


def check_step_name(name: Any) -> str:
    """A step's name as text, of at most 256 characters and without control characters."""
    most, text = facts.value("workflows.step_name_characters"), text_of(name)
    if len(text) > most or _CONTROL.search(text):
        raise error(f'Step name "{text}" exceeds max length ({most} chars) or invalid characters found')
    return text


def check_params(params: Any) -> int:
    """The bytes that an event's payload takes. Refuses what is no data (a function, a Response) and more than 1 MiB."""
    if not is_data(params):
        raise error("Workflow event payload is not serialisable")
    size = serialized_bytes(params)
    if size > facts.value("workflows.event_bytes"):
        raise error(f"Workflow event payload of {size} bytes exceeds the maximum size of 1MiB")
    return size


def is_data(value: Any) -> bool:
    """Whether a value that has crossed RPC can be stored: nothing in it lives."""
    if isinstance(value, dict):
        return all(map(is_data, value.values()))
    if isinstance(value, list | set):
        return all(map(is_data, value))
    return not callable(value) and (isinstance(value, JsException) or not isinstance(value, JsProxy))


def milliseconds(duration: Any) -> float:
    """Milliseconds, from a number of them or words such as "10 seconds", as the engine reads them; NaN for the rest."""
    if duration is None or isinstance(duration, bool | int | float):
        return float(duration or 0)
    text = text_of(duration)
    number = _number(text)
    if math.isnan(number) and (match := _DURATION.fullmatch(text)):
        number = _number(match[1]) * _UNITS.get(match[2], 1)
    return number


def _number(text: str) -> float:
    try:
        return float(text) if text.strip() else 0.0
    except ValueError:
        return math.nan


def seconds_of(duration: Any) -> float:
    """A wait in seconds. Refuses what is no duration, in the words of the engine's database, and more than a year."""
    if duration is None:
        raise js_error("TypeError", "Cannot read properties of undefined (reading 'toString')")
    seconds, limit = milliseconds(duration) / 1000, facts.value("workflows.sleep_max_days")
    if math.isnan(seconds):
        raise error("NOT NULL constraint failed: priority_queue.target_timestamp: SQLITE_CONSTRAINT (extended: "
                    "SQLITE_CONSTRAINT_NOTNULL)")  # fmt: skip
    if seconds > limit * 86_400:
        raise error(f"A Workflow can sleep or wait for at most {limit} days")
    return seconds


def retention_of(duration: Any) -> float:
    """Seconds for which an instance is kept after its end."""
    seconds = milliseconds(duration) / 1000
    if not seconds >= 0:
        raise error(f"Workflow instance retention {text_of(duration)} is no duration")
    return seconds


def config_of(name: str, given: Any, default_delay: float) -> dict[str, Any]:
    """A step's configuration with the defaults filled in; refuses one that the engine's schema does not allow."""
    found = {} if given is None else given
    if not _is_valid(found):
        raise error(f'Step config for "{name}" is in a invalid format. See {SEE}')
    default = {
        "limit": facts.value("workflows.retry_limit"),
        "delay": int(default_delay * 1000),
        "backoff": facts.value("workflows.retry_backoff"),
    }
    return {"retries": default | found.get("retries", {}), "timeout": found.get("timeout", "10 minutes")}


def _is_valid(config: Any) -> bool:
    if not isinstance(config, Mapping) or not config.keys() <= {"retries", "timeout"}:
        return False
    timeout = config.get("timeout", 1)
    return _is_duration(timeout) and timeout != 0 and ("retries" not in config or _is_retries(config["retries"]))


def _is_retries(retries: Any) -> bool:
    """`delay` and `limit` are needed; only `backoff` may be left out."""
    if not isinstance(retries, Mapping) or not retries.keys() <= {"limit", "delay", "backoff"}:
        return False
    limit, most = retries.get("limit"), facts.value("workflows.retry_limit_max")
    return (
        isinstance(limit, int | float)
        and not isinstance(limit, bool)
        and 0 <= limit <= most
        and _is_duration(retries.get("delay"))
        and retries.get("backoff", "constant") in BACKOFFS
    )


def _is_duration(value: Any) -> bool:
    if _is_number(value):
        return value >= 0
    return isinstance(value, str) and not math.isnan(milliseconds(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
