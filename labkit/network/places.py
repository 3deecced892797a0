"""The points of presence: where the planet's 339 are, and how far apart.

What is a fact: the codes, cities and countries of `places.csv`, as Cloudflare names them in `cf.colo` and on its status
page (read in August 2026), and the coordinates, which are those of the airport that a code belongs to (`airportsdata`,
MIT licence; seven were set by hand; `tools/places.py` refreshes them). A data centre is some kilometres off.

What we decided, in `countries.csv`: a country has one region, but North America is parted at 100 degrees west. A region
is one of the platform's location hints in capitals: ENAM, WNAM, SAM, WEUR, EEUR, APAC, OC, AFR, ME. D1 puts replicas in
six of them, `D1_REGIONS`. A country's area is the group of gateways by which `links` reaches it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import NamedTuple

from labkit.errors import LabError
from labkit.facts.spelling import did_you_mean

FOLDER = Path(__file__).parent
EARTH_RADIUS_KM = 6371.0
WEST_OF = -100.0
EUROPEAN_UNION = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
D1_REGIONS = ("ENAM", "WNAM", "WEUR", "EEUR", "APAC", "OC")


class Place(NamedTuple):
    """A point of presence. `country` is ISO 3166-1 alpha-2, degrees are north and east."""

    code: str
    city: str
    country: str
    continent: str
    region: str
    area: str
    latitude: float
    longitude: float

    @property
    def country_name(self) -> str:
        """The country's name in English, for display."""
        return COUNTRIES[self.country].name

    def __str__(self) -> str:
        return f"{self.code} ({self.city}, {self.country_name})"


class Country(NamedTuple):
    """What holds for every place in a country, but for the parting of North America."""

    country: str
    name: str
    continent: str
    region: str
    area: str


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _place(row: dict[str, str]) -> Place:
    country = COUNTRIES[row["country"]]
    latitude, longitude = float(row["latitude"]), float(row["longitude"])
    return Place(
        row["code"], row["city"], country.country, country.continent,
        _region(country, longitude), _area(row["code"], country), latitude, longitude,
    )  # fmt: skip


def _region(country: Country, longitude: float) -> str:
    """The only place that parts eastern from western North America."""
    return "WNAM" if country.region == "ENAM" and longitude < WEST_OF else country.region


def _area(code: str, country: Country) -> str:
    return "Hawaii" if code == "HNL" else country.area


COUNTRIES = {row["country"]: Country(**row) for row in _rows("countries.csv")}
PLACES = {row["code"]: _place(row) for row in _rows("places.csv")}


def place(code: str) -> Place:
    """The place with that IATA code. An unknown code is refused with the nearest right one."""
    try:
        return PLACES[code]
    except (KeyError, TypeError):
        near = did_you_mean(str(code).upper(), PLACES)
        raise LabError(f"No point of presence is called {code!r}. {near}") from None


def nearest(latitude: float, longitude: float, among: Iterable[str] | None = None) -> Place:
    """The place nearest to a point on the globe, of all or `among` some codes."""
    candidates = [place(code) for code in among] if among is not None else PLACES.values()
    if not candidates:
        raise LabError("Nearest among no places at all: `among` is empty.")
    return min(candidates, key=lambda p: great_circle_km(latitude, longitude, p.latitude, p.longitude))


def in_country(country: str) -> list[Place]:
    """The places of a country (ISO 3166-1 alpha-2). A country without any is refused."""
    if country not in COUNTRIES:
        raise LabError(f"No point of presence is in country {country!r}. Codes are ISO 3166-1's: 'GB', not 'UK'.")
    return [p for p in PLACES.values() if p.country == country]


def in_region(region: str) -> list[Place]:
    """The places of a region such as "WEUR"."""
    regions = {p.region for p in PLACES.values()}
    if region not in regions:
        raise LabError(f"No region is called {region!r}. {did_you_mean(region, regions)}")
    return [p for p in PLACES.values() if p.region == region]


def distance_km(a: str, b: str) -> float:
    """Kilometres between two places along the great circle."""
    p, q = place(a), place(b)
    return great_circle_km(p.latitude, p.longitude, q.latitude, q.longitude)


def great_circle_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Kilometres between two points given in degrees, by the haversine formula on a sphere."""
    north, other_north = radians(latitude), radians(other_latitude)
    half_chord = (
        sin((other_north - north) / 2) ** 2
        + cos(north) * cos(other_north) * sin(radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_chord)))
