"""KV's latency: the convolution against draws, and how far the measured percentiles are from the model's."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from labkit.network.places import PLACES as PLACES_OF_ALL
from labkit.sim import kv
from labkit.sim.agreement import Disagreement
from labkit.sim.streams import generator

latency = sys.modules["labkit.sim.kv.latency"]
PLACES = ("SYD", "LHR", "GRU", "IAD")
MIX = {"hot": 0.4, "regional": 0.5, "places": PLACES}


def test_the_distribution_is_that_of_drawn_reads_in_all_tiers():
    drawn = latency.draw(generator(1), 200_000, **MIX)
    for ms in (2, 10, 60, 150, 250):
        share = latency.answered_within(ms, **MIX)
        assert np.mean(drawn <= ms / 1000) == pytest.approx(share, abs=4.5 * 0.5 / np.sqrt(drawn.size) + 1e-3)


def test_a_quantile_is_the_time_in_which_that_share_is_answered():
    seconds = latency.quantile(0.9, **MIX)
    assert latency.answered_within(1000 * seconds, **MIX) == pytest.approx(0.9, abs=2e-3)


def test_a_place_beside_its_tier_and_store_waits_for_the_service_alone():
    assert latency.legs("IAD") == (0.0, 0.0)
    assert np.interp(0.00224, latency.GRID + latency.STEP / 2, latency.miss_within("IAD", "regional")) == pytest.approx(
        0.5, abs=0.05
    )


def test_a_worker_with_a_longer_cache_ttl_is_faster_than_the_line():
    fast = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(await self.env.FLAGS.get("dark-mode", cacheTtl=3600) or "none")
"""
    with pytest.raises(Disagreement, match="yours"):
        kv.latency(fast, within_ms=(10,), visits=300, places=40, reads_per_s=0.01).check()


@pytest.fixture(scope="module")
def rows() -> list[kv.Measured]:
    return kv.measured()


def test_what_was_fitted_fits(rows):
    assert [row.what for row in rows if row.fitted and abs(row.ratio - 1) > 0.02] == []
    assert sum(row.fitted for row in rows) == 5


def test_what_was_predicted_is_right_to_a_factor_of_three_and_the_publishers_p99_to_a_quarter(rows):
    assert {row.what: row.ratio for row in rows if not 1 / 3 < row.ratio < 3} == {}
    (p99,) = (row for row in rows if row.what.startswith("outside") and not row.fitted)
    assert 0.75 < p99.ratio < 1.25


def test_the_regions_are_in_the_measured_order_but_for_south_asia(rows):
    regions = [
        row for row in rows if row.what.count(",") == 2 and "hot" not in row.what and "South Asia" not in row.what
    ]
    by_published, by_model = (
        sorted(regions, key=lambda row, name=name: getattr(row, name)) for name in ("published", "model")
    )
    assert len(regions) == 7 and [row.what for row in by_published] == [row.what for row in by_model]


def test_with_ways_a_third_as_long_a_factor_of_three_would_not_hold():
    measured = sys.modules["labkit.sim.kv.measured"]
    published, inside = measured.REGIONS["Africa"]
    places = [code for code, place in PLACES_OF_ALL.items() if inside(place)]
    seconds = latency.quantile(0.95, hot=measured.SITE_HOT, regional=measured.REGIONAL, places=places, trips=0.5)
    assert seconds < published / 3


def test_a_row_says_whether_it_was_fitted(rows):
    assert str(rows[0]).endswith("fitted") and "predicted" in str(rows[3])
