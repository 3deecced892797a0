"""An object in memory and out of it, message by message: how long its cycles are and what it is billed for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.sim import queueing


@dataclass(frozen=True)
class Cycles:
    """Whole cycles of one object, in seconds: how long they were, for how much of it the object was billed."""

    billed: float
    whole: float
    messages: int


def cycles(arrivals: np.ndarray, services: np.ndarray, stays: np.ndarray, setup: float, *, pays: bool) -> Cycles:
    """One object's cycles, from a moment at which it falls idle until the last one known to be whole ends.

    `stays` is how long it stays in memory after each message, if nothing comes. Who finds it gone waits for `setup`
    too; found anew until nothing changes, for what a message finds is settled by those before it. With `pays`, the time
    idle in memory is billed.
    """
    found_gone = np.zeros(arrivals.size, dtype=bool)
    while True:
        ends = queueing.serve(arrivals, services + setup * found_gone).departure
        idle = np.maximum(arrivals - np.concatenate(([0.0], ends[:-1])), 0)
        gone = idle > stays
        if np.array_equal(gone, found_gone):
            break
        found_gone = gone
    last = np.flatnonzero(idle > 0)[-1]  # its busy period may go on
    end = ends[last - 1] if last else 0.0
    used = float((services + setup * gone)[:last].sum())
    return Cycles(used + (float(np.minimum(idle, stays)[:last].sum()) if pays else 0.0), float(end), int(last))
