"""Queues' phenomena: batches, retries, duplicates, poison messages, consumers that multiply."""

from labkit.sim.queues.autoscaling import at_work, autoscaling, backlog_growth
from labkit.sim.queues.batches import batches
from labkit.sim.queues.duplicates import duplicates, effects
from labkit.sim.queues.poison import dead_share, poison, work_done
from labkit.sim.queues.retries import retries

__all__ = [
    "at_work", "autoscaling", "backlog_growth", "batches", "dead_share", "duplicates", "effects", "poison", "retries",
    "work_done",
]  # fmt: skip
