"""Each fact says its figure, its unit, its source and how it is known; a wrong name gets a kind answer."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from math import inf
from pathlib import Path

import pytest

from labkit import facts
from labkit.errors import LabError

ALL = [fact for primitive in facts.primitives() for fact in facts.load(primitive).values()]


def test_every_fact_says_its_figure_its_unit_when_it_was_read_and_how_it_is_known():
    assert len(ALL) > 150
    for fact in ALL:
        assert fact.unit and fact.source, fact.name
        assert fact.mark in facts.MARKS, fact.name
        assert date(2025, 1, 1) < fact.read <= date(2026, 12, 31), fact.name
        assert fact.value is not None, fact.name
        assert not fact.differs or set(fact.value) == set(facts.PLANS), fact.name


def test_every_source_is_a_public_page_unless_the_figure_is_an_assumption():
    unsourced = {fact.name for fact in ALL if not fact.source.startswith("https://") and fact.mark != "assumption"}
    assert unsourced == {"network.fibre_km_per_second"}


def test_a_figure_is_found_by_name():
    assert facts.value("kv.value_bytes") == 25 * 1024**2
    assert facts.value("kv.key_bytes") == 512
    assert facts.value("d1.replica_regions") == ("ENAM", "WNAM", "WEUR", "EEUR", "APAC", "OC")
    assert facts.value("ai.@cf/meta/llama-3.1-8b-instruct-fp8-fast") == (4119, 34868)


def test_where_plans_differ_the_plan_must_be_said():
    assert facts.value("workers.subrequests", plan="free") == 50
    assert facts.value("workers.subrequests", plan="paid") == 10_000
    assert facts.value("workers.subrequests", "paid") == 10_000
    for plan in (None, "pro"):
        with pytest.raises(LabError, match="differs between plans"):
            facts.value("workers.subrequests", plan=plan)


def test_where_plans_agree_the_plan_may_be_said():
    assert facts.value("kv.key_bytes", plan="free") == facts.value("kv.key_bytes", plan="paid") == 512


def test_no_limit_is_infinity():
    assert facts.value("workers.requests_per_day", plan="paid") == inf
    assert facts.value("workers.requests_per_day", plan="free") == 100_000


def test_a_fact_carries_where_it_comes_from():
    fact = facts.fact("kv.default_cache_ttl")
    assert (fact.name, fact.value, fact.unit) == ("kv.default_cache_ttl", 60, "seconds")
    assert fact.source.startswith("https://developers.cloudflare.com/kv/")
    assert fact.read == date(2026, 11, 23) and fact.mark == "documented"
    assert fact is facts.fact("kv.default_cache_ttl")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("kv.valu_bytes", "kv.value_bytes"), ("workers.subrequest", "workers.subrequests"), ("kvs.key_bytes", "kv")],
)
def test_a_misspelt_name_is_refused_with_the_nearest_right_one(wrong, right):
    with pytest.raises(LabError, match=f"Did you mean '{re.escape(right)}'"):
        facts.value(wrong)


def test_a_name_without_a_key_lists_what_there_is():
    with pytest.raises(LabError, match="kv.key_bytes"):
        facts.fact("kv")


def test_prices_are_not_facts_of_a_primitive():
    assert "pricing" not in facts.primitives()
    with pytest.raises(LabError):
        facts.load("pricing")


def test_a_table_shows_every_fact_in_text_and_in_html():
    table = facts.table("workers")
    text, html = repr(table), table._repr_html_()
    assert len(table) == len(facts.load("workers"))
    for fact in facts.load("workers").values():
        assert fact.name in text and fact.name in html
    assert "free 50, paid 10,000" in text
    assert "no limit" in text
    assert '<a href="https://developers.cloudflare.com/workers/platform/limits/"' in html
    assert facts.MARKS["assumption"] in html


def test_a_table_shows_the_facts_that_are_named():
    table = facts.table("kv.hot_read", "cache.match")
    assert [row[0] for row in table.rows[1:]] == ["kv.hot_read", "cache.match"]
    with pytest.raises(LabError, match="hot_read"):
        facts.table("kv.hot_reads")


def test_a_table_escapes_what_it_shows():
    table = facts.Table([("a<b",), ("https://x.example/?a&b",)])
    assert "a&lt;b" in table._repr_html_() and "a<b" not in table._repr_html_()
    assert "https://x.example/?a&amp;b" in table._repr_html_()
    assert "<code>a&lt;b</code>" in facts.Table([("`a<b`",)])._repr_html_()


def test_files_are_read_only_when_asked_for():
    code = "from labkit import facts; facts.value('kv.key_bytes'); print(facts.load.cache_info().currsize)"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(facts.__file__).parents[2]
    )
    assert ran.stdout.strip() == "1"


def test_no_fact_can_be_changed_by_its_reader():
    with pytest.raises(TypeError):
        facts.fact("workers.subrequests").value["paid"] = 1
    with pytest.raises(AttributeError):
        facts.fact("kv.key_bytes").value = 1
