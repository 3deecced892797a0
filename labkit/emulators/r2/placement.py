"""Where a bucket lives: one home for each location hint, the nearest to its creator, or within a jurisdiction.

https://developers.cloudflare.com/r2/reference/data-location/
"""

from __future__ import annotations

from labkit import facts
from labkit.errors import LabError
from labkit.network import places
from labkit.world import World

HINTS = ("wnam", "enam", "weur", "eeur", "apac", "oc")
JURISDICTIONS = {"eu": ("weur", "eeur"), "fedramp": ("wnam", "enam")}


def check_hint(hint: str | None) -> None:
    """Refuse what is no location hint."""
    if hint is not None and hint not in HINTS:
        raise LabError(f"No location is called {hint!r}. A bucket's location is one of {', '.join(HINTS)}.")


def check_jurisdiction(jurisdiction: str | None) -> None:
    """Refuse what is no jurisdiction."""
    if jurisdiction is not None and jurisdiction not in JURISDICTIONS:
        raise LabError(f"No jurisdiction of R2 is called {jurisdiction!r}: there are {', '.join(JURISDICTIONS)}.")


def home(world: World, colo: str, hint: str | None, jurisdiction: str | None) -> str:
    """The place of a bucket that is created from `colo`: one that lives. A hint holds where the jurisdiction has it."""
    links, faults = world.links, world.faults
    assert links
    allowed = [place for place in facts.value("r2.homes") if _is_within(place, jurisdiction)]
    wanted = [place for place in allowed if _region(place) == hint] or allowed
    living = [place for place in wanted if not (faults and faults.is_dead(place))]
    return min(living or wanted, key=lambda place: (links.rtt(colo, place), place))


def _is_within(place: str, jurisdiction: str | None) -> bool:
    return jurisdiction is None or _region(place) in JURISDICTIONS[jurisdiction]


def _region(place: str) -> str:
    return places.place(place).region.lower()
