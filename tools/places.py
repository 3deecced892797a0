"""Refresh the coordinates in `labkit/network/places.csv` from airportsdata: run this, then read the diff.

The codes, cities and countries of the file are kept by hand: add a line with any coordinates and run this. Places that
airportsdata lacks are given here, from public maps.
"""

from __future__ import annotations

import csv
from pathlib import Path

PLACES = Path(__file__).parent.parent / "labkit" / "network" / "places.csv"
BY_HAND = {
    "FRU": (43.06, 74.48),
    "JXG": (30.75, 120.68),
    "KIV": (46.93, 28.93),
    "PNH": (11.55, 104.84),
    "QWJ": (-22.76, -47.27),
    "XNH": (30.94, 46.09),
    "ZDM": (31.90, 35.20),
}


def refreshed() -> list[dict[str, str]]:
    """The rows of the file in the order of their codes, with airportsdata's coordinates to two decimals, about 1 km."""
    import airportsdata

    airports = airportsdata.load("IATA")
    with PLACES.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["code"])
    for row in rows:
        airport = airports.get(row["code"])
        latitude, longitude = BY_HAND.get(row["code"]) or (airport["lat"], airport["lon"])
        row.update(latitude=f"{latitude:.2f}", longitude=f"{longitude:.2f}")
    return rows


def main() -> None:
    rows = refreshed()
    with PLACES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
