"""What a dataset keeps: data points by stretch of time and index, each standing for as many as its interval says.

Where one index has more points in a stretch than are kept, half of them go at random and the rest count double. So
each index keeps a like number of points (equitable sampling), and sums weighted by the interval stay unbiased.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from labkit import facts


class Point(NamedTuple):
    """One data point as it was written. `timestamp` is in whole Unix seconds."""

    timestamp: int
    index: str
    blobs: tuple[str, ...]
    doubles: tuple[float, ...]


@dataclass
class Stretch:
    """The points of one index in one stretch of time. Each stands for `interval` that were written."""

    interval: int = 1
    points: list[Point] = field(default_factory=list)


class Points:
    """All that a dataset keeps."""

    def __init__(self, random: Random, *, is_sampled: bool):
        self.random, self.is_sampled = random, is_sampled
        self.seconds = facts.value("analytics.equalized_every")
        self.room = facts.value("analytics.sampled_above") * self.seconds
        self.retention = facts.value("analytics.retention")
        self.stretches: dict[tuple[int, str], Stretch] = {}

    @property
    def kept(self) -> int:
        return sum(len(stretch.points) for stretch in self.stretches.values())

    def add(self, point: Point, unix: float) -> None:
        """Keep a point, with the probability that its index has now."""
        at = (int(unix // self.seconds), point.index)
        stretch = self.stretches.setdefault(at, Stretch())
        if stretch.interval > 1 and self.random.random() * stretch.interval >= 1:
            return
        stretch.points.append(point)
        if self.is_sampled and len(stretch.points) > self.room:
            stretch.points = [each for each in stretch.points if self.random.random() < 0.5]
            stretch.interval *= 2

    def forget(self, unix: float) -> None:
        """Drop what is older than the platform keeps it."""
        oldest = unix - self.retention
        for at in [at for at in self.stretches if (at[0] + 1) * self.seconds <= oldest]:
            del self.stretches[at]

    def __iter__(self) -> Iterator[tuple[Point, int]]:
        """Each point and how many it stands for."""
        for stretch in self.stretches.values():
            for point in stretch.points:
                yield point, stretch.interval
