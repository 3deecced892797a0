"""A database whose pages somebody else keeps: the file that SQLite reads and writes is an object in memory.

So whoever keeps the pages sees which ones each commit changes, can show an older state of them to another connection,
and needs no connection at all to keep a database. No file of the machine can be opened through it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import apsw

from labkit.emulators.sqlite.time_and_chance import CLOCK, DAY, UNIX_EPOCH

NAME = "labkit-pages"
_EPOCH = round(UNIX_EPOCH * DAY) * 1000
PAGE = 4096
"""Bytes of a page; an empty database has one."""


class Pages(Protocol):
    """What keeps a database, page by page, the first page being number 0."""

    @property
    def count(self) -> int:
        """How many pages there are."""
        ...

    def read(self, page: int) -> bytes: ...

    def write(self, page: int, data: bytes) -> None: ...

    def truncate(self, count: int) -> None: ...


class _File:
    """The pages as the file that SQLite wants to see. It has one connection, which need not lock it."""

    def __init__(self, pages: Pages):
        self.pages = pages

    def xRead(self, amount: int, offset: int) -> bytes:
        page, at = divmod(offset, PAGE)
        if page >= self.pages.count:
            return b""
        data = self.pages.read(page)
        return data if amount == PAGE else data[at : at + amount]

    def xWrite(self, data: bytes, offset: int) -> None:
        self.pages.write(offset // PAGE, bytes(data))

    def xTruncate(self, size: int) -> None:
        self.pages.truncate(size // PAGE)

    def xFileSize(self) -> int:
        return self.pages.count * PAGE

    def xSectorSize(self) -> int:
        return PAGE

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xFileControl(self, operation: int, pointer: int) -> bool:
        return False

    def xCheckReservedLock(self) -> bool:
        return False

    def xLock(self, level: int) -> None: ...

    def xUnlock(self, level: int) -> None: ...

    def xSync(self, flags: int) -> None: ...

    def xClose(self) -> None: ...


class _Files(apsw.VFS):
    """Opens the pages that are being opened, and nothing else."""

    def __init__(self) -> None:
        super().__init__(NAME, "")
        self.opening: Pages | None = None

    @contextmanager
    def offering(self, pages: Pages) -> Iterator[None]:
        """While a connection to these pages is made."""
        self.opening = pages
        try:
            yield
        finally:
            self.opening = None

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        if self.opening is None or not flags[0] & apsw.SQLITE_OPEN_MAIN_DB:
            raise apsw.CantOpenError("There are no files here.")
        flags[1] = flags[0]
        return _File(self.opening)

    def xFullPathname(self, name: str) -> str:
        return name

    def xAccess(self, pathname: str, flags: int) -> bool:
        return False

    def xDelete(self, filename: str, syncdir: bool) -> None: ...

    def xCurrentTimeInt64(self) -> int:
        """Milliseconds of the Julian calendar. SQLite asks before and after each statement."""
        return _EPOCH + int(CLOCK.unix * 1000 + 0.5)


_FILES = _Files()
_ALONE = "PRAGMA locking_mode = EXCLUSIVE;"
_IN_MEMORY = """PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
PRAGMA cache_spill = 0"""


def connect(pages: Pages, *, alone: bool, **options: Any) -> apsw.Connection:
    """A connection to the pages. Where it is not `alone`, it asks before each transaction whether they are others."""
    with _FILES.offering(pages):
        connection = apsw.Connection("pages", vfs=NAME, **options)
    connection.execute(f"{_ALONE} {_IN_MEMORY}" if alone else _IN_MEMORY).fetchall()  # each is run as it is read
    return connection
