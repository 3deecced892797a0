"""Where objects are born, and how far away that is for everybody else."""

from __future__ import annotations

import warnings

import pytest

from labkit import facts
from labkit.errors import LabError
from labkit.network import places
from labkit.workers.bindings import UnknownOption
from labkit.workers.ffi import JsException
from tests.emulators.rooms import Rooms


@pytest.fixture
def rooms() -> Rooms:
    return Rooms()


def born(rooms: Rooms, colo: str, name: str = "a", **options: object) -> str:
    rooms.run(rooms.stub(name, colo, **options).add())
    return rooms.object(name).place


def test_the_places_that_host_objects_are_the_share_that_is_known():
    hosts = facts.value("durable_objects.places")
    assert len(set(hosts)) == len(hosts)
    assert len(hosts) / len(places.PLACES) == pytest.approx(facts.value("durable_objects.places_share"), abs=0.002)
    assert {places.place(code).region for code in hosts}.isdisjoint({"SAM", "AFR", "ME"})


@pytest.mark.parametrize(("colo", "place"), [("LHR", "LHR"), ("MAN", "LHR"), ("GRU", "MIA"), ("PER", "MEL")])
def test_an_object_is_born_near_whoever_first_asks_for_it(rooms, colo, place):
    assert born(rooms, colo) == place


@pytest.mark.parametrize("options", [{}, {"locationHint": "weur"}])
def test_it_is_born_in_a_place_that_lives(rooms, options):
    rooms.lab.kill("LHR")
    place = born(rooms, "MAN", **options)
    assert place != "LHR" and places.place(place).region == "WEUR"


def test_it_stays_where_it_was_born(rooms):
    assert born(rooms, "SYD") == "SYD"
    for _ in range(5):
        rooms.run(rooms.stub("a", "LHR").add())
        rooms.advance(600)
    assert rooms.object().place == "SYD"


def test_off_the_network_it_is_where_it_is_asked_for():
    rooms = Rooms(network=None)
    assert born(rooms, "PER") == "PER"


@pytest.mark.parametrize("hint", ["wnam", "enam", "weur", "eeur", "apac", "oc"])
def test_a_hint_says_in_which_region(rooms, hint):
    assert places.place(born(rooms, "LHR", locationHint=hint)).region == hint.upper()


@pytest.mark.parametrize(("hint", "region"), [("sam", "ENAM"), ("afr", "WEUR"), ("me", "EEUR")])
def test_a_region_without_any_is_served_from_another(rooms, hint, region):
    assert places.place(born(rooms, "LHR", locationHint=hint)).region == region


def test_asia_has_a_northern_and_a_southern_part(rooms):
    north, south = (born(rooms, "LHR", hint, locationHint=hint) for hint in ("apac-ne", "apac-se"))
    assert places.place(north).latitude > 20 > places.place(south).latitude


def test_only_the_first_call_heeds_a_hint(rooms):
    born(rooms, "LHR")
    assert born(rooms, "LHR", locationHint="oc") == "LHR"


def test_a_strict_lab_refuses_a_hint_that_nobody_knows():
    with pytest.raises(LabError, match="locationHint='mars'"):
        Rooms(strict=True).stub(locationHint="mars")


def test_a_hint_that_nobody_knows_is_ignored_with_a_warning(rooms):
    with pytest.warns(UserWarning, match="getByName ignores locationHint='mars'"):
        stub = rooms.stub("a", locationHint="mars")
    rooms.run(stub.add())
    assert rooms.object().place == "LHR"


def test_an_option_that_nobody_knows_is_ignored_with_a_warning(rooms):
    with pytest.warns(UnknownOption, match="location_hint.*it is spelt 'locationHint'"):
        rooms.stub("a", location_hint="oc")


def test_a_strict_lab_makes_errors_of_both():
    rooms = Rooms(strict=True)
    with warnings.catch_warnings(), pytest.raises(LabError, match="location_hint"):
        rooms.stub("a", location_hint="oc")


def test_the_first_call_by_a_name_goes_round_the_world_and_a_unique_id_need_not(rooms):
    def took(call: object) -> float:
        begun = rooms.now
        rooms.run(call)
        return rooms.now - begun

    rooms.run(rooms.stub("warm").add())
    farthest = max(rooms.lab.world.links.rtt("LHR", place) for place in facts.value("durable_objects.places"))
    room = rooms.room()
    unique = room.get(room.newUniqueId())
    assert took(rooms.stub("new").add()) == pytest.approx(farthest, abs=0.02)
    assert took(rooms.stub("new").add()) < 0.01
    assert took(unique.add()) < 0.02


def test_a_call_takes_the_way_there_and_back(rooms):
    born(rooms, "IAD")
    begun = rooms.now
    rooms.run(rooms.stub("a", "SYD").add())
    assert rooms.now - begun == pytest.approx(rooms.lab.world.links.rtt("SYD", "IAD"), rel=0.2)


def test_a_jurisdiction_keeps_its_objects_in_its_countries(rooms):
    for name, countries in (("eu", {"NL", "DE", "FR", "ES", "IT", "SE", "IE", "AT", "PL", "RO"}), ("us", {"US"})):
        part = rooms.room("SYD").jurisdiction(name)
        rooms.run(part.getByName(name).add())
        assert places.place(rooms.objects.known[str(part.idFromName(name))].place).country in countries


def test_a_name_in_a_jurisdiction_is_another_object(rooms):
    whole, eu = rooms.room(), rooms.room().jurisdiction("eu")
    id = eu.idFromName("a")
    assert not id.equals(whole.idFromName("a"))
    assert (id.jurisdiction, whole.idFromName("a").jurisdiction) == ("eu", None)
    assert whole.idFromString(str(id)).jurisdiction == "eu"
    rooms.run(whole.get(id).add())
    assert rooms.run(eu.getByName("a").add()) == 2


def test_the_id_of_another_jurisdiction_is_refused(rooms):
    whole, eu = rooms.room(), rooms.room().jurisdiction("eu")
    with pytest.raises(JsException) as refused:
        eu.get(whole.idFromName("a"))
    assert str(refused.value) == (
        "TypeError: get called on jurisdictional subnamespace with an ID from a different jurisdiction"
    )
    with pytest.raises(JsException, match="not valid for this namespace"):
        eu.idFromString(str(whole.idFromName("a")))


def test_a_unique_id_may_be_of_a_jurisdiction(rooms):
    assert rooms.room().newUniqueId(jurisdiction="eu").jurisdiction == "eu"


def test_the_local_runtime_has_no_jurisdictions():
    with pytest.raises(JsException) as refused:
        Rooms(network=None).room().jurisdiction("eu")
    assert str(refused.value) == "Error: Jurisdiction restrictions are not implemented in workerd."
