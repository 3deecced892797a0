"""URLs as the WHATWG URL standard reads them: parsed, normalised and written back.

What is left out: shorthand IPv4 numbers (`http://1.2`) and file URLs with drive letters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21, "file": None}
"""The schemes that the standard calls special, and the port that each leaves unsaid."""

_CHARACTERS = r"[\w\-~!$&()*+,;=:@/']*"
_is_normal = re.compile(
    r"https?://[a-z0-9\-]+(?:\.[a-z0-9\-]+)*(?::(?!80/|443/)[1-9]\d{0,3})?/"
    rf"{_CHARACTERS}(?:(?:(?<!/)\.|%(?!2[eE])){_CHARACTERS})*(?:\?[\w\-.~!$&()*+,;=:@/?%]*)?",
    re.ASCII,
).fullmatch
_scheme = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):").match
_forbidden_in_host = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^|]").search

_PATH_SAFE = "!$%&'()*+,-./:;=@[\\]_|~"
_QUERY_SAFE = "!$%&()*+,-./:;=?@[\\]^_`{|}~"
_FRAGMENT_SAFE = "!#$%&'()*+,-./:;=?@[\\]^_{|}~"
_USER_SAFE = "!$%&'()*+,-._~"


class InvalidUrl(ValueError):
    """Text that no URL parser accepts."""


@dataclass(slots=True)
class Url:
    """The parts of a URL, each as it is written. `host` is None where the scheme has no authority."""

    scheme: str
    username: str = ""
    password: str = ""
    host: str | None = None
    port: int | None = None
    path: str = ""
    query: str | None = None
    fragment: str | None = None

    @property
    def is_special(self) -> bool:
        return self.scheme in DEFAULT_PORTS

    @property
    def netloc(self) -> str:
        """The host with its port."""
        return f"{self.host or ''}:{self.port}" if self.port is not None else self.host or ""

    def __str__(self) -> str:
        return "".join(
            (
                f"{self.scheme}:",
                "" if self.host is None else f"//{self._user()}{self.netloc}",
                self.path,
                "" if self.query is None else f"?{self.query}",
                "" if self.fragment is None else f"#{self.fragment}",
            )
        )

    def _user(self) -> str:
        if not self.username and not self.password:
            return ""
        return f"{self.username}:{self.password}@" if self.password else f"{self.username}@"


def normalised(text: str) -> str:
    """The URL as `request.url` shows it. Most are normal already, and one match says so."""
    return text if _is_normal(text) else str(parse(text))


def parse(text: str, base: Url | None = None) -> Url:
    """The parts of an absolute URL, or of a relative one upon a base; InvalidUrl otherwise."""
    text = re.sub(r"[\t\r\n]", "", text.strip("".join(map(chr, range(33)))))
    found = _scheme(text)
    if found is None:
        return _relative(text, base)
    scheme, rest = found[1].lower(), text[found.end() :]
    if scheme in DEFAULT_PORTS:
        return _special(scheme, rest)
    rest, query, fragment = split_tail(rest)
    url = Url(scheme, query=encode_query(query, False), fragment=encode_fragment(fragment))
    if rest.startswith("//"):
        authority, slash, path = rest[2:].partition("/")
        _read_authority(url, authority)
        url.path = encode_path(slash + path)
    else:
        url.path = encode_path(rest) if rest.startswith("/") else rest
    return url


def _special(scheme: str, rest: str) -> Url:
    rest, query, fragment = split_tail(rest)
    url = Url(scheme, query=encode_query(query, True), fragment=encode_fragment(fragment))
    authority, _, path = rest.replace("\\", "/").lstrip("/").partition("/")
    _read_authority(url, authority)
    if not url.host and scheme != "file":
        raise InvalidUrl(scheme)
    url.path = encode_path("/" + path)
    return url


def _relative(text: str, base: Url | None) -> Url:
    if base is None or (base.host is None and not base.path.startswith("/")):
        raise InvalidUrl(text)
    rest, query, fragment = split_tail(text)
    rest = rest.replace("\\", "/") if base.is_special else rest
    if rest.startswith("//"):
        return parse(f"{base.scheme}:{text}")
    url = replace(base, query=encode_query(query, base.is_special), fragment=encode_fragment(fragment))
    if rest.startswith("/"):
        url.path = encode_path(rest)
    elif rest:
        url.path = encode_path(base.path.rpartition("/")[0] + "/" + rest)
    elif query is None:
        url.query = base.query
    return url


def split_tail(text: str) -> tuple[str, str | None, str | None]:
    """What stands before the query, the query, and the fragment; None where there is none."""
    text, has_fragment, fragment = text.partition("#")
    text, has_query, query = text.partition("?")
    return text, query if has_query else None, fragment if has_fragment else None


def _read_authority(url: Url, authority: str) -> None:
    user, at, host = authority.rpartition("@")
    if at:
        name, _, password = user.partition(":")
        url.username, url.password = quote(name, safe=_USER_SAFE), quote(password, safe=_USER_SAFE)
    host, port = _split_port(host)
    url.host = encode_host(host, url.is_special)
    url.port = parse_port(port, url.scheme)


def _split_port(host: str) -> tuple[str, str]:
    head, colon, port = host.rpartition(":")
    return (head, port) if colon and "]" not in port else (host, "")


def parse_port(text: str, scheme: str) -> int | None:
    """The port, or None where it is the scheme's own."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise InvalidUrl(text)
    return None if int(text) == DEFAULT_PORTS.get(scheme) else int(text)


def encode_host(host: str, is_special: bool) -> str:
    """The host in lower case, in ASCII; InvalidUrl for what no host may contain."""
    if host.startswith("[") and host.endswith("]"):
        return _ipv6(host)
    if not is_special:
        return quote(host, safe=_USER_SAFE)
    host = unquote(host)
    try:
        host = host.lower() if host.isascii() else host.lower().encode("idna").decode()
    except UnicodeError:
        raise InvalidUrl(host) from None
    if _forbidden_in_host(host):
        raise InvalidUrl(host)
    return host


def _ipv6(host: str) -> str:
    from ipaddress import AddressValueError, IPv6Address

    try:
        return f"[{IPv6Address(host[1:-1]).compressed}]"
    except AddressValueError:
        raise InvalidUrl(host) from None


def encode_path(path: str) -> str:
    """The path with its dots resolved and what a path may not contain percent-encoded."""
    kept: list[str] = []
    segments = path.split("/")
    for index, segment in enumerate(segments):
        dots = re.sub("%2e", ".", segment, flags=re.IGNORECASE)
        is_last = index == len(segments) - 1
        if dots == "..":
            del kept[max(1, len(kept) - 1) :]
        if dots in (".", ".."):
            kept += [""] if is_last else []
        else:
            kept.append(quote(segment, safe=_PATH_SAFE))
    return "/".join(kept)


def encode_query(query: str | None, is_special: bool) -> str | None:
    return None if query is None else quote(query, safe=_QUERY_SAFE if is_special else _QUERY_SAFE + "'")


def encode_fragment(fragment: str | None) -> str | None:
    return None if fragment is None else quote(fragment, safe=_FRAGMENT_SAFE)
