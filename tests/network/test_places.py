"""The planet's places are where they should be, and a wrong code gets a kind answer."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.network import places
from labkit.network.links import hubs

ROOT = Path(places.__file__).parents[2]
CODES = st.sampled_from(sorted(places.PLACES))


def test_there_are_more_than_300_places_in_more_than_130_countries():
    assert len(places.PLACES) == 339
    assert len({p.country for p in places.PLACES.values()}) == 134
    assert len({p.continent for p in places.PLACES.values()}) == 6


def test_every_place_has_a_name_a_region_and_coordinates_on_the_globe():
    for code, p in places.PLACES.items():
        assert re.fullmatch("[A-Z]{3}", code) and p.code == code
        assert p.city and p.country_name
        assert -60 < p.latitude < 75 and -180 <= p.longitude <= 180
        assert p.region in {"ENAM", "WNAM", "SAM", "WEUR", "EEUR", "APAC", "OC", "AFR", "ME"}
        assert p.area in hubs()["areas"]


@pytest.mark.parametrize(
    ("code", "city", "country", "region"),
    [
        ("LHR", "London", "United Kingdom", "WEUR"),
        ("SJC", "San Jose", "United States", "WNAM"),
        ("DFW", "Dallas", "United States", "ENAM"),
        ("HNL", "Honolulu", "United States", "WNAM"),
        ("WAW", "Warsaw", "Poland", "EEUR"),
        ("SYD", "Sydney", "Australia", "OC"),
        ("SIN", "Singapore", "Singapore", "APAC"),
        ("GRU", "São Paulo", "Brazil", "SAM"),
        ("JNB", "Johannesburg", "South Africa", "AFR"),
        ("DXB", "Dubai", "United Arab Emirates", "ME"),
        ("PNH", "Phnom Penh", "Cambodia", "APAC"),
    ],
)
def test_well_known_places_are_what_a_learner_expects(code, city, country, region):
    p = places.place(code)
    assert (p.city, p.country_name, p.region) == (city, country, region)


def test_north_america_is_parted_at_100_degrees_west():
    assert places.place("OKC").region == "ENAM"
    assert places.place("DEN").region == "WNAM"
    assert places.place("BOG").region == "SAM"


def test_d1s_regions_all_have_places():
    assert all(places.in_region(region) for region in places.D1_REGIONS)


@given(CODES, CODES)
def test_distance_is_symmetric_and_at_most_half_the_way_round(a, b):
    km = places.distance_km(a, b)
    assert km == pytest.approx(places.distance_km(b, a))
    assert 0 <= km <= 20016
    assert (km == 0) == (a == b)


def test_distances_agree_with_the_published_great_circles():
    assert places.distance_km("LHR", "SYD") == pytest.approx(17016, rel=0.005)
    assert places.distance_km("SFO", "NRT") == pytest.approx(8226, rel=0.005)
    assert places.distance_km("AKL", "SCL") == pytest.approx(9664, rel=0.005)


@given(CODES)
def test_the_nearest_place_to_a_place_is_itself(code):
    p = places.place(code)
    assert places.nearest(p.latitude, p.longitude) == p


def test_the_nearest_can_be_asked_among_a_few():
    assert places.nearest(51.5, -0.1, among=["SYD", "CDG", "EWR"]).code == "CDG"
    assert places.nearest(-17.7, 178.0, among=["LHR"]).code == "LHR"


def test_nearest_works_across_the_date_line():
    assert places.nearest(-18.0, -179.0).code == "SUV"


def test_nearest_among_none_is_refused():
    with pytest.raises(LabError, match="empty"):
        places.nearest(0, 0, among=[])
    with pytest.raises(LabError, match="empty"):
        places.nearest(0, 0, among=iter(()))


def test_a_wrong_code_is_refused_with_the_nearest_right_one():
    for wrong in ("lhr", "LHRR"):
        with pytest.raises(LabError, match="'LHR'"):
            places.place(wrong)


def test_a_country_lists_its_places_and_a_wrong_one_is_refused():
    assert {p.code for p in places.in_country("GB")} == {"LHR", "MAN"}
    with pytest.raises(LabError, match="'GB', not 'UK'"):
        places.in_country("UK")


def test_a_wrong_region_is_refused_with_the_nearest_right_one():
    with pytest.raises(LabError, match="WEUR"):
        places.in_region("weur")


def test_coordinates_are_those_of_airportsdata():
    pytest.importorskip("airportsdata")
    spec = importlib.util.spec_from_file_location("tools_places", ROOT / "tools" / "places.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    rows = tool.refreshed()
    assert [row["code"] for row in rows] == list(places.PLACES)
    for row in rows:
        p = places.PLACES[row["code"]]
        moved = places.great_circle_km(p.latitude, p.longitude, float(row["latitude"]), float(row["longitude"]))
        assert moved < 20, f"{p} moved by {moved:.0f} km: run tools/places.py"


def test_loading_the_places_imports_nothing_heavy():
    code = "import sys, labkit.network.links; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert "labkit.network.places" in loaded.split()
    assert not {"numpy", "airportsdata", "matplotlib"} & set(loaded.split())
