"""Which shard a hash puts a user on, what that makes of the shards' rates, and how full the fullest shard becomes."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Hash = Callable[[str, int], int]


def crc32(user: str, shards: int) -> int:
    """The shard of a user as the default Worker has it."""
    return zlib.crc32(user.encode()) % shards


def shard_rates(shards: int, rates: np.ndarray, shard_of: Hash | None) -> np.ndarray:
    """The requests a second that reach each shard, from those of each user; without a hash, all the same."""
    if shard_of is None:
        return np.full(shards, rates.sum() / shards)
    return np.bincount(placed(rates.size, shards, shard_of), weights=rates, minlength=shards)


def placed(users: int, shards: int, shard_of: Hash) -> np.ndarray:
    """The shard of each user."""
    return np.array([shard_of(f"user{n}", shards) for n in range(users)])


@dataclass(frozen=True)
class Users:
    """Who counts: `rates` are the requests/s of each user, and each request keeps its shard busy for `service` s.

    `shard_of` is the hash that puts users on shards; without it, each request goes to any shard.
    """

    rates: np.ndarray
    service: float
    shard_of: Hash | None = None

    @property
    def per_s(self) -> float:
        """The requests/s of all."""
        return float(self.rates.sum())

    def by_shard(self, shards: int) -> np.ndarray:
        """The requests/s that reach each shard."""
        return shard_rates(shards, self.rates, self.shard_of)

    def draw(self, random: np.random.Generator, requests: int) -> np.ndarray:
        """The user of each request."""
        return np.searchsorted(np.cumsum(self.rates) / self.rates.sum(), random.random(requests))

    def where(self, random: np.random.Generator, shards: int, users: np.ndarray) -> np.ndarray:
        """The shard of each of these users' requests."""
        if self.shard_of is None:
            return random.integers(shards, size=users.size)
        return placed(self.rates.size, shards, self.shard_of)[users]


def fullest(users: int, shards: int) -> float:
    """The mean of the fullest shard's users by the mean shard's, for users of one weight that a fair hash places.

    Exact: P(max <= k) is that of `shards` Poisson numbers, each at most k, given that their sum is `users`, which is
    one coefficient of a power of a polynomial, taken by Fourier's transform (B. Levin, "A representation for
    multinomial cumulative distribution functions", 1981).
    """
    counts = np.arange(users + 1)
    logs = np.concatenate(([0.0], np.cumsum(np.log(counts[1:]))))
    one = np.exp(counts * np.log(users / shards) - users / shards - logs)
    whole = np.exp(users * np.log(users) - users - logs[-1])
    above, most = 0.0, -(-users // shards)
    while (beyond := 1 - _all_at_most(one[: most + 1], users, shards) / whole) > 1e-9:
        above, most = above + beyond, most + 1
    return (-(-users // shards) + above) * shards / users


def _all_at_most(chances: np.ndarray, users: int, shards: int) -> float:
    """The chance that numbers with these chances add up to `users`: the other coefficients fold onto none of it."""
    size = (chances.size - 1) * shards + 1
    turned = np.fft.fft(chances, size) ** shards
    return float(np.fft.ifft(turned)[users].real) if users < size else 0.0
