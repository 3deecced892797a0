"""Workers KV's phenomena: PoP caching, propagation after a write, staleness in the long run, many keys at once."""

from labkit.sim.kv.ages import ages, overdue
from labkit.sim.kv.caching import caching
from labkit.sim.kv.copies import (
    age_within,
    goes_back,
    hit_ratio,
    mean_age,
    overdue_share,
    refreshed,
    stale_fraction,
    stale_reads,
)
from labkit.sim.kv.frames import frames, lab_frames
from labkit.sim.kv.latency import answered_within, latency
from labkit.sim.kv.measured import Measured, measured
from labkit.sim.kv.moment import moment
from labkit.sim.kv.negative import negative
from labkit.sim.kv.popularity import mixture_hit_ratio, popularity
from labkit.sim.kv.propagation import propagation
from labkit.sim.kv.refreshing import refreshing
from labkit.sim.kv.staleness import staleness
from labkit.sim.kv.tiers import tier
from labkit.sim.kv.twins import back_in_time

__all__ = [
    "Measured", "age_within", "ages", "answered_within", "back_in_time", "caching", "frames", "goes_back", "hit_ratio",
    "lab_frames", "latency", "mean_age", "measured", "mixture_hit_ratio", "moment", "negative", "overdue",
    "overdue_share", "popularity", "propagation", "refreshed", "refreshing", "stale_fraction", "stale_reads",
    "staleness", "tier",
]  # fmt: skip
