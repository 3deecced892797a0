"""Copies of entries outside the central stores: a place's own cache, which nobody tells, and the tiers above it."""

from __future__ import annotations

from dataclasses import dataclass

from labkit.emulators.kv.store import Entry, Store


@dataclass(slots=True, eq=False)
class Copy:
    """What one cache holds of a key, a value or its absence. `fetched` is when it arrived, in timeline seconds."""

    entry: Entry
    fetched: float
    ttl: float

    def is_fresh(self, now: float, ttl: float, unix: float) -> bool:
        """Whether a read that accepts copies up to `ttl` seconds old may be answered from this one."""
        age = now - self.fetched
        return age < ttl and age < self.ttl and self.entry.is_live(unix)


class LocalCache:
    """The cache of one place. Only time, a read with a shorter cacheTtl and the place's own writes clear it."""

    def __init__(self) -> None:
        self.copies: dict[str, Copy] = {}
        self.dropped: dict[str, float] = {}

    def find(self, key: str, ttl: float, now: float, unix: float) -> Copy | None:
        """The copy that may answer a read now. A shorter `ttl` than the copy was kept with shortens its life."""
        copy = self.copies.get(key)
        if copy is None or not copy.is_fresh(now, ttl, unix):
            return None
        if ttl < copy.ttl:
            copy.ttl = ttl
        return copy

    def keep(self, entry: Entry, ttl: float, now: float, asked: float) -> None:
        """Hold what a read brought, unless this place wrote the key after the read had set out at `asked`."""
        if self.dropped.get(entry.key, asked) <= asked:
            self.copies[entry.key] = Copy(entry, now, ttl)

    def drop(self, key: str, now: float) -> None:
        self.copies.pop(key, None)
        self.dropped[key] = now


class UpperTier:
    """A cache between the places and the central stores. News of a write clears it as soon as the news arrives."""

    def __init__(self, place: str, store: Store, ttl: float):
        self.place, self.store, self.ttl = place, store, ttl
        self.copies: dict[str, Copy] = {}
        self.heard: dict[str, int] = {}

    def find(self, key: str, now: float, unix: float) -> Entry | None:
        """What this tier still holds: in time, alive, and not known to be overwritten."""
        copy = self.copies.get(key)
        if copy is None or not copy.is_fresh(now, self.ttl, unix) or copy.entry.version < self.heard.get(key, 0):
            return None
        return None if self.store.is_superseded(copy.entry, self.place, now) else copy.entry

    def keep(self, entry: Entry, now: float) -> None:
        self.copies[entry.key] = Copy(entry, now, self.ttl)

    def hear(self, key: str, version: int) -> None:
        """Take note of a write that passes by, which may be ahead of the news of it."""
        self.heard[key] = max(version, self.heard.get(key, 0))
