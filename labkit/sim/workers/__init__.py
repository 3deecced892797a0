"""Workers' phenomena: cold starts, how soon visitors everywhere have their answer, and what waiting costs."""

from labkit.sim.workers.cold_starts import cold_fraction, cold_fraction_at_first, cold_starts
from labkit.sim.workers.costs import break_even_ms, lambda_month, workers_month
from labkit.sim.workers.latency import CONTAINERS, ISOLATES, SERVER, Hosting, answered_within, latency

__all__ = [
    "CONTAINERS", "ISOLATES", "SERVER", "Hosting", "answered_within", "break_even_ms", "cold_fraction",
    "cold_fraction_at_first", "cold_starts", "lambda_month", "latency", "workers_month",
]  # fmt: skip
