"""Requests in words, and what a Worker that raised leaves behind: the vocabulary of `ex.fetch`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labkit.grading.compare import show
from labkit.logs import LogEntry


def in_words(url: str, options: Mapping[str, Any]) -> str:
    """A request as a reader wants it: `PUT /flags/a from SYD with body 'on'`."""
    where = f" from {options['colo']}" if options.get("colo") else ""
    return f"{options.get('method') or 'GET'} {url}{where}{_sent(options)}"


def _sent(options: Mapping[str, Any]) -> str:
    if options.get("json") is not None:
        return f" with JSON {show(options['json'], 80)}"
    if options.get("body") is not None:
        return f" with body {show(options['body'], 80)}"
    headers = options.get("headers")
    return f" with headers {show(dict(headers), 80)}" if headers else ""


def crashes(entries: Iterable[LogEntry], response: Any = None) -> list[str]:
    """What the runtime logged of invocations that raised; with a response, only of the request behind it (its cf-ray).

    A Worker's own `print` and `console` are of level "log": only the runtime writes errors.
    """
    ray = response.headers.get("cf-ray") if response is not None else None
    request = int(ray.partition("-")[0], 16) if ray else None
    errors = (entry for entry in entries if entry.level == "error")
    return [entry.message for entry in errors if request in (None, entry.request)]
