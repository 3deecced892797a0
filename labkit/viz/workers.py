"""Workers against what else runs code: cold starts by how traffic is spread, and what a month costs."""

from __future__ import annotations

from labkit.viz.charts import agreement
from labkit.viz.picture import Picture
from labkit.viz.style import BLUE, GREY, VERMILION, figure, styled

WALL_MS = (5, 3000)


def workers_cold_starts(keep_alive: float = 600, servers: int = 300) -> Picture:
    """The share of requests that start cold, spread over `servers` and on one: theory and model."""
    from labkit.sim import workers

    spread = workers.cold_starts(None, servers=servers, keep_alive=keep_alive)
    return agreement(workers.cold_starts(None, servers=1, keep_alive=keep_alive), spread)


def workers_costs(requests: float = 15_000_000, cpu_ms: float = 7, memory_mb: float = 128) -> Picture:
    """A month's bill of Workers and of Lambda against how long each request takes, of which `cpu_ms` is computing."""
    import numpy as np

    from labkit.sim.workers import break_even_ms, lambda_month, workers_month

    wall = np.geomspace(max(WALL_MS[0], cpu_ms), WALL_MS[1], 80)
    fixed, even = workers_month(requests, cpu_ms), break_even_ms(requests, cpu_ms, memory_mb)
    rising = [lambda_month(requests, ms, memory_mb) for ms in wall]
    with styled():
        chart, axes = figure(height=3.8)
        axes.plot(wall, [fixed] * len(wall), color=BLUE, label="Workers, paid plan")
        axes.plot(wall, rising, color=VERMILION, linestyle="--", label=f"Lambda, {memory_mb:g} MB")
        axes.set(title=f"{requests / 1e6:g} million requests a month, {cpu_ms:g} ms of computing each", xscale="log",
                 yscale="log", xlabel="ms that a request takes, waiting included",
                 ylabel="US dollars a month")  # fmt: skip
        axes.xaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_major_formatter("{x:g}")
        if wall[0] < even < wall[-1]:
            axes.axvline(even, color=GREY, linestyle=":", label=f"equal at {even:,.0f} ms")
        axes.legend(loc="upper left", fontsize=9)
    words = f"Workers cost ${fixed:,.2f} whatever the wait, Lambda ${rising[0]:,.2f} to ${rising[-1]:,.2f}."
    return Picture(chart, f"Chart of a month's bill against the time of a request. {words}", words)
