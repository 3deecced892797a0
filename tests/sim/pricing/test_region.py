"""A month in a region, by hand: steps of a price list, servers, databases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.sim.pricing import region

STEPS = [[10, 0.09], [50, 0.085], [float("inf"), 0.05]]


@pytest.mark.parametrize(("gb", "dollars"), [
    (0, 0), (1, 0.09), (10_240, 921.60), (10_241, 921.685), (51_200, 921.60 + 3481.60), (61_200, 4403.20 + 500),
])  # fmt: skip
def test_each_gb_has_the_price_of_its_own_step(gb, dollars):
    assert region.tiered(gb, STEPS) == pytest.approx(dollars)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_sending_more_never_costs_less_and_two_accounts_never_less_than_one(one, other):
    together = region.egress(one + other)
    assert together >= max(region.egress(one), region.egress(other)) - 1e-6
    assert region.tiered(one + other, STEPS) <= region.tiered(one, STEPS) + region.tiered(other, STEPS) + 1e-6


@pytest.mark.parametrize(("gb", "dollars"), [(100, 0), (101, 0.09), (1100, 90), (10_340, 921.60)])
def test_the_first_hundred_gb_leave_for_nothing(gb, dollars):
    assert region.egress(gb) == pytest.approx(dollars)


def test_s3_keeps_a_tb_for_what_the_guide_says():
    assert region.s3(1000) == pytest.approx(23)
    assert region.s3(0, puts=1e6, gets=1e6) == pytest.approx(5.40)


@pytest.mark.parametrize(
    ("requests_per_s", "cpu_ms", "servers"), [(0.001, 1, 1), (24, 10, 1), (24.1, 10, 2), (240, 10, 10)]
)
def test_servers_are_as_many_as_the_computing_needs(requests_per_s, cpu_ms, servers):
    assert region.servers_for(requests_per_s, cpu_ms) == servers
    assert region.servers_for(requests_per_s, cpu_ms, least=2) == max(2, servers)


def test_an_hour_has_its_price_730_times_a_month():
    assert region.hours("t3_medium_hour", 2) == pytest.approx(60.736)
    assert region.nat(2, 100) == pytest.approx(65.7 + 4.5)
    assert region.balancer(25, 0) == pytest.approx(16.425 + 5.84)
    assert region.balancer(0, 7300) == pytest.approx(16.425 + 58.4)


def test_a_database_has_20_gb_at_least_and_a_standby_doubles_it():
    assert region.database("micro", 1) == pytest.approx(11.68 + 2.30)
    assert region.database("micro", 40, standby=True) == pytest.approx(2 * (11.68 + 4.60))


@pytest.mark.parametrize(("messages", "dollars"), [(333_333, 0), (1_000_000, 0.80), (10_000_000, 11.60)])
def test_a_message_is_three_requests_of_which_a_million_are_free(messages, dollars):
    assert region.queue(messages) == pytest.approx(dollars, abs=1e-3)
