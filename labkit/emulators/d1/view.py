"""The pages of a database as they were after a commit: what a replica's SQLite reads."""

from __future__ import annotations

from labkit.emulators.d1.history import Commit, History, State

_COUNTER, _VALID_FOR = slice(24, 28), slice(92, 96)
"""Where the first page has the number that a connection compares to learn that the pages are others."""
_SCHEMA = slice(40, 44)


class View:
    """`labkit.emulators.sqlite.paged.Pages` that are never written."""

    def __init__(self, history: History):
        self._history = history
        self._at = (-1, -1)
        self._state = State({}, 0)
        self._moves = 0

    @property
    def count(self) -> int:
        return self._state.count

    def show(self, index: int) -> None:
        """Be as the database was after a commit, or as it is."""
        history = self._history
        at = (index, history.index)
        if at == self._at:
            return
        before, self._at = self._at, at
        if index == before[0] and (later := history.since(before[1])) is not None:
            return self._lay_over(later)
        self._state = State({}, len(history.pages)) if index >= history.index else history.after(index)
        self._moves = (self._moves + 1) % 2**31

    def _lay_over(self, later: list[Commit]) -> None:
        """Stay as it is, though the present pages have gone on."""
        pages, count = self._state
        for commit in later:
            for page, data in commit.old.items():
                if page < count:
                    pages.setdefault(page, data)

    @property
    def schema(self) -> bytes:
        """What changes with each change of the schema."""
        return self._page(0)[_SCHEMA] if self.count else b""

    def read(self, page: int) -> bytes:
        data = self._page(page)
        if page:
            return data
        first = bytearray(data)
        first[_COUNTER] = first[_VALID_FOR] = self._moves.to_bytes(4)
        return bytes(first)

    def _page(self, page: int) -> bytes:
        found = self._state.pages.get(page)
        return self._history.pages[page] if found is None else found

    def write(self, page: int, data: bytes) -> None:
        raise AssertionError("A replica is never written: what writes is sent to the primary.")

    def truncate(self, count: int) -> None:
        raise AssertionError("A replica is never written: what writes is sent to the primary.")
