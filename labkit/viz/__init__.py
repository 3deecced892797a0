"""Pictures: a trace becomes a waterfall, a map, an answer to SQL; a simulation becomes a chart.

Here nothing touches an emulator: pictures are made from events, rows and numbers. Matplotlib, DuckDB and ipywidgets
are imported when they are used, so this module is light.
"""

from labkit.viz import widgets
from labkit.viz.animation import Animation
from labkit.viz.charts import agreement
from labkit.viz.costs import cost_curves
from labkit.viz.d1 import d1_map
from labkit.viz.durable_objects import durable_objects_ceiling, durable_objects_shards
from labkit.viz.film import ripple_film
from labkit.viz.history import history
from labkit.viz.latency import latency_cdf
from labkit.viz.load import planet_load
from labkit.viz.map import age_map, ripple
from labkit.viz.picture import Picture
from labkit.viz.planet import kv_caching, kv_film, kv_planet, kv_propagation
from labkit.viz.prices import cpu_io_costs, egress_costs, hosting_costs, saas_costs, tenant_costs
from labkit.viz.query import Table, query_events
from labkit.viz.space_time import space_time
from labkit.viz.waterfall import waterfall
from labkit.viz.workers import workers_cold_starts, workers_costs

__all__ = [
    "Animation", "Picture", "Table", "age_map", "agreement", "cost_curves", "cpu_io_costs", "d1_map",
    "durable_objects_ceiling", "durable_objects_shards", "egress_costs", "history",
    "hosting_costs", "kv_caching", "kv_film", "kv_planet", "kv_propagation", "latency_cdf", "planet_load",
    "query_events",
    "ripple", "ripple_film", "saas_costs", "space_time", "tenant_costs", "waterfall", "widgets",
    "workers_cold_starts", "workers_costs",
]  # fmt: skip
