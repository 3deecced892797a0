"""Means, ratios and their intervals."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import pytest

from labkit.errors import LabError
from labkit.sim.estimates import Estimate, of_mean, of_ratio, replicated, t_quantile


@pytest.mark.parametrize(("degrees", "quantile"), [(19, 2.0930), (29, 2.0452), (99, 1.9842)])
def test_the_t_quantile_is_that_of_the_tables(degrees, quantile):
    assert t_quantile(0.975, degrees) == pytest.approx(quantile, abs=1e-4)


def test_a_mean_has_the_standard_error_of_its_replications():
    estimate = of_mean(range(20))
    assert estimate.mean == 9.5
    assert estimate.error == pytest.approx(sqrt(35 / 20))
    assert estimate.half_width() == pytest.approx(2.0930 * sqrt(35 / 20), rel=1e-4)


def test_a_ratio_weighs_replications_by_their_size():
    estimate = of_ratio([1] * 10 + [90] * 10, [10] * 10 + [100] * 10)
    assert estimate.mean == pytest.approx(910 / 1100)
    assert estimate.counted == 1100


def test_nineteen_replications_are_too_few_and_twenty_are_enough():
    with pytest.raises(LabError, match="at least 20"):
        of_mean([1.0] * 19)
    assert of_mean([1.0] * 20).mean == 1.0


def test_where_nothing_varied_a_ratio_still_does_not_claim_certainty():
    never = of_ratio([0] * 20, [50] * 20)
    assert never.error == 2 / 1000
    assert never.covers(0.003) and not never.covers(0.005)


def test_nothing_counted_is_an_error_that_says_so():
    with pytest.raises(LabError, match="no requests to count"):
        of_ratio([0] * 20, [0] * 20)


def test_z_is_in_standard_errors_and_infinite_where_there_is_none():
    assert Estimate(0.5, 0.1, 20, 20).z(0.3) == pytest.approx(2)
    assert Estimate(0.5, 0.0, 20, 20).z(0.5) == 0
    assert Estimate(0.5, 0.0, 20, 20).z(0.6) == -inf


def test_replications_are_numbered_and_summed():
    seen = []

    def replication(number: int) -> tuple[int, int]:
        seen.append(number)
        return number % 2, 1

    assert replicated(replication).mean == 0.5
    assert seen == list(range(20))


def test_intervals_hold_the_truth_as_often_as_they_say():
    random = np.random.default_rng(11)
    held = sum(of_ratio(random.binomial(sizes := random.poisson(50, 20), 0.3), sizes).covers(0.3) for _ in range(2000))
    assert 0.93 < held / 2000 < 0.965
