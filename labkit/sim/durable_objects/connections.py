"""Clients of Durable Objects on a lab, with open WebSockets: what they say and when, and what that is billed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim.durable_objects.yours import calls_by_request
from labkit.sim.traffic import Visit
from labkit.trace import Event


class Client:
    """Whoever keeps a connection to one object open, and is back at once where it was cut off."""

    def __init__(self, lab: Lab, visit: Visit):
        self.lab, self.visit = lab, visit
        self._is_gone = False
        self._socket: Any = None
        self._opening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Be connected."""
        self._opening = self.lab.world.timeline.spawn(self._open())
        await self._opening

    async def _open(self) -> None:
        self._socket = await self.lab.websocket(self.visit.url, colo=self.visit.colo)
        self._socket.on_close(self._again)

    def _again(self, code: int, reason: str) -> None:
        if not self._is_gone:
            self._opening = self.lab.world.timeline.spawn(self._open())

    async def say(self, text: str) -> None:
        """Send a message, once there is a connection."""
        if self._opening:
            await self._opening
        self._socket.say(text)

    async def leave(self) -> None:
        """Say goodbye, for good."""
        self._is_gone = True
        await self._socket.close()


@dataclass(frozen=True)
class Message:
    """A message of a client, at some seconds on the lab's clock."""

    at: float
    client: Client
    text: str

    async def run(self, lab: Lab) -> None:
        await self.client.say(self.text)


async def all_open(clients: Sequence[Client]) -> None:
    """Connect them all at once, in their order."""
    await asyncio.gather(*(client.open() for client in clients))


def billed_events(lab: Lab, clients: Sequence[Client], url: str) -> list[list[Event]]:
    """When the object of each client was billed, in the order of the clients. Refuses objects that are shared."""
    calls = calls_by_request(lab.trace.where("durable_objects"))
    reached = [calls[request][0].detail["object"] for request in sorted(calls)[: len(clients)]]
    if len(set(reached)) < len(clients):
        raise LabError(f"{len(clients)} sockets to {url} reached {len(set(reached))} Durable Objects: each needs one.")
    events = lab.trace.where("durable_objects", "active")
    return [[event for event in events if event.detail["object"] == name] for name in reached]
