"""Time Travel: the database as it was at any moment of the last weeks. `wrangler d1 time-travel info` and `restore`.

https://developers.cloudflare.com/d1/reference/time-travel/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit import durations, facts
from labkit.emulators.d1.bookmarks import DAY, commit_of
from labkit.emulators.d1.words import RESET, Refused
from labkit.errors import PlatformError

if TYPE_CHECKING:
    from labkit.emulators.d1 import D1

WINDOW = 600
"""Seconds in which so many restores are allowed, and no more."""


class TimeTravel:
    """What a database can go back to."""

    def __init__(self, d1: D1):
        self._d1 = d1
        self._days = facts.value("d1.time_travel_days", plan=d1.world.plan)
        self._most = facts.value("d1.restores_per_10_minutes")
        self.restored: list[float] = []

    def info(self, timestamp: float | str | None = None) -> str:
        """The bookmark of the database as it is, or as it was at a moment (Unix seconds or ISO 8601)."""
        history = self._d1.history
        index = history.index if timestamp is None else history.last_before(self._moment(timestamp))
        return self._d1.bookmark(index)

    def restore(self, bookmark: str | None = None, *, timestamp: float | str | None = None) -> str:
        """Put the database back, in place and at once: the bookmark that undoes it. Queries under way are cancelled.

        Refuses what is too far back, and an eleventh restore within ten minutes.
        """
        d1 = self._d1
        index = self._commit(bookmark, timestamp)
        now = d1.world.timeline.now
        self.restored = [each for each in self.restored if now - each < WINDOW]
        if len(self.restored) >= self._most:
            raise PlatformError(f"{self._most} restores in 10 minutes: a database has no more.")
        undo = self.info()
        with d1.world.trace.event("d1", "restore", d1.primary or "", bookmark=d1.bookmark(index), undo=undo):
            d1.put_back(index, Refused(RESET, outcome="cancelled"))
        self.restored.append(now)
        return undo

    def _commit(self, bookmark: str | None, timestamp: float | str | None) -> int:
        """The commit that is meant."""
        if (bookmark is None) == (timestamp is None):
            raise PlatformError("A restore goes to a bookmark or to a timestamp.")
        history = self._d1.history
        if timestamp is not None:
            return history.last_before(self._moment(timestamp))
        index = commit_of(bookmark or "")
        if index is None or index > history.index or bookmark != self._d1.bookmark(index):
            raise PlatformError(f"{bookmark!r} is no bookmark of this database.")
        if index < history.oldest or self._is_too_old(index):
            raise PlatformError(f"{bookmark!r} is older than {self._days} days.")
        return index

    def _is_too_old(self, index: int) -> bool:
        """Whether the next commit, up to which the state was that of the bookmark, is too far back."""
        history = self._d1.history
        return index < history.index and history.unix_of(index + 1) < self._d1.world.unix - self._days * DAY

    def _moment(self, timestamp: float | str) -> float:
        moment, now = durations.unix(timestamp), self._d1.world.unix
        if moment < now - self._days * DAY:
            raise PlatformError(f"{timestamp!r} is more than {self._days} days back.")
        if moment < self._d1.history.born:
            raise PlatformError(f"{timestamp!r} is before the database was made.")
        return min(moment, now)
