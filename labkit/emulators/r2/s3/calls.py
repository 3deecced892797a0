"""One request to the S3 endpoint, as it was sent: what is signed is the path, the query and the header lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote_to_bytes

from labkit.workers.request import Request

Lines = list[tuple[str, str]]


@dataclass
class Call:
    """A request. `path` and `query` are encoded still, `lines` are the headers in their order, with lower-case names.

    A header's bytes that are no UTF-8 are kept as surrogates, so that they sign as what they were. `colo` is the
    place where it came in; `unix` the moment that its signature is held against, in Unix seconds.
    """

    method: str
    path: str
    query: str
    lines: Lines
    body: bytes
    colo: str
    unix: float
    scheme: str = "https"
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        values: dict[str, list[str]] = defaultdict(list)
        for name, value in self.lines:
            values[name].append(readable(value))
        self.headers = {name: ", ".join(found) for name, found in values.items()}

    @property
    def host(self) -> str:
        return self.headers.get("host", "")

    @cached_property
    def pairs(self) -> list[tuple[bytes, bytes]]:
        """The query's parameters, decoded, in their order. A plus sign is a blank."""
        parts = [part for part in self.query.replace("+", " ").split("&") if part]
        return [
            (unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in (p.partition("=") for p in parts)
        ]

    @cached_property
    def params(self) -> dict[str, str]:
        """The parameters by name; of several with one name, the first as they are signed, which is in order."""
        pairs = sorted(self.pairs, reverse=True)
        return {name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, value in pairs}


async def from_request(request: Request, colo: str, unix: float) -> Call:
    """The request of a Worker or a visitor inside the lab. Its host is that of its URL, whatever its headers say."""
    sent = request.js_object
    scheme, _, rest = sent.url.partition("://")
    rest = rest.partition("#")[0]
    before, _, query = rest.partition("?")
    host, slash, path = before.partition("/")
    body = b"" if sent._body is None else await request.bytes()
    lines = [line for line in sent.headers._items() if line[0] != "host"]
    lines.append(("host", host.rpartition("@")[2]))
    if body and not sent.headers.has("content-length"):
        lines.append(("content-length", str(len(body))))
    return Call(sent.method, slash + path or "/", query, lines, body, colo, unix, scheme)


def from_wire(
    method: str, path: bytes, query: bytes, lines: Iterable[tuple[bytes, bytes]], body: bytes, colo: str, unix: float
) -> Call:
    """The request as a server took it off the wire."""
    read = [(name.decode("latin-1").lower(), value.decode("utf-8", "surrogateescape")) for name, value in lines]
    return Call(method, path.decode("latin-1"), query.decode("latin-1"), read, body, colo, unix, "http")


def readable(value: str) -> str:
    """A header's value as text: UTF-8 where it is, else Latin-1."""
    if value.isascii():
        return value
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
