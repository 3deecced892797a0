"""Requests by the thousand: each is a copy of one that was made, and checked, as `lab.fetch` makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.errors import LabError
from labkit.network.places import PLACES
from labkit.sim.planet.loads import CODES, Asked
from labkit.visitor import as_request, cf
from labkit.workers.request import Request

if TYPE_CHECKING:
    from labkit.lab import Lab

KEPT = 100_000
"""Prepared requests that are kept, one a key."""


class Asking:
    """The requests of one load on a lab."""

    def __init__(self, lab: Lab, asked: Asked):
        self.asked, self.host = asked, lab.config.name
        self.seen = {number: cf(place, asked.country or place.country) for number in asked.entrances.tolist()
                     if (place := PLACES[CODES[number]])}  # fmt: skip
        self._prepared: dict[int, Request] = {}
        self.prepared(0)

    def request(self, place: int, key: int) -> Request:
        """A request for a key, as it enters at a place."""
        sent = (self._prepared.get(key) or self.prepared(key)).js_object.clone()
        sent.cf = self.seen[place]
        return Request(sent)

    def prepared(self, key: int) -> Request:
        """The request that those for a key are copies of. Refuses what no visitor can send, and names the key."""
        if len(self._prepared) >= KEPT:
            self._prepared.clear()
        asked, anywhere = self.asked, PLACES[CODES[int(self.asked.entrances[0])]]
        url, number = asked.address(key), f" (key {key})" if asked.keys > 1 else ""
        try:
            made = as_request(url, self.host, anywhere, asked.country, **asked.options(key))
        except Exception as error:  # also what a learner's own function of the key raises
            raise LabError(f"url={url!r}{number}: no visitor can send this. {error!r}") from error
        self._prepared[key] = made
        return made
