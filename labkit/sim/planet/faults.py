"""What breaks while a planet is under load, and when: `faults=[Kill("SIN", at=30, until=60)]`.

Times are seconds since the load began; a fault without `until` lasts as long as the load. What the lab had broken
before stays broken: at each change the network goes back to that, and what is broken by now comes on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from labkit.errors import LabError
from labkit.network.faults import Faults

if TYPE_CHECKING:
    from labkit.lab import Lab

Places = str | Iterable[str]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that is broken from `at` to `until`."""

    at: float = 0.0
    until: float = inf

    def __post_init__(self) -> None:
        if not 0 <= self.at < self.until:
            raise LabError(f"{self}: it begins at 0 s or later, and ends after that.")
        self.happen(Faults())  # refuses what cannot be broken

    def happen(self, faults: Faults) -> None:
        """Break it, on a network."""
        raise NotImplementedError

    def begin(self, lab: Lab) -> None:
        """What happens besides, once, as it begins."""

    def on(self, lab: Lab) -> Fault:
        """The same in terms of places, as they are on the lab now. Refuses what the lab has not."""
        return self

    @property
    def words(self) -> str:
        """What it is, in two or three words."""
        raise NotImplementedError


@dataclass(frozen=True)
class Kill(Fault):
    """A place is dead: what is under way there is lost, its isolates too, and visitors enter nearby."""

    place: str

    def happen(self, faults: Faults) -> None:
        faults.kill(self.place)

    def begin(self, lab: Lab) -> None:
        lab.kill(self.place)

    @property
    def words(self) -> str:
        return f"{self.place} dead"


@dataclass(frozen=True)
class Partition(Fault):
    """Places or regions are cut off from others, or from all the rest."""

    group: Places
    other: Places | None = None

    def happen(self, faults: Faults) -> None:
        faults.partition(self.group, self.other)

    @property
    def words(self) -> str:
        return f"{_named(self.group)} cut off" + (f" from {_named(self.other)}" if self.other is not None else "")


@dataclass(frozen=True)
class Slow(Fault):
    """Each message to or from places or regions takes `seconds` longer: an overloaded primary of D1, a bad route."""

    group: Places
    seconds: float

    def happen(self, faults: Faults) -> None:
        faults.slow(self.group, self.seconds)

    @property
    def words(self) -> str:
        return f"{_named(self.group)} {self.seconds:g} s slow"


@dataclass(frozen=True)
class SlowPrimary(Fault):
    """The same for the place of a D1 database's primary, by the name of its binding; nothing, where it has none yet."""

    binding: str
    seconds: float

    def happen(self, faults: Faults) -> None:
        Faults().slow("LHR", self.seconds)  # refuses what cannot be; which place is slow, only the lab knows

    def on(self, lab: Lab) -> Fault:
        primary = lab.d1(self.binding).primary
        return Slow(primary, self.seconds, at=self.at, until=self.until) if primary else self

    @property
    def words(self) -> str:
        return f"{self.binding}'s primary {self.seconds:g} s slow"


@dataclass(frozen=True)
class Loss(Fault):
    """Each message between places is lost with this probability; senders try again. Several add up as chances do."""

    probability: float

    def happen(self, faults: Faults) -> None:
        Faults(loss=self.probability)
        faults.lose(1 - (1 - faults.loss) * (1 - self.probability))

    @property
    def words(self) -> str:
        return f"{100 * self.probability:.3g} % of messages lost"


class Schedule:
    """The faults of one run on a lab."""

    def __init__(self, lab: Lab, faults: Sequence[Fault], begun: float):
        self.lab, self.faults, self.begun = lab, faults, begun
        self.network: Faults = lab._faults if faults else Faults()
        self._before, self._under_way = self.network.snapshot(), set()

    async def play(self) -> None:
        """Let each begin and end at its time."""
        moments = {moment for fault in self.faults for moment in (fault.at, fault.until) if moment < inf}
        timeline = self.lab.world.timeline
        for moment in sorted(moments):
            if (wait := self.begun + moment - timeline.now) > 0:
                await timeline.sleep(wait)
            self._change([fault for fault in self.faults if fault.at <= moment < fault.until])

    def end(self) -> None:
        """End those that last; what was broken before still is."""
        if self._under_way:
            self._change([])

    def _change(self, now: Sequence[Fault]) -> None:
        self.network.restore(self._before)
        for fault in now:
            fault.on(self.lab).happen(self.network)
        for fault in now:
            if id(fault) not in self._under_way:
                fault.begin(self.lab)
        self._under_way = {id(fault) for fault in now}


def checked(lab: Lab, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The same faults. Refuses what is none, what the lab has not, and any on a lab without a network."""
    given = tuple(faults)
    for fault in given:
        if not isinstance(fault, Fault):
            raise LabError(f"{fault!r} is no fault: give Kill, Partition, Slow, SlowPrimary or Loss.")
        Schedule(lab, (fault.on(lab),), 0.0)
    return given


def _named(group: Places) -> str:
    return group if isinstance(group, str) else " and ".join(group)
