"""Sliders: a second way to call a plain function that gives a picture.

Nothing waits for the learner: a widget shows its picture at once, in a notebook, under nbval and in a script.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from math import log10
from typing import Any

from labkit.errors import LabError
from labkit.network.places import PLACES
from labkit.viz import planet, prices, workers
from labkit.viz.animation import Animation
from labkit.viz.picture import Picture, as_figure


@dataclass(frozen=True)
class Slider:
    """What one keyword argument may be: from `first` to `last`, beginning at `start`.

    `step` is what a slider moves by; without it values are spread by their logarithm.
    """

    label: str
    first: float
    last: float
    start: float
    step: float | None = None


CACHE_TTL = Slider("cacheTtl, s", 30, 600, 60, 30)
READS = Slider("reads/s at each PoP", 0.001, 1, 0.02)
WRITES = Slider("writes/s in all", 0.0001, 0.1, 0.01)
POPS = Slider("PoPs", 1, len(PLACES), 200, 1)
KEEP_ALIVE = Slider("code is kept, s", 10, 3600, 600, 10)
SERVERS = Slider("spread over", 1, len(PLACES), 300, 1)
REQUESTS = Slider("requests a month", 1e5, 1e9, 15e6)
CPU_MS = Slider("CPU ms a request", 1, 200, 7, 1)
WALL_MS = Slider("ms a request", 5, 3000, 100, 5)
STORED_GB = Slider("GB kept", 1, 1e6, 1000)
OBJECT_MB = Slider("MB a file", 0.01, 100, 0.5)
TENANT_GB = Slider("GB a tenant", 0.001, 10, 0.05)
ROWS_READ = Slider("rows read a tenant", 1e3, 1e9, 1e6)
USER_REQUESTS = Slider("requests a user", 10, 10_000, 600)
DOWNLOADS = Slider("downloads a user", 1, 10_000, 100)
MEMORY_MB = Slider("MB on Lambda", 128, 2048, 128, 128)


def sliders(function: Callable[..., Picture], **arguments: Slider) -> Any:
    """A widget with a slider for each keyword argument of `function`, its picture, and the call that would draw it."""
    import ipywidgets

    controls = {name: _control(ipywidgets, slider) for name, slider in arguments.items()}
    shown = ipywidgets.HTML()

    def redraw(_: Any = None) -> None:
        values = {name: _round(control.value) for name, control in controls.items()}
        shown.value = _drawn(function, values)

    for control in controls.values():
        control.observe(redraw, names="value")
    redraw()
    return ipywidgets.VBox([*controls.values(), shown])


def film(animation: Animation) -> Any:
    """A film under the hand: play, pause, and a slider from frame to frame."""
    import ipywidgets

    last = len(animation.frames) - 1
    play = ipywidgets.Play(0, min=0, max=last, interval=animation.frame_ms, description="play")
    slider = ipywidgets.IntSlider(0, 0, last, description="frame", layout={"width": "32em"})
    ipywidgets.jslink((play, "value"), (slider, "value"))
    shown = ipywidgets.HTML()

    def redraw(_: Any = None) -> None:
        shown.value = as_figure(animation.frame(slider.value), animation.alt, animation.caption)

    slider.observe(redraw, names="value")
    redraw()
    return ipywidgets.VBox([ipywidgets.HBox([play, slider]), shown])


def kv_planet() -> Any:
    """Sliders for `viz.kv_planet`: who holds a copy, how old, and what a read gets."""
    return sliders(planet.kv_planet, cache_ttl=CACHE_TTL, reads_per_s=READS, writes_per_s=WRITES, pops=POPS)


def kv_caching() -> Any:
    """Sliders for `viz.kv_caching`: the hit ratio against the read rate."""
    return sliders(planet.kv_caching, cache_ttl=CACHE_TTL, pops=POPS)


def kv_propagation() -> Any:
    """Sliders for `viz.kv_propagation`: how the old value fades after a write."""
    return sliders(planet.kv_propagation, cache_ttl=CACHE_TTL, reads_per_s=READS, pops=POPS)


def workers_cold_starts() -> Any:
    """Sliders for `viz.workers_cold_starts`: how many requests find no running code."""
    return sliders(workers.workers_cold_starts, keep_alive=KEEP_ALIVE, servers=SERVERS)


def workers_costs() -> Any:
    """Sliders for `viz.workers_costs`: when waiting for free is worth the price of computing."""
    return sliders(workers.workers_costs, requests=REQUESTS, cpu_ms=CPU_MS, memory_mb=MEMORY_MB)


def egress_costs() -> Any:
    """Sliders for `viz.egress_costs`: what is sent out, from here and from a region."""
    return sliders(prices.egress_costs, stored_gb=STORED_GB, object_mb=OBJECT_MB)


def cpu_io_costs() -> Any:
    """Sliders for `viz.cpu_io_costs`: how much of a request may be computing."""
    return sliders(prices.cpu_io_costs, requests=REQUESTS, wall_ms=WALL_MS)


def hosting_costs() -> Any:
    """Sliders for `viz.hosting_costs`: isolates, containers, Lambda and servers, from no traffic to much."""
    return sliders(prices.hosting_costs, cpu_ms=CPU_MS, wall_ms=WALL_MS)


def tenant_costs() -> Any:
    """Sliders for `viz.tenant_costs`: a database for each tenant, or one for all."""
    return sliders(prices.tenant_costs, gb=TENANT_GB, rows_read=ROWS_READ)


def saas_costs() -> Any:
    """Sliders for `viz.saas_costs`: the guide's SaaS, here and in a region."""
    return sliders(prices.saas_costs, requests=USER_REQUESTS, downloads=DOWNLOADS)


def _control(ipywidgets: Any, slider: Slider) -> Any:
    """A slider that reports when it is let go, not on the way."""
    looks = {"description": slider.label, "continuous_update": False, "style": {"description_width": "11em"},
             "layout": {"width": "32em"}}  # fmt: skip
    if slider.step is None:
        return ipywidgets.FloatLogSlider(slider.start, min=log10(slider.first), max=log10(slider.last), **looks)
    return ipywidgets.IntSlider(int(slider.start), int(slider.first), int(slider.last), int(slider.step), **looks)


def _round(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.2g}")


def _drawn(function: Callable[..., Picture], values: dict[str, float]) -> str:
    """The picture as HTML with the call below it; where the function refuses the values, its words."""
    call = f"viz.{function.__name__}({', '.join(f'{name}={value}' for name, value in values.items())})"
    try:
        picture = function(**values)._repr_html_()
    except LabError as error:
        picture = f"<p>{escape(str(error))}</p>"
    return f"{picture}<p>The same as <code>{escape(call)}</code></p>"
