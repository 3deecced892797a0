"""The clock and the dice as a Worker finds them: `time`, `datetime`, `random`, `secrets`, `uuid`, `os.urandom`.

A Worker's clock stands still while it computes and moves only when it waits, as in production, where it stops
timing attacks. Its random numbers come from the lab's seed, so that a run can be repeated.
"""

from __future__ import annotations

import datetime as real_datetime
import os as real_os
import random as real_random
import secrets as real_secrets
import sys
import time as real_time
import uuid as real_uuid
from base64 import urlsafe_b64encode
from calendar import timegm
from collections.abc import Callable
from types import ModuleType
from typing import Any

from labkit.errors import NotEmulated


def modules(unix: Callable[[], float], dice: real_random.Random) -> dict[str, ModuleType]:
    """The replacements, by module name. `unix` gives the present in seconds since 1970."""
    system = real_os.urandom.__module__  # posix or nt: where a copied Worker finds `from os import urandom`
    generators = _generators(dice)
    return {
        "time": _copy(real_time, **_times(unix)),
        "datetime": _copy(real_datetime, datetime=_datetime(unix), date=_date(unix)),
        "random": _copy(real_random, **_methods(dice), **generators),
        "secrets": _copy(real_secrets, **_tokens(dice), SystemRandom=generators["SystemRandom"]),
        "os": _copy(real_os, urandom=dice.randbytes),
        system: _copy(sys.modules[system], urandom=dice.randbytes),
        "uuid": _copy(real_uuid, uuid4=lambda: real_uuid.UUID(int=dice.getrandbits(128), version=4)),
    }


def _copy(module: ModuleType, **changed: Any) -> ModuleType:
    copy = ModuleType(module.__name__, module.__doc__)
    copy.__dict__.update(module.__dict__, **changed)
    return copy


def _times(unix: Callable[[], float]) -> dict[str, Any]:
    """The functions of the `time` module that ask what time it is. A Worker's timezone is UTC."""

    def utc(seconds: float | None = None) -> real_time.struct_time:
        return real_time.gmtime(unix() if seconds is None else seconds)

    def nanoseconds() -> int:
        return int(unix() * 1e9)

    def strftime(form: str, moment: Any = None) -> str:
        return real_time.strftime(form, utc() if moment is None else moment)

    def asctime(moment: Any = None) -> str:
        return real_time.asctime(utc() if moment is None else moment)

    idle = {"process_time": lambda: 0.0, "process_time_ns": lambda: 0}
    idle |= {name.replace("process", "thread"): zero for name, zero in idle.items()}
    running = {name: unix for name in ("time", "monotonic", "perf_counter")}
    whole = {f"{name}_ns": nanoseconds for name in running}
    return idle | running | whole | {
        "gmtime": utc, "localtime": utc, "mktime": timegm, "strftime": strftime, "asctime": asctime,
        "ctime": lambda seconds=None: asctime(utc(seconds)), "sleep": _no_sleep,
    }  # fmt: skip


def _methods(dice: real_random.Random) -> dict[str, Any]:
    """The functions of the `random` module, which are the methods of one hidden generator."""
    return {name: getattr(dice, name) for name in real_random.__all__ if name[0].islower() and hasattr(dice, name)}


def _generators(dice: real_random.Random) -> dict[str, type]:
    """The classes of the `random` module: without a seed of their own, they draw on the lab's dice."""

    class Random(real_random.Random):
        def seed(self, a: Any = None, version: int = 2) -> None:
            super().seed(dice.getrandbits(128) if a is None else a, version)

    rolls = {name: staticmethod(getattr(dice, name)) for name in ("random", "getrandbits", "randbytes")}
    return {"Random": Random, "SystemRandom": type("SystemRandom", (real_random.SystemRandom,), rolls)}


def _tokens(dice: real_random.Random) -> dict[str, Any]:
    """The functions of the `secrets` module, on dice that a lab can roll again: here nothing is secret."""

    def token_bytes(nbytes: int | None = None) -> bytes:
        return dice.randbytes(real_secrets.DEFAULT_ENTROPY if nbytes is None else nbytes)

    return {
        "token_bytes": token_bytes,
        "token_hex": lambda nbytes=None: token_bytes(nbytes).hex(),
        "token_urlsafe": lambda nbytes=None: urlsafe_b64encode(token_bytes(nbytes)).rstrip(b"=").decode(),
        "choice": dice.choice, "randbelow": dice.randrange, "randbits": dice.getrandbits,
    }  # fmt: skip


def _no_sleep(seconds: float) -> None:
    raise NotEmulated(f"time.sleep({seconds}) would stop every request of this isolate: await asyncio.sleep instead.")


class _LikeReal(type):
    """Dates made anywhere count as instances of the Worker's own `date` and `datetime`."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.__bases__[0])


def _datetime(unix: Callable[[], float]) -> type:
    """The class `datetime` of a Worker: its now is the lab's, and what has no timezone is in UTC."""

    class datetime(real_datetime.datetime, metaclass=_LikeReal):
        @classmethod
        def now(cls, tz: real_datetime.tzinfo | None = None):
            return cls.fromtimestamp(unix(), tz)

        @classmethod
        def fromtimestamp(cls, timestamp: float, tz: real_datetime.tzinfo | None = None):
            moment = super().fromtimestamp(timestamp, tz or real_datetime.UTC)
            return moment if tz else moment.replace(tzinfo=None)

        @classmethod
        def utcnow(cls):
            return cls.now()

        @classmethod
        def today(cls):
            return cls.now()

        def timestamp(self):
            return super().timestamp() if self.tzinfo else super(datetime, self._utc()).timestamp()

        def astimezone(self, tz: real_datetime.tzinfo | None = None):
            return super(datetime, self if self.tzinfo else self._utc()).astimezone(tz or real_datetime.UTC)

        def _utc(self):
            return self.replace(tzinfo=real_datetime.UTC)

        def __repr__(self):
            return f"datetime.{super().__repr__()}"

        def __reduce_ex__(self, protocol: Any):
            return real_datetime.datetime, super().__reduce_ex__(protocol)[1]

    return datetime


def _date(unix: Callable[[], float]) -> type:
    class date(real_datetime.date, metaclass=_LikeReal):
        @classmethod
        def today(cls):
            return real_datetime.datetime.fromtimestamp(unix(), real_datetime.UTC).date()

    return date
