"""The time and the chance of SQL: the lab's own, so that it tells simulated time and a seed gives the same run.

SQLite asks one clock for all that a process opens, so the moment is told before each statement runs.
"""

from __future__ import annotations

from random import Random
from typing import Any

import apsw

from labkit.emulators.sqlite.security import LIMITS

NAME = "labkit"
UNIX_EPOCH = 2440587.5
"""The Julian day of 1970."""
DAY = 86400


class Clock(apsw.VFS):
    """The machine as it is, with another clock. `unix` is the present moment, seconds since 1970."""

    def __init__(self) -> None:
        super().__init__(NAME, "")
        self.unix = 0.0

    def xCurrentTime(self) -> float:
        return UNIX_EPOCH + self.unix / DAY

    def xCurrentTimeInt64(self) -> int:
        return round((UNIX_EPOCH * DAY + self.unix) * 1000)


CLOCK = Clock()


def give_dice(connection: apsw.Connection, random: Random) -> None:
    """Let `random()` and `randomblob(n)` of a connection come from these dice."""

    def blob(*sizes: Any) -> bytes:
        [size] = sizes
        count = int(size) if isinstance(size, int | float) else 1
        return random.randbytes(min(max(1, count), LIMITS[apsw.SQLITE_LIMIT_LENGTH] + 1))  # what is longer is refused

    def integer(*_: Any) -> int:
        return random.getrandbits(64) - 2**63

    connection.create_scalar_function("random", integer, 0)
    connection.create_scalar_function("randomblob", blob, 1)
