"""D1's phenomena: replicas that lag, sessions, round trips, and one thread a database."""

from labkit.sim.d1.bookmarks import bookmarks, mean_wait
from labkit.sim.d1.replicas import replicas, stale_fraction

__all__ = ["bookmarks", "mean_wait", "replicas", "stale_fraction"]
