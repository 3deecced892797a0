"""How long a request of the default Worker keeps its object from others, and how long its answer takes beyond that.

| work | the object is busy for | the answer takes besides |
|---|---|---|
| `compute` | all of the `ms`: it has one thread | nothing |
| `section` | the `ms` in `blockConcurrencyWhile`, and the computing | nothing |
| `outside` | the computing alone: while it waits, others go on | the `ms` |
| `write` | the computing alone | what the write takes to be confirmed (`gates`) |

The docs' own arithmetic: a section of 5 ms allows about 200 requests a second, however little is computed
(https://developers.cloudflare.com/durable-objects/best-practices/rules-of-durable-objects/).
"""

from __future__ import annotations

from collections.abc import Mapping

from labkit import facts
from labkit.errors import LabError
from labkit.sim.backlog import Mix

BASE = facts.value("workers.cpu_base_ms") / 1000
STEP = facts.value("workers.cpu_step_ms") / 1000
ENTRIES = {"compute": 0, "section": 2, "outside": 1, "write": 1}
"""Functions entered, each a step of computing; `compute` turns a loop until its time is over."""
ASSUMPTION = f"an event of an object computes for {1000 * BASE:g} ms at least, whatever it does."


def mix_of(work: str, ms: float | Mapping[float, float], service: float | None = None) -> Mix:
    """For how long requests keep the object busy: one time, or shares of the requests by their ms.

    `service`, in seconds, is that of a Worker of one's own. Refuses work that there is not.
    """
    if service is not None:
        return Mix((service,))
    if work not in ENTRIES:
        raise LabError(f"work={work!r}: it is {', '.join(ENTRIES)}; or give the `service` of your own Worker.")
    parts = ms if isinstance(ms, Mapping) else {ms: 1.0}
    return Mix(tuple(_busy(work, each) for each in parts), tuple(parts.values()))


def _busy(work: str, ms: float) -> float:
    computing = BASE + ENTRIES[work] * STEP
    if work == "compute":
        return max(ms / 1000, BASE + STEP)
    return computing + (ms / 1000 if work == "section" else 0.0)


def kinds_of(ms: float | Mapping[float, float]) -> list[float]:
    """The ms of each kind of request, in the order of the mix."""
    return list(ms) if isinstance(ms, Mapping) else [ms]
