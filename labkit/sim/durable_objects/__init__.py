"""Durable Objects' phenomena: the ceiling of one, gates, shards, placement at birth, hibernation."""

from labkit.sim.durable_objects.ceiling import ceiling, mean_latency
from labkit.sim.durable_objects.fan_out import fan_out, mean_slowest
from labkit.sim.durable_objects.gates import gates, mean_held
from labkit.sim.durable_objects.hashing import fullest, shard_rates
from labkit.sim.durable_objects.hibernation import billed_share, gb_s_per_hour, hibernation, month
from labkit.sim.durable_objects.placement import far_share, mean_way, placement
from labkit.sim.durable_objects.sharding import hot_key_floor, sharding
from labkit.sim.durable_objects.throughput import answered, throughput

__all__ = [
    "answered", "billed_share", "ceiling", "fan_out", "far_share", "fullest", "gates", "gb_s_per_hour", "hibernation",
    "hot_key_floor", "mean_held", "mean_latency", "mean_slowest", "mean_way", "month", "placement", "shard_rates",
    "sharding", "throughput",
]  # fmt: skip
