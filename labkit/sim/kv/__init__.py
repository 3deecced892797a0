"""Workers KV's phenomena: PoP caching, propagation after a write, staleness in the long run, many keys at once."""

from labkit.sim.kv.caching import caching
from labkit.sim.kv.copies import hit_ratio, mean_age, stale_fraction, stale_reads
from labkit.sim.kv.moment import moment
from labkit.sim.kv.popularity import mixture_hit_ratio, popularity
from labkit.sim.kv.propagation import propagation
from labkit.sim.kv.staleness import staleness

__all__ = [
    "caching", "hit_ratio", "mean_age", "mixture_hit_ratio", "moment", "popularity", "propagation", "stale_fraction",
    "stale_reads", "staleness",
]  # fmt: skip
