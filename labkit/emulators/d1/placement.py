"""Where a database's primary is born, where it goes on when its place fails, and where its replicas are.

A D1 database is a Durable Object, so it lives where those do. A hint or a jurisdiction leaves some of these places.
https://developers.cloudflare.com/d1/configuration/data-location/
"""

from __future__ import annotations

from collections.abc import Collection

from labkit import facts
from labkit.errors import PlatformError
from labkit.facts.spelling import did_you_mean
from labkit.network.places import EUROPEAN_UNION, PLACES, place
from labkit.world import World

HINTS = ("wnam", "enam", "weur", "eeur", "apac", "oc")
JURISDICTIONS = {"eu": EUROPEAN_UNION, "fedramp": frozenset({"US"})}
"""The countries of each; that FedRAMP's places are all in the United States is an assumption."""


def birthplace(world: World, colo: str, hint: str | None, jurisdiction: str | None) -> str:
    """The place of a database that is first asked for at `colo`: a place that lives. A jurisdiction beats a hint."""
    if world.links is None:
        return colo
    allowed = hosts(world, jurisdiction)
    hinted = [code for code in allowed if hint and not jurisdiction and place(code).region == hint.upper()]
    return nearest(world, colo, hinted or allowed)


def refuge(world: World, lost: str, jurisdiction: str | None, region: str | None = None) -> str:
    """Where an instance goes on whose place has failed: the nearest that lives, in its region where it has one."""
    others = [code for code in hosts(world, jurisdiction) if code != lost]
    inside = [code for code in others if region and place(code).region == region]
    return nearest(world, lost, inside or others or [lost])


def hosts(world: World, jurisdiction: str | None) -> list[str]:
    """The places that can have a database and have not failed; all that could, where none is left."""
    countries = JURISDICTIONS[jurisdiction] if jurisdiction else None
    every = [code for code in facts.value("durable_objects.places")
             if countries is None or place(code).country in countries]  # fmt: skip
    return [code for code in every if not (world.faults and world.faults.is_dead(code))] or every


def nearest(world: World, colo: str, among: Collection[str]) -> str:
    """The place with the shortest way."""
    links = world.links
    return min(among, key=lambda code: (links.rtt(colo, code) if links else 0.0, code))


def checked_hint(text: str) -> str:
    """A hint or the code of a place. Refuses what is neither."""
    if text.upper() in PLACES or text.lower() in HINTS:
        return text
    raise PlatformError(f"{text!r} is no location of D1. {did_you_mean(text.lower(), HINTS)}")


def checked_jurisdiction(text: str | None) -> str | None:
    """A jurisdiction. Refuses one that there is not."""
    if text is None or text in JURISDICTIONS:
        return text
    raise PlatformError(f"{text!r} is no jurisdiction of D1. {did_you_mean(text, JURISDICTIONS)}")
