"""A bill comes out as Cloudflare's, to the cent, and says what the free plan would refuse."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.billing import money, price
from labkit.errors import LabError
from labkit.facts.pricing import meters, number, price_list

OFFICIAL = tomllib.loads((Path(__file__).parent / "data" / "official_bills.toml").read_text(encoding="utf-8"))
OPTIONS = ("with_fee", "with_allowances")


def dollars(units: dict, **options) -> Decimal:
    """The total without the plan's fee."""
    return price(units, with_fee=False, **options).total


def test_there_are_13_official_examples():
    assert len(OFFICIAL) == 13


@pytest.mark.parametrize("name", OFFICIAL)
def test_an_official_example_comes_out_to_the_cent(name):
    example = OFFICIAL[name]
    bill = price(example["units"], **{option: example[option] for option in OPTIONS if option in example})
    assert bill.total == Decimal(f"{example['total']:.2f}")


@pytest.mark.parametrize("name", [name for name in OFFICIAL if name.startswith("r2-")])
def test_r2_costs_the_same_on_the_free_plan(name):
    bill = price(OFFICIAL[name]["units"], plan="free")
    assert bill.total == Decimal(f"{OFFICIAL[name]['total']:.2f}")
    assert not bill.refused


def test_every_meter_has_a_price_and_a_page():
    assert len(meters()) >= 38
    for m in meters().values():
        assert m.source.startswith("https://developers.cloudflare.com/"), m.name
        assert m.read.year == 2026 and m.unit and m.per >= 1, m.name
        assert not m.counts_as or m.counts_as in meters(), m.name


def test_an_empty_bill_is_the_fee():
    assert price({}).total == Decimal("5.00")
    assert price({}, months=12).total == Decimal("60.00")
    assert price({}, with_fee=False).total == 0
    assert price({}, plan="free").total == 0


def test_what_is_included_is_free_to_the_last_unit():
    assert dollars({"kv.write": 1_000_000}) == 0
    assert price({"kv.write": 1_000_001}, with_fee=False)["kv.write"].amount == Decimal("0.000005")
    assert dollars({"kv.write": 2_000_000}) == Decimal("5.00")


def test_most_meters_are_prorated():
    assert dollars({"workers.requests": 10_500_000}) == Decimal("0.15")
    assert dollars({"queues.operations": 1_250_000}) == Decimal("0.10")


def test_r2_and_durable_objects_round_up_to_a_whole_million_or_gb():
    assert dollars({"do.requests": 1_000_000}) == 0
    assert dollars({"do.requests": 1_000_001}) == Decimal("0.15")
    assert dollars({"do.requests": 2_000_000}) == Decimal("0.15")
    assert dollars({"do.requests": 2_000_001}) == Decimal("0.30")
    assert dollars({"r2.std.storage_gb_mo": 10.1}) == Decimal("0.02")
    assert price({"r2.std.storage_gb_mo": 10.1})["r2.std.storage_gb_mo"].billed == 1


def test_half_a_cent_is_rounded_up_once_at_the_end():
    half_a_cent = {"kv.read": 10_010_000}
    assert dollars(half_a_cent) == Decimal("0.01")
    assert dollars({**half_a_cent, "kv.write": 1_001_000}) == Decimal("0.01")


def test_twenty_websocket_messages_are_one_request():
    bill = price({"do.requests": 5, "do.websocket_messages": 40}, with_allowances=False)
    assert bill["do.requests"].quantity == 7
    assert [line.meter for line in bill.lines] == ["Workers Paid", "do.requests"]


def test_several_months_are_that_many_equal_months():
    one = price({"do.requests": 1_500_000, "workers.requests": 15_000_000})
    three = price({"do.requests": 4_500_000, "workers.requests": 45_000_000}, months=3)
    assert three.total == 3 * one.total
    assert three["do.requests"].included == 3_000_000


def test_a_daily_allowance_is_taken_thirty_times_a_month():
    assert dollars({"workers_ai.neurons": 300_000}) == 0
    assert dollars({"workers_ai.neurons": 301_000}) == Decimal("0.01")
    assert dollars({"workers_ai.neurons": 601_000}, months=2) == Decimal("0.01")


def test_workers_for_platforms_costs_its_own_fee_instead():
    bill = price({"wfp.requests": 1})
    assert bill.total == Decimal("25.00")
    assert bill.lines[0].meter == "Workers for Platforms"


def test_a_measured_lab_is_priced_at_a_months_scale():
    lab = {"workers.requests": 1000, "workers.cpu_ms": 2200, "kv.read": 1000}
    month = price(lab, scale=30_000)
    assert month["workers.requests"].quantity == 30_000_000
    assert month.total == Decimal("5.00") + Decimal("6.00") + Decimal("0.72") + Decimal("10.00")
    assert price(lab).at(30_000).total == month.total
    assert month.at(1).total == Decimal("5.00")


def test_a_scale_multiplies_what_happens_and_not_what_is_held():
    bill = price({"kv.write": 2, "kv.storage_gb_mo": 1.5, "do.websocket_messages": 40}, scale=1000)
    assert bill["kv.write"].quantity == 2000
    assert bill["do.requests"].quantity == 2000
    assert bill["kv.storage_gb_mo"].quantity == Decimal("1.5")
    assert {m.name for m in meters().values() if m.free_held is not None or "GB-month" in m.unit} < {
        m.name for m in meters().values() if m.held
    }


def test_rescaling_keeps_every_other_choice():
    bill = price({"kv.read": 10}, plan="free", months=2, with_allowances=False).at(100)
    assert (bill.plan, bill.months, bill.scale) == ("free", 2, 100)
    assert price({"kv.read": 1_000_000}, with_fee=False, with_allowances=False).at(2).total == Decimal("1.00")


def test_the_free_plan_shows_how_much_of_the_daily_allowance_is_used():
    bill = price({"workers.requests": 1_500_000, "kv.write": 15_000}, plan="free")
    assert bill["workers.requests"].used == Decimal("0.5")
    assert bill["kv.write"].used == Decimal("0.5")
    assert bill.total == 0 and not bill.refused


def test_the_free_plan_refuses_what_is_over():
    assert not price({"workers.requests": 3_000_000}, plan="free").refused
    over = price({"workers.requests": 3_000_001, "kv.read": 1}, plan="free")
    assert [line.meter for line in over.refused] == ["workers.requests"]
    assert over.refused[0].refused == "error 1027"
    assert "REFUSED: error 1027" in repr(over) and over.total == 0


def test_what_the_free_plan_does_not_have_is_refused_whatever_its_quantity():
    bill = price({"containers.vcpu_s": 1, "kv.storage_gb_mo": 1.5}, plan="free")
    assert bill["containers.vcpu_s"].refused == "not on the free plan"
    assert bill["kv.storage_gb_mo"].refused and not price({"kv.storage_gb_mo": 1}, plan="free").refused


def test_storage_on_the_free_plan_is_what_is_held_not_what_adds_up():
    assert not price({"kv.storage_gb_mo": 12}, plan="free", months=12).refused
    assert price({"kv.storage_gb_mo": 12}, plan="free", months=1).refused


def test_cpu_time_on_the_free_plan_is_limited_by_the_invocation():
    line = price({"workers.cpu_ms": 10**9}, plan="free")["workers.cpu_ms"]
    assert not line.refused and line.allowed == "10 an invocation"


@pytest.mark.parametrize("plan", ["paid", "free"])
def test_a_bill_shows_the_same_words_in_text_and_in_html(plan):
    bill = price({"workers.requests": 15_000_000, "kv.read": 3}, plan=plan, scale=2)
    text, html = repr(bill), bill._repr_html_()
    for words in (f"The {plan} plan", "2 times what was measured", "30,000,000", "kv.read", f"${bill.total}"):
        assert words in text and words in html


def test_a_bill_as_text_is_a_table_that_adds_up():
    assert repr(price({"workers.requests": 15_000_000})).splitlines() == [
        "The paid plan, 1 month",
        "meter               quantity    included     billed  price                amount",
        "Workers Paid               1           0          1  $5.00 a month         $5.00",
        "workers.requests  15,000,000  10,000,000  5,000,000  $0.30 per 1,000,000   $1.50",
        "total                                                                      $6.50",
    ]


def test_lines_come_in_the_order_of_the_price_list():
    bill = price({"kv.read": 1, "workers.cpu_ms": 1, "workers.requests": 1}, with_fee=False)
    assert [line.meter for line in bill.lines] == ["workers.requests", "workers.cpu_ms", "kv.read"]


def test_money_never_shows_something_as_nothing():
    assert money(Decimal("0.0049")) == "< $0.01"
    assert money(Decimal("0.005")) == "$0.01"
    assert money(Decimal("1234.5")) == "$1,234.50"
    assert money(Decimal(0)) == "$0.00"


def test_quantities_are_shown_with_at_most_three_decimals():
    assert [number(Decimal(n)) for n in ("1000", "0.1284", "100000", "2.50")] == ["1,000", "0.128", "100,000", "2.5"]


@pytest.mark.parametrize(
    ("units", "options", "message"),
    [
        ({"kv.reads": 1}, {}, "Did you mean 'kv.read'"),
        ({"kv.read": -1}, {}, "kv.read is a number from 0 upwards, not -1"),
        ({"kv.read": float("nan")}, {}, "not nan"),
        ({"kv.read": float("inf")}, {}, "not inf"),
        ({"kv.read": "many"}, {}, "not 'many'"),
        ({}, {"plan": "pro"}, "no plan 'pro'"),
        ({}, {"months": 0}, "months"),
        ({}, {"scale": -3}, "scale"),
    ],
)
def test_what_cannot_be_priced_is_refused_with_a_reason(units, options, message):
    with pytest.raises(LabError, match=message):
        price(units, **options)


def test_a_line_that_is_not_on_the_bill_is_refused_with_the_nearest():
    with pytest.raises(LabError, match="'kv.read'"):
        price({"kv.read": 1})["kv.raed"]


def test_the_price_list_can_be_narrowed_to_a_product():
    assert len(price_list("kv.")) == 5
    assert "$0.50 per 1,000,000" in repr(price_list("kv."))
    assert "1,000,000 a month, then paid" in repr(price_list("r2"))
    with pytest.raises(LabError, match="kv"):
        price_list("kvs")


QUANTITIES = st.dictionaries(st.sampled_from(sorted(meters())), st.integers(0, 10**12), max_size=6)


@given(QUANTITIES, st.integers(1, 24))
def test_using_more_never_costs_less_and_allowances_never_cost(units, months):
    bill = price(units, months=months)
    assert price({name: 2 * n for name, n in units.items()}, months=months).total >= bill.total
    assert price(units, months=months, with_allowances=False).total >= bill.total
    assert bill.total >= price({}, months=months).total


@given(QUANTITIES)
def test_a_total_is_its_lines(units):
    bill = price(units)
    assert abs(bill.total - sum(line.amount for line in bill.lines)) <= Decimal("0.005")
    assert all(line.billed >= 0 for line in bill.lines)
