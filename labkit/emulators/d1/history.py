"""The pages of a database as they are, and how they were after each commit: what replicas and Time Travel look back on.

A commit is kept as the pages that it changed, as they were before it; so the state after any commit is the present one
with the pages of all later commits laid over it, the oldest last. What lies some way back is sealed: packed together,
each page as its difference to the next version of it, which compresses to about a hundred bytes a commit. Nothing of
this knows SQL: it is what a write-ahead log of page images is, read backwards.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

from labkit.emulators.d1.sealed import Commit, Sealed, opened, sealed, xor
from labkit.emulators.sqlite.paged import PAGE

RECENT = 256
"""Commits that are kept as they are; of so many, the older half is sealed."""
NOTHING = bytes(PAGE)
_FREE_PAGES = slice(36, 40)
"""Where the first page has the number of pages that are not in use."""


class State(NamedTuple):
    """The pages that differ from the present ones, and how many there are."""

    pages: dict[int, bytes]
    count: int


class History:
    """A database's pages; `labkit.emulators.sqlite.paged.Pages`. `index` is the number of the last commit.

    It begins at a moment, in Unix seconds, and goes back for `keep` seconds.
    """

    def __init__(self, unix: float, keep: float):
        self.born, self.keep = unix, keep
        self.index = 0
        self._pages: list[bytes] = []
        self._packed: bytes | None = None
        self._dirty: dict[int, bytes] = {}
        self.count = 0
        self.recent: list[Commit] = []
        self.sealed: list[Sealed] = []

    # What SQLite reads and writes.

    def read(self, page: int) -> bytes:
        found = self._dirty.get(page) if self._dirty else None
        return self.pages[page] if found is None else found

    def write(self, page: int, data: bytes) -> None:
        self._dirty[page] = data
        self.count = max(self.count, page + 1)

    def truncate(self, count: int) -> None:
        self.count = min(self.count, count)

    @property
    def pages(self) -> list[bytes]:
        """The pages after the last commit."""
        if self._packed is not None:
            data, self._packed = zlib.decompress(self._packed), None
            self._pages = [data[at : at + PAGE] for at in range(0, len(data), PAGE)]
        return self._pages

    @property
    def used_bytes(self) -> int:
        """Bytes of the pages in use, as SQLite's header has them; 0 before the first is written."""
        return (self.count - int.from_bytes(self.read(0)[_FREE_PAGES])) * PAGE if self.count else 0

    # Commits.

    @property
    def is_dirty(self) -> bool:
        """Whether anything was written since the last commit."""
        return bool(self._dirty)

    def commit(self, unix: float) -> bool:
        """What was written since the last commit is one, unless it changes nothing; whether it is."""
        pages, count = self.pages, len(self.pages)
        dirty = {page: data for page, data in self._dirty.items()
                 if page < self.count and (page >= count or pages[page] != data)}  # fmt: skip
        self._dirty = {}
        if not dirty and self.count == count:
            return False
        gone = range(self.count, count)
        old = {page: pages[page] for page in (*dirty, *gone) if page < count}
        self.index += 1
        self.recent.append(Commit(self.index, unix, count, old))
        self._put(dirty)
        if len(self.recent) >= RECENT:
            self._seal(RECENT // 2)
            self._forget(unix - self.keep)
        return True

    def roll_back(self) -> None:
        """Forget what was written since the last commit."""
        self._dirty, self.count = {}, len(self.pages)

    def _put(self, changed: dict[int, bytes]) -> None:
        pages = self.pages
        del pages[self.count :]
        pages.extend(NOTHING for _ in range(self.count - len(pages)))
        for page, data in changed.items():
            pages[page] = data

    def go_back(self, index: int, unix: float) -> None:
        """Commit the state after an earlier commit again."""
        state = self.after(index)
        for page, data in state.pages.items():
            self.write(page, data)
        self.count = state.count
        self.commit(unix)

    # What was.

    def after(self, index: int) -> State:
        """The state after a commit. Refuses one that is not known any more (LookupError)."""
        pages: dict[int, bytes] = {}
        count = len(self.pages)
        for commit in self._backwards(pages):
            if commit.index <= index:
                break
            pages.update(commit.old)
            count = commit.count
        else:
            if index < self.oldest:
                raise LookupError(index)
        return State({page: data for page, data in pages.items() if page < count}, count)

    @property
    def oldest(self) -> int:
        """The commit before the first of which anything is known."""
        first = self.sealed[0].first if self.sealed else self.recent[0].index if self.recent else self.index + 1
        return first - 1

    def last_before(self, unix: float) -> int:
        """The last commit up to a moment."""
        if self.recent and self.recent[0].unix <= unix:
            return self.recent[bisect_right(self.recent, unix, key=_unix) - 1].index
        times = [each.unix for each in self.sealed]
        at = bisect_right(times, unix)
        if at == len(times):
            return self.sealed[-1].last if self.sealed else self.oldest
        inside = [commit.index for commit in opened(self.sealed[at]) if commit.unix <= unix]
        return max(inside, default=self.sealed[at].first - 1)

    def unix_of(self, index: int) -> float:
        """When a commit was, Unix seconds; the database's birth for what was before the first."""
        if self.recent and index >= self.recent[0].index:
            return self.recent[index - self.recent[0].index].unix
        at = bisect_right(self.sealed, index, key=_first) - 1
        if at < 0:
            return self.born
        return opened(self.sealed[at])[index - self.sealed[at].first].unix

    def since(self, index: int) -> list[Commit] | None:
        """The commits after one, oldest first, where all of them are recent."""
        count = self.index - index
        return self.recent[len(self.recent) - count :] if count <= len(self.recent) else None

    def _forget(self, unix: float) -> None:
        """Drop what is older than a moment, as far as it is sealed."""
        while self.sealed and self.sealed[0].unix < unix:
            del self.sealed[0]

    def _backwards(self, pages: dict[int, bytes]) -> Iterator[Commit]:
        """The commits, newest first. `pages` is what whoever asks has laid over the present ones so far."""
        yield from reversed(self.recent)
        count = self.recent[0].count if self.recent else len(self.pages)
        for each in reversed(self.sealed):
            for commit in reversed(opened(each)):
                yield self._difference(commit, pages, count)
                count = commit.count

    def _difference(self, commit: Commit, pages: dict[int, bytes], count: int) -> Commit:
        """A commit with each page as its difference to the next version of it, or the other way round.

        `pages` are laid over the present ones, and after the commit there were `count`: a page that was cut off has no
        next version, whatever is there now.
        """

        def after(page: int) -> bytes:
            if page >= count:
                return NOTHING
            found = pages.get(page)
            return self.pages[page] if found is None else found

        return commit._replace(old={page: xor(data, after(page)) for page, data in commit.old.items()})

    def _seal(self, most: int) -> None:
        """Pack the oldest of the recent commits."""
        packed, kept = self.recent[:most], self.recent[most:]
        if not packed:
            return
        pages: dict[int, bytes] = {}
        for commit in reversed(kept):
            pages.update(commit.old)
        differences, count = [], kept[0].count if kept else len(self.pages)
        for commit in reversed(packed):
            differences.append(self._difference(commit, pages, count))
            pages.update(commit.old)
            count = commit.count
        self.sealed.append(sealed(differences[::-1]))
        self.recent = kept

    # At rest.

    def pack(self) -> None:
        """Take little room until the pages are used again."""
        self._seal(len(self.recent))
        if self._packed is None:
            self._packed, self._pages = zlib.compress(b"".join(self._pages), 1), []

    def snapshot(self) -> tuple[Any, ...]:
        """All that is known, and nothing that is not committed."""
        if self._packed is not None:
            return self.born, self.index, self.count, self._packed, list(self.recent), list(self.sealed)
        return self.born, self.index, len(self._pages), list(self._pages), list(self.recent), list(self.sealed)

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a snapshot."""
        self.born, self.index, self.count, pages, recent, sealed = state
        self._packed, self._pages = (pages, []) if isinstance(pages, bytes) else (None, list(pages))
        self.recent, self.sealed, self._dirty = list(recent), list(sealed), {}


def _first(sealed: Sealed) -> int:
    return sealed.first


def _unix(commit: Commit) -> float:
    return commit.unix
