"""Rows read and written, as the platform bills them."""

from __future__ import annotations

from typing import Any

import apsw


class Meter:
    """What counts on a connection."""

    def __init__(self, connection: apsw.Connection):
        self.connection = connection

    def start(self) -> Count:
        return Count(self)


class Count:
    """What one run of a statement has read and written."""

    __slots__ = ("meter", "read", "written", "_changes")

    def __init__(self, meter: Meter):
        self.meter, self.read, self.written = meter, 0, 0
        self._changes = 0

    def begin(self, statement: str, bindings: Any) -> None:
        self._changes = self.meter.connection.total_changes()

    def row(self) -> None:
        self.read += 1

    def end(self) -> None:
        self.written = self.meter.connection.total_changes() - self._changes
