"""A learner's Worker under the traffic of the planet: `Planet(lab, traffic=Poisson(300), seconds=60).run()`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from labkit.errors import LabError
from labkit.sim.planet.arrivals import DAY, open_load
from labkit.sim.planet.asking import Asking
from labkit.sim.planet.faults import Fault, checked
from labkit.sim.planet.loads import Load, above_zero
from labkit.sim.planet.records import Records
from labkit.sim.planet.results import Results
from labkit.sim.planet.run import Run

if TYPE_CHECKING:
    from labkit.lab import Lab

KEPT_REQUESTS = 200_000
"""Up to so many requests, their events stay in the lab's trace by themselves: some hundred megabytes."""
TICKS, A_TICK = 100, 20_000
"""Looks at the clock in a run, for the progress bar, and requests between two looks, more or less."""


class Planet:
    """Traffic for a lab: what comes, for how many seconds of the lab's time, and what breaks meanwhile.

    `traffic` is a load, such as `Poisson(300)` or `FlashCrowd(50, at=30) + ClosedLoop(200, 5)`, or requests a second.
    Requests set out within `seconds`; `run()` returns when the last is answered or failed. The same `seed` and the same
    lab give the same run. With `trace=True` every event stays in `lab.trace`, about 1 kB a request; with False they
    go as they come, and one event with all their units stays in their place, so that `lab.bill()` is right and the
    waterfall is lost; by default they stay where about 200,000 requests or fewer are expected.
    """

    def __init__(
        self, lab: Lab, traffic: Load | float, seconds: float, *, faults: Iterable[Fault] = (), seed: int = 0,
        trace: bool | None = None, label: str = "planet",
    ):  # fmt: skip
        self.lab, self.seconds, self.seed, self.label = lab, above_zero("seconds", seconds), seed, label
        self.traffic = traffic if isinstance(traffic, Load) else open_load(traffic)
        self.faults = checked(lab, faults)
        for part in self.traffic.parts:
            Asking(lab, part.asked)  # refuses what no visitor can send
        self.expected = self.traffic.expected(self.seconds, lab.world.unix % DAY)
        self.keeps_trace = self.expected <= KEPT_REQUESTS if trace is None else trace

    def run(self) -> Results:
        """What became of every request. An interrupt (Ctrl-C, the stop button) leaves what had ended, and says so."""
        ticks = max(TICKS, int(self.expected / A_TICK))
        run = Run(self.lab, self.traffic.parts, self.seconds, self.seed, Records(self.lab, self.keeps_trace), ticks)
        run.play(self.faults, self.label)
        if not run.offered and not run.is_partial:
            raise LabError(f"Nobody came within {self.seconds:g} s: about {self.expected:.2g} requests were to be "
                           "expected. Raise the rate, the users or the seconds.")  # fmt: skip
        passed = min(self.lab.now - run.begun, self.seconds)
        events = self.lab.trace if self.keeps_trace else None
        results = Results(run.records.columns(), run.begun, passed, run.offered, self.faults, run.is_partial, events)
        if run.is_partial:
            print(f"{self.label}: {results.summary()} {run.reason}".rstrip(), file=sys.stderr)
        return results

    def __repr__(self) -> str:
        return f"<Planet: about {self.expected:,.0f} requests in {self.seconds:g} s; run() it>"
