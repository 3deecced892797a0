"""Workflows' phenomena: what replay costs, and retries with backoff."""

from labkit.sim.workflows.replay import executions_before, hibernates, replay, replayed, runs
from labkit.sim.workflows.retries import Policy, attempts, failed, retries, waited

__all__ = [
    "Policy", "attempts", "executions_before", "failed", "hibernates", "replay", "replayed", "retries", "runs",
    "waited",
]  # fmt: skip
