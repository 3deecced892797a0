"""Workers against what else runs code: cold starts by how traffic is spread, and what a month costs."""

from __future__ import annotations

from labkit.viz.charts import agreement
from labkit.viz.costs import PRICES, Curve, cost_curves, in_words
from labkit.viz.picture import Picture

WALL_MS = (5, 3000)


def workers_cold_starts(keep_alive: float = 600, servers: int = 300) -> Picture:
    """The share of requests that start cold, spread over `servers` and on one: theory and model."""
    from labkit.sim import workers

    spread = workers.cold_starts(None, servers=servers, keep_alive=keep_alive)
    return agreement(workers.cold_starts(None, servers=1, keep_alive=keep_alive), spread)


def workers_costs(requests: float = 15_000_000, cpu_ms: float = 7, memory_mb: float = 128) -> Picture:
    """A month's bill of Workers and of Lambda against how long each request takes, of which `cpu_ms` is computing."""
    from labkit.sim.workers import lambda_month, workers_month

    fixed, on_lambda = workers_month(requests, cpu_ms), f"Lambda, {memory_mb:g} MB"
    curves: dict[str, Curve] = {"Workers, paid plan": lambda _: fixed}
    curves[on_lambda] = lambda wall_ms: lambda_month(requests, wall_ms, memory_mb)
    first, last = max(WALL_MS[0], cpu_ms), WALL_MS[1]
    return cost_curves(
        curves, first, last, x="ms that a request takes, waiting included", unit="ms", against="Workers, paid plan",
        title=f"{in_words(requests)} requests a month, {cpu_ms:g} ms of computing each",
        caption=f"Workers cost ${fixed:,.2f} whatever the wait, Lambda ${curves[on_lambda](first):,.2f} to "
                f"${curves[on_lambda](last):,.2f}. {PRICES} Lambda without an API before it.",
    )  # fmt: skip
