"""The planet: one model a phenomenon, and traffic on a lab to set beside it.

A phenomenon has three views that must agree: `theory`, closed forms as plain functions; `model`, numpy arrays of
millions of requests; `yours`, the learner's Worker on a `Lab`, event by event. Each is called in one line, such as
`sim.kv.caching()`, and gives an `Agreement`: print it, `check()` it, or draw it with `labkit.viz.agreement`.

`sim.phenomena()` lists them. Modules load when they are first used, because they bring numpy with them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.sim import (
        cache,
        cron,
        d1,
        durable_objects,
        hyperdrive,
        kv,
        linearizability,
        placement,
        planet,
        pricing,
        queues,
        r2,
        traffic,
        vectorize,
        workers,
        workflows,
    )

__all__ = [
    "cache", "cron", "d1", "durable_objects", "hyperdrive", "kv", "linearizability", "placement", "planet", "pricing",
    "queues", "r2", "traffic", "vectorize", "workers", "workflows",
]  # fmt: skip


def phenomena():
    """Every phenomenon as a table: how it is called, and what it shows."""
    return import_module("labkit.sim.index").phenomena()


def __getattr__(name: str):
    if name in __all__:
        return import_module(f"labkit.sim.{name}")
    raise AttributeError(f"labkit.sim has no {name!r}; it has {', '.join(__all__)}")
