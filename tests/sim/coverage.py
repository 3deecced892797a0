"""How often intervals hold the theory's value, pooled over fresh seeds: `python -m tests.sim.coverage [RUNS]`.

Too slow for the suite (about two seconds of one core a result). Near 95 % is right; far less means that some error is
taken too small, and an estimate beyond 4.5 standard errors that a view is wrong.
"""

from __future__ import annotations

import sys
from secrets import randbits

from labkit.sim import kv, workers
from labkit.sim.sweep import progress

PHENOMENA = (kv.caching, kv.propagation, kv.staleness, kv.popularity, workers.cold_starts, workers.latency)


def main(runs: int = 3) -> None:
    held = count = 0
    work = [(phenomenon, randbits(24)) for _ in range(runs) for phenomenon in PHENOMENA]
    for phenomenon, seed in progress(work, len(work), "coverage"):
        result = phenomenon(seed=seed)
        good, of_all = result.coverage()
        held, count = held + good, count + of_all
        print(f"{phenomenon.__name__:<12} seed {seed:<9} {good:>3} of {of_all:<3} worst {result.worst():.1f}")
    print(f"{held} of {count} intervals hold the theory's value: {held / count:.1%}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
