"""Durable Objects' phenomena: the ceiling of one, gates, shards, placement at birth, hibernation."""

from labkit.sim.durable_objects.ceiling import ceiling, mean_latency
from labkit.sim.durable_objects.throughput import answered, throughput

__all__ = ["answered", "ceiling", "mean_latency", "throughput"]
