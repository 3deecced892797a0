"""Smart placement's judgement: where a Worker was quick, counted by the place where it ran and where requests enter."""

from __future__ import annotations

from dataclasses import dataclass, field

from labkit import facts
from labkit.network.links import Links

ANALYSIS = float(facts.value("placement.analysis"))
LEAST_PLACES = facts.value("placement.least_places")
LEAST_REQUESTS = facts.value("placement.least_requests")
LEAST_GAIN = facts.value("placement.least_gain")


@dataclass
class Durations:
    """How many requests ran at a place, and how many seconds they took there in all."""

    count: int = 0
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        self.count += 1
        self.seconds += seconds

    @property
    def mean(self) -> float:
        return self.seconds / self.count


@dataclass
class Analysis:
    """What was measured, and the judgement: a target for each place where requests enter.

    `ran` counts the time that the Worker itself took, by place, from the start; `forwarded` and `kept` the whole of a
    request since the last judgement, those that were forwarded and those of the baseline that would have been.
    """

    ran: dict[str, Durations] = field(default_factory=dict)
    forwarded: Durations = field(default_factory=Durations)
    kept: Durations = field(default_factory=Durations)
    targets: dict[str, str] = field(default_factory=dict)
    status: str = ""
    due: float = ANALYSIS

    def judge(self, now: float, links: Links) -> None:
        """Choose anew, by what was measured until now."""
        if self.status == "UNSUPPORTED_APPLICATION" or self._made_it_slower():
            self.status, self.targets = "UNSUPPORTED_APPLICATION", {}
        else:
            candidates = {place: each.mean for place, each in self.ran.items() if each.count >= LEAST_REQUESTS}
            if len(candidates) >= LEAST_PLACES:
                self.status, self.targets = "SUCCESS", targets(candidates, links)
            elif not self.targets:
                self.status = "INSUFFICIENT_INVOCATIONS"
        self.forwarded, self.kept, self.due = Durations(), Durations(), now + ANALYSIS

    def _made_it_slower(self) -> bool:
        enough = min(self.forwarded.count, self.kept.count) >= LEAST_REQUESTS
        return enough and self.forwarded.mean > self.kept.mean


def targets(seconds_at: dict[str, float], links: Links) -> dict[str, str]:
    """For each place that was measured, the one that serves its requests fastest, if that is another and much faster.

    `seconds_at` holds how long the Worker takes at each place; forwarding adds a round trip.
    """
    chosen = {}
    for here, local in seconds_at.items():
        best = min(seconds_at, key=lambda there: seconds_at[there] + links.rtt(here, there))
        if seconds_at[best] + links.rtt(here, best) < (1 - LEAST_GAIN) * local:
            chosen[here] = best
    return chosen
