"""How long messages take: as the model says, as far off as it admits, never faster than light."""

from __future__ import annotations

import csv
import statistics
from itertools import combinations
from math import log
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import facts
from labkit.errors import LabError
from labkit.network import places
from labkit.network.links import Links, access_km, gateway_km, hubs, route_km, rtt_of

CODES = st.sampled_from(sorted(places.PLACES))
AZURE = Path(__file__).parents[1] / "data" / "azure_rtt_ms.csv"


def measured() -> dict[tuple[str, str], float]:
    """Median round trips in ms between places near Azure regions, both directions averaged."""
    with AZURE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    one_way = {(row["from"], to): float(ms) for row in rows for to, ms in row.items() if to != "from" and ms}
    pairs = combinations(sorted({row["from"] for row in rows}), 2)
    both = {(a, b): [one_way[k] for k in ((a, b), (b, a)) if k in one_way] for a, b in pairs}
    return {pair: statistics.mean(values) for pair, values in both.items() if values}


def relative_errors(model) -> list[float]:
    return sorted(abs(model(a, b) - ms) / ms for (a, b), ms in measured().items())


def test_against_azures_measurements_the_model_is_as_far_off_as_it_says():
    links = Links()
    errors = relative_errors(lambda a, b: links.rtt(a, b) * 1000)
    assert len(errors) > 700
    assert statistics.median(errors) <= facts.value("network.rtt_error") + 0.005
    assert errors[int(0.9 * len(errors))] <= facts.value("network.rtt_error_p90") + 0.01


def test_gateways_predict_better_than_a_straight_line():
    links = Links()
    through_gateways = statistics.median(relative_errors(lambda a, b: links.rtt(a, b) * 1000))
    straight = statistics.median(relative_errors(lambda a, b: 7.1 + 0.0150 * places.distance_km(a, b)))
    assert through_gateways < straight


@pytest.mark.parametrize(
    ("a", "b", "ms"), [("LHR", "IAD", 78.5), ("FRA", "SIN", 160.5), ("SYD", "NRT", 103.5), ("SJC", "IAD", 72)]
)
def test_well_known_pairs_come_out_within_a_fifth(a, b, ms):
    assert Links().rtt(a, b) * 1000 == pytest.approx(ms, rel=0.2)


@given(CODES, CODES)
def test_a_round_trip_is_symmetric_and_slower_than_light_in_a_fibre(a, b):
    rtt = Links().rtt(a, b)
    assert rtt == Links().rtt(b, a)
    assert rtt >= 2 * places.distance_km(a, b) / facts.value("network.fibre_km_per_second")
    assert (rtt == 0) == (a == b)
    assert rtt < 0.45


@given(CODES, CODES, CODES)
def test_a_detour_saves_at_most_one_fixed_cost(a, b, c):
    """Areas make the triangle inequality fail, but never by more than the 8.4 ms that each round trip begins with."""
    links = Links()
    assert links.rtt(a, c) <= links.rtt(a, b) + links.rtt(b, c) + facts.value("network.rtt_base_ms") / 1000


def test_a_route_within_an_area_is_direct_and_between_areas_passes_gateways():
    assert route_km("LHR", "WAW") == places.distance_km("LHR", "WAW")
    assert route_km("LHR", "SYD") > places.distance_km("LHR", "SYD")
    toll = facts.value("network.rtt_hop_km")
    gateways = hubs()["gateways"]
    direct = places.great_circle_km(*gateways["LHR"], *gateways["EWR"])
    assert gateway_km()["LHR"]["EWR"] == pytest.approx(direct + toll)
    assert set(access_km("SYD")) == {"SYD", "PER", "AKL"}


def test_time_is_a_base_and_a_cost_per_kilometre():
    assert rtt_of(0) == pytest.approx(0.0084)
    assert rtt_of(10_000) == pytest.approx(0.0084 + 0.133)


def test_the_graph_of_gateways_is_whole():
    graph = hubs()
    assert len(graph["gateways"]) == 31
    assert len(graph["links"]["pairs"].split()) == 59
    assert {g for served in graph["areas"].values() for g in served} == set(graph["gateways"])
    assert {end for pair in graph["links"]["pairs"].split() for end in pair.split("-")} == set(graph["gateways"])
    assert all(km < 40_000 for row in gateway_km().values() for km in row.values())


def test_one_way_is_half_a_round_trip_with_five_per_cent_of_jitter():
    links, random = Links(), Random(1)
    draws = [links.one_way("LHR", "SYD", random) for _ in range(4000)]
    assert statistics.median(draws) == pytest.approx(links.rtt("LHR", "SYD") / 2, rel=0.005)
    assert statistics.stdev(map(log, draws)) == pytest.approx(0.05, rel=0.05)


def test_jitter_is_seeded_and_can_be_switched_off():
    assert Links().one_way("LHR", "SYD", Random(7)) == Links().one_way("LHR", "SYD", Random(7))
    assert Links().one_way("LHR", "SYD", Random(7)) != Links().one_way("LHR", "SYD", Random(8))
    assert Links(jitter=0).one_way("LHR", "SYD", Random(7)) == Links().rtt("LHR", "SYD") / 2


def test_a_place_reaches_itself_at_once():
    assert Links().rtt("LHR", "LHR") == 0
    assert Links().one_way("LHR", "LHR", Random(1)) == 0


def test_the_last_mile_has_the_assumed_median_and_95th_percentile():
    links, random = Links(), Random(2)
    draws = sorted(links.last_mile(random) for _ in range(20_000))
    assert draws[10_000] == pytest.approx(0.010, rel=0.03)
    assert draws[19_000] == pytest.approx(0.050, rel=0.05)
    assert Links(last_mile=0.002).last_mile(Random(3)) == pytest.approx(Links().last_mile(Random(3)) / 5)


def test_the_matrix_holds_the_same_figures_as_rtt():
    links, codes = Links(), ["SYD", "LHR", "GRU", "HNL"]
    matrix = links.matrix(codes)
    assert matrix.shape == (4, 4)
    assert np.array_equal(matrix, matrix.T)
    assert not matrix.diagonal().any()
    assert matrix[0, 1] == links.rtt("SYD", "LHR")


def test_an_unknown_place_is_refused_by_name():
    for ask in (lambda: Links().rtt("LHR", "LHX"), lambda: Links().rtt("LHX", "LHX"), lambda: Links().matrix(["LHX"])):
        with pytest.raises(LabError, match="LHX"):
            ask()
