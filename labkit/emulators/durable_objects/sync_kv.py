"""`ctx.storage.kv`: the key-value methods that answer at once, without `await`. For classes with SQLite only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labkit.emulators.durable_objects import kv_api, kv_rules
from labkit.emulators.durable_objects.rows import Rows
from labkit.emulators.javascript import text_of
from labkit.trace import Event
from labkit.workers.bindings import checked, from_platform, js_error, options
from labkit.workers.ffi import JsMap

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.storage import DurableObjectStorage

NOT_SQLITE = (
    "The storage.kv (synchronous KV) API is only available for SQLite-backed Durable Objects, but this object's "
    "namespace is not declared to use SQLite. You can use the older, asyncronous interface via methods of `storage` "
    "itself (e.g. `storage.get()`). Alternatively, to enable SQLite, change `new_classes` to `new_sqlite_classes` "
    "within the 'migrations' field in your wrangler.jsonc or wrangler.toml file. If using workerd directly, set "
    "`enableSql = true` in your workerd config for the class. Note that this change cannot be made after the class is "
    "already deployed to production."
)
INVALIDATED = (
    "kv.list() iterator was invalidated because a new call to kv.list() was started. Only one kv.list() iterator can "
    "exist at a time."
)


class SyncKvStorage:
    """The methods of `ctx.storage.kv`."""

    def __init__(self, storage: DurableObjectStorage):
        self._storage = storage
        self._lists = 0

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def get(self, *args: Any, **keywords: Any) -> Any:
        """The value of a key, None where there is none."""
        (key,) = self._called("get", ["string"], args, keywords)
        with self._event("get") as event:
            return from_platform(kv_api.read(self._storage.database, event, text_of(key)))

    def put(self, *args: Any, **keywords: Any) -> None:
        """Store a value under a key."""
        key, value = self._called("put", ["string", "JsValue"], args, keywords)
        with self._event("put") as event:
            kv_api.write(self._storage.database, event, {text_of(key): value})

    def delete(self, *args: Any, **keywords: Any) -> bool:
        """Remove a key; whether it was there."""
        (key,) = self._called("delete", ["string"], args, keywords)
        with self._event("delete") as event:
            return kv_api.remove(self._storage.database, event, text_of(key))

    def list(self, *args: Any, **keywords: Any) -> Rows:
        """The keys with their values as pairs, one by one. A list that begins ends the one before it."""
        given = checked((*args, keywords)[0]) if args or keywords else None
        with self._event("list") as event:
            if not kv_rules.is_options(given):
                raise kv_rules.wrong_parameter("list", 1, "SyncKvListOptions", "SyncKvStorage")
            strict = self._storage.world.strict
            chosen = options("storage.kv.list", given, {}, kv_rules.LIST_OPTIONS, strict=strict)
            found = kv_api.pairs(self._storage.database, event, chosen)
        self._lists += 1
        return Rows(self._taken(found, self._lists), "ListIterator")

    def _taken(self, pairs: list[tuple[str, Any]], number: int) -> Iterator[Any]:
        for key, value in pairs:
            if number != self._lists:
                raise js_error("Error", INVALIDATED)
            yield [key, from_platform(value)]

    def _called(self, method: str, kinds: list[str], args: tuple[Any, ...], keywords: dict[str, Any]) -> list[Any]:
        """The arguments by position. Refuses too few."""
        given = [arg if isinstance(arg, JsMap) else checked(arg) for arg in ((*args, keywords) if keywords else args)]
        if len(given) < len(kinds):
            raise kv_rules.wrong_parameter(method, len(given) + 1, kinds[len(given)], "SyncKvStorage")
        return given[: len(kinds)]

    def _event(self, operation: str) -> Event:
        if not self._storage.database.sqlite:
            raise js_error("Error", NOT_SQLITE)
        return self._storage.event(f"kv.{operation}")
