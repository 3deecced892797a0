"""`env.KV`: the namespace as a Worker at one place sees it, with the arguments and words of the runtime."""

from __future__ import annotations

from collections.abc import Collection, Coroutine
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.javascript import text_of
from labkit.emulators.kv import rules
from labkit.emulators.kv.conversions import bulk_values, bytes_of, converted, listing, metadata
from labkit.emulators.kv.paths import Answer
from labkit.emulators.kv.store import Entry
from labkit.emulators.listing import lenient_name_of, name_of
from labkit.trace import Event
from labkit.workers.bindings import checked, complain, from_platform, options
from labkit.workers.context import confirmed
from labkit.workers.ffi import JsArray, JsException

if TYPE_CHECKING:
    from labkit.emulators.kv import Kv

READ_OPTIONS = ("type", "cacheTtl")
WRITE_OPTIONS = ("expiration", "expirationTtl", "metadata")
LIST_OPTIONS = ("prefix", "limit", "cursor")
_MISSING: Any = object()
_SHOWN = 512
"""Characters of a bulk read's keys that a trace shows, as the runtime's own does."""


class KvNamespace:
    """The methods of a binding. Each takes its options as keywords or as one trailing dict."""

    def __init__(self, kv: Kv, colo: str):
        self._kv, self._colo = kv, colo
        self._path = kv.path(colo)
        self._usual = ("text", facts.value("kv.default_cache_ttl"))

    def __repr__(self) -> str:
        return f"<KV namespace {self._kv.name} at {self._colo}>"

    async def get(self, *args: Any, **keywords: Any) -> Any:
        """The value as `type` "text", "json", "arrayBuffer" or "stream"; None where there is none.

        A list of keys gives a JsDict of values, in one operation.
        """
        key, given = self._called("get", 2, args, keywords)
        if isinstance(key, (list, JsArray)):
            values, _ = await self._bulk("get", key, given)
            return from_platform(values)
        value, _ = await self._single("get", key, given)
        return value

    async def getWithMetadata(self, *args: Any, **keywords: Any) -> Any:
        """A JsDict of `value`, `metadata` and `cacheStatus`; for a list of keys, one such dict or None for each."""
        key, given = self._called("getWithMetadata", 2, args, keywords)
        if isinstance(key, (list, JsArray)):
            values, entries = await self._bulk("getWithMetadata", key, given)
            return from_platform({name: self._pair(value, entries[name]) for name, value in values.items()})
        value, entry = await self._single("getWithMetadata", key, given)
        return from_platform({"value": value, "metadata": metadata(entry), "cacheStatus": None})

    async def put(self, *args: Any, **keywords: Any) -> None:
        """Store a value: text, bytes or a stream; a number, a bool or None is stored as its text."""
        key, value, given = self._called("put", 3, args, keywords)
        with self._operation("put") as event:
            _require("put", 1, key, "string")
            _require("put", 2, value, "string or JsObject")
            chosen = self._options("put", 3, "PutOptions", given, WRITE_OPTIONS)
            end = rules.lifetime_of(chosen)
            name = event.detail["key"] = rules.key_of("PUT", key)
            data = await bytes_of(checked(value))
            entry = Entry(name, data, rules.metadata_of(chosen), rules.expiration_of(*end, self._kv.unix))
            rules.check_size(entry)
            event.units, event.bytes = {"kv.write": 1.0}, len(data)
            await confirmed()
            await self._ask(event, self._path.write("PUT", entry))

    async def delete(self, *args: Any, **keywords: Any) -> None:
        """Remove a key, or do nothing where there is none. Copies in other places stay until their time is over."""
        (key,) = self._called("delete", 1, args, keywords)
        with self._operation("delete") as event:
            _require("delete", 1, key, "string")
            if isinstance(key, (list, JsArray)):
                complain("KV.delete takes one key: a list becomes one text with commas. Delete the keys one by one.",
                         self._kv.world.strict)  # fmt: skip
            name = event.detail["key"] = rules.key_of("DELETE", key)
            event.units = {"kv.delete": 1.0}
            await confirmed()
            await self._ask(event, self._path.write("DELETE", Entry(name)))

    async def list(self, *args: Any, **keywords: Any) -> Any:
        """A page of keys in the order of their bytes: a JsDict of `keys`, `list_complete` and, if more, `cursor`."""
        (given,) = self._called("list", 1, args, keywords)
        with self._operation("list") as event:
            chosen = self._options("list", 1, "ListOptions", given, LIST_OPTIONS)
            prefix, cursor = _optional_text(chosen, "prefix") or "", _optional_text(chosen, "cursor")
            limit = rules.limit_of(chosen)
            rules.check_length("GET", prefix)
            event.detail |= {"prefix": prefix, "limit": limit}
            event.units = {"kv.list": 1.0}
            page, event.outcome = await self._ask(event, self._path.page(prefix, self._start(cursor), limit))
            event.detail["keys"] = len(page.keys)
        return from_platform(listing(page))

    async def _single(self, operation: str, key: Any, given: Any) -> tuple[Any, Entry]:
        """One key's value, converted, and its entry."""
        with self._operation(operation) as event:
            _require(operation, 1, key, "string or Array")
            kind, ttl = self._usual if given is _MISSING else self._reading("GET", operation, given)
            name = event.detail["key"] = rules.key_of("GET", key)
            event.units["kv.read"] = 1.0
            answer = await self._ask(event, self._path.read(name, ttl))
            self._note(event, answer)
            value = answer.entry.value
            if value is not None:
                event.bytes = len(value)
            return converted(value, kind), answer.entry

    async def _bulk(self, operation: str, keys: Any, given: Any) -> tuple[dict, dict[str, Entry]]:
        """The values by key, converted, in the order of the keys, and the entries by key."""
        with self._operation(operation) as event:
            names = rules.bulk_keys(keys)
            kind, ttl = self._reading("GET_BULK", operation, given)
            rules.check_bulk(keys, kind)
            for name in names:
                rules.check_bulk_key(name)
            event.units = {"kv.read": float(len(keys))}
            event.detail |= {"key": ", ".join(names)[:_SHOWN], "keys": len(names)}
            await confirmed()
            answers = await self._ask(event, self._path.read_many(names, ttl))
            self._note(event, max(answers, key=lambda answer: (answer.outcome == "miss", answer.age)))
            event.detail["stale"] = any(self._kv.store.is_stale(answer.entry) for answer in answers)
            entries = {answer.entry.key: answer.entry for answer in answers}
            event.bytes = sum(len(entry.value or b"") for entry in entries.values())
            return bulk_values(list(entries.values()), kind), entries

    def _called(self, method: str, count: int, args: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments by position, keywords last as one object: a binding has no parameters with names."""
        given = (*args, keywords) if keywords else args
        if len(given) > count:
            ignored = ", ".join(map(repr, keywords)) or "what follows"
            complain(f"KV.{method} takes {count} arguments and ignores {ignored}.", self._kv.world.strict)
        return (*given, *[_MISSING] * count)[:count]

    def _operation(self, name: str) -> Event:
        """The event of an operation that begins now."""
        world = self._kv.world
        world.charge("kv")
        return world.trace.event("kv", name, self._colo)

    async def _ask(self, event: Event, asked: Coroutine[Any, Any, Any]) -> Any:
        """The service's answer; its refusal goes into the trace under its status."""
        try:
            return await asked
        except JsException as error:
            event.outcome, event.detail["error"] = rules.status_of(error), str(error)
            raise

    def _options(self, method: str, position: int, kind: str, given: Any, known: Collection[str]) -> dict[str, Any]:
        if isinstance(given, (str, int, float)):
            raise rules.wrong_parameter(method, position, kind)
        found = None if given is _MISSING else given
        return options(f"KV.{method}", found, {}, known, strict=self._kv.world.strict)

    def _reading(self, method: str, operation: str, given: Any) -> tuple[str, int]:
        """The type and the cacheTtl of a read. A second argument that is no dict is the type."""
        if isinstance(given, (str, int, float)):
            return text_of(given), self._usual[1]
        found = None if given is _MISSING else given
        chosen = options(f"KV.{operation}", found, {}, READ_OPTIONS, strict=self._kv.world.strict)
        usual = "" if method == "GET_BULK" else "text"
        return text_of(chosen.get("type", usual)), rules.cache_ttl_of(method, chosen)

    def _note(self, event: Event, answer: Answer) -> None:
        """What the trace says of a read."""
        entry, tier, event.outcome, age = answer
        event.detail.update(tier=tier, age=age, stale=self._kv.store.is_stale(entry))

    def _start(self, cursor: str | None) -> str | None:
        """The name after which a page begins. Production refuses a cursor that it did not make."""
        if cursor is None:
            return None
        if self._kv.world.links is None:
            return lenient_name_of(cursor) or None
        try:
            return name_of(cursor)
        except ValueError:
            raise rules.refusal("GET", 400, "invalid cursor") from None

    def _pair(self, value: Any, entry: Entry) -> Any:
        """One key of a bulk read with metadata. The local runtime leaves values such as "" and 0 bare."""
        if entry.value is None or (not value and self._kv.world.links is None):
            return value
        return {"value": value, "metadata": metadata(entry)}


def _require(method: str, position: int, value: Any, wanted: str) -> None:
    if value is _MISSING:
        raise rules.wrong_parameter(method, position, wanted)


def _optional_text(chosen: dict[str, Any], name: str) -> str | None:
    value = chosen.get(name)
    return None if value is None else text_of(value)
