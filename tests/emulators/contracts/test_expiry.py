"""What everything with an end does."""

from __future__ import annotations

import pytest

from tests.emulators.contracts.expirers import EXPIRERS, Expirer

A_READ = 0.1
"""Seconds that a read may take on the planet."""


@pytest.fixture(params=EXPIRERS.values(), ids=EXPIRERS.keys())
def expirer(request) -> Expirer:
    return request.param()


def test_it_is_there_until_its_end_and_not_at_its_end(expirer: Expirer):
    end = expirer.put("a", 120)
    assert expirer.is_there("a")
    expirer.bench.until(end - A_READ)
    assert expirer.is_there("a")
    expirer.bench.until(end)
    assert not expirer.is_there("a")


def test_a_later_put_sets_a_new_end(expirer: Expirer):
    first = expirer.put("a", 60)
    expirer.bench.advance(30)
    end = expirer.put("a", 120)
    expirer.bench.until(first)
    assert expirer.is_there("a")
    expirer.bench.until(end)
    assert not expirer.is_there("a")


def test_it_can_be_put_again_after_its_end(expirer: Expirer):
    expirer.bench.until(expirer.put("a", 60))
    assert not expirer.is_there("a")
    expirer.put("a", 60)
    assert expirer.is_there("a")


def test_each_ends_on_its_own(expirer: Expirer):
    expirer.put("long", 600)
    expirer.bench.until(expirer.put("short", 60))
    assert (expirer.is_there("short"), expirer.is_there("long")) == (False, True)
