"""What a namespace accepts, and the words it refuses the rest with.

`KV PUT failed: 4xx ...` are the answers of the service, `TypeError`s those of the runtime before it asks. Recorded from
workerd with Miniflare 4; the 429, the 503 and "invalid cursor" are production's, from reports of those who met them.
"""

from __future__ import annotations

import re
from typing import Any

from labkit import facts
from labkit.emulators.javascript import as_utf8, int32, json_text, paired, text_of
from labkit.emulators.kv.store import Entry
from labkit.workers.bindings import checked, js_error
from labkit.workers.ffi import JsException

KINDS = ("text", "arrayBuffer", "json", "stream")
_SHORT = 128
"""Characters that fit into any key: UTF-8 takes four bytes for one at most."""


def refusal(method: str, status: int, text: str) -> JsException:
    """The service's answer as the runtime throws it."""
    return js_error("Error", f"KV {method} failed: {status} {text}")


def status_of(error: JsException) -> str:
    """The status in a refusal's words, such as "429"."""
    return error.message.partition("failed: ")[2][:3]


def unavailable(method: str) -> JsException:
    """What a Worker sees when nobody answers, or the central stores are down."""
    return refusal(method, 503, "Service Temporarily Unavailable")


def wrong_parameter(method: str, position: int, wanted: str) -> JsException:
    return js_error(
        "TypeError", f"Failed to execute '{method}' on 'KvNamespace': parameter {position} is not of type '{wanted}'."
    )


_HALF = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair, which no URL can hold."""


def key_of(method: str, key: Any) -> str:
    """The key as text; a list becomes its items with commas, None "null"."""
    name = key if isinstance(key, str) else text_of(checked(key))
    if name in ("", ".", ".."):
        raise js_error("TypeError", f'"{name}" is not allowed as a key name.' if name else "Key name cannot be empty.")
    check_length(method, name)
    return name if name.isascii() else _whole(method, name)


def _whole(method: str, name: str) -> str:
    """The name, unless a half of a surrogate pair is in it."""
    if _HALF.search(name := paired(name)):
        raise refusal(method, 400, "Could not URL-decode key name")
    return name


def check_length(method: str, name: str) -> None:
    """The limit on the length of keys and prefixes."""
    if len(name) <= _SHORT:
        return
    size, limit = len(name.encode(errors="surrogatepass")), facts.value("kv.key_bytes")
    if size > limit:
        raise refusal(method, 414, f"UTF-8 encoded length of {size} exceeds key length limit of {limit}.")


def bulk_keys(keys: list[Any]) -> list[str]:
    """The keys of a bulk read as text, each once, in the order given. How many is for `check_bulk`."""
    return list(dict.fromkeys(as_utf8(key if isinstance(key, str) else text_of(key)) for key in checked(keys)))


def check_bulk(keys: list[Any], kind: str) -> None:
    method = "GET_BULK"
    if kind and kind not in ("text", "json"):
        raise refusal(method, 400, f'"{kind}" is not a valid type. Use "json" or "text"')
    most = facts.value("kv.bulk_get_keys")
    if len(keys) > most:
        raise refusal(method, 400, f"You can request a maximum of {most} keys")
    if not keys:
        raise refusal(method, 400, "You must request a minimum of 1 key")


def check_bulk_key(name: str) -> None:
    if not name:
        raise refusal("GET_BULK", 400, "Key names must not be empty")
    if name in (".", ".."):
        raise refusal("GET_BULK", 400, f'Illegal key name "{name}". Please use a different name.')
    check_length("GET_BULK", name)


def cache_ttl_of(method: str, options: dict[str, Any]) -> int:
    """Seconds for which this read accepts a copy."""
    if "cacheTtl" not in options:
        return facts.value("kv.default_cache_ttl")
    ttl, least = int32(options["cacheTtl"]), facts.value("kv.min_cache_ttl")
    if ttl < least:
        raise refusal(method, 400, f"Invalid cache_ttl of {ttl}. Cache TTL must be at least {least}.")
    return ttl


def lifetime_of(options: dict[str, Any]) -> tuple[int | None, int | None]:
    """`expirationTtl` and `expiration` as the runtime reads them."""
    ttl, end = (int32(options[name]) if name in options else None for name in ("expirationTtl", "expiration"))
    return ttl, end


def expiration_of(ttl: int | None, end: int | None, unix: float) -> int | None:
    """Unix time in whole seconds at which the entry ends. Of both options, expirationTtl counts."""
    now, least = int(unix), facts.value("kv.min_expiration_ttl")
    if ttl is not None:
        return now + _long_enough("expiration_ttl", ttl, 0, least, _TTL_WORDS)
    return None if end is None else _long_enough("expiration", end, now, least, _END_WORDS)


_TTL_WORDS = ("Please specify integer greater than 0.", "Expiration TTL must be at least {least}.")
_END_WORDS = (
    "Please specify integer greater than the current number of seconds since the UNIX epoch.",
    "Expiration times must be at least {least} seconds in the future.",
)


def _long_enough(name: str, value: int, start: int, least: int, words: tuple[str, str]) -> int:
    if value >= start + least:
        return value
    why = words[0] if value <= start else words[1].format(least=least)
    raise refusal("PUT", 400, f"Invalid {name} of {value}. {why}")


def metadata_of(options: dict[str, Any]) -> str | None:
    """The metadata as JSON; None is no metadata."""
    metadata = options.get("metadata")
    return None if metadata is None else json_text(metadata)


def check_size(entry: Entry) -> None:
    """The limits on metadata and value."""
    for what, data in (("metadata", (entry.metadata or "").encode()), ("value", entry.value or b"")):
        limit = facts.value(f"kv.{what}_bytes")
        if len(data) > limit:
            raise refusal("PUT", 413, f"{what.title()} length of {len(data)} exceeds limit of {limit}.")


def limit_of(options: dict[str, Any]) -> int:
    """How many keys a page may hold. Nothing, 0 and less mean the most there can be."""
    limit, most = int32(options.get("limit", 0)), facts.value("kv.list_page")
    if limit > most:
        words = f"Invalid key_count_limit of {limit}. Please specify an integer less than {most}."
        raise refusal("GET", 400, words)
    return limit if limit > 0 else most
