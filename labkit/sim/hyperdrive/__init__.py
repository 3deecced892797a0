"""Hyperdrive's phenomena: round trips, connection storms and the pool that ends them, cached reads and their age."""

from labkit.sim.hyperdrive.cached_reads import cached_reads, cached_share, stale_reads, stale_share
from labkit.sim.hyperdrive.pool import pool, wait_ms
from labkit.sim.hyperdrive.round_trips import request_ms, round_trips
from labkit.sim.hyperdrive.storm import connections, share_refused, storm
from labkit.sim.hyperdrive.yours import STRAIGHT, THROUGH

__all__ = [
    "STRAIGHT", "THROUGH", "cached_reads", "cached_share", "connections", "pool", "request_ms", "round_trips",
    "share_refused", "stale_reads", "stale_share", "storm", "wait_ms",
]  # fmt: skip
