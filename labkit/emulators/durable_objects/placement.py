"""Where an object is born, where it goes when its place fails, and who confirms its writes.

Objects live in a ninth of the network's places (`facts/durable_objects.toml`, "places": which ones is an assumption),
none of them in South America, Africa or the Middle East. One is born in the nearest of them to whoever first asks for
it, or nearest to the hinted region, and stays there; a jurisdiction leaves only some of them.
https://developers.cloudflare.com/durable-objects/reference/data-location/
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from functools import cache, lru_cache

from labkit import facts
from labkit.network import places
from labkit.network.links import Links
from labkit.world import World

HINTS = ("wnam", "enam", "sam", "weur", "eeur", "apac", "apac-ne", "apac-se", "oc", "afr", "me")
NOT_HOSTED = {"sam": "enam", "afr": "weur", "me": "eeur"}
"""Where an object goes that is hinted to a region without any; the first is documented, the others are assumptions."""
SOUTHEAST_OF = 20.0
"""Degrees north that part apac-ne from apac-se."""
US = frozenset({"US"})
JURISDICTIONS = {"eu": places.EUROPEAN_UNION, "us": US, "fedramp": US, "fedramp-high": US}
"""The countries of each; that FedRAMP's data centres are all in the United States is an assumption."""


def birthplace(world: World, colo: str, hint: str | None, jurisdiction: str | None) -> str:
    """Where an object is born that is first asked for at `colo`: a place that lives."""
    if world.links is None:
        return colo
    allowed = living(world, jurisdiction)
    hinted = [place for place in allowed if hint and _is_in(place, NOT_HOSTED.get(hint, hint))]
    return nearest(world, colo, hinted or allowed)


def refuge(world: World, lost: str, jurisdiction: str | None) -> str:
    """Where an object goes on whose place has failed: the nearest that lives."""
    return nearest(world, lost, [place for place in living(world, jurisdiction) if place != lost] or [lost])


def living(world: World, jurisdiction: str | None) -> Sequence[str]:
    """The places that can host an object and have not failed; all that could, where none is left."""
    hosts, faults = within(jurisdiction), world.faults
    return [place for place in hosts if not (faults and faults.is_dead(place))] or hosts


def nearest(world: World, colo: str, among: Collection[str]) -> str:
    """The place with the shortest way."""
    assert world.links
    return _nearest(world.links, colo, tuple(among))


@lru_cache(maxsize=512)
def _nearest(links: Links, colo: str, among: tuple[str, ...]) -> str:
    return min(among, key=lambda place: (links.rtt(colo, place), place))


def round_the_world(world: World, colo: str) -> float:
    """Seconds in which the network finds that a name is new: a round trip to the farthest place that might know it."""
    return _farthest(world.links, colo) if world.links else 0.0


@lru_cache(maxsize=512)
def _farthest(links: Links, colo: str) -> float:
    return max(links.rtt(colo, place) for place in facts.value("durable_objects.places"))


@lru_cache(maxsize=64)
def followers(links: Links, colo: str) -> tuple[str, ...]:
    """The places that keep a copy of what is written at `colo`: the nearest others that can host an object."""
    others = [place for place in facts.value("durable_objects.places") if place != colo]
    others.sort(key=lambda place: (links.rtt(colo, place), place))
    return tuple(others[: facts.value("durable_objects.followers")])


def confirmation(world: World, colo: str) -> asyncio.Future[None]:
    """What resolves when enough followers have a write on their disks; off the network, when the only disk has it."""
    links, random, disk = world.links, world.random, facts.value("durable_objects.write")
    if links is None:
        return world.timeline.sleep(disk)
    trips = (
        links.one_way(colo, place, random) + links.one_way(place, colo, random) for place in followers(links, colo)
    )
    answers = sorted(trips)[facts.value("durable_objects.followers_needed") - 1]
    return world.timeline.sleep(answers + disk)


@cache
def within(jurisdiction: str | None) -> tuple[str, ...]:
    """The places that can host an object."""
    hosts = facts.value("durable_objects.places")
    if jurisdiction is None:
        return tuple(hosts)
    return tuple(place for place in hosts if places.place(place).country in JURISDICTIONS[jurisdiction])


def _is_in(code: str, hint: str) -> bool:
    place = places.place(code)
    region, _, part = hint.partition("-")
    is_south = place.latitude < SOUTHEAST_OF
    return place.region == region.upper() and (not part or is_south == (part == "se"))
