"""Readers of flags, each read at one place through the learner's Worker, while others write it: what the cache gave."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple

from labkit import facts
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import streams, traffic
from labkit.sim.estimates import Estimate, of_ratio
from labkit.sim.hyperdrive.yours import Yours
from labkit.sim.kv import copies
from labkit.sim.traffic import Visit

MAX_AGE = float(facts.value("hyperdrive.cache_max_age"))
REVALIDATE = float(facts.value("hyperdrive.stale_while_revalidate"))


@dataclass(frozen=True)
class Written:
    """The database gets a new value, its number, past Hyperdrive and in no time."""

    at: float
    hyperdrive: str
    key: str
    number: int

    async def run(self, lab: Lab) -> None:
        database = lab.hyperdrive(self.hyperdrive)
        database.execute("UPDATE flags SET value = $1 WHERE key = $2", str(self.number), self.key)


class Played(NamedTuple):
    """A lab after its visits: those that count, what each was answered, and when each flag was written."""

    lab: Lab
    begin: float
    reads: Sequence[tuple[float, str]]
    texts: Sequence[str]
    writes: dict[str, list[float]]


@dataclass(frozen=True)
class Readers(Yours):
    """How a Worker is asked for `flags` of them, spread over a few `places`, where each is cached by itself.

    Each flag is a replication. The places are few, because each isolate there imports the driver anew.
    """

    url: str = "/flags/{key}"
    places: int = 4
    flags: int = 60
    visits: int = 240
    max_age: float = MAX_AGE
    revalidate: float = REVALIDATE

    def keys(self) -> list[str]:
        return [f"flag-{number}" for number in range(self.flags)]

    def visit(self, at: float, key: str) -> Visit:
        """A read of a flag, at the one place where it is read."""
        place = traffic.cities(self.places)[int(key.rpartition("-")[2]) % self.places]
        return Visit(at, place, self.url.replace("{key}", key))

    def played(self, row: int, reads_per_s: float, writes_per_s: float) -> Played:
        """The row's lab after about `visits` reads, from the copies of the long run on, and Poisson writes."""
        longest, random = self.max_age + self.revalidate, self.random(row)
        lab = self.lab(row, max_age=self.max_age, stale_while_revalidate=self.revalidate)
        flags = ", ".join(f"('{key}', '0')" for key in self.keys())
        lab.hyperdrive(self.hyperdrive).execute(f"INSERT INTO flags VALUES {flags}")
        begin, end = 2 * longest, 2 * longest + self.visits / (self.flags * reads_per_s)
        ages = copies.draw_ages(streams.generator(self.seed, row), self.flags, reads_per_s, longest, self.max_age)
        held = [(begin - age, key) for key, age in zip(self.keys(), ages.tolist(), strict=True) if isfinite(age)]
        writes = {key: list(traffic.moments(random, writes_per_s, begin - longest, end)) if writes_per_s else []
                  for key in self.keys()}  # fmt: skip
        reads = [(at, key) for key in self.keys() for at in traffic.moments(random, reads_per_s, begin, end)]
        written = [Written(at, self.hyperdrive, key, number)
                   for key, moments in writes.items() for number, at in enumerate(moments, 1)]  # fmt: skip
        answers = traffic.play(lab, [*(self.visit(*each) for each in (*reads, *held)), *written])
        self.queries(lab, begin)
        return Played(lab, begin, reads, [_text(lab, each) for each in answers[: len(reads)]], writes)

    def cached(self, played: Played) -> Estimate:
        """Which share of the queries the cache answered."""
        keys = {visit.id: key for visit in traffic.sent_since(played.lab, played.begin)
                for key in [visit.detail["url"].rpartition("/")[2]]}  # fmt: skip
        queries = self.queries(played.lab, played.begin)
        return self._share((keys[each.request], each.outcome in ("hit", "stale")) for each in queries)

    def stale(self, played: Played) -> Estimate:
        """Which share of the reads got a value older than the newest when they set out."""
        return self._share(
            (key, _number(text) < bisect_right(played.writes[key], at))
            for (at, key), text in zip(played.reads, played.texts, strict=True)
        )

    def _share(self, counted: Any) -> Estimate:
        whole, part = dict.fromkeys(self.keys(), 0), dict.fromkeys(self.keys(), 0)
        for key, counts in counted:
            whole[key] += 1
            part[key] += counts
        return of_ratio(list(part.values()), list(whole.values()))


def _text(lab: Lab, response: Any) -> str:
    return lab.run(response.text())


def _number(text: str) -> int:
    if not text.isdigit():
        raise LabError(f"the Worker answered {text[:60]!r}: here it answers with the flag's value, a number")
    return int(text)
