"""D1's phenomena: replicas that lag, sessions, round trips, and one thread a database."""

from labkit.sim.d1.bookmarks import bookmarks, mean_wait
from labkit.sim.d1.nearest import nearest, read_ms, read_ms_at
from labkit.sim.d1.overload import overload, refused
from labkit.sim.d1.replicas import replicas, stale_fraction
from labkit.sim.d1.round_trips import page_ms, round_trips
from labkit.sim.d1.thread import thread, wait_ms
from labkit.sim.d1.yours import REPLICAS

__all__ = [
    "REPLICAS", "bookmarks", "mean_wait", "nearest", "overload", "page_ms", "read_ms", "read_ms_at", "refused",
    "replicas", "round_trips", "stale_fraction", "thread", "wait_ms",
]  # fmt: skip
