"""Which databases are open, of the objects of a class or of an account.

An open database takes about 85 KB, a closed one its compressed pages. Those that were used last stay open; the others
are closed as soon as nothing of theirs is under way (`Database.is_at_rest`), and open again when they are used. What
an object could notice: `changes()`, first asked in a later event than the change, may be 0, as after hibernation.
"""

from __future__ import annotations

from typing import Protocol

MOST = 256
"""Databases of a class that stay open: some 22 MB. To open and close one takes about 0.3 ms, as long as a call."""
LOOKED_AT = 2
"""Of the oldest, each time: those that cannot be closed yet go to the end, so that none is looked at in vain twice."""


class Database(Protocol):
    """What can be opened and closed."""

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody would notice that it is closed."""
        ...

    def put_away(self) -> None:
        """Keep only what is stored."""


class Opened:
    """The open databases, those that were used last at the end."""

    def __init__(self, most: int | None = None):
        self.most = MOST if most is None else most
        self._order: dict[Database, None] = {}
        self._newest: Database | None = None
        """The one that was used last, where it is at the end."""

    def __len__(self) -> int:
        return len(self._order)

    def use(self, database: Database) -> None:
        """It is open, and used now."""
        if database is self._newest and len(self._order) <= self.most:
            return
        self._order.pop(database, None)
        self.trim(room=1)
        self._order[database] = None
        self._newest = database

    def closed(self, database: Database) -> None:
        """It is not open any more."""
        if database is self._newest:
            self._newest = None
        self._order.pop(database, None)

    def trim(self, room: int = 0) -> None:
        """Close the oldest, where there are too many, or would be with so many more."""
        for _ in range(LOOKED_AT):
            if len(self._order) + room <= self.most:
                return
            oldest = next(iter(self._order))
            if oldest.is_at_rest:
                oldest.put_away()
            else:
                self._order[oldest] = self._order.pop(oldest)
                self._newest = None
