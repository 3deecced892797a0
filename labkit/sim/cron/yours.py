"""The learner's Worker as the third view: its cron runs on a lab, and the service's book tells what was done when.

Time is cut into stretches of a number of runs, each of which is a replication. The first is left out: nothing could be
under way when it began.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim.estimates import LEAST_REPLICATIONS
from labkit.sim.service import Service
from labkit.trace import Event

MINUTE = 60
WALL = float(facts.value("cron.wall"))


@dataclass(frozen=True)
class Yours:
    """A Worker with a `scheduled` handler that is run every `minutes`, `runs` times in each of twenty stretches.

    What it does is `POST https://service.example/jobs/{scheduledTime}`. `lab` holds the Lab's own options, such as
    `durable_objects={"LEASE": Lease}`.
    """

    worker: Any
    minutes: int = 1
    runs: int = 20
    seed: int = 4
    lab: dict[str, Any] = field(default_factory=dict)

    @property
    def stretch(self) -> float:
        """Seconds of one replication."""
        return float(self.runs * self.minutes * MINUTE)

    def run(self, row: int, service: Service, duplicate_rate: float = 0.0) -> list[Event]:
        """The runs, as the trace has them, once all have ended."""
        expression = "* * * * *" if self.minutes == 1 else f"*/{self.minutes} * * * *"
        given = {"origins": service.origins, **self.lab}
        lab = Lab(self.worker, crons=[expression], seed=1000 * self.seed + row, **given)
        lab.crons.duplicate_rate = duplicate_rate
        lab.run(lab.advance(self.stretch * (LEAST_REPLICATIONS + 1) + WALL))
        if not service.calls:
            last = lab.logs[-1].message if lab.logs else "nothing"
            raise LabError(f"{len(lab.trace.where('cron', 'fire'))} runs, and none asked service.example for "
                           f"anything. The last log was: {last}.")  # fmt: skip
        return lab.trace.where("cron", "fire")

    def counted(self, moments: Iterable[float]) -> list[int]:
        """How many of the moments, in seconds on the lab's clock, fall into each stretch."""
        counts = Counter(int(moment // self.stretch) for moment in moments)
        return [counts[each] for each in range(1, LEAST_REPLICATIONS + 1)]

    @property
    def borders(self) -> np.ndarray:
        """Where the stretches begin, and where the last ends."""
        return self.stretch * np.arange(1, LEAST_REPLICATIONS + 2)


def minutes_of(period: float) -> int:
    """A period in seconds as whole minutes that divide an hour: what one cron expression can say evenly."""
    minutes = int(period // MINUTE)
    if period != minutes * MINUTE or not minutes or MINUTE % minutes:
        raise LabError(f"period={period!r}: a cron runs evenly every 60 s, or a number of minutes that divides an hour")
    return minutes
