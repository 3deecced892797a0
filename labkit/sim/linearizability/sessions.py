"""What each caller alone can tell: a weaker promise than linearizability, and what a D1 bookmark keeps.

A caller sees its own writes and never goes back in time, though it may be behind the others for as long as it likes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from labkit.sim.linearizability.checker import MOST_STEPS, Verdict, check
from labkit.sim.linearizability.models import REGISTER, Model
from labkit.sim.linearizability.operations import Operation


def sessions(
    operations: Iterable[Operation], model: Model = REGISTER, *, most_steps: int = MOST_STEPS
) -> dict[str | int, Verdict]:
    """For each process, whether its own operations fit together, others' writes coming at any time or never.

    "no" is a broken session: a read that misses the caller's own earlier write, or one older than its read before
    (Terry and others 1994: read your writes, monotonic reads).
    """
    history = list(operations)
    processes = dict.fromkeys(each.process for each in history)
    return {process: check(_seen_by(process, history), model, most_steps=most_steps) for process in processes}


def _seen_by(process: str | int, history: Iterable[Operation]) -> list[Operation]:
    return [each if each.process == process else replace(each.forgotten(), called=-inf) for each in history]
