"""Workers' phenomena: cold starts, and how soon visitors everywhere have their answer."""

from labkit.sim.workers.cold_starts import cold_fraction, cold_fraction_at_first, cold_starts
from labkit.sim.workers.latency import CONTAINERS, ISOLATES, SERVER, Hosting, answered_within, latency

__all__ = [
    "CONTAINERS", "ISOLATES", "SERVER", "Hosting", "answered_within", "cold_fraction", "cold_fraction_at_first",
    "cold_starts", "latency",
]  # fmt: skip
