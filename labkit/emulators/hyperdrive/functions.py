"""PostgreSQL's functions on SQLite's connection: those that lessons use and SQLite does not have, or has otherwise."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

import apsw
import apsw.ext

from labkit.emulators.hyperdrive import types

VERSION = "15.0"
"""The version of PostgreSQL that the SQLite origin says it is."""
GIVEN_NULL = ("greatest", "least")
"""Functions that look at NULL themselves."""


def install(connection: apsw.Connection, unix: Callable[[], float], random: Random, link: Any) -> None:
    """Give a connection the functions. `link()` is the session that runs: its pid, settings, and how long it sleeps."""
    for name, (function, arguments) in _of_time(unix).items() | _of_session(link).items() | _plain(random).items():
        connection.create_scalar_function(name, function if name in GIVEN_NULL else _strict(function), arguments)
    apsw.ext.make_virtual_module(connection, "generate_series", generate_series)  # type: ignore[arg-type]


def _strict(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, which of NULL gives NULL, as most of PostgreSQL's do (STRICT)."""
    return lambda *given: None if None in given else function(*given)


def _of_time(unix: Callable[[], float]) -> dict[str, tuple[Callable[..., Any], int]]:
    def at() -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=unix())

    def now() -> str:
        return types.moment(at())

    def local() -> str:
        return types.moment(at(), types.TIMESTAMP)

    names = "now clock_timestamp statement_timestamp transaction_timestamp current_timestamp_".split()
    return dict.fromkeys(names, (now, 0)) | {
        "localtimestamp_": (local, 0), "current_date_": (lambda: at().date().isoformat(), 0),
        "current_time_": (lambda: f"{at():%H:%M:%S}+00", 0), "localtime_": (lambda: f"{at():%H:%M:%S}", 0),
    }  # fmt: skip


def _of_session(link: Any) -> dict[str, tuple[Callable[..., Any], int]]:
    return {
        "pg_backend_pid": (lambda: link().pid, 0),
        "pg_sleep": (lambda seconds: link().sleep(cast(seconds, types.FLOAT8)), 1),
        "current_setting": (lambda name: link().setting(name), 1), "set_config": (lambda *given: link().set(*given), 3),
        "current_database": (lambda: link().account.database, 0), "current_user_": (lambda: link().account.user, 0),
        "lastval": (lambda: link().lastval(), 0),
    }  # fmt: skip


def _plain(random: Random) -> dict[str, tuple[Callable[..., Any], int]]:
    return {
        "random": (random.random, 0), "version": (lambda: f"PostgreSQL {VERSION} (labkit, on SQLite)", 0),
        "gen_random_uuid": (lambda: str(uuid.UUID(int=random.getrandbits(128), version=4)), 0),
        "pg_cast": (cast, 2), "regexp": (_ilike, 2), "like": (_like, 2), "char_length": (_length, 1),
        "greatest": (lambda *given: max((v for v in given if v is not None), default=None), -1),
        "least": (lambda *given: min((v for v in given if v is not None), default=None), -1),
    }  # fmt: skip


def cast(value: Any, oid: int) -> Any:
    """A value as another type."""
    if oid in types.INTEGERS and isinstance(value, float):
        return round(value)
    text = types.shown(value, types.FLOAT8) if isinstance(value, float) else value
    if oid in (types.TEXT, types.VARCHAR):
        return text.hex() if isinstance(text, bytes) else str(text)
    return value if isinstance(value, bytes) else types.from_text(str(text), oid)


def _length(value: Any) -> int:
    return len(str(value))


def _like(pattern: Any, value: Any) -> int:
    """LIKE, which heeds case."""
    return _matches(pattern, value, 0)


def _ilike(pattern: Any, value: Any) -> int:
    """ILIKE, which does not: SQLite knows it as REGEXP here."""
    return _matches(pattern, value, re.IGNORECASE)


def _matches(pattern: Any, value: Any, flags: int) -> int:
    return int(_compiled(str(pattern), flags).fullmatch(str(value)) is not None)


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: int) -> re.Pattern[str]:
    """What stands between two % is taken where it first comes, and never looked for again: so it ends."""
    parts = [""]
    for each in re.findall(r"\\.|.", pattern, re.DOTALL):
        if each == "%":
            parts.append("")
        else:
            parts[-1] += "." if each == "_" else re.escape(each[-1])
    first, *middle, last = parts if len(parts) > 1 else (parts[0], "")
    between = "".join(f"(?>.*?{each})" for each in middle) + ".*" * (len(parts) > 1)
    return re.compile(first + between + last, flags | re.DOTALL)


def generate_series(first: int, last: int, step: int = 1) -> Iterator[tuple[int]]:
    """The numbers from the first to the last."""
    number, last, step = int(first), int(last), int(step)
    while step and (number <= last if step > 0 else number >= last):
        yield (number,)
        number += step


generate_series.columns = ("generate_series",)  # type: ignore[attr-defined]
generate_series.column_access = apsw.ext.VTColumnAccess.By_Index  # type: ignore[attr-defined]
