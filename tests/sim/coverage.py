"""How often intervals hold the theory's value, pooled over fresh seeds: `python -m tests.sim.coverage [RUNS]`.

Too slow for the suite (seconds of one core for each phenomenon, ten for all kernels). Near 95 % is right; far less
means that some error is taken too small, and an estimate beyond 4.5 standard errors that a view is wrong.
"""

from __future__ import annotations

import sys
from secrets import randbits

from labkit.sim.sweep import progress
from tests.sim.cases import found
from tests.sim.theory_rows import CASES

PHENOMENA = {
    **{str(each): each.call for each in found("phenomena", "PHENOMENA")},
    **{case.title: case.agreement for case in (*CASES, *found("theory", "CASES"))},
}


def main(runs: int = 3) -> None:
    held = count = 0
    work = [(name, randbits(24)) for _ in range(runs) for name in PHENOMENA]
    for name, seed in progress(work, len(work), "coverage"):
        result = PHENOMENA[name](seed=seed)
        good, of_all = result.coverage()
        held, count = held + good, count + of_all
        print(f"{name:<30} seed {seed:<9} {good:>3} of {of_all:<3} worst {result.worst():.1f}")
    print(f"{held} of {count} intervals hold the theory's value: {held / count:.1%}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
