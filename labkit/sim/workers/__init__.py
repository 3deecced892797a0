"""Workers' phenomena: cold starts, what evicts code and what keeps it warm, how soon visitors everywhere have their
answer, how long a container runs, and what waiting costs."""

from labkit.sim.workers.awake import awake, awake_share, starts_per_s
from labkit.sim.workers.cold_starts import cold_fraction, cold_fraction_at_first, cold_starts
from labkit.sim.workers.costs import break_even_ms, lambda_month, workers_month
from labkit.sim.workers.eviction import eviction, time_to_eviction
from labkit.sim.workers.instances import instances, mean_idle
from labkit.sim.workers.latency import CONTAINERS, ISOLATES, SERVER, Hosting, answered_within, latency, percentile
from labkit.sim.workers.sharding import fitted_mix, home, sharding

__all__ = [
    "CONTAINERS", "ISOLATES", "SERVER", "Hosting", "answered_within", "awake", "awake_share", "break_even_ms",
    "cold_fraction", "cold_fraction_at_first", "cold_starts", "eviction", "fitted_mix", "home", "instances",
    "lambda_month", "latency", "mean_idle", "percentile", "sharding", "starts_per_s", "time_to_eviction",
    "workers_month",
]  # fmt: skip
