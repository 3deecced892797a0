"""Commits, and many of them packed into little room: of each page what differs from the next version of it."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from labkit.emulators.sqlite.paged import PAGE


class Commit(NamedTuple):
    """A commit: when, in Unix seconds, and the pages that it changed and how many there were, as they were before."""

    index: int
    unix: float
    count: int
    old: dict[int, bytes]


class Sealed(NamedTuple):
    """Commits in a row, packed: the first and the last of them, and when the last was."""

    first: int
    last: int
    unix: float
    blob: bytes


def sealed(commits: Sequence[Commit]) -> Sealed:
    """Commits in a row, packed."""
    blob = zlib.compress(pickle.dumps([tuple(each) for each in commits]), 1)
    return Sealed(commits[0].index, commits[-1].index, commits[-1].unix, blob)


def opened(packed: Sealed) -> list[Commit]:
    """The commits that were packed."""
    return [Commit(*each) for each in pickle.loads(zlib.decompress(packed.blob))]


def xor(one: bytes, other: bytes) -> bytes:
    """What differs between two versions of a page; with either of them, the other one."""
    return (int.from_bytes(one, "little") ^ int.from_bytes(other, "little")).to_bytes(PAGE, "little")
