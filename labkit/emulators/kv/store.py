"""The central stores: every version of a key that someone may still be shown, and which place sees it when."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from labkit import facts
from labkit.emulators.listing import Names, cursor_of
from labkit.network.links import Links

SETTLED = 5.0
"""Seconds after which a version is visible on the whole planet, and the one before it can be forgotten."""


@dataclass(slots=True, eq=False)
class Entry:
    """One version of a key. `value` is None where nothing is stored: never written, deleted or expired.

    `landed` and `replaced_at` are seconds on the timeline, `expiration` is Unix time, `metadata` is JSON.
    """

    key: str
    value: bytes | None = None
    metadata: str | None = None
    expiration: int | None = None
    version: int = 0
    landed: float = -inf
    home: str = ""
    previous: Entry | None = None
    replaced_at: float = inf
    replaced_home: str = ""

    def is_live(self, unix: float) -> bool:
        """The only place that decides whether a version still exists."""
        return self.expiration is None or unix < self.expiration

    def is_listed(self, unix: float) -> bool:
        """A listing still names an entry at the very second of its expiration, as the real runtime's does."""
        return self.value is not None and (self.expiration is None or unix <= self.expiration)


@dataclass(slots=True)
class Page:
    """Keys of a listing, and the cursor of the next page where there is more."""

    keys: list[Entry]
    cursor: str | None


class Store:
    """The central stores of one namespace as a single history.

    A write lands in one place (`home`) and is visible from another after the one-way time between the two. The write
    that lands last wins. `now` is the timeline's, `unix` the same instant as Unix time.
    """

    def __init__(self, links: Links | None):
        self.links = links
        self.entries: dict[str, Entry] = {}
        self.names = Names()
        self.version = 0
        self.tombstone = facts.value("kv.tombstone") if links else 0.0

    def delay(self, home: str, place: str) -> float:
        """Seconds until what happened at `home` is known at `place`. What has no home is known everywhere at once."""
        return self.links.rtt(home, place) / 2 if self.links and home and home != place else 0.0

    def current(self, key: str, now: float, unix: float) -> Entry:
        """The newest version, wherever it landed. Its value is None where nothing is stored."""
        entry = self.entries.get(key)
        if entry is None:
            entry = self.entries[key] = Entry(key)
        elif not entry.is_live(unix):
            entry = self._replace(entry, Entry(key, landed=now - (unix - (entry.expiration or unix))))
        return entry

    def seen_from(self, place: str, key: str, now: float, unix: float) -> Entry:
        """The newest version whose news has reached a place."""
        entry = self.current(key, now, unix)
        while entry.previous and now < entry.landed + self.delay(entry.home, place) and entry.previous.is_live(unix):
            entry = entry.previous
        if now > entry.landed + SETTLED:
            entry.previous = None
        return entry

    def is_superseded(self, entry: Entry, place: str, now: float) -> bool:
        """True where a place has heard of a newer version."""
        return now >= entry.replaced_at + self.delay(entry.replaced_home, place)

    def is_stale(self, entry: Entry) -> bool:
        """Whether what this version says differs from what the newest one does."""
        newest = self.entries.get(entry.key, entry)
        return newest is not entry and (newest.value, newest.metadata) != (entry.value, entry.metadata)

    def write(self, entry: Entry, now: float, unix: float) -> None:
        """Make this the newest version of its key."""
        old = self.current(entry.key, now, unix)
        if now > old.landed + SETTLED:
            old.previous = None
        entry.landed, entry.previous = now, old if self.links else None
        self._replace(old, entry)

    def _replace(self, old: Entry, new: Entry) -> Entry:
        self.version += 1
        new.version = self.version
        old.replaced_at, old.replaced_home = new.landed, new.home
        self.entries[new.key] = new
        if new.value is not None:
            self.names.add(new.key)
        elif not self.tombstone:
            self.names.discard(new.key)
        return new

    def page(self, prefix: str, after: str | None, limit: int, now: float, unix: float) -> Page:
        """Up to `limit` keys after a name. A key deleted or expired of late takes a place and is not shown."""
        keys: list[Entry] = []
        gone: list[str] = []
        taken, last, cursor = 0, "", None
        for name in self.names.after(after, prefix):
            entry = self.entries[name]
            listed = entry.is_listed(unix)
            if not listed and not self._is_tombstone(entry, now, unix):
                gone.append(name)
                continue
            if taken == limit:
                cursor = cursor_of(last)
                break
            taken, last = taken + 1, name
            if listed:
                keys.append(entry)
        for name in gone:
            self.names.discard(name)
        return Page(keys, cursor)

    def _is_tombstone(self, entry: Entry, now: float, unix: float) -> bool:
        since = now - entry.landed if entry.value is None else unix - (entry.expiration or unix)
        return since < self.tombstone

    def bytes_at(self, unix: float) -> int:
        """What is stored: keys, values and metadata of all that has not been deleted and has not expired."""
        live = (entry for entry in self.entries.values() if entry.value is not None and entry.is_live(unix))
        return sum(len(e.key.encode()) + len(e.value or b"") + len((e.metadata or "").encode()) for e in live)
