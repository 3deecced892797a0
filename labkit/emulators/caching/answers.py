"""What a cache answers with: the stored response, 304 where the asker has it already, or a part of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from labkit.emulators.caching.freshness import age_of, moment_of
from labkit.workers.js.responses import Response

_ETAG = re.compile(r'\s*(?:W/)?"(.+)"\s*')
_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)-(\d*)\s*")
_WHOLE = re.compile(r"\s*bytes\s*=(?:\s*|.*,.*|\s*-0+\s*)")
"""Ranges that are answered with the whole response: none, several, and the last 0 bytes."""


@dataclass(slots=True)
class Stored:
    """A response in a cache, without its cookies. `stored` and `expires` are Unix times; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    stored: float
    expires: float

    def is_live(self, unix: float) -> bool:
        """The only place that decides whether a stored response may still be served."""
        return unix < self.expires


def from_cache(stored: Stored, asked: Mapping[str, str], unix: float, status: str = "HIT") -> Response:
    """The response of a cache to a request with these headers, with its age."""
    age = age_of(stored.headers) + int(unix - stored.stored)
    return answer(stored, asked, {"age": str(age), "cf-cache-status": status})


def answer(stored: Stored, asked: Mapping[str, str], added: Mapping[str, str]) -> Response:
    """The response to a request with these headers; `added` are the headers of whoever answers."""
    headers = {**stored.headers, **added}
    size = len(stored.body)
    try:
        part = wanted_part(asked.get("range"), size)
    except ValueError:
        status = {name: value for name, value in added.items() if name == "cf-cache-status"}
        return Response.arrived(416, status | {"content-range": f"bytes */{size}"})
    if has_it(stored.headers, asked):
        return Response.arrived(304, headers)
    if part is None:
        return Response.arrived(stored.status, headers, stored.body)
    headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    headers["content-length"] = str(part.stop - part.start)
    return Response.arrived(206, headers, stored.body[part])


def wanted_part(header: str | None, size: int) -> slice | None:
    """The bytes that a Range header asks for, None for all of them. Refuses with ValueError what cannot be had."""
    if header is None or _WHOLE.fullmatch(header):
        return None
    found = _RANGE.fullmatch(header)
    if not found or found.groups() == ("", ""):
        raise ValueError(header)
    first, last = found.groups()
    start = position(first) if first else max(0, size - position(last))
    end = min(size, position(last) + 1) if first and last else size
    if start >= end:
        raise ValueError(header)
    return slice(start, end)


def position(digits: str) -> int:
    """The number that a Range header writes; of more than 20 digits it is only large."""
    return int(digits.lstrip("0")[:20] or "0")


def has_it(stored: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """Whether the asker's copy is the same, by If-None-Match or If-Modified-Since."""
    tag = _ETAG.fullmatch(stored.get("etag", ""))
    if tag and "if-none-match" in asked:
        wanted = asked["if-none-match"]
        tags = (_ETAG.fullmatch(each) for each in wanted.split(","))
        if wanted.strip() == "*" or any(each and each[1] == tag[1] for each in tags):
            return True
    changed, since = moment_of(stored.get("last-modified", "")), moment_of(asked.get("if-modified-since", ""))
    return changed is not None and since is not None and changed <= since
