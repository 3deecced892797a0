"""The learner's Worker as the third view: a lab with a D1 database, and users who write and read there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from labkit import facts
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import traffic, ways
from labkit.sim.d1 import notes
from labkit.trace import Event

CPU = facts.value("workers.cpu_base_ms") / 1000
"""Seconds that a Worker computes in a request, which the lab counts when its first call has come back."""
REPLICAS = tuple(facts.value("d1.replica_places"))
LAG = float(facts.value("d1.replica_lag"))
QUERY = float(facts.value("d1.query_base"))
PRIMARY = "FRA"
LAG_ASSUMED = "a replica's lag is exponential with a mean of {:g} s; no figure is published."
NETWORK_ASSUMED = "links are right to about 10 %, with 5 % of jitter."
QUERY_ASSUMED = "a query takes 0.3 ms of the database's thread; documented is 'less than a millisecond'."


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: its database is bound as `d1` and has the table of `setup`; `url` is asked.

    Each row plays a lab of its own, on which all users stand at their place.
    """

    worker: Any
    d1: str = "DB"
    setup: str = "CREATE TABLE notes (key TEXT PRIMARY KEY, text TEXT)"
    url: str = "/notes/{key}"
    rounds: int = 40
    seed: int = 4
    vars: dict[str, Any] | None = None

    def lab(self, row: int, primary: str, **database: Any) -> Lab:
        """The row's lab, the database's primary at its place; `database` are attributes of the emulator."""
        network = ways.without_last_mile()
        lab = Lab(self.worker, d1=[self.d1], vars=self.vars, network=network, seed=1000 * self.seed + row)
        here = lab.d1(self.d1)
        here.primary = primary
        if self.setup:
            here.execute(self.setup)
        for name, value in database.items():
            setattr(here, name, value)
        return lab

    def calls(self, lab: Lab, visits: Iterable[Event]) -> list[Event]:
        """What these visits asked of D1, in order. Refuses a Worker that asked for nothing."""
        visits = list(visits)
        requests = {visit.request for visit in visits}
        calls = [event for event in lab.trace.where("d1") if event.request in requests]
        if not calls:
            raise traffic.unasked(visits, self.url, "D1")
        return calls

    def spans(self, lab: Lab) -> list[float]:
        """For each visit that asked D1, the seconds from its first call's start to its last one's end."""
        spans: dict[int, tuple[float, float]] = {}
        for call in self.calls(lab, traffic.sent_since(lab, 0.0)):
            begin, end = spans.get(call.request, (call.start, call.end))
            spans[call.request] = min(begin, call.start), max(end, call.end)
        return [end - begin for begin, end in spans.values()]


class Seen(NamedTuple):
    """What a user came to: whether the answer was not what the user had written, and the read's wait for a bookmark."""

    is_stale: bool
    waited: float


@dataclass(frozen=True)
class User:
    """Writes at a place, and `think` seconds after the answer reads there, handing back the bookmark that came."""

    at: float
    colo: str
    url: str
    text: str
    think: float

    async def run(self, lab: Lab) -> Seen:
        written = await lab.fetch(self.url, colo=self.colo, method="POST", body=self.text)
        if written.status != 200:
            raise LabError(f"POST {self.url} was answered {written.status}: users here write a note, then read it.")
        if self.think:
            await lab.world.timeline.sleep(self.think)
        bookmark = written.headers.get(notes.BOOKMARK)
        since = lab.now
        read = await lab.fetch(self.url, colo=self.colo, headers={notes.BOOKMARK: bookmark} if bookmark else None)
        waited = sum(call.detail.get("bookmark_wait", 0.0) for call in _since(lab, since))
        return Seen(await read.text() != self.text, waited)


def _since(lab: Lab, moment: float) -> Iterable[Event]:
    """The last events of D1 that began at that moment or later."""
    for event in reversed(lab.trace.events):
        if event.end < moment:
            return
        if event.primitive == "d1" and event.start >= moment:
            yield event


def users(yours: Yours, lab: Lab, places: Sequence[str], think: float, lag: float) -> list[list[Seen]]:
    """What came of one user at a time, at each place in turn, so far apart that no commit is behind another's.

    A list for each round over the places, which is a replication.
    """
    gap = 30 * lag + think + 2
    turns = [(number, place) for number in range(yours.rounds) for place in places]
    every = [
        User(gap * (turn + 1), place, yours.url.replace("{key}", place), f"note {number}", think)
        for turn, (number, place) in enumerate(turns)
    ]
    seen = traffic.play(lab, every)
    yours.calls(lab, traffic.sent_since(lab, 0.0))
    return [seen[at : at + len(places)] for at in range(0, len(seen), len(places))]
