"""Which place is nearest to a cloud's region: `regions.csv`, by the city that the provider names for the region.

Cities of regions are public (the providers' lists of regions, from memory, 2026); the nearest place is our choice.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from labkit.errors import ConfigError
from labkit.facts.spelling import did_you_mean

FILE = Path(__file__).parent / "regions.csv"
WHERE = "https://developers.cloudflare.com/workers/configuration/placement/#list-supported-regions"


@cache
def regions() -> dict[str, str]:
    """Places by region, such as "aws:us-east-1"."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["region"]: row["colo"] for row in csv.DictReader(file)}


def nearest_place(region: str) -> str:
    """The place with the lowest latency to a cloud's region. Refuses a region that is not known."""
    known = regions()
    if region not in known:
        raise ConfigError(f"No cloud region is called {region!r}. {did_you_mean(region, known)}", where=WHERE)
    return known[region]
