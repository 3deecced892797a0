"""A place of several data centres, whose caches know nothing of one another."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from random import Random
from typing import Any

from labkit.emulators.kv.paths import Answer, Pop
from labkit.emulators.kv.store import Entry, Page


class City:
    """Each operation falls on one of the data centres at random, so one city gives old and new answers in turn."""

    def __init__(self, centres: Sequence[Pop], random: Random):
        self.centres, self._random = centres, random

    def read(self, key: str, ttl: int) -> Coroutine[Any, Any, Answer]:
        return self._one().read(key, ttl)

    def read_many(self, keys: list[str], ttl: int) -> Coroutine[Any, Any, list[Answer]]:
        return self._one().read_many(keys, ttl)

    def write(self, method: str, entry: Entry) -> Coroutine[Any, Any, None]:
        """A write clears the cache of the data centre that it comes from alone."""
        return self._one().write(method, entry)

    def page(self, prefix: str, after: str | None, limit: int) -> Coroutine[Any, Any, tuple[Page, str]]:
        return self._one().page(prefix, after, limit)

    def _one(self) -> Pop:
        return self._random.choice(self.centres)
