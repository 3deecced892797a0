"""Egress: what the bytes that a Worker reads from R2 would cost if they left a region instead.

Storage is priced by what is kept, and everybody compares that; what is sent to the Internet grows with the readers, and
from S3 it costs 5 to 9 cents a GB, so that sending a file out once costs as much as keeping it for four months. From R2
it costs nothing: there the only way to pay for being read is the number of reads.

Closed form: the tiers of the price list at the expected bytes, n sum_k share_k size_k. Random is which file is asked
for. Where the month ends inside of a step, that is the expected bill as well; on a step's edge it is a little above.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import numpy as np

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean
from labkit.sim.pricing import files, region
from labkit.sim.traffic import Visit

Files = Mapping[str, tuple[float, int]]
"""Each file's name, with the share of downloads that ask for it, and its bytes."""
FILES: Files = {"thumb.webp": (0.5, 10_000), "page.jpg": (0.4, 100_000), "photo.jpg": (0.1, 400_000)}
DOWNLOADS = (1e7, 1e8, 1e9, 1e10)
GB = 1e9
AXES = Axes("Egress from a region", "downloads a month", "US dollars a month that S3 would charge", log_x=True)


def mean_bytes(kept: Files = FILES) -> float:
    """The mean size of a download."""
    return sum(share * size for share, size in kept.values())


def expected_egress(downloads: float, kept: Files = FILES) -> float:
    """US dollars for the expected bytes of so many downloads, sent to the Internet from one region."""
    return region.egress(downloads * mean_bytes(kept) / GB)


def model(row: int, downloads: float, *, seed: int, kept: Files) -> Estimate:
    """What a month costs in which each download is of a random file; twenty months."""
    draw = partial(_month, int(downloads), kept)
    bills = [draw(streams.generator(seed, row, number)) for number in range(LEAST_REPLICATIONS)]
    return of_mean(bills, int(downloads) * LEAST_REPLICATIONS)


def _month(downloads: int, kept: Files, random: np.random.Generator) -> float:
    shares, sizes = zip(*kept.values(), strict=True)
    return region.egress(float(random.multinomial(downloads, shares) @ np.array(sizes)) / GB)


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: for the files, which are in the bucket bound as `r2`, by `url` with their name.

    About `visits` times in all from `places`, each of which is a replication. `lab` holds the Lab's other options.
    """

    worker: Any = files.Default
    kept: Files = field(default_factory=lambda: FILES)
    r2: str = "FILES"
    url: str = "/files/{name}"
    places: int = 20
    visits: int = 1000
    seed: int = 4
    lab: dict[str, Any] = field(default_factory=dict)

    def bytes_read(self, row: int) -> list[int]:
        """The bytes that the visits of each place read from the bucket."""
        lab, random = Lab(self.worker, seed=1000 * self.seed + row, **{"r2": [self.r2], **self.lab}), Random(row)
        for name, (_, size) in self.kept.items():
            lab.run(lab.r2(self.r2).binding("LHR").put(name, b"x" * size))
        begin, codes = lab.now, traffic.cities(self.places)
        traffic.play(lab, [visit for code in codes for visit in self._visits(random, begin, code)])
        reads = traffic.part_of(traffic.sent_since(lab, begin), lab, "r2", "get")
        if not any(read.bytes for read in reads):
            raise LabError(f"visits to {self.url} read nothing from the bucket {self.r2}")
        read = Counter[str]()
        for event in reads:
            read[event.place] += event.bytes
        return [read[code] for code in codes]

    @property
    def each(self) -> int:
        """How many visits a place has."""
        return max(1, self.visits // self.places)

    def _visits(self, random: Random, begin: float, code: str) -> list[Visit]:
        names = random.choices(list(self.kept), [share for share, _ in self.kept.values()], k=self.each)
        return [Visit(begin + 60 * random.random(), code, self.url.replace("{name}", name)) for name in names]


def observe(row: int, downloads: float, *, yours: Yours) -> Estimate:
    """What the bytes of the learner's Worker would cost, scaled to the month; each place is a month of its own."""
    bills = [region.egress(read * downloads / yours.each / GB) for read in yours.bytes_read(row)]
    return of_mean(bills, yours.each * yours.places)


def egress(
    worker: Any = files.Default, *, downloads: Sequence[float] = DOWNLOADS, kept: Files = FILES, seed: int = 4,
    executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """What S3 would charge for sending out what `worker` reads from R2, which is free there, against the downloads.

    `kept` are the files, with the share of downloads of each and its bytes. `asked` is as in `Yours`. None leaves the
    Worker out.
    """
    if abs(sum(share for share, _ in kept.values()) - 1) > 1e-9:
        raise LabError(f"the files' shares add up to {sum(share for share, _ in kept.values()):g}, and must to 1")
    refusals.above_0(downloads=downloads)
    yours = Yours(worker, kept, seed=seed, **asked) if worker else None
    return three_views(
        AXES, downloads, partial(expected_egress, kept=kept), partial(model, seed=seed, kept=kept),
        yours and partial(observe, yours=yours), executor=executor, label="S3 in one region",
    )  # fmt: skip
