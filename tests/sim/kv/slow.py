"""One place's KV copy as a plain program: a dictionary, a loop and the rules of the page, slow and obvious."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Read(NamedTuple):
    """A read as it was answered: the version it gave, when that was fetched, and whether it waited for it."""

    at: float
    version: int
    fetched: float
    hit: bool


def place(reads: Sequence[float], writes: Sequence[float], cache_ttl: float, refresh: float) -> list[Read]:
    """The answers of one place to sorted reads. A write at the moment of a read comes first."""
    copy: tuple[float, int] | None = None
    answers = []
    for at in reads:
        newest = sum(write <= at for write in writes)
        if copy is None or at - copy[0] >= cache_ttl:
            copy = at, newest
            answers.append(Read(at, newest, at, False))
            continue
        answers.append(Read(at, copy[1], copy[0], True))
        if at - copy[0] >= refresh:
            copy = at, newest
    return answers
