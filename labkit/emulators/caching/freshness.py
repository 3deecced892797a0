"""How long a place's cache may answer with a response: what its headers, or without them its status, say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from labkit import facts

STORABLE = frozenset((200, 203, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 501))
"""Statuses that are stored where the headers give them time, as recorded from the local runtime."""
BY_STATUS = {
    200: "cache.default_ttl",
    301: "cache.default_ttl",
    302: "cache.default_ttl_redirect",
    303: "cache.default_ttl_redirect",
    404: "cache.default_ttl_missing",
    410: "cache.default_ttl_missing",
}
"""The fact that says how long production keeps a response whose headers are silent."""
NEVER_STALE = ("must-revalidate", "proxy-revalidate", "s-maxage", "no-cache")
"""Directives with which nothing that is over is served, whatever the others say (Cloudflare: Revalidation)."""
FOREVER = 2**31
"""What a number of seconds counts as that is larger (RFC 9111, 1.2.2)."""
_DIGITS = re.compile(r"[0-9]+")


def directives(header: str) -> dict[str, str]:
    """Cache-Control by directive, in lower case; "" for those without a value."""
    pairs = (part.partition("=") for part in re.split(r"[,;]", header.lower()))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs if name.strip()}


def seconds_to_live(
    status: int, headers: Mapping[str, str], has_cookie: bool, unix: float, *, by_status: bool
) -> float | None:
    """Seconds for which the response may be served from now, 0 or less where that is over; None if not to be stored.

    `private=Set-Cookie` asks to store the response without its cookies; with them it never is stored.
    `by_status` gives a response without Cache-Control and Expires the time that its status has by default, as
    production does and the local runtime does not.
    """
    control = directives(headers.get("cache-control", ""))
    if status not in STORABLE or "no-store" in control or "no-cache" in control:
        return None
    if (has_cookie or "private" in control) and control.get("private") != "set-cookie":
        return None
    lifetime = _lifetime(control, headers, unix)
    if lifetime is None:
        lifetime = facts.value(BY_STATUS[status]) if by_status and not control and status in BY_STATUS else 0
    return lifetime - age_of(headers)


def _lifetime(control: Mapping[str, str], headers: Mapping[str, str], unix: float) -> float | None:
    """Seconds that the headers give, or None where they say nothing about it."""
    for name in ("s-maxage", "max-age"):
        if name in control:
            return seconds_of(control[name]) or 0
    if "expires" not in headers:
        return None
    end = moment_of(headers["expires"])
    return 0 if end is None else end - (moment_of(headers.get("date", "")) or unix)


def age_of(headers: Mapping[str, str]) -> int:
    """Seconds that the response had spent in other caches when it came."""
    return seconds_of(headers.get("age", "")) or 0


def seconds_of(text: str) -> int | None:
    """The seconds that a directive or a header names, None where that is no number."""
    if not _DIGITS.fullmatch(text):
        return None
    return FOREVER if len(text) > len(str(FOREVER)) else min(int(text), FOREVER)


def stale_seconds(headers: Mapping[str, str], directive: str, otherwise: float = 0) -> float:
    """Seconds for which a response may be served when it is over: "stale-while-revalidate" or "stale-if-error" says.

    `otherwise` counts where it does not.
    """
    control = directives(headers.get("cache-control", ""))
    if any(name in control for name in NEVER_STALE):
        return 0
    return (seconds_of(control[directive]) or 0) if directive in control else otherwise


def for_browsers(headers: Mapping[str, str], least: int, unix: float) -> dict[str, str]:
    """The headers, with at least so many seconds for browsers: Browser Cache TTL. A longer time stays."""
    control = directives(headers.get("cache-control", ""))
    lifetime = _lifetime({name: value for name, value in control.items() if name != "s-maxage"}, headers, unix)
    if lifetime is not None and lifetime >= least:
        return dict(headers)
    kept = [f"{name}={value}" if value else name for name, value in control.items() if name != "max-age"]
    rest = {name: text for name, text in headers.items() if name != "expires"}
    return rest | {"cache-control": ", ".join([*kept, f"max-age={least}"])}


def moment_of(header: str) -> float | None:
    """The Unix time of an HTTP date, None for what is none. One without a time zone is in UTC, wherever this runs."""
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
