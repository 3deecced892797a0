"""Bills by hand: the SaaS line by line, ways of hosting, files, tenants; and what must hold of every one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import billing
from labkit.errors import LabError
from labkit.sim import pricing
from labkit.sim.pricing import Usage, hosting, saas_month
from labkit.sim.pricing.saas import units


def test_the_guides_saas_has_the_same_parts_on_both_sides_and_says_so_in_a_table():
    month = saas_month(10_000)
    assert [row["part"] for row in month] == [
        "code", "database", "sessions", "files", "thumbnails", "sent out", "the way in",
    ]  # fmt: skip
    assert "26.3 times as much" in repr(month) and "<table>" in month._repr_html_()


def test_our_side_is_the_bill_of_its_units_to_the_cent():
    for users in (100, 10_000, 1_000_000):
        assert saas_month(users).here == pytest.approx(float(billing.price(units(users, Usage())).total), abs=0.005)


def test_a_thousand_users_in_a_region_cost_what_was_computed_by_hand():
    lines = {row["part"]: row["$ in a region"] for row in saas_month(1000)}
    assert lines["code"] == pytest.approx(2 * 0.0416 * 730)
    assert lines["database"] == pytest.approx(2 * (0.065 * 730 + 20 * 0.115))
    assert lines["sessions"] == pytest.approx(2 * 0.016 * 730)
    assert lines["files"] == pytest.approx(48 * 0.023 + 0.004 * 5 + 0.102 * 0.4)
    assert lines["sent out"] == pytest.approx(0)  # 53 GB of the 100 that are free
    assert lines["thumbnails"] == pytest.approx(2000 * 0.2e-6 + 2000 * 0.15 * 16.6667e-6)


def test_a_region_has_a_floor_before_the_first_user_and_the_platform_a_fee():
    nearly_nobody = saas_month(0.001)
    assert nearly_nobody.here == pytest.approx(5, abs=0.001)
    assert nearly_nobody.region == pytest.approx(265.72, abs=0.05)


def test_the_cdn_takes_the_place_of_the_way_out():
    assert saas_month(1e6, cdn=True).region < saas_month(1e6).region
    assert any(row["in a region"].startswith("CloudFront") for row in saas_month(1e6, cdn=True))


def test_sessions_in_kv_are_dearer_than_a_small_redis_once_there_are_many():
    lines = {row["part"]: row for row in saas_month(1e6)}["sessions"]
    assert lines["$ here"] > 7 * lines["$ in a region"]


def test_ten_times_the_files_need_no_more_servers_and_pass_no_balancer_there():
    few, many = (saas_month(1e6, replace(Usage(), download_mb=size)) for size in (0.5, 5))
    for part in ("code", "the way in"):
        before, after = ({row["part"]: row["$ in a region"] for row in month}[part] for month in (few, many))
        assert before == after
    assert many.region > 4 * few.region and many.here == few.here


def test_a_million_users_need_many_small_databases_here_and_more_of_redis_there():
    rows = {row["part"]: row for row in saas_month(1e6)}
    assert rows["database"]["here"] == "D1, 36 databases"  # 360 GB, 10 GB each
    assert rows["sessions"]["in a region"] == "ElastiCache, 4 cache.t4g.micro"  # 0.8 GB, half a GB each, twice
    assert rows["code"]["in a region"] == "17 EC2 t3.medium"  # 2,502 ms a user, four times the mean rate
    assert rows["the way in"]["$ in a region"] == pytest.approx(82.125 + 730 * 0.008 * 702e6 / 2_592_000 / 25)


def test_requests_at_once_at_one_container_are_one_object_that_is_awake():
    some = {"cpu_ms": 0.1, "wall_ms": 10_000}
    more = hosting.by_containers(9, **some) - hosting.by_containers(6, **some)
    assert more == pytest.approx(7.776 * 0.30 + 8 * 0.15)  # of a Worker's and an object's requests; no duration


@given(st.floats(1, 1e7), st.sampled_from(["requests", "cpu_ms", "uploads", "downloads", "rows_read"]))
def test_more_of_anything_never_costs_less_on_either_side(users, what):
    more = replace(Usage(), **{what: getattr(Usage(), what) * 2})
    before, after = saas_month(users), saas_month(users, more)
    assert after.here >= before.here - 1e-9 and after.region >= before.region - 1e-9


def test_nobody_is_no_month():
    with pytest.raises(LabError, match="say a number above 0"):
        saas_month(0)


def test_hosting_ten_requests_a_second_costs_what_was_computed_by_hand():
    requests = 10 * 2_592_000
    assert hosting.by_workers(10, 7) == pytest.approx(5 + 15.92 * 0.3 + (requests * 7 - 30e6) / 1e6 * 0.02)
    assert hosting.by_lambda(10, 7, 100) == pytest.approx(25.92 * (1.20 + 0.1 * 0.125 * 16.6667))
    assert hosting.by_server(10, 7) == pytest.approx(0.0208 * 730)
    awake = 2_592_000
    expected = (5 + 15.92 * 0.3 + 0.02 * 0 + 25 * 0.15 + (awake - 90_000) * 2.5e-6 + (awake * 4 - 720_000) * 7e-8
                + (requests * 0.007 - 22_500) * 20e-6)  # fmt: skip
    assert hosting.by_containers(10, 7, 100) == pytest.approx(expected)


def test_a_container_asked_once_in_ten_minutes_is_billed_for_most_of_the_month():
    awake = 0.632 * 2_592_000
    expected = 5 + (awake - 90_000) * 2.5e-6 + (awake * 4 - 720_000) * 7e-8
    assert hosting.by_containers(1 / 600, 7, 100) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(("wall_ms", "memory_mb"), [(50, 128), (100, 512), (1000, 1024)])
def test_at_the_break_even_share_a_million_more_requests_cost_the_same(wall_ms, memory_mb):
    cpu_ms = pricing.break_even_share(wall_ms, memory_mb) * wall_ms
    lambdas = 0.20 + wall_ms / 1000 * memory_mb / 1024 * 16.6667
    assert 0.30 + cpu_ms * 0.02 == pytest.approx(lambdas)


def test_the_break_even_share_is_a_tenth_at_128_mb_and_five_sixths_at_1_gb():
    assert pricing.break_even_share(1000, 128) == pytest.approx(0.099, abs=0.001)
    assert pricing.break_even_share(1000, 1024) == pytest.approx(0.828, abs=0.001)
    assert pricing.break_even_share(20, 128) == 0
    assert pricing.break_even_share(1000, 2048) > 1


def test_what_waits_half_a_second_is_five_to_twenty_times_cheaper_and_what_computes_is_not():
    ratio = {wall: hosting.by_lambda(100, 3, wall, 512) / hosting.by_workers(100, 3) for wall in (50, 500, 1500)}
    assert ratio[50] < 5 < ratio[500] < 20 < ratio[1500]
    assert hosting.by_lambda(100, 50, 50, 128) < hosting.by_workers(100, 50)


def test_an_instance_type_that_does_not_exist_is_refused():
    with pytest.raises(LabError, match="lite, basic"):
        hosting.by_containers(1, 1, 1, instance="huge")


def test_reading_a_tb_out_costs_ninety_dollars_there_and_nothing_here():
    assert pricing.s3_month(0, 0, gb_out=1100) == pytest.approx(90)
    assert pricing.r2_month(0, 0, gb_out=1100) == 0
    assert pricing.leaving(100_000) == {"S3": pytest.approx(7812.20), "R2": 0}


def test_r2_is_paid_by_the_read_and_a_worker_before_it_by_the_request():
    assert pricing.r2_month(1000, 20e6) == pytest.approx(990 * 0.015 + 3.60)
    served = pricing.r2_month(1000, 20e6, through_worker=True)
    assert served == pytest.approx(990 * 0.015 + 3.60 + 5 + 3)
    assert pricing.cloudfront_month(0, 20e6, gb_out=2048) == pytest.approx(0.8 + 1024 * 0.085 + 10)


@pytest.mark.parametrize(
    ("tenants", "d1", "each", "shared"), [(1, 5, 13.98, 99.50), (1000, 5 + 45 * 0.75, 13_980, 106.40)]
)
def test_tenants_cost_what_was_computed_by_hand(tenants, d1, each, shared):
    assert pricing.d1_month(tenants) == pytest.approx(d1)
    assert pricing.rds_each_month(tenants) == pytest.approx(each)
    assert pricing.rds_shared_month(tenants) == pytest.approx(shared)


def test_a_tenant_of_more_than_a_database_holds_is_refused_and_one_that_just_fits_is_not():
    assert pricing.d1_month(1, gb=10) == pytest.approx(5 + 5 * 0.75)
    with pytest.raises(LabError, match="holds up to 10 GB"):
        pricing.d1_month(1, gb=10.001)
