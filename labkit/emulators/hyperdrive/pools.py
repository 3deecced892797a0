"""The pools of a configuration: one next to the database, and another where a Worker cannot reach that one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labkit import facts
from labkit.emulators.hyperdrive.pool import NO_CONNECTION, Pool
from labkit.network.faults import Unreachable

if TYPE_CHECKING:
    from labkit.emulators.hyperdrive import Hyperdrive

TRIED = 2
"""How many pools a Worker asks before it gives up."""


class Pools:
    """Pools by place."""

    def __init__(self, hyperdrive: Hyperdrive):
        self._hyperdrive = hyperdrive
        self._pools: dict[str, Pool] = {}

    def __iter__(self) -> Iterator[Pool]:
        return (pool for _, pool in sorted(self._pools.items()))

    async def reach(self, colo: str) -> Pool:
        """Go to the pool nearest to the database that can be reached. Raises SqlError where none can."""
        for place in self._nearest():
            try:
                await self._hyperdrive.world.travel(colo, place)
            except Unreachable:
                continue
            if place not in self._pools:
                self._pools[place] = Pool(self._hyperdrive, place)
            return self._pools[place]
        raise NO_CONNECTION

    def _nearest(self) -> list[str]:
        links, database = self._hyperdrive.world.links, self._hyperdrive.place
        assert links is not None  # where there is no distance, there is no pool
        return sorted(facts.value("hyperdrive.pool_places"), key=lambda place: links.rtt(place, database))[:TRIED]

    def close(self, place: str | None = None) -> None:
        """Close the connections of a place, or of all."""
        for each in [place] if place else list(self._pools):
            if pool := self._pools.pop(each, None):
                pool.close()
