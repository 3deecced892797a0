"""Where a database is: its primary, and its replicas by region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.d1 import placement
from labkit.emulators.d1.instances import Instance, Primary, Replica
from labkit.emulators.d1.words import LOST, Refused, transient
from labkit.errors import PlatformError

if TYPE_CHECKING:
    from labkit.emulators.d1 import D1

MODES = ("auto", "disabled")


class Fleet:
    """The instances of a database. `hint` and `jurisdiction` say where the primary shall be, until it is born."""

    def __init__(self, d1: D1):
        self.d1, self.world = d1, d1.world
        self.primary: Primary | None = None
        self.replicas: dict[str, Replica] = {}
        self.mode = "disabled"
        self.hint: str | None = None
        self.jurisdiction: str | None = None

    def __iter__(self) -> Iterator[Instance]:
        if self.primary:
            yield self.primary
        yield from self.replicas.values()

    def place(self, where: str) -> None:
        """Let the primary be at a place, or in a hinted region."""
        self._refuse_once_born("primary")
        self.hint = placement.checked_hint(where)

    def confine(self, jurisdiction: str | None) -> None:
        """Let the primary be in a jurisdiction."""
        self._refuse_once_born("jurisdiction")
        self.jurisdiction = placement.checked_jurisdiction(jurisdiction)

    def _refuse_once_born(self, what: str) -> None:
        if self.primary:
            raise PlatformError(f"{self.d1.name} is at {self.primary.place}: its {what} is chosen when it is made.")

    def reach(self, colo: str) -> Primary:
        """The primary: born, where there is none yet, near whoever asks."""
        if self.primary is None:
            hint = self.hint
            place = hint.upper() if hint and hint.lower() not in placement.HINTS else None
            self.primary = Primary(self.d1, place or placement.birthplace(self.world, colo, hint, self.jurisdiction))
        return self.primary

    def replicate(self, mode: str) -> None:
        """Have replicas in all regions, or none. There are none without a network."""
        if mode not in MODES:
            raise PlatformError(f'read_replication is "auto" or "disabled", not {mode!r}.')
        self.mode = mode
        if mode == "disabled":
            self._drop_replicas()
        elif not self.replicas and self.world.links:
            places = zip(facts.value("d1.replica_regions"), facts.value("d1.replica_places"), strict=True)
            self.replicas = {region: Replica(self.d1, colo) for region, colo in places}

    def _drop_replicas(self) -> None:
        for each in self.replicas.values():
            each.thread.stop(transient(LOST))
            each.copy.close()
        self.replicas = {}

    def hear(self, index: int) -> None:
        """Let the replicas know of a commit."""
        for each in self.replicas.values():
            each.hear(index)

    def cancel(self, refusal: Refused, available: float = 0.0) -> None:
        """Refuse what is under way at the primary, and undo it."""
        if self.primary:
            self.primary.thread.stop(refusal, available)
        self.d1.disk.roll_back()
        self.d1.disk.close()

    def lose(self, colo: str) -> None:
        """A place has failed: what was under way there is lost, and its instances go on elsewhere."""
        available = self.world.timeline.now + (facts.value("d1.failover") if self.world.links else 0.0)
        if self.primary and self.primary.place == colo:
            self.cancel(transient(LOST), available)
            self.primary.place = placement.refuge(self.world, colo, self.jurisdiction)
        for region, each in self.replicas.items():
            if each.place == colo:
                each.thread.stop(transient(LOST), available)
                each.place = placement.refuge(self.world, colo, self.jurisdiction, region)

    def snapshot(self) -> tuple[Any, ...]:
        """Where each instance is and what it knows."""
        primary = (self.primary.place, self.primary.thread.available) if self.primary else None
        replicas = {region: (each.place, each.known, list(each.news), each.thread.available)
                    for region, each in self.replicas.items()}  # fmt: skip
        return primary, replicas, self.mode, self.hint, self.jurisdiction

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a snapshot, after the database's pages have."""
        self._drop_replicas()
        primary, replicas, self.mode, self.hint, self.jurisdiction = state
        self.primary = Primary(self.d1, primary[0]) if primary else None
        if self.primary:
            self.primary.thread.available = primary[1]
        for region, (colo, known, news, available) in replicas.items():
            each = self.replicas[region] = Replica(self.d1, colo)
            each.known, each.thread.available = known, available
            each.news.extend(news)
